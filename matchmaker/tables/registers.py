"""The functions that read each kind of table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from matchmaker.records import Judgment, Match, Pair, Profile, Records
from matchmaker.tables.contracts import ACHIEVEMENTS, JUDGMENTS, NEEDS, PAIRS, SHORTLISTS
from matchmaker.tables.parsing import build_judgment, build_pair, match_builder, profile_builder
from matchmaker.tables.rows import read_records

if TYPE_CHECKING:
    from matchmaker.tables.reading import Database, Source

T = TypeVar("T")


def read_achievements(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Profile]:
    """Read a register of achievements.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file (.csv .tsv .txt, .xlsx .xlsm .xls .xlsb .ods .et, .jsonl .ndjson .json, .parquet .pq), a data frame, or,
        with ``connection``, the text of an SQL query. The table needs an id and a title (``achievement_id`` and
        ``title``, 成果编号 and 成果名称, or another of the headers in `matchmaker.tables.contracts`); the header may
        stand below title rows. Text files may be UTF-8, GB18030 or UTF-16, with commas, semicolons or tabs.
    sheet : str, optional
        Name of the worksheet to read. By default every visible worksheet that has the required columns is read.
    connection : str, sqlalchemy.Engine or sqlalchemy.Connection, optional
        Where to run ``source`` as a query, for instance ``"sqlite:///register.db"``.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Profile
        The usable rows in order. ``rejected`` holds every row that could not be used, with its number and reason: no
        id, no title, an id that came before, more cells than the header. ``notices`` holds what was repaired or
        guessed. ``sha256`` is the digest of the file's bytes, or of a frame's or query's content as CSV.

    Raises
    ------
    TableError
        If the table as a whole cannot be used: no such file, unreadable, empty, or without a required column.
    SettingError
        If ``lang`` is unknown.

    Notes
    -----
    Rows are numbered from 1 as a spreadsheet shows them, the header and blank rows included; in a CSV file a record
    with line breaks inside quotes counts as one row. A data frame, a query and a Parquet file count as if they had been
    saved as a sheet: the first record is row 2. In JSON Lines the number is that of the line.

    Columns outside the contract go into ``Profile.extra`` under their own headers, where they are not blank. Where the
    header of the price states a unit, as in 价格（万元）, it is put behind a bare number.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"成果编号": ["A-1", "A-2", "A-1"], "成果名称": ["电解液", "", "隔膜"]})
    >>> achievements = read_achievements(frame, lang="en")
    >>> [profile.title for profile in achievements]
    ['电解液']
    >>> for rejection in achievements.rejected:
    ...     print(rejection)
    DataFrame row 3: 成果名称 is missing
    DataFrame row 4: id A-1 repeats row 2
    """
    return read_records(source, ACHIEVEMENTS, profile_builder(ACHIEVEMENTS, "achievement"), sheet, connection, lang)


def read_needs(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Profile]:
    """Read a register of needs.

    As `read_achievements`, with ``need_id`` and ``title`` (需求编号 and 需求名称) required. A deadline that is only a
    month, a year or a range means its last day, with a notice; 长期有效 and the like mean no deadline.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file, a data frame, or, with ``connection``, the text of an SQL query.
    sheet : str, optional
        Name of the worksheet to read.
    connection : str, sqlalchemy.Engine or sqlalchemy.Connection, optional
        Where to run ``source`` as a query.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Profile
        The usable rows in order, the rows set aside, and notices.

    Raises
    ------
    TableError
        If the table as a whole cannot be used.
    SettingError
        If ``lang`` is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"need_id": 7.0, "需求名称": "防爆电池", "预算（万元）": 50, "有效期": "2026年6月"}
    >>> need = read_needs(pd.DataFrame([row]))[0]
    >>> need.id, need.money, need.date
    ('7', '50万元', datetime.date(2026, 6, 30))
    """
    return read_records(source, NEEDS, profile_builder(NEEDS, "need"), sheet, connection, lang)


def read_judgments(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Judgment]:
    """Read judgments: how well an achievement serves a need, as an ordered integer.

    A row whose grade is no integer (``3`` and ``3.0`` are), or whose ``weight`` is no number above 0, is set aside. A
    pair may be judged several times. A blank weight is 1.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file, a data frame, or, with ``connection``, the text of an SQL query.
    sheet : str, optional
        Name of the worksheet to read.
    connection : str, sqlalchemy.Engine or sqlalchemy.Connection, optional
        Where to run ``source`` as a query.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Judgment
        The usable rows in order, the rows set aside, and notices.

    Raises
    ------
    TableError
        If the table as a whole cannot be used.
    SettingError
        If ``lang`` is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"need_id": ["N-1", "N-1"], "achievement_id": ["A-1", "A-2"], "grade": ["3.0", "高"]})
    >>> judgments = read_judgments(frame, lang="en")
    >>> judgments[0].grade, judgments.rejected[0].reason
    (3, 'grade must be an integer, found "高"')
    """
    return read_records(source, JUDGMENTS, build_judgment, sheet, connection, lang)


def read_pairs(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Pair]:
    """Read pairs of a need and an achievement that are to be scored, in the order given.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file, a data frame, or, with ``connection``, the text of an SQL query.
    sheet : str, optional
        Name of the worksheet to read.
    connection : str, sqlalchemy.Engine or sqlalchemy.Connection, optional
        Where to run ``source`` as a query.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Pair
        The usable rows in order, the rows set aside, and notices.

    Raises
    ------
    TableError
        If the table as a whole cannot be used.
    SettingError
        If ``lang`` is unknown.
    """
    return read_records(source, PAIRS, build_pair, sheet, connection, lang)


def read_shortlists(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Match]:
    """Read shortlists back as they were written to ``shortlists.csv``.

    Reasons come from the column ``reasons``, split at ``"; "``, spans and terms from ``evidence``. Where ``evidence``
    is no JSON, as in a table made by hand, it stands in for reasons that are missing.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file, a data frame, or, with ``connection``, the text of an SQL query.
    sheet : str, optional
        Name of the worksheet to read.
    connection : str, sqlalchemy.Engine or sqlalchemy.Connection, optional
        Where to run ``source`` as a query.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Match
        The usable rows in order. Set aside are rows whose rank is no integer from 1 on, whose score is no number, whose
        probability is not between 0 and 1, or whose pair came before.

    Raises
    ------
    TableError
        If the table as a whole cannot be used.
    SettingError
        If ``lang`` is unknown.
    """
    return read_records(source, SHORTLISTS, match_builder(), sheet, connection, lang)
