"""Tuning the encoder on judged pairs: the smaller encoder, a handful of pairs, and real torch."""

import json

import numpy as np
import pytest
from matching import HashEncoder

from matchmaker import Matchmaker, deepening, learning, read_achievements, read_judgments, read_needs
from matchmaker.cli import main
from matchmaker.deepening import Deep, bring_to_scale, fit_deeply, see
from matchmaker.errors import ModelError, SettingError
from matchmaker.learning import InUse, learn
from matchmaker.lessons import prepare_lesson
from matchmaker.rank.defaults import default_reranker
from matchmaker.rank.features import FEATURES
from matchmaker.rank.learning import Scores, fit_reranker
from matchmaker.rank.reranking import add_up
from matchmaker.register import Register
from matchmaker.samples import sample_path
from matchmaker.text import tuning
from matchmaker.text.encoding import STUDENT, BundledEncoder
from matchmaker.text.tuning import JudgedTexts, count_steps, tune
from matchmaker.text.weights import pack, read_constants, restore

NEEDS = ["高镍三元锂电池电解液", "海参育苗水质在线监测", "风电叶片无损检测", "聚酰亚胺薄膜国产化"]
# Good partners whose words say nothing of it: nothing but the grades can bring them together.
GOOD = ["蓝藻打捞船", "古籍数字化平台", "婴儿辅食配方", "冰雪运动护具"]


@pytest.fixture(scope="module")
def pairs():
    rows = [(need, offer) for need in range(4) for offer in range(4)]
    needs, supply = (np.array(side) for side in zip(*rows, strict=True))
    grades = np.where(needs == supply, 4.0, 1.0)
    return JudgedTexts((NEEDS, NEEDS), (GOOD, GOOD), (needs, supply), grades)


@pytest.fixture(scope="module")
def tuned(pairs):
    return tune(STUDENT, pairs, seed=0)


def cosines(encoder, pairs):
    asked, offered = encoder.encode(pairs.needs[0]), encoder.encode(pairs.supply[0])
    return (asked[pairs.rows[0]] * offered[pairs.rows[1]]).sum(1)


def test_weights_come_back_as_they_were_shipped():
    constants, sizes = read_constants(STUDENT)
    packed = pack(restore(constants, sizes), constants, first=2)
    assert {name.split(".")[0] for name in packed} == {f"layer{layer}" for layer in range(2, sizes.layers)}
    assert set(packed) < set(constants)
    for name, value in packed.items():
        if name.endswith(".codes"):
            # A column whose largest code was shipped as less than 127 would be spread a little wider.
            assert np.abs(value.astype(int) - constants[name]).max() <= 1
        else:
            assert value == pytest.approx(constants[name], rel=2e-2, abs=1e-6)


def test_tuning_brings_together_what_was_graded_high(pairs, monkeypatch):
    monkeypatch.setattr(tuning, "EPOCHS", 12)
    monkeypatch.setattr(tuning, "RATE", 5e-4)
    before, after = (
        cosines(BundledEncoder(STUDENT, weights=weights), pairs) for weights in (None, tune(STUDENT, pairs, 0))
    )
    good = pairs.grades > 1
    assert after[good].mean() - after[~good].mean() > before[good].mean() - before[~good].mean() + 0.05


def test_only_the_upper_layers_change_and_the_same_seed_gives_the_same_weights(pairs, tuned):
    assert {name.split(".")[0] for name in tuned} == {"layer3", "layer4", "layer5"}
    again = tune(STUDENT, pairs, seed=0)
    assert all(np.array_equal(tuned[name], again[name]) for name in tuned)
    plain, encoder, twin = (BundledEncoder(STUDENT, weights=weights) for weights in (None, tuned, again))
    assert encoder.fingerprint == twin.fingerprint != plain.fingerprint
    assert not np.array_equal(encoder.encode(NEEDS), plain.encode(NEEDS))
    assert np.array_equal(encoder.encode(NEEDS), twin.encode(NEEDS))


def test_every_step_is_told(pairs):
    told = []
    tune(STUDENT, pairs, 0, lambda done, total: told.append((done, total)))
    assert told == [(step, count_steps(pairs)) for step in range(1, count_steps(pairs) + 1)]


def test_the_scale_of_scores_outlives_another_spread_of_cosines():
    prior = default_reranker()
    chance = np.random.default_rng(0)
    before = chance.normal(size=(200, len(FEATURES)))
    after = before.copy()
    dense = FEATURES.index("dense")
    after[:, dense] = 0.3 + 2.5 * before[:, dense]
    scaled = bring_to_scale(prior, before, after)
    assert add_up(scaled.explain(after)) == pytest.approx(add_up(prior.explain(before)))


@pytest.fixture(scope="module")
def registers():
    needs = read_needs(sample_path("needs"))
    judgments = read_judgments(sample_path("judgments"))
    kept = sorted({row.need_id for row in judgments})[:16]
    return read_achievements(sample_path("achievements")), needs, judgments.where(lambda row: row.need_id in kept)


@pytest.fixture(scope="module")
def engine(registers):
    return Matchmaker(quality="balanced").fit(registers[0])


def prepare(engine, registers):
    _, needs, judgments = registers
    return prepare_lesson(engine._analyst, engine._supply, Register(engine._supply), needs, judgments, deep=True)


@pytest.mark.parametrize("helps", [True, False])
def test_a_tuned_encoder_is_taken_only_where_it_comes_clearly_nearer(engine, registers, monkeypatch, helps):
    lesson = prepare(engine, registers)
    grades = lesson.examples.grades
    noise = np.random.default_rng(0).normal(size=len(grades))
    plain, _ = fit_reranker(engine.reranker, lesson.examples, 0)

    def stand_in(*_):
        scores = (grades if helps else 0) + noise
        return Deep(plain, Scores(scores, scores[:, None]), {"layer3.narrow.bias": np.zeros(384, np.float32)})

    monkeypatch.setattr(learning, "fit_deeply", stand_in)
    learned = learn(lesson, InUse(engine.reranker, engine.calibration), 0, tuned_from=STUDENT)
    assert learned.report.tuned == helps == bool(learned.weights)
    assert (learned.report.deeper.difference > 0) == helps
    said = learned.report.to_text("zh"), learned.report.to_text("en")
    assert ("没有明显帮助" in said[0], "did not clearly help" in said[1]) == (not helps, not helps)


def test_an_engine_goes_on_with_the_encoder_that_it_tuned(registers, monkeypatch, tmp_path, capsys):
    achievements, needs, judgments = registers
    monkeypatch.setattr(learning, "_comes_nearer", lambda *_: True)
    monkeypatch.setattr(learning, "_beats", lambda *_: True)
    engine = Matchmaker(quality="balanced").fit(achievements)
    untaught = engine.shortlist(needs[:5])
    lesson = prepare(engine, registers)
    told = []
    report = engine.learn(needs, judgments, deep=True, progress=lambda *step: told.append(step))
    assert report.adopted and report.tuned
    steps = [(done, total) for stage, done, total in told if stage == "learn"]
    assert steps and steps[-2][0] == steps[-2][1] > deepening.FOLDS
    assert engine.settings["encoder"].startswith("tuned-")
    # What was learned from is what the engine goes on with.
    learned = see(lesson.examples, lesson.texts, engine._analyst.encoder.encoder)
    used = prepare(engine, registers).examples
    np.testing.assert_allclose(learned.features, used.features, atol=1e-6)
    np.testing.assert_allclose(learned.vectors.supply, used.vectors.supply, atol=1e-6)
    assert (lesson.examples.features != used.features).any(axis=0)[FEATURES.index("dense")]
    engine.save(tmp_path / "model")
    again = Matchmaker.load(tmp_path / "model")
    assert again.settings == engine.settings
    assert again.shortlist(needs[:5]) == engine.shortlist(needs[:5]) != untaught
    with pytest.raises(ModelError, match="learned from another encoder's vectors"):
        Matchmaker.load(tmp_path / "model", encoder=HashEncoder(384))
    # It has seen what would be kept aside.
    assert again.weights and not Matchmaker(quality="balanced").weights
    with pytest.raises(SettingError, match="learn with a fresh engine"):
        again.learn(needs, judgments)
    command = ["learn", *(str(sample_path(table)) for table in ("achievements", "needs", "judgments"))]
    assert main([*command, "--model", str(tmp_path / "model"), "--out", str(tmp_path / "on"), "--lang", "zh"]) == 2
    assert "请去掉 --model" in capsys.readouterr().err

    manifest = json.loads((tmp_path / "model/model.json").read_text(encoding="utf-8"))
    assert f"{manifest['state']}/encoder.npz" in manifest["files"]
    (tmp_path / "model" / manifest["state"] / "encoder.npz").write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"encoder\.npz is missing or was changed"):
        Matchmaker.load(tmp_path / "model")


def test_held_out_scores_come_from_encoders_that_saw_nothing_of_the_need(engine, registers, monkeypatch):
    seen = []

    def spy(folder, texts, seed, progress=None):
        seen.append(set(texts.rows[0].tolist()))
        return {}

    monkeypatch.setattr(deepening, "tune", spy)
    lesson = prepare(engine, registers)
    fit_deeply(engine.reranker, lesson.examples, lesson.texts, STUDENT, 0)
    everything = set(lesson.texts.rows[0].tolist())
    *folds, last = seen
    assert last == everything and len(folds) == deepening.FOLDS
    kept_aside = [everything - part for part in folds]
    assert sorted(need for part in kept_aside for need in part) == sorted(everything)


def test_what_cannot_be_tuned_says_so(registers):
    achievements, needs, judgments = registers
    engine = Matchmaker(quality="fast").fit(achievements[:40])
    with pytest.raises(SettingError, match="only the bundled encoder in quality best or balanced can be tuned"):
        engine.learn(needs, judgments, deep=True)
