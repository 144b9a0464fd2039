import csv
import io

import openpyxl
import pytest

from matchmaker.cli import main
from matchmaker.delivery.packs import write_packs
from matchmaker.errors import MatchmakerError
from matchmaker.records import Evidence, Match, Profile, Records
from matchmaker.tables import read_decisions

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl knows no solid data bars
OFFERS = Records(
    tuple(
        Profile(
            id=f"A-{row}",
            kind="achievement",
            title=f"成果{row}",
            organisation="星海大学",
            maturity="中试",
            extra={"负责人": "韩砚秋"},
        )
        for row in range(4)
    )
)
NEEDS = Records(
    (
        Profile(id="N-1", kind="need", title='=HYPERLINK("http://x")', region="大连市金普新区", organisation="甲公司"),
        Profile(id="0012", kind="need", title="二", region="金普新区", organisation="乙公司"),
        Profile(id="N-3", kind="need", title="三", organisation="丙公司", description="全文"),
        Profile(id="N-4", kind="need", title="四", region="A/B:区", organisation="丁公司"),
    )
)
MATCHES = [
    Match("N-1", "A-1", 2, 0.2, 0.4),
    Match("N-1", "A-0", 1, 0.9, 0.8, Evidence(("双方均涉及“电解液”", "同一领域"))),
    Match("0012", "A-2", 1, 0.5, 0.6),
    Match("N-3", "A-3", 1, 0.5, 0.5),
]


def open_book(path):
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def test_each_district_has_a_workbook_and_no_need_is_lost(tmp_path):
    files = write_packs(OFFERS, NEEDS, MATCHES, tmp_path)
    assert list(files) == ["A_B_区.xlsx", "金普新区.xlsx", "未注明地区.xlsx", "packs.csv", "rejected.csv"]
    with files["packs.csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["need_id"] for row in rows} == {need.id for need in NEEDS}
    sheet = open_book(files["金普新区.xlsx"])["意见征集"]
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert table[0][:6] == ["需求编号", "需求名称", "企业", "名次", "概率", "成果编号"]
    assert [(row[0], row[3], row[5]) for row in table[1:]] == [("N-1", 1, "A-0"), ("N-1", 2, "A-1"), ("0012", 1, "A-2")]
    assert table[1][8] == "韩砚秋" and table[1][-1] == "双方均涉及“电解液”；同一领域"
    assert sheet["B2"].data_type == "s"  # a title that looks like a formula stays a text
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"必谈,希望,否决"' and str(rule.sqref) == "K2:K4"
    bare = open_book(files["A_B_区.xlsx"])["意见征集"]
    assert bare["A2"].value == "N-4" and bare["F2"].value is None
    assert open_book(files["未注明地区.xlsx"])["需求"]["I2"].value == "全文"


def test_a_pack_that_was_filled_in_is_read_back(tmp_path):
    files = write_packs(OFFERS, NEEDS, MATCHES, tmp_path)
    assert len(read_decisions([files["金普新区.xlsx"], files["未注明地区.xlsx"]])) == 0
    book = open_book(files["金普新区.xlsx"])
    sheet = book["意见征集"]
    sheet["K2"], sheet["L2"] = "必谈", "急"
    sheet["K4"] = "否决"
    sheet.append(["N-1", None, None, None, None, "A-3", None, None, None, None, "希望"])
    book.save(files["金普新区.xlsx"])
    found = read_decisions(files["金普新区.xlsx"])
    assert not found.rejected
    assert [(one.need_id, one.achievement_id, one.standing, one.comment, one.row) for one in found] == [
        ("N-1", "A-0", "must", "急", 2),
        ("0012", "A-2", "veto", "", 4),
        ("N-1", "A-3", "wish", "", 5),
    ]
    assert found[0].place == "金普新区.xlsx [意见征集] 2"


def test_a_pack_that_was_filled_in_is_not_replaced(tmp_path):
    files = write_packs(OFFERS, NEEDS, MATCHES, tmp_path)
    write_packs(OFFERS, NEEDS, MATCHES, tmp_path)
    book = open_book(files["金普新区.xlsx"])
    book["意见征集"]["K2"] = "必谈"
    book.save(files["金普新区.xlsx"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(MatchmakerError, match=r"金普新区.xlsx 里已有人填写（1 行）"):
        write_packs(OFFERS, NEEDS, MATCHES, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_packs_are_the_same_bytes_every_time_and_speak_english(tmp_path):
    one = write_packs(OFFERS, NEEDS, MATCHES, tmp_path / "1", lang="en")
    two = write_packs(OFFERS, NEEDS, list(reversed(MATCHES)), tmp_path / "2", lang="en")
    assert {name: path.read_bytes() for name, path in one.items()} == {
        name: path.read_bytes() for name, path in two.items()
    }
    assert "No_district_stated.xlsx" in one
    assert open_book(one["金普新区.xlsx"]).sheetnames == ["Decisions", "Needs", "How to fill in"]


def write_table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@pytest.fixture
def registers(tmp_path):
    offers = [["成果编号", "成果名称", "完成单位", "成熟度", "领域"]]
    offers += [[f"A-{row}", f"成果{row}", f"U{row % 2}", "中试", "精细化工"] for row in range(4)]
    needs = [["需求编号", "需求名称", "企业名称", "所在区县"], ["N-1", "一", "甲", "金普新区"], ["N-2", "二", "乙", ""]]
    listed = [["need_id", "rank", "achievement_id", "score", "probability", "reasons"]]
    listed += [["N-1", 1, "A-0", 1, 0.9, "同"], ["N-2", 1, "A-1", 1, 0.8, ""], ["N-2", 2, "A-9", 1, 0.7, ""]]
    names = ("offers", "needs", "listed")
    return [
        write_table(tmp_path / f"{name}.csv", rows) for name, rows in zip(names, (offers, needs, listed), strict=True)
    ]


def test_the_commands_write_a_slate_and_packs_and_set_strangers_aside(registers, tmp_path, capsys):
    offers, needs, listed = registers
    rules = tmp_path / "rules.toml"
    rules.write_text('k = 2\n[[quota]]\nby = "institution"\nname = "U0"\nmost = 0\n', encoding="utf-8")
    out = tmp_path / "slate"
    assert main(["event", "slate", offers, listed, "--rules", str(rules), "--out", str(out), "--lang", "zh"]) == 1
    told = capsys.readouterr()
    assert "4 项成果中推介 2 项" in told.out and "没有编号 A-9" in told.err
    with (out / "slate.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["achievement_id"] for row in rows if row["chosen"] == "1"] == ["A-1", "A-3"]
    assert rows[2]["code"] == "institution" and "至多 1 项" in rows[2]["change"] and len(rows) == 4
    assert main(["event", "packs", offers, needs, listed, "--out", str(tmp_path / "packs"), "--lang", "zh"]) == 1
    assert "2 项需求分成 2 份" in capsys.readouterr().out
    assert (tmp_path / "packs" / "未注明地区.xlsx").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("k = 0", "第 1 行：k 的值“0”不可用，应为不小于 1 的整数"),
        ("\nkk = 1", "第 2 行：没有“kk”这一项"),
        ('k = 2\n[[quota]]\nby = "field"\n[[quota]]\nby = "city"', "第 5 行：by 的值“city”不可用"),
        ('[[quota]]\nby = "field"\nleast = 3\nmost = 1', "least 不大于 most"),
        ("k = ", "不是有效的 TOML"),
        ("k = 2\nmaturity_weight = inf", "rules.toml 第 2 行：maturity_weight"),
        ('include = ["A-77"]', "A-77"),
        ('k = 4\n[[quota]]\nby = "institution"\nmost = 1', "改动最小的办法：每个单位至多 1 项改为至多 2 项"),
    ],
)
def test_rules_that_cannot_be_used_are_named_with_their_line(registers, tmp_path, capsys, text, told):
    offers, _, listed = registers
    rules = tmp_path / "rules.toml"
    rules.write_text(text, encoding="utf-8")
    assert (
        main(["event", "slate", offers, listed, "--rules", str(rules), "--out", str(tmp_path / "o"), "--lang", "zh"])
        == 2
    )
    assert told in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
