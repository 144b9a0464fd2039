"""Planning the rest of a day again: what can stay stays, what cannot finds the best place that is left.

Every meeting whose people or table are lost has to move or fall out, and no other has: all others are at peace with
each other where they are. So their number is the least there can be, and only they, and whoever walked in or asked, are
planned. Only where a new must-meet finds no place may others move for it, as few as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from matchmaker.docking import (
    Apart,
    Candidate,
    Change,
    Changes,
    Hall,
    Meeting,
    Placement,
    Request,
    Timetable,
    Unmet,
)
from matchmaker.event.agenda import Agenda
from matchmaker.event.board import UNIT, Board, lay_board
from matchmaker.event.candidates import Candidates, make_candidates
from matchmaker.event.diagnosis import explain_unmet
from matchmaker.event.filling import fill
from matchmaker.event.parties import Roll, name_parties
from matchmaker.event.planning import Plan, lay_meetings, refuse_faulty, subjects_with
from matchmaker.event.scheduling import Patience, SlotModel, Slots, score_slots
from matchmaker.event.seating import seat
from matchmaker.event.situation import Situation, add_strangers, change_roll, count_begun, look_up, read_situation
from matchmaker.event.wording import say
from matchmaker.records import Match, Profile

_WORK = 2.0  # of CP-SAT's deterministic seconds
_SAME_SLOT = 100  # ten-thousandths: of two places that are worth the same, the one in the slot people know


def replan_event(
    agenda: Agenda,
    needs: Sequence[Profile],
    achievements: Sequence[Profile],
    matches: Iterable[Match],
    *,
    before: Sequence[Placement],
    changes: Sequence[Change],
    now: str,
    requests: Sequence[Request] = (),
    vetoes: Sequence[Apart] = (),
    met: Sequence[Apart] = (),
    conflicts: Sequence[Apart] = (),
    lang: str = "zh",
) -> Plan:
    """Plan the slots that have not begun again.

    Parameters
    ----------
    agenda, needs, achievements, matches, requests, vetoes, met, conflicts, lang
        As for `plan_event`; those who walked in may stand in the registers by now.
    before : sequence of Placement
        The timetable in force, as `read_timetable` reads it.
    changes : sequence of Change
        As `read_changes` reads them.
    now : str
        The time (``"10:35"``), or the number of the slot that is running; ``"0"`` before the first.

    Returns
    -------
    Plan
        Slots that have begun are as they were. Of the rest as few meetings as possible are moved or dropped, as many as
        possible of those that cannot stay find another place, then worth is largest. ``changes`` lists the difference.

    Raises
    ------
    SettingError
        If ``now`` is neither, or as for `plan_event`.
    """
    hall = agenda.occasion.hall
    begun = count_begun(hall, now, lang=lang)
    matches = tuple(matches)
    roll = name_parties(agenda, needs, achievements, lang=lang)
    registered = len(needs), len(achievements)
    needs, achievements = add_strangers(roll, needs, achievements, changes)
    roll = name_parties(agenda, needs, achievements, lang=lang)
    meetings, lost_rows = look_up(roll, hall, before, lang)
    likely = {(match.need_id, match.achievement_id): match.probability for match in matches}
    situation = read_situation(agenda, roll, meetings, likely, changes, begun=begun, lang=lang)
    past = [meeting for meeting in meetings if meeting.slot <= begun]
    roll = change_roll(roll, situation, past)
    closed = {place for place in hall.closed if place[0] > begun} | situation.closed
    hall = replace(hall, closed=frozenset(closed))
    agenda = replace(agenda, occasion=replace(agenda.occasion, hall=hall))
    candidates = _make_candidates(agenda, roll, matches, situation, requests, (vetoes, met, conflicts), past, lang)
    kept, forced = _part(meetings, roll, hall, candidates, situation)
    solution = _Rest(agenda, roll, candidates, situation, kept, forced).solve()
    timetable = _write(agenda, roll, candidates, situation, solution, meetings, kept, forced, lang)
    rejected = (*candidates.rejected, *lost_rows, *situation.rejected)
    return Plan(
        timetable,
        candidates.rows,
        (),
        rejected,
        roll.notices,
        solution.settled,
        solution.hurried,
        compare_meetings(meetings, timetable.meetings),
        (*needs[registered[0] :], *achievements[registered[1] :]),
    )


def compare_meetings(before: Iterable[Meeting], after: Iterable[Meeting]) -> Changes:
    """Return which meetings were added, dropped or moved.

    Examples
    --------
    >>> old = [Meeting(1, "A", "N-1", "A-1", "E-1", "T-1", 0.5), Meeting(1, "B", "N-2", "A-2", "E-2", "T-2", 0.5)]
    >>> new = [Meeting(2, "A", "N-1", "A-1", "E-1", "T-1", 0.5)]
    >>> changes = compare_meetings(old, new)
    >>> len(changes.dropped), changes.moved[0][1].slot
    (1, 2)
    """
    old = {(meeting.need_id, meeting.achievement_id): meeting for meeting in before}
    new = {(meeting.need_id, meeting.achievement_id): meeting for meeting in after}
    moved = [
        (old[key], meeting)
        for key, meeting in new.items()
        if key in old and (old[key].slot, old[key].table) != (meeting.slot, meeting.table)
    ]
    return Changes(
        tuple(meeting for key, meeting in new.items() if key not in old),
        tuple(meeting for key, meeting in old.items() if key not in new),
        tuple(moved),
    )


def _make_candidates(
    agenda: Agenda,
    roll: Roll,
    matches: Sequence[Match],
    situation: Situation,
    requests: Sequence[Request],
    apart: tuple[Sequence[Apart], ...],
    past: Sequence[Meeting],
    lang: str,
) -> Candidates:
    """Return the candidates; a veto of today outweighs an older must-meet, and what is past cannot be forbidden."""
    parted = {
        (roll.of_need[item.first], roll.of_achievement[item.second])
        for item in situation.vetoes
        if item.first in roll.of_need and item.second in roll.of_achievement
    }
    still = [
        request
        for request in requests
        if (roll.of_need.get(request.need_id), roll.of_achievement.get(request.achievement_id)) not in parted
    ]
    vetoes, met, conflicts = apart
    candidates = make_candidates(
        agenda,
        roll,
        matches,
        requests=(*still, *situation.requests),
        vetoes=(*vetoes, *situation.vetoes),
        met=met,
        conflicts=conflicts,
        lang=lang,
    )
    held = {(meeting.enterprise, meeting.team) for meeting in past}
    kept_apart = {pair: why for pair, why in candidates.apart.items() if pair not in held}
    return replace(candidates, apart=MappingProxyType(kept_apart))


def _part(
    meetings: Sequence[Meeting], roll: Roll, hall: Hall, candidates: Candidates, situation: Situation
) -> tuple[list[Meeting], list[Meeting]]:
    """Return the meetings that can stay where they are, and those that cannot."""
    kept: list[Meeting] = []
    forced: list[Meeting] = []
    for meeting in meetings:
        sides = (meeting.enterprise, meeting.team)
        stays = meeting.slot <= situation.begun or (
            (meeting.slot, meeting.table) not in hall.closed
            and sides not in candidates.apart
            and all(meeting.slot in roll.parties[side].available for side in sides)
        )
        (kept if stays else forced).append(meeting)
    return kept, forced


@dataclass(frozen=True, slots=True)
class _Found:
    board: Board
    slots: Slots
    settled: bool
    hurried: bool
    stayed: tuple[Meeting, ...]
    slack: int  # what a better plan could still be worth, in ten-thousandths


class _Rest:
    """The part of the day that can still be planned."""

    def __init__(
        self,
        agenda: Agenda,
        roll: Roll,
        candidates: Candidates,
        situation: Situation,
        kept: Sequence[Meeting],
        forced: Sequence[Meeting],
    ) -> None:
        self.agenda = agenda
        self.situation = situation
        self.kept = kept
        self.forced = {(meeting.enterprise, meeting.team): meeting for meeting in forced}
        affected = situation.affected | {name for pair in self.forced for name in pair}
        every = subjects_with(candidates, kept)
        fixed = {(meeting.enterprise, meeting.team) for meeting in kept}
        rows = {(row.need_id, row.achievement_id): row for row in candidates.rows}
        self.subjects: list[Candidate] = []
        for subject in every:
            pair = (subject.enterprise, subject.team)
            if pair in self.forced:
                old = self.forced[pair]
                self.subjects.append(rows.get((old.need_id, old.achievement_id), subject))
            elif pair in fixed or affected & set(pair):
                self.subjects.append(subject)
        self.hall, self.parties = agenda.occasion.hall, roll.parties

    def solve(self) -> _Found:
        """Plan with all others in place, and again with others free to move if a must-meet found no place."""
        patience = Patience(self.agenda.time_limit)
        found = self._search(self.kept, frozenset(), patience)
        lacking = {
            pair
            for pair in np.flatnonzero(found.board.must).tolist()
            if pair not in found.slots and found.board.allowed[pair].any()
        }
        if not lacking:
            return found
        ends = {name for pair in lacking for name in (found.board.pairs[pair].enterprise, found.board.pairs[pair].team)}
        near = ends | {
            name
            for meeting in self.kept
            for name in (meeting.enterprise, meeting.team)
            if ends & {meeting.enterprise, meeting.team}
        }
        movable = frozenset(
            (meeting.enterprise, meeting.team)
            for meeting in self.kept
            if meeting.slot > self.situation.begun
            and not meeting.locked
            and (meeting.enterprise, meeting.team) not in self.situation.locked
            and near & {meeting.enterprise, meeting.team}
        )
        return self._search(self.kept, movable, patience, found.slots)

    def _search(
        self,
        kept: Sequence[Meeting],
        movable: frozenset[tuple[str, str]],
        patience: Patience,
        hint: Mapping[int, int] | None = None,
    ) -> _Found:
        fixed = [meeting for meeting in kept if (meeting.enterprise, meeting.team) not in movable]
        board = lay_board(self.hall, self.parties, self.subjects, fixed, wish=self.agenda.wish)
        board.allowed[~board.locked, : self.situation.begun] = False
        rows = {(pair.enterprise, pair.team): row for row, pair in enumerate(board.pairs)}
        homes = {rows[meeting.enterprise, meeting.team]: meeting.slot - 1 for meeting in kept}
        begin = dict(hint) if hint else fill(board, _by_worth(board), homes)
        model = SlotModel(board, range(len(board.pairs)))
        model.require(np.flatnonzero(board.locked).tolist())
        heavy = int(board.worth.sum()) + _SAME_SLOT * len(board.pairs) + 1
        stays = [
            model.at[row, slot] for row, slot in homes.items() if (row, slot) in model.at and not board.locked[row]
        ]
        again = [row for pair in self.forced if (row := rows.get(pair)) is not None]
        back = [
            model.at[row, slot]
            for pair, meeting in self.forced.items()
            if (row := rows.get(pair)) is not None and (slot := meeting.slot - 1) >= 0 and (row, slot) in model.at
        ]
        must = np.flatnonzero(board.must).tolist()
        count = len(again) + len(movable) + 1
        model.model.maximize(
            model.worth()
            + _SAME_SLOT * sum(back)
            + heavy * model.met(again)
            + heavy * count * sum(stays)
            + heavy * count * (len(stays) + 1) * model.met(must)
        )
        model.hint(begin)
        slots, settled, slack = model.search_far(_WORK, patience)
        if slots is None:
            slots = begin
        stayed = tuple(
            meeting for meeting in kept if slots.get(rows[meeting.enterprise, meeting.team]) == meeting.slot - 1
        )
        return _Found(board, slots, settled, patience.hurried, stayed, min(slack, heavy))


def _by_worth(board: Board) -> list[int]:
    return sorted(range(len(board.pairs)), key=lambda pair: (not board.must[pair], -int(board.worth[pair]), pair))


def _write(
    agenda: Agenda,
    roll: Roll,
    candidates: Candidates,
    situation: Situation,
    found: _Found,
    before: Sequence[Meeting],
    kept: Sequence[Meeting],
    forced: Sequence[Meeting],
    lang: str,
) -> Timetable:
    """Return the new timetable, after its check."""
    board, slots = found.board, found.slots
    tables = seat(agenda.occasion.hall, board, slots, found.stayed)
    locked = {(meeting.enterprise, meeting.team) for meeting in before if meeting.locked} | situation.locked
    meetings = lay_meetings(agenda.occasion.hall, board, slots, tables, locked)
    worth = score_slots(board, slots).worth
    present = {(meeting.enterprise, meeting.team) for meeting in meetings}
    unmet = list(_explain(agenda, roll, candidates, situation, found, meetings, lang))
    told = {(item.need_id, item.achievement_id) for item in unmet}
    for meeting in (*forced, *kept):
        pair = (meeting.enterprise, meeting.team)
        if pair in present or (meeting.need_id, meeting.achievement_id) in told:
            continue
        gone = [name for name in pair if name in situation.called_off]
        reason = "cancelled" if gone else "vetoed" if pair in candidates.apart else "no_place"
        if gone:
            message = say(lang, "why_cancelled", name=roll.parties[gone[0]].name)
        elif reason == "vetoed":
            first, second = (roll.parties[name].name for name in pair)
            message = say(lang, "why_apart", first=first, second=second, why=candidates.apart[pair])
        else:
            message = say(lang, "why_no_place")
        unmet.append(Unmet(meeting.enterprise, meeting.need_id, meeting.achievement_id, 1, 0, reason, message))
    timetable = Timetable(
        agenda.occasion,
        MappingProxyType(dict(roll.parties)),
        meetings,
        tuple(unmet),
        worth / UNIT,
        (worth + found.slack) / UNIT,
    )
    settled = [
        replace(meeting, locked=(meeting.enterprise, meeting.team) in locked)
        for meeting in found.stayed
        if meeting.slot <= situation.begun or (meeting.enterprise, meeting.team) in locked
    ]
    refuse_faulty(timetable, _with_kept(candidates, found.stayed), settled, lang)
    return timetable


def _explain(
    agenda: Agenda,
    roll: Roll,
    candidates: Candidates,
    situation: Situation,
    found: _Found,
    meetings: Sequence[Meeting],
    lang: str,
) -> Iterator[Unmet]:
    """Yield what is unmet among all that could be asked for, also what was not planned again."""
    hall = agenda.occasion.hall
    board = lay_board(hall, roll.parties, subjects_with(candidates, meetings), found.stayed, wish=agenda.wish)
    board.allowed[~board.locked, : situation.begun] = False
    rows = {(pair.enterprise, pair.team): row for row, pair in enumerate(board.pairs)}
    slots = {rows[meeting.enterprise, meeting.team]: meeting.slot - 1 for meeting in meetings}
    return explain_unmet(board, roll, candidates, slots, lang)


def _with_kept(candidates: Candidates, kept: Iterable[Meeting]) -> Candidates:
    """Return the candidates with the pairs of meetings that stay; they were candidates once."""
    known = {(row.need_id, row.achievement_id): row for row in candidates.rows}
    extra = [
        Candidate(meeting.need_id, meeting.achievement_id, meeting.enterprise, meeting.team, meeting.probability)
        for meeting in kept
        if (row := known.get((meeting.need_id, meeting.achievement_id))) is None or row.standing == "veto"
    ]
    return replace(candidates, rows=(*candidates.rows, *extra))
