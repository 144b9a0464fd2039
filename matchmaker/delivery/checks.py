"""The folder of a need check: a table for machines, a workbook for people, and the rows that were set aside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from matchmaker.delivery.folder import draft_in, put_all
from matchmaker.records import Profile, Records
from matchmaker.report.checks import CHECK_HEADER, check_rows, write_check_workbook
from matchmaker.tables import write_csv, write_rejected
from matchmaker.understanding import NeedCheck

# In the order in which they take their place: the workbook first, since a spreadsheet program may hold it open.
CHECK_OUTPUTS = ("needcheck.xlsx", "needcheck.csv", "rejected.csv")


def write_checks(
    needs: Records[Profile], checks: Sequence[NeedCheck], folder: str | os.PathLike[str], *, lang: str = "zh"
) -> dict[str, Path]:
    """Write a need check; the same needs give the same bytes.

    Parameters
    ----------
    needs : Records of Profile
        The register as it was read.
    checks : sequence of NeedCheck
        One for each need, in the same order.
    folder : str or path
        Where to; made when missing. Files of these three names are replaced, any others stay.
    lang : {"zh", "en"}
        Language of headings and names.

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
        write_csv(draft / "needcheck.csv", CHECK_HEADER, check_rows(needs.rows, checks, lang), lang=lang)
        write_rejected(draft / "rejected.csv", needs.rejected, lang=lang)
        write_check_workbook(needs.rows, checks, draft / "needcheck.xlsx", lang)
        return put_all(draft, target, CHECK_OUTPUTS, lang)
