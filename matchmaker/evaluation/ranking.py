"""Metrics of one need's ranked list: graded (NDCG) and binary (recall, precision, reciprocal rank, average precision).

The last axis of every array is the rank, best first; leading axes are needs, and the result has their shape. Lists of
unequal length are padded at the end with 0 or False, which changes no value. What is undefined is NaN, never 0: a need
without a relevant pair says nothing about a ranking. (trec_eval and ir-measures give 0 there; everywhere else the
values are equal.)

Ties. These functions see a finished order. Whoever makes it sorts by score, highest first, then by achievement id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.errors import RecordError, SettingError
from matchmaker.evaluation.rules import Gain, check_choice, check_whole

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MAX_EXPONENT = 50
# From there on one excellent pair would decide NDCG alone.
LONG_SCALE = 10
GAINS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {"exponential": lambda above: np.exp2(above) - 1.0, "linear": lambda above: above}
)


def _dcg(gains: FloatArray, k: int) -> FloatArray:
    top = gains[..., :k]
    return np.asarray((top / np.log2(np.arange(top.shape[-1]) + 2.0)).sum(axis=-1))


def _divide(numerator: ArrayLike, denominator: ArrayLike) -> FloatArray:
    top, bottom = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    undefined: FloatArray = np.full(top.shape, np.nan)
    value: FloatArray = np.divide(top, bottom, out=undefined, where=bottom != 0)[()]
    return value


def _read_gains(name: str, values: ArrayLike) -> FloatArray:
    gains: FloatArray = np.asarray(values, np.float64)
    if gains.ndim == 0:
        raise RecordError(f"{name} is a single value; give an array whose last axis is the rank")
    if not (np.isfinite(gains) & (gains >= 0)).all():
        raise RecordError(f"{name} holds a gain that is negative or not finite; make gains with weigh_grades")
    return gains


def _read_flags(name: str, values: ArrayLike) -> BoolArray:
    flags: BoolArray = np.asarray(values, np.bool_)
    if flags.ndim == 0:
        raise RecordError(f"{name} is a single value; give an array whose last axis is the rank")
    return flags


def choose_gain(lowest: int, highest: int) -> Gain:
    """Return how grades of a scale become gains: exponential, but linear on a long scale.

    Examples
    --------
    >>> choose_gain(1, 4), choose_gain(0, 100)
    ('exponential', 'linear')
    """
    return "linear" if highest - lowest > LONG_SCALE else "exponential"


def weigh_grades(grades: ArrayLike, gain: str = "exponential", lowest: int = 1) -> FloatArray:
    """Return the gain of each grade.

    Parameters
    ----------
    grades : array_like of int
        Grades, any shape; higher is better.
    gain : {"exponential", "linear"}
        ``"exponential"``: ``2 ** (grade - lowest) - 1`` [1]_; ``"linear"``: ``grade - lowest`` [2]_.
    lowest : int
        The lowest grade of the scale; its gain is 0.

    Raises
    ------
    SettingError
        The gain is unknown, a grade is below ``lowest``, or an exponential gain would lose its precision.

    References
    ----------
    .. [1] C. Burges et al. (2005), Learning to Rank using Gradient Descent, ICML.
    .. [2] K. Järvelin, J. Kekäläinen (2002), Cumulated Gain-Based Evaluation of IR Techniques, ACM TOIS 20(4).

    Examples
    --------
    >>> weigh_grades([1, 2, 3, 4])
    array([0., 1., 3., 7.])
    >>> weigh_grades([0, 1, 2], gain="linear", lowest=0)
    array([0., 1., 2.])
    """
    check_choice("gain", gain, GAINS)
    above = np.asarray(grades, np.float64) - lowest
    if above.size and above.min() < 0:
        smallest = int(above.min()) + lowest
        raise SettingError(f"grade {smallest} is below lowest={lowest}; set lowest={smallest}, or correct the grade")
    if gain == "exponential" and above.size and above.max() > MAX_EXPONENT:
        raise SettingError(
            f"grade {int(above.max()) + lowest} is {int(above.max())} steps above lowest={lowest}, more than the "
            f"{MAX_EXPONENT} that an exponential gain can carry; use gain='linear'"
        )
    return GAINS[gain](above)


def ndcg(gains_ranked: ArrayLike, ideal_gains: ArrayLike, k: int) -> FloatArray:
    """Return the normalised discounted cumulative gain of the first ``k`` places.

    ``DCG@k = sum(gain_i / log2(i + 1))`` over places ``i = 1 … k``, divided by the same for the best possible order
    [1]_. NaN where every ideal gain is 0.

    Parameters
    ----------
    gains_ranked : array_like, shape (..., listed)
        Gains in the order ranked; an unjudged place has gain 0.
    ideal_gains : array_like, shape (..., judged)
        Gains of every judged pair of the need, listed or not, in any order.
    k : int
        Depth.

    Raises
    ------
    SettingError
        ``k`` is not a positive whole number.
    RecordError
        A gain is negative or not finite, or the list holds gains that ``ideal_gains`` lacks.

    References
    ----------
    .. [1] K. Järvelin, J. Kekäläinen (2002), Cumulated Gain-Based Evaluation of IR Techniques, ACM TOIS 20(4).

    Examples
    --------
    >>> round(float(ndcg([1, 7, 0], [7, 1, 0, 0], k=10)), 4)
    0.7098
    """
    check_whole("k", k, at_least=1)
    ranked, ideal = _read_gains("gains_ranked", gains_ranked), _read_gains("ideal_gains", ideal_gains)
    value = _divide(_dcg(ranked, k), _dcg(-np.sort(-ideal, axis=-1), k))
    if np.any(np.asarray(value) > 1 + 1e-9):
        raise RecordError("gains_ranked is better than the ideal; ideal_gains must hold every judged pair of the need")
    return value


def recall(hits_ranked: ArrayLike, relevant: ArrayLike, k: int) -> FloatArray:
    """Return the share of a need's relevant pairs that stand in the first ``k`` places [1]_.

    Parameters
    ----------
    hits_ranked : array_like of bool, shape (..., listed)
        Whether the pair in each place is relevant.
    relevant : array_like of int, shape (...)
        How many relevant pairs the need has, listed or not; NaN is returned where there are none.
    k : int
        Depth.

    References
    ----------
    .. [1] C. Manning, P. Raghavan, H. Schütze (2008), Introduction to Information Retrieval, chapter 8.

    Examples
    --------
    >>> float(recall([True, False, True, True], 4, k=3))
    0.5
    """
    check_whole("k", k, at_least=1)
    return _divide(_read_flags("hits_ranked", hits_ranked)[..., :k].sum(axis=-1), relevant)


def precision(hits_ranked: ArrayLike, k: int) -> FloatArray:
    """Return the share of the first ``k`` places that hold a relevant pair; a place left empty is a miss [1]_.

    References
    ----------
    .. [1] C. Manning, P. Raghavan, H. Schütze (2008), Introduction to Information Retrieval, chapter 8.

    Examples
    --------
    >>> float(precision([True, False, True], k=4))
    0.5
    """
    check_whole("k", k, at_least=1)
    return _divide(_read_flags("hits_ranked", hits_ranked)[..., :k].sum(axis=-1), k)


def success(hits_ranked: ArrayLike, k: int) -> FloatArray:
    """Return 1 where the first ``k`` places hold at least one relevant pair, else 0 [1]_.

    References
    ----------
    .. [1] N. Craswell (2009), Success at n, Encyclopedia of Database Systems.

    Examples
    --------
    >>> success([[False, True], [False, False]], k=2)
    array([1., 0.])
    """
    check_whole("k", k, at_least=1)
    return _divide(_read_flags("hits_ranked", hits_ranked)[..., :k].any(axis=-1), 1)


def reciprocal_rank(hits_ranked: ArrayLike) -> FloatArray:
    """Return 1 / rank of the first relevant pair, 0 where none is listed; its mean over needs is MRR [1]_.

    References
    ----------
    .. [1] E. Voorhees (1999), The TREC-8 Question Answering Track Report, TREC.

    Examples
    --------
    >>> reciprocal_rank([[False, False, True], [True, True, False], [False, False, False]])
    array([0.33333333, 1.        , 0.        ])
    """
    hits = _read_flags("hits_ranked", hits_ranked)
    if not hits.shape[-1]:
        return np.zeros(hits.shape[:-1])[()]
    return _divide(hits.any(axis=-1), hits.argmax(axis=-1) + 1)


def average_precision(hits_ranked: ArrayLike, relevant: ArrayLike) -> FloatArray:
    """Return the mean, over all relevant pairs, of the precision at the place of each; 0 for one that is not listed.

    Not interpolated, as trec_eval computes ``map`` [1]_. NaN where the need has no relevant pair.

    Parameters
    ----------
    hits_ranked : array_like of bool, shape (..., listed)
        Whether the pair in each place is relevant.
    relevant : array_like of int, shape (...)
        How many relevant pairs the need has, listed or not.

    References
    ----------
    .. [1] C. Buckley, E. Voorhees (2005), Retrieval System Evaluation, in TREC: Experiment and Evaluation.

    Examples
    --------
    >>> round(float(average_precision([True, False, True], 2)), 4)
    0.8333
    """
    hits = _read_flags("hits_ranked", hits_ranked)
    precisions = np.cumsum(hits, axis=-1) / np.arange(1.0, hits.shape[-1] + 1)
    return _divide((precisions * hits).sum(axis=-1), relevant)


def share_unjudged(judged_ranked: ArrayLike, listed: ArrayLike, k: int) -> FloatArray:
    """Return the share of the first ``k`` places that nobody judged; NaN where nothing is listed.

    One minus ``Judged@k`` of ir-measures: a list shorter than ``k`` is divided by its own length. A high share says
    that the other metrics are a lower bound [1]_.

    Parameters
    ----------
    judged_ranked : array_like of bool, shape (..., listed)
        Whether the pair in each place was judged.
    listed : array_like of int, shape (...)
        How many places each list has, padding not counted.
    k : int
        Depth.

    References
    ----------
    .. [1] C. Buckley, E. Voorhees (2004), Retrieval Evaluation with Incomplete Information, SIGIR.

    Examples
    --------
    >>> float(share_unjudged([True, False, False, True], 4, k=4))
    0.5
    """
    check_whole("k", k, at_least=1)
    judged = _read_flags("judged_ranked", judged_ranked)[..., :k].sum(axis=-1)
    places = np.minimum(np.asarray(listed), k)
    return _divide(places - judged, places)
