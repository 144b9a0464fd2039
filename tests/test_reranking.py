import json

import numpy as np
import pytest

from matchmaker.errors import ModelError
from matchmaker.rank.defaults import DEFAULT, default_calibration, default_reranker, read_calibration, write_calibration
from matchmaker.rank.features import FEATURES
from matchmaker.rank.learning import fit_trees, score_held_out, split_needs
from matchmaker.rank.reranking import BoostedTrees, WeightedSum, add_up, digest, read_reranker


def lesson(count=300, seed=0):
    """Features, and grades that the prior does not explain: they follow one feature that it weighs little."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, len(FEATURES)))
    grades = np.clip(np.round(2.5 + features[:, FEATURES.index("maturity")] + rng.normal(size=count) * 0.3), 1, 4)
    return features, grades.astype(int)


@pytest.fixture(scope="module")
def trees():
    return fit_trees(default_reranker(), *lesson(), seed=0)


def test_the_weighted_sum_is_the_formula():
    model = WeightedSum({"dense": 2.0, "field": 0.5}, {"dense": 0.25}, {"dense": 0.5})
    features = np.zeros((2, len(FEATURES)))
    features[1, FEATURES.index("dense")] = 1.25
    features[1, FEATURES.index("field")] = -1
    contributions = model.explain(features)
    assert contributions.shape == (2, len(FEATURES) + 1)
    assert add_up(contributions).tolist() == [-1.0, 3.5]
    assert contributions[1, FEATURES.index("dense")] == 4.0 and contributions[1, FEATURES.index("field")] == -0.5
    assert np.count_nonzero(contributions[1]) == 2


def test_the_default_knows_its_features():
    model = default_reranker()
    assert set(model.weights) <= set(FEATURES)
    assert set(model.weights) <= set(model.centres) & set(model.widths)
    assert min(model.widths.values()) > 0 and min(model.weights.values()) > 0
    assert read_reranker(json.dumps(json.loads(DEFAULT.read_text(encoding="utf-8"))["reranker"])) == model
    calibration = default_calibration()
    assert read_calibration(json.loads(json.dumps(write_calibration(calibration)))) == calibration


@pytest.mark.parametrize("kind", ["sum", "trees"])
def test_scores_are_the_contributions_added_up(kind, trees):
    model = trees if kind == "trees" else default_reranker()
    contributions = model.explain(lesson(50, 1)[0])
    by_hand = []
    for row in contributions:
        total = 0.0
        for value in row:
            total += value
        by_hand.append(total)
    assert add_up(contributions).tolist() == by_hand
    assert add_up(contributions[:0]).tolist() == []
    assert model.explain(np.zeros((0, len(FEATURES)))).shape == (0, len(FEATURES) + 1)


def test_contributions_of_trees_add_up_to_what_they_predict(trees):
    import lightgbm

    features, _ = lesson(50, 2)
    added = lightgbm.Booster(model_str=trees.model).predict(features)
    line = trees.slope * add_up(trees.prior.explain(features)) + trees.shift
    assert add_up(trees.explain(features)) == pytest.approx(line + added, abs=1e-9)


@pytest.mark.parametrize("kind", ["sum", "trees"])
def test_a_pair_alone_scores_as_among_many(kind, trees):
    model = trees if kind == "trees" else default_reranker()
    features, _ = lesson(40, 3)
    together = model.explain(features)
    assert np.array_equal(np.concatenate([model.explain(features[[row]]) for row in range(40)]), together)
    assert np.array_equal(model.explain(features[::-1])[::-1], together)


def test_text_brings_back_the_same_model(trees):
    features, _ = lesson(60, 4)
    for model in (trees, default_reranker()):
        again = read_reranker(model.to_text())
        assert again == model and digest(again) == digest(model)
        assert np.array_equal(again.explain(features), model.explain(features))
    few = fit_trees(default_reranker(), *lesson(20), seed=0)
    assert read_reranker(few.to_text()) == few


def test_learning_follows_the_seed_alone(trees):
    assert fit_trees(default_reranker(), *lesson(), seed=0) == trees
    assert fit_trees(default_reranker(), *lesson(), seed=1).model != trees.model


def test_trees_learn_what_the_prior_does_not_know(trees):
    features, grades = lesson(400, 9)
    assert np.corrcoef(add_up(trees.explain(features)), grades)[0, 1] > 0.8
    assert np.corrcoef(add_up(default_reranker().explain(features)), grades)[0, 1] < 0.5


def test_more_prior_score_never_means_less_on_the_line():
    features, _ = lesson(200, 5)
    scores = add_up(default_reranker().explain(features))
    backwards = fit_trees(default_reranker(), features, (scores < np.median(scores)).astype(int), seed=0)
    assert backwards.slope > 0
    equal = fit_trees(default_reranker(), np.ones((40, len(FEATURES))), np.arange(40) % 2, seed=0)
    assert np.isfinite(add_up(equal.explain(features))).all()


@pytest.mark.parametrize("needs", [5, 7, 23])
def test_folds_hold_out_whole_needs_once(needs):
    rows = np.random.default_rng(needs).integers(0, needs, 120)
    masks = list(split_needs(rows, seed=3))
    assert len(masks) == 5
    assert (np.sum(masks, axis=0) == 1).all()
    assert all(not set(rows[mask]) & set(rows[~mask]) for mask in masks)
    assert all(np.array_equal(a, b) for a, b in zip(masks, split_needs(rows, seed=3), strict=True))


def test_a_need_is_scored_by_trees_that_never_saw_it():
    features, grades = lesson(200)
    needs = np.arange(200) // 10
    done = []
    scores = score_held_out(default_reranker(), features, grades, needs, 0, lambda *step: done.append(step))
    assert done == [(number, 6) for number in range(1, 6)]
    changed = grades.copy()
    changed[needs == 4] = 1
    again = score_held_out(default_reranker(), features, changed, needs, 0)
    assert np.array_equal(again[needs == 4], scores[needs == 4])
    assert not np.array_equal(again, scores)


def tamper(trees, change):
    content = json.loads(trees.to_text())
    change(content)
    return json.dumps(content)


def swap(old, new):
    def change(content):
        assert old in content["trees"]
        content["trees"] = content["trees"].replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.update(trees=""),
        lambda content: content.update(trees="hello\nworld"),
        lambda content: content.update(trees=content["trees"][: len(content["trees"]) // 2]),
        lambda content: content.update(trees=content["trees"].replace("threshold=", "threshold=9 ", 1)),
        lambda content: content.update(trees=None),
        lambda content: content.update(slope="steep"),
        lambda content: content.update(prior=[]),
        lambda content: content.pop("learned_from"),
        lambda content: content.update(features=[*FEATURES[1:], FEATURES[0]]),
        lambda content: content.update(kind="pickle"),
        swap(f"max_feature_idx={len(FEATURES) - 1}", f"max_feature_idx={len(FEATURES)}"),
        swap("num_class=1", "num_class=2"),
        swap("num_cat=0", "num_cat=1"),
        swap("is_linear=0", "is_linear=1"),
        swap("\nTree=1\n", "\nTree=2\n"),
    ],
)
def test_a_damaged_model_is_refused_before_anything_reads_it(trees, change):
    with pytest.raises(ModelError, match="learn it again|expected 'weighted_sum'"):
        read_reranker(tamper(trees, change))


@pytest.mark.parametrize("field", ["split_feature", "left_child", "right_child", "decision_type"])
@pytest.mark.parametrize("value", ["99", "-1", "0", "1.5", "nan", "x", "-99"])
def test_trees_that_point_nowhere_are_refused(trees, field, value):
    start = trees.model.index(f"{field}=") + len(field) + 1
    stop = trees.model.index("\n", start)
    first, *rest = trees.model[start:stop].split(" ")
    line = " ".join([value, *rest])
    size = trees.model.index("tree_sizes=") + len("tree_sizes=")
    sizes = trees.model[size : trees.model.index("\n", size)].split(" ")
    sizes[0] = str(int(sizes[0]) + len(line) - (stop - start))
    damaged = trees.model[:start] + line + trees.model[stop:]
    damaged = damaged[:size] + " ".join(sizes) + damaged[damaged.index("\n", size) :]
    harmless = (
        value == first or (field == "decision_type" and value == "0") or (field == "split_feature" and value == "0")
    )
    text = BoostedTrees(trees.prior, trees.slope, trees.shift, damaged).to_text()
    if harmless:
        assert read_reranker(text).model == damaged
    else:
        with pytest.raises(ModelError, match="damaged"):
            read_reranker(text)


def test_what_is_no_json_is_refused():
    for text in ("", "[]", "{}", "null", '{"kind": "weighted_sum"}', '{"kind": []}'):
        with pytest.raises(ModelError):
            read_reranker(text)
