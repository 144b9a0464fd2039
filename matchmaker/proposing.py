"""Candidates of some needs, compared and scored, and the best of them as shortlists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.explaining import Explainer
from matchmaker.rank.calibration import Calibration
from matchmaker.rank.features import Pairs, compare
from matchmaker.rank.filters import Filter
from matchmaker.rank.precedents import Precedents
from matchmaker.rank.reranking import Reranker, add_up
from matchmaker.rank.supply import Demand, Supply
from matchmaker.records import Match, Profile, Shortlist


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of a batch of needs as parallel rows, grouped by need.

    Attributes
    ----------
    demand, supply : Demand, Supply
        The two sides.
    pairs : Pairs
        The candidates, p in all.
    bounds : ndarray of int, shape (needs + 1,)
        Where each need's candidates begin.
    features, contributions : ndarray, shape (p, f) and (p, f + 1)
        What was compared and what it added to the score.
    scores, probabilities : ndarray, shape (p,)
    """

    demand: Demand
    supply: Supply
    pairs: Pairs
    bounds: np.ndarray
    features: np.ndarray
    contributions: np.ndarray
    scores: np.ndarray
    probabilities: np.ndarray

    def propose(self, place: int, need: Profile, k: int, threshold: float, explainer: Explainer) -> Shortlist:
        """Return the ``k`` best of one need, given its place in the batch; ties are broken by achievement id."""
        here = np.arange(self.bounds[place], self.bounds[place + 1])
        best = here[np.lexsort((self.supply.order[self.pairs.supply[here]], -self.scores[here]))][:k]
        tags = self.demand.columns.tags[place]
        matches = tuple(
            Match(
                need_id=need.id,
                achievement_id=self.supply.ids[self.pairs.supply[pair]],
                rank=rank,
                score=float(self.scores[pair]),
                probability=float(self.probabilities[pair]),
                evidence=explainer.explain(
                    need, tags, self.pairs.supply[pair], self.features[pair], self.contributions[pair]
                ),
            )
            for rank, pair in enumerate(best, start=1)
        )
        return Shortlist(need.id, matches, sum(match.probability >= threshold for match in matches))


def rank_candidates(
    demand: Demand,
    supply: Supply,
    depth: int,
    rules: Filter,
    reranker: Reranker,
    calibration: Calibration,
    precedents: Precedents | None,
) -> Ranked:
    """Find ``depth`` candidates for each need of a batch, compare them and score them."""
    candidates = supply.retrieve(demand, depth, rules)
    pairs = Pairs.of(candidates)
    features = compare(demand, supply, pairs, precedents)
    contributions = reranker.explain(features)
    scores = add_up(contributions)
    return Ranked(
        demand=demand,
        supply=supply,
        pairs=pairs,
        bounds=np.cumsum([0, *(len(found) for found in candidates)]),
        features=features,
        contributions=contributions,
        scores=scores,
        probabilities=calibration.probability(scores),
    )
