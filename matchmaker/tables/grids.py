"""Grids: numbered rows of cells from any kind of source, and where their header row is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from matchmaker.tables.cells import cell_text
from matchmaker.tables.columns import match_columns
from matchmaker.tables.contracts import Contract
from matchmaker.tables.safety import strip_controls

Row = tuple[int, Sequence[object]]

_SEARCHED = 15


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose header has been found.

    Attributes
    ----------
    sheet : str
        Name of the worksheet; empty elsewhere.
    header_row : int
        Number of the header row.
    header : tuple of str
        Its cells.
    positions : mapping of str to int
        Where the contract's columns stand.
    above : tuple of int
        Numbers of the rows with text above the header.
    rows : iterable of (int, cells)
        The rows below it; can be gone through once.
    ragged : bool
        Whether rows may have more or fewer cells than the header, as in CSV.
    """

    sheet: str
    header_row: int
    header: tuple[str, ...]
    positions: Mapping[str, int]
    above: tuple[int, ...]
    rows: Iterable[Row]
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Headless:
    """A table in which no row has the required columns; ``nearest`` is the row that comes closest."""

    sheet: str
    nearest: tuple[str, ...]
    missing: tuple[str, ...]


def has_required(found: Mapping[str, int], contract: Contract) -> bool:
    """Return whether all required columns are among those found."""
    return all(name in found for name in contract.required)


def locate_header(
    rows: Iterable[Row], contract: Contract, *, sheet: str = "", ragged: bool = False
) -> Grid | Headless | None:
    """Find the header among the first 15 rows that are not blank: the row with most of the contract's columns.

    Parameters
    ----------
    rows : iterable of (int, cells)
        The table from its top.
    contract : Contract
        The kind of table.
    sheet : str
        Name of the worksheet.
    ragged : bool
        Whether rows may have more or fewer cells than the header.

    Returns
    -------
    Grid, Headless or None
        None when every row is blank.
    """
    stream: Iterator[Row] = iter(rows)
    seen: list[tuple[int, tuple[str, ...]]] = []
    kept: list[Row] = []
    for number, cells in stream:
        texts = tuple(strip_controls(cell_text(cell))[0].strip("\ufeff") for cell in cells)
        kept.append((number, cells))
        if any(text.strip() for text in texts):
            seen.append((number, texts))
            if len(seen) == _SEARCHED:
                break
    if not seen:
        return None
    matches = [match_columns(texts, contract) for _, texts in seen]
    # The first of equals: max keeps it.
    best = max(range(len(seen)), key=lambda place: (has_required(matches[place], contract), len(matches[place])))
    number, header = seen[best]
    found = matches[best]
    if not has_required(found, contract):
        return Headless(sheet, header, tuple(name for name in contract.required if name not in found))
    below = [row for row in kept if row[0] > number]
    above = tuple(row for row, _ in seen[:best])
    return Grid(sheet, number, header, found, above, chain(below, stream), ragged)
