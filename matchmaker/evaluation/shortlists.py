"""How good a set of shortlists is, by the judgments there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from math import isfinite, isnan

import numpy as np

from matchmaker.errors import RecordError, TableError
from matchmaker.evaluation.bootstrap import check_bootstrap, estimate
from matchmaker.evaluation.lists import RankedLists, count_lists, measure_needs
from matchmaker.evaluation.pooling import read_grades
from matchmaker.evaluation.rules import Gain, Lang, Mode, Rules, Undefined, Unlisted, check_choice
from matchmaker.evaluation.statistics import CalibrationError, Statistic
from matchmaker.evaluation.summary import Sample, Summary
from matchmaker.evaluation.wording import LANGUAGES
from matchmaker.records import Judgment, Match, Shortlist


def collect_lists(shortlists: Iterable[Shortlist | Match]) -> dict[str, list[Match]]:
    """Return each need's places, best first; an empty shortlist keeps its need.

    Places stand by rank; equal ranks by score, highest first, then by achievement id.

    Raises
    ------
    TableError
        There is no list at all.
    RecordError
        An achievement stands twice in one list, or a score is not a finite number.
    """
    lists: dict[str, list[Match]] = {}
    for item in shortlists:
        if isinstance(item, Shortlist):
            lists.setdefault(item.need_id, []).extend(item)
        else:
            lists.setdefault(item.need_id, []).append(item)
    if not lists:
        raise TableError("there are no shortlists to evaluate; make them with Matchmaker.shortlist or read their file")
    for need_id, places in lists.items():
        seen: set[str] = set()
        for place in places:
            if place.achievement_id in seen:
                raise RecordError(
                    f"achievement {place.achievement_id!r} stands twice in the list of need {need_id!r}; "
                    "keep one of the two"
                )
            if not isfinite(place.score):
                raise RecordError(
                    f"the score of need {need_id!r} with achievement {place.achievement_id!r} is {place.score}; "
                    "give a finite number"
                )
            seen.add(place.achievement_id)
        places.sort(key=lambda place: (place.rank, -place.score, place.achievement_id))
    return lists


def collect_grades(judgments: Iterable[Judgment]) -> tuple[dict[str, dict[str, int]], int]:
    """Return grades by need and achievement, and how many pairs were judged more than once.

    Of several judgments of a pair the latest counts: by ``judged_on``, undated ones first, then by order.

    Raises
    ------
    TableError
        There is no judgment at all.
    """
    grades: dict[str, dict[str, int]] = {}
    times: dict[tuple[str, str], int] = {}
    for judgment in sorted(judgments, key=lambda judgment: judgment.judged_on or date.min):
        pair = (judgment.need_id, judgment.achievement_id)
        times[pair] = times.get(pair, 0) + 1
        grades.setdefault(judgment.need_id, {})[judgment.achievement_id] = judgment.grade
    if not grades:
        raise TableError("there are no judgments to evaluate with; give a table with need_id, achievement_id and grade")
    return grades, sum(count > 1 for count in times.values())


def _check_overlap(lists: Mapping[str, Sequence[Match]], grades: Mapping[str, Mapping[str, int]]) -> None:
    shared = [need_id for need_id in grades if need_id in lists]
    if not shared:
        listed, judged = (", ".join(map(repr, islice(ids, 3))) for ids in (lists, grades))
        raise TableError(
            f"no need stands both in the shortlists ({len(lists)} needs: {listed} …) and in the judgments "
            f"({len(grades)} needs: {judged} …); give files about the same needs, with the same need_id"
        )
    if not any(place.achievement_id in grades[need_id] for need_id in shared for place in lists[need_id]):
        need_id = shared[0]
        listed = ", ".join(repr(place.achievement_id) for place in lists[need_id][:3]) or "nothing"
        judged = ", ".join(map(repr, islice(grades[need_id], 3)))
        raise TableError(
            f"none of the listed pairs was judged: need {need_id!r} lists {listed} and has judgments of {judged}; "
            "check that both files name achievements by the same achievement_id, or judge some of the listed pairs"
        )


def _line_up(
    need_ids: Sequence[str], lists: Mapping[str, Sequence[Match]], grades: Mapping[str, Mapping[str, int]]
) -> RankedLists:
    listed = [lists.get(need_id, ()) for need_id in need_ids]
    found = [
        grades[need_id].get(place.achievement_id)
        for need_id, places in zip(need_ids, listed, strict=True)
        for place in places
    ]
    return RankedLists(
        need_ids=tuple(need_ids),
        listed=np.array([len(places) for places in listed], np.int64),
        grades=np.array([0 if grade is None else grade for grade in found], np.int64),
        judged=np.array([grade is not None for grade in found], np.bool_),
        pooled=np.array([len(grades[need_id]) for need_id in need_ids], np.int64),
        pool=read_grades([grade for need_id in need_ids for grade in grades[need_id].values()]),
    )


def _calibrate(
    need_ids: Sequence[str],
    lists: Mapping[str, Sequence[Match]],
    grades: Mapping[str, Mapping[str, int]],
    relevant_from: int,
) -> tuple[Statistic, ...]:
    """Return the calibration error of listed, judged pairs with a probability, or nothing when there are none."""
    pairs = [
        (row, place.probability, grades[need_id][place.achievement_id] >= relevant_from)
        for row, need_id in enumerate(need_ids)
        for place in lists.get(need_id, ())
        if place.achievement_id in grades[need_id] and not isnan(place.probability)
    ]
    if not pairs:
        return ()
    rows, probabilities, outcomes = zip(*pairs, strict=True)
    return (
        CalibrationError.of_pairs(
            np.array(rows, np.int64), np.array(probabilities, np.float64), np.array(outcomes, np.bool_), len(need_ids)
        ),
    )


def evaluate_shortlists(
    shortlists: Iterable[Shortlist | Match],
    judgments: Iterable[Judgment],
    *,
    k: int = 10,
    relevant_from: int = 3,
    gain: Gain = "exponential",
    lowest: int = 1,
    mode: Mode = "as_retrieved",
    unlisted: Unlisted = "zero",
    undefined: Undefined = "skip",
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Summary:
    """Measure shortlists by judgments, with bootstrap intervals over needs.

    Parameters
    ----------
    shortlists : iterable of Shortlist or of Match
        What was proposed: the engine's shortlists, or the rows of a shortlists file. Places stand by rank; equal ranks
        by score, highest first, then by achievement id.
    judgments : iterable of Judgment
        What experts or outcomes said. Of several judgments of a pair the latest counts. Needs that nobody judged are
        left out and counted.
    k : int
        Depth of NDCG, recall, precision, success and of the share of unjudged places.
    relevant_from : int
        The lowest grade that counts as relevant.
    gain : {"exponential", "linear"}
        See `weigh_grades`.
    lowest : int
        The lowest grade of the scale, whose gain is 0.
    mode : {"as_retrieved", "judged_only"}
        Two different questions, never mixed. ``"as_retrieved"`` asks how good the list is that people will read; an
        unjudged pair counts as not relevant, so values are a lower bound while many are unjudged. ``"judged_only"``
        asks how well the judged pairs are ordered among themselves; unjudged ones are taken out first.
    unlisted : {"zero", "skip"}
        A judged need without a shortlist scores 0, as in trec_eval, or is left out. Counted either way.
    undefined : {"skip", "zero"}
        A need whose judged pairs all have the lowest grade is skipped by NDCG, a need without a relevant judgment by
        recall, success, MRR and MAP; or they count as 0, as in trec_eval. Counted and reported either way.
    resamples, confidence, random_state : int, float, int
        Bootstrap draws, mass inside the interval, seed.
    lang : {"zh", "en"}
        Language of ``str()`` of the summary.

    Returns
    -------
    Summary
        ``ndcg@k, recall@k, precision@k, success@k, mrr, map, unjudged@k`` as means over needs, and
        ``calibration_error`` of the probabilities of listed, judged pairs where there are any.

    Raises
    ------
    TableError
        No lists, no judgments, no need or no pair in common.
    RecordError
        An achievement listed twice for a need, a score that is not finite, a probability outside 0 … 1.
    SettingError
        A setting that is not allowed, or a grade below ``lowest``.

    Examples
    --------
    >>> from matchmaker.records import Judgment, Match
    >>> shortlists = [Match("N1", "A1", 1, 0.9, 0.8), Match("N1", "A2", 2, 0.7, 0.4), Match("N2", "A1", 1, 0.6, 0.5)]
    >>> judgments = [Judgment("N1", "A1", 2), Judgment("N1", "A2", 4), Judgment("N2", "A1", 3), Judgment("N2", "A3", 1)]
    >>> summary = evaluate_shortlists(shortlists, judgments)
    >>> print(summary["ndcg@10"])
    ndcg@10 0.855 [0.710, 1.000]
    >>> summary.counts.judged_pairs, summary.counts.listed_judged_pairs
    (4, 3)
    """
    rules = Rules(k, relevant_from, gain, lowest, mode, unlisted, undefined)
    check_choice("lang", lang, LANGUAGES)
    check_bootstrap(resamples, confidence, random_state)
    lists = collect_lists(shortlists)
    grades, repeated = collect_grades(judgments)
    _check_overlap(lists, grades)
    need_ids = [need_id for need_id in grades if unlisted == "zero" or need_id in lists]
    ranked = _line_up(need_ids, lists, grades)
    statistics = (measure_needs(ranked, rules), *_calibrate(need_ids, lists, grades, relevant_from))
    return Summary(
        estimates=estimate(
            statistics, len(need_ids), resamples=resamples, confidence=confidence, random_state=random_state
        ),
        rules=rules,
        counts=count_lists(
            ranked,
            rules,
            unlisted=sum(need_id not in lists for need_id in grades),
            never_judged=sum(need_id not in grades for need_id in lists),
            repeated=repeated,
        ),
        confidence=confidence,
        lang=lang,
        sample=Sample(tuple(need_ids), statistics, ranked.pooled, ranked.grade_sums()),
    )
