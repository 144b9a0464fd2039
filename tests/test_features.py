import numpy as np
import pytest
from matching import HashEncoder, achievement, invent_profiles, need

from matchmaker.columns import UNKNOWN, Tags
from matchmaker.rank.features import FEATURES, PRECEDENTS, TAG_FEATURES, Pairs, compare
from matchmaker.rank.precedents import USUAL, USUAL_NOISE, JudgedPairs, Shares, fit_precedents
from matchmaker.rank.supply import Demand, Supply, mean_direction
from matchmaker.text.analysis import Analyst
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.vectors import CachedEncoder


@pytest.fixture(scope="module")
def analyst():
    return Analyst(Segmenter(), CachedEncoder(HashEncoder()))


@pytest.fixture(scope="module")
def sides(analyst):
    supply = Supply(16)
    supply.append(analyst.analyse(invent_profiles("achievement", 25)))
    return Demand.of(analyst.analyse(invent_profiles("need", 6)), supply), supply


def every_pair(demand, supply):
    return Pairs(
        np.repeat(np.arange(len(demand.columns)), len(supply)), np.tile(np.arange(len(supply)), len(demand.columns))
    )


def some_precedents(demand, supply):
    vectors = JudgedPairs(demand.profile_vectors, supply.dense.vectors[:12], np.arange(12) // 4)
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
    assert (features.std(axis=0) > 0).all()
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
    titles = (demand.columns.title_vectors @ supply.title_vectors.T).ravel()
    assert features[:, FEATURES.index("dense_title")] == pytest.approx(titles, abs=1e-6)
    means = (mean_direction(demand.columns) @ supply.dense.vectors.T).ravel()
    assert features[:, FEATURES.index("dense")] == pytest.approx(means, abs=1e-6)


def test_a_pair_alone_is_compared_as_among_many(sides):
    pairs = every_pair(*sides)
    features = compare(*sides, pairs)
    for row in range(0, len(pairs), 7):
        one = Pairs(pairs.needs[[row]], pairs.supply[[row]])
        assert np.array_equal(compare(*sides, one)[0], features[row])
    assert compare(*sides, Pairs(pairs.needs[:0], pairs.supply[:0])).shape == (0, len(FEATURES))


def test_a_need_alone_is_prepared_as_among_many(analyst, sides):
    _, supply = sides
    needs = invent_profiles("need", 6)
    together = compare(sides[0], supply, every_pair(*sides))
    alone = [Demand.of(analyst.analyse([one]), supply) for one in needs]
    assert np.array_equal(np.concatenate([compare(one, supply, every_pair(one, supply)) for one in alone]), together)


def test_a_text_is_most_like_itself(analyst):
    register = invent_profiles("achievement", 12)
    supply = Supply(16)
    supply.append(analyst.analyse(register))
    demand = Demand.of(analyst.analyse(register), supply)
    features = compare(demand, supply, every_pair(demand, supply)).reshape(12, 12, -1)
    for name in ("dense", "grams", "grams_title", "bm25"):
        matrix = features[:, :, FEATURES.index(name)]
        assert (matrix.argmax(axis=1) == np.arange(12)).all(), name
    assert features[np.arange(12), np.arange(12), FEATURES.index("grams")] == pytest.approx(1)


def test_rare_words_are_those_of_few_texts(analyst):
    register = [achievement(f"A{number}", f"锂电池第{number}种") for number in range(60)]
    register.append(achievement("B", "锂电池与钙钛矿"))
    supply = Supply(16)
    supply.append(analyst.analyse(register))
    demand = Demand.of(analyst.analyse([need("N", "锂电池与钙钛矿")]), supply)
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
    ],
)
def test_attributes_are_compared_as_described(name, wanted, offered, value):
    assert TAG_FEATURES[name](Tags(**wanted), Tags(**offered)) == value


def test_pairs_of_candidates_stand_by_need():
    pairs = Pairs.of([np.array([3, 1]), np.array([], np.int64), np.array([2])])
    assert (pairs.needs.tolist(), pairs.supply.tolist(), len(pairs)) == ([0, 0, 2], [3, 1, 2], 3)
