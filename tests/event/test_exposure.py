import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching import HashEncoder, invent_profiles
from scipy.stats import spearmanr

from matchmaker import Judgment, Matchmaker, read_judgments
from matchmaker.event.exposure import CAP, FLOOR, measure_propensities
from matchmaker.rank.features import FEATURES
from matchmaker.rank.learning import Examples, fit_reranker, fit_sum, score
from matchmaker.rank.precedents import USUAL, JudgedPairs, Shares, fit_precedents
from matchmaker.rank.reranking import WeightedSum, digest
from matchmaker.records import Match

DEPTH, DIMENSION = 20, 16
FIRST = WeightedSum({FEATURES[0]: 1.0}, {}, {})


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def invent_lists(rng, needs):
    """Lists ordered by score; at their heads people like one kind of technology, further down another."""
    scores = -np.sort(-rng.normal(size=(needs, DEPTH)), axis=1).ravel()
    supply = unit(rng.normal(size=(needs * DEPTH, DIMENSION)))
    features = np.zeros((len(scores), len(FEATURES)))
    features[:, 0], features[:, 1] = scores, rng.normal(size=len(scores))
    liking = np.where(scores > 0.6, supply[:, 1], supply[:, 0])
    worth = 0.5 * scores + 3 * liking + 0.4 * rng.normal(size=len(scores))
    vectors = JudgedPairs(unit(rng.normal(size=(needs, DIMENSION))), supply, np.repeat(np.arange(needs), DEPTH))
    return Examples(features, np.digitize(worth, [-1.0, -0.3, 0.4]) + 1, vectors), worth


def lists_of(needs):
    return [
        Match(f"N-{need}", f"A-{need}-{rank}", rank, 0, 0.5) for need in range(needs) for rank in range(1, DEPTH + 1)
    ]


# ------------------------------------------------------------------------------------------------------- propensities


def test_propensities_come_near_the_rates_that_the_event_was_made_with():
    rng = np.random.default_rng(0)
    true = np.maximum(0.9 / np.arange(1, DEPTH + 1), 0.05)
    shown = lists_of(400)
    met = [(one.need_id, one.achievement_id) for one in shown if rng.random() < true[one.rank - 1]]
    found = measure_propensities(shown, met)
    assert np.abs(np.array(found.by_rank) - true).max() < 0.06
    assert found.overall == pytest.approx(len(met) / len(shown))
    assert sum(found.met) == len(met) and set(found.shown) == {400}


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=60))
def test_propensities_never_rise_and_stay_within_bounds(pairs):
    shown = [Match(f"N-{place}", "A", rank, 0, 0.5) for place, (rank, _) in enumerate(pairs)]
    met = [(one.need_id, "A") for one, (_, sat) in zip(shown, pairs, strict=True) if sat]
    found = measure_propensities(shown, [*met, ("N-x", "A-x")])
    assert list(found.by_rank) == sorted(found.by_rank, reverse=True)
    assert all(FLOOR <= chance <= 1 for chance in found.by_rank)
    weights = [found.weight(rank) for rank in range(1, 15)]
    assert weights == sorted(weights) and 0 < max(weights) <= min(weights) * CAP**2 * (1 + 1e-9)
    assert found.weight(0) == 1 and found.of(0) == 1


def test_weights_are_one_on_average_over_what_was_met():
    shown = lists_of(200)
    rng = np.random.default_rng(1)
    met = [one for one in shown if rng.random() < max(0.6 / one.rank**0.5, 0.05)]
    found = measure_propensities(shown, [(one.need_id, one.achievement_id) for one in met])
    assert np.mean([found.weight(one.rank) for one in met]) == pytest.approx(1)
    assert found.weight(1) < 1 < found.weight(DEPTH)


# ----------------------------------------------------------------------------------------------------------- learning


def test_weights_of_one_change_no_bit():
    examples, _ = invent_lists(np.random.default_rng(3), 12)
    plain, held = fit_reranker(FIRST, examples, 0)
    ones, same = fit_reranker(FIRST, replace(examples, weights=np.ones(len(examples))), 0)
    assert (ones.slope, ones.shift, ones.precedents) == (plain.slope, plain.shift, plain.precedents)
    assert (
        np.array_equal(held.totals, same.totals)
        and np.array_equal(held.steps, same.steps)
        and ones.trees == plain.trees
    )


def test_a_pair_of_weight_two_counts_as_if_it_stood_there_twice():
    examples, _ = invent_lists(np.random.default_rng(4), 6)
    counts = np.random.default_rng(5).integers(1, 4, len(examples))
    twice = examples.part(np.repeat(np.arange(len(examples)), counts))
    shares = Shares(USUAL, 1.0)
    weighted = fit_sum(FIRST, replace(examples, weights=counts.astype(float)), shares)
    repeated = fit_sum(FIRST, twice, shares)
    assert weighted.slope == pytest.approx(repeated.slope) and weighted.shift == pytest.approx(repeated.shift)
    # noise over weight is what repeated observations of a Gaussian process come to
    assert np.allclose(score(weighted, examples).totals, score(repeated, examples).totals, atol=1e-4)
    rest = examples.grades - examples.grades.mean()
    bare = fit_precedents(examples.vectors, rest, shares)
    assert not np.allclose(fit_precedents(examples.vectors, rest, shares, counts).levels, bare.levels)


def test_with_position_bias_weighted_learning_ranks_whole_lists_of_new_needs_better(monkeypatch):
    monkeypatch.setattr("matchmaker.rank.learning.ROUNDS", 30)
    gains = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        examples, _ = invent_lists(rng, 60)
        unseen, worth = invent_lists(rng, 60)
        ranks = np.tile(np.arange(1, DEPTH + 1), 60)
        met = rng.random(len(ranks)) < np.maximum(0.9 / ranks, 0.03)
        shown = lists_of(60)
        pairs = [(one.need_id, one.achievement_id) for one, sat in zip(shown, met, strict=True) if sat]
        found = measure_propensities(shown, pairs)
        judged = examples.part(met)
        weights = np.array([found.weight(int(rank)) for rank in ranks[met]])
        agreement = []
        for one in (judged, replace(judged, weights=weights)):
            scores = score(fit_reranker(FIRST, one, 0)[0], unseen).totals.reshape(60, DEPTH)
            lists = zip(scores, worth.reshape(60, DEPTH), strict=True)
            agreement.append(np.mean([spearmanr(guess, truth).statistic for guess, truth in lists]))
        gains.append(agreement[1] - agreement[0])
    assert np.mean(gains) > 0.005 and min(gains) > -0.01 and sum(gain > 0 for gain in gains) >= 4


def test_the_engine_takes_weights_from_judgments():
    register, needs = invent_profiles("achievement", 30), invent_profiles("need", 12)
    rng = random.Random(0)
    judged = [
        Judgment(need.id, one.id, rng.randint(1, 4), weight=rng.choice([0.25, 1.0, 4.0]))
        for need in needs
        for one in rng.sample(register, 6)
    ]
    models = []
    for judgments in (judged, [replace(one, weight=1.0) for one in judged], [replace(one, weight=1) for one in judged]):
        engine = Matchmaker(encoder=HashEncoder()).fit(register)
        engine.learn(needs, judgments)
        models.append(engine.learn(needs, judgments))
    assert models[1] == models[2] and models[0] != models[1]
    assert digest(engine.reranker)


def test_weights_are_read_where_the_column_is_there():
    frame = pd.DataFrame({"need_id": ["N"] * 4, "achievement_id": list("ABCD"), "grade": [3] * 4})
    assert [one.weight for one in read_judgments(frame)] == [1.0] * 4
    frame["权重"] = ["0.25", "", "0", "多"]
    found = read_judgments(frame)
    assert [one.weight for one in found] == [0.25, 1.0]
    assert [str(one) for one in found.rejected] == [
        "DataFrame row 4: 权重应为大于 0 的数字，实际为“0”",
        "DataFrame row 5: 权重应为大于 0 的数字，实际为“多”",
    ]
