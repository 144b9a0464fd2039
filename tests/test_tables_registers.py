from __future__ import annotations

import datetime
import os
import string
from pathlib import Path

import dirty
import pandas as pd
import pytest

from matchmaker import errors
from matchmaker.records import Judgment, Match, Pair, Profile
from matchmaker.tables import (
    read_achievements,
    read_judgments,
    read_needs,
    read_pairs,
    read_shortlists,
    write_csv,
)
from matchmaker.tables.messages import MESSAGES, say

READERS = [read_achievements, read_needs, read_judgments, read_pairs, read_shortlists]
BDCI = Path(__file__).parents[2] / "shared" / "data" / "bdci2019"


def rejected(records):
    return {item.row: item.reason for item in records.rejected}


# --------------------------------------------------------------------------------------------------- dirty registers


def test_the_dirty_register_of_achievements():
    achievements = read_achievements(dirty.DIRTY_ACHIEVEMENTS)
    by_id = {item.id: item for item in achievements}
    assert list(by_id) == [
        *("A-0001", "A-0002", "A-0003", "A-0004", "A-0005", "A-0006", "0012", "413", "A-0012", "A-0013", "A-0014"),
        *("A-0015", "A-0016", "A-0017", "A-0019", "A-0020", "2.02603E+11", "A-0022", "A-0023", "A-0024", "A-0025"),
        "A-0027",
    ]
    assert rejected(achievements) == {
        12: "编号 A-0001 与第 5 行重复",
        13: "缺少成果编号",
        14: "缺少成果名称",
        15: "重复出现的表头行",
        24: "单元格比表头多 1 个，内容可能错位：含逗号的文字应加双引号",
        30: "缺少成果编号、成果名称",
        33: "双引号不成对，无法分列：请补齐引号，或把文字中的引号写成两个",
    }
    assert [item.row for item in achievements.notices] == [0, 4, 9, 17, 18, 19, 21, 25, 27, 31, 32]
    assert by_id["A-0004"].title == '=HYPERLINK("http://a.example","船用低硫尾气脱硝")'
    assert by_id["A-0005"].title == "PVDF 中空纤维\n膜组件"
    assert by_id["A-0015"].keywords == ("C/C 复合材料", "化学气相渗透", "solid state reaction")
    assert by_id["A-0020"].title == "表情与生僻字：𬭩盐离子液体🧪萃取镓"
    assert by_id["A-0025"].title == '关于"智能网联"的路侧感知,融合'
    same_day = ["A-0001", "A-0002", "A-0003", "A-0004", "A-0005", "A-0006"]
    assert {by_id[key].date for key in same_day} == {datetime.date(2026, 3, 5)}
    assert by_id["A-0001"] == Profile(
        id="A-0001",
        kind="achievement",
        title="高电压钴酸锂电池用耐氧化电解液",
        description="针对 4.5 V 以上体系，采用氟代碳酸酯与双腈添加剂，45℃ 循环 800 次容量保持率 86%。",
        keywords=("锂离子电池", "电解液", "4.5 V", "添加剂"),
        field="洁净能源",
        organisation="滨海理工大学",
        region="凌水区",
        maturity="中试",
        mode="许可",
        money="120万元",
        date=datetime.date(2026, 3, 5),
        extra={"序号": "1", "专利号": "ZL202310000001.1"},
    )


def test_the_dirty_register_of_needs_in_english():
    needs = read_needs(dirty.DIRTY_NEEDS, lang="en")
    by_id = {item.id: item for item in needs}
    assert len(by_id) == len(needs) == 19
    assert rejected(needs) == {
        10: "id N-001 repeats row 4",
        11: "需求编号 is missing",
        12: "需求名称 is missing",
        21: "2 more cells than the header, so contents may have shifted: quote texts that hold a comma",
        23: "the header row, repeated",
        29: "需求名称 is missing",
    }
    assert by_id["N-001"].description.startswith("希望解决过充起火问题")
    assert by_id["N-004"].extra == {"联系人": "=cmd|' /C calc'!A0", "联系电话": "+86 000 0000"}
    assert (by_id["N-004"].money, by_id["N-020"].money, by_id["N-003"].money) == ("30-50万元", "１５０万元", "面议")
    assert by_id["N-009"].date == datetime.date(2026, 11, 30)
    assert by_id["N-003"].date is None
    assert by_id["N-022"].title == "名称前后有全角空格"


def test_nothing_vanishes_from_the_dirty_registers():
    for path, read, encoding in (
        (dirty.DIRTY_ACHIEVEMENTS, read_achievements, "gb18030"),
        (dirty.DIRTY_NEEDS, read_needs, "utf-8-sig"),
    ):
        records = read(path)
        lines = (
            path.read_bytes().decode(encoding).removesuffix("\r\n").split("\r\n")
        )  # breaks inside cells are plain \n
        header_row = next(item.row for item in records.notices if "表头在第" in item.message)
        below = [line for line in lines[header_row:] if line.strip(",")]
        assert len(records) + len(records.rejected) == len(below)
        assert all(item.row > header_row for item in records.rejected)


# ------------------------------------------------------------------------------------------- judgments, pairs, matches


def test_judgments_are_read_with_integers_of_every_spelling():
    frame = pd.DataFrame(
        {
            "需求编号": ["N-1", "N-1", "N-1", "N-1", "", 7.0],
            "成果编号": ["A-1", "A-1", "A-2", "A-3", "A-4", "8.0"],
            "关联度": ["3", 3.0, "3.5", "高", "1", -2],
            "活动编号": ["E-1", "", "", "", "", ""],
            "研判日期": ["2026-03-05", None, "", "", "", "无"],
        }
    )
    judgments = read_judgments(frame)
    assert list(judgments) == [
        Judgment("N-1", "A-1", 3, "E-1", datetime.date(2026, 3, 5)),
        Judgment("N-1", "A-1", 3),
        Judgment("7", "8", -2),
    ]
    assert rejected(judgments) == {
        4: "关联度应为整数，实际为“3.5”",
        5: "关联度应为整数，实际为“高”",
        6: "缺少需求编号",
    }
    assert [item.message for item in judgments.notices] == ["成果编号“8.0”已改为“8”"]


def test_pairs_keep_their_order_and_number(tmp_path):
    write_csv(
        tmp_path / "对.csv",
        ["achievement_id", "need_id"],
        [["A-2", "N-1"], ["A-1", "N-1"], ["A-2", "N-1"], ["A-3", ""]],
    )
    pairs = read_pairs(tmp_path / "对.csv")
    assert list(pairs) == [Pair("N-1", "A-2"), Pair("N-1", "A-1"), Pair("N-1", "A-2")]
    assert rejected(pairs) == {5: "缺少need_id"}


SHORTLISTS = ["need_id", "rank", "achievement_id", "score", "probability", "evidence", "reasons"]


def test_shortlists_read_back(tmp_path):
    rows = [
        ["N-1", 1, "=A-1", -0.53, 0.9, "跨度", '双方均涉及"锂离子电池电解液"; 领域一致'],
        ["N-1", 2, "A-2", 1e-05, 0.25, "只有依据; 两条", ""],
        ["N-1", 3, "A-3", 0.0, 0, "", None],
        ["N-1", 4, "A-2", 0.1, 0.1, "", ""],
        ["N-2", 0, "A-1", 0.1, 0.1, "", ""],
        ["N-2", 1, "A-1", "高", 0.1, "", ""],
        ["N-2", 1, "A-1", 0.1, 1.5, "", ""],
        ["N-2", 1, "A-1", 0.1, float("nan"), "", ""],
    ]
    write_csv(tmp_path / "shortlists.csv", SHORTLISTS, rows)
    matches = read_shortlists(tmp_path / "shortlists.csv", lang="en")
    assert all(isinstance(match, Match) for match in matches)
    assert [(m.need_id, m.achievement_id, m.rank, m.score, m.probability, m.evidence.reasons) for m in matches] == [
        ("N-1", "=A-1", 1, -0.53, 0.9, ('双方均涉及"锂离子电池电解液"', "领域一致")),
        ("N-1", "A-2", 2, 1e-05, 0.25, ("只有依据", "两条")),
        ("N-1", "A-3", 3, 0.0, 0.0, ()),
    ]
    assert rejected(matches) == {
        5: "the pair of need N-1 and achievement A-2 repeats row 3",
        6: 'rank must be an integer from 1 on, found "0"',
        7: 'score must be a number, found "高"',
        8: 'probability must lie between 0 and 1, found "1.5"',
        9: "probability is missing",
    }


def test_shortlists_need_a_probability_column():
    with pytest.raises(errors.TableError, match="没有找到列 probability"):
        read_shortlists(pd.DataFrame(columns=SHORTLISTS[:4]))


# ------------------------------------------------------------------------------------------------------------ sources


@pytest.mark.parametrize("read", READERS)
def test_sources_that_cannot_be_read_say_so(read, tmp_path):
    folder = tmp_path / "表.csv"
    folder.mkdir()
    (tmp_path / "a.doc").write_bytes(b"x")
    with pytest.raises(errors.TableError, match="找不到文件 .*nowhere.csv"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(errors.TableError, match="是文件夹"):
        read(str(folder))
    with pytest.raises(errors.TableError, match=r"不支持的文件类型“.doc”.*\.csv .*\.xlsx"):
        read(tmp_path / "a.doc")
    with pytest.raises(errors.TableError, match="实际为 list"):
        read([["A-1", "甲"]])
    with pytest.raises(errors.TableError, match="is a folder"):
        read("", lang="en")
    with pytest.raises(errors.SettingError, match="is 'fr'; choose one of zh, en"):
        read(tmp_path / "a.doc", lang="fr")
    with pytest.raises(errors.TableError, match="sheet 只用于 Excel 工作簿"):
        read(pd.DataFrame(), sheet="x")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("成果编号,成果名称\n", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(errors.TableError, match="无法打开"):
        read_achievements(path)


def test_the_same_register_with_the_same_title_twice_keeps_both():
    frame = pd.DataFrame({"成果编号": ["A-1", "A-2"], "成果名称": ["甲", "甲"]})
    assert len(read_achievements(frame)) == 2


def test_a_row_set_aside_does_not_take_an_id():
    frame = pd.DataFrame({"成果编号": ["A-1", "A-1", "A-1"], "成果名称": ["", "甲", "乙"]})
    achievements = read_achievements(frame)
    assert [item.title for item in achievements] == ["甲"]
    assert rejected(achievements) == {2: "缺少成果名称", 4: "编号 A-1 与第 3 行重复"}


def test_a_second_column_of_names_is_kept_and_pointed_out():
    frame = pd.DataFrame({"编号": ["A-1"], "名称": ["电解液"], "名称（英文）": ["electrolyte"], "序号": ["1"]})
    achievements = read_achievements(frame)
    assert (achievements[0].title, achievements[0].extra) == ("电解液", {"名称（英文）": "electrolyte", "序号": "1"})
    assert [item.message for item in achievements.notices] == ["“名称（英文）”也可作为title，现作为附加列保留"]


# ----------------------------------------------------------------------------------------------------------- messages


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_messages_exist_in_both_languages_with_the_same_values():
    chinese, english = MESSAGES["zh"], MESSAGES["en"]
    assert list(chinese) == list(english)
    for key in chinese:
        assert fields(chinese[key]) == fields(english[key]), key
        values = dict.fromkeys(fields(english[key]), "x")
        assert say("en", key, **values).isascii() or key == "damaged_encoding"
        assert "{" not in say("zh", key, **values).replace("{列名: 值}", "")


# ---------------------------------------------------------------------------------------------------------- real data


@pytest.mark.skipif(not BDCI.is_dir(), reason="the shared data is not here")
def test_real_registers_read_whole():
    needs, achievements = read_needs(BDCI / "needs.csv"), read_achievements(BDCI / "achievements.csv")
    judgments = read_judgments(BDCI / "judgments.csv")
    assert (len(needs), len(achievements), len(judgments)) == (371, 7362, 7362)
    assert not needs.rejected and not achievements.rejected and not judgments.rejected
    assert {item.need_id for item in judgments} <= {item.id for item in needs}
