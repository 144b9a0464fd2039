"""What a threshold costs: how many needs are answered, how often wrongly, and how many gaps are none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation.bootstrap import check_bootstrap, estimate
from matchmaker.evaluation.frames import draw_frame
from matchmaker.evaluation.rates import bound_estimate
from matchmaker.evaluation.rules import Lang, check_choice, check_whole
from matchmaker.evaluation.shortlists import collect_grades, collect_lists
from matchmaker.evaluation.statistics import PooledMeans
from matchmaker.evaluation.wording import LANGUAGES, THIN, set_table, speak
from matchmaker.records import Judgment, Match, Shortlist

if TYPE_CHECKING:
    import pandas as pd

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(21))
SHOWN = 6


@dataclass(frozen=True, slots=True)
class AbstentionPoint:
    """What happens at one threshold; a rate is NaN where nothing could be wrong.

    Attributes
    ----------
    threshold : float
        A need is answered when the probability of its first place reaches this; otherwise it is declared a gap.
    answered : float
        Share of needs answered.
    wrong, wrong_low, wrong_high : float
        Of the answered needs whose first place was judged, the share where it is not relevant; its interval.
    missed, missed_low, missed_high : float
        Of the needs declared a gap, the share for which a relevant achievement was judged, listed or not.
    answered_needs, unjudged_needs, gap_needs : int
        Needs answered, those of them whose first place nobody judged, and needs declared a gap.
    """

    threshold: float
    answered: float
    wrong: float
    wrong_low: float
    wrong_high: float
    missed: float
    missed_low: float
    missed_high: float
    answered_needs: int
    unjudged_needs: int
    gap_needs: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """What each threshold costs.

    Attributes
    ----------
    points : tuple of AbstentionPoint
        One a threshold, ascending.
    needs : int
        Needs with both a list and a judgment.
    confidence : float
        Mass inside the intervals.
    lang : {"zh", "en"}
        Language of ``str()``.
    """

    points: tuple[AbstentionPoint, ...]
    needs: int
    confidence: float
    lang: Lang

    def to_frame(self) -> pd.DataFrame:
        """Return one row a threshold."""
        return draw_frame(self.points, AbstentionPoint)

    def to_text(self, lang: Lang | None = None) -> str:
        """Return what some of the thresholds cost, for people."""
        lang, words = speak(lang, self.lang)
        chosen = np.unique(np.linspace(0, len(self.points) - 1, SHOWN).round().astype(int))
        rows = [
            [
                f"{point.threshold:.2f}",
                f"{point.answered_needs} ({point.answered:.0%})",
                _write(point.wrong, point.wrong_low, point.wrong_high),
                f"{point.gap_needs}",
                _write(point.missed, point.missed_low, point.missed_high),
            ]
            for point in (self.points[number] for number in chosen)
        ]
        head = ("threshold", "answered", "wrong", "gaps", "missed")
        lines = [words["abstention"].format(self.needs), *set_table([[words[name] for name in head], *rows])]
        if self.needs < THIN:
            lines.append(words["thin"].format(self.needs))
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the table in the curve's language."""
        return self.to_text()


def _write(rate: float, low: float, high: float) -> str:
    if np.isnan(rate):
        return "–"
    return f"{rate:.0%}" if np.isnan(low) else f"{rate:.0%} [{low:.0%}, {high:.0%}]"


def _read_thresholds(thresholds: Sequence[float]) -> NDArray[np.float64]:
    steps = np.unique(np.asarray(thresholds, np.float64))
    if not len(steps) or np.isnan(steps).any() or steps[0] < 0 or steps[-1] > 1:
        raise SettingError(f"thresholds={thresholds!r} is no list of probabilities; give values between 0 and 1")
    return steps


def measure_abstention(
    shortlists: Iterable[Shortlist | Match],
    judgments: Iterable[Judgment],
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    relevant_from: int = 3,
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Abstention:
    """Measure, for each threshold, how many needs are answered, how often wrongly, and how many gaps are none.

    Parameters
    ----------
    shortlists : iterable of Shortlist or of Match
        What was proposed, with probabilities. An empty list is a gap at every threshold. Needs without a judgment,
        and judged needs without a list, are left out.
    judgments : iterable of Judgment
        What experts or outcomes said.
    thresholds : sequence of float
        Between 0 and 1.
    relevant_from : int
        The lowest grade that counts as relevant.
    resamples, confidence, random_state : int, float, int
        Bootstrap draws, mass inside the intervals, seed.
    lang : {"zh", "en"}
        Language of ``str()``.

    Raises
    ------
    TableError
        No list, no judgment, no need in common, or no probability.
    SettingError
        A setting that is not allowed.

    Examples
    --------
    >>> lists = [Match("N1", "A1", 1, 2.0, 0.9), Match("N2", "A1", 1, 1.0, 0.6), Match("N3", "A3", 1, 0.0, 0.2)]
    >>> judgments = [Judgment("N1", "A1", 4), Judgment("N2", "A1", 1), Judgment("N3", "A2", 3)]
    >>> curve = measure_abstention(lists, judgments, thresholds=[0.5, 0.8])
    >>> curve.to_frame()[["threshold", "answered", "wrong", "missed"]].round(2)
       threshold  answered  wrong  missed
    0        0.5      0.67    0.5     1.0
    1        0.8      0.33    0.0     0.5
    """
    check_whole("relevant_from", relevant_from)
    check_choice("lang", lang, LANGUAGES)
    check_bootstrap(resamples, confidence, random_state)
    steps = _read_thresholds(thresholds)
    lists, (grades, _) = collect_lists(shortlists), collect_grades(judgments)
    shared = [need_id for need_id in grades if need_id in lists]
    if not shared:
        raise TableError("no need has both a shortlist and a judgment; give files about the same needs")
    first = [lists[need_id][0] if lists[need_id] else None for need_id in shared]
    likely = np.array([-1.0 if place is None else place.probability for place in first])
    if np.isnan(likely).any():
        raise TableError(
            f"{int(np.isnan(likely).sum())} lists have no probability in their first place; give shortlists with "
            "probabilities"
        )
    verdicts = [
        None if place is None else grades[need_id].get(place.achievement_id)
        for need_id, place in zip(shared, first, strict=True)
    ]
    judged = np.array([grade is not None for grade in verdicts])
    bad = np.array([grade is not None and grade < relevant_from for grade in verdicts])
    served = np.array([max(grades[need_id].values()) >= relevant_from for need_id in shared])
    answered = likely[:, None] >= steps
    keys = tuple(map(str, steps))
    answered_judged = answered & judged[:, None]
    statistics = [
        PooledMeans(keys, (answered_judged & bad[:, None]).astype(float), answered_judged.astype(float)),
        PooledMeans(keys, (~answered & served[:, None]).astype(float), (~answered).astype(float)),
    ]
    found = estimate(statistics, len(shared), resamples=resamples, confidence=confidence, random_state=random_state)
    points = []
    for number, step in enumerate(steps):
        wrong, missed = found[number], found[number + len(steps)]
        wrong_low, wrong_high = bound_estimate(wrong, confidence)
        missed_low, missed_high = bound_estimate(missed, confidence)
        points.append(
            AbstentionPoint(
                threshold=float(step),
                answered=float(answered[:, number].mean()),
                wrong=wrong.value,
                wrong_low=wrong_low,
                wrong_high=wrong_high,
                missed=missed.value,
                missed_low=missed_low,
                missed_high=missed_high,
                answered_needs=int(answered[:, number].sum()),
                unjudged_needs=int((answered[:, number] & ~judged).sum()),
                gap_needs=int((~answered[:, number]).sum()),
            )
        )
    return Abstention(tuple(points), len(shared), confidence, lang)
