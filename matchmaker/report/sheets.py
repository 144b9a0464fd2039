"""Sheets in one style, in which every text stays text; the same content gives the same bytes."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import xlsxwriter

from matchmaker.errors import TableError
from matchmaker.report.files import write_whole

CELL_LIMIT = 32_767  # UTF-16 code units that an Excel cell holds
ROW_LIMIT = 1_048_576  # rows that an Excel sheet holds, the header included
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ACCENT, _RULE, _FADED, _BLANK = "#1F4E79", "#C9D3DE", "#8A94A0", "#FFF8DC"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its heading, its width in characters, and how its values are written.

    A column with ``choices`` offers them in a drop-down list; kind ``"input"`` is coloured for people to fill in, and
    ``"amount"`` is as well, for a number from 0 on.
    """

    heading: str
    width: float
    kind: str = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Values of a row; the first ``repeated`` ones say again what the row above said and are written faded."""

    values: Sequence[str | float]
    repeated: int = 0


def clean_text(text: str, cut: str = "…") -> str:
    r"""Return a text that an Excel cell can hold: no character that XML forbids, not too long.

    Parameters
    ----------
    text : str
        Any text.
    cut : str
        The mark put at the end of a shortened text; ``{n}`` becomes the length before.

    Examples
    --------
    >>> clean_text("a\x00b\r\nc")
    'ab\nc'
    >>> len(clean_text("长" * 40_000))
    32767
    """
    if not text.isprintable():  # what is printable holds no line break and nothing forbidden
        text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if 2 * len(text) <= CELL_LIMIT or _count_units(text) <= CELL_LIMIT:
        return text
    mark = cut.format(n=len(text))
    room = CELL_LIMIT - _count_units(mark)
    units = text[:room].encode("utf-16-le")[: 2 * room]
    return units.decode("utf-16-le", "ignore") + mark


class SheetWriter:
    """Sheets of one workbook in one style."""

    def __init__(self, book: Any, words: Mapping[str, str]) -> None:
        self.book, self.words = book, words
        base: dict[str, object] = {"valign": "top", "font_size": 10, "bottom": 1, "bottom_color": _RULE}
        first: dict[str, object] = {**base, "top": 1, "top_color": _FADED}
        kinds: dict[str, dict[str, object]] = {
            "text": {"text_wrap": True},
            "number": {"align": "center"},
            "percent": {"num_format": "0%", "align": "right"},
            "input": {"text_wrap": True, "bg_color": _BLANK},
            "amount": {"num_format": "#,##0", "bg_color": _BLANK},
        }
        self.formats = {
            (kind, style): book.add_format({**properties, **extra})
            for kind, extra in kinds.items()
            for style, properties in (("plain", base), ("first", first), ("faded", {**base, "font_color": _FADED}))
        }
        self.header = book.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": _ACCENT, "text_wrap": True, "valign": "vcenter"}
        )
        self.heading = book.add_format({"bold": True, "font_size": 12, "font_color": _ACCENT})
        self.large = book.add_format({"bold": True, "font_size": 16})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "font_size": 10})

    def add_table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Row], *, frozen: int = 0, height: float = 54
    ) -> None:
        """Add a sheet with a frozen header, filters, and one line per row, ``height`` points high."""
        sheet = self.book.add_worksheet(self.words[name])
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, self.words[column.heading], self.header)
        sheet.set_row(0, 32)
        styles = {
            style: [self.formats[column.kind, style] for column in columns] for style in ("plain", "first", "faded")
        }
        last = 0
        for last, row in enumerate(rows, start=1):
            if last >= ROW_LIMIT:
                raise TableError(
                    f"sheet {self.words[name]!r} needs more than {ROW_LIMIT} rows, which Excel cannot hold; "
                    "ask for fewer matches per need or split the needs"
                )
            sheet.set_row(last, height)
            own = styles["plain" if row.repeated else "first"]
            chosen = [*styles["faded"][: row.repeated], *own[row.repeated :]]
            for place, (value, style) in enumerate(zip(row.values, chosen, strict=True)):
                self._write(sheet, last, place, value, style)
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        # Ids and prices such as "120" stay text; without this Excel flags each of them with a green corner.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        for place, column in enumerate(columns):
            if column.kind == "percent" and last:
                bar = {"type": "data_bar", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
                sheet.conditional_format(1, place, last, place, {**bar, "bar_color": "#9DC3E6", "bar_solid": True})
            if last and (column.choices or column.kind == "amount"):
                sheet.data_validation(1, place, last, place, self._allow(column))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def add_lines(self, name: str, widths: Sequence[float], lines: Sequence[tuple[Sequence[str | float], Any]]) -> None:
        """Add a sheet of free lines: the values of each, and its format."""
        if len(lines) > ROW_LIMIT:
            raise TableError(
                f"sheet {self.words[name]!r} needs {len(lines)} rows, more than the {ROW_LIMIT} that Excel can hold; "
                "read fewer files at once"
            )
        sheet = self.book.add_worksheet(self.words[name])
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        for row, (values, style) in enumerate(lines):
            for place, value in enumerate(values):
                self._write(sheet, row, place, value, style)

    def _allow(self, column: Column) -> dict[str, object]:
        kind = "choose" if column.choices else "amount"
        rule: dict[str, object] = {"validate": "decimal", "criteria": ">=", "value": 0}
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices)}
        title, hint, error = (self.words[f"{kind}_{what}"] for what in ("title", "hint", "error"))
        return {**rule, "input_title": title, "input_message": hint, "error_title": title, "error_message": error}

    def _write(self, sheet: Any, row: int, place: int, value: str | float, style: Any) -> None:
        if not isinstance(value, str):
            sheet.write_number(row, place, value, style)
        elif text := clean_text(value, self.words["cut"]):
            sheet.write_string(row, place, text, style)
        else:
            sheet.write_blank(row, place, None, style)


@contextmanager
def open_sheets(
    path: str | os.PathLike[str], title: str, made_on: date, words: Mapping[str, str]
) -> Iterator[SheetWriter]:
    """Give a writer of sheets; when the block ends well, the workbook is written, whole or not at all.

    Parameters
    ----------
    path : str or path-like
        Where the ``.xlsx`` file goes.
    title : str
    made_on : datetime.date
        What the file says of its making: the time of writing would make two runs differ.
    words : mapping of str to str
        Names of sheets and headings, and ``cut``, the mark of shortened texts.

    Raises
    ------
    TableError
        If a sheet would need more rows than Excel has.
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": clean_text(title), "created": datetime.combine(made_on, time(), UTC)})
        yield SheetWriter(book, words)
    write_whole(path, buffer.getvalue())


def _count_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
