"""From a score to a probability and an expected grade that mean the same for every need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# Strength of the pull of slopes towards 1 and of intercepts towards the base rate, in judgments.
PRIOR = 4.0


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


def fit_calibration(scores: np.ndarray, grades: np.ndarray, relevant: int | None = None) -> Calibration:
    """Fit the curves to judged pairs that the scoring model has not learned from.

    Parameters
    ----------
    scores : ndarray, shape (p,) or (p, steps)
        One for all steps of the grades, or one for each.
    grades : ndarray of int, shape (p,)
        At least two different grades.
    relevant : int, optional
        Least grade that makes a meeting worthwhile; by default `relevant_grade`.
    """
    scale = tuple(int(grade) for grade in np.unique(grades))
    columns = np.broadcast_to(_spread(scores), (len(grades), len(scale) - 1)).T
    curves = [_fit_curve(column, grades >= step) for column, step in zip(columns, scale[1:], strict=True)]
    chosen = relevant_grade(scale) if relevant is None else min(scale[1:], key=lambda grade: abs(grade - relevant))
    return Calibration(scale, tuple(slope for slope, _ in curves), tuple(shift for _, shift in curves), chosen)


def _fit_curve(scores: np.ndarray, outcomes: np.ndarray) -> tuple[float, float]:
    rate = np.clip(outcomes.mean(), 1e-3, 1 - 1e-3)
    base = float(np.log(rate / (1 - rate)))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logits = parameters[0] * scores + parameters[1]
        error = _sigmoid(logits) - outcomes
        pull = np.array([parameters[0] - 1, (parameters[1] - base) / 4])
        value = np.logaddexp(0, logits).sum() - (logits * outcomes).sum() + PRIOR / 2 * (pull**2).sum()
        slopes = np.array([(error * scores).sum(), error.sum()]) + PRIOR * pull * np.array([1, 0.25])
        return float(value), slopes

    found = minimize(loss, np.array([1.0, base]), jac=True, method="L-BFGS-B", bounds=[(1e-3, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def _spread(scores: np.ndarray) -> np.ndarray:
    """Return scores as a matrix, with one column where there is one for all steps."""
    return scores if scores.ndim == 2 else scores[:, None]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
