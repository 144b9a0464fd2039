from __future__ import annotations

import datetime
import hashlib
import io
import zipfile

import dirty
import pandas as pd
import pytest
import xlsxwriter

from matchmaker import errors
from matchmaker.tables import read_achievements, read_judgments, read_needs


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "登记.xlsx"
    dirty.write_workbook(path)
    return path


def write_sheet(path, rows, **settings):
    book = xlsxwriter.Workbook(path, settings)
    sheet = book.add_worksheet("成果")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


def edit_workbook(path, part, change):
    """Write a workbook again with one of its parts changed."""
    old = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(old)) as archive, zipfile.ZipFile(path, "w") as out:
        for name in archive.namelist():
            out.writestr(name, change(archive.read(name)) if name == part else archive.read(name))


def test_every_visible_sheet_with_the_columns_is_read(workbook):
    achievements = read_achievements(workbook)
    assert [item.id for item in achievements] == [*dirty.GOOD, "413"]
    assert [(item.sheet, item.row) for item in achievements.rejected] == [
        *(("登记表", row) for row in (11, 12, 13, 18, 20)),
        ("补充", 3),
    ]
    assert achievements.rejected[-1].reason == "编号 D-02 与工作表“登记表”第 6 行重复"
    notes = {(item.sheet, item.row): item.message for item in achievements.notices}
    assert notes["说明", 0] == "跳过工作表：没有列 achievement_id、title"
    assert notes["登记表", 4] == "表头在第 4 行，其上的文字未作为数据读取"
    assert notes["旧版", 0].startswith("跳过隐藏的工作表")
    assert achievements.source == "登记.xlsx"
    assert achievements.sha256 == hashlib.sha256(workbook.read_bytes()).hexdigest()


def test_typed_cells_merged_cells_and_units(workbook):
    first, second, third, fourth = read_achievements(workbook)[:4]
    assert (first.date, first.money) == (datetime.date(2026, 3, 5), "260万元")
    assert [item.organisation for item in (first, second, third)] == ["港湾理工大学"] * 3
    assert fourth.organisation == "港湾海洋研究院"
    assert fourth.title == "=cmd|' /C calc'!A0"
    assert (second.money, fourth.extra) == ("面議", {"负责人": "+86 0"})


def test_one_sheet_can_be_named_even_if_hidden(workbook):
    assert [item.id for item in read_achievements(workbook, sheet="补充")] == ["413", "D-02"]
    assert read_achievements(workbook, sheet="补充")[0].extra == {"备注": "TRUE"}
    assert [item.id for item in read_achievements(workbook, sheet="旧版")] == ["D-70"]
    with pytest.raises(errors.TableError, match="没有工作表“目录”：现有 说明、登记表、补充、旧版、图"):
        read_achievements(workbook, sheet="目录")
    with pytest.raises(errors.TableError, match=r"登记.xlsx \[说明\] 中没有找到列 achievement_id、title"):
        read_achievements(workbook, sheet="说明")


def test_no_sheet_fits(workbook):
    with pytest.raises(errors.TableError, match="中没有找到列 need_id、grade"):
        read_judgments(workbook)


def test_a_workbook_without_any_cell_is_empty(tmp_path):
    write_sheet(tmp_path / "空.xlsx", [])
    with pytest.raises(errors.TableError, match="空.xlsx 是空的"):
        read_achievements(tmp_path / "空.xlsx")


def test_a_header_of_two_rows_with_cells_merged_downwards(tmp_path):
    path = tmp_path / "两层.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.merge_range("C3:C4", "需求编号")
    sheet.merge_range("D3:E3", "需求内容")
    sheet.write_row("D4", ["需求名称", "需求描述"])
    sheet.write_row("C5", ["N-1", "防爆电池", "过充不起火"])
    sheet.merge_range("C6:C7", "N-2")
    sheet.write_row("D6", ["密封件", "寿命"])
    sheet.write_row("D7", ["续行", "寿命"])
    sheet.merge_range("C8:C9", "N-3")
    sheet.merge_range("D8:D9", "占两行的一条")
    sheet.write_row("C10", ["N-4", "末条"])
    book.close()
    needs = read_needs(path)
    assert [(item.id, item.title, item.description) for item in needs] == [
        ("N-1", "防爆电池", "过充不起火"),
        ("N-2", "密封件", "寿命"),
        ("N-3", "占两行的一条", ""),
        ("N-4", "末条", ""),
    ]
    assert [(item.row, item.reason) for item in needs.rejected] == [(7, "编号 N-2 与第 6 行重复")]


def test_a_column_without_a_header_is_kept(tmp_path):
    write_sheet(tmp_path / "a.xlsx", [["成果编号", "成果名称", "", "备注", "备注"], ["A-1", "甲", "乙", "丙", "丁"]])
    assert read_achievements(tmp_path / "a.xlsx")[0].extra == {"column 3": "乙", "备注": "丙", "备注 2": "丁"}


def test_formulas_errors_and_booleans_come_as_what_they_show(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["成果编号", "成果名称", "备注"])
    sheet.write_row(1, 0, ["A-1", "甲"])
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    sheet.write_row(2, 0, ["A-2", "乙"])
    sheet.write_formula(2, 2, "=1+1", None, 2)
    book.close()
    assert [dict(item.extra) for item in read_achievements(path)] == [{}, {"备注": "2"}]


def test_a_long_number_is_pointed_out_where_a_spreadsheet_rounded_it(tmp_path):
    write_sheet(
        tmp_path / "a.xlsx", [["成果编号", "成果名称"], [123456789012345678, "甲"], ["123456789012345678", "乙"]]
    )
    achievements = read_achievements(tmp_path / "a.xlsx")
    assert len(achievements) == 2
    assert [item.row for item in achievements.notices] == [2]
    assert "丢失末位数字" in achievements.notices[0].message


def test_open_document_and_files_with_the_wrong_name(tmp_path, workbook):
    dirty.write_open_document(tmp_path / "a.ods", [["标题"], ["成果编号", "成果名称"], ["A-1", "甲"]])
    assert [item.title for item in read_achievements(tmp_path / "a.ods")] == ["甲"]
    for name in ("a.xls", "a.et", "a.csv", "A.XLSX"):
        (tmp_path / name).write_bytes(workbook.read_bytes())
        assert len(read_achievements(tmp_path / name)) == 11
    (tmp_path / "b.xls").write_bytes(dirty.make_csv("\t").encode("gb18030"))
    assert len(read_achievements(tmp_path / "b.xls")) == 10


def test_a_workbook_with_a_password_is_refused(tmp_path):
    dirty.write_locked_workbook(tmp_path / "a.xlsx")
    with pytest.raises(errors.TableError, match="有密码保护"):
        read_achievements(tmp_path / "a.xlsx")


def test_a_web_page_named_xls_is_refused(tmp_path):
    (tmp_path / "a.xls").write_text("<html><body><table><tr><td>成果编号</td></tr></table>", encoding="utf-8")
    with pytest.raises(errors.TableError, match="实际是网页"):
        read_achievements(tmp_path / "a.xls")


@pytest.mark.parametrize("keep", [4, 30, 1000, 5000, -1000, -1])
def test_a_truncated_workbook_is_refused(tmp_path, workbook, keep):
    (tmp_path / "a.xlsx").write_bytes(workbook.read_bytes()[:keep])
    with pytest.raises(errors.TableError, match=r"不是完好的 Excel 工作簿|没有找到列|编码"):
        read_achievements(tmp_path / "a.xlsx")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_workbook_with_a_damaged_part_is_refused(tmp_path, part):
    path = tmp_path / "a.xlsx"
    write_sheet(path, [["成果编号", "成果名称"], ["A-1", "甲"]])
    edit_workbook(path, part, lambda content: content[: len(content) // 2])
    with pytest.raises(errors.TableError, match="不是完好的 Excel 工作簿"):
        read_achievements(path)


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1", None])
def test_a_stray_cell_in_the_far_corner_is_refused_before_it_fills_the_memory(tmp_path, dimension):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["成果编号", "成果名称"])
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()
    stated = b'<dimension ref="A1:XFD1048576"/>'
    other = f'<dimension ref="{dimension}"/>'.encode() if dimension else b""
    edit_workbook(path, "xl/worksheets/sheet1.xml", lambda content: content.replace(stated, other))
    with pytest.raises(errors.TableError, match="第 1048576 行第 16384 列"):
        read_achievements(path)


def test_formats_far_out_are_no_stray_cells(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["成果编号", "成果名称"])
    sheet.write_row(1, 0, ["A-1", "甲"])
    sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    book.close()
    assert len(read_achievements(path)) == 1


def test_pandas_reads_the_same_cells(workbook):
    frame = pd.read_excel(workbook, sheet_name="补充", engine="calamine")
    assert [item.title for item in read_achievements(frame)] == list(frame["项目名称"])
