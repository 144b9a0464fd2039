"""An independent look at a finished timetable, and whether it keeps every rule.

Nothing here is shared with the planner; rules are read from the records alone and counted in the plainest way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from matchmaker.docking import Candidate, Hall, Meeting, Party, Timetable
from matchmaker.event.wording import say


def check_timetable(
    timetable: Timetable,
    *,
    candidates: Iterable[Candidate] | None = None,
    apart: Collection[tuple[str, str]] = (),
    locks: Sequence[Meeting] = (),
    lang: str = "zh",
) -> list[str]:
    """Return every rule that a timetable breaks, in words; an empty list if it keeps them all.

    Parameters
    ----------
    timetable : Timetable
    candidates : iterable of Candidate, optional
        Pairs that may meet; a locked meeting need not be among them. Those that must and do not have to be among what
        is unmet.
    apart : collection of (str, str)
        Enterprises and teams that must not sit at one table.
    locks : sequence of Meeting
        Meetings that have to be where they are.
    lang : {"zh", "en"}

    Returns
    -------
    list of str
    """
    hall, parties = timetable.occasion.hall, timetable.parties
    rows = None if candidates is None else list(candidates)
    found = [
        *_check_places(timetable.meetings, hall, lang),
        *_check_people(timetable.meetings, parties, apart, lang),
        *_check_parties(timetable, hall, lang),
    ]
    fixed = {_place(lock) for lock in locks}
    standing = {_place(meeting) for meeting in timetable.meetings}
    found += [say(lang, "v_lock_lost", meeting=_name(lock)) for lock in locks if _place(lock) not in standing]
    if rows is not None:
        allowed = {(row.need_id, row.achievement_id) for row in rows if row.standing != "veto"}
        found += [
            say(lang, "v_not_candidate", meeting=_name(meeting))
            for meeting in timetable.meetings
            if (meeting.need_id, meeting.achievement_id) not in allowed and _place(meeting) not in fixed
        ]
        found += _check_silence(timetable, rows, lang)
    return found


def _name(meeting: Meeting) -> str:
    return f"{meeting.slot}/{meeting.table} {meeting.need_id}–{meeting.achievement_id}"


def _place(meeting: Meeting) -> tuple[int, str, str, str]:
    return meeting.slot, meeting.table, meeting.need_id, meeting.achievement_id


def _check_places(meetings: Sequence[Meeting], hall: Hall, lang: str) -> Iterator[str]:
    """Slots and tables exist, are open, and hold one meeting."""
    numbers = [slot.number for slot in hall.slots]
    for meeting in meetings:
        if meeting.slot not in numbers:
            yield say(lang, "v_unknown_slot", meeting=_name(meeting))
        if meeting.table not in hall.tables:
            yield say(lang, "v_unknown_table", meeting=_name(meeting))
        if (meeting.slot, meeting.table) in hall.closed:
            yield say(lang, "v_closed", meeting=_name(meeting))
    for (slot, table), count in sorted(Counter((meeting.slot, meeting.table) for meeting in meetings).items()):
        if count > 1:
            yield say(lang, "v_table_twice", slot=slot, table=table, count=count)


def _check_people(
    meetings: Sequence[Meeting], parties: Mapping[str, Party], apart: Collection[tuple[str, str]], lang: str
) -> Iterator[str]:
    """Both sides exist, own what they talk about, may meet, and meet once."""
    for meeting in meetings:
        for side, role, subject in (
            (meeting.enterprise, "enterprise", meeting.need_id),
            (meeting.team, "team", meeting.achievement_id),
        ):
            if side not in parties or parties[side].role != role:
                yield say(lang, "v_unknown_party", meeting=_name(meeting), party=side)
            elif subject not in parties[side].profiles:
                yield say(lang, "v_wrong_party", meeting=_name(meeting))
    times = Counter((meeting.enterprise, meeting.team) for meeting in meetings)
    for (first, second), count in sorted(times.items()):
        names = {"first": _called(parties, first), "second": _called(parties, second)}
        if count > 1:
            yield say(lang, "v_twice", count=count, **names)
        if (first, second) in apart:
            yield say(lang, "v_apart", **names)


def _called(parties: Mapping[str, Party], name: str) -> str:
    return parties[name].name if name in parties else name


def _check_parties(timetable: Timetable, hall: Hall, lang: str) -> Iterator[str]:
    """Nobody is in two places, absent, asked too often, or kept sitting too long."""
    follows = _find_neighbours(hall)
    for party in timetable.parties.values():
        slots = Counter(meeting.slot for meeting in timetable.of(party.id))
        for slot, count in sorted(slots.items()):
            if count > 1:
                yield say(lang, "v_two_places", name=party.name, slot=slot, count=count)
            if slot not in party.available:
                yield say(lang, "v_absent", name=party.name, slot=slot)
        if sum(slots.values()) > party.most:
            yield say(lang, "v_most", name=party.name, count=sum(slots.values()), most=party.most)
        for slot in sorted(slots):
            if slot - 1 in slots and slot in follows:
                continue  # not where a row begins
            length = 1
            while slot + length in slots and slot + length in follows:
                length += 1
            if length > party.in_a_row:
                yield say(lang, "v_in_a_row", name=party.name, slot=slot, count=length, in_a_row=party.in_a_row)


def _find_neighbours(hall: Hall) -> set[int]:
    """Return the slots that follow the one before them without a break longer than the day's usual pause."""
    pauses: dict[int, float] = {}
    for before, after in zip(hall.slots[:-1], hall.slots[1:], strict=True):
        pause = 0.0
        if before.end is not None and after.start is not None:
            pause = (after.start.hour - before.end.hour) * 60.0 + (after.start.minute - before.end.minute)
        pauses[after.number] = pause
    shortest = min(pauses.values(), default=0.0)
    return {number for number, pause in pauses.items() if pause <= shortest}


def _check_silence(timetable: Timetable, rows: Sequence[Candidate], lang: str) -> Iterator[str]:
    """Whatever was promised and is missing is listed as unmet."""
    pairs = {(meeting.enterprise, meeting.team) for meeting in timetable.meetings}
    told = {(unmet.need_id, unmet.achievement_id) for unmet in timetable.unmet}
    for row in rows:
        if row.standing == "must" and (row.enterprise, row.team) not in pairs:
            if (row.need_id, row.achievement_id) not in told:
                yield say(lang, "v_silent_must", meeting=f"{row.need_id}–{row.achievement_id}")
    short = {unmet.party for unmet in timetable.unmet if not unmet.need_id}
    for party in timetable.parties.values():
        count = sum(1 for _ in timetable.of(party.id))
        if count < party.least and party.id not in short:
            yield say(lang, "v_silent_least", name=party.name, count=count, least=party.least)
