"""What would do: the smallest changes of hall, limits and hours under which everything promised finds its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matchmaker.event.assignment import assign, count_meetings
from matchmaker.event.board import UNIT, Board
from matchmaker.event.scheduling import Patience, SlotModel, meet_once, sit_once
from matchmaker.event.wording import say

# What each kind of change costs: a table or a meeting more is asked for lightly, other hours or fewer pauses less so.
_COSTS = {"tables": 10, "most": 10, "available": 12, "in_a_row": 15}
_ALONE = ("tables", "most", "available")
_WORK = 1.0
_LARGE = 20_000
_FULL = 0.97  # from this share of the seats on, the hall counts as full
_GAIN = 0.5  # worthwhile meetings below which nothing is advised


@dataclass(slots=True)
class Remedy:
    """A set of changes.

    Attributes
    ----------
    tables : dict of int to int
        Tables to add, by slot from 0.
    most, in_a_row : dict of int to int
        New limits, by the party's row.
    available : list of (int, int)
        Parties' rows and slots from 0 in which they should come.
    """

    tables: dict[int, int] = field(default_factory=dict)
    most: dict[int, int] = field(default_factory=dict)
    in_a_row: dict[int, int] = field(default_factory=dict)
    available: list[tuple[int, int]] = field(default_factory=list)


def advise(board: Board, slots: Mapping[int, int], *, lang: str, patience: Patience | None = None) -> tuple[str, ...]:
    """Return what binds a plan as a whole, and the smallest changes that would free it, in words.

    Parameters
    ----------
    board : Board
    slots : mapping of int to int
        The plan: slot (from 0) by row of the pair.
    lang : {"zh", "en"}
    patience : Patience, optional
        Nothing is looked for once it has run out.
    """
    patience = patience or Patience()
    advice = []
    chosen = np.zeros(len(board.pairs), bool)
    chosen[list(slots)] = True
    # Who has nobody to meet is not helped by tables; `explain_unmet` tells of them.
    reachable = np.minimum(board.least, count_meetings(board, np.ones(len(board.pairs), bool)))
    missing = int((board.must & ~chosen).sum()) + int(np.maximum(reachable - count_meetings(board, chosen), 0).sum())
    if missing:
        remedies = find_remedies(board, slots, patience)
        words = list(dict.fromkeys(_describe(board, remedy, lang) for remedy in remedies))
        key = "fix_musts" if words else "fix_none"
        advice.append(say(lang, key, count=missing, changes=say(lang, "fix_or").join(words)))
    advice += _find_gains(board, slots, patience, lang)
    return tuple(advice)


def find_remedies(board: Board, slots: Mapping[int, int], patience: Patience) -> list[Remedy]:
    """Return the smallest change of any kind, then the smallest of each kind alone where there is one.

    Parameters
    ----------
    board : Board
    slots : mapping of int to int
        The plan that lacks something promised. In a large event what it has stays in place.
    patience : Patience
    """
    promised = board.must | board.locked
    hungry = np.flatnonzero(board.least)
    pairs = np.flatnonzero(promised | np.isin(board.first, hungry) | np.isin(board.second, hungry)).tolist()
    large = len(pairs) * len(board.seats) > _LARGE
    if large:
        chosen = np.zeros(len(board.pairs), bool)
        chosen[list(slots)] = True
        short = np.flatnonzero(count_meetings(board, chosen) < board.least)
        wanted = (promised & ~chosen) | np.isin(board.first, short) | np.isin(board.second, short)
        pairs = sorted({*slots, *np.flatnonzero(wanted).tolist()})
    found = []
    for kinds in (tuple(_COSTS), *((kind,) for kind in _ALONE)):
        remedy = _solve(board, pairs, kinds, slots if large else {}, patience)
        if remedy is not None:
            found.append(remedy)
    return found


def _solve(
    board: Board, pairs: Sequence[int], kinds: tuple[str, ...], fixed: Mapping[int, int], patience: Patience
) -> Remedy | None:
    """Find the cheapest changes of some kinds under which every promise is kept."""
    allowed = board.allowed.copy()
    if "available" in kinds:
        allowed[~board.locked] = board.seats > 0
    if "tables" in kinds:
        there = board.available[board.first] & board.available[board.second]
        allowed[~board.locked] |= there[~board.locked]
    wide = replace(board, allowed=allowed)
    model = SlotModel(wide, pairs, rules=(meet_once, sit_once))
    if not model.require([pair for pair in pairs if board.must[pair] or board.locked[pair]]):
        return None
    for pair, slot in fixed.items():
        if (pair, slot) in model.at:
            model.model.add(model.at[pair, slot] == 1)
    for row, literals in model.of_party.items():
        model.model.add(sum(literals) >= min(int(board.least[row]), _partners(board, pairs, row)))
    changes = _Changes(model, board, kinds)
    changes.relax()
    model.model.minimize(sum(changes.costs))
    found, _, _ = model.search(_WORK, patience, read=changes.variables)
    return None if found is None else changes.read(model.values)


def _partners(board: Board, pairs: Sequence[int], row: int) -> int:
    return sum(1 for pair in pairs if row in (board.first[pair], board.second[pair]))


class _Changes:
    """The rules with a price instead of an end."""

    def __init__(self, model: SlotModel, board: Board, kinds: tuple[str, ...]) -> None:
        self.model = model
        self.board = board
        self.kinds = kinds
        self.costs: list[Any] = []
        self.variables: list[Any] = []
        self._names: list[tuple[str, int, int]] = []

    def relax(self) -> None:
        """Add seats, limits, pauses and hours, each with a variable that says by how much it gives way."""
        board, add = self.board, self.model.model.add
        for slot, literals in enumerate(self.model.of_seat):
            if len(literals) > board.seats[slot]:
                add(sum(literals) <= max(0, int(board.seats[slot])) + self._more("tables", slot, len(literals)))
        for row, literals in self.model.of_party.items():
            if len(literals) > board.most[row]:
                add(sum(literals) <= int(board.most[row]) + self._more("most", row, len(literals)))
        for row, limit in enumerate(board.in_a_row.tolist()):
            self._relax_pauses(row, limit)
        for (row, slot), literals in self.model.of_place.items():
            if not board.available[row, slot]:
                add(sum(literals) <= self._more("available", row, 1, slot))

    def _relax_pauses(self, row: int, limit: int) -> None:
        windows: list[list[Any]] = []
        for stretch in self.board.stretches:
            for start in range(len(stretch) - limit):
                places = [self.model.of_place.get((row, slot), []) for slot in stretch[start : start + limit + 1]]
                if all(places):
                    windows.append([literal for place in places for literal in place])
        if windows:
            # One more in a row frees every window of this length; more than one more is not asked of anybody.
            more = self._more("in_a_row", row, 1)
            for window in windows:
                self.model.model.add(sum(window) <= limit + more)

    def _more(self, kind: str, place: int, most: int, slot: int = 0) -> Any:
        if kind not in self.kinds:
            return 0
        variable = self.model.model.new_int_var(0, most, "")
        self.variables.append(variable)
        self._names.append((kind, place, slot))
        self.costs.append(_COSTS[kind] * variable)
        return variable

    def read(self, values: Sequence[int]) -> Remedy:
        """Return the changes that a solution makes."""
        remedy = Remedy()
        for (kind, place, slot), value in zip(self._names, values, strict=True):
            if not value:
                continue
            if kind == "tables":
                remedy.tables[place] = value
            elif kind == "most":
                remedy.most[place] = int(self.board.most[place]) + value
            elif kind == "in_a_row":
                remedy.in_a_row[place] = int(self.board.in_a_row[place]) + value
            else:
                remedy.available.append((place, slot))
        return remedy


def _describe(board: Board, remedy: Remedy, lang: str) -> str:
    return say(lang, "fix_and").join(_name_changes(board, remedy, lang))


def _name_changes(board: Board, remedy: Remedy, lang: str) -> Iterator[str]:
    for slot, count in sorted(remedy.tables.items()):
        yield say(lang, "fix_table", slot=slot + 1, count=count)
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row, most in remedy.most.items():
        alike[board.parties[row].organisation, most].append(row)
    for (organisation, most), rows in alike.items():
        if organisation and len(rows) > 1:
            yield say(lang, "fix_most_each", organisation=organisation, most=most)
        else:
            yield from (say(lang, "fix_most", name=board.parties[row].name, most=most) for row in rows)
    for row, limit in sorted(remedy.in_a_row.items()):
        yield say(lang, "fix_in_a_row", name=board.parties[row].name, most=limit)
    for row, slot in sorted(remedy.available):
        yield say(lang, "fix_available", name=board.parties[row].name, slot=slot + 1)


def _find_gains(board: Board, slots: Mapping[int, int], patience: Patience, lang: str) -> Iterator[str]:
    """Yield what one more table, or one more meeting for everybody, would bring where the one or the other binds."""
    if len(slots) < _FULL * board.seats.sum() or not len(board.pairs) or patience.left <= 0:
        return
    now = assign(board, fairness=0.0, free=True).bound
    for key, wider in (
        ("gain_tables", replace(board, seats=board.seats + (board.seats > 0))),
        ("gain_limits", replace(board, most=board.most + 1)),
    ):
        gain = (assign(wider, fairness=0.0, free=True).bound - now) / UNIT
        if gain >= _GAIN:
            yield say(lang, key, count=1, gain=gain)
