"""What the book, the workbook and the calendars of a docking event show, checked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matchmaker.docking import Candidate, Changes, Meeting, Party, Slot, Timetable
from matchmaker.errors import RecordError, UnknownIdError
from matchmaker.languages import check_language
from matchmaker.records import Match, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class BookContent:
    """Everything that is shown and printed of a docking event.

    Attributes
    ----------
    timetable : Timetable
    needs, achievements : mapping of str to Profile
        By id; at least those that meetings and candidates name.
    matches : mapping of (str, str) to Match
        By need and achievement: why they meet. A pair that was only asked for may lack one.
    questions : mapping of str to tuple of str
        What to ask, by need.
    candidates : sequence of Candidate
        Pairs to be decided on; they fill the sheet of decisions.
    changes : Changes, optional
        How the timetable differs from the one that people hold; None for a first version.
    title : str
        Heading of the book.
    made_on : datetime.date
        Stands on the book and in the files, so that the same content gives the same bytes.
    lang : {"zh", "en"}

    Raises
    ------
    SettingError
        If ``lang`` is not known.
    UnknownIdError
        If a meeting, a candidate or an unmet wish names a party, need or achievement that is not there.
    RecordError
        If a slot or table is not in the hall, a table holds two meetings at once, a party sits at two tables at once,
        a pair occurs twice, or a probability lies outside 0–1.

    Examples
    --------
    >>> from matchmaker.docking import Hall, Occasion
    >>> day = Occasion("DL-1", "对接会", date(2026, 11, 20), Hall((Slot(1),), ("1",)))
    >>> content = BookContent(timetable=Timetable(day, {}, ()), title="对接手册", made_on=date(2026, 11, 9), lang="zh")
    >>> content.count_meetings("nobody")
    0
    """

    timetable: Timetable
    needs: Mapping[str, Profile] = field(default_factory=dict)
    achievements: Mapping[str, Profile] = field(default_factory=dict)
    matches: Mapping[tuple[str, str], Match] = field(default_factory=dict)
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    candidates: Sequence[Candidate] = ()
    changes: Changes | None = None
    title: str
    made_on: date
    lang: str

    def __post_init__(self) -> None:
        """Check that ids meet and that the grid has one place for every meeting."""
        check_language(self.lang)
        for id, party in self.parties.items():
            if id != party.id:
                raise RecordError(f"party {party.id!r} stands under the id {id!r}; both must be the same")
        for meeting in self.timetable.meetings:
            self._check_pair("a meeting", meeting)
            self._check_seat(meeting)
        meetings = self.timetable.meetings
        _refuse_twice(((m.slot, m.table) for m in meetings), "slot {} and table {!r} hold {} meetings")
        _refuse_twice(
            ((m.slot, party) for m in meetings for party in (m.enterprise, m.team)),
            "in slot {} party {!r} sits at {} tables",
        )
        _refuse_twice(((m.need_id, m.achievement_id) for m in meetings), "need {!r} and achievement {!r} meet {} times")
        for candidate in self.candidates:
            self._check_pair("a candidate", candidate)
        _refuse_twice(
            ((c.need_id, c.achievement_id) for c in self.candidates),
            "need {!r} and achievement {!r} are {} candidates",
        )
        for unmet in self.timetable.unmet:
            if unmet.party not in self.parties:
                raise UnknownIdError(f"the unmet list names party {unmet.party!r}, which is not in the timetable")

    @property
    def parties(self) -> Mapping[str, Party]:
        """The parties by id, in the order to be shown."""
        return self.timetable.parties

    def slot(self, number: int) -> Slot:
        """Return a slot of the hall; one without hours where an earlier hall had more slots than this one."""
        slots = self.timetable.occasion.hall.slots
        return slots[number - 1] if 0 < number <= len(slots) else Slot(number)

    def name_party(self, id: str) -> str:
        """Return a party's name, or its id where it left the timetable."""
        return self.parties[id].name if id in self.parties else id

    def title_need(self, id: str) -> str:
        """Return a need's title, or its id where there is none."""
        return (self.needs[id].title if id in self.needs else "") or id

    def title_achievement(self, id: str) -> str:
        """Return an achievement's title, or its id where there is none."""
        return (self.achievements[id].title if id in self.achievements else "") or id

    def count_meetings(self, party: str) -> int:
        """Return how many meetings a party has."""
        return sum(1 for _ in self.timetable.of(party))

    def came_from(self, meeting: Meeting) -> Meeting | None:
        """Return where a meeting stood in the last version; itself when it is new, None when nothing changed."""
        for before, after in self.changes.moved if self.changes else ():
            if _pair(after) == _pair(meeting):
                return before
        added = self.changes.added if self.changes else ()
        return meeting if any(_pair(one) == _pair(meeting) for one in added) else None

    def _check_pair(self, what: str, pair: Meeting | Candidate) -> None:
        said = f"{what} of need {pair.need_id!r} and achievement {pair.achievement_id!r}"
        if pair.need_id not in self.needs:
            raise UnknownIdError(f"{said}: the need is not among the needs given to the book")
        if pair.achievement_id not in self.achievements:
            raise UnknownIdError(f"{said}: the achievement is not among the achievements given to the book")
        for id, role in ((pair.enterprise, "enterprise"), (pair.team, "team")):
            if id not in self.parties:
                raise UnknownIdError(f"{said}: party {id!r} is not in the timetable")
            if self.parties[id].role != role:
                raise RecordError(f"{said}: party {id!r} sits there as {role} but is {self.parties[id].role}")
        if not 0.0 <= pair.probability <= 1.0:
            raise RecordError(f"{said}: probability is {pair.probability}; it must lie in 0–1")

    def _check_seat(self, meeting: Meeting) -> None:
        hall = self.timetable.occasion.hall
        said = f"the meeting of need {meeting.need_id!r} and achievement {meeting.achievement_id!r}"
        if not 0 < meeting.slot <= len(hall.slots):
            raise RecordError(f"{said} is in slot {meeting.slot}; the hall has slots 1 to {len(hall.slots)}")
        if meeting.table not in hall.tables:
            raise RecordError(f"{said} is at table {meeting.table!r}; the hall has {', '.join(hall.tables)}")


def _pair(meeting: Meeting) -> tuple[str, str]:
    return meeting.need_id, meeting.achievement_id


def _refuse_twice(keys: Iterable[tuple[object, object]], said: str) -> None:
    for (first, second), count in Counter(keys).items():
        if count > 1:
            raise RecordError(said.format(first, second, count) + "; a timetable must not")
