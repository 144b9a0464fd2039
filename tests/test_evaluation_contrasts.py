"""Two sets side by side: each metric as `compare` has it, need by need, and in plain words."""

import math

import numpy as np
import pytest

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation import compare, contrast, evaluate_scores, evaluate_shortlists
from matchmaker.evaluation.wording import measure_width
from matchmaker.records import Judgment, Match

NEEDS = [f"N{number:02}" for number in range(40)]
JUDGMENTS = [Judgment(need, f"A{rank}", grade) for need in NEEDS for rank, grade in enumerate((4, 1, 3, 1, 2))]


def propose(order, turned=(), likely=0.5, needs=NEEDS):
    """Return lists in the given order, but in reverse for some needs."""
    return [
        Match(need, f"A{name}", rank, -rank, likely)
        for need in needs
        for rank, name in enumerate(order[::-1] if need in turned else order, 1)
    ]


def measure(*arguments, **settings):
    return evaluate_shortlists(propose(*arguments, **settings), JUDGMENTS, resamples=2)


OLD, NEW = measure((1, 3, 4, 2, 0), turned=NEEDS[:4]), measure((0, 2, 4, 3, 1), turned=NEEDS[:7])


def test_every_metric_is_that_of_compare():
    found = contrast(OLD, NEW, names=("旧", "新"))
    assert [one.metric for one in found.comparisons] == [
        "ndcg@10",
        "recall@10",
        "precision@10",
        "success@10",
        "mrr",
        "map",
        "calibration_error",
    ]
    for one in found.comparisons:
        assert one == compare(NEW, OLD, one.metric, names=("新", "旧"))
    frame = found.to_frame().set_index("metric")
    assert frame.loc["mrr", "a"] == OLD["mrr"].value and frame.loc["mrr", "b"] == NEW["mrr"].value
    assert (frame["difference"] == frame["b"] - frame["a"]).all()


def test_needs_are_counted_and_the_greatest_changes_named():
    found = contrast(OLD, NEW)
    frame = found.by_need()
    old, new = (side.by_need().set_index("need_id")["ndcg@10"] for side in (OLD, NEW))
    expected = (new - old)[frame["need_id"]]
    assert frame["change"].to_numpy() == pytest.approx(expected.to_numpy())
    assert frame["change"].abs().is_monotonic_decreasing and len(frame) == 40
    # both turned around: 4 needs, in which old stood well and new stands badly; only new: 3 level; else new is better
    up, down = int((expected > 1e-9).sum()), int((expected < -1e-9).sum())
    text = found.verdict()
    assert text.startswith("B is better than A\nNDCG@10: ")
    assert f"B ranks better on {up} of 40, A on {down}, level on {40 - up - down}" in text
    assert (up, down) == (33, 4)
    assert f"B gains most on: {frame[frame['change'] > 0]['need_id'].iloc[0]} +" in text
    assert "B loses most on: N00 -" in text


def test_words_in_both_languages_and_a_table_that_lines_up():
    found = contrast(OLD, NEW, names=("现行", "新"), lang="zh")
    text = str(found)
    assert "新优于现行" in text and "40项需求中，新更好的有33项，现行更好的有4项，持平3项" in text
    assert "新退步最多的需求：N00" in text
    table = text.splitlines()[:8]
    assert len({measure_width(line) for line in table}) == 1 and "新更好" in table[1] and "未显示" in table[2]
    assert found.to_text("en").count("not shown") == 4
    assert contrast(NEW, OLD).verdict().startswith("B is worse than A")
    same = contrast(NEW, NEW)
    assert "no difference shown" in str(same) and "level on 40" in str(same) and "gains most" not in str(same)


def test_unjudged_places_on_one_side_are_told():
    more = evaluate_shortlists(
        [*propose((0, 2, 4, 3, 1)), *(Match(need, "X", 0, 9, 0.5) for need in NEEDS)], JUDGMENTS, resamples=2
    )
    text = contrast(NEW, more).verdict()
    assert "Unjudged in the first places: A 0%, B 17%" in text and "B may be better than it seems" in text
    assert "A may be better than it seems" in contrast(more, NEW).verdict()
    assert "A可能被低估" in contrast(more, NEW).verdict("zh")
    assert "Unjudged" not in contrast(OLD, NEW).verdict()


def test_only_shared_needs_count():
    narrow = evaluate_shortlists(propose((0, 2, 4, 3, 1), needs=NEEDS[:30]), JUDGMENTS, unlisted="zero", resamples=2)
    assert len(contrast(OLD, narrow).changes) == 40
    assert "Judged needs without a shortlist: A 0, B 10; they count as 0." in contrast(OLD, narrow).verdict()
    assert "A 0项，B 10项，按0分计" in contrast(OLD, narrow).verdict("zh")
    assert "without a shortlist" not in contrast(narrow, narrow).verdict()
    scores = [evaluate_scores(NEEDS[:n] * 2, [1] * n + [3] * n, np.arange(2 * n), resamples=2) for n in (10, 20)]
    found = contrast(*scores)
    assert len(found.changes) == 10 and found.main.unshared == 10
    assert all(map(math.isnan, found.unjudged)) and "auc>=2" in [one.metric for one in found.comparisons]


def test_the_first_metric_decides():
    found = contrast(OLD, NEW, ["success@10", "mrr"])
    assert found.main.metric == "success@10" and found.verdict().startswith("no difference shown")
    assert all(one.change == 0 for one in found.changes)


def test_errors_say_what_to_do():
    scores = evaluate_scores(NEEDS * 2, [1] * 40 + [3] * 40, np.arange(80), resamples=2)
    with pytest.raises(SettingError, match="metrics begins with 'auc>=2'.*begin with one such as"):
        contrast(scores, scores, ["auc>=2"])
    with pytest.raises(SettingError, match="metric='ndcg@7' is not known"):
        contrast(OLD, NEW, ["ndcg@7"])
    with pytest.raises(TableError, match="share no metric"):
        contrast(OLD, NEW, [])
    with pytest.raises(SettingError, match="lang='fr'"):
        contrast(OLD, NEW, lang="fr")


# ---------------------------------------------------------------------------------------------- one set in plain words


def test_a_summary_says_in_words_what_it_found():
    text = NEW.verdict()
    assert "Of 40 needs for which something worth a meeting is known, 40 (100%) have it in the first 10 places" in text
    assert f"{NEW['ndcg@10'].value:.0%} of the best possible one" in text and "0% of the first 10 places" in text
    chinese = NEW.verdict("zh")
    assert "40项需求中，40项（100%）在前10名内就能看到" in chinese and "未经研判" in chinese
    half = evaluate_shortlists([Match("N1", "A1", 1, 0, 0.5), Match("N1", "A2", 2, 0, 0.5)], [Judgment("N1", "A1", 4)])
    assert "50% of the first 10 places were never judged and count as not relevant" in half.verdict()
    assert "between" not in half.verdict() and "以上数值是下限" in half.verdict("zh")
    scores = evaluate_scores(NEEDS * 2, [1] * 40 + [3] * 40, np.arange(80), resamples=2)
    assert scores.verdict() == "The order comes to 100% of the best possible one, between 100% and 100% (NDCG@10)."
