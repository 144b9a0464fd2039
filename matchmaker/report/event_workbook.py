"""The workbook of an event: the timetable by slot, by table and by person, and the sheets that people fill in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.docking import Meeting
from matchmaker.marking import DECISION_FORM, DECISIONS, OBSTACLES, OUTCOME_FORM, RESULTS, STATES, YES, Form, Word
from matchmaker.report.book_content import BookContent
from matchmaker.report.event_wording import name_day, name_slot, name_table, words_for_event
from matchmaker.report.sheets import Column, Row, SheetWriter, open_sheets

_SEAT = (Column("time", 13), Column("table", 9))
_SIDES = (Column("enterprise", 26), Column("team", 28))
_SUBJECT = (
    Column("need_id", 11),
    Column("need_title", 32),
    Column("achievement_id", 11),
    Column("achievement_title", 32),
    Column("probability", 12, "percent"),
    Column("locked", 7),
    Column("change", 18),
)
_BY_SLOT = (*_SEAT, *_SIDES, *_SUBJECT)
_BY_TABLE = (*reversed(_SEAT), *_SIDES, *_SUBJECT)
_BY_PERSON = (
    Column("party", 28),
    Column("role", 8),
    Column("region", 12),
    *_SEAT,
    Column("partner", 28),
    Column("need_title", 30),
    Column("achievement_title", 30),
    Column("reasons", 36),
    Column("questions", 44),
    Column("change", 18),
)
_UNMET = (
    Column("party", 28),
    Column("role", 8),
    Column("need_id", 11),
    Column("need_title", 30),
    Column("achievement_id", 11),
    Column("achievement_title", 30),
    Column("wanted", 9, "number"),
    Column("got", 9, "number"),
    Column("why_unmet", 14),
    Column("message", 60),
)
_WIDTHS = {"need_title": 30, "achievement_title": 30, "enterprise": 24, "team": 26, "comment": 36, "probability": 12}
_LISTS: Mapping[str, Sequence[Word]] = {
    "decision": DECISIONS,
    "state": STATES,
    "again": YES,
    "result": RESULTS,
    "obstacle": OBSTACLES,
}
_KINDS = {"probability": "percent", "rank": "number", "amount": "amount"}


def write_event_workbook(content: BookContent, path: str | os.PathLike[str]) -> Path:
    """Write the timetable as an Excel workbook that people can fill in and send back.

    The sheets of decisions and of outcomes are named and headed as `matchmaker.marking` says, so that they can be read
    back by their ids; what is to be filled in is coloured and offers its choices. The same content gives the same
    bytes.

    Parameters
    ----------
    content : BookContent
        What to show; ``candidates`` fill the sheet of decisions, meetings the sheet of outcomes.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    TableError
        If a sheet would need more rows than Excel has.
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    words = {**words_for_event("workbook", content.lang), **_name_forms(content.lang)}
    hall = content.timetable.occasion.hall
    meetings = content.timetable.meetings
    by_table = sorted(meetings, key=lambda meeting: (hall.tables.index(meeting.table), meeting.slot))
    with open_sheets(path, content.title, content.made_on, words) as writer:
        writer.words = {**words, **{f"slot_{slot.number}": name_slot(slot, words) for slot in hall.slots}}
        grid = (Column("table", 11), *(Column(f"slot_{slot.number}", 27) for slot in hall.slots))
        writer.add_table("sheet_grid", grid, _rows_of_grid(content, words), frozen=1, height=42)
        writer.add_table("sheet_slots", _BY_SLOT, _rows_of_meetings(content, meetings, words), frozen=2, height=42)
        writer.add_table("sheet_tables", _BY_TABLE, _rows_of_meetings(content, by_table, words, 1), frozen=2, height=42)
        writer.add_table("sheet_people", _BY_PERSON, _rows_by_person(content, words), frozen=1)
        _add_form(writer, DECISION_FORM, _rows_of_decisions(content, words), content.lang)
        writer.add_table("sheet_unmet", _UNMET, _rows_of_unmet(content, words), frozen=1)
        _add_form(writer, OUTCOME_FORM, _rows_of_outcomes(content, words), content.lang)
        writer.add_lines("sheet_notes", (30, 70), _list_notes(content, writer))
    return Path(path)


def _name_forms(lang: str) -> dict[str, str]:
    named = {}
    for form in (DECISION_FORM, OUTCOME_FORM):
        named[form.sheet.code] = form.sheet.name(lang)
        named |= {f"{form.sheet.code}.{column.code}": column.name(lang) for column in form.columns}
    return named


def _add_form(writer: SheetWriter, form: Form, rows: Iterable[Row], lang: str) -> None:
    columns = []
    for word in form.columns:
        choices = tuple(choice.name(lang) for choice in _LISTS.get(word.code, ()))
        kind = _KINDS.get(word.code, "input" if choices or word.code == "comment" else "text")
        columns.append(Column(f"{form.sheet.code}.{word.code}", _WIDTHS.get(word.code, 12), kind, choices))
    writer.add_table(form.sheet.code, columns, rows, frozen=2, height=42)


def _rows_of_grid(content: BookContent, words: Mapping[str, str]) -> Iterator[Row]:
    hall = content.timetable.occasion.hall
    seats = {(meeting.slot, meeting.table): meeting for meeting in content.timetable.meetings}
    for table in hall.tables:
        cells = [name_table(table, words)]
        for slot in hall.slots:
            meeting = seats.get((slot.number, table))
            closed = words["closed"] if (slot.number, table) in hall.closed else ""
            cells.append("\n".join(_name_sides(content, meeting)) if meeting else closed)
        yield Row(cells)


def _rows_of_meetings(
    content: BookContent, meetings: Iterable[Meeting], words: Mapping[str, str], lead: int = 0
) -> Iterator[Row]:
    """Yield a row a meeting; ``lead`` says which of time and table stands first, and is faded where it repeats."""
    before = ""
    for meeting in meetings:
        seat = _name_seat(content, meeting, words)
        first, second = seat[lead], seat[1 - lead]
        values = (
            first,
            second,
            *_name_sides(content, meeting),
            meeting.need_id,
            content.title_need(meeting.need_id),
            meeting.achievement_id,
            content.title_achievement(meeting.achievement_id),
            meeting.probability,
            words["yes"] if meeting.locked else "",
            _name_change(content, meeting, words),
        )
        yield Row(values, repeated=int(first == before))
        before = first


def _rows_by_person(content: BookContent, words: Mapping[str, str]) -> Iterator[Row]:
    for party in content.parties.values():
        about = (party.name or party.id, words[party.role], party.region)
        meetings = list(content.timetable.of(party.id))
        if not meetings:
            yield Row((*about, *[""] * (len(_BY_PERSON) - len(about))))
        for place, meeting in enumerate(meetings):
            partner = meeting.team if party.role == "enterprise" else meeting.enterprise
            match = content.matches.get((meeting.need_id, meeting.achievement_id))
            values = (
                *about,
                *_name_seat(content, meeting, words),
                content.name_party(partner),
                content.title_need(meeting.need_id),
                content.title_achievement(meeting.achievement_id),
                words["between"].join(match.evidence.reasons) if match else "",
                "\n".join(content.questions.get(meeting.need_id, ())),
                _name_change(content, meeting, words),
            )
            yield Row(values, repeated=len(about) if place else 0)


def _rows_of_decisions(content: BookContent, words: Mapping[str, str]) -> Iterator[Row]:
    planned = {(m.need_id, m.achievement_id): m for m in content.timetable.meetings}
    standings = {word.code: word.name(content.lang) for word in DECISIONS}
    before = ""
    for one in content.candidates:
        meeting = planned.get((one.need_id, one.achievement_id))
        values = (
            one.need_id,
            one.achievement_id,
            content.name_party(one.enterprise),
            content.name_party(one.team),
            content.title_need(one.need_id),
            content.title_achievement(one.achievement_id),
            one.rank or "",
            one.probability,
            " ".join(_name_seat(content, meeting, words)) if meeting else "",
            standings.get(one.standing, ""),
            one.comment,
        )
        yield Row(values, repeated=int(one.need_id == before))
        before = one.need_id


def _rows_of_outcomes(content: BookContent, words: Mapping[str, str]) -> Iterator[Row]:
    for meeting in content.timetable.meetings:
        values = (
            meeting.need_id,
            meeting.achievement_id,
            *_name_seat(content, meeting, words),
            *_name_sides(content, meeting),
            content.title_need(meeting.need_id),
            content.title_achievement(meeting.achievement_id),
        )
        yield Row((*values, *[""] * (len(OUTCOME_FORM.columns) - len(values))))


def _rows_of_unmet(content: BookContent, words: Mapping[str, str]) -> Iterator[Row]:
    for unmet in content.timetable.unmet:
        party = content.parties[unmet.party]
        yield Row(
            (
                party.name or party.id,
                words[party.role],
                unmet.need_id,
                content.title_need(unmet.need_id),
                unmet.achievement_id,
                content.title_achievement(unmet.achievement_id),
                unmet.wanted,
                unmet.got,
                words.get(f"unmet_{unmet.reason}", unmet.reason),
                unmet.message,
            )
        )


def _list_notes(content: BookContent, writer: SheetWriter) -> list[tuple[Sequence[str | float], Any]]:
    words, timetable = writer.words, content.timetable
    counts = {
        "count_enterprises": sum(party.role == "enterprise" for party in content.parties.values()),
        "count_teams": sum(party.role == "team" for party in content.parties.values()),
        "count_meetings": len(timetable.meetings),
        "count_seats": timetable.occasion.hall.seats(),
        "count_unmet": len(timetable.unmet),
        "value": round(timetable.value, 2),
        "bound": round(timetable.bound, 2),
    }
    names = {form.sheet.code: form.sheet.name(content.lang) for form in (DECISION_FORM, OUTCOME_FORM)}
    return [
        ((content.title,), writer.large),
        ((words["date"], name_day(timetable.occasion.day, words)), writer.wrapped),
        ((words["place"], timetable.occasion.place), writer.wrapped),
        ((words["made_on"], content.made_on.isoformat()), writer.wrapped),
        ((), None),
        ((words["counts"],), writer.heading),
        *(((words[name], number), writer.wrapped) for name, number in counts.items()),
        ((), None),
        ((words["how"],), writer.heading),
        *(((words[f"how_{line}"].format(**names),), None) for line in range(1, 5)),
    ]


def _name_sides(content: BookContent, meeting: Meeting) -> tuple[str, str]:
    return content.name_party(meeting.enterprise), content.name_party(meeting.team)


def _name_seat(content: BookContent, meeting: Meeting, words: Mapping[str, str]) -> tuple[str, str]:
    return name_slot(content.slot(meeting.slot), words), name_table(meeting.table, words)


def _name_change(content: BookContent, meeting: Meeting, words: Mapping[str, str]) -> str:
    before = content.came_from(meeting)
    if before is None:
        return ""
    if before is meeting:
        return words["added"]
    time, table = _name_seat(content, before, words)
    return words["moved"] + words["comma"] + words["was"].format(time=time, table=table)
