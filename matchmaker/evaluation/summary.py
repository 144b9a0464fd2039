"""What a measurement found: metrics with intervals, what they rest on, and a table that people can read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import SettingError
from matchmaker.evaluation.bootstrap import Estimate
from matchmaker.evaluation.frames import draw_frame
from matchmaker.evaluation.lists import Counts
from matchmaker.evaluation.rules import Lang, Rules, check_choice
from matchmaker.evaluation.statistics import MeanOverNeeds, Statistic
from matchmaker.evaluation.wording import THIN, WORDS, name_metric, set_table, speak

if TYPE_CHECKING:
    import pandas as pd

TOLERATED = 0.05  # share of unjudged places up to which values are hardly a lower bound


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The needs behind a summary, kept so that two summaries can be compared need by need.

    Attributes
    ----------
    need_ids : tuple of str
        The needs; row by row the same as below.
    statistics : tuple of Statistic
        The metrics as functions of how often each need counts.
    pooled, grade_sums : ndarray of int, shape (needs,)
        Number of judged pairs of each need and the sum of their grades.
    """

    need_ids: tuple[str, ...]
    statistics: tuple[Statistic, ...]
    pooled: NDArray[np.int64]
    grade_sums: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Summary:
    """Metrics of one set of shortlists or scores, each with its interval.

    ``print(summary)`` shows a table in the summary's language, ``summary.to_text("zh")`` in another;
    ``summary["ndcg@10"]`` is one `Estimate`.

    Attributes
    ----------
    estimates : tuple of Estimate
        One a metric.
    rules : Rules
        How it was measured.
    counts : Counts
        What it rests on.
    confidence : float
        Mass inside the intervals.
    lang : {"zh", "en"}
        Language of ``str()``.
    sample : Sample
        The needs behind it.
    """

    estimates: tuple[Estimate, ...]
    rules: Rules
    counts: Counts
    confidence: float
    lang: Lang
    sample: Sample = dataclasses.field(compare=False, repr=False)

    def __getitem__(self, metric: str) -> Estimate:
        """Return one metric's estimate; ``SettingError`` lists the metrics there are."""
        check_choice("metric", metric, (found.metric for found in self.estimates))
        return next(found for found in self.estimates if found.metric == metric)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a metric: ``metric, value, low, high, needs, skipped``."""
        return draw_frame(self.estimates, Estimate)

    def by_need(self) -> pd.DataFrame:
        """Return one row a need: ``need_id``, its number of judged pairs, and each metric that a need has by itself."""
        import pandas as pd

        frame = pd.DataFrame({"need_id": list(self.sample.need_ids), "judged_pairs": self.sample.pooled})
        for statistic in self.sample.statistics:
            if isinstance(statistic, MeanOverNeeds):
                frame[list(statistic.keys)] = statistic.values
        return frame

    def to_text(self, lang: Lang | None = None) -> str:
        """Return the table with what it rests on, for people.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; the summary's own when left out.

        Raises
        ------
        SettingError
            The language is not one of the two.
        """
        lang, words = speak(lang, self.lang)
        head = [words[name] for name in ("metric", "value", "interval", "needs", "skipped")]
        head[2] = head[2].format(100 * self.confidence)
        rows = [
            [
                name_metric(found.metric, lang),
                _write(found.value),
                f"[{_write(found.low)}, {_write(found.high)}]",
                str(found.needs),
                str(found.skipped),
            ]
            for found in self.estimates
        ]
        scope = words["scope"].format(
            needs=self.counts.needs,
            judged=self.counts.judged_pairs,
            found=self.counts.listed_judged_pairs,
            relevant=self.rules.relevant_from,
        )
        return "\n".join([words[self.rules.mode], scope, *set_table([head, *rows]), *self._notes(lang)])

    def verdict(self, lang: Lang | None = None) -> str:
        """Return in plain words how many needs are served, how good the order is, and how far that can be trusted."""
        lang, words = speak(lang, self.lang)
        found = {estimate.metric: estimate for estimate in self.estimates}
        k = self.rules.k
        lines = []
        served, order = found.get(f"success@{k}"), found[f"ndcg@{k}"]
        if served and served.needs:
            lines.append(
                words["served"].format(
                    served=round(served.value * served.needs), needs=served.needs, share=served.value, k=k
                )
            )
        if order.needs:
            key = "ordered_point" if isnan(order.low) else "ordered"
            metric = name_metric(order.metric, lang)
            lines.append(words[key].format(value=order.value, low=order.low, high=order.high, metric=metric))
        unjudged = found.get(f"unjudged@{k}")
        if unjudged and unjudged.needs:
            counted = self.rules.mode == "as_retrieved" and unjudged.value > TOLERATED
            lines.append(words["lower_bound" if counted else "well_judged"].format(share=unjudged.value, k=k))
        error = found.get("calibration_error")
        if error and error.needs:
            lines.append(words["miscalibrated"].format(error=error.value))
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the table in the summary's language."""
        return self.to_text()

    def _notes(self, lang: Lang) -> list[str]:
        counts = self.counts
        said = {
            f"lowest_only_{self.rules.undefined}": counts.lowest_only,
            f"none_relevant_{self.rules.undefined}": counts.none_relevant,
            f"unlisted_{self.rules.unlisted}": counts.unlisted,
            "never_judged": counts.never_judged,
            "repeated": counts.repeated,
        }
        notes = [WORDS["linear"][lang]] if self.rules.gain == "linear" else []
        notes += [WORDS[name][lang].format(count) for name, count in said.items() if count]
        if counts.highest_grade <= self.rules.lowest:
            notes.append(WORDS["all_lowest"][lang])
        elif counts.highest_grade < self.rules.relevant_from:
            notes.append(
                WORDS["grades_low"][lang].format(relevant=self.rules.relevant_from, highest=counts.highest_grade)
            )
        if counts.needs < THIN:
            notes.append(WORDS["thin"][lang].format(counts.needs))
        return notes


def _write(value: float) -> str:
    return "–" if isnan(value) else f"{value:.3f}"


def find_statistic(summary: Summary, metric: str) -> tuple[Statistic, int]:
    """Return the statistic that holds a metric, and the metric's column in it."""
    for statistic in summary.sample.statistics:
        if metric in statistic.keys:
            return statistic, statistic.keys.index(metric)
    known: Sequence[str] = [key for statistic in summary.sample.statistics for key in statistic.keys]
    raise SettingError(f"metric={metric!r} is not known; use one of {', '.join(map(repr, known))}")
