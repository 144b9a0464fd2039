import re
import warnings
import zipfile

import openpyxl
import pytest
from docking_day import ACHIEVEMENTS, NEEDS, build_day, build_hostile

from matchmaker.marking import DECISION_FORM, DECISIONS, OBSTACLES, OUTCOME_FORM, RESULTS, STATES, find_word
from matchmaker.report import write_event_workbook

DAY = build_day()


def open_book(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know the bars in the column of probabilities
        return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return open_book(write_event_workbook(DAY, tmp_path_factory.mktemp("book") / "event.xlsx"))


def rows_of(sheet):
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_sheets_have_an_order(book):
    assert book.sheetnames == ["总表", "按时段", "按桌", "按人", "意见征集", "未安排", "对接结果", "说明"]


def test_the_grid_has_a_place_for_every_meeting(book):
    sheet = book["总表"]
    assert [cell.value for cell in sheet[1]][:2] == ["桌号", "09:00–09:20"]
    filled = [cell.value for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row if cell.value]
    assert len(filled) == len(DAY.timetable.meetings) + 1
    assert "停用" in filled
    first = DAY.timetable.meetings[0]
    assert sheet["B2"].value == f"{DAY.name_party(first.enterprise)}\n{DAY.name_party(first.team)}"


def test_meetings_are_listed_by_slot_and_by_table(book):
    by_slot, by_table = rows_of(book["按时段"]), rows_of(book["按桌"])
    assert [row["需求编号"] for row in by_slot] == [m.need_id for m in DAY.timetable.meetings]
    assert [row["变动"] for row in by_slot[:3]] == ["新增", "改动、原为 10:20–10:40 2 号桌", None]
    tables = [row["桌号"] for row in by_table]
    assert list(dict.fromkeys(tables)) == ["1 号桌", "2 号桌", "3 号桌", "主厅 A"]
    assert sorted(row["需求编号"] for row in by_table) == sorted(row["需求编号"] for row in by_slot)
    assert by_slot[0]["概率"] == pytest.approx(0.8)


def test_every_party_finds_its_day(book):
    rows = rows_of(book["按人"])
    for party in DAY.parties.values():
        own = [row for row in rows if row["名称"] == party.name]
        assert len(own) == max(1, DAY.count_meetings(party.id))
        assert {row["类别"] for row in own} == {"企业" if party.role == "enterprise" else "团队"}
    first = next(row for row in rows if row["名称"] == NEEDS["N-0001"].organisation)
    assert "双方均涉及" in first["为什么见面"]
    assert first["可以问什么"].splitlines() == list(DAY.questions["N-0001"])


def test_decisions_can_be_filled_in_and_read_back_by_their_ids(book):
    sheet = book[DECISION_FORM.sheet.zh]
    rows = rows_of(sheet)
    assert list(rows[0]) == [column.zh for column in DECISION_FORM.columns]
    assert [(row["需求编号"], row["成果编号"]) for row in rows] == [
        (one.need_id, one.achievement_id) for one in DAY.candidates
    ]
    assert (rows[0]["意见"], rows[0]["备注"], rows[1]["意见"]) == ("必谈", "先谈价格", "希望")
    assert find_word(DECISIONS, rows[0]["意见"]).code == "must"
    assert rows[0]["已安排"] == "09:00–09:20 1 号桌"
    assert lists_of(sheet) == {"意见": [word.zh for word in DECISIONS]}


def test_outcomes_offer_their_choices(book):
    sheet = book[OUTCOME_FORM.sheet.zh]
    rows = rows_of(sheet)
    assert list(rows[0]) == [column.zh for column in OUTCOME_FORM.columns]
    assert len(rows) == len(DAY.timetable.meetings)
    assert all(row["当天情况"] is None and row["备注"] is None for row in rows)
    assert lists_of(sheet) == {
        "当天情况": [word.zh for word in STATES],
        "希望再谈": ["是"],
        "后续结果": [word.zh for word in RESULTS],
        "堵点": [word.zh for word in OBSTACLES],
    }
    amounts = [rule for rule in sheet.data_validations.dataValidation if rule.type == "decimal"]
    assert [(rule.operator, rule.formula1) for rule in amounts] == [("greaterThanOrEqual", "0")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_only_the_two_forms_ask_for_answers(tmp_path, lang):
    asked = {"decision", "state", "again", "result", "amount", "obstacle", "comment"}
    columns = {*DECISION_FORM.columns, *OUTCOME_FORM.columns}
    answers = {column.name(lang) for column in columns if column.code in asked} | {"原因", "reason", "结果", "状态"}
    book = open_book(write_event_workbook(build_day(lang), tmp_path / "event.xlsx"))
    forms = {form.sheet.name(lang) for form in (DECISION_FORM, OUTCOME_FORM)}
    for sheet in book:
        if sheet.title not in forms:
            assert not answers & {str(cell.value).casefold() for cell in sheet[1]}, sheet.title


def lists_of(sheet):
    """Return the choices that a sheet offers, by heading; every row below the header must offer them."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            (area,) = rule.sqref.ranges
            assert (area.min_row, area.max_row) == (2, sheet.max_row)
            found[sheet.cell(1, area.min_col).value] = rule.formula1.strip('"').split(",")
    return found


def test_what_is_unmet_is_listed_with_reason_and_help(book):
    rows = rows_of(book["未安排"])
    assert [(row["名称"], row["希望场次"], row["安排场次"]) for row in rows] == [
        (DAY.name_party("E-1"), 4, 3),
        (DAY.name_party("T-2"), 1, 0),
    ]
    assert rows[0]["未安排原因"] == "对方场次已满"
    assert "再加 1 场" in rows[0]["说明与办法"]
    assert rows[0]["需求编号"] is None
    assert rows[1]["成果名称"] == ACHIEVEMENTS["A-0047"].title


def test_the_notes_say_how_to_fill_in(book):
    text = "\n".join(str(cell) for row in book["说明"].iter_rows(values_only=True) for cell in row if cell is not None)
    assert "“意见征集”：只填黄色两列" in text
    assert "500000" in text
    assert "2026 年 11 月 20 日（星期五）" in text


def test_the_english_workbook_has_english_words_and_choices(tmp_path):
    book = open_book(write_event_workbook(build_day("en"), tmp_path / "event.xlsx"))
    assert book.sheetnames[4] == "Decisions"
    assert rows_of(book["Decisions"])[0]["decision"] == "must"
    assert lists_of(book["Outcomes"])["state"] == ["held", "cut short", "missed"]


def test_slots_without_hours_have_numbers(tmp_path):
    book = open_book(write_event_workbook(build_day(hours=False), tmp_path / "event.xlsx"))
    assert [cell.value for cell in book["总表"][1]][1:3] == ["第 1 时段", "第 2 时段"]


def test_the_same_content_gives_the_same_bytes(tmp_path):
    one, two = (write_event_workbook(build_day(), tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == two


def test_no_text_becomes_a_formula_or_a_link(tmp_path):
    path = write_event_workbook(build_hostile(), tmp_path / "event.xlsx")
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                sheet = parts.read(name).decode()
                assert not re.search(r"<f[ >]", sheet)
                assert "<hyperlink" not in sheet
    values = [cell for sheet in open_book(path) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert '=HYPERLINK("http://x","y")' in values
