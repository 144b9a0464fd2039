"""From a score to a probability and an expected grade that mean the same for every need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# Slopes and shifts of curves are pulled to 1 and to the base rate, or to the curves in use, as if by so many judgments.
PRIOR = 4.0
# How far judgments may easily pull them away from there; the slope of a curve in use as a share of itself.
# Held a third as loosely, curves from 100 judgments of bdci2019 came no nearer than those in use (squared error of
# P(grade >= 3) on other needs 0.106 either way, 0.104 as it is).
LOOSE = (1.0, 4.0)
LOOSE_SLOPE, LOOSE_SHIFT = 2 / 3, 2.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic curves, one for each step of the grades (Platt 1999): P(grade >= step) = sigmoid(slope * score + shift).

    Attributes
    ----------
    grades : tuple of int
        Grades in use, ascending.
    slopes, shifts : tuple of float
        One for each grade but the lowest.
    relevant : int
        Least grade that makes a meeting worthwhile; its curve is the probability that people are shown.
    """

    grades: tuple[int, ...]
    slopes: tuple[float, ...]
    shifts: tuple[float, ...]
    relevant: int

    def to_text(self) -> str:
        """Return the curves as JSON."""
        return json.dumps(write_calibration(self), indent=1)

    def steps(self, scores: np.ndarray) -> np.ndarray:
        """Return P(grade >= step), shape (p, len(grades) - 1); never rising with the step.

        Parameters
        ----------
        scores : ndarray, shape (p,) or (p, len(grades) - 1)
            One for all steps, or one for each, as they were when the curves were fitted.
        """
        curves = _sigmoid(_spread(scores) * np.array(self.slopes) + np.array(self.shifts))
        return np.minimum.accumulate(curves, axis=1)

    def probability(self, scores: np.ndarray) -> np.ndarray:
        """Return the probability of a worthwhile meeting, shape (p,), by the scores that order lists, shape (p,)."""
        return np.asarray(self.steps(scores)[:, self.grades.index(self.relevant) - 1])

    def expected_grade(self, scores: np.ndarray) -> np.ndarray:
        """Return the mean grade to expect, shape (p,); scores as in `steps`."""
        # Summed a row at a time: a matrix product's last bit can depend on how many rows it has.
        return np.asarray(self.grades[0] + (self.steps(scores) * np.diff(self.grades)).sum(axis=1))

    def likely_grade(self, scores: np.ndarray) -> np.ndarray:
        """Return the median grade, shape (p,): of all answers the one that errs least on average."""
        return np.asarray(np.array(self.grades)[(self.steps(scores) > 0.5).sum(axis=1)])


def relevant_grade(grades: Sequence[int]) -> int:
    """Return the least grade of the upper half of a scale: 3 of 1–4, 1 of 0–1, 2 of 0–2.

    Examples
    --------
    >>> relevant_grade([1, 2, 3, 4]), relevant_grade([0, 1]), relevant_grade([0, 1, 2])
    (3, 1, 2)
    """
    scale = sorted(set(grades))
    return scale[(len(scale) + 1) // 2] if len(scale) > 1 else scale[0]


def fit_calibration(
    scores: np.ndarray,
    grades: np.ndarray,
    relevant: int | None = None,
    start: Calibration | None = None,
    scale: Sequence[int] | None = None,
) -> Calibration:
    """Fit the curves to judged pairs that the scoring model has not learned from.

    Parameters
    ----------
    scores : ndarray, shape (p,) or (p, steps)
        One for all steps of the grades, or one for each.
    grades : ndarray of int, shape (p,)
        At least two different grades.
    relevant : int, optional
        Least grade that makes a meeting worthwhile; by default `relevant_grade`.
    start : Calibration, optional
        Curves for the same scores, on a scale that has these grades, from which judgments only pull away.
    scale : sequence of int, optional
        Grades in use, ascending, some of which nobody may have given; by default those of ``start``, or of these pairs.
    """
    if scale is None:
        scale = np.unique(grades).tolist() if start is None else start.grades
    scale = tuple(int(grade) for grade in scale)
    columns = np.broadcast_to(_spread(scores), (len(grades), len(scale) - 1)).T
    reached = [grades >= step for step in scale[1:]]
    if start is None:
        pulls = [(1.0, _log_odds(each.mean())) for each in reached]
        reaches = [LOOSE] * len(pulls)
    else:
        pulls = list(zip(start.slopes, start.shifts, strict=True))
        reaches = [(slope * LOOSE_SLOPE, LOOSE_SHIFT) for slope in start.slopes]
    curves = [_fit_curve(*each) for each in zip(columns, reached, pulls, reaches, strict=True)]
    if relevant is None:
        relevant = relevant_grade(scale) if start is None else start.relevant
    chosen = min(scale[1:], key=lambda grade: abs(grade - relevant))
    return Calibration(scale, tuple(slope for slope, _ in curves), tuple(shift for _, shift in curves), chosen)


def read_calibration(content: dict[str, object]) -> Calibration:
    """Build a calibration from plain values (`write_calibration`)."""
    return Calibration(
        tuple(content["grades"]),  # type: ignore[arg-type]
        tuple(content["slopes"]),  # type: ignore[arg-type]
        tuple(content["shifts"]),  # type: ignore[arg-type]
        int(content["relevant"]),  # type: ignore[call-overload]
    )


def write_calibration(calibration: Calibration) -> dict[str, object]:
    """Return a calibration as plain values for JSON."""
    return {
        "grades": list(calibration.grades),
        "slopes": list(calibration.slopes),
        "shifts": list(calibration.shifts),
        "relevant": calibration.relevant,
    }


def _log_odds(rate: float) -> float:
    rate = min(max(rate, 1e-3), 1 - 1e-3)
    return float(np.log(rate / (1 - rate)))


def _fit_curve(
    scores: np.ndarray, outcomes: np.ndarray, pull: tuple[float, float], reach: tuple[float, float]
) -> tuple[float, float]:
    """Return slope and shift; both are pulled to a place, as if by ``PRIOR`` judgments a reach away from it."""
    start, width = np.array(pull), np.array(reach)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logits = parameters[0] * scores + parameters[1]
        error = _sigmoid(logits) - outcomes
        pulled = (parameters - start) / width
        value = np.logaddexp(0, logits).sum() - (logits * outcomes).sum() + PRIOR / 2 * (pulled**2).sum()
        slopes = np.array([(error * scores).sum(), error.sum()]) + PRIOR * pulled / width
        return float(value), slopes

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(1e-3, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def _spread(scores: np.ndarray) -> np.ndarray:
    """Return scores as a matrix, with one column where there is one for all steps."""
    return scores if scores.ndim == 2 else scores[:, None]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
