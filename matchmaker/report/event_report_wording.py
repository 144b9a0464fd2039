"""What the report of an event says, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.languages import choose_words
from matchmaker.marking import OBSTACLES

_ZH = {
    "title": "对接会报告",
    "cut": "……（原文共 {n} 字）",
    "previous": "上一场",
    "this": "本场",
    "compared": "与上一场并列：{name}（{day}）",
    "alone": "没有给出上一场的数据，未作比较。",
    "tile_planned": "安排对接（场）",
    "tile_met": "实际对接（场）",
    "tile_needs": "有对接的需求（项）",
    "tile_fruitful": "有进展的需求（项）",
    "tile_contract": "签约（项）",
    "tile_amount": "合同金额",
    "amount": "{amount:,.4g} 万元",
    "group_acceptance": "采纳",
    "group_meetings": "对接",
    "group_coverage": "需求覆盖",
    "group_results": "结果",
    "taken": "清单上的配对被安排",
    "taken_suitable": "其中适配的（概率 50% 以上）被安排",
    "met": "安排的对接如期举行",
    "cut_short": "提前结束",
    "missed": "有人未到场",
    "unmarked": "没有记录",
    "needs_suitable": "清单上有适配成果",
    "needs_planned": "安排了对接",
    "needs_met": "至少谈了一场",
    "needs_fruitful": "谈后有进展",
    "again": "希望再谈",
    "second_meeting": "约定二次对接",
    "sample_sent": "已送样",
    "contract": "已签约",
    "failed": "未成",
    "of": "{positive} / {trials}",
    "interval": "{low:.0%}–{high:.0%}",
    "rates_note": "竖线之间是 95% 区间（Wilson）：数目越小区间越宽；两场的区间若大半重叠，差别可能只是偶然。"
    "“有进展”指送样、签约、约定或希望再谈。",
    "indicator": "指标",
    "share": "比例",
    "range": "95% 区间",
    "count": "数目",
    "by_rank": "名次与见面",
    "by_rank_note": "推荐越靠前越容易被安排。学习时按此校正，免得只学到榜首的经验。",
    "rank": "名次",
    "shown": "列入清单",
    "planned": "安排",
    "met_count": "已谈",
    "met_share": "已谈占清单",
    "obstacles": "堵点",
    "obstacle": "堵点",
    "no_obstacles": "没有记录堵点。",
    "institutions": "各单位的曝光",
    "institutions_note": "最多的一家占全部安排的 {share:.0%}。",
    "institutions_without": "列入清单而没有一场安排的有 {without} 家。",
    "institution": "单位",
    "fruitful": "有进展",
    "before_planned": "上一场安排",
    "unplanned_note": "另有 {count} 对没有排进日程而有记录。",
    "sheet_rates": "指标",
    "sheet_ranks": "名次",
    "sheet_obstacles": "堵点",
    "sheet_institutions": "各单位",
    "before_share": "上一场比例",
    "before_count": "上一场数目",
    "positive": "数目",
    "trials": "总数",
    "low": "区间下限",
    "high": "区间上限",
}
_EN = {
    "title": "Report of a docking event",
    "cut": "… ({n} characters)",
    "previous": "Before",
    "this": "This event",
    "compared": "Next to the event before: {name} ({day})",
    "alone": "No earlier event was given to compare with.",
    "tile_planned": "meetings planned",
    "tile_met": "meetings held",
    "tile_needs": "needs that met somebody",
    "tile_fruitful": "needs that got further",
    "tile_contract": "contracts",
    "tile_amount": "worth",
    "amount": "CNY {yuan:,.0f}",
    "group_acceptance": "Acceptance",
    "group_meetings": "Meetings",
    "group_coverage": "Coverage of needs",
    "group_results": "Results",
    "taken": "listed pairs given a table",
    "taken_suitable": "suitable ones (50 % and more) given a table",
    "met": "planned meetings held",
    "cut_short": "cut short",
    "missed": "somebody did not come",
    "unmarked": "nobody noted it",
    "needs_suitable": "something suitable listed",
    "needs_planned": "given a table",
    "needs_met": "met somebody",
    "needs_fruitful": "got further",
    "again": "wish to meet again",
    "second_meeting": "second meeting agreed",
    "sample_sent": "sample sent",
    "contract": "contract signed",
    "failed": "failed",
    "of": "{positive} of {trials}",
    "interval": "{low:.0%}–{high:.0%}",
    "rates_note": "Between the thin lines lies the 95 % interval (Wilson): the fewer, the wider. Where the "
    "intervals of two events largely overlap, chance may explain the difference. To get further is a sample, "
    "a contract, or a second meeting agreed or wished for.",
    "indicator": "Indicator",
    "share": "Share",
    "range": "95 % interval",
    "count": "Count",
    "by_rank": "Rank and meetings",
    "by_rank_note": "First ranks are met more often. Learning allows for it, lest it learn of heads of lists only.",
    "rank": "Rank",
    "shown": "Listed",
    "planned": "Planned",
    "met_count": "Met",
    "met_share": "Share met",
    "obstacles": "Obstacles",
    "obstacle": "Obstacle",
    "no_obstacles": "No obstacle was noted.",
    "institutions": "Exposure of institutions",
    "institutions_note": "The most frequent one has {share:.0%} of all tables.",
    "institutions_without": " {without} that were listed have none.",
    "institution": "Institution",
    "fruitful": "Got further",
    "before_planned": "Planned before",
    "unplanned_note": "{count} more pairs were marked without a table.",
    "sheet_rates": "Indicators",
    "sheet_ranks": "Ranks",
    "sheet_obstacles": "Obstacles",
    "sheet_institutions": "Institutions",
    "before_share": "Share before",
    "before_count": "Count before",
    "positive": "Count",
    "trials": "Of",
    "low": "From",
    "high": "To",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"zh": _ZH, "en": _EN}


def words_for_report(lang: str) -> Mapping[str, str]:
    """Return the words of a language, names of obstacles included (as ``obstacle_price``).

    Raises
    ------
    SettingError
        If the language is unknown.

    Examples
    --------
    >>> words_for_report("zh")["obstacle_price"]
    '价格谈不拢'
    """
    return {**choose_words(_WORDS, lang), **{f"obstacle_{word.code}": word.name(lang) for word in OBSTACLES}}
