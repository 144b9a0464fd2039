"""The book of an event (对接手册): one file for screen, tablet and print, that asks nothing of any host."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from matchmaker.docking import Meeting, Party, Unmet
from matchmaker.marking import MARKS_FORMAT, STATES
from matchmaker.records import Profile
from matchmaker.report.book_content import BookContent
from matchmaker.report.document import describe_profile, encode_document, render_document
from matchmaker.report.event_wording import name_day, name_slot, name_table, words_for_event
from matchmaker.report.files import write_whole
from matchmaker.report.highlighting import mark_profile, number_terms

_STYLES = ("base.css", "book.css")
_SCRIPTS = ("elements.js", "book_marks.js", "book_party.js", "book_paper.js", "book.js")  # one module, in this order


def write_book(content: BookContent, path: str | os.PathLike[str]) -> Path:
    """Write the book as one self-contained HTML page.

    It shows the day's grid, a page for each enterprise and each team, who could not be served, and what changed. On
    the day it keeps marks in the browser's own storage and exports them as a file. The same content gives the same
    bytes.

    Parameters
    ----------
    content : BookContent
        What to show.
    path : str or path-like
        Where the ``.html`` file goes; it is written whole or not at all.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced.

    Examples
    --------
    >>> import tempfile
    >>> from datetime import date
    >>> from matchmaker.docking import Hall, Occasion, Slot, Timetable
    >>> occasion = Occasion("DL-1", "对接会", date(2026, 11, 20), Hall((Slot(1),), ("1", "2")))
    >>> content = BookContent(
    ...     timetable=Timetable(occasion, {}, ()), title="对接手册", made_on=date(2026, 11, 9), lang="zh"
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_book(content, Path(folder) / "book.html").read_text(encoding="utf-8")[:15]
    '<!DOCTYPE html>'
    """
    return write_whole(path, encode_document(render_book(content)))


def render_book(content: BookContent) -> str:
    """Return the book as HTML text."""
    words = words_for_event("book", content.lang)
    occasion = content.timetable.occasion
    return render_document(
        "book.html.jinja",
        _STYLES,
        _SCRIPTS,
        collect_book(content),
        lang=content.lang,
        words=words,
        title=content.title,
        made_on=content.made_on.isoformat(),
        day=name_day(occasion.day, words),
        place=occasion.place,
    )


def collect_book(content: BookContent) -> dict[str, object]:
    """Return what the script draws, as plain JSON values; every profile that has a meeting occurs once.

    Slots, tables, parties, needs and achievements are numbered in the order given, and meetings name them by number.
    """
    words = words_for_event("book", content.lang)
    occasion, hall = content.timetable.occasion, content.timetable.occasion.hall
    needs = _number(meeting.need_id for meeting in content.timetable.meetings)
    achievements = _number(meeting.achievement_id for meeting in content.timetable.meetings)
    rows = {"parties": _number(content.parties), "needs": needs, "achievements": achievements}
    tables = _number(hall.tables)
    return {
        "words": words,
        "title": content.title,
        "made_on": content.made_on.isoformat(),
        "event_id": occasion.id,
        "event": occasion.name,
        "day": name_day(occasion.day, words),
        "date": occasion.day.isoformat(),
        "place": occasion.place,
        "slots": [name_slot(slot, words) for slot in hall.slots],
        "ends": [f"{slot.end:%H:%M}" if slot.end else "" for slot in hall.slots],
        "tables": [name_table(table, words) for table in hall.tables],
        "closed": sorted([slot - 1, tables[table]] for slot, table in hall.closed if table in tables),
        "parties": _describe_parties(content),
        "needs": [_describe(content.needs[id], content.questions.get(id, ())) for id in needs],
        "achievements": [_describe(content.achievements[id]) for id in achievements],
        "meetings": [
            {
                "slot": meeting.slot - 1,
                "table": tables[meeting.table],
                **_describe_meeting(content, meeting, rows, words),
            }
            for meeting in content.timetable.meetings
        ],
        "unmet": [_describe_unmet(content, unmet, rows["parties"], words) for unmet in content.timetable.unmet],
        "dropped": [
            {**_name_pair(content, meeting, rows["parties"]), "was": _name_seat(content, meeting, words)}
            for meeting in (content.changes.dropped if content.changes else ())
        ],
        "versioned": content.changes is not None,
        "format": MARKS_FORMAT,
        "states": [[word.code, word.name(content.lang)] for word in STATES],
    }


def _number(names: Iterable[str]) -> dict[str, int]:
    return {name: row for row, name in enumerate(dict.fromkeys(names))}


def _describe_parties(content: BookContent) -> list[dict[str, object]]:
    counts = {"enterprise": 0, "team": 0}
    described: list[dict[str, object]] = []
    for party in content.parties.values():
        counts[party.role] += 1
        described.append({**_describe_party(content, party), "number": counts[party.role]})
    return described


def _describe_party(content: BookContent, party: Party) -> dict[str, object]:
    register = content.needs if party.role == "enterprise" else content.achievements
    titles = [register[id].title for id in party.profiles if id in register]
    described = {
        "id": party.id,
        "role": party.role,
        "name": party.name or party.id,
        "organisation": party.organisation,
        "region": party.region,
        "profiles": party.profiles,
        "titles": titles,
    }
    return {name: value for name, value in described.items() if value}


def _describe(profile: Profile, questions: tuple[str, ...] = ()) -> dict[str, object]:
    described: dict[str, object] = {**describe_profile(profile)}
    return {**described, "questions": questions} if questions else described


def _describe_meeting(
    content: BookContent, meeting: Meeting, rows: Mapping[str, Mapping[str, int]], words: Mapping[str, str]
) -> dict[str, object]:
    described: dict[str, object] = {
        "enterprise": rows["parties"][meeting.enterprise],
        "team": rows["parties"][meeting.team],
        "need": rows["needs"][meeting.need_id],
        "achievement": rows["achievements"][meeting.achievement_id],
        "locked": meeting.locked,
    }
    match = content.matches.get((meeting.need_id, meeting.achievement_id))
    if match is not None:
        terms = number_terms(match)
        described |= {
            "reasons": match.evidence.reasons,
            "terms": list(terms),
            "need_marks": mark_profile(match, "need", content.needs[meeting.need_id], terms),
            "achievement_marks": mark_profile(
                match, "achievement", content.achievements[meeting.achievement_id], terms
            ),
        }
    before = content.came_from(meeting)
    if before is not None:
        described["change"] = "added" if before is meeting else "moved"
        described["was"] = _name_seat(content, before, words)
    return described


def _describe_unmet(
    content: BookContent, unmet: Unmet, parties: Mapping[str, int], words: Mapping[str, str]
) -> dict[str, object]:
    return {
        "party": parties[unmet.party],
        "pair": [content.title_need(unmet.need_id), content.title_achievement(unmet.achievement_id)]
        if unmet.need_id
        else [],
        "wanted": unmet.wanted,
        "got": unmet.got,
        "message": unmet.message or words.get(f"unmet_{unmet.reason}", unmet.reason),
    }


def _name_pair(content: BookContent, meeting: Meeting, parties: Mapping[str, int]) -> dict[str, object]:
    """Return who was to meet about what, also where one of the two left the timetable."""
    return {
        "enterprise": parties.get(meeting.enterprise, -1),
        "team": parties.get(meeting.team, -1),
        "names": [content.name_party(meeting.enterprise), content.name_party(meeting.team)],
        "titles": [content.title_need(meeting.need_id), content.title_achievement(meeting.achievement_id)],
    }


def _name_seat(content: BookContent, meeting: Meeting, words: Mapping[str, str]) -> list[str]:
    return [name_slot(content.slot(meeting.slot), words), name_table(meeting.table, words)]
