import json
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.errors import ModelError
from matchmaker.evaluation import auc
from matchmaker.rank.calibration import read_calibration, write_calibration
from matchmaker.rank.defaults import DEFAULT, default_calibration, default_reranker
from matchmaker.rank.features import FEATURES, PRECEDENTS
from matchmaker.rank.learning import Examples, fit_reranker, fit_sum, score, split_needs, spread_grades
from matchmaker.rank.precedents import USUAL, USUAL_NOISE, JudgedPairs, Shares
from matchmaker.rank.reranking import WeightedSum, add_up, digest, read_reranker


def lesson(count=300, seed=0):
    """Features, and grades that the prior does not explain: they follow one feature that it weighs little."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, len(FEATURES)))
    features[:, FEATURES.index(PRECEDENTS)] = 0
    grades = np.clip(np.round(2.5 + features[:, FEATURES.index("maturity")] + rng.normal(size=count) * 0.3), 1, 4)
    return features, grades.astype(int)


def examples(count=300, seed=0, per_need=10):
    """The same, each pair with vectors that say nothing."""
    rng = np.random.default_rng(seed + 100)
    rows = np.arange(count) // per_need
    vectors = rng.normal(size=(rows[-1] + 1 + count, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Examples(*lesson(count, seed), JudgedPairs(vectors[: rows[-1] + 1], vectors[rows[-1] + 1 :], rows))


@pytest.fixture(scope="module")
def trees():
    model, _ = fit_reranker(default_reranker(), examples(), seed=0)
    assert model.trees
    return model


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
    assert read_reranker(json.dumps(json.loads(DEFAULT.read_text(encoding="utf-8"))["best"]["reranker"])) == model
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
    added = lightgbm.Booster(model_str=trees.trees).predict(features)
    line = trees.slope * add_up(trees.prior.explain(features)) + trees.shift
    assert add_up(trees.explain(features)) == pytest.approx(line + added, abs=1e-9)


@pytest.mark.parametrize("kind", ["sum", "trees"])
def test_a_pair_alone_scores_as_among_many(kind, trees):
    model = trees if kind == "trees" else default_reranker()
    features, _ = lesson(40, 3)
    together = model.explain(features)
    assert np.array_equal(np.concatenate([model.explain(features[[row]]) for row in range(40)]), together)
    assert np.array_equal(model.explain(features[::-1])[::-1], together)


@pytest.mark.parametrize("kind", ["sum", "line", "trees"])
def test_what_a_model_does_not_read_changes_no_score(kind, trees):
    model = {"sum": default_reranker(), "line": replace(trees, trees=""), "trees": trees}[kind]
    assert (PRECEDENTS in model.reads, model.reads == set(FEATURES)) == (kind != "sum", kind == "trees")
    features, _ = lesson(40, 5)
    needed = features * [name in model.reads for name in FEATURES]
    assert np.array_equal(add_up(model.explain(needed)), add_up(model.explain(features)))
    for name in model.reads & model.prior.reads if kind != "sum" else model.reads:
        without = features * [other != name for other in FEATURES]
        assert not np.array_equal(add_up(model.explain(without)), add_up(model.explain(features))), name


def test_text_brings_back_the_same_model(trees):
    features, _ = lesson(60, 4)
    for model in (trees, default_reranker()):
        again = read_reranker(model.to_text())
        assert again == model and digest(again) == digest(model)
        assert np.array_equal(again.explain(features), model.explain(features))
    few, _ = fit_reranker(default_reranker(), examples(40), seed=0)
    assert read_reranker(few.to_text()) == few


def test_learning_follows_the_seed_alone(trees):
    assert fit_reranker(default_reranker(), examples(), seed=0)[0] == trees
    assert fit_reranker(default_reranker(), examples(), seed=1)[0].trees != trees.trees


def test_trees_learn_what_the_prior_does_not_know(trees):
    others = examples(400, 9)
    assert np.corrcoef(score(trees, others).totals, others.grades)[0, 1] > 0.8
    assert np.corrcoef(add_up(default_reranker().explain(others.features)), others.grades)[0, 1] < 0.5


def test_trees_that_come_no_nearer_on_needs_kept_aside_are_left_out():
    rng = np.random.default_rng(3)
    noise = examples(300)
    noise = Examples(noise.features, rng.integers(1, 5, 300), noise.vectors)
    model, held_out = fit_reranker(default_reranker(), noise, seed=0)
    assert model.trees == ""
    assert np.mean((noise.grades - held_out.totals) ** 2) < noise.grades.var() * 1.1


def test_grades_lean_towards_each_step_and_keep_their_mean_and_spread():
    grades = np.array([1] * 50 + [2] * 30 + [3] * 15 + [4] * 5)
    targets, leading = spread_grades(grades, np.array([1, 2, 3, 4]))
    assert targets.shape == (3, 100) and leading == 1
    assert targets.mean(axis=1) == pytest.approx([grades.mean()] * 3)
    assert targets.std(axis=1) == pytest.approx([grades.std()] * 3, rel=0.15)
    for target, step in zip(targets, (2, 3, 4), strict=True):
        levels = np.array([target[grades == grade][0] for grade in (1, 2, 3, 4)])
        assert np.diff(levels).argmax() == step - 2 and (np.diff(levels) > 0).all()
    # Two grades are one step, which says what the grades say; a step that no pair reaches moves nothing.
    assert spread_grades(grades // 2, np.array([0, 1, 2]))[0].shape == (2, 100)
    assert spread_grades(grades > 2, np.array([0, 1]))[0][0] == pytest.approx((grades > 2).astype(float))
    absent = spread_grades(np.minimum(grades, 3), np.array([1, 2, 3, 4]))[0][2]
    assert np.corrcoef(absent, np.minimum(grades, 3))[0, 1] == pytest.approx(1)
    # Of a long scale only the step that makes a meeting worthwhile is learned by itself.
    targets, leading = spread_grades(grades * 7, np.arange(101))
    assert len(targets) == 1 and leading == 0


def test_what_reaches_one_step_is_learned_beside_what_reaches_another():
    """Pairs are worth a look by one liking, and excellent by another; each step's own score knows its own."""
    rng = np.random.default_rng(0)
    rows = np.repeat(np.arange(40), 20)
    vectors = rng.normal(size=(840, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    supply = vectors[40:]
    worth, excellent = supply[:, 0] > 0, supply[:, 1] > 0.2
    grades = 1 + worth + (worth & excellent)
    features = np.zeros((800, len(FEATURES)))
    pairs = Examples(features, grades, JudgedPairs(vectors[:40], supply, rows))
    scores = score(fit_sum(default_reranker(), pairs, Shares(USUAL, USUAL_NOISE)), pairs)
    assert scores.steps.shape == (800, 2) and np.array_equal(scores.steps[:, 1], scores.totals)
    for step, other in ((0, 1), (1, 0)):
        reached = grades >= step + 2
        assert auc(scores.steps[:, step], reached) > auc(scores.steps[:, other], reached) + 0.005


def test_more_prior_score_never_means_less_on_the_line():
    pairs = examples(200, 5)
    scores = add_up(default_reranker().explain(pairs.features))
    usual = Shares(USUAL, USUAL_NOISE)
    backwards = Examples(pairs.features, (scores < np.median(scores)).astype(int), pairs.vectors)
    assert fit_sum(default_reranker(), backwards, usual).slope > 0
    equal = Examples(np.ones_like(pairs.features), np.arange(200) % 2, pairs.vectors)
    assert np.isfinite(score(fit_sum(default_reranker(), equal, usual), equal).steps).all()


@pytest.mark.parametrize("needs", [5, 7, 23])
def test_folds_hold_out_whole_needs_once(needs):
    rows = np.random.default_rng(needs).integers(0, needs, 120)
    masks = list(split_needs(rows, seed=3))
    assert len(masks) == 5
    assert (np.sum(masks, axis=0) == 1).all()
    assert all(not set(rows[mask]) & set(rows[~mask]) for mask in masks)
    assert all(np.array_equal(a, b) for a, b in zip(masks, split_needs(rows, seed=3), strict=True))


def test_a_need_is_scored_by_a_model_that_never_saw_it():
    pairs = examples(200)
    done = []
    _, scores = fit_reranker(default_reranker(), pairs, 0, lambda *step: done.append(step))
    assert done == [(number, 6) for number in range(1, 6)]
    own = pairs.vectors.rows == pairs.vectors.rows[pairs.grades.argmax()]
    changed = np.where(own, 1, pairs.grades)
    # Shares are set on all judgments together, so that held-out scores of one need move a little with its own grades.
    _, again = fit_reranker(default_reranker(), Examples(pairs.features, changed, pairs.vectors), 0)
    assert np.abs(again.steps[own] - scores.steps[own]).max() < 0.3
    assert np.abs(changed - pairs.grades)[own].max() == 3


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
        lambda content: content.update(trees="hello\nworld"),
        lambda content: content.update(trees=content["trees"][: len(content["trees"]) // 2]),
        lambda content: content.update(trees=content["trees"].replace("threshold=", "threshold=9 ", 1)),
        lambda content: content.update(trees=None),
        lambda content: content.update(slope="steep"),
        lambda content: content.update(prior=[]),
        lambda content: content.pop("learned_from"),
        lambda content: content.update(features=[*FEATURES[1:], FEATURES[0]]),
        lambda content: content.update(kind="pickle"),
        lambda content: content.pop("precedents"),
        lambda content: content["precedents"].pop("levels"),
        lambda content: content["precedents"]["needs"].update(dtype="|O"),
        lambda content: content["precedents"]["needs"].update(shape=[1, 12]),
        lambda content: content["precedents"]["needs"].update(base64="?"),
        lambda content: content["precedents"].update(levels=content["precedents"]["needs"]),
        lambda content: content["precedents"]["shares"].update(base64="//////////8=", shape=[1]),
        swap(f"max_feature_idx={len(FEATURES) - 1}", "max_feature_idx=99"),
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
    start = trees.trees.index(f"{field}=") + len(field) + 1
    stop = trees.trees.index("\n", start)
    first, *rest = trees.trees[start:stop].split(" ")
    line = " ".join([value, *rest])
    size = trees.trees.index("tree_sizes=") + len("tree_sizes=")
    sizes = trees.trees[size : trees.trees.index("\n", size)].split(" ")
    sizes[0] = str(int(sizes[0]) + len(line) - (stop - start))
    damaged = trees.trees[:start] + line + trees.trees[stop:]
    damaged = damaged[:size] + " ".join(sizes) + damaged[damaged.index("\n", size) :]
    harmless = (
        value == first or (field == "decision_type" and value == "0") or (field == "split_feature" and value == "0")
    )
    text = replace(trees, trees=damaged).to_text()
    if harmless:
        assert read_reranker(text).trees == damaged
    else:
        with pytest.raises(ModelError, match="damaged"):
            read_reranker(text)


def test_what_is_no_json_is_refused():
    for text in ("", "[]", "{}", "null", '{"kind": "weighted_sum"}', '{"kind": []}'):
        with pytest.raises(ModelError):
            read_reranker(text)
