import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching import achievement, invent_profiles, need

from matchmaker import read_achievements, read_needs
from matchmaker.samples import sample_path
from matchmaker.text.elements import clean_part, find_elements, read_elements
from matchmaker.text.lexicon import Lexicon
from matchmaker.text.phrases import phrase_after, phrase_before, phrases_in
from matchmaker.text.segmentation import Segmenter

SEGMENTER = Segmenter()
PIECES = st.sampled_from(
    "采用 利用 提高 降低 收率 能耗 相转化法 用于 化工 、 的 316L GB/T 31602 ≥95% 不超过 5 kW ±0.3 mm , 。 电解液 İ ① "
    "㎡ 换热器 由 到 温度 转化率 达到 以上 3.5 μm 铝合金".split(" ")
)


def texts_of(kind, text):
    return [element.text for element in find_elements(clean_part(text), SEGMENTER) if element.kind == kind]


def parts_of(profile):
    return {
        "title": clean_part(profile.title),
        "description": clean_part(profile.description),
        "keywords": clean_part("；".join(profile.keywords)),
    }


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_every_element_is_where_it_says(text):
    text = clean_part(text)
    found = find_elements(text, SEGMENTER)
    for element in found:
        assert element.text == text[element.start : element.end] and element.text
        assert (element.quantity is not None) == (element.kind == "target")
    assert found == sorted(found, key=lambda one: (one.start, one.end, one.kind))
    assert len({(one.kind, one.text) for one in found}) == len(found)


def test_the_samples_elements_are_where_they_say():
    kinds = set()
    for profile in (*read_needs(sample_path("needs")), *read_achievements(sample_path("achievements"))):
        parts = parts_of(profile)
        for element in read_elements(profile, SEGMENTER):
            assert element.text == parts[element.part][element.start : element.end]
            kinds.add(element.kind)
    assert kinds == {"target", "standard", "grade", "material", "method", "effect", "product", "application"}


@pytest.mark.parametrize(
    ("text", "name", "low", "high"),
    [
        ("要求单电池库仑效率≥98.5%。", "电池库仑效率", 98.5, float("inf")),
        ("检测速度不低于10 m/min", "检测速度", 10 / 60, float("inf")),
        ("剪切强度:≥45 MPa", "剪切强度", 45e6, float("inf")),
        ("附着力(拉开法)≥8 MPa", "附着力", 8e6, float("inf")),
        ("准时交货率从68%升到91%", "准时交货率", 91, float("inf")),
        ("死苗率由19.6%降到4.8%", "死苗率", float("-inf"), 4.8),
        ("单件工时缩短32%", "单件工时降低", 32, 32),
        ("COD≤500 mg/L", "COD", float("-inf"), 500),
        ("幅宽650 mm", "幅宽", 0.65, 0.65),
    ],
)
def test_targets_have_names(text, name, low, high):
    (target,) = [element for element in find_elements(text, SEGMENTER) if element.kind == "target"]
    assert target.name == target.quantity.name == name
    assert target.quantity.low == pytest.approx(low) and target.quantity.high == pytest.approx(high)


@pytest.mark.parametrize(
    "text", ["年产能力一般", "部署基站86台", "成立于2012年", "≥95%", "另有3家企业", "在78 °C时停机"]
)
def test_a_number_without_a_name_or_a_property_is_no_target(text):
    assert texts_of("target", text) == []


def test_kinds_by_their_cues():
    assert texts_of("method", "采用相转化法,基于卷积神经网络模型") == ["相转化法", "卷积神经网络模型"]
    assert texts_of("effect", "提高收率,降低系统的能耗,减少锅炉升温费用") == [
        "提高收率",
        "降低系统的能耗",
        "减少锅炉升温费用",
    ]
    assert texts_of("application", "适用于港口机械、桥梁钢结构等") == ["港口机械", "桥梁钢结构"]
    assert texts_of("product", "研制一台管壳式换热器") == ["管壳式换热器"]
    assert texts_of("material", "基体为铝合金") == ["铝合金"]


@pytest.mark.parametrize(
    "text", ["采用先进技术提高水平", "解决关键技术问题", "通过ISO认证", "该技术成熟", "避免棚内湿度过高", "增加成本"]
)
def test_what_every_text_could_say_is_no_element(text):
    kinds = {element.kind for element in find_elements(text, SEGMENTER)}
    assert not kinds & {"method", "effect", "application", "product", "material"}


def test_a_term_of_the_trade_stays_whole():
    term = Segmenter(Lexicon.of(terms=["去合金化"]))
    words = [token.word for token in term.tag("去合金化工艺")]
    assert words[0] == "去合金化" and "".join(words) == "去合金化工艺"


@given(st.text(max_size=80))
def test_tags_cover_the_text(text):
    tokens = SEGMENTER.tag(text)
    assert "".join(token.word for token in tokens) == text.replace("İ", "i").lower()
    assert all(token.end - token.start == len(token.word) for token in tokens)
    for phrase in phrases_in(tokens):
        assert phrase.start == tokens[phrase.first].start and phrase.end == tokens[phrase.last - 1].end


def test_phrases_end_and_begin_where_they_are_asked_to():
    tokens = SEGMENTER.tag("提高收率≥5%")
    assert phrase_before(tokens, 4)[2:] == (2, 4) and phrase_after(tokens, 2)[2:] == (2, 4)
    assert phrase_before(tokens, 0) is None and phrase_after(tokens, 99) is None


def test_reading_again_gives_the_same():
    profiles = [*invent_profiles("need", 10), achievement("A", ""), need("N", "。", "，")]
    assert [read_elements(one, SEGMENTER) for one in profiles] == [read_elements(one, Segmenter()) for one in profiles]
