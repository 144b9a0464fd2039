"""An event in numbers: what was shown, taken up, held, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from matchmaker.event.outcomes import FRUITFUL
from matchmaker.proceedings import EventFigures, InstitutionFigures, Outcome, RankFigures
from matchmaker.records import Match

# From this probability on a match counts as suitable, as in `Matchmaker`.
SUITABLE = 0.5


def count_event(
    outcomes: Sequence[Outcome],
    shown: Iterable[Match],
    homes: Mapping[str, str],
    *,
    event_id: str,
    name: str,
    day: date,
    suitable: float = SUITABLE,
) -> EventFigures:
    """Count what an event was and what came of it.

    Parameters
    ----------
    outcomes : sequence of Outcome
        As `matchmaker.event.outcomes.trace_outcomes` returns them.
    shown : iterable of Match
        The shortlists that the event was planned from.
    homes : mapping of str to str
        Institution of each achievement; one that is missing is counted under its own id.
    event_id, name : str
    day : datetime.date
    suitable : float
        Probability from which a match counts as suitable.

    Returns
    -------
    EventFigures
    """
    matches = list({(match.need_id, match.achievement_id): match for match in shown}.values())
    planned = [one for one in outcomes if one.planned]
    talked = [one for one in outcomes if one.met]
    states = Counter(one.mark.state or ("held" if one.met else "") for one in planned)
    results = Counter(one.mark.result for one in outcomes)
    obstacles = Counter(one.mark.obstacle for one in outcomes if one.mark.obstacle)
    good = {(match.need_id, match.achievement_id) for match in matches if match.probability >= suitable}
    fruitful = [one for one in outcomes if one.grade is not None and one.grade >= FRUITFUL]
    return EventFigures(
        event_id=event_id,
        name=name,
        day=day,
        shown=len(matches),
        suitable=len(good),
        planned=len(planned),
        taken=sum(one.rank > 0 for one in planned),
        taken_suitable=sum((one.mark.need_id, one.mark.achievement_id) in good for one in planned),
        held=states["held"],
        cut_short=states["cut_short"],
        missed=states["missed"],
        unmarked=states[""],
        unplanned=len(outcomes) - len(planned),
        talked=len(talked),
        needs=len({match.need_id for match in matches} | {one.mark.need_id for one in planned}),
        needs_suitable=len({need for need, _ in good}),
        needs_planned=len({one.mark.need_id for one in planned}),
        needs_met=len({one.mark.need_id for one in talked}),
        needs_fruitful=len({one.mark.need_id for one in fruitful}),
        again=sum(one.mark.again for one in outcomes),
        second_meeting=results["second_meeting"],
        sample_sent=results["sample_sent"],
        contract=results["contract"],
        failed=results["failed"],
        amount=sum(one.mark.amount for one in outcomes if one.mark.result == "contract"),
        obstacles=tuple(sorted(obstacles.items(), key=lambda pair: (-pair[1], pair[0]))),
        ranks=_count_ranks(matches, planned, talked),
        institutions=_count_institutions(matches, planned, talked, fruitful, homes),
    )


def _count_ranks(
    matches: Sequence[Match], planned: Sequence[Outcome], talked: Sequence[Outcome]
) -> tuple[RankFigures, ...]:
    shown = Counter(match.rank for match in matches)
    tables, met = (Counter(one.rank for one in part if one.rank) for part in (planned, talked))
    return tuple(RankFigures(rank, shown[rank], tables[rank], met[rank]) for rank in sorted(shown))


def _count_institutions(
    matches: Sequence[Match],
    planned: Sequence[Outcome],
    talked: Sequence[Outcome],
    fruitful: Sequence[Outcome],
    homes: Mapping[str, str],
) -> tuple[InstitutionFigures, ...]:
    shown = Counter(homes.get(match.achievement_id) or match.achievement_id for match in matches)
    tables, met, fruit = (
        Counter(homes.get(one.mark.achievement_id) or one.mark.achievement_id for one in part)
        for part in (planned, talked, fruitful)
    )
    names = sorted({*shown, *tables, *met}, key=lambda name: (-tables[name], -met[name], -shown[name], name))
    return tuple(InstitutionFigures(name, shown[name], tables[name], met[name], fruit[name]) for name in names)
