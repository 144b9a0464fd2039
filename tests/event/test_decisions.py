import csv

import pytest

from matchmaker.docking import Candidate
from matchmaker.errors import TableError
from matchmaker.event.decisions import apply_decisions
from matchmaker.tables import read_decisions
from matchmaker.tables.answers import read_standing


def write(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["需求编号", "成果编号", "意见", "备注"], *rows])
    return path


@pytest.mark.parametrize(
    ("typed", "standing"),
    [
        *((word, "must") for word in ("必谈", "必须谈", "必见", "must", "ＭＵＳＴ", "一定要谈", "必谈！", "务必")),
        *((word, "wish") for word in ("希望", "√", "y", "Yes", "同意", "想谈", "是")),
        *((word, "veto") for word in ("否决", "不见", "否", "×", "x", "no", "回避", "不同意")),
    ],
)
def test_what_people_type_is_understood(typed, standing):
    assert read_standing(typed) == (standing, "")


@pytest.mark.parametrize("typed", ["待定", "?", "否定之否定", "必", "2"])
def test_what_nobody_can_tell_is_not_guessed(typed):
    assert read_standing(typed) is None


def test_words_behind_a_decision_become_its_comment(tmp_path):
    found = read_decisions(write(tmp_path / "a.csv", ["N-1", "A-1", "否决（直接竞争）", "见附件"]))
    assert (found[0].standing, found[0].comment) == ("veto", "直接竞争；见附件")


def test_rows_that_cannot_be_used_are_set_aside_with_file_row_and_what_may_stand_there(tmp_path):
    rows = (["N-1", "A-1", "待定", ""], ["N-1", "", "必谈", ""], ["N-9", "A-1", "必谈", ""], ["N-1", "A-9", "", "好"])
    path = write(tmp_path / "金普.csv", *rows, ["N-1", "A-2", "", "请先寄资料"], ["N-1", "A-3", "", ""])
    found = read_decisions(path, needs={"N-1"}, achievements={"A-1", "A-2", "A-3"})
    assert [str(one) for one in found.rejected] == [
        "金普.csv row 2: 意见填的是“待定”，应为：必谈、希望、否决",
        "金普.csv row 3: 缺少成果编号",
        "金普.csv row 4: 需求编号 N-9 不在本次对接会中：请核对编号",
        "金普.csv row 5: 成果编号 A-9 不在本次对接会中：请核对编号",
    ]
    assert [(one.achievement_id, one.standing, one.comment) for one in found] == [("A-2", "", "请先寄资料")]


def test_a_veto_stands_against_a_must_and_both_places_are_named(tmp_path):
    first = write(tmp_path / "企业.csv", ["N-1", "A-1", "必谈", "很急"], ["N-1", "A-2", "希望", ""])
    second = write(
        tmp_path / "院所.csv", ["N-2", "A-2", "", ""], ["N-1", "A-1", "否决", "同行"], ["N-1", "A-2", "必谈", ""]
    )
    found = read_decisions([first, second])
    assert [(one.achievement_id, one.standing, one.comment) for one in found] == [
        ("A-1", "veto", "同行"),
        ("A-2", "must", ""),
    ]
    (lost,) = found.rejected
    assert (lost.file, lost.row) == ("企业.csv", 2)
    assert "“必谈”与 院所.csv 3 行的“否决”矛盾，已按否决处理" in lost.reason
    assert read_decisions([second, first]).rows[0].standing == "veto"  # whichever is read first
    english = read_decisions([first, second], lang="en").rejected[0].reason
    assert '"must" here contradicts the veto in 院所.csv 3' in english


def test_a_broken_file_is_set_aside_and_the_others_are_read(tmp_path):
    good = write(tmp_path / "good.csv", ["N-1", "A-1", "必谈", ""])
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    found = read_decisions([broken, good, other, tmp_path / "none.csv"])
    assert len(found) == 1
    assert [(one.file, one.row) for one in found.rejected] == [("broken.xlsx", 0), ("other.csv", 0), ("none.csv", 0)]
    assert "没有找到列" in found.rejected[1].reason
    with pytest.raises(TableError):
        read_decisions([broken, other])


def test_decisions_become_the_standing_of_candidates(tmp_path):
    path = write(tmp_path / "a.csv", ["N-1", "A-1", "必谈", "急"], ["N-1", "A-2", "", "看过"])
    pairs = [Candidate("N-1", f"A-{row}", "E", "T", 0.5, row, "wish" if row == 2 else "") for row in (1, 2, 3)]
    after = apply_decisions(pairs, read_decisions(path))
    assert [(one.standing, one.comment) for one in after] == [("must", "急"), ("wish", "看过"), ("", "")]
    assert pairs[0].standing == ""
