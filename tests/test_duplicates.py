import dataclasses
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching import HashEncoder, achievement, invent_profiles, need

from matchmaker import Matchmaker, read_achievements, read_needs
from matchmaker.delivery import DUPLICATE_HEADER, write_duplicates
from matchmaker.duplicates import NEAR_TEXT, REASONS, _candidates, _grams, _overlap, find_duplicates
from matchmaker.samples import sample_path

TEXT = (
    "采用相转化法制备聚醚砜多孔膜,面电阻低于0.5 Ω·cm2,在两台30 kW电堆上运行14个月,期间未更换膜,"
    "膜材料成本约为全氟磺酸膜的四分之一。"
)


def groups_of(profiles, **options):
    return [(group.members, group.kind) for group in find_duplicates(profiles, **options)]


@given(
    st.lists(st.sets(st.integers(0, 12).map(str), max_size=9).map(frozenset), max_size=12),
    st.sampled_from([0.5, 0.7, 0.8, 1.0]),
)
def test_candidates_are_those_of_comparing_all_with_all(sets, least):
    slow = [
        (a, b)
        for a, b in itertools.combinations(range(len(sets)), 2)
        if sets[a] and sets[b] and _overlap(sets[a], sets[b]) >= least
    ]
    assert _candidates(sets, least) == slow


def test_the_same_text_however_it_is_typed():
    rows = [
        achievement("A", "液流电池膜", TEXT),
        achievement("B", "液流電池膜 ", f"<p>{TEXT}</p>"),
        achievement("C", "海参育苗", "水质"),
    ]
    (group,) = find_duplicates(rows)
    assert (group.members, group.kind, group.similarity) == (("A", "B"), "same_text", 1.0)
    assert group.links[0].reason == "名称与内容相同"


def test_three_rows_of_one_text_are_not_called_near():
    with_text = [achievement(name, "液流电池膜", TEXT) for name in "ABC"]
    bare = [achievement(name, "液流电池膜", "", organisation="某大学") for name in "ABC"]
    for rows in (with_text, bare):
        (group,) = find_duplicates(rows)
        assert (group.kind, {link.kind for link in group.links}) == ("same_text", {"same_text"})


def test_a_near_text_says_how_near_and_which_figures_differ():
    rows = [
        achievement("A", "液流电池膜", TEXT),
        achievement("B", "液流电池膜", TEXT.replace("30 kW", "60 kW") + "可供样。"),
    ]
    (group,) = find_duplicates(rows, lang="en")
    assert group.kind == "near_text" and NEAR_TEXT <= group.similarity < 1
    assert group.links[0].reason.startswith("similar text (") and "figures differ: 30 / 60" in group.links[0].reason


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({}, {}, True),
        ({"title": "一种锂电池电解液"}, {"title": "锂电池电解液技术研究"}, True),
        ({"organisation": "某大学"}, {"organisation": "某研究所"}, False),
        ({"title": "5 kW电堆控制系统"}, {"title": "50 kW电堆控制系统"}, False),
        ({"title": "锂电池电解液"}, {"title": "海参育苗"}, False),
        (
            {"organisation": "某大学", "extra": {"leader": "王某"}},
            {"organisation": "某大学化工学院", "extra": {"leader": "王某"}},
            True,
        ),
    ],
)
def test_one_team_and_one_title(first, second, same):
    start = {"title": "锂电池电解液", "organisation": "某大学"}
    rows = [
        achievement("A", description="低温电解液的配方与性能", **{**start, **first}),
        achievement("B", description="面向无人机的耐寒添加剂体系", **{**start, **second}),
    ]
    assert groups_of(rows) == ([(("A", "B"), "same_team_and_title")] if same else [])


def test_titles_alone_are_no_duplicates_of_another_team():
    rows = [
        achievement("A", "锂电池电解液", organisation="某大学"),
        achievement("B", "锂电池电解液", organisation="某所"),
    ]
    assert groups_of(rows) == []
    assert groups_of([achievement("A", "锂电池电解液"), achievement("B", "锂电池电解液")]) == [
        (("A", "B"), "same_text")
    ]


def test_links_join_groups_and_nothing_is_merged():
    rows = [
        achievement("A", "液流电池膜", TEXT, organisation="某大学"),
        achievement("X", "海参育苗", "海水养殖"),
        achievement("B", "液流电池膜", TEXT, organisation="某大学"),
        achievement("C", "液流电池膜", "与上面的成果出自同一个团队,内容另写。", organisation="某大学"),
    ]
    (group,) = find_duplicates(rows)
    assert group.members == ("A", "B", "C") and group.kind == "same_team_and_title"
    assert {(link.first, link.second) for link in group.links} == {("A", "B"), ("A", "C"), ("B", "C")}


def test_order_of_rows_changes_no_group():
    rows = [
        *invent_profiles("achievement", 40),
        *(dataclasses.replace(one, id=f"{one.id}b") for one in invent_profiles("achievement", 8)),
    ]
    found = {frozenset(group.members) for group in find_duplicates(rows)}
    assert {frozenset({f"A-{number:03d}", f"A-{number:03d}b"}) for number in range(8)} <= found
    shuffled = list(rows)
    random.Random(1).shuffle(shuffled)
    assert {frozenset(group.members) for group in find_duplicates(shuffled)} == found
    assert find_duplicates(rows) == find_duplicates(rows)


def test_the_samples_hold_no_duplicates_but_a_copied_row_is_found():
    rows = list(read_achievements(sample_path("achievements")))
    assert find_duplicates(rows) == []
    assert find_duplicates(list(read_needs(sample_path("needs")))) == []
    copy = dataclasses.replace(rows[3], id="copy", description=rows[3].description[:-12])
    (group,) = Matchmaker(encoder=HashEncoder()).duplicates([*rows, copy])
    assert set(group.members) == {rows[3].id, "copy"}


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12), st.sampled_from(["", "甲", "乙"])), max_size=8))
def test_any_register_can_be_looked_through(texts):
    rows = [need(str(number), title, text, organisation=who) for number, (title, text, who) in enumerate(texts)]
    groups = find_duplicates(rows)
    members = [name for group in groups for name in group.members]
    assert len(members) == len(set(members)) and all(len(group.members) > 1 for group in groups)
    assert all({link.first, link.second} <= set(group.members) for group in groups for link in group.links)


def test_both_languages_have_the_same_words():
    assert REASONS["zh"].keys() == REASONS["en"].keys()
    assert _grams("", 3) == frozenset() and _grams("膜", 3) == {"膜"}


def test_the_table_has_a_row_a_member(tmp_path):
    rows = [achievement("A", "液流电池膜", TEXT), achievement("B", "液流电池膜", TEXT), achievement("C", "x", "y")]
    write_duplicates(tmp_path / "d.csv", rows, find_duplicates(rows))
    lines = (tmp_path / "d.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == ",".join(DUPLICATE_HEADER)
    assert lines[1:] == [
        "1,same_text,A,液流电池膜,,B,1.0000,名称与内容相同",
        "1,same_text,B,液流电池膜,,A,1.0000,名称与内容相同",
    ]
