"""From a board to slots: a bound, a choice of pairs that reaches it, and a slot for each.

1. `assign` chooses the best pairs without the clock. No timetable can be worth more.
2. If every one of them finds a slot, that timetable is the best there is.
3. If not, a small event is solved whole. A large one bars the pairs that found no slot, chooses again, and stops at the
   first choice that fits, or at the best of several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.event.assignment import Assignment, assign
from matchmaker.event.board import Board
from matchmaker.event.filling import fill
from matchmaker.event.scheduling import (
    Patience,
    Score,
    Slots,
    place_all,
    place_most,
    score_slots,
    shorten_waits,
    solve_whole,
)

SMALL = 4_000
"""Pairs times slots up to which an event is solved in one model."""
_ATTEMPTS = 6
_WORK = 4.0  # of CP-SAT's deterministic seconds, for one search


@dataclass(frozen=True, slots=True)
class Solution:
    """Slots, what they are worth, and what nothing can exceed.

    Attributes
    ----------
    slots : dict of int to int
        Slot (from 0) by row of the pair.
    score : Score
    bound : float
        In ten-thousandths of a worthwhile meeting.
    proven : bool
        Whether must-meets, least meetings, worth and fairness are proven to be as good as can be.
    hurried : bool
        Whether the clock, not the work done, ended the search.
    """

    slots: Slots
    score: Score
    bound: float
    proven: bool
    hurried: bool


def solve(board: Board, *, fairness: float, seconds: float, gap: float = 0.0) -> Solution:
    """Find the best slots.

    Parameters
    ----------
    board : Board
    fairness : float
        Share of the worth that may be given up for fairness.
    seconds : float
        By the clock, as a last resort; the search ends by the work it has done, the same on every machine.
    gap : float
        Share below the bound at which the search may stop.
    """
    patience = Patience(seconds)
    ideal = assign(board, fairness=fairness)
    slots, proven = _find(board, ideal, fairness, gap, patience)
    score = score_slots(board, slots)
    bound = ideal.bound
    if score.locks + score.musts < ideal.musts or score.shortfall > ideal.shortfall:
        # The ideal buys its must-meets with worth that this plan need not give up.
        bound = max(bound, assign(board, fairness=fairness, free=True).bound)
    if patience.left > 0:
        slots = shorten_waits(board, slots, patience, _WORK)
    if proven and bound - score.worth > 0 and fairness == 0:
        bound = float(score.worth)
    return Solution(slots, score, max(bound, score.worth), proven, patience.hurried)


def _find(board: Board, ideal: Assignment, fairness: float, gap: float, patience: Patience) -> tuple[Slots, bool]:
    """Return the best slots found, and whether they are proven to be the best."""
    chosen = np.flatnonzero(ideal.chosen).tolist()
    start = fill(board, _by_weight(board, chosen))
    placed = start if len(start) == len(chosen) else place_all(board, chosen, patience, start)
    if placed is not None:
        return placed, True
    best = start
    if len(board.pairs) * len(board.seats) <= SMALL:
        return solve_whole(board, fairness, patience, start, _WORK)
    barred = np.zeros(len(board.pairs), bool)
    for _ in range(_ATTEMPTS):
        kept = place_most(board, chosen, patience, start, _WORK / 2)
        full = fill(board, _by_weight(board, range(len(board.pairs))), kept)
        best = max(best, full, key=lambda slots: score_slots(board, slots).key())
        if score_slots(board, best).worth >= ideal.bound * (1 - gap) and gap > 0:
            break
        stuck = [pair for pair in chosen if pair not in kept and not (board.must[pair] or board.locked[pair])]
        if not stuck or patience.left <= 0:
            break
        barred[stuck] = True
        again = assign(board, fairness=fairness, barred=barred)
        chosen = np.flatnonzero(again.chosen).tolist()
        start = fill(board, _by_weight(board, chosen))
        placed = start if len(start) == len(chosen) else place_all(board, chosen, patience, start)
        if placed is not None:
            best = max(best, placed, key=lambda slots: score_slots(board, slots).key())
            break
    return best, False


def _by_weight(board: Board, pairs: list[int] | range) -> list[int]:
    """Return pairs in the order in which to fill: locks, must-meets, those with few slots, then by worth."""
    return sorted(
        pairs,
        key=lambda pair: (
            not board.locked[pair],
            not board.must[pair],
            int(board.allowed[pair].sum()) // 4,
            -int(board.worth[pair]),
            pair,
        ),
    )
