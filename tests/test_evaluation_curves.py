"""Learning curves: whole needs kept aside, nested sizes, and a verdict that is right where the answer is known."""

import math

import numpy as np
import pytest

from matchmaker.errors import RecordError, SettingError, TableError
from matchmaker.evaluation import evaluate_scores, measure_learning

NEEDS = np.repeat([f"N{number:02}" for number in range(30)], 6)
GRADES = np.tile([1, 2, 1, 4, 3, 1], 30)
NOISE = np.random.default_rng(1).normal(size=len(NEEDS))


def learn_slowly(train_rows, test_rows):
    """Score better with every judgment."""
    return np.log1p(len(train_rows)) / 3 * GRADES[test_rows] + NOISE[test_rows]


def test_whole_needs_are_kept_aside_and_sizes_are_nested():
    seen = []

    def watch(train_rows, test_rows):
        assert not set(NEEDS[train_rows]) & set(NEEDS[test_rows])
        assert (np.diff(train_rows) > 0).all() and (np.diff(test_rows) > 0).all()
        seen.append((set(train_rows), tuple(test_rows)))
        return learn_slowly(train_rows, test_rows)

    curve = measure_learning(watch, NEEDS, GRADES, sizes=[20, 5, 10_000], splits=3, resamples=20)
    assert [point.judgments for point in curve.points] == [0, 5, 20, 132]  # 22 of 30 needs, 6 judgments each
    splits = [seen[start : start + 4] for start in range(0, 12, 4)]
    for split in splits:
        assert len({test for _, test in split}) == 1 and len(split[0][1]) == 8 * 6
        assert [len(train) for train, _ in split] == [0, 5, 20, 132]
        assert all(smaller <= larger for (smaller, _), (larger, _) in zip(split, split[1:], strict=False))
        # judgments come need after need: 20 rows of 6 a need touch four needs
        assert len(set(NEEDS[list(split[2][0])])) == 4
    assert len({split[0][1] for split in splits}) == 3


def test_values_are_means_over_needs_of_means_over_splits():
    tested = []

    def watch(train_rows, test_rows):
        tested.append(test_rows)
        return learn_slowly(train_rows, test_rows)

    curve = measure_learning(watch, NEEDS, GRADES, sizes=[50], splits=4, resamples=300, metric="ndcg@3")
    values = {}
    for call, test in enumerate(tested):
        scores = np.log1p(50 * (call % 2)) / 3 * GRADES[test] + NOISE[test]
        one = evaluate_scores(NEEDS[test], GRADES[test], scores, k=3, resamples=1).by_need()
        for need, value in zip(one["need_id"], one["ndcg@3"], strict=True):
            values.setdefault(need, ([], []))[call % 2].append(value)
    start, after = (np.array([np.mean(pair[side]) for pair in values.values()]) for side in (0, 1))
    first, second = curve.points
    assert (first.value, second.value) == pytest.approx((start.mean(), after.mean()))
    assert second.difference == pytest.approx((after - start).mean())
    assert (first.difference, first.difference_low, first.difference_high) == (0, 0, 0)
    assert first.needs == len(values) <= 30
    assert second.difference_low < second.difference < second.difference_high


def test_verdicts_on_cases_whose_answer_is_known():
    better = measure_learning(learn_slowly, NEEDS, GRADES, sizes=[50, 100])
    assert better.never_below and better.never_worse
    assert "never_below" not in str(better) and "At no size does learning fall below the start" in str(better)
    assert "任何研判数量下，学习后都不低于起点" in better.to_text("zh")
    values = [point.value for point in better.points]
    assert values == sorted(values) and better.points[-1].difference_low > 0

    def forget(train_rows, test_rows):
        return GRADES[test_rows] * (1 if not len(train_rows) else -1)

    worse = measure_learning(forget, NEEDS, GRADES, sizes=[50])
    assert not worse.never_below and not worse.never_worse
    assert "worse than the start with 50 judgments" in str(worse) and "50条研判时学习后变差" in worse.to_text("zh")

    def waver(train_rows, test_rows):
        noise = np.random.default_rng(4 + len(train_rows)).normal(size=len(NEEDS))
        return GRADES[test_rows] + noise[test_rows]

    level = measure_learning(waver, NEEDS, GRADES, sizes=[10, 20, 30, 40, 50, 60])
    assert level.never_worse and not level.never_below
    assert "At no size is learning shown to be worse" in str(level)


def test_needs_that_define_nothing_are_left_out():
    grades = np.where(NEEDS < "N20", GRADES, 1)
    curve = measure_learning(learn_slowly, NEEDS, grades, sizes=[20], splits=10)
    assert 15 < curve.points[0].needs <= 20
    with pytest.raises(TableError, match=r"ndcg@10 is undefined on every need kept aside"):
        measure_learning(learn_slowly, NEEDS, np.ones(len(NEEDS), int), sizes=[20])


def test_the_same_seed_gives_the_same_curve_and_ids_order_ties():
    settings = {"sizes": [20], "splits": 2, "resamples": 50}
    assert measure_learning(learn_slowly, NEEDS, GRADES, **settings) == measure_learning(
        learn_slowly, NEEDS, GRADES, **settings
    )
    other = measure_learning(learn_slowly, NEEDS, GRADES, **settings, random_state=1)
    assert other.points[0].value != measure_learning(learn_slowly, NEEDS, GRADES, **settings).points[0].value

    def tie(train_rows, test_rows):
        return np.zeros(len(test_rows))

    ids = np.tile(list("fedabc"), 30)  # the best pair has the first id
    assert measure_learning(tie, NEEDS, GRADES, achievement_ids=ids, metric="mrr", **settings).points[0].value == 1


def test_the_frame_has_a_row_a_size():
    frame = measure_learning(learn_slowly, NEEDS, GRADES, sizes=[20, 40], resamples=20, metric="mrr").to_frame()
    assert frame["judgments"].tolist() == [0, 20, 40]
    assert list(frame.columns)[1:5] == ["value", "low", "high", "difference"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"need_ids": ["N"] * len(NEEDS)}, TableError, "1 needs cannot be split"),
        ({"grades": [1]}, RecordError, "unequal lengths"),
        ({"fit_and_score": lambda train, test: [0.0]}, RecordError, "returned 1 scores for 48 rows"),
        ({"fit_and_score": lambda train, test: np.full(len(test), math.nan)}, RecordError, "finite number"),
        ({"sizes": [-1]}, SettingError, "sizes=-1 is too small"),
        ({"splits": 0}, SettingError, "splits=0"),
        ({"test_share": 1.0}, SettingError, "test_share=1.0"),
        ({"metric": "auc>=2"}, SettingError, "use 'ndcg@10' or 'mrr'"),
        ({"metric": "ndcg@0"}, SettingError, "metric='ndcg@0'"),
        ({"lang": "fr"}, SettingError, "lang='fr'"),
    ],
)
def test_what_cannot_be_measured_says_what_to_do(change, error, message):
    arguments = {"fit_and_score": learn_slowly, "need_ids": NEEDS, "grades": GRADES, "sizes": [20], "splits": 2}
    with pytest.raises(error, match=message):
        measure_learning(**{**arguments, **change})
