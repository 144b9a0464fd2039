"""CSV files as rows of cells: which delimiter, which encoding, and records whose quotation marks do not pair up."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from matchmaker.tables.columns import match_columns
from matchmaker.tables.contracts import Contract
from matchmaker.tables.encoding import HEAD, detect_encoding
from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Row, has_required
from matchmaker.tables.safety import bare_cell

_DELIMITERS = (",", "\t", ";", "，", "|")
_SAMPLE_ROWS = 40
_MEND_LINES = 30
# The csv module keeps one limit for the whole process. It is only ever raised, because putting it back would break
# another thread's reading half-way.
_CELL_LIMIT = 2**31 - 1


def sniff_delimiter(text: str, contract: Contract) -> tuple[str, int, bool]:
    r"""Find the delimiter under which a header row appears.

    Parameters
    ----------
    text : str
        The beginning of the file.
    contract : Contract
        The kind of table that is expected.

    Returns
    -------
    tuple of (str, int, bool)
        The delimiter, the number of cells in the header row, and whether that row has all required columns.

    Examples
    --------
    >>> from matchmaker.tables.contracts import PAIRS
    >>> sniff_delimiter("需求编号;成果编号\nN-1;A-1\n", PAIRS)
    (';', 2, True)
    """
    best, delimiter, width = (False, 0), ",", 0
    for candidate in _DELIMITERS:
        for cells in islice(csv.reader(io.StringIO(text, newline=""), delimiter=candidate), _SAMPLE_ROWS):
            found = match_columns(cells, contract)
            claim = (has_required(found, contract), len(found))
            if claim > best:
                best, delimiter, width = claim, candidate, len(cells)
    return delimiter, width, best[0]


def read_delimited(path: Path, contract: Contract, findings: Findings) -> Iterator[Row]:
    """Yield the rows of a CSV file, numbered from 1; a record with line breaks inside quotes counts as one row.

    A record whose quotation marks do not pair up is restored by the number of its columns, with a notice, or set aside;
    the lines after it are read as if nothing had happened.

    Raises
    ------
    TableError
        If the file is empty or its encoding cannot be recognised.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _CELL_LIMIT))
    encoding = detect_encoding(path, lambda text: sniff_delimiter(text, contract)[2])
    if encoding is None:
        raise findings.error("no_encoding", source=findings.source)
    if encoding.guessed:
        findings.note("", 0, "guessed_encoding", encoding=encoding.name.upper())
    if encoding.damaged:
        findings.note("", 0, "damaged_encoding", encoding=encoding.name.upper(), count=encoding.damaged)
    with path.open(encoding=encoding.name, errors="replace", newline="") as file:
        delimiter, width, _ = sniff_delimiter(file.read(HEAD), contract)
        file.seek(0)
        yield from _split_records(file, delimiter, width, findings)


def _split_records(lines: Iterator[str], delimiter: str, width: int, findings: Findings) -> Iterator[Row]:
    """Yield records, mending or setting aside those that the csv module refuses in strict mode."""
    waiting: deque[str] = deque()  # lines to be read again after a broken record
    taken: list[str] = []  # lines of the record being read

    def feed() -> Iterator[str]:
        while True:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                return
            taken.append(line)
            yield line

    number = 0
    while True:
        source = feed()
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                number += 1
                taken.clear()
                yield number, [bare_cell(cell) if cell[:1] == "'" else cell for cell in cells]
            return
        except csv.Error:
            number += 1
        while len(taken) < _MEND_LINES and next(source, None) is not None:
            pass
        count, mended = _mend(taken[:_MEND_LINES], delimiter, width)
        if mended is None:
            findings.reject("", number, "bad_quotes", taken[:1])
        else:
            findings.note("", number, "mended_quotes")
        waiting.extendleft(reversed(taken[count:]))
        taken.clear()
        if mended is not None:
            yield number, mended


def _mend(lines: list[str], delimiter: str, width: int) -> tuple[int, list[str] | None]:
    """Return how many lines make up the broken record, and its cells if they come out as many as the header has.

    A line that makes a full record by itself is never drawn into the one before it.
    """
    for count in range(1, len(lines) + 1):
        if count > 1 and len(_split_loosely(lines[count - 1], delimiter) or ()) == width:
            break
        cells = _split_loosely("".join(lines[:count]), delimiter)
        if cells is not None and len(cells) == width:
            return count, cells
    return 1, None


def _split_loosely(text: str, delimiter: str) -> list[str] | None:
    """Split a record, taking a quotation mark as one only beside a delimiter; None if it does not come out whole."""
    text = text.rstrip("\r\n")
    mark = re.escape(delimiter)
    cell = re.compile(rf'(?:"(?P<quoted>.*?)" *(?={mark}|\Z)|(?P<plain>[^{mark}\r\n]*))', re.DOTALL)
    cells, position = [], 0
    while found := cell.match(text, position):
        quoted = found["quoted"]
        cells.append(found["plain"] if quoted is None else quoted.replace('""', '"'))
        position = found.end() + len(delimiter)
        if found.end() == len(text):
            return cells
        if not text.startswith(delimiter, found.end()):
            break
    return None
