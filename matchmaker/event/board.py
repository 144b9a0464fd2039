"""The planner's own view of an event: parties, pairs and slots as rows of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matchmaker.docking import Candidate, Hall, Meeting, Party

UNIT = 10_000
"""Worth is counted in whole ten-thousandths of a worthwhile meeting, so that sums are exact."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Board:
    """An event as arrays; n parties, p pairs of parties, s slots.

    Attributes
    ----------
    parties : tuple of Party
        Rows are their places here.
    pairs : tuple of Candidate
        What each two parties would talk about.
    first, second : ndarray of int, shape (p,)
        The rows of enterprise and team.
    worth : ndarray of int, shape (p,)
        In ten-thousandths of a worthwhile meeting.
    must, locked : ndarray of bool, shape (p,)
        Pairs that have to meet; pairs whose slot is set.
    allowed : ndarray of bool, shape (p, s)
        Slots in which both are there.
    seats : ndarray of int, shape (s,)
        Tables that can be used.
    least, most, in_a_row : ndarray of int, shape (n,)
    available : ndarray of bool, shape (n, s)
    stretches : tuple of tuple of int
        Slots (from 0) that follow each other without a break.
    """

    parties: tuple[Party, ...]
    pairs: tuple[Candidate, ...]
    first: Ints
    second: Ints
    worth: Ints
    must: Bools
    locked: Bools
    allowed: Bools
    seats: Ints
    least: Ints
    most: Ints
    in_a_row: Ints
    available: Bools
    stretches: tuple[tuple[int, ...], ...]

    @cached_property
    def of_party(self) -> tuple[Ints, ...]:
        """The pairs of each party."""
        return tuple(np.flatnonzero((self.first == row) | (self.second == row)) for row in range(len(self.parties)))

    def room(self, row: int, slots: Bools | None = None) -> int:
        """Return how many meetings a party can sit through, within given slots, by its hours and ``in_a_row``."""
        there = self.available[row] if slots is None else self.available[row] & slots
        total = 0
        for stretch in self.stretches:
            run = 0
            for slot in (*stretch, -1):
                if slot >= 0 and there[slot]:
                    run += 1
                    continue
                total += run - run // (int(self.in_a_row[row]) + 1)
                run = 0
        return min(total, int(self.most[row]))


def find_stretches(hall: Hall) -> tuple[tuple[int, ...], ...]:
    """Return the slots, from 0, that follow each other without a break.

    Slots with hours are apart where the gap is longer than the shortest one of the day; slots without never are.

    Examples
    --------
    >>> from datetime import time
    >>> from matchmaker.docking import Slot
    >>> hours = [time(9), time(9, 20), time(9, 40), time(13), time(13, 20)]
    >>> slots = [Slot(n, start, start.replace(minute=start.minute + 15)) for n, start in enumerate(hours, start=1)]
    >>> find_stretches(Hall(tuple(slots), ("1",)))
    ((0, 1, 2), (3, 4))
    """
    slots = hall.slots
    gaps = []
    for left, right in zip(slots, slots[1:], strict=False):
        if left.end is None or right.start is None:
            gaps.append(0)
        else:
            gaps.append(right.start.hour * 60 + right.start.minute - left.end.hour * 60 - left.end.minute)
    usual = min(gaps, default=0)
    stretches: list[list[int]] = [[0]] if slots else []
    for place, gap in enumerate(gaps, start=1):
        if gap > usual:
            stretches.append([place])
        else:
            stretches[-1].append(place)
    return tuple(map(tuple, stretches))


def lay_board(
    hall: Hall,
    parties: Mapping[str, Party],
    subjects: Sequence[Candidate],
    locks: Sequence[Meeting] = (),
    *,
    wish: float = 1.5,
) -> Board:
    """Make the arrays.

    Parameters
    ----------
    hall : Hall
    parties : mapping of str to Party
    subjects : sequence of Candidate
        At most one for each two parties. A pair that is locked must be among them.
    locks : sequence of Meeting
        Meetings that stay where they are; they agree with each other and with the rules.
    wish : float
        What a meeting that was asked for counts, when any other counts 1.
    """
    names = {name: row for row, name in enumerate(parties)}
    slots = len(hall.slots)
    people = tuple(parties.values())
    available = np.zeros((len(people), slots), bool)
    for row, party in enumerate(people):
        available[row, [slot - 1 for slot in party.available if 1 <= slot <= slots]] = True
    set_slot = {(meeting.enterprise, meeting.team): meeting.slot for meeting in locks}
    first = np.array([names[pair.enterprise] for pair in subjects], np.int64)
    second = np.array([names[pair.team] for pair in subjects], np.int64)
    allowed = available[first] & available[second] if len(subjects) else np.zeros((0, slots), bool)
    locked = np.zeros(len(subjects), bool)
    seats = np.full(slots, len(hall.tables), np.int64)
    for slot, _ in hall.closed:
        seats[slot - 1] -= 1
    for place, pair in enumerate(subjects):
        set_to = set_slot.get((pair.enterprise, pair.team))
        if set_to is not None:
            locked[place] = True
            allowed[place] = False
            allowed[place, set_to - 1] = True
    allowed[:, seats <= 0] = False
    asked = [wish if pair.standing in ("must", "wish") else 1.0 for pair in subjects]
    worth = [round(pair.probability * weight * UNIT) for pair, weight in zip(subjects, asked, strict=True)]
    return Board(
        people,
        tuple(subjects),
        first,
        second,
        np.array(worth, np.int64),
        np.array([pair.standing == "must" for pair in subjects], bool),
        locked,
        allowed,
        seats,
        np.array([party.least for party in people], np.int64),
        np.array([party.most for party in people], np.int64),
        np.array([party.in_a_row for party in people], np.int64),
        available,
        find_stretches(hall),
    )
