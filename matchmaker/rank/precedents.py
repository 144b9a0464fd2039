"""What earlier judgments say of a pair: a Gaussian process over judged pairs, kept as one direction for each need.

A score made of similarities cannot know that the people who judged care for one kind of technology more than for
another, or that nearly everything shown to one enterprise was to the point. Judged pairs say so. What the model in use
leaves unexplained of their grades is regressed on four kernels at once (Rasmussen and Williams 2006, chapter 2):

========== ============================================================ ==========================================
level      ``near(n, n')``                                              needs like this one were graded high or low
own level  ``same(n, n')``                                              this very need was
taste      ``near(n, n') * a·a'``                                       like needs liked such achievements
own taste  ``same(n, n') * a·a'``                                       this very need did
========== ============================================================ ==========================================

``a`` is an achievement's unit vector, ``near`` the squared and ``same`` a steep power of the needs' cosine. All four
are linear in ``a``, so the posterior mean of a pair is ``level + a · direction`` with a level and a direction that
depend on the need alone: no judged achievement has to be kept.

Each step of the grades is regressed by itself, at the cost of one, since the kernels are the same: what makes a pair
worth a look is not what makes it excellent. One of the steps leads: lists are ordered by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from matchmaker.errors import ModelError
from matchmaker.rank.dense import multiply_vectors

NEAR = 2
SAME = 64
KERNELS = ("level", "own_level", "taste", "own_taste")
# Shares of what is unexplained, as they came out on judged needs; they hold where judgments are too few to tell.
USUAL = np.array([0.1, 0.1, 1.5, 0.5])
USUAL_NOISE = 1.0
# How far, in natural logarithms, judgments may easily pull a share away from the usual one.
LOOSENESS = 1.0
# Exact inference costs the cube of the pairs: shares are set on some, the posterior on many.
MOST_TUNED = 600
MOST_PAIRS = 8000


@dataclass(frozen=True, slots=True, eq=False)
class Precedents:
    """The posterior mean, ready for any need and achievement.

    Attributes
    ----------
    needs : ndarray of float32, shape (m, d)
        Unit vectors of the judged needs.
    levels : ndarray, shape (s, m)
        What is left unexplained of each step at each judged need, as the process weighs it.
    directions : ndarray of float32, shape (s, m, d)
        The same, spread over the achievements that were judged.
    shares : ndarray, shape (4,)
        Variance of each kernel of `KERNELS`.
    leading : int
        The step that orders lists.
    """

    needs: np.ndarray
    levels: np.ndarray
    directions: np.ndarray
    shares: np.ndarray
    leading: int = 0

    def __eq__(self, other: object) -> bool:
        """Tell whether two say the same of every pair."""
        if not isinstance(other, Precedents):
            return NotImplemented
        return self.leading == other.leading and all(
            np.array_equal(mine, its)
            for mine, its in (
                (self.needs, other.needs),
                (self.levels, other.levels),
                (self.directions, other.directions),
                (self.shares, other.shares),
            )
        )

    def __hash__(self) -> int:
        """Return a hash that equal ones share."""
        return hash((self.needs.shape, self.levels.tobytes()))

    def check(self) -> None:
        """Raise `ValueError` unless the arrays fit together and hold numbers."""
        arrays = (self.needs, self.levels, self.directions, self.shares)
        fit = self.needs.ndim == self.levels.ndim == 2 and 0 <= self.leading < len(self.levels)
        fit = fit and self.directions.shape == (len(self.levels), *self.needs.shape)
        if not (fit and self.levels.shape[1] == len(self.needs) and self.shares.shape == (len(KERNELS),)):
            raise ValueError(f"precedents of shapes {', '.join(str(array.shape) for array in arrays)}")
        if not all(np.isfinite(array).all() for array in arrays):
            raise ValueError("precedents that are no numbers")

    def expect(self, demand: np.ndarray, supply: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return what precedents add to the score of pairs, shape (p,); 0 where no judged need is like theirs.

        Parameters
        ----------
        demand, supply : ndarray of float32, shape (q, d) and (n, d)
            Unit vectors of needs and of achievements.
        pairs : tuple of ndarray of int, shape (p,)
            Rows of the two.

        Raises
        ------
        ModelError
            When the vectors have another length than those that were learned from.
        """
        return np.asarray(self._answer(slice(self.leading, self.leading + 1), demand, supply, pairs)[:, 0])

    def lean(self, demand: np.ndarray, supply: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return how far each step leans from what `expect` says, shape (p, s); parameters and errors as there."""
        steps = self._answer(slice(None), demand, supply, pairs)
        return np.asarray(steps - steps[:, [self.leading]])

    def _answer(
        self, which: slice, demand: np.ndarray, supply: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """Return posterior means of some steps, shape (p, len(which))."""
        if demand.shape[1] != self.needs.shape[1]:
            raise ModelError(
                f"this model learned from vectors of {self.needs.shape[1]} numbers, the encoder gives "
                f"{demand.shape[1]}; give the encoder it was learned with, or learn again"
            )
        level, own_level, taste, own_taste = self.shares
        known, ways = self.levels[which], self.directions[which]
        levels = np.zeros((len(known), len(demand)))
        directions = np.zeros((len(known), *demand.shape), np.float32)
        for row in np.unique(pairs[0]):  # one at a time: a matrix product's last bit can depend on how many rows it has
            near, same = _alike(self.needs @ demand[row])
            levels[:, row] = known @ (level * near + own_level * same)
            directions[:, row] = (taste * near + own_taste * same).astype(np.float32) @ ways
        tastes = [multiply_vectors(each, supply, pairs) for each in directions]
        return np.asarray(levels[:, pairs[0]].T + np.stack(tastes, axis=1))


@dataclass(frozen=True, slots=True)
class JudgedPairs:
    """Judged pairs as vectors: ``needs`` (m, d), ``supply`` (p, d), ``rows`` (p,) the need of each pair."""

    needs: np.ndarray
    supply: np.ndarray
    rows: np.ndarray

    def part(self, chosen: np.ndarray) -> JudgedPairs:
        """Return some of the pairs, by mask or place."""
        return JudgedPairs(self.needs, self.supply[chosen], self.rows[chosen])

    def kernels(self) -> list[np.ndarray]:
        """Return the four kernels between all pairs, each of shape (p, p)."""
        near, same = _alike(self.needs @ self.needs.T)
        both = np.ix_(self.rows, self.rows)
        products = self.supply @ self.supply.T
        near, same = near[both].astype(np.float32), same[both].astype(np.float32)
        return [near, same, near * products, same * products]


@dataclass(frozen=True, slots=True)
class Shares:
    """Variances of the four kernels and of the noise, in squared grades."""

    kernels: np.ndarray
    noise: float


def tune_shares(pairs: JudgedPairs, rest: np.ndarray, seed: int, weights: np.ndarray | None = None) -> Shares:
    """Return the variances that make what is unexplained likeliest, held near the usual ones while pairs are few.

    Parameters
    ----------
    pairs : JudgedPairs
    rest : ndarray, shape (p,)
        Grades less what the model without precedents expects.
    seed : int
        Chooses whole needs when there are more than ``MOST_TUNED`` pairs.
    weights : ndarray, shape (p,), optional
        How much each pair counts: the noise of a pair is divided by it.
    """
    spread = max(float(np.average(rest**2, weights=weights)), 1e-6)
    usual = np.append(USUAL, USUAL_NOISE) * spread
    chosen = _choose_needs(pairs.rows, seed)
    rest = rest[chosen].astype(np.float64)
    counts = np.ones(len(rest)) if weights is None else weights[chosen].astype(np.float64)
    kernels = [kernel.astype(np.float64) for kernel in pairs.part(chosen).kernels()]

    def loss(pulls: np.ndarray) -> tuple[float, np.ndarray]:
        shares = usual * np.exp(pulls)
        total = sum(share * kernel for share, kernel in zip(shares[:-1], kernels, strict=True))
        total[np.diag_indices(len(rest))] += shares[-1] / counts
        factor = cho_factor(total, lower=True, overwrite_a=True)
        pulled = cho_solve(factor, rest)
        inverse = cho_solve(factor, np.eye(len(rest)))
        value = 0.5 * rest @ pulled + np.log(np.diag(factor[0])).sum() + 0.5 * (pulls**2).sum() / LOOSENESS**2
        slopes = [0.5 * ((inverse * kernel).sum() - pulled @ kernel @ pulled) for kernel in kernels]
        slopes.append(0.5 * (np.trace(inverse / counts) - pulled / counts @ pulled))
        return float(value), np.array(slopes) * shares + pulls / LOOSENESS**2

    found = minimize(
        loss, np.zeros(len(usual)), jac=True, method="L-BFGS-B", bounds=[(-3, 3)] * len(usual), options={"maxiter": 25}
    )
    shares = usual * np.exp(found.x)
    return Shares(shares[:-1], float(shares[-1]))


def fit_precedents(
    pairs: JudgedPairs, rest: np.ndarray, shares: Shares, weights: np.ndarray | None = None, leading: int = 0
) -> Precedents:
    """Return the posterior of a process with given variances; of more than ``MOST_PAIRS`` pairs the last ones count.

    Parameters
    ----------
    pairs : JudgedPairs
    rest : ndarray, shape (p,) or (p, s)
        What is left unexplained of each step.
    shares : Shares
    weights : ndarray, shape (p,), optional
        How much each pair counts: the noise of a pair is divided by it.
    leading : int
        The step that orders lists.
    """
    recent = slice(max(0, len(rest) - MOST_PAIRS), None)
    counts = np.float32(1) if weights is None else weights[recent].astype(np.float32)
    pairs = pairs.part(np.arange(len(rest))[recent])
    rest = rest.reshape(len(rest), -1)[recent]
    total = np.zeros((len(rest), len(rest)), np.float32)
    for share, kernel in zip(shares.kernels, pairs.kernels(), strict=True):
        total += np.float32(share) * kernel
    total[np.diag_indices(len(rest))] += np.float32(shares.noise) / counts
    pulled = cho_solve(cho_factor(total, lower=True, overwrite_a=True), rest.astype(np.float32)).T.astype(np.float64)
    used, place = np.unique(pairs.rows, return_inverse=True)
    directions = np.zeros((len(pulled), len(used), pairs.supply.shape[1]))
    for step, each in zip(directions, pulled, strict=True):
        np.add.at(step, place, each[:, None] * pairs.supply)
    return Precedents(
        needs=np.ascontiguousarray(pairs.needs[used], np.float32),
        levels=np.stack([np.bincount(place, each, minlength=len(used)) for each in pulled]),
        directions=directions.astype(np.float32),
        shares=shares.kernels.copy(),
        leading=leading,
    )


def _alike(cosines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how near needs are, and how nearly the same, from their cosines."""
    cosines = np.clip(cosines, 0, 1)
    return cosines**NEAR, cosines**SAME


def _choose_needs(rows: np.ndarray, seed: int) -> np.ndarray:
    """Return places of pairs of whole needs, at most about ``MOST_TUNED``."""
    order: Sequence[int] = np.random.default_rng(seed).permutation(np.unique(rows)).tolist()
    counts = np.bincount(rows)
    taken = np.cumsum(counts[order])
    kept = order[: max(1, int(np.searchsorted(taken, MOST_TUNED, side="right")))]
    return np.flatnonzero(np.isin(rows, kept))
