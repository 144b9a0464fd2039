"""Arguments and options that several commands share, as Typer reads them, and the screen that a command speaks to."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from matchmaker.cli.screen import Screen

# No "from __future__ import annotations" here: Typer reads the annotations themselves.

Achievements = Annotated[Path, typer.Argument(help="Register of achievements: .csv .xlsx .jsonl .parquet")]
Needs = Annotated[Path, typer.Argument(help="Register of needs: .csv .xlsx .jsonl .parquet")]
Judgments = Annotated[Path, typer.Argument(help="Judgments: need_id, achievement_id, grade")]
Model = Annotated[Path | None, typer.Option(metavar="DIR", help="Model written by matchmaker learn")]
Term = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Term that is never split; may be repeated")]
TermsFile = Annotated[Path | None, typer.Option(metavar="FILE", help="File of such terms, one a line")]
CacheFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where vectors are kept between runs; by default the user's cache")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep no vectors between runs")]
Encoder = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="bundled (the default), or a sentence-transformers model by name or path"),
]
Quality = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Bundled encoder: best (the default), balanced in two thirds of the time, fast in no time"
    ),
]
Depth = Annotated[str, typer.Option("--k", metavar="N", help="Depth of the metrics")]
RelevantFrom = Annotated[str, typer.Option(metavar="GRADE", help="Lowest grade that is worth a meeting")]
Lowest = Annotated[str, typer.Option(metavar="GRADE", help="Lowest grade of the scale")]
Metrics = Annotated[Path | None, typer.Option(metavar="FILE", help="CSV file for the metrics as well")]
K = Annotated[str, typer.Option("--k", metavar="N", help="Longest shortlist")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results; files of the same names are replaced")]


def screen_of(context: typer.Context) -> Screen:
    """Return the screen that the program set up; an English one where a command is called by itself."""
    screen = context.obj
    return screen if isinstance(screen, Screen) else Screen("en")


# Options that choose an engine, with their defaults, in the order of the help.
_ENGINE: dict[str, tuple[Any, Any]] = {
    "model": (Model, None),
    "encoder": (Encoder, None),
    "quality": (Quality, None),
    "term": (Term, None),
    "terms_file": (TermsFile, None),
    "cache": (CacheFile, None),
    "no_cache": (NoCache, False),
}


def choosing_engine(*, model: bool = True) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the options that choose an engine; what was chosen reaches it as its parameter ``choice``.

    Parameters
    ----------
    model : bool
        Whether a learned model can be named too.
    """
    options = {name: found for name, found in _ENGINE.items() if model or name != "model"}

    def wrap(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def run(**values: Any) -> int:
            from matchmaker.cli.jobs import EngineChoice

            chosen = {name: values.pop(name, None) for name in _ENGINE}
            return command(choice=EngineChoice.read(screen_of(values["context"]), **chosen), **values)

        # Typer reads options from the signature.
        own = inspect.signature(command)
        added = [
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)
            for name, (annotation, default) in options.items()
        ]
        kept = [parameter for name, parameter in own.parameters.items() if name != "choice"]
        run.__signature__ = own.replace(parameters=[*kept, *added])  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in [*kept, *added]} | {"return": int}
        del run.__wrapped__
        return run

    return wrap
