"""Who is seen: against a slow count, and verdicts on cases whose answer is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import SettingError, TableError, UnknownIdError
from matchmaker.evaluation import measure_exposure
from matchmaker.evaluation.bootstrap import draw_weights
from matchmaker.evaluation.exposure import Concentration
from matchmaker.records import Match, Profile, Shortlist

HOMES = {"A1": "甲大学", "A2": "甲大学", "A3": "乙研究所", "A4": "丙中心", "A5": ""}


def place(need, achievement, rank):
    return Match(need, achievement, rank, 1 / rank, 0.5)


@st.composite
def proposals(draw):
    lists = draw(st.lists(st.lists(st.sampled_from(sorted(HOMES)), unique=True, max_size=5), min_size=1, max_size=8))
    return [
        Shortlist(f"N{number}", tuple(place(f"N{number}", name, rank) for rank, name in enumerate(names, 1)))
        for number, names in enumerate(lists)
    ]


@given(proposals(), st.integers(1, 5))
def test_the_numbers_equal_a_slow_count(lists, k):
    seen = {}
    for shortlist in lists:
        for match in shortlist[:k]:
            if HOMES[match.achievement_id]:
                seen.setdefault(HOMES[match.achievement_id], []).append((match.need_id, match.rank))
    if not seen:
        with pytest.raises(TableError, match="no achievement with an institution"):
            measure_exposure(lists, HOMES, k=k, resamples=1)
        return
    found = measure_exposure(lists, HOMES, k=k, resamples=20)
    total = sum(1 / math.log2(rank + 1) for places in seen.values() for _, rank in places)
    for one in found.institutions:
        places = seen.get(one.institution, [])
        assert one.places == len(places)
        assert one.exposure_share == pytest.approx(sum(1 / math.log2(rank + 1) for _, rank in places) / total)
        assert one.needs == len({need for need, _ in places})
        assert one.first_places == sum(rank == 1 for _, rank in places)
        assert one.best_rank == min((rank for _, rank in places), default=0)
        assert one.achievements == list(HOMES.values()).count(one.institution)
    shares = sorted(one.exposure_share for one in found.institutions)
    differences = [abs(a - b) for a in shares for b in shares]
    assert found["gini"].value == pytest.approx(sum(differences) / (2 * len(shares)))  # mean difference over the mean
    assert found["largest_share"].value == pytest.approx(shares[-1])
    assert found["effective_institutions"].value == pytest.approx(1 / sum(share**2 for share in shares))
    assert found["displaced"].value == pytest.approx(
        sum(max(one.exposure_share - one.register_share, 0) for one in found.institutions)
    )
    listed = {match.achievement_id for shortlist in lists for match in shortlist[:k]}
    cover = found.coverage
    assert (cover.listed_achievements, cover.achievements) == (len(listed), 5)
    assert (cover.listed_institutions, cover.institutions) == (len(seen), 3)
    assert (cover.served_needs, cover.needs) == (sum(map(bool, lists)), len(lists))
    assert (cover.unstated_achievements, cover.unstated_places) == (1, sum("A5" in _ids(one[:k]) for one in lists))


def _ids(matches):
    return [match.achievement_id for match in matches]


def test_weights_equal_repeated_needs():
    rng = np.random.default_rng(3)
    exposure, holdings = rng.random((6, 4)), np.full(4, 0.25)
    times = np.array([2, 0, 1, 3, 0, 1])
    weighed = Concentration(exposure, holdings).weigh(times[None, :].astype(float))
    repeated = Concentration(np.repeat(exposure, times, axis=0), holdings).weigh(np.ones((1, times.sum())))
    assert weighed == pytest.approx(repeated)


def test_intervals_are_those_of_a_plain_bootstrap():
    rng = np.random.default_rng(8)
    lists = [place(f"N{need:02}", str(rng.choice(["A1", "A3", "A4"])), 1) for need in range(40)]
    found = measure_exposure(lists, HOMES, resamples=200, random_state=5, confidence=0.9)
    mine = np.array([HOMES[match.achievement_id] == "甲大学" for match in lists], float)
    draws = np.concatenate([block @ mine / 40 for block in draw_weights(40, 200, 5, 40)])
    first = next(one for one in found.institutions if one.institution == "甲大学")
    assert (first.low, first.high) == pytest.approx(tuple(np.quantile(draws, [0.05, 0.95])))


def make_lists(share, needs=60):
    """Return lists of one place, so many of them held by 甲大学, the rest in turn by ten others."""
    register = {"A0": "甲大学", **{f"A{number}": f"单位{number:02}" for number in range(1, 11)}}
    lists = [place(f"N{need}", "A0" if need < share * needs else f"A{1 + need % 10}", 1) for need in range(needs)]
    return lists, register


@pytest.mark.parametrize(
    ("share", "verdict", "english", "chinese"),
    [
        (0.9, "concentrated", "takes more than half of all exposure: 甲大学, 90%", "占去一半以上的曝光：甲大学，90%"),
        (0.3, "favoured", "more than its share of the register: 甲大学, 30%", "超出其库存占比：甲大学，30%"),
        (0.1, "spread", "not shown to be seen more than its share", "未显示超出其库存占比"),
    ],
)
def test_verdicts_on_cases_whose_answer_is_known(share, verdict, english, chinese):
    lists, register = make_lists(share)
    found = measure_exposure(lists, register)
    assert found.verdict == verdict
    assert english in str(found) and chinese in found.to_text("zh")
    assert "and 1 more institutions" in str(found) and "另有1家单位" in found.to_text("zh")
    assert found["gini"].low <= found["gini"].value <= found["gini"].high


def test_one_institution_is_told_apart_from_one_that_takes_all():
    found = measure_exposure([place("N1", "A1", 1)], {"A1": "甲大学", "A2": "甲大学"})
    assert found.verdict == "single" and "All achievements are of one institution: 甲大学" in str(found)
    assert found["gini"].value == 0 and "Needs: only 1" in str(found)


def test_the_frame_has_a_row_an_institution_and_profiles_do_as_well():
    lists, register = make_lists(0.3)
    profiles = [Profile(name, "achievement", "x", organisation=f" {home} ") for name, home in register.items()]
    found = measure_exposure(lists, profiles)
    assert found == measure_exposure(lists, register)
    frame = found.to_frame()
    assert list(frame.columns)[:4] == ["institution", "achievements", "register_share", "places"]
    assert len(frame) == 11 and frame["institution"][0] == "甲大学"
    assert frame["exposure_share"].sum() == pytest.approx(1) and frame["register_share"].sum() == pytest.approx(1)
    assert frame["exposure_share"].is_monotonic_decreasing


def test_an_institution_that_nobody_sees_has_its_row():
    found = measure_exposure([place("N1", "A1", 1)], HOMES)
    last = found.institutions[-1]
    assert (last.places, last.exposure_share, last.best_rank, last.needs) == (0, 0, 0, 0)
    assert "1 achievements" not in str(found) and "Achievements without an institution: 1, on 0 places" in str(found)


@pytest.mark.parametrize(
    ("lists", "homes", "settings", "error", "message"),
    [
        ([], HOMES, {}, TableError, "no shortlists"),
        (
            [place("N1", "A9", 1)],
            HOMES,
            {},
            UnknownIdError,
            "'N1' lists achievement 'A9', which is not in the register",
        ),
        ([place("N1", "A1", 1)], {"A1": " "}, {}, TableError, "none of the 1 achievements states its institution"),
        ([place("N1", "A1", 1)], [], {}, TableError, "none of the 0 achievements"),
        ([place("N1", "A1", 1)], HOMES, {"k": 0}, SettingError, "k=0 is too small"),
        ([place("N1", "A1", 1)], HOMES, {"lang": "de"}, SettingError, "lang='de'"),
        ([place("N1", "A1", 1)], HOMES, {"resamples": 0}, SettingError, "resamples"),
    ],
)
def test_what_cannot_be_measured_says_what_to_do(lists, homes, settings, error, message):
    with pytest.raises(error, match=message):
        measure_exposure(lists, homes, **settings)


def test_an_unknown_measure_lists_those_there_are():
    found = measure_exposure([place("N1", "A1", 1)], HOMES)
    with pytest.raises(SettingError, match="measure='theil' is not known; use one of 'gini'"):
        found["theil"]
