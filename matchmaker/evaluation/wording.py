"""The words people read, in Chinese and English, and tables whose columns line up when Chinese signs are two wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from matchmaker.evaluation.rules import Lang, check_choice

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
        "brier": {"en": "Brier score", "zh": "布里尔分数"},
        "gini": {"en": "Gini coefficient of exposure", "zh": "曝光基尼系数"},
        "largest_share": {"en": "largest share of exposure", "zh": "最大曝光占比"},
        "effective_institutions": {"en": "effective number of institutions", "zh": "有效单位数"},
        "displaced": {"en": "exposure out of proportion to the register", "zh": "与库存不成比例的曝光"},
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
            "zh": "按清单原样评测；未研判的配对视为不合适",
        },
        "judged_only": {
            "en": "Judged pairs only; unjudged pairs are taken out of the ranking",
            "zh": "仅评测已研判的配对；未研判的配对不参与排序",
        },
        "scope": {
            "en": "{needs} needs, {judged} judged pairs, {found} of them listed; relevant from grade {relevant}",
            "zh": "需求{needs}项，已研判配对{judged}对，其中列入清单{found}对；等级{relevant}及以上为合适",
        },
        "linear": {
            "en": "NDCG counts a grade by how far it lies above the lowest.",
            "zh": "NDCG 按等级高出最低一级的多少计分。",
        },
        "lowest_only_skip": {
            "en": "Needs judged with the lowest grade only: {}; NDCG skips them.",
            "zh": "{}项需求的研判全为最低等级，计算 NDCG 时略过。",
        },
        "lowest_only_zero": {
            "en": "Needs judged with the lowest grade only: {}; NDCG counts them as 0.",
            "zh": "{}项需求的研判全为最低等级，NDCG 按0分计。",
        },
        "none_relevant_skip": {
            "en": "Needs without a relevant judgment: {}; metrics that look for a relevant pair skip them.",
            "zh": "{}项需求没有合适的研判，需要合适配对的指标略过这些需求。",
        },
        "none_relevant_zero": {
            "en": "Needs without a relevant judgment: {}; metrics that look for a relevant pair count them as 0.",
            "zh": "{}项需求没有合适的研判，需要合适配对的指标按0分计。",
        },
        "unlisted_zero": {
            "en": "Judged needs without a shortlist: {}; they count as 0. If none was asked for, set unlisted='skip'.",
            "zh": "{}项已研判需求没有清单，按0分计；若本次未要求出清单，请用 unlisted='skip'。",
        },
        "unlisted_skip": {
            "en": "Judged needs without a shortlist: {}; they are left out.",
            "zh": "{}项已研判需求没有清单，未计入。",
        },
        "never_judged": {
            "en": "Needs with a shortlist but without a judgment: {}; they are left out.",
            "zh": "{}项有清单的需求没有研判，未计入。",
        },
        "repeated": {
            "en": "Pairs judged more than once: {}; the latest judgment counts.",
            "zh": "{}对配对被多次研判，以最近一次为准。",
        },
        "grades_low": {
            "en": "No judgment reaches grade {relevant} (the highest is {highest}); set relevant_from={highest}.",
            "zh": "没有研判达到等级{relevant}（最高为{highest}）；请设 relevant_from={highest}。",
        },
        "all_lowest": {
            "en": "Every judgment has the lowest grade, so no ranking can be told from another.",
            "zh": "全部研判均为最低等级，无法区分排序好坏。",
        },
        "thin": {
            "en": "Needs: only {}; intervals from so few are too narrow.",
            "zh": "仅{}项需求：需求太少，置信区间偏窄。",
        },
        "unshared": {
            "en": "Needs on one side only: {}; they are left out.",
            "zh": "{}项需求只在一方出现，未计入。",
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
            "zh": "{metric}：{a_value:.3f} 对 {b_value:.3f}，差值 {difference:+.3f} "
            "[{low:+.3f}, {high:+.3f}], p = {p:.3f}，需求{needs}项",
        },
        # -------------------------------------------------------------------------------------- several metrics at once
        "gain": {"en": "difference", "zh": "差值"},
        "gain_interval": {"en": "difference [{:g} %]", "zh": "差值 [{:g}% 区间]"},
        "verdict": {"en": "verdict", "zh": "结论"},
        "short_better": {"en": "{} better", "zh": "{}更好"},
        "short_worse": {"en": "{} worse", "zh": "{}更差"},
        "short_no_difference": {"en": "not shown", "zh": "未显示"},
        "by_need": {
            "en": "By need: {b} ranks better on {up} of {needs}, {a} on {down}, level on {level}.",
            "zh": "逐项看：{needs}项需求中，{b}更好的有{up}项，{a}更好的有{down}项，持平{level}项。",
        },
        "unlisted_sides": {
            "en": "Judged needs without a shortlist: {} {}, {} {}; they count as 0.",
            "zh": "已研判但没有清单的需求：{} {}项，{} {}项，按0分计。",
        },
        "most_gained": {"en": "{b} gains most on: {needs}", "zh": "{b}改善最多的需求：{needs}"},
        "most_lost": {"en": "{b} loses most on: {needs}", "zh": "{b}退步最多的需求：{needs}"},
        "uneven": {
            "en": "Unjudged in the first places: {a} {a_share:.0%}, {b} {b_share:.0%}. They count as not relevant, so "
            "{more} may be better than it seems; judge them before deciding.",
            "zh": "靠前名次中未研判的占比：{a} {a_share:.0%}，{b} {b_share:.0%}。未研判的按不合适计，"
            "{more}可能被低估；请补充研判后再下结论。",
        },
        # -------------------------------------------------------------------------------------- one set, in plain words
        "served": {
            "en": "Of {needs} needs for which something worth a meeting is known, {served} ({share:.0%}) have it in "
            "the first {k} places.",
            "zh": "已知有合适成果的{needs}项需求中，{served}项（{share:.0%}）在前{k}名内就能看到。",
        },
        "ordered": {
            "en": "The order comes to {value:.0%} of the best possible one, between {low:.0%} and {high:.0%} "
            "({metric}).",
            "zh": "排序达到最佳排序的{value:.0%}，区间{low:.0%}至{high:.0%}（{metric}）。",
        },
        "ordered_point": {
            "en": "The order comes to {value:.0%} of the best possible one ({metric}).",
            "zh": "排序达到最佳排序的{value:.0%} ({metric})。",
        },
        "lower_bound": {
            "en": "{share:.0%} of the first {k} places were never judged and count as not relevant, so these values "
            "are a lower bound.",
            "zh": "前{k}名中有{share:.0%}未经研判，按不合适计，因此以上数值是下限。",
        },
        "well_judged": {
            "en": "{share:.0%} of the first {k} places were never judged.",
            "zh": "前{k}名中有{share:.0%}未经研判。",
        },
        "miscalibrated": {
            "en": "The stated probabilities are off by {error:.2f} on average.",
            "zh": "给出的概率平均偏差{error:.2f}。",
        },
        # ----------------------------------------------------------------------------------------------------- exposure
        "institution": {"en": "institution", "zh": "单位"},
        "achievements": {"en": "achievements", "zh": "成果数"},
        "register_share": {"en": "share of register", "zh": "库存占比"},
        "places": {"en": "places", "zh": "入选次数"},
        "exposure_share": {"en": "exposure", "zh": "曝光占比"},
        "reached": {"en": "needs reached", "zh": "覆盖需求"},
        "best_rank": {"en": "best place", "zh": "最好名次"},
        "exposure_single": {
            "en": "All achievements are of one institution: {name}.",
            "zh": "全部成果属于同一单位：{name}。",
        },
        "exposure_concentrated": {
            "en": "One institution takes more than half of all exposure: {name}, {share:.0%} [{low:.0%}, {high:.0%}], "
            "with {register:.0%} of the achievements.",
            "zh": "一家单位占去一半以上的曝光：{name}，{share:.0%} [{low:.0%}, {high:.0%}]，"
            "其成果占库存{register:.0%}。",
        },
        "exposure_favoured": {
            "en": "No institution takes every table, but the most seen one is seen more than its share of the "
            "register: {name}, {share:.0%} [{low:.0%}, {high:.0%}], with {register:.0%} of the achievements.",
            "zh": "没有单位包揽清单，但曝光最多的单位超出其库存占比：{name}，{share:.0%} [{low:.0%}, {high:.0%}]，"
            "其成果占库存{register:.0%}。",
        },
        "exposure_spread": {
            "en": "No institution takes every table. The most seen one is not shown to be seen more than its share of "
            "the register: {name}, {share:.0%} [{low:.0%}, {high:.0%}], with {register:.0%} of the achievements.",
            "zh": "没有单位包揽清单。曝光最多的单位未显示超出其库存占比：{name}，{share:.0%} [{low:.0%}, {high:.0%}]，"
            "其成果占库存{register:.0%}。",
        },
        "concentration": {
            "en": "Exposure is as concentrated as on {effective.value:.1f} equal institutions of {institutions} "
            "[{effective.low:.1f}, {effective.high:.1f}]; Gini {gini.value:.2f}; "
            "{displaced.value:.0%} of it is out of proportion to the register.",
            "zh": "曝光集中程度相当于{institutions}家单位中的{effective.value:.1f}家平分 "
            "[{effective.low:.1f}, {effective.high:.1f}]；基尼系数 {gini.value:.2f}；"
            "与库存不成比例的曝光占{displaced.value:.0%}。",
        },
        "coverage": {
            "en": "In the first {k} places: {achievements:.0%} of the achievements and {institutions:.0%} of the "
            "institutions appear at least once; {needs:.0%} of the needs have a list.",
            "zh": "前{k}名内至少出现一次的：成果{achievements:.0%}，单位{institutions:.0%}；有清单的需求{needs:.0%}。",
        },
        "more_institutions": {"en": "… and {} more institutions", "zh": "……另有{}家单位"},
        "unstated": {
            "en": "Achievements without an institution: {}, on {} places; they are left out.",
            "zh": "{}项成果未填单位，占{}个名次，未计入。",
        },
        # ------------------------------------------------------------------------------------------------ probabilities
        "probabilities": {"en": "probabilities", "zh": "概率区间"},
        "pairs": {"en": "pairs", "zh": "配对数"},
        "predicted": {"en": "predicted", "zh": "预测"},
        "observed": {"en": "came true", "zh": "实际"},
        "calibration_too_high": {
            "en": "The probabilities are mostly too high, off by {error.value:.2f} on average "
            "[{error.low:.2f}, {error.high:.2f}].",
            "zh": "概率总体偏高，平均偏差 {error.value:.2f} [{error.low:.2f}, {error.high:.2f}]。",
        },
        "calibration_too_low": {
            "en": "The probabilities are mostly too low, off by {error.value:.2f} on average "
            "[{error.low:.2f}, {error.high:.2f}].",
            "zh": "概率总体偏低，平均偏差 {error.value:.2f} [{error.low:.2f}, {error.high:.2f}]。",
        },
        "calibration_mixed": {
            "en": "The probabilities are off by {error.value:.2f} on average [{error.low:.2f}, {error.high:.2f}], now "
            "too high, now too low.",
            "zh": "概率平均偏差 {error.value:.2f} [{error.low:.2f}, {error.high:.2f}]，有高有低。",
        },
        "brier": {
            "en": "Brier score {brier.value:.3f}: miscalibration {terms.miscalibration:.3f} - resolution "
            "{terms.resolution:.3f} + uncertainty {terms.uncertainty:.3f} + within bins {terms.within_bins:+.3f}",
            "zh": "布里尔分数 {brier.value:.3f}: 失准 {terms.miscalibration:.3f} - 区分 {terms.resolution:.3f} "
            "+ 不确定 {terms.uncertainty:.3f} + 组内 {terms.within_bins:+.3f}",
        },
        "abstention": {
            "en": "{} needs; a need is answered when the probability of its first place reaches the threshold",
            "zh": "需求{}项；首位成果的概率达到阈值即给出答复，否则列为缺口",
        },
        "threshold": {"en": "threshold", "zh": "阈值"},
        "answered": {"en": "answered", "zh": "答复"},
        "wrong": {"en": "first place wrong", "zh": "首位不合适"},
        "gaps": {"en": "gaps", "zh": "缺口"},
        "missed": {"en": "gaps that are none", "zh": "误列缺口"},
        # ----------------------------------------------------------------------------------------------------- learning
        "judgments": {"en": "judgments", "zh": "研判数"},
        "curve": {
            "en": "{metric} on needs kept aside, mean of {splits} splits",
            "zh": "留出需求上的{metric}，{splits}次划分的平均",
        },
        "never_below": {
            "en": "At no size does learning fall below the start.",
            "zh": "任何研判数量下，学习后都不低于起点。",
        },
        "never_worse": {
            "en": "At no size is learning shown to be worse than the start; the lowest is {difference:+.3f} with "
            "{judgments} judgments.",
            "zh": "任何研判数量下均未显示学习后变差；最低为{judgments}条研判时的 {difference:+.3f}。",
        },
        "curve_worse": {
            "en": "Learning is worse than the start with {judgments} judgments: {difference:+.3f}.",
            "zh": "{judgments}条研判时学习后变差：{difference:+.3f}。",
        },
    }
)

LANGUAGES = ("zh", "en")
THIN = 20


def speak(lang: Lang | None, own: Lang, words: Mapping[str, Mapping[str, str]] = WORDS) -> tuple[Lang, dict[str, str]]:
    """Return the language asked for, or a result's own, and the words in it.

    Raises
    ------
    SettingError
        The language is not one of the two.

    Examples
    --------
    >>> lang, words = speak(None, "zh")
    >>> lang, words["metric"]
    ('zh', '指标')
    """
    spoken = own if lang is None else lang
    check_choice("lang", spoken, LANGUAGES)
    return spoken, {name: text[spoken] for name, text in words.items()}


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
