"""Precedents against the textbook: the same posterior by the full kernel between all pairs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import ModelError
from matchmaker.rank import precedents as module
from matchmaker.rank.precedents import (
    NEAR,
    SAME,
    USUAL,
    USUAL_NOISE,
    JudgedPairs,
    Shares,
    fit_precedents,
    tune_shares,
)


def units(rng, count, dimension=6):
    vectors = rng.normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def judged(seed=0, needs=8, per_need=6):
    rng = np.random.default_rng(seed)
    pairs = JudgedPairs(units(rng, needs), units(rng, needs * per_need), np.repeat(np.arange(needs), per_need))
    return pairs, rng.normal(size=needs * per_need)


def kernel(shares, left, right):
    """The process's covariance, written out a pair at a time; a side is (need vector, achievement vector) pairs."""
    total = np.zeros((len(left), len(right)))
    for row, (need, offer) in enumerate(left):
        for column, (other, its) in enumerate(right):
            cosine = min(max(float(need @ other), 0), 1)
            near, same, product = cosine**NEAR, cosine**SAME, float(offer @ its)
            total[row, column] = np.dot(shares, [near, same, near * product, same * product])
    return total


def sides(pairs):
    return [(pairs.needs[row], vector) for row, vector in zip(pairs.rows, pairs.supply, strict=True)]


@settings(max_examples=20)
@given(st.integers(0, 1000), st.lists(st.floats(0.01, 3), min_size=4, max_size=4), st.floats(0.1, 2))
def test_it_is_the_posterior_mean_of_the_process(seed, variances, noise):
    pairs, rest = judged(seed)
    rng = np.random.default_rng(seed + 1)
    demand, supply = np.concatenate([units(rng, 3), pairs.needs[:1]]), units(rng, 5)
    rows, columns = (axis.ravel() for axis in np.meshgrid(np.arange(4), np.arange(5), indexing="ij"))
    asked = [(demand[row], supply[column]) for row, column in zip(rows, columns, strict=True)]
    known = sides(pairs)
    covariance = kernel(variances, known, known) + noise * np.eye(len(rest))
    expected = kernel(variances, asked, known) @ np.linalg.solve(covariance, rest)
    fitted = fit_precedents(pairs, rest, Shares(np.array(variances), noise))
    assert fitted.expect(demand, supply, (rows, columns)) == pytest.approx(expected, abs=2e-3)


def test_a_pair_alone_is_judged_as_among_many():
    pairs, rest = judged()
    fitted = fit_precedents(pairs, rest, Shares(USUAL, USUAL_NOISE))
    rows = np.repeat(np.arange(8), 4)
    columns = np.tile(np.arange(4), 8)
    together = fitted.expect(pairs.needs, pairs.supply, (rows, columns))
    for place in range(32):
        row, column = rows[[place]], columns[[place]]
        assert fitted.expect(pairs.needs, pairs.supply, (row, column))[0] == together[place]
        zero = np.zeros(1, int)
        assert fitted.expect(pairs.needs[row], pairs.supply[column], (zero, zero))[0] == together[place]


def test_a_need_like_none_that_was_judged_gets_nothing():
    pairs, rest = judged()
    fitted = fit_precedents(pairs, rest, Shares(USUAL, USUAL_NOISE))
    away = -fitted.needs.sum(axis=0, keepdims=True)
    away = away if (fitted.needs @ away[0] <= 0).all() else np.zeros_like(away)
    assert fitted.expect(away, pairs.supply, (np.zeros(3, int), np.arange(3))).tolist() == [0, 0, 0]


def test_the_same_need_follows_its_own_judgments_and_a_near_one_does_half():
    rng = np.random.default_rng(5)
    needs = units(rng, 2)
    pairs = JudgedPairs(needs[:1], units(rng, 30), np.zeros(30, int))
    fitted = fit_precedents(pairs, np.ones(30), Shares(USUAL, 0.1))
    near = needs[0] + 0.5 * needs[1]
    near /= np.linalg.norm(near)
    demand = np.stack([needs[0], near])
    own, like = (fitted.expect(demand, pairs.supply, (np.full(30, row), np.arange(30))).mean() for row in (0, 1))
    assert 0.9 < own < 1.05 and 0.2 * own < like < own


def test_shares_follow_what_the_judgments_are_made_of():
    rng = np.random.default_rng(0)
    needs, supply = units(rng, 40), units(rng, 800)
    rows = np.repeat(np.arange(40), 20)
    pairs = JudgedPairs(needs, supply, rows)
    level = rng.normal(size=40)[rows] + 0.1 * rng.normal(size=800)
    tastes = np.einsum("ij,ij->i", rng.normal(size=(40, 6))[rows], supply) + 0.1 * rng.normal(size=800)
    by_level, by_taste = tune_shares(pairs, level, 0), tune_shares(pairs, tastes, 0)
    assert by_level.kernels[:2].sum() / by_level.kernels[2:].sum() > 4 * (
        by_taste.kernels[:2].sum() / by_taste.kernels[2:].sum()
    )
    for tuned, rest in ((by_level, level), (by_taste, tastes)):
        assert tuned.noise < 0.5 * rest.var() and tuned.kernels.min() > 0
    # With next to nothing to go by, the usual shares stay.
    few = tune_shares(pairs.part(np.arange(3)), level[:3], 0)
    assert few.kernels / few.noise == pytest.approx(USUAL / USUAL_NOISE, rel=0.9)


def test_whole_needs_are_chosen_to_tune_on(monkeypatch):
    monkeypatch.setattr(module, "MOST_TUNED", 50)
    rows = np.repeat(np.arange(20), 7)
    chosen = module._choose_needs(rows, seed=1)
    assert len(chosen) == 49 and all((rows[chosen] == row).sum() == 7 for row in set(rows[chosen].tolist()))
    assert np.array_equal(chosen, module._choose_needs(rows, seed=1))
    assert len(module._choose_needs(np.zeros(90, int), 0)) == 90


def test_of_very_many_pairs_the_last_count(monkeypatch):
    pairs, rest = judged()
    monkeypatch.setattr(module, "MOST_PAIRS", 12)
    fitted = fit_precedents(pairs, rest, Shares(USUAL, USUAL_NOISE))
    alone = fit_precedents(pairs.part(np.arange(36, 48)), rest[36:], Shares(USUAL, USUAL_NOISE))
    assert fitted == alone and len(fitted.needs) == 2


def test_vectors_of_another_encoder_are_refused():
    pairs, rest = judged()
    fitted = fit_precedents(pairs, rest, Shares(USUAL, USUAL_NOISE))
    rng = np.random.default_rng(0)
    with pytest.raises(ModelError, match="learned from vectors of 6 numbers, the encoder gives 7"):
        fitted.expect(units(rng, 2, 7), units(rng, 2, 7), (np.zeros(1, int), np.zeros(1, int)))


def test_equal_judgments_give_equal_precedents():
    pairs, rest = judged()
    fitted = fit_precedents(pairs, rest, Shares(USUAL, USUAL_NOISE))
    fitted.check()
    other = fit_precedents(pairs, -rest, Shares(USUAL, USUAL_NOISE))
    assert fitted != other and fitted != 3 and hash(fitted) != hash(other)
    assert fitted == fit_precedents(pairs, rest, Shares(USUAL, USUAL_NOISE))


def test_steps_are_regressed_as_if_each_were_alone():
    pairs, rest = judged()
    steps = np.stack([rest, rest**2, -rest], axis=1)
    rows, columns = (axis.ravel() for axis in np.meshgrid(np.arange(8), np.arange(5), indexing="ij"))
    sides = (pairs.needs, pairs.supply, (rows, columns))
    alone = [fit_precedents(pairs, step, Shares(USUAL, USUAL_NOISE)).expect(*sides) for step in steps.T]
    together = fit_precedents(pairs, steps, Shares(USUAL, USUAL_NOISE), leading=1)
    together.check()
    assert together.expect(*sides) == pytest.approx(alone[1], abs=1e-5)
    leanings = together.lean(*sides)
    assert leanings.shape == (40, 3) and not leanings[:, 1].any()
    assert leanings == pytest.approx(np.stack(alone, axis=1) - alone[1][:, None], abs=1e-5)
    first = fit_precedents(pairs, steps, Shares(USUAL, USUAL_NOISE))
    assert first != together
    with pytest.raises(ValueError, match="precedents of shapes"):
        replace(together, leading=3).check()
