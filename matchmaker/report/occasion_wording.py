"""Words of what is written before and after an event: slate, packs, follow-ups, the event's report."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.languages import choose_words

_ZH = {
    "cut": "……（原文共 {n} 字）",
    "between": "；",
    "yes": "是",
    "no": "否",
    "choose_title": "请从列表中选",
    "choose_hint": "可以空着",
    "choose_error": "请从下拉列表中选一项，或留空。",
    # columns
    "order": "顺序",
    "chosen": "是否推介",
    "achievement_id": "成果编号",
    "achievement_title": "成果名称",
    "institution": "单位",
    "leader": "负责人",
    "field": "领域",
    "level": "成熟度（级）",
    "maturity": "成熟度",
    "listed_needs": "列有它的需求数",
    "value": "贡献（预期对接）",
    "reason": "理由",
    "change": "怎样可以入选",
    "need_id": "需求编号",
    "need_title": "需求名称",
    "need_text": "需求内容",
    "enterprise": "企业",
    "region": "所在地",
    "budget": "预算",
    "deadline": "截止日期",
    "matches": "推荐成果数",
    "rank": "名次",
    "probability": "概率",
    "evidence": "推荐理由",
    "decision": "意见",
    "comment": "备注",
    "waiting": "等候方",
    "asked": "待办方",
    "kind": "事项",
    "next_step": "下一步",
    "since": "自何日起",
    "days": "已过天数",
    # sheets
    "sheet_chosen": "推介名单",
    "sheet_left_out": "未入选",
    "sheet_decisions": "意见征集",
    "sheet_needs": "需求",
    "sheet_about": "填写说明",
    "sheet_followups": "跟进清单",
    "sheet_notices": "提示",
    "file": "文件",
    "sheet": "工作表",
    "row": "行",
    "message": "内容",
    # packs
    "no_district": "未注明地区",
    "pack_title": "{district}对接资料",
    "pack_1": "请在“意见征集”表的“意见”一栏，从下拉列表中选：必谈、希望、否决；拿不准的可以空着。",
    "pack_2": "“必谈”一定安排，“希望”尽量安排，“否决”不会安排同桌；双方意见矛盾时以“否决”为准。",
    "pack_3": "见过面、有利益冲突、互为竞争对手的，请选“否决”，并在“备注”中说明。",
    "pack_4": "请勿改动需求编号与成果编号：读回时凭这两栏辨认。可以增加行，写上编号与意见即可。",
    "pack_5": "名次与概率由匹配程序给出，仅供参考；空白名次的需求暂无推荐成果。",
    # kinds of follow-ups
    "second_meeting": "希望再谈",
    "arranged": "二次对接已约",
    "sample": "已送样，待答复",
    "no_result": "谈后无下文",
    "missed": "未到场",
    "unmarked": "没有记录",
    "no_reason": "未成，原因不明",
}
_EN = {
    "cut": "… ({n} characters)",
    "between": "; ",
    "yes": "yes",
    "no": "no",
    "choose_title": "Choose from the list",
    "choose_hint": "May stay blank",
    "choose_error": "Choose one of the list, or leave it blank.",
    "order": "Order",
    "chosen": "Presented",
    "achievement_id": "achievement_id",
    "achievement_title": "Achievement",
    "institution": "Institution",
    "leader": "Leader",
    "field": "Field",
    "level": "Maturity (level)",
    "maturity": "Maturity",
    "listed_needs": "Needs that list it",
    "value": "Brings (expected matches)",
    "reason": "Reason",
    "change": "What would let it in",
    "need_id": "need_id",
    "need_title": "Need",
    "need_text": "What is needed",
    "enterprise": "Enterprise",
    "region": "Region",
    "budget": "Budget",
    "deadline": "Deadline",
    "matches": "Proposals",
    "rank": "Rank",
    "probability": "Probability",
    "evidence": "Why",
    "decision": "decision",
    "comment": "comment",
    "waiting": "Who waits",
    "asked": "For whom",
    "kind": "What for",
    "next_step": "Next step",
    "since": "Since",
    "days": "Days",
    "sheet_chosen": "Slate",
    "sheet_left_out": "Left out",
    "sheet_decisions": "Decisions",
    "sheet_needs": "Needs",
    "sheet_about": "How to fill in",
    "sheet_followups": "Follow-ups",
    "sheet_notices": "Notices",
    "file": "File",
    "sheet": "Sheet",
    "row": "Row",
    "message": "What",
    "no_district": "No district stated",
    "pack_title": "Docking pack: {district}",
    "pack_1": "In the sheet Decisions, choose must, wish or veto in the column decision; leave it blank when unsure.",
    "pack_2": "A must is arranged, a wish where possible, a veto never; of two that contradict, the veto stands.",
    "pack_3": "Choose veto for people who met before, have a conflict of interest or compete, and say so in comment.",
    "pack_4": "Do not change need_id and achievement_id: they are how rows are known again. Rows may be added.",
    "pack_5": "Rank and probability come from the matching program; a need without a rank has no proposal.",
    "second_meeting": "wishes to meet again",
    "arranged": "second meeting agreed",
    "sample": "sample sent, no answer yet",
    "no_result": "nothing heard since",
    "missed": "did not come",
    "unmarked": "nobody noted it",
    "no_reason": "failed, no reason given",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"zh": _ZH, "en": _EN}


def words_for_occasion(lang: str) -> Mapping[str, str]:
    """Return the words of a language.

    Raises
    ------
    SettingError
        If the language is unknown.

    Examples
    --------
    >>> words_for_occasion("zh")["sheet_chosen"]
    '推介名单'
    """
    return choose_words(_WORDS, lang)
