from datetime import date

import pytest
from report_content import ACHIEVEMENTS, NEEDS, build_content, make_match

from matchmaker.errors import MatchmakerError, RecordError, SettingError, UnknownIdError
from matchmaker.records import Evidence, Match, Shortlist, Term
from matchmaker.report import ReportContent
from matchmaker.report.content import count_exposure, count_fields, district_of
from matchmaker.report.files import write_whole
from matchmaker.report.wording import words_for

NEED, SUPPLY = NEEDS[0], ACHIEVEMENTS[0]


def replace_match(**values):
    match = {"need_id": NEED.id, "achievement_id": SUPPLY.id, "rank": 1, "score": 0.0, "probability": 0.5} | values
    return {"shortlists": [Shortlist(NEED.id, (Match(**match),))]}


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"lang": "fr"}, SettingError, "zh, en"),
        ({"needs": [NEED, NEED], "shortlists": []}, RecordError, "N-0001"),
        ({"shortlists": [Shortlist(NEED.id, ()), Shortlist(NEED.id, ())]}, RecordError, "occurs 2 times"),
        ({"shortlists": [Shortlist("N-9999", ())]}, UnknownIdError, "N-9999"),
        ({"shortlists": [Shortlist(NEED.id, (), suitable=1)]}, RecordError, "suitable=1"),
        (replace_match(achievement_id="A-9999"), UnknownIdError, "A-9999"),
        (replace_match(probability=1.2), RecordError, "1.2"),
        (replace_match(probability=float("nan")), RecordError, "nan"),
        (replace_match(score=float("inf")), RecordError, "finite"),
        (replace_match(evidence=Evidence(terms=(Term("bm25", 1.0, float("nan")),))), RecordError, "finite"),
    ],
)
def test_content_that_cannot_be_shown_is_refused(changes, error, said):
    with pytest.raises(error, match=said):
        build_content(**changes)


def test_a_need_without_a_shortlist_counts_as_a_gap():
    content = build_content()
    shortlists = {need.id: shortlist for need, shortlist in content.pairs()}
    assert list(shortlists) == [need.id for need in NEEDS]
    assert shortlists["N-0005"] == Shortlist("N-0005", ())
    fields = {row.field: (row.served, row.gaps) for row in count_fields(content)}
    assert fields["现代农业"] == (0, 1)
    assert fields["电子信息"] == (1, 1)
    assert sum(served + gaps for served, gaps in fields.values()) == len(NEEDS)


def test_exposure_counts_every_match_once_and_lists_institutions_that_were_never_proposed():
    content = build_content()
    exposure = {row.institution: row for row in count_exposure(content)}
    assert (exposure["渤海海洋大学"].suitable, exposure["渤海海洋大学"].others) == (1, 1)
    assert (exposure["连港交通大学"].suitable, exposure["连港交通大学"].others) == (0, 0)
    assert sum(row.suitable for row in exposure.values()) == sum(row.suitable for row in content.shortlists)
    assert sum(row.suitable + row.others for row in exposure.values()) == sum(map(len, content.shortlists))


def test_achievements_wanted_by_most_needs_come_first_and_their_needs_by_falling_probability():
    matches = {
        need.id: tuple(
            make_match(need, ACHIEVEMENTS[place], rank, chance) for rank, (place, chance) in enumerate(rows, 1)
        )
        for need, rows in zip(NEEDS, ([(1, 0.9), (0, 0.6)], [(0, 0.8)], [(2, 0.3), (0, 0.1)]), strict=False)
    }
    suitable = {"N-0001": 2, "N-0002": 1, "N-0003": 0}
    content = build_content(shortlists=[Shortlist(name, matches[name], suitable[name]) for name in matches])
    wanted = [(a.id, [(n.id, ok) for n, _, ok in rows]) for a, rows in content.wanted()]
    assert wanted == [
        ("A-0001", [("N-0002", True), ("N-0001", True), ("N-0003", False)]),
        ("A-0002", [("N-0001", True)]),
        ("A-0003", [("N-0003", False)]),
    ]


@pytest.mark.parametrize(
    ("region", "district"),
    [
        ("甘井子区", "甘井子区"),
        ("大连市甘井子区", "甘井子区"),
        ("辽宁省大连市长兴岛经济区", "长兴岛经济区"),
        ("辽宁省大连市长海县", "长海县"),
        ("瓦房店市", "瓦房店市"),
        ("大连市瓦房店市", "瓦房店市"),
        ("大连市", "大连市"),
        ("辽宁省", "辽宁省"),
        ("内蒙古自治区呼和浩特市新城区", "新城区"),
        ("  ", ""),
        ("高新区", "高新区"),
    ],
)
def test_a_district_is_the_same_however_much_of_the_address_was_written(region, district):
    assert district_of(region) == district


def test_both_languages_have_the_same_words_and_placeholders():
    for place in ("page", "workbook"):
        chinese, english = words_for(place, "zh"), words_for(place, "en")
        assert chinese.keys() == english.keys()
        assert all(chinese.values())
        assert all(english.values())
        for key in chinese:
            assert sorted(set(_placeholders(chinese[key]))) == sorted(set(_placeholders(english[key]))), key


def _placeholders(text):
    return [piece.split("}")[0] for piece in text.split("{")[1:]]


@pytest.mark.parametrize(("place", "lang"), [("page", "fr"), ("poster", "zh")])
def test_unknown_words_are_refused_with_a_list_of_what_there_is(place, lang):
    with pytest.raises(SettingError, match="zh, en|page, workbook"):
        words_for(place, lang)


def test_a_file_is_replaced_whole_or_left_alone(tmp_path, monkeypatch):
    path = write_whole(tmp_path / "new" / "a.txt", b"first")
    assert path.read_bytes() == b"first"

    def refuse(source, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(MatchmakerError, match="close it"):
        write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_content_is_frozen():
    content = build_content()
    assert isinstance(content, ReportContent)
    with pytest.raises(AttributeError):
        content.made_on = date(2020, 1, 1)
