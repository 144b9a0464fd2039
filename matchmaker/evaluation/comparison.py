"""Whether one measurement is better than another on the same needs, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation.bootstrap import bound, check_bootstrap, draw_weights
from matchmaker.evaluation.rules import Lang, check_choice
from matchmaker.evaluation.summary import Summary, find_statistic
from matchmaker.evaluation.wording import LANGUAGES, THIN, name_metric, speak

Verdict = Literal["better", "worse", "no_difference"]

LOWER_IS_BETTER = ("calibration_error",)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two measurements in one metric.

    Attributes
    ----------
    metric : str
        The metric compared.
    names : tuple of str
        What the two are called.
    a, b : float
        Their values on the needs they share.
    difference : float
        ``a - b``.
    low, high : float
        Ends of its bootstrap interval; NaN with fewer than two needs.
    p_value : float
        Two-sided.
    verdict : {"better", "worse", "no_difference"}
        What is shown of the first against the second.
    needs, unshared : int
        Needs that define the metric on both sides, and needs that only one of the two has.
    confidence : float
        Mass inside the interval.
    lang : {"zh", "en"}
        Language of ``str()``.
    """

    metric: str
    names: tuple[str, str]
    a: float
    b: float
    difference: float
    low: float
    high: float
    p_value: float
    verdict: Verdict
    needs: int
    unshared: int
    confidence: float
    lang: Lang

    def to_text(self, lang: Lang | None = None) -> str:
        """Return the verdict and its grounds for people; ``lang`` is the comparison's own when left out."""
        lang, words = speak(lang, self.lang)
        first, second = self.names
        lines = [
            words[self.verdict].format(a=first, b=second),
            words["difference"].format(
                metric=name_metric(self.metric, lang),
                a_value=self.a,
                b_value=self.b,
                difference=self.difference,
                low=self.low,
                high=self.high,
                p=self.p_value,
                needs=self.needs,
            ),
        ]
        if self.unshared:
            lines.append(words["unshared"].format(self.unshared))
        if self.needs < THIN:
            lines.append(words["thin"].format(self.needs))
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the verdict in the comparison's language."""
        return self.to_text()


def _check_same(a: Summary, b: Summary, rows_a: list[int], rows_b: list[int]) -> None:
    if a.rules != b.rules:
        raise SettingError(f"the two were measured by different rules, {a.rules} and {b.rules}; measure both alike")
    same = (a.sample.pooled[rows_a] == b.sample.pooled[rows_b]) & (
        a.sample.grade_sums[rows_a] == b.sample.grade_sums[rows_b]
    )
    if not same.all():
        need_id = a.sample.need_ids[rows_a[int(np.flatnonzero(~same)[0])]]
        raise TableError(
            f"the two were measured by different judgments ({int((~same).sum())} needs differ, {need_id!r} first); "
            "measure both by the same judgments"
        )


def compare(
    a: Summary,
    b: Summary,
    metric: str = "ndcg@10",
    *,
    names: tuple[str, str] = ("A", "B"),
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Comparison:
    """Compare two measurements of the same needs by a paired bootstrap.

    Each resample draws needs once and values both sides on them, so what makes a need hard for both cancels out
    [1]_. The two-sided p-value is twice the smaller share of resampled differences on either side of zero, with one
    added to count and total [2]_. It is never below ``2 ** (1 - needs)``, the least that as many signs could show:
    five needs never prove a difference.

    Parameters
    ----------
    a, b : Summary
        Measured by the same rules and judgments; needs that only one has are left out and counted.
    metric : str
        A metric of both: ``"ndcg@10"``, ``"auc>=2"``, ``"calibration_error"`` (where less is better) …
    names : tuple of str
        What to call the two in words.
    resamples, confidence, random_state : int, float, int
        Bootstrap draws, mass inside the interval, seed.
    lang : {"zh", "en"}
        Language of ``str()``.

    Returns
    -------
    Comparison
        ``verdict`` is ``"better"`` or ``"worse"`` (of ``a`` against ``b``) when the p-value is below
        ``1 - confidence``, else ``"no_difference"``: not shown, which is not the same as equal.

    Raises
    ------
    SettingError
        The rules differ, or the metric is not one of both or not one where more or less is better.
    TableError
        No need in common, none that defines the metric, or other judgments.

    References
    ----------
    .. [1] T. Sakai (2006), Evaluating Evaluation Metrics based on the Bootstrap, SIGIR.
    .. [2] A. Davison, D. Hinkley (1997), Bootstrap Methods and their Application, chapter 4.

    Examples
    --------
    >>> from matchmaker.evaluation import evaluate_scores
    >>> needs, grades = [f"N{row // 2}" for row in range(60)], [1, 3] * 30
    >>> good, poor = (evaluate_scores(needs, grades, scores) for scores in ([0.1, 0.9] * 30, [0.9, 0.1] * 30))
    >>> print(compare(good, poor, names=("new", "old")))
    new is better than old
    NDCG@10: 1.000 against 0.631, difference +0.369 [+0.369, +0.369], p = 0.002, 30 needs
    """
    check_bootstrap(resamples, confidence, random_state)
    check_choice("lang", lang, LANGUAGES)
    if metric.startswith("unjudged@"):
        raise SettingError(f"metric={metric!r} says how much is known, not what is better; compare another metric")
    (first, column_a), (second, column_b) = find_statistic(a, metric), find_statistic(b, metric)
    row_of_b = {need_id: row for row, need_id in enumerate(b.sample.need_ids)}
    shared = [(row, row_of_b[need_id]) for row, need_id in enumerate(a.sample.need_ids) if need_id in row_of_b]
    if not shared:
        raise TableError("the two have no need in common; measure both on the same needs")
    rows_a, rows_b = [row for row, _ in shared], [row for _, row in shared]
    _check_same(a, b, rows_a, rows_b)

    def value_both(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # needs that only one side has get weight 0, so no statistic has to be cut down
        spread_a = np.zeros((len(weights), len(a.sample.need_ids)))
        spread_b = np.zeros((len(weights), len(b.sample.need_ids)))
        spread_a[:, rows_a], spread_b[:, rows_b] = weights, weights
        return first.weigh(spread_a)[:, column_a], second.weigh(spread_b)[:, column_b]

    defined = int((first.known[rows_a, column_a] & second.known[rows_b, column_b]).sum())
    if not defined:
        raise TableError(
            f"{metric} is undefined on each of the {len(shared)} shared needs; judge more pairs, or compare another "
            "metric"
        )
    columns = max(first.columns, second.columns)
    value_a, value_b = (float(value[0]) for value in value_both(np.ones((1, len(shared)))))
    blocks = [value_both(weights) for weights in draw_weights(len(shared), resamples, random_state, columns)]
    draws = np.concatenate([side_a - side_b for side_a, side_b in blocks])
    difference = value_a - value_b
    if first.centred:
        draws -= np.nanmean(draws) - difference
    known = draws[~np.isnan(draws)]
    tail = 1 + min(int((known <= 0).sum()), int((known >= 0).sum()))
    p_value = min(1.0, max(2 * tail / (len(known) + 1), 2.0 ** (1 - defined)))
    low, high = bound(draws, confidence) if defined > 1 else (float("nan"), float("nan"))
    verdict: Verdict = "no_difference"
    if p_value < 1 - confidence:
        verdict = "better" if (difference > 0) != (metric in LOWER_IS_BETTER) else "worse"
    return Comparison(
        metric=metric,
        names=names,
        a=value_a,
        b=value_b,
        difference=difference,
        low=low,
        high=high,
        p_value=p_value,
        verdict=verdict,
        needs=defined,
        unshared=len(a.sample.need_ids) + len(b.sample.need_ids) - 2 * len(shared),
        confidence=confidence,
        lang=lang,
    )
