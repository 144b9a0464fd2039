"""The commands before and after a timetable, and their options; the work is done in `preparing` and `afterwards`."""

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.screen import Screen

# No "from __future__ import annotations" here: Typer reads the annotations themselves.

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Achievements = Annotated[Path, typer.Argument(help="Register of achievements: .csv .xlsx .jsonl .parquet")]
Needs = Annotated[Path, typer.Argument(help="Register of needs: .csv .xlsx .jsonl .parquet")]
Shortlists = Annotated[Path, typer.Argument(help="Shortlists as written by matchmaker shortlist")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results; files of the same names are replaced")]


@app.callback()
def describe() -> None:
    """Before and after the timetable of a docking event."""


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
    return make_slate(_screen(context), achievements, shortlists, out, choice)


@app.command()
def packs(context: typer.Context, achievements: Achievements, needs: Needs, shortlists: Shortlists, out: Out) -> int:
    """Write a workbook for each district: its needs, their matches, and columns for decisions."""
    from matchmaker.cli.preparing import make_packs

    return make_packs(_screen(context), achievements, needs, shortlists, out)


def _screen(context: typer.Context) -> Screen:
    screen = context.obj
    return screen if isinstance(screen, Screen) else Screen("en")
