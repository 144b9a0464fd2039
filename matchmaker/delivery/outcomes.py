"""The folder of what came of an event: outcomes, judgments with their exposure, follow-ups, figures."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from matchmaker.delivery.folder import draft_in, put_all
from matchmaker.docking import Meeting
from matchmaker.event import Propensities, judge_outcomes
from matchmaker.proceedings import EventFigures, FollowUp, Outcome
from matchmaker.records import Notice, Rejection
from matchmaker.report.followups import write_followup_workbook
from matchmaker.tables import write_csv, write_rejected, write_text
from matchmaker.tables.evidence import write_number

# The workbook first: a spreadsheet program that holds it open stops the delivery before anything has changed. The
# figures last: where they stand, the folder is whole.
OUTCOME_OUTPUTS = (
    "followups.xlsx",
    "judgments.csv",
    "outcomes.csv",
    "followups.csv",
    "exposure.csv",
    "rejected.csv",
    "figures.json",
)
JUDGMENT_HEADER = (
    *("need_id", "achievement_id", "grade", "event_id", "judged_on"),
    *("weight", "rank", "shown", "propensity"),
)
OUTCOME_HEADER = (
    *("need_id", "achievement_id", "slot", "table", "rank", "probability"),
    *("state", "again", "again_by", "result", "amount", "obstacle", "grade", "comment"),
)
FOLLOWUP_HEADER = ("waiting", "asked", "kind", "next_step", "since", "days", "need_id", "achievement_id")
EXPOSURE_HEADER = ("rank", "shown", "met", "propensity", "weight")
FIGURES_FORMAT = "matchmaker-figures/1"


@dataclass(frozen=True, slots=True)
class EventOutcomes:
    """What came of an event, ready to be written.

    Attributes
    ----------
    figures : EventFigures
    planned : sequence of Meeting
    outcomes : sequence of Outcome
    propensities : Propensities
    followups : sequence of FollowUp
    titles : mapping of str to str
        Of needs and achievements, by id.
    rejected : sequence of Rejection
    notices : sequence of Notice
    lang : {"zh", "en"}
    """

    figures: EventFigures
    planned: Sequence[Meeting]
    outcomes: Sequence[Outcome]
    propensities: Propensities
    followups: Sequence[FollowUp]
    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rejected: Sequence[Rejection] = ()
    notices: Sequence[Notice] = ()
    lang: str = "zh"


def write_outcomes(found: EventOutcomes, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write what came of an event; the same outcomes give the same bytes.

    Parameters
    ----------
    found : EventOutcomes
    folder : str or path
        Where to; made when missing. Files of the names of ``OUTCOME_OUTPUTS`` are replaced, any others stay.

    Returns
    -------
    dict of str to Path
        The files by name.

    Raises
    ------
    MatchmakerError
        If a file cannot be written; the files that were there before stay as they were.
    """
    target, lang = Path(folder), found.lang
    with draft_in(target, lang) as draft:
        day = found.figures.day
        write_followup_workbook(found.followups, found.titles, found.notices, day, draft / "followups.xlsx", lang)
        write_csv(draft / "judgments.csv", JUDGMENT_HEADER, _judgment_rows(found), lang=lang)
        write_csv(draft / "outcomes.csv", OUTCOME_HEADER, _outcome_rows(found), lang=lang)
        write_csv(draft / "followups.csv", FOLLOWUP_HEADER, map(_followup_row, found.followups), lang=lang)
        write_csv(draft / "exposure.csv", EXPOSURE_HEADER, _exposure_rows(found.propensities), lang=lang)
        write_rejected(draft / "rejected.csv", found.rejected, lang=lang)
        content = dataclasses.asdict(found.figures) | {"day": day.isoformat()}
        text = json.dumps({"format": FIGURES_FORMAT, **content}, ensure_ascii=False, indent=1) + "\n"
        write_text(draft / "figures.json", text, lang=lang)
        return put_all(draft, target, OUTCOME_OUTPUTS, lang)


def _judgment_rows(found: EventOutcomes) -> Iterator[tuple[object, ...]]:
    graded = [one for one in found.outcomes if one.grade is not None]
    judgments = judge_outcomes(graded, found.figures.event_id, found.figures.day)
    for one, judgment in zip(graded, judgments, strict=True):
        yield (
            judgment.need_id,
            judgment.achievement_id,
            judgment.grade,
            judgment.event_id,
            judgment.judged_on,
            write_number(judgment.weight, 4),
            one.rank or None,
            int(one.rank > 0),
            write_number(one.propensity, 4),
        )


def _outcome_rows(found: EventOutcomes) -> Iterator[tuple[object, ...]]:
    places = {(meeting.need_id, meeting.achievement_id): meeting for meeting in found.planned}
    for one in found.outcomes:
        mark = one.mark
        meeting = places.get((mark.need_id, mark.achievement_id))
        yield (
            mark.need_id,
            mark.achievement_id,
            meeting.slot if meeting else None,
            meeting.table if meeting else None,
            one.rank or None,
            write_number(one.probability, 4),
            mark.state,
            int(mark.again),
            mark.again_by,
            mark.result,
            mark.amount or None,
            mark.obstacle,
            one.grade,
            mark.comment,
        )


def _followup_row(one: FollowUp) -> tuple[object, ...]:
    return (
        one.waiting,
        one.asked,
        one.kind,
        one.next_step,
        one.since,
        one.days,
        one.need_id,
        one.achievement_id,
    )


def _exposure_rows(propensities: Propensities) -> Iterator[tuple[object, ...]]:
    counts = zip(propensities.shown, propensities.met, strict=True)
    for rank, (shown, met) in enumerate(counts, start=1):
        chance, weight = (write_number(value, 4) for value in (propensities.of(rank), propensities.weight(rank)))
        yield rank, shown, met, chance, weight
