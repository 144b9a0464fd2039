import pandas as pd
import pytest

from matchmaker.docking import Change
from matchmaker.tables import read_apart, read_changes, read_requests, read_timetable
from matchmaker.tables.columns import match_columns
from matchmaker.tables.contracts import APART, CHANGES, REQUESTS, TIMETABLE
from matchmaker.tables.events import KINDS, STANDINGS


def frame(*rows):
    return pd.DataFrame(rows)


@pytest.mark.parametrize("contract", [REQUESTS, APART, TIMETABLE, CHANGES], ids=lambda contract: contract.name)
def test_every_alias_alone_finds_its_column(contract):
    owners = {}
    for column in contract.columns:
        for alias in (column.name, *column.aliases):
            owners.setdefault(alias, column.name)
            assert match_columns([alias], contract) == {owners[alias]: 0}, alias


@pytest.mark.parametrize(
    ("typed", "standing"),
    [(word, standing) for standing, words in STANDINGS.items() for word in words]
    + [("", "wish"), ("ＭＵＳＴ", "must")],
)
def test_what_people_write_for_a_standing(typed, standing):
    row = {"需求编号": "N-1", "成果编号": "A-1", "决定": typed, "备注": "先谈"}
    request = read_requests(frame(row))[0]
    assert (request.standing, request.comment, request.origin.row) == (standing, "先谈", 2)


def test_a_standing_that_nobody_knows_sets_the_row_aside():
    requests = read_requests(frame({"need_id": "N-1", "achievement_id": "A-1", "standing": "或许"}))
    assert requests.rejected[0].reason == "standing应为必见、希望、不见之一，实际为“或许”"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_in_all_its_words(kind):
    for word in KINDS[kind]:
        row = {"事项": word, "谁": "某厂", "对方": "A-1", "桌号": "3", "从": "9:30", "到": "10:00", "最多": "2"}
        assert read_changes(frame(row)).rows == (
            Change(kind, "某厂", "A-1", "3", "9:30", "10:00", 2, "", read_changes(frame(row))[0].origin),
        )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"事项": "下雨"}, "事项应为取消、桌子、临时到场、超时、必见、希望、不见、锁定之一，实际为“下雨”"),
        ({"事项": "取消", "从": "9:00"}, "“取消”一行还缺少who，请补充"),
        ({"事项": "桌子", "谁": "x"}, "“桌子”一行还缺少table，请补充"),
        ({"事项": "必见", "谁": "x"}, "“必见”一行还缺少other，请补充"),
        ({"事项": "临时到场", "谁": "x", "最多": "0"}, "最多应为从 1 开始的整数，实际为“0”"),
    ],
)
def test_a_change_that_says_too_little_is_set_aside(row, reason):
    assert [item.reason for item in read_changes(frame(row)).rejected] == [reason]


def test_who_stays_apart_by_ids_or_by_names():
    rows = read_apart(frame({"甲方": "某药业", "乙方": "某大学"}))
    assert (rows[0].first, rows[0].second) == ("某药业", "某大学")
    rows = read_apart(frame({"need_id": "N-1", "achievement_id": "A-1", "原因": "上次已见"}))
    assert (rows[0].first, rows[0].second, rows[0].comment) == ("N-1", "A-1", "上次已见")
    assert read_apart(frame({"企业": "某厂", "团队": ""})).rejected[0].reason == "缺少团队"


def test_a_timetable_and_locks(tmp_path):
    text = "slot,table,need_id,achievement_id,probability,locked\n3,A1,N-1,A-1,0.5000,1\n4,A1,N-2,A-2,,0\n"
    text += "5,A1,N-3,A-3,2,0\n6,A1,N-4,A-4,0.5,maybe\n"
    (tmp_path / "timetable.csv").write_text(text, encoding="utf-8")
    rows = read_timetable(tmp_path / "timetable.csv")
    assert [(row.slot, row.probability, row.locked) for row in rows] == [("3", 0.5, True), ("4", None, False)]
    assert [item.row for item in rows.rejected] == [4, 5] and rows[0].origin.file == "timetable.csv"
    bare = frame({"时段": "09:00", "桌号": "A1", "需求编号": "N-1", "成果编号": "A-1"})
    assert read_timetable(bare, locked=True)[0].locked and not read_timetable(bare)[0].locked


@pytest.mark.parametrize(
    ("typed", "standing", "comment"),
    [("必谈！", "must", ""), ("√", "wish", ""), ("×", "veto", ""), ("否决（同行竞争）", "veto", "同行竞争")],
)
def test_requests_are_understood_in_the_words_and_under_the_header_of_a_pack(typed, standing, comment):
    rows = pd.DataFrame({"需求编号": ["N-1"], "成果编号": ["A-1"], "意见": [typed]})
    request = read_requests(rows)[0]
    assert (request.standing, request.comment) == (standing, comment)


def test_requests_without_a_standing_are_wishes_and_that_is_noted():
    found = read_requests(pd.DataFrame({"需求编号": ["N-1"], "成果编号": ["A-1"], "态度": ["不见"]}))
    assert found[0].standing == "wish"
    assert ["态度" in notice.message and "按“希望”处理" in notice.message for notice in found.notices] == [True]
    assert not read_requests(pd.DataFrame({"需求编号": ["N-1"], "成果编号": ["A-1"], "意见": [""]})).notices
