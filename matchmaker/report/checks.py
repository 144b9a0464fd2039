"""The workbook of a need check: a row a need, how complete it is, what is missing, and what to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from matchmaker.languages import choose_words
from matchmaker.records import Profile
from matchmaker.report.sheets import Column, Row, open_sheets
from matchmaker.understanding import NeedCheck

CHECK_HEADER = ("need_id", "title", "enterprise", "completeness", "present", "missing", "vague", "questions")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "sheet": "需求完整度",
        "need_id": "需求编号",
        "title": "需求名称",
        "enterprise": "企业",
        "completeness": "完整度",
        "present": "已写明",
        "missing": "缺少",
        "vague": "含糊的说法",
        "questions": "建议追问企业的问题",
        "comma": "、",
        "number": "{number}. {question}",
        "cut": "……（原文共 {n} 字）",
        "targets": "技术指标",
        "symptom": "现状与痛点",
        "scene": "应用场景与工况",
        "object": "对象",
        "scale": "规模",
        "budget": "预算",
        "deadline": "时限",
        "maturity": "成熟度要求",
        "mode": "合作方式",
        "limits": "限制条件",
        "acceptance": "验收与知识产权",
    },
    "en": {
        "sheet": "Need check",
        "need_id": "Need",
        "title": "Title",
        "enterprise": "Enterprise",
        "completeness": "Complete",
        "present": "Stated",
        "missing": "Missing",
        "vague": "Vague words",
        "questions": "Questions to ask the enterprise",
        "comma": ", ",
        "number": "{number}. {question}",
        "cut": "… ({n} characters)",
        "targets": "figures",
        "symptom": "present state",
        "scene": "use and conditions",
        "object": "object",
        "scale": "scale",
        "budget": "budget",
        "deadline": "deadline",
        "maturity": "maturity",
        "mode": "way to work together",
        "limits": "limits",
        "acceptance": "acceptance and rights",
    },
}
_DAY = date(2000, 1, 1)
_COLUMNS = (
    Column("need_id", 11),
    Column("title", 32),
    Column("enterprise", 20),
    Column("completeness", 10, "percent"),
    Column("present", 30),
    Column("missing", 30),
    Column("vague", 18),
    Column("questions", 80),
)


def words_for_checks(lang: str) -> Mapping[str, str]:
    """Return headings and the names of aspects.

    Raises
    ------
    SettingError
        If the language is unknown.

    Examples
    --------
    >>> words_for_checks("zh")["symptom"]
    '现状与痛点'
    """
    return choose_words(_WORDS, lang)


def check_rows(
    needs: Sequence[Profile], checks: Sequence[NeedCheck], lang: str
) -> Iterator[tuple[str, str, str, int, str, str, str, str]]:
    """Yield the cells of one row a need, in the order of `CHECK_HEADER`; questions are numbered, one a line.

    Parameters
    ----------
    needs : sequence of Profile
    checks : sequence of NeedCheck
        One for each need, in the same order.
    lang : {"zh", "en"}
        Language of the names of aspects.
    """
    words = words_for_checks(lang)
    for need, check in zip(needs, checks, strict=True):
        questions = (words["number"].format(number=place, question=one) for place, one in enumerate(check.questions, 1))
        yield (
            need.id,
            need.title,
            need.organisation,
            check.completeness,
            words["comma"].join(words[name] for name in check.present),
            words["comma"].join(words[name] for name in check.missing),
            words["comma"].join(check.vague),
            "\n".join(questions),
        )


def write_check_workbook(
    needs: Sequence[Profile], checks: Sequence[NeedCheck], path: str | os.PathLike[str], lang: str = "zh"
) -> Path:
    """Write a need check as an Excel workbook; the same content gives the same bytes.

    Parameters
    ----------
    needs, checks
        As for `check_rows`.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.
    lang : {"zh", "en"}
        Language of headings and names.

    Raises
    ------
    TableError
        If there are more needs than a sheet has rows.
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    words = words_for_checks(lang)
    # A fixed day: two runs must not differ by the time of writing.
    with open_sheets(path, words["sheet"], _DAY, words) as writer:
        rows = (Row((*cells[:3], cells[3] / 100, *cells[4:])) for cells in check_rows(needs, checks, lang))
        writer.add_table("sheet", _COLUMNS, rows, frozen=2)
    return Path(path)
