"""The book as PDF, printed by a browser of the Chromium family where one is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matchmaker.report.event_wording import words_for_event
from matchmaker.report.files import write_whole

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
)
_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The book asks nothing of any host, and the browser shall not either.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    # Tags for screen readers would double time and size of some hundred pages; the book itself is what they read.
    "--disable-pdf-tagging",
)
_DATES = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}([+-]\d\d'\d\d'|Z)?")


@dataclass(frozen=True, slots=True)
class Printed:
    """Whether a PDF was printed, and why not.

    Attributes
    ----------
    path : pathlib.Path or None
        The file; None where there is none.
    reason : str
        For people: why there is none, and what they can do.
    """

    path: Path | None
    reason: str = ""

    def __bool__(self) -> bool:
        """Return whether there is a file."""
        return self.path is not None


def print_pdf(
    html_path: str | os.PathLike[str],
    pdf_path: str | os.PathLike[str],
    *,
    made_on: date | None = None,
    seconds: float = 600,
    lang: str = "zh",
) -> Printed:
    """Print a book as PDF.

    Chromium, Chrome or Edge is looked for where it usually is; it runs without a window, with a profile of its own that
    is thrown away, and without any network.

    Parameters
    ----------
    html_path, pdf_path : str or path-like
        The book that `write_book` wrote, and where the PDF goes; it is written whole or not at all.
    made_on : datetime.date, optional
        Becomes the date inside the file, so that the same book gives the same bytes; without it, it is the time of
        printing.
    seconds : float
        How long to wait; a book of 350 parties (700 pages) takes minutes on a busy computer.
    lang : {"zh", "en"}
        Language of the reason.

    Returns
    -------
    Printed
        Its path, or the reason why there is none; a missing or failing browser is no error.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced.
    """
    words, page = words_for_event("printing", lang), Path(html_path).resolve()
    browser = find_browser()
    if browser is None:
        return Printed(None, words["no_browser"].format(page=page))
    # A browser that is told to stop may still be writing its profile.
    with tempfile.TemporaryDirectory(prefix="book-", ignore_cleanup_errors=True) as folder:
        draft = Path(folder) / "book.pdf"
        command = [browser, *_FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={draft}"]
        if sys.platform != "win32" and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium has no sandbox for root
        try:
            done = subprocess.run([*command, page.as_uri()], capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return Printed(None, words["too_slow"].format(seconds=f"{seconds:g}", page=page))
        except OSError as error:
            return Printed(None, words["failed"].format(browser=browser, detail=error.strerror, page=page))
        if not draft.is_file() or not draft.stat().st_size:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            detail = lines[-1][:200] if lines else f"exit {done.returncode}"
            return Printed(None, words["failed"].format(browser=browser, detail=detail, page=page))
        data = draft.read_bytes()
    if made_on is not None:
        data = _DATES.sub(lambda found: found[1] + f"{made_on:%Y%m%d}000000".encode() + (found[2] or b""), data)
    return Printed(write_whole(pdf_path, data))


def find_browser() -> str | None:
    """Return a browser of the Chromium family that is installed here; None where there is none."""
    return next(_browsers(), None)


def _browsers() -> Iterator[str]:
    for command in _COMMANDS:
        found = shutil.which(command)
        if found:
            yield found
    places: list[Path] = []
    if sys.platform == "darwin":
        places = [root / name for root in (Path("/Applications"), Path.home() / "Applications") for name in _MAC]
    elif sys.platform == "win32":
        roots = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        places = [Path(root) / name for root in roots if root for name in _WINDOWS]
    yield from (str(place) for place in places if place.is_file())
