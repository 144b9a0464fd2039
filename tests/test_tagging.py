import csv
from datetime import date

import pytest
from matching import DATA, achievement, need

from matchmaker.columns import UNKNOWN
from matchmaker.text.tagging import STAGES, tag, tag_field, tag_maturity, tag_modes, tag_region


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("TRL 6", 6),
        ("trl-7", 7),
        ("ＴＲＬ：６", 6),
        ("技术成熟度: 5", 5),
        ("8级", 8),
        ("小试", 4),
        ("小試以上", 4),
        ("中试及以上", 6),
        ("已完成中试, 正在产业化", 8),
        ("量产", 9),
        ("可量产", 8),
        ("样机", 6),
        ("原理样机", 3),
        ("实验室样品", 4),
        ("实验室", 3),
        ("基础研究", 1),
        ("", UNKNOWN),
        ("不限", UNKNOWN),
        ("面议", UNKNOWN),
        ("10级", UNKNOWN),
        ("很成熟", UNKNOWN),
    ],
)
def test_maturity_in_words_and_levels(written, level):
    assert tag_maturity(written) == level


def test_every_stage_word_stands_for_its_own_level():
    assert all(tag_maturity(word) == level for level, words in STAGES for word in words)


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ("辽宁省大连市甘井子区", ("辽宁", "大连", "甘井子")),
        ("遼寧省大連市", ("辽宁", "大连")),
        ("辽宁 大连", ("辽宁", "大连")),
        ("辽宁省-大连市-沙河口区", ("辽宁", "大连", "沙河口")),
        ("大连、沈阳", ("大连", "沈阳")),
        ("大连", ("大连",)),
        ("大连市", ("大连",)),
        ("大连市高新区", ("大连", "高新")),
        ("庄河市", ("庄河",)),
        ("内蒙古自治区锡林郭勒盟锡林浩特市", ("内蒙古", "锡林郭勒", "锡林浩特")),
        ("新疆维吾尔自治区乌鲁木齐市", ("新疆", "乌鲁木齐")),
        ("香港特别行政区", ("香港",)),
        ("黑龙江省大兴安岭地区漠河市", ("黑龙江", "大兴安岭", "漠河")),
        ("贵州省黔西南布依族苗族自治州兴义市", ("贵州", "黔西南布依族苗族", "兴义")),
        ("北京市海淀区中关村", ("北京", "海淀")),
        ("", ()),
        ("全国", ()),
        ("不限", ()),
        (" ／ ", ()),
    ],
)
def test_regions_from_large_to_small(written, places):
    assert tag_region(written) == places


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("精细化工", "精细化工"),
        ("石化与新材料", "精细化工"),
        ("新一代信息技术", "电子信息"),
        ("海洋經濟", "海洋经济"),
        ("生物医药", "生物医药"),
        (" 生物医药 ", "生物医药"),
        ("", ""),
        ("不限", ""),
    ],
)
def test_fields_by_their_common_name(written, name):
    assert tag_field(written) == name


@pytest.mark.parametrize(
    ("written", "modes"),
    [
        ("技术转让", {"转让"}),
        ("转让/许可/作价入股", {"转让", "许可", "入股"}),
        ("產學研合作", {"开发"}),
        ("委托开发、技术服务", {"开发", "服务"}),
        ("面议", set()),
        ("", set()),
    ],
)
def test_ways_to_work_together(written, modes):
    assert tag_modes(written) == modes


def test_a_text_tells_how_far_an_achievement_has_come():
    told = "该工艺已完成百吨级中试, 运行稳定。"
    assert tag(achievement("A", "脱硝催化剂", told)).maturity == 6
    assert tag(achievement("A", "脱硝催化剂", told, maturity="小试")).maturity == 4
    assert tag(achievement("A", "脱硝催化剂 (TRL 8)", "")).maturity == 8
    # In a need it is the factory's own stage, not what is asked for.
    assert tag(need("N", "脱硝催化剂", "现处于量产阶段")).maturity == UNKNOWN
    assert tag(need("N", "脱硝催化剂", maturity="中试以上")).maturity == 6


def test_a_profile_of_nothing_is_unknown_throughout():
    tags = tag(achievement("A", "脱硝催化剂"))
    assert (tags.field, tags.region, tags.organisation, tags.modes) == ("", (), "", frozenset())
    assert tags.maturity == tags.deadline == UNKNOWN


def test_deadlines_count_days():
    assert tag(need("N", "x", date=date(1970, 1, 11))).deadline == 10
    assert tag(need("N", "x", organisation=" 某厂 ")).organisation == "某厂"


@pytest.mark.skipif(not (DATA / "regions").exists(), reason="the lists of regions lie outside the project")
def test_the_countrys_own_regions_are_parted():
    def rows(name):
        with (DATA / "regions" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    provinces = {row["code"]: row["name"] for row in rows("provinces")}
    cities = {row["code"]: row["name"] for row in rows("cities")}
    assert all(len(tag_region(name)) == 1 for name in provinces.values())
    right = wrong = 0
    for row in rows("areas"):
        # Counties directly under a province stand below "市辖区", "县" and the like, which nobody writes.
        city = cities[row["cityCode"]]
        between = [] if city in ("市辖区", "县") or "直辖" in city else [city]
        names = [provinces[row["provinceCode"]], *between, row["name"]]
        alone = tuple(dict.fromkeys(place for name in names for place in tag_region(name)))
        right += tag_region("".join(names)) == alone
        wrong += tag_region("".join(names)) != alone
    # What is left are administrative zones that repeat their city's name, as 唐山市唐山市汉沽管理区.
    assert right > 2900 and wrong <= 20
