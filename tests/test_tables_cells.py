from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.tables.cells import cell_text, read_date, read_id, read_integer, read_number, split_keywords, tidy

DAY = datetime.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (413.0, "413"),
        (413, "413"),
        (0.1 + 0.2, "0.3"),
        (1e300, "1e+300"),
        (float("nan"), ""),
        (float("inf"), "inf"),
        (True, "TRUE"),
        (None, ""),
        (" 原样 ", " 原样 "),
        (datetime.datetime(2026, 3, 5), "2026-03-05"),
        (datetime.datetime(2026, 3, 5, 8, 30), "2026-03-05 08:30:00"),
        (DAY, "2026-03-05"),
        (datetime.time(3, 4), "03:04:00"),
        (Decimal("50.00"), "50"),
        (Decimal("0.10"), "0.1"),
        (Decimal("100"), "100"),
        (Decimal("123456789012345678901234567890"), "123456789012345678901234567890"),
        (Decimal("NaN"), ""),
        (["电解液", None, 3.0], "电解液；3"),
        (("a", "b"), "a；b"),
        (np.array(["甲", "乙"]), "甲；乙"),
        ([["甲"], "乙"], '[["甲"], "乙"]'),
        ({"单位": "大学"}, '{"单位": "大学"}'),
        ({}, ""),
        ("字".encode(), "字"),
        (np.int64(7), "7"),
        (np.float32(0.5), "0.5"),
        (np.bool_(False), "FALSE"),
        (pd.NA, ""),
        (pd.NaT, ""),
        (pd.Timestamp("2026-03-05"), "2026-03-05"),
        (np.str_("甲"), "甲"),
    ],
)
def test_typed_cells_become_text(value, text):
    assert cell_text(value) == text
    assert type(cell_text(value)) is str


def test_an_integer_beyond_what_python_prints_is_still_text():
    assert cell_text(10**5000).startswith("0x")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "2026 年 3 月 5 日",
        "20260305",
        "20260305.0",
        "46086",
        "46086.5",
        "2026-03-05 08:30:00",
        "2026-03-05T08:30:00+08:00",
        "2026年3月5日前",
        "2026-03-05（周四）",
        "２０２６－０３－０５",
        "'2026-03-05",
    ],
)
def test_one_day_in_many_ways_of_writing(text):
    assert read_date(text, last=True) == (DAY, "")
    assert read_date(text, last=False) == (DAY, "")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026年2月", (2026, 2, 1), (2026, 2, 28)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2026年12月底", (2026, 12, 1), (2026, 12, 31)),
        ("2026年", (2026, 1, 1), (2026, 12, 31)),
        ("2026年底", (2026, 1, 1), (2026, 12, 31)),
        ("2026年1月1日至2026年11月30日", (2026, 1, 1), (2026, 11, 30)),
        ("2026.1.1-2026.11.30", (2026, 1, 1), (2026, 11, 30)),
        ("2026年1月—2026年3月", (2026, 1, 1), (2026, 3, 31)),
    ],
)
def test_part_of_a_date_means_its_first_or_last_day_and_is_noted(text, first, last):
    assert read_date(text, last=False) == (datetime.date(*first), "partial_date")
    assert read_date(text, last=True) == (datetime.date(*last), "partial_date")


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "2026年13月",
        "去年",
        "3/5/2026",
        "26-3-5",
        "12345",
        "99999999",
        "2026.1.1-越快越好",
        "0000-00-00",
    ],
)
def test_what_is_no_date_is_noted(text):
    assert read_date(text, last=True) == (None, "bad_date")


@pytest.mark.parametrize("text", ["长期有效", "无", "/", "-", "—", "面议", "N/A", "　", "常年"])
def test_open_ends_are_no_dates_and_nothing_to_note(text):
    assert read_date(text, last=True) == (None, "")


@given(st.dates(datetime.date(1960, 1, 1), datetime.date(2118, 12, 31)))
def test_every_date_reads_back_from_every_form(day):
    serial = (day - datetime.date(1899, 12, 30)).days
    forms = [day.isoformat(), day.strftime("%Y%m%d"), f"{day.year}年{day.month}月{day.day}日", str(serial)]
    assert [read_date(form, last=False) for form in forms] == [(day, "")] * 4


@given(st.text(max_size=30), st.booleans())
def test_any_text_reads_as_a_date_or_not_but_never_fails(text, last):
    day, key = read_date(text, last=last)
    assert key in ("", "bad_date", "partial_date")
    assert (day is None) or key != "bad_date"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("锂电池；电解液;添加剂、隔膜,正极，负极|集流体\n极耳", "锂电池 电解液 添加剂 隔膜 正极 负极 集流体 极耳"),
        ("钙钛矿 太阳能电池　界面钝化", "钙钛矿 太阳能电池 界面钝化"),
        ("储能/光伏", "储能 光伏"),
        ("AI/大数据", "AI 大数据"),
        ("电解液；电解液", "电解液"),
        ("", ""),
        ("；；、", ""),
    ],
)
def test_keywords_are_split(text, parts):
    assert split_keywords(text) == tuple(parts.split())


@pytest.mark.parametrize(
    "term",
    [
        "C/C 复合材料",
        "碳/碳复合材料",
        "TCP/IP 协议",
        "solid state battery",
        "5G 通信",
        "1,3-丁二醇",
        "N,N-二甲基甲酰胺",
        "2，5-呋喃二甲酸",
    ],
)
def test_terms_with_slashes_blanks_and_locants_survive(term):
    assert split_keywords(term) == (term,)
    assert split_keywords(f"催化剂；{term}；涂层") == ("催化剂", term, "涂层")


@given(st.text(max_size=60))
def test_keywords_are_tidy_distinct_and_from_the_text(text):
    found = split_keywords(text)
    assert len(set(found)) == len(found)
    assert all(word and word == tidy(word) and word in text for word in found)


def test_ids_lose_what_data_frames_add_and_keep_what_people_wrote():
    assert read_id("413.0") == ("413", "whole_id")
    assert read_id("3.10") == ("3.10", "")
    assert read_id("0012") == ("0012", "")
    assert read_id("2.02603E+11")[1] == "rounded_id"
    assert read_id("A-1.0") == ("A-1.0", "")


@pytest.mark.parametrize(
    ("text", "grade"),
    [("3", 3), ("3.0", 3), ("-1", -1), ("３", 3), ("3.5", None), ("高", None), ("1_000", None), ("", None)],
)
def test_integers(text, grade):
    assert read_integer(text) == grade


@pytest.mark.parametrize(
    ("text", "number"), [("-0.53", -0.53), ("1e-3", 0.001), ("inf", None), ("nan", None), ("1_0", None), ("", None)]
)
def test_numbers(text, number):
    assert read_number(text) == number


def test_tidy_takes_off_what_cannot_be_seen():
    assert tidy("\ufeff\u200b　A-1\u00a0\u200b") == "A-1"
