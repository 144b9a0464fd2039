"""The functions that read the tables of a docking event: requests, who stays apart, timetables, changes on the day."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from matchmaker.docking import Apart, Change, Origin, Placement, Request, Standing
from matchmaker.records import Records
from matchmaker.tables.answers import read_standing
from matchmaker.tables.cells import read_integer, read_number
from matchmaker.tables.contracts import APART, CHANGES, REQUESTS, TIMETABLE
from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Grid
from matchmaker.tables.lines import Line
from matchmaker.tables.rows import read_records

if TYPE_CHECKING:
    from matchmaker.tables.reading import Database, Source

T = TypeVar("T")

# What people write, by what it means. The first word of each is the one that messages name.
STANDINGS: Mapping[Standing, tuple[str, ...]] = {
    "must": tuple("must 必见 必谈 必须 必须见 必须对接 必配 must-meet mustmeet".split()),
    "wish": tuple("wish 希望 愿意 想见 优先 意向 希望对接 可以 yes".split()),
    "veto": tuple("veto 不见 否决 回避 拒绝 不愿意 不对接 排除 no".split()),
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "cancel": tuple("cancel 取消 缺席 不来 请假 离场 退出 提前离开 absent left".split()),
    "table": tuple("table 桌子 桌子停用 停用桌子 撤桌 坏桌 closed".split()),
    "walk_in": tuple("walk_in 临时到场 临时参会 新到 现场报名 walk-in walkin".split()),
    "overrun": tuple("overrun 超时 延时 拖延 runs_over".split()),
    "must": STANDINGS["must"],
    "wish": STANDINGS["wish"],
    "veto": STANDINGS["veto"],
    "lock": tuple("lock 锁定 固定".split()),
}
# What a row of each kind cannot do without.
_NEEDED = {
    "cancel": ("who",),
    "table": ("table",),
    "walk_in": ("who",),
    "overrun": ("who", "until"),
    "must": ("who", "other"),
    "wish": ("who", "other"),
    "veto": ("who", "other"),
    "lock": ("who", "other"),
}
_YES = frozenset("1 true yes y 是 锁定 √ ✓".split())
_NO = frozenset("0 false no n 否".split()) | {""}


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold().replace(" ", "_")


def _inverse(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {_fold(word): meaning for meaning, known in words.items() for word in known}


_STANDING_OF = _inverse({str(key): words for key, words in STANDINGS.items()})
_KIND_OF = _inverse(KINDS)


def _allowed(words: Mapping[str, tuple[str, ...]], lang: str) -> str:
    """Return the words that a message offers: the Chinese one of each, or the English."""
    return "、".join(known[1] for known in words.values()) if lang == "zh" else ", ".join(words)


def _origin(line: Line) -> Origin:
    return Origin(line.layout.findings.source, line.layout.grid.sheet, line.number)


def build_request(line: Line) -> Request | None:
    """Make a request of a line; a blank standing means a wish, an unknown one sets the row aside."""
    typed = line.get_short("standing")
    standing, said = _read_standing(typed) if typed else ("wish", "")
    if standing is None:
        allowed = _allowed({str(key): words for key, words in STANDINGS.items()}, line.layout.findings.lang)
        line.reject("not_standing", column=line.layout.label("standing"), value=typed[:40], allowed=allowed)
        return None
    return Request(
        line.get_id("need_id"),
        line.get_id("achievement_id"),
        standing,  # type: ignore[arg-type]
        "；".join(filter(None, (said, line.get("comment")))),
        _origin(line),
    )


def _read_standing(typed: str) -> tuple[str | None, str]:
    """Return what a cell asks for and what is written behind it, in all the words that a pack understands too."""
    if (standing := _STANDING_OF.get(_fold(typed))) is not None:
        return standing, ""
    return read_standing(typed) or (None, "")


def build_apart(line: Line) -> Apart:
    """Make two sides that stay apart of a line."""
    return Apart(line.get_id("enterprise"), line.get_id("team"), line.get("comment"), _origin(line))


def placement_builder(*, locked: bool) -> Callable[[Line], Placement | None]:
    """Return the function that makes a placement of a line; ``locked`` holds where the table has no such column."""

    def build(line: Line) -> Placement | None:
        typed = _fold(line.get("locked"))
        if typed not in _YES | _NO:
            line.reject("not_yes", column=line.layout.label("locked"), value=typed[:40])
            return None
        probability: float | None = None
        if text := line.get("probability"):
            probability = read_number(text)
            if probability is None or not 0.0 <= probability <= 1.0:
                line.reject("not_probability", column=line.layout.label("probability"), value=text[:40])
                return None
        return Placement(
            line.get_id("slot"),
            line.get_id("table"),
            line.get_id("need_id"),
            line.get_id("achievement_id"),
            probability,
            typed in _YES if "locked" in line.positions else locked,
            _origin(line),
        )

    return build


def build_change(line: Line) -> Change | None:
    """Make a change of a line; an unknown kind, or one that lacks what it is about, sets the row aside."""
    layout = line.layout
    kind = _KIND_OF.get(_fold(line.get("kind")))
    if kind is None:
        allowed = _allowed(KINDS, layout.findings.lang)
        line.reject("not_kind", column=layout.label("kind"), value=line.get("kind")[:40], allowed=allowed)
        return None
    lacking = [layout.label(name) for name in _NEEDED[kind] if not line.get_short(name)]
    if lacking:
        mark = "、" if layout.findings.lang == "zh" else ", "
        line.reject("lacks", kind=line.get("kind"), column=mark.join(lacking))
        return None
    limit: int | None = None
    if text := line.get("limit"):
        limit = read_integer(text)
        if limit is None or limit < 1:
            line.reject("not_limit", column=layout.label("limit"), value=text[:40])
            return None
    return Change(
        kind,
        line.get_id("who"),
        line.get_id("other"),
        line.get_id("table"),
        line.get_short("from"),
        line.get_short("until"),
        limit,
        line.get("comment"),
        _origin(line),
    )


def _note_wishes(grids: Iterable[Grid], findings: Findings) -> Iterator[Grid]:
    """Yield tables of requests; where one has no column of standings, note that all of them count as wishes."""
    for grid in grids:
        if "standing" not in grid.positions:
            findings.note(grid.sheet, grid.header_row, "all_wishes", found="、".join(filter(None, grid.header)))
        yield grid


def read_requests(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Request]:
    """Read what organisers, enterprises and teams ask for: must-meet, wish or veto, with a comment.

    Parameters
    ----------
    source : str, path or pandas.DataFrame
        A file, a data frame, or, with ``connection``, the text of an SQL query, with ``need_id`` and
        ``achievement_id`` (需求编号, 成果编号) and, if there is one, ``standing`` (决定, 意向): must 必见, wish 希望,
        veto 不见; blank means a wish.
    sheet : str, optional
        Name of the worksheet to read.
    connection : str, sqlalchemy.Engine or sqlalchemy.Connection, optional
        Where to run ``source`` as a query.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Request

    Raises
    ------
    TableError
        If the table as a whole cannot be used.
    SettingError
        If ``lang`` is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"需求编号": ["N-1", "N-1"], "成果编号": ["A-1", "A-2"], "决定": ["必见", "也许"]})
    >>> requests = read_requests(frame, lang="en")
    >>> requests[0].standing, requests.rejected[0].reason
    ('must', '决定 must be one of must, wish, veto, found "也许"')
    """
    return read_records(source, REQUESTS, build_request, sheet, connection, lang, watch=_note_wishes)


def read_apart(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Apart]:
    """Read who must not sit at one table: vetoes, meetings held before, competitors, conflicts of interest.

    Each side is an id of the registers, a party's name or an organisation's. Columns ``enterprise`` and ``team``
    (企业, 团队; 甲方, 乙方; 需求编号, 成果编号 …), and a comment; parameters and errors as in `read_requests`.

    Examples
    --------
    >>> import pandas as pd
    >>> read_apart(pd.DataFrame({"甲方": ["某药业"], "乙方": ["某大学"], "原因": ["同业竞争"]}))[0].comment
    '同业竞争'
    """
    return read_records(source, APART, build_apart, sheet, connection, lang)


def read_timetable(
    source: Source,
    *,
    sheet: str | None = None,
    connection: Database | None = None,
    lang: str = "zh",
    locked: bool = False,
) -> Records[Placement]:
    """Read a timetable as it was written to ``timetable.csv``, or locks typed in the same columns.

    Columns ``slot`` (a number or an hour), ``table``, ``need_id``, ``achievement_id`` (时段, 桌号, 需求编号, 成果编号),
    and ``probability`` and ``locked`` where they are known; other parameters and errors as in `read_requests`.

    Parameters
    ----------
    source, sheet, connection, lang
        As in `read_requests`.
    locked : bool
        Whether meetings count as locked where the table has no column that says so.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"时段": "3", "桌号": "A1", "需求编号": "N-1", "成果编号": "A-1"}
    >>> read_timetable(pd.DataFrame([row]), locked=True)[0].locked
    True
    """
    return read_records(source, TIMETABLE, placement_builder(locked=locked), sheet, connection, lang)


def read_changes(
    source: Source, *, sheet: str | None = None, connection: Database | None = None, lang: str = "zh"
) -> Records[Change]:
    """Read what changed on the day, one thing a row; parameters and errors as in `read_requests`.

    Column ``kind`` (事项): cancel 取消, table 桌子, walk_in 临时到场, overrun 超时, must 必见, wish 希望, veto 不见,
    lock 锁定; ``who`` and ``other`` (谁, 对方), ``table`` (桌号), ``from`` and ``until`` (从, 到), ``limit`` (最多).

    Examples
    --------
    >>> import pandas as pd
    >>> changes = read_changes(pd.DataFrame([{"事项": "取消", "谁": "大连某厂", "从": "10:30"}, {"事项": "超时"}]))
    >>> changes[0].kind, changes.rejected[0].reason
    ('cancel', '“超时”一行还缺少谁、until，请补充')
    """
    return read_records(source, CHANGES, build_change, sheet, connection, lang)
