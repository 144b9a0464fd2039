"""Excel workbooks (.xlsx .xlsm .xls .xlsb .ods, and .et of WPS) as rows of cells, sheet by sheet, through calamine."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Row

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# calamine lays a sheet out as one rectangle of 32 bytes a cell, so one stray cell in the far corner would ask for
# half a terabyte and end the process.
_MOST_CELLS = 64_000_000
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+[0-9]+(?::([A-Z]+)([0-9]+))?"')
_FILLED = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*[^/>]>')


def is_workbook(beginning: bytes) -> bool:
    """Return whether a file begins like a workbook, whatever its name says."""
    return beginning.startswith((_OLE, _ZIP))


def read_workbook(path: Path, sheet: str | None, findings: Findings) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the name and the rows of each visible worksheet, or of the one that is named.

    Rows are numbered as the spreadsheet shows them. A cell merged downwards stands in each of its rows, except in rows
    that hold nothing else.

    Raises
    ------
    TableError
        If the workbook is damaged, protected by a password, or has no such sheet.
    """
    with path.open("rb") as file:
        _refuse(file, findings)
        file.seek(0)
        data = io.BytesIO(file.read())
    try:
        workbook = _open(path, data)
        for metadata in workbook.sheets_metadata:
            if metadata.typ is not SheetTypeEnum.WorkSheet or (sheet is not None and metadata.name != sheet):
                continue
            if sheet is None and metadata.visible is not SheetVisibleEnum.Visible:
                findings.note(metadata.name, 0, "hidden_sheet")
                continue
            yield metadata.name, _rows(workbook.get_sheet_by_name(metadata.name))
    except PasswordError as exc:
        raise findings.error("locked", source=findings.source) from exc
    except (CalamineError, OSError) as exc:
        raise findings.error("bad_workbook", source=findings.source, detail=str(exc)) from exc
    if sheet is not None and sheet not in workbook.sheet_names:
        names = "、".join(workbook.sheet_names) if findings.lang == "zh" else ", ".join(workbook.sheet_names)
        raise findings.error("no_sheet", source=findings.source, sheet=sheet, sheets=names)


def _open(path: Path, data: BinaryIO) -> CalamineWorkbook:
    """Open by what the file holds, or, for its plainer error messages, by what its name says."""
    try:
        return CalamineWorkbook.from_filelike(data)
    except CalamineError:
        return CalamineWorkbook.from_path(path)


def _refuse(file: BinaryIO, findings: Findings) -> None:
    """Raise for files that calamine cannot or should not open."""
    beginning = file.read(4096)
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and b"<table" in (beginning + file.read(1 << 16)).lower():
        raise findings.error("web_page", source=findings.source)
    if beginning.startswith(_OLE):
        file.seek(0)
        if _LOCKED in file.read():
            raise findings.error("locked", source=findings.source)
    if beginning.startswith(_ZIP):
        try:
            stray = _find_stray(file)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as exc:
            raise findings.error("bad_workbook", source=findings.source, detail=str(exc)) from exc
        if stray is not None:
            part, row, column = stray
            raise findings.error("stray_cell", source=findings.source, part=part, row=row, column=column)


def _find_stray(file: BinaryIO) -> tuple[str, int, int] | None:
    """Return the first worksheet part that spans too large a rectangle, with its last row and column."""
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as part:
                    row, column = _measure_extent(part)
                if row * column > _MOST_CELLS:
                    return name, row, column
    return None


def _measure_extent(part: IO[bytes]) -> tuple[int, int]:
    """Return the last row and the last column of a worksheet part.

    What the sheet says of its own extent settles most cases; only a large or unstated one is measured, by the cells
    that hold something.
    """
    chunk = part.read(1 << 16)
    stated = _DIMENSION.search(chunk)
    if stated and stated[1]:
        row, column = int(stated[2]), _column_number(stated[1])
        if row * column <= _MOST_CELLS:
            return row, column
    row = column = 0
    while chunk:
        for found in _FILLED.finditer(chunk):
            row, column = max(row, int(found[2])), max(column, _column_number(found[1]))
        more = part.read(1 << 20)
        chunk = chunk[-256:] + more if more else b""
    return row, column


def _column_number(letters: bytes) -> int:
    """Return 1 for A, 26 for Z, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Yield the sheet's rows, numbered from 1, with cells merged downwards filled in."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    spans: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and column >= left:
            spans.setdefault(top, []).append((column - left, bottom))
    active: dict[int, tuple[int, object]] = {}
    for index, row in enumerate(sheet.iter_rows()):
        cells: list[object] = list(row)
        if active and any(cell != "" for cell in cells):
            for column, (bottom, value) in list(active.items()):
                if index <= bottom:
                    cells[column] = value
                else:
                    del active[column]
        for column, bottom in spans.get(index, ()):
            if column < len(cells):
                active[column] = (bottom, cells[column])
        yield index + 1, cells
