"""Rows of a timetable as meetings: slots, tables and ids looked up, and whatever cannot stand set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaker.docking import Meeting, Placement
from matchmaker.event.agenda import Agenda
from matchmaker.event.board import find_stretches
from matchmaker.event.candidates import Candidates
from matchmaker.event.hours import read_slot
from matchmaker.event.parties import Roll
from matchmaker.event.wording import say
from matchmaker.records import Rejection


@dataclass(frozen=True, slots=True)
class Locks:
    """Meetings whose place is set, and the rows that could not be."""

    meetings: tuple[Meeting, ...] = ()
    rejected: tuple[Rejection, ...] = ()


def place_locks(
    agenda: Agenda,
    roll: Roll,
    candidates: Candidates,
    placements: Iterable[Placement],
    *,
    begun: int = 0,
    lang: str = "zh",
) -> Locks:
    """Look up locked meetings and hold them against every rule and each other.

    Parameters
    ----------
    agenda, roll, candidates
        The event. A locked pair need not be a candidate, but must not be kept apart.
    placements : iterable of Placement
        Of two that exclude each other, the first stays.
    begun : int
        Slots up to this one have begun; a lock there is set aside.
    lang : {"zh", "en"}
    """
    hall = agenda.occasion.hall
    probabilities = {(row.need_id, row.achievement_id): row.probability for row in candidates.rows}
    meetings: list[Meeting] = []
    rejected: list[Rejection] = []
    for row in placements:
        slot = read_slot(row.slot, hall)
        enterprise, team = roll.of_need.get(row.need_id, ""), roll.of_achievement.get(row.achievement_id, "")
        key = (row.need_id, row.achievement_id)
        probability = probabilities.get(key, agenda.asked if row.probability is None else row.probability)
        meeting = Meeting(slot, row.table, *key, enterprise, team, probability, True)
        reason = _refuse(meeting, row, meetings, agenda, roll, candidates, begun, lang)
        if reason:
            origin = row.origin
            content = " | ".join((row.slot, row.table, *key))
            rejected.append(Rejection(origin.file, origin.sheet, origin.row, reason, content))
        else:
            meetings.append(meeting)
    return Locks(tuple(meetings), tuple(rejected))


def _refuse(
    meeting: Meeting,
    row: Placement,
    before: Sequence[Meeting],
    agenda: Agenda,
    roll: Roll,
    candidates: Candidates,
    begun: int,
    lang: str,
) -> str:
    """Return why a meeting cannot be locked, or an empty text."""
    hall = agenda.occasion.hall
    slot, table = meeting.slot, meeting.table
    if not meeting.enterprise:
        return say(lang, "unknown_need", id=meeting.need_id)
    if not meeting.team:
        return say(lang, "unknown_achievement", id=meeting.achievement_id)
    if not slot:
        return say(lang, "lock_unknown_slot", slot=row.slot, count=len(hall.slots))
    if slot <= begun:
        return say(lang, "lock_past", slot=slot)
    if table not in hall.tables:
        return say(lang, "lock_unknown_table", table=table)
    if (slot, table) in hall.closed:
        return say(lang, "lock_closed", table=table, slot=slot)
    parties = [roll.parties[name] for name in (meeting.enterprise, meeting.team)]
    names = [party.name for party in parties]
    if (meeting.enterprise, meeting.team) in candidates.apart:
        return say(lang, "lock_apart", enterprise=names[0], team=names[1])
    for other in before:
        if (other.slot, other.table) == (slot, table):
            return say(lang, "lock_taken", slot=slot, table=table, need=other.need_id, achievement=other.achievement_id)
        if (other.enterprise, other.team) == (meeting.enterprise, meeting.team):
            return say(lang, "lock_twice", enterprise=names[0], team=names[1])
    for party in parties:
        if slot not in party.available:
            return say(lang, "lock_absent", name=party.name, slot=slot)
        mine = {other.slot for other in before if party.id in (other.enterprise, other.team)}
        if slot in mine:
            return say(lang, "lock_busy", name=party.name, slot=slot)
        if len(mine) >= party.most:
            return say(lang, "lock_too_many", name=party.name, most=party.most)
        stretch = next(places for places in find_stretches(hall) if slot - 1 in places)
        run, longest = 0, 0
        for place in stretch:
            run = run + 1 if place + 1 in mine | {slot} else 0
            longest = max(longest, run)
        if longest > party.in_a_row:
            return say(lang, "lock_in_a_row", name=party.name, in_a_row=party.in_a_row)
    return ""
