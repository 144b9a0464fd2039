import csv
import functools
import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matching import DATA, PARTS, SUBJECTS, invent_text, invent_title, reference_tokenizer

from matchmaker.errors import SettingError
from matchmaker.text.lexicon import STOP_WORDS, UNITS, Lexicon, lower, normalize_word
from matchmaker.text.segmentation import CODE, Remembered, Segmenter, Token, character_grams

NUMBER = re.compile(rf"[\d.,%+-]*(?:{'|'.join(UNITS)})?")
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
MIXED = st.text(st.one_of(HAN, st.sampled_from("abcXYZ0123456789+#&._%- ,。!\n①éαβ㎡😀İ")), max_size=40)
TERMS = ["钙钛矿叠层电池", "锂离子电池电解液", "海参", "PA66-GF30", "低温", "MXene"]


@pytest.fixture(scope="module")
def reference():
    return reference_tokenizer()


@functools.cache
def segment_with(*terms):
    """A segmenter that keeps these terms whole; made once, for it reads its dictionary anew."""
    return Segmenter(Lexicon.of(terms))


def carries_meaning(word):
    """The rule of the documentation, without stop words: no numbers, units, single ASCII signs or punctuation."""
    plain = NUMBER.fullmatch(word) or (len(word) == 1 and word.isascii())
    return not plain and any(character.isalnum() for character in word)


def expected_tokens(tokenizer, text, mode="default"):
    return [token for token in tokenizer.tokenize(lower(text), mode=mode, HMM=False) if carries_meaning(token[0])]


def expected_search(tokenizer, text):
    words = [word for word, _, _ in expected_tokens(tokenizer, text, "search")]
    return words + [code.group() for code in CODE.finditer(lower(text)) if not NUMBER.fullmatch(code.group())]


def invented_texts():
    rng = random.Random(5)
    texts = [f"{invent_title(rng)}。{invent_text(rng)}" for _ in range(60)]
    alphabet = [chr(code) for code in range(0x4E00, 0x9FA6)] + [*SUBJECTS, *PARTS, *"abcXYZ0189+#&._%- ,。!？\n①é"]
    return texts + ["".join(rng.choices(alphabet, k=rng.randint(1, 40))) for _ in range(300)]


def real_texts():
    path = DATA / "bdci2019" / "needs.csv"
    if not path.exists():
        pytest.skip("no shared data here")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [f"{row['title']}\n{row['description']}" for row in csv.DictReader(lines)][:200]


@pytest.mark.parametrize("texts", [invented_texts, real_texts])
def test_words_and_offsets_equal_jiebas(texts, reference):
    segmenter = Segmenter(Lexicon(stop_words=frozenset()))
    for text in texts():
        assert segmenter.split(text) == expected_tokens(reference, text)
        assert segmenter.search_words(text) == expected_search(reference, text)


def test_user_words_equal_jiebas(reference):
    terms = ["锂离子电池电解液", "钙钛矿叠层电池", "船用柴油机", "海参工厂化育苗"]
    taught = reference_tokenizer(terms)
    segmenter = Segmenter(Lexicon.of(terms, stop_words=()))
    rng = random.Random(3)
    texts = [
        f"{invent_title(rng)},{rng.choice(terms)}{rng.choice(['的', '与', '用于', ''])}{invent_text(rng, 1)}"
        f"{rng.choice(terms)};{rng.choice(terms)}及{rng.choice(terms)}。"
        for _ in range(60)
    ]
    for text in texts:
        assert segmenter.split(text) == expected_tokens(taught, text)
        assert segmenter.search_words(text) == expected_search(taught, text)
    assert any(expected_tokens(taught, text) != expected_tokens(reference, text) for text in texts)


@given(MIXED)
def test_tokens_stand_where_they_say(text):
    tokens = segment_with(*TERMS).split(text)
    assert len(lower(text)) == len(text)
    assert all(lower(text)[token.start : token.end] == token.word for token in tokens)
    assert all(first.end <= second.start for first, second in zip(tokens, tokens[1:], strict=False))


@settings(max_examples=200)
@given(st.text(HAN, max_size=12), st.sampled_from(TERMS), st.text(HAN, max_size=12))
def test_a_term_comes_out_whole_wherever_it_stands(before, term, after):
    text = f"{before}{term}{after}"
    wanted = Token(lower(term), len(before), len(before) + len(term))
    earlier = text.find(term) < len(before)
    assert earlier or wanted in segment_with(term).split(text)
    assert lower(term) in segment_with(term).search_words(text)


@settings(max_examples=15)
@given(st.text(HAN, min_size=1, max_size=6), st.text(HAN, max_size=8), st.text(HAN, max_size=8))
def test_any_term_comes_out_whole(term, before, after):
    word = normalize_word(term)
    if word and word not in STOP_WORDS:
        assert word in [token.word for token in Segmenter(Lexicon.of([term])).split(f"{before}{word}{after}")]


@pytest.mark.parametrize(
    ("term", "text", "whole"),
    [
        ("ai", "main ai系统", 1),
        ("ai", "训练ai模型", 1),
        ("ai", "maintain", 0),
        ("ai", "ai2模型", 0),
        ("pa66", "尼龙pa66与pa6", 1),
        ("pa6", "尼龙pa66", 0),
        ("c", "c语言和c", 2),
        ("mw", "功率mw级", 1),
        ("β-石英", "合成β-石英", 1),
    ],
)
def test_a_latin_term_is_never_the_inside_of_a_word(term, text, whole):
    words = [token.word for token in segment_with(term).split(text)]
    assert words.count(term) == whole


def test_a_term_that_may_not_stand_hides_no_other():
    # "b电池" stands inside "ab", and must not keep 电池组 from being found.
    segmenter = Segmenter(Lexicon.of(["b电池", "电池组"]))
    assert [token.word for token in segmenter.split("ab电池组")] == ["ab", "电池组"]


def test_of_overlapping_terms_the_first_and_longest_wins():
    segmenter = Segmenter(Lexicon.of(["锂电池", "锂电池隔膜", "隔膜涂覆", "电池"]))
    assert [token.word for token in segmenter.split("锂电池隔膜涂覆")] == ["锂电池隔膜", "涂覆"]


def test_words_inside_a_term_can_still_be_searched():
    words = Segmenter(Lexicon.of(["锂离子电池电解液"])).search_words("锂离子电池电解液")
    assert {"锂离子", "电池", "电解液", "锂离子电池电解液"} <= set(words)


@pytest.mark.parametrize("typed", ["鋰離子電池", " 锂离子电池 ", "锂 离 子 电 池", "锂离子电池"])
def test_terms_are_found_however_they_were_typed(typed):
    assert [token.word for token in Segmenter(Lexicon.of([typed])).split("新型锂离子电池")] == ["新型", "锂离子电池"]


@given(MIXED)
@example("0\nX")
@example("锂\n\n电池")
@example("0&#10X")
def test_normalising_a_word_again_changes_nothing(word):
    assert normalize_word(normalize_word(word)) == normalize_word(word)


def test_stop_words_units_and_numbers_are_left_out_of_matching():
    text = "我们需要的是一种10 kW、98.5%的钙钛矿电池 X"
    assert [token.word for token in segment_with().split(text)] == ["钙钛矿", "电池"]
    bare = [token.word for token in Segmenter(Lexicon.of(stop_words=["钙钛矿"])).split(text)]
    assert "我们" in bare and "电池" in bare
    assert not {"钙钛矿", "kw", "10", "98.5%", "x"} & set(bare)


def test_codes_are_searched_whole_and_in_parts():
    words = segment_with().search_words("PA66-GF30增强尼龙,GB/T18384-2020")
    assert {"pa66-gf30", "pa66", "gf30", "尼龙", "gb/t18384-2020"} <= set(words)


def test_two_engines_keep_their_terms_apart():
    first, second, plain = Segmenter(Lexicon.of(["池的封"])), Segmenter(Lexicon.of(["封装工"])), Segmenter()
    text = "电池的封装工艺"
    before = plain.split(text)
    assert "池的封" in [token.word for token in first.split(text)]
    assert "封装工" in [token.word for token in second.split(text)]
    assert plain.split(text) == before == Segmenter().split(text)
    assert "池的封" not in [token.word for token in second.split(text)]


def test_engines_in_threads_do_not_disturb_each_other():
    texts = invented_texts()
    segmenters = [Segmenter(Lexicon.of([term])) for term in ("电池的", "海参与", "低温", "技术")]
    expected = [[segmenter.search_words(text) for text in texts] for segmenter in segmenters]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda segmenter: [segmenter.search_words(text) for text in texts], segmenters * 3))
    assert found == expected * 3


def test_the_digest_follows_the_words_and_nothing_else():
    base = Segmenter(Lexicon.of(["甲醇重整", "海参"])).sha256
    assert base == Segmenter(Lexicon.of(["海参", "甲醇重整", "海参", " 海參 "])).sha256
    assert base != Segmenter(Lexicon.of(["甲醇重整"])).sha256
    assert base != Segmenter(Lexicon.of(["甲醇重整", "海参"], stop_words=[])).sha256
    # A word must not slip from one list into the other unseen.
    assert Lexicon.of(["甲"], ["乙"]).sha256 != Lexicon.of(["乙"], ["甲"]).sha256
    segmenter = Segmenter()
    before = segmenter.sha256
    segmenter.split("钙钛矿电池")
    assert segmenter.sha256 == before == Segmenter(Lexicon.of()).sha256


def test_one_text_is_no_list_of_words():
    with pytest.raises(SettingError, match="terms: expected several words, found the text '锂电池'"):
        Lexicon.of("锂电池")
    with pytest.raises(SettingError, match="stop_words"):
        Lexicon.of(stop_words="的")


def test_technical_words_are_more_specific_than_everyday_ones():
    measure = Segmenter(Lexicon.of(["锂离子电池电解液"])).specificity
    words = ["我们", "工作", "温度", "催化剂", "钙钛矿"]
    assert [measure(word) for word in words] == sorted(measure(word) for word in words)
    assert measure("我们") < 0.05 < 0.5 < measure("催化剂") and measure("锂离子电池电解液") > 0.99
    assert all(0 < measure(word) <= 1 for word in [*words, "", "pa66-gf30", "😀", "龘"])


@given(MIXED)
def test_grams_are_the_letters_and_their_neighbours(text):
    letters = [ord(character) for character in lower(text) if character.isalnum()]
    grams = character_grams(text).tolist()
    assert grams[: len(letters)] == letters
    pairs = list(zip(letters, letters[1:], strict=False))
    assert [((gram >> 32) - 1, gram & 0xFFFFFFFF) for gram in grams[len(letters) :]] == pairs


@given(MIXED, MIXED)
def test_parts_taken_apart_one_by_one_give_the_words_of_the_whole(first, second):
    for segmenter in (segment_with(), segment_with(*TERMS)):
        whole = f"{first}。{second}"
        words = [word for part in (first, second) for word in segmenter.inner_words(segmenter.tag(part).words)]
        assert words + segmenter.codes(lower(whole)) == segmenter.search_words(whole)


@given(MIXED)
def test_plain_tuples_say_what_tokens_say(text):
    segmenter = segment_with(*TERMS)
    assert segmenter.split(text) == list(zip(*segmenter.split_plainly(text), strict=True))


def test_a_tagged_text_is_a_sequence_of_tokens():
    tokens = segment_with().tag("降低能耗")
    assert len(tokens) == 2 and tokens[1] == tokens[-1] == ("能耗", "n", 2, 4)
    assert tokens[:1] == [tokens[0]] and list(tokens) == tokens[:]
    assert not segment_with().tag("")


def test_what_is_remembered_is_bounded_and_asked_again():
    asked = []
    lengths = Remembered(lambda word: asked.append(word) or len(word), most=2)
    assert [lengths[word] for word in ("锂", "电池", "锂", "海参类", "锂")] == [1, 2, 1, 3, 1]
    assert asked == ["锂", "电池", "海参类", "锂"] and len(lengths) == 2
