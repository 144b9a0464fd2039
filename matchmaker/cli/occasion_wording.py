"""What the commands before and after a timetable say, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

OCCASION_MESSAGES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "bad_toml": "{path} 不是有效的 TOML（{detail}）：请改正后重试",
        "unknown_rule": "{path} 第 {line} 行：没有“{name}”这一项，可用 {allowed}",
        "bad_rule": "{path} 第 {line} 行：{name} 的值“{found}”不可用，应为{expected}",
        "rule_k": "不小于 1 的整数",
        "rule_least": "不小于 0 的整数，且不大于 most",
        "rule_most": "不小于 0 的整数，且不小于 least",
        "rule_by": "institution 或 field",
        "rule_quota": "[[quota]] 表，含 by、name、least、most，least 不大于 most",
        "rule_min_maturity": "1 到 9，或“中试”等说法",
        "rule_key_fields": "领域名称的列表",
        "rule_include": "成果编号的列表",
        "rule_exclude": "成果编号的列表",
        "rule_returns": "大于 0 的数的列表",
        "rule_maturity_weight": "不小于 0 的数",
        "rule_key_weight": "不小于 0 的数",
        "slate_made": "{pool} 项成果中推介 {chosen} 项，合计 {value:.1f} 分（预期对接次数，加成熟度与重点领域），"
        "与最优的差距不超过 {gap:.1%}（用时 {seconds:.1f} 秒）。",
        "slate_next": "最接近入选的：",
        "slate_left": "  {id} {title}：{reason}；{change}",
        "slate_where": "结果：\n  {workbook}  工作簿\n  {table}  全部成果的理由",
        "packs_made": "{needs} 项需求分成 {packs} 份区县资料：{folder}",
        "packs_unplaced": "其中 {count} 项需求未注明地区，单独成一份。",
        "stranger": "成果登记表中没有编号 {id}",
        "stranger_need": "需求登记表中没有编号 {id}",
        "no_plan": "{folder} 中没有 {name}：请给出 matchmaker event plan 写出的文件夹",
        "bad_plan": "{path} 不是完好的 plan.json（{detail}）：请重新生成，或用 --event-id 与 --date 给出",
        "no_day": "没有 plan.json，无从知道是哪场、哪天的对接会：请用 --event-id 与 --date 给出",
        "bad_day": "{option} 的值是“{found}”，应为日期，如 2026-11-09",
        "outcomes_made": "日程 {planned} 场：已谈 {held} 场，提前结束 {cut_short} 场，未到场 {missed} 场，"
        "没有记录 {unmarked} 场；"
        "得到研判 {judgments} 条，待跟进 {followups} 件。",
        "outcomes_where": "结果：\n  {judgments}  研判，可供 matchmaker learn 使用\n  {workbook}  跟进清单\n"
        "  {folder}  其余结果",
        "report_made": "报告：\n  {page}  网页\n  {workbook}  工作簿",
        "bad_figures": "{path} 不是 matchmaker event outcomes 写出的数据（{detail}）：请先运行该命令",
        "not_html": "{path} 应以 .html 结尾：结果是网页",
    },
    "en": {
        "bad_toml": "{path} is no valid TOML ({detail}); mend it and try again",
        "unknown_rule": '{path} line {line}: there is no "{name}"; there are {allowed}',
        "bad_rule": '{path} line {line}: {name} is "{found}"; give {expected}',
        "rule_k": "a whole number from 1 on",
        "rule_least": "a whole number from 0 on, not above most",
        "rule_most": "a whole number from 0 on, not below least",
        "rule_by": "institution or field",
        "rule_quota": "tables [[quota]] with by, name, least and most, least not above most",
        "rule_min_maturity": "1 to 9, or a word such as 中试",
        "rule_key_fields": "a list of fields",
        "rule_include": "a list of achievement ids",
        "rule_exclude": "a list of achievement ids",
        "rule_returns": "a list of numbers above 0",
        "rule_maturity_weight": "a number from 0 on",
        "rule_key_weight": "a number from 0 on",
        "slate_made": "{chosen} of {pool} achievements are presented, worth {value:.1f} in expected matches and what "
        "maturity and key fields add, at most {gap:.1%} below the best ({seconds:.1f} s).",
        "slate_next": "Nearest to being in:",
        "slate_left": "  {id} {title}: {reason}; {change}",
        "slate_where": "Results:\n  {workbook}  workbook\n  {table}  the reasons of all achievements",
        "packs_made": "{needs} needs in {packs} district packs: {folder}",
        "packs_unplaced": "{count} needs state no region; they have a pack of their own.",
        "stranger": "the register of achievements has no id {id}",
        "stranger_need": "the register of needs has no id {id}",
        "no_plan": "{folder} has no {name}; give the folder that matchmaker event plan wrote",
        "bad_plan": "{path} is no sound plan.json ({detail}); make it again, or give --event-id and --date",
        "no_day": "without plan.json nobody can tell which event this was; give --event-id and --date",
        "bad_day": '{option} is "{found}"; give a date such as 2026-11-09',
        "outcomes_made": "{planned} meetings planned: {held} held, {cut_short} cut short, {missed} missed, "
        "{unmarked} not noted; {judgments} judgments, {followups} things to follow up.",
        "outcomes_where": "Results:\n  {judgments}  judgments for matchmaker learn\n  {workbook}  follow-ups\n"
        "  {folder}  all the rest",
        "report_made": "Report:\n  {page}  page\n  {workbook}  workbook",
        "bad_figures": "{path} is not what matchmaker event outcomes writes ({detail}); run that command first",
        "not_html": "{path} should end in .html, since the result is a page",
    },
}

# Help by its English text.
OCCASION_HELP: Mapping[str, str] = {
    "Choose the achievements to present, under quotas; every one gets its reason, in or out.": (
        "在名额限制下选出推介名单，每项成果都说明入选或未入选的理由。"
    ),
    "Write a workbook for each district: its needs, their matches, and columns for decisions.": (
        "为每个区县写一份工作簿：需求、推荐成果、待填的意见。"
    ),
    "Turn what came of the meetings into judgments with their exposure, and list what to follow up.": (
        "把对接结果变成可供学习的研判（附曝光情况），并列出待跟进事项。"
    ),
    "Report an event: acceptance, meetings, coverage, outcomes, exposure, next to the previous one.": (
        "生成对接会报告：采纳、对接、覆盖、结果、曝光，并与上一场并列。"
    ),
    "Achievements to present": "推介多少项成果",
    "Rules of the slate: k, quotas, key fields …": "推介规则：总数、名额、重点领域等",
    "Field that counts as key; may be repeated; by default Dalian's seven": (
        "重点领域，可多次给出；默认为大连七大重点领域"
    ),
    "At most so many of each institution": "每家单位最多几项",
    "Workbooks, tables, and files that the book's page exported": "工作簿、表格，以及手册网页导出的标记文件",
    "Folder that matchmaker event plan wrote": "matchmaker event plan 写出的文件夹",
    "Shortlists that the event was planned from; by default shortlists.csv in the folder": (
        "排日程所用的清单；默认为该文件夹中的 shortlists.csv"
    ),
    "Register of needs, for names": "需求登记表，用于显示名称",
    "Register of achievements, for names": "成果登记表，用于显示名称",
    "Id of the event; by default from plan.json": "对接会编号；默认取自 plan.json",
    "Day of the event; by default from plan.json": "对接会日期；默认取自 plan.json",
    "Day by which waiting is counted; by default today": "按哪一天计算等候天数；默认今天",
    "Folder that matchmaker event outcomes wrote": "matchmaker event outcomes 写出的文件夹",
    "The same of the event before": "上一场的同样文件夹",
    "Page; a workbook of the same name lies beside it": "网页文件；旁边另存同名工作簿",
}
