import math

import numpy as np
import pytest
from attributes import TAG_LISTS
from hypothesis import given as drawn
from hypothesis import strategies as st
from matching import HashEncoder, achievement, invent_profiles, need

from matchmaker.columns import UNKNOWN, Tags
from matchmaker.rank import lexical
from matchmaker.rank.features import FEATURES, PRECEDENTS, TAG_FEATURES, Pairs, compare, compare_tags, lean
from matchmaker.rank.precedents import USUAL, USUAL_NOISE, JudgedPairs, Shares, fit_precedents
from matchmaker.rank.quantities import match_quantities
from matchmaker.rank.segments import mean_direction
from matchmaker.rank.supply import Demand, Supply
from matchmaker.rank.tagtable import TagTable
from matchmaker.text.analysis import Analyst
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.vectors import CachedEncoder
from matchmaker.understanding import Industry, Quantity

BATTERIES, FISHERY = Industry("division", "38", "", 0.5), Industry("division", "04", "", 1.0)


def asked(name, low=-math.inf, high=math.inf, unit="%"):
    return Quantity(name, low, high, unit, bound=True)


def given(name, low, high=None, unit="%"):
    return Quantity(name, low, low if high is None else high, unit)


def sure(field, confidence):
    return {"likely_field": field, "field_confidence": confidence}


@pytest.fixture(scope="module")
def analyst():
    return Analyst(Segmenter(), CachedEncoder(HashEncoder()))


@pytest.fixture(scope="module")
def sides(analyst):
    supply = Supply(16).append(analyst.analyse(invent_profiles("achievement", 25)))
    return Demand.of(analyst.analyse(invent_profiles("need", 6)), supply.statistics), supply


def every_pair(demand, supply):
    return Pairs(
        np.repeat(np.arange(len(demand.columns)), len(supply)), np.tile(np.arange(len(supply)), len(demand.columns))
    )


def some_precedents(demand, supply):
    vectors = JudgedPairs(demand.profile_vectors, supply.vectors(np.arange(12)), np.arange(12) // 4)
    return fit_precedents(vectors, np.linspace(-1, 1, 12), Shares(USUAL, USUAL_NOISE))


def test_nothing_learned_adds_nothing(sides):
    features = compare(*sides, every_pair(*sides))
    assert not features[:, FEATURES.index(PRECEDENTS)].any()


def test_every_feature_has_its_column(sides):
    pairs = every_pair(*sides)
    features = compare(*sides, pairs, some_precedents(*sides))
    assert features.shape == (len(pairs), len(FEATURES)) and features.dtype == np.float64
    assert np.isfinite(features).all()
    assert len(set(FEATURES)) == len(FEATURES)
    # The invented texts set no bounds to quantities.
    varied = [name not in ("targets", "likely_field", "industry") for name in FEATURES]
    assert (features.std(axis=0)[varied] > 0).all()
    for name in ("dense", "dense_title", "dense_text"):
        assert np.abs(features[:, FEATURES.index(name)]).max() <= 1 + 1e-6
    for name in ("grams", "grams_title"):
        column = features[:, FEATURES.index(name)]
        assert column.min() >= 0 and column.max() <= 1 + 1e-9
    for name in ("bm25", "bm25_title", "rare_terms"):
        assert features[:, FEATURES.index(name)].min() >= 0


def test_dense_features_are_cosines(sides):
    demand, supply = sides
    pairs = every_pair(demand, supply)
    features = compare(demand, supply, pairs)
    titles = (demand.columns.title_vectors @ supply.parts[0].segment.title_vectors.T).ravel()
    assert features[:, FEATURES.index("dense_title")] == pytest.approx(titles, abs=1e-6)
    means = (
        mean_direction(demand.columns.title_vectors, demand.columns.text_vectors)
        @ supply.vectors(np.arange(len(supply))).T
    ).ravel()
    assert features[:, FEATURES.index("dense")] == pytest.approx(means, abs=1e-6)


def test_focus_is_what_the_achievement_alone_has(sides):
    demand, supply = sides
    focus = compare(demand, supply, every_pair(demand, supply))[:, FEATURES.index("focus")]
    described = [tags.focus for tags in supply.parts[0].segment.tags.described]
    assert len(set(described)) > 1
    assert focus.reshape(len(demand.columns), -1).tolist() == [described] * len(demand.columns)


def test_a_pair_alone_is_compared_as_among_many(sides):
    pairs = every_pair(*sides)
    features = compare(*sides, pairs)
    for row in range(0, len(pairs), 7):
        one = Pairs(pairs.needs[[row]], pairs.supply[[row]])
        assert np.array_equal(compare(*sides, one)[0], features[row])
    assert compare(*sides, Pairs(pairs.needs[:0], pairs.supply[:0])).shape == (0, len(FEATURES))


def test_leanings_are_those_of_each_pair_in_every_segment(analyst, sides):
    demand, whole = sides
    profiles = invent_profiles("achievement", 25)
    parts = Supply(16).append(analyst.analyse(profiles[:10])).append(analyst.analyse(profiles[10:]))
    vectors = JudgedPairs(demand.profile_vectors, whole.vectors(np.arange(12)), np.arange(12) // 4)
    steps = np.stack([np.linspace(-1, 1, 12), np.arange(12) % 3], axis=1)
    precedents = fit_precedents(vectors, steps, Shares(USUAL, USUAL_NOISE), leading=1)
    pairs = every_pair(*sides)
    leanings = lean(demand, whole, pairs, precedents)
    assert leanings.shape == (len(pairs), 2) and leanings[:, 0].std() > 0 and not leanings[:, 1].any()
    assert np.array_equal(lean(demand, parts, pairs, precedents), leanings)
    assert lean(demand, whole, pairs, None).tolist() == [[0]] * len(pairs)


def test_only_what_is_asked_for_is_compared(sides):
    pairs = every_pair(*sides)
    everything = compare(*sides, pairs, some_precedents(*sides))
    for names in ({"dense", "bm25_title", "region"}, {PRECEDENTS, "grams"}, set()):
        some = compare(*sides, pairs, some_precedents(*sides), names)
        kept = np.array([name in names for name in FEATURES])
        assert np.array_equal(some[:, kept], everything[:, kept]) and not some[:, ~kept].any()


@pytest.mark.parametrize("size", [1, 7, 25])
def test_pairs_may_be_scored_in_pieces_of_any_size(sides, monkeypatch, size):
    pairs = every_pair(*sides)
    together = compare(*sides, pairs)
    monkeypatch.setattr(lexical, "_PAIRS", size)
    assert np.array_equal(compare(*sides, pairs), together)


def test_a_need_alone_is_prepared_as_among_many(analyst, sides):
    _, supply = sides
    needs = invent_profiles("need", 6)
    together = compare(sides[0], supply, every_pair(*sides))
    alone = [Demand.of(analyst.analyse([one]), supply.statistics) for one in needs]
    assert np.array_equal(np.concatenate([compare(one, supply, every_pair(one, supply)) for one in alone]), together)


def test_a_text_is_most_like_itself(analyst):
    register = invent_profiles("achievement", 12)
    supply = Supply(16).append(analyst.analyse(register))
    demand = Demand.of(analyst.analyse(register), supply.statistics)
    features = compare(demand, supply, every_pair(demand, supply)).reshape(12, 12, -1)
    for name in ("dense", "grams", "grams_title", "bm25"):
        matrix = features[:, :, FEATURES.index(name)]
        assert (matrix.argmax(axis=1) == np.arange(12)).all(), name
    assert features[np.arange(12), np.arange(12), FEATURES.index("grams")] == pytest.approx(1)


def test_rare_words_are_those_of_few_texts(analyst):
    register = [achievement(f"A{number}", f"锂电池第{number}种") for number in range(60)]
    register.append(achievement("B", "锂电池与钙钛矿"))
    supply = Supply(16).append(analyst.analyse(register))
    demand = Demand.of(analyst.analyse([need("N", "锂电池与钙钛矿")]), supply.statistics)
    rare = compare(demand, supply, every_pair(demand, supply))[:, FEATURES.index("rare_terms")]
    assert (rare[:-1] == 0).all() and rare[-1] > 0


@pytest.mark.parametrize(
    ("name", "wanted", "offered", "value"),
    [
        ("field", {"field": "精细化工"}, {"field": "精细化工"}, 1),
        ("field", {"field": "精细化工"}, {"field": "现代农业"}, -1),
        ("field", {"field": "精细化工"}, {}, 0),
        ("field", {}, {}, 0),
        ("maturity", {"maturity": 4}, {"maturity": 6}, 1),
        ("maturity", {"maturity": 6}, {"maturity": 6}, 1),
        ("maturity", {"maturity": 9}, {"maturity": 1}, -1),
        ("maturity", {"maturity": 6}, {"maturity": 4}, -0.25),
        ("maturity", {"maturity": UNKNOWN}, {"maturity": 4}, 0),
        ("maturity", {"maturity": 4}, {}, 0),
        ("region", {"region": ("大连",)}, {"region": ("辽宁", "大连")}, 1),
        ("region", {"region": ("大连",)}, {"region": ("沈阳",)}, 0),
        ("region", {}, {}, 0),
        ("mode", {"modes": frozenset({"转让", "许可"})}, {"modes": frozenset({"许可"})}, 1),
        ("mode", {"modes": frozenset({"转让"})}, {"modes": frozenset({"许可"})}, -1),
        ("mode", {"modes": frozenset({"转让"})}, {}, 0),
        ("likely_field", sure("x", 1.0), sure("x", 0.8), 0.8),
        ("likely_field", sure("x", 0.5), sure("y", 0.8), -0.4),
        ("likely_field", sure("x", 0.5), {}, 0),
        ("industry", {"industry": BATTERIES}, {"industry": BATTERIES}, 0.25),
        ("industry", {"industry": BATTERIES}, {"industry": FISHERY}, -0.5),
        ("industry", {"industry": BATTERIES}, {}, 0),
        ("targets", {"quantities": (asked("收率", low=90),)}, {"quantities": (given("收率", 92),)}, 1),
        ("targets", {"quantities": (asked("收率", low=90),)}, {"quantities": (given("收率", 80),)}, -1),
        ("targets", {"quantities": (asked("收率", low=90), asked("纯度"))}, {"quantities": (given("收率", 92),)}, 1),
        ("targets", {"quantities": (given("收率", 90),)}, {"quantities": (given("收率", 92),)}, 0),
        ("codes", {"codes": frozenset({"316L", "TC4"})}, {"codes": frozenset({"316L"})}, 0.5),
        ("codes", {}, {"codes": frozenset({"316L"})}, 0),
        ("subjects", {"subjects": frozenset({"隔膜"})}, {"subjects": frozenset({"隔膜", "电堆"})}, 1),
        ("subjects", {}, {}, 0),
    ],
)
def test_attributes_are_compared_as_described(name, wanted, offered, value):
    pair = np.zeros(1, np.int64)
    found = compare_tags(TagTable.of([Tags(**wanted)]), TagTable.of([Tags(**offered)]), (pair, pair))
    assert found[name].tolist() == pytest.approx([value])


def slow_features(wanted, offered):
    """The features of attributes as they are described, of one pair."""

    def agree(ours, theirs):
        return 0.0 if not (ours and theirs) else 1.0 if ours == theirs else -1.0

    found = dict.fromkeys(TAG_FEATURES, 0.0)
    found["field"] = agree(wanted.field, offered.field)
    if UNKNOWN not in (wanted.maturity, offered.maturity):
        missing = wanted.maturity - offered.maturity
        found["maturity"] = 1.0 if missing <= 0 else -missing / 8
    found["region"] = float(bool(set(wanted.region) & set(offered.region)))
    if wanted.modes and offered.modes:
        found["mode"] = 1.0 if wanted.modes & offered.modes else -1.0
    both_sure = wanted.field_confidence * offered.field_confidence
    found["likely_field"] = agree(wanted.likely_field, offered.likely_field) * both_sure
    if wanted.industry is not None and offered.industry is not None:
        sign = 1.0 if wanted.industry.code == offered.industry.code else -1.0
        found["industry"] = sign * wanted.industry.confidence * offered.industry.confidence
    verdicts = [one.verdict for one in match_quantities(wanted.quantities, offered.quantities)]
    if verdicts:
        found["targets"] = (verdicts.count("met") - verdicts.count("missed")) / len(verdicts)
    for name in ("codes", "subjects"):
        ours, theirs = getattr(wanted, name), getattr(offered, name)
        found[name] = len(ours & theirs) / len(ours) if ours else 0.0
    return found


@drawn(TAG_LISTS, TAG_LISTS, st.data())
def test_features_of_attributes_equal_those_of_each_pair_to_the_last_bit(needs, supply, data):
    every = [(need, row) for need in range(len(needs)) for row in range(len(supply))]
    chosen = sorted(data.draw(st.lists(st.sampled_from(every), max_size=20)) if every else [])
    pairs = np.array(chosen, np.int64).reshape(-1, 2)
    found = compare_tags(TagTable.of(needs), TagTable.of(supply), (pairs[:, 0], pairs[:, 1]))
    slow = [slow_features(needs[need], supply[row]) for need, row in chosen]
    assert list(found) == list(TAG_FEATURES)
    for name, values in found.items():
        assert values.dtype == np.float64
        assert values.tobytes() == np.array([one[name] for one in slow], float).tobytes(), name


class Asked(list):
    """A list that remembers what it was asked for."""

    def __getitem__(self, row):
        self.seen = [*getattr(self, "seen", ()), row]
        return super().__getitem__(row)


def test_only_achievements_with_quantities_are_read_and_each_once():
    supply = [Tags(), *(Tags(quantities=(given("收率", figure),)) for figure in (92, 80, 99))]
    table = TagTable.from_arrays(TagTable.of(supply).arrays(), Asked(supply))
    needs = [Tags(quantities=(asked("收率", low=90),))] * 2 + [Tags(quantities=(given("收率", 90),))]
    found = compare_tags(TagTable.of(needs), table, (np.repeat(np.arange(3), 3), np.array([0, 1, 2, 0, 1, 2, 0, 1, 3])))
    assert found["targets"].tolist() == [0, 1, -1] * 2 + [0] * 3
    assert sorted(table.described.seen) == [1, 2]


def test_pairs_of_candidates_stand_by_need():
    pairs = Pairs.of([np.array([3, 1]), np.array([], np.int64), np.array([2])])
    assert (pairs.needs.tolist(), pairs.supply.tolist(), len(pairs)) == ([0, 0, 2], [3, 1, 2], 3)


@pytest.mark.parametrize(
    ("wanted", "offered", "verdict"),
    [
        (asked("转化率", low=95), given("氯苯转化率", 97), "met"),
        (asked("转化率", low=95), given("转化率", 90), "missed"),
        (asked("转化率", low=95), asked("转化率", low=90), "open"),
        (asked("转化率", low=95), given("转化率", 80, 90), "open"),
        (asked("误差", -0.3, 0.3, "m"), asked("误差", high=0.2, unit="m"), "met"),
        (asked("定位误差", -0.3, 0.3, "m"), given("定位误差", 0.5, unit="m"), "missed"),
        (asked("氦检一次合格率", low=98), given("气密一次合格率", 99), "met"),
        (asked("壁厚", -0.06, 0.06, "m"), given("壁厚", 0.8, unit="m"), None),
        (asked("转化率", low=95), given("转化率", 97, unit="m"), None),
        (asked("脱硝率", low=95), given("除尘率", 97), None),
        (asked("CE", low=95), given("EE", 97), None),
        (asked("压力", high=10, unit="Pa"), given("压力", 5, unit="Pa"), None),
        (given("转化率", 95), given("转化率", 97), None),
    ],
)
def test_what_is_asked_is_held_against_what_is_offered(wanted, offered, verdict):
    found = match_quantities([wanted], [given("别的", 1), offered])
    assert [(one.need, one.supply, one.verdict) for one in found] == ([] if verdict is None else [(0, 1, verdict)])
