"""How much judgments help: the learning curve, on whole needs that were kept aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.errors import RecordError, SettingError, TableError
from matchmaker.evaluation.bootstrap import Estimate, check_bootstrap, estimate
from matchmaker.evaluation.frames import draw_frame
from matchmaker.evaluation.pooling import check_lengths, read_column, read_grades
from matchmaker.evaluation.rules import Lang, check_choice, check_whole
from matchmaker.evaluation.scores import evaluate_scores, read_ids
from matchmaker.evaluation.statistics import MeanOverNeeds
from matchmaker.evaluation.wording import LANGUAGES, THIN, name_metric, set_table, speak

if TYPE_CHECKING:
    import pandas as pd

IntArray = NDArray[np.int64]
FitAndScore = Callable[[IntArray, IntArray], ArrayLike]

SIZES = (0, 50, 500, 7000)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What so many judgments are worth.

    Attributes
    ----------
    judgments : int
        How many were learned from.
    value, low, high : float
        The metric on needs kept aside, and its interval.
    difference, difference_low, difference_high : float
        What is gained over no judgments on the same needs, and its interval.
    needs : int
        Needs kept aside, in any of the splits, that define the metric.
    """

    judgments: int
    value: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    needs: int


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """How a metric grows with the number of judgments.

    Attributes
    ----------
    points : tuple of CurvePoint
        By number of judgments, from 0 on.
    metric : str
        The metric, as in a `Summary`.
    splits : int
        How often needs were kept aside anew.
    confidence : float
        Mass inside the intervals.
    lang : {"zh", "en"}
        Language of ``str()``.
    """

    points: tuple[CurvePoint, ...]
    metric: str
    splits: int
    confidence: float
    lang: Lang

    @property
    def never_below(self) -> bool:
        """Whether no number of judgments gives a lower value than none."""
        return all(point.difference >= 0 for point in self.points)

    @property
    def never_worse(self) -> bool:
        """Whether no number of judgments is shown to be worse than none: no interval lies below 0 as a whole."""
        return not any(point.difference_high < 0 for point in self.points)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a number of judgments."""
        return draw_frame(self.points, CurvePoint)

    def to_text(self, lang: Lang | None = None) -> str:
        """Return the curve as a table with its verdict, for people."""
        lang, words = speak(lang, self.lang)
        verdict = "never_below" if self.never_below else "never_worse" if self.never_worse else "curve_worse"
        worst = min(self.points, key=lambda point: (point.difference, point.judgments))
        head = ("judgments", "value", "interval", "gain", "interval", "needs")
        rows = [
            [
                str(point.judgments),
                f"{point.value:.3f}",
                f"[{point.low:.3f}, {point.high:.3f}]",
                f"{point.difference:+.3f}",
                f"[{point.difference_low:+.3f}, {point.difference_high:+.3f}]",
                str(point.needs),
            ]
            for point in self.points
        ]
        lines = [
            words["curve"].format(metric=name_metric(self.metric, lang), splits=self.splits),
            *set_table([[words[name].format(100 * self.confidence) for name in head], *rows]),
            words[verdict].format(judgments=worst.judgments, difference=worst.difference),
        ]
        if self.points[0].needs < THIN:
            lines.append(words["thin"].format(self.points[0].needs))
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the table in the curve's language."""
        return self.to_text()


def _choose_sizes(sizes: Sequence[int], available: int) -> list[int]:
    """Return the sizes in order, 0 first, those beyond what there is replaced by all there is."""
    for size in sizes:
        check_whole("sizes", size, at_least=0)
    return sorted({0, *(min(size, available) for size in sizes)})


def _split(needs: IntArray, n_needs: int, test_share: float, splits: int, seed: int) -> list[tuple[IntArray, IntArray]]:
    """Return for each split the rows to learn from, in the order in which they come, and the rows kept aside."""
    generator = np.random.default_rng(seed)
    kept = min(n_needs - 1, max(1, round(test_share * n_needs)))
    found = []
    for _ in range(splits):
        order = generator.permutation(n_needs)
        turn = np.empty(n_needs, np.int64)
        turn[order] = np.arange(n_needs)
        # need after need, as judgments come in; within a need by chance
        rows = np.lexsort((generator.random(len(needs)), turn[needs]))
        aside = turn[needs[rows]] < kept
        found.append((rows[~aside], np.sort(rows[aside])))
    return found


def measure_learning(
    fit_and_score: FitAndScore,
    need_ids: Sequence[object],
    grades: ArrayLike,
    *,
    achievement_ids: Sequence[object] | None = None,
    sizes: Sequence[int] = SIZES,
    splits: int = 5,
    test_share: float = 0.25,
    metric: str = "ndcg@10",
    relevant_from: int = 3,
    lowest: int = 1,
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> LearningCurve:
    """Measure what learning from more and more judgments gains on needs that were not learned from.

    In every split whole needs are kept aside. The rest come need after need, and each size takes the first so many of
    them, so that a larger size holds all that a smaller one does. A need that several splits keep aside has the mean of
    its values; intervals draw needs.

    Parameters
    ----------
    fit_and_score : callable
        Given the rows to learn from (ascending, none for size 0) and the rows to score, both arrays of row numbers,
        it learns afresh and returns one score for each row to score; higher is better.
    need_ids : sequence, shape (pairs,)
        The need of each judged pair.
    grades : array_like of int, shape (pairs,)
        Its grade.
    achievement_ids : sequence, shape (pairs,), optional
        Its achievement, by which pairs of equal score are ordered.
    sizes : sequence of int
        How many judgments to learn from; 0 is always among them, and a size beyond what every split can give becomes
        what it can give.
    splits : int
        How often needs are kept aside anew.
    test_share : float
        Share of the needs kept aside.
    metric : str
        ``"ndcg@k"`` for some k, or ``"mrr"``.
    relevant_from, lowest, resamples, confidence, random_state, lang
        As in `evaluate_scores`.

    Raises
    ------
    TableError
        Fewer than two needs, or none that defines the metric.
    RecordError
        Columns of unequal length, or scores that do not fit the rows.
    SettingError
        A setting that is not allowed.

    Examples
    --------
    >>> needs, grades = np.repeat(np.arange(40), 3), np.tile([1, 2, 4], 40)
    >>> def fit_and_score(train_rows, test_rows):
    ...     return grades[test_rows] if len(train_rows) >= 30 else -grades[test_rows]
    >>> curve = measure_learning(fit_and_score, needs, grades, sizes=[0, 15, 30], splits=2)
    >>> curve.to_frame()[["judgments", "value", "difference"]].round(3)
       judgments  value  difference
    0          0  0.541       0.000
    1         15  0.541       0.000
    2         30  1.000       0.459
    >>> curve.never_below
    True
    """
    check_choice("lang", lang, LANGUAGES)
    check_bootstrap(resamples, confidence, random_state)
    check_whole("splits", splits, at_least=1)
    if not 0 < test_share < 1:
        raise SettingError(f"test_share={test_share} is not between 0 and 1; use 0.25 to keep a quarter aside")
    stem, _, depth = metric.partition("@")
    if not (metric == "mrr" or (stem == "ndcg" and depth.isdecimal() and int(depth))):
        raise SettingError(f"metric={metric!r} is not one that a need has by itself here; use 'ndcg@10' or 'mrr'")
    graded = read_grades(grades)
    names, needs = read_ids("need_ids", need_ids)
    check_lengths(need_ids=needs, grades=graded)
    if len(names) < 2:
        raise TableError(f"{len(names)} needs cannot be split; give judgments of at least two")
    halves = _split(needs, len(names), test_share, splits, random_state)
    chosen = _choose_sizes(sizes, min(len(train) for train, _ in halves))
    totals, times = np.zeros((len(names), len(chosen))), np.zeros((len(names), 1))
    for train, test in halves:
        values = []
        for size in chosen:
            scores = read_column("scores", fit_and_score(np.sort(train[:size]), test.copy()))
            if len(scores) != len(test):
                raise RecordError(
                    f"fit_and_score returned {len(scores)} scores for {len(test)} rows; return one a row, in their "
                    "order"
                )
            summary = evaluate_scores(
                needs[test].tolist(),
                graded[test],
                scores,
                achievement_ids=None if achievement_ids is None else [achievement_ids[row] for row in test],
                k=int(depth or 10),
                relevant_from=relevant_from,
                thresholds=(),
                lowest=lowest,
                resamples=1,
            )
            values.append(summary.by_need().set_index("need_id")[metric])
        rows = np.array([int(need_id) for need_id in values[0].index])
        found = np.stack([one.to_numpy(np.float64) for one in values], axis=1)
        known = ~np.isnan(found[:, 0])
        totals[rows[known]] += found[known]
        times[rows[known]] += 1
    if not times.any():
        raise TableError(f"{metric} is undefined on every need kept aside; judge pairs of more needs, or more pairs")
    means = np.divide(totals, times, out=np.full(totals.shape, np.nan), where=times > 0)
    keys = tuple(map(str, chosen))
    estimates = estimate(
        [MeanOverNeeds(keys, means), MeanOverNeeds(keys, means - means[:, :1])],
        len(names),
        resamples=resamples,
        confidence=confidence,
        random_state=random_state,
    )
    points = map(_join, chosen, estimates[: len(chosen)], estimates[len(chosen) :])
    return LearningCurve(tuple(points), metric, splits, confidence, lang)


def _join(size: int, value: Estimate, gain: Estimate) -> CurvePoint:
    return CurvePoint(size, value.value, value.low, value.high, gain.value, gain.low, gain.high, value.needs)
