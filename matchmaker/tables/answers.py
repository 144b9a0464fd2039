"""Sheets that people filled in: their contracts, the words they answer with, and many files read as one table."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from matchmaker.errors import TableError
from matchmaker.marking import DECISIONS, YES, Word, find_word
from matchmaker.records import Notice, Records, Rejection
from matchmaker.tables.contracts import Column, Contract

T = TypeVar("T")

_NEED_ID = Column("need_id", "need_id", ("需求编号", "需求id", "需求编码", "难题编号"))
_ACHIEVEMENT_ID = Column("achievement_id", "achievement_id", ("成果编号", "成果id", "成果编码"))
_COMMENT = Column("comment", "comment", ("备注", "说明", "理由", "批注", "note", "remark"))

DECISION_TABLE = Contract(
    "decisions",
    ("need_id", "achievement_id", "decision"),
    (
        _NEED_ID,
        _ACHIEVEMENT_ID,
        Column("decision", "decision", ("意见", "决定", "处理意见", "是否对接", "standing")),
        _COMMENT,
    ),
)
MARK_TABLE = Contract(
    "marks",
    ("need_id", "achievement_id"),
    (
        _NEED_ID,
        _ACHIEVEMENT_ID,
        Column("state", "state", ("当天情况", "对接情况", "状态", "现场情况", "meeting")),
        Column("again", "again", ("希望再谈", "再谈", "是否再谈", "second meeting wished")),
        Column("result", "result", ("后续结果", "对接结果", "结果", "进展", "outcome")),
        Column("amount", "amount", ("合同金额", "签约金额", "成交额", "金额", "amount yuan")),
        Column("obstacle", "obstacle", ("堵点", "失败原因", "未成原因", "原因", "reason")),
        _COMMENT,
    ),
)

# What else people write where a decision is asked for. A bare tick or yes is a wish: it promises no more.
_ALSO: dict[str, tuple[str, ...]] = {
    "must": ("必须谈", "必须见", "一定谈", "一定见", "务必", "重点", "!", "m"),
    "wish": ("√", "✓", "✔", "y", "yes", "ok", "是", "要", "谈", "见", "同意", "可以", "希望谈", "w", "1"),
    "veto": ("×", "✗", "✘", "x", "n", "否", "不", "不要", "不想谈", "拒绝", "取消", "不合适", "不可以", "v", "0"),
}
_SPELLED = tuple(Word(word.code, word.zh, word.en, (*word.also, *_ALSO[word.code])) for word in DECISIONS)
_SIDES = (
    Word("enterprise", "企业", "enterprise", ("企业方", "需方", "需求方", "公司")),
    Word("team", "团队", "team", ("团队方", "成果方", "院校", "高校", "专家")),
    Word("both", "双方", "both", ("都", "均", "两方", "双方都希望")),
)
_NO = (Word("no", "否", "no", ("n", "false", "0", "×", "x", "不", "不要", "无", "-")),)
_BREAK = re.compile(r"[（(:：,，;；、。\s]")


def read_word(words: Sequence[Word], text: str) -> tuple[Word | None, str]:
    """Return the word that a cell begins with, and what is written behind it.

    Examples
    --------
    >>> word, rest = read_word(_SPELLED, "否决（同行竞争）")
    >>> word.code, rest
    ('veto', '同行竞争')
    >>> read_word(_SPELLED, "再看看")
    (None, '')
    """
    bare = text.strip().rstrip("!！。.?？") or text.strip()
    if (word := find_word(words, bare)) is not None:
        return word, ""
    head, rest = bare, ""
    if found := _BREAK.search(bare):
        head, rest = bare[: found.start()], bare[found.end() :].strip(" ）)。")
    word = find_word(words, head)
    return word, rest if word else ""


def read_standing(text: str) -> tuple[str, str] | None:
    """Return a standing and what is written behind it; None for what nobody can tell.

    Examples
    --------
    >>> read_standing("必须谈！"), read_standing("√"), read_standing("否，已谈过"), read_standing("待定")
    (('must', ''), ('wish', ''), ('veto', '已谈过'), None)
    """
    word, rest = read_word(_SPELLED, text)
    return None if word is None else (word.code, rest)


def read_again(text: str) -> tuple[bool, str] | None:
    """Return whether somebody wishes to meet again, and who; None for what nobody can tell.

    Examples
    --------
    >>> read_again("是"), read_again("企业"), read_again(""), read_again("再说")
    ((True, ''), (True, 'enterprise'), (False, ''), None)
    """
    if not text.strip() or read_word(_NO, text)[0]:
        return False, ""
    if read_word(YES, text)[0]:
        return True, ""
    side, _ = read_word(_SIDES, text)
    return None if side is None else (True, side.code)


def check_pair(
    need_id: str, achievement_id: str, needs: Container[str] | None, achievements: Container[str] | None
) -> tuple[str, str, str]:
    """Return why a pair cannot be used: the key of a message, the column and its id; empty texts where it can.

    Examples
    --------
    >>> check_pair("N-1", "", None, None), check_pair("N-1", "A-1", {"N-2"}, None), check_pair("N-1", "A-1", None, None)
    (('missing', 'achievement_id', ''), ('unknown_need', 'need_id', 'N-1'), ('', '', ''))
    """
    for name, value, known, key in (
        ("need_id", need_id, needs, "unknown_need"),
        ("achievement_id", achievement_id, achievements, "unknown_achievement"),
    ):
        if not value or (known is not None and value not in known):
            return key if value else "missing", name, value
    return "", "", ""


def list_words(words: Iterable[Word], lang: str) -> str:
    """Return the words that may stand in a cell."""
    return ("、" if lang == "zh" else ", ").join(word.name(lang) for word in words)


def read_many(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], read: Callable[[Path], Records[T]]
) -> Records[T]:
    """Read several files as one table; one that cannot be read is set aside as row 0, unless none can.

    Raises
    ------
    TableError
        If no file can be read.
    """
    files = [Path(paths)] if isinstance(paths, (str, os.PathLike)) else [Path(path) for path in paths]
    rows: list[T] = []
    rejected: list[Rejection] = []
    notices: list[Notice] = []
    digest = hashlib.sha256()
    broken: TableError | None = None
    for path in files:
        try:
            found = read(path)
        except TableError as error:
            broken = broken or error
            rejected.append(Rejection(path.name, "", 0, str(error)))
            continue
        rows += found.rows
        rejected += found.rejected
        notices += found.notices
        digest.update(found.sha256.encode())
    if broken is not None and len([one for one in rejected if not one.row]) == len(files):
        raise broken
    return Records(
        tuple(rows), tuple(rejected), tuple(notices), ", ".join(path.name for path in files), digest.hexdigest()
    )
