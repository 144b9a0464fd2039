"""Paired comparison: right about what differs, silent about what does not, and only between comparable things."""

import math

import numpy as np
import pytest

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation import compare, evaluate_scores, evaluate_shortlists
from matchmaker.records import Judgment, Match

RNG = np.random.default_rng(20)
NEEDS = np.repeat([f"N{number:02}" for number in range(40)], 12)
GRADES = RNG.integers(1, 5, len(NEEDS))
NOISE = RNG.normal(size=(2, len(NEEDS)))


def measure(scores, needs=NEEDS, grades=GRADES, **settings):
    return evaluate_scores(needs, grades, scores, resamples=2, **settings)


GOOD_SCORES, POOR_SCORES = GRADES + NOISE[0], 0.3 * GRADES + NOISE[1]
GOOD, POOR = measure(GOOD_SCORES), measure(POOR_SCORES)
PAIR = (("A1", 4), ("A2", 1))


@pytest.mark.parametrize("metric", ["ndcg@10", "mrr", "auc>=2", "auc>=3", "spearman"])
def test_the_better_one_is_better_and_the_other_worse(metric):
    forth, back = compare(GOOD, POOR, metric), compare(POOR, GOOD, metric)
    assert (forth.verdict, back.verdict) == ("better", "worse")
    assert forth.difference == pytest.approx(GOOD[metric].value - POOR[metric].value)
    assert forth.low < forth.difference < forth.high and forth.low > 0
    assert (back.difference, back.low, back.high) == pytest.approx((-forth.difference, -forth.high, -forth.low))
    assert forth.p_value == back.p_value < 0.05


def test_a_thing_against_itself_differs_by_nothing():
    alike = compare(GOOD, GOOD)
    assert (alike.difference, alike.low, alike.high, alike.p_value) == (0, 0, 0, 1)
    assert alike.verdict == "no_difference"


def test_mean_differences_equal_a_plain_loop():
    found = compare(GOOD, POOR, resamples=150, random_state=3, confidence=0.9)
    gaps = (GOOD.by_need()["ndcg@10"] - POOR.by_need()["ndcg@10"]).to_numpy()
    again = np.random.default_rng(3)
    draws = np.array([gaps[again.integers(len(gaps), size=len(gaps))].mean() for _ in range(150)])
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(draws, [0.05, 0.95])))
    smaller = min((draws <= 0).sum(), (draws >= 0).sum())
    assert found.p_value == pytest.approx(2 * (smaller + 1) / 151)


def test_false_alarms_are_about_as_rare_as_promised():
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(200):
        a, b = (measure(GRADES + 2 * rng.normal(size=len(NEEDS))) for _ in range(2))
        alarms += compare(a, b, resamples=300).verdict != "no_difference"
    assert alarms / 200 <= 0.10


def test_a_few_needs_never_prove_a_difference():
    for n_needs, verdict in ((1, "no_difference"), (5, "no_difference"), (6, "better")):
        needs, grades = np.repeat(np.arange(n_needs), 2), [1, 3] * n_needs
        found = compare(measure([0, 1] * n_needs, needs, grades), measure([1, 0] * n_needs, needs, grades), "mrr")
        assert found.verdict == verdict and found.p_value == max(2 / 1001, 2.0 ** (1 - n_needs))
        assert math.isnan(found.low) == (n_needs == 1)


def test_less_calibration_error_is_better():
    rng = np.random.default_rng(6)
    truth = rng.random(len(NEEDS))
    grades = np.where(rng.random(len(NEEDS)) < truth, 3, 1)
    sharp, blunt = (measure(truth, grades=grades, probabilities=likely) for likely in (truth, np.full(len(truth), 0.9)))
    found = compare(sharp, blunt, "calibration_error")
    assert found.difference < 0 and found.verdict == "better"
    assert found.low <= found.difference <= found.high


def test_only_shared_needs_are_compared():
    def narrow(scores, kept):
        return measure(scores[kept], NEEDS[kept], GRADES[kept])

    first, last = NEEDS != "N39", NEEDS != "N00"
    a, b = narrow(GOOD_SCORES, first), narrow(POOR_SCORES, last)
    inner = [narrow(scores, first & last) for scores in (GOOD_SCORES, POOR_SCORES)]
    for metric in ("ndcg@10", "auc>=2", "spearman"):
        found, expected = compare(a, b, metric), compare(*inner, metric)
        assert (found.a, found.b, found.low, found.high) == pytest.approx(
            (expected.a, expected.b, expected.low, expected.high)
        )
        assert (found.needs, found.unshared) == (38, 2)
    assert "Needs on one side only: 2" in str(compare(a, b))


def test_words_in_both_languages():
    found = compare(GOOD, POOR, names=("新模型", "旧模型"), lang="zh")
    assert str(found).startswith("新模型优于旧模型\n排序质量 NDCG@10：") and "需求40项" in str(found)
    assert found.to_text("en").startswith("新模型 is better than 旧模型\nNDCG@10: ")
    assert compare(POOR, GOOD).to_text("zh").startswith("A劣于B")
    same = compare(GOOD, GOOD)
    assert str(same).startswith("no difference shown between A and B")
    assert same.to_text("zh").startswith("未显示A与B有差异")
    few = NEEDS < "N07"
    thin = compare(*(measure(scores[few], NEEDS[few], GRADES[few]) for scores in (GOOD_SCORES, POOR_SCORES)))
    assert "Needs: only 7" in str(thin)


def test_shortlists_compare_too():
    judgments = [Judgment(f"N{number}", achievement, grade) for number in range(9) for achievement, grade in PAIR]
    up, down = (
        [Match(f"N{number}", name, place, 0.0, 0.5) for number in range(9) for place, name in enumerate(order, 1)]
        for order in (("A1", "A2"), ("A2", "A1"))
    )
    found = compare(evaluate_shortlists(up, judgments), evaluate_shortlists(down, judgments))
    assert found.verdict == "better" and found.needs == 9


@pytest.mark.parametrize(
    ("other", "metric", "error", "message"),
    [
        (lambda: POOR, "ndcg@5", SettingError, "metric='ndcg@5' is not known; use one of 'ndcg@10'"),
        (lambda: measure(NOISE[0], k=5), "mrr", SettingError, "different rules.*measure both alike"),
        (lambda: measure(NOISE[0], grades=GRADES[::-1]), "mrr", TableError, "different judgments.*same judgments"),
        (lambda: measure(NOISE[0], needs=np.char.add("x", NEEDS)), "mrr", TableError, "no need in common"),
        (lambda: POOR, "unjudged@10", SettingError, "compare another metric"),
    ],
)
def test_what_cannot_be_compared_says_what_to_do(other, metric, error, message):
    with pytest.raises(error, match=message):
        compare(GOOD, other(), metric)


def test_an_undefined_metric_is_not_compared():
    needs = ["N1", "N1", "N2", "N2"]
    a, b = measure([1, 2, 3, 4], needs, [1, 2, 2, 1]), measure([4, 3, 2, 1], needs, [1, 2, 2, 1])
    with pytest.raises(TableError, match="mrr is undefined on each of the 2 shared needs"):
        compare(a, b, "mrr")
