import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.rank.quantities import match_quantities
from matchmaker.text.cleaning import clean
from matchmaker.text.codes import find_codes
from matchmaker.text.quantities import _MEASURE, _numbers, find_measures
from matchmaker.text.units import UNIT, read_unit
from matchmaker.understanding import Quantity


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("kW·h", "kWh", 1),
        ("mm", "μm", 1000),
        ("MPa", "bar", 10),
        ("mg/L", "g/m3", 1),
        ("t/h", "kg/h", 1000),
        ("万吨/年", "吨/年", 10_000),
        ("m3/h", "L/min", 1000 / 60),
        ("W/(m·K)", "mW/m/K", 1000),
        ("%", "ppm", 10_000),
        ("mA/cm2", "A/m2", 10),
        ("小时", "min", 60),
        ("r/min", "rpm", 1),
        ("mg·L-1", "mg/L", 1),
        ("亩", "m2", 2000 / 3),
    ],
)
def test_units_of_one_kind_can_be_compared(one, other, ratio):
    assert re.fullmatch(UNIT, one) and re.fullmatch(UNIT, other)
    assert read_unit(one).base == read_unit(other).base
    assert read_unit(one).factor / read_unit(other).factor == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("one", "other"), [("m", "m2"), ("W", "kWh"), ("t", "t/h"), ("m3", "Nm3"), ("°C", "K"), ("台", "件")]
)
def test_units_of_different_kinds_cannot(one, other):
    assert read_unit(one).base != read_unit(other).base


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "bound"),
    [
        ("收率≥95%", 95, math.inf, "%", True),
        ("收率不低于95%", 95, math.inf, "%", True),
        ("收率不得低于 95 %", 95, math.inf, "%", True),
        ("收率95%以上", 95, math.inf, "%", True),
        ("收率达到95%以上", 95, math.inf, "%", True),
        ("收率>95%", 95, math.inf, "%", True),
        ("收率由80%提高到95%", 95, math.inf, "%", True),
        ("能耗不超过5 kW", -math.inf, 5000, "W", True),
        ("能耗<=5kW", -math.inf, 5000, "W", True),
        ("能耗控制在5 kW以内", -math.inf, 5000, "W", True),
        ("能耗降到5 kW", -math.inf, 5000, "W", True),
        ("误差±0.3 mm", -0.0003, 0.0003, "m", True),
        ("误差≤±0.3 mm", -0.0003, 0.0003, "m", True),
        ("粒径5~8 μm", 5e-6, 8e-6, "m", False),
        ("范围90 mm~1.2 m", 0.09, 1.2, "m", False),
        ("温度-40~+85 °C", -40, 85, "°C", False),
        ("温度−30 °C", -30, -30, "°C", False),
        ("幅宽650 mm", 0.65, 0.65, "m", False),
        ("真空≤5×10-4 Pa", -math.inf, 5e-4, "Pa", True),
        ("寿命≥1×10^7次", 1e7, math.inf, "次", True),
        ("产能5万吨/年", read_unit("万吨/年").factor * 5, read_unit("万吨/年").factor * 5, "g/s", False),
        ("投资1,200万元", 1.2e7, 1.2e7, "元", False),
    ],
)
def test_what_words_and_signs_say_of_a_number(text, low, high, unit, bound):
    last = list(find_measures(text))[-1]
    assert (last.low, last.high) == (pytest.approx(low), pytest.approx(high))
    assert (last.unit, last.bound) == (unit, bound)


def test_a_change_is_told_from_a_value():
    (change,) = find_measures("能耗降低30%以上")
    assert (change.change, change.low, change.high) == ("降低", 30, math.inf)
    (value,) = find_measures("能耗降低到30%")
    assert (value.change, value.high) == ("", 30)


@pytest.mark.parametrize(
    "text",
    [
        "成立于2012年",
        "温度低于78 °C时自动减载",
        "运行9800 h后",
        "3月15日前",
        "共6方面",
        "型号PA66-GF30",
        "316L不锈钢",
        "编号12345",
        "1)面电阻",
        "2026年3月5日",
        "",
    ],
)
def test_what_is_no_measure(text):
    assert list(find_measures(text)) == []


@given(st.text(alphabet="≥≤±~-0123456789.,%mkWh/·°CμPa万吨年 收率不低于达到以上×^()", max_size=60))
def test_measures_stand_in_order_and_are_numbers(text):
    end = 0
    for measure in find_measures(text):
        assert end <= measure.start < measure.end <= len(text)
        assert measure.low <= measure.high
        end = measure.end


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("按GB/T 31602-2015执行", ["GB/T31602"]),
        ("符合GB 31602与ISO 9001", ["GB31602", "ISO9001"]),
        ("NB/T 47013.2—2015自动评级", ["NB/T47013.2"]),
        ("通过IATF 16949认证,UL94", ["IATF16949", "UL94"]),
        ("材质316L、Q345R、TC4、6061-T6", ["316L", "Q345R", "TC4", "6061-T6"]),
        ("PA66-GF30料,R1233zd(E)工质", ["PA66-GF30", "R1233ZD(E)"]),
        ("NMC811/石墨,9Cr18Mo", ["NMC811", "9CR18MO"]),
        ("容积50L,转速3000rpm,CO2,PM2.5,TRL6,IP67,5G,DN400", []),
        ("噪声72dB(A),共120kW", []),
        ("", []),
    ],
)
def test_standards_and_grades(text, names):
    assert [code.name for code in find_codes(text)] == names


def test_a_bare_rate_is_held_against_nothing_but_its_like():
    asked = Quantity("氦检一次合格率", 98.0, float("inf"), "%", bound=True)
    assert match_quantities([asked], [Quantity("一次合格率", 99.4, 99.4, "%")]) == []
    assert match_quantities([asked], [Quantity("气密一次合格率", 99.1, 99.1, "%")]) != []


@given(
    st.lists(
        st.sampled_from(
            "不得低于 起码要恢复到 降低 到了 大约 约 母材的 理论值 ± - 5 3.5 1,200 ~ 至 % mm kW·h 万吨/年 Co3O4 ( ) "
            "PM2.5 收率 的 , 。 以上 2019年 ×10^3 提高".split(" ")
            + [" ", "\n", "没有数字" * 20]
        ),
        max_size=14,
    ).map("".join)
)
def test_looking_only_near_numbers_misses_none(text):
    text = clean(text).text
    assert [found.span() for found in _numbers(text)] == [found.span() for found in _MEASURE.finditer(text)]
