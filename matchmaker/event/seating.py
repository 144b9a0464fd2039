"""Which table: everybody walks as little as can be, slot by slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matchmaker.docking import Hall, Meeting
from matchmaker.event.board import Board

_CHANGE = 3  # to get up at all costs as much as passing by so many tables
_ROUNDS = 4


def seat(hall: Hall, board: Board, slots: Mapping[int, int], locks: Sequence[Meeting] = ()) -> dict[int, str]:
    """Give each meeting a table.

    Every slot is a best assignment of its meetings to the free tables, by how far the two parties walk from their
    meeting before and to their meeting after; slots are gone through until nothing gets better, at most four times.

    Parameters
    ----------
    hall : Hall
        Tables in the order in which they stand.
    board : Board
    slots : mapping of int to int
        Slot (from 0) by row of the pair; a slot has no more meetings than usable tables.
    locks : sequence of Meeting
        Their tables are set.

    Returns
    -------
    dict of int to str
        Table by row of the pair.
    """
    from scipy.optimize import linear_sum_assignment

    number = {table: place for place, table in enumerate(hall.tables)}
    fixed = {(lock.enterprise, lock.team): number[lock.table] for lock in locks}
    days: dict[int, list[int]] = {}
    for pair in sorted(slots, key=lambda pair: (slots[pair], pair)):
        for row in (int(board.first[pair]), int(board.second[pair])):
            days.setdefault(row, []).append(pair)
    tables: dict[int, int] = {}
    meetings: dict[int, list[int]] = {}
    for pair in sorted(slots):
        subject = board.pairs[pair]
        if (subject.enterprise, subject.team) in fixed:
            tables[pair] = fixed[subject.enterprise, subject.team]
        else:
            meetings.setdefault(slots[pair], []).append(pair)
    places = np.arange(len(hall.tables))
    for _ in range(_ROUNDS):
        before = dict(tables)
        for slot in sorted(meetings):
            taken = {
                tables[pair] for pair in slots if slots[pair] == slot and pair in tables and pair not in meetings[slot]
            }
            free = [
                place
                for place in places.tolist()
                if place not in taken and (slot + 1, hall.tables[place]) not in hall.closed
            ]
            cost = np.zeros((len(meetings[slot]), len(free)))
            for line, pair in enumerate(meetings[slot]):
                for row in (int(board.first[pair]), int(board.second[pair])):
                    day = days[row]
                    at = day.index(pair)
                    for near in (*day[max(0, at - 1) : at], *day[at + 1 : at + 2]):
                        if near in tables:
                            away = np.abs(np.array(free) - tables[near])
                            cost[line] += away + _CHANGE * (away > 0)
            cost += 1e-6 * np.array(free)  # the same choice every time, from the front of the hall
            for line, column in zip(*linear_sum_assignment(cost), strict=True):
                tables[meetings[slot][int(line)]] = free[int(column)]
        if tables == before:
            break
    return {pair: hall.tables[place] for pair, place in tables.items()}
