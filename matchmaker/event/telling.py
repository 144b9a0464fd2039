"""What slate, follow-ups and outcomes say to people, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.languages import choose_words

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "comma": "，",
        "semicolon": "；",
        "institution": "单位",
        "field": "领域",
        "one_of": "{by}“{name}”",
        "each_of": "每个{by}",
        # rules, and how they would have to change
        "limit_size": "共推介 {number} 项",
        "limit_size_change": "推介总数由 {number} 项改为 {to} 项",
        "limit_least": "{who}至少 {number} 项",
        "limit_least_change": "{who}至少 {number} 项改为至少 {to} 项",
        "limit_most": "{who}至多 {number} 项",
        "limit_most_change": "{who}至多 {number} 项改为至多 {to} 项",
        "limit_maturity": "成熟度不低于 {name} 级",
        "limit_maturity_change": "允许 {slack} 项成熟度低于 {name} 级的成果",
        "limit_include": "必须推介 {name}",
        "limit_include_change": "不再要求必须推介 {name}",
        "limit_exclude": "已剔除的成果不得推介",
        "limit_twins": "疑似重复的成果只取其一",
        "infeasible": "这些规则无法同时满足：{binding}。改动最小的办法：{relief}",
        "unknown_id": "规则 {option} 中的成果编号 {id} 不在成果登记表中：请核对编号",
        "unknown_quota": "名额规则中的{by}“{name}”在成果登记表中没有：请改为登记表中的名称，现有 {known}",
        # reasons, in
        "wanted": "列入 {count} 项需求的清单（{shown}）",
        "room": "没有需求把它列入清单，因名额未满而入选",
        "level": "成熟度 {level} 级",
        "field_is": "领域 {field}",
        "included": "指定推介。{why}",
        "least": "为满足“{limit}”而入选。{why}",
        # reasons, out
        "excluded": "主办方已剔除",
        "excluded_change": "从 exclude 中删去",
        "immature": "成熟度 {level} 级，低于要求的 {least} 级",
        "immature_change": "成熟度要求降到 {level} 级，或成果达到要求后更新登记表",
        "twin": "与 {id} 疑似重复，只取其一",
        "twin_change": "如确认不是同一成果，请在登记表中改写；或剔除 {id}",
        "unwanted": "没有需求把它列入清单",
        "unwanted_but": "没有需求把它列入清单；它只能增加 {gain}，入选者中最低为 {weakest}",
        "kept_out": "受“{limit}”所限",
        "swap_change": "{limit}，即可替下 {id} 入选（多 {gain} 次预期对接）",
        "outranked": "列有它的需求已有更合适的成果：它只能增加 {gain} 次预期对接，入选者中最低为 {weakest}",
        "outranked_change": "还差 {short} 次预期对接，或增加推介总数",
        # follow-ups
        "both": "双方",
        "and": "、",
        "organisers": "主办方",
        "next_second_meeting": "请{party}答复能否再谈，并约定时间",
        "next_arranged": "二次对接已约定：请{party}确认时间，谈后回报结果",
        "next_sample": "样品已送：请{party}试用并答复结果",
        "next_result": "已谈，尚无下文：请{party}说明进展，或写明未成的原因",
        "next_missed": "未到场：请{party}答复是否另约",
        "next_unmarked": "没有记录：请{party}补填是否谈了、结果如何",
        "next_reason": "未成但没有写明原因：请{party}补填堵点",
        # notes on marks
        "not_planned": "需求 {need} 与成果 {achievement} 不在日程表中：请核对编号；若是临时加谈，请先补入日程表",
        "no_reason": "需求 {need} 与成果 {achievement} 未成而没有写明堵点，不计入研判：请补填",
    },
    "en": {
        "comma": ", ",
        "semicolon": "; ",
        "institution": "institution",
        "field": "field",
        "one_of": '{by} "{name}"',
        "each_of": "each {by}",
        "limit_size": "{number} achievements in all",
        "limit_size_change": "{to} achievements in all, instead of {number}",
        "limit_least": "at least {number} of {who}",
        "limit_least_change": "at least {to} of {who}, instead of {number}",
        "limit_most": "at most {number} of {who}",
        "limit_most_change": "at most {to} of {who}, instead of {number}",
        "limit_maturity": "maturity of at least {name}",
        "limit_maturity_change": "{slack} achievements of a maturity below {name} let in",
        "limit_include": "{name} must be in",
        "limit_include_change": "{name} no longer must be in",
        "limit_exclude": "what was struck off stays out",
        "limit_twins": "one only of achievements that seem to be the same",
        "infeasible": "these rules cannot all be kept: {binding}. The smallest change that would do: {relief}",
        "unknown_id": "{option} names the achievement {id}, which the register does not have: check the id",
        "unknown_quota": 'a quota names the {by} "{name}", which the register does not have; it has {known}',
        "wanted": "on the shortlists of {count} needs ({shown})",
        "room": "no need lists it; in because there was room",
        "level": "maturity {level}",
        "field_is": "field {field}",
        "included": "asked for. {why}",
        "least": 'in because of "{limit}". {why}',
        "excluded": "struck off by the organisers",
        "excluded_change": "take it out of exclude",
        "immature": "maturity {level}, below the {least} asked for",
        "immature_change": "ask for a maturity of {level}, or update the register once it has got there",
        "twin": "seems to be the same as {id}; one of them is enough",
        "twin_change": "if they are two things, say so in the register; or strike off {id}",
        "unwanted": "no need lists it",
        "unwanted_but": "no need lists it; it would add {gain}, the weakest chosen one brings {weakest}",
        "kept_out": 'kept out by "{limit}"',
        "swap_change": "with {limit}, it takes the place of {id} (+{gain} expected matches)",
        "outranked": "needs that list it are better served: "
        "it would add {gain}, the weakest chosen one brings {weakest}",
        "outranked_change": "{short} expected matches short, or a longer slate",
        "both": "both",
        "and": ", ",
        "organisers": "the organisers",
        "next_second_meeting": "ask {party} whether they will meet again, and fix a date",
        "next_arranged": "a second meeting is agreed: ask {party} for the date, and for what came of it",
        "next_sample": "a sample was sent: ask {party} to try it and answer",
        "next_result": "met, and nothing heard since: ask {party} how it stands, or why it ended",
        "next_missed": "somebody did not come: ask {party} whether to meet another day",
        "next_unmarked": "nobody noted it: ask {party} whether they met, and what came of it",
        "next_reason": "failed, but nobody said why: ask {party} for the obstacle",
        "not_planned": "need {need} and achievement {achievement} are not in the timetable: check the ids; "
        "if they met unplanned, add the meeting to the timetable first",
        "no_reason": "need {need} and achievement {achievement} failed without a stated obstacle and make no judgment: "
        "fill it in",
    },
}


def say(lang: str, key: str, /, **values: object) -> str:
    """Return a message.

    Raises
    ------
    SettingError
        If the language is unknown.

    Examples
    --------
    >>> say("zh", "limit_size", number=50)
    '共推介 50 项'
    """
    return choose_words(_WORDS, lang)[key].format(**values)
