"""The whole of cleaning: what holds for any text, and what real documents must keep and lose."""

import difflib
import functools
import html
import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from matchmaker.errors import SettingError
from matchmaker.text import traditional
from matchmaker.text.cleaning import CleanText, clean, clean_all

POLICIES = Path(__file__).parents[1].parent / "shared" / "policies"
HAN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")

# Fragments that meet each other badly: a random choice of them is the dirt of many tables.
FRAGMENTS = st.sampled_from(
    "< > </ <b> </b> <br> <p> <td> <script> </script> <!-- --> & amp; lt; #38; &nbsp; &lt; &#x10FFFF; <sup> </sup> "
    "( ) （ ） 轉(zhuǎn) 对(duì) 們(men) zhuǎn de (pH) (kg) ǚ u: \u0304 \u0301 \u0315\u0300 乾 隆 覆 噁 薴 著 "
    "锂 电池 鋰電池 。 ， , 、 “ ” 【 】 ？ ; ： … 1. 一、 - • (1) （二） 10 ² ½ ① ㎡ ﬁ ㈱ ㄱ ㅏ ｶ ﾞ \u2f00 \uf900 "
    "abc x- mm \u200b \x00 \ud800 \ufe0f 😀 ★ 技术指标 研究内容： 本项目 扫码关注公众号 "
    "咨询热线:400-123-4567 来源:某某日报 责任编辑:某某".split(" ")
    + ["\n", "\n\n", "\r\n", " ", "\u3000", "\t", "\xa0", "\u2028"]
)
TEXTS = st.one_of(
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=2)), max_size=30).map("".join),
    st.text(st.characters(codec=None), max_size=60),
)


@functools.cache
def reference():
    return OpenCC("t2s")


def simplified(text):
    return reference().convert(text.encode("utf-8", "ignore").decode("utf-8"))


def han(text):
    return "".join(HAN.findall(text))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("&amp;amp;amp;lt;script>a&lt;/script&gt;")
@example("1²²½①")
@example("轉(zhuǎn\n)(zhuǎn)化")
@example("甲\n\n\n乙\n甲")
def test_cleaning_is_idempotent_and_its_mapping_is_sound(text):
    result = clean(text)
    again = clean(result.text)
    assert again.text == result.text
    assert again.runs == b""

    spans = [result.origin(index, index + 1) for index in range(len(result.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)
    for character, (start, end) in zip(result.text, spans, strict=True):
        if HAN.match(character):
            source = unicodedata.normalize("NFKC", html.unescape(text[start:end]))
            assert character in source + "".join(map(simplified, source))
    if spans:
        assert result.origin(0, len(spans)) == (spans[0][0], spans[-1][1])
    assert clean(text) == result


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_empty_spans_stay_empty_and_in_order(text):
    result = clean(text)
    points = [result.origin(at, at) for at in range(len(result.text) + 1)]
    assert all(start == end for start, end in points)
    assert points == sorted(points)
    assert all(0 <= start <= len(text) for start, _ in points)


@pytest.mark.parametrize("text", ["", "开发耐高温锂离子电池电解液。", "pH 值<7,R&D 投入>5%\n1. 材料"])
def test_clean_text_costs_nothing(text):
    result = clean(text)
    assert result.text is text
    assert result.runs == b""
    assert result.origin(0, len(text)) == (0, len(text))


def test_full_width_punctuation_moves_nothing():
    assert clean("锂电池，（回收）：９９％") == CleanText("锂电池,(回收):99%")


def test_spans_lead_back_to_what_a_person_wrote():
    original = "<p>大連的科技成果轉(zhuǎn)化，粒径&lt;５㎛</p>"
    result = clean(original)
    assert result.text == "大连的科技成果转化,粒径<5μm"
    for term, source in {"转化": "轉(zhuǎn)化", "粒径<5μm": "粒径&lt;５㎛", "μ": "㎛", "大连": "大連"}.items():
        at = result.text.index(term)
        start, end = result.origin(at, at + len(term))
        assert original[start:end] == source


@pytest.mark.parametrize("span", [(-1, 1), (0, 3), (2, 1), (3, 3)])
def test_a_span_outside_the_text_is_refused(span):
    with pytest.raises(SettingError, match="does not lie in the clean text; give 0 <= start <= end <= 2"):
        clean("电(diàn)池").origin(*span)


def test_a_mapping_weighs_little():
    text = "科技成果轉(zhuǎn)化" + "需要一种耐高温的材料," * 2000
    assert len(clean(text).runs) == 2 * 12


def test_batches_keep_order_and_share_equal_rows():
    results = clean_all(["鋰電池", "", "鋰電池"])
    assert [result.text for result in results] == ["锂电池", "", "锂电池"]
    assert results[0] is results[2]
    assert clean_all([]) == []


def test_importing_loads_no_converter():
    code = "import sys, matchmaker.text.cleaning; print('opencc' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_threads_share_one_converter():
    traditional._load.cache_clear()
    texts = [f"第{number}項鋰電池回收技術" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(clean, texts))
    assert [result.text for result in results] == [f"第{number}项锂电池回收技术" for number in range(200)]
    assert traditional._load.cache_info().misses == 1


@pytest.mark.parametrize(
    "fragment",
    ["(", "<", " ", "<a", "<a ", "<!--", "<script>", '<a b="', "<a b=c ", "&", "&amp;", "&am&#112;", "&lt;b&gt;", "轉("]
    + [
        "轉(zhuǎn)",
        "\n",
        "电 ",
        "电\n",
        "a-\n",
        "a\u0315\u0300",
        "\u0315\u0300",
        "1²",
        "①",
        "扫码。",
        "0",
        "\x00",
        "《",
    ],
)
def test_long_hostile_texts_are_cleaned(fragment):
    text = (fragment * 200_000)[:200_000]
    result = clean(text)
    assert clean(result.text).text == result.text
    start, end = result.origin(0, len(result.text))
    assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize(
    "text", ["&am" * 30_000 + "p;" * 30_000, "&" + "#38;" * 40_000 + "lt;", "<" * 60_000 + "b>" * 60_000]
)
def test_what_is_escaped_without_end_settles(text):
    result = clean(text)
    assert clean(result.text).text == result.text


def policy(number):
    found = sorted(POLICIES.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip("the policy documents are not here")
    return found[0].read_text(encoding="utf-8")


def test_every_pinyin_annotation_of_the_press_report_goes():
    text = policy("003")
    annotation = re.compile("(?<=[\u4e00-\u9fff])[(（][a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*[)）]")
    assert len(annotation.findall(text)) == 223
    cleaned = clean(text)
    assert annotation.findall(cleaned.text) == []
    assert not re.search("[a-zāáǎà]", cleaned.text)
    assert han(cleaned.text) == han(simplified(annotation.sub("", text)))


def test_every_character_of_the_press_report_leads_back():
    text = policy("003")
    cleaned = clean(text)
    for index, character in enumerate(cleaned.text):
        start, end = cleaned.origin(index, index + 1)
        if HAN.match(character):
            assert end - start == 1
            assert character in (text[start], simplified(text[start]))


@pytest.mark.parametrize("number", ["000", "002", "004"])
def test_no_character_of_a_policy_is_lost(number):
    text = policy(number)
    assert han(clean(text).text) == han(text)


def test_only_the_advertisement_leaves_the_action_plan():
    text = policy("001")
    cleaned = clean(text).text
    lost = [
        (operation, han(text)[start:end])
        for operation, start, end, _, _ in difflib.SequenceMatcher(None, han(text), han(cleaned), False).get_opcodes()
        if operation != "equal"
    ]
    assert [operation for operation, _ in lost] == ["delete"]
    assert lost[0][1].startswith("安徽文广知识产权代理有限公司商标注册")
    assert lost[0][1].endswith("详情咨询电话")
    assert cleaned.splitlines()[-1].startswith("关键词:")
    assert "在没有牟取非法利益的前提下,免于追究其在科技成果定价" in cleaned
    assert "健全审计、监督、检查结果跨部门互认机制" in cleaned
    assert "科技计划(专项)数量限制,企业承担" in cleaned
    assert "行动方案\n为贯彻" in cleaned
