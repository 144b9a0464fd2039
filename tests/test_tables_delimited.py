from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import dirty
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import errors
from matchmaker.tables import read_achievements, read_pairs
from matchmaker.tables.cells import read_id, tidy
from matchmaker.tables.contracts import ACHIEVEMENTS
from matchmaker.tables.delimited import sniff_delimiter
from matchmaker.tables.safety import bare_cell, strip_controls


def read(folder: Path, content: str | bytes, **settings):
    path = folder / "成果.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_achievements(path, **settings)


def ids(records):
    return [profile.id for profile in records]


def reasons(records):
    return {item.row: item.reason for item in records.rejected}


def messages(records):
    return {item.row: item.message for item in records.notices}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32"])
def test_the_dirty_register_reads_the_same_in_every_encoding_and_with_every_delimiter(tmp_path, encoding, delimiter):
    content = dirty.make_csv(delimiter).encode(encoding)
    achievements = read(tmp_path, content)
    assert tuple(ids(achievements)) == dirty.GOOD
    assert list(reasons(achievements)) == [11, 12, 13, 18, 20]
    assert achievements[6].description == dirty.LONG
    assert len(achievements[6].description) > 200_000
    assert achievements[4].title == "控制字符：光纤水听器\n阵列"
    assert messages(achievements)[9] == "删除了 3 个控制字符"
    assert achievements.sha256 == hashlib.sha256(content).hexdigest()
    guessed = encoding in ("gb18030", "utf-16-le")
    assert (0 in messages(achievements)) is guessed
    if guessed:
        assert encoding.upper() in messages(achievements)[0]


def test_traditional_text_in_big5_is_not_taken_for_gb18030(tmp_path):
    achievements = read(tmp_path, "成果編號,成果名稱,完成單位\r\nA-1,鋰離子電池電解液,理工大學\r\n".encode("big5"))
    assert achievements[0].title == "鋰離子電池電解液"
    assert achievements[0].organisation == "理工大學"
    assert "BIG5" in messages(achievements)[0]


def test_one_broken_byte_does_not_turn_utf8_into_another_encoding(tmp_path):
    content = ("成果编号,成果名称\r\nA-1,电解液添加剂\r\n" + "A-2,隔膜涂层\r\n" * 50).encode()
    spoilt = content.replace("电".encode(), "电".encode()[:2], 1)
    achievements = read(tmp_path, spoilt)
    assert achievements[0].title == "\ufffd解液添加剂"
    assert messages(achievements)[0] == "按 UTF-8 读取时有 1 处字节无法识别，已显示为“�”"


def test_a_picture_named_csv_is_refused(tmp_path):
    with pytest.raises(errors.TableError, match="成果.csv"):
        read(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \r\n", "\ufeff,,\r\n,,\r\n".encode()])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(errors.TableError, match="是空的"):
        read(tmp_path, content)


def test_a_header_alone_is_an_empty_table(tmp_path):
    achievements = read(tmp_path, "achievement_id,title\n")
    assert (achievements.rows, achievements.rejected, achievements.notices) == ((), (), ())


def test_a_missing_column_is_named_with_what_was_found_and_what_would_do(tmp_path):
    with pytest.raises(errors.TableError) as caught:
        read(tmp_path, "项目清单\r\n成果编号,备注,单位\r\nA-1,x,y\r\n")
    text = str(caught.value)
    assert "没有找到列 title" in text
    assert "成果编号、备注、单位" in text
    assert "成果名称" in text
    with pytest.raises(errors.TableError, match="has no column achievement_id, title"):
        read(tmp_path, "a,b\r\n1,2\r\n", lang="en")


def test_the_header_may_stand_in_the_fifteenth_row_that_is_not_blank_and_no_later(tmp_path):
    above = "说明\r\n\r\n" * 14
    achievements = read(tmp_path, above + "成果编号,成果名称\r\nA-1,甲\r\n")
    assert ids(achievements) == ["A-1"]
    assert messages(achievements) == {29: "表头在第 29 行，其上的文字未作为数据读取"}
    with pytest.raises(errors.TableError, match="没有找到列"):
        read(tmp_path, above + "说明\r\n成果编号,成果名称\r\nA-1,甲\r\n")


def test_a_row_with_many_known_headers_but_not_the_required_ones_is_not_the_header(tmp_path):
    achievements = read(tmp_path, "单位,地区,领域,阶段\n成果编号,成果名称,备注,\nA-1,甲,乙,丙\n")
    assert (achievements[0].title, achievements[0].organisation) == ("甲", "")


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path):
    achievements = read(tmp_path, '成果编号,成果名称\r\nA-1,"甲\r\n乙\n丙"\r\n\r\n,丁\r\n')
    assert achievements[0].title == "甲\r\n乙\n丙"
    assert reasons(achievements) == {4: "缺少成果编号"}


def test_rows_with_too_many_or_too_few_cells(tmp_path):
    achievements = read(tmp_path, "成果编号,成果名称,简介\nA-1,甲\nA-2,乙,丙,丁\nA-3,戊,己,,\nA-4\n")
    assert ids(achievements) == ["A-1", "A-3"]
    assert achievements[0].description == ""
    assert reasons(achievements)[3].startswith("单元格比表头多 1 个")
    assert reasons(achievements)[5] == "缺少成果名称"
    assert messages(achievements)[2] == "单元格比表头少 1 个，缺少的按空白处理"
    assert achievements.rejected[0].content == "A-2 | 乙 | 丙 | 丁"


def test_blank_columns_behind_the_header_may_be_left_out_or_filled(tmp_path):
    achievements = read(tmp_path, "成果编号,成果名称,,\nA-1,甲,,\nA-2,乙\nA-3,丙,,丁\n")
    assert [dict(item.extra) for item in achievements] == [{}, {}, {"column 4": "丁"}]
    assert not achievements.notices


QUOTES = {
    "an inch mark opens a cell": ('A-1,"5英寸衬底,甲\n', ('"5英寸衬底', "甲")),
    "quotes inside a quoted cell": ('A-1,"关于"智能"的研究",甲\n', ('关于"智能"的研究', "甲")),
    "quotes and commas inside a quoted cell": ('A-1,"关于"智能,网联"的研究",甲\n', ('关于"智能,网联"的研究', "甲")),
    "quotes over two lines": ('A-1,"第一行\n关于"智能"的",甲\n', ('第一行\n关于"智能"的', "甲")),
    "a blank behind the quote": ('A-1,"乙" ,甲\n', ("乙", "甲")),
}


@pytest.mark.parametrize(("line", "cells"), QUOTES.values(), ids=QUOTES.keys())
def test_quotation_marks_that_do_not_pair_up_are_mended(tmp_path, line, cells):
    after = 'A-2,"正常","逗号,在内"\nA-3,末行,\n'
    achievements = read(tmp_path, "成果编号,成果名称,简介\n" + line + after)
    assert [(item.id, item.title, item.description) for item in achievements] == [
        ("A-1", *cells),
        ("A-2", "正常", "逗号,在内"),
        ("A-3", "末行", ""),
    ]
    assert messages(achievements) == {2: "双引号不成对，已按列数还原，请核对"}


def test_a_line_beyond_mending_is_set_aside_and_takes_no_other_with_it(tmp_path):
    lines = ['A-1,"没有配对', 'A-2,"正常",甲', "A-5,,无名", 'A-3,"也没有,配对,多,格', "A-4,末行,乙"]
    achievements = read(tmp_path, "\n".join(["成果编号,成果名称,简介", *lines]))
    assert ids(achievements) == ["A-2", "A-4"]
    assert [(item.row, item.content) for item in achievements.rejected] == [
        (2, lines[0]),
        (4, "A-5 | 无名"),
        (5, lines[3]),
    ]


def test_many_open_quotes_take_linear_time_and_lose_no_line(tmp_path):
    achievements = read(tmp_path, "成果编号,成果名称\n" + "".join(f'A-{n},"{n}英寸\n' for n in range(5_000)))
    assert len(achievements) + len(achievements.rejected) == 5_000


def test_apostrophes_before_formulas_are_taken_off_and_others_stay(tmp_path):
    achievements = read(tmp_path, "成果编号,成果名称,简介\n'-A1,'=1+1,'90 年代\n")
    assert (achievements[0].id, achievements[0].title, achievements[0].description) == ("-A1", "=1+1", "'90 年代")


def test_a_byte_order_mark_in_the_middle_of_joined_files_is_no_part_of_an_id(tmp_path):
    assert ids(read(tmp_path, "成果编号,成果名称\nA-1,甲\n\ufeffA-2,乙\n")) == ["A-1", "A-2"]


def test_the_csv_module_keeps_at_least_the_cell_size_it_had(tmp_path):
    csv.field_size_limit(131_072)
    assert len(read(tmp_path, f"成果编号,成果名称\nA-1,{'长' * 200_000}\n")[0].title) == 200_000
    assert csv.field_size_limit() >= 131_072


def test_a_comma_wins_where_no_header_says_otherwise():
    assert sniff_delimiter("a,b;c\n1,2;3\n", ACHIEVEMENTS) == (",", 0, False)


def test_same_notices_beyond_a_thousand_become_one(tmp_path):
    body = "".join(f"{n}.0,甲\n" for n in range(1_500))
    achievements = read(tmp_path, "成果编号,成果名称\n" + body)
    assert len(achievements) == 1_500
    assert len(achievements.notices) == 1_001
    assert achievements.notices[0].message.startswith("同类提示还有 500 条")


def clean_id(cell: str) -> str:
    return read_id(tidy(strip_controls(bare_cell(cell))[0]))[0]


CELL = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), st.sampled_from('",;\n\r|\t\'"=')),
    max_size=12,
)


@given(st.lists(st.tuples(CELL, CELL), max_size=12), st.sampled_from([",", ";", "\t"]))
def test_well_formed_csv_reads_as_the_csv_module_reads_it(tmp_path_factory, pairs, delimiter):
    path = tmp_path_factory.getbasetemp() / "pairs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("need_id", "achievement_id"), *pairs])
    cleaned = [tuple(clean_id(cell) for cell in pair) for pair in pairs]
    found = read_pairs(path)
    assert [(pair.need_id, pair.achievement_id) for pair in found] == [pair for pair in cleaned if all(pair)]
    blank = sum(not "".join(strip_controls(cell)[0] for cell in pair).strip() for pair in pairs)
    assert len(found) + len(found.rejected) + blank == len(pairs)


@given(st.lists(st.text(st.sampled_from('甲乙",\n12'), max_size=14), min_size=1, max_size=15))
def test_no_line_of_ragged_text_is_lost(tmp_path_factory, lines):
    # Every line carries a mark; each mark must come up in a record or in a rejection.
    path = tmp_path_factory.getbasetemp() / "ragged.csv"
    marked = [f"M{place},{line}" for place, line in enumerate(lines)]
    path.write_text("need_id,achievement_id\n" + "\n".join(marked), encoding="utf-8")
    found = read_pairs(path)
    shown = " ".join(
        [*(f"{pair.need_id} {pair.achievement_id}" for pair in found), *(r.content for r in found.rejected)]
    )
    assert all(f"M{place}" in shown for place in range(len(lines)))
