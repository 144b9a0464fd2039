"""The words people read, in Chinese and English, and tables whose columns line up when Chinese signs are two wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

METRICS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ndcg@": {"en": "NDCG@{}", "zh": "排序质量 NDCG@{}"},
        "recall@": {"en": "recall@{}", "zh": "召回率@{}"},
        "precision@": {"en": "precision@{}", "zh": "准确率@{}"},
        "success@": {"en": "needs served in the top {}", "zh": "前{}名内有合适成果的需求占比"},
        "mrr": {"en": "mean reciprocal rank", "zh": "平均倒数排名 MRR"},
        "map": {"en": "mean average precision", "zh": "平均精度均值 MAP"},
        "unjudged@": {"en": "unjudged in the top {}", "zh": "前{}名内未研判占比"},
        "auc>=": {"en": "AUC, grade >= {}", "zh": "AUC (等级>={})"},
        "spearman": {"en": "Spearman correlation", "zh": "斯皮尔曼等级相关"},
        "mae_score": {"en": "1/(1+MAE)", "zh": "1/(1+MAE)"},
        "calibration_error": {"en": "calibration error", "zh": "概率校准误差"},
    }
)

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "metric": {"en": "metric", "zh": "指标"},
        "value": {"en": "value", "zh": "数值"},
        "interval": {"en": "{:g} % interval", "zh": "{:g}% 置信区间"},
        "needs": {"en": "needs", "zh": "需求数"},
        "skipped": {"en": "skipped", "zh": "略过"},
        "as_retrieved": {
            "en": "Lists as retrieved; unjudged pairs count as not relevant",
            "zh": "按清单原样评测; 未研判的配对视为不合适",
        },
        "judged_only": {
            "en": "Judged pairs only; unjudged pairs are taken out of the ranking",
            "zh": "仅评测已研判的配对; 未研判的配对不参与排序",
        },
        "scope": {
            "en": "{needs} needs, {judged} judged pairs, {found} of them listed; relevant from grade {relevant}",
            "zh": "需求{needs}项, 已研判配对{judged}对, 其中列入清单{found}对; 等级{relevant}及以上为合适",
        },
        "lowest_only_skip": {
            "en": "Needs judged with the lowest grade only: {}; NDCG skips them.",
            "zh": "{}项需求的研判全为最低等级, 计算 NDCG 时略过。",
        },
        "lowest_only_zero": {
            "en": "Needs judged with the lowest grade only: {}; NDCG counts them as 0.",
            "zh": "{}项需求的研判全为最低等级, NDCG 按0分计。",
        },
        "none_relevant_skip": {
            "en": "Needs without a relevant judgment: {}; metrics that look for a relevant pair skip them.",
            "zh": "{}项需求没有合适的研判, 需要合适配对的指标略过这些需求。",
        },
        "none_relevant_zero": {
            "en": "Needs without a relevant judgment: {}; metrics that look for a relevant pair count them as 0.",
            "zh": "{}项需求没有合适的研判, 需要合适配对的指标按0分计。",
        },
        "unlisted_zero": {
            "en": "Judged needs without a shortlist: {}; they count as 0. If none was asked for, set unlisted='skip'.",
            "zh": "{}项已研判需求没有清单, 按0分计; 若本次未要求出清单, 请用 unlisted='skip'。",
        },
        "unlisted_skip": {
            "en": "Judged needs without a shortlist: {}; they are left out.",
            "zh": "{}项已研判需求没有清单, 未计入。",
        },
        "never_judged": {
            "en": "Needs with a shortlist but without a judgment: {}; they are left out.",
            "zh": "{}项有清单的需求没有研判, 未计入。",
        },
        "repeated": {
            "en": "Pairs judged more than once: {}; the latest judgment counts.",
            "zh": "{}对配对被多次研判, 以最近一次为准。",
        },
        "grades_low": {
            "en": "No judgment reaches grade {relevant} (the highest is {highest}); set relevant_from={highest}.",
            "zh": "没有研判达到等级{relevant} (最高为{highest}); 请设 relevant_from={highest}。",
        },
        "all_lowest": {
            "en": "Every judgment has the lowest grade, so no ranking can be told from another.",
            "zh": "全部研判均为最低等级, 无法区分排序好坏。",
        },
        "thin": {
            "en": "Needs: only {}; intervals from so few are too narrow.",
            "zh": "仅{}项需求: 需求太少, 置信区间偏窄。",
        },
        "unshared": {
            "en": "Needs on one side only: {}; they are left out.",
            "zh": "{}项需求只在一方出现, 未计入。",
        },
        "better": {"en": "{a} is better than {b}", "zh": "{a}优于{b}"},
        "worse": {"en": "{a} is worse than {b}", "zh": "{a}劣于{b}"},
        "no_difference": {
            "en": "no difference shown between {a} and {b}",
            "zh": "未显示{a}与{b}有差异",
        },
        "difference": {
            "en": "{metric}: {a_value:.3f} against {b_value:.3f}, difference {difference:+.3f} "
            "[{low:+.3f}, {high:+.3f}], p = {p:.3f}, {needs} needs",
            "zh": "{metric}: {a_value:.3f} 对 {b_value:.3f}, 差值 {difference:+.3f} "
            "[{low:+.3f}, {high:+.3f}], p = {p:.3f}, 需求{needs}项",
        },
    }
)

LANGUAGES = ("zh", "en")
THIN = 20


def name_metric(key: str, lang: str) -> str:
    """Return a metric's name for people.

    Examples
    --------
    >>> name_metric("ndcg@10", "zh"), name_metric("auc>=2", "en")
    ('排序质量 NDCG@10', 'AUC, grade >= 2')
    """
    if key in METRICS:
        return METRICS[key][lang]
    stem = key.rstrip("-0123456789")
    return METRICS[stem][lang].format(key[len(stem) :])


def measure_width(text: str) -> int:
    """Return how many columns of a terminal a text takes, Chinese signs two each.

    Examples
    --------
    >>> measure_width("指标 k")
    6
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def set_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with their columns lined up: the first to the left, the others to the right."""
    widths = [max(map(measure_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        blanks = [" " * (width - measure_width(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [
            cell + blank if not place else blank + cell
            for place, (cell, blank) in enumerate(zip(row, blanks, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
