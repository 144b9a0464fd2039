"""What the program says, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.cli.occasion_wording import OCCASION_HELP, OCCASION_MESSAGES

LANGUAGES = ("zh", "en")

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "error": "错误：{message}",
        "see_help": "用法见：{command} --help",
        "bad_lang": "错误：--lang 的值是“{found}”，应为 {allowed} 之一",
        "interrupted": "已中断，未写出结果。",
        "fault": "程序出错：{message}\n这是程序的问题，请连同上面的信息一起反馈。",
        "fault_logged": "程序出错：{message}\n这是程序的问题。详细信息已存入 {path}，请连同该文件一起反馈；"
        "加 --debug 可直接显示。",
        "bad_whole": "{option} 的值是“{found}”，应为整数",
        "bad_count": "{option} 的值是“{found}”，应为不小于 {least} 的整数",
        "bad_share": "{option} 的值是“{found}”，应为 0 到 1 之间的比例，如 0.1 或 10%",
        "bad_date": "--as-of 的值是“{found}”，应为日期（如 2026-11-09）、today 或 none",
        "bad_maturity": "--min-maturity 的值是“{found}”，应为 1 到 9，或 {allowed} 等说法",
        "bad_division": "--industry 的值是“{found}”，应为国民经济行业大类代码，如 C26 或 26",
        "unknown_choice": "{option} 的值是“{found}”，成果登记表里没有。现有：{allowed}",
        "unreadable": "无法打开 {path}（{detail}）：请检查路径与权限",
        "bad_encoding": "{path} 不是 UTF-8 或 GB18030 文字：请另存为 UTF-8",
        "cache_twice": "--cache 与 --no-cache 不能同时使用：请去掉一个",
        "model_with_terms": "模型自带术语，--model 不能与 --term、--terms-file 同时使用：请去掉一个",
        "quality_alone": "--quality 只用于自带的编码器，不能与 --model 或另选的 --encoder 同时使用：请去掉一个",
        "input_lost": "结果会覆盖输入文件 {path}：请换一个 --out",
        "not_csv": "{path} 应以 .csv 结尾：结果是 CSV 表格",
        "bad_quality": "--quality 的值是“{found}”，应为 {allowed} 之一",
        "no_known_rows": "{source} 中没有可用的行（搁置 {rejected} 行）：请检查编号是否与两张登记表一致",
        "too_few": "学习至少要 {pairs} 条研判、{needs} 项需求和两种不同的等级；"
        "现有 {found} 条、{judged} 项需求、{grades} 种等级。请补充研判；若有搁置的行，请先改正",
        "low_grade": "研判中有等级 {grade}，低于最低等级 {lowest}：请加 --lowest {grade}，"
        "并用 --relevant-from 指明从哪一级起值得见面",
        "no_shared_need": "清单与研判中没有相同的需求编号（清单有 {listed} 等，研判有 {judged} 等）："
        "请给出同一批需求的文件",
        "no_rows": "{source} 中没有可用的行（搁置 {rejected} 行）：请检查编号与名称两列",
        "unknown_need": "需求登记表中没有编号 {id}",
        "unknown_achievement": "成果登记表中没有编号 {id}",
        "rejected": "搁置 {count} 行（{path}）：",
        "nowhere": "给出 --out 可保存全部",
        "rejection": "  {file}{sheet} 第 {row} 行：{reason}",
        "rejected_whole": "  {file}{sheet}：{reason}",
        "more": "  ……另有 {count} 条",
        "no_cache": "提示：用户缓存目录不可写，本次不保存向量；可用 --cache 指定文件。",
        "shortlisted": "成果 {achievements} 项，需求 {needs} 项：{served} 项找到适配成果，{unserved} 项暂无适配成果"
        "（用时 {seconds:.1f} 秒）。",
        "expired": "另有 {count} 项需求在 {as_of} 之前已截止，未出清单；加 --as-of none 可不考虑截止日期。",
        "look": "请看：\n  {page}  网页，用浏览器打开，可查找、筛选、打印\n  {workbook}  工作簿\n"
        "  {folder}  其余结果：shortlists.csv、rejected.csv、manifest.json",
        "look_streamed": "结果：\n  {table}  清单，可用 Excel 的“获取数据”、pandas 或数据库读取\n"
        "  {folder}  其余结果：rejected.csv、manifest.json\n  {index}  索引，下次只读有变化的成果",
        "indexed": "索引 {path}：新读 {read} 项成果，{kept} 项未变，{gone} 项已不在登记表中。",
        "resumed_index": "其中 {count} 项在上次中断前已读完，直接采用。",
        "resumed": "其中 {count} 项需求在上次中断前已出清单，直接采用。",
        "bad_engine": "--engine 的值是“{found}”，应为 {allowed} 之一",
        "stream_alone": "--index、--workers、--cluster 只用于 --engine stream 或 ray：请去掉，或加 --engine stream",
        "scored": "已为 {count} 对打分：{path}（用时 {seconds:.1f} 秒）。",
        "deep_alone": "--deep 只能微调内置编码模型的 best 或 balanced 档；请去掉 --deep，或换一个 --quality",
        "tuned_before": "--model 的编码模型已用研判微调过，再学习时留出的需求它已见过："
        "请去掉 --model，用以前和新的全部研判重新学习",
        "learned": "模型已存入 {path}；使用时加 --model {path}",
        "not_learned": "没有写出模型（{path}）：请继续使用现有模型，或补充研判后重试。",
        "sides": "A：{a}\nB：{b}",
        "checked": "需求 {needs} 项，平均完整度 {mean}%，{poor} 项不足 {bar}%（用时 {seconds:.1f} 秒）。",
        "checked_where": "结果：\n  {workbook}  工作簿\n  {table}  表格",
        "alike": "{rows} 行中有 {members} 行疑似重复，共 {groups} 组：{path}。请人工确认，未做任何合并。",
        "alike_kind": "  {kind}：{count} 组",
        "same_text": "内容相同",
        "near_text": "内容相近",
        "same_team_and_title": "单位（负责人）与名称相同或相近",
        "more_needs": "……另有 {count} 项，见工作簿",
        "need": "需求",
        "completeness": "完整度",
        "missing": "缺少",
        "first_question": "先问",
        "rank": "名次",
        "achievement": "成果",
        "institution": "单位",
        "probability": "概率",
        "reasons": "推荐理由",
        "no_registers": "{file} 的 [files] 中缺少 {missing}：请写明成果与需求两张登记表的路径",
        "expired_by_event": "{count} 项需求在对接会当天（{day}）之前已截止，未出清单；如仍有效，请更新截止日期。",
        "planned": "排出 {meetings} 场见面，{parties} 方参加，值得的见面预计 {worthwhile:.1f} 场，"
        "与上界相差不超过 {gap:.1f}%（用时 {seconds:.1f} 秒）。",
        "replanned": "与原计划相比：改动 {moved} 场，取消 {dropped} 场，新增 {added} 场。",
        "unmet": "{count} 条未能满足，原因见 {path}",
        "advice": "建议：{text}",
        "hurried": "提示：搜索到 {seconds:.0f} 秒时限为止；换一台机器，结果可能不同。可提高 [plan] 的 time_limit。",
        "notice": "提示：{text}",
        "look_event": "结果在 {folder}：{files}",
        "plan_of_another": "{path} 是另一场对接会（{found}）的计划，{file} 是 {id}：请换成本场的文件夹",
        "not_read": "{path} 没有读取：意见文件夹里只读取工作簿（.xlsx 等），不读子文件夹；如有意见，请另存为工作簿放入",
        "no_workbooks": "文件夹 {path} 中没有工作簿：请放入填好的区县资料，或从 EVENT.toml 中删去 decisions",
        "plan_without_timetable": "{path} 不是一次排会的结果文件夹：其中没有 timetable.csv",
    },
    "en": {
        "error": "Error: {message}",
        "see_help": "Usage: {command} --help",
        "bad_lang": 'Error: --lang is "{found}"; choose one of {allowed}',
        "interrupted": "Interrupted; no results were written.",
        "fault": "The program failed: {message}\nThis is a fault of the program; please report it with the text above.",
        "fault_logged": "The program failed: {message}\nThis is a fault of the program. The details are in {path}; "
        "please report it with that file. --debug shows them here.",
        "bad_whole": '{option} is "{found}"; give a whole number',
        "bad_count": '{option} is "{found}"; give a whole number from {least} on',
        "bad_share": '{option} is "{found}"; give a share from 0 up to 1, such as 0.1 or 10%',
        "bad_date": '--as-of is "{found}"; give a date such as 2026-11-09, today or none',
        "bad_maturity": '--min-maturity is "{found}"; give 1 to 9, or a word such as {allowed}',
        "bad_division": '--industry is "{found}"; give a division of GB/T 4754 such as C26 or 26',
        "unknown_choice": '{option} is "{found}", which the register of achievements does not have. It has: {allowed}',
        "unreadable": "{path} cannot be opened ({detail}); check path and rights",
        "bad_encoding": "{path} is neither UTF-8 nor GB18030 text; save it as UTF-8",
        "cache_twice": "--cache and --no-cache exclude each other; leave one out",
        "model_with_terms": "a model brings its own terms, so --model excludes --term and --terms-file; leave one out",
        "quality_alone": "--quality chooses a bundled encoder and excludes --model and other --encoder; leave one out",
        "input_lost": "the results would take the place of the input {path}; choose another --out",
        "not_csv": "{path} should end in .csv, since the result is a CSV table",
        "bad_quality": '--quality is "{found}"; choose one of {allowed}',
        "no_known_rows": "{source} has no usable row ({rejected} set aside); check that its ids are those of the "
        "two registers",
        "too_few": "learning needs at least {pairs} judgments on {needs} needs with two different grades; found "
        "{found} on {judged} with {grades} different; judge more pairs, and mend rows if any were set aside",
        "low_grade": "there is a grade {grade}, below the lowest, {lowest}; add --lowest {grade}, and say with "
        "--relevant-from which grades are worth a meeting",
        "no_shared_need": "shortlists and judgments share no need_id (listed: {listed} …; judged: {judged} …); "
        "give files about the same needs",
        "no_rows": "{source} has no usable row ({rejected} set aside); check its columns of ids and titles",
        "unknown_need": "the register of needs has no id {id}",
        "unknown_achievement": "the register of achievements has no id {id}",
        "rejected": "{count} rows set aside ({path}):",
        "nowhere": "--out saves them all",
        "rejection": "  {file}{sheet} row {row}: {reason}",
        "rejected_whole": "  {file}{sheet}: {reason}",
        "more": "  … and {count} more",
        "no_cache": "Note: the user's cache folder cannot be written to, so no vectors are kept; --cache names a file.",
        "shortlisted": "{achievements} achievements, {needs} needs: {served} found something suitable, {unserved} did "
        "not (took {seconds:.1f} s).",
        "expired": "{count} more had a deadline before {as_of} and got no shortlist; --as-of none ignores deadlines.",
        "look": "Now see:\n  {page}  page for the browser: search, filter, print\n  {workbook}  workbook\n"
        "  {folder}  the rest: shortlists.csv, rejected.csv, manifest.json",
        "look_streamed": "Now see:\n  {table}  shortlists, for pandas, a database, or Excel's Get Data\n"
        "  {folder}  the rest: rejected.csv, manifest.json\n  {index}  index: next time only what changed is read",
        "indexed": "Index {path}: {read} achievements read, {kept} unchanged, {gone} no longer in the register.",
        "resumed_index": "{count} of these had been read before an earlier run was broken off.",
        "resumed": "{count} needs had been answered before an earlier run was broken off.",
        "bad_engine": '--engine is "{found}"; choose one of {allowed}',
        "stream_alone": "--index, --workers and --cluster are for --engine stream or ray; leave them out, or add one",
        "scored": "{count} pairs scored: {path} (took {seconds:.1f} s).",
        "deep_alone": "--deep can only tune the bundled encoder in quality best or balanced; leave out --deep, "
        "or choose another --quality",
        "tuned_before": "the encoder of --model was tuned on judgments and has seen the needs that would be kept "
        "aside; leave out --model and learn from the earlier judgments and the new ones",
        "learned": "The model is in {path}; use it with --model {path}",
        "not_learned": "No model was written ({path}): go on with the one in use, or judge more pairs and try again.",
        "sides": "A: {a}\nB: {b}",
        "checked": "{needs} needs, {mean} % complete on average, {poor} below {bar} % (took {seconds:.1f} s).",
        "checked_where": "Results:\n  {workbook}  workbook\n  {table}  table",
        "alike": "{members} of {rows} rows seem to be duplicates, in {groups} groups: {path}. Nothing was merged; "
        "please decide.",
        "alike_kind": "  {kind}: {count} groups",
        "same_text": "same text",
        "near_text": "similar text",
        "same_team_and_title": "same team and same or similar title",
        "more_needs": "… and {count} more, in the workbook",
        "need": "Need",
        "completeness": "Complete",
        "missing": "Missing",
        "first_question": "Ask first",
        "rank": "Rank",
        "achievement": "Achievement",
        "institution": "Institution",
        "probability": "Probability",
        "reasons": "Reasons",
        "no_registers": "[files] of {file} has no {missing}: give the paths of both registers",
        "expired_by_event": "{count} needs had a deadline before the day of the event, {day}, and got no shortlist; "
        "give them a new deadline if they still stand.",
        "planned": "{meetings} meetings of {parties} parties, {worthwhile:.1f} of them expected to be worthwhile, at "
        "most {gap:.1f} % below the bound (took {seconds:.1f} s).",
        "replanned": "Against the plan before: {moved} moved, {dropped} dropped, {added} added.",
        "unmet": "{count} wishes or parties are not served; {path} says why",
        "advice": "Advice: {text}",
        "hurried": "Note: the search ended at its limit of {seconds:.0f} s; another machine may find another plan. "
        "Raise time_limit in [plan].",
        "notice": "Note: {text}",
        "look_event": "Results in {folder}: {files}",
        "plan_of_another": "{path} is the plan of another event ({found}), {file} is {id}; give the folder of this one",
        "not_read": "{path} was not read: of a folder of decisions workbooks are (.xlsx …), folders in it are not; if "
        "it holds decisions, save it there as a workbook",
        "no_workbooks": "the folder {path} has no workbook; put the packs there, or take decisions out of EVENT.toml",
        "plan_without_timetable": "{path} is no folder of a plan: it has no timetable.csv",
    },
}

STAGES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "load": "载入",
        "read": "读取",
        "clean": "清洗",
        "encode": "编码",
        "index": "索引",
        "rank": "排序",
        "learn": "学习",
        "plan": "排会",
        "check": "核对需求",
        "write": "写出",
    },
    "en": {
        "load": "Loading",
        "read": "Reading",
        "clean": "Cleaning",
        "encode": "Encoding",
        "index": "Indexing",
        "rank": "Ranking",
        "learn": "Learning",
        "plan": "Planning",
        "check": "Checking needs",
        "write": "Writing",
    },
}

# What is wrong with a command line, by the kind of error; English comes from Typer itself.
USAGE: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "MissingParameter": "缺少 {name}",
        "NoSuchOption": "没有选项 {name}",
        "BadOptionUsage": "选项 {name} 需要一个值",
        "BadParameter": "{name} 的值不可用（{message}）",
        "UsageError": "命令行不可用（{message}）",
    },
}

_REPLACED = "Folder for the results; files of the same names are replaced"

# Help by its English text; what is missing here is shown in English.
HELP: Mapping[str, Mapping[str, str]] = {
    "en": {
        "epilog": "Anywhere on the command line: --lang zh|en, --quiet (-q), --debug, --version. "
        "Exit codes: 0 done, 1 done with rows set aside, 2 unusable input or arguments.",
    },
    "zh": {
        "epilog": "任何位置都可加：--lang zh|en、--quiet 或 -q（只显示结果与错误）、--debug（显示出错细节）、"
        "--version。退出码：0 完成；1 完成，但有搁置的行；2 输入或参数不可用。",
        "From a register of achievements and a register of needs to docking shortlists, offline and explained.": (
            "从成果登记表与需求登记表生成对接清单：离线运行，逐条说明理由。"
        ),
        "memory (the default), stream (part by part, for registers too large to hold), or ray (on a cluster)": (
            "memory（默认）；stream 分批进行，适合内存放不下的登记表；ray 在集群上进行"
        ),
        "Where stream and ray keep the index for the next time; DIR/index": (
            "stream 与 ray 的索引存放处，供下次使用；默认为 DIR/index"
        ),
        "Processes of stream, shards of ray; by default one a processor": (
            "stream 的进程数、ray 的分片数，默认每个处理器一个"
        ),
        "Ray cluster, such as auto; local (the default) starts one here": (
            "Ray 集群的地址，如 auto；local（默认）在本机启动一个"
        ),
        "Propose achievements for every need: table, workbook and page.": "为每项需求推荐成果：表格、工作簿、网页。",
        "Score given pairs.": "为给定的需求—成果配对打分。",
        "Learn from judgments; what is no better on needs kept aside is refused and not written.": (
            "从研判中学习；在留出的需求上没有变好的，不予采用，也不写出。"
        ),
        "Measure shortlists by judgments, with confidence intervals.": "用研判结果评测对接清单，给出置信区间。",
        "Say which of two sets of shortlists is better by judgments, and on which needs.": (
            "用研判结果比较两份对接清单：哪份更好，好在哪些需求上。"
        ),
        "Say how complete each need is, what is missing, and what to ask the enterprise.": (
            "检查每项需求写得是否完整、缺什么、该向企业追问什么。"
        ),
        "Find rows of one register that seem to be the same; nothing is merged.": (
            "找出同一登记表中疑似重复的行，分组列出，不做合并。"
        ),
        "Register of achievements or of needs: .csv .xlsx .jsonl .parquet": (
            "成果或需求登记表：.csv .xlsx .jsonl .parquet"
        ),
        "CSV file for the groups": "存放分组的 CSV 文件",
        "Make shortlists of the sample registers that the package carries.": "用自带的样例登记表生成对接清单。",
        "Register of achievements: .csv .xlsx .jsonl .parquet": "成果登记表：.csv .xlsx .jsonl .parquet",
        "Register of needs: .csv .xlsx .jsonl .parquet": "需求登记表：.csv .xlsx .jsonl .parquet",
        "Judgments: need_id, achievement_id, grade": "研判表：需求编号、成果编号、等级",
        "Pairs to score: need_id, achievement_id": "要打分的配对：需求编号、成果编号",
        "Shortlists as written by matchmaker shortlist": "matchmaker shortlist 写出的清单",
        "The shortlists in use, as written by matchmaker shortlist": "现行清单（A），由 matchmaker shortlist 写出",
        "The shortlists to compare with them": "与之比较的清单（B）",
        "Register of achievements, to show which institutions are seen": "成果登记表；给出后另列各单位的曝光",
        "Model written by matchmaker learn": "matchmaker learn 写出的模型",
        "Term that is never split; may be repeated": "不可拆分的术语，可多次给出",
        "File of such terms, one a line": "术语文件，每行一个",
        "Where vectors are kept between runs; by default the user's cache": "向量缓存文件；默认在用户缓存目录",
        "Keep no vectors between runs": "不保存向量缓存",
        "bundled (the default), or a sentence-transformers model by name or path": (
            "bundled（默认），或 sentence-transformers 模型的名称或路径"
        ),
        "Bundled encoder: best (the default), balanced in two thirds of the time, fast in no time": (
            "自带的编码器：best（默认，最准）、balanced（用时约三分之二）、fast（几乎不花时间）"
        ),
        "Tune the encoder too: minutes, and the extra [train]": "同时微调编码模型：需要数分钟，并安装 [train] 附加组件",
        "Of needs that can be served, the share that may be called gaps": "确有适配成果的需求中，允许误列为缺口的比例",
        "Longest shortlist": "每项需求最多推荐几项成果",
        _REPLACED: "结果文件夹；同名文件会被替换",
        "Day by which deadlines are judged; none ignores deadlines": "以哪一天判断是否截止；none 表示不考虑",
        "Only achievements of this field; may be repeated": "只看该领域的成果，可多次给出",
        "Only achievements of this region; may be repeated": "只看该地区的成果，可多次给出",
        "Only achievements of this institution; may be repeated": "只看该单位的成果，可多次给出",
        "Least maturity of achievements: 1-9, or a word such as 中试": "成果最低成熟度：1 到 9，或“中试”等说法",
        "Only pairs of the same field": "只配同领域",
        "Only pairs of the same region": "只配同地区",
        "Infer fields from the text where none is stated": "未填领域的，按文字推断",
        "Only achievements of this division of GB/T 4754, inferred; may be repeated": (
            "只看（推断为）该行业大类的成果，可多次给出"
        ),
        "Only achievements as mature as the need asks for": "只看达到需求所要成熟度的成果",
        "CSV file for the scores": "存放得分的 CSV 文件",
        "Folder for the model": "存放模型的文件夹",
        "Depth of the metrics": "指标看前几名",
        "Lowest grade that is worth a meeting": "值得见面的最低等级",
        "Lowest grade of the scale": "等级的最低一级",
        "CSV file for the metrics as well": "另存指标的 CSV 文件",
        "Plan a docking event: who meets whom, when and at which table.": "排定一场对接会：谁见谁、何时、在哪张桌子。",
        "Plan an event: timetable, workbook, calendars, book, and why anybody is not served.": (
            "排出一场对接会：时间表、工作簿、日历、对接手册，以及未能满足的原因。"
        ),
        "Plan the rest of the day again after something changed; as few meetings as possible move.": (
            "现场有变动时重排余下时段：尽量少动已定的见面。"
        ),
        "The event: date, slots, tables, limits, files": "活动文件：日期、时段、桌子、上下限、各表路径",
        "Shortlists as written by matchmaker shortlist; without, they are made": (
            "matchmaker shortlist 写出的清单；不给出则现场生成"
        ),
        "Folder of the plan in force": "现行计划所在的文件夹",
        "What changed, one thing a row: kind, who, from …": "变动表，一行一事：事项、谁、从何时……",
        "The time, or the number of the slot that is running": "现在几点，或正在进行的时段号",
        "Show this message and exit.": "显示本说明。",
    },
}

MESSAGES = {lang: {**words, **OCCASION_MESSAGES[lang]} for lang, words in MESSAGES.items()}
HELP = {"en": HELP["en"], "zh": {**HELP["zh"], **OCCASION_HELP}}
