import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.docking import Mark
from matchmaker.event import list_followups
from matchmaker.marking import OBSTACLES, RESULTS, STATES
from matchmaker.proceedings import Outcome
from matchmaker.records import Notice
from matchmaker.report.followups import write_followup_workbook

DAY, LATER = date(2026, 11, 9), date(2026, 11, 30)
NAMES = {"N-1": "甲公司", "N-2": "乙公司", "A-1": "星海大学 韩砚秋", "A-2": "渤海大学"}


def follow(*marks, planned=True, lang="zh"):
    return list_followups([Outcome(mark, planned) for mark in marks], NAMES, DAY, LATER, lang=lang)


@pytest.mark.parametrize(
    ("mark", "found"),
    [
        ({"state": "held", "again": True, "again_by": "enterprise"}, [("甲公司", "星海大学 韩砚秋", "second_meeting")]),
        ({"state": "held", "again": True, "again_by": "team"}, [("星海大学 韩砚秋", "甲公司", "second_meeting")]),
        (
            {"state": "held", "again": True},
            [("星海大学 韩砚秋", "甲公司", "second_meeting"), ("甲公司", "星海大学 韩砚秋", "second_meeting")],
        ),
        ({"state": "held", "again": True, "result": "sample_sent"}, [("星海大学 韩砚秋", "甲公司", "sample")]),
        ({"result": "second_meeting"}, [("主办方", "甲公司、星海大学 韩砚秋", "arranged")]),
        ({"state": "held"}, [("主办方", "甲公司、星海大学 韩砚秋", "no_result")]),
        ({"state": "missed"}, [("主办方", "甲公司、星海大学 韩砚秋", "missed")]),
        ({}, [("主办方", "甲公司、星海大学 韩砚秋", "unmarked")]),
        ({"state": "held", "result": "failed"}, [("主办方", "甲公司、星海大学 韩砚秋", "no_reason")]),
        ({"state": "held", "result": "failed", "obstacle": "price"}, []),
        ({"state": "held", "again": True, "result": "contract"}, []),
    ],
)
def test_who_waits_for_whom(mark, found):
    followups = follow(Mark("N-1", "A-1", **mark))
    assert sorted((one.waiting, one.asked, one.kind) for one in followups) == sorted(found)
    assert all(one.since == DAY and one.days == 21 and one.next_step for one in followups)


def test_they_are_listed_by_the_party_that_waits_the_organisers_last():
    found = follow(
        Mark("N-1", "A-1", "held"),
        Mark("N-2", "A-1", "held", result="sample_sent"),
        Mark("N-1", "A-2", "held", again=True, again_by="enterprise"),
        Mark("N-2", "A-2", "held", again=True, again_by="team"),
    )
    assert [one.waiting for one in found] == ["星海大学 韩砚秋", "渤海大学", "甲公司", "主办方"]
    assert found[0].next_step == "样品已送：请乙公司试用并答复结果"
    english = follow(Mark("N-9", "A-9", "held"), lang="en")[0]
    assert (english.waiting, english.asked) == ("the organisers", "N-9, A-9")
    assert follow(Mark("N-1", "A-1"), planned=False) == []


def codes(words):
    return st.sampled_from(["", *(word.code for word in words)])


MARKS = st.builds(
    Mark,
    st.sampled_from(["N-1", "N-2"]),
    st.sampled_from(["A-1", "A-2"]),
    state=codes(STATES),
    again=st.booleans(),
    result=codes(RESULTS),
    obstacle=codes(OBSTACLES),
    again_by=st.sampled_from(["", "enterprise", "team", "both"]),
)


@given(MARKS)
def test_every_planned_pair_is_either_settled_or_followed_up(mark):
    settled = mark.result == "contract" or (mark.result == "failed" and mark.obstacle)
    assert bool(follow(mark)) is not bool(settled)


def test_the_workbook_shows_them_and_stays_harmless(tmp_path):
    found = follow(Mark("N-1", "A-1", "held", result="sample_sent"), Mark("N-2", "A-1", "held", result="sample_sent"))
    notices = [Notice("a.json", "", 3, "请核实")]
    one, two = (
        write_followup_workbook(found, {"N-1": "=1+1"}, notices, DAY, tmp_path / name) for name in ("1.xlsx", "2.xlsx")
    )
    assert one.read_bytes() == two.read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(one.read_bytes()))
    assert book.sheetnames == ["跟进清单", "提示"]
    rows = [[cell.value for cell in row] for row in book["跟进清单"].iter_rows()]
    assert rows[1][:3] == ["星海大学 韩砚秋", "甲公司", "已送样，待答复"] and rows[1][4:8] == [
        "2026-11-09",
        21,
        "N-1",
        "=1+1",
    ]
    assert book["跟进清单"]["H2"].data_type == "s" and book["提示"]["D2"].value == "请核实"
