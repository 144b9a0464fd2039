"""The commands before and after a timetable, and their options; the work is done in `preparing` and `afterwards`."""

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.arguments import Achievements, Needs, Out, screen_of

# No "from __future__ import annotations" here: Typer reads the annotations themselves.

app = typer.Typer()

Shortlists = Annotated[Path, typer.Argument(help="Shortlists as written by matchmaker shortlist")]


@app.command()
def slate(
    context: typer.Context,
    achievements: Achievements,
    shortlists: Shortlists,
    out: Out,
    k: Annotated[str, typer.Option("--k", metavar="N", help="Achievements to present")] = "",
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Rules of the slate: k, quotas, key fields …")
    ] = None,
    min_maturity: Annotated[
        str, typer.Option(metavar="STAGE", help="Least maturity of achievements: 1-9, or a word such as 中试")
    ] = "",
    key_field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Field that counts as key; may be repeated; by default Dalian's seven"),
    ] = None,
    most_per_institution: Annotated[str, typer.Option(metavar="N", help="At most so many of each institution")] = "",
) -> int:
    """Choose the achievements to present, under quotas; every one gets its reason, in or out."""
    from matchmaker.cli.preparing import SlateChoice, make_slate

    choice = SlateChoice(rules, k, min_maturity, tuple(key_field or ()), most_per_institution)
    return make_slate(screen_of(context), achievements, shortlists, out, choice)


@app.command()
def packs(context: typer.Context, achievements: Achievements, needs: Needs, shortlists: Shortlists, out: Out) -> int:
    """Write a workbook for each district: its needs, their matches, and columns for decisions."""
    from matchmaker.cli.preparing import make_packs

    return make_packs(screen_of(context), achievements, needs, shortlists, out)


@app.command()
def outcomes(
    context: typer.Context,
    event: Annotated[Path, typer.Argument(metavar="EVENT_DIR", help="Folder that matchmaker event plan wrote")],
    marks: Annotated[list[Path], typer.Argument(help="Workbooks, tables, and files that the book's page exported")],
    out: Out,
    shortlists: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Shortlists that the event was planned from; by default shortlists.csv in the folder",
        ),
    ] = None,
    needs: Annotated[Path | None, typer.Option(metavar="REGISTER", help="Register of needs, for names")] = None,
    achievements: Annotated[
        Path | None, typer.Option(metavar="REGISTER", help="Register of achievements, for names")
    ] = None,
    event_id: Annotated[str, typer.Option(metavar="ID", help="Id of the event; by default from plan.json")] = "",
    date: Annotated[str, typer.Option(metavar="DATE", help="Day of the event; by default from plan.json")] = "",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Day by which waiting is counted; by default today")
    ] = "today",
) -> int:
    """Turn what came of the meetings into judgments with their exposure, and list what to follow up."""
    from matchmaker.cli.afterwards import EventInputs, trace_event

    inputs = EventInputs(event, tuple(marks), shortlists, needs, achievements, event_id, date, as_of)
    return trace_event(screen_of(context), inputs, out)


@app.command()
def report(
    context: typer.Context,
    event: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that matchmaker event outcomes wrote")],
    out: Annotated[Path, typer.Option(metavar="FILE.html", help="Page; a workbook of the same name lies beside it")],
    previous: Annotated[Path | None, typer.Option(metavar="DIR", help="The same of the event before")] = None,
) -> int:
    """Report an event: acceptance, meetings, coverage, outcomes, exposure, next to the previous one."""
    from matchmaker.cli.afterwards import report_event

    return report_event(screen_of(context), event, previous, out)
