"""How well scores order pairs that were all judged: the protocol of benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.errors import RecordError, TableError
from matchmaker.evaluation.bootstrap import check_bootstrap, estimate
from matchmaker.evaluation.lists import RankedLists, count_lists, measure_needs
from matchmaker.evaluation.pooling import check_lengths, read_column, read_grades, read_probabilities
from matchmaker.evaluation.rules import Gain, Lang, Rules, Undefined, check_choice, check_whole
from matchmaker.evaluation.statistics import CalibrationError, MaeScore, MeanOverNeeds, PooledRanks, Statistic
from matchmaker.evaluation.summary import Sample, Summary
from matchmaker.evaluation.wording import LANGUAGES

IntArray = NDArray[np.int64]


def read_ids(name: str, ids: Sequence[object] | NDArray[np.generic]) -> tuple[tuple[str, ...], IntArray]:
    """Return the distinct ids as text, sorted, and for each row the place of its id among them."""
    column = np.asarray([str(each) for each in ids], dtype=object)
    names, rows = np.unique(column, return_inverse=True)
    return tuple(names), np.asarray(rows, np.int64)


def _break_ties(needs: IntArray, grades: IntArray, achievement_ids: Sequence[object] | None) -> IntArray:
    """Return what orders pairs of equal score: the place of the id, or the grade, worst first."""
    if achievement_ids is None:
        return grades
    names, order = read_ids("achievement_ids", achievement_ids)
    check_lengths(need_ids=needs, achievement_ids=order)
    pairs, times = np.unique(needs * len(names) + order, return_counts=True)
    if (times > 1).any():
        twice = names[int(pairs[times > 1][0] % len(names))]
        raise RecordError(f"achievement {twice!r} stands twice with one need; keep one of the two pairs")
    return order


def evaluate_scores(
    need_ids: Sequence[object],
    grades: ArrayLike,
    scores: ArrayLike,
    *,
    achievement_ids: Sequence[object] | None = None,
    expected_grades: ArrayLike | None = None,
    probabilities: ArrayLike | None = None,
    k: int = 10,
    relevant_from: int = 3,
    thresholds: Sequence[int] = (2, 3),
    gain: Gain = "exponential",
    lowest: int = 1,
    undefined: Undefined = "skip",
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Summary:
    """Measure scores of judged pairs, with bootstrap intervals over needs.

    Parameters
    ----------
    need_ids : sequence, shape (pairs,)
        The need of each pair.
    grades : array_like of int, shape (pairs,)
        Its grade.
    scores : array_like, shape (pairs,)
        Its score; higher is better.
    achievement_ids : sequence, shape (pairs,), optional
        Its achievement. Pairs of equal score stand by achievement id; without ids, the lower grade first, so that
        neither the order of the rows nor a constant score can earn anything.
    expected_grades : array_like, shape (pairs,), optional
        The grade that the model expects; adds ``mae_score``.
    probabilities : array_like, shape (pairs,), optional
        The probability that the grade reaches ``relevant_from``; adds ``calibration_error``.
    k : int
        Depth of NDCG.
    relevant_from : int
        The lowest grade that counts as relevant, for MRR and calibration.
    thresholds : sequence of int
        Grades from which a pair is positive, one AUC each.
    gain, lowest
        See `weigh_grades`.
    undefined, resamples, confidence, random_state, lang
        As in `evaluate_shortlists`.

    Returns
    -------
    Summary
        ``ndcg@k`` and ``mrr`` as means over needs, each over the judged pairs of that need; ``auc>=t``,
        ``spearman``, ``mae_score`` and ``calibration_error`` over all pairs together. Intervals draw whole needs, for
        all of them.

    Raises
    ------
    TableError
        There are no pairs.
    RecordError
        Columns of unequal length, values that are not numbers, an achievement twice with one need.
    SettingError
        A setting that is not allowed, or a grade below ``lowest``.

    Examples
    --------
    >>> need_ids, grades = ["N1", "N1", "N1", "N2", "N2"], [1, 4, 2, 3, 1]
    >>> summary = evaluate_scores(need_ids, grades, [0.2, 0.9, 0.5, 0.3, 0.4], expected_grades=[1, 4, 3, 3, 2])
    >>> summary.to_frame()[["metric", "value", "needs"]].round(3)
          metric  value  needs
    0    ndcg@10  0.815      2
    1        mrr  0.750      2
    2     auc>=2  0.833      2
    3     auc>=3  0.667      2
    4   spearman  0.616      2
    5  mae_score  0.714      2
    """
    rules = Rules(k=k, relevant_from=relevant_from, gain=gain, lowest=lowest, mode="judged_only", undefined=undefined)
    check_choice("lang", lang, LANGUAGES)
    check_bootstrap(resamples, confidence, random_state)
    for threshold in thresholds:
        check_whole("thresholds", threshold)
    graded, scored = read_grades(grades), read_column("scores", scores)
    names, needs = read_ids("need_ids", need_ids)
    check_lengths(need_ids=needs, grades=graded, scores=scored)
    if not len(needs):
        raise TableError("there are no pairs to evaluate; give at least one judged pair with its score")

    order = np.lexsort((_break_ties(needs, graded, achievement_ids), -scored, needs))
    lengths = np.bincount(needs, minlength=len(names))
    ranked = RankedLists(names, lengths, graded[order], np.ones(len(order), np.bool_), lengths, graded[order])
    own = measure_needs(ranked, rules)
    kept = [own.keys.index(key) for key in (f"ndcg@{k}", "mrr")]
    statistics: list[Statistic] = [
        MeanOverNeeds(tuple(own.keys[column] for column in kept), own.values[:, kept]),
        PooledRanks(needs, scored, graded, thresholds, len(names)),
    ]
    if expected_grades is not None:
        expected = read_column("expected_grades", expected_grades)
        check_lengths(grades=graded, expected_grades=expected)
        errors = np.bincount(needs, weights=np.abs(expected - graded), minlength=len(names))
        statistics.append(MaeScore(errors.astype(np.float64), lengths.astype(np.float64)))
    if probabilities is not None:
        likely = read_probabilities(probabilities)
        check_lengths(grades=graded, probabilities=likely)
        statistics.append(CalibrationError.of_pairs(needs, likely, graded >= relevant_from, len(names)))
    return Summary(
        estimates=estimate(
            statistics, len(names), resamples=resamples, confidence=confidence, random_state=random_state
        ),
        rules=rules,
        counts=count_lists(ranked, rules),
        confidence=confidence,
        lang=lang,
        sample=Sample(names, tuple(statistics), ranked.pooled, ranked.grade_sums()),
    )
