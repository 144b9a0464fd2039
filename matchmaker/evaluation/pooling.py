"""Metrics over all judged pairs of all needs together: ordering (AUC, Spearman), error and calibration.

What is undefined is NaN: AUC with one class only, Spearman of a constant, anything of no pairs at all. Equal scores
share their average rank, so a tie between a good and a bad pair counts half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from matchmaker.errors import RecordError
from matchmaker.evaluation.rules import check_whole

FloatArray = NDArray[np.float64]


def read_column(name: str, values: ArrayLike) -> FloatArray:
    """Return the values as a one-dimensional float array.

    Raises
    ------
    RecordError
        The array is not one-dimensional, or a value is not a finite number.
    """
    try:
        column = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise RecordError(f"{name} is not an array of numbers ({error}); give one number a pair") from error
    if column.ndim != 1:
        raise RecordError(f"{name} has {column.ndim} dimensions; give a flat array, one number a pair")
    if not np.isfinite(column).all():
        row = int(np.flatnonzero(~np.isfinite(column))[0])
        raise RecordError(f"{name}[{row}] is {column[row]}; leave the pair out or give it a finite number")
    return column


def read_grades(grades: ArrayLike) -> NDArray[np.int64]:
    """Return grades as an integer column; ``RecordError`` when one is not a whole number."""
    column = read_column("grades", grades)
    fractions = np.flatnonzero((np.rint(column) != column) | (np.abs(column) > 2**53))
    if len(fractions):
        raise RecordError(f"grades[{fractions[0]}] is {column[fractions[0]]}; a grade is a whole number")
    return column.astype(np.int64)


def check_lengths(**columns: NDArray[np.generic]) -> None:
    """Raise ``RecordError`` unless all named columns have one length."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise RecordError(f"columns have unequal lengths ({found}); give one value a pair in each")


def auc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Return the area under the ROC curve: how often a positive pair scores above a negative one, ties half.

    By rank sums: ``(R - P (P + 1) / 2) / (P N)`` with ``R`` the average ranks of the ``P`` positives [1]_.

    Parameters
    ----------
    scores : array_like, shape (pairs,)
        Higher is better.
    positive : array_like of bool, shape (pairs,)
        Which pairs are positive.

    Returns
    -------
    float
        Between 0 and 1; NaN when one of the two classes is empty.

    References
    ----------
    .. [1] J. Hanley, B. McNeil (1982), The meaning and use of the area under a ROC curve, Radiology 143(1).

    Examples
    --------
    >>> auc([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    column, good = read_column("scores", scores), np.asarray(positive, np.bool_)
    check_lengths(scores=column, positive=good)
    positives, negatives = int(good.sum()), int((~good).sum())
    if not positives or not negatives:
        return float("nan")
    return float((rankdata(column)[good].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def spearman(scores: ArrayLike, grades: ArrayLike) -> float:
    """Return Spearman's rank correlation, Pearson's correlation of average ranks [1]_.

    Returns
    -------
    float
        Between -1 and 1; NaN when either side is constant.

    References
    ----------
    .. [1] C. Spearman (1904), The proof and measurement of association between two things, Am. J. Psychology 15.

    Examples
    --------
    >>> round(spearman([0.1, 0.2, 0.3, 0.4], [1, 1, 3, 2]), 4)
    0.7379
    """
    first, second = read_column("scores", scores), read_column("grades", grades)
    check_lengths(scores=first, grades=second)
    if not len(first):
        return float("nan")
    x, y = (rankdata(column) - (len(column) + 1) / 2 for column in (first, second))
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else float("nan")


def mae_score(expected: ArrayLike, grades: ArrayLike) -> float:
    """Return ``1 / (1 + MAE)``, 1 when every expected grade is right; the score of the CCF BDCI 2019 matching task.

    Parameters
    ----------
    expected, grades : array_like, shape (pairs,)
        The grade expected of each pair, fractions allowed, and the grade it was given.

    Examples
    --------
    >>> mae_score([1.5, 2.0, 3.5], [1, 2, 4])
    0.75
    """
    first, second = read_column("expected", expected), read_column("grades", grades)
    check_lengths(expected=first, grades=second)
    return float(1 / (1 + np.abs(first - second).mean())) if len(first) else float("nan")


def read_probabilities(probabilities: ArrayLike) -> FloatArray:
    """Return probabilities as a float column; ``RecordError`` when one lies outside 0 … 1."""
    column = read_column("probabilities", probabilities)
    outside = np.flatnonzero((column < 0) | (column > 1))
    if len(outside):
        raise RecordError(f"probabilities[{outside[0]}] is {column[outside[0]]}; a probability lies between 0 and 1")
    return column


def assign_bins(probabilities: ArrayLike, bins: int = 10) -> NDArray[np.intp]:
    """Return the equal-mass bin of each pair, 0 … ``bins - 1``, by average rank.

    Equal probabilities share a bin whatever the order of the rows, so a bin can be larger than the others, or empty.

    Examples
    --------
    >>> assign_bins([0.1, 0.2, 0.2, 0.9], bins=2)
    array([0, 0, 0, 1])
    """
    check_whole("bins", bins, at_least=1)
    column = read_probabilities(probabilities)
    # a block of equal values that straddles an edge has its middle on it: the lower bin takes it
    middle = (rankdata(column) - 0.5) * bins / max(len(column), 1)
    assigned: NDArray[np.intp] = np.clip(np.ceil(middle) - 1, 0, bins - 1).astype(np.intp)
    return assigned


def calibration_error(probabilities: ArrayLike, outcomes: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error over equal-mass bins.

    The mean over bins, weighted by their size, of the distance between the mean probability and the share of positive
    outcomes [1]_; bins of equal mass rather than equal width keep empty and tiny bins out of it [2]_.

    Parameters
    ----------
    probabilities : array_like, shape (pairs,)
        Between 0 and 1.
    outcomes : array_like of bool, shape (pairs,)
        What came true.
    bins : int
        How many bins, see `assign_bins`.

    References
    ----------
    .. [1] M. Naeini, G. Cooper, M. Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning.
    .. [2] J. Nixon et al. (2019), Measuring Calibration in Deep Learning, CVPR workshops.

    Examples
    --------
    >>> round(calibration_error([0.1, 0.1, 0.8, 0.8], [False, False, True, False], bins=2), 4)
    0.2
    """
    column, true = read_probabilities(probabilities), np.asarray(outcomes, np.bool_)
    check_lengths(probabilities=column, outcomes=true)
    if not len(column):
        return float("nan")
    gaps = np.bincount(assign_bins(column, bins), weights=column - true, minlength=bins)
    return float(np.abs(gaps).sum() / len(column))
