import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.marking import DECISION_FORM, DECISIONS, OBSTACLES, OUTCOME_FORM, RESULTS, STATES, YES, find_word

LISTS = {"decisions": DECISIONS, "states": STATES, "results": RESULTS, "obstacles": OBSTACLES, "yes": YES}


@pytest.mark.parametrize("name", LISTS)
def test_every_word_is_found_by_all_its_names_and_by_no_other(name):
    for word in LISTS[name]:
        for written in (word.code, word.zh, word.en, *word.also):
            assert find_word(LISTS[name], written) is word, written
            assert find_word(LISTS[name], f" {written.upper()}　") is word, written


def test_codes_are_those_of_the_records():
    assert [word.code for word in DECISIONS] == ["must", "wish", "veto"]
    assert [word.code for word in STATES] == ["held", "cut_short", "missed"]
    assert [word.code for word in RESULTS] == ["second_meeting", "sample_sent", "contract", "failed"]
    assert len({word.code for word in OBSTACLES}) == 10


@pytest.mark.parametrize("form", [DECISION_FORM, OUTCOME_FORM])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headers_of_a_form_differ_and_sheets_can_be_named_so(form, lang):
    names = [column.name(lang) for column in form.columns]
    assert len(set(names)) == len(names)
    assert len(form.sheet.name(lang)) <= 31
    assert {column.code for column in form.columns} >= {"need_id", "achievement_id", "comment"}


def test_choices_fit_into_a_list_of_a_spreadsheet():
    for words in LISTS.values():
        for lang in ("zh", "en"):
            assert len(",".join(word.name(lang) for word in words)) <= 255
            assert not any("," in word.name(lang) for word in words)


@given(st.text())
def test_whatever_is_written_is_a_word_or_none(text):
    assert find_word(DECISIONS, text) in (None, *DECISIONS)
