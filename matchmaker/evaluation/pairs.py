"""Judged pairs beside what was proposed or scored for them: the table that calibration, misses and histograms share."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import TYPE_CHECKING

from matchmaker.errors import TableError
from matchmaker.evaluation.shortlists import collect_grades, collect_lists
from matchmaker.records import Judgment, Match, ScoredPair, Shortlist

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("need_id", "achievement_id", "grade", "rank", "score", "probability")


def join_judgments(found: Iterable[Shortlist | Match | ScoredPair], judgments: Iterable[Judgment]) -> pd.DataFrame:
    """Return the judged pairs of every need that has a shortlist or a score, one row a pair.

    Parameters
    ----------
    found : iterable of Shortlist, of Match or of ScoredPair
        What was proposed, or what `Matchmaker.score` returned.
    judgments : iterable of Judgment
        Of several judgments of a pair the latest counts.

    Returns
    -------
    DataFrame
        ``need_id, achievement_id, grade, rank, score, probability``, in the order of the judgments. ``rank`` counts
        from 1 within the need's list; it is missing, as are score and probability, where a judged pair is not listed,
        and where pairs were scored without being ranked.

    Raises
    ------
    TableError
        Nothing was found or judged, or no need stands in both.
    RecordError
        An achievement listed twice for a need, or a score that is not finite.

    Examples
    --------
    >>> found = [Match("N1", "A1", 1, 2.5, 0.8), Match("N1", "A2", 2, 1.0, 0.3)]
    >>> join_judgments(found, [Judgment("N1", "A2", 4), Judgment("N1", "A9", 3), Judgment("N2", "A1", 2)])
      need_id achievement_id  grade  rank  score  probability
    0      N1             A2      4     2    1.0          0.3
    1      N1             A9      3  <NA>    NaN          NaN
    """
    import pandas as pd

    scored: dict[tuple[str, str], ScoredPair] = {}
    proposed: list[Shortlist | Match] = []
    for item in found:
        if isinstance(item, ScoredPair):
            scored[item.need_id, item.achievement_id] = item
        else:
            proposed.append(item)
    lists = collect_lists(proposed) if proposed or not scored else {}
    ranks = {
        (need_id, place.achievement_id): (rank, place)
        for need_id, places in lists.items()
        for rank, place in enumerate(places, start=1)
    }
    grades, _ = collect_grades(judgments)
    rows: list[tuple[str, str, int, int | None, float, float]] = []
    for need_id, judged in grades.items():
        for achievement_id, grade in judged.items():
            pair = (need_id, achievement_id)
            if pair in ranks:
                rank, place = ranks[pair]
                rows.append((*pair, grade, rank, place.score, place.probability))
            elif pair in scored:
                rows.append((*pair, grade, None, scored[pair].score, scored[pair].probability))
            elif need_id in lists:
                rows.append((*pair, grade, None, nan, nan))
    if not rows:
        raise TableError(
            f"none of the {len(grades)} judged needs has a shortlist or a score; give judgments of the same needs, "
            "with the same need_id"
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"rank": "Int64"})
