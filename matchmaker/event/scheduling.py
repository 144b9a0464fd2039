"""When they meet: pairs into slots, by CP-SAT.

The rules stand one by one in `RULES`; each takes the model and adds what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from matchmaker.event.assignment import LEVELS, measure_spread, spread_weights
from matchmaker.event.board import Board

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Slots = dict[int, int]
"""The slot (from 0) of each pair that meets, by the pair's row."""


@dataclass(slots=True)
class Patience:
    """How long to search: by work done, which is the same everywhere, and by the clock, as a last resort.

    Attributes
    ----------
    seconds : float
        By the clock; what was found by then is used.
    hurried : bool
        Whether the clock ever stopped a search; then another run may end elsewhere.
    """

    seconds: float = 60.0
    hurried: bool = False
    began: float = field(default_factory=perf_counter)

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (perf_counter() - self.began)


@dataclass(frozen=True, slots=True)
class Score:
    """What slots are worth; the earlier field decides."""

    locks: int
    musts: int
    shortfall: int
    worth: int
    spread: int

    def key(self) -> tuple[int, int, int, int, int]:
        """Return what to compare by: larger is better."""
        return self.locks, self.musts, -self.shortfall, self.worth, self.spread


def score_slots(board: Board, slots: Iterable[int]) -> Score:
    """Return what a choice of pairs is worth."""
    chosen = np.zeros(len(board.pairs), bool)
    chosen[list(slots)] = True
    counts = np.bincount(board.first[chosen], minlength=len(board.parties)) + np.bincount(
        board.second[chosen], minlength=len(board.parties)
    )
    return Score(
        int((chosen & board.locked).sum()),
        int((chosen & board.must).sum()),
        int(np.maximum(board.least - counts, 0).sum()),
        int(board.worth[chosen].sum()),
        measure_spread(board, chosen),
    )


class SlotModel:
    """A CP-SAT model with one variable for each pair and slot.

    Parameters
    ----------
    board : Board
    pairs : iterable of int
        The pairs that may meet.
    rules : sequence of callable, optional
        `RULES` unless given.

    Attributes
    ----------
    at : dict of (int, int) to variable
        Whether a pair meets in a slot.
    values : list of int
        Of the variables that the last search was asked to read.
    """

    def __init__(
        self, board: Board, pairs: Iterable[int], rules: Sequence[Callable[[SlotModel], None]] | None = None
    ) -> None:
        from ortools.sat.python import cp_model

        self.board = board
        self.pairs = list(pairs)
        self.model = cp_model.CpModel()
        self.at: dict[tuple[int, int], cp_model.IntVar] = {}
        self.values: list[int] = []
        self.of_pair: dict[int, list[Any]] = {}
        self.of_seat: list[list[Any]] = [[] for _ in board.seats]
        self.of_place: dict[tuple[int, int], list[Any]] = {}
        self.of_party: dict[int, list[Any]] = {}
        for pair in self.pairs:
            literals = self.of_pair.setdefault(pair, [])
            ends = (int(board.first[pair]), int(board.second[pair]))
            for slot in np.flatnonzero(board.allowed[pair]).tolist():
                literal = self.model.new_bool_var("")
                self.at[pair, slot] = literal
                literals.append(literal)
                self.of_seat[slot].append(literal)
                for end in ends:
                    self.of_place.setdefault((end, slot), []).append(literal)
                    self.of_party.setdefault(end, []).append(literal)
        for rule in RULES if rules is None else rules:
            rule(self)

    def require(self, pairs: Iterable[int]) -> bool:
        """Make each of these pairs meet; return whether each has a slot at all."""
        for pair in pairs:
            if not self.of_pair[pair]:
                return False
            self.model.add_bool_or(self.of_pair[pair])
        return True

    def met(self, pairs: Iterable[int]) -> Any:
        """Return how many of these pairs meet, as an expression."""
        return sum(literal for pair in pairs for literal in self.of_pair.get(pair, ()))

    def worth(self) -> Any:
        """Return the worth as an expression."""
        worth = self.board.worth
        return sum(int(worth[pair]) * literal for pair, literals in self.of_pair.items() for literal in literals)

    def lack(self) -> Any:
        """Return how many meetings of ``least`` are missing, as an expression."""
        lacks: list[Any] = []
        for row, least in enumerate(self.board.least.tolist()):
            if least:
                lack = self.model.new_int_var(0, least, "")
                self.model.add(sum(self.of_party.get(row, ())) + lack >= least)
                lacks.append(lack)
        return sum(lacks)

    def spread(self) -> Any:
        """Return the fairness of `spread_weights` as an expression."""
        weights = spread_weights().tolist()
        total: list[Any] = []
        for literals in self.of_party.values():
            levels = [self.model.new_bool_var("") for _ in range(min(LEVELS, len(literals)))]
            self.model.add(sum(levels) <= sum(literals))
            total += [weight * level for weight, level in zip(weights, levels, strict=False)]
        return sum(total)

    def hint(self, slots: Mapping[int, int]) -> None:
        """Say where to begin."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for (pair, slot), literal in self.at.items():
            self.model.add_hint(literal, slots.get(pair) == slot)

    def search(
        self, work: float, patience: Patience, *, quick: bool = False, read: Sequence[Any] = ()
    ) -> tuple[Slots | None, bool, int]:
        """Search for at most so much work.

        Returns
        -------
        slots : dict of int to int, or None
            None if nothing was found.
        settled : bool
            Whether it is the best, or it is certain that there is none.
        value : int
            Of the objective.
        """
        slots, settled, value, _ = self._run(work, patience, quick, read)
        return slots, settled, value

    def search_far(self, work: float, patience: Patience) -> tuple[Slots | None, bool, int]:
        """Search as `search` does; return how far below the bound the objective is instead of its value."""
        slots, settled, _, slack = self._run(work, patience, False, ())
        return slots, settled, slack

    def _run(
        self, work: float, patience: Patience, quick: bool, read: Sequence[Any]
    ) -> tuple[Slots | None, bool, int, int]:
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1  # with several, which one is first depends on the machine
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = work
        solver.parameters.max_time_in_seconds = max(0.05, patience.left)
        if quick:
            solver.parameters.linearization_level = 0
            solver.parameters.cp_model_presolve = False
        status = solver.solve(self.model)
        settled = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if not settled and patience.left <= 0:
            patience.hurried = True
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, settled, 0, 0
        slots = {pair: slot for (pair, slot), literal in self.at.items() if solver.boolean_value(literal)}
        self.values = [solver.value(variable) for variable in read]
        slack = max(0, round(solver.best_objective_bound - solver.objective_value))
        return slots, settled, round(solver.objective_value), slack


# ---------------------------------------------------------------------------------------------------------- the rules


def meet_once(model: SlotModel) -> None:
    """Two parties meet at most once."""
    for literals in model.of_pair.values():
        model.model.add_at_most_one(literals)


def sit_once(model: SlotModel) -> None:
    """Nobody sits at two tables at once."""
    for literals in model.of_place.values():
        model.model.add_at_most_one(literals)


def keep_to_seats(model: SlotModel) -> None:
    """Hold no more meetings in a slot than tables can be used."""
    for slot, literals in enumerate(model.of_seat):
        if len(literals) > model.board.seats[slot]:
            model.model.add(sum(literals) <= max(0, int(model.board.seats[slot])))


def keep_to_most(model: SlotModel) -> None:
    """Nobody has more meetings than agreed."""
    for row, literals in model.of_party.items():
        if len(literals) > model.board.most[row]:
            model.model.add(sum(literals) <= int(model.board.most[row]))


def keep_pauses(model: SlotModel) -> None:
    """Nobody sits through more meetings in a row than agreed."""
    for row, limit in enumerate(model.board.in_a_row.tolist()):
        for stretch in model.board.stretches:
            for start in range(len(stretch) - limit):
                window = stretch[start : start + limit + 1]
                places = [model.of_place.get((row, slot), []) for slot in window]
                if all(places):
                    model.model.add(sum(literal for place in places for literal in place) <= limit)


RULES: Sequence[Callable[[SlotModel], None]] = (meet_once, sit_once, keep_to_seats, keep_to_most, keep_pauses)


# --------------------------------------------------------------------------------------------------------- the searches


def place_all(board: Board, pairs: Sequence[int], patience: Patience, hint: Mapping[int, int]) -> Slots | None:
    """Find a slot for every pair, or return None."""
    model = SlotModel(board, pairs)
    if not model.require(pairs):
        return None
    model.hint(hint)
    for work, quick in ((0.5, True), (2.0, False)):
        slots, settled, _ = model.search(work, patience, quick=quick)
        if slots is not None or settled:
            return slots
    return None


def place_most(board: Board, pairs: Sequence[int], patience: Patience, hint: Mapping[int, int], work: float) -> Slots:
    """Find slots for the most valuable of the pairs; locks and must-meets outweigh all others."""
    model = SlotModel(board, pairs)
    heavy = int(board.worth[pairs].sum()) + 1
    must = [pair for pair in pairs if board.must[pair]]
    locked = [pair for pair in pairs if board.locked[pair]]
    outweigh = heavy * (len(must) + int(board.least.sum()) + 1)
    lack = model.lack() if board.least.any() else 0
    model.model.maximize(
        model.worth() - heavy * lack + outweigh * model.met(must) + outweigh * (len(must) + 1) * model.met(locked)
    )
    model.hint(hint)
    slots, _, _ = model.search(work, patience)
    return dict(hint) if slots is None else slots


def solve_whole(
    board: Board, fairness: float, patience: Patience, hint: Mapping[int, int], work: float
) -> tuple[Slots, bool]:
    """Solve the whole event in one model, one aim after the other.

    Returns
    -------
    slots : dict of int to int
    settled : bool
        Whether every aim was proven to be reached as far as can be.
    """
    model = SlotModel(board, range(len(board.pairs)))
    slots: Slots = dict(hint)
    settled = True
    locked, must = np.flatnonzero(board.locked).tolist(), np.flatnonzero(board.must).tolist()
    aims: list[tuple[Any, float]] = []
    if locked:
        aims.append((model.met(locked), 0.0))
    if must:
        aims.append((model.met(must), 0.0))
    if board.least.any():
        aims.append((-model.lack(), 0.0))
    worth = model.worth()
    aims += [(worth, fairness), (model.spread(), 0.0), (worth, 0.0)]
    for aim, slack in aims:
        if isinstance(aim, int):
            continue
        model.model.maximize(aim)
        model.hint(slots)
        found, sure, reached = model.search(work, patience)
        settled &= sure
        if found is None:
            return slots, False
        slots = found
        model.model.add(aim >= int(np.ceil(reached * (1 - slack) - 1e-6)) if reached > 0 else aim >= reached)
    return slots, settled


def shorten_waits(board: Board, slots: Mapping[int, int], patience: Patience, work: float) -> Slots:
    """Move the meetings of a plan to other slots so that people wait less between them."""
    model = SlotModel(board, slots)
    if not model.require(slots):
        return dict(slots)
    stays: list[Any] = []
    last = len(board.seats) - 1
    for row in range(len(board.parties)):
        mine = [pair for pair in board.of_party[row].tolist() if pair in slots]
        if len(mine) < 2:
            continue
        begin, end = model.model.new_int_var(0, last, ""), model.model.new_int_var(0, last, "")
        model.model.add(end - begin >= len(mine) - 1)
        for pair in mine:
            at = sum(slot * literal for (other, slot), literal in _slots_of(model, pair))
            model.model.add(begin <= at)
            model.model.add(end >= at)
        stays.append(end - begin)
    if not stays:
        return dict(slots)
    model.model.minimize(sum(stays))
    model.hint(slots)
    found, _, _ = model.search(work, patience)
    return dict(slots) if found is None else found


def _slots_of(model: SlotModel, pair: int) -> list[tuple[tuple[int, int], Any]]:
    """Return the places of a pair with their variables."""
    places = np.flatnonzero(model.board.allowed[pair]).tolist()
    return [((pair, slot), model.at[pair, slot]) for slot in places]
