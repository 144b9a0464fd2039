"""What the tables room says to people, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CHINESE = {
    # rows set aside
    "missing": "缺少{column}",
    "duplicate": "编号 {id} 与第 {row} 行重复",
    "duplicate_sheet": "编号 {id} 与工作表“{sheet}”第 {row} 行重复",
    "duplicate_pair": "需求 {need} 与成果 {achievement} 的这一对与第 {row} 行重复",
    "repeated_header": "重复出现的表头行",
    "too_many_cells": "单元格比表头多 {extra} 个，内容可能错位：含逗号的文字应加双引号",
    "bad_quotes": "双引号不成对，无法分列：请补齐引号，或把文字中的引号写成两个",
    "bad_json": "不是有效的 JSON：{detail}",
    "not_object": "这一行不是 JSON 对象，应写成 {{列名: 值}}",
    "not_integer": "{column}应为整数，实际为“{value}”",
    "not_number": "{column}应为数字，实际为“{value}”",
    "not_positive": "{column}应为大于 0 的数字，实际为“{value}”",
    "not_probability": "{column}应在 0 与 1 之间，实际为“{value}”",
    "not_rank": "{column}应为从 1 开始的整数，实际为“{value}”",
    "not_standing": "{column}应为{allowed}之一，实际为“{value}”",
    "not_kind": "{column}应为{allowed}之一，实际为“{value}”",
    "not_yes": "{column}应为 1 或 0（是或否），实际为“{value}”",
    "not_limit": "{column}应为从 1 开始的整数，实际为“{value}”",
    "lacks": "“{kind}”一行还缺少{column}，请补充",
    # decisions and marks that came back
    "not_word": "{column}填的是“{value}”，应为：{allowed}",
    "not_amount": "{column}填的是“{value}”，应为金额，如 120000、12万元",
    "again_words": "是、否，或企业、团队、双方",
    "unknown_need": "需求编号 {id} 不在本次对接会中：请核对编号",
    "unknown_achievement": "成果编号 {id} 不在本次对接会中：请核对编号",
    "overruled": "需求 {need} 与成果 {achievement}：这里写的“{mine}”与 {other} 行的“否决”矛盾，已按否决处理；"
    "请核实后改其中一处",
    "marked_twice": "需求 {need} 与成果 {achievement}：“{new}”与 {place} 行的“{old}”不一致，以“{new}”为准，请核实",
    "not_mark": "这一条不是对接标记",
    "not_marks": "{source} 不是对接手册导出的标记文件（格式“{found}”，应为 {expected}）：请在手册网页中重新导出",
    "other_event": "{source} 是另一场对接会（{found}）的标记，本场是 {expected}：请换成本场的文件",
    # repairs and guesses
    "guessed_encoding": "文件不是 UTF-8，已按 {encoding} 读取；若出现乱码，请另存为 UTF-8",
    "damaged_encoding": "按 {encoding} 读取时有 {count} 处字节无法识别，已显示为“�”",
    "control": "删除了 {count} 个控制字符",
    "mended_quotes": "双引号不成对，已按列数还原，请核对",
    "few_cells": "单元格比表头少 {missing} 个，缺少的按空白处理",
    "bad_date": "{column}“{value}”不是可识别的日期，按空白处理",
    "partial_date": "{column}“{value}”不是完整的日期，按 {taken} 处理",
    "whole_id": "{column}“{value}”已改为“{taken}”",
    "rounded_id": "{column}“{value}”可能已被表格软件改成数值而丢失末位数字，请核对",
    "above_header": "表头在第 {row} 行，其上的文字未作为数据读取",
    "all_wishes": "没有“意见”一列（现有：{found}），各行都按“希望”处理；如有必见或不见，请把表头改为“意见”",
    "skipped_sheet": "跳过工作表：没有列 {missing}",
    "hidden_sheet": "跳过隐藏的工作表；需要时请用 sheet 指定",
    "other_column": "“{header}”也可作为{column}，现作为附加列保留",
    "more_notices": "同类提示还有 {count} 条：{example}",
    # tables that cannot be used
    "no_file": "找不到文件 {path}：请检查路径与文件名",
    "is_folder": "{path} 是文件夹：请给出其中的表格文件",
    "unreadable": "无法打开 {path}（{detail}）：请检查权限，或文件是否被其他程序占用",
    "bad_suffix": "不支持的文件类型“{suffix}”（{path}）：可用 {allowed}",
    "empty": "{source} 是空的：至少应有表头一行",
    "no_encoding": "无法识别 {source} 的文字编码：请另存为 UTF-8 的 CSV",
    "no_header": "{source} 中没有找到列 {missing}。找到的列：{found}。可用的列名：{accepted}。请修改表头后重试",
    "locked": "{source} 有密码保护：请取消密码后另存一份",
    "bad_workbook": "{source} 不是完好的 Excel 工作簿（{detail}）：请在 Excel 或 WPS 中打开后另存为 .xlsx",
    "web_page": "{source} 实际是网页而不是 Excel 工作簿：请在 Excel 或 WPS 中打开后另存为 .xlsx",
    "stray_cell": "{source} 的一张工作表（{part}）占到第 {row} 行第 {column} 列，范围过大：请删除远处多余的单元格",
    "no_sheet": "{source} 中没有工作表“{sheet}”：现有 {sheets}",
    "sheet_of_other": "sheet 只用于 Excel 工作簿，{source} 不是：请去掉 sheet",
    "bad_parquet": "{source} 不是完好的 Parquet 文件（{detail}）：请重新导出",
    "bad_query": "SQL 查询失败（{detail}）：请检查语句与连接",
    "no_driver": "缺少数据库驱动（{detail}）：请安装后重试",
    "bad_connection": "connection 应为 SQLAlchemy 的地址、Engine 或 Connection，实际为 {found}",
    "no_rows": "这条 SQL 语句不返回数据：请使用 SELECT",
    "not_query": "给出 connection 时，source 应为 SQL 查询文字，实际为 {found}",
    "needs_connection": "“{source}”像是 SQL 查询：请同时给出 connection",
    "bad_source": "source 应为文件路径、DataFrame 或 SQL 查询，实际为 {found}",
    "unwritable": "无法写入 {path}（{detail}）：请检查文件夹与权限，或先关闭正在打开它的程序",
}
_ENGLISH = {
    "missing": "{column} is missing",
    "duplicate": "id {id} repeats row {row}",
    "duplicate_sheet": 'id {id} repeats row {row} of sheet "{sheet}"',
    "duplicate_pair": "the pair of need {need} and achievement {achievement} repeats row {row}",
    "repeated_header": "the header row, repeated",
    "too_many_cells": "{extra} more cells than the header, so contents may have shifted: quote texts that hold a comma",
    "bad_quotes": "quotation marks do not pair up, so the columns are lost: close them, or double those inside a text",
    "bad_json": "not valid JSON: {detail}",
    "not_object": "this line is no JSON object; write {{column: value}}",
    "not_integer": '{column} must be an integer, found "{value}"',
    "not_number": '{column} must be a number, found "{value}"',
    "not_positive": '{column} must be a number above 0, found "{value}"',
    "not_probability": '{column} must lie between 0 and 1, found "{value}"',
    "not_rank": '{column} must be an integer from 1 on, found "{value}"',
    "not_standing": '{column} must be one of {allowed}, found "{value}"',
    "not_kind": '{column} must be one of {allowed}, found "{value}"',
    "not_yes": '{column} must be 1 or 0 (yes or no), found "{value}"',
    "not_limit": '{column} must be an integer from 1 on, found "{value}"',
    "lacks": 'a row of "{kind}" needs {column} too: fill it in',
    "not_word": '{column} says "{value}", which is none of: {allowed}',
    "not_amount": '{column} says "{value}", which is no amount in yuan, such as 120000',
    "again_words": "yes, no, or enterprise, team, both",
    "unknown_need": "the need {id} is not part of this event: check the id",
    "unknown_achievement": "the achievement {id} is not part of this event: check the id",
    "overruled": 'need {need} and achievement {achievement}: "{mine}" here contradicts the veto in {other}; '
    "the veto stands; ask, and change one of the two",
    "marked_twice": 'need {need} and achievement {achievement}: "{new}" differs from "{old}" in {place}; '
    '"{new}" stands, please check',
    "not_mark": "this entry is no mark of a meeting",
    "not_marks": '{source} is no file of marks that the book exported (format "{found}", expected {expected}): '
    "export it again from the book's page",
    "other_event": "{source} holds the marks of another event ({found}), this one is {expected}: give its own file",
    "guessed_encoding": "the file is not UTF-8 and was read as {encoding}; if texts look garbled, save it as UTF-8",
    "damaged_encoding": "{count} places could not be read as {encoding} and show as \ufffd",
    "control": "removed {count} control characters",
    "mended_quotes": "quotation marks do not pair up; columns restored by their number, please check",
    "few_cells": "{missing} cells fewer than the header, taken as blank",
    "bad_date": '{column} "{value}" is no date that can be read, taken as blank',
    "partial_date": '{column} "{value}" is no full date, taken as {taken}',
    "whole_id": '{column} "{value}" became "{taken}"',
    "rounded_id": '{column} "{value}" may have lost its last digits when a spreadsheet made it a number, please check',
    "above_header": "the header is in row {row}; the text above it was not read as data",
    "all_wishes": "there is no column standing (there are: {found}), so every row counts as a wish; if some are "
    "must-meets or vetoes, name their column standing",
    "skipped_sheet": "sheet skipped: it has no column {missing}",
    "hidden_sheet": "hidden sheet skipped; name it with sheet= if it is wanted",
    "other_column": '"{header}" could also be {column}; kept as an extra column',
    "more_notices": "{count} more notices of this kind: {example}",
    "no_file": "there is no file {path}: check the path and the name",
    "is_folder": "{path} is a folder: name the table inside it",
    "unreadable": "cannot open {path} ({detail}): check the permissions, or whether another program holds it",
    "bad_suffix": 'file type "{suffix}" is not supported ({path}): use one of {allowed}',
    "empty": "{source} is empty: it needs a header row at least",
    "no_encoding": "the text encoding of {source} cannot be recognised: save it as CSV in UTF-8",
    "no_header": "{source} has no column {missing}. Columns found: {found}. Accepted headers: {accepted}. "
    "Change the header row and try again",
    "locked": "{source} is protected by a password: save a copy without it",
    "bad_workbook": "{source} is no sound Excel workbook ({detail}): open it in Excel or WPS and save it as .xlsx",
    "web_page": "{source} is a web page, not an Excel workbook: open it in Excel or WPS and save it as .xlsx",
    "stray_cell": "a sheet of {source} ({part}) reaches row {row}, column {column}, too far: "
    "delete the stray cells far out and try again",
    "no_sheet": '{source} has no sheet "{sheet}": it has {sheets}',
    "sheet_of_other": "sheet= is for Excel workbooks, which {source} is not: leave it out",
    "bad_parquet": "{source} is no sound Parquet file ({detail}): export it again",
    "bad_query": "the SQL query failed ({detail}): check the statement and the connection",
    "no_driver": "a database driver is missing ({detail}): install it and try again",
    "bad_connection": "connection must be a SQLAlchemy URL, Engine or Connection, found {found}",
    "no_rows": "this SQL statement returns no rows: use SELECT",
    "not_query": "with connection=, source must be the text of an SQL query, found {found}",
    "needs_connection": '"{source}" looks like an SQL query: give connection= too',
    "bad_source": "source must be a path, a DataFrame or an SQL query, found {found}",
    "unwritable": "cannot write {path} ({detail}): check the folder and its permissions, "
    "or close the program that has it open",
}

MESSAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({"zh": _CHINESE, "en": _ENGLISH})


def say(lang: str, key: str, /, **values: object) -> str:
    """Return one message with its values filled in.

    Examples
    --------
    >>> say("zh", "duplicate", id="A-1", row=5)
    '编号 A-1 与第 5 行重复'
    """
    return MESSAGES[lang][key].format(**values)
