"""Two sets of shortlists side by side: several metrics, need by need, and a verdict in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation.comparison import Comparison, compare
from matchmaker.evaluation.rules import Lang, check_choice
from matchmaker.evaluation.statistics import MeanOverNeeds
from matchmaker.evaluation.summary import Summary, find_statistic
from matchmaker.evaluation.wording import LANGUAGES, name_metric, set_table, speak

if TYPE_CHECKING:
    import pandas as pd

NAMED = 3  # needs named on either side
LEVEL = 1e-9  # changes up to here are rounding
UNEVEN = 0.05  # a difference in unjudged places that people should know of


@dataclass(frozen=True, slots=True)
class NeedChange:
    """One need on both sides.

    Attributes
    ----------
    need_id : str
        The need.
    a, b : float
        Its value on each side.
    change : float
        ``b - a``.
    """

    need_id: str
    a: float
    b: float
    change: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """What the second of two measurements changes against the first.

    Attributes
    ----------
    names : tuple of str
        What the two are called, first A, then B.
    comparisons : tuple of Comparison
        B against A, one a metric; the verdict rests on the first.
    changes : tuple of NeedChange
        The needs that define the first metric on both sides, the greatest change first, then by id.
    unjudged : tuple of float
        Share of the first places that nobody judged, on each side; NaN where it is not measured.
    unlisted : tuple of int
        Judged needs that have no list and so count as 0, on each side.
    lang : {"zh", "en"}
        Language of ``str()``.
    """

    names: tuple[str, str]
    comparisons: tuple[Comparison, ...]
    changes: tuple[NeedChange, ...] = field(repr=False)
    unjudged: tuple[float, float]
    unlisted: tuple[int, int]
    lang: Lang

    @property
    def main(self) -> Comparison:
        """The comparison that the verdict rests on."""
        return self.comparisons[0]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a metric: ``metric, a, b, difference, low, high, p_value, verdict, needs``, b against a."""
        import pandas as pd

        columns = ["metric", "a", "b", "difference", "low", "high", "p_value", "verdict", "needs"]
        # in each comparison B comes first, since it is B that is better or worse
        rows = [
            (one.metric, one.b, one.a, one.difference, one.low, one.high, one.p_value, one.verdict, one.needs)
            for one in self.comparisons
        ]
        return pd.DataFrame(rows, columns=columns)

    def by_need(self) -> pd.DataFrame:
        """Return one row a need: ``need_id, a, b, change`` in the first metric, the greatest change first."""
        import pandas as pd

        rows = [(one.need_id, one.a, one.b, one.change) for one in self.changes]
        return pd.DataFrame(rows, columns=["need_id", "a", "b", "change"])

    def table(self, lang: Lang | None = None) -> list[list[str]]:
        """Return the table for people, its header first: metric, both values, difference, verdict."""
        lang, words = speak(lang, self.lang)
        head = [
            words["metric"],
            *self.names,
            words["gain_interval"].format(100 * self.main.confidence),
            words["verdict"],
        ]
        rows = [
            [
                name_metric(one.metric, lang),
                f"{one.b:.3f}",
                f"{one.a:.3f}",
                f"{one.difference:+.3f} " + ("[–, –]" if isnan(one.low) else f"[{one.low:+.3f}, {one.high:+.3f}]"),
                words[f"short_{one.verdict}"].format(one.names[0]),
            ]
            for one in self.comparisons
        ]
        return [head, *rows]

    def verdict(self, lang: Lang | None = None) -> str:
        """Return the verdict in plain words: which is better, on how many needs, and which changed most."""
        lang, words = speak(lang, self.lang)
        first, second = self.names
        up = [one for one in self.changes if one.change > LEVEL]
        down = [one for one in self.changes if one.change < -LEVEL]
        lines = [
            self.main.to_text(lang),
            words["by_need"].format(
                a=first,
                b=second,
                up=len(up),
                down=len(down),
                level=len(self.changes) - len(up) - len(down),
                needs=len(self.changes),
            ),
        ]
        for key, moved in (("most_gained", up), ("most_lost", down)):
            if moved:
                told = ", ".join(f"{one.need_id} {one.change:+.3f}" for one in moved[:NAMED])
                lines.append(words[key].format(b=second, needs=told))
        if abs(self.unjudged[1] - self.unjudged[0]) > UNEVEN:
            more = second if self.unjudged[1] > self.unjudged[0] else first
            lines.append(
                words["uneven"].format(a=first, b=second, a_share=self.unjudged[0], b_share=self.unjudged[1], more=more)
            )
        if self.unlisted[0] != self.unlisted[1]:
            lines.append(words["unlisted_sides"].format(first, self.unlisted[0], second, self.unlisted[1]))
        return "\n".join(lines)

    def to_text(self, lang: Lang | None = None) -> str:
        """Return the table and the verdict, for people."""
        return "\n".join([*set_table(self.table(lang)), self.verdict(lang)])

    def __str__(self) -> str:
        """Return the table and the verdict in the contrast's language."""
        return self.to_text()


def _shared_metrics(a: Summary, b: Summary) -> list[str]:
    """Return the metrics of both where more or less is better and that some need defines on both sides."""
    there = {found.metric for found in b.estimates if not isnan(found.value)}
    return [
        found.metric
        for found in a.estimates
        if found.metric in there and not isnan(found.value) and not found.metric.startswith("unjudged@")
    ]


def _list_changes(a: Summary, b: Summary, metric: str) -> tuple[NeedChange, ...]:
    sides = []
    for summary in (a, b):
        statistic, column = find_statistic(summary, metric)
        if not isinstance(statistic, MeanOverNeeds):
            raise SettingError(
                f"metrics begins with {metric!r}, which no need has by itself; begin with one such as 'ndcg@10'"
            )
        values: NDArray[np.float64] = statistic.values[:, column]
        sides.append(dict(zip(summary.sample.need_ids, values.tolist(), strict=True)))
    before, after = sides
    changes = [
        NeedChange(need_id, value, after[need_id], after[need_id] - value)
        for need_id, value in before.items()
        if need_id in after and not isnan(value) and not isnan(after[need_id])
    ]
    return tuple(sorted(changes, key=lambda one: (-abs(one.change), one.need_id)))


def contrast(
    a: Summary,
    b: Summary,
    metrics: Sequence[str] | None = None,
    *,
    names: tuple[str, str] = ("A", "B"),
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Contrast:
    """Say what B changes against A, in several metrics and need by need.

    Every metric is compared as `compare` does. The verdict rests on the first one alone, chosen beforehand: of many
    metrics compared, one in twenty differs by chance.

    Parameters
    ----------
    a, b : Summary
        The present one and the new one, measured by the same rules and judgments.
    metrics : sequence of str, optional
        By default all that both have and that can be better or worse; the first must be one that needs have by
        themselves.
    names : tuple of str
        What to call the two in words.
    resamples, confidence, random_state, lang
        As in `compare`.

    Raises
    ------
    SettingError
        The rules differ, or a metric is not one of both.
    TableError
        No need or metric in common, or other judgments.

    Examples
    --------
    >>> from matchmaker.evaluation import evaluate_scores
    >>> needs, grades = [f"N{row // 2}" for row in range(60)], [1, 3] * 30
    >>> old, new = (evaluate_scores(needs, grades, scores) for scores in ([0.9, 0.1] * 30, [0.1, 0.9] * 30))
    >>> print(contrast(old, new, names=("old", "new")).verdict())
    new is better than old
    NDCG@10: 1.000 against 0.631, difference +0.369 [+0.369, +0.369], p = 0.002, 30 needs
    By need: new ranks better on 30 of 30, old on 0, level on 0.
    new gains most on: N0 +0.369, N1 +0.369, N10 +0.369
    """
    check_choice("lang", lang, LANGUAGES)
    chosen = list(_shared_metrics(a, b) if metrics is None else metrics)
    if not chosen:
        raise TableError("the two share no metric that is defined on both; judge more pairs, or measure both alike")
    comparisons = tuple(
        compare(
            b,
            a,
            metric,
            names=(names[1], names[0]),
            resamples=resamples,
            confidence=confidence,
            random_state=random_state,
            lang=lang,
        )
        for metric in chosen
    )
    unjudged = [
        next((found.value for found in side.estimates if found.metric.startswith("unjudged@")), float("nan"))
        for side in (a, b)
    ]
    unlisted = [side.counts.unlisted if side.rules.unlisted == "zero" else 0 for side in (a, b)]
    return Contrast(
        names=names,
        comparisons=comparisons,
        changes=_list_changes(a, b, chosen[0]),
        unjudged=(unjudged[0], unjudged[1]),
        unlisted=(unlisted[0], unlisted[1]),
        lang=lang,
    )
