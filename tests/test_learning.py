import functools
import random
from dataclasses import replace

import numpy as np
import pytest
from matching import HashEncoder, invent_profiles

from matchmaker import Judgment, Matchmaker
from matchmaker.errors import RecordError, SettingError, TableError
from matchmaker.learning import FEWEST_COMPARED, MIN_NEEDS, MIN_PAIRS, InUse, learn
from matchmaker.lessons import Lesson
from matchmaker.pairing import compare_named
from matchmaker.rank.calibration import relevant_grade
from matchmaker.rank.defaults import default_calibration, default_reranker
from matchmaker.rank.features import FEATURES, PRECEDENTS
from matchmaker.rank.learning import Examples, fit_sum, score
from matchmaker.rank.precedents import USUAL, USUAL_NOISE, JudgedPairs, Shares
from matchmaker.rank.reranking import LearnedSum

REGISTER = invent_profiles("achievement", 60)
NEEDS = invent_profiles("need", 30)
SCALES = {"01": (0, 1), "012": (0, 1, 2), "1234": (1, 2, 3, 4), "negative": (-3, -1, 2)}


@pytest.fixture(autouse=True)
def fewer_trees(monkeypatch):
    monkeypatch.setattr("matchmaker.rank.learning.ROUNDS", 50)


@functools.cache
def shared_engine():
    return Matchmaker(encoder=HashEncoder()).fit(REGISTER)


@pytest.fixture
def engine():
    """An engine that has learned nothing yet."""
    engine = shared_engine()
    forget(engine)
    return engine


def forget(engine):
    engine.reranker, engine.calibration, engine.threshold = default_reranker(), default_calibration(), 0.5


def judge(scale=(1, 2, 3, 4), needs=NEEDS, per_need=10, seed=0):
    """Grades that follow maturity and the cooperation mode, which the default model weighs little."""
    rng = random.Random(seed)
    stage = {"产业化": 3, "中试": 2, "小试": 1, "": 0}
    judgments = []
    for wanted in needs:
        for offered in rng.sample(REGISTER, per_need):
            value = stage[offered.maturity] + (offered.mode == wanted.mode) - 0.5 + rng.random() / 2
            judgments.append(Judgment(wanted.id, offered.id, scale[min(int(value / 4 * len(scale)), len(scale) - 1)]))
    return judgments


def state(engine):
    return engine.settings, engine.calibration, engine.shortlist(NEEDS[:3])


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_informative_judgments_are_learned_from(scale, engine):
    judgments = judge(scale)
    before = engine.shortlist(NEEDS[:3])
    report = engine.learn(NEEDS, judgments)
    assert report.adopted and not report.backwards and report.comparison.difference > 0.05
    assert (report.needs, report.pairs, report.skipped) == (30, 300, 0)
    assert isinstance(engine.reranker, LearnedSum) and engine.calibration.grades == scale
    assert engine.shortlist(NEEDS[:3]) != before
    scored = engine.score(NEEDS, judgments)
    assert all(0 <= one.probability <= 1 and scale[0] <= one.expected_grade <= scale[-1] for one in scored)
    high = [one.probability for one, judgment in zip(scored, judgments, strict=True) if judgment.grade == scale[-1]]
    low = [one.probability for one, judgment in zip(scored, judgments, strict=True) if judgment.grade == scale[0]]
    assert np.mean(high) > np.mean(low) + 0.1
    order = np.argsort([one.score for one in scored])
    assert (np.diff([scored[row].probability for row in order]) >= 0).all()
    # Each step of the grades is learned by itself: the grade to expect follows the score, but not to the letter.
    assert np.corrcoef([scored[row].expected_grade for row in order], np.arange(len(order)))[0, 1] > 0.9
    assert "已采用新模型" in report.to_text() and "learned model adopted" in report.to_text("en")


# About one in thirty random lessons passes; these do not.
@pytest.mark.parametrize("seed", range(1, 6))
def test_random_judgments_are_refused_and_change_nothing(seed, engine):
    rng = random.Random(seed)
    before = state(engine)
    report = engine.learn(NEEDS, [replace(judgment, grade=rng.randint(1, 4)) for judgment in judge(seed=seed)])
    assert not report.adopted
    assert state(engine) == before
    assert engine.reranker is default_reranker() and engine.calibration is default_calibration()
    assert "继续使用原模型" in report.to_text() and "the one in use stays" in report.to_text("en")


def test_grades_the_wrong_way_round_are_refused_and_named(engine):
    pairs = [(judgment.need_id, judgment.achievement_id) for judgment in judge()]
    scored = engine.score(NEEDS, judge())
    ranks = np.argsort(np.argsort([one.score for one in scored]))
    grades = [4 - int(rank * 4 / len(ranks)) for rank in ranks]
    before = state(engine)
    report = engine.learn(NEEDS, [Judgment(*pair, grade) for pair, grade in zip(pairs, grades, strict=True)])
    # On needs kept aside the backward model is better, for they are judged backwards too.
    assert report.comparison.difference > 0
    assert report.backwards and not report.adopted and state(engine) == before
    assert "请确认分值是否越大越好" in report.to_text()
    assert "check that a higher grade is better" in report.to_text("en")


def test_grades_the_default_understands_already_are_not_called_backwards(engine):
    scored = engine.score(NEEDS, judge())
    ranks = np.argsort(np.argsort([one.score for one in scored]))
    judgments = [replace(one, grade=1 + int(rank * 4 / len(ranks))) for one, rank in zip(judge(), ranks, strict=True)]
    report = engine.learn(NEEDS, judgments)
    assert not report.backwards and not report.adopted
    assert report.comparison.b == pytest.approx(1)


@pytest.mark.parametrize("scale", [(1, 2, 3, 4), (1, 2, 3), (0, 1), (1, 2)])
def test_an_order_that_stays_is_read_by_curves_of_ones_own(scale, engine, tmp_path):
    """These people agree with the order, and find far more worthwhile than those who judged the samples."""
    judged = judge()
    ranks = np.argsort(np.argsort([one.score for one in engine.score(NEEDS, judged)]))
    grades = [scale[int(rank * len(scale) / len(ranks))] for rank in ranks]
    before = engine.score(NEEDS, judged)
    report = engine.learn(NEEDS, [replace(one, grade=grade) for one, grade in zip(judged, grades, strict=True)])
    assert report.changed and not report.adopted and engine.reranker is default_reranker()
    error, left = report.recalibrated
    assert 0 <= left < 0.6 * error
    assert engine.threshold == report.threshold
    after = engine.score(NEEDS, judged)
    assert [one.score for one in after] == [one.score for one in before]
    # Three grades of the samples' four are grades of theirs; the other scales are read from nothing.
    known = (1, 2, 3, 4) if scale in ((1, 2, 3, 4), (1, 2, 3)) else scale
    assert engine.calibration.grades == known and engine.calibration.relevant == relevant_grade(scale)
    worth = np.array(grades) >= relevant_grade(scale)
    errors = [np.mean((np.array([one.probability for one in each]) - worth) ** 2) for each in (before, after)]
    assert errors[1] < 0.6 * errors[0]
    assert "概率和预计等级已按研判重新校准" in report.to_text() and "继续使用原模型" in report.to_text()
    assert "were calibrated anew" in report.to_text("en") and "counts as suitable" in report.to_text("en")
    engine.save(tmp_path / "model")
    again = Matchmaker.load(tmp_path / "model", encoder=HashEncoder())
    assert again.score(NEEDS, judged) == after and again.settings == engine.settings


def test_curves_that_read_no_better_are_not_taken(engine):
    """Judgments drawn from the very curves in use leave nothing to mend."""
    judged = judge(per_need=20)
    steps = engine.calibration.steps(np.array([one.score for one in engine.score(NEEDS, judged)]))
    drawn = 1 + (np.random.default_rng(0).random((len(judged), 1)) < steps).sum(axis=1)
    before = state(engine)
    report = engine.learn(NEEDS, [replace(one, grade=int(grade)) for one, grade in zip(judged, drawn, strict=True)])
    assert not report.changed and report.recalibrated is None and state(engine) == before


@pytest.mark.parametrize(
    ("judgments", "found"),
    [
        ([], "found 0 on 0"),
        (judge(needs=NEEDS[:4]), "found 40 on 4"),
        (judge(per_need=3)[:29], "found 29 on 10"),
        ([replace(judgment, grade=3) for judgment in judge()], "found 300 on 30"),
    ],
)
def test_too_little_to_learn_from_is_an_error(judgments, found, engine):
    before = state(engine)
    with pytest.raises(TableError, match=rf"at least {MIN_PAIRS} judgments on {MIN_NEEDS} needs.*{found}"):
        engine.learn(NEEDS, judgments)
    assert state(engine) == before


def test_unknown_ids_are_counted_and_left_out(engine):
    judgments = judge()
    strange = [Judgment("N-x", "A-001", 4), Judgment("N-001", "A-x", 1), Judgment("N-x", "A-001", 3)]
    report = engine.learn(NEEDS, [*strange, *judgments])
    assert (report.needs, report.pairs, report.skipped) == (30, 300, 2)
    assert "另有 2 条" in report.to_text() and "2 left out" in report.to_text("en")
    forget(engine)
    assert replace(engine.learn(NEEDS, judgments), skipped=2) == report
    with pytest.raises(TableError, match=r"found 0 on 0 \(2 left out"):
        engine.learn(NEEDS, strange)


def test_of_two_judgments_of_one_pair_the_later_counts(engine):
    judgments = judge()
    wrong = [replace(judgment, grade=5 - judgment.grade) for judgment in judgments]
    assert engine.learn(NEEDS, [*wrong, *judgments]).pairs == 300
    settings = engine.settings
    forget(engine)
    engine.learn(NEEDS, judgments)
    assert engine.settings == settings


def test_equal_seeds_learn_equally():
    learned = {}
    for seed in (0, 0, 1):
        engine = Matchmaker(encoder=HashEncoder(), seed=seed).fit(REGISTER)
        report = engine.learn(NEEDS, judge())
        found = (report, engine.reranker.to_text(), engine.calibration, engine.shortlist(NEEDS[:3]))
        assert learned.setdefault(seed, found) == found
    assert learned[0][1] != learned[1][1]


def test_learning_again_from_the_same_judgments_gives_the_same_model(engine):
    first = engine.learn(NEEDS, judge())
    before = state(engine)
    # Measured on what it has learned from, the model in use would beat every other; see the next test.
    assert engine.learn(NEEDS, judge()) == first
    assert state(engine) == before


def test_a_model_that_learned_by_heart_gives_way_to_a_better_one(engine):
    few = judge(needs=NEEDS[:8], per_need=15)
    rng = random.Random(0)
    names = [(judgment.need_id, judgment.achievement_id) for judgment in few]
    named = compare_named(engine._analyst, engine.supply, NEEDS, names, None)
    grades = np.array([rng.randint(1, 4) for _ in few])
    by_heart = Examples(named.features, grades, named.vectors(engine.supply))
    seen = tuple(profile.id for profile in NEEDS[:8])
    engine.reranker = replace(fit_sum(default_reranker(), by_heart, Shares(USUAL, 0.01)), learned_from=seen)
    assert np.corrcoef(score(engine.reranker, by_heart).totals, grades)[0, 1] > 0.9
    noise = [replace(judgment, grade=int(grade)) for judgment, grade in zip(few, grades, strict=True)]
    report = engine.learn(NEEDS, [*noise, *judge(needs=NEEDS[8:], per_need=30)])
    # Its own scores on the needs it knows by heart are left out of the comparison.
    assert report.comparison.needs == 22 and report.adopted
    assert engine.reranker.learned_from == tuple(profile.id for profile in NEEDS)


def test_a_learned_model_is_not_replaced_by_chance(engine):
    assert engine.learn(NEEDS, judge(needs=NEEDS[:15], per_need=20)).adopted
    before = state(engine)
    rng = random.Random(1)
    noise = [replace(judgment, grade=rng.randint(1, 4)) for judgment in judge(needs=NEEDS[15:])]
    report = engine.learn(NEEDS, noise)
    assert not report.adopted and report.comparison.needs <= 15
    assert state(engine) == before


@pytest.mark.parametrize("left_out", [1, 2, 4])
def test_a_grade_that_nobody_gave_does_not_change_what_is_worthwhile(left_out, engine):
    judgments = [one for one in judge(per_need=30) if one.grade != left_out]
    report = engine.learn(NEEDS, judgments)
    assert report.adopted
    assert engine.calibration.relevant == default_calibration().relevant == 3
    scored = engine.score(NEEDS, judgments)
    worth = np.array([judgment.grade >= 3 for judgment in judgments])
    assert np.mean([one.probability for one in scored]) == pytest.approx(worth.mean(), abs=0.1)


def test_a_month_without_anything_worthwhile_is_one(engine):
    """A model learned on four grades reads 1 and 2 as the lower two of them; at first they are all that there are."""
    assert engine.learn(NEEDS, judge(needs=NEEDS[:15], per_need=30)).adopted
    poor = [replace(one, grade=min(one.grade, 2)) for one in judge(needs=NEEDS[15:], per_need=30)]
    engine.learn(NEEDS, poor)
    assert engine.calibration.grades == (1, 2, 3, 4) and engine.calibration.relevant == 3
    forget(engine)
    assert engine.learn(NEEDS, [replace(one, grade=min(one.grade, 2)) for one in judge(per_need=30)]).adopted
    assert engine.calibration.grades == (1, 2) and engine.calibration.relevant == 2


@pytest.mark.parametrize("grade", [1, 4])
def test_new_needs_whose_achievements_are_all_alike_are_no_opponent(grade, engine):
    known = judge(needs=NEEDS[:15], per_need=20)
    assert engine.learn(NEEDS, known).adopted
    alike = [replace(judgment, grade=grade) for judgment in judge(needs=NEEDS[15:])]
    report = engine.learn(NEEDS, [*known, *alike])
    assert np.isfinite(report.correlation.difference)
    # Those who learned before have seen all that tells: the order as shipped stands in for them.
    assert report.comparison.needs > 8


def test_a_model_that_knows_more_needs_is_not_replaced_unseen(engine):
    known = judge(per_need=20)
    assert engine.learn(NEEDS, known).adopted
    before = state(engine)
    part = {profile.id for profile in NEEDS[:12]}
    report = engine.learn(NEEDS, [judgment for judgment in known if judgment.need_id in part])
    assert not report.adopted and report.forgotten == len(NEEDS) - 12 and state(engine) == before
    assert "另外 18 项需求" in report.to_text() and "knows 18 other needs" in report.to_text("en")
    assert engine.learn(NEEDS, known).forgotten == 0


def test_the_same_judgments_calibrate_once(engine):
    judged = judge()
    ranks = np.argsort(np.argsort([one.score for one in engine.score(NEEDS, judged)]))
    same = [replace(one, grade=1 + int(rank * 4 / len(ranks))) for one, rank in zip(judged, ranks, strict=True)]
    assert engine.learn(NEEDS, same).recalibrated is not None
    after = state(engine)
    assert not engine.learn(NEEDS, same).changed and state(engine) == after


@pytest.mark.parametrize(("new", "compared"), [(FEWEST_COMPARED - 1, 12 + FEWEST_COMPARED - 1), (FEWEST_COMPARED, 8)])
def test_few_new_needs_do_not_decide(new, compared, engine):
    assert engine.learn(NEEDS, judge(needs=NEEDS[:12], per_need=30)).adopted
    report = engine.learn(NEEDS, judge(needs=NEEDS[: 12 + new], per_need=30))
    assert report.comparison.needs == compared


def test_percentages_are_learned_as_they_are(engine):
    judgments = [replace(one, grade=one.grade * 25) for one in judge((0, 1, 2, 3, 4))]
    report = engine.learn(NEEDS, judgments)
    assert report.adopted and engine.calibration.grades == (0, 25, 50, 75, 100)
    assert engine.calibration.relevant == 75
    assert max(one.expected_grade for one in engine.score(NEEDS, judgments)) > 60


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"grade": 2.5}, "grade 2.5"), ({"grade": float("nan")}, "grade nan"), ({"grade": "3"}, "grade '3'")]
    + [({"weight": value}, f"weight {value}") for value in (0, -1.0, float("nan"), float("inf"))],
)
def test_judgments_that_cannot_be_learned_from_are_named(changes, told, engine):
    first, *others = judge()
    with pytest.raises(RecordError, match=rf"{first.need_id}.*{first.achievement_id}.* {told}"):
        engine.learn(NEEDS, [replace(first, **changes), *others])


def test_a_learned_engine_keeps_its_model_through_changes_of_the_register():
    engine = Matchmaker(encoder=HashEncoder()).fit(REGISTER)
    engine.learn(NEEDS, judge())
    assert engine.settings["reranker"] == "LearnedSum"
    model = engine.settings["reranker_sha256"]
    engine.remove(["A-001"]).add([REGISTER[1]]).fit(REGISTER[:20])
    assert engine.settings["reranker_sha256"] == model


def test_terms_of_trees_add_up_to_the_score(engine):
    engine.learn(NEEDS, judge())
    for shortlist in engine.shortlist(NEEDS[:6]):
        for match in shortlist:
            total = match.evidence.base
            for term in match.evidence.terms:
                total += term.contribution
            assert total == pytest.approx(match.score, abs=1e-12)


def test_learned_scores_are_the_same_for_pairs_and_lists(engine):
    engine.learn(NEEDS, judge())
    listed = {(m.need_id, m.achievement_id): m.score for one in engine.shortlist(NEEDS[:6]) for m in one}
    names = [Judgment(*pair, 0) for pair in listed]
    assert [one.score for one in engine.score(NEEDS, names)] == list(listed.values())


def test_the_lesson_is_measured_on_needs_kept_aside():
    """Learning by heart helps on no other need, so grades that belong to the pair alone are refused."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(330, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    examples = Examples(
        rng.normal(size=(300, len(FEATURES))),
        rng.integers(1, 5, 300),
        JudgedPairs(vectors[:30], vectors[30:], np.arange(300) // 10),
    )
    examples.features[:, FEATURES.index(PRECEDENTS)] = 0
    lesson = Lesson(examples, [f"n{row // 10}" for row in range(300)], [f"a{row}" for row in range(300)])
    result = learn(lesson, InUse(default_reranker(), default_calibration()), 0)
    assert not result.report.adopted
    by_heart = fit_sum(default_reranker(), examples, Shares(USUAL * 5, USUAL_NOISE / 10))
    assert np.corrcoef(score(by_heart, examples).totals, examples.grades)[0, 1] > 0.8


def test_what_was_learned_of_one_need_helps_it_and_its_like_most():
    """One need's judgments go against every feature: its own pairs follow them, another need's do not."""
    engine = Matchmaker(encoder=HashEncoder()).fit(REGISTER)
    judgments = judge(per_need=20)
    assert engine.learn(NEEDS, judgments).adopted
    before = {(one.need_id, one.achievement_id): one.score for one in engine.score(NEEDS, judgments)}
    praised = [replace(one, grade=4) if one.need_id == "N-003" else one for one in judgments]
    forget(engine)
    assert engine.learn(NEEDS, praised).adopted
    moved = {}
    for one in engine.score(NEEDS, judgments):
        moved.setdefault(one.need_id, []).append(one.score - before[one.need_id, one.achievement_id])
    means = {name: np.mean(values) for name, values in moved.items()}
    assert max(means, key=means.get) == "N-003" and means["N-003"] > 0.3


@pytest.mark.parametrize("gap_error", [0.0, 0.1, 0.4])
def test_needs_with_something_suitable_are_called_gaps_no_more_often_than_asked_for(gap_error):
    engine = Matchmaker(encoder=HashEncoder()).fit(REGISTER)
    report = engine.learn(NEEDS, judge(per_need=20), gap_error=gap_error)
    assert report.adopted and engine.threshold == report.threshold
    assert (report.threshold == 0) == (gap_error == 0)
    scored = engine.score(NEEDS, judge(per_need=20))
    best = {}
    for one in scored:
        best[one.need_id] = max(best.get(one.need_id, 0), one.probability)
    assert np.mean([value < engine.threshold for value in best.values()]) <= gap_error + 0.15
    assert f"{report.threshold:.2f}" in report.to_text()


def test_a_share_of_gaps_that_is_no_share_is_refused(engine):
    for wrong in (-0.1, 1.0, 7):
        with pytest.raises(SettingError, match="gap_error"):
            engine.learn(NEEDS, judge(), gap_error=wrong)


def test_progress_is_told(engine):
    told = []
    engine.learn(NEEDS, judge(), progress=lambda *step: told.append(step))
    assert told[-1] == ("learn", 1, 1) and {"clean", "encode"} <= {stage for stage, _, _ in told}
    assert ("learn", 3, 6) in told
