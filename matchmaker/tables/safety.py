"""Cells that can harm: texts that a spreadsheet would run as a formula, and characters that no file should carry."""

from __future__ import annotations

import re

# What Excel, WPS and LibreOffice take as the start of a formula, also behind blanks and in full width; earlier
# apostrophes count too, so that bare_cell() can undo safe_cell() exactly.
_FORMULA = re.compile(r"'*(?:[\t\r]|[\s\ufeff\u200b-\u200d\u2060]*[=+\-@＝＋－＠])")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?")

# Neither XML nor a text file may hold these: C0 and C1 controls but tab and line breaks, halves of surrogate pairs,
# noncharacters. Vertical tab, form feed and next line are line breaks that word processors leave behind.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = frozenset("\x0b\x0c\x85")


def safe_cell(value: str) -> str:
    r"""Return a text that no spreadsheet runs as a formula.

    A text that begins like a formula (``= + - @``, also in full width or behind blanks; tab; carriage return) gets a
    leading apostrophe. Plain numbers such as ``-0.53`` stay as they are, and so do dates.

    Excel workbooks need no apostrophe: there the report room writes texts with ``write_string``, which never makes a
    formula.

    Parameters
    ----------
    value : str
        The cell's text.

    Returns
    -------
    str
        The same text, or the text behind an apostrophe; `bare_cell` takes the apostrophe off again.

    Examples
    --------
    >>> safe_cell('=HYPERLINK("http://a.example")'), safe_cell("-0.53"), safe_cell("-40℃ 电解液")
    ('\'=HYPERLINK("http://a.example")', '-0.53', "'-40℃ 电解液")
    """
    return f"'{value}" if _FORMULA.match(value) and not _PLAIN.fullmatch(value) else value


def bare_cell(value: str) -> str:
    """Undo `safe_cell`: take off an apostrophe that stands before the beginning of a formula.

    Examples
    --------
    >>> bare_cell("'=1+1"), bare_cell("'90 年代")
    ('=1+1', "'90 年代")
    """
    if value[:1] != "'" or not _FORMULA.match(value) or _PLAIN.fullmatch(value, 1):
        return value
    return value[1:]


def has_controls(value: str) -> bool:
    """Return whether a text holds a control character; far quicker than `strip_controls` where it does not."""
    return not value.isprintable() and _CONTROL.search(value) is not None


def strip_controls(value: str) -> tuple[str, int]:
    r"""Return the text without control characters, and how many were taken out.

    Examples
    --------
    >>> strip_controls("电解\x00液\x0b添加剂")
    ('电解液\n添加剂', 2)
    """
    return _CONTROL.subn(lambda found: "\n" if found[0] in _BREAKS else "", value)
