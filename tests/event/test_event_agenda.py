import tomllib
from datetime import time
from pathlib import Path

import pytest
from event_cases import HEAD, agenda_of, needs_of, teams_of
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import SettingError
from matchmaker.event import name_parties, parse_agenda, read_agenda
from matchmaker.event.forms import FilesForm, LimitsForm, PlanForm
from matchmaker.event.places import find_lines, line_of
from matchmaker.event.wording import MESSAGES

WHOLE = (
    HEAD
    + """place = "三楼"

[slots]
start = "09:00"
end = "12:00"
minutes = 20
pause = 5
breaks = ["10:15-10:30"]   # 茶歇

[hall]
tables = ["A1", "A2"]
closed = [
  { table = "A2", when = ["9:00-9:30"] },
  { table = "A1", when = 6 },
]

[enterprises]
least = 1
most = 6

[teams]
in_a_row = 3

[[party]]
name = "企业1"
available = ["9:00-10:20"]

[[party]]
name = "某所"
role = "team"
most = 4

[files]
needs = "需求.csv"
"""
)


def errors_of(text, lang="zh"):
    with pytest.raises(SettingError) as caught:
        parse_agenda(text, lang=lang)
    return str(caught.value).split("\n")


def test_a_whole_agenda(tmp_path):
    (tmp_path / "EVENT.toml").write_text(WHOLE, encoding="utf-8")
    agenda = read_agenda(tmp_path / "EVENT.toml")
    hall = agenda.occasion.hall
    assert [str(slot) for slot in hall.slots] == [
        *("09:00–09:20", "09:25–09:45", "09:50–10:10", "10:30–10:50", "10:55–11:15", "11:20–11:40"),
    ]
    assert hall.closed == {(1, "A2"), (2, "A2"), (6, "A1")}
    assert (agenda.enterprises.least, agenda.enterprises.most, agenda.teams.in_a_row) == (1, 6, 3)
    assert agenda.overrides[0].available == {1, 2, 3}
    assert WHOLE.split("\n")[agenda.overrides[0].line - 1] == 'name = "企业1"'
    assert agenda.files["needs"] == tmp_path / "需求.csv"
    assert len(agenda.sha256) == 64
    roll = name_parties(agenda, needs_of(2), teams_of(2))
    assert [party.most for party in roll.parties.values()] == [6, 6, 4, 4]
    assert roll.parties["E-002"].available == {1, 2, 3}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes = 20", "minuts = 20", "是否应为 minutes"),
        ("minutes = 20", "minutes = 0", "不应小于 1"),
        ('end = "12:00"', 'end = "08:00"', "不晚于开始 09:00"),
        ('"10:15-10:30"', '"12:15-12:30"', "不在当天 09:00–12:00 之内"),
        ('start = "09:00"', 'start = "早上"', "应为钟点"),
        ('tables = ["A1", "A2"]', "tables = []", "一张桌子也没有"),
        ('tables = ["A1", "A2"]', 'tables = ["A1", "A1"]', "重复"),
        ('{ table = "A1", when = 6 }', '{ table = "A1", when = 9 }', "没有第 9 时段"),
        ('{ table = "A1", when = 6 }', '{ table = "B1" }', "没有桌子“B1”"),
        ("least = 1", "least = 7", "大于 most 6"),
        ("most = 6", 'most = "六"', "应为整数"),
        ('role = "team"', 'role = "所"', "之一"),
        ("[files]", "[file]", "是否应为 files"),
        ('name = "企业1"', 'nom = "企业1"', "是否应为 name"),
        ('place = "三楼"', "place = 三楼", "不是有效的 TOML"),
        ('available = ["9:00-10:20"]', 'available = ["9:00-9:05"]', "没有一个完整的时段"),
        ("date = 2026-11-20", 'date = "2026-11-20"', "不加引号"),
        ("date = 2026-11-20", "date = 2026-02-30", "没有这样的日期"),
    ],
)
def test_every_error_names_its_line_what_was_found_and_what_to_do(old, new, told):
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    errors = errors_of(text)
    # The line is where the text really has it, not what this table remembers.
    found = next(number for number, content in enumerate(text.split("\n"), start=1) if new in content)
    assert any(error.startswith(f"EVENT.toml 第 {found} 行：") and told in error for error in errors), errors


def test_all_errors_come_at_once_and_in_english_too():
    text = WHOLE.replace("minutes = 20", "minuts = 20").replace("most = 6", "most = 0")
    text = text.replace('tables = ["A1", "A2"]', 'tables = "many"')
    errors = errors_of(text, "en")
    assert len(errors) == 4  # the unknown key, and the one that is missing for it
    assert [error.split(":")[0] for error in errors] == [
        "EVENT.toml line 6",
        "EVENT.toml line 9",
        "EVENT.toml line 14",
        "EVENT.toml line 22",
    ]


def test_no_slots_and_nothing_at_all():
    assert errors_of(HEAD + "slots = 0\nhall.tables = 2\n") == [
        "EVENT.toml 第 4 行：slots 为 0：对接会至少要有一个时段"
    ]
    assert len(errors_of("")) == 5
    with pytest.raises(SettingError, match="no-such"):
        read_agenda("no-such.toml")


def test_an_exception_for_nobody_is_an_error_with_its_line_and_the_nearest_names():
    agenda = agenda_of(extra='\n[[party]]\nname = "企业11"\nmost = 2\n[[party]]\nname = "zzz"\n')
    with pytest.raises(SettingError) as caught:
        name_parties(agenda, needs_of(3), teams_of(1))
    first, second = str(caught.value).split("\n")
    assert first.startswith("EVENT.toml 第 18 行") and "相近的：企业1" in first
    assert second.startswith("EVENT.toml 第 21 行") and "按登记表中的写法" in second


def test_a_slot_that_a_break_would_touch_begins_after_it():
    agenda = parse_agenda(
        HEAD + '[slots]\nstart = "11:40"\nend = "14:00"\nminutes = 30\nbreaks = [{ start = "12:00", end = "13:30" }]\n'
        "[hall]\ntables = 1\n"
    )
    assert [slot.start for slot in agenda.occasion.hall.slots] == [time(13, 30)]


def test_both_languages_say_the_same_things():
    assert MESSAGES["zh"].keys() == MESSAGES["en"].keys()
    for key, text in MESSAGES["zh"].items():
        assert set(_fields(text)) == set(_fields(MESSAGES["en"][key])), key


def _fields(text):
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,6}", fullmatch=True),
            st.sampled_from(['"x # y"', "1", '["a",\n  "]"]', "{ k = [1, 2] }", '"""\n = [\n"""', "'\\'", '"\\""']),
        ),
        unique_by=lambda pair: pair[0],
        max_size=8,
    ),
    st.booleans(),
)
def test_lines_agree_with_the_text(pairs, nested):
    text, where = "# first\n", {}
    if nested:
        text += "[[t.u]]\n[[t.u]]\n"
    for key, value in pairs:
        where[key] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    parsed = tomllib.loads(text)
    lines = find_lines(text)
    for key, line in where.items():
        path = ("t", "u", 1, key) if nested else (key,)
        assert line_of(lines, path) == line
        content = parsed["t"]["u"][1][key] if nested else parsed[key]
        if isinstance(content, list):
            assert lines[(*path, 1)] == line + 1


def test_the_agenda_of_the_handbook_is_a_whole_one():
    page = (Path(__file__).parents[2] / "docs" / "event.md").read_text(encoding="utf-8")
    block = page.split("```toml\n")[1].split("```")[0]
    agenda = parse_agenda(block)
    assert len(agenda.occasion.hall.slots) == 14 and len(agenda.files) == 8
    named = {line.split("=")[0].strip() for line in block.split("\n") if "=" in line}
    assert set(PlanForm.model_fields) | set(FilesForm.model_fields) | set(LimitsForm.model_fields) <= named
    fresh = parse_agenda(HEAD + "slots = 1\nhall.tables = 1\n")
    for name in ("wish", "asked", "fairness", "time_limit", "gap", "k"):
        assert getattr(agenda, name) == getattr(fresh, name)  # it shows what is so without it


def test_numbers_are_finite_and_bounds_are_told_as_they_are():
    errors = errors_of(
        HEAD + "slots = 2\nhall.tables = 2\n[plan]\ntime_limit = inf\nfairness = 1.0\nminimum = 2.0\n", "en"
    )
    assert [error.split("; ")[1] for error in errors] == [
        "it must be a number",
        "it must be below 1",
        "it must not be above 1.0",
    ]
    assert "大于 0" in errors_of(HEAD + "slots = 2\nhall.tables = 2\nplan.time_limit = 0\n")[0]


def test_one_break_needs_no_list_and_hours_are_read_as_people_say_them():
    day = 'hall.tables = 2\n[slots]\nstart = "9点"\nend = "12点"\nminutes = 30\nbreaks = "10点半-11:00"\n'
    hall = parse_agenda(HEAD + day).occasion.hall
    assert [f"{slot.start:%H:%M}" for slot in hall.slots] == ["09:00", "09:30", "10:00", "11:00", "11:30"]
