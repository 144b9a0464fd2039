"""Metrics as functions of how often each need counts: the form in which they can be bootstrapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.pooling import assign_bins

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Statistic(Protocol):
    """One or more metrics as a function of how often each need counts."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the metrics."""

    @property
    def known(self) -> BoolArray:
        """Which needs say anything about which metric, shape (needs, metrics)."""

    @property
    def columns(self) -> int:
        """Numbers that one resample holds in memory."""

    @property
    def centred(self) -> bool:
        """Whether resampling biases the metric, so that its interval is moved back by that bias."""

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return values, shape (resamples, metrics), for weights of shape (resamples, needs); NaN when undefined."""


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    undefined: FloatArray = np.full(numerator.shape, np.nan)
    return np.divide(numerator, denominator, out=undefined, where=denominator > 0)


@dataclass(frozen=True, slots=True, eq=False)
class MeanOverNeeds:
    """Means of values that each need has by itself; a NaN leaves the need out of that metric.

    Attributes
    ----------
    keys : tuple of str
        Names of the metrics.
    values : ndarray, shape (needs, metrics)
        The values, need by need.
    """

    keys: tuple[str, ...]
    values: FloatArray
    centred: bool = False

    @property
    def known(self) -> BoolArray:
        """Which needs have a value, metric by metric."""
        return ~np.isnan(self.values)

    @property
    def columns(self) -> int:
        """Numbers that one resample holds."""
        return len(self.values)

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return the weighted means."""
        known = self.known
        return _ratio(weights @ np.where(known, self.values, 0.0), weights @ known.astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class PooledMeans:
    """Means over all pairs, or places, of all needs together: a need with many of them counts for more.

    Attributes
    ----------
    keys : tuple of str
        Names of the metrics.
    sums, counts : ndarray, shape (needs, metrics)
        What each need adds to the sum, and how much of it there is.
    """

    keys: tuple[str, ...]
    sums: FloatArray
    counts: FloatArray
    centred: bool = False

    @property
    def known(self) -> BoolArray:
        """Which needs have anything to count, metric by metric."""
        return self.counts > 0

    @property
    def columns(self) -> int:
        """Numbers that one resample holds."""
        return int(max(self.sums.shape))

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return the means of each resample."""
        return _ratio(weights @ self.sums, weights @ self.counts)


@dataclass(frozen=True, slots=True, eq=False)
class MaeScore:
    """``1 / (1 + MAE)`` from each need's sum of absolute errors and number of pairs, both of shape (needs,)."""

    errors: FloatArray
    pairs: FloatArray
    keys: tuple[str, ...] = ("mae_score",)
    centred: bool = False

    @property
    def known(self) -> BoolArray:
        """Which needs have a pair."""
        return self.pairs[:, None] > 0

    @property
    def columns(self) -> int:
        """Numbers that one resample holds."""
        return len(self.pairs)

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return the score of each resample."""
        return np.asarray(1 / (1 + _ratio(weights @ self.errors, weights @ self.pairs)))[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationError:
    """Expected calibration error over bins fixed beforehand.

    An absolute value grows under resampling noise, so resamples lie above the value itself; ``centred`` has the
    interval moved back by the mean of that excess.

    Attributes
    ----------
    gaps : ndarray, shape (needs, bins)
        Sum of probability minus outcome over the pairs of a need in a bin.
    pairs : ndarray, shape (needs,)
        Number of pairs of each need.
    """

    gaps: FloatArray
    pairs: FloatArray
    keys: tuple[str, ...] = ("calibration_error",)
    centred: bool = True

    @classmethod
    def of_pairs(
        cls, needs: IntArray, probabilities: FloatArray, outcomes: BoolArray, n_needs: int, bins: int = 10
    ) -> CalibrationError:
        """Sum up pairs given as columns; ``needs`` holds the row of each pair's need."""
        cells = needs * bins + assign_bins(probabilities, bins)
        gaps = np.bincount(cells, weights=probabilities - outcomes, minlength=n_needs * bins).astype(np.float64)
        return cls(gaps.reshape(n_needs, bins), np.bincount(needs, minlength=n_needs).astype(np.float64))

    @property
    def known(self) -> BoolArray:
        """Which needs have a pair."""
        return self.pairs[:, None] > 0

    @property
    def columns(self) -> int:
        """Numbers that one resample holds."""
        return len(self.pairs)

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return the error of each resample."""
        return _ratio(np.abs(weights @ self.gaps).sum(axis=1), weights @ self.pairs)[:, None]


class PooledRanks:
    """AUC at several thresholds, and Spearman, over the pairs of all needs together.

    Drawing a need twice repeats its pairs, and repeating pairs only stretches the average ranks. So pairs are sorted
    once, a running sum of weights gives the ranks in every resample, and rank sums by grade give all metrics.

    Parameters
    ----------
    needs : ndarray of int, shape (pairs,)
        Row of each pair's need.
    scores : ndarray, shape (pairs,)
        Higher is better.
    grades : ndarray of int, shape (pairs,)
        Judged grades.
    thresholds : sequence of int
        A metric ``auc>=t`` is made for each threshold ``t``.
    n_needs : int
        Number of needs.
    """

    centred = False

    def __init__(
        self, needs: IntArray, scores: FloatArray, grades: IntArray, thresholds: Sequence[int], n_needs: int
    ) -> None:
        self.keys = (*(f"auc>={threshold}" for threshold in thresholds), "spearman")
        order = np.lexsort((needs, scores))
        values = scores[order]
        self._last = np.flatnonzero(np.r_[values[1:] != values[:-1], True])
        self._tie = np.repeat(np.arange(len(self._last)), np.diff(self._last, prepend=-1))
        self._tied = len(self._last) < len(values)
        self._need = needs[order]
        levels, level = np.unique(grades, return_inverse=True)
        self._level = np.eye(len(levels))[level[order]]
        self._counts = np.zeros((n_needs, len(levels)))
        np.add.at(self._counts, (needs, level), 1.0)
        self._positive = levels[:, None] >= np.asarray(thresholds, np.int64)[None, :]
        self.columns = len(values)
        self.known = np.repeat(self._counts.sum(axis=1, keepdims=True) > 0, len(self.keys), axis=1)

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return AUCs and Spearman of each resample."""
        counts = weights @ self._counts
        total = counts.sum(axis=1, keepdims=True)
        centre = (total + 1) / 2
        by_pair = np.take(weights, self._need, axis=1)
        rank = np.cumsum(by_pair, axis=1)
        # average ranks, counted from the middle: large sums would otherwise cancel and lose digits
        if self._tied:
            upto = rank[:, self._last]
            below = np.concatenate([np.zeros((len(weights), 1)), upto[:, :-1]], axis=1)
            rank = np.take((below + upto + 1) / 2 - centre, self._tie, axis=1)
        else:
            rank -= by_pair / 2
            rank -= centre - 0.5
        weighted = by_pair * rank
        sums = weighted @ self._level
        grade_rank = np.cumsum(counts, axis=1) - counts + (counts + 1) / 2 - centre

        positives = counts @ self._positive
        above = sums @ self._positive + positives * centre - positives * (positives + 1) / 2
        areas = _ratio(above, positives * (total - positives))

        spread = np.einsum("ij,ij->i", weighted, rank) * np.einsum("ij,ij,ij->i", counts, grade_rank, grade_rank)
        correlation = _ratio(np.einsum("ij,ij->i", sums, grade_rank), np.sqrt(spread))
        return np.concatenate([areas, correlation[:, None]], axis=1)
