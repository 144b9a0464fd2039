"""Standards, and grades of materials and parts: GB/T 31602, ISO 9001, 316L, PA66-GF30."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from matchmaker.text.units import UNIT


class Code(NamedTuple):
    """A code: ``text[start:end]``, and its ``name`` without blanks, in capitals, a standard's year left out."""

    kind: str
    start: int
    end: int
    name: str


_NATIONAL = (
    "GB|GJB|NB|HG|JB|SY|DL|HJ|YY|YB|QB|NY|SC|SJ|TB|CB|CJ|JT|JTS|JGJ|QC|HB|SH|SL|SN|YD|YS|LY|MT|JC|FZ|XB|AQ|GA|JJF|JJG|"
    r"DB\d{2}"
)
_FOREIGN = (
    "ISO/IEC|ISO/TS|ISO|IEC|IATF|ASTM ?[A-G]|ASTM|ASME|API|DIN ?EN|DIN|JIS ?[A-Z]|UL|IEEE|SAE|ANSI|MIL-STD|EN|AS|ICH"
)
_STANDARD = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<national>{_NATIONAL})(?P<rank>/[TZ])?|(?P<foreign>{_FOREIGN}))[\s-]?"
    r"(?P<number>[A-Z]?\d+(?:\.\d+)*)(?:[—–-](?P<year>(?:19|20)\d\d))?(?![A-Za-z0-9])"
)
# Letters and digits in one word: steels, plastics, refrigerants, alloys, types of parts.
_GRADE = re.compile(
    r"(?<![A-Za-z0-9.])[A-Za-z0-9]+(?:\([A-Za-z]\))?(?:-(?:[A-Z]+\d+|[A-Z]?\d+[A-Z]*|[A-Z]\d))*(?![A-Za-z0-9]|\.\d)"
)
# No code is without these two.
_CAPITAL, _DIGIT = re.compile("[A-Z]"), re.compile(r"\d")
# Nor is a standard without these.
_CAPITALS = re.compile("[A-Z][A-Z]")
_MEASURE = re.compile(rf"\d+(?:\.\d+)?(?:{UNIT})(?:\([AC]\))?")
# 316L is a steel and no volume; 50L is a volume.
STEEL = re.compile(r"(?:30[14]|31[067]|321|347|904)L?[NH]?")
# What looks like a grade and is none: formulas that every text may hold, classes of protection, ordinals, versions.
_NO_GRADE = re.compile(
    r"(?:CO2|H2O?|O[23]|N2|NO[x2]|SO[x2]|NH[34]|H2S|SO4\d|[A-Z]O\d\d|CH4|"
    r"PM\d+|COD\w*|BOD\w*|TRL\d|IP\d\d\w?|[1-6]G|[234]D|C[1-5]|D\d+|P\d|Q[1-4]|"
    r"M\d+|[TRS]\d\d|UN\d+|[DP]N\d+|HR[BC]\d+|HV\d+|[LIE][TDC]\d+|A\d|B\d|R\d|U\d|T\d|V\d|\d+[A-Z]|"
    r"\d+(?:th|nd|rd|st|x|X|bit|kg|min)|[A-Z]\d|[a-z]+\d|cm\d|Nm3|m\d|\d+[a-z]+\d?)"
)


def find_codes(text: str) -> Iterator[Code]:
    """Yield standards and grades in a clean text, in order, none inside another.

    Parameters
    ----------
    text : str
        A clean text.

    Examples
    --------
    >>> [(code.kind, code.name) for code in find_codes("按GB/T 31602-2015检验,壳体为316L,密封PA66-GF30")]
    [('standard', 'GB/T31602'), ('grade', '316L'), ('grade', 'PA66-GF30')]
    """
    if not (_CAPITAL.search(text) and _DIGIT.search(text)):
        return
    end = 0
    standards = list(_STANDARD.finditer(text)) if _CAPITALS.search(text) else []
    for found in sorted([*standards, *_GRADE.finditer(text)], key=lambda found: (found.start(), -found.end())):
        if found.start() < end:
            continue
        if found.re is _STANDARD:
            if found["foreign"] in ("AS", "EN", "UL", "API", "SAE") and len(found["number"]) < 2:
                continue
            series = (found["national"] or found["foreign"]).replace(" ", "") + (found["rank"] or "")
            yield Code("standard", found.start(), found.end(), f"{series}{found['number']}".upper())
        elif _is_grade(found[0]):
            yield Code("grade", found.start(), found.end(), found[0].upper())
        else:
            continue
        end = found.end()


def _is_grade(word: str) -> bool:
    if len(word) < 3 or not (any(map(str.isdigit, word)) and any(map(str.isupper, word))):
        return False
    if STEEL.fullmatch(word):
        return word[-1].isalpha()
    return not (_NO_GRADE.fullmatch(word) or _MEASURE.fullmatch(word))
