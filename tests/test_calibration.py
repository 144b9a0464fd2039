import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.rank.calibration import Calibration, fit_calibration, relevant_grade
from matchmaker.rank.defaults import default_calibration

SCALES = [(0, 1), (0, 1, 2), (1, 2, 3, 4), (-2, -1, 3), (-3, -2, -1), (1, 5)]
SCORES = np.linspace(-40, 40, 801)


def judged(scale, count=400, seed=0, slope=1.0):
    """Scores, and grades that rise with them."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=count) * 2
    place = np.clip(np.round((scores * slope + rng.logistic(size=count)) / 3 + (len(scale) - 1) / 2), 0, len(scale) - 1)
    return scores, np.array(scale)[place.astype(int)]


@pytest.mark.parametrize(
    ("scale", "least"), [((0, 1), 1), ((0, 1, 2), 2), ((1, 2, 3, 4), 3), ((-2, -1, 3), 3), ((7,), 7)]
)
def test_the_upper_half_of_a_scale_is_worthwhile(scale, least):
    assert relevant_grade(scale) == relevant_grade(scale[::-1] * 3) == least


@pytest.mark.parametrize("scale", SCALES)
def test_probabilities_and_grades_stay_in_range_and_never_fall(scale):
    calibration = fit_calibration(*judged(scale))
    assert calibration.grades == scale
    probabilities, grades = calibration.probability(SCORES), calibration.expected_grade(SCORES)
    assert probabilities.min() >= 0 and probabilities.max() <= 1
    assert grades.min() >= scale[0] and grades.max() <= scale[-1]
    assert (np.diff(probabilities) >= 0).all() and (np.diff(grades) >= 0).all()
    steps = calibration.steps(SCORES)
    assert steps.shape == (len(SCORES), len(scale) - 1)
    assert (np.diff(steps, axis=1) <= 0).all()


@pytest.mark.parametrize("scale", SCALES)
def test_probabilities_mean_what_they_say(scale):
    calibration = fit_calibration(*judged(scale, 5000))
    scores, grades = judged(scale, 5000, seed=1)
    probabilities = calibration.probability(scores)
    for low in np.arange(0, 1, 0.2):
        here = (probabilities >= low) & (probabilities < low + 0.2)
        if here.sum() > 100:
            assert abs(probabilities[here].mean() - (grades[here] >= calibration.relevant).mean()) < 0.08
    assert abs(calibration.expected_grade(scores).mean() - grades.mean()) < 0.1


def test_each_step_can_have_a_score_of_its_own():
    rng = np.random.default_rng(2)
    outcomes = rng.normal(size=(4000, 2))
    grades = 1 + (outcomes[:, 0] > 0) + ((outcomes > 0).all(axis=1))
    scores = outcomes + 0.3 * rng.normal(size=outcomes.shape)
    own, shared = fit_calibration(scores, grades), fit_calibration(scores.sum(axis=1), grades)
    by_own, by_sum = own.expected_grade(scores), shared.expected_grade(scores.sum(axis=1))
    assert np.mean((by_own - grades) ** 2) < 0.8 * np.mean((by_sum - grades) ** 2)
    assert (np.diff(own.steps(scores), axis=1) <= 0).all()
    # The same score for each step is one for all.
    alike = np.repeat(scores[:, :1], 2, axis=1)
    assert fit_calibration(alike, grades) == (one := fit_calibration(scores[:, 0], grades))
    assert np.array_equal(one.steps(alike), one.steps(scores[:, 0]))


def test_the_expected_grade_is_the_mean_over_the_steps():
    calibration = Calibration((1, 2, 5), (1.0, 1.0), (0.0, -1.0), 2)
    low, high = 1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(0.5))
    assert calibration.expected_grade(np.array([0.5]))[0] == pytest.approx(1 + low * 1 + high * 3)
    assert calibration.probability(np.array([0.5]))[0] == pytest.approx(low)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 129])
def test_a_score_alone_is_read_as_among_many(count):
    calibration = default_calibration()
    scores = np.random.default_rng(count).normal(size=count) * 5
    for read in (calibration.probability, calibration.expected_grade):
        assert read(scores).tolist() == [read(scores[[row]])[0] for row in range(count)]
    assert calibration.probability(scores[:0]).shape == (0,)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(-50, 50), st.integers(-3, 3)), min_size=2, max_size=30))
def test_any_judgments_give_rising_curves(pairs):
    scores, grades = np.array([score for score, _ in pairs]), np.array([grade for _, grade in pairs])
    if len(set(grades.tolist())) > 1:
        calibration = fit_calibration(scores, grades)
        assert min(calibration.slopes) > 0
        values = calibration.probability(SCORES)
        assert np.isfinite(values).all() and (np.diff(values) >= 0).all()


def test_reversed_and_separable_grades_do_no_harm():
    scores, grades = judged((1, 2, 3, 4))
    reverse = fit_calibration(scores, 5 - grades)
    assert min(reverse.slopes) >= 1e-3 and np.ptp(reverse.probability(np.array([-1.0, 1.0]))) < 0.01
    split = fit_calibration(np.array([-1.0] * 20 + [1.0] * 20), np.array([0] * 20 + [1] * 20))
    assert 1 < split.slopes[0] < 5


def test_a_relevant_grade_that_nobody_gave_falls_to_the_nearest():
    scores, grades = judged((0, 2, 4))
    assert fit_calibration(scores, grades, relevant=4).relevant == 4
    assert fit_calibration(scores, grades, relevant=5).relevant == 4
    assert fit_calibration(scores, grades, relevant=0).relevant == 2


def test_few_judgments_pull_curves_in_use_a_little_and_many_far():
    start = default_calibration()
    scores, grades = judged((1, 2, 3, 4), 4000, slope=1.5)
    moved = []
    for count in (4, 40, 4000):
        fitted = fit_calibration(scores[:count], grades[:count], start=start)
        assert fitted.grades == start.grades and fitted.relevant == start.relevant
        moved.append(np.abs(fitted.steps(SCORES) - start.steps(SCORES)).mean())
    assert 0 < moved[0] < moved[1] < moved[2]
    free = fit_calibration(scores, grades)
    assert np.abs(fitted.steps(SCORES) - free.steps(SCORES)).mean() < 0.1 * moved[2]
    assert fit_calibration(scores[:0], grades[:0], start=start) == start
