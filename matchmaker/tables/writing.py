"""Files written whole or not at all: CSV that spreadsheets open as meant, and plain texts and bytes."""

from __future__ import annotations

import csv
import io
import numbers
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from matchmaker.errors import TableError
from matchmaker.files import replacing
from matchmaker.languages import check_language
from matchmaker.records import Rejection
from matchmaker.tables.cells import cell_text
from matchmaker.tables.messages import say
from matchmaker.tables.safety import safe_cell, strip_controls

REJECTED_HEADER = ("file", "sheet", "row", "reason", "content")


@contextmanager
def _replacing(path: str | os.PathLike[str], lang: str) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path``; it takes the place of ``path`` only if the block ends well."""
    check_language(lang)
    try:
        with replacing(path) as file:
            yield file
    except OSError as exc:
        raise TableError(say(lang, "unwritable", path=path, detail=exc.strerror or str(exc))) from exc


def write_bytes(path: str | os.PathLike[str], content: bytes, *, lang: str = "zh") -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : str or path
        The file; one that exists is replaced.
    content : bytes
        All of it.
    lang : {"zh", "en"}
        Language of the error.

    Raises
    ------
    TableError
        If the folder does not exist or the file cannot be written; what was there before stays as it was.
    """
    with _replacing(path, lang) as file:
        file.write(content)


def write_text(path: str | os.PathLike[str], text: str, *, lang: str = "zh") -> None:
    r"""Write a text file in UTF-8, whole or not at all; line breaks stay ``\n`` on every system.

    Parameters
    ----------
    path : str or path
        The file; one that exists is replaced.
    text : str
        All of it.
    lang : {"zh", "en"}
        Language of the error.

    Raises
    ------
    TableError
        If the folder does not exist or the file cannot be written; what was there before stays as it was.
    """
    write_bytes(path, text.encode("utf-8"), lang=lang)


def write_csv(
    path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[object]], *, lang: str = "zh"
) -> None:
    r"""Write a CSV file that spreadsheets open as meant, whole or not at all.

    UTF-8 with a byte order mark (without it Excel in China takes the file for GBK), commas, ``\r\n`` at the end of each
    row, quotes where needed; the same rows give the same bytes on every system. Texts pass through `safe_cell`, so none
    of them can run as a formula, and lose their control characters; numbers are written as they are.

    Parameters
    ----------
    path : str or path
        The file; one that exists is replaced.
    header : sequence of str
        Column names.
    rows : iterable of sequences
        Cells: texts, numbers, dates, None for blank. They are written as they come, so a generator will do.
    lang : {"zh", "en"}
        Language of the error.

    Raises
    ------
    TableError
        If the folder does not exist or the file cannot be written; what was there before stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "scores.csv"
    >>> write_csv(file, ["id", "score", "note"], [["A-1", -0.53, "=1+1"]])
    >>> file.read_bytes().decode()
    "\ufeffid,score,note\r\nA-1,-0.53,'=1+1\r\n"
    >>> folder.cleanup()
    """
    with _replacing(path, lang) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([_writable(name) for name in header])
        for row in rows:
            writer.writerow([_writable(cell) for cell in row])
        text.flush()
        text.detach()


def _writable(cell: object) -> str:
    """Return a cell's text: numbers in full, everything else made safe."""
    if isinstance(cell, numbers.Real) and not isinstance(cell, bool):
        return "" if cell != cell else str(cell)  # the shortest form that reads back the same, NumPy's types too
    return safe_cell(strip_controls(cell_text(cell))[0])


def write_rejected(path: str | os.PathLike[str], rejections: Iterable[Rejection], *, lang: str = "zh") -> None:
    """Write rows that were set aside as CSV: file, sheet, row, reason, content.

    Parameters
    ----------
    path : str or path
        The file, ``rejected.csv`` by custom; one that exists is replaced.
    rejections : iterable of Rejection
        In the order in which they are to be listed; none gives a file with a header only.
    lang : {"zh", "en"}
        Language of the error.

    Raises
    ------
    TableError
        If the folder does not exist or the file cannot be written; what was there before stays as it was.
    """
    rows = ((item.file, item.sheet, item.row, item.reason, item.content) for item in rejections)
    write_csv(path, REJECTED_HEADER, rows, lang=lang)
