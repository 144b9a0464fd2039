"""Metrics over all pairs together: against slow references, scikit-learn and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, roc_auc_score

from matchmaker.errors import RecordError, SettingError
from matchmaker.evaluation import auc, calibration_error, mae_score, spearman
from matchmaker.evaluation.pooling import assign_bins

# few distinct values, so that ties are common
PAIRS = st.lists(st.tuples(st.sampled_from([-1.5, 0.0, 0.25, 0.5, 3.0]), st.integers(1, 4)), max_size=30)


@given(PAIRS)
def test_auc(pairs):
    scores, positive = [score for score, _ in pairs], [grade >= 3 for _, grade in pairs]
    ups = [score for score, good in zip(scores, positive, strict=True) if good]
    downs = [score for score, good in zip(scores, positive, strict=True) if not good]
    value = auc(scores, positive)
    if not ups or not downs:
        assert math.isnan(value)
        return
    wins = sum((up > down) + (up == down) / 2 for up in ups for down in downs)
    assert value == pytest.approx(wins / (len(ups) * len(downs)), abs=1e-12)
    assert value == pytest.approx(roc_auc_score(positive, scores), abs=1e-9)


@given(PAIRS)
def test_spearman(pairs):
    scores, grades = [score for score, _ in pairs], [grade for _, grade in pairs]
    value = spearman(scores, grades)
    if len(set(scores)) < 2 or len(set(grades)) < 2:
        assert math.isnan(value)
        return

    def rank_slowly(values):
        return [sum(other < one for other in values) + (values.count(one) + 1) / 2 for one in values]

    assert value == pytest.approx(np.corrcoef(rank_slowly(scores), rank_slowly(grades))[0, 1], abs=1e-9)
    assert value == pytest.approx(spearmanr(scores, grades).statistic, abs=1e-9)


@given(PAIRS.filter(len))
def test_mae_score(pairs):
    expected, grades = zip(*pairs, strict=True)
    assert mae_score(expected, grades) == pytest.approx(1 / (1 + mean_absolute_error(grades, expected)), abs=1e-12)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.35, 0.8, 1.0]) | st.floats(0, 1), st.booleans()), max_size=30),
    st.integers(1, 8),
    st.randoms(use_true_random=False),
)
def test_calibration_error(pairs, bins, random):
    probabilities, outcomes = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    value = calibration_error(probabilities, outcomes, bins)
    if not pairs:
        assert math.isnan(value)
        return
    # a pair's bin, by the middle of the block of pairs that share its probability
    gathered = {}
    for probability, outcome in pairs:
        below = sum(other < probability for other in probabilities)
        middle = (below + probabilities.count(probability) / 2) * bins / len(pairs)
        gathered.setdefault(math.ceil(middle), []).append((probability, outcome))
    expected = sum(
        len(block) / len(pairs) * abs(np.mean([pair[0] for pair in block]) - np.mean([pair[1] for pair in block]))
        for block in gathered.values()
    )
    assert value == pytest.approx(expected, abs=1e-12)
    shuffled = random.sample(pairs, len(pairs))
    assert calibration_error(*zip(*shuffled, strict=True), bins) == pytest.approx(value, abs=1e-12)


def test_bins_hold_equal_numbers_when_nothing_ties():
    rng = np.random.default_rng(3)
    assert sorted(np.bincount(assign_bins(rng.permutation(103) / 103, bins=10))) == [10] * 7 + [11] * 3


def test_a_perfect_forecast_has_no_calibration_error_and_a_sure_wrong_one_has_1():
    assert calibration_error([0.0, 1.0, 1.0], [False, True, True]) == 0
    assert calibration_error([0.0, 1.0, 1.0], [True, False, False]) == 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: auc([1.0, 2.0], [True]), RecordError, "scores 2, positive 1"),
        (lambda: auc([[1.0]], [True]), RecordError, "2 dimensions"),
        (lambda: spearman([1.0, math.nan], [1, 2]), RecordError, r"scores\[1\] is nan"),
        (lambda: spearman(["a", "b"], [1, 2]), RecordError, "not an array of numbers"),
        (lambda: mae_score([1.0], [1, 2]), RecordError, "expected 1, grades 2"),
        (lambda: calibration_error([0.5, 1.2], [True, True]), RecordError, r"probabilities\[1\] is 1.2"),
        (lambda: calibration_error([0.5], [True], bins=0), SettingError, "bins=0"),
    ],
)
def test_unusable_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
