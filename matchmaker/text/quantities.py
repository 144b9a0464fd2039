"""Numbers with a unit in a clean text, and the bounds that words and signs around them set."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from matchmaker.text.codes import STEEL
from matchmaker.text.units import UNIT, read_unit


class Measure(NamedTuple):
    """A number or a range with its unit: ``text[start:end]``, comparison included.

    ``name_end`` is where the name of what is measured should end; ``change`` is the verb of a change by so much
    (降低30%), empty for a value. ``sign`` tells whether the comparison was a sign (≥, ±) and not a word.
    """

    start: int
    end: int
    name_end: int
    low: float
    high: float
    unit: str
    bound: bool
    change: str = ""
    sign: bool = False


RISING = ("提高", "提升", "增加", "增大", "增长", "延长", "升高", "升", "扩大")
FALLING = ("降低", "减少", "减小", "下降", "缩短", "压缩", "减轻", "缩小", "压低", "节约", "节省", "降", "减")
_VERB = "|".join((*RISING, *FALLING))
_AT_LEAST = (
    r"[≥≧⩾]|>=|=>|不(?:得|能|应|宜|可|会)?(?:低于|少于|小于)|大于(?:或)?等于|至少(?:达到|为)?|"
    r"(?:最低|起码)(?:要)?(?:达到|恢复到)?"
)
_AT_MOST = r"[≤≦⩽]|<=|=<|不(?:得|能|应|宜|可|会)?(?:高于|超过|大于|多于)|小于(?:或)?等于|至多|最多|控制在"
_ABOVE = r">|高于|大于|超过|多于"
_BELOW = r"<|低于|小于|少于|不到|不足"
_REACHES = r"达到|可达到?|高达|达"
_COMPARISON = (
    rf"(?P<at_least>{_AT_LEAST})|(?P<at_most>{_AT_MOST})|(?P<above>{_ABOVE})|(?P<below>{_BELOW})"
    rf"|(?P<verb>{_VERB})(?P<to>到|至|为)?了?(?:约|近|大约)?|(?P<reaches>{_REACHES})"
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:\.\d+)?)(?:\s?[×x*]\s?10\^?\s?-?\d{1,2})?"
_MEASURE = re.compile(
    rf"""
    (?:(?:{_COMPARISON})\s*)?
    (?:(?:约|近|大约)\s*)?(?:(?:母材|现有|现在|目前|额定|理论值?|原)的?\s?)?
    (?<![A-Za-z0-9.×/])(?P<sign>±|[-−+](?=\d))?\s?(?P<first>{_NUMBER})\s?(?P<unit1>{UNIT})?
    (?:\s?(?P<dash>[~〜–—-]|至|到|…)\s?(?P<minus>[-−+])?(?P<second>{_NUMBER})\s?(?P<unit2>{UNIT})?)?
    (?![A-Za-z0-9]|\.\d)
    (?:\s?(?P<after>以上|及以上|以下|以内|之内|以内))?
    """,
    re.VERBOSE,
)
# All that _MEASURE takes before its number is shorter than this in a clean text, and holds no digit.
_REACH = 40
_DIGIT = re.compile(r"\d")
# "在78 °C时", "运行9800 h后": a condition, nothing that is asked for or reached.
_CONDITION = re.compile(r"\s?(?:左右)?(?:的?时(?![间长延])|以?后|之后|条件|工况|环境|的?情况|下(?!降)|内的|前)")
_YEAR = re.compile(r"(?:19|20)\d\d")
# "6方面", "3升级", "2周围": the first character of another word, not a unit.
_OTHER_WORD = re.compile(
    r"方(?=[面案法向式针])|升(?=[级温高压降])|周(?=[围边])|年(?=[代份度])|个(?=[百别])|米(?=粒)|[点人]|[月日](?![/·])"
)


def find_measures(text: str) -> Iterator[Measure]:
    """Yield the measures in a clean text, in order; a number without a unit is none, nor is a date or a condition.

    Parameters
    ----------
    text : str
        A clean text.

    Examples
    --------
    >>> text = "收率不低于95%,粒径5~8 μm"
    >>> [text[measure.start : measure.end] for measure in find_measures(text)]
    ['不低于95%', '5~8 μm']
    >>> next(find_measures("收率不低于95%"))[3:7]
    (95.0, inf, '%', True)
    """
    for found in _numbers(text):
        unit = found["unit2"] or (None if found["second"] else found["unit1"])
        if not unit or _OTHER_WORD.match(text, found.start("unit2" if found["second"] else "unit1")):
            continue
        if unit.startswith("年") and _YEAR.fullmatch(found["second"] or found["first"]):
            continue
        if _CONDITION.match(text, found.end()) or STEEL.fullmatch(found[0].strip()):
            continue
        measure = _interval(found, unit)
        if measure is not None:
            yield measure


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Yield what ``_MEASURE.finditer`` does, without trying it where no number is near."""
    place = 0
    while digit := _DIGIT.search(text, place):
        found = _MEASURE.search(text, max(place, digit.start() - _REACH))
        if found is None:
            return
        yield found
        place = found.end()


def _interval(found: re.Match[str], unit: str) -> Measure | None:
    base = read_unit(unit)
    # "5~8 μm" has one unit for both, "90 mm~1.2 m" has its own for each.
    first_factor = read_unit(found["unit1"]).factor if found["unit1"] else base.factor
    first = _read(found["first"], found["sign"]) * first_factor
    last = first if found["second"] is None else _read(found["second"], found["minus"]) * base.factor
    low, high = first, last
    if found["second"] is not None and low > high:
        if found["dash"] != "-":
            return None
        low, high = high, low
    bound = False
    sign = found["sign"] == "±"
    if sign:
        low, high, bound = -abs(high), abs(high), True
    after = found["after"] or ""
    moves = found["verb"] if found["to"] else ""
    if found["at_least"] or found["above"] or after.endswith("上") or moves in RISING:
        low, high, bound = (high if sign else low), math.inf, True
    elif (
        found["at_most"] or found["below"] or after.endswith(("下", "内")) or (found["verb"] in FALLING and found["to"])
    ):
        low, high, bound = (-abs(high) if sign else -math.inf), high, True
    change = found["verb"] if found["verb"] and not found["to"] else ""
    compared = found["at_least"] or found["at_most"] or found["above"] or found["below"] or ""
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    end = found.start() + len(found[0].rstrip())
    signed = sign or bool(compared and not compared[0].isalpha())
    return Measure(start, end, start, _tidy(low), _tidy(high), base.base, bound, change, signed)


def _read(number: str, sign: str | None) -> float:
    digits, _, power = re.sub(r"[\s,^]", "", number).replace("x", "×").replace("*", "×").partition("×10")
    value = float(digits) * 10.0 ** int(power or 0)
    return -value if sign in ("-", "−") else value


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")
