"""A small register of achievements, invented and dirty in the ways real ones are, and the files it can arrive in.

`tests/data/dirty_achievements.csv` (GB18030) and `tests/data/dirty_needs.csv` (UTF-8 with a byte order mark) are its
larger siblings as plain files.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import struct
import zipfile
from pathlib import Path

import xlsxwriter

DATA = Path(__file__).parent / "data"
DIRTY_ACHIEVEMENTS = DATA / "dirty_achievements.csv"
DIRTY_NEEDS = DATA / "dirty_needs.csv"

HEADER = "成果编号* 成果名称 成果\n简介 关键词 所属领域 完成单位 所在区县 成熟度 价格（万元） 更新时间 负责人".split(
    " "
)

LONG = "深海耐压浮力材料的空心微珠级配与界面改性。" * 10_000  # 210,000 characters

# What is wrong with a row stands above it.
# fmt: off
ROWS: list[list[object]] = [
    ["D-01", "质子交换膜电解槽双极板涂层", "接触电阻 3 mΩ·cm²。", "电解水；双极板",
     "洁净能源", "港湾理工大学", "东岬区", "中试", 260, "2026-03-05", "甲"],
    # traditional characters, pinyin
    ["D-02", "矽碳負極材料的規(guī)模化製備", "首效 88%，膨脹率(lǜ) 12%。", "矽碳 負極",
     "潔淨能源", "", "", "小試", "面議", "2026/3/5", ""],
    # HTML
    ["D-03", "<b>船体</b>&nbsp;焊缝<br/>爬壁检测机器人", "<p>吸附力 &ge; 400 N</p>", "爬壁机器人|焊缝",
     "高端装备", "", "", "样机", "", "2026年3月5日", "乙"],
    # formulas
    ["D-04", "=cmd|' /C calc'!A0", "@SUM(A1) ＝1+1", "-减阻、+增效",
     "海洋经济", "港湾海洋研究院", "西屿区", "小试", "-5", "2026.3.5", "+86 0"],
    # control characters
    ["D-05", "控制\x00字符\x07：光纤水听器\x0b阵列", "灵敏度 −140 dB。", "水听器",
     "海洋经济", "港湾海洋研究院", "西屿区", "中试", "", "20260305", ""],
    # blank
    [None] * 11,
    # an id that came before, no id, no title
    ["D-01", "编号与第一条重复的成果", "", "", "", "港湾理工大学", "", "", "", "", ""],
    ["", "没有编号的成果", "", "", "", "港湾理工大学", "", "", "", "", ""],
    ["D-09", "　", "没有名称，全角空格不算。", "", "", "港湾理工大学", "", "", "", "", ""],
    # leading zeros, a repeated paragraph, a serial number for a date
    ["0012", "前导零与重复段落：藻类光反应器", "产率 1.1 g/(L·d)。\n产率 1.1 g/(L·d)。", "微藻/光反应器",
     "现代农业", "港湾农学院", "北坞县", "示范", "12.5", "46086", ""],
    # a huge cell
    ["D-11", "长文本：深海浮力材料", LONG, "浮力材料",
     "海洋经济", "港湾海洋研究院", "西屿区", "中试", 900, "长期", ""],
    # a day that does not exist
    ["D-12", "日期不对：高温超导带材", "临界电流 500 A。", "REBCO，超导",
     "电子信息", "港湾理工大学", "东岬区", "中试", 70, "2026-02-30", ""],
    # broken lines, half a date
    ["D-13", "断行：\n1,3-丙二醇\n生物法", "浓度 90 g/L", "1,3-丙二醇,发酵",
     "精细化工", "港湾化工研究所", "北坞县", "产业化", 30, "2026年2月", ""],
    # the header again, as on a second printed page
    [*HEADER],
    # an advertisement behind the text
    ["D-15", "广告尾巴：C/C 坩埚", "寿命 40 炉。欢迎关注公众号“港湾技术”，点击阅读原文，联系电话 0000-0000！",
     "C/C 复合材料", "航空航天", "港湾理工大学", "东岬区", "应用", 45, "2026-01-02 08:00:00", "丙"],
    # a sum, not a record
    ["合计", "", "", "", "", "", "", "", 1312.5, "", ""],
]
# fmt: on
GOOD = ("D-01", "D-02", "D-03", "D-04", "D-05", "0012", "D-11", "D-12", "D-13", "D-15")
BLANK = 1
ABOVE = [["港湾市科技成果登记表（2026）"], [], ["填报单位：港湾市技术转移中心"]]


def make_csv(delimiter: str = ",", *, header: list[str] | None = None) -> str:
    """Return the register as CSV text below three title rows; records begin in row 5."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([*ABOVE, header or HEADER])
    writer.writerows(["" if cell is None else cell for cell in row] for row in ROWS)
    return text.getvalue()


def write_json_lines(path: Path) -> None:
    """Write the register as JSON Lines, a broken line and a line that is no object among them (lines 2 and 4)."""
    lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS]
    lines[1:1] = ['{"成果编号*": "D-99", "成果名称": ', "", "[1, 2]"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_workbook(path: Path) -> None:
    """Write the register as a workbook as offices keep them.

    Sheets: 说明 (notes only); 登记表 (below a merged title, with a real date, one institution merged over three rows,
    and no more than the 32,767 characters that fit a cell); 补充 (other headers, an id as a number, one id from
    the first sheet); 旧版 (hidden); a chart.
    """
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet("说明").write_string(0, 0, "请各单位于月底前填报")
    sheet = book.add_worksheet("登记表")
    sheet.merge_range(0, 0, 0, len(HEADER) - 1, ABOVE[0][0])
    sheet.write_string(2, 0, ABOVE[2][0])
    sheet.write_row(3, 0, HEADER)
    for number, row in enumerate(ROWS, start=4):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                sheet.write_string(number, column, cell.replace("\x00", "")[:32_767])
            elif cell is not None and cell != "":
                sheet.write(number, column, cell)
    sheet.write_datetime(4, 9, datetime.datetime(2026, 3, 5), day)
    sheet.merge_range(4, 5, 6, 5, "港湾理工大学")
    extra = book.add_worksheet("补充")
    extra.write_row(0, 1, ["编号", "项目名称", "单位", "备注"])
    extra.write_row(1, 1, [413, "数字编号：冷链相变蓄冷板", "港湾理工大学", True])
    extra.write_row(2, 1, ["D-02", "与另一张表的编号重复", "港湾理工大学", ""])
    hidden = book.add_worksheet("旧版")
    hidden.write_row(0, 0, ["成果编号", "成果名称"])
    hidden.write_row(1, 0, ["D-70", "隐藏的旧成果"])
    hidden.hide()
    book.add_chartsheet("图")
    book.close()


def write_open_document(path: Path, rows: list[list[str]]) -> None:
    """Write a minimal .ods workbook of texts."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="成果">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{office}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)


def write_locked_workbook(path: Path) -> None:
    """Write what a workbook with a password is: a compound file with a stream named EncryptedPackage."""
    sector = 512
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (sector - len(header) - 4)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * (sector - 8)
    entries = b""
    for name, kind, child in (("Root Entry", 5, 1), ("EncryptedPackage", 2, 0xFFFFFFFF)):
        label = (name + "\0").encode("utf-16-le")
        entries += label.ljust(64, b"\0") + struct.pack("<HBB", len(label), kind, 1)
        entries += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
    path.write_bytes(header + table + entries.ljust(sector, b"\0"))
