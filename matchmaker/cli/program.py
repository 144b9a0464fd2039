"""The program as a whole: its language, its switches, its errors and its exit codes."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import typer

import matchmaker
from matchmaker.cli.commands import build_command
from matchmaker.cli.screen import Screen
from matchmaker.cli.wording import LANGUAGES
from matchmaker.errors import MatchmakerError


class ExitCode(IntEnum):
    """What the program returns; more than 2 is none of the user's doing."""

    DONE = 0
    SET_ASIDE = 1
    UNUSABLE = 2
    FAILED = 70
    INTERRUPTED = 130


@dataclass(slots=True)
class Switches:
    """The switches that every command takes, wherever they stand on the command line."""

    lang: str | None = None
    quiet: bool = False
    debug: bool = False
    version: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; by default the process's own.

    Returns
    -------
    int
        0 done; 1 done, with rows set aside; 2 unusable input or arguments; 70 a fault of the program; 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console in an old code page shows ? instead of failing
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    switches, rest = take_switches(given)
    lang = switches.lang if switches.lang in LANGUAGES else choose_language(os.environ)
    screen = Screen(lang, quiet=switches.quiet, command=["matchmaker", *given])
    if switches.lang is not None and switches.lang not in LANGUAGES:
        screen.fail("bad_lang", found=switches.lang, allowed=", ".join(LANGUAGES))
        return ExitCode.UNUSABLE
    if switches.version:
        print(f"matchmaker {matchmaker.__version__}")
        return ExitCode.DONE
    try:
        code = ExitCode(build_command(lang)(args=rest, prog_name="matchmaker", standalone_mode=False, obj=screen) or 0)
        if code is ExitCode.INTERRUPTED:  # Typer turns Ctrl-C into this code
            screen.fail("interrupted")
        return code
    except typer.TyperException as error:
        screen.explain_usage(error)
        return ExitCode.UNUSABLE
    except MatchmakerError as error:
        if switches.debug:
            traceback.print_exc()
        screen.fail("error", message=error)
        return ExitCode.UNUSABLE
    except (KeyboardInterrupt, typer.Abort):
        screen.fail("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:
        _report_fault(screen, error, debug=switches.debug)
        return ExitCode.FAILED
    finally:
        screen.close()


def take_switches(arguments: Sequence[str]) -> tuple[Switches, list[str]]:
    """Take the common switches out of a command line.

    Parameters
    ----------
    arguments : sequence of str
        What follows the program's name. What stands behind ``--`` is left alone.

    Returns
    -------
    switches : Switches
    rest : list of str
        The command and its own options, in their order.

    Examples
    --------
    >>> take_switches(["demo", "--lang", "en", "--out", "d", "-q"])
    (Switches(lang='en', quiet=True, debug=False, version=False), ['demo', '--out', 'd'])
    """
    switches, rest = Switches(), []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--lang":
            switches.lang = next(words, "")
        elif word.startswith("--lang="):
            switches.lang = word.removeprefix("--lang=")
        elif word in ("--quiet", "-q"):
            switches.quiet = True
        elif word == "--debug":
            switches.debug = True
        elif word == "--version":
            switches.version = True
        else:
            rest.append(word)
    return switches, rest


def choose_language(environment: Mapping[str, str]) -> str:
    """Return the language that the locale asks for: Chinese unless it names another.

    Examples
    --------
    >>> choose_language({}), choose_language({"LANG": "zh_CN.UTF-8"}), choose_language({"LC_ALL": "C", "LANG": "zh_CN"})
    ('zh', 'zh', 'en')
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh"


def _report_fault(screen: Screen, error: Exception, *, debug: bool) -> None:
    """Say that the program is at fault, and where its traceback lies."""
    short = f"{type(error).__name__}: {error}"[:300]
    if debug:
        traceback.print_exc()
        screen.fail("fault", message=short)
        return
    try:
        handle, name = tempfile.mkstemp(prefix="matchmaker-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            traceback.print_exc(file=file)
    except OSError:
        screen.fail("fault", message=short)
    else:
        screen.fail("fault_logged", message=short, path=Path(name))
