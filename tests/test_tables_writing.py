from __future__ import annotations

import csv
import datetime
import os
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import errors
from matchmaker.records import Rejection
from matchmaker.tables import (
    read_achievements,
    read_needs,
    safe_cell,
    write_bytes,
    write_csv,
    write_rejected,
    write_text,
)
from matchmaker.tables.cells import tidy
from matchmaker.tables.safety import bare_cell, has_controls, strip_controls

ANY = st.text(st.characters(), max_size=20)
RISKY = st.builds(str.__add__, st.text(st.sampled_from("'=+-@＝＋－＠ \t\r\n\u3000\u200b0.5eE%1"), max_size=5), ANY)


# ------------------------------------------------------------------------------------------------------------- safety


@pytest.mark.parametrize(
    "value",
    [
        *(
            "=1+1",
            "+1+1",
            "-1+1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "\n=1",
            "　=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠x",
            "\ufeff=1",
        ),
        *("'=1+1", "''=1", "-", "=", "-40℃", "+86 411", "-1-1", "--1", "\t", "\rx", "-1,000", "=cmd|' /C calc'!A0"),
        '=HYPERLINK("http://a.example")',
    ],
)
def test_formulas_get_an_apostrophe(value):
    assert safe_cell(value) == "'" + value
    assert bare_cell(safe_cell(value)) == value


@pytest.mark.parametrize(
    "value",
    ["-0.53", "+5", "-1e-05", "-.5", "-5%", "2026-03-05", "A-1", "电解液", "", "'90 年代", "a=b", "0012", "<b>=1</b>"],
)
def test_plain_numbers_dates_and_texts_stay(value):
    assert safe_cell(value) == value
    assert bare_cell(value) == value


@given(st.one_of(ANY, RISKY))
def test_safe_cells_never_begin_like_formulas_and_can_be_undone(value):
    safe = safe_cell(value)
    assert bare_cell(safe) == value
    beginning = safe.lstrip(" \t\r\n\u3000\u200b\ufeff")[:1]
    if beginning and beginning in "=+-@＝＋－＠":
        float(safe.rstrip("%"))  # nothing but a number may begin so


@given(ANY)
def test_controls_are_found_where_they_are_stripped(value):
    stripped, count = strip_controls(value)
    assert has_controls(value) is (count > 0)
    assert not has_controls(stripped)
    stripped.encode("utf-8")


# ---------------------------------------------------------------------------------------------------------------- CSV


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_bytes(tmp_path):
    path = tmp_path / "a.csv"
    cells = ["=1", 'a"b,c', "一\n二", None, 3, -0.5, 1e-05, True, datetime.date(2026, 3, 5), float("nan")]
    write_csv(
        path, ["名称", "x"], [cells, [np.float32(0.1), np.float64(0.1), np.int64(7), ["甲", "乙"], "\x00a\ud800"]]
    )
    assert path.read_bytes() == (
        b"\xef\xbb\xbf"
        + '名称,x\r\n\'=1,"a""b,c","一\n二",,3,-0.5,1e-05,TRUE,2026-03-05,\r\n0.1,0.1,7,甲；乙,a\r\n'.encode()
    )


def test_csv_opens_in_pandas(tmp_path):
    write_csv(tmp_path / "a.csv", ["编号", "值"], [["A-1", 1.5], ["A-2", None]])
    frame = pd.read_csv(tmp_path / "a.csv")
    assert list(frame.columns) == ["编号", "值"]
    assert frame["值"].tolist()[0] == 1.5


@given(st.lists(st.tuples(st.one_of(ANY, RISKY), st.one_of(ANY, RISKY)), max_size=8))
def test_what_is_written_reads_back(tmp_path_factory, pairs):
    path = tmp_path_factory.getbasetemp() / "round.csv"
    write_csv(path, ["need_id", "title", "备注"], [(f"N-{n}", f"T{one}", two) for n, (one, two) in enumerate(pairs)])
    needs = read_needs(path)
    assert len(needs) == len(pairs)
    for need, (one, two) in zip(needs, pairs, strict=True):
        assert need.title == strip_controls(f"T{one}")[0].strip()
        assert need.extra.get("备注", "") == strip_controls(two)[0].strip()


@given(st.lists(st.one_of(ANY, RISKY), max_size=8))
def test_ids_that_look_like_formulas_read_back(tmp_path_factory, keys):
    path = tmp_path_factory.getbasetemp() / "ids.csv"
    wanted = [f"={key}x" for key in dict.fromkeys(tidy(strip_controls(key)[0]) for key in keys)]
    write_csv(path, ["achievement_id", "title"], [(key, "甲") for key in wanted])
    assert [item.id for item in read_achievements(path)] == wanted


@given(
    st.lists(st.lists(st.one_of(ANY, st.floats(allow_nan=False), st.integers(-(10**9), 10**9)), max_size=4), max_size=6)
)
def test_the_same_rows_give_the_same_bytes(tmp_path_factory, rows):
    first, second = (tmp_path_factory.getbasetemp() / name for name in ("first.csv", "second.csv"))
    write_csv(first, ["a"], rows)
    write_csv(second, ["a"], iter(rows))
    assert first.read_bytes() == second.read_bytes()
    assert all(cell == bare_cell(safe_cell(cell)) for row in read_rows(first) for cell in row)


def test_rejected_rows_are_listed(tmp_path):
    achievements = read_achievements(pd.DataFrame({"成果编号": ["A-1", ""], "成果名称": ["", "=1+1"]}))
    write_rejected(tmp_path / "rejected.csv", achievements.rejected)
    assert read_rows(tmp_path / "rejected.csv") == [
        ["file", "sheet", "row", "reason", "content"],
        ["DataFrame", "", "2", "缺少成果名称", "A-1"],
        ["DataFrame", "", "3", "缺少成果编号", "'=1+1"],
    ]
    write_rejected(tmp_path / "rejected.csv", [])
    assert len(read_rows(tmp_path / "rejected.csv")) == 1
    write_rejected(tmp_path / "rejected.csv", [Rejection("甲.xlsx", "表", 5, "x")])
    assert read_rows(tmp_path / "rejected.csv")[1] == ["甲.xlsx", "表", "5", "x", ""]


# ------------------------------------------------------------------------------------------------- whole or not at all


def test_a_failure_half_way_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, ["a"], [["old"]])
    before = path.read_bytes()

    def rows():
        yield ["new"] * 100_000
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_csv(path, ["a"], rows())
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"]


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.csv"
    write_text(path, "old")
    seen = []

    def rows():
        yield ["new"]
        seen.append(path.read_text(encoding="utf-8"))

    with path.open(encoding="utf-8") as held:
        write_csv(path, ["a"], rows())
        assert held.read() == "old"  # another file took its place; this one was not written over
    assert seen == ["old"]
    assert "new" in path.read_text(encoding="utf-8")


def test_texts_and_bytes_are_written_as_they_are(tmp_path):
    write_text(tmp_path / "a.txt", "一\n二\r\n")
    assert (tmp_path / "a.txt").read_bytes() == "一\n二\r\n".encode()
    write_bytes(str(tmp_path / "b"), b"\x00\xff")
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.txt", "\ud800")
    assert (tmp_path / "a.txt").read_bytes() == "一\n二\r\n".encode()


@pytest.mark.skipif(os.name == "nt", reason="rights and links of POSIX")
def test_new_files_have_the_usual_rights_and_links_stay_links(tmp_path):
    plain, real, link = (tmp_path / name for name in ("plain", "real", "link"))
    plain.touch()
    real.write_text("old")
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_what_cannot_be_written_says_so(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(errors.TableError, match="无法写入 .*nowhere"):
        write_text(tmp_path / "nowhere" / "a.txt", "x")
    with pytest.raises(errors.TableError, match="cannot write .*folder"):
        write_csv(tmp_path / "folder", ["a"], [], lang="en")
    with pytest.raises(errors.SettingError, match="zh, en"):
        write_bytes(tmp_path / "a", b"", lang="fr")
    assert [item.name for item in tmp_path.iterdir()] == ["folder"]
