"""The commands of a docking event and their options; the work is done in `planning`."""

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.arguments import CacheFile, Encoder, Model, NoCache, Out, Quality, Term, TermsFile, screen_of

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
def plan(
    context: typer.Context,
    event: Agenda,
    out: Out,
    shortlists: Shortlists = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Print the book as PDF, where Chromium is there")] = True,
    as_of: AsOf = "today",
    model: Model = None,
    encoder: Encoder = None,
    quality: Quality = None,
    term: Term = None,
    terms_file: TermsFile = None,
    cache: CacheFile = None,
    no_cache: NoCache = False,
) -> int:
    """Plan an event: timetable, workbook, calendars, book, and why anybody is not served."""
    from matchmaker.cli.jobs import EngineChoice
    from matchmaker.cli.planning import plan_files

    screen = screen_of(context)
    choice = EngineChoice.read(screen, model, encoder, quality, term, terms_file, cache, no_cache)
    return plan_files(screen, event, shortlists, out, pdf, as_of, choice)


@events.command()
def replan(
    context: typer.Context,
    event: Agenda,
    before: Annotated[Path, typer.Option("--plan", metavar="DIR", help="Folder of the plan in force")],
    changes: Annotated[Path, typer.Option(metavar="FILE", help="What changed, one thing a row: kind, who, from …")],
    now: Annotated[str, typer.Option(metavar="HH:MM", help="The time, or the number of the slot that is running")],
    out: Out,
    shortlists: Shortlists = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Print the book as PDF, where Chromium is there")] = False,
    as_of: AsOf = "today",
    model: Model = None,
    encoder: Encoder = None,
    quality: Quality = None,
    term: Term = None,
    terms_file: TermsFile = None,
    cache: CacheFile = None,
    no_cache: NoCache = False,
) -> int:
    """Plan the rest of the day again after something changed; as few meetings as possible move."""
    from matchmaker.cli.jobs import EngineChoice
    from matchmaker.cli.planning import replan_files

    screen = screen_of(context)
    choice = EngineChoice.read(screen, model, encoder, quality, term, terms_file, cache, no_cache)
    return replan_files(screen, event, shortlists, before, changes, now, out, pdf, as_of, choice)
