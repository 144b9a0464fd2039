"""What the event room says to people, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matchmaker.errors import SettingError

_CHINESE = {
    # EVENT.toml
    "unreadable": "无法打开 {path}（{detail}）：请检查路径与权限",
    "not_utf8": "{path} 不是 UTF-8 文字：请另存为 UTF-8",
    "bad_toml": "{file} 第 {line} 行：不是有效的 TOML（{detail}）：请检查引号、括号与等号",
    "bad_toml_end": "{file} 末尾：不是有效的 TOML（{detail}）：请检查引号、括号与等号",
    "at_line": "{file} 第 {line} 行：{message}",
    "unknown_key": "没有 {name} 这一项，请删去。此处可用：{known}",
    "unknown_key_near": "没有 {name} 这一项，是否应为 {near}？此处可用：{known}",
    "missing_key": "缺少 {name}，请补上",
    "no_slots": "slots 为 0：对接会至少要有一个时段",
    "too_low": "{name} 为 {found}，不应小于 {least}",
    "not_above": "{name} 为 {found}，应大于 {gt:g}",
    "not_below": "{name} 为 {found}，应小于 {lt:g}",
    "too_high": "{name} 为 {found}，不应大于 {most}",
    "bad_hour": '{name} 为 {found}，应为钟点，如 "09:00"',
    "bad_span": '{name} 为 {found}，应为一段时间，如 "09:00-11:30"，或时段号',
    "bad_choice": "{name} 为 {found}，应为 {allowed} 之一",
    "empty_text": "{name} 是空的，请填写",
    "wrong_kind": "{name} 为 {found}，应为{wanted}",
    "a_text": "加双引号的文字",
    "a_whole_number": "整数",
    "a_number": "数字",
    "a_date": "日期，不加引号，如 2026-11-20",
    "a_table": "一个表，如 [hall]",
    "a_list_of_tables": "若干个表，如 [[party]]",
    "slots_or_hours": "时段数（整数），或含 start、end、minutes 的表 [slots]",
    "tables_or_names": '桌数（整数），或桌名列表，如 ["A1", "A2"]',
    "windows": '时段号或一段时间的列表，如 [1, 2, "13:30-15:00"]',
    "end_before_start": "结束 {end} 不晚于开始 {start}，请改正",
    "break_outside": "休息 {span} 不在当天 {day} 之内，请改正",
    "no_room": "一天之内排不下一个 {minutes} 分钟的时段：请缩短 minutes，或调整 start、end、breaks",
    "no_tables": "一张桌子也没有：请给出 tables",
    "table_twice": "桌名“{table}”重复，请改名",
    "unknown_table": "没有桌子“{table}”。现有：{known}",
    "unknown_slot": "没有第 {slot} 时段：共 {count} 个时段，从 1 数起",
    "all_closed": "所有桌子在所有时段都已停用：请至少留下一个席位",
    "hours_without_clock": "时段只有序号、没有钟点，无法换算 {span}：请改用时段号，"
    "或在 [slots] 中给出 start、end、minutes",
    "least_above_most": "least 为 {least}，大于 most {most}，请改正",
    "never_available": "“{name}”在所给时间里没有一个完整的时段：请放宽 available",
    # parties
    "unknown_party": "[[party]] 中的“{name}”既不是参会方，也不是单位或编号。相近的：{near}",
    "unknown_party_bare": "[[party]] 中的“{name}”既不是参会方，也不是单位或编号：请按登记表中的写法填写",
    "one_party": "“{second}”与“{first}”只有全半角、空格或括号之差，按同一方处理",
    "two_roles": "“{name}”既是企业又是成果团队，按两方处理",
    "two_leaders": "负责人“{leader}”分属 {first} 与 {second}，按两方处理",
    # candidates
    "unknown_need": "需求登记表中没有编号 {id}：请核对，或先登记",
    "unknown_achievement": "成果登记表中没有编号 {id}：请核对，或先登记",
    "unknown_side": "“{name}”不是参会方、单位或登记编号：请按登记表中的写法填写",
    "same_side": "“{first}”与“{second}”不是一企业一团队，无法分开",
    "veto_against_must": "{must} 要求必见，{veto} 又不许见（{enterprise} 与 {team}）：请二者留一",
    "row_of": "{file} 第 {row} 行",
    "row_of_sheet": "{file} [{sheet}] 第 {row} 行",
    "somewhere": "程序中给出的一条",
    "lock_unknown_slot": "没有时段“{slot}”：请填 1 到 {count} 的时段号，或时段开始的钟点",
    "lock_unknown_table": "没有桌子“{table}”：请核对桌名",
    "lock_closed": "桌子“{table}”在第 {slot} 时段停用：请换桌或换时段",
    "lock_taken": "第 {slot} 时段的桌子“{table}”已锁给需求 {need} 与成果 {achievement}：请换桌或换时段",
    "lock_busy": "“{name}”在第 {slot} 时段已锁定另一场：请换时段",
    "lock_absent": "“{name}”在第 {slot} 时段不在场：请换时段，或修改 available",
    "lock_apart": "“{enterprise}”与“{team}”不能见面：请删去这一锁定，或撤回否决",
    "lock_twice": "“{enterprise}”与“{team}”已锁定另一场，一天只见一次：请删去一行",
    "lock_too_many": "“{name}”锁定的场次超出上限 {most}：请删去一行，或提高 most",
    "lock_in_a_row": "“{name}”连续锁定超过 {in_a_row} 场：请换时段，或提高 in_a_row",
    "lock_past": "第 {slot} 时段已经开始或过去：只能锁定还未开始的时段",
    # why somebody is not served
    "why_no_candidates": "{name}没有可见的对象：清单上没有达到最低概率的成果或需求，也没有人提出要求。"
    "可降低 minimum，或补充要求",
    "why_apart": "{first}与{second}不安排见面：{why}",
    "why_not_available": "{first}与{second}没有共同可用的时段：可放宽其中一方的 available",
    "why_enterprise_full": "{first}已排满 {most} 场：可把它的 most 提高到 {more}",
    "why_team_full": "{second}已排满 {most} 场：可把它的 most 提高到 {more}",
    "why_hall_full": "双方共同可用的时段里桌子已全部占满：可在{slots}各加 1 张桌子",
    "why_busy": "双方共同可用的时段里，总有一方已另有安排：可放宽 available 或 in_a_row",
    "why_outweighed": "为更值得的见面让了位：可改为“必见”",
    "why_party_absent": "{name}没有可用的时段：可放宽 available",
    "why_partners_full": "{name}的可见对象都已排满：可提高它们的 most，或补充要求",
    "why_party_hall_full": "{name}可用的时段里桌子已全部占满：可在{slots}加桌子",
    "why_party_outweighed": "{name}的见面为更值得的见面让了位：可提高它的 least",
    "slot_named": "第{number}时段",
    # what would do
    "fix_table": "第{slot}时段再加{count}张桌子",
    "fix_most": "允许{name}最多{most}场",
    "fix_most_each": "允许{organisation}每人最多{most}场",
    "fix_available": "请{name}在第{slot}时段到场",
    "fix_in_a_row": "允许{name}连续{most}场",
    "fix_and": "，并",
    "fix_or": "；或者",
    "fix_musts": "必见与最少场次还差 {count} 场，这样可以全部排上：{changes}",
    "fix_none": "必见与最少场次还差 {count} 场，加桌、加场次、延长在场都无法补齐：缺少可见的对象",
    "gain_tables": "会场已排满。每个时段再加 {count} 张桌子，值得的见面预计再多 {gain:.1f} 场",
    "gain_limits": "场次上限束缚较大。每个参会方的场次上限（most）各加 1，值得的见面预计再多 {gain:.1f} 场",
    # violations
    "v_unknown_party": "见面 {meeting}：没有参会方 {party}",
    "v_unknown_slot": "见面 {meeting}：没有这一时段",
    "v_unknown_table": "见面 {meeting}：没有这张桌子",
    "v_closed": "见面 {meeting}：桌子在这一时段停用",
    "v_table_twice": "第 {slot} 时段的桌子“{table}”安排了 {count} 场",
    "v_two_places": "“{name}”在第 {slot} 时段要坐 {count} 张桌子",
    "v_absent": "“{name}”在第 {slot} 时段不在场",
    "v_most": "“{name}”有 {count} 场，超过上限 {most}",
    "v_in_a_row": "“{name}”从第 {slot} 时段起连续 {count} 场，超过 {in_a_row}",
    "v_twice": "“{first}”与“{second}”见面 {count} 次",
    "v_apart": "“{first}”与“{second}”不能见面",
    "v_not_candidate": "见面 {meeting}：这一对不在候选之中",
    "v_wrong_party": "见面 {meeting}：需求或成果不属于这一方",
    "v_lock_lost": "锁定的见面 {meeting} 不在原处",
    "v_silent_must": "必见的 {meeting} 没有排上，也没有说明",
    "v_silent_least": "“{name}”只有 {count} 场，少于 {least}，也没有说明",
    "faulty_plan": "排出的时间表没有通过检查，未写出任何文件：\n{violations}",
    # replanning
    "change_unknown_slot": "“{found}”不是时段号，也不是钟点：请改正",
    "change_no_slots": "从“{start}”到“{end}”之间没有时段：请核对两个时间",
    "change_unknown_who": "“{name}”不是参会方、单位或登记编号：请按时间表中的写法填写",
    "change_no_meeting": "“{name}”此时没有正在进行或之后的见面可以延时",
    "change_not_pair": "“{first}”与“{second}”没有可谈的一项需求与一项成果",
    "walk_in_alone": "“{name}”不在登记表中：请在“对方”一栏写明想见谁，或先登记再重排",
    "bad_now": "--now 为“{found}”：应为钟点（如 10:35）或时段号（1 到 {count}）",
    "why_cancelled": "{name}临时缺席",
    "why_no_place": "换不到双方都有空、又有桌子的时段",
    "plan_row_unknown": "{detail}，这一场未保留",
}
_ENGLISH = {
    "unreadable": "cannot open {path} ({detail}): check path and rights",
    "not_utf8": "{path} is not UTF-8 text: save it as UTF-8",
    "bad_toml": "{file} line {line}: not valid TOML ({detail}): check quotes, brackets and equals signs",
    "bad_toml_end": "{file} at its end: not valid TOML ({detail}): check quotes, brackets and equals signs",
    "at_line": "{file} line {line}: {message}",
    "unknown_key": "there is no {name}; take it out. Allowed here: {known}",
    "unknown_key_near": "there is no {name}; did you mean {near}? Allowed here: {known}",
    "missing_key": "{name} is missing; add it",
    "no_slots": "slots is 0: an event needs at least one slot",
    "too_low": "{name} is {found}; it must not be below {least}",
    "not_above": "{name} is {found}; it must be above {gt:g}",
    "not_below": "{name} is {found}; it must be below {lt:g}",
    "too_high": "{name} is {found}; it must not be above {most}",
    "bad_hour": '{name} is {found}; give an hour such as "09:00"',
    "bad_span": '{name} is {found}; give hours such as "09:00-11:30", or a slot\'s number',
    "bad_choice": "{name} is {found}; choose one of {allowed}",
    "empty_text": "{name} is empty; fill it in",
    "wrong_kind": "{name} is {found}; it must be {wanted}",
    "a_text": "a text in quotes",
    "a_whole_number": "a whole number",
    "a_number": "a number",
    "a_date": "a date without quotes such as 2026-11-20",
    "a_table": "a table such as [hall]",
    "a_list_of_tables": "tables such as [[party]]",
    "slots_or_hours": "a number of slots, or a table [slots] with start, end and minutes",
    "tables_or_names": 'a number of tables, or their names such as ["A1", "A2"]',
    "windows": 'a list of slots or hours such as [1, 2, "13:30-15:00"]',
    "end_before_start": "the end {end} is not after the start {start}; correct it",
    "break_outside": "the break {span} is not within the day {day}; correct it",
    "no_room": "the day has no room for a slot of {minutes} minutes: shorten minutes, or change start, end, breaks",
    "no_tables": "there is no table at all: give tables",
    "table_twice": 'the table "{table}" is named twice; rename it',
    "unknown_table": 'there is no table "{table}". There are: {known}',
    "unknown_slot": "there is no slot {slot}: there are {count}, counted from 1",
    "all_closed": "every table is closed in every slot: leave at least one seat",
    "hours_without_clock": "slots have numbers but no hours, so {span} means nothing: give slots by number, "
    "or start, end and minutes in [slots]",
    "least_above_most": "least is {least}, above most, {most}; correct it",
    "never_available": '"{name}" has no whole slot in the time given: widen available',
    "unknown_party": '"{name}" in [[party]] is no party, organisation or id. Similar: {near}',
    "unknown_party_bare": '"{name}" in [[party]] is no party, organisation or id: write it as in the register',
    "one_party": '"{second}" and "{first}" differ in width, blanks or brackets only and count as one party',
    "two_roles": '"{name}" is an enterprise and a team; they count as two parties',
    "two_leaders": 'the leader "{leader}" stands at {first} and at {second}; they count as two parties',
    "unknown_need": "the register of needs has no id {id}: check it, or register it first",
    "unknown_achievement": "the register of achievements has no id {id}: check it, or register it first",
    "unknown_side": '"{name}" is no party, organisation or registered id: write it as in the register',
    "same_side": '"{first}" and "{second}" are not an enterprise and a team, so nothing keeps them apart',
    "veto_against_must": "{must} says must-meet, {veto} forbids it ({enterprise} and {team}): keep one of the two",
    "row_of": "{file} row {row}",
    "row_of_sheet": "{file} [{sheet}] row {row}",
    "somewhere": "one given by the program",
    "lock_unknown_slot": 'there is no slot "{slot}": give a number from 1 to {count}, or the hour at which it begins',
    "lock_unknown_table": 'there is no table "{table}": check its name',
    "lock_closed": 'table "{table}" is closed in slot {slot}: choose another table or slot',
    "lock_taken": 'table "{table}" in slot {slot} is locked for need {need} and achievement {achievement}: '
    "choose another table or slot",
    "lock_busy": '"{name}" has another locked meeting in slot {slot}: choose another slot',
    "lock_absent": '"{name}" is not there in slot {slot}: choose another slot, or change available',
    "lock_apart": '"{enterprise}" and "{team}" must not meet: take this lock out, or withdraw the veto',
    "lock_twice": '"{enterprise}" and "{team}" are locked for another meeting, and meet once: take one row out',
    "lock_too_many": '"{name}" has more locked meetings than {most}: take a row out, or raise most',
    "lock_in_a_row": '"{name}" has more than {in_a_row} locked meetings in a row: choose another slot, '
    "or raise in_a_row",
    "lock_past": "slot {slot} has begun or is past: lock slots that have not begun",
    "why_no_candidates": "{name} has nobody to meet: no shortlist reaches the minimum probability and nobody asked. "
    "Lower minimum, or add requests",
    "why_apart": "{first} and {second} are kept apart: {why}",
    "why_not_available": "{first} and {second} are never there at the same time: widen available of one of them",
    "why_enterprise_full": "{first} has its {most} meetings: raise its most to {more}",
    "why_team_full": "{second} has its {most} meetings: raise its most to {more}",
    "why_hall_full": "all tables are taken in every slot that both have: add a table in {slots}",
    "why_busy": "in every slot that both have, one of them is taken: widen available or in_a_row",
    "why_outweighed": "gave way to meetings that are worth more: make it a must-meet",
    "why_party_absent": "{name} has no slot at all: widen available",
    "why_partners_full": "everybody whom {name} could meet is taken: raise their most, or add requests",
    "why_party_hall_full": "all tables are taken in every slot that {name} has: add tables in {slots}",
    "why_party_outweighed": "the meetings of {name} gave way to others that are worth more: raise its least",
    "slot_named": "slot {number}",
    "fix_table": "add {count} table(s) in slot {slot}",
    "fix_most": "allow {name} {most} meetings",
    "fix_most_each": "allow everybody of {organisation} {most} meetings",
    "fix_available": "have {name} there in slot {slot}",
    "fix_in_a_row": "allow {name} {most} meetings in a row",
    "fix_and": ", and ",
    "fix_or": "; or ",
    "fix_musts": "{count} must-meets or least meetings are missing; this would place them all: {changes}",
    "fix_none": "{count} must-meets or least meetings are missing, and no tables, limits or hours would place them: "
    "there is nobody left to meet",
    "gain_tables": "the hall is full. {count} more table in every slot would bring about {gain:.1f} more worthwhile "
    "meetings",
    "gain_limits": "the limits bind. One more meeting allowed for everybody would bring about {gain:.1f} more "
    "worthwhile meetings",
    "v_unknown_party": "meeting {meeting}: there is no party {party}",
    "v_unknown_slot": "meeting {meeting}: there is no such slot",
    "v_unknown_table": "meeting {meeting}: there is no such table",
    "v_closed": "meeting {meeting}: the table is closed in this slot",
    "v_table_twice": 'table "{table}" has {count} meetings in slot {slot}',
    "v_two_places": '"{name}" would sit at {count} tables in slot {slot}',
    "v_absent": '"{name}" is not there in slot {slot}',
    "v_most": '"{name}" has {count} meetings, more than {most}',
    "v_in_a_row": '"{name}" has {count} meetings in a row from slot {slot}, more than {in_a_row}',
    "v_twice": '"{first}" and "{second}" meet {count} times',
    "v_apart": '"{first}" and "{second}" must not meet',
    "v_not_candidate": "meeting {meeting}: this pair is no candidate",
    "v_wrong_party": "meeting {meeting}: need or achievement belongs to somebody else",
    "v_lock_lost": "the locked meeting {meeting} is not in its place",
    "v_silent_must": "the must-meet {meeting} is missing, and nothing says why",
    "v_silent_least": '"{name}" has {count} meetings, fewer than {least}, and nothing says why',
    "faulty_plan": "the timetable did not pass its check, so nothing was written:\n{violations}",
    "change_unknown_slot": '"{found}" is neither a slot nor an hour: correct it',
    "change_no_slots": 'there is no slot from "{start}" until "{end}": check both times',
    "change_unknown_who": '"{name}" is no party, organisation or registered id: write it as in the timetable',
    "change_no_meeting": '"{name}" has no meeting now or later that could run over',
    "change_not_pair": '"{first}" and "{second}" have no need and achievement to talk about',
    "walk_in_alone": '"{name}" is in no register: say under other whom they want to meet, or register them and '
    "plan again",
    "bad_now": '--now is "{found}"; give an hour such as 10:35, or a slot from 1 to {count}',
    "why_cancelled": "{name} called off",
    "why_no_place": "no slot in which both are free and a table is too",
    "plan_row_unknown": "{detail}; this meeting was not kept",
}

MESSAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({"zh": _CHINESE, "en": _ENGLISH})


def check_language(lang: str) -> str:
    """Return ``lang`` if messages exist in it.

    Raises
    ------
    SettingError
        For any other language; the message lists those that exist.
    """
    if lang not in MESSAGES:
        raise SettingError(f'lang must be one of {", ".join(MESSAGES)}; found "{lang}"')
    return lang


def say(lang: str, key: str, /, **values: object) -> str:
    """Return one message with its values filled in.

    Examples
    --------
    >>> say("zh", "fix_table", slot=3, count=2)
    '第3时段再加2张桌子'
    """
    return MESSAGES[lang][key].format(**values)
