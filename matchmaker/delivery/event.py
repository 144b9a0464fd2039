"""The folder of a docking event: timetable, who is not served and why, what changed, and how it all came about."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from matchmaker.delivery.folder import draft_in, find_versions, keep_answers, put_all
from matchmaker.docking import Changes, Meeting, Timetable
from matchmaker.event import Agenda, Plan
from matchmaker.records import Match, Profile, Records, Rejection, Span
from matchmaker.report import BookContent, print_pdf, write_book, write_calendars, write_event_workbook
from matchmaker.tables import write_csv, write_rejected, write_text
from matchmaker.tables.evidence import write_number
from matchmaker.tables.shortlists import SHORTLIST_HEADER, match_rows

TIMETABLE_HEADER = ("slot", "table", "need_id", "achievement_id", "probability", "locked")
UNMET_HEADER = ("party", "name", "need_id", "achievement_id", "wanted", "got", "reason", "message")
CHANGES_HEADER = (
    "change",
    "need_id",
    "achievement_id",
    "enterprise",
    "team",
    "old_slot",
    "old_table",
    "new_slot",
    "new_table",
)
WORKBOOK, BOOK, PDF, CALENDARS = "event.xlsx", "book.html", "book.pdf", "calendars"
# The manifest last: where its digests agree, the folder is whole.
EVENT_OUTPUTS = ("timetable.csv", "unmet.csv", "changes.csv", "shortlists.csv", "rejected.csv", "plan.json")
_PACKAGES = ("numpy", "ortools", "pydantic", "scipy")


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """A plan and all that a reader must know to make it again.

    Attributes
    ----------
    agenda : Agenda
    plan : Plan
    needs, achievements : Records of Profile
        The registers as they were read.
    matches : sequence of Match
        The shortlists that were used, with their evidence.
    inputs : mapping of str to Records
        Every table that was read, by what it holds; registers included.
    settings : mapping of str to str
        Of the engine, where it made the shortlists.
    now : int
        Slots that had begun when the plan was made again; 0 for a first plan.
    made_on : datetime.date
        Stands on the book and in the calendars.
    questions : mapping of str to tuple of str
        What to ask, by need.
    pdf : bool
        Whether to print the book as PDF too, where a Chromium is installed.
    lang : {"zh", "en"}
    version : str
        Of matchmaker.
    command : sequence of str
    timings : mapping of str to float
        Seconds of each stage; they go into the manifest only.
    """

    agenda: Agenda
    plan: Plan
    needs: Records[Profile]
    achievements: Records[Profile]
    matches: Sequence[Match] = ()
    inputs: Mapping[str, Records[Any]] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    now: int = 0
    made_on: date = field(default_factory=date.today)
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    pdf: bool = False
    lang: str = "zh"
    version: str = ""
    command: Sequence[str] = ()
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def rejected(self) -> list[Rejection]:
        """Return the rows of all tables that were set aside."""
        return [*(row for records in self.inputs.values() for row in records.rejected), *self.plan.rejected]


@dataclass(frozen=True, slots=True)
class EventFiles:
    """What was written, by name, and what could not be made, in words."""

    files: Mapping[str, Path]
    notices: tuple[str, ...] = ()


def write_event(delivery: EventDelivery, folder: str | os.PathLike[str]) -> EventFiles:
    """Write the output folder of an event, whole or not at all.

    For people ``event.xlsx``, ``book.html``, ``book.pdf`` and a calendar for each party in ``calendars/``; for machines
    ``timetable.csv``, ``unmet.csv``, ``changes.csv`` (a header only for a first plan), ``shortlists.csv`` (what was
    planned with, so that a replan needs no engine), ``rejected.csv`` and ``plan.json``. The same plan gives the same
    bytes, but for the manifest's timings.

    Parameters
    ----------
    delivery : EventDelivery
    folder : str or path
        Where to; made when missing. Files of the same names are replaced, any others stay.

    Returns
    -------
    EventFiles

    Raises
    ------
    MatchmakerError
        If a file cannot be written, or outcomes stand in the workbook that would be replaced; the files that were there
        before stay as they were.
    """
    target, lang, timetable = Path(folder), delivery.lang, delivery.plan.timetable
    keep_answers([target / WORKBOOK], lang, outcomes=True)
    with draft_in(target, lang) as draft:
        write_csv(draft / "timetable.csv", TIMETABLE_HEADER, timetable_rows(timetable), lang=lang)
        write_csv(draft / "unmet.csv", UNMET_HEADER, unmet_rows(timetable), lang=lang)
        write_csv(draft / "changes.csv", CHANGES_HEADER, change_rows(delivery.plan.changes, timetable), lang=lang)
        write_csv(draft / "shortlists.csv", SHORTLIST_HEADER, match_rows(delivery.matches), lang=lang)
        write_rejected(draft / "rejected.csv", delivery.rejected(), lang=lang)
        book, notices = write_book_files(delivery, draft)
        manifest = _describe(delivery, draft, notices)
        write_text(draft / "plan.json", json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", lang=lang)
        # What a spreadsheet program may hold open goes first, so that nothing has changed if it cannot be replaced.
        names = (*book, *EVENT_OUTPUTS)
        return EventFiles(put_all(draft, target, names, lang), tuple(notices))


def write_book_files(delivery: EventDelivery, draft: Path) -> tuple[list[str], list[str]]:
    """Write what people hold in their hands on the day.

    Returns
    -------
    names : list of str
        Of the files within the draft: ``event.xlsx``, ``book.html``, ``book.pdf`` where it could be printed, and a
        calendar for each party.
    notices : list of str
        What could not be made, and why, in words.
    """
    content = book_content(delivery)
    write_event_workbook(content, draft / WORKBOOK)
    write_book(content, draft / BOOK)
    calendars = write_calendars(content, draft / CALENDARS)
    names = [WORKBOOK, BOOK, *sorted(f"{CALENDARS}/{file.name}" for file in calendars.files.values())]
    notices = list(calendars.notices)
    if delivery.pdf:
        printed = print_pdf(draft / BOOK, draft / PDF, made_on=content.made_on, lang=delivery.lang)
        if printed:
            names.append(PDF)
        else:
            notices.append(printed.reason)
    return names, notices


def book_content(delivery: EventDelivery) -> BookContent:
    """Return what book, workbook and calendars show."""
    timetable = delivery.plan.timetable
    needs = {profile.id: profile for profile in delivery.needs}
    achievements = {profile.id: profile for profile in delivery.achievements}
    for profile in delivery.plan.strangers:
        (needs if profile.kind == "need" else achievements)[profile.id] = profile
    return BookContent(
        timetable=timetable,
        needs=needs,
        achievements=achievements,
        matches={
            (match.need_id, match.achievement_id): _keep_spans(match, needs, achievements)
            for match in delivery.matches
            if match.need_id in needs and match.achievement_id in achievements
        },
        questions=delivery.questions,
        candidates=delivery.plan.candidates,
        changes=delivery.plan.changes if delivery.now else None,
        title=timetable.occasion.name,
        made_on=delivery.made_on,
        lang=delivery.lang,
    )


def _keep_spans(match: Match, needs: Mapping[str, Profile], achievements: Mapping[str, Profile]) -> Match:
    """Leave out spans that lie beyond a text: registers may have changed since the shortlists were written."""
    sides = {"need": needs[match.need_id], "achievement": achievements[match.achievement_id]}

    def fits(span: Span) -> bool:
        profile = sides[span.side]
        text = "；".join(profile.keywords) if span.part == "keywords" else getattr(profile, span.part)
        return 0 <= span.start < span.end <= len(text)

    kept = tuple(span for span in match.evidence.spans if fits(span))
    return replace(match, evidence=replace(match.evidence, spans=kept))


def timetable_rows(timetable: Timetable) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``timetable.csv``; probability with 4 decimals, locked as 1 or 0."""
    for meeting in timetable.meetings:
        probability = write_number(meeting.probability, 4)
        yield (*_place(meeting), meeting.need_id, meeting.achievement_id, probability, int(meeting.locked))


def unmet_rows(timetable: Timetable) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``unmet.csv``."""
    for unmet in timetable.unmet:
        name = timetable.parties[unmet.party].name if unmet.party in timetable.parties else ""
        yield (
            unmet.party,
            name,
            unmet.need_id,
            unmet.achievement_id,
            unmet.wanted,
            unmet.got,
            unmet.reason,
            unmet.message,
        )


def change_rows(changes: Changes, timetable: Timetable) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``changes.csv``: meetings dropped, moved, added."""
    for meeting in changes.dropped:
        yield ("dropped", *_who(meeting, timetable), *_place(meeting), "", "")
    for old, new in changes.moved:
        yield ("moved", *_who(new, timetable), *_place(old), *_place(new))
    for meeting in changes.added:
        yield ("added", *_who(meeting, timetable), "", "", *_place(meeting))


def _place(meeting: Meeting) -> tuple[int, str]:
    return meeting.slot, meeting.table


def _who(meeting: Meeting, timetable: Timetable) -> tuple[str, str, str, str]:
    names = (
        timetable.parties[name].name if name in timetable.parties else name
        for name in (meeting.enterprise, meeting.team)
    )
    return (meeting.need_id, meeting.achievement_id, *names)  # type: ignore[return-value]


def _describe(delivery: EventDelivery, draft: Path, notices: Sequence[str]) -> dict[str, object]:
    """Return the manifest."""
    agenda, plan, timetable = delivery.agenda, delivery.plan, delivery.plan.timetable
    hall = timetable.occasion.hall
    return {
        "matchmaker": delivery.version,
        "command": list(delivery.command),
        "event": {
            "id": timetable.occasion.id,
            "name": timetable.occasion.name,
            "date": timetable.occasion.day.isoformat(),
            "place": timetable.occasion.place,
            "slots": len(hall.slots),
            "tables": len(hall.tables),
            "seats": hall.seats(),
        },
        "inputs": {
            "agenda": {"file": agenda.source, "sha256": agenda.sha256},
            **{name: _describe_input(records) for name, records in delivery.inputs.items()},
        },
        "settings": {
            **{
                name: getattr(agenda, name)
                for name in ("minimum", "wish", "asked", "fairness", "time_limit", "gap", "k")
            },
            "now": delivery.now,
            "lang": delivery.lang,
            "engine": dict(delivery.settings),
        },
        "plan": {
            "value": round(timetable.value, 4),
            "bound": round(timetable.bound, 4),
            "gap": round(timetable.gap, 6),
            "expected_worthwhile": round(sum(meeting.probability for meeting in timetable.meetings), 4),
            "meetings": len(timetable.meetings),
            "parties": len(timetable.parties),
            "unmet": len(timetable.unmet),
            "proven": plan.proven,
            "stopped_by_clock": plan.hurried,
        },
        "changes": {
            "added": len(plan.changes.added),
            "dropped": len(plan.changes.dropped),
            "moved": len(plan.changes.moved),
        },
        "advice": list(plan.advice),
        "notices": [*(notice.message for notice in plan.notices), *notices],
        "outputs": {
            file.relative_to(draft).as_posix(): {
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                "bytes": file.stat().st_size,
            }
            for file in sorted(draft.rglob("*"))
            if file.is_file()
        },
        "python": platform.python_version(),
        "packages": dict(find_versions(_PACKAGES)),
        "seconds": {stage: round(seconds, 3) for stage, seconds in delivery.timings.items()},
    }


def _describe_input(records: Records[Any]) -> dict[str, str | int]:
    return {
        "file": records.source,
        "sha256": records.sha256,
        "rows": len(records),
        "rejected": len(records.rejected),
        "notices": len(records.notices),
    }
