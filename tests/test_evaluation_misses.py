"""What went wrong: against a slow list, and with the texts of the registers beside it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation import count_misses, find_misses
from matchmaker.evaluation.misses import KINDS
from matchmaker.records import Judgment, Match, Profile, ScoredPair, Shortlist

NAMES = ["A1", "A2", "A3", "A4"]


@st.composite
def judged_lists(draw):
    lists, judgments = [], []
    for number in range(draw(st.integers(1, 4))):
        need = f"N{number}"
        names = draw(st.lists(st.sampled_from(NAMES), unique=True))
        likely = [draw(st.sampled_from([0.0, 0.25, 0.5, 1.0])) for _ in names]
        lists.append(Shortlist(need, tuple(map(Match, [need] * 9, names, range(1, 9), [0.0] * 9, likely))))
        judged = draw(st.sets(st.sampled_from(NAMES), min_size=1))
        judgments += [Judgment(need, name, draw(st.integers(1, 4))) for name in sorted(judged)]
    return lists, judgments


def discount(rank):
    return 1 / math.log2(rank + 1)


def list_slowly(lists, judgments):
    found = []
    for shortlist in lists:
        judged = {one.achievement_id: one.grade for one in judgments if one.need_id == shortlist.need_id}
        places = {match.achievement_id: match for match in shortlist}
        ideal = sum(grade >= 3 for grade in judged.values())
        for name, grade in judged.items():
            key = (shortlist.need_id, name)
            match = places.get(name)
            if match is None:
                if grade >= 3:
                    found.append(("not_listed", discount(ideal), *key))
                continue
            if grade >= 3 and match.rank > ideal:
                found.append(("ranked_low", discount(ideal) - discount(match.rank), *key))
            if grade < 3 and match.rank <= ideal:
                found.append(("ranked_high", discount(match.rank) - discount(ideal + 1), *key))
            if grade < 3 and match.probability >= 0.5:
                found.append(("overconfident", match.probability, *key))
            if grade >= 3 and match.probability < 0.5:
                found.append(("underconfident", 1 - match.probability, *key))
    return sorted(found)


@given(judged_lists())
def test_the_table_equals_a_slow_list(case):
    frame = find_misses(*case)
    rows = frame[["kind", "severity", "need_id", "achievement_id"]].itertuples(index=False, name=None)
    found, expected = sorted(rows), list_slowly(*case)
    assert [row[:1] + row[2:] for row in found] == [row[:1] + row[2:] for row in expected]
    assert [row[1] for row in found] == pytest.approx([row[1] for row in expected])
    assert frame["severity"].is_monotonic_decreasing
    assert frame["severity"].between(0, 1).all() and set(frame["kind"]) <= set(KINDS)


def test_equal_severity_goes_by_grade_then_id():
    lists = [Match(need, name, rank, 0.0, 0.9) for need in ("N2", "N1") for rank, name in enumerate(("A1", "A2"), 1)]
    judgments = [Judgment(need, name, 2 if name == "A1" else 1) for need in ("N2", "N1") for name in ("A1", "A2")]
    frame = find_misses(lists, judgments)
    assert frame[["need_id", "achievement_id"]].to_numpy().tolist() == [
        ["N1", "A2"],
        ["N2", "A2"],
        ["N1", "A1"],
        ["N2", "A1"],
    ]
    assert frame.equals(find_misses(lists[::-1], judgments[::-1]))


def test_scored_pairs_have_no_place_that_could_be_wrong():
    scored = [ScoredPair("N1", "A1", 1.0, 0.9, 3.5), ScoredPair("N1", "A2", 0.0, 0.1, 1.5)]
    frame = find_misses(scored, [Judgment("N1", "A1", 1), Judgment("N1", "A2", 4)])
    assert frame["kind"].tolist() == ["overconfident", "underconfident"]
    assert frame["severity"].tolist() == pytest.approx([0.9, 0.9])


def test_the_registers_bring_texts_and_fields():
    lists = [Match("N1", "A1", 1, 0.0, 0.9), Match("N2", "A1", 1, 0.0, 0.9)]
    judgments = [Judgment("N1", "A1", 1), Judgment("N2", "A1", 2), Judgment("N2", "A7", 4)]
    needs = [
        Profile("N1", "need", "防爆电池", field="洁净能源"),
        Profile("N2", "need", "防腐", "船体", field="海洋经济"),
    ]
    achievements = [Profile("A1", "achievement", "电解液", organisation="甲大学")]
    frame = find_misses(lists, judgments, needs=needs, achievements=achievements)
    assert frame["need_title"].tolist() == ["防腐", "防爆电池", "防腐", "防腐"]
    assert frame.loc[frame["achievement_id"] == "A7", "achievement_title"].tolist() == [""]
    assert set(frame["achievement_organisation"]) == {"甲大学", ""}
    counts = count_misses(frame)
    assert list(counts.columns) == ["need_field", *KINDS, "total"]
    assert counts.to_numpy().tolist() == [["海洋经济", 1, 0, 1, 1, 0, 3], ["洁净能源", 0, 0, 0, 1, 0, 1]]
    assert count_misses(frame, "grade")["total"].sum() == len(frame)


def test_nothing_wrong_gives_an_empty_table():
    frame = find_misses([Match("N1", "A1", 1, 0.0, 0.9)], [Judgment("N1", "A1", 4)], needs=[])
    assert not len(frame) and "need_title" in frame.columns
    assert not len(count_misses(frame))


def test_errors_say_what_to_do():
    lists, judgments = [Match("N1", "A1", 1, 0.0, 0.9)], [Judgment("N1", "A1", 1)]
    with pytest.raises(TableError, match="have no column 'need_field'.*with the registers"):
        count_misses(find_misses(lists, judgments))
    with pytest.raises(SettingError, match="threshold=2 is not between 0 and 1"):
        find_misses(lists, judgments, threshold=2)
    with pytest.raises(TableError, match="none of the 1 judged needs"):
        find_misses(lists, [Judgment("N9", "A1", 1)])
