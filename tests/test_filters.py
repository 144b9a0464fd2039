import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from attributes import FIELDS, ORGANISATIONS, PLACES, TAG_LISTS
from hypothesis import given
from hypothesis import strategies as st
from matching import HashEncoder, achievement, invent_profiles, need

from matchmaker import Filter, Matchmaker
from matchmaker.columns import UNKNOWN, Tags
from matchmaker.rank.tagtable import TagTable
from matchmaker.understanding import Industry

NOBODY = Tags()
RULES = [
    Filter(fields=("精细化工",)),
    Filter(regions=("大连",)),
    Filter(institutions=("甲所",)),
    Filter(min_maturity=6),
    Filter(same_field=True),
    Filter(same_region=True),
    Filter(meet_maturity=True),
    Filter(fields=("精细化工", "现代农业"), min_maturity=4, same_region=True, meet_maturity=True),
]


def some_of(names):
    return st.lists(st.sampled_from(names), max_size=2).map(tuple)


SOME_RULES = st.builds(
    Filter,
    fields=some_of(FIELDS),
    regions=some_of(PLACES),
    institutions=some_of(ORGANISATIONS),
    min_maturity=st.integers(0, 9),
    same_field=st.booleans(),
    same_region=st.booleans(),
    meet_maturity=st.booleans(),
    industries=some_of(("26", "C26", "38", "C")),
    infer_fields=st.booleans(),
    min_confidence=st.sampled_from([0.0, 0.5, 0.7]),
    as_of=st.sampled_from([UNKNOWN, 150]),
)


def slow_allow(rules, wanted, offered):
    """The rules as their documentation says them, one pair at a time."""

    def field(tags):
        sure = rules.infer_fields and tags.field_confidence >= rules.min_confidence
        return tags.likely_field if sure else tags.field

    ours, theirs, industry = field(wanted), field(offered), offered.industry
    verdicts = [
        not rules.fields or not theirs or theirs in rules.fields,
        not rules.industries
        or industry is None
        or industry.confidence < rules.min_confidence
        or industry.code in [code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in rules.industries],
        not rules.regions or not offered.region or any(place in rules.regions for place in offered.region),
        not rules.institutions or not offered.organisation or offered.organisation in rules.institutions,
        offered.maturity == UNKNOWN or offered.maturity >= rules.min_maturity,
        not rules.same_field or not ours or not theirs or ours == theirs,
        not rules.same_region
        or not wanted.region
        or not offered.region
        or any(place in wanted.region for place in offered.region),
        not rules.meet_maturity
        or UNKNOWN in (wanted.maturity, offered.maturity)
        or offered.maturity >= wanted.maturity,
        rules.as_of == UNKNOWN or wanted.deadline == UNKNOWN or wanted.deadline >= rules.as_of,
    ]
    return all(verdicts)


def some_tags(count, seed):
    rng = random.Random(seed)
    return [
        Tags(
            field=rng.choice(["精细化工", "现代农业", ""]),
            region=rng.choice([("辽宁", "大连"), ("大连",), ("沈阳",), ()]),
            organisation=rng.choice(["甲所", "乙校", ""]),
            maturity=rng.choice([UNKNOWN, 3, 6, 9]),
            deadline=rng.choice([UNKNOWN, 100, 200]),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("as_of", [UNKNOWN, 150])
@pytest.mark.parametrize("rules", RULES)
def test_rules_equal_their_description(rules, as_of):
    rules = Filter(**{name: getattr(rules, name) for name in Filter.__slots__} | {"as_of": as_of})
    needs, supply = some_tags(12, 1), some_tags(30, 2)
    allowed = rules.allow(needs, TagTable.of(supply))
    expected = [[slow_allow(rules, wanted, offered) for offered in supply] for wanted in needs]
    assert allowed is not None and (allowed == expected).all()
    # What is asked of no need by itself is answered once for all.
    assert len(allowed) == 1 or rules.same_field or rules.same_region or rules.meet_maturity or as_of != UNKNOWN
    assert not np.array(expected).all()


@given(SOME_RULES, TAG_LISTS, TAG_LISTS)
def test_any_rules_equal_their_description(rules, needs, supply):
    expected = np.array([[slow_allow(rules, wanted, offered) for offered in supply] for wanted in needs], bool)
    allowed = rules.allow(needs, TagTable.of(supply))
    if allowed is None:
        assert expected.all()
    else:
        assert allowed.dtype == bool and allowed.shape in [(len(needs), len(supply)), (1, len(supply))]
        assert all(np.array_equal(mask, allowed[row % len(allowed)]) for row, mask in enumerate(expected))


@given(SOME_RULES.filter(lambda rules: rules.fields or rules.institutions), TAG_LISTS)
def test_many_names_are_searched_as_few_are(rules, supply):
    supply, others = TagTable.of(supply), tuple(f"无此{number}" for number in range(40))
    more = replace(
        rules,
        fields=(*rules.fields, *others) if rules.fields else (),
        institutions=(*rules.institutions, *others) if rules.institutions else (),
    )
    one, other = (found.allow([NOBODY], supply) for found in (rules, more))
    assert (one is None and other is None) or np.array_equal(one, other)


@pytest.mark.parametrize("rules", RULES)
def test_what_is_unknown_excludes_nobody(rules):
    supply = [NOBODY, NOBODY]
    for wanted in (NOBODY, *some_tags(10, 3)):
        allowed = rules.allow([wanted], TagTable.of(supply))
        assert allowed is None or allowed.all()


def test_no_rules_allow_everything_without_a_table():
    supply = TagTable.of(some_tags(3, 2))
    assert Filter().allow(some_tags(3, 1), supply) is None
    assert Filter(as_of=50).allow(some_tags(3, 1), supply) is None


@pytest.mark.parametrize(("deadline", "gone"), [(99, True), (100, False), (101, False), (UNKNOWN, False)])
def test_a_need_expires_the_day_after_its_deadline(deadline, gone):
    assert Filter(as_of=100).expired(Tags(deadline=deadline)) is gone


@pytest.fixture(scope="module")
def engine():
    return Matchmaker(encoder=HashEncoder(), candidates=10).fit(invent_profiles("achievement", 80))


@pytest.mark.parametrize(
    "rules", [Filter(fields=("海洋经济",)), Filter(same_field=True), Filter(min_maturity=6, regions=("沈阳",))]
)
def test_a_need_never_loses_places_to_what_it_may_not_be_shown(engine, rules):
    needs = invent_profiles("need", 12)
    for wanted, shortlist in zip(needs, engine.shortlist(needs, k=10, filter=rules), strict=True):
        # The same as a register that never held what is not allowed, but for the words' weights.
        mask = rules.allow([engine._analyst.analyse([wanted]).tags[0]], engine._supply.parts[0].segment.tags)[0]
        names = {name for name, kept in zip(engine._supply.ids, mask, strict=True) if kept}
        assert {match.achievement_id for match in shortlist} <= names
        assert len(shortlist) == min(10, len(names))


def test_expired_needs_get_empty_lists_and_keep_their_place(engine):
    from datetime import date

    days = (date(2026, 11, 9) - date(1970, 1, 1)).days
    needs = [
        need("N-1", "海参育苗", date=date(2026, 11, 8)),
        need("N-2", "海参育苗", date=date(2026, 11, 9)),
        need("N-3", "海参育苗"),
    ]
    found = engine.shortlist(needs, filter=Filter(as_of=days))
    assert [(shortlist.need_id, len(shortlist)) for shortlist in found] == [("N-1", 0), ("N-2", 10), ("N-3", 10)]
    assert found[0].suitable == 0
    assert [len(shortlist) for shortlist in engine.shortlist(needs)] == [10, 10, 10]


def test_rules_are_read_as_people_write_attributes():
    engine = Matchmaker(encoder=HashEncoder()).fit(
        [
            achievement("A", "海参", field="新能源", region="辽宁省大连市"),
            achievement("B", "海参", field="化工", region="辽宁省沈阳市"),
            achievement("C", "海参"),
        ]
    )

    def shown(**rules):
        return sorted(
            match.achievement_id for match in engine.shortlist([need("N", "海参")], filter=Filter(**rules))[0]
        )

    for written in ("清洁能源", "新能源", "洁净能源"):
        assert shown(fields=(written,)) == ["A", "C"]
    for written in ("大连市", "大连", "辽宁省大连市", "遼寧省大連市"):
        assert shown(regions=(written,)) == ["A", "C"]
    assert shown(regions=("辽宁省",)) == ["A", "B", "C"]
    assert shown(fields=("生物医药",)) == ["C"]
    assert list(itertools.chain(shown(), shown(regions=("全国",)))) == ["A", "B", "C"] * 2


def test_inferred_fields_and_industries_count_from_a_confidence_on():
    sure = Tags(likely_field="精细化工", field_confidence=0.9, industry=Industry("division", "26", "", 0.9))
    vague = Tags(likely_field="精细化工", field_confidence=0.5, industry=Industry("division", "26", "", 0.5))
    stated = Tags(field="现代农业", likely_field="现代农业", field_confidence=1.0)
    needs, supply = [Tags(field="现代农业")], [sure, vague, stated, Tags()]

    def allowed(**rules):
        mask = Filter(**rules).allow(needs, TagTable.of(supply))
        return [True] * 4 if mask is None else mask[0].tolist()

    # What is only inferred excludes nothing unless that is asked for, and what is unknown never does.
    assert allowed(fields=("现代农业",)) == [True, True, True, True]
    assert allowed(fields=("现代农业",), infer_fields=True) == [False, True, True, True]
    assert allowed(fields=("现代农业",), infer_fields=True, min_confidence=0.4) == [False, False, True, True]
    assert allowed(same_field=True, infer_fields=True) == [False, True, True, True]
    assert allowed(industries=("C38",)) == [False, True, True, True]
    assert allowed(industries=("C26", "38")) == [True, True, True, True]
