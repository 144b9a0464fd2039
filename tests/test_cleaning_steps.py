"""Each step of cleaning by itself."""

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.text import traditional
from matchmaker.text.alignment import CleanText, follow, pack, rewrite
from matchmaker.text.characters import normalise, strip_controls
from matchmaker.text.layout import collapse_blanks, join_lines
from matchmaker.text.markup import strip_markup
from matchmaker.text.pinyin import is_toned_syllable, strip_pinyin, syllables
from matchmaker.text.repetition import drop_repeats
from matchmaker.text.traditional import simplify

# -- alignment ---------------------------------------------------------------------------------------------------------


@st.composite
def texts_with_edits(draw, size=None):
    size = draw(st.integers(0, 12)) if size is None else size
    cuts = draw(st.lists(st.integers(0, size), max_size=6, unique=True).map(sorted))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return size, [(start, end, draw(st.text("xyz", max_size=3))) for start, end in spans]


def spans_of(size, edits):
    """Return for each new character the span it stands for, the slow way."""
    spans, at = [], 0
    for start, end, replacement in edits:
        spans += [(index, index + 1) for index in range(at, start)] + [(start, end)] * len(replacement)
        at = end
    return spans + [(index, index + 1) for index in range(at, size)]


@settings(deadline=None)
@given(st.data())
def test_traces_agree_with_a_slow_reference(data):
    size, first = data.draw(texts_with_edits())
    text = "abcdefghijkl"[:size]
    middle, trace = rewrite(text, first)
    _, second = data.draw(texts_with_edits(len(middle)))
    new, step = rewrite(middle, second)
    one, two = spans_of(size, first), spans_of(len(middle), second)
    expected = [(one[start][0], one[end - 1][1]) for start, end in two]
    result = CleanText(new, pack(follow(trace, step)))
    assert len(new) == len(expected)
    for start in range(len(new)):
        for end in range(start + 1, len(new) + 1):
            assert result.origin(start, end) == (expected[start][0], expected[end - 1][1])


def test_edits_of_one_for_one_leave_no_trace():
    assert rewrite("，a。", [(0, 1, ","), (2, 3, ".")]) == (",a.", None)
    assert rewrite("abc", []) == ("abc", None)


def test_traces_are_small_integers():
    trace = rewrite("abc", [(0, 1, "")])[1]
    assert trace.starts.dtype == trace.ends.dtype == np.int32


# -- characters --------------------------------------------------------------------------------------------------------


def test_controls_go_and_line_breaks_become_one():
    text = "甲\x00乙\r\n丙\r丁\x0b戊\u2028己\ufeff庚\u200b辛\u202e壬\xad癸\ud800\udfff\ufe0f\t子"
    assert strip_controls(text)[0] == "甲乙\n丙\n丁\n戊\n己庚辛壬癸\t子"


def test_no_control_character_survives():
    every = "".join(map(chr, range(0x110000)))
    left = strip_controls(every)[0]
    assert {unicodedata.category(char) for char in left}.isdisjoint({"Cs"})
    assert [char for char in left if unicodedata.category(char) == "Cc"] == ["\t"] + ["\n"] * 7
    assert strip_controls(left)[0] == left


def test_normalising_brings_no_control_character_back():
    every = "".join(char for char in map(chr, range(0x110000)) if not "\ud800" <= char <= "\udfff")
    normal = unicodedata.normalize("NFKC", strip_controls(every)[0])
    assert strip_controls(normal)[0] == normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＰＨ值（５～８）％，　ＯＫ", "PH值(5~8)%, OK"),
        ("㎡㎜℃№Ⅲ型ﬁ", "m2mm°CNoIII型fi"),
        ("CO₂、H₂O、m²、cm³、kg·m⁻²", "CO2、H2O、m2、cm3、kg·m−2"),
        ("10²、１０⁻³ mol、10²³", "10^2、10^−3 mol、10^23"),
        ("1½、½、3¾", "1 1/2、1/2、3 3/4"),
        ("①高温②高压⑫", "(1)高温(2)高压(12)"),
        ("e\u0301 \u30ab\u3099 ｶﾞ \u1100\u1161 ㄱㅏ", "é ガ ガ 가 가"),
        ("⼈⼯", "人工"),
        ("豈", "豈"),
    ],
)
def test_normalising(text, expected):
    assert normalise(text)[0] == expected


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_normalising_is_nfkc_but_for_numbers(text):
    kinds = ("<circle>", "<fraction>", "<super>")
    text = "".join(char for char in text if not unicodedata.decomposition(char).startswith(kinds))
    assert normalise(text)[0] == unicodedata.normalize("NFKC", text)


@settings(deadline=None)
@given(st.text(st.sampled_from("eaᄀ가ㄱㅏｶカ12a\u0301\u0300\u0315\u3099\u1161\u11a8ﾞ①²½ⁿﬁ㎡，"), max_size=20))
def test_normal_text_is_normal(text):
    once = normalise(text)[0]
    assert unicodedata.is_normalized("NFKC", once)
    assert normalise(once) == (once, None)


# -- markup ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["粒径<0.1mm", "<5 μm", "a<b", "a<b且c>d", "若x<y,z>w", "i<n and j>m", "<b and c>d", "P<0.05", "1<2<3", "x<p", "<"]
    + [
        "R&D投入&收入",
        "AT&T;",
        "A&B",
        "&",
        "&#;",
        "&unknown;",
        "<A>型",
        "<图1>",
        "见<附件>",
        "《<概述>》",
        "<<<>>>",
        "->",
    ]
    + ["<http://a.cn>", "<a href"],
)
def test_what_is_no_markup_stays(text):
    assert strip_markup(text) == (text, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>甲</p><p class='x'>乙</p>", "\n\n甲\n\n\n\n乙\n\n"),
        ("甲<br>乙<BR/>丙<br />丁", "甲\n乙\n丙\n丁"),
        ('甲<b>乙</b><SPAN style="color:red;a>b">丙</SPAN><o:p></o:p>', "甲乙丙"),
        ("甲<script>var a='<b>';</script>乙<style>\np{}</style>丙<!-- <p>注 -->丁", "甲乙丙丁"),
        ("甲<script>没有结尾", "甲没有结尾"),
        ("甲<!--没有结尾", "甲没有结尾"),
        ("<!DOCTYPE html><?xml version='1.0'?><![CDATA[甲]]>", "甲"),
        ("&lt;5&nbsp;&mu;m&#65292;&#x7532;&amp;", "<5\xa0μm，甲&"),
        ("&amp;amp;lt;", "<"),
        ("甲&nbsp乙", "甲\xa0乙"),
        ("10<sup>3</sup>m<sup>2</sup>、H<sub>2</sub>O", "10^3m2、H2O"),
        ('<a href="http://a.cn/?x=1&amp;y=2">链接</a><img src=a.png>', "链接"),
        ("粒径<b><0.1</b>mm", "粒径<0.1mm"),
    ],
)
def test_markup_goes(text, expected):
    assert strip_markup(text)[0] == expected


# -- pinyin ------------------------------------------------------------------------------------------------------------


def test_the_syllable_table_is_complete():
    known = syllables()
    assert 400 < len(known) < 430
    assert (
        set("zhuang chuang shuang jiong qiong xiong lüe nüe er weng yuan ri cen hei fo dia diu nin a o e".split())
        <= known
    )
    assert known.isdisjoint("ph led nb co kg mm li1 lee tiu bing1 zong1 gi ki hin jo qa xe ven wi yiu".split())


def test_tone_marks_are_told():
    yes = "zhuǎn duì ér lǜ nǚ lüè Gāng shé ō ń kăi ɡānɡ lu\u0308\u030c".split()
    assert [text for text in yes if not is_toned_syllable(text)] == []
    no = "zhuan pH naïve zhüǎn ǎǎ māmā über tǐu é1 ñ a".split()
    assert [text for text in no if is_toned_syllable(text)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("科技成果轉(zhuǎn)化對(duì)接", "科技成果轉化對接"),
        ("科技成果轉（zhuǎn）化", "科技成果轉化"),
        ("剛(gāng)性、綠(lu:\u0300)色、女( nǚ )", "剛性、綠色、女"),
        ("轉(zhuǎn)(zhuǎn)化", "轉化"),
        ("我們(men)的(de)轉(zhuǎn)化了(le)孩子(zi)", "我們的轉化了孩子"),
        ("他(he)和安(an)的(de)轉(zhuǎn)化,鋰(Li)酸(pH)米(m)", "他(he)和安(an)的轉化,鋰(Li)酸(pH)米(m)"),
        ("酸碱度(pH)轉(zhuǎn)化", "酸碱度(pH)轉化"),
    ],
)
def test_pinyin_goes(text, expected):
    assert strip_pinyin(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    ["酸(pH)", "成熟度(TRL)", "灯(LED)", "钠(Na)", "碳(CO2)", "米(m)", "千克(kg)", "打印(3D)", "型(A)", "冠词(an)"]
    + [
        "锂(Li)",
        "乙烯(PE)",
        "他(he)",
        "我们(men)的(de)",
        "the(zhuǎn)",
        "(gāng)",
        "和(café)",
        "轉(zhuǎn化",
        "轉(zhuǎn化)",
    ],
)
def test_brackets_with_meaning_stay(text):
    assert strip_pinyin(text) == (text, None)


# -- traditional characters --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("鈣鈦礦太陽能電池", "钙钛矿太阳能电池"),
        ("乾隆年間著作權與乾燥設備", "乾隆年间著作权与干燥设备"),
        ("覆蓋範圍", "覆盖范围"),
        ("作答覆盖率、覆膜滴灌、乾县、昇腾芯片、苯并噁嗪树脂", "作答覆盖率、覆膜滴灌、乾县、昇腾芯片、苯并噁嗪树脂"),
        ("噁唑啉與噁心的氣味", "噁唑啉与恶心的气味"),
        ("二噁英檢測", "二噁英检测"),
    ],
)
def test_simplifying(text, expected):
    assert simplify(text) == expected
    assert simplify(expected) == expected


def test_one_traditional_character_does_not_turn_a_simplified_text():
    text = "作答覆盖率的测量方法已经比较成熟并且广泛应用于许多企业和研究机构的日常工作之中,玻纖材料除外"
    assert simplify(text) == text.replace("纖", "纤")


def test_every_character_has_one_stable_simplified_form():
    every = [chr(code) for code in [*range(0x3400, 0xA000), *range(0x20000, 0x2F800), *range(0x30000, 0x323B0)]]
    simple = [simplify(character) for character in every]
    assert all(len(character) == 1 for character in simple)
    assert [character for character in simple if simplify(character) != character] == []
    assert [character for character in simple if not unicodedata.is_normalized("NFKC", character)] == []


def test_a_conversion_that_changes_the_length_is_done_by_character(monkeypatch):
    class Longer:
        def convert(self, text):
            return text.replace("電腦", "计算机").replace("電", "电").replace("腦", "脑")

    monkeypatch.setattr(traditional, "_converter", Longer)
    traditional._simplify_character.cache_clear()
    assert simplify("電腦") == "电脑"
    traditional._simplify_character.cache_clear()


# -- layout ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("锂 离  子\t电池", "锂离子电池"),
        ("lithium  ion\tbattery", "lithium ion battery"),
        ("锂电池 SOC 估计", "锂电池 SOC 估计"),
        ("225 号) 、《意见》 等", "225 号)、《意见》等"),
        ("转化, 形成 。 (市科技局)", "转化,形成。(市科技局)"),
        ("said, “so” (a) b", "said, “so” (a) b"),
        ("  甲 \n \t 乙 ", "甲\n乙"),
        (" \n ", ""),
        ("1. 材料", "1. 材料"),
    ],
)
def test_blanks(text, expected):
    assert collapse_blanks(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("提高锂离\n子电池寿命。", "提高锂离子电池寿命。"),
        ("耐高温,\n耐腐蚀、\n防水。", "耐高温,耐腐蚀、防水。"),
        ("采用PEEK\n材料,纯度95%\n以上。", "采用PEEK材料,纯度95%以上。"),
        ("the lithium\nion battery", "the lithium ion battery"),
        ("compos-\nite for high-tem-\nperature use", "composite for high-tem-perature use"),
        ("state-of-the-\nart and COVID-\n19", "state-of-the-art and COVID-19"),
        ("用于(\n高温)和\nPEEK材料\n,耐磨。", "用于(高温)和PEEK材料,耐磨。"),
        ("一种新材料\n的制备", "一种新材料的制备"),
    ],
)
def test_broken_lines_are_joined(text, expected):
    assert join_lines(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "完成中试。\n正在产业化",
        "要求如下:\n抗拉强度高",
        "第一段内容\n1.耐高温",
        "第一段内容\n(1)耐高温",
        "第一段内容\n(一)耐高温",
        "第一段内容\n一、耐高温",
        "第一段内容\n- 耐高温",
        "第一段内容\n• 耐高温",
        "第一段内容\n2.1 耐高温",
        "一、总体要求\n以需求为牵引",
        "3、熔覆层位置选择\n保证自磨刃效果",
        "技术需求\n针对高温合金的焊接裂纹",
        "需求内容:焊接方法\n预期目标:解决渗碳",
        "实施方案(2022—2026年)\n为推进科技自立自强,制定本方案。",
        "2023年8月4日\n大连市工作机制",
        "高精端电液比例控制系统\n本项目的目标是替代进口",
        "高温合金\n粉末冶金\n增材制造",
        "推进产业化。(市科技局牵头)\n推动平台建设",
        "It works.\nthen stops",
    ],
)
def test_lines_with_meaning_stay(text):
    assert join_lines(text) == (text, None)


def test_a_blank_line_parts_what_would_be_joined():
    assert join_lines("锂电池\n\n\n回收方法,成本低")[0] == "锂电池\n\n回收方法,成本低"
    assert join_lines("锂电池。\n\n\n回收方法")[0] == "锂电池。\n回收方法"


# -- repetition --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("水性锂电池粘结剂\n水性锂电池粘结剂\n用于负极。", "水性锂电池粘结剂\n\n用于负极。"),
        ("水性锂电池粘结剂\n用于负极。\n水性锂电池粘结剂。", "水性锂电池粘结剂\n用于负极。"),
        ("合格\n不合格\n合格", "合格\n不合格\n合格"),
        ("1234567\n1234567", "1234567\n1234567"),
        ("开发一种耐高温的锂离子电池电解液。" * 2, "开发一种耐高温的锂离子电池电解液。"),
        (
            "开发一种耐高温的锂离子电池电解液 " * 2 + "开发一种耐高温的锂离子电池电解液",
            "开发一种耐高温的锂离子电池电解液",
        ),
        ("0" * 64, "0" * 64),
        ("—" * 64, "—" * 64),
        ("哈哈", "哈哈"),
    ],
)
def test_repeats(text, expected):
    assert drop_repeats(text)[0] == expected


def test_steps_of_clean_text_leave_no_trace():
    text = "开发锂离子电池(Li)电解液,粒径<5 μm。\n1. 耐高温"
    for step in (strip_controls, normalise, strip_markup, strip_pinyin, collapse_blanks, join_lines, drop_repeats):
        assert step(text) == (text, None)
    assert re.search("[<(]", text)
