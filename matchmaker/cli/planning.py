"""The work behind ``matchmaker event plan`` and ``replan``: read, make shortlists where there are none, plan, write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import matchmaker
from matchmaker.cli.files import refuse_inputs_among
from matchmaker.cli.jobs import EngineChoice
from matchmaker.cli.options import read_as_of
from matchmaker.cli.registers import Registers, read_known
from matchmaker.cli.screen import Screen
from matchmaker.cli.wording import MESSAGES
from matchmaker.columns import count_days
from matchmaker.delivery.event import EVENT_OUTPUTS, EventDelivery, write_event
from matchmaker.docking import Origin, Request
from matchmaker.engine import Matchmaker
from matchmaker.errors import SettingError, TableError
from matchmaker.event import Agenda, Plan, count_begun, plan_event, read_agenda, replan_event
from matchmaker.rank.filters import Filter
from matchmaker.records import Match, Notice, Profile, Records
from matchmaker.tables import (
    read_apart,
    read_changes,
    read_decisions,
    read_requests,
    read_timetable,
)
from matchmaker.tables.contracts import SHORTLISTS
from matchmaker.tables.parsing import match_builder

_SHOWN_ADVICE = 3
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et")
_BESIDE_PACKS = ("packs.csv", "rejected.csv")


@dataclass(slots=True)
class _Desk:
    """All that lies on the organiser's desk."""

    agenda: Agenda
    registers: Registers
    matches: tuple[Match, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Records[Any]] = field(default_factory=dict)

    def rows(self, *names: str) -> list[Any]:
        """Return the rows of tables that were read; none for one that there is not."""
        return [row for name in names for row in self.inputs.get(name, ())]


def plan_files(
    screen: Screen, event: Path, shortlists: Path | None, out: Path, pdf: bool, as_of: str, choice: EngineChoice
) -> int:
    """Do the work of ``matchmaker event plan``; return the exit code."""
    made_on = _read_day(screen, as_of)
    agenda = read_agenda(event, lang=screen.lang)
    refuse_inputs_among([out / name for name in EVENT_OUTPUTS], _inputs(agenda, event, shortlists), lang=screen.lang)
    desk = _lay_out(screen, agenda, shortlists, choice)
    with screen.timed("plan"):
        plan = plan_event(
            agenda,
            desk.registers.needs.rows,
            desk.registers.achievements.rows,
            desk.matches,
            requests=desk.rows("requests", "decisions"),
            vetoes=desk.rows("vetoes"),
            met=desk.rows("met"),
            conflicts=desk.rows("conflicts"),
            locks=desk.rows("locks"),
            lang=screen.lang,
        )
    return _deliver(screen, desk, plan, out, print_on=(pdf, made_on))


def replan_files(
    screen: Screen,
    event: Path,
    shortlists: Path | None,
    before: Path,
    changes: Path,
    now: str,
    out: Path,
    pdf: bool,
    as_of: str,
    choice: EngineChoice,
) -> int:
    """Do the work of ``matchmaker event replan``; return the exit code."""
    made_on = _read_day(screen, as_of)
    agenda = read_agenda(event, lang=screen.lang)
    begun = count_begun(agenda.occasion.hall, now, lang=screen.lang)
    timetable = before / "timetable.csv"
    if not timetable.is_file():
        raise SettingError(screen.word("plan_without_timetable", path=before))
    _compare_event(screen, before / "plan.json", agenda)
    if shortlists is None and (before / "shortlists.csv").is_file():
        shortlists = before / "shortlists.csv"
    refuse_inputs_among(
        [out / name for name in EVENT_OUTPUTS],
        _inputs(agenda, event, shortlists, timetable, changes),
        lang=screen.lang,
    )
    desk = _lay_out(screen, agenda, shortlists, choice)
    with screen.timed("read"):
        desk.inputs["timetable"] = read_timetable(timetable, lang=screen.lang)
        desk.inputs["changes"] = read_changes(changes, lang=screen.lang)
    with screen.timed("plan"):
        plan = replan_event(
            agenda,
            desk.registers.needs.rows,
            desk.registers.achievements.rows,
            desk.matches,
            before=desk.rows("timetable"),
            changes=desk.rows("changes"),
            now=now,
            requests=desk.rows("requests", "decisions"),
            vetoes=desk.rows("vetoes"),
            met=desk.rows("met"),
            conflicts=desk.rows("conflicts"),
            lang=screen.lang,
        )
    return _deliver(screen, desk, plan, out, now=begun, again=True, print_on=(pdf, made_on))


def _compare_event(screen: Screen, path: Path, agenda: Agenda) -> None:
    """Raise ``SettingError`` for the plan of another event; a plan without a sound manifest is taken as it is."""
    try:
        event = json.loads(path.read_text(encoding="utf-8-sig"))["event"]["id"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if event != agenda.occasion.id:
        raise SettingError(
            screen.word("plan_of_another", path=path, found=event, file=agenda.source, id=agenda.occasion.id)
        )


def _read_day(screen: Screen, typed: str) -> date:
    """Return the date that stands on the book."""
    return read_as_of(typed, lang=screen.lang) or date.today()


def _inputs(agenda: Agenda, event: Path, *more: Path | None) -> list[Path]:
    return [event, *agenda.files.values(), *(path for path in more if path is not None)]


def _lay_out(screen: Screen, agenda: Agenda, shortlists: Path | None, choice: EngineChoice) -> _Desk:
    """Read every table that the agenda names, and make shortlists where none are given."""
    missing = [name for name in ("achievements", "needs") if name not in agenda.files]
    if missing:
        raise SettingError(screen.word("no_registers", file=agenda.source, missing="、".join(missing)))
    registers = Registers.read(screen, agenda.files["achievements"], agenda.files["needs"])
    desk = _Desk(agenda, registers, inputs={"achievements": registers.achievements, "needs": registers.needs})
    with screen.timed("read"):
        for name, read in _READERS.items():
            if name in agenda.files:
                desk.inputs[name] = read(agenda.files[name], lang=screen.lang)
        if shortlists is not None:
            desk.inputs["shortlists"] = read_known(screen, shortlists, SHORTLISTS, match_builder(), registers)
            desk.matches = tuple(desk.inputs["shortlists"])
    if shortlists is None:
        day = agenda.occasion.day
        engine = choice.open(screen).fit(registers.achievements, progress=screen.progress)
        made = engine.shortlist(
            registers.needs, k=agenda.k, filter=Filter(as_of=count_days(day)), progress=screen.progress
        )
        expired = sum(1 for need in registers.needs if need.date is not None and need.date < day)
        if expired:
            screen.say("expired_by_event", count=expired, day=day)
        desk.matches = tuple(chain.from_iterable(made))
        desk.settings = dict(engine.settings)
    return desk


def _as_requests(path: Path, lang: str) -> Records[Request]:
    """Read a workbook of decisions, or a folder of them, as requests; a comment alone asks for nothing."""
    paths, notices = _list_workbooks(path, lang) if path.is_dir() else ([path], [])
    decisions = read_decisions(paths, lang=lang)
    rows = tuple(
        Request(one.need_id, one.achievement_id, one.standing, one.comment, Origin(one.file, one.sheet, one.row))
        for one in decisions
        if one.standing
    )
    return Records(rows, decisions.rejected, (*notices, *decisions.notices), decisions.source, decisions.sha256)


def _list_workbooks(folder: Path, lang: str) -> tuple[list[Path], list[Notice]]:
    """Return the workbooks of a folder, and a notice for each file in it that nobody reads.

    Passed over without a word are hidden files, what a spreadsheet program leaves there while a workbook is open, and
    the tables that lie beside packs.
    """
    files, notices = [], []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.name in _BESIDE_PACKS:
            continue
        if path.is_file() and path.suffix.lower() in _WORKBOOKS:
            files.append(path)
        else:
            notices.append(Notice(path.name, "", 0, MESSAGES[lang]["not_read"].format(path=path)))
    if not files:
        raise TableError(MESSAGES[lang]["no_workbooks"].format(path=folder))
    return files, notices


_READERS: dict[str, Callable[..., Records[Any]]] = {
    "requests": read_requests,
    "decisions": lambda path, lang: _as_requests(path, lang),
    "vetoes": read_apart,
    "met": read_apart,
    "conflicts": read_apart,
    "locks": lambda path, lang: read_timetable(path, lang=lang, locked=True),
}


def _ask(needs: Records[Profile], plan: Plan, lang: str) -> dict[str, tuple[str, ...]]:
    """Return what to ask at the table about needs that are met; word vectors tell their fields well enough for that."""
    met = {meeting.need_id for meeting in plan.timetable.meetings}
    asked = [need for need in needs if need.id in met]
    checks = Matchmaker(quality="fast", lang=lang).check(asked) if asked else []
    return {need.id: check.questions for need, check in zip(asked, checks, strict=True)}


def _deliver(
    screen: Screen,
    desk: _Desk,
    plan: Plan,
    out: Path,
    *,
    print_on: tuple[bool, date],
    now: int = 0,
    again: bool = False,
) -> int:
    """Write what was planned, tell what came of it, and return the exit code."""
    pdf, made_on = print_on
    with screen.timed("check"):
        questions = _ask(desk.registers.needs, plan, screen.lang)
    delivery = EventDelivery(
        desk.agenda,
        plan,
        desk.registers.needs,
        desk.registers.achievements,
        desk.matches,
        desk.inputs,
        desk.settings,
        now=now,
        made_on=made_on,
        questions=questions,
        pdf=pdf,
        lang=screen.lang,
        version=matchmaker.__version__,
        command=screen.command,
        timings=dict(screen.seconds),
    )
    with screen.timed("write"):
        written = write_event(delivery, out)
    files, timetable = written.files, plan.timetable
    screen.say(
        "planned",
        meetings=len(timetable.meetings),
        worthwhile=sum(meeting.probability for meeting in timetable.meetings),
        gap=100 * timetable.gap,
        parties=len({name for meeting in timetable.meetings for name in (meeting.enterprise, meeting.team)}),
        seconds=sum(screen.seconds.values()),
    )
    if again:
        changes = plan.changes
        screen.say("replanned", moved=len(changes.moved), dropped=len(changes.dropped), added=len(changes.added))
    if timetable.unmet:
        screen.say("unmet", count=len(timetable.unmet), path=files["unmet.csv"])
    for advice in plan.advice[:_SHOWN_ADVICE]:
        screen.say("advice", text=advice)
    if plan.hurried:
        screen.warn("hurried", seconds=desk.agenda.time_limit)
    wishes = () if "requests" not in desk.inputs else desk.inputs["requests"].notices
    for notice in wishes:
        screen.warn("notice", text=f"{notice.file}: {notice.message}")
    unread = () if "decisions" not in desk.inputs else desk.inputs["decisions"].notices
    for notice in (*plan.notices[:_SHOWN_ADVICE], *(notice for notice in unread if not notice.sheet)):
        screen.warn("notice", text=notice.message)
    for text in written.notices:
        screen.warn("notice", text=text)
    _look(screen, files, out)
    rejected = delivery.rejected()
    screen.warn_rejected(rejected, files["rejected.csv"])
    return int(bool(rejected))


def _look(screen: Screen, files: Iterable[str], out: Path) -> None:
    shown = [name for name in files if "/" not in name]
    screen.say("look_event", folder=out, files="、".join(shown) if screen.lang == "zh" else ", ".join(shown))
