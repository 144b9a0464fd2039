"""Calendar files: an iCalendar file for each party, with its meetings of the day."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from matchmaker.docking import Meeting, Party
from matchmaker.files import name_files
from matchmaker.report.book_content import BookContent
from matchmaker.report.event_wording import name_table, words_for_event
from matchmaker.report.files import write_whole

if TYPE_CHECKING:
    from icalendar import Event

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendar files that were written, by the party's id, and what they leave out, in words."""

    files: Mapping[str, Path]
    notices: tuple[str, ...] = ()


def write_calendars(content: BookContent, folder: str | os.PathLike[str]) -> Calendars:
    """Write an iCalendar file for every party that has a meeting with hours.

    A meeting keeps its identity from version to version, so that a calendar which reads the next version moves it, and
    one that was cancelled since the last version says so. The same content gives the same bytes.

    Parameters
    ----------
    content : BookContent
        What to write; ``made_on`` becomes the stamp of every entry.
    folder : str or path-like
        Where the ``.ics`` files go, each named after its party; made when missing. Other files there stay.

    Returns
    -------
    Calendars
        The files by party, and notices: meetings in slots without hours are in no file.

    Raises
    ------
    MatchmakerError
        If a file cannot be replaced.

    Examples
    --------
    >>> from datetime import date
    >>> from matchmaker.docking import Hall, Occasion, Slot, Timetable
    >>> from matchmaker.records import Profile
    >>> sides = {
    ...     "E": Party("E", "enterprise", "朔翼动力", "朔翼动力", ("N-1",), frozenset({1})),
    ...     "T": Party("T", "team", "电解液团队", "北海大学", ("A-1",), frozenset({1})),
    ... }
    >>> occasion = Occasion("DL-1", "对接会", date(2026, 11, 20), Hall((Slot(1),), ("1",)))
    >>> content = BookContent(
    ...     timetable=Timetable(occasion, sides, (Meeting(1, "1", "N-1", "A-1", "E", "T", 0.8),)),
    ...     needs={"N-1": Profile("N-1", "need", "低温电解液")},
    ...     achievements={"A-1": Profile("A-1", "achievement", "宽温域电解液")},
    ...     title="对接手册",
    ...     made_on=date(2026, 11, 9),
    ...     lang="en",
    ... )
    >>> for notice in write_calendars(content, "calendars").notices:
    ...     print(notice)
    Calendars: slots 1 have no hours, so their 1 meetings are in no calendar file.
    Calendars: no slot has hours, so no calendar file was written.
    """
    target, words = Path(folder), words_for_event("calendar", content.lang)
    timed: dict[str, list[tuple[Meeting, bool]]] = {}
    untimed: list[Meeting] = []
    for meeting in content.timetable.meetings:
        if content.timetable.occasion.begins(meeting.slot) is None:
            untimed.append(meeting)
            continue
        for id in (meeting.enterprise, meeting.team):
            timed.setdefault(id, []).append((meeting, True))
    for meeting in content.changes.dropped if content.changes else ():
        slot = content.slot(meeting.slot)
        if slot.start and slot.end:
            for id in {meeting.enterprise, meeting.team} & content.parties.keys():
                timed.setdefault(id, []).append((meeting, False))
    parties = [party for party in content.parties.values() if party.id in timed]
    names = name_files(party.name or party.id for party in parties)
    files = {}
    for party, name in zip(parties, names, strict=True):
        data = _write_calendar(content, party, timed[party.id], words)
        files[party.id] = write_whole(target / f"{name}.ics", data)
    if not untimed:
        return Calendars(files)
    slots = words["comma"].join(map(str, sorted({meeting.slot for meeting in untimed})))
    notices = [words["no_hours"].format(slots=slots, n=len(untimed))]
    if not files:
        notices.append(words["nobody"])
    return Calendars(files, tuple(notices))


def _write_calendar(
    content: BookContent, party: Party, meetings: Iterable[tuple[Meeting, bool]], words: Mapping[str, str]
) -> bytes:
    from icalendar import Calendar, Timezone

    calendar = Calendar()
    calendar.add("prodid", "-//matchmaker//docking event//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", content.title)
    calendar.add("x-wr-timezone", ZONE)
    # Written out, because office calendars ignore zones that they only know by name.
    calendar.add_component(Timezone.from_ical(_SHANGHAI))
    for meeting, held in meetings:
        calendar.add_component(_describe_meeting(content, party, meeting, held, words))
    return bytes(calendar.to_ical())


def _describe_meeting(
    content: BookContent, party: Party, meeting: Meeting, held: bool, words: Mapping[str, str]
) -> Event:
    from icalendar import Event

    occasion, slot = content.timetable.occasion, content.slot(meeting.slot)
    partner = content.name_party(meeting.team if party.role == "enterprise" else meeting.enterprise)
    subject = [
        words["subject"].format(name=words["need"], title=content.title_need(meeting.need_id)),
        words["subject"].format(name=words["achievement"], title=content.title_achievement(meeting.achievement_id)),
    ]
    match = content.matches.get((meeting.need_id, meeting.achievement_id))
    if match and match.evidence.reasons:
        reasons = words["between"].join(match.evidence.reasons)
        subject.append(words["subject"].format(name=words["reasons"], title=reasons))
    event = Event()
    event.add("uid", _name_meeting(occasion.id, meeting, party))
    event.add("dtstamp", datetime.combine(content.made_on, time(), UTC))
    for name, hour in (("dtstart", slot.start), ("dtend", slot.end)):
        if hour is not None:
            event.add(name, datetime.combine(occasion.day, hour, ZoneInfo(ZONE)))
    event.add("summary", _clean(words["summary"].format(partner=partner)))
    event.add("location", _clean(" ".join(filter(None, (occasion.place, name_table(meeting.table, words))))))
    event.add("description", _clean("\n".join([partner, *subject])))
    event.add("status", "CONFIRMED" if held else "CANCELLED")
    return event


def _name_meeting(event_id: str, meeting: Meeting, party: Party) -> str:
    """Return an identity that is the same in every version, and different for the two sides of a table."""
    import hashlib
    import json

    what = json.dumps([event_id, meeting.need_id, meeting.achievement_id, party.id]).encode()
    return f"{hashlib.sha256(what).hexdigest()[:32]}@matchmaker"


def _clean(text: str) -> str:
    """Return a text without control characters, which would break a calendar's lines."""
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs"))


# China has kept one time since 1991.
_SHANGHAI = """BEGIN:VTIMEZONE
TZID:Asia/Shanghai
BEGIN:STANDARD
DTSTART:19910915T000000
TZNAME:CST
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n")
