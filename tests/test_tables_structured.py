from __future__ import annotations

import datetime
import json
from decimal import Decimal

import dirty
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from matchmaker import errors
from matchmaker.tables import read_achievements, read_needs, read_pairs

DAY = datetime.date(2026, 3, 5)
ROW = {"成果编号": "A-1", "成果名称": "电解液", "关键词": "锂电；添加剂", "更新时间": "2026-03-05", "专利": "ZL1"}


def check(profile):
    assert (profile.id, profile.title, profile.keywords) == ("A-1", "电解液", ("锂电", "添加剂"))
    assert (profile.date, dict(profile.extra)) == (DAY, {"专利": "ZL1"})


# -------------------------------------------------------------------------------------------------------- JSON Lines


def write_lines(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_json_lines_sets_broken_lines_aside_and_goes_on(tmp_path):
    path = tmp_path / "成果.jsonl"
    dirty.write_json_lines(path)
    achievements = read_achievements(path)
    assert tuple(item.id for item in achievements) == dirty.GOOD
    assert [item.row for item in achievements.rejected] == [2, 4, 10, 11, 12, 17, 19]
    assert achievements.rejected[0].reason.startswith("不是有效的 JSON")
    assert achievements.rejected[0].content.startswith('{"成果编号*": "D-99"')
    assert achievements.rejected[1].reason == "这一行不是 JSON 对象，应写成 {列名: 值}"
    assert achievements.rejected[2].reason == "编号 D-01 与第 1 行重复"
    assert achievements[6].description == dirty.LONG


def test_json_values_of_every_kind(tmp_path):
    row = {
        "成果编号": 413.0,
        "成果名称": "电解\u2028液",
        "关键词": ["锂电", "C/C 复合材料"],
        "负责人": {"姓名": "甲"},
        "有效": True,
    }
    path = write_lines(
        tmp_path / "a.ndjson", json.dumps(row, ensure_ascii=False), "", '{"成果编号": "A-2", "成果名称": null}'
    )
    achievements = read_achievements(path)
    assert (achievements[0].id, achievements[0].title) == ("413", "电解\u2028液")
    assert achievements[0].keywords == ("锂电", "C/C 复合材料")
    assert achievements[0].extra == {"负责人": '{"姓名": "甲"}', "有效": "TRUE"}
    assert [(item.row, item.reason) for item in achievements.rejected] == [(3, "缺少成果名称")]


def test_json_that_python_cannot_hold_is_set_aside(tmp_path):
    deep = '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"
    huge = '{"achievement_id": ' + "9" * 5_000 + ', "title": "x"}'
    half = '{"achievement_id": "A-1", "title": "半个\\ud83d字符"}'
    achievements = read_achievements(write_lines(tmp_path / "a.jsonl", deep, huge, half))
    assert [item.row for item in achievements.rejected] == [1, 2]
    assert achievements[0].title == "半个字符"


def test_a_json_array_reads_like_lines(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ROW, "x"], ensure_ascii=False, indent=1), encoding="utf-8-sig")
    achievements = read_achievements(path)
    check(achievements[0])
    assert [(item.row, item.content) for item in achievements.rejected] == [(2, "x")]
    path.write_text("[{]", encoding="utf-8")
    with pytest.raises(errors.TableError, match="不是有效的 JSON"):
        read_achievements(path)


def test_json_without_records_or_in_another_encoding(tmp_path):
    with pytest.raises(errors.TableError, match="是空的"):
        read_achievements(write_lines(tmp_path / "a.jsonl", "[]", "3"))
    (tmp_path / "b.jsonl").write_bytes(json.dumps(ROW, ensure_ascii=False).encode("gb18030"))
    with pytest.raises(errors.TableError, match="无法识别 b.jsonl 的文字编码"):
        read_achievements(tmp_path / "b.jsonl")


# ----------------------------------------------------------------------------------------------------------- Parquet


def test_parquet_of_many_types(tmp_path):
    table = pa.table(
        {
            "成果编号": pa.array([413, None, 415]),
            "成果名称": pa.array(["电解液", "隔膜", "正极"]).dictionary_encode(),
            "关键词": pa.array([["锂电", "添加剂"], None, []]),
            "更新时间": pa.array([datetime.datetime(2026, 3, 5, 8)] * 3, pa.timestamp("ns")),
            "价格（万元）": pa.array([Decimal("12.50"), None, Decimal("3.00")]),
            "附": pa.array([{"x": 1}, None, {"x": 2}]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    achievements = read_achievements(tmp_path / "a.parquet")
    first, third = achievements
    assert (first.id, first.title, first.keywords, first.date) == ("413", "电解液", ("锂电", "添加剂"), DAY)
    assert (first.money, first.extra, third.money) == ("12.5万元", {"附": '{"x": 1}'}, "3万元")
    assert [(item.row, item.reason) for item in achievements.rejected] == [(3, "缺少成果编号")]


@pytest.mark.parametrize("keep", [3, 40, -20])
def test_a_truncated_parquet_file_is_refused(tmp_path, keep):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"成果编号": ["A-1"], "成果名称": ["电解液"]}), path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(errors.TableError, match="不是完好的 Parquet 文件"):
        read_achievements(path)


def test_parquet_without_the_columns(tmp_path):
    pq.write_table(pa.table({"成果编号": ["A-1"], "x": [1]}), tmp_path / "a.pq")
    with pytest.raises(errors.TableError, match="没有找到列 title。找到的列：成果编号、x"):
        read_achievements(tmp_path / "a.pq")


# ------------------------------------------------------------------------------------------------------- data frames


def test_a_frame_reads_like_a_saved_sheet_and_is_not_changed():
    frame = pd.DataFrame([ROW, {**ROW, "成果编号": None}])
    before = frame.copy(deep=True)
    achievements = read_achievements(frame)
    check(achievements[0])
    assert (achievements.source, achievements.rejected[0].row) == ("DataFrame", 3)
    pd.testing.assert_frame_equal(frame, before)


def test_missing_values_of_every_kind_are_blank():
    frame = pd.DataFrame(
        {
            "need_id": pd.array([1, 2, None], dtype="Int64"),
            "title": pd.Categorical(["甲", "乙", "丙"]),
            "deadline": pd.to_datetime(["2026-03-05", None, None]),
            "budget": [1.5, np.nan, 3],
            "keywords": [("锂电", "隔膜"), None, np.nan],
            "extra": pd.array([True, pd.NA, False], dtype="boolean"),
        }
    )
    needs = read_needs(frame)
    assert [(item.id, item.date, item.money) for item in needs] == [("1", DAY, "1.5"), ("2", None, "")]
    assert [item.keywords for item in needs] == [("锂电", "隔膜"), ()]
    assert [dict(item.extra) for item in needs] == [{"extra": "TRUE"}, {}]
    assert needs.rejected[0].reason == "缺少need_id"


def test_an_index_with_a_name_is_a_column_and_one_without_is_not():
    frame = pd.DataFrame([ROW])
    check(read_achievements(frame.set_index("成果编号"))[0])
    check(read_achievements(frame.set_axis([7]))[0])


def test_compound_and_numbered_column_names():
    frame = pd.DataFrame(
        [["A-1", "甲", 3]], columns=pd.MultiIndex.from_tuples([("成果编号", ""), ("成果名称", ""), ("a", 1)])
    )
    assert read_achievements(frame)[0].extra == {"a 1": "3"}
    sheet = pd.DataFrame([["", ""], ["成果编号", "成果名称"], ["A-1", "甲"]])
    assert read_achievements(sheet)[0].title == "甲"


def test_records_read_back_from_their_own_frame():
    achievements = read_achievements(pd.DataFrame([ROW]))
    again = read_achievements(achievements.to_frame())
    assert (again[0].title, again[0].keywords, again[0].date) == ("电解液", ("锂电", "添加剂"), DAY)


def test_a_frame_has_the_digest_of_its_content():
    frame = pd.DataFrame([ROW])
    assert read_achievements(frame).sha256 == read_achievements(frame.copy()).sha256
    assert read_achievements(frame).sha256 != read_achievements(frame.assign(专利="ZL2")).sha256
    assert len(read_achievements(frame).sha256) == 64


# --------------------------------------------------------------------------------------------------------------- SQL


@pytest.fixture
def database(tmp_path):
    address = f"sqlite:///{tmp_path / 'register.db'}"
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE needs (need_id, title, deadline, note)")
        connection.exec_driver_sql(
            "INSERT INTO needs VALUES (1, '防爆电池', '2026-03-05', '10:30'), (2, '密封件', NULL, '50%'), "
            "(NULL, '无编号', NULL, '')"
        )
    engine.dispose()
    return address


def test_a_query_reads_through_an_address_an_engine_or_a_connection(database):
    query = "SELECT need_id, title,\n deadline FROM needs"
    results = [read_needs(query, connection=database)]
    engine = sa.create_engine(database)
    results.append(read_needs(query, connection=engine))
    with engine.connect() as connection:
        results.append(read_needs(query, connection=connection))
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1  # the caller's connection stays open
    engine.dispose()
    assert results[0] == results[1] == results[2]
    assert [(item.id, item.title, item.date) for item in results[0]] == [("1", "防爆电池", DAY), ("2", "密封件", None)]
    assert results[0].rejected[0].row == 4
    assert results[0].source == "SELECT need_id, title, deadline FROM needs"


def test_colons_and_percent_signs_in_a_query_are_plain_text(database):
    query = "SELECT need_id, title FROM needs WHERE note = '10:30' OR note LIKE '50%'"
    assert len(read_needs(query, connection=database)) == 2
    assert len(read_needs("SELECT need_id, title FROM needs WHERE note = ':x'", connection=database)) == 0


def test_a_query_changes_nothing(database):
    with pytest.raises(errors.TableError, match="不返回数据"):
        read_needs("DELETE FROM needs", connection=database)
    assert len(read_needs("SELECT * FROM needs", connection=database)) == 2


def test_queries_that_cannot_work(database, tmp_path):
    with pytest.raises(errors.TableError, match="no such table: nowhere"):
        read_needs("SELECT * FROM nowhere", connection=database)
    with pytest.raises(errors.TableError, match="没有找到列 title"):
        read_needs("SELECT need_id FROM needs", connection=database)
    with pytest.raises(errors.TableError, match="SQL 查询失败"):
        read_needs("SELECT 1", connection="nonsense")
    with pytest.raises(errors.TableError, match="connection 应为"):
        read_needs("SELECT 1", connection=3)
    with pytest.raises(errors.TableError, match="source 应为 SQL 查询文字，实际为 DataFrame"):
        read_needs(pd.DataFrame(), connection=database)
    with pytest.raises(errors.TableError, match="请同时给出 connection"):
        read_needs("SELECT * FROM needs")
    with pytest.raises(errors.TableError, match="缺少数据库驱动"):
        read_needs("SELECT 1", connection="postgresql+pg8000://user:secret@localhost/x")


def test_a_missing_sqlite_file_is_not_made(tmp_path):
    with pytest.raises(errors.TableError, match="找不到文件"):
        read_needs("SELECT 1", connection=f"sqlite:///{tmp_path / 'none.db'}")
    assert not list(tmp_path.iterdir())


def test_a_database_in_memory_needs_no_file():
    query = "SELECT 'N-1' AS need_id, 'A-1' AS achievement_id"
    assert read_pairs(query, connection="sqlite://")[0].need_id == "N-1"
