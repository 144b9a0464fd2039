"""Hold what one side asks of a quantity against what the other says of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from matchmaker.understanding import Quantity

Verdict = Literal["met", "missed", "open"]
# Names are the same when one ends with the other, and that is at least so long: 平面度, 底板平面度.
_TAIL = 3
# Or when both end alike in so much: 氦检一次合格率, 气密一次合格率.
_COMMON = 5
# More often a condition than a property: at which pressure, at what temperature.
_CONDITIONS = frozenset("压力 温度 时间 质量 体积 直径 厚度 长度 速度 流量 压差 湿度 水温 电压 电流 浓度 面积".split())
# Says nothing about what passed or was found: 合格率 of holes is no 氦检合格率.
_BARE = frozenset("合格率 一次合格率 良品率 成品率 检出率 准确率 识别率".split())
# ±0.06 mm bounds a deviation: a wall of 0.8 mm is none.
_DEVIATIONS = ("差", "精度", "波动", "度")


class Shared(NamedTuple):
    """A quantity that both sides speak of: places in their tuples, and whether what is asked for is reached."""

    need: int
    supply: int
    verdict: Verdict


def match_quantities(need: Sequence[Quantity], supply: Sequence[Quantity]) -> list[Shared]:
    """Return the quantities that a need sets a bound for and an achievement gives a value of.

    Of several with fitting names the closest name counts, of equally close ones the first. Conditions (at what
    temperature, at what load) are not compared: a person must look.

    Examples
    --------
    >>> asked = Quantity("转化率", 95.0, float("inf"), "%", bound=True)
    >>> match_quantities([asked], [Quantity("氯苯转化率", 97.0, 97.0, "%")])
    [Shared(need=0, supply=0, verdict='met')]
    """
    found = []
    for place, wanted in enumerate(need):
        if not wanted.bound or wanted.name in _CONDITIONS:
            continue
        near = [
            (_likeness(wanted.name, offered.name), -other)
            for other, offered in enumerate(supply)
            if offered.unit == wanted.unit and _is_comparable(wanted, offered)
        ]
        likeness, other = max(near, default=(0.0, 0))
        if likeness:
            offered = supply[-other]
            verdict: Verdict = "met" if offered.within(wanted) else "missed" if offered.beyond(wanted) else "open"
            if verdict == "missed" and not offered.bound and offered.low < offered.high:
                verdict = "open"  # a range may be what goes in, not what comes out
            found.append(Shared(place, -other, verdict))
    return found


def shared_name(first: str, second: str) -> str:
    """Return what two names of one quantity have in common, without the word for its change.

    Examples
    --------
    >>> shared_name("氦检一次合格率", "气密一次合格率"), shared_name("能耗降低", "综合能耗降低")
    ('一次合格率', '能耗')
    """
    common = next(first[start:] for start in range(len(first) + 1) if second.endswith(first[start:]))
    return common.removesuffix("提高").removesuffix("降低") or first


def _is_comparable(wanted: Quantity, offered: Quantity) -> bool:
    both_ways = wanted.low == -wanted.high
    return (
        not both_ways or offered.low == -offered.high or math.isinf(offered.low) or offered.name.endswith(_DEVIATIONS)
    )


def _likeness(first: str, second: str) -> float:
    """Return how alike two names are, 0 for names of different things."""
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    if short in _BARE:
        return 0.0
    common = 0
    while common < len(short) and short[-1 - common] == long[-1 - common]:
        common += 1
    if (common == len(short) and common >= _TAIL and not short.isascii()) or common >= _COMMON:
        return common / len(long)
    return 0.0
