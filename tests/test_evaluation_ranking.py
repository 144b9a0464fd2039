"""Metrics of a ranked list: against slow, obvious references, and against ir-measures."""

import math

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, Judged, P, R, Success, nDCG

from matchmaker.errors import MatchmakerError, RecordError, SettingError
from matchmaker.evaluation import (
    average_precision,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
    share_unjudged,
    success,
    weigh_grades,
)

PYTREC = ir_measures.providers.registry["pytrec_eval"]
DEPTHS = st.integers(1, 12)


@st.composite
def ranked_lists(draw):
    """Grades of one need's places, best first (None where unjudged), and grades of judged pairs that are not listed."""
    listed = draw(st.lists(st.none() | st.integers(0, 4), max_size=12))
    missed = draw(st.lists(st.integers(0, 4), max_size=6))
    return listed, missed


def dcg_slowly(gains, k):
    total = 0.0
    for place, gain in enumerate(gains[:k], start=1):
        total += gain / math.log2(place + 1)
    return total


def same(value, expected):
    return (math.isnan(value) and math.isnan(expected)) or value == pytest.approx(expected, abs=1e-12)


@given(ranked_lists(), DEPTHS)
def test_metrics_equal_slow_references(lists, k):
    listed, missed = lists
    pool = [grade for grade in listed if grade is not None] + missed
    hits = [grade is not None and grade >= 2 for grade in listed]
    relevant = sum(grade >= 2 for grade in pool)
    gains = [0 if grade is None else 2**grade - 1 for grade in listed]
    ideal = sorted((2**grade - 1 for grade in pool), reverse=True)

    best = dcg_slowly(ideal, k)
    assert same(ndcg(gains, ideal[::-1], k), dcg_slowly(gains, k) / best if best else math.nan)
    found = sum(hits[:k])
    assert same(recall(hits, relevant, k), found / relevant if relevant else math.nan)
    assert same(precision(hits, k), found / k)
    assert same(success(hits, k), float(found > 0))
    assert same(reciprocal_rank(hits), 1 / (hits.index(True) + 1) if True in hits else 0.0)
    gained = [sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits) if hit]
    assert same(average_precision(hits, relevant), sum(gained) / relevant if relevant else math.nan)
    judged = [grade is not None for grade in listed]
    top = judged[:k]
    assert same(share_unjudged(judged, len(listed), k), top.count(False) / len(top) if top else math.nan)


@given(ranked_lists(), DEPTHS)
def test_metrics_equal_ir_measures(lists, k):
    listed, missed = lists
    run = [ir_measures.ScoredDoc("q", f"d{place:02}", -place) for place in range(len(listed))]
    judged = {f"d{place:02}": grade for place, grade in enumerate(listed) if grade is not None}
    judged |= {f"m{number}": grade for number, grade in enumerate(missed)}
    if not run or not judged:
        return
    qrels = [ir_measures.Qrel("q", name, grade) for name, grade in judged.items()]
    exponential = {grade: 2**grade - 1 for grade in range(5)}
    measures = {
        "linear": nDCG @ k,
        "exponential": nDCG(gains=exponential) @ k,
        "recall": R(rel=2) @ k,
        "precision": P(rel=2) @ k,
        "success": Success(rel=2) @ k,
        "rr": RR(rel=2),
        "ap": AP(rel=2),
    }
    expected = PYTREC.calc_aggregate(list(measures.values()), qrels, run)
    expected_judged = ir_measures.calc_aggregate([Judged @ k], qrels, run)[Judged @ k]

    known = [grade is not None for grade in listed]
    grades = np.array([grade or 0 for grade in listed])
    pool = np.array(list(judged.values()))
    hits, relevant = np.array(known) & (grades >= 2), int((pool >= 2).sum())
    values = {
        gain: ndcg(np.where(known, weigh_grades(grades, gain, 0), 0), weigh_grades(pool, gain, 0), k)
        for gain in ("linear", "exponential")
    }
    values |= {
        "recall": recall(hits, relevant, k),
        "precision": precision(hits, k),
        "success": success(hits, k),
        "rr": reciprocal_rank(hits),
        "ap": average_precision(hits, relevant),
    }
    for name, value in values.items():
        # what is undefined here is 0 there
        assert np.nan_to_num(value) == pytest.approx(expected[measures[name]], abs=1e-9), name
    assert 1 - share_unjudged(known, len(listed), k) == pytest.approx(expected_judged, abs=1e-9)


@given(st.lists(ranked_lists(), min_size=1, max_size=5), DEPTHS, st.integers(0, 3))
def test_a_padded_batch_equals_its_rows(batch, k, padding):
    width = max(len(listed) for listed, _ in batch) + padding
    pools = [[grade or 0 for grade in listed] + missed for listed, missed in batch]
    depth = max(map(len, pools))
    gains = np.array([[grade or 0 for grade in listed] + [0] * (width - len(listed)) for listed, _ in batch])
    ideal = np.array([pool + [0] * (depth - len(pool)) for pool in pools])
    relevant = (ideal >= 2).sum(axis=1)
    hits = gains >= 2
    for row, (listed, _) in enumerate(batch):
        alone = hits[row, : len(listed)]
        assert same(ndcg(gains, ideal, k)[row], float(ndcg(gains[row, : len(listed)], pools[row], k)))
        assert same(recall(hits, relevant, k)[row], float(recall(alone, relevant[row], k)))
        assert same(precision(hits, k)[row], float(precision(alone, k)))
        assert same(success(hits, k)[row], float(success(alone, k)))
        assert same(reciprocal_rank(hits)[row], float(reciprocal_rank(alone)))
        assert same(average_precision(hits, relevant)[row], float(average_precision(alone, relevant[row])))


def test_gains():
    assert weigh_grades([1, 2, 3, 4]).tolist() == [0, 1, 3, 7]
    assert weigh_grades([-1, 0, 1], lowest=-1).tolist() == [0, 1, 3]
    assert weigh_grades([1, 40, 100], gain="linear").tolist() == [0, 39, 99]
    assert weigh_grades([]).shape == (0,)


def test_an_unknown_gain_lists_what_is_allowed():
    with pytest.raises(SettingError, match="'quadratic'.*'exponential', 'linear'"):
        weigh_grades([1, 2], gain="quadratic")


def test_a_grade_below_the_scale_says_which_lowest_to_set():
    with pytest.raises(SettingError, match="grade 0 is below lowest=1; set lowest=0"):
        weigh_grades([2, 0, 1])


def test_an_exponential_gain_of_a_percent_scale_points_to_the_linear_one():
    with pytest.raises(SettingError, match="grade 100 is 100 steps above.*gain='linear'"):
        weigh_grades([0, 100], lowest=0)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: ndcg([1], [1], 0), SettingError),
        (lambda: ndcg([1], [1], 2.5), SettingError),
        (lambda: recall([True], 1, True), SettingError),
        (lambda: ndcg([-1], [1], 1), RecordError),
        (lambda: ndcg([math.nan], [1], 1), RecordError),
        (lambda: ndcg(3, [1], 1), RecordError),
        (lambda: precision(True, 1), RecordError),
    ],
)
def test_unusable_input_is_refused(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MatchmakerError) and isinstance(caught.value, ValueError)


def test_ndcg_refuses_an_ideal_that_lacks_listed_gains():
    with pytest.raises(RecordError, match="ideal_gains must hold every judged pair"):
        ndcg([7, 3], [3], 10)
