"""The words on figures, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matchmaker.evaluation.wording import measure_width

CAPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "reliability": {
            "en": "Do the probabilities come true? Error {:.3f}",
            "zh": "概率准不准？校准误差 {:.3f}",
        },
        "predicted": {"en": "predicted probability", "zh": "给出的概率"},
        "came_true": {"en": "share that was relevant", "zh": "实际合适的占比"},
        "ideal": {"en": "ideal", "zh": "理想"},
        "measured": {"en": "measured, with interval", "zh": "实测（竖线为区间）"},
        "pairs": {"en": "pairs", "zh": "配对数"},
        "spread": {"en": "range of probabilities in each group", "zh": "各组的概率范围"},
        "abstention": {"en": "What a threshold costs", "zh": "阈值的得失"},
        "threshold": {
            "en": "threshold for the probability of the first place",
            "zh": "阈值（首位成果的概率）",
        },
        "share": {"en": "share", "zh": "占比"},
        "answered": {"en": "needs answered, of all", "zh": "给出答复的需求（占全部需求）"},
        "wrong": {"en": "first place not relevant, of needs answered", "zh": "首位成果不合适（占已答复的需求）"},
        "missed": {
            "en": "something relevant was known, of needs declared a gap",
            "zh": "其实有合适成果（占列为缺口的需求）",
        },
        "exposure": {"en": "Who is seen?", "zh": "谁被看见？"},
        "top": {"en": " The first {} of {} institutions", "zh": "前{}家单位（共{}家）"},
        "seen": {"en": "share of exposure, with interval", "zh": "曝光占比（横线为区间）"},
        "held": {"en": "share of the register", "zh": "库存占比"},
        "share_of_exposure": {
            "en": "share of exposure in the first {} places",
            "zh": "前{}名内的曝光占比",
        },
        "curve": {"en": "What judgments are worth", "zh": "研判越多，排序越好吗？"},
        "judgments": {"en": "judgments learned from", "zh": "用于学习的研判数"},
        "learned": {"en": "after learning (figures: gain)", "zh": "学习之后（数字为提升）"},
        "start": {"en": "before any learning", "zh": "学习之前"},
        "compared": {"en": "{} against {}", "zh": "{} 与 {} 的比较"},
        "difference": {"en": "difference: {} minus {}", "zh": "差值：{} 减 {}"},
        "better": {"en": "{} better", "zh": "{} 更好"},
        "worse": {"en": "{} worse", "zh": "{} 更差"},
        "no_difference": {"en": "no difference shown", "zh": "未显示差异"},
        "histogram": {
            "en": "How the {} spreads in each grade (dashed: median)",
            "zh": "各等级的{}分布（虚线为中位数）",
        },
        "grade": {"en": "grade {}\n{} pairs", "zh": "等级 {}\n{} 对"},
        "probability": {"en": "probability", "zh": "概率"},
        "score": {"en": "score", "zh": "得分"},
    }
)

WIDEST = 36  # columns, Chinese signs two each; a longer label would squeeze the figure


def fold(label: str, widest: int = WIDEST) -> str:
    r"""Return a label with a line break wherever its line is full, at a blank if there is one.

    Examples
    --------
    >>> fold("国家海洋环境监测与保护研究院大连分院", widest=20)
    '国家海洋环境监测与保\n护研究院大连分院'
    >>> fold("share of needs served in the top 10", widest=20)
    'share of needs\nserved in the top 10'
    """
    lines, line = [], ""
    for sign in label:
        if measure_width(line + sign) > widest:
            head, blank, tail = line.rpartition(" ")
            # a word that fills more than half a line is broken rather than moved
            keep = blank and len(head) > len(line) // 2 and sign != " "
            lines.append(head if keep else line.rstrip())
            line = tail if keep else ""
        line += sign if line or sign != " " else ""
    return "\n".join([*lines, line])
