"""From a source of any kind to grids whose header has been found."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from matchmaker.tables.cells import cell_text
from matchmaker.tables.columns import match_columns
from matchmaker.tables.contracts import Contract
from matchmaker.tables.delimited import read_delimited
from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Grid, Headless, Row, locate_header
from matchmaker.tables.structured import read_frame, read_json_lines, read_parquet, read_query
from matchmaker.tables.workbook import is_workbook, read_workbook

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection, Engine

    Source: TypeAlias = str | os.PathLike[str] | pd.DataFrame
    Database: TypeAlias = str | Engine | Connection

_FORMATS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"), "workbook"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "json"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
}
_QUERY = re.compile(r"\s*(?:select|with)\s", re.IGNORECASE)
_Table = tuple[str, Iterable[Row]]


class _Digest(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A source that is being read.

    Attributes
    ----------
    grids : iterator of Grid
        Its tables, one for a file, one for each fitting sheet of a workbook; raises TableError if none fits.
    findings : Findings
        Rows set aside and notices; complete once the grids have been gone through.
    digest : hash object
        SHA-256 of the file's bytes; for a data frame or a query, of its content as CSV, complete at the same time.
    """

    grids: Iterator[Grid]
    findings: Findings
    digest: _Digest


def start_reading(
    source: Source, contract: Contract, *, sheet: str | None, connection: Database | None, lang: str
) -> Reading:
    """Open a source; nothing but a file's digest is read before the grids are gone through.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file, a data frame, or the text of an SQL query.
    contract : Contract
        The kind of table that is expected.
    sheet : str or None
        The worksheet to read; None for every visible one that has the required columns.
    connection : str, sqlalchemy.Engine, sqlalchemy.Connection or None
        Where to run ``source`` as an SQL query.
    lang : {"zh", "en"}
        Language of messages.

    Raises
    ------
    TableError
        If the source does not exist or is of no kind that can be read.
    SettingError
        If ``lang`` is unknown.
    """
    digest = hashlib.sha256()
    if connection is None and isinstance(source, (str, os.PathLike)):
        path = Path(source)
        findings = Findings(path.name, lang)
        form = _recognise(path, findings)
        _digest_file(path, digest, findings)
        tables = _open_file(path, form, contract, sheet, findings)
    elif connection is not None:
        findings = Findings(" ".join(source.split()) if isinstance(source, str) else type(source).__name__, lang)
        if not isinstance(source, str):
            raise findings.error("not_query", found=type(source).__name__)
        form = "query"
        tables = iter([("", _digested(read_query(source, connection, findings), digest))])
    else:
        findings = Findings("DataFrame", lang)
        if not (hasattr(source, "itertuples") and hasattr(source, "columns")):
            raise findings.error("bad_source", found=type(source).__name__)
        form = "frame"
        tables = iter([("", _digested(read_frame(source), digest))])
    if sheet is not None and form != "workbook":
        raise findings.error("sheet_of_other", source=findings.source)
    return Reading(_locate_all(tables, contract, findings, ragged=form == "text"), findings, digest)


def _recognise(path: Path, findings: Findings) -> str:
    """Return the file's format by its name, or by what it holds where a workbook and a text were mixed up."""
    if not os.path.exists(path):
        if _QUERY.match(str(path)):
            raise findings.error("needs_connection", source=str(path)[:80])
        raise findings.error("no_file", path=path)
    if path.is_dir():
        raise findings.error("is_folder", path=path)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise findings.error("bad_suffix", suffix=path.suffix, path=path, allowed=" ".join(_FORMATS))
    try:
        with path.open("rb") as file:
            beginning = file.read(4096)
    except OSError as exc:
        raise findings.error("unreadable", path=path, detail=exc.strerror or str(exc)) from exc
    if not beginning.strip(b"\xef\xbb\xbf \t\r\n"):
        raise findings.error("empty", source=findings.source)
    if form == "text" and is_workbook(beginning):
        return "workbook"
    # Many systems name a text .xls so that Excel opens it.
    is_text = beginning.count(0) * 100 < len(beginning) and not beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(
        b"<"
    )
    if form == "workbook" and not is_workbook(beginning) and is_text:
        return "text"
    return form


def _digest_file(path: Path, digest: _Digest, findings: Findings) -> None:
    """Take the digest of a file's bytes."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as exc:
        raise findings.error("unreadable", path=path, detail=exc.strerror or str(exc)) from exc


def _open_file(path: Path, form: str, contract: Contract, sheet: str | None, findings: Findings) -> Iterator[_Table]:
    """Return the tables of a file: several for a workbook, else one without a name."""
    if form == "workbook":
        return read_workbook(path, sheet, findings)
    if form == "text":
        return iter([("", read_delimited(path, contract, findings))])
    read = {"json": read_json_lines, "parquet": read_parquet}[form]
    return iter([("", read(path, findings))])


class _DigestFile:
    """A file that only takes the digest of what is written to it."""

    def __init__(self, digest: _Digest) -> None:
        self._digest = digest

    def write(self, text: str) -> int:
        """Take the digest of one line."""
        self._digest.update(text.encode("utf-8", errors="surrogatepass"))
        return len(text)


def _digested(rows: Iterable[Row], digest: _Digest) -> Iterator[Row]:
    """Pass rows on as texts, taking the digest of them as CSV."""
    writer = csv.writer(_DigestFile(digest), lineterminator="\n")
    for number, cells in rows:
        texts = [cell_text(cell) for cell in cells]
        writer.writerow(texts)
        yield number, texts


def _locate_all(tables: Iterable[_Table], contract: Contract, findings: Findings, *, ragged: bool) -> Iterator[Grid]:
    """Yield the tables that have a header, with notices of what is not read.

    Raises
    ------
    TableError
        If there is none.
    """
    found, headless = False, []
    for name, rows in tables:
        located = locate_header(rows, contract, sheet=name, ragged=ragged)
        if isinstance(located, Grid):
            found = True
            _note_unread(located, contract, findings)
            yield located
        elif located is not None:
            headless.append(located)
            findings.note(name, 0, "skipped_sheet", missing="、".join(located.missing))
    if not found:
        raise _no_header(headless, contract, findings)


def _note_unread(grid: Grid, contract: Contract, findings: Findings) -> None:
    """Note text above the header, and a second column that could have been the title or the description."""
    if grid.above:
        findings.note(grid.sheet, grid.header_row, "above_header", row=grid.header_row)
    taken = set(grid.positions.values())
    rest = [cell if position not in taken else "" for position, cell in enumerate(grid.header)]
    for name, position in match_columns(rest, contract).items():
        if name in ("title", "description"):
            header = "".join(grid.header[position].split())
            findings.note(grid.sheet, grid.header_row, "other_column", header=header, column=name)


def _no_header(headless: list[Headless], contract: Contract, findings: Findings) -> Exception:
    """Return the error for a source without a usable table; it tells of the sheet that comes closest."""
    if not headless:
        return findings.error("empty", source=findings.source)
    nearest = min(headless, key=lambda table: len(table.missing))
    mark = "、" if findings.lang == "zh" else ", "
    accepted = "; ".join(
        f"{column.name} = {mark.join(column.aliases[:6])}"
        for column in contract.columns
        if column.name in nearest.missing
    )
    return findings.error(
        "no_header",
        source=f"{findings.source} [{nearest.sheet}]" if nearest.sheet else findings.source,
        missing=mark.join(nearest.missing),
        found=mark.join("".join(cell.split())[:30] for cell in nearest.nearest if cell.strip()),
        accepted=accepted,
    )
