"""Intervals of rates, which must keep their width where every trial, or none, was positive."""

from __future__ import annotations

from math import isnan, nan, sqrt

from scipy.stats import norm

from matchmaker.evaluation.bootstrap import Estimate


def bound_rate(positive: float, trials: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a rate [1]_; NaN without a trial.

    References
    ----------
    .. [1] E. Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22.

    Examples
    --------
    >>> [round(end, 3) for end in bound_rate(0, 10)]
    [0.0, 0.278]
    """
    if not trials:
        return nan, nan
    z, rate = float(norm.ppf((1 + confidence) / 2)), positive / trials
    centre = (rate + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    # an end that is exactly 0 or 1 must not miss it by rounding
    return (0.0 if not positive else centre - half), (1.0 if positive == trials else centre + half)


def bound_estimate(found: Estimate, confidence: float) -> tuple[float, float]:
    """Return the interval of an estimated rate.

    That of the bootstrap, but where all pairs agree: resampling sees no spread there, so each need counts as one trial
    of `bound_rate`.

    Examples
    --------
    >>> bound_estimate(Estimate("wrong", 0.5, 0.2, 0.8, needs=10, skipped=0), 0.95)
    (0.2, 0.8)
    >>> [round(end, 3) for end in bound_estimate(Estimate("wrong", 0.0, 0.0, 0.0, needs=10, skipped=0), 0.95)]
    [0.0, 0.278]
    """
    if isnan(found.low) or found.value not in (0.0, 1.0):
        return found.low, found.high
    return bound_rate(found.value * found.needs, found.needs, confidence)
