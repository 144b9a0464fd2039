"""A timetable as it was planned, read back from ``timetable.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matchmaker.docking import Meeting
from matchmaker.records import Records
from matchmaker.tables.cells import read_integer, read_number
from matchmaker.tables.contracts import TIMETABLE
from matchmaker.tables.lines import Line
from matchmaker.tables.rows import read_records

if TYPE_CHECKING:
    from matchmaker.tables.reading import Source


def read_planned(source: Source, *, lang: str = "zh") -> Records[Meeting]:
    """Read the meetings of a timetable; their parties are left empty, since the table does not name them.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        ``timetable.csv``, or another table with these columns.
    lang : {"zh", "en"}

    Returns
    -------
    Records of Meeting
        Set aside are rows whose slot is no whole number from 1 on, and pairs that came before.

    Raises
    ------
    TableError
        If the table as a whole cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"slot": 1, "table": "T1", "need_id": "N-1", "achievement_id": "A-1", "probability": 0.8}
    >>> read_planned(pd.DataFrame([row]))[0].probability
    0.8
    """
    seen: dict[tuple[str, str], int] = {}

    def build(line: Line) -> Meeting | None:
        slot = read_integer(line.get("slot"))
        if slot is None or slot < 1:
            line.reject("not_rank", column=line.layout.label("slot"), value=line.get("slot")[:40])
            return None
        need, achievement = line.get_id("need_id"), line.get_id("achievement_id")
        if (first := seen.setdefault((need, achievement), line.number)) != line.number:
            line.reject("duplicate_pair", need=need, achievement=achievement, row=first)
            return None
        probability = read_number(line.get_short("probability")) or 0.0
        locked = line.get_short("locked").casefold() in ("1", "true", "是", "yes")
        return Meeting(slot, line.get_id("table"), need, achievement, "", "", probability, locked)

    return read_records(source, TIMETABLE, build, None, None, lang)
