"""The words in which people mark meetings: decisions before, states on the day, results and obstacles after.

``report`` prints them into sheets and the book, ``tables`` and ``event`` read them back; both find here what a word is
called in Chinese and in English, and how the sheets to be filled in are named and headed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# What a file of marks that the book exported says of itself, in its ``format``.
MARKS_FORMAT = "matchmaker-marks/1"


@dataclass(frozen=True, slots=True)
class Word:
    """A code, what people call it, and what else they write for it.

    Examples
    --------
    >>> Word("must", "必谈", "must", ("必见",)).name("zh")
    '必谈'
    """

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        """Return the word in ``"zh"``; in English for any other language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet that people fill in: its name, and its columns in order.

    A column's ``code`` is what the reader calls it; its names stand in the header row, which is the first row.
    """

    sheet: Word
    columns: tuple[Word, ...]


# Before the event: what Candidate.standing may be.
DECISIONS = (
    Word("must", "必谈", "must", ("必见", "必须", "一定要谈", "must meet", "must-meet")),
    Word("wish", "希望", "wish", ("想谈", "愿意", "愿谈", "有意向")),
    Word("veto", "否决", "veto", ("不谈", "不见", "回避", "不同意", "no")),
)

# On the day: what Mark.state may be.
STATES = (
    Word("held", "已谈", "held", ("已对接", "谈了", "已举行", "完成")),
    Word("cut_short", "提前结束", "cut short", ("没谈完", "未谈完", "cut_short")),
    Word("missed", "未到场", "missed", ("缺席", "没来", "未到", "未谈", "no show", "no-show")),
)

# After it: what Mark.result may be.
RESULTS = (
    Word("second_meeting", "二次对接", "second meeting", ("再次对接", "再次见面", "第二次见面", "约了第二次")),
    Word("sample_sent", "已送样", "sample sent", ("送样", "寄样", "样品试用")),
    Word("contract", "已签约", "contract signed", ("签约", "签订合同", "合同", "contract")),
    Word("failed", "未成", "failed", ("没成", "失败", "终止", "放弃")),
)

# Why it failed: what Mark.obstacle may be (堵点).
OBSTACLES = (
    Word("maturity", "成熟度不够", "maturity too low", ("成熟度低", "不成熟", "成熟度")),
    Word("price", "价格谈不拢", "price apart", ("价格", "价格差距大", "太贵", "price")),
    Word("indicator", "技术指标达不到", "technical indicator missed", ("指标不达标", "技术指标", "指标")),
    Word("rights", "知识产权不清", "intellectual property unclear", ("知识产权", "权属不清", "IP unclear", "IP")),
    Word("funding", "缺少资金", "funding missing", ("资金", "没有资金", "缺资金", "funding")),
    Word("pilot", "没有中试条件", "no pilot line", ("中试", "缺少中试", "没有中试线")),
    Word("requirement", "需求有变", "requirement changed", ("需求变了", "需求变化", "需求取消")),
    Word("elsewhere", "已另找伙伴", "partner found elsewhere", ("另找合作方", "已有合作方", "另有合作")),
    Word("silent", "没有回音", "no reply", ("无回复", "不回复", "联系不上")),
    Word("other", "其他", "other", ("其它",)),
)

# Mark.again; anything else, and a blank, says no.
YES = (Word("yes", "是", "yes", ("y", "true", "1", "√", "✓", "✔", "要", "希望")),)

_PAIR = (Word("need_id", "需求编号", "need_id"), Word("achievement_id", "成果编号", "achievement_id"))
_SIDES = (
    Word("enterprise", "企业", "enterprise"),
    Word("team", "团队", "team"),
    Word("need_title", "需求名称", "need_title"),
    Word("achievement_title", "成果名称", "achievement_title"),
)

DECISION_FORM = Form(
    Word("decisions", "意见征集", "Decisions"),
    (
        *_PAIR,
        *_SIDES,
        Word("rank", "名次", "rank"),
        Word("probability", "概率", "probability"),
        Word("planned", "已安排", "planned"),
        Word("decision", "意见", "decision"),
        Word("comment", "备注", "comment"),
    ),
)
OUTCOME_FORM = Form(
    Word("outcomes", "对接结果", "Outcomes"),
    (
        *_PAIR,
        Word("slot", "时段", "slot"),
        Word("table", "桌号", "table"),
        *_SIDES,
        Word("state", "当天情况", "state"),
        Word("again", "希望再谈", "again"),
        Word("result", "后续结果", "result"),
        Word("amount", "合同金额（元）", "amount_yuan"),
        Word("obstacle", "堵点", "obstacle"),
        Word("comment", "备注", "comment"),
    ),
)


def find_word(words: Iterable[Word], text: str) -> Word | None:
    """Return the word that a cell means, by its code, a name in either language, or what else is written for it.

    Parameters
    ----------
    words : iterable of Word
        One of `DECISIONS`, `STATES`, `RESULTS`, `OBSTACLES`, `YES`, or a form's columns.
    text : str
        A cell; width, case and blanks around it do not matter.

    Returns
    -------
    Word or None
        None when no word is meant, also for a blank.

    Examples
    --------
    >>> find_word(DECISIONS, " 必谈 ").code, find_word(OBSTACLES, "ＩＰ").code, find_word(STATES, "Cut short").code
    ('must', 'rights', 'cut_short')
    >>> find_word(RESULTS, "再说") is None
    True
    """
    wanted = _fold(text)
    if not wanted:
        return None
    for word in words:
        if wanted in map(_fold, (word.code, word.zh, word.en, *word.also)):
            return word
    return None


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
