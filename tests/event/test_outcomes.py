import csv
import json
from datetime import date

import openpyxl
import pytest

from matchmaker import read_judgments
from matchmaker.cli import main
from matchmaker.docking import Mark, Meeting
from matchmaker.errors import TableError
from matchmaker.event import grade_mark, judge_outcomes, trace_outcomes
from matchmaker.marking import OBSTACLES, OUTCOME_FORM, RESULTS, STATES
from matchmaker.records import Match
from matchmaker.tables import read_marks


def export(path, marks, event="DL-1", **changes):
    content = {"format": "matchmaker-marks/1", "event_id": event, "exported_at": "2026-11-09T17:00", "marks": marks}
    path.write_text(json.dumps(content | changes, ensure_ascii=False), encoding="utf-8")
    return path


def note(need, achievement, state="held", **more):
    return {"need_id": need, "achievement_id": achievement, "state": state, "again": False, "comment": "", **more}


def fill_form(path, *rows):
    """A sheet of outcomes as it is printed, filled in by hand."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = OUTCOME_FORM.sheet.zh
    codes = [word.code for word in OUTCOME_FORM.columns]
    sheet.append([word.zh for word in OUTCOME_FORM.columns])
    for row in rows:
        sheet.append([row.get(code) for code in codes])
    other = book.create_sheet("意见征集")
    other.append(["需求编号", "成果编号", "意见", "备注"])
    other.append(["N-1", "A-9", "必谈", "不是标记"])
    book.save(path)
    return path


# ------------------------------------------------------------------------------------------------------------- marks


def test_the_export_of_the_book_is_read_back(tmp_path):
    marks = [note("N-1", "A-1", again=True, comment="谈得好"), note("N-1", "A-2", "missed"), note("N-2", "A-1", "")]
    found = read_marks(export(tmp_path / "m.json", marks), event_id="DL-1")
    assert found.rows == (
        Mark("N-1", "A-1", "held", True, comment="谈得好"),
        Mark("N-1", "A-2", "missed"),
    )
    assert not found.rejected


def test_a_sheet_of_outcomes_that_was_filled_in_is_read_back(tmp_path):
    path = fill_form(
        tmp_path / "结果.xlsx",
        {
            "need_id": "N-1",
            "achievement_id": "A-1",
            "state": "已谈",
            "again": "企业",
            "result": "已签约",
            "amount": 120000,
        },
        {"need_id": "N-1", "achievement_id": "A-2", "state": "没谈完", "result": "未成（差太远）", "obstacle": "指标"},
        {"need_id": "N-2", "achievement_id": "A-1", "again": "是", "amount": "3.5万元", "comment": "再联系"},
        {"need_id": "N-3", "achievement_id": "A-1"},
    )
    found = read_marks(path)
    assert not found.rejected
    assert found.rows == (
        Mark("N-1", "A-1", "held", True, "contract", 120000.0, again_by="enterprise"),
        Mark("N-1", "A-2", "cut_short", result="failed", obstacle="indicator", comment="差太远"),
        Mark("N-2", "A-1", again=True, amount=35000.0, comment="再联系"),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_of_the_form_reads_back_as_its_code(tmp_path, lang):
    for column, words in (("state", STATES), ("result", RESULTS), ("obstacle", OBSTACLES)):
        rows = [{"need_id": "N", "achievement_id": word.code, column: word.name(lang)} for word in words]
        found = read_marks(fill_form(tmp_path / f"{column}.xlsx", *rows))
        assert [getattr(mark, column) for mark in found] == [word.code for word in words]


def test_several_files_are_put_together_and_contradictions_are_told(tmp_path):
    tablet = export(tmp_path / "a.json", [note("N-1", "A-1", again=True), note("N-1", "A-2")])
    sheet = fill_form(
        tmp_path / "b.xlsx",
        {"need_id": "N-1", "achievement_id": "A-1", "result": "已送样"},
        {"need_id": "N-1", "achievement_id": "A-2", "state": "未到场"},
    )
    found = read_marks([tablet, sheet])
    assert found.rows == (Mark("N-1", "A-1", "held", True, "sample_sent"), Mark("N-1", "A-2", "missed"))
    (told,) = [notice for notice in found.notices if notice.row == 3]
    assert "“missed”与 a.json 2 行的“held”不一致" in told.message and told.file == "b.xlsx"


def test_what_cannot_be_used_is_named_and_set_aside(tmp_path):
    marks = [
        note("N-1", "A-1"),
        note("N-9", "A-1"),
        note("N-1", "", "held"),
        note("N-1", "A-2", "睡着了"),
        "nonsense",
        note("N-1", "A-2", again="也许"),
        note("N-1", "A-2", amount="面议"),
    ]
    good = export(tmp_path / "good.json", marks)
    other = export(tmp_path / "other.json", [note("N-1", "A-2")], event="DL-0")
    foreign = tmp_path / "foreign.json"
    foreign.write_text('{"format": "x"}', encoding="utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    found = read_marks(
        [good, other, foreign, broken], event_id="DL-1", needs={"N-1"}, achievements={"A-1", "A-2"}, lang="en"
    )
    assert found.rows == (Mark("N-1", "A-1", "held"),)
    told = [(one.file, one.row, one.reason) for one in found.rejected]
    assert told[:6] == [
        ("good.json", 2, "the need N-9 is not part of this event: check the id"),
        ("good.json", 3, "achievement_id is missing"),
        ("good.json", 4, 'state says "睡着了", which is none of: held, cut short, missed'),
        ("good.json", 5, "this entry is no mark of a meeting"),
        ("good.json", 6, 'again says "也许", which is none of: yes, no, or enterprise, team, both'),
        ("good.json", 7, 'amount says "面议", which is no amount in yuan, such as 120000'),
    ]
    assert [(file, row) for file, row, _ in told[6:]] == [("other.json", 0), ("foreign.json", 0), ("broken.json", 0)]
    assert "the marks of another event (DL-0), this one is DL-1" in told[6][2]
    assert "no file of marks that the book exported" in told[7][2]
    with pytest.raises(TableError, match="另一场对接会"):
        read_marks(other, event_id="DL-1")


# ------------------------------------------------------------------------------------------------------------ grades


@pytest.mark.parametrize(
    ("mark", "grade"),
    [
        ({"state": "held", "result": "contract", "amount": 1.0}, 4),
        ({"state": "held", "result": "sample_sent"}, 4),
        ({"state": "missed", "result": "contract"}, 4),  # they met later
        ({"state": "held", "result": "second_meeting"}, 3),
        ({"state": "held", "again": True}, 3),
        ({"state": "cut_short", "again": True}, 3),
        ({"state": "held"}, 2),
        ({"state": "held", "result": "failed", "obstacle": "indicator"}, 1),
        ({"state": "held", "again": True, "result": "failed", "obstacle": "maturity"}, 1),
        ({"state": "cut_short"}, None),
        ({"state": "missed"}, None),
        ({"state": "missed", "again": True}, None),
        ({}, None),
        *(
            ({"state": "held", "result": "failed", "obstacle": word.code}, None)
            for word in OBSTACLES
            if word.code not in ("indicator", "maturity")
        ),
        ({"state": "held", "result": "failed"}, None),
        ({"state": "held", "again": True, "result": "failed", "obstacle": "price"}, 3),
    ],
)
def test_grades_say_what_came_of_a_meeting_and_nothing_where_that_says_little_of_fit(mark, grade):
    assert grade_mark(Mark("N", "A", **mark)) == grade


def test_outcomes_know_what_was_shown_at_which_rank():
    shown = [Match("N-1", f"A-{rank}", rank, 0, 0.9 - rank / 10) for rank in (1, 2, 3)]
    planned = [Meeting(1, "T", "N-1", "A-1", "", "", 0.8), Meeting(2, "T", "N-1", "A-7", "", "", 0.3)]
    marks = [Mark("N-1", "A-1", "held"), Mark("N-1", "A-3", "held", again=True)]
    outcomes, propensities = trace_outcomes(planned, marks, shown)
    assert [(one.mark.achievement_id, one.planned, one.rank, one.met, one.grade) for one in outcomes] == [
        ("A-1", True, 1, True, 2),
        ("A-7", True, 0, False, None),
        ("A-3", False, 3, True, 3),
    ]
    assert [one.probability for one in outcomes] == pytest.approx([0.8, 0.3, 0.6])
    assert propensities.met == (1, 0, 1) and outcomes[1].propensity == outcomes[1].weight == 1
    judgments = judge_outcomes(outcomes, "DL-1", date(2026, 11, 9))
    assert [(one.grade, one.weight) for one in judgments] == [(2, outcomes[0].weight), (3, outcomes[2].weight)]


# ----------------------------------------------------------------------------------------------------------- command


@pytest.fixture
def event(tmp_path):
    folder = tmp_path / "event"
    folder.mkdir()
    listed = [["need_id", "rank", "achievement_id", "score", "probability"]]
    listed += [[f"N-{need}", rank, f"A-{need}{rank}", 1, 0.9 / rank] for need in range(6) for rank in range(1, 6)]
    table = [["slot", "table", "need_id", "achievement_id", "probability", "locked"]]
    table += [[1, f"T{need}", f"N-{need}", f"A-{need}1", 0.9, 0] for need in range(6)]
    table += [[2, f"T{need}", f"N-{need}", f"A-{need}2", 0.45, 0] for need in range(3)]
    for name, rows in (("shortlists.csv", listed), ("timetable.csv", table)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    plan = {"event": {"id": "DL-1", "name": "第一场", "date": "2026-11-09"}}
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return folder


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_judgments_that_learning_reads(event, tmp_path, capsys):
    marks = export(
        tmp_path / "m.json",
        [note(f"N-{need}", f"A-{need}1", again=need % 2 == 0) for need in range(5)]
        + [note("N-0", "A-02", "missed"), note("N-x", "A-1")],
    )
    sheet = fill_form(
        tmp_path / "r.xlsx", {"need_id": "N-1", "achievement_id": "A-11", "result": "未成", "obstacle": "IP"}
    )
    out = tmp_path / "out"
    line = ["event", "outcomes", str(event), str(marks), str(sheet), "--out", str(out), "--lang", "zh"]
    assert main([*line, "--as-of", "2026-11-19"]) == 1
    told = capsys.readouterr()
    assert "日程 9 场：已谈 5 场，提前结束 0 场，未到场 1 场，没有记录 3 场；得到研判 4 条" in told.out
    assert "N-x 不在本次对接会中" in told.err
    judgments = read_judgments(out / "judgments.csv")
    assert not judgments.rejected and [one.grade for one in judgments] == [3, 3, 2, 3]
    assert {one.event_id for one in judgments} == {"DL-1"} and judgments[0].judged_on == date(2026, 11, 9)
    rows = rows_of(out / "judgments.csv")
    assert {(row["rank"], row["shown"]) for row in rows} == {("1", "1")}
    assert float(rows[0]["propensity"]) > 0.5 and judgments[0].weight == float(rows[0]["weight"]) == 1
    assert [row["met"] for row in rows_of(out / "exposure.csv")] == ["5", "0", "0", "0", "0"]
    outcomes = rows_of(out / "outcomes.csv")
    assert len(outcomes) == 9 and outcomes[1]["obstacle"] == "rights" and outcomes[1]["grade"] == ""
    assert {row["days"] for row in rows_of(out / "followups.csv")} == {"10"}
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert main([*line, "--as-of", "2026-11-19", "-q"]) == 1
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_the_command_says_what_is_missing(event, tmp_path, capsys):
    marks = export(tmp_path / "m.json", [note("N-1", "A-11")])
    out = tmp_path / "out"
    (event / "plan.json").unlink()
    line = ["event", "outcomes", str(event), str(marks), "--out", str(out), "--lang", "zh"]
    assert main(line) == 2 and "--event-id" in capsys.readouterr().err
    assert main([*line, "--event-id", "DL-1", "--date", "某天"]) == 2 and "某天" in capsys.readouterr().err
    assert main([*line, "--event-id", "DL-2", "--date", "2026-11-09"]) == 2
    assert "另一场对接会" in capsys.readouterr().err
    assert main([*line, "--event-id", "DL-1", "--date", "2026-11-09"]) == 0
    (event / "shortlists.csv").unlink()
    assert main(line) == 2 and "没有 shortlists.csv" in capsys.readouterr().err


def test_the_command_leaves_the_plan_alone_and_names_a_broken_export(event, tmp_path, capsys):
    marks = export(tmp_path / "m.json", [note("N-1", "A-11")])
    (event / "rejected.csv").write_text("file,sheet,row,reason,content\n", encoding="utf-8")
    assert main(["event", "outcomes", str(event), str(marks), "--out", str(event), "--lang", "zh"]) == 2
    assert "rejected.csv" in capsys.readouterr().err and not (event / "judgments.csv").exists()
    marks.write_text('{"format": "matchm', encoding="utf-8")
    assert main(["event", "outcomes", str(event), str(marks), "--out", str(tmp_path / "out"), "--lang", "zh"]) == 2
    assert "请在手册网页中重新导出" in capsys.readouterr().err
