"""Whether probabilities come true, and what a threshold costs: against scikit-learn, scipy and slow counts."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from matchmaker.errors import RecordError, SettingError, TableError
from matchmaker.evaluation import calibration_error, join_judgments, measure_abstention, measure_reliability
from matchmaker.evaluation.rates import bound_rate
from matchmaker.records import Judgment, Match, ScoredPair, Shortlist

PAIRS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.8, 1.0]), st.integers(1, 4)),
    min_size=1,
    max_size=40,
)


@given(PAIRS, st.integers(1, 6))
def test_errors_equal_those_of_scikit_learn(pairs, bins):
    needs, likely, grades = map(np.array, zip(*pairs, strict=True))
    found = measure_reliability(needs, grades, likely, bins=bins, resamples=200)
    true = grades >= 3
    assert found.brier.value == pytest.approx(brier_score_loss(true, likely, labels=[False, True]))
    assert found.calibration_error.value == pytest.approx(calibration_error(likely, true, bins))
    terms = found.terms
    assert terms.miscalibration - terms.resolution + terms.uncertainty + terms.within_bins == pytest.approx(
        found.brier.value
    )
    assert found.base_rate == pytest.approx(true.mean())
    assert sum(one.pairs for one in found.bins) == len(pairs)
    for one in found.bins:
        inside = (likely >= one.least) & (likely <= one.most)
        assert one.pairs == inside.sum() and one.needs == len(set(needs[inside]))
        assert one.observed == pytest.approx(true[inside].mean())
        assert one.predicted == pytest.approx(likely[inside].mean())
        if one.needs > 1:
            assert one.low <= one.observed <= one.high
        else:
            assert math.isnan(one.low) and math.isnan(one.high)
    most = [one.most for one in found.bins]
    assert most == sorted(most)


def test_bins_are_those_of_scikit_learn_where_no_value_repeats():
    rng = np.random.default_rng(2)
    likely = rng.permutation(np.linspace(0.01, 0.99, 200))
    true = rng.random(200) < likely**2
    found = measure_reliability(np.arange(200), np.where(true, 3, 1), likely, bins=5, resamples=5)
    observed, predicted = calibration_curve(true, likely, n_bins=5, strategy="quantile")
    assert [one.observed for one in found.bins] == pytest.approx(observed)
    assert [one.predicted for one in found.bins] == pytest.approx(predicted)


def test_nothing_is_left_within_bins_of_one_value():
    likely, grades = [0.2, 0.2, 0.8, 0.8, 0.8], [1, 4, 3, 4, 1]
    found = measure_reliability(["N1", "N1", "N2", "N2", "N2"], grades, likely, bins=2, resamples=5)
    assert found.terms.within_bins == pytest.approx(0, abs=1e-12)
    assert found.terms.miscalibration == pytest.approx((2 * 0.3**2 + 3 * (0.8 - 2 / 3) ** 2) / 5)


def test_true_probabilities_are_called_right_and_shifted_ones_by_their_side():
    rng = np.random.default_rng(7)
    truth = rng.random(4000)
    needs, grades = np.arange(4000) // 20, np.where(rng.random(4000) < truth, 4, 2)
    right, high, low = (measure_reliability(needs, grades, likely) for likely in (truth, np.sqrt(truth), truth**2))
    assert right.calibration_error.value < 0.03 < 0.1 < min(high.calibration_error.value, low.calibration_error.value)
    assert sum(one.low <= one.predicted <= one.high for one in right.bins) >= 8
    assert "mostly too high" in str(high) and "概率总体偏高" in high.to_text("zh")
    assert "mostly too low" in str(low) and "概率总体偏低" in low.to_text("zh")
    mixed = measure_reliability(needs, grades, 0.5 + (truth - 0.5) / 3)
    assert "now too high, now too low" in str(mixed)


def test_a_bin_where_all_agree_keeps_an_interval():
    needs = np.repeat(np.arange(10), 3)
    found = measure_reliability(needs, np.ones(30), np.linspace(0, 0.3, 30), bins=1)
    (one,) = found.bins
    assert (one.observed, one.low) == (0, 0)
    assert one.high == pytest.approx(binomtest(0, 10).proportion_ci(method="wilson").high)


@given(st.integers(0, 30), st.integers(1, 30))
def test_the_interval_of_a_rate_is_that_of_scipy(positive, trials):
    positive = min(positive, trials)
    expected = binomtest(positive, trials).proportion_ci(method="wilson")
    assert bound_rate(positive, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_interval_of_no_trial_is_unknown():
    assert all(map(math.isnan, bound_rate(0, 0)))


def test_the_frame_has_a_row_a_bin():
    frame = measure_reliability(["a", "b"] * 10, [1, 3] * 10, np.linspace(0, 1, 20), bins=4).to_frame()
    assert list(frame.columns) == ["least", "most", "pairs", "needs", "predicted", "observed", "low", "high"]
    assert frame["pairs"].tolist() == [5, 5, 5, 5]


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        (([], [], []), {}, TableError, "there are no pairs with a probability"),
        ((["N"], [1], [math.nan]), {}, RecordError, "leave the pair out"),
        ((["N"], [1], [1.5]), {}, RecordError, "between 0 and 1"),
        ((["N"], [1, 2], [0.5]), {}, RecordError, "unequal lengths"),
        ((["N"], [1], [0.5]), {"bins": 0}, SettingError, "bins=0"),
        ((["N"], [1], [0.5]), {"lang": "fr"}, SettingError, "lang='fr'"),
    ],
)
def test_what_cannot_be_measured_says_what_to_do(arguments, settings, error, message):
    with pytest.raises(error, match=message):
        measure_reliability(*arguments, **settings)


# --------------------------------------------------------------------------------------------------------- abstention


def first(need, achievement, probability):
    return Shortlist(need, (Match(need, achievement, 1, 0.0, probability),))


@given(st.data())
def test_the_curve_equals_a_slow_count(data):
    needs = data.draw(st.integers(1, 8))
    lists, judgments = [], []
    for number in range(needs):
        need = f"N{number}"
        likely = data.draw(st.sampled_from([None, 0.0, 0.2, 0.5, 0.9]))
        lists.append(Shortlist(need, ()) if likely is None else first(need, "A0", likely))
        judged = data.draw(st.sets(st.sampled_from(["A0", "A1"]), min_size=1))
        judgments += [Judgment(need, name, data.draw(st.integers(1, 4))) for name in sorted(judged)]
    found = measure_abstention(lists, judgments, thresholds=[0.5, 0.0, 0.5, 1.0], resamples=200)
    grades = {(one.need_id, one.achievement_id): one.grade for one in judgments}
    assert [point.threshold for point in found.points] == [0.0, 0.5, 1.0] and found.needs == needs
    for point in found.points:
        answered = [one for one in lists if len(one) and one[0].probability >= point.threshold]
        gaps = [one for one in lists if one not in answered]
        tops = [grades[one.need_id, "A0"] for one in answered if (one.need_id, "A0") in grades]
        served = [max(grade for (need, _), grade in grades.items() if need == one.need_id) >= 3 for one in gaps]
        assert point.answered == pytest.approx(len(answered) / needs)
        assert (point.answered_needs, point.gap_needs) == (len(answered), len(gaps))
        assert point.unjudged_needs == len(answered) - len(tops)
        for rate, outcomes, low, high in (
            (point.wrong, [grade < 3 for grade in tops], point.wrong_low, point.wrong_high),
            (point.missed, served, point.missed_low, point.missed_high),
        ):
            if outcomes:
                assert rate == pytest.approx(np.mean(outcomes))
            else:
                assert math.isnan(rate)
            assert math.isnan(low) if len(outcomes) < 2 else low <= rate <= high


def test_the_threshold_trades_wrong_answers_for_missed_ones():
    lists = [first(f"N{number}", "A", number / 40) for number in range(40)]
    judgments = [Judgment(f"N{number}", "A", 3 if number >= 20 else 1) for number in range(40)]
    frame = measure_abstention(lists, judgments).to_frame()
    assert len(frame) == 21 and frame["answered"].is_monotonic_decreasing
    assert frame["wrong"].iloc[0] == 0.5 and frame.set_index("threshold").loc[0.5, ["wrong", "missed"]].eq(0).all()
    assert frame["missed"].iloc[-1] == 0.5
    text = measure_abstention(lists, judgments, lang="zh").to_text()
    assert text.startswith("需求40项") and "误列缺口" in text
    assert "40 (100%)" in text


@pytest.mark.parametrize(
    ("lists", "judgments", "settings", "error", "message"),
    [
        ([first("N1", "A", 0.5)], [Judgment("N2", "A", 3)], {}, TableError, "no need has both"),
        ([first("N1", "A", math.nan)], [Judgment("N1", "A", 3)], {}, TableError, "1 lists have no probability"),
        ([first("N1", "A", 0.5)], [Judgment("N1", "A", 3)], {"thresholds": []}, SettingError, "no list of prob"),
        ([first("N1", "A", 0.5)], [Judgment("N1", "A", 3)], {"thresholds": [2]}, SettingError, "between 0 and 1"),
    ],
)
def test_abstention_says_what_to_do(lists, judgments, settings, error, message):
    with pytest.raises(error, match=message):
        measure_abstention(lists, judgments, **settings)


# ------------------------------------------------------------------------------------------------------------- pairs


def test_judgments_join_lists_and_scored_pairs():
    found = [first("N1", "A1", 0.4), ScoredPair("N2", "A1", 1.5, 0.7, 3.1)]
    judgments = [Judgment("N1", "A1", 1), Judgment("N1", "A2", 3), Judgment("N2", "A1", 4), Judgment("N2", "A2", 2)]
    frame = join_judgments(found, [*judgments, Judgment("N3", "A1", 2), Judgment("N1", "A1", 2)])
    assert frame[["need_id", "achievement_id", "grade"]].to_numpy().tolist() == [
        ["N1", "A1", 2],  # the later judgment
        ["N1", "A2", 3],
        ["N2", "A1", 4],
    ]
    assert frame["rank"].tolist() == [1, pd.NA, pd.NA]
    assert frame["probability"].tolist()[::2] == [0.4, 0.7] and math.isnan(frame["probability"][1])
    with pytest.raises(TableError, match="none of the 1 judged needs"):
        join_judgments(found, [Judgment("N9", "A1", 2)])
    with pytest.raises(TableError, match="no shortlists"):
        join_judgments([], judgments)
