"""The folder of a slate: a table with every achievement and its reason, and a workbook for people."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from matchmaker.delivery.folder import draft_in, put_all
from matchmaker.proceedings import Slate
from matchmaker.records import Profile, Records, Rejection
from matchmaker.report.slate import write_slate_workbook
from matchmaker.tables import write_csv, write_rejected
from matchmaker.tables.evidence import write_number

# The workbook first: a spreadsheet program that holds it open stops the delivery before anything has changed.
SLATE_OUTPUTS = ("slate.xlsx", "slate.csv", "rejected.csv")
SLATE_HEADER = (
    "order",
    "chosen",
    "achievement_id",
    "title",
    "institution",
    "field",
    "level",
    "needs",
    "value",
    "code",
    "reason",
    "change",
)


def write_slate(
    slate: Slate,
    pool: Records[Profile],
    folder: str | os.PathLike[str],
    *,
    rejected: Sequence[Rejection] = (),
    lang: str = "zh",
) -> dict[str, Path]:
    """Write a slate; the same slate gives the same bytes.

    Parameters
    ----------
    slate : Slate
    pool : Records of Profile
        The achievements that it was chosen from.
    folder : str or path
        Where to; made when missing. Files of the three names are replaced, any others stay.
    rejected : sequence of Rejection
        Rows of the inputs that were set aside.
    lang : {"zh", "en"}

    Returns
    -------
    dict of str to Path
        The files by name.

    Raises
    ------
    MatchmakerError
        If a file cannot be written; the files that were there before stay as they were.
    """
    target = Path(folder)
    with draft_in(target, lang) as draft:
        write_csv(draft / "slate.csv", SLATE_HEADER, _rows(slate, pool), lang=lang)
        write_rejected(draft / "rejected.csv", rejected, lang=lang)
        write_slate_workbook(slate, pool.rows, draft / "slate.xlsx", lang)
        return put_all(draft, target, SLATE_OUTPUTS, lang)


def _rows(slate: Slate, pool: Records[Profile]) -> Iterator[tuple[object, ...]]:
    profiles = {profile.id: profile for profile in pool}
    for entry in slate.entries:
        profile = profiles[entry.achievement_id]
        yield (
            entry.order,
            int(entry.chosen),
            entry.achievement_id,
            profile.title,
            profile.organisation,
            entry.field,
            entry.level or None,
            entry.needs,
            write_number(entry.value, 4),
            entry.code,
            entry.reason,
            entry.change,
        )
