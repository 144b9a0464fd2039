import io
import re
import warnings
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_content import ACHIEVEMENTS, FORMULA, IMAGE, NEEDS, SCRIPT, build_content

from matchmaker.errors import TableError
from matchmaker.records import Profile, Rejection
from matchmaker.report import write_workbook
from matchmaker.report.sheets import CELL_LIMIT, clean_text

SHEETS = {
    "zh": ["按需求", "按成果", "缺口需求", "搁置的行", "说明"],
    "en": ["By need", "By achievement", "Needs with nothing suitable", "Rows set aside", "Notes"],
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_workbook(build_content(), tmp_path_factory.mktemp("report") / "shortlists.xlsx")


@pytest.fixture(scope="module")
def book(written):
    return open_book(written)


def open_book(path):
    # From memory: openpyxl leaves a file given by name to be closed by chance.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")  # openpyxl knows no solid data bars
        return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def read_rows(sheet):
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_sheets_carry_their_names_in_both_languages(book, tmp_path):
    assert book.sheetnames == SHEETS["zh"]
    english = open_book(write_workbook(build_content("en"), tmp_path / "en.xlsx"))
    assert english.sheetnames == SHEETS["en"]
    assert [cell.value for cell in english["Rows set aside"][1]] == ["File", "Sheet", "Row", "Reason", "Content"]


def test_by_need_has_one_row_per_match_and_keeps_needs_without_any(book):
    rows = read_rows(book["按需求"])
    first = [row for row in rows if row["需求编号"] == "N-0001"]
    assert [(row["名次"], row["成果编号"], row["概率"], row["适配"]) for row in first] == [
        (1, "A-0001", 0.91, "是"),
        (2, "A-0010", 0.4, "否"),
        (3, 'A "7" & <i>', 0.004, "否"),
    ]
    assert first[0]["推荐理由"] == "领域一致；双方均涉及锂离子电池电解液、电解液、−40 ℃"
    assert first[0]["价格"] == "120"
    assert first[0]["其他信息"] == "负责人：沈知白；电话：0411-0000-0000"
    assert first[0]["截止日期"] == "2027-03-31"
    (empty,) = [row for row in rows if row["需求编号"] == "N-0005"]
    assert empty["需求名称"] == "只有一个题目的需求"
    assert empty["成果编号"] is None
    assert len(rows) == sum(max(len(shortlist), 1) for _, shortlist in build_content().pairs())


def test_by_achievement_says_who_wants_it(book):
    rows = read_rows(book["按成果"])
    assert len(rows) == sum(map(len, build_content().shortlists))
    seventh = [row for row in rows if row["成果编号"] == 'A "7" & <i>']
    assert [(row["适配需求数"], row["入选需求数"], row["概率"]) for row in seventh] == [(1, 2, 0.5), (1, 2, 0.004)]
    suited = [row["适配需求数"] for row in rows]
    assert suited == sorted(suited, reverse=True)
    assert "A-0012" not in {row["成果编号"] for row in rows}


def test_gaps_rows_set_aside_and_notes_are_complete(book):
    gaps = read_rows(book["缺口需求"])
    assert [(row["需求编号"], row["其概率"]) for row in gaps] == [("N-0003", 0.35), ("N-0005", None)]
    rejected = read_rows(book["搁置的行"])
    assert rejected[0] == {
        "文件": "需求.xlsx",
        "工作表": "2026年",
        "行号": 17,
        "原因": "没有需求名称",
        "内容": f"N-0017,,{SCRIPT}",
    }
    notes = {row[0]: row[1] for row in book["说明"].iter_rows(max_col=2, values_only=True) if row[0]}
    assert notes["生成日期"] == "2026-11-02"
    assert notes["缺口需求"] == 2
    assert notes["未进入任何清单的成果"] == 1
    assert notes["每条需求列出"] == "10"
    assert notes[SCRIPT] == FORMULA
    assert any("80%" in text for text in notes)


def test_nothing_runs_as_a_formula_or_a_link(written, book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    values = [cell.value for cell in cells]
    for hostile in (FORMULA, SCRIPT, IMAGE, "=1+1", "+1", "-1", "@SUM(A1)"):
        assert hostile in values or any(hostile in value for value in values if isinstance(value, str))
    with zipfile.ZipFile(written) as archive:
        for name in archive.namelist():
            assert "hyperlink" not in name.lower()
            if name.startswith("xl/worksheets/sheet"):
                xml = archive.read(name).decode("utf-8")
                assert not re.search(r"<f[ >]|<hyperlink", xml)


def test_sheets_are_laid_out_for_reading(book):
    sheet = book["按需求"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:W{sheet.max_row}"
    headings = [cell.value for cell in sheet[1]]
    column = headings.index("概率") + 1
    assert sheet.cell(2, column).number_format == "0%"
    ranges = {str(block.sqref) for block in sheet.conditional_formatting}
    letter = openpyxl.utils.get_column_letter(column)
    assert f"{letter}2:{letter}{sheet.max_row}" in ranges
    assert sheet.cell(2, 2).alignment.wrap_text
    assert sheet.column_dimensions["B"].width > 20
    first, second = sheet.cell(2, 2), sheet.cell(3, 2)
    assert first.value == second.value == "冬天电池没电，求低温电解液"
    assert first.font.color is None or first.font.color.rgb != second.font.color.rgb


def test_the_same_content_gives_the_same_bytes(written, tmp_path):
    again = write_workbook(build_content(), tmp_path / "again.xlsx")
    assert again.read_bytes() == written.read_bytes()
    properties = open_book(again).properties
    assert (properties.created.year, properties.created.month, properties.created.day) == (2026, 11, 2)


def test_a_text_too_long_for_a_cell_is_shortened_with_a_mark(tmp_path):
    need = Profile(id="N-1", kind="need", title="长", description="长" * 200_000 + "完")
    path = write_workbook(build_content(needs=[need], shortlists=[]), tmp_path / "long.xlsx")
    (row,) = read_rows(open_book(path)["缺口需求"])
    text = row["需求内容"]
    assert len(text) == CELL_LIMIT
    assert text.endswith("（原文共 200001 字，超出单元格上限，此处截断）")


@settings(max_examples=50)
@given(st.text(max_size=50), st.sampled_from([1, 1_000, 3_000]))
def test_a_cleaned_text_fits_a_cell_and_is_legal_xml(text, times):
    cleaned = clean_text(text * times)
    assert len(cleaned.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert not re.search("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", cleaned)


def test_cleaning_keeps_emoji_and_lines_and_never_cuts_an_emoji_in_half():
    assert clean_text("😀\r\n行\t二") == "😀\n行\t二"
    assert clean_text("a\x00b\x0bc\ud800d\uffff") == "abcd"
    cut = clean_text("😀" * 20_000)
    assert cut.endswith("😀…")
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT


def test_a_sheet_that_excel_cannot_hold_is_refused_and_the_old_file_stays(tmp_path, monkeypatch):
    path = tmp_path / "shortlists.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr("matchmaker.report.sheets.ROW_LIMIT", 30)
    with pytest.raises(TableError, match="搁置的行.*30 rows"):
        write_workbook(build_content(rejected=[Rejection("a.csv", "", row, "空行") for row in range(2, 40)]), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_report_still_opens(tmp_path):
    content = build_content(achievements={}, needs=[], shortlists=[], rejected=[], notices=[], settings={})
    book = open_book(write_workbook(content, tmp_path / "empty.xlsx"))
    assert book.sheetnames == SHEETS["zh"]
    assert book["按需求"].max_row == 1


def test_every_profile_of_the_content_reaches_the_workbook(book):
    shown = {row["需求编号"] for row in read_rows(book["按需求"])}
    assert shown == {need.id for need in NEEDS}
    matched = {row["成果编号"] for row in read_rows(book["按成果"])}
    assert matched == {profile.id for profile in ACHIEVEMENTS} - {"A-0012"}
