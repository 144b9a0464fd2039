"""The bootstrap: weights must equal repeated rows, and intervals must cover what they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import SettingError
from matchmaker.evaluation import auc, mae_score, spearman
from matchmaker.evaluation import bootstrap as module
from matchmaker.evaluation.bootstrap import draw_weights, estimate
from matchmaker.evaluation.pooling import assign_bins
from matchmaker.evaluation.statistics import CalibrationError, MaeScore, MeanOverNeeds, PooledMeans, PooledRanks


@st.composite
def pooled_pairs(draw):
    """Columns of pairs over a few needs, and how often each need is drawn."""
    n_needs = draw(st.integers(1, 5))
    score = st.sampled_from([0.0, 0.5, 1.0, 2.0]) if draw(st.booleans()) else st.floats(-5, 5, width=32)
    rows = draw(st.lists(st.tuples(st.integers(0, n_needs - 1), score, st.integers(1, 4)), min_size=1, max_size=25))
    needs, scores, grades = (np.array(column) for column in zip(*rows, strict=True))
    times = draw(st.lists(st.integers(0, 3), min_size=n_needs, max_size=n_needs))
    return n_needs, needs, scores, grades, np.array(times)


def same(value, expected):
    return (math.isnan(value) and math.isnan(expected)) or value == pytest.approx(expected, abs=1e-9)


@given(pooled_pairs())
def test_weights_equal_repeated_rows(pairs):
    n_needs, needs, scores, grades, times = pairs
    weights = times[None, :].astype(float)
    repeated = np.repeat(np.arange(len(needs)), times[needs])

    ranks = PooledRanks(needs, scores, grades, (2, 3), n_needs)
    assert ranks.keys == ("auc>=2", "auc>=3", "spearman")
    values = ranks.weigh(weights)[0]
    assert same(values[0], auc(scores[repeated], grades[repeated] >= 2))
    assert same(values[1], auc(scores[repeated], grades[repeated] >= 3))
    assert same(values[2], spearman(scores[repeated], grades[repeated]))

    errors = np.bincount(needs, np.abs(scores - grades), n_needs)
    sizes = np.bincount(needs, minlength=n_needs).astype(float)
    assert same(MaeScore(errors, sizes).weigh(weights)[0, 0], mae_score(scores[repeated], grades[repeated]))

    pooled = PooledMeans(("mean",), np.bincount(needs, scores, n_needs)[:, None], sizes[:, None])
    assert same(pooled.weigh(weights)[0, 0], scores[repeated].mean() if len(repeated) else math.nan)
    assert pooled.known[:, 0].tolist() == [number in needs for number in range(n_needs)]

    likely = 1 / (1 + np.exp(-scores))
    calibration = CalibrationError.of_pairs(needs, likely, grades >= 3, n_needs, bins=3)
    bins = assign_bins(likely, 3)[repeated]
    gaps = [abs((likely - (grades >= 3))[repeated][bins == number].sum()) for number in range(3)]
    expected = sum(gaps) / len(repeated) if len(repeated) else math.nan
    assert same(calibration.weigh(weights)[0, 0], expected)


def test_means_leave_out_undefined_needs():
    statistic = MeanOverNeeds(("a", "b"), np.array([[1.0, math.nan], [3.0, 5.0], [math.nan, math.nan]]))
    values = statistic.weigh(np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 0.0], [1.0, 0.0, 2.0]]))
    assert values[:, 0].tolist() == [2.0, pytest.approx(5 / 3), 1.0]
    assert values[:2, 1].tolist() == [5.0, 5.0] and math.isnan(values[2, 1])


def test_each_resample_draws_as_many_needs_as_there_are():
    weights = np.concatenate(list(draw_weights(40, 300, 0, 40)))
    assert weights.shape == (300, 40)
    assert (weights.sum(axis=1) == 40).all() and (weights >= 0).all()
    # each need is drawn once on average, with the spread of a binomial(40, 1/40)
    assert weights.mean() == 1 and weights.var() == pytest.approx(1 - 1 / 40, rel=0.05)


def test_draws_do_not_depend_on_the_size_of_blocks(monkeypatch):
    whole = np.concatenate(list(draw_weights(17, 50, 7, 17)))
    monkeypatch.setattr(module, "CELLS", 100)
    assert np.array_equal(np.concatenate(list(draw_weights(17, 50, 7, 400))), whole)
    assert not np.array_equal(np.concatenate(list(draw_weights(17, 50, 8, 17))), whole)


def test_estimates_equal_a_plain_loop():
    rng = np.random.default_rng(5)
    values = rng.random((30, 1))
    found = estimate([MeanOverNeeds(("m",), values)], 30, resamples=200, confidence=0.9, random_state=4)[0]
    again = np.random.default_rng(4)
    draws = [values[again.integers(30, size=30)].mean() for _ in range(200)]
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(draws, [0.05, 0.95])))


def test_intervals_of_means_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(11)
    covered = 0
    for trial in range(300):
        sample = rng.beta(2, 1, size=(60, 1))
        found = estimate([MeanOverNeeds(("m",), sample)], 60, resamples=300, random_state=trial)[0]
        covered += found.low <= 2 / 3 <= found.high
    assert 0.90 <= covered / 300 <= 0.98


def test_drawing_whole_needs_widens_the_interval_when_pairs_of_a_need_agree():
    rng = np.random.default_rng(2)
    needs = np.repeat(np.arange(40), 25)
    easy = rng.normal(size=40)
    grades = np.where(easy[needs] + 0.2 * rng.normal(size=1000) > 0, 3, 1)
    scores = (easy + rng.normal(size=40))[needs] + 0.2 * rng.normal(size=1000)
    by_need = estimate([PooledRanks(needs, scores, grades, (3,), 40)], 40)[0]
    by_pair = estimate([PooledRanks(np.arange(1000), scores, grades, (3,), 1000)], 1000)[0]
    assert by_need.value == pytest.approx(by_pair.value)
    assert by_need.high - by_need.low > 2 * (by_pair.high - by_pair.low)


def test_the_interval_of_a_calibration_error_holds_its_value():
    rng = np.random.default_rng(9)
    likely = rng.random(2000)
    calibration = CalibrationError.of_pairs(np.arange(2000) // 20, likely, rng.random(2000) < likely, 100)
    found = estimate([calibration], 100)[0]
    draws = np.concatenate([calibration.weigh(block)[:, 0] for block in draw_weights(100, 1000, 0, 100)])
    excess = draws.mean() - found.value
    assert excess > 0.2 * found.value  # resampling does push it up
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975]) - excess))
    assert 0 <= found.low <= found.value <= found.high


def test_one_need_has_a_value_but_no_interval():
    found = estimate([MeanOverNeeds(("m",), np.array([[0.4], [math.nan]]))], 2)[0]
    assert found.value == 0.4 and math.isnan(found.low) and math.isnan(found.high)
    assert (found.needs, found.skipped) == (1, 1)


@pytest.mark.parametrize(
    "setting",
    [{"resamples": 0}, {"confidence": 0.0}, {"confidence": 1.0}, {"confidence": 95}, {"random_state": -1}],
)
def test_unusable_settings_are_refused(setting):
    with pytest.raises(SettingError, match=next(iter(setting))):
        estimate([MeanOverNeeds(("m",), np.ones((3, 1)))], 3, **setting)
