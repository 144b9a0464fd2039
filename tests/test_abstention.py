import numpy as np
import pytest

from matchmaker.errors import SettingError
from matchmaker.rank.abstention import choose_threshold


def invent(rng, needs, per_need=5):
    """Pairs whose probability is right on average, with needs of very unlike luck."""
    rows = np.repeat(np.arange(needs), per_need)
    probabilities = rng.beta(0.6, 2.0, size=needs * per_need)
    return rows, probabilities, rng.random(needs * per_need) < probabilities


def best_of_served(rows, probabilities, suitable):
    return np.array([probabilities[rows == row].max() for row in np.unique(rows[suitable])])


@pytest.mark.parametrize("error", [0.05, 0.1, 0.3])
def test_needs_to_come_are_wrongly_called_gaps_as_rarely_as_promised(error):
    rng = np.random.default_rng(0)
    wrong = []
    for _ in range(300):
        threshold = choose_threshold(*invent(rng, 40), error).threshold
        wrong.append(np.mean(best_of_served(*invent(rng, 40)) < threshold))
    assert np.mean(wrong) <= error + 0.01
    # Nor is the threshold lower than it needs to be.
    assert np.mean(wrong) >= error - 0.05


def test_it_is_the_place_that_the_formula_names():
    rows = np.arange(19)
    probabilities = np.linspace(0.05, 0.95, 19)
    found = choose_threshold(rows, probabilities, np.ones(19, bool), 0.1)
    assert found.threshold == probabilities[1] and found.gaps == pytest.approx(1 / 19)


def test_without_leave_to_err_or_enough_needs_nothing_is_a_gap():
    rows, probabilities, suitable = invent(np.random.default_rng(1), 8)
    assert choose_threshold(rows, probabilities, suitable, 0).threshold == 0
    assert choose_threshold(rows, probabilities, suitable, 0.1).threshold == 0
    assert choose_threshold(rows, probabilities, np.zeros(len(rows), bool), 0.1).gaps == 0


def test_the_threshold_in_use_stays_where_needs_are_too_few():
    rng = np.random.default_rng(0)
    for served, told in ((8, False), (9, True)):
        needs, probabilities = np.arange(served), rng.random(served)
        found = choose_threshold(needs, probabilities, np.ones(served, bool), 0.1, otherwise=0.4)
        assert found.threshold == (probabilities.min() if told else 0.4)
        assert found.gaps == np.mean(probabilities < found.threshold)
    assert choose_threshold(needs, probabilities, np.ones(9, bool), 0, otherwise=0.4).threshold == 0


@pytest.mark.parametrize("error", [-0.01, 1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(error):
    with pytest.raises(SettingError, match="gap_error: expected a share"):
        choose_threshold(np.zeros(2, int), np.zeros(2), np.ones(2, bool), error)
