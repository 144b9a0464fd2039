import csv
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import matchmaker
from matchmaker.cli import jobs, main
from matchmaker.cli.commands import build_command
from matchmaker.cli.program import choose_language, take_switches
from matchmaker.cli.screen import Screen
from matchmaker.cli.wording import HELP, MESSAGES, STAGES
from matchmaker.delivery import OUTPUTS
from matchmaker.samples import sample_path
from matchmaker.text.encoding import BundledEncoder, open_encoder

DONE, SET_ASIDE, UNUSABLE, FAILED, INTERRUPTED = 0, 1, 2, 70, 130


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    """Keep the user's cache and locale out of the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def read_rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@pytest.fixture
def registers(tmp_path):
    """Return a small register of achievements and one of needs, as the arguments of a command."""
    achievements, needs = read_rows(sample_path("achievements")), read_rows(sample_path("needs"))
    return [
        write_rows(tmp_path / "achievements.csv", achievements[:9]),
        write_rows(tmp_path / "needs.csv", needs[:4]),
    ]


@pytest.fixture
def whole():
    return [str(sample_path("achievements")), str(sample_path("needs"))]


# ---------------------------------------------------------------------------------------------------------- shortlist


def test_shortlist_writes_everything_and_says_where(registers, tmp_path, capsys):
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "--as-of", "2026-11-09"]) == DONE
    told = capsys.readouterr()
    assert "成果 8 项，需求 3 项" in told.out and str(tmp_path / "out" / "report.html") in told.out
    assert told.err == ""
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(OUTPUTS)
    rows = read_rows(tmp_path / "out" / "shortlists.csv")
    assert rows[0] == ["need_id", "rank", "achievement_id", "score", "probability", "evidence", "reasons"]
    assert [row[0] for row in rows[1::8]] == ["N-0001", "N-0002", "N-0003"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"][:2] == ["matchmaker", "shortlist"] and manifest["as_of"] == "2026-11-09"
    assert {"read", "load", "encode", "rank", "write"} <= set(manifest["seconds"])


def test_rows_set_aside_are_listed_and_the_good_ones_go_on(registers, tmp_path, capsys):
    rows = read_rows(Path(registers[1]))
    write_rows(Path(registers[1]), [*rows, [rows[1][0], "编号重复"], ["N-9", ""]])
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "--lang", "en"]) == SET_ASIDE
    told = capsys.readouterr()
    assert "2 rows set aside" in told.err and "needs.csv row 6: title is missing" in told.err
    assert "3 needs" in told.out
    aside = read_rows(tmp_path / "out" / "rejected.csv")
    assert [row[2] for row in aside[1:]] == ["5", "6"]


def test_the_rules_reach_the_engine(whole, tmp_path, capsys):
    arguments = ["shortlist", *whole, "--out", str(tmp_path / "out"), "--k", "3", "--as-of", "none"]
    rules = ["--field", "新能源", "--region", "大连市甘井子区", "--min-maturity", "中试", "--meet-maturity"]
    assert main([*arguments, *rules, "--term", "液流电池", "--quiet"]) == DONE
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["filter"] == {
        "fields": ["洁净能源"],
        "regions": ["甘井子"],
        "institutions": [],
        "min_maturity": 6,
        "same_field": False,
        "same_region": False,
        "meet_maturity": True,
        "industries": [],
        "infer_fields": False,
        "min_confidence": 0.7,
    }
    assert (manifest["as_of"], manifest["k"]) == (None, 3)
    register = {row[0]: row for row in read_rows(sample_path("achievements"))[1:]}
    listed = [register[row[2]] for row in read_rows(tmp_path / "out" / "shortlists.csv")[1:]]
    assert listed
    assert {row[4] for row in listed} <= {"洁净能源", ""}
    assert all("甘井子" in row[6] or not row[6] or row[6] == "大连市" for row in listed)
    assert capsys.readouterr().out == ""


def test_needs_past_their_deadline_get_no_list_and_are_told(registers, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert main(["shortlist", *registers, "--out", out, "--as-of", "2027年1月1日"]) == DONE
    assert "另有 2 项需求在 2027-01-01 之前已截止" in capsys.readouterr().out
    assert {row[0] for row in read_rows(tmp_path / "out" / "shortlists.csv")[1:]} == {"N-0001"}


def test_today_is_the_day_by_which_deadlines_are_judged(registers, tmp_path):
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "-q"]) in (DONE, SET_ASIDE)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert abs(date.fromisoformat(manifest["as_of"]) - date.today()).days <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--k", "0"], "--k 的值是“0”，应为不小于 1 的整数"),
        (["--k", "ten"], "--k 的值是“ten”"),
        (["--as-of", "soon"], "--as-of 的值是“soon”"),
        (["--as-of", "2026-13"], "--as-of 的值是“2026-13”"),
        (["--min-maturity", "很高"], "--min-maturity 的值是“很高”，应为 1 到 9，或 基础研究"),
        (["--min-maturity", "10"], "--min-maturity 的值是“10”"),
        (["--field", "火箭"], "--field 的值是“火箭”，成果登记表里没有。现有：洁净能源"),
        (["--region", "上海"], "--region 的值是“上海”"),
        (["--institution", "无此大学"], "--institution 的值是“无此大学”"),
        (["--cache", "c.sqlite", "--no-cache"], "--cache 与 --no-cache 不能同时使用"),
        (["--model", "m", "--term", "电解液"], "--model 不能与 --term"),
        (["--model", "no-such-model"], "no-such-model"),
        (["--terms-file", "no-such-file"], "无法打开 no-such-file"),
        (["--quality", "turbo"], "--quality 的值是“turbo”，应为 best, balanced, fast 之一"),
        (["--industry", "C99"], "--industry 的值是“C99”"),
        (["--oops"], "没有选项 --oops"),
        (["surplus"], "surplus"),
        (["--k"], "选项 --k 需要一个值"),
    ],
)
def test_options_that_are_not_allowed_end_with_2_and_say_what_is(registers, tmp_path, capsys, options, message):
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), *options]) == UNUSABLE
    told = capsys.readouterr()
    assert message in told.err and told.err.startswith("错误：") and "Traceback" not in told.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        (["shortlist"], "缺少 ACHIEVEMENTS", "Missing argument"),
        (["shortlist", "a", "b"], "缺少 --out", "Missing option '--out'"),
        (["nothing"], "nothing", "No such command 'nothing'"),
        (["evaluate", "no.csv", "no.csv"], "找不到文件 no.csv", "there is no file no.csv"),
        (["score", "a", "b", "c", "--out", "s.xlsx"], "s.xlsx 应以 .csv 结尾", "s.xlsx should end in .csv"),
    ],
)
def test_errors_come_in_the_language_asked_for(capsys, arguments, chinese, english):
    assert main([*arguments, "--lang", "zh"]) == UNUSABLE
    assert chinese in capsys.readouterr().err
    assert main(["--lang", "en", *arguments]) == UNUSABLE
    assert english in capsys.readouterr().err


def test_a_table_that_cannot_be_used_says_which_columns_are_missing(registers, tmp_path, capsys):
    odd = write_rows(tmp_path / "odd.csv", [["甲", "乙"], ["1", "2"]])
    assert main(["shortlist", odd, registers[1], "--out", str(tmp_path / "out")]) == UNUSABLE
    assert "odd.csv 中没有找到列 achievement_id、title" in capsys.readouterr().err


def test_a_table_without_a_usable_row_is_an_error_that_shows_why(registers, tmp_path, capsys):
    empty = write_rows(tmp_path / "empty.csv", [["achievement_id", "title"], ["A-1", ""]])
    assert main(["shortlist", empty, registers[1], "--out", str(tmp_path / "out")]) == UNUSABLE
    told = capsys.readouterr().err
    assert "empty.csv 第 2 行：缺少title" in told and "没有可用的行（搁置 1 行）" in told


def test_results_never_take_the_place_of_an_input(registers, tmp_path, capsys):
    needs = Path(registers[1]).rename(tmp_path / "rejected.csv")
    before = needs.read_bytes()
    assert main(["shortlist", registers[0], str(needs), "--out", str(tmp_path)]) == UNUSABLE
    assert "结果会覆盖输入文件" in capsys.readouterr().err
    assert needs.read_bytes() == before


# -------------------------------------------------------------------------------------------------------------- cache


def test_a_second_run_encodes_nothing(registers, tmp_path, monkeypatch):
    arguments = ["shortlist", *registers, "--as-of", "none", "-q"]
    assert main([*arguments, "--out", str(tmp_path / "one")]) == DONE
    assert (tmp_path / "cache" / "matchmaker" / "vectors.sqlite").is_file()

    def refuse(self, texts, progress=None):
        assert not texts, "a text was encoded twice"
        raise AssertionError

    monkeypatch.setattr(BundledEncoder, "encode", refuse)
    assert main([*arguments, "--out", str(tmp_path / "two")]) == DONE
    one, two = ((tmp_path / name / "shortlists.csv").read_bytes() for name in ("one", "two"))
    assert one == two


def test_no_cache_leaves_nothing_behind(registers, tmp_path):
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "--no-cache", "-q"]) == DONE
    assert not (tmp_path / "cache").exists()


def test_a_cache_folder_that_cannot_be_made_is_no_obstacle(registers, tmp_path, capsys):
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "--lang=en"]) == DONE
    assert "no vectors are kept" in capsys.readouterr().err


def test_terms_come_from_options_and_files(registers, tmp_path):
    (tmp_path / "terms.txt").write_bytes("# 术语\n全钒液流电池\n\n离子传导膜\n".encode("gb18030"))
    hashes = set()
    for extra in (
        [],
        ["--terms-file", str(tmp_path / "terms.txt")],
        ["--term", "全钒液流电池", "--term", "离子传导膜"],
    ):
        assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "-q", *extra]) == DONE
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
        hashes.add(manifest["settings"]["dictionary_sha256"])
    assert len(hashes) == 2


# ----------------------------------------------------------------------------------------------- score, learn, evaluate


def test_score_keeps_the_order_and_sets_unknown_ids_aside(registers, tmp_path, capsys):
    rows = [
        ["need_id", "achievement_id"],
        ["N-0002", "A-0001"],
        ["N-0001", "A-9999"],
        ["N-0001", "A-0001"],
        ["", "A-1"],
    ]
    pairs, out = write_rows(tmp_path / "pairs.csv", rows), tmp_path / "scores.csv"
    assert main(["score", *registers, pairs, "--out", str(out)]) == SET_ASIDE
    scored = read_rows(out)
    assert scored[0] == ["need_id", "achievement_id", "score", "probability", "expected_grade"]
    assert [row[:2] for row in scored[1:]] == [["N-0002", "A-0001"], ["N-0001", "A-0001"]]
    assert float(scored[2][2]) > float(scored[1][2])
    aside = read_rows(tmp_path / "scores.rejected.csv")
    assert [(row[2], row[3]) for row in aside[1:]] == [("3", "成果登记表中没有编号 A-9999"), ("5", "缺少need_id")]
    assert "搁置 2 行" in capsys.readouterr().err
    write_rows(tmp_path / "pairs.csv", rows[:2])
    assert main(["score", *registers, pairs, "--out", str(out), "-q"]) == DONE
    assert not (tmp_path / "scores.rejected.csv").exists()


def test_scores_equal_those_of_the_shortlist(registers, tmp_path):
    assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "--as-of", "none", "-q"]) == DONE
    listed = {(row[0], row[2]): row[3:5] for row in read_rows(tmp_path / "out" / "shortlists.csv")[1:]}
    pairs = write_rows(tmp_path / "pairs.csv", [["need_id", "achievement_id"], *listed])
    assert main(["score", *registers, pairs, "--out", str(tmp_path / "s.csv"), "-q"]) == DONE
    assert {(row[0], row[1]): row[2:4] for row in read_rows(tmp_path / "s.csv")[1:]} == listed


class Refused:
    changed = False

    def to_text(self, lang):
        return "worse by 0.1" if lang == "en" else "差 0.1"


def test_a_model_is_written_only_if_it_was_adopted(whole, tmp_path, capsys):
    model = tmp_path / "model"
    assert main(["learn", *whole, str(sample_path("judgments")), "--out", str(model)]) == DONE
    told = capsys.readouterr().out
    assert "NDCG@10" in told
    assert ("已采用新模型" in told) == (f"--model {model}" in told) == (model / "model.json").is_file()
    assert ("未采用新模型" in told) == ("没有写出模型" in told)


def test_a_model_that_changed_is_written_and_used(registers, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Refused, "changed", True)
    monkeypatch.setattr(jobs.Matchmaker, "learn", lambda *_, **__: Refused())
    monkeypatch.setattr(jobs, "MIN_PAIRS", 2)
    monkeypatch.setattr(jobs, "MIN_NEEDS", 1)
    judged = [["need_id", "achievement_id", "grade"], ["N-0001", "A-0001", "2"], ["N-0001", "A-0002", "3"]]
    judgments, model = write_rows(tmp_path / "judgments.csv", judged), tmp_path / "model"
    assert main(["learn", *registers, judgments, "--out", str(model), "--term", "全钒液流电池"]) == DONE
    assert f"--model {model}" in capsys.readouterr().out
    dictionaries = set()
    for extra in (["--model", str(model)], []):
        assert main(["shortlist", *registers, "--out", str(tmp_path / "out"), "--lang", "en", *extra]) == DONE
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
        dictionaries.add(manifest["settings"]["dictionary_sha256"])
        assert (
            "same field" in read_rows(tmp_path / "out" / "shortlists.csv")[1][6]
        )  # learned in Chinese, told in English
    assert len(dictionaries) == 2


def test_a_model_that_is_refused_is_not_written(whole, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(jobs.Matchmaker, "learn", lambda *_, **__: Refused())
    model = tmp_path / "model"
    assert main(["learn", *whole, str(sample_path("judgments")), "--out", str(model), "--lang", "en"]) == DONE
    told = capsys.readouterr().out
    assert "worse by 0.1" in told and "No model was written" in told
    assert not model.exists()


def test_judgments_of_unknown_ids_are_set_aside_and_too_few_are_refused(registers, tmp_path, capsys):
    rows = [["need_id", "achievement_id", "grade"], ["N-0001", "A-0001", "2"], ["N-0999", "A-0001", "3"]]
    judgments = write_rows(tmp_path / "judgments.csv", rows)
    assert main(["learn", *registers, judgments, "--out", str(tmp_path / "model"), "--lang", "en"]) == UNUSABLE
    told = capsys.readouterr().err
    assert "at least" in told and "mend rows" in told and "N-0999" in told
    assert not (tmp_path / "model").exists()
    assert "N-0999" in (tmp_path / "model.rejected.csv").read_text(encoding="utf-8-sig")


def test_a_model_that_could_not_be_written_is_refused_before_the_work(whole, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(jobs.Matchmaker, "learn", lambda *_, **__: pytest.fail("learned all the same"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("")
    command = ["learn", *whole, str(sample_path("judgments")), "--out", str(tmp_path / "full"), "--lang", "en"]
    assert main(command) == UNUSABLE
    assert "exists and is no saved model" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["2", "-0.1", "many", "100%"])
def test_a_share_of_gaps_that_is_no_share_is_named(whole, tmp_path, typed, capsys):
    command = ["learn", *whole, str(sample_path("judgments")), "--out", str(tmp_path / "model"), "--gap-error", typed]
    assert main([*command, "--lang", "en"]) == UNUSABLE
    assert f'--gap-error is "{typed}"' in capsys.readouterr().err


@pytest.mark.parametrize("quality", ["fast", "balanced"])
def test_quality_chooses_the_encoder(registers, tmp_path, quality, capsys):
    out = tmp_path / "out"
    assert main(["shortlist", *registers, "--out", str(out), "--quality", quality, "-q"]) == DONE
    settings = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["settings"]
    assert settings["encoder"] == open_encoder("bundled", quality).fingerprint
    assert main(["shortlist", *registers, "--out", str(out), "--quality", "good", "--lang", "en"]) == UNUSABLE
    assert "choose one of best, balanced, fast" in capsys.readouterr().err
    assert main(["shortlist", *registers, "--out", str(out), "--quality", quality, "--model", "m"]) == UNUSABLE
    assert "--quality" in capsys.readouterr().err


def test_learning_refuses_equal_grades_and_strangers_in_chinese(whole, tmp_path, capsys):
    head, *rows = read_rows(sample_path("judgments"))
    grade = head.index("grade")
    equal = write_rows(tmp_path / "equal.csv", [head, *([*row[:grade], "3", *row[grade + 1 :]] for row in rows)])
    assert main(["learn", *whole, equal, "--out", str(tmp_path / "model"), "--lang", "zh"]) == UNUSABLE
    assert "1 种等级" in capsys.readouterr().err
    strange = write_rows(tmp_path / "strange.csv", [head, *(["X-" + row[0], *row[1:]] for row in rows)])
    assert main(["learn", *whole, strange, "--out", str(tmp_path / "model"), "--lang", "zh"]) == UNUSABLE
    assert "编号是否与两张登记表一致" in capsys.readouterr().err


def test_word_vectors_cannot_be_tuned(whole, tmp_path, capsys):
    model = str(tmp_path / "model")
    arguments = ["learn", *whole, str(sample_path("judgments")), "--out", model, "--deep", "--quality", "fast"]
    assert main([*arguments, "--lang", "zh"]) == UNUSABLE
    assert "请去掉 --deep" in capsys.readouterr().err
    assert main([*arguments, "--lang", "en"]) == UNUSABLE
    assert "leave out --deep" in capsys.readouterr().err and not (tmp_path / "model").exists()


def test_evaluate_prints_a_table_and_writes_it(whole, tmp_path, capsys):
    assert main(["shortlist", *whole, "--out", str(tmp_path / "out"), "--as-of", "none", "-q"]) == DONE
    arguments = ["evaluate", str(tmp_path / "out" / "shortlists.csv"), str(sample_path("judgments"))]
    assert main([*arguments, "--k", "5", "--out", str(tmp_path / "m.csv"), "-q"]) == DONE
    assert "NDCG@5" in capsys.readouterr().out
    metrics = read_rows(tmp_path / "m.csv")
    assert metrics[0] == ["metric", "value", "low", "high", "needs", "skipped"]
    assert metrics[1][0] == "ndcg@5" and 0.5 < float(metrics[1][1]) <= 1
    assert main([*arguments, "--lowest", "3", "--relevant-from", "3"]) == UNUSABLE
    assert main([*arguments, "--lowest", "one"]) == UNUSABLE


def test_evaluate_shows_rows_set_aside_although_it_writes_nothing(tmp_path, capsys):
    lists = write_rows(
        tmp_path / "lists.csv",
        [["need_id", "rank", "achievement_id", "score", "probability"], ["N", "1", "A", "0.5", "0.5"]],
    )
    grades = write_rows(
        tmp_path / "grades.csv", [["need_id", "achievement_id", "grade"], ["N", "A", "4"], ["N", "B", "?"]]
    )
    assert main(["evaluate", lists, grades, "--lang", "en"]) == SET_ASIDE
    assert "grades.csv row 3: grade must be an integer" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------- demo and subprocess


def run_program(*arguments, seed="0", **environment):
    """Run the program as a user does, in a process of its own, with no sign that this is a test."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "matchmaker", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        env={**inherited, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", **environment},
    )


def test_demo_in_a_process_of_its_own(tmp_path):
    done = run_program("demo", "--out", tmp_path / "demo", LANG="en_US.UTF-8")
    assert (done.returncode, done.stderr) == (DONE, "")
    assert "120 achievements, 60 needs" in done.stdout and str(tmp_path / "demo" / "report.html") in done.stdout
    assert "N-0007 九十多度的热水白白进了凉水塔，想变成蒸汽用" in done.stdout and "Institution" in done.stdout
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == sorted(OUTPUTS)
    assert not (tmp_path / "cache").exists()  # no vectors, and no device id of ONNX Runtime's telemetry


def test_another_process_gives_the_same_bytes(registers, tmp_path):
    for seed in ("1", "2"):
        arguments = ["shortlist", *registers, "--out", tmp_path / seed, "--as-of", "2026-11-09", "--no-cache"]
        assert run_program(*arguments, seed=seed).returncode == DONE
    for name in set(OUTPUTS) - {"manifest.json"}:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_exit_codes_of_the_process(registers, tmp_path):
    assert run_program("shortlist", *registers, "--out", tmp_path / "out", "--k", "none").returncode == UNUSABLE
    rows = read_rows(Path(registers[0]))
    write_rows(Path(registers[0]), [*rows, rows[1]])
    assert run_program("shortlist", *registers, "--out", tmp_path / "out").returncode == SET_ASIDE


def test_the_installed_script_is_the_same_program():
    script = Path(sys.executable).with_name("matchmaker")
    if not script.exists():
        pytest.skip("the package is not installed")
    told = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60)
    assert told.stdout == f"matchmaker {matchmaker.__version__}\n"


def test_importing_the_command_line_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "onnxruntime", "faiss", "lightgbm", "rich.console", "matchmaker.engine")
    code = f"import sys, matchmaker.cli; print([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "[]"


def test_a_console_in_an_old_code_page_shows_marks_instead_of_failing(registers, tmp_path):
    done = run_program(
        "shortlist", *registers, "--out", tmp_path / "out", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LANG="zh_CN.UTF-8"
    )
    assert done.returncode == DONE and "?" in done.stdout


# --------------------------------------------------------------------------------------------------- the program itself


def test_version(capsys):
    assert main(["demo", "--version"]) == DONE
    assert capsys.readouterr().out == f"matchmaker {matchmaker.__version__}\n"


def test_without_arguments_help_is_shown(capsys):
    assert main([]) == UNUSABLE
    assert "shortlist" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["", "shortlist", "score", "learn", "evaluate", "compare", "demo"])
def test_help_is_complete_in_chinese(capsys, command):
    assert main([*filter(None, [command]), "--help", "--lang", "zh"]) == DONE
    assert "退出码" in capsys.readouterr().out
    program = build_command("zh")
    part = program.commands[command] if command else program
    told = [part.help, *(parameter.help for parameter in part.params)]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in told if text), told


def test_help_texts_that_are_translated_exist():
    program = build_command("en")
    parts = [program]
    for part in parts:  # grows as it goes: commands of commands too
        parts += getattr(part, "commands", {}).values()
    used = {part.help for part in parts} | {parameter.help for part in parts for parameter in part.params}
    assert set(HELP["zh"]) - {"epilog", "Show this message and exit."} <= used


def test_messages_exist_in_both_languages_with_the_same_values():
    from string import Formatter

    assert set(MESSAGES["zh"]) == set(MESSAGES["en"]) and set(STAGES["zh"]) == set(STAGES["en"])
    for key in MESSAGES["zh"]:
        zh, en = ({name for _, name, *_ in Formatter().parse(MESSAGES[lang][key]) if name} for lang in ("zh", "en"))
        assert zh == en, key


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "zh"),
        ({"LANG": ""}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
    ],
)
def test_language_follows_the_locale(environment, lang):
    assert choose_language(environment) == lang


def test_an_unknown_language_is_refused(capsys):
    assert main(["demo", "--lang", "fr"]) == UNUSABLE
    assert "应为 zh, en 之一" in capsys.readouterr().err


def test_switches_stand_anywhere_but_behind_two_dashes():
    switches, rest = take_switches(["--lang=en", "shortlist", "--debug", "a", "--", "--quiet"])
    assert (switches.lang, switches.debug, switches.quiet) == ("en", True, False)
    assert rest == ["shortlist", "a", "--", "--quiet"]


def test_a_fault_of_the_program_is_short_and_says_where_the_details_are(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(jobs, "run_demo", lambda *_: {}["nothing"])
    assert main(["demo", "--out", str(tmp_path / "out"), "--lang", "en"]) == FAILED
    told = capsys.readouterr().err
    assert "KeyError: 'nothing'" in told and "Traceback" not in told
    (log,) = tmp_path.glob("matchmaker-*.log")
    assert str(log) in told and "Traceback" in log.read_text(encoding="utf-8")
    assert main(["demo", "--out", str(tmp_path / "out"), "--debug"]) == FAILED
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_no_fault(tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "run_demo", interrupt)
    assert main(["demo", "--out", str(tmp_path / "out")]) == INTERRUPTED
    assert "已中断" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------------- progress


class Terminal:
    def isatty(self):
        return True

    def write(self, text):
        return len(text)

    def flush(self):
        pass


def test_progress_is_shown_only_after_two_seconds_and_on_a_terminal(monkeypatch):
    clock = iter([0.0, 1.0, 3.0, 4.0, 5.0])
    monkeypatch.setattr("matchmaker.cli.screen.time.perf_counter", lambda: next(clock))
    monkeypatch.setattr(sys, "stderr", Terminal())
    screen = Screen("en")
    screen.progress("encode", 1, 4)
    assert screen._bars is None
    screen.progress("encode", 2, 4)
    assert [(task.description, task.completed) for task in screen._bars.tasks] == [("Encoding", 2)]
    screen.progress("rank", 1, 1)
    assert screen.seconds == {"encode": 3.0, "rank": 1.0}
    screen.close()
    assert screen._bars is None


@pytest.mark.parametrize(("quiet", "terminal"), [(True, True), (False, False)])
def test_no_progress_when_quiet_or_without_a_terminal(monkeypatch, quiet, terminal):
    clock = iter([0.0, 10.0])
    monkeypatch.setattr("matchmaker.cli.screen.time.perf_counter", lambda: next(clock))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    screen = Screen("zh", quiet=quiet)
    screen.progress("encode", 1, 4)
    assert screen._bars is None and screen.seconds == {"encode": 10.0}
