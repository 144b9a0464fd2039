"""What the program shows: results on standard output, everything else on standard error, in the reader's language."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from matchmaker.cli.wording import MESSAGES, STAGES, USAGE
from matchmaker.records import Rejection

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 2.0  # seconds of work before progress is shown
_SHOWN = 3


class Screen:
    """Messages, progress and the time that each stage took.

    Parameters
    ----------
    lang : {"zh", "en"}
        Language of all messages.
    quiet : bool
        Show results and errors only.
    command : sequence of str
        The command line, for the manifest.

    Attributes
    ----------
    seconds : dict of str to float
        Time spent in each stage so far.
    """

    def __init__(self, lang: str, *, quiet: bool = False, command: Sequence[str] = ()) -> None:
        self.lang = lang
        self.quiet = quiet
        self.command = tuple(command)
        self.seconds: dict[str, float] = {}
        self._began = self._last = time.perf_counter()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    # ------------------------------------------------------------------------------------------------------- messages

    def word(self, key: str, **values: object) -> str:
        """Return a message."""
        return MESSAGES[self.lang][key].format(**values)

    def say(self, key: str, **values: object) -> None:
        """Print a message to standard output, unless quiet."""
        if not self.quiet:
            self.close()
            print(self.word(key, **values))

    def show(self, text: str) -> None:
        """Print a result to standard output, quiet or not."""
        self.close()
        print(text)

    def warn(self, key: str, **values: object) -> None:
        """Print a message to standard error, unless quiet."""
        if not self.quiet:
            self.close()
            print(self.word(key, **values), file=sys.stderr)

    def fail(self, key: str, **values: object) -> None:
        """Print an error to standard error."""
        self.close()
        print(self.word(key, **values), file=sys.stderr)

    def warn_rejected(self, rejections: Sequence[Rejection], where: object) -> None:
        """Tell how many rows were set aside, show the first ones, and say where all of them are."""
        if rejections:
            self.warn("rejected", count=len(rejections), path=where)
            for rejection in rejections[:_SHOWN]:
                self.warn("rejection" if rejection.row else "rejected_whole", **describe_rejection(rejection))
            if len(rejections) > _SHOWN:
                self.warn("more", count=len(rejections) - _SHOWN)

    def explain_usage(self, error: typer.TyperException) -> None:
        """Print what is wrong with the command line, and where to find help."""
        self.close()
        kind = type(error).__name__
        if kind == "NoArgsIsHelpError":  # Typer has shown the help
            return
        message = error.format_message()
        if self.lang in USAGE and kind in USAGE[self.lang]:
            message = USAGE[self.lang][kind].format(
                name=getattr(error, "option_name", None) or _name_parameter(error), message=error.message
            )
        context = getattr(error, "ctx", None)
        self.fail("error", message=message)
        self.fail("see_help", command=context.command_path if context else "matchmaker")

    # ------------------------------------------------------------------------------------------------------- progress

    def progress(self, stage: str, done: int, total: int) -> None:
        """Take down how far a stage is; called after each piece of work."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
        if not self._shows(now):
            return
        bars = self._open_bars()
        if stage not in self._tasks:
            self._tasks[stage] = bars.add_task(STAGES[self.lang].get(stage, stage), total=total)
        bars.update(self._tasks[stage], completed=done, total=total)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Take the time of a stage that cannot tell how far it is."""
        self._last = time.perf_counter()
        if self._shows(self._last) and stage not in self._tasks:
            self._tasks[stage] = self._open_bars().add_task(STAGES[self.lang].get(stage, stage), total=None)
        yield
        now = time.perf_counter()
        if self._bars is not None and stage in self._tasks:
            self._bars.update(self._tasks[stage], completed=1, total=1)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now

    def _shows(self, now: float) -> bool:
        """Tell whether progress is shown: to a person, once the work has taken a while."""
        return not self.quiet and now - self._began >= PATIENCE and sys.stderr.isatty()

    def close(self) -> None:
        """Take the progress bars off the screen."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks.clear()

    def _open_bars(self) -> Progress:
        if self._bars is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bars = Progress(console=Console(stderr=True), transient=True)
            self._bars.start()
        return self._bars


def describe_rejection(rejection: Rejection) -> dict[str, object]:
    """Return what the message about a rejection says."""
    sheet = f" [{rejection.sheet}]" if rejection.sheet else ""
    return {"file": rejection.file, "sheet": sheet, "row": rejection.row, "reason": rejection.reason}


def _name_parameter(error: typer.TyperException) -> str:
    """Return what a command line calls the parameter that an error is about."""
    parameter = getattr(error, "param", None)
    if parameter is None:
        return ""
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.name.upper())
