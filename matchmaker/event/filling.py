"""A timetable made the simple way, pair by pair into the emptiest slot: where the search begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from matchmaker.event.board import Board


class Filling:
    """Slots filled one pair at a time, within all rules."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.slots: dict[int, int] = {}
        self.load = np.zeros(len(board.seats), np.int64)
        self.busy = np.zeros((len(board.parties), len(board.seats)), bool)
        self._stretch = {slot: stretch for stretch in board.stretches for slot in stretch}

    def choices(self, pair: int) -> list[int]:
        """Return the slots that a pair could still take."""
        board = self.board
        ends = (int(board.first[pair]), int(board.second[pair]))
        if any(self.busy[end].sum() >= board.most[end] for end in ends):
            return []
        free = board.allowed[pair] & (self.load < board.seats) & ~self.busy[ends[0]] & ~self.busy[ends[1]]
        return [slot for slot in np.flatnonzero(free).tolist() if all(self._rests(end, slot) for end in ends)]

    def put(self, pair: int, slot: int) -> None:
        """Let a pair meet in a slot."""
        self.slots[pair] = slot
        self.load[slot] += 1
        self.busy[[self.board.first[pair], self.board.second[pair]], slot] = True

    def _rests(self, row: int, slot: int) -> bool:
        """Return whether a party would not sit too long without a pause."""
        stretch, run = self._stretch[slot], 1
        place = stretch.index(slot)
        for step in (-1, 1):
            at = place + step
            while 0 <= at < len(stretch) and self.busy[row, stretch[at]]:
                run, at = run + 1, at + step
        return run <= int(self.board.in_a_row[row])


def fill(board: Board, pairs: Iterable[int], begun: Mapping[int, int] | None = None) -> dict[int, int]:
    """Put pairs into the emptiest slot that they can take, in the order given; those without one stay out.

    Parameters
    ----------
    board : Board
    pairs : iterable of int
        The most important first.
    begun : mapping of int to int, optional
        Slots that are taken already.
    """
    filling = Filling(board)
    for pair, slot in (begun or {}).items():
        filling.put(pair, slot)
    for pair in pairs:
        if pair not in filling.slots and (choices := filling.choices(pair)):
            filling.put(pair, min(choices, key=lambda slot: (filling.load[slot] - board.seats[slot], slot)))
    return filling.slots
