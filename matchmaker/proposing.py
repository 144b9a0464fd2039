"""Candidates of some needs, compared and scored, and the best of them as shortlists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.explaining import EXPLAINED, Explainer
from matchmaker.rank.calibration import Calibration
from matchmaker.rank.features import Pairs, compare
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
        What was compared, 0 where neither score nor evidence asks for it, and what it added to the score.
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

    def best(self, place: int, k: int) -> np.ndarray:
        """Return the ``k`` best pairs of one need, given its place in the batch; ties are broken by achievement id."""
        here = np.arange(self.bounds[place], self.bounds[place + 1])
        return np.asarray(here[take_best(self.scores[here], self.supply.order[self.pairs.supply[here]], k)])

    def match(self, place: int, need: Profile, pair: int, rank: int, explainer: Explainer) -> Match:
        """Return one pair of one need as a match of this rank, with its evidence."""
        row = self.pairs.supply[pair]
        return Match(
            need_id=need.id,
            achievement_id=self.supply.ids[row],
            rank=rank,
            score=float(self.scores[pair]),
            probability=float(self.probabilities[pair]),
            evidence=explainer.explain(
                need, self.demand.columns, place, row, self.features[pair], self.contributions[pair]
            ),
        )

    def propose(self, place: int, need: Profile, k: int, threshold: float, explainer: Explainer) -> Shortlist:
        """Return the ``k`` best of one need as its shortlist."""
        matches = [
            self.match(place, need, pair, rank, explainer) for rank, pair in enumerate(self.best(place, k), start=1)
        ]
        return list_matches(need, matches, threshold)


def take_best(scores: np.ndarray, order: np.ndarray, k: int) -> np.ndarray:
    """Return where the ``k`` highest scores stand, highest first; between equal ones ``order`` decides."""
    return np.lexsort((order, -scores))[:k]


def list_matches(need: Profile, matches: Sequence[Match], threshold: float) -> Shortlist:
    """Return the matches of a need, best first, as its shortlist."""
    return Shortlist(need.id, tuple(matches), sum(match.probability >= threshold for match in matches))


def rank_candidates(
    demand: Demand,
    supply: Supply,
    candidates: Sequence[np.ndarray],
    reranker: Reranker,
    calibration: Calibration,
    precedents: Precedents | None,
) -> Ranked:
    """Compare and score candidates of each need of a batch, given as rows."""
    pairs = Pairs.of(candidates)
    features = compare(demand, supply, pairs, precedents, reranker.reads | EXPLAINED)
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
