"""What the hall looks like once changes came in: who is gone, which tables are lost, who is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from matchmaker.docking import Apart, Change, Hall, Meeting, Placement, Request, Role
from matchmaker.errors import SettingError
from matchmaker.event.agenda import Agenda
from matchmaker.event.hours import parse_hour, read_slot, slots_between
from matchmaker.event.parties import Roll
from matchmaker.event.wording import say
from matchmaker.languages import check_language
from matchmaker.records import Profile, Rejection

KINDS = ("cancel", "table", "walk_in", "overrun", "must", "wish", "veto", "lock")
WALK_IN = "+"
"""Before the name of somebody who walked in and stands in no register: the id of what they come for."""


def count_begun(hall: Hall, now: str, *, lang: str = "zh") -> int:
    """Return how many slots have begun, by the clock or by the number of the slot that is running.

    Examples
    --------
    >>> from datetime import time
    >>> from matchmaker.docking import Slot
    >>> hall = Hall((Slot(1, time(9), time(9, 20)), Slot(2, time(9, 20), time(9, 40))), ("1",))
    >>> count_begun(hall, "9:20"), count_begun(hall, "8:00"), count_begun(hall, "1")
    (2, 0, 1)
    """
    check_language(lang)
    hour = parse_hour(now)
    if hour is not None and hall.slots[0].start is not None:
        return sum(1 for slot in hall.slots if slot.start is not None and slot.start <= hour)
    if now.strip() == "0":
        return 0
    if hour is None and (slot := read_slot(now, hall)):
        return slot
    raise SettingError(say(lang, "bad_now", found=now, count=len(hall.slots)))


@dataclass(slots=True)
class Situation:
    """What changes come to.

    Attributes
    ----------
    begun : int
        Slots up to this one have begun; nothing there can change.
    gone : dict of str to set of int
        Slots in which a party is not there after all.
    closed : set of (int, str)
        Slots and tables that were lost.
    requests : list of Request
        New must-meets and wishes.
    vetoes : list of Apart
    locked : set of (str, str)
        Enterprises and teams whose meeting stays where it is.
    limits : dict of str to int
        Meetings at the most, of parties who walked in.
    affected : set of str
        Parties who may get meetings that they did not have.
    called_off : set of str
        Parties who cancelled.
    rejected : list of Rejection
    """

    begun: int
    gone: dict[str, set[int]] = field(default_factory=dict)
    closed: set[tuple[int, str]] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    vetoes: list[Apart] = field(default_factory=list)
    locked: set[tuple[str, str]] = field(default_factory=set)
    limits: dict[str, int] = field(default_factory=dict)
    affected: set[str] = field(default_factory=set)
    called_off: set[str] = field(default_factory=set)
    rejected: list[Rejection] = field(default_factory=list)


def add_strangers(
    roll: Roll, needs: Sequence[Profile], achievements: Sequence[Profile], changes: Iterable[Change]
) -> tuple[tuple[Profile, ...], tuple[Profile, ...]]:
    """Return both registers with a row for everybody who walked in and stands in neither.

    Somebody who asks for a team is an enterprise, and the other way round; the comment is what they come for.
    """
    new: dict[Role, dict[str, Profile]] = {"enterprise": {}, "team": {}}
    for change in changes:
        if change.kind != "walk_in" or roll.find(change.who):
            continue
        partners = roll.find(change.other) if change.other else ()
        if not partners:
            continue
        role: Role = "enterprise" if roll.parties[partners[0]].role == "team" else "team"
        new[role][change.who] = Profile(
            WALK_IN + change.who,
            "need" if role == "enterprise" else "achievement",
            change.comment or change.who,
            organisation=change.who,
            extra={} if role == "enterprise" else {"team": change.who},
        )
    return (*needs, *new["enterprise"].values()), (*achievements, *new["team"].values())


def read_situation(
    agenda: Agenda,
    roll: Roll,
    meetings: Sequence[Meeting],
    matches: Mapping[tuple[str, str], float],
    changes: Iterable[Change],
    *,
    begun: int,
    lang: str = "zh",
) -> Situation:
    """Find out what changes mean; one that means nothing is set aside with its reason.

    Parameters
    ----------
    agenda : Agenda
    roll : Roll
        Those who walked in included.
    meetings : sequence of Meeting
        The timetable in force.
    matches : mapping of (str, str) to float
        Probability by ids of need and achievement, to know what two parties would talk about.
    changes : iterable of Change
    begun : int
        See `count_begun`.
    lang : {"zh", "en"}
    """
    situation = Situation(begun)
    reader = _Reader(agenda.occasion.hall, roll, meetings, matches, situation, lang)
    for change in changes:
        if change.kind in KINDS:
            reason = getattr(reader, change.kind)(change)
        else:
            reason = say(lang, "change_unknown_kind", found=change.kind, known=", ".join(KINDS))
        if reason:
            origin = change.origin
            content = " | ".join(filter(None, (change.kind, change.who, change.other, change.table)))
            situation.rejected.append(Rejection(origin.file, origin.sheet, origin.row, reason, content))
    return situation


class _Reader:
    """Reads one change after another; each method returns why it could not, or an empty text."""

    def __init__(
        self,
        hall: Hall,
        roll: Roll,
        meetings: Sequence[Meeting],
        matches: Mapping[tuple[str, str], float],
        situation: Situation,
        lang: str,
    ) -> None:
        self.hall = hall
        self.roll = roll
        self.meetings = meetings
        self.matches = matches
        self.found = situation
        self.lang = lang

    def cancel(self, change: Change) -> str:
        who = self.roll.find(change.who)
        slots, reason = self._span(change)
        if not who:
            return say(self.lang, "change_unknown_who", name=change.who)
        for name in who if not reason else ():
            self.found.gone.setdefault(name, set()).update(slots)
            self.found.called_off.add(name)
        return reason

    def table(self, change: Change) -> str:
        if change.table not in self.hall.tables:
            return say(self.lang, "lock_unknown_table", table=change.table)
        slots, reason = self._span(change)
        self.found.closed.update((slot, change.table) for slot in slots)
        return reason

    def walk_in(self, change: Change) -> str:
        who = self.roll.find(change.who)
        if not who:
            key = "walk_in_alone" if not change.other else "change_unknown_who"
            return say(self.lang, key, name=change.other or change.who)
        if change.start or change.end:
            slots, reason = self._span(change)
            if reason:
                return reason
            for name in who:
                everywhere = {slot.number for slot in self.hall.slots if slot.number > self.found.begun}
                self.found.gone.setdefault(name, set()).update(everywhere - set(slots))
        for name in who:
            self.found.affected.add(name)
            if change.limit is not None:
                self.found.limits[name] = change.limit
        return self._ask(change, "wish") if change.other else ""

    def overrun(self, change: Change) -> str:
        who = set(self.roll.find(change.who))
        with_whom = set(self.roll.find(change.other)) if change.other else None
        if not who:
            return say(self.lang, "change_unknown_who", name=change.who)
        since = read_slot(change.start, self.hall) if change.start else self.found.begun
        late = [
            meeting
            for meeting in self.meetings
            if meeting.slot <= max(since, self.found.begun)
            and who & {meeting.enterprise, meeting.team}
            and (with_whom is None or with_whom & {meeting.enterprise, meeting.team})
        ]
        if not late:
            return say(self.lang, "change_no_meeting", name=change.who)
        meeting = max(late, key=lambda meeting: meeting.slot)
        last, reason = self._until(change.end)
        if reason:
            return reason
        for slot in range(max(meeting.slot, self.found.begun) + 1, last + 1):
            self.found.closed.add((slot, meeting.table))
            for name in (meeting.enterprise, meeting.team):
                self.found.gone.setdefault(name, set()).add(slot)
        return ""

    def must(self, change: Change) -> str:
        return self._ask(change, "must")

    def wish(self, change: Change) -> str:
        return self._ask(change, "wish")

    def veto(self, change: Change) -> str:
        pairs = self._pairs(change)
        if not pairs:
            return say(self.lang, "change_not_pair", first=change.who, second=change.other)
        for need, achievement in pairs:
            self.found.vetoes.append(Apart(need, achievement, change.comment, change.origin))
        return ""

    def lock(self, change: Change) -> str:
        pairs = {(self.roll.of_need[need], self.roll.of_achievement[other]) for need, other in self._pairs(change)}
        planned = pairs & {(meeting.enterprise, meeting.team) for meeting in self.meetings}
        self.found.locked |= planned
        return "" if planned else say(self.lang, "change_not_pair", first=change.who, second=change.other)

    def _ask(self, change: Change, standing: str) -> str:
        pairs = self._pairs(change)
        if not pairs:
            return say(self.lang, "change_not_pair", first=change.who, second=change.other)
        best = max(pairs, key=lambda pair: (self.matches.get(pair, -1.0), pair))
        self.found.requests.append(
            Request(*best, "must" if standing == "must" else "wish", change.comment, change.origin)
        )
        self.found.affected |= {self.roll.of_need[best[0]], self.roll.of_achievement[best[1]]}
        return ""

    def _pairs(self, change: Change) -> list[tuple[str, str]]:
        """Return what the two sides of a change could talk about."""
        return [
            (need, achievement)
            for one, other in ((change.who, change.other), (change.other, change.who))
            for need in self._profiles(one, "enterprise")
            for achievement in self._profiles(other, "team")
        ]

    def _profiles(self, name: str, role: Role) -> Iterator[str]:
        owners = self.roll.of_need if role == "enterprise" else self.roll.of_achievement
        if name in owners:
            yield name
            return
        for party in self.roll.find(name, role):
            yield from self.roll.parties[party].profiles

    def _span(self, change: Change) -> tuple[list[int], str]:
        """Return the slots that have not begun and lie in, or touch, the span of a change."""
        begun, count = self.found.begun, len(self.hall.slots)
        first, last = begun + 1, count
        if change.start:
            hour = parse_hour(change.start)
            if hour is not None and self.hall.slots[0].start is not None:
                touched = slots_between(self.hall.slots, hour, hour.max, inside=False)
                first = touched[0] if touched else count + 1
            else:
                first = read_slot(change.start, self.hall)
                if not first:
                    return [], say(self.lang, "change_unknown_slot", found=change.start)
        if change.end:
            last, reason = self._until(change.end)
            if reason:
                return [], reason
        if change.start and change.end and first > last:
            return [], say(self.lang, "change_no_slots", start=change.start, end=change.end)
        return [slot for slot in range(first, last + 1) if slot > begun], ""

    def _until(self, text: str) -> tuple[int, str]:
        """Return the last slot that a time reaches into."""
        hour = parse_hour(text)
        if hour is not None and self.hall.slots[0].start is not None:
            return sum(1 for slot in self.hall.slots if slot.start is not None and slot.start < hour), ""
        last = read_slot(text, self.hall)
        return last, "" if last else say(self.lang, "change_unknown_slot", found=text)


def change_roll(roll: Roll, situation: Situation, kept: Iterable[Meeting]) -> Roll:
    """Return the parties as they are now; where they met already, they were there."""
    were = {(name, meeting.slot) for meeting in kept for name in (meeting.enterprise, meeting.team)}
    parties = {}
    for name, party in roll.parties.items():
        there = party.available - situation.gone.get(name, set())
        there |= {slot for other, slot in were if other == name and slot <= situation.begun}
        most = situation.limits.get(name, party.most)
        parties[name] = replace(party, available=frozenset(there), most=most, least=min(party.least, most))
    return replace(roll, parties=parties)


def look_up(roll: Roll, hall: Hall, rows: Iterable[Placement], lang: str) -> tuple[list[Meeting], list[Rejection]]:
    """Return the meetings of a timetable that was read back, and the rows that name nothing known."""
    meetings: list[Meeting] = []
    rejected: list[Rejection] = []
    seats: dict[tuple[int, str], Meeting] = {}  # by slot and table
    busy: set[tuple[int, str]] = set()  # slot and party
    for row in rows:
        slot = read_slot(row.slot, hall)
        enterprise, team = roll.of_need.get(row.need_id, ""), roll.of_achievement.get(row.achievement_id, "")
        reason = ""
        if not enterprise:
            reason = say(lang, "unknown_need", id=row.need_id)
        elif not team:
            reason = say(lang, "unknown_achievement", id=row.achievement_id)
        elif not slot:
            reason = say(lang, "lock_unknown_slot", slot=row.slot, count=len(hall.slots))
        elif row.table not in hall.tables:
            reason = say(lang, "lock_unknown_table", table=row.table)
        elif taken := seats.get((slot, row.table)):
            ids = {"need": taken.need_id, "achievement": taken.achievement_id}
            reason = say(lang, "plan_table_taken", slot=slot, table=row.table, **ids)
        elif twice := next((name for name in (enterprise, team) if (slot, name) in busy), ""):
            reason = say(lang, "plan_busy", name=roll.parties[twice].name, slot=slot)
        if reason:
            reason = say(lang, "plan_row_unknown", detail=reason)
            content = " | ".join((row.slot, row.table, row.need_id, row.achievement_id))
            rejected.append(Rejection(row.origin.file, row.origin.sheet, row.origin.row, reason, content))
            continue
        probability = row.probability or 0.0
        meeting = Meeting(slot, row.table, row.need_id, row.achievement_id, enterprise, team, probability, row.locked)
        meetings.append(meeting)
        seats[slot, row.table] = meeting
        busy |= {(slot, enterprise), (slot, team)}
    return meetings, rejected
