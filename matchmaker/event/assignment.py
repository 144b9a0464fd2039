"""Who meets whom, leaving the clock aside: the best pairs that limits, hours and seats could bear.

Slots in which the same people are there count as one block. With a single block this is a matching between
enterprises and teams with limits, whose linear programme has whole solutions; with several it is a small integer
programme. Either way no timetable can be worth more, and most often all pairs chosen here find a slot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.event.board import Board, Bools, Ints

LEVELS = 6
"""Fairness looks at a party's first so many meetings."""
_STEP = 4
_MOST_VARIABLES = 40_000
_NODES = 2_000
_EXACT = 500  # pairs up to which the last ten-thousandth is looked for


@dataclass(frozen=True)
class Assignment:
    """The best pairs.

    Attributes
    ----------
    chosen : ndarray of bool, shape (p,)
    musts, shortfall, worth, spread : int
        Must-meets (and locks) chosen; meetings that ``least`` asks for and that are missing; worth; fairness.
    bound : float
        What no plan with as many must-meets and as small a shortfall is worth.
    """

    chosen: Bools
    musts: int
    shortfall: int
    worth: int
    spread: int
    bound: float


def spread_weights() -> Ints:
    """Return what a party's first, second, … meeting counts for fairness: each four times the next.

    The least served party therefore comes first: to give one party its first meeting is better than a second one to
    three parties that have one.
    """
    return np.array([_STEP ** (LEVELS - 1 - level) for level in range(LEVELS)], np.int64)


def measure_spread(board: Board, chosen: Bools) -> int:
    """Return how fair a choice of pairs is; see `spread_weights`."""
    counts = count_meetings(board, chosen)
    weights = np.concatenate([[0], np.cumsum(spread_weights())])
    return int(weights[np.minimum(counts, LEVELS)].sum())


def count_meetings(board: Board, chosen: Bools) -> Ints:
    """Return how many of the chosen pairs each party has."""
    size = len(board.parties)
    picked = np.flatnonzero(chosen)
    return np.bincount(board.first[picked], minlength=size) + np.bincount(board.second[picked], minlength=size)


def assign(board: Board, *, fairness: float, barred: Bools | None = None, free: bool = False) -> Assignment:
    """Choose pairs: most must-meets, then least shortfall, then worth, then fairness.

    Parameters
    ----------
    board : Board
    fairness : float
        Share of the worth that may be given up for fairness.
    barred : ndarray of bool, shape (p,), optional
        Pairs to leave out.
    free : bool
        Leave must-meets and shortfall out of account; the bound then holds for every plan whatever.
    """
    programme = _Programme(board, barred)
    if not programme.size:
        short = int(board.least.sum())
        return Assignment(np.zeros(len(board.pairs), bool), 0, short, 0, 0, 0.0)
    if not free:
        wanted = (board.must | board.locked)[programme.pair] * 1.0
        if wanted.any():
            # A lock outweighs all must-meets: it is where people already know that they meet.
            weights = wanted + board.locked[programme.pair] * float(len(board.pairs))
            programme.keep(weights, programme.maximise(weights)[1])
        if board.least.any():
            lack = np.zeros(programme.width)
            lack[programme.lack] = -1.0
            programme.keep(lack, programme.maximise(lack)[1])
    worth = np.zeros(programme.width)
    worth[: programme.size] = board.worth[programme.pair]
    solution, best, bound = programme.maximise(worth)
    if not free:
        programme.keep(worth, math.ceil(best * (1 - fairness) - 1e-6))
        spread = np.zeros(programme.width)
        spread[programme.levels] = np.tile(spread_weights(), len(board.parties))
        programme.keep(spread, programme.maximise(spread)[1])
        solution = programme.maximise(worth)[0]
    chosen = np.zeros(len(board.pairs), bool)
    chosen[programme.pair[solution[: programme.size] > 0.5]] = True
    counts = count_meetings(board, chosen)
    return Assignment(
        chosen,
        int((chosen & (board.must | board.locked)).sum()),
        int(np.maximum(board.least - counts, 0).sum()),
        int(board.worth[chosen].sum()),
        measure_spread(board, chosen),
        math.floor(bound + 1e-6 * max(1.0, abs(bound))),
    )


class _Programme:
    """The integer programme: variables for pairs in blocks, lacking meetings, and levels of fairness."""

    def __init__(self, board: Board, barred: Bools | None) -> None:
        blocks = _find_blocks(board)
        if len(blocks) * len(board.pairs) > _MOST_VARIABLES:
            blocks = [np.ones(len(board.seats), bool)]
        usable = np.array([board.allowed[:, block].any(axis=1) for block in blocks])  # (b, p)
        if barred is not None:
            usable &= ~barred
        block_of, self.pair = np.nonzero(usable)
        self.size = len(self.pair)
        people = len(board.parties)
        lacks = people if board.least.any() else 0
        self.lack = slice(self.size, self.size + lacks)
        self.levels = slice(self.size + lacks, self.size + lacks + people * LEVELS)
        self.width = self.size + lacks + people * LEVELS
        self._rows: list[
            tuple[Ints, Ints, npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]
        ] = []
        every = np.arange(self.size)
        first, second = board.first[self.pair], board.second[self.pair]
        room = np.array([board.room(row) for row in range(people)], float)
        infinite = np.full(people, -np.inf)
        ends = np.concatenate([first, second])
        twice = np.concatenate([every, every])
        self._add(ends, twice, np.ones(2 * self.size), infinite, room)
        if len(blocks) > 1:
            self._add(
                self.pair, every, np.ones(self.size), np.full(len(board.pairs), -np.inf), np.ones(len(board.pairs))
            )
            inside = np.array([[board.room(row, block) for row in range(people)] for block in blocks], float)
            places = np.concatenate([block_of, block_of]) * people + ends
            flat = inside.reshape(-1)
            self._add(places, twice, np.ones(2 * self.size), np.full(len(flat), -np.inf), flat)
        seats = np.array([np.maximum(board.seats[block], 0).sum() for block in blocks], float)
        self._add(block_of, every, np.ones(self.size), np.full(len(blocks), -np.inf), seats)
        if lacks:
            rows = np.concatenate([ends, np.arange(people)])
            columns = np.concatenate([twice, np.arange(self.lack.start, self.lack.stop)])
            self._add(rows, columns, np.ones(len(rows)), board.least.astype(float), np.full(people, np.inf))
        levels = np.arange(self.levels.start, self.levels.stop)
        rows = np.concatenate([ends, np.repeat(np.arange(people), LEVELS)])
        values = np.concatenate([np.ones(2 * self.size), -np.ones(len(levels))])
        self._add(rows, np.concatenate([twice, levels]), values, np.zeros(people), np.full(people, np.inf))
        self._most = np.ones(self.width)
        self._most[self.lack] = board.least if lacks else 0
        self._whole = np.zeros(self.width)
        self._whole[: self.size] = 1
        self._tight = 1e-9 if len(board.pairs) <= _EXACT else 1e-4

    def _add(
        self,
        rows: Ints,
        columns: Ints,
        values: npt.NDArray[np.float64],
        least: npt.NDArray[np.float64],
        most: npt.NDArray[np.float64],
    ) -> None:
        self._rows.append((rows, columns, values, least, most))

    def keep(self, weights: npt.NDArray[np.float64], least: float) -> None:
        """Hold a weighted sum at what was reached."""
        columns = np.flatnonzero(weights)
        if len(columns):
            rows = np.zeros(len(columns), np.int64)
            self._add(rows, columns, weights[columns], np.array([least - 0.5]), np.array([np.inf]))

    def maximise(self, weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float, float]:
        """Return the solution with the largest weighted sum, the sum, and what it cannot exceed."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_matrix

        full = np.zeros(self.width)
        full[: len(weights)] = weights
        offset, parts = 0, []
        for rows, *_, most in self._rows:
            parts.append(rows + offset)
            offset += len(most)
        matrix = coo_matrix(
            (
                np.concatenate([values for _, _, values, _, _ in self._rows]),
                (np.concatenate(parts), np.concatenate([columns for _, columns, *_ in self._rows])),
            ),
            shape=(offset, self.width),
        ).tocsr()
        least = np.concatenate([part[3] for part in self._rows])
        most = np.concatenate([part[4] for part in self._rows])
        result = milp(
            -full,
            integrality=self._whole,
            bounds=Bounds(0, self._most),
            constraints=LinearConstraint(matrix, least, most),
            options={"mip_rel_gap": self._tight, "node_limit": _NODES},
        )
        if result.x is None:  # only where the limit of nodes came before any solution
            return np.zeros(self.width), -np.inf, np.inf
        whole = result.x.copy()
        whole[: self.size] = np.round(whole[: self.size])
        reached = float(full @ whole)
        bound = -result.mip_dual_bound if result.mip_dual_bound is not None else reached
        return whole, reached, max(reached, float(bound))


def _find_blocks(board: Board) -> list[Bools]:
    """Return groups of slots in which the same people are there, as masks of slots."""
    columns: dict[bytes, list[int]] = {}
    for slot in range(len(board.seats)):
        if board.seats[slot] > 0:
            # What matters is where pairs may go, locks included.
            columns.setdefault(np.packbits(board.allowed[:, slot]).tobytes(), []).append(slot)
    blocks = []
    for slots in columns.values():
        mask = np.zeros(len(board.seats), bool)
        mask[slots] = True
        blocks.append(mask)
    return blocks
