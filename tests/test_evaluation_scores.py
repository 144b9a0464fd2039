"""Scores of judged pairs: the benchmark protocol."""

import math
from pathlib import Path

import ir_measures
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, nDCG
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from matchmaker.errors import RecordError, SettingError, TableError
from matchmaker.evaluation import calibration_error, evaluate_scores, mae_score

PYTREC = ir_measures.providers.registry["pytrec_eval"]
JUDGED = Path(__file__).parents[1] / "../shared/data/bdci2019/judgments.csv"


@st.composite
def scored_pairs(draw):
    pairs = st.tuples(st.integers(0, 4), st.integers(0, 9))
    keys = draw(st.lists(pairs, min_size=1, max_size=30, unique=True))
    return [
        (f"N{need}", f"A{achievement}", draw(st.integers(1, 4)), draw(st.sampled_from([-1.0, 0.0, 0.5, 2.0])))
        for need, achievement in keys
    ]


@given(scored_pairs(), st.integers(1, 10))
def test_values_equal_the_reference_libraries(pairs, k):
    needs, achievements, grades, scores = map(list, zip(*pairs, strict=True))
    found = evaluate_scores(needs, grades, scores, achievement_ids=achievements, k=k, undefined="zero", resamples=1)
    qrels = [ir_measures.Qrel(need, achievement, grade) for need, achievement, grade, _ in pairs]
    order = sorted(pairs, key=lambda pair: (pair[0], -pair[3], pair[1]))
    run = [ir_measures.ScoredDoc(pair[0], pair[1], -place) for place, pair in enumerate(order)]
    measures = [nDCG(gains={1: 0, 2: 1, 3: 3, 4: 7}) @ k, RR(rel=3)]
    expected = PYTREC.calc_aggregate(measures, qrels, run)
    assert found[f"ndcg@{k}"].value == pytest.approx(expected[measures[0]], abs=1e-9)
    assert found["mrr"].value == pytest.approx(expected[measures[1]], abs=1e-9)
    for threshold in (2, 3):
        positive = [grade >= threshold for grade in grades]
        value = found[f"auc>={threshold}"].value
        if len(set(positive)) == 2:
            assert value == pytest.approx(roc_auc_score(positive, scores), abs=1e-9)
        else:
            assert math.isnan(value)
    if len(set(scores)) > 1 and len(set(grades)) > 1:
        assert found["spearman"].value == pytest.approx(spearmanr(scores, grades).statistic, abs=1e-9)
    else:
        assert math.isnan(found["spearman"].value)


@given(scored_pairs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_earns_nothing(pairs, random):
    def measure(rows, with_ids):
        needs, achievements, grades, scores = zip(*rows, strict=True)
        return evaluate_scores(
            needs, grades, scores, achievement_ids=achievements if with_ids else None, resamples=1
        ).by_need()

    for with_ids in (True, False):
        shuffled = random.sample(pairs, len(pairs))
        pd.testing.assert_frame_equal(measure(pairs, with_ids), measure(shuffled, with_ids))


def test_without_ids_a_tie_puts_the_lower_grade_first():
    needs, grades = ["N1"] * 3, [4, 3, 1]
    constant = evaluate_scores(needs, grades, [0.5] * 3)
    worst = evaluate_scores(needs, grades, [1.0, 2.0, 3.0])
    assert constant["ndcg@10"].value == worst["ndcg@10"].value < 1
    assert constant["mrr"].value == 0.5


def test_expected_grades_and_probabilities_add_their_metrics():
    rng = np.random.default_rng(0)
    needs, grades = rng.integers(0, 8, 200), rng.integers(1, 5, 200)
    expected, likely = rng.uniform(1, 4, 200), rng.random(200)
    plain = evaluate_scores(needs, grades, expected)
    assert [found.metric for found in plain.estimates] == ["ndcg@10", "mrr", "auc>=2", "auc>=3", "spearman"]
    full = evaluate_scores(needs, grades, expected, expected_grades=expected, probabilities=likely, thresholds=[4])
    assert [found.metric for found in full.estimates] == [
        "ndcg@10",
        "mrr",
        "auc>=4",
        "spearman",
        "mae_score",
        "calibration_error",
    ]
    assert full["mae_score"].value == pytest.approx(mae_score(expected, grades))
    assert full["calibration_error"].value == pytest.approx(calibration_error(likely, grades >= 3))
    assert all(found.low <= found.value <= found.high for found in full.estimates)
    assert "AUC, grade >= 4" in str(full) and "概率校准误差" in full.to_text("zh")


def test_columns_of_a_data_frame_are_taken_as_they_are():
    frame = pd.DataFrame({"need": ["甲", "甲", "乙", "乙"], "grade": [1, 4, 2, 3], "score": [0.1, 0.9, 0.2, 0.8]})
    frame = frame[::-1]
    summary = evaluate_scores(frame["need"], frame["grade"], frame["score"])
    assert summary["ndcg@10"].value == 1 and set(summary.by_need()["need_id"]) == {"甲", "乙"}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: evaluate_scores([], [], []), TableError, "no pairs to evaluate"),
        (lambda: evaluate_scores(["N"], [1, 2], [0.1, 0.2]), RecordError, "need_ids 1, grades 2, scores 2"),
        (lambda: evaluate_scores(["N"], [1.5], [0.1]), RecordError, r"grades\[0\] is 1.5; a grade is a whole number"),
        (lambda: evaluate_scores(["N"], [1e300], [0.1]), RecordError, "a grade is a whole number"),
        (lambda: evaluate_scores(["N"], [1], [math.inf]), RecordError, r"scores\[0\] is inf"),
        (lambda: evaluate_scores(["N"], [0], [0.1]), SettingError, "set lowest=0"),
        (lambda: evaluate_scores(["N"], [1], [0.1], achievement_ids=[]), RecordError, "need_ids 1, achievement_ids 0"),
        (
            lambda: evaluate_scores(["N", "N"], [1, 2], [0.1, 0.2], achievement_ids=["A", "A"]),
            RecordError,
            "'A' stands twice",
        ),
        (lambda: evaluate_scores(["N"], [1], [0.1], expected_grades=[1, 2]), RecordError, "expected_grades 2"),
        (lambda: evaluate_scores(["N"], [1], [0.1], probabilities=[-0.1]), RecordError, "lies between 0 and 1"),
        (lambda: evaluate_scores(["N"], [1], [0.1], thresholds=[2.5]), SettingError, "thresholds=2.5"),
    ],
)
def test_what_cannot_be_measured_says_what_to_do(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.skipif(not JUDGED.exists(), reason="the judged pairs of CCF BDCI 2019 are not here")
def test_on_the_judged_needs_chance_is_chance_and_the_truth_is_perfect():
    judged = pd.read_csv(JUDGED)
    columns = {"need_ids": judged["need_id"], "grades": judged["grade"], "achievement_ids": judged["achievement_id"]}
    noise = np.random.default_rng(0).random(len(judged))
    chance = evaluate_scores(**columns, scores=noise, undefined="zero", resamples=200)
    assert chance.counts.needs == 236 and chance.counts.judged_pairs == 7362
    # known beforehand: 0.416 for a random order, needs without any gain counted as 0
    assert chance["ndcg@10"].low < 0.416 < chance["ndcg@10"].high
    assert chance["auc>=2"].low < 0.5 < chance["auc>=2"].high
    truth = evaluate_scores(**columns, scores=judged["grade"], expected_grades=judged["grade"], resamples=1)
    assert truth["ndcg@10"].value == truth["auc>=2"].value == truth["mae_score"].value == 1
    assert truth["spearman"].value == pytest.approx(1)
