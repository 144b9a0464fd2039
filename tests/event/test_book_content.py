from dataclasses import replace
from datetime import date

import pytest
from docking_day import build_day, make_party

from matchmaker.docking import Candidate, Unmet
from matchmaker.errors import MatchmakerError, RecordError, SettingError, UnknownIdError
from matchmaker.report import BookContent
from matchmaker.report.event_wording import words_for_event

DAY = build_day()
FIRST = DAY.timetable.meetings[0]


def changed(meeting=None, **timetable):
    """Return the day with its first meeting, or its timetable, changed."""
    if meeting:
        timetable["meetings"] = (replace(FIRST, **meeting), *DAY.timetable.meetings[1:])
    return {"timetable": replace(DAY.timetable, **timetable)}


def wished(**candidate):
    one = {"need_id": "N-0001", "achievement_id": "A-0024", "enterprise": "E-1", "team": "T-1", "probability": 0.5}
    return {"candidates": (Candidate(**one | candidate),)}


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"lang": "fr"}, SettingError, "zh, en"),
        (changed({"need_id": "N-9999"}), UnknownIdError, "N-9999"),
        (changed({"achievement_id": "A-9999"}), UnknownIdError, "A-9999"),
        (changed({"team": "T-99"}), UnknownIdError, "T-99"),
        (changed({"team": "E-5"}), RecordError, "sits there as team but is enterprise"),
        (changed({"slot": 7}), RecordError, "slots 1 to 6"),
        (changed({"slot": 0}), RecordError, "slots 1 to 6"),
        (changed({"table": "99"}), RecordError, "主厅 A"),
        (changed({"probability": float("nan")}), RecordError, "nan"),
        (changed({"table": "2"}), RecordError, "slot 1 and table '2' hold 2 meetings"),
        (changed(meetings=(FIRST, replace(FIRST, table="3"))), RecordError, "in slot 1 party 'E-1' sits at 2 tables"),
        (changed(meetings=(FIRST, replace(FIRST, slot=6))), RecordError, "meet 2 times"),
        (changed(unmet=(Unmet("E-99"),)), UnknownIdError, "E-99"),
        (changed(parties={"E": make_party("X", "enterprise", "甲", ())}, meetings=(), unmet=()), RecordError, "'E'"),
        (wished(need_id="N-9999"), UnknownIdError, "a candidate of need 'N-9999'"),
        (wished(probability=1.5), RecordError, "1.5"),
        ({"candidates": 2 * wished()["candidates"]}, RecordError, "are 2 candidates"),
    ],
)
def test_content_that_cannot_be_shown_is_refused(changes, error, said):
    with pytest.raises(error, match=said) as caught:
        build_day(**{"candidates": (), **changes})
    assert isinstance(caught.value, MatchmakerError)


def test_what_became_of_a_meeting_is_known():
    added, moved, same = DAY.timetable.meetings[:3]
    assert DAY.came_from(added) is added
    assert (DAY.came_from(moved).slot, DAY.came_from(moved).table) == (5, "2")
    assert DAY.came_from(same) is None
    assert build_day(changed=False).came_from(added) is None


def test_who_and_what_left_the_timetable_is_shown_by_its_id():
    assert DAY.name_party("T-9") == "T-9"
    assert DAY.title_need("N-9999") == "N-9999"
    assert DAY.title_need("N-0001").startswith("钒电池")
    assert str(DAY.slot(1)) == "09:00–09:20"
    assert str(DAY.slot(99)) == "99"


def test_a_day_without_anybody_can_be_shown():
    empty = build_day(**changed(parties={}, meetings=(), unmet=()), candidates=(), changes=None)
    assert empty.count_meetings("E-1") == 0
    assert isinstance(empty, BookContent)
    with pytest.raises(AttributeError):
        empty.made_on = date(2020, 1, 1)


@pytest.mark.parametrize("place", ["book", "workbook", "calendar", "printing"])
def test_both_languages_have_the_same_words_and_placeholders(place):
    chinese, english = words_for_event(place, "zh"), words_for_event(place, "en")
    assert chinese.keys() == english.keys()
    for key in chinese.keys() - {"day"}:  # a Chinese day has no name of a month
        assert chinese[key] and english[key], key
        assert placeholders(chinese[key]) == placeholders(english[key]), key


def placeholders(text):
    return sorted({piece.split("}")[0] for piece in text.split("{")[1:]})


@pytest.mark.parametrize(("place", "lang"), [("book", "fr"), ("poster", "zh")])
def test_unknown_words_are_refused_with_a_list_of_what_there_is(place, lang):
    with pytest.raises(SettingError, match="zh, en|book, calendar, printing, workbook"):
        words_for_event(place, lang)
