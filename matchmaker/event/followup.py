"""Who is waiting for whom after an event, since when, and what the next step is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from matchmaker.docking import Mark
from matchmaker.event.telling import say
from matchmaker.proceedings import FollowUp, Outcome

# The most urgent first.
KINDS = ("second_meeting", "sample", "arranged", "missed", "no_result", "no_reason", "unmarked")
_STEPS: Mapping[str, str] = {
    "second_meeting": "next_second_meeting",
    "arranged": "next_arranged",
    "sample": "next_sample",
    "no_result": "next_result",
    "missed": "next_missed",
    "unmarked": "next_unmarked",
    "no_reason": "next_reason",
}


def list_followups(
    outcomes: Iterable[Outcome], names: Mapping[str, str], day: date, as_of: date, *, lang: str = "zh"
) -> list[FollowUp]:
    """List what is open after an event, by the party that waits.

    Parameters
    ----------
    outcomes : iterable of Outcome
        As `matchmaker.event.outcomes.trace_outcomes` returns them.
    names : mapping of str to str
        What to call the party behind a need or an achievement, by its id; the id itself where it is missing.
    day : datetime.date
        Of the event: since then they wait.
    as_of : datetime.date
        The day by which waiting is counted.
    lang : {"zh", "en"}

    Returns
    -------
    list of FollowUp
        By the name of the waiting party, the organisers last; the most urgent first. A second meeting that both wish
        for, or nobody knows who, stands there once for each of the two.

    Examples
    --------
    >>> wished = Outcome(Mark("N-1", "A-1", "held", again=True, again_by="team"), True)
    >>> (one,) = list_followups([wished], {"N-1": "甲公司"}, date(2026, 11, 9), date(2026, 11, 19))
    >>> one.waiting, one.asked, one.kind, one.days
    ('A-1', '甲公司', 'second_meeting', 10)
    >>> one.next_step
    '请甲公司答复能否再谈，并约定时间'
    """
    found = []
    for outcome in outcomes:
        mark = outcome.mark
        enterprise, team = names.get(mark.need_id, mark.need_id), names.get(mark.achievement_id, mark.achievement_id)
        for kind, waiting, asked in _open_matters(mark, outcome.planned, enterprise, team, say(lang, "organisers")):
            found.append(
                FollowUp(
                    waiting=waiting,
                    asked=asked or f"{enterprise}{say(lang, 'and')}{team}",
                    need_id=mark.need_id,
                    achievement_id=mark.achievement_id,
                    kind=kind,
                    next_step=say(lang, _STEPS[kind], party=asked or say(lang, "both")),
                    since=day,
                    days=max(0, (as_of - day).days),
                )
            )
    last = say(lang, "organisers")
    return sorted(
        found,
        key=lambda one: (
            one.waiting == last,
            one.waiting,
            KINDS.index(one.kind),
            one.need_id,
            one.achievement_id,
            one.asked,
        ),
    )


def _open_matters(
    mark: Mark, planned: bool, enterprise: str, team: str, organisers: str
) -> Iterator[tuple[str, str, str]]:
    """Yield kind, who waits, and whose turn it is (empty for both) of what is open between two parties."""
    if mark.result == "contract":
        return
    if mark.result == "failed":
        if not mark.obstacle:
            yield "no_reason", organisers, ""
    elif mark.result == "sample_sent":
        yield "sample", team, enterprise
    elif mark.result == "second_meeting":
        yield "arranged", organisers, ""
    elif mark.again:
        if mark.again_by != "team":
            yield "second_meeting", enterprise, team
        if mark.again_by != "enterprise":
            yield "second_meeting", team, enterprise
    elif mark.state == "missed":
        yield "missed", organisers, ""
    elif mark.state:
        yield "no_result", organisers, ""
    elif planned:
        yield "unmarked", organisers, ""
