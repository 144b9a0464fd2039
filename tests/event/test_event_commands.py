import csv
import hashlib
import json

import openpyxl
import pytest

from matchmaker.cli import main
from matchmaker.delivery.event import CHANGES_HEADER, EVENT_OUTPUTS, TIMETABLE_HEADER, UNMET_HEADER
from matchmaker.tables import read_timetable

DONE, SET_ASIDE, UNUSABLE = 0, 1, 2

AGENDA = """id = "DL-2026-02"
name = "大连对接会"
date = 2026-11-20

[slots]
start = "09:00"
end = "10:40"
minutes = 20

[hall]
tables = 2

[enterprises]
most = 3

[teams]
most = 3

[files]
achievements = "成果.csv"
needs = "需求.csv"
requests = "意向.csv"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with an agenda, registers, shortlists and requests."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    put = lambda name, text: (tmp_path / name).write_text(text, encoding="utf-8")  # noqa: E731
    put("EVENT.toml", AGENDA)
    put(
        "成果.csv",
        "成果编号,成果名称,完成单位,负责人\n" + "".join(f"A-{n},膜分离技术{n},某所,老师{n}\n" for n in range(4)),
    )
    put("需求.csv", "需求编号,需求名称,企业名称\n" + "".join(f"N-{n},求膜分离技术{n},企业{n}\n" for n in range(4)))
    rows = "".join(f"N-{n},{a + 1},A-{a},0.1,0.{9 - n - a}\n" for n in range(4) for a in range(3))
    put("shortlists.csv", "need_id,rank,achievement_id,score,probability\n" + rows)
    put("意向.csv", "需求编号,成果编号,决定\nN-3,A-3,必见\n")
    return tmp_path


def read_rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def plan(folder, *more, out="out"):
    shortlists = ["--shortlists", str(folder / "shortlists.csv")]
    return main(
        ["event", "plan", str(folder / "EVENT.toml"), *shortlists, "--out", str(folder / out), "--no-pdf", *more]
    )


def test_plan_writes_everything_and_says_so(folder, capsys):
    assert plan(folder) == DONE
    out = folder / "out"
    assert set(EVENT_OUTPUTS) <= {path.name for path in out.iterdir()}
    rows = read_rows(out / "timetable.csv")
    assert tuple(rows[0]) == TIMETABLE_HEADER and len(rows) == 1 + 10
    assert ["N-3", "A-3", "0.5000", "0"] in [row[2:] for row in rows]
    assert tuple(read_rows(out / "unmet.csv")[0]) == UNMET_HEADER
    assert read_rows(out / "changes.csv") == [list(CHANGES_HEADER)]
    manifest = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["agenda"]["sha256"] == hashlib.sha256((folder / "EVENT.toml").read_bytes()).hexdigest()
    assert manifest["inputs"]["requests"]["rows"] == 1 and manifest["plan"]["proven"]
    assert manifest["plan"]["meetings"] == 10 and 0 <= manifest["plan"]["gap"] <= 0.02
    for name in ("event.xlsx", "book.html"):
        assert manifest["outputs"][name]["sha256"] == hashlib.sha256((out / name).read_bytes()).hexdigest()
    assert len(list((out / "calendars").glob("*.ics"))) == 8 and not (out / "book.pdf").exists()
    digest = hashlib.sha256((out / "timetable.csv").read_bytes()).hexdigest()
    assert manifest["outputs"]["timetable.csv"]["sha256"] == digest
    told = capsys.readouterr()
    assert "排出 10 场见面" in told.out and told.err == ""


def test_the_same_files_give_the_same_bytes(folder):
    assert plan(folder) == plan(folder, out="again") == DONE
    for name in ("timetable.csv", "unmet.csv", "shortlists.csv"):
        assert (folder / "out" / name).read_bytes() == (folder / "again" / name).read_bytes()


def test_without_shortlists_the_engine_makes_them(folder):
    arguments = ["event", "plan", str(folder / "EVENT.toml"), "--out", str(folder / "out"), "--quality", "fast"]
    assert main([*arguments, "--no-cache", "--lang", "en"]) == DONE
    assert len(read_rows(folder / "out" / "timetable.csv")) > 4
    assert len(read_rows(folder / "out" / "shortlists.csv")) == 1 + 4 * 4
    manifest = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))
    assert "encoder" in manifest["settings"]["engine"]


def test_rows_that_name_nobody_are_set_aside(folder, capsys):
    (folder / "意向.csv").write_text("需求编号,成果编号,决定\nN-3,A-9,必见\nN-3,A-3,也许\n", encoding="utf-8")
    assert plan(folder, "--lang", "en") == SET_ASIDE
    told = capsys.readouterr().err
    assert "意向.csv row 2: the register of achievements has no id A-9" in told
    assert [row[2] for row in read_rows(folder / "out" / "rejected.csv")[1:]] == ["3", "2"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tables = 2", "tabels = 2", "第 11 行"),
        ('achievements = "成果.csv"\n', "", "缺少 achievements"),
        ('needs = "需求.csv"', 'needs = "没有.csv"', "没有.csv"),
        ("[teams]", '[[party]]\nname = "谁"\n[teams]', "第 17 行"),
    ],
)
def test_an_unusable_agenda_says_where_and_leaves_what_was_there(folder, capsys, old, new, told):
    assert plan(folder) == DONE
    before = (folder / "out" / "timetable.csv").read_bytes()
    (folder / "EVENT.toml").write_text(AGENDA.replace(old, new), encoding="utf-8")
    assert plan(folder) == UNUSABLE
    assert told in capsys.readouterr().err
    assert (folder / "out" / "timetable.csv").read_bytes() == before


def test_results_never_take_the_place_of_an_input(folder, capsys):
    assert (
        main(
            [
                "event",
                "plan",
                str(folder / "EVENT.toml"),
                "--shortlists",
                str(folder / "shortlists.csv"),
                "--out",
                str(folder),
            ]
        )
        == UNUSABLE
    )
    assert "换一个 --out" in capsys.readouterr().err


def test_replan_keeps_the_past_and_lists_the_changes(folder, capsys):
    plan(folder)
    rows = read_timetable(folder / "out" / "timetable.csv")
    hit = next(row for row in rows if row.slot == "4")
    (folder / "变动.csv").write_text(f"事项,谁,从\n取消,{hit.need_id},10:00\n下雨,,\n", encoding="utf-8")
    arguments = ["--plan", str(folder / "out"), "--changes", str(folder / "变动.csv"), "--now", "09:45"]
    assert main(["event", "replan", str(folder / "EVENT.toml"), *arguments, "--out", str(folder / "new")]) == SET_ASIDE
    told = capsys.readouterr()
    assert "与原计划相比" in told.out and "变动.csv 第 3 行" in told.err
    again = read_timetable(folder / "new" / "timetable.csv")
    early = lambda records: [(r.slot, r.table, r.need_id, r.achievement_id) for r in records if int(r.slot) <= 3]  # noqa: E731
    assert early(again) == early(rows)
    assert not any(row.need_id == hit.need_id and int(row.slot) > 3 for row in again)
    changes = read_rows(folder / "new" / "changes.csv")[1:]
    assert ["dropped", hit.need_id, hit.achievement_id] in [row[:3] for row in changes]
    manifest = json.loads((folder / "new" / "plan.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["now"] == 3 and manifest["changes"]["dropped"] >= 1
    assert "engine" in manifest["settings"] and manifest["inputs"]["changes"]["rejected"] == 1


@pytest.mark.parametrize(("now", "before", "told"), [("soon", "out", "--now"), ("9:00", "nowhere", "timetable.csv")])
def test_replan_refuses_what_it_cannot_use(folder, capsys, now, before, told):
    plan(folder)
    (folder / "变动.csv").write_text("事项,谁\n取消,企业0\n", encoding="utf-8")
    arguments = ["--plan", str(folder / before), "--changes", str(folder / "变动.csv"), "--now", now]
    assert main(["event", "replan", str(folder / "EVENT.toml"), *arguments, "--out", str(folder / "new")]) == UNUSABLE
    assert told in capsys.readouterr().err and not (folder / "new").exists()


def test_help_is_chinese(folder, capsys):
    main(["event", "replan", "--help"])
    told = capsys.readouterr().out
    assert "现行计划所在的文件夹" in told and "尽量少动已定的见面" in told


def test_notices_are_shown_and_do_not_stop_a_plan(folder, capsys):
    register = folder / "需求.csv"
    register.write_text(register.read_text(encoding="utf-8").replace("企业1", "企业 0"), encoding="utf-8")
    assert plan(folder) == DONE
    assert "“企业 0”与“企业0”" in capsys.readouterr().err


def test_what_is_said_to_be_worthwhile_does_not_count_wishes_more(folder, capsys):
    (folder / "意向.csv").write_text(
        "need_id,achievement_id\n" + "".join(f"N-{n},A-{n}\n" for n in range(3)), encoding="utf-8"
    )
    assert plan(folder) == DONE
    manifest = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))["plan"]
    assert manifest["value"] > manifest["expected_worthwhile"] + 0.1
    assert f"预计 {manifest['expected_worthwhile']:.1f} 场" in capsys.readouterr().out


def test_somebody_who_walked_in_stands_in_book_and_timetable(folder, capsys):
    plan(folder)
    (folder / "变动.csv").write_text("事项,谁,对方,从\n取消,企业0,,10:00\n临时到场,新来公司,A-3,\n", encoding="utf-8")
    arguments = ["--plan", str(folder / "out"), "--changes", str(folder / "变动.csv"), "--now", "09:45"]
    assert main(["event", "replan", str(folder / "EVENT.toml"), *arguments, "--out", str(folder / "new")]) == DONE
    rows = read_timetable(folder / "new" / "timetable.csv")
    assert ("+新来公司", "A-3") in [(row.need_id, row.achievement_id) for row in rows]
    assert "新来公司" in (folder / "new" / "book.html").read_text(encoding="utf-8")
    assert (folder / "new" / "calendars" / "新来公司.ics").is_file()


def test_a_folder_of_decisions_says_what_it_does_not_read(folder, capsys):
    (folder / "EVENT.toml").write_text(AGENDA + 'decisions = "意见"\n', encoding="utf-8")
    answers = folder / "意见"
    answers.mkdir()
    (answers / "~$甲.xlsx").write_bytes(b"lock")
    assert plan(folder) == UNUSABLE and "没有工作簿" in capsys.readouterr().err
    book = openpyxl.Workbook()
    for row in (["需求编号", "成果编号", "意见"], ["N-0", "A-0", "否决"]):
        book.active.append(row)
    book.save(answers / "甲.xlsx")
    (answers / "packs.csv").write_text("district\n", encoding="utf-8")
    (answers / "后补.csv").write_text("需求编号,成果编号,意见\nN-1,A-0,否决\n", encoding="utf-8")
    assert plan(folder) == DONE
    told = capsys.readouterr().err
    assert "后补.csv 没有读取" in told and told.count("没有读取") == 1 and "~$" not in told
    assert ("N-0", "A-0") not in [
        (row.need_id, row.achievement_id) for row in read_timetable(folder / "out" / "timetable.csv")
    ]


def test_a_file_that_is_set_aside_whole_has_no_row(folder, capsys):
    (folder / "EVENT.toml").write_text(AGENDA + 'decisions = "意见"\n', encoding="utf-8")
    (folder / "意见").mkdir()
    for name, head in (("甲.xlsx", ["需求编号", "成果编号", "意见"]), ("通讯录.xlsx", ["姓名", "电话"])):
        book = openpyxl.Workbook()
        book.active.append(head)
        book.active.append(["N-0", "A-0", "希望"][: len(head)])
        book.save(folder / "意见" / name)
    assert plan(folder) == SET_ASIDE
    told = capsys.readouterr().err
    assert "  通讯录.xlsx：" in told and "第 0 行" not in told


def test_outcomes_in_a_workbook_are_not_lost_to_a_new_plan(folder, capsys):
    assert plan(folder) == DONE and plan(folder) == DONE
    book = openpyxl.Workbook()
    book.active.append(["需求编号", "成果编号", "当天情况"])
    book.active.append(["N-0", "A-0", "已谈"])
    book.save(folder / "out" / "event.xlsx")
    before = (folder / "out" / "timetable.csv").read_bytes()
    assert plan(folder) == UNUSABLE and "event.xlsx 里已有人填写" in capsys.readouterr().err
    assert (folder / "out" / "timetable.csv").read_bytes() == before


def test_replan_refuses_the_plan_of_another_event(folder, capsys):
    plan(folder)
    (folder / "EVENT.toml").write_text(AGENDA.replace("DL-2026-02", "DL-2026-03"), encoding="utf-8")
    (folder / "变动.csv").write_text("事项,谁\n取消,企业0\n", encoding="utf-8")
    arguments = ["--plan", str(folder / "out"), "--changes", str(folder / "变动.csv"), "--now", "0"]
    assert main(["event", "replan", str(folder / "EVENT.toml"), *arguments, "--out", str(folder / "new")]) == UNUSABLE
    assert "另一场对接会（DL-2026-02）" in capsys.readouterr().err and not (folder / "new").exists()


def test_shortlists_with_unknown_ids_lose_only_those_rows_by_file_and_row(folder):
    lists = folder / "shortlists.csv"
    lists.write_text(lists.read_text(encoding="utf-8") + "N-9,1,A-0,0.1,0.9\nN-1,9,A-77,0.1,0.9\n", encoding="utf-8")
    assert plan(folder) == SET_ASIDE
    rejected = read_rows(folder / "out" / "rejected.csv")[1:]
    assert [(row[0], row[2]) for row in rejected] == [("shortlists.csv", "14"), ("shortlists.csv", "15")]
    assert "N-9" in rejected[0][3] and "A-77" in rejected[1][3]
    assert len(read_rows(folder / "out" / "timetable.csv")) == 1 + 10
