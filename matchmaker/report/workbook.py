"""The workbook: shortlists by need and by achievement, gaps, rows set aside, notes."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from matchmaker.errors import TableError
from matchmaker.records import Match, Profile
from matchmaker.report.content import ReportContent
from matchmaker.report.files import write_whole
from matchmaker.report.wording import words_for

CELL_LIMIT = 32_767  # UTF-16 code units that an Excel cell holds
ROW_LIMIT = 1_048_576  # rows that an Excel sheet holds, the header included
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ACCENT, _RULE, _FADED = "#1F4E79", "#C9D3DE", "#8A94A0"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: the key of its heading, its width in characters, and how its values are written."""

    heading: str
    width: float
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class _Row:
    """Values of a row; the first ``repeated`` ones say again what the row above said and are written faded."""

    values: Sequence[str | float]
    repeated: int = 0


_NEED = (
    _Column("need_id", 11),
    _Column("need_title", 30),
    _Column("enterprise", 20),
    _Column("field", 11),
    _Column("region", 13),
)
_BY_NEED = (
    *_NEED,
    _Column("required_maturity", 12),
    _Column("cooperation_mode", 14),
    _Column("budget", 11),
    _Column("deadline", 11),
    _Column("need_text", 40),
    _Column("rank", 6, "number"),
    _Column("probability", 12, "percent"),
    _Column("suitable", 6),
    _Column("achievement_id", 11),
    _Column("achievement_title", 32),
    _Column("institution", 20),
    _Column("reasons", 46),
    _Column("achievement_field", 11),
    _Column("maturity", 12),
    _Column("transfer_mode", 14),
    _Column("price", 11),
    _Column("achievement_text", 40),
    _Column("other", 30),
)
_BY_ACHIEVEMENT = (
    _Column("achievement_id", 11),
    _Column("achievement_title", 32),
    _Column("institution", 20),
    _Column("field", 11),
    _Column("maturity", 12),
    _Column("transfer_mode", 14),
    _Column("price", 11),
    _Column("other", 30),
    _Column("needs_suited", 8, "number"),
    _Column("needs_listed", 8, "number"),
    _Column("need_id", 11),
    _Column("need_title", 32),
    _Column("enterprise", 20),
    _Column("rank", 6, "number"),
    _Column("probability", 12, "percent"),
    _Column("suitable", 6),
    _Column("reasons", 46),
)
_GAPS = (
    *_NEED,
    _Column("deadline", 11),
    _Column("need_text", 50),
    _Column("nearest_title", 32),
    _Column("nearest_institution", 20),
    _Column("nearest_probability", 12, "percent"),
)
_REJECTED = (
    _Column("file", 24),
    _Column("sheet", 14),
    _Column("row", 8, "number"),
    _Column("reason", 40),
    _Column("content", 80),
)


def write_workbook(content: ReportContent, path: str | os.PathLike[str]) -> Path:
    """Write the shortlists as an Excel workbook.

    Every text is written as text, so that ``=HYPERLINK(…)`` never runs; the same content gives the same bytes.

    Parameters
    ----------
    content : ReportContent
        What to show.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.

    Returns
    -------
    pathlib.Path
        The path written.

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
        book.set_properties(
            {"title": clean_text(content.title), "created": datetime.combine(content.made_on, time(), UTC)}
        )
        writer = _Writer(book, words_for("workbook", content.lang))
        writer.add_table("sheet_needs", _BY_NEED, _rows_by_need(content, writer.words), frozen=2)
        writer.add_table("sheet_achievements", _BY_ACHIEVEMENT, _rows_by_achievement(content, writer.words), frozen=2)
        writer.add_table("sheet_gaps", _GAPS, _rows_of_gaps(content), frozen=2)
        writer.add_table("sheet_rejected", _REJECTED, _rows_set_aside(content))
        writer.add_notes(content)
    return write_whole(path, buffer.getvalue())


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
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if 2 * len(text) <= CELL_LIMIT or _count_units(text) <= CELL_LIMIT:
        return text
    mark = cut.format(n=len(text))
    room = CELL_LIMIT - _count_units(mark)
    units = text[:room].encode("utf-16-le")[: 2 * room]
    return units.decode("utf-16-le", "ignore") + mark


class _Writer:
    """Sheets of one workbook in one style."""

    def __init__(self, book: Any, words: Mapping[str, str]) -> None:
        self.book, self.words = book, words
        base: dict[str, object] = {"valign": "top", "font_size": 10, "bottom": 1, "bottom_color": _RULE}
        first: dict[str, object] = {**base, "top": 1, "top_color": _FADED}
        kinds: dict[str, dict[str, object]] = {
            "text": {"text_wrap": True},
            "number": {"align": "center"},
            "percent": {"num_format": "0%", "align": "right"},
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

    def add_table(self, name: str, columns: Sequence[_Column], rows: Iterable[_Row], *, frozen: int = 0) -> None:
        """Add a sheet with a frozen header, filters, and one line per row."""
        sheet = self.book.add_worksheet(self.words[name])
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, self.words[column.heading], self.header)
        sheet.set_row(0, 32)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last >= ROW_LIMIT:
                raise TableError(
                    f"sheet {self.words[name]!r} needs more than {ROW_LIMIT} rows, which Excel cannot hold; "
                    "ask for fewer matches per need or split the needs"
                )
            sheet.set_row(last, 54)
            for place, (column, value) in enumerate(zip(columns, row.values, strict=True)):
                style = "faded" if place < row.repeated else "plain" if row.repeated else "first"
                self._write(sheet, last, place, value, self.formats[column.kind, style])
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        # Ids and prices such as "120" stay text; without this Excel flags each of them with a green corner.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        for place, column in enumerate(columns):
            if column.kind == "percent" and last:
                bar = {"type": "data_bar", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
                sheet.conditional_format(1, place, last, place, {**bar, "bar_color": "#9DC3E6", "bar_solid": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def add_notes(self, content: ReportContent) -> None:
        """Add the sheet that says what was counted, how to read it, and what was set or repaired."""
        words = self.words
        sheet = self.book.add_worksheet(words["sheet_notes"])
        for place, width in enumerate((30, 60, 10, 60)):
            sheet.set_column(place, place, width)
        lines: list[tuple[Sequence[str | float], Any]] = [
            ((content.title,), self.large),
            ((words["made_on"], content.made_on.isoformat()), self.wrapped),
            ((), None),
            ((words["counts"],), self.heading),
            *(((words[name], number), self.wrapped) for name, number in _counts(content)),
            ((), None),
            ((words["reading"],), self.heading),
            *(((words[f"reading_{line}"],), None) for line in range(1, 5)),
            ((), None),
            ((words["settings"],), self.heading),
            *(((name, value), self.wrapped) for name, value in content.settings.items()),
            ((), None),
            ((words["notices"],), self.heading),
            ((words["file"], words["sheet"], words["row"], words["message"]), self.header),
            *(
                ((notice.file, notice.sheet, notice.row or "", notice.message), self.wrapped)
                for notice in content.notices
            ),
        ]
        if len(lines) > ROW_LIMIT:
            raise TableError(
                f"{len(content.notices)} notices exceed the {ROW_LIMIT} rows of an Excel sheet; pass fewer"
            )
        for row, (values, style) in enumerate(lines):
            for place, value in enumerate(values):
                self._write(sheet, row, place, value, style)

    def _write(self, sheet: Any, row: int, place: int, value: str | float, style: Any) -> None:
        if not isinstance(value, str):
            sheet.write_number(row, place, value, style)
        elif text := clean_text(value, self.words["cut"]):
            sheet.write_string(row, place, text, style)
        else:
            sheet.write_blank(row, place, None, style)


def _rows_by_need(content: ReportContent, words: Mapping[str, str]) -> Iterable[_Row]:
    for need, shortlist in content.pairs():
        about = (
            *_name_need(need),
            need.maturity,
            need.mode,
            need.money,
            _write_date(need),
            need.description,
        )
        if not shortlist.matches:
            yield _Row((*about, *[""] * (len(_BY_NEED) - len(about))))
        for position, match in enumerate(shortlist):
            achievement = content.achievements[match.achievement_id]
            yield _Row(
                (
                    *about,
                    *_tell_match(match, words["yes" if position < shortlist.suitable else "no"]),
                    achievement.id,
                    achievement.title,
                    achievement.organisation,
                    _join_reasons(match, words),
                    achievement.field,
                    achievement.maturity,
                    achievement.mode,
                    achievement.money,
                    achievement.description,
                    _join_extras(achievement, content, words),
                ),
                repeated=len(about) if position else 0,
            )


def _rows_by_achievement(content: ReportContent, words: Mapping[str, str]) -> Iterable[_Row]:
    for achievement, wanting in content.wanted():
        about = (
            achievement.id,
            achievement.title,
            achievement.organisation,
            achievement.field,
            achievement.maturity,
            achievement.mode,
            achievement.money,
            _join_extras(achievement, content, words),
            sum(suitable for *_, suitable in wanting),
            len(wanting),
        )
        for position, (need, match, suitable) in enumerate(wanting):
            told = _tell_match(match, words["yes" if suitable else "no"])
            values = (*about, need.id, need.title, need.organisation, *told, _join_reasons(match, words))
            yield _Row(values, repeated=len(about) if position else 0)


def _rows_of_gaps(content: ReportContent) -> Iterable[_Row]:
    for need, shortlist in content.pairs():
        if shortlist.suitable:
            continue
        nearest: tuple[str | float, ...] = ("", "", "")
        if shortlist.matches:
            achievement = content.achievements[shortlist[0].achievement_id]
            nearest = (achievement.title, achievement.organisation, shortlist[0].probability)
        yield _Row((*_name_need(need), _write_date(need), need.description, *nearest))


def _rows_set_aside(content: ReportContent) -> Iterable[_Row]:
    for row in content.rejected:
        yield _Row((row.file, row.sheet, row.row, row.reason, row.content))


def _counts(content: ReportContent) -> list[tuple[str, int]]:
    pairs = content.pairs()
    matched = {match.achievement_id for _, shortlist in pairs for match in shortlist}
    return [
        ("count_needs", len(content.needs)),
        ("count_achievements", len(content.achievements)),
        ("count_matches", sum(len(shortlist) for _, shortlist in pairs)),
        ("count_gaps", sum(not shortlist.suitable for _, shortlist in pairs)),
        ("count_rejected", len(content.rejected)),
        ("count_unmatched", len(content.achievements) - len(matched)),
    ]


def _name_need(need: Profile) -> tuple[str, ...]:
    return need.id, need.title, need.organisation, need.field, need.region


def _tell_match(match: Match, suitable: str) -> tuple[int, float, str]:
    return match.rank, match.probability, suitable


def _write_date(profile: Profile) -> str:
    return profile.date.isoformat() if profile.date else ""


def _join_reasons(match: Match, words: Mapping[str, str]) -> str:
    return words["between_pairs"].join(match.evidence.reasons)


def _join_extras(profile: Profile, content: ReportContent, words: Mapping[str, str]) -> str:
    pairs = [f"{name}{words['between_name_and_value']}{value}" for name, value in content.list_extras(profile)]
    return words["between_pairs"].join(pairs)


def _count_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
