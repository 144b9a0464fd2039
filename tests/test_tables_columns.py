from __future__ import annotations

import pytest
from opencc import OpenCC

from matchmaker.tables.columns import find_unit, fold_header, match_columns
from matchmaker.tables.contracts import ACHIEVEMENTS, JUDGMENTS, NEEDS, PAIRS, SHORTLISTS

CONTRACTS = (ACHIEVEMENTS, NEEDS, JUDGMENTS, PAIRS, SHORTLISTS)
REQUIRED = {
    "achievements": "achievement_id title description keywords field institution region maturity transfer_mode price "
    "updated_on",
    "needs": "need_id title description keywords field enterprise region maturity cooperation_mode budget deadline",
    "judgments": "need_id achievement_id grade event_id judged_on weight",
    "pairs": "need_id achievement_id",
    "shortlists": "need_id rank achievement_id score probability evidence reasons",
}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_contract_has_the_agreed_columns_and_finds_them_by_their_own_names(contract):
    names = [column.name for column in contract.columns]
    assert names == REQUIRED[contract.name].split()
    assert match_columns(names, contract) == {name: place for place, name in enumerate(names)}
    assert set(contract.required) <= set(names)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_alias_alone_finds_a_column_and_only_needs_share_aliases(contract):
    owners: dict[str, set[str]] = {}
    for column in contract.columns:
        for alias in column.aliases:
            owners.setdefault(alias, set()).add(column.name)
            assert match_columns([alias], contract).keys() <= owners[alias]
            assert match_columns([alias], contract)
    shared = {alias for alias, names in owners.items() if len(names) > 1}
    assert shared == (set("技术需求 技术难题 难题 需求".split()) if contract is NEEDS else set())


@pytest.mark.parametrize("variant", ["s2t", "s2tw", "s2hk"])
def test_traditional_headers_fold_like_simplified_ones(variant):
    convert = OpenCC(variant).convert
    for contract in CONTRACTS:
        for column in contract.columns:
            for alias in column.aliases:
                assert fold_header(convert(alias)) == fold_header(alias)


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        ("成果名称*", "成果名称"),
        ("※ 成果名称 （必填）", "成果名称"),
        ("【成果名称】", "成果名称"),
        ("1.成果名称", "成果名称"),
        ("二、成果名称：", "成果名称"),
        ("需求\r\n名称", "需求名称"),
        ("需　求　名　称", "需求名称"),
        ("预算（万元）", "预算"),
        ("预算/万元", "预算"),
        ("预算 (单位：万元)*", "预算"),
        ("\ufeffAchievement ID", "achievementid"),
        ("Ｔｉｔｌｅ", "title"),
        ("updated-on", "updatedon"),
        ("***", "***"),
        ("", ""),
    ],
)
def test_headers_fold(header, folded):
    # A header of nothing but punctuation folds to nothing.
    assert fold_header(header) == folded.strip("*")


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("预算（万元）", "万元"),
        ("預算（萬元）", "万元"),
        ("价格(单位：元)*", "元"),
        ("金额/亿元", "亿元"),
        ("价格", ""),
        ("单元", ""),
        ("价格（含税）", ""),
    ],
)
def test_units_of_money_are_found(header, unit):
    assert find_unit(header) == unit


def test_the_more_telling_header_wins_over_the_left_one():
    header = ["序号", "单位", "名称", "成果编号", "第一完成单位", "成果名称"]
    assert match_columns(header, ACHIEVEMENTS) == {"achievement_id": 3, "title": 5, "institution": 4}


def test_of_equal_headers_the_one_without_a_remark_and_then_the_left_one_wins():
    assert match_columns(["编号", "名称（英文）", "名称", "名称"], ACHIEVEMENTS)["title"] == 2


def test_a_need_beside_its_name_is_its_description_and_alone_its_title():
    assert match_columns(["编号", "技术需求", "需求名称"], NEEDS) == {"need_id": 0, "title": 2, "description": 1}
    assert match_columns(["编号", "技术需求"], NEEDS) == {"need_id": 0, "title": 1}


def test_a_paragraph_is_no_header():
    assert match_columns(["成果名称" + " " * 100, "编号"], ACHIEVEMENTS) == {"achievement_id": 1}
