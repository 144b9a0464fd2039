"""When to say that nothing is suitable: a threshold whose error is bounded, learned on needs kept aside.

Split conformal prediction (Vovk et al. 2005) on the best probability of each need: if needs to come are like the judged
ones, a need that does have something suitable falls below the threshold at most as often as was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.errors import SettingError


@dataclass(frozen=True, slots=True)
class Abstention:
    """A threshold on probability, and the share of the needs it was learned on that it calls gaps."""

    threshold: float
    gaps: float


def choose_threshold(
    needs: np.ndarray, probabilities: np.ndarray, suitable: np.ndarray, error: float, otherwise: float = 0.0
) -> Abstention:
    """Return the highest threshold under which a need with something suitable is called a gap at most this often.

    Parameters
    ----------
    needs : ndarray of int, shape (p,)
        The need of each judged pair.
    probabilities : ndarray, shape (p,)
        From a model that saw no pair of the need.
    suitable : ndarray of bool, shape (p,)
    error : float
        Share of the needs with a suitable pair that may be called gaps; 0 calls none a gap.
    otherwise : float
        The threshold where needs are too few for that share: one in ten can be told from nine needs on.

    Raises
    ------
    SettingError
        When the share is not from 0 up to, but less than, 1.

    Examples
    --------
    >>> needs = np.repeat(np.arange(20), 2)
    >>> probabilities = np.tile([0.9, 0.1], 20) - np.repeat(np.arange(20), 2) / 100
    >>> round(choose_threshold(needs, probabilities, probabilities > 0.5, error=0.1).threshold, 2)
    0.72
    """
    if not 0 <= error < 1:
        raise SettingError(f"gap_error: expected a share from 0 up to 1, found {error}")
    _, rows = np.unique(needs, return_inverse=True)
    best = np.full(rows.max(initial=-1) + 1, -np.inf)
    np.maximum.at(best, rows, probabilities)
    served = np.sort(best[np.unique(rows[suitable])])
    # One more than there are: the need to come is one of them.
    place = int(np.floor(error * (len(served) + 1)))
    if place:
        threshold = float(served[place - 1])
    else:
        threshold = otherwise if error > 0 else 0.0
    return Abstention(threshold, float(np.mean(best < threshold)) if len(best) else 0.0)
