"""Single cells: a typed value as text, and text as a date, a number, an id or keywords."""

from __future__ import annotations

import calendar
import json
import math
import numbers
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# All that str.strip takes, and the invisible characters that creep in when ids and names are copied.
_ENDS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff\u200b\u200c\u200d\u2060\u00ad"

# ---------------------------------------------------------------------------------------------- typed values as text


def cell_text(value: object) -> str:
    """Return a cell of any type as the text a spreadsheet would show.

    Parameters
    ----------
    value : object
        What a spreadsheet, a data frame, JSON or a database gave.

    Returns
    -------
    str
        Empty for ``None``, NaN and NaT; ``413`` for 413.0; ISO form for dates, without the time at midnight; lists of
        plain values joined by ``；``; other nested values as JSON.

    Examples
    --------
    >>> cell_text(413.0), cell_text(datetime(2026, 3, 5)), cell_text(["电解液", "添加剂"]), cell_text(None)
    ('413', '2026-03-05', '电解液；添加剂', '')
    """
    if isinstance(value, str):
        return str(value)  # a plain str, whatever subclass it came as
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return _integer_text(value)
    if isinstance(value, float):
        return _float_text(value)
    return _other_text(value)


def _integer_text(value: int) -> str:
    """Return an integer's digits; Python refuses beyond 4,300 of them, which no table means."""
    return str(value) if value.bit_length() < 10_000 else hex(value)


def _float_text(value: float) -> str:
    """Return a float in at most 15 digits, as spreadsheets do, so that 0.1 + 0.2 reads 0.3."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return str(value)
    if value.is_integer() and abs(value) < 2**53:  # beyond, a float no longer tells one integer from the next
        return str(int(value))
    return format(value, ".15g")


def _other_text(value: object) -> str:
    """Return the text of the rarer types."""
    if isinstance(value, (date, datetime)):
        if value != value:  # NaT passes for a datetime
            return ""
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        return value.isoformat()
    if isinstance(value, (time, timedelta)):
        return str(value)
    if isinstance(value, Decimal):
        return "" if value.is_nan() else re.sub(r"(\.[0-9]*?)0+$", r"\1", format(value, "f")).removesuffix(".")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", errors="replace")
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=cell_text) if value else ""
    if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "tolist"):
        return _nested_text(value)
    if isinstance(value, numbers.Real):
        return _float_text(float(value))
    text = str(value)
    return "" if text in ("<NA>", "NaT") else text


def _nested_text(value: object) -> str:
    """Return the text of a list, an array, or a NumPy scalar."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(plain, (list, tuple, set, frozenset)):
        return cell_text(plain) if not hasattr(plain, "tolist") else str(plain)
    items = sorted(plain, key=str) if isinstance(plain, (set, frozenset)) else list(plain)
    if any(isinstance(item, (list, tuple, Mapping)) for item in items):
        return json.dumps(items, ensure_ascii=False, default=cell_text)
    return "；".join(text for text in map(cell_text, items) if text)


# ----------------------------------------------------------------------------------------------- text as ids and so on


def tidy(text: str) -> str:
    """Return the text without blanks and invisible characters at its ends."""
    return text.strip(_ENDS)


_WHOLE = re.compile(r"([0-9]+)\.0+")
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")


def read_id(text: str) -> tuple[str, str]:
    """Return an id, and the key of a notice about it or an empty text.

    ``413.0`` is what becomes of 413 on its way through a data frame, so it is read as ``413``. ``2.02603E+11`` has lost
    its last digits to a spreadsheet; it stays as it is, and so do leading zeros.

    Examples
    --------
    >>> read_id("413.0"), read_id("0012"), read_id("2.02603E+11")
    (('413', 'whole_id'), ('0012', ''), ('2.02603E+11', 'rounded_id'))
    """
    if "." in text or "E+" in text or "e+" in text:
        if whole := _WHOLE.fullmatch(text):
            return whole[1], "whole_id"
        if _ROUNDED.fullmatch(text):
            return text, "rounded_id"
    return text, ""


_INTEGER = re.compile(r"([+-]?[0-9]{1,18})(?:\.0*)?")


def read_integer(text: str) -> int | None:
    """Return the integer a cell holds (``3``, ``3.0``, full width too), or None.

    Examples
    --------
    >>> read_integer("3.0"), read_integer("３"), read_integer("3.5"), read_integer("高")
    (3, 3, None, None)
    """
    found = _INTEGER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) if found else None


def read_number(text: str) -> float | None:
    """Return the finite number a cell holds, or None.

    Examples
    --------
    >>> read_number("-0.53"), read_number("1e3"), read_number("nan"), read_number("")
    (-0.53, 1000.0, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


# ------------------------------------------------------------------------------------------------------- text as dates

_OPEN = frozenset(
    "/ - -- — 无 空 长期 长期有效 常年 常年有效 不限 面议 待定 暂无 无期限 无限期 n/a na none null nan nat".split()
)
_FULL = re.compile(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[T\s]+[0-9]{1,2}[:时].*|之?前|以前|截?止|\(.*\))?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0)?")
_RANGE = re.compile(r"([0-9]{4}.*?)\s*(?:至|到|~|—+|–|-{1,2})\s*([0-9]{4}.+)")
_MONTH = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*月?\s*[底末]?")
_YEAR = re.compile(r"([0-9]{4})\s*年?\s*[底末]?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)


def read_date(text: str, *, last: bool) -> tuple[date | None, str]:
    """Return the date a cell holds, and the key of a notice about it or an empty text.

    Parameters
    ----------
    text : str
        ``2026-03-05``, ``2026/3/5``, ``2026.3.5``, ``2026年3月5日``, ``20260305``, a time of day behind any of them, an
        Excel serial number from 20000 to 79999 (1954 to 2119), a month or a year, or a range of dates.
    last : bool
        Whether a month, a year or a range means its last day, as in a deadline, or its first.

    Returns
    -------
    tuple of (datetime.date or None, str)
        None and ``bad_date`` for what cannot be read; None without a notice for ``长期有效`` and its like.

    Examples
    --------
    >>> read_date("2026年3月5日", last=False)
    (datetime.date(2026, 3, 5), '')
    >>> read_date("2026年2月", last=True)
    (datetime.date(2026, 2, 28), 'partial_date')
    >>> read_date("长期有效", last=True), read_date("明年初", last=True)
    ((None, ''), (None, 'bad_date'))
    """
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
        try:
            return date(int(text[:4]), int(text[5:7]), int(text[8:])), ""
        except ValueError:
            return None, "bad_date"
    plain = unicodedata.normalize("NFKC", text).strip(" \t\r\n'")
    if plain.casefold() in _OPEN or not plain:
        return None, ""
    try:
        if full := _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain):
            return date(int(full[1]), int(full[2]), int(full[3])), ""
        if (serial := _SERIAL.fullmatch(plain)) and 20_000 <= int(serial[1]) < 80_000:
            return _EPOCH + timedelta(days=int(serial[1])), ""
        return _read_partial(plain, last)
    except ValueError:  # 2026-02-30
        return None, "bad_date"


def _read_partial(text: str, last: bool) -> tuple[date | None, str]:
    """Read a month, a year or a range as its first or last day."""
    if (span := _RANGE.fullmatch(text)) and (
        ends := (read_date(span[1], last=last)[0], read_date(span[2], last=last)[0])
    ):
        return (ends[last], "partial_date") if None not in ends else (None, "bad_date")
    if month := _MONTH.fullmatch(text):
        year, number = int(month[1]), int(month[2])
        day = calendar.monthrange(year, number)[1] if last and 1 <= number <= 12 else 1
        return date(year, number, day), "partial_date"
    if (found := _YEAR.fullmatch(text)) and 1900 <= int(found[1]) < 2200:
        return date(int(found[1]), 12 if last else 1, 31 if last else 1), "partial_date"
    return None, "bad_date"


# ---------------------------------------------------------------------------------------------------- text as keywords

# 1,3-丁二醇 and N,N-二甲基甲酰胺 are one keyword each: commas between locants do not separate.
_LOCANT = r"(?:[0-9]{1,2}|[NOSPHαβγ])['′]?"
_KEYWORD = re.compile(rf"(?:(?<![0-9A-Za-z]){_LOCANT}(?:[,，]{_LOCANT})+(?=[-–])|[^；;、,，|｜\r\n\t])+")
_SLASH = re.compile(r"\s*[/／]\s*")


def split_keywords(text: str) -> tuple[str, ...]:
    """Split a cell of keywords at ``；;、,，|``, line breaks, and with care at slashes and blanks.

    A slash separates only beside a Chinese character and only parts of two characters or more, so that
    ``C/C 复合材料``, ``TCP/IP`` and ``碳/碳复合材料`` survive. Blanks separate only where nothing else does and
    every part is Chinese, so that English terms of several words survive.

    Examples
    --------
    >>> split_keywords("锂电池；C/C 复合材料、solid state battery")
    ('锂电池', 'C/C 复合材料', 'solid state battery')
    >>> split_keywords("钙钛矿 太阳能电池"), split_keywords("储能/光伏"), split_keywords("1,3-丁二醇,乙醇")
    (('钙钛矿', '太阳能电池'), ('储能', '光伏'), ('1,3-丁二醇', '乙醇'))
    """
    if not text:
        return ()
    parts = [part for piece in _KEYWORD.findall(text) for part in _split_slashes(piece.strip())]
    if len(parts) == 1:
        words = parts[0].split()
        if len(words) > 1 and all(len(word) > 1 and _CJK.search(word) for word in words):
            parts = words
    return tuple(dict.fromkeys(kept for part in parts if (kept := tidy(part))))


def _split_slashes(text: str) -> list[str]:
    """Split at slashes if each of them stands beside a Chinese character and no part is a single character."""
    parts = _SLASH.split(text)
    if len(parts) == 1:
        return parts
    beside = all(
        left and right and _CJK.search(left[-1] + right[0]) for left, right in zip(parts, parts[1:], strict=False)
    )
    return parts if beside and all(len(part) > 1 for part in parts) else [text]
