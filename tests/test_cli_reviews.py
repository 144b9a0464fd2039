import csv
import io
import json
import warnings

import openpyxl
import pytest

from matchmaker.cli import main
from matchmaker.delivery import CHECK_OUTPUTS
from matchmaker.samples import sample_path

DONE, SET_ASIDE, UNUSABLE = 0, 1, 2


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    """Keep the user's cache and locale out of the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def open_sheet(path):
    # From memory: openpyxl leaves a file given by name to be closed by chance.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")  # openpyxl knows no solid data bars
        return openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active


def read_rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def needs(tmp_path):
    path = tmp_path / "needs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(read_rows(sample_path("needs"))[:13])
    return path


# -------------------------------------------------------------------------------------------------------------- check


def test_check_writes_a_table_and_a_workbook_and_shows_the_least_complete(needs, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["check", str(needs), "--out", str(out), "--no-cache"]) == DONE
    told = capsys.readouterr()
    assert "需求 12 项，平均完整度" in told.out and str(out / "needcheck.xlsx") in told.out
    assert "N-0010" in told.out and "……另有 2 项" in told.out and told.err == ""
    assert sorted(path.name for path in out.iterdir()) == sorted(CHECK_OUTPUTS)
    rows = read_rows(out / "needcheck.csv")
    assert [row[0] for row in rows[1:]] == [row[0] for row in read_rows(needs)[1:]]
    assert all(0 <= int(row[3]) <= 100 for row in rows[1:])
    assert rows[10][5].startswith("技术指标") and rows[10][7].startswith("1. ")
    assert open_sheet(out / "needcheck.xlsx").max_row == 13


def test_check_in_english_and_quietly(needs, tmp_path, capsys):
    assert main(["check", str(needs), "--out", str(tmp_path), "--no-cache", "--lang", "en", "-q"]) == DONE
    assert capsys.readouterr().out == ""
    assert "Which technical figures should be reached?" in (tmp_path / "needcheck.csv").read_text(encoding="utf-8-sig")


def test_check_sets_rows_aside_and_refuses_to_lose_its_input(needs, tmp_path, capsys):
    with needs.open("a", encoding="utf-8", newline="") as file:
        file.write("N-9,\n")
    assert main(["check", str(needs), "--out", str(tmp_path / "out"), "--no-cache"]) == SET_ASIDE
    assert "搁置 1 行" in capsys.readouterr().err
    assert len(read_rows(tmp_path / "out" / "rejected.csv")) == 2
    twin = tmp_path / "needcheck.csv"
    twin.write_bytes(needs.read_bytes())
    assert main(["check", str(twin), "--out", str(tmp_path), "--no-cache"]) == UNUSABLE
    assert twin.read_bytes() == needs.read_bytes()


# --------------------------------------------------------------------------------------------------------- duplicates


@pytest.mark.parametrize("name", ["needs", "achievements"])
def test_duplicates_of_either_register(name, tmp_path, capsys):
    rows = read_rows(sample_path(name))
    path = tmp_path / "register.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows, ["twin", *rows[5][1:]]])
    out = tmp_path / "groups.csv"
    assert main(["duplicates", str(path), "--out", str(out)]) == DONE
    told = capsys.readouterr()
    assert f"{len(rows)} 行中有 2 行疑似重复，共 1 组" in told.out and "内容相同：1 组" in told.out
    assert [row[2] for row in read_rows(out)[1:]] == [rows[5][0], "twin"]
    assert read_rows(out)[1][4] == rows[5][5]


def test_duplicates_sets_rows_aside_and_wants_a_csv(needs, tmp_path, capsys):
    with needs.open("a", encoding="utf-8", newline="") as file:
        file.write("N-9,\n")
    assert main(["duplicates", str(needs), "--out", str(tmp_path / "d.csv"), "--lang", "en"]) == SET_ASIDE
    told = capsys.readouterr()
    assert "0 of 12 rows seem to be duplicates" in told.out and "1 rows set aside" in told.err
    assert main(["duplicates", str(needs), "--out", str(tmp_path / "d.xlsx")]) == UNUSABLE


# ------------------------------------------------------------------------------------------------------------ filters


def test_inferred_industries_reach_the_engine(tmp_path, capsys):
    registers = [str(sample_path("achievements")), str(sample_path("needs"))]
    arguments = ["shortlist", *registers, "--out", str(tmp_path / "out"), "--as-of", "none", "--k", "2", "-q"]
    assert main([*arguments, "--industry", "C38", "--industry", "26", "--infer-fields", "--no-cache"]) == DONE
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["filter"]["industries"], manifest["filter"]["infer_fields"]) == (["38", "26"], True)
    assert main([*arguments, "--industry", "化工"]) == UNUSABLE
    assert "国民经济行业大类" in capsys.readouterr().err


def test_check_of_english_needs_leaves_room_for_the_questions(needs, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    register = tmp_path / "english.csv"
    register.write_text(f"need_id,title\nX,{'Battery electrolyte for very cold climates ' * 3}\n", encoding="utf-8")
    assert main(["check", str(register), "--out", str(tmp_path / "out"), "--lang", "zh"]) == DONE
    told = capsys.readouterr().out
    assert "…" not in told and "Battery" in told


def test_a_folder_that_cannot_be_made_is_told_in_the_language_asked_for(needs, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert main(["check", str(needs), "--out", str(blocked), "--lang", "zh"]) == UNUSABLE
    assert "无法建立或写入文件夹" in capsys.readouterr().err
