"""Shortlists against judgments: the numbers of ir-measures, two modes, what is skipped, and words for people."""

import math
from datetime import date

import ir_measures
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, Judged, P, R, Success, nDCG

from matchmaker.errors import RecordError, SettingError, TableError
from matchmaker.evaluation import Summary, evaluate_shortlists
from matchmaker.evaluation import lists as lists_module
from matchmaker.evaluation.wording import measure_width
from matchmaker.records import Judgment, Match, Records, Shortlist

PYTREC = ir_measures.providers.registry["pytrec_eval"]
NEEDS, ACHIEVEMENTS = [f"N{number}" for number in range(5)], [f"A{number:02}" for number in range(14)]


def listed(need_id, achievement_id, rank, score=0.0, probability=0.5):
    return Match(need_id, achievement_id, rank, score, probability)


@st.composite
def events(draw):
    """Shortlists with tied scores and judgments (grades 0 … 4) that share at least one pair."""
    pairs = [(need_id, achievement_id) for need_id in NEEDS for achievement_id in ACHIEVEMENTS]
    judged = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=30, unique=True))
    shown = draw(st.lists(st.sampled_from(pairs), max_size=40, unique=True))
    shown = [*shown, judged[0]] if judged[0] not in shown else shown
    judgments = [Judgment(*pair, draw(st.integers(0, 4))) for pair in judged]
    return [listed(*pair, 1, draw(st.sampled_from([0.1, 0.5, 0.9]))) for pair in shown], judgments


def count_from(matches):
    """Return places counted from 1 in the order that the tie rule gives."""
    order = sorted(matches, key=lambda match: (match.need_id, -match.score, match.achievement_id))
    return [(match, place) for place, match in enumerate(order)]


@given(events(), st.integers(1, 12), st.sampled_from(["exponential", "linear"]), st.booleans())
def test_values_equal_ir_measures(event, k, gain, judged_only):
    matches, judgments = event
    qrels = [ir_measures.Qrel(each.need_id, each.achievement_id, each.grade) for each in judgments]
    run = [ir_measures.ScoredDoc(each.need_id, each.achievement_id, -place) for each, place in count_from(matches)]
    gains = {grade: 2**grade - 1 if gain == "exponential" else grade for grade in range(5)}
    measures = {
        f"ndcg@{k}": nDCG(gains=gains, judged_only=judged_only) @ k,
        f"recall@{k}": R(rel=2, judged_only=judged_only) @ k,
        f"precision@{k}": P(rel=2, judged_only=judged_only) @ k,
        f"success@{k}": Success(rel=2, judged_only=judged_only) @ k,
        "mrr": RR(rel=2, judged_only=judged_only),
        "map": AP(rel=2, judged_only=judged_only),
    }
    expected = PYTREC.calc_aggregate(list(measures.values()), qrels, run)
    found = evaluate_shortlists(
        matches,
        judgments,
        k=k,
        relevant_from=2,
        gain=gain,
        lowest=0,
        mode="judged_only" if judged_only else "as_retrieved",
        undefined="zero",
        resamples=1,
    )
    for key, measure in measures.items():
        assert found[key].value == pytest.approx(expected[measure], abs=1e-9), key


@given(events(), st.integers(1, 12))
def test_ties_break_as_in_ir_measures_by_score_then_id(event, k):
    matches, judgments = event
    qrels = [ir_measures.Qrel(each.need_id, each.achievement_id, each.grade) for each in judgments]
    run = [ir_measures.ScoredDoc(each.need_id, each.achievement_id, each.score) for each in matches]
    measures = [RR(rel=2) @ 100, Judged @ k]
    expected = {
        measure: {each.query_id: each.value for each in ir_measures.iter_calc([measure], qrels, run)}
        for measure in measures
    }
    found = evaluate_shortlists(matches, judgments, k=k, relevant_from=2, lowest=0, undefined="zero", resamples=1)
    shown = {match.need_id for match in matches}
    for row in found.by_need().itertuples(index=False):
        assert row.mrr == pytest.approx(expected[measures[0]][row.need_id], abs=1e-9)
        unjudged = row[-1]
        if row.need_id in shown:
            assert 1 - unjudged == pytest.approx(expected[measures[1]][row.need_id], abs=1e-9)
        else:
            assert math.isnan(unjudged)


@given(events(), st.integers(1, 12), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_size_of_blocks_change_nothing(event, k, random):
    matches, judgments = event
    settings = {"k": k, "relevant_from": 2, "lowest": 0, "resamples": 5}
    frame = evaluate_shortlists(matches, judgments, **settings).by_need()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists_module, "CELLS", 7)
        shuffled = evaluate_shortlists(random.sample(matches, len(matches)), judgments, **settings).by_need()
    pd.testing.assert_frame_equal(frame, shuffled)


def test_places_stand_by_rank_whatever_the_score():
    judgments = [Judgment("N1", "A1", 4), Judgment("N1", "A2", 1)]
    matches = [listed("N1", "A2", 2, score=9.0), listed("N1", "A1", 1, score=0.1)]
    assert evaluate_shortlists(matches, judgments)["mrr"].value == 1.0


def test_the_two_modes_answer_different_questions():
    matches = [listed("N1", f"A{place}", place) for place in range(1, 5)]
    judgments = [Judgment("N1", "A3", 4), Judgment("N1", "A4", 2)]
    as_retrieved = evaluate_shortlists(matches, judgments)
    judged_only = evaluate_shortlists(matches, judgments, mode="judged_only")
    assert as_retrieved["mrr"].value == pytest.approx(1 / 3) and judged_only["mrr"].value == 1
    assert as_retrieved["ndcg@10"].value < judged_only["ndcg@10"].value == 1
    assert as_retrieved["unjudged@10"].value == judged_only["unjudged@10"].value == 0.5
    assert str(as_retrieved).startswith("Lists as retrieved") and str(judged_only).startswith("Judged pairs only")


def test_shortlists_and_their_rows_are_the_same_input():
    matches = [listed("N1", "A1", 1), listed("N1", "A2", 2), listed("N2", "A1", 1)]
    judgments = Records((Judgment("N1", "A2", 3), Judgment("N2", "A1", 4)))
    lists = [Shortlist("N1", tuple(matches[:2])), Shortlist("N2", tuple(matches[2:]))]
    assert evaluate_shortlists(lists, judgments) == evaluate_shortlists(Records(tuple(matches)), judgments)


def test_needs_of_the_lowest_grade_only_are_skipped_and_counted():
    matches = [listed("N1", "A1", 1), listed("N2", "A1", 1), listed("N3", "A1", 1)]
    judgments = [Judgment("N1", "A1", 1), Judgment("N2", "A1", 2), Judgment("N3", "A1", 3)]
    summary = evaluate_shortlists(matches, judgments)
    assert (summary["ndcg@10"].value, summary["ndcg@10"].needs, summary["ndcg@10"].skipped) == (1.0, 2, 1)
    assert (summary["mrr"].value, summary["mrr"].needs, summary["mrr"].skipped) == (1.0, 1, 2)
    assert summary["precision@10"].needs == 3
    assert (summary.counts.lowest_only, summary.counts.none_relevant) == (1, 2)
    assert "Needs judged with the lowest grade only: 1; NDCG skips them." in str(summary)

    as_zero = evaluate_shortlists(matches, judgments, undefined="zero")
    assert as_zero["ndcg@10"].value == pytest.approx(2 / 3) and as_zero["mrr"].value == pytest.approx(1 / 3)
    assert "NDCG counts them as 0" in str(as_zero)


def test_judged_needs_without_a_list_score_0_or_are_left_out():
    matches, judgments = [listed("N1", "A1", 1)], [Judgment("N1", "A1", 4), Judgment("N2", "A1", 4)]
    zero, skip = (evaluate_shortlists(matches, judgments, unlisted=unlisted) for unlisted in ("zero", "skip"))
    assert (zero["ndcg@10"].value, zero.counts.needs, zero.counts.unlisted) == (0.5, 2, 1)
    assert (skip["ndcg@10"].value, skip.counts.needs, skip.counts.unlisted) == (1.0, 1, 1)
    assert "unlisted='skip'" in str(zero) and "left out" in str(skip)
    # a need that was asked about and got an empty list is listed all the same
    empty = evaluate_shortlists([*matches, Shortlist("N2", ())], judgments, unlisted="skip")
    assert (empty["ndcg@10"].value, empty.counts.unlisted) == (0.5, 0)


def test_needs_that_nobody_judged_are_left_out_and_counted():
    matches = [listed("N1", "A1", 1), listed("N9", "A1", 1)]
    summary = evaluate_shortlists(matches, [Judgment("N1", "A1", 4)])
    assert (summary.counts.needs, summary.counts.never_judged) == (1, 1)


def test_the_latest_judgment_of_a_pair_counts():
    judgments = [
        Judgment("N1", "A1", 4, judged_on=date(2026, 3, 1)),
        Judgment("N1", "A1", 1, judged_on=date(2026, 1, 1)),
        Judgment("N1", "A1", 2),
        Judgment("N1", "A2", 3),
        Judgment("N1", "A2", 1),
    ]
    summary = evaluate_shortlists([listed("N1", "A1", 1), listed("N1", "A2", 2)], judgments)
    assert summary["ndcg@10"].value == 1 and summary["precision@10"].value == pytest.approx(0.1)
    assert (summary.counts.judged_pairs, summary.counts.repeated) == (2, 2)


def test_calibration_looks_at_listed_judged_pairs_with_a_probability():
    matches = [listed("N1", "A1", 1, probability=0.9), listed("N1", "A2", 2, probability=0.1), listed("N1", "A3", 3)]
    judgments = [Judgment("N1", "A1", 4), Judgment("N1", "A2", 1), Judgment("N1", "A9", 4)]
    assert evaluate_shortlists(matches, judgments)["calibration_error"].value == pytest.approx(0.1)
    bare = [listed("N1", "A1", 1, probability=math.nan)]
    with pytest.raises(SettingError, match="metric='calibration_error' is not known"):
        evaluate_shortlists(bare, judgments)["calibration_error"]


MATCHES, JUDGMENTS = [listed("N1", "A1", 1)], [Judgment("N1", "A1", 4)]


@pytest.mark.parametrize(
    ("matches", "judgments", "settings", "error", "message"),
    [
        ([], JUDGMENTS, {}, TableError, "no shortlists"),
        (MATCHES, [], {}, TableError, "no judgments.*need_id, achievement_id and grade"),
        (MATCHES, [Judgment("N7", "A1", 4)], {}, TableError, "no need stands both.*'N1'.*'N7'.*same need_id"),
        (MATCHES, [Judgment("N1", "A7", 4)], {}, TableError, "none of the listed pairs.*'A1'.*'A7'.*achievement_id"),
        ([*MATCHES, listed("N1", "A1", 2)], JUDGMENTS, {}, RecordError, "'A1' stands twice in the list of need 'N1'"),
        ([listed("N1", "A1", 1, score=math.nan)], JUDGMENTS, {}, RecordError, "is nan; give a finite number"),
        ([listed("N1", "A1", 1, probability=1.5)], JUDGMENTS, {}, RecordError, "1.5; a probability lies between"),
        (MATCHES, [Judgment("N1", "A1", 0)], {}, SettingError, "grade 0 is below lowest=1; set lowest=0"),
        (MATCHES, [Judgment("N1", "A1", 2.5)], {}, RecordError, "2.5; a grade is a whole number"),
        (MATCHES, JUDGMENTS, {"mode": "best"}, SettingError, "mode='best'.*'as_retrieved', 'judged_only'"),
        (MATCHES, JUDGMENTS, {"gain": "cubic"}, SettingError, "gain='cubic'.*'linear', 'exponential'"),
        (MATCHES, JUDGMENTS, {"unlisted": "drop"}, SettingError, "unlisted='drop'.*'zero', 'skip'"),
        (MATCHES, JUDGMENTS, {"undefined": "one"}, SettingError, "undefined='one'.*'skip', 'zero'"),
        (MATCHES, JUDGMENTS, {"lang": "fr"}, SettingError, "lang='fr'.*'zh', 'en'"),
        (MATCHES, JUDGMENTS, {"k": 0}, SettingError, "k=0 is too small; use 1 or more"),
        (MATCHES, JUDGMENTS, {"relevant_from": 1}, SettingError, "relevant_from=1 is not above lowest=1.*2 or more"),
    ],
)
def test_what_cannot_be_measured_says_what_to_do(matches, judgments, settings, error, message):
    with pytest.raises(error, match=message):
        evaluate_shortlists(matches, judgments, **settings)


def make_summary(lang="en") -> Summary:
    rng = np.random.default_rng(1)
    matches = [
        listed(f"N{need:02}", f"A{place}", place, probability=0.4) for need in range(30) for place in range(1, 8)
    ]
    judgments = [
        Judgment(f"N{need:02}", f"A{place}", int(rng.integers(1, 5))) for need in range(30) for place in range(1, 6)
    ]
    return evaluate_shortlists(matches, judgments, lang=lang)


def test_the_frame_has_a_row_a_metric():
    frame = make_summary().to_frame()
    assert list(frame.columns) == ["metric", "value", "low", "high", "needs", "skipped"]
    assert list(frame["metric"]) == [
        "ndcg@10",
        "recall@10",
        "precision@10",
        "success@10",
        "mrr",
        "map",
        "unjudged@10",
        "calibration_error",
    ]
    assert (frame["low"] <= frame["value"]).all() and (frame["value"] <= frame["high"]).all()
    assert frame.set_index("metric").loc["unjudged@10", "value"] == pytest.approx(2 / 7)


def test_values_by_need_average_to_the_metric():
    summary = make_summary()
    frame = summary.by_need()
    assert len(frame) == summary.counts.needs == 30
    for key in ("ndcg@10", "recall@10", "mrr", "map"):
        assert frame[key].mean() == pytest.approx(summary[key].value)


def test_the_same_seed_gives_the_same_summary():
    assert make_summary() == make_summary()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_lines_up_for_people(lang):
    summary = make_summary(lang)
    text = str(summary)
    assert text == summary.to_text(lang) != summary.to_text({"zh": "en", "en": "zh"}[lang])
    table = text.splitlines()[2:11]
    assert len({measure_width(line) for line in table}) == 1
    assert ("95% 置信区间" if lang == "zh" else "95 % interval") in table[0]
    assert f"{summary['ndcg@10'].value:.3f}" in table[1]
    assert ("150对" if lang == "zh" else "150 judged pairs") in text
    assert all(ord(sign) < 0x2E80 for sign in text) == (lang == "en")


def test_notes_say_what_to_set():
    low = evaluate_shortlists(MATCHES, [Judgment("N1", "A1", 2)])
    assert "No judgment reaches grade 3 (the highest is 2); set relevant_from=2." in str(low)
    assert "请设 relevant_from=2" in low.to_text("zh")
    assert "[–, –]" in str(low)
    lowest = evaluate_shortlists(MATCHES, [Judgment("N1", "A1", 1)])
    assert "Every judgment has the lowest grade" in str(lowest) and "set relevant_from" not in str(lowest)
    assert "Needs: only 1;" in str(lowest) and "仅1项需求" in lowest.to_text("zh")
    with pytest.raises(SettingError, match="lang='de'"):
        low.to_text("de")
