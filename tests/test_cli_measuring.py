"""`matchmaker evaluate` and `matchmaker compare`, end to end on the samples."""

import csv

import pytest

from matchmaker import read_achievements, read_judgments, read_shortlists
from matchmaker.cli import main
from matchmaker.evaluation import contrast, evaluate_shortlists, measure_exposure
from matchmaker.samples import sample_path

DONE, SET_ASIDE, UNUSABLE = 0, 1, 2
JUDGMENTS, REGISTER = str(sample_path("judgments")), str(sample_path("achievements"))


def read_rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """Keep the user's locale and terminal out of the tests."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Return the path of the samples' shortlists, as the program makes them."""
    folder = tmp_path_factory.mktemp("lists")
    made = ["shortlist", REGISTER, str(sample_path("needs")), "--out", str(folder), "--as-of", "none", "--no-cache"]
    assert main([*made, "-q"]) == DONE
    return str(folder / "shortlists.csv")


@pytest.fixture
def poor(lists, tmp_path):
    """Return the path of the same lists with places in reverse, but for the last ten needs."""
    head, *rows = read_rows(tmp_path / lists)
    last = sorted({row[0] for row in rows})[-10:]
    return write_rows(
        tmp_path / "poor.csv",
        [head, *([row[0], row[1] if row[0] in last else str(11 - int(row[1])), *row[2:]] for row in rows)],
    )


# ------------------------------------------------------------------------------------------------------------ compare


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ["B优于A", "A：", "排序质量 NDCG@10", "B更好", "B改善最多的需求：N-"]),
        ("en", ["B is better than A", "A: ", "NDCG@10", "B better", "B gains most on: N-"]),
    ],
)
def test_compare_says_which_is_better_and_where(lists, poor, capsys, lang, told):
    assert main(["compare", poor, lists, JUDGMENTS, "--lang", lang]) == DONE
    out, err = capsys.readouterr()
    assert err == "" and all(words in out for words in told)
    assert max(len(line.encode("gb18030")) for line in out.splitlines() if "[" in line and "NDCG" not in line) <= 80
    judged = read_judgments(sample_path("judgments"))
    expected = contrast(*(evaluate_shortlists(read_shortlists(path), judged) for path in (poor, lists)), lang=lang)
    assert out.endswith(expected.verdict() + "\n")
    for row in expected.table():
        assert any(all(cell in line for cell in row) for line in out.splitlines()), row


def test_the_other_way_round_it_is_worse_and_against_itself_nothing(lists, poor, capsys):
    assert main(["compare", lists, poor, JUDGMENTS, "-q"]) == DONE
    assert "B劣于A" in capsys.readouterr().out
    assert main(["compare", lists, lists, JUDGMENTS, "--lang", "en"]) == DONE
    out = capsys.readouterr().out
    assert "no difference shown between B and A" in out and "level on 54" in out


def test_compare_writes_metrics_and_needs(lists, poor, tmp_path):
    out = tmp_path / "c.csv"
    assert main(["compare", poor, lists, JUDGMENTS, "--k", "5", "--out", str(out), "-q"]) == DONE
    metrics, needs = read_rows(out), read_rows(tmp_path / "c.needs.csv")
    assert metrics[0] == ["metric", "a", "b", "difference", "low", "high", "p_value", "verdict", "needs"]
    assert metrics[1][0] == "ndcg@5" and metrics[1][-2:] == ["better", "54"]
    assert needs[0] == ["need_id", "a", "b", "change"] and len(needs) == 55
    changes = [abs(float(row[3])) for row in needs[1:]]
    assert changes == sorted(changes, reverse=True) and {row[3] for row in needs[-5:]} == {"0.0"}
    before = out.read_bytes()
    assert main(["compare", poor, lists, JUDGMENTS, "--k", "5", "--out", str(out), "-q"]) == DONE
    assert out.read_bytes() == before


def test_compare_sets_rows_aside_and_goes_on(lists, poor, tmp_path, capsys):
    rows = read_rows(tmp_path / poor)
    write_rows(tmp_path / "poor.csv", [*rows, ["N-0001", "first", "A-0001", "1", "0.5", "", ""]])
    assert main(["compare", poor, lists, JUDGMENTS, "--lang", "en"]) == SET_ASIDE
    told = capsys.readouterr()
    assert "B is better than A" in told.out and "1 rows set aside" in told.err
    out = tmp_path / "c.csv"
    assert main(["compare", poor, lists, JUDGMENTS, "--out", str(out), "-q"]) == SET_ASIDE
    assert read_rows(tmp_path / "c.rejected.csv")[1][1:3] == ["", str(len(rows) + 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--k", "0"], "--k 的值是“0”"),
        (["--relevant-from", "three"], "--relevant-from 的值是“three”"),
        (["--lowest", "3"], "relevant_from=3 is not above lowest=3"),
        (["--out", "c.xlsx"], "c.xlsx 应以 .csv 结尾"),
    ],
)
def test_compare_refuses_what_makes_no_sense(lists, poor, capsys, options, message):
    assert main(["compare", poor, lists, JUDGMENTS, *options]) == UNUSABLE
    told = capsys.readouterr()
    assert message in told.err and told.out == ""


def test_compare_never_takes_the_place_of_an_input(lists, poor, tmp_path, capsys):
    judgments = write_rows(tmp_path / "c.needs.csv", read_rows(sample_path("judgments")))
    for out in (poor, str(tmp_path / "c.csv")):
        assert main(["compare", poor, lists, judgments, "--out", out]) == UNUSABLE
        assert "结果会覆盖输入文件" in capsys.readouterr().err
    empty = write_rows(tmp_path / "empty.csv", [read_rows(tmp_path / poor)[0]])
    assert main(["compare", poor, empty, judgments]) == UNUSABLE
    assert "没有可用的行" in capsys.readouterr().err


# ----------------------------------------------------------------------------------------------------------- evaluate


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_evaluate_ends_with_a_verdict_and_shows_institutions_when_asked(lists, capsys, lang):
    assert main(["evaluate", lists, JUDGMENTS, "--lang", lang]) == DONE
    plain = capsys.readouterr().out
    summary = evaluate_shortlists(read_shortlists(lists), read_judgments(sample_path("judgments")), lang=lang)
    assert plain == f"{summary}\n\n{summary.verdict()}\n"
    assert main(["evaluate", lists, JUDGMENTS, "--lang", lang, "--achievements", REGISTER]) == DONE
    exposure = measure_exposure(read_shortlists(lists), read_achievements(REGISTER), lang=lang)
    assert capsys.readouterr().out == f"{plain}\n{exposure}\n"
    assert exposure.verdict == "spread"


def test_evaluate_writes_institutions_beside_the_metrics(lists, tmp_path):
    arguments = ["evaluate", lists, JUDGMENTS, "--k", "3", "--out", str(tmp_path / "m.csv"), "-q"]
    assert main(arguments) == DONE
    assert not (tmp_path / "m.institutions.csv").exists()
    assert main([*arguments, "--achievements", REGISTER]) == DONE
    head, *rows = read_rows(tmp_path / "m.institutions.csv")
    assert head[:2] == ["institution", "achievements"] and len(rows) == 7
    assert sum(int(row[head.index("places")]) for row in rows) == 3 * 60
    assert read_rows(tmp_path / "m.csv")[1][0] == "ndcg@3"


def test_evaluate_sets_rows_of_the_register_aside(lists, tmp_path, capsys):
    rows = read_rows(sample_path("achievements"))
    register = write_rows(tmp_path / "register.csv", [*rows, rows[1]])
    assert main(["evaluate", lists, JUDGMENTS, "--achievements", register, "--lang", "en"]) == SET_ASIDE
    assert "1 rows set aside" in capsys.readouterr().err


def test_evaluate_refuses_a_register_of_other_achievements(lists, tmp_path, capsys):
    register = write_rows(tmp_path / "register.csv", read_rows(sample_path("achievements"))[:3])
    assert main(["evaluate", lists, JUDGMENTS, "--achievements", register]) == UNUSABLE
    told = capsys.readouterr()
    assert "成果登记表中没有编号 A-" in told.err and told.out == ""
    assert main(["evaluate", lists, JUDGMENTS, "--achievements", "no.csv", "--lang", "en"]) == UNUSABLE
    assert "there is no file no.csv" in capsys.readouterr().err


def test_files_that_do_not_fit_are_refused_in_chinese(lists, tmp_path, capsys):
    head, *rows = read_rows(sample_path("judgments"))
    strange = write_rows(tmp_path / "strange.csv", [head, *(["X-" + row[0], *row[1:]] for row in rows)])
    assert main(["evaluate", lists, strange, "--lang", "zh"]) == UNUSABLE
    assert "没有相同的需求编号" in capsys.readouterr().err
    grade = head.index("grade")
    low = write_rows(tmp_path / "low.csv", [head, *([*row[:grade], "0", *row[grade + 1 :]] for row in rows)])
    assert main(["evaluate", lists, low, "--lang", "zh"]) == UNUSABLE
    assert "请加 --lowest 0" in capsys.readouterr().err
