"""Ranked lists beside their judgments, as flat columns; the values that each need has by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation import ranking
from matchmaker.evaluation.bootstrap import CELLS
from matchmaker.evaluation.rules import Rules
from matchmaker.evaluation.statistics import MeanOverNeeds

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RankedLists:
    """Needs with what was listed for each, best first, and all that was judged for each.

    Attributes
    ----------
    need_ids : tuple of str
        The needs, in the order of the rows below.
    listed : ndarray of int, shape (needs,)
        Length of each list; lists follow one another in ``grades`` and ``judged``.
    grades : ndarray of int, shape (listed pairs,)
        Grade of each listed pair; any value where ``judged`` is false.
    judged : ndarray of bool, shape (listed pairs,)
        Whether the pair was judged.
    pooled : ndarray of int, shape (needs,)
        Number of judged pairs of each need, listed or not.
    pool : ndarray of int, shape (judged pairs,)
        Their grades, need after need.
    """

    need_ids: tuple[str, ...]
    listed: IntArray
    grades: IntArray
    judged: BoolArray
    pooled: IntArray
    pool: IntArray

    def pool_needs(self) -> IntArray:
        """Return the row of the need of each judged pair."""
        return np.repeat(np.arange(len(self.need_ids)), self.pooled)

    def condense(self) -> RankedLists:
        """Return the lists with unjudged pairs taken out [1]_.

        References
        ----------
        .. [1] T. Sakai (2007), Alternatives to Bpref, SIGIR.
        """
        needs = np.repeat(np.arange(len(self.need_ids)), self.listed)
        listed = np.bincount(needs[self.judged], minlength=len(self.need_ids))
        grades = self.grades[self.judged]
        return RankedLists(self.need_ids, listed, grades, np.ones(len(grades), np.bool_), self.pooled, self.pool)

    def grade_sums(self) -> IntArray:
        """Return the sum of each need's judged grades: equal for equal judgments."""
        return np.bincount(self.pool_needs(), weights=self.pool, minlength=len(self.need_ids)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a measurement rests on.

    Attributes
    ----------
    needs : int
        Needs measured.
    judged_pairs, listed_judged_pairs : int
        Judged pairs of these needs, and how many of them stand in a list.
    highest_grade : int
        The highest grade among them.
    lowest_only : int
        Needs whose judged pairs all have the lowest grade, so that NDCG is undefined.
    none_relevant : int
        Needs without a relevant judgment, so that recall, success, MRR and MAP are undefined.
    unlisted : int
        Judged needs without a list.
    never_judged : int
        Needs with a list but without any judgment; left out.
    repeated : int
        Pairs judged more than once, of which the latest judgment was taken.
    """

    needs: int
    judged_pairs: int
    listed_judged_pairs: int
    highest_grade: int
    lowest_only: int = 0
    none_relevant: int = 0
    unlisted: int = 0
    never_judged: int = 0
    repeated: int = 0


def _pad(values: NDArray[np.generic], starts: IntArray, lengths: IntArray) -> NDArray[np.generic]:
    """Return runs of a flat column as rows of one matrix, zeros at their ends."""
    places = np.arange(int(lengths.max(initial=0)))
    inside = places < lengths[:, None]
    matrix = np.zeros(inside.shape, values.dtype)
    matrix[inside] = values[(starts[:, None] + places)[inside]]
    return matrix


def _blocks(lists: RankedLists) -> Iterator[IntArray]:
    """Yield rows of needs of similar size, so that padding one long list does not inflate all the others."""
    sizes = np.maximum(lists.listed, lists.pooled)
    order = np.argsort(-sizes, kind="stable")
    start = 0
    while start < len(order):
        stop = start + max(1, CELLS // max(int(sizes[order[start]]), 1))
        yield order[start:stop]
        start = stop


def measure_needs(lists: RankedLists, rules: Rules) -> MeanOverNeeds:
    """Return the metrics that each need has by itself.

    NDCG is undefined where every judged pair has the lowest grade: no order of such pairs is better than another.
    Recall, success, reciprocal rank and average precision are undefined where no judged pair is relevant. Such a need
    is skipped (NaN) and counted, or 0, as ``rules.undefined`` says. The share of unjudged places is NaN where nothing
    is listed, and is taken before any condensing.

    Parameters
    ----------
    lists : RankedLists
        What was listed and judged.
    rules : Rules
        How to measure it.

    Returns
    -------
    MeanOverNeeds
        Columns ``ndcg@k, recall@k, precision@k, success@k, mrr, map, unjudged@k``, one row a need.
    """
    k = rules.k
    keys = (f"ndcg@{k}", f"recall@{k}", f"precision@{k}", f"success@{k}", "mrr", "map", f"unjudged@{k}")
    values = np.full((len(lists.need_ids), len(keys)), np.nan)
    ranked = lists.condense() if rules.mode == "judged_only" else lists
    gains = np.zeros(len(ranked.grades))
    gains[ranked.judged] = ranking.weigh_grades(ranked.grades[ranked.judged], rules.gain, rules.lowest)
    hits = ranked.judged & (ranked.grades >= rules.relevant_from)
    ideal = ranking.weigh_grades(lists.pool, rules.gain, rules.lowest)
    relevant = np.bincount(
        lists.pool_needs(), weights=lists.pool >= rules.relevant_from, minlength=len(lists.need_ids)
    ).astype(np.int64)
    starts, pool_starts, list_starts = (
        np.cumsum(lengths) - lengths for lengths in (ranked.listed, lists.pooled, lists.listed)
    )
    for rows in _blocks(lists):
        block_hits = _pad(hits, starts[rows], ranked.listed[rows])
        some = np.where(relevant[rows] > 0, 1.0, np.nan)
        values[rows] = np.stack(
            [
                ranking.ndcg(
                    _pad(gains, starts[rows], ranked.listed[rows]),
                    _pad(ideal, pool_starts[rows], lists.pooled[rows]),
                    k,
                ),
                ranking.recall(block_hits, relevant[rows], k),
                ranking.precision(block_hits, k),
                ranking.success(block_hits, k) * some,
                ranking.reciprocal_rank(block_hits) * some,
                ranking.average_precision(block_hits, relevant[rows]),
                ranking.share_unjudged(
                    _pad(lists.judged, list_starts[rows], lists.listed[rows]), lists.listed[rows], k
                ),
            ],
            axis=1,
        )
    if rules.undefined == "zero":
        values[:, :-1] = np.nan_to_num(values[:, :-1], nan=0.0)
    return MeanOverNeeds(keys, values)


def count_lists(
    lists: RankedLists, rules: Rules, *, unlisted: int = 0, never_judged: int = 0, repeated: int = 0
) -> Counts:
    """Return what a measurement of these lists rests on; what the lists cannot know is given by name."""
    highest = np.full(len(lists.need_ids), rules.lowest)
    np.maximum.at(highest, lists.pool_needs(), lists.pool)
    return Counts(
        needs=len(lists.need_ids),
        judged_pairs=len(lists.pool),
        listed_judged_pairs=int(lists.judged.sum()),
        highest_grade=int(highest.max()),
        lowest_only=int((highest <= rules.lowest).sum()),
        none_relevant=int((highest < rules.relevant_from).sum()),
        unlisted=unlisted,
        never_judged=never_judged,
        repeated=repeated,
    )
