import json
import re
from dataclasses import replace

from docking_day import ACHIEVEMENTS, NEEDS, SCRIPT, build_day, build_hostile, build_large
from hypothesis import given
from hypothesis import strategies as st
from test_report_page import Page, read_source

from matchmaker.docking import Changes
from matchmaker.report import render_book, write_book
from matchmaker.report.book import collect_book
from matchmaker.report.book_wording import BOOK
from matchmaker.report.event_wording import words_for_event

DAY = build_day()


def test_the_book_is_one_file_that_asks_nothing_of_any_host():
    html = render_book(DAY)
    page = Page(html)
    assert page.policy["default-src"] == "'none'"
    assert page.policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in str(page.policy)
    for tag, attributes in page.elements:
        assert tag not in ("img", "iframe", "object", "embed", "base")
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "action")]
        assert attributes.get("href", "#") in ("#", "data:,")
    assert not re.findall(
        r"https?://(?!www\.w3\.org/2000/svg)", page.text_of("script", "module") + page.text_of("style")
    )


def test_the_same_content_gives_the_same_bytes(tmp_path):
    assert (
        write_book(build_day(), tmp_path / "a.html").read_bytes() == write_book(DAY, tmp_path / "b.html").read_bytes()
    )


def test_data_holds_each_profile_that_meets_once_and_names_places_by_number():
    data = collect_book(DAY)
    meetings = DAY.timetable.meetings
    assert [need["id"] for need in data["needs"]] == list(dict.fromkeys(m.need_id for m in meetings))
    assert len(data["meetings"]) == len(meetings)
    for drawn, meeting in zip(data["meetings"], meetings, strict=True):
        assert data["slots"][drawn["slot"]] == str(DAY.slot(meeting.slot))
        assert data["parties"][drawn["enterprise"]]["name"] == DAY.name_party(meeting.enterprise)
        assert data["achievements"][drawn["achievement"]]["title"] == ACHIEVEMENTS[meeting.achievement_id].title
    assert data["tables"] == ["1 号桌", "2 号桌", "3 号桌", "主厅 A"]
    assert data["needs"][0]["questions"] == DAY.questions["N-0001"]
    assert "reasons" not in data["meetings"][-1]  # asked for, on no shortlist


def test_evidence_stands_where_the_text_says_it():
    data = collect_book(DAY)
    seen = 0
    for meeting in data["meetings"]:
        for side, register in (("need", NEEDS), ("achievement", ACHIEVEMENTS)):
            profile = register[data[f"{side}s"][meeting[side]]["id"]]
            for part, marks in meeting.get(f"{side}_marks", {}).items():
                text = {"title": profile.title, "description": profile.description}.get(part)
                for start, end, *terms in marks if text else ():
                    covered = text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
                    said = [meeting["terms"][term] for term in terms]
                    assert any(covered in term or term in covered for term in said)  # repeats become one mark
                    seen += 1
    assert seen > 20


def test_what_changed_is_marked_on_the_meeting_and_what_was_cancelled_listed():
    data = collect_book(DAY)
    assert [meeting.get("change") for meeting in data["meetings"][:3]] == ["added", "moved", None]
    assert data["meetings"][1]["was"] == ["10:20–10:40", "2 号桌"]
    (gone,) = data["dropped"]
    assert (gone["names"][1], gone["team"], gone["was"]) == ("T-9", -1, ["09:20–09:40", "3 号桌"])
    assert data["versioned"]
    assert not collect_book(build_day(changed=False))["versioned"]
    assert collect_book(build_day(changes=Changes()))["versioned"]


def test_an_unmet_wish_without_words_gets_those_of_its_code():
    first, second = collect_book(DAY)["unmet"]
    assert first["message"].startswith("对方场次已满：")
    assert second["message"] == "双方没有共同的时间"
    assert second["pair"] == [NEEDS["N-0002"].title, ACHIEVEMENTS["A-0047"].title]
    odd = replace(DAY.timetable.unmet[1], reason="strange")
    assert collect_book(build_day(timetable=replace(DAY.timetable, unmet=(odd,))))["unmet"][0]["message"] == "strange"


def test_telephone_numbers_and_other_columns_stay_out():
    phone = replace(NEEDS["N-0001"], extra={"联系电话": "0411-88886666"})
    assert "88886666" not in render_book(build_day(needs={**NEEDS, "N-0001": phone}))


def test_hostile_texts_stay_data():
    html = render_book(build_hostile())
    page = Page(html)
    assert [tag for tag, _ in page.elements].count("script") == 2
    data = json.loads(page.text_of("script", "application/json"))
    assert data["title"] == SCRIPT
    assert SCRIPT in [party["name"] for party in data["parties"]]


@given(title=st.text(alphabet=st.characters(codec=None), max_size=40), question=st.text(max_size=40))
def test_any_text_comes_through_the_page_unchanged(title, question):
    content = build_small(title, question)
    data = json.loads(Page(render_book(content)).text_of("script", "application/json"))
    assert data["title"] == title
    assert data["needs"][0]["questions"] == [question]


def build_small(title, question):
    meeting = DAY.timetable.meetings[0]
    return replace(
        DAY,
        title=title,
        questions={meeting.need_id: (question,)},
        timetable=replace(DAY.timetable, meetings=(meeting,), unmet=()),
        changes=None,
        candidates=(),
    )


def test_a_large_day_stays_a_small_file():
    content = build_large()
    assert len(content.timetable.meetings) == 800
    assert len(render_book(content).encode()) < 3_000_000


def test_every_word_that_the_book_asks_for_exists_and_none_is_left_over():
    names = ("book.html.jinja", "elements.js", "book_marks.js", "book_party.js", "book_paper.js", "book.js")
    sources = "\n".join(map(read_source, names))
    own = "\n".join(read_source(name) for name in names if name != "elements.js")  # which also draws what is no book's
    asked = set(re.findall(r"\bwords\.(\w+)", own)) | set(re.findall(r'\bsay\("(\w+)"[,)]', own))
    assert asked <= words_for_event("book", "zh").keys()
    prefixes = ("unmet_", "number_", "ask_")  # chosen by a code
    for key in BOOK["zh"]:
        assert key.startswith(prefixes) or re.search(rf'words\.{key}\b|"{key}"|\b{key}:', sources), key
