"""What came of meetings as graded judgments, each with its exposure.

======= ================================================================================================================
grade   what came of it
======= ================================================================================================================
4       a contract was signed, or a sample was sent
3       a second meeting was agreed, or one of the two wishes for one
2       they talked to the end, and nothing has come of it so far
1       it failed for a reason of fit: the maturity was too low, or a technical indicator was missed
none    somebody did not come; nobody noted anything; it was cut short and nobody wishes for more; it failed for a
        reason that says little about fit (price, funding, rights, no pilot line, the requirement changed, a partner
        found elsewhere, silence), or for none that was told
======= ================================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from matchmaker.docking import Mark, Meeting
from matchmaker.event.exposure import Propensities, measure_propensities
from matchmaker.proceedings import Outcome
from matchmaker.records import Judgment, Match

# Obstacles that say that the two do not fit.
FIT = frozenset({"maturity", "indicator"})
# From this grade on a meeting bore fruit.
FRUITFUL = 3
_GRADES: Mapping[str, int] = {"contract": 4, "sample_sent": 4, "second_meeting": 3}


def grade_mark(mark: Mark) -> int | None:
    """Return the grade of what came of a meeting; None where it says nothing about how well the two fit.

    Examples
    --------
    >>> grade_mark(Mark("N", "A", "held", result="contract")), grade_mark(Mark("N", "A", "held", again=True))
    (4, 3)
    >>> grade_mark(Mark("N", "A", "held")), grade_mark(Mark("N", "A", "held", result="failed", obstacle="indicator"))
    (2, 1)
    >>> grade_mark(Mark("N", "A", "held", result="failed", obstacle="price")) is None
    True
    >>> grade_mark(Mark("N", "A", "missed")) is None
    True
    """
    if mark.result in _GRADES:
        return _GRADES[mark.result]
    if mark.result == "failed" and mark.obstacle in FIT:
        return 1
    if mark.state not in ("held", "cut_short"):
        return None
    if mark.again:
        return 3
    return 2 if mark.state == "held" and mark.result != "failed" else None


def trace_outcomes(
    planned: Sequence[Meeting], marks: Iterable[Mark], shown: Iterable[Match]
) -> tuple[list[Outcome], Propensities]:
    """Put together what was planned, what was noted, and what the shortlists had shown.

    Parameters
    ----------
    planned : sequence of Meeting
        The timetable.
    marks : iterable of Mark
        One a pair.
    shown : iterable of Match
        The shortlists that the event was planned from.

    Returns
    -------
    outcomes : list of Outcome
        Every planned pair in the order of the timetable, then those that were only marked.
    propensities : Propensities
        Measured on the pairs that talked.
    """
    listed = {(match.need_id, match.achievement_id): match for match in shown}
    noted = {(mark.need_id, mark.achievement_id): mark for mark in marks}
    pairs = {(meeting.need_id, meeting.achievement_id): meeting for meeting in planned}
    bare = [Outcome(noted.get(pair, Mark(*pair)), pair in pairs) for pair in dict.fromkeys((*pairs, *noted))]
    met = [(one.mark.need_id, one.mark.achievement_id) for one in bare if one.met]
    propensities = measure_propensities(listed.values(), met)
    outcomes = []
    for one in bare:
        pair = (one.mark.need_id, one.mark.achievement_id)
        match = listed.get(pair)
        rank = 0 if match is None else match.rank
        meeting = pairs.get(pair)
        outcomes.append(
            Outcome(
                mark=one.mark,
                planned=one.planned,
                rank=rank,
                probability=match.probability if match else meeting.probability if meeting else 0.0,
                propensity=propensities.of(rank),
                weight=propensities.weight(rank),
                grade=grade_mark(one.mark),
            )
        )
    return outcomes, propensities


def judge_outcomes(outcomes: Iterable[Outcome], event_id: str, day: date) -> list[Judgment]:
    """Return the judgments that `Matchmaker.learn` takes, weighted by their exposure.

    Examples
    --------
    >>> outcome = Outcome(Mark("N-1", "A-1", "held"), True, rank=1, weight=0.5, grade=2)
    >>> judge_outcomes([outcome, Outcome(Mark("N-1", "A-2", "missed"), True)], "DL-1", date(2026, 11, 9))
    [Judgment(need_id='N-1', achievement_id='A-1', grade=2, event_id='DL-1', judged_on=datetime.date(2026, 11, 9), \
weight=0.5)]
    """
    return [
        Judgment(one.mark.need_id, one.mark.achievement_id, one.grade, event_id, day, one.weight)
        for one in outcomes
        if one.grade is not None
    ]
