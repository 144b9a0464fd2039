"""The bootstrap over needs: whole needs are drawn again with replacement, because pairs of one need belong together.

A resample is a row of weights, how often each need was drawn; a `Statistic` turns many such rows into values at once.
So the same draws serve every metric, and, in a comparison, both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import SettingError
from matchmaker.evaluation.rules import check_whole
from matchmaker.evaluation.statistics import Statistic

FloatArray = NDArray[np.float64]

# numbers held at once by a block of resamples: large enough for fast matrix products, small enough for the cache
CELLS = 1 << 18


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric, its interval, and how many needs stand behind it.

    Attributes
    ----------
    metric : str
        Name with its setting: ``"ndcg@10"``, ``"auc>=2"``.
    value : float
        NaN when no need defines it.
    low, high : float
        Ends of the bootstrap interval; NaN when fewer than two needs define the metric.
    needs, skipped : int
        Needs that define the metric, and needs that do not.
    """

    metric: str
    value: float
    low: float
    high: float
    needs: int
    skipped: int

    def __str__(self) -> str:
        """Return ``metric value [low, high]``."""
        return f"{self.metric} {self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def draw_weights(n_needs: int, resamples: int, random_state: int, columns: int) -> Iterator[FloatArray]:
    """Yield how often each need is drawn, in blocks of shape (resamples in the block, needs).

    Parameters
    ----------
    n_needs, resamples : int
        Needs to draw from, each time as many as there are; how many times.
    random_state : int
        Seed; the draws do not depend on the size of the blocks.
    columns : int
        Numbers that one resample will hold, which sets the size of a block.
    """
    generator = np.random.default_rng(random_state)
    block = max(1, CELLS // max(columns, n_needs, 1))
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        drawn = generator.integers(n_needs, size=(rows, n_needs))
        yield np.stack([np.bincount(row, minlength=n_needs) for row in drawn]).astype(np.float64)


def check_bootstrap(resamples: int, confidence: float, random_state: int) -> None:
    """Raise ``SettingError`` unless the bootstrap's settings make sense."""
    check_whole("resamples", resamples, at_least=1)
    check_whole("random_state", random_state, at_least=0)
    if not 0 < confidence < 1:
        raise SettingError(f"confidence={confidence} is not between 0 and 1; use 0.95 for a 95 % interval")


def bound(draws: FloatArray, confidence: float) -> tuple[float, float]:
    """Return the ends of the percentile interval of one metric's resampled values, undefined ones left out [1]_.

    References
    ----------
    .. [1] B. Efron, R. Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> [round(end, 6) for end in bound(np.arange(101.0), confidence=0.9)]
    [5.0, 95.0]
    """
    known = draws[~np.isnan(draws)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def estimate(
    statistics: Sequence[Statistic],
    n_needs: int,
    *,
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
) -> tuple[Estimate, ...]:
    """Return every metric with its interval by a percentile bootstrap over needs.

    Parameters
    ----------
    statistics : sequence of Statistic
        What to measure.
    n_needs : int
        Number of needs, one weight each.
    resamples : int
        How many times the needs are drawn again.
    confidence : float
        Mass inside the interval.
    random_state : int
        Seed; the same seed gives the same interval.

    Examples
    --------
    >>> from matchmaker.evaluation.statistics import MeanOverNeeds
    >>> values = MeanOverNeeds(("ndcg@10",), np.array([[0.2], [0.4], [0.9], [np.nan]]))
    >>> print(estimate([values], 4)[0])
    ndcg@10 0.500 [0.200, 0.900]
    """
    check_bootstrap(resamples, confidence, random_state)
    columns = max(statistic.columns for statistic in statistics)
    blocks = [
        [statistic.weigh(weights) for statistic in statistics]
        for weights in draw_weights(n_needs, resamples, random_state, columns)
    ]
    estimates: list[Estimate] = []
    for number, statistic in enumerate(statistics):
        values = statistic.weigh(np.ones((1, n_needs)))[0]
        draws = np.concatenate([block[number] for block in blocks])
        for column, (key, known) in enumerate(zip(statistic.keys, statistic.known.T, strict=True)):
            value, resampled, support = float(values[column]), draws[:, column], int(known.sum())
            low, high = bound(resampled, confidence) if support > 1 else (float("nan"), float("nan"))
            if statistic.centred and not np.isnan(low):
                excess = float(np.nanmean(resampled)) - value
                low, high = max(0.0, low - excess), max(0.0, high - excess)
            estimates.append(Estimate(key, value, low, high, support, n_needs - support))
    return tuple(estimates)
