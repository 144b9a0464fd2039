"""Units of measure as Chinese technical texts write them, and the base units in which two sides can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit taken apart: ``value * factor`` is the value in ``base``."""

    base: str
    factor: float


# What a unit of one word is made of: powers of base units, and a factor. A ton is 1e6 g, a litre 1e-3 m3, a kWh W·s.
_ATOMS: dict[str, tuple[dict[str, int], float]] = {}


def _define(base: dict[str, int], **names: float) -> None:
    for written, factor in names.items():
        for name in written.split("__"):
            _ATOMS[name] = (base, factor)


_define({"m": 1}, nm__纳米=1e-9, um__μm__微米=1e-6, mm__毫米=1e-3, cm__厘米=1e-2, dm=0.1, m__米=1, km__公里__千米=1e3)
_define({"m": 2}, 平方米__平米__平方=1, 平方公里=1e6, 亩=2000 / 3, ha__公顷=1e4)
_define({"m": 3}, mL__ml__毫升=1e-6, L__l__升=1e-3, 立方米__立方__方=1)
_define({"g": 1}, ng=1e-9, ug__μg__微克=1e-6, mg__毫克=1e-3, g__克=1, kg__公斤__千克=1e3, t__吨=1e6)
_define({"s": 1}, ns=1e-9, us__μs__微秒=1e-6, ms__毫秒=1e-3, s__秒=1, min__分钟=60, h__小时__hr=3600)
_define({"s": 1}, d__天__日=86400, 周__星期=7 * 86400, 月__个月=30 * 86400, 年__a=365 * 86400)
_define({"°C": 1}, 摄氏度__度C=1)
_define({"Pa": 1}, mPa=1e-3, Pa=1, kPa__KPa=1e3, MPa__Mpa__mpa__兆帕=1e6, GPa__Gpa=1e9, bar=1e5)
_define({"W": 1}, mW=1e-3, W__瓦=1, kW__KW__kw__千瓦=1e3, MW__兆瓦=1e6, GW=1e9)
_define({"W": 1, "s": 1}, Wh=3600, kWh__KWh__kwh__千瓦时=3.6e6, MWh=3.6e9, GWh=3.6e12, J=1, mJ=1e-3, kJ__KJ=1e3)
_define({"W": 1, "s": 1}, MJ=1e6, GJ=1e9)
_define({"V": 1}, mV=1e-3, V__伏=1, kV__KV__千伏=1e3)
_define({"A": 1}, uA__μA=1e-6, mA=1e-3, A__安=1, kA=1e3)
_define({"A": 1, "s": 1}, mAh=3.6, Ah=3600)
_define({"Ω": 1}, mΩ=1e-3, Ω=1, kΩ=1e3, MΩ=1e6)
_define({"F": 1}, pF=1e-12, nF=1e-9, uF__μF=1e-6, F=1)
_define({"Hz": 1}, Hz=1, kHz__KHz=1e3, MHz=1e6, GHz=1e9)
_define({"N": 1}, mN=1e-3, N=1, kN__KN=1e3, MN=1e6)
_define({"bit/s": 1}, bps=1, kbps=1e3, Mbps=1e6, Gbps=1e9)
_define({"mol": 1}, mmol=1e-3, mol=1)
_define({"%": 1}, ppm=1e-4, ppb=1e-7)
_define({"Nm3": 1}, Nm3=1)
_define({"N": 1, "m": 1}, Nm=1)
_define({"转/s": 1}, rpm=1 / 60)
_define({"转": 1}, r__转__rev=1)
_define({"dB": 1}, dB=1, dBA=1)
_define({"元": 1}, 元=1, 万元=1e4, 亿元=1e8)
_define({"km/s": 1}, kn=1.852 / 3600)
for (
    _count
) in "K lx lm cd Da kDa cP pH HV HRC HB NTU PPI log 倍 次 件 台 套 个 片 只 周期 循环 株 羽 尾 头 帧 点 人 道".split():
    _ATOMS[_count] = ({_count: 1}, 1.0)
# Not a unit in "50m³/h的泵", but a multiple: 5万吨, 3千米.
_MULTIPLES = {"千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8}
# Units that count things rather than measure a property: they say little without a comparison beside them.
COUNTS = frozenset("次 件 台 套 个 片 只 周期 循环 株 羽 尾 头 帧 点 人 道 元 s 转".split())

_ATOM = "|".join(sorted(map(re.escape, _ATOMS), key=lambda name: (-len(name), name)))
# An exponent stands at once behind Latin letters: m3, cm^2, s-1. Behind Chinese ones it would be another number.
_POWER = r"(?:\^?-?[1-4](?![\d.]))"
_FACTOR = rf"(?:{_ATOM}){_POWER}?"
_PAREN = rf"\({_FACTOR}(?:[·*.]{_FACTOR})*\)"
UNIT = rf"(?:%|‰|°C|℃|°(?!C)|(?:百万|[千万亿])?{_FACTOR}(?:\s?[·*]\s?{_FACTOR})*(?:\s?/\s?(?:{_PAREN}|{_FACTOR}))*)"
"""A regular expression for one unit, simple or compound; what stands behind it is for the caller to check."""
_PART = re.compile(rf"(?P<per>/)|(?P<atom>{_ATOM})(?P<power>{_POWER})?")
_SIMPLE = {"%": Unit("%", 1.0), "‰": Unit("%", 0.1), "°C": Unit("°C", 1.0), "℃": Unit("°C", 1.0), "°": Unit("°", 1.0)}


@lru_cache(maxsize=4096)
def read_unit(written: str) -> Unit:
    """Return the base unit of a unit that matches `UNIT`, and the factor that leads to it.

    Parameters
    ----------
    written : str
        A unit as it stands in a clean text.

    Examples
    --------
    >>> read_unit("kW·h"), read_unit("万吨"), read_unit("mg/L") == read_unit("g/m3")
    (Unit(base='W·s', factor=3600000.0), Unit(base='g', factor=10000000000.0), True)
    """
    written = re.sub(r"\s", "", written)
    if written in _SIMPLE:
        return _SIMPLE[written]
    factor = 1.0
    multiple = re.match(r"百万|[千万亿]", written)
    if multiple and not _PART.match(written):
        factor, written = _MULTIPLES[multiple[0]], written[multiple.end() :]
    powers: dict[str, int] = {}
    sign = 1
    # W/(m·K): all that stands in brackets is divided by.
    for part in _PART.finditer(written):
        if part["per"]:
            sign = -1
            continue
        base, scale = _ATOMS[part["atom"]]
        power = sign * int((part["power"] or "1").lstrip("^"))
        factor *= scale**power
        for name, exponent in base.items():
            powers[name] = powers.get(name, 0) + exponent * power
    named = [f"{name}{'' if power == 1 else power}" for name, power in sorted(powers.items()) if power > 0]
    named += [f"/{name}{'' if power == -1 else -power}" for name, power in sorted(powers.items()) if power < 0]
    # 12 digits: 2.5 kg and 2500 g must not differ by the last bit of a product.
    return Unit("·".join(named).replace("·/", "/"), float(f"{factor:.12g}"))
