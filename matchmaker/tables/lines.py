"""Rows of a grid as lines: cells asked for by column names, blank rows passed over, misshapen ones set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from matchmaker.tables.cells import cell_text, read_date, read_id, tidy
from matchmaker.tables.columns import find_unit
from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Grid
from matchmaker.tables.safety import has_controls, strip_controls

_REMARK = re.compile(r"[*＊※\s]+|[（(][必选]填项?[)）]")


class Line:
    """One row of a grid, asked for by column names.

    Parameters
    ----------
    layout : Layout
        Where the columns stand.
    number : int
        The row's number.
    texts : list of str
        Its cells without blanks at their ends, and one empty cell behind them for columns the table does not have.
    """

    __slots__ = ("layout", "number", "positions", "texts")

    def __init__(self, layout: Layout, number: int, texts: list[str]) -> None:
        self.layout = layout
        self.number = number
        self.positions = layout.positions
        self.texts = texts

    def get(self, name: str) -> str:
        """Return a cell; empty if it is blank or the table has no such column."""
        return self.texts[self.positions.get(name, -1)]

    def get_short(self, name: str) -> str:
        """Return a cell without invisible characters at its ends either."""
        # Most columns of the contract are blank in most registers.
        text = self.texts[self.positions.get(name, -1)]
        return tidy(text) if text else text

    def get_id(self, name: str) -> str:
        """Return a cell as an id, noting what a spreadsheet did to it."""
        text = tidy(self.get(name))
        value, key = read_id(text)
        if key:
            self.note(key, name, value=text, taken=value)
        return value

    def get_date(self, name: str, *, last: bool = False) -> date | None:
        """Return a cell as a date, noting what could not be read; see `read_date` for ``last``."""
        text = self.get(name)
        if not text:
            return None
        value, key = read_date(text, last=last)
        if key:
            self.note(key, name, value=text[:40], taken=value)
        return value

    def note(self, key: str, name: str, **values: object) -> None:
        """Note something about a cell."""
        layout = self.layout
        layout.findings.note(layout.grid.sheet, self.number, key, column=layout.label(name), **values)

    def reject(self, key: str, **values: object) -> None:
        """Set the row aside."""
        self.layout.findings.reject(self.layout.grid.sheet, self.number, key, self.texts, **values)


class Layout:
    """What the rows of one grid have in common.

    Attributes
    ----------
    positions : mapping of str to int
        Where the contract's columns stand.
    extras : list of (int, str)
        Positions and names of all other columns.
    units : dict of str to str
        Units of money that headers of the contract's columns state.
    """

    def __init__(self, grid: Grid, findings: Findings) -> None:
        self.grid = grid
        self.findings = findings
        self.positions = grid.positions
        self.units = {name: find_unit(grid.header[position]) for name, position in grid.positions.items()}
        self.extras: list[tuple[int, str]] = []
        taken, names = set(grid.positions.values()), set[str]()
        for position, header in enumerate(grid.header):
            if position not in taken:
                name = _join_lines(header) or f"column {position + 1}"
                unique, count = name, 2
                while unique in names:
                    unique, count = f"{name} {count}", count + 1
                names.add(unique)
                self.extras.append((position, unique))

    def label(self, name: str) -> str:
        """Return a column's header as the table has it, for messages."""
        position = self.positions.get(name)
        return name if position is None else _REMARK.sub("", _join_lines(self.grid.header[position])) or name

    def lines(self) -> Iterator[Line]:
        """Yield the rows that are neither blank nor of a wrong shape; the latter are set aside."""
        grid, findings = self.grid, self.findings
        header = [cell.strip() for cell in grid.header]
        width = len(header)
        named = max(place for place, cell in enumerate(header, start=1) if cell)
        for number, cells in grid.rows:
            texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
            if has_controls("".join(texts)):
                texts = self._strip_controls(number, texts)
            texts = [text.strip() for text in texts]
            if not any(texts):
                continue
            if len(texts) != width and grid.ragged:
                while len(texts) > width and not texts[-1]:
                    texts.pop()
                if len(texts) > width:
                    findings.reject(grid.sheet, number, "too_many_cells", texts, extra=len(texts) - width)
                    continue
                if len(texts) < width:
                    if len(texts) < named:
                        findings.note(grid.sheet, number, "few_cells", missing=named - len(texts))
                    texts += [""] * (width - len(texts))
            if texts == header:
                findings.reject(grid.sheet, number, "repeated_header", texts)
                continue
            texts.append("")
            yield Line(self, number, texts)

    def _strip_controls(self, number: int, texts: list[str]) -> list[str]:
        """Return the cells without control characters, noting how many there were."""
        stripped = [strip_controls(text) for text in texts]
        self.findings.note(self.grid.sheet, number, "control", count=sum(found for _, found in stripped))
        return [text for text, _ in stripped]


def _join_lines(header: str) -> str:
    """Return a header in one line; Chinese lines join without a blank."""
    return (" " if header.isascii() else "").join(line.strip() for line in header.splitlines()).strip()
