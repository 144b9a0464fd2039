"""The commands of a docking event and their options; the work is done in `planning`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli.arguments import Out, choosing_engine, screen_of

if TYPE_CHECKING:
    from matchmaker.cli.jobs import EngineChoice

# No "from __future__ import annotations" here: Typer reads the annotations themselves.

events = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Agenda = Annotated[Path, typer.Argument(metavar="EVENT.toml", help="The event: date, slots, tables, limits, files")]
Shortlists = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Shortlists as written by matchmaker shortlist; without, they are made"),
]
AsOf = Annotated[str, typer.Option(metavar="DATE", help="Date that stands on the book: today, or 2026-11-09")]


@events.callback()
def describe() -> None:
    """Plan a docking event: who meets whom, when and at which table."""


@events.command()
@choosing_engine()
def plan(
    context: typer.Context,
    choice: "EngineChoice",
    event: Agenda,
    out: Out,
    shortlists: Shortlists = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Print the book as PDF, where Chromium is there")] = True,
    as_of: AsOf = "today",
) -> int:
    """Plan an event: timetable, workbook, calendars, book, and why anybody is not served."""
    from matchmaker.cli.planning import plan_files

    return plan_files(screen_of(context), event, shortlists, out, pdf, as_of, choice)


@events.command()
@choosing_engine()
def replan(
    context: typer.Context,
    choice: "EngineChoice",
    event: Agenda,
    before: Annotated[Path, typer.Option("--plan", metavar="DIR", help="Folder of the plan in force")],
    changes: Annotated[Path, typer.Option(metavar="FILE", help="What changed, one thing a row: kind, who, from …")],
    now: Annotated[str, typer.Option(metavar="HH:MM", help="The time, or the number of the slot that is running")],
    out: Out,
    shortlists: Shortlists = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Print the book as PDF, where Chromium is there")] = False,
    as_of: AsOf = "today",
) -> int:
    """Plan the rest of the day again after something changed; as few meetings as possible move."""
    from matchmaker.cli.planning import replan_files

    return replan_files(screen_of(context), event, shortlists, before, changes, now, out, pdf, as_of, choice)
