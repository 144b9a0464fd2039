"""The folder of district packs: a workbook for each district, and a table that says where each need is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from matchmaker.delivery.folder import draft_in, keep_answers, put_all
from matchmaker.files import name_files
from matchmaker.records import Match, Profile, Records, Rejection
from matchmaker.report.occasion_wording import words_for_occasion
from matchmaker.report.packs import group_packs, write_pack
from matchmaker.tables import write_csv, write_rejected

PACKS_HEADER = ("district", "file", "need_id", "title", "enterprise", "matches")


def write_packs(
    achievements: Records[Profile],
    needs: Records[Profile],
    matches: Iterable[Match],
    folder: str | os.PathLike[str],
    *,
    rejected: Sequence[Rejection] = (),
    lang: str = "zh",
) -> dict[str, Path]:
    """Write a pack for each district; every need is in one of them.

    Parameters
    ----------
    achievements, needs : Records of Profile
        The registers.
    matches : iterable of Match
        The shortlists; each names a known achievement.
    folder : str or path
        Where to; made when missing. Files of the same names are replaced, any others stay.
    rejected : sequence of Rejection
        Rows of the inputs that were set aside.
    lang : {"zh", "en"}

    Returns
    -------
    dict of str to Path
        The files by name; the packs first, then ``packs.csv`` and ``rejected.csv``.

    Raises
    ------
    MatchmakerError
        If a file cannot be written, or somebody has filled in a pack that would be replaced; the files that were there
        before stay as they were.
    """
    target, words = Path(folder), words_for_occasion(lang)
    offers = {profile.id: profile for profile in achievements}
    listed: dict[str, list[Match]] = {}
    for match in sorted(matches, key=lambda match: match.rank):
        listed.setdefault(match.need_id, []).append(match)
    packs = group_packs(needs.rows)
    files = [f"{name}.xlsx" for name in name_files(pack.district or words["no_district"] for pack in packs)]
    rows = [
        (pack.district, file, need.id, need.title, need.organisation, len(listed.get(need.id, ())))
        for pack, file in zip(packs, files, strict=True)
        for need in pack.needs
    ]
    keep_answers((target / file for file in files), lang)
    names = (*files, "packs.csv", "rejected.csv")
    with draft_in(target, lang) as draft:
        for pack, file in zip(packs, files, strict=True):
            write_pack(pack, offers, listed, draft / file, lang)
        write_csv(draft / "packs.csv", PACKS_HEADER, rows, lang=lang)
        write_rejected(draft / "rejected.csv", rejected, lang=lang)
        return put_all(draft, target, names, lang)
