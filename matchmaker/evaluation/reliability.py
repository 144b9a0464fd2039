"""Whether probabilities mean what they say: the reliability curve, its errors, and what a threshold costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.errors import TableError
from matchmaker.evaluation.bootstrap import Estimate, check_bootstrap, estimate
from matchmaker.evaluation.frames import draw_frame
from matchmaker.evaluation.pooling import assign_bins, check_lengths, read_grades, read_probabilities
from matchmaker.evaluation.rates import bound_estimate
from matchmaker.evaluation.rules import Lang, check_choice, check_whole
from matchmaker.evaluation.scores import read_ids
from matchmaker.evaluation.statistics import CalibrationError, PooledMeans
from matchmaker.evaluation.wording import LANGUAGES, THIN, set_table, speak

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Pairs of similar probability.

    Attributes
    ----------
    least, most : float
        The lowest and the highest probability among them.
    pairs, needs : int
        How many pairs, of how many needs.
    predicted : float
        Their mean probability.
    observed, low, high : float
        The share that is relevant, and the ends of its interval; NaN with one need only.
    """

    least: float
    most: float
    pairs: int
    needs: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BrierTerms:
    """The Brier score taken apart: ``miscalibration - resolution + uncertainty + within_bins``.

    Attributes
    ----------
    miscalibration : float
        Squared distance of bins from the diagonal; 0 is best, and learning a new calibration removes it.
    resolution : float
        How far the bins' observed rates lie from one another; higher is better.
    uncertainty : float
        What a constant probability at the base rate would score.
    within_bins : float
        What is left over because probabilities differ inside a bin.
    """

    miscalibration: float
    resolution: float
    uncertainty: float
    within_bins: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How probabilities compare with what came true.

    Attributes
    ----------
    bins : tuple of ReliabilityBin
        From the lowest probability to the highest; bins without a pair are left out.
    calibration_error, brier : Estimate
        Mean distance from the diagonal over the bins, and mean squared error; 0 is best.
    terms : BrierTerms
        The Brier score taken apart.
    base_rate : float
        Share of relevant pairs.
    confidence : float
        Mass inside the intervals.
    lang : {"zh", "en"}
        Language of ``str()``.
    """

    bins: tuple[ReliabilityBin, ...]
    calibration_error: Estimate
    brier: Estimate
    terms: BrierTerms
    base_rate: float
    confidence: float
    lang: Lang

    def to_frame(self) -> pd.DataFrame:
        """Return one row a bin: ``least, most, pairs, needs, predicted, observed, low, high``."""
        return draw_frame(self.bins, ReliabilityBin)

    def to_text(self, lang: Lang | None = None) -> str:
        """Return what the probabilities are worth, and the bins, for people."""
        lang, words = speak(lang, self.lang)
        # weighed by pairs, so that one small bin off the diagonal does not decide
        bias = sum(one.pairs * (one.predicted - one.observed) for one in self.bins) / sum(
            one.pairs for one in self.bins
        )
        error = self.calibration_error
        direction = "too_high" if bias > error.value / 2 else "too_low" if bias < -error.value / 2 else "mixed"
        lines = [
            words[f"calibration_{direction}"].format(error=error),
            words["brier"].format(brier=self.brier, terms=self.terms),
        ]
        head = ("probabilities", "pairs", "needs", "predicted", "observed")
        rows = [
            [
                f"{one.least:.2f}–{one.most:.2f}",
                str(one.pairs),
                str(one.needs),
                f"{one.predicted:.2f}",
                f"{one.observed:.2f}" + ("" if isnan(one.low) else f" [{one.low:.2f}, {one.high:.2f}]"),
            ]
            for one in self.bins
        ]
        lines += set_table([[words[name] for name in head], *rows])
        if error.needs < THIN:
            lines.append(words["thin"].format(error.needs))
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the verdict and the bins in the curve's language."""
        return self.to_text()


def measure_reliability(
    need_ids: Sequence[object],
    grades: ArrayLike,
    probabilities: ArrayLike,
    *,
    relevant_from: int = 3,
    bins: int = 10,
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Reliability:
    """Measure whether probabilities of judged pairs come true, with bootstrap intervals over needs.

    Bins hold equally many pairs each, see `assign_bins`; equal probabilities share a bin.

    Parameters
    ----------
    need_ids : sequence, shape (pairs,)
        The need of each pair.
    grades : array_like of int, shape (pairs,)
        Its grade.
    probabilities : array_like, shape (pairs,)
        The probability that the grade reaches ``relevant_from``. Pairs without one (NaN) must be left out:
        ``pairs.dropna(subset="probability")`` of what `join_judgments` returns.
    relevant_from : int
        The lowest grade that counts as relevant.
    bins : int
        How many bins.
    resamples, confidence, random_state : int, float, int
        Bootstrap draws, mass inside the intervals, seed.
    lang : {"zh", "en"}
        Language of ``str()``.

    Raises
    ------
    TableError
        There are no pairs.
    RecordError
        Columns of unequal length, a grade that is no whole number, a probability outside 0 … 1.
    SettingError
        A setting that is not allowed.

    References
    ----------
    .. [1] A. Murphy (1973), A New Vector Partition of the Probability Score, J. Applied Meteorology 12.
    .. [2] D. Stephenson, C. Coelho, I. Jolliffe (2008), Two Extra Components in the Brier Score Decomposition,
       Weather and Forecasting 23.

    Examples
    --------
    >>> needs, likely = ["N1", "N1", "N2", "N2"], [0.1, 0.8, 0.2, 0.7]
    >>> curve = measure_reliability(needs, [1, 4, 2, 1], likely, bins=2)
    >>> curve.to_frame()[["pairs", "predicted", "observed"]]
       pairs  predicted  observed
    0      2       0.15       0.0
    1      2       0.75       0.5
    >>> round(curve.calibration_error.value, 3), round(curve.brier.value, 3)
    (0.2, 0.145)
    """
    check_whole("relevant_from", relevant_from)
    check_whole("bins", bins, at_least=1)
    check_choice("lang", lang, LANGUAGES)
    check_bootstrap(resamples, confidence, random_state)
    names, needs = read_ids("need_ids", need_ids)
    likely = read_probabilities(probabilities)
    relevant = read_grades(grades) >= relevant_from
    check_lengths(need_ids=needs, grades=relevant, probabilities=likely)
    if not len(likely):
        raise TableError("there are no pairs with a probability; give at least one judged pair with its probability")
    place = assign_bins(likely, bins)
    used, place = np.unique(place, return_inverse=True)
    shape = (len(names), len(used))
    cells = needs * len(used) + place

    def add_up(values: FloatArray) -> FloatArray:
        return np.bincount(cells, values, shape[0] * shape[1]).astype(np.float64).reshape(shape)

    counts, positives = add_up(np.ones(len(likely))), add_up(relevant.astype(np.float64))
    squares = add_up((likely - relevant) ** 2)
    whole = counts.sum(axis=1, keepdims=True)
    observed = PooledMeans(tuple(f"bin {number}" for number in used), positives, counts)
    brier = PooledMeans(("brier",), squares.sum(axis=1, keepdims=True), whole)
    calibration = CalibrationError.of_pairs(needs, likely, relevant, len(names), bins)
    found = estimate(
        [observed, brier, calibration],
        len(names),
        resamples=resamples,
        confidence=confidence,
        random_state=random_state,
    )
    sizes = counts.sum(axis=0)
    predicted, rates = add_up(likely).sum(axis=0) / sizes, positives.sum(axis=0) / sizes
    base = float(relevant.mean())
    terms = (
        float(sizes @ (predicted - rates) ** 2 / len(likely)),
        float(sizes @ (rates - base) ** 2 / len(likely)),
        base * (1 - base),
    )
    curve = []
    for number, rate in enumerate(found[: len(used)]):
        inside = likely[place == number]
        low, high = bound_estimate(rate, confidence)
        curve.append(
            ReliabilityBin(
                least=float(inside.min()),
                most=float(inside.max()),
                pairs=len(inside),
                needs=rate.needs,
                predicted=float(predicted[number]),
                observed=rate.value,
                low=low,
                high=high,
            )
        )
    error, calibration_error = found[len(used) :]
    return Reliability(
        bins=tuple(curve),
        calibration_error=calibration_error,
        brier=error,
        terms=BrierTerms(*terms, within_bins=error.value - (terms[0] - terms[1] + terms[2])),
        base_rate=base,
        confidence=confidence,
        lang=lang,
    )
