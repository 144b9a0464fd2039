"""The workbook of a slate: what is presented, and what is not, each with its reason."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from matchmaker.proceedings import Slate, SlateEntry
from matchmaker.records import Profile
from matchmaker.report.occasion_wording import words_for_occasion
from matchmaker.report.sheets import Column, Row, open_sheets

_DAY = date(2000, 1, 1)  # two runs must not differ by the time of writing
_CHOSEN = (
    Column("order", 7, "number"),
    Column("achievement_id", 12),
    Column("achievement_title", 40),
    Column("institution", 24),
    Column("field", 12),
    Column("level", 10, "number"),
    Column("listed_needs", 10, "number"),
    Column("value", 12, "number"),
    Column("reason", 60),
)
_LEFT_OUT = (*_CHOSEN, Column("change", 60))


def write_slate_workbook(slate: Slate, pool: Sequence[Profile], path: str | os.PathLike[str], lang: str = "zh") -> Path:
    """Write a slate as an Excel workbook; the same slate gives the same bytes.

    Parameters
    ----------
    slate : Slate
    pool : sequence of Profile
        The achievements that it was chosen from.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.
    lang : {"zh", "en"}
        Language of headings.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    words = words_for_occasion(lang)
    profiles = {profile.id: profile for profile in pool}
    with open_sheets(path, words["sheet_chosen"], _DAY, words) as writer:
        writer.add_table("sheet_chosen", _CHOSEN, _rows(slate, profiles, chosen=True), frozen=3)
        writer.add_table("sheet_left_out", _LEFT_OUT, _rows(slate, profiles, chosen=False), frozen=3)
    return Path(path)


def _rows(slate: Slate, profiles: Mapping[str, Profile], *, chosen: bool) -> Iterator[Row]:
    for entry in slate.entries:
        if entry.chosen is chosen:
            told = _tell(entry, profiles[entry.achievement_id])
            yield Row(told if chosen else (*told, entry.change))


def _tell(entry: SlateEntry, profile: Profile) -> tuple[str | float, ...]:
    return (
        entry.order,
        entry.achievement_id,
        profile.title,
        profile.organisation,
        entry.field,
        entry.level or "",
        entry.needs,
        round(entry.value, 2),
        entry.reason,
    )
