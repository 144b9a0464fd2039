"""The commands and their options, as Typer reads them from signatures; the work is done in `jobs` and `measuring`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matchmaker.cli import occasions
from matchmaker.cli.arguments import (
    Achievements,
    Depth,
    Judgments,
    K,
    Lowest,
    Metrics,
    Needs,
    Out,
    RelevantFrom,
    choosing_engine,
    screen_of,
)
from matchmaker.cli.events import events
from matchmaker.cli.wording import HELP
from matchmaker.errors import SettingError

if TYPE_CHECKING:
    from matchmaker.cli.jobs import EngineChoice

# No "from __future__ import annotations" here: Typer reads the annotations themselves.

ENGINES = ("memory", "stream", "ray")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, rich_markup_mode="rich")

# What comes before and after the day stands beside the day itself.
events.registered_commands += occasions.app.registered_commands
app.add_typer(events, name="event")


@app.callback()
def describe() -> None:
    """From a register of achievements and a register of needs to docking shortlists, offline and explained."""


@app.command()
@choosing_engine()
def shortlist(
    context: typer.Context,
    choice: "EngineChoice",
    achievements: Achievements,
    needs: Needs,
    out: Out,
    k: K = "10",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Day by which deadlines are judged; none ignores deadlines")
    ] = "today",
    field: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only achievements of this field; may be repeated")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only achievements of this region; may be repeated")
    ] = None,
    institution: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only achievements of this institution; may be repeated")
    ] = None,
    min_maturity: Annotated[
        str, typer.Option(metavar="STAGE", help="Least maturity of achievements: 1-9, or a word such as 中试")
    ] = "",
    same_field: Annotated[bool, typer.Option("--same-field", help="Only pairs of the same field")] = False,
    same_region: Annotated[bool, typer.Option("--same-region", help="Only pairs of the same region")] = False,
    infer_fields: Annotated[
        bool, typer.Option("--infer-fields", help="Infer fields from the text where none is stated")
    ] = False,
    industry: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only achievements of this division of GB/T 4754, inferred; may be repeated"),
    ] = None,
    meet_maturity: Annotated[
        bool, typer.Option("--meet-maturity", help="Only achievements as mature as the need asks for")
    ] = False,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="memory (the default), stream (part by part, for registers too large to hold), or ray (on a cluster)",
        ),
    ] = "memory",
    index: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where stream and ray keep the index for the next time; DIR/index"),
    ] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N", help="Processes of stream, shards of ray; by default one a processor")
    ] = None,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Ray cluster, such as auto; local (the default) starts one here")
    ] = "local",
) -> int:
    """Propose achievements for every need: table, workbook and page."""
    from matchmaker.cli.jobs import Rules, make_shortlists

    screen = screen_of(context)
    rules = Rules(
        fields=tuple(field or ()),
        regions=tuple(region or ()),
        institutions=tuple(institution or ()),
        min_maturity=min_maturity,
        same_field=same_field,
        same_region=same_region,
        infer_fields=infer_fields,
        industries=tuple(industry or ()),
        meet_maturity=meet_maturity,
        as_of=as_of,
    )
    if engine not in ENGINES:
        raise SettingError(screen.word("bad_engine", found=engine, allowed=", ".join(ENGINES)))
    if engine == "memory":
        if index or workers or cluster != "local":
            raise SettingError(screen.word("stream_alone"))
        return make_shortlists(screen, achievements, needs, out, k, rules, choice)
    from matchmaker.cli.streams import stream

    return stream(
        screen, achievements, needs, out, k, rules, choice, index, workers, cluster if engine == "ray" else None
    )


@app.command()
@choosing_engine()
def score(
    context: typer.Context,
    choice: "EngineChoice",
    achievements: Achievements,
    needs: Needs,
    pairs: Annotated[Path, typer.Argument(help="Pairs to score: need_id, achievement_id")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="CSV file for the scores")],
) -> int:
    """Score given pairs."""
    from matchmaker.cli.jobs import score_pairs

    return score_pairs(screen_of(context), achievements, needs, pairs, out, choice)


@app.command()
@choosing_engine()
def learn(
    context: typer.Context,
    choice: "EngineChoice",
    achievements: Achievements,
    needs: Needs,
    judgments: Judgments,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the model")],
    gap_error: Annotated[
        str, typer.Option(metavar="SHARE", help="Of needs that can be served, the share that may be called gaps")
    ] = "0.1",
    deep: Annotated[bool, typer.Option("--deep", help="Tune the encoder too: minutes, and the extra [train]")] = False,
) -> int:
    """Learn from judgments; what is no better on needs kept aside is refused and not written."""
    from matchmaker.cli.jobs import learn_model

    return learn_model(screen_of(context), achievements, needs, judgments, out, gap_error, deep, choice)


@app.command()
def evaluate(
    context: typer.Context,
    shortlists: Annotated[Path, typer.Argument(help="Shortlists as written by matchmaker shortlist")],
    judgments: Judgments,
    achievements: Annotated[
        Path | None,
        typer.Option(metavar="REGISTER", help="Register of achievements, to show which institutions are seen"),
    ] = None,
    k: Depth = "10",
    relevant_from: RelevantFrom = "3",
    lowest: Lowest = "1",
    out: Metrics = None,
) -> int:
    """Measure shortlists by judgments, with confidence intervals."""
    from matchmaker.cli.measuring import Scale, evaluate_file

    return evaluate_file(screen_of(context), shortlists, judgments, achievements, Scale(k, relevant_from, lowest), out)


@app.command()
def compare(
    context: typer.Context,
    a: Annotated[Path, typer.Argument(help="The shortlists in use, as written by matchmaker shortlist")],
    b: Annotated[Path, typer.Argument(help="The shortlists to compare with them")],
    judgments: Judgments,
    k: Depth = "10",
    relevant_from: RelevantFrom = "3",
    lowest: Lowest = "1",
    out: Metrics = None,
) -> int:
    """Say which of two sets of shortlists is better by judgments, and on which needs."""
    from matchmaker.cli.measuring import Scale, compare_files

    return compare_files(screen_of(context), a, b, judgments, Scale(k, relevant_from, lowest), out)


@app.command()
@choosing_engine(model=False)
def check(
    context: typer.Context,
    choice: "EngineChoice",
    needs: Needs,
    out: Out,
) -> int:
    """Say how complete each need is, what is missing, and what to ask the enterprise."""
    from matchmaker.cli.reviews import check_needs

    return check_needs(screen_of(context), needs, out, choice)


@app.command()
def duplicates(
    context: typer.Context,
    register: Annotated[Path, typer.Argument(help="Register of achievements or of needs: .csv .xlsx .jsonl .parquet")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="CSV file for the groups")],
) -> int:
    """Find rows of one register that seem to be the same; nothing is merged."""
    from matchmaker.cli.reviews import list_duplicates

    return list_duplicates(screen_of(context), register, out)


@app.command()
def demo(
    context: typer.Context,
    out: Out,
    k: K = "10",
) -> int:
    """Make shortlists of the sample registers that the package carries."""
    from matchmaker.cli.jobs import run_demo

    return run_demo(screen_of(context), out, k)


def build_command(lang: str) -> Any:
    """Return the program as a callable command whose help is in the given language."""
    command = typer.main.get_command(app)
    words = HELP.get(lang, {})
    for part in _all_parts(command):
        part.help = words.get(part.help, part.help)
        part.epilog = words.get("epilog", HELP["en"]["epilog"])
        for parameter in part.params:
            told = getattr(parameter, "help", None)
            if told:
                parameter.help = words.get(told, told)
    return command


def _all_parts(command: Any) -> Iterator[Any]:
    """Yield a command and all commands below it."""
    yield command
    for part in getattr(command, "commands", {}).values():
        yield from _all_parts(part)
