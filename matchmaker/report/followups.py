"""The workbook of what is open after an event: who waits for whom, and what was to be noted."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from matchmaker.proceedings import FollowUp
from matchmaker.records import Notice
from matchmaker.report.occasion_wording import words_for_occasion
from matchmaker.report.sheets import Column, Row, open_sheets

_COLUMNS = (
    Column("waiting", 26),
    Column("asked", 26),
    Column("kind", 16),
    Column("next_step", 46),
    Column("since", 12),
    Column("days", 8, "number"),
    Column("need_id", 12),
    Column("need_title", 34),
    Column("achievement_id", 12),
    Column("achievement_title", 34),
)
_NOTICES = (Column("file", 26), Column("sheet", 14), Column("row", 8, "number"), Column("message", 90))


def write_followup_workbook(
    followups: Sequence[FollowUp],
    titles: Mapping[str, str],
    notices: Sequence[Notice],
    day: date,
    path: str | os.PathLike[str],
    lang: str = "zh",
) -> Path:
    """Write follow-ups as an Excel workbook, by the party that waits; the same content gives the same bytes.

    Parameters
    ----------
    followups : sequence of FollowUp
        In the order to be shown.
    titles : mapping of str to str
        Of needs and achievements, by id.
    notices : sequence of Notice
        What a person should know of the marks that were read.
    day : datetime.date
        Of the event.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.
    lang : {"zh", "en"}

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    words = words_for_occasion(lang)
    rows = []
    for place, one in enumerate(followups):
        same = place > 0 and followups[place - 1].waiting == one.waiting
        values = (
            one.waiting,
            one.asked,
            words[one.kind],
            one.next_step,
            one.since.isoformat(),
            one.days,
            one.need_id,
            titles.get(one.need_id, ""),
            one.achievement_id,
            titles.get(one.achievement_id, ""),
        )
        rows.append(Row(values, repeated=int(same)))
    with open_sheets(path, words["sheet_followups"], day, words) as writer:
        writer.add_table("sheet_followups", _COLUMNS, rows, frozen=1)
        if notices:
            told = (Row((one.file, one.sheet, one.row or "", one.message)) for one in notices)
            writer.add_table("sheet_notices", _NOTICES, told)
    return Path(path)
