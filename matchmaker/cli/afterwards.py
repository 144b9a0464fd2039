"""The work behind the commands after an event: trace what came of it, report it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matchmaker.cli.files import refuse_empty, refuse_inputs_among
from matchmaker.cli.screen import Screen
from matchmaker.delivery.event_report import read_figures, write_event_report
from matchmaker.delivery.outcomes import OUTCOME_OUTPUTS, EventOutcomes, write_outcomes
from matchmaker.errors import SettingError, TableError
from matchmaker.event import count_event, list_followups, trace_outcomes
from matchmaker.event.telling import say
from matchmaker.records import Notice, Profile
from matchmaker.tables import read_achievements, read_marks, read_needs, read_planned, read_shortlists
from matchmaker.tables.cells import read_date
from matchmaker.teams import find_leader

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class EventInputs:
    """Where the traces of an event lie, as typed."""

    folder: Path
    marks: tuple[Path, ...]
    shortlists: Path | None = None
    needs: Path | None = None
    achievements: Path | None = None
    event_id: str = ""
    date: str = ""
    as_of: str = "today"


def trace_event(screen: Screen, inputs: EventInputs, out: Path) -> int:
    """Do the work of ``matchmaker event outcomes``; return the exit code."""
    lang = screen.lang
    timetable = inputs.folder / "timetable.csv"
    listed_in = inputs.shortlists or inputs.folder / "shortlists.csv"
    for path in (timetable, listed_in):
        if not path.exists():
            raise TableError(screen.word("no_plan", folder=inputs.folder, name=path.name))
    # The plan has a table of rows set aside too, and would lose it.
    files = [
        timetable,
        listed_in,
        inputs.folder / "rejected.csv",
        *inputs.marks,
        *filter(None, (inputs.needs, inputs.achievements)),
    ]
    refuse_inputs_among([out / name for name in OUTCOME_OUTPUTS], files, lang=lang)
    event_id, name, day = _identify(screen, inputs)
    as_of = date.today() if inputs.as_of == "today" else _read_day(screen, "--as-of", inputs.as_of)
    planned = read_planned(timetable, lang=lang)
    refuse_empty(screen, planned)
    shown = read_shortlists(listed_in, lang=lang)
    needs = () if inputs.needs is None else read_needs(inputs.needs, lang=lang).rows
    achievements = () if inputs.achievements is None else read_achievements(inputs.achievements, lang=lang).rows
    marks = read_marks(
        inputs.marks,
        event_id=event_id,
        needs={*(one.need_id for one in planned), *(one.need_id for one in shown), *(one.id for one in needs)},
        achievements={
            *(one.achievement_id for one in planned),
            *(one.achievement_id for one in shown),
            *(one.id for one in achievements),
        },
        lang=lang,
    )
    outcomes, propensities = trace_outcomes(planned.rows, marks, shown)
    followups = list_followups(outcomes, _name_parties(needs, achievements), day, as_of, lang=lang)
    figures = count_event(
        outcomes,
        shown,
        {one.id: one.organisation for one in achievements},
        event_id=event_id,
        name=name,
        day=day,
    )
    notices: list[Notice] = []
    for one in outcomes:
        pair = {"need": one.mark.need_id, "achievement": one.mark.achievement_id}
        if not one.planned:
            notices.append(Notice(marks.source, "", 0, say(lang, "not_planned", **pair)))
        if one.mark.result == "failed" and not one.mark.obstacle:
            notices.append(Notice(marks.source, "", 0, say(lang, "no_reason", **pair)))
    notices += marks.notices
    rejected = (*planned.rejected, *shown.rejected, *marks.rejected)
    titles = {one.id: one.title for one in (*needs, *achievements)}
    found = EventOutcomes(figures, planned.rows, outcomes, propensities, followups, titles, rejected, notices, lang)
    written = write_outcomes(found, out)
    screen.say(
        "outcomes_made",
        planned=figures.planned,
        held=figures.held,
        cut_short=figures.cut_short,
        missed=figures.missed,
        unmarked=figures.unmarked,
        judgments=sum(one.grade is not None for one in outcomes),
        followups=len(followups),
    )
    for notice in notices[:_SHOWN]:
        place = f"{notice.file} [{notice.sheet}] " if notice.sheet else ""
        screen.warn("notice", text=place + notice.message)
    if len(notices) > _SHOWN:
        screen.warn("more", count=len(notices) - _SHOWN)
    screen.say("outcomes_where", judgments=written["judgments.csv"], workbook=written["followups.xlsx"], folder=out)
    screen.warn_rejected(rejected, written["rejected.csv"])
    return int(bool(rejected))


def report_event(screen: Screen, folder: Path, previous: Path | None, out: Path) -> int:
    """Do the work of ``matchmaker event report``; return the exit code."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise SettingError(screen.word("not_html", path=out))
    figures = [read_figures(one / "figures.json", lang=screen.lang) for one in (folder, previous) if one is not None]
    files = write_event_report(figures[0], figures[1] if previous is not None else None, out, lang=screen.lang)
    screen.say("report_made", page=files["page"], workbook=files["workbook"])
    return 0


def _identify(screen: Screen, inputs: EventInputs) -> tuple[str, str, date]:
    """Return id, name and day of the event: as typed, or as the plan says."""
    path = inputs.folder / "plan.json"
    told: Mapping[str, object] = {}
    if path.exists():
        try:
            told = json.loads(path.read_text(encoding="utf-8-sig"))["event"]
            told = {name: str(told[name]) for name in ("id", "name", "date")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            if not (inputs.event_id and inputs.date):
                raise TableError(screen.word("bad_plan", path=path, detail=error)) from error
    event_id = inputs.event_id or str(told.get("id", ""))
    day = inputs.date or str(told.get("date", ""))
    if not event_id or not day:
        raise SettingError(screen.word("no_day"))
    return event_id, str(told.get("name", "") or event_id), _read_day(screen, "--date", day)


def _read_day(screen: Screen, option: str, typed: str) -> date:
    day, doubt = read_date(typed.strip(), last=False)
    if day is None or doubt:
        raise SettingError(screen.word("bad_day", option=option, found=typed))
    return day


def _name_parties(needs: tuple[Profile, ...], achievements: tuple[Profile, ...]) -> dict[str, str]:
    """Return what to call the people behind a need or an achievement: the enterprise; institution and leader."""
    names = {one.id: one.organisation for one in needs if one.organisation}
    for one in achievements:
        leader = find_leader(one)
        if told := " ".join(filter(None, (one.organisation, leader))):
            names[one.id] = told
    return names
