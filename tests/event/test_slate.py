from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import SettingError
from matchmaker.event import Quota, SlateRules, choose_slate
from matchmaker.records import Match, Profile

HOMES, FIELDS = ("U1", "U2", "U3"), ("洁净能源", "电子信息")


def make_pool(homes):
    return [
        Profile(id=f"A-{row}", kind="achievement", title="t", organisation=home, field=FIELDS[row % 2])
        for row, home in enumerate(homes)
    ]


def listed(need, *pairs):
    return [Match(need, name, rank, 0.0, chance) for rank, (name, chance) in enumerate(pairs, start=1)]


@st.composite
def instances(draw):
    size = draw(st.integers(3, 7))
    pool = make_pool([draw(st.sampled_from(HOMES)) for _ in range(size)])
    matches = []
    for need in range(draw(st.integers(0, 4))):
        rows = draw(st.lists(st.integers(0, size - 1), unique=True, max_size=size))
        chances = [draw(st.integers(0, 100)) / 100 for _ in rows]
        matches += listed(f"N-{need}", *((f"A-{row}", chance) for row, chance in zip(rows, chances, strict=True)))
    levels = {profile.id: draw(st.integers(0, 9)) for profile in pool}
    known = sorted({profile.organisation for profile in pool})
    quotas = [Quota("institution", draw(st.sampled_from(["", *known])), most=draw(st.integers(1, 3)))]
    quotas.append(Quota("institution", draw(st.sampled_from(known)), least=draw(st.integers(0, 2))))
    quotas.append(Quota("field", FIELDS[0], least=draw(st.integers(0, 1)), most=draw(st.integers(1, 4))))
    rules = SlateRules(
        k=draw(st.integers(1, 4)),
        quotas=tuple(quotas),
        min_level=draw(st.integers(0, 6)),
        key_fields=frozenset(draw(st.lists(st.sampled_from(FIELDS), max_size=1))),
        include=tuple(draw(st.lists(st.sampled_from([one.id for one in pool]), max_size=1))),
        exclude=tuple(draw(st.lists(st.sampled_from([one.id for one in pool]), max_size=1))),
    )
    twins = [(pool[0].id, pool[1].id)] if draw(st.booleans()) else []
    return pool, matches, rules, levels, twins


def keeps(names, pool, rules, levels, twins):
    """The rules, told a second time and plainly."""
    homes = {one.id: one.organisation for one in pool}
    fields = {one.id: one.field for one in pool}
    for quota in rules.quotas:
        place = homes if quota.by == "institution" else fields
        for value in [quota.name] if quota.name else set(place.values()):
            count = sum(place[name] == value for name in names)
            if count < quota.least or (quota.most is not None and count > quota.most):
                return False
    return (
        len(names) == rules.k
        and not any(0 < levels[name] < rules.min_level and name not in rules.include for name in names)
        and set(rules.include) <= set(names)
        and not set(rules.exclude) & set(names)
        and not any(len(set(group) & set(names)) > 1 for group in twins)
    )


def value_of(names, pool, matches, rules, levels):
    total = 0.0
    for need in {match.need_id for match in matches}:
        best = sorted((m.probability for m in matches if m.need_id == need and m.achievement_id in names), reverse=True)
        total += sum(share * chance for share, chance in zip(rules.returns, best, strict=False))
    fields = {one.id: one.field for one in pool}
    return total + sum(0.2 * levels[name] / 9 + 0.2 * (fields[name] in rules.key_fields) for name in names)


@settings(max_examples=120)
@given(instances())
def test_the_slate_keeps_all_rules_and_is_worth_what_brute_force_finds(instance):
    pool, matches, rules, levels, twins = instance
    allowed = [
        names for names in combinations([one.id for one in pool], rules.k) if keeps(names, pool, rules, levels, twins)
    ]
    if not allowed:
        with pytest.raises(SettingError, match="改动最小的办法：."):
            choose_slate(pool, matches, rules, levels=levels, twins=twins)
        return
    slate = choose_slate(pool, matches, rules, levels=levels, twins=twins)
    assert keeps(slate.chosen, pool, rules, levels, twins)
    best = max(value_of(names, pool, matches, rules, levels) for names in allowed)
    assert value_of(slate.chosen, pool, matches, rules, levels) == pytest.approx(slate.value)
    assert slate.value == pytest.approx(best, abs=1e-3)
    assert slate.value <= slate.bound and slate.gap < 1e-3
    assert sorted(entry.achievement_id for entry in slate.entries) == sorted(one.id for one in pool)
    assert [entry.order for entry in slate.entries] == list(range(1, len(pool) + 1))
    assert all(entry.reason for entry in slate.entries)
    assert choose_slate(pool, matches, rules, levels=levels, twins=twins) == slate


# Four achievements for four needs, worth 0.9, 0.8, 0.7, 0.6; the best two are of U1 and immature or alike as asked.
POOL = make_pool(["U1", "U1", "U2", "U3"])
MATCHES = [match for row in range(4) for match in listed(f"N-{row}", (f"A-{row}", 0.9 - row / 10))]
LEVELS = {"A-0": 3, "A-1": 6, "A-2": 6, "A-3": 6}


def entry_of(slate, name):
    return next(entry for entry in slate.entries if entry.achievement_id == name)


@pytest.mark.parametrize(
    ("rules", "twins", "chosen", "code"),
    [
        ({"quotas": (Quota("institution", "U1", most=1),)}, (), {"A-0", "A-2"}, "institution"),
        ({"quotas": (Quota("institution", most=1),)}, (), {"A-0", "A-2"}, "institution"),
        ({"quotas": (Quota("institution", "U3", least=1),)}, (), {"A-0", "A-3"}, "institution"),
        ({"quotas": (Quota("field", "洁净能源", least=2),)}, (), {"A-0", "A-2"}, "field"),
        ({"quotas": (Quota("field", "洁净能源", most=0),)}, (), {"A-1", "A-3"}, "field"),
        ({"min_level": 4}, (), {"A-1", "A-2"}, "immature"),
        ({"exclude": ("A-0",)}, (), {"A-1", "A-2"}, "excluded"),
        ({"include": ("A-3",)}, (), {"A-0", "A-3"}, "outranked"),
        ({}, (("A-0", "A-1"),), {"A-0", "A-2"}, "twin"),
    ],
)
def test_each_rule_changes_the_slate_and_is_the_reason_told(rules, twins, chosen, code):
    bare = SlateRules(k=2, maturity_weight=0, key_weight=0)
    assert set(choose_slate(POOL, MATCHES, bare, levels=LEVELS).chosen) == {"A-0", "A-1"}
    ruled = SlateRules(k=2, maturity_weight=0, key_weight=0, **rules)
    slate = choose_slate(POOL, MATCHES, ruled, levels=LEVELS, twins=twins)
    assert set(slate.chosen) == chosen
    displaced = ({"A-0", "A-1"} - chosen).pop()
    assert entry_of(slate, displaced).code == code


def test_ten_achievements_for_one_need_do_not_fill_the_slate():
    pool = make_pool(["U1"] * 12)
    crowded = listed("N-0", *((f"A-{row}", 0.9) for row in range(10)))
    others = [*listed("N-1", ("A-10", 0.25)), *listed("N-2", ("A-11", 0.3))]
    rules = SlateRules(k=4, maturity_weight=0)
    assert {"A-10", "A-11"} <= set(choose_slate(pool, [*crowded, *others], rules).chosen)
    # the fourth for a need adds nothing
    assert {"A-10", "A-11"} <= set(choose_slate(pool, [*crowded, *others], SlateRules(k=5)).chosen)


def test_maturity_and_key_fields_break_even_matches():
    even = [match for row in range(4) for match in listed(f"N-{row}", (f"A-{row}", 0.5))]
    mature = SlateRules(k=1, maturity_weight=0.2)
    assert choose_slate(POOL, even, mature, levels={"A-2": 9, "A-1": 1}).chosen == ("A-2",)
    keyed = SlateRules(k=1, key_fields=frozenset(["电子信息"]), maturity_weight=0)
    assert choose_slate(POOL, even, keyed).chosen[0] in ("A-1", "A-3")


def test_reasons_say_what_would_have_to_change():
    rules = SlateRules(k=2, maturity_weight=0, quotas=(Quota("institution", "U1", most=1),))
    slate = choose_slate(POOL, MATCHES, rules, levels=LEVELS, lang="en")
    left = entry_of(slate, "A-1")
    assert left.order == 3 and left.reason == 'kept out by "at most 1 of institution "U1""'
    assert left.change == (
        'with at most 2 of institution "U1", instead of 1, it takes the place of A-2 (+0.10 expected matches)'
    )
    # and what it says is true
    freed = SlateRules(k=2, maturity_weight=0, quotas=(Quota("institution", "U1", most=2),))
    assert set(choose_slate(POOL, MATCHES, freed, levels=LEVELS).chosen) == {"A-0", "A-1"}
    nearly = entry_of(slate, "A-3")
    assert (nearly.code, nearly.change) == ("outranked", "0.10 expected matches short, or a longer slate")
    owed = choose_slate(POOL, MATCHES, SlateRules(k=2, quotas=(Quota("institution", "U3", least=1),)), lang="zh")
    assert entry_of(owed, "A-3").code == "least" and "至少 1 项" in entry_of(owed, "A-3").reason


@pytest.mark.parametrize(
    ("rules", "binding", "relief"),
    [
        ({"k": 5}, "5 achievements in all", "4 achievements in all, instead of 5"),
        (
            {"k": 4, "quotas": (Quota("institution", "U1", most=1), Quota("institution", "U2", least=1))},
            '4 achievements in all; at most 1 of institution "U1"',
            'at most 2 of institution "U1", instead of 1',
        ),
        (
            {"k": 2, "quotas": (Quota("institution", least=1),)},
            "2 achievements in all; at least 1 of each institution",
            "at least 0 of each institution, instead of 1",
        ),
        (
            {"k": 4, "min_level": 5},
            "4 achievements in all; maturity of at least 5",
            "1 achievements of a maturity below 5 let in",
        ),
        ({"k": 1, "include": ("A-0",), "exclude": ("A-0",)}, "A-0 must be in; what was struck off", "A-0 no longer"),
    ],
)
def test_rules_that_contradict_each_other_are_named_with_the_smallest_change(rules, binding, relief):
    with pytest.raises(SettingError) as caught:
        choose_slate(POOL, MATCHES, SlateRules(**rules), levels=LEVELS, lang="en")
    told = str(caught.value)
    assert told.startswith(f"these rules cannot all be kept: {binding}")
    assert relief in told.partition("would do: ")[2]


@settings(max_examples=40)
@given(instances())
def test_the_change_that_is_named_really_frees_the_rules(instance):
    from matchmaker.event.slate_limits import find_relief, list_limits

    pool, _, rules, levels, twins = instance
    limits = list_limits(
        pool,
        {one.id: one.field for one in pool},
        k=rules.k,
        quotas=rules.quotas,
        immature=[row for row, one in enumerate(pool) if 0 < levels[one.id] < rules.min_level],
        min_level=rules.min_level,
        include=rules.include,
        exclude=rules.exclude,
        twins=twins,
        lang="en",
    )
    rows = range(len(pool))

    def possible(limits):
        return any(
            all(limit.holds(frozenset(chosen)) for limit in limits)
            for size in range(len(pool) + 1)
            for chosen in combinations(rows, size)
        )

    if possible(limits):
        return
    binding, relief = find_relief(len(pool), limits)
    assert not possible(binding)
    assert all(possible([other for other in binding if other is not limit]) for limit in binding)
    changed = {(one.kind, one.by, one.name, one.number): one for one in relief}
    freed = []
    for limit in limits:
        one = changed.get((limit.kind, limit.by, limit.name, limit.number))
        if one is None:
            freed.append(limit)
            continue
        number = one.number + one.slack if one.upper else one.number - one.slack
        freed.append(type(limit)(limit.kind, number, limit.groups, limit.by, limit.name))
    assert possible(freed)


def test_names_that_the_pool_does_not_have_are_refused():
    with pytest.raises(SettingError, match="A-9"):
        choose_slate(POOL, MATCHES, SlateRules(k=1, include=("A-9",)))
    with pytest.raises(SettingError, match="U9.*U1、U2、U3"):
        choose_slate(POOL, MATCHES, SlateRules(k=1, quotas=(Quota("institution", "U9", most=1),)))
    with pytest.raises(SettingError, match="k is 0"):
        SlateRules(k=0)
    with pytest.raises(SettingError, match="at least 3, at most 2"):
        Quota("field", "x", 3, 2)
