"""Every word that the book, the workbook and the calendars of an event show, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matchmaker.docking import Slot
from matchmaker.languages import choose_place
from matchmaker.report.book_wording import BOOK

_SHARED = {
    "zh": {
        "slot": "时段",
        "slot_label": "第 {number} 时段",
        "time": "时间",
        "table": "桌号",
        "table_label": "{name} 号桌",
        "enterprise": "企业",
        "team": "团队",
        "partner": "对方",
        "need": "需求",
        "achievement": "成果",
        "probability": "概率",
        "reasons": "为什么见面",
        "questions": "可以问什么",
        "unmet_no_candidates": "候选名单里没有可以对接的一方",
        "unmet_not_available": "双方没有共同的时间",
        "unmet_hall_full": "会场时段和桌位已满",
        "unmet_partners_full": "对方场次已满",
        "unmet_enterprise_full": "企业场次已满",
        "unmet_busy": "双方空闲的时段都已排满",
        "unmet_outweighed": "让给了更有把握的会面",
        "unmet_cancelled": "已取消",
        "unmet_vetoed": "已被否决",
        "between": "；",
        "comma": "、",
        "colon": "：",
        "added": "新增",
        "moved": "改动",
        "dropped": "取消",
        "was": "原为 {time} {table}",
        "weekdays": "一二三四五六日",
        "day": "{year} 年 {month} 月 {number} 日（星期{weekday}）",
        "closed": "停用",
    },
    "en": {
        "slot": "Slot",
        "slot_label": "Slot {number}",
        "time": "Time",
        "table": "Table",
        "table_label": "Table {name}",
        "enterprise": "Enterprise",
        "team": "Team",
        "partner": "Partner",
        "need": "Need",
        "achievement": "Achievement",
        "probability": "Probability",
        "reasons": "Why they meet",
        "questions": "What to ask",
        "unmet_no_candidates": "no candidate to meet",
        "unmet_not_available": "no time at which both are there",
        "unmet_hall_full": "the hall is full",
        "unmet_partners_full": "the partners have as many meetings as they may",
        "unmet_enterprise_full": "the enterprise has as many meetings as it may",
        "unmet_busy": "both are busy whenever the other is free",
        "unmet_outweighed": "other meetings promise more",
        "unmet_cancelled": "cancelled",
        "unmet_vetoed": "vetoed",
        "between": "; ",
        "comma": ", ",
        "colon": ": ",
        "added": "New",
        "moved": "Moved",
        "dropped": "Cancelled",
        "was": "before: {time}, {table}",
        "weekdays": "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
        "day": "{weekday}, {number} {name} {year}",
        "closed": "closed",
    },
}

_WORKBOOK = {
    "zh": {
        "sheet_grid": "总表",
        "sheet_slots": "按时段",
        "sheet_tables": "按桌",
        "sheet_people": "按人",
        "sheet_unmet": "未安排",
        "sheet_notes": "说明",
        "role": "类别",
        "party": "名称",
        "region": "所在地",
        "need_id": "需求编号",
        "achievement_id": "成果编号",
        "need_title": "需求名称",
        "achievement_title": "成果名称",
        "locked": "锁定",
        "change": "变动",
        "why_unmet": "未安排原因",
        "message": "说明与办法",
        "wanted": "希望场次",
        "got": "安排场次",
        "yes": "是",
        "cut": "……（原文共 {n} 字，超出单元格上限，此处截断）",
        "made_on": "生成日期",
        "date": "日期",
        "place": "地点",
        "counts": "数量",
        "count_enterprises": "企业",
        "count_teams": "团队",
        "count_meetings": "会面",
        "count_seats": "会场可容会面",
        "count_unmet": "未安排",
        "value": "预期值得的会面",
        "bound": "理论上限",
        "how": "怎样填写",
        "how_1": "“{decisions}”：只填黄色两列。意见选“必谈”“希望”或“否决”，空着表示没有意见；备注写给组织方。",
        "how_2": "“{outcomes}”：只填黄色各列。“当天情况”“希望再谈”在会后填，“后续结果”有了进展再填；未成的，"
        "请选一个堵点。",
        "how_3": "编号两列用来认出是哪一对，请不要改动；可以排序、筛选、删去不用的行。",
        "how_4": "合同金额以元为单位：50 万元写作 500000。",
        "amount_title": "合同金额",
        "amount_hint": "以元为单位：50 万元写作 500000",
        "choose_title": "请从列表中选",
        "choose_hint": "可以空着",
        "choose_error": "请从下拉列表中选一项，或留空。",
        "amount_error": "请填不小于 0 的数字，以元为单位。",
    },
    "en": {
        "sheet_grid": "Grid",
        "sheet_slots": "By slot",
        "sheet_tables": "By table",
        "sheet_people": "By person",
        "sheet_unmet": "Unmet",
        "sheet_notes": "Notes",
        "role": "Role",
        "party": "Name",
        "region": "Region",
        "need_id": "Need id",
        "achievement_id": "Achievement id",
        "need_title": "Need",
        "achievement_title": "Achievement",
        "locked": "Locked",
        "change": "Change",
        "why_unmet": "Why unmet",
        "message": "What would help",
        "wanted": "Wanted",
        "got": "Planned",
        "yes": "yes",
        "cut": "… (shortened: {n} characters exceed what a cell holds)",
        "made_on": "Made on",
        "date": "Date",
        "place": "Place",
        "counts": "Counts",
        "count_enterprises": "Enterprises",
        "count_teams": "Teams",
        "count_meetings": "Meetings",
        "count_seats": "Meetings that the hall can hold",
        "count_unmet": "Unmet",
        "value": "Worthwhile meetings expected",
        "bound": "Upper bound of any plan",
        "how": "How to fill in",
        "how_1": "“{decisions}”: fill in the two yellow columns only. Choose must, wish or veto; blank means no "
        "opinion. "
        "The comment is for the organiser.",
        "how_2": "“{outcomes}”: fill in the yellow columns only. State and second meeting after the event, the result "
        "once there is one; where it failed, choose an obstacle.",
        "how_3": "The two columns of ids say which pair it is: leave them. Sorting, filtering and deleting rows "
        "do no harm.",
        "how_4": "The amount of a contract is in yuan: 500000 for 50万元.",
        "amount_title": "Contract",
        "amount_hint": "In yuan: 500000 for 50万元",
        "choose_title": "Choose from the list",
        "choose_hint": "May stay blank",
        "choose_error": "Choose one of the list, or leave it blank.",
        "amount_error": "A number from 0 on, in yuan.",
    },
}

_CALENDAR = {
    "zh": {
        "summary": "对接：{partner}",
        "subject": "{name}：{title}",
        "no_hours": "日历：第 {slots} 时段没有填写起止时间，这些时段的 {n} 场会面没有写入日历文件。",
        "nobody": "日历：各时段都没有填写起止时间，没有生成日历文件。",
    },
    "en": {
        "summary": "Docking: {partner}",
        "subject": "{name}: {title}",
        "no_hours": "Calendars: slots {slots} have no hours, so their {n} meetings are in no calendar file.",
        "nobody": "Calendars: no slot has hours, so no calendar file was written.",
    },
}

_PRINTING = {
    "zh": {
        "no_browser": "没有找到 Chromium、Chrome 或 Edge，未生成 PDF；请用浏览器打开 {page}，"
        "选“打印整本”再另存为 PDF。",
        "too_slow": "浏览器 {seconds} 秒内没有完成打印，未生成 PDF；请用浏览器打开 {page}，选“打印整本”再另存为 PDF。",
        "failed": "浏览器 {browser} 没有生成 PDF（{detail}）；请用浏览器打开 {page}，选“打印整本”再另存为 PDF。",
    },
    "en": {
        "no_browser": "No Chromium, Chrome or Edge was found, so there is no PDF; open {page} and print the "
        "book to a PDF.",
        "too_slow": "The browser did not finish within {seconds} s, so there is no PDF; open {page} and print "
        "the book.",
        "failed": "The browser {browser} made no PDF ({detail}); open {page} and print the book to a PDF.",
    },
}

_TABLES = {"book": BOOK, "workbook": _WORKBOOK, "calendar": _CALENDAR, "printing": _PRINTING}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # strftime would follow the computer's own language


def words_for_event(place: str, lang: str) -> Mapping[str, str]:
    """Return the words of one of the things that are shown of an event.

    Parameters
    ----------
    place : {"book", "workbook", "calendar", "printing"}
        Where the words are shown.
    lang : {"zh", "en"}
        Their language.

    Raises
    ------
    SettingError
        If there are no words for that place or language.

    Examples
    --------
    >>> words_for_event("workbook", "zh")["sheet_grid"]
    '总表'
    """
    return choose_place(_SHARED, _TABLES, place, lang)


def name_day(day: date, words: Mapping[str, str]) -> str:
    """Return a day as people write it.

    Examples
    --------
    >>> name_day(date(2026, 11, 20), words_for_event("book", "zh"))
    '2026 年 11 月 20 日（星期五）'
    >>> name_day(date(2026, 11, 20), words_for_event("book", "en"))
    'Friday, 20 November 2026'
    """
    days = words["weekdays"]
    weekday = (days.split(",") if "," in days else days)[day.weekday()]
    return words["day"].format(
        year=day.year, month=day.month, number=day.day, weekday=weekday, name=_MONTHS[day.month - 1]
    )


def name_table(table: str, words: Mapping[str, str]) -> str:
    """Return what to call a table: a bare number gets a word beside it.

    Examples
    --------
    >>> words = words_for_event("book", "zh")
    >>> name_table("3", words), name_table("主厅 A", words)
    ('3 号桌', '主厅 A')
    """
    return words["table_label"].format(name=table) if table.isdecimal() else table


def name_slot(slot: Slot, words: Mapping[str, str]) -> str:
    """Return a slot's hours, or its number in words where it has none.

    Examples
    --------
    >>> name_slot(Slot(2), words_for_event("book", "en"))
    'Slot 2'
    """
    return words["slot_label"].format(number=slot.number) if slot.start is None or slot.end is None else str(slot)
