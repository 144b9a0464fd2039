"""The frozen records of a docking event: hall, parties, candidates, meetings, a timetable, and what came of it.

``event`` decides with them, ``report`` shows them, ``tables`` reads and writes them; nothing here does any of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Role = Literal["enterprise", "team"]
Standing = Literal["must", "wish", "", "veto"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the day in which every table holds at most one meeting.

    Attributes
    ----------
    number : int
        From 1, in the order of the day.
    start, end : datetime.time or None
        None where the organiser counts slots and leaves the clock open.

    Examples
    --------
    >>> print(Slot(1, time(9, 0), time(9, 20)))
    09:00–09:20
    """

    number: int
    start: time | None = None
    end: time | None = None

    def __str__(self) -> str:
        """Return the hours, or the number where there are none."""
        if self.start is None or self.end is None:
            return str(self.number)
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Hall:
    """When and where meetings can be held.

    Attributes
    ----------
    slots : tuple of Slot
        Numbered 1, 2, …
    tables : tuple of str
        Names, in the order in which they stand in the hall: neighbours here are neighbours there.
    closed : frozenset of (int, str)
        Slot and table that cannot be used.
    """

    slots: tuple[Slot, ...]
    tables: tuple[str, ...]
    closed: frozenset[tuple[int, str]] = frozenset()

    def seats(self) -> int:
        """Return how many meetings the hall can hold."""
        return len(self.slots) * len(self.tables) - len(self.closed)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One docking event: its name, day and hall.

    ``id`` marks every judgment that comes of it; ``place`` is for people.
    """

    id: str
    name: str
    day: date
    hall: Hall
    place: str = ""

    def begins(self, slot: int) -> datetime | None:
        """Return day and hour at which a slot begins; None where slots have no hours."""
        start = self.hall.slots[slot - 1].start
        return None if start is None else datetime.combine(self.day, start)

    def ends(self, slot: int) -> datetime | None:
        """Return day and hour at which a slot ends; None where slots have no hours."""
        end = self.hall.slots[slot - 1].end
        return None if end is None else datetime.combine(self.day, end)


@dataclass(frozen=True, slots=True)
class Party:
    """The people who sit on one side of a table: an enterprise, or the team behind an achievement.

    Attributes
    ----------
    id : str
        Unique among all parties of an event.
    role : {"enterprise", "team"}
    name : str
        For people: the enterprise, or the team, or institution and leader.
    organisation : str
        The enterprise or institution; parties of one organisation may be several.
    profiles : tuple of str
        Ids of its needs or achievements.
    available : frozenset of int
        Slots in which it can be there.
    least, most : int
        Meetings that it shall have, and that it will have at the most.
    in_a_row : int
        Meetings without a pause that it will sit through at the most.
    region : str
        Place, for district packs.
    """

    id: str
    role: Role
    name: str
    organisation: str
    profiles: tuple[str, ...]
    available: frozenset[int]
    least: int = 0
    most: int = 8
    in_a_row: int = 8
    region: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A need and an achievement that could be brought to one table.

    Attributes
    ----------
    need_id, achievement_id : str
    enterprise, team : str
        Ids of the parties who would sit there.
    probability : float
        That the meeting is worth its time.
    rank : int
        Place on the need's shortlist; 0 when somebody asked for the pair and no shortlist has it.
    standing : {"must", "wish", "", "veto"}
        What people decided; a veto, or a meeting held before, keeps the two parties apart.
    comment : str
        What they wrote beside it.
    """

    need_id: str
    achievement_id: str
    enterprise: str
    team: str
    probability: float
    rank: int = 0
    standing: Standing = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two parties at one table in one slot, about one need and one achievement.

    ``locked`` meetings stay where they are when the rest is planned again.
    """

    slot: int
    table: str
    need_id: str
    achievement_id: str
    enterprise: str
    team: str
    probability: float
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Unmet:
    """A party, or a pair that somebody asked for, that the timetable does not serve as asked, and why.

    Attributes
    ----------
    party : str
        Id of the party; of a pair that was asked for, the enterprise's.
    need_id, achievement_id : str
        The pair; empty when it is the party as a whole that has too few meetings.
    wanted, got : int
        Meetings.
    reason : str
        Code: ``no_candidates``, ``not_available``, ``hall_full``, ``partners_full``, ``vetoed``, …
    message : str
        The reason in words, and what would help.
    """

    party: str
    need_id: str = ""
    achievement_id: str = ""
    wanted: int = 0
    got: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Who meets whom, when and at which table.

    Attributes
    ----------
    occasion : Occasion
    parties : mapping of str to Party
        By id, in the order to be shown.
    meetings : tuple of Meeting
        By slot, then by the hall's order of tables.
    unmet : tuple of Unmet
    value, bound : float
        What the plan is worth in expected worthwhile meetings, and what no plan can exceed.
    """

    occasion: Occasion
    parties: Mapping[str, Party]
    meetings: tuple[Meeting, ...]
    unmet: tuple[Unmet, ...] = ()
    value: float = 0.0
    bound: float = 0.0

    def of(self, party: str) -> Iterator[Meeting]:
        """Yield the meetings of a party, in the order of the day."""
        return (meeting for meeting in self.meetings if party in (meeting.enterprise, meeting.team))

    @property
    def gap(self) -> float:
        """How far the plan may lie below the best, as a share of what no plan can exceed."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What was noted of one meeting on the day, or reported of it afterwards.

    Attributes
    ----------
    need_id, achievement_id : str
    state : str
        ``held``, ``cut_short``, ``missed`` (somebody did not come), or empty when nobody noted.
    again : bool
        Whether one of the two wishes for a second meeting.
    result : str
        ``second_meeting``, ``sample_sent``, ``contract``, ``failed``, or empty while open.
    amount : float
        Of the contract, in yuan; 0 when unknown.
    obstacle : str
        Coded reason of a failure (堵点).
    comment : str
    again_by : str
        Who wishes for a second meeting: ``enterprise``, ``team``, ``both``, or empty when nobody noted.
    """

    need_id: str
    achievement_id: str
    state: str = ""
    again: bool = False
    result: str = ""
    amount: float = 0.0
    obstacle: str = ""
    comment: str = ""
    again_by: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """How a timetable differs from the one that people hold in their hands.

    Attributes
    ----------
    added, dropped : tuple of Meeting
        Meetings of pairs that only one of the two has; as they stand in the timetable that has them.
    moved : tuple of (Meeting, Meeting)
        Meetings of the same pair, before and after.
    """

    added: tuple[Meeting, ...] = ()
    dropped: tuple[Meeting, ...] = ()
    moved: tuple[tuple[Meeting, Meeting], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was written down: file, sheet, and row (of a table) or line (of a text); 0 where unknown."""

    file: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for about one need and one achievement.

    Attributes
    ----------
    need_id, achievement_id : str
    standing : {"must", "wish", "veto"}
    comment : str
    origin : Origin
    """

    need_id: str
    achievement_id: str
    standing: Standing = "wish"
    comment: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Apart:
    """Two sides that must not sit at one table: a veto, a meeting held before, a conflict of interest.

    Attributes
    ----------
    first, second : str
        Each the id of a need or an achievement, or the name of a party or an organisation.
    comment : str
        Why.
    origin : Origin
    """

    first: str
    second: str
    comment: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Placement:
    """A row of a timetable as it was written: a meeting whose slot, table and ids nobody has looked up yet.

    Attributes
    ----------
    slot, table : str
        A number or an hour; a name.
    need_id, achievement_id : str
    probability : float or None
        None where the row has none.
    locked : bool
    origin : Origin
    """

    slot: str
    table: str
    need_id: str
    achievement_id: str
    probability: float | None = None
    locked: bool = True
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that came to be known on the day, as somebody wrote it down in the hall.

    Attributes
    ----------
    kind : str
        ``cancel``, ``table``, ``walk_in``, ``overrun``, ``must``, ``wish``, ``veto`` or ``lock``.
    who : str
        A party: its name, its organisation, or the id of one of its needs or achievements.
    other : str
        The other side of a request, a veto or a meeting.
    table : str
        A table that cannot be used.
    start, end : str
        From when until when, as hours or slots; empty for now, and for the end of the day.
    limit : int or None
        Meetings at the most, of somebody who walked in.
    comment : str
    origin : Origin
    """

    kind: str
    who: str = ""
    other: str = ""
    table: str = ""
    start: str = ""
    end: str = ""
    limit: int | None = None
    comment: str = ""
    origin: Origin = Origin()
