"""Blanks and line breaks: what a layout or a scanner put into a sentence goes, what structures the text stays."""

from __future__ import annotations

import re

from matchmaker.text.alignment import Edit, Trace, rewrite
from matchmaker.text.characters import HAN

_WIDE = HAN + "、。《》〈〉「」『』【】〔〕"
_QUOTES = "“”‘’—…·"
_BLANKS = re.compile(r"[ \t]+")
# Where a blank stands between the characters of these pairs, no one meant it.
_NEEDLESS = re.compile(rf"[{_WIDE}][{_WIDE}{_QUOTES},;:!?.%)\](]|[{_QUOTES},;:!?)\]][{_WIDE}]|\n.|.\n", re.DOTALL)
_BREAKS = re.compile(r"\n+")

_MARKER = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.,:]|\(?\d{1,3}[.、)](?!\d)|\d{1,2}(?:\.\d{1,2}){1,3}(?=[ 、.]|[^\W\d_])"
    r"|\([一二三四五六七八九十百]{1,3}\)|第[一二三四五六七八九十百\d]{1,3}[章节条款项部篇步]|[a-zA-Z][.、)]\s|\([a-zA-Z]\)"
    r"|[-–—•·●○■□◆◇▪▫►▶★☆※✓➢➤*]|(?:附件|附表|课题|步骤|阶段|任务)[一二三四五六七八九十\d]"
)
_LABEL = re.compile(rf"(?!如下|包括|其中)[{HAN}]{{2,8}}:")
_HEADING = re.compile(
    r"(?:方案|机制|办法|通知|意见|规定|细则|措施|计划|规划|纲要|报告|说明|公告|总结|要求|目标|内容|背景|依据|目的|意义"
    r"|现状|基础|简介|概述|概况|介绍|特点|优势|创新点|难点|难题|问题|需求|指标|参数|范围|领域|前景|效益|效果|预算|安排"
    r"|进度|附件|摘要|结论|(?<![行展了])研究|办公厅|办公室)(?:\([^()]*\))?\Z"
)
_DATE = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?\Z")
_OPENING = re.compile(
    r"(?:本项目|本公司|本企业|本产品|本系统|本技术|本成果|本研究|该项目|该技术|该产品|目前|随着|近年来|众所周知|我国|我公司)"
)
_CLAUSE = re.compile(r"[,。;:!?]")
_UNLISTED = re.compile(r"[,。;:!?、]|[-(《“+/]\Z|\A[)》”%]")
_REMARK = re.compile(r"[。!?;]\([^()]*\)\Z")
_CLOSERS = frozenset("。!?;:….")
_RUNS_ON = frozenset(",、(《〈“‘「『【〔/+=×~")
_RUNS_ON_WORDS = re.compile(r"(?:[和与及或的为在对将把使由从向被]|以及|并且|其中)\Z")
# A question mark at a line's start is what remains of a bullet in the wrong encoding.
_CONTINUES = re.compile(r"[,。;:、)》〉”’」』】〕%‰℃°~×]")
_STARTS_HAN = re.compile(f"[{HAN}]")
_STARTS_LOWER = re.compile(r"[a-zα-ω]")
_ENDS_LATIN = re.compile(r"[A-Za-zÀ-ɏ0-9,;)\]%°\"'”’]\Z")
_HYPHENATED = re.compile(r"(?<![A-Za-z-])[A-Za-z]{2,}-\Z")

_HEADING_LENGTH = 60
_ITEM_LENGTH = 24
_LIST_LENGTH = 15
_LIST_LINES = 3
_VIEW = 64
"""How much of a line's end is looked at."""


def collapse_blanks(text: str) -> tuple[str, Trace | None]:
    """Reduce runs of blanks to one, remove those inside Chinese text and around lines; words keep their distance.

    Examples
    --------
    >>> collapse_blanks("锂 离 子  电池,lithium  ion battery ")[0]
    '锂离子电池,lithium ion battery'
    """
    body = text.strip(" \t\n")
    begin = text.find(body) if body else 0
    end = begin + len(body)
    edits: list[Edit] = [(0, begin, "")] if begin else []
    for found in _BLANKS.finditer(text, begin, end):
        start, stop = found.span()
        if _NEEDLESS.match(text[start - 1] + text[stop]):
            edits.append((start, stop, ""))
        elif stop - start > 1 or found[0] == "\t":
            edits.append((start, stop, " "))
    if end < len(text):
        edits.append((end, len(text), ""))
    return rewrite(text, edits)


def join_lines(text: str) -> tuple[str, Trace | None]:
    r"""Join lines that break inside a sentence; reduce blank lines to one line break.

    A line goes on where it ends without sentence punctuation and the next begins with a Chinese character or a
    lower-case letter. List items, headings, labels (``预期目标:``) and lists of short terms keep their lines. A blank
    line always parts; it is kept (as one) only where the lines around it would otherwise be joined.

    Parameters
    ----------
    text : str
        In NFKC form, without blanks around its lines.

    Examples
    --------
    >>> join_lines("一、总体目标\n开发耐高温的锂离\n子电池,compos-\nite sepa-\nrator。\n\n\n二、指标")[0]
    '一、总体目标\n开发耐高温的锂离子电池,composite separator。\n二、指标'
    """
    if "\n" not in text:
        return text, None
    lines, gaps = _split(text)
    listed = _listed(lines)
    edits: list[Edit] = []
    view, length, plain = _look("", 0, True, lines[0])
    for index, (start, end) in enumerate(gaps, start=1):
        line = lines[index]
        glue = None if listed[index - 1] or listed[index] else _glue(view, length, plain, line)
        if glue is None or end - start > 1:
            kept = "\n" if glue is None else "\n\n"
            if end - start != len(kept):
                edits.append((start, end, kept))
            view, length, plain = _look("", 0, True, line)
            continue
        hyphen = glue == "-"
        edits.append((start - hyphen, end, "" if hyphen else glue))
        view, length, plain = _look(view[: len(view) - hyphen] + ("" if hyphen else glue), length, plain, line)
    return rewrite(text, edits)


def _split(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the lines, and where the breaks between them lie."""
    gaps = [found.span() for found in _BREAKS.finditer(text)]
    starts = [0, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)], gaps


def _listed(lines: list[str]) -> list[bool]:
    """Tell of each line whether it stands in a list of at least three short lines without punctuation."""
    short = [len(line) <= _LIST_LENGTH and not _UNLISTED.search(line) for line in lines]
    listed = [False] * len(lines)
    first = 0
    for index in range(len(lines) + 1):
        if index == len(lines) or not short[index]:
            if index - first >= _LIST_LINES:
                listed[first:index] = [True] * (index - first)
            first = index + 1
    return listed


def _look(view: str, length: int, plain: bool, line: str) -> tuple[str, int, bool]:
    """Return what the next decision needs of a line that grew: its end, its length, whether it has no clauses."""
    return (view + line)[-_VIEW:], length + len(line), plain and _CLAUSE.search(line) is None


def _glue(left: str, length: int, plain: bool, right: str) -> str | None:
    """Return what joins two lines: nothing, a blank, ``"-"`` for a hyphen to be dropped; None if they stay apart."""
    if not left or not right:
        return None
    if _CONTINUES.match(right):
        return ""
    if _MARKER.match(right) or _LABEL.match(right):
        return None
    lower = _STARTS_LOWER.match(right) is not None
    if left[-1] == "-" and (lower or right[0].isalnum()) and left[-2:-1].isalpha() and left[-2:-1].isascii():
        return "-" if lower and _HYPHENATED.search(left) else ""
    latin = _ENDS_LATIN.search(left) is not None and right[0].isascii() and right[0].isalnum()
    if left[-1] in _RUNS_ON or _RUNS_ON_WORDS.search(left):
        return " " if latin else ""
    if left[-1] in _CLOSERS or _REMARK.search(left):
        return None
    if not lower and _STARTS_HAN.match(right) is None:
        return None
    if plain and _is_heading(left, length, right):
        return None
    return " " if latin else ""


def _is_heading(left: str, length: int, right: str) -> bool:
    """Tell whether a line without clauses is a heading over the next one."""
    if length > _HEADING_LENGTH:
        return False
    if length <= _ITEM_LENGTH and _MARKER.match(left):
        return True
    if _DATE.search(left):
        return True
    return right[0] not in "的之上中下" and (_HEADING.search(left) is not None or _OPENING.match(right) is not None)
