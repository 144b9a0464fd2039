"""Nothing vanishes: every row below the header becomes a record, is set aside, or was blank."""

from __future__ import annotations

import json

import pandas as pd
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.tables import read_achievements, read_judgments, write_csv
from matchmaker.tables.safety import strip_controls

HEADER = ["achievement_id", "title", "description", "updated_on", "备注"]
ID = st.sampled_from(["A-1", "A-2", "A-3", "", " ", "413.0", "413", "=1", "achievement_id"])
TEXT = st.one_of(
    st.sampled_from(["", " ", "\u200b", "\x00", "title", "电解液", "a\nb", '"', ",", "'", "=1", "\x85"]),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
DATE = st.sampled_from(["", "2026-03-05", "2026-02-30", "长期", "46086", "去年"])
ROWS = st.lists(st.tuples(ID, TEXT, TEXT, DATE, TEXT).map(list), max_size=14)


def count_blank(rows) -> int:
    return sum(not any(strip_controls(cell)[0].strip() for cell in row) for row in rows)


def check(records, rows) -> None:
    assert len(records) + len(records.rejected) + count_blank(rows) == len(rows)
    assert len({item.id for item in records}) == len(records)
    assert all(item.id and item.title for item in records)
    assert all(item.reason for item in records.rejected)
    assert [item.row for item in records.rejected] == sorted({item.row for item in records.rejected})


@given(ROWS)
def test_csv(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "vanish.csv"
    write_csv(path, HEADER, rows)
    check(read_achievements(path), rows)


@given(ROWS)
def test_a_frame(rows):
    check(read_achievements(pd.DataFrame(rows, columns=HEADER, dtype=object)), rows)


@given(ROWS)
def test_json_lines(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "vanish.jsonl"
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in [["A-0", "首行", "", "", ""], *rows]]
    path.write_text("\n".join(lines), encoding="utf-8")
    check(read_achievements(path), [["A-0", "首行", "", "", ""], *rows])


@settings(max_examples=30)
@given(ROWS)
def test_a_workbook(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "vanish.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate([HEADER, *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    check(read_achievements(path), rows)


@given(st.lists(st.tuples(ID, ID, st.sampled_from(["1", "3.0", "x", "", "2.5", "-1"])).map(list), max_size=12))
def test_judgments(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "judgments.csv"
    write_csv(path, ["need_id", "achievement_id", "grade"], rows)
    judgments = read_judgments(path)
    assert len(judgments) + len(judgments.rejected) + count_blank(rows) == len(rows)
