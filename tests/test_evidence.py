import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching import HashEncoder, achievement, invent_profiles, need

from matchmaker import Matchmaker
from matchmaker.columns import Tags
from matchmaker.rank.evidence import MOST_PHRASES, MOST_PLACES, Text, Texts, find_shared
from matchmaker.reasons import give_reasons
from matchmaker.text.cleaning import clean
from matchmaker.text.lexicon import lower
from matchmaker.text.segmentation import Segmenter
from matchmaker.understanding import Industry

SEGMENTER = Segmenter()


def read(text):
    return Text(lower(text), *SEGMENTER.split_plainly(text))


def shared(first, second, weigh=lambda word: 2.0):
    return find_shared(Texts([read(first)]), Texts([read(second)]), weigh)


def test_the_longest_common_run_is_one_phrase():
    found = shared("低温锂离子电池电解液的研制", "一种低温锂离子电池电解液")
    assert [phrase.phrase for phrase in found] == ["低温锂离子电池电解液"]
    assert found[0].need[0][1:] == (0, 10) and found[0].supply[0][1:] == (2, 12)


def test_a_phrase_inside_a_heavier_one_is_left_out():
    found = shared("钙钛矿电池;钙钛矿", "钙钛矿电池与钙钛矿")
    assert [phrase.phrase for phrase in found] == ["钙钛矿电池"]


def test_light_words_are_not_worth_a_readers_eye():
    assert shared("钙钛矿电池", "钙钛矿电池", lambda word: 0.4) == []
    assert [phrase.phrase for phrase in shared("钙钛矿电池", "钙钛矿电池", lambda word: 0.5)] == ["钙钛矿电池"]


def test_heavier_phrases_come_first_and_ties_by_phrase():
    weights = {"海参": 3.0, "轴承": 2.0, "大豆": 2.0}
    found = shared("轴承,海参,大豆", "大豆,轴承,海参", lambda word: weights.get(word, 0.0))
    assert [phrase.phrase for phrase in found] == ["海参", "大豆", "轴承"]
    assert [phrase.weight for phrase in found] == [3.0, 2.0, 2.0]


def test_latin_words_are_shared_whole_or_not_at_all():
    assert shared("采用pa6材料", "pa66材料与pa610") == [] or all(
        "pa6" not in phrase.phrase for phrase in shared("采用pa6材料", "pa66材料与pa610")
    )
    found = shared("尼龙PA66-GF30", "pa66-gf30改性")
    assert found and all(phrase.need and phrase.supply for phrase in found)


def test_numbers_of_phrases_and_places_are_bounded():
    words = [f"词{chr(0x4E00 + number)}" for number in range(40)]
    starts, ends = range(0, 120, 3), range(2, 122, 3)
    spaced, mirrored = (Texts([Text(";".join(row), row, starts, ends)]) for row in (words, words[::-1]))
    assert len(find_shared(spaced, mirrored, lambda word: 2.0)) == MOST_PHRASES
    many = shared("海参。" * 50, "海参")
    assert len(many[0].need) == MOST_PLACES and len(many[0].supply) == 1


TEXTS = st.lists(
    st.sampled_from(
        ["低温", "锂离子电池", "电解液", "的", "海参", "pa66", "pa6", "-gf30", ",", "。", " ", "钙钛矿", "组件"]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_phrases_stand_where_they_say_on_both_sides(first, second):
    for phrase in shared(first, second):
        for text, places in ((first, phrase.need), (second, phrase.supply)):
            assert places
            assert all(lower(text)[place.start : place.end] == phrase.phrase for place in places)


@given(TEXTS)
def test_a_text_shares_its_words_with_itself(text):
    phrases = [phrase.phrase for phrase in shared(text, text)]
    if len(phrases) < MOST_PHRASES:
        assert all(any(token.word in phrase for phrase in phrases) for token in SEGMENTER.split(text))


@given(TEXTS, st.integers(0, 80))
def test_a_place_cuts_a_word_that_it_lies_inside(text, place):
    words = SEGMENTER.split(text)
    assert read(text).cuts_word(place) == any(word.start < place < word.end for word in words)


@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3))
def test_no_phrase_reaches_from_one_text_into_the_next(needs, supplies):
    for phrase in find_shared(Texts(list(map(read, needs))), Texts(list(map(read, supplies))), lambda word: 2.0):
        assert any(phrase.phrase in lower(text) for text in needs)
        assert any(phrase.phrase in lower(text) for text in supplies)


# Through the engine, on texts as people write them.

DIRTY = {
    "plain": "面向低温环境的锂离子电池电解液添加剂",
    "traditional": "面向低溫環境的鋰離子電池電解液添加劑",
    "pinyin": "面向低(dī)溫環境的鋰(lǐ)離子電池電解液添加劑",
    "html": "<p>面向低温环境的<b>锂离子</b>电池&nbsp;电解液添加剂</p>",
    "spaced": "面向低温环境的 锂 离 子 电 池 电 解 液 添 加 剂",
    "broken": "面向低温环境的锂离子电\n池电解液添加剂",
    "wide": "面向低温环境的锂离子电池电解液添加剂（ＰＡ６６）",
    "dotted": "İİİ型低温环境的锂离子电池电解液添加剂",
    "emoji": "🔋🔋面向低温环境的锂离子电池电解液添加剂😀",
}


def part_of(profile, part):
    return {"title": profile.title, "description": profile.description, "keywords": "；".join(profile.keywords)}[part]


def check_spans(match, wanted, offered):
    for span in match.evidence.spans:
        text = part_of(wanted if span.side == "need" else offered, span.part)
        assert 0 <= span.start < span.end <= len(text)
        assert lower(span.term) in lower(clean(text[span.start : span.end]).text)
    assert {span.side for span in match.evidence.spans} in (set(), {"need", "achievement"})


@pytest.fixture(scope="module")
def engine():
    register = invent_profiles("achievement", 40)
    register.append(
        achievement("A-x", "低温锂离子电池电解液", "一种锂离子电池电解液添加剂。", keywords=("电解液添加剂", "低温"))
    )
    return Matchmaker(encoder=HashEncoder()).fit(register)


@pytest.mark.parametrize("side", ["title", "description", "keywords"])
@pytest.mark.parametrize("name", DIRTY)
def test_spans_lie_in_the_texts_that_people_wrote(name, side, engine):
    written = {"title": "求购", "description": "", side: (DIRTY[name],) if side == "keywords" else DIRTY[name]}
    wanted = need("N", **written)
    match = next(match for match in engine.shortlist([wanted])[0] if match.achievement_id == "A-x")
    offered = engine.achievements[-1]
    check_spans(match, wanted, offered)
    here = [span for span in match.evidence.spans if span.side == "need"]
    assert here and {span.part for span in here} == {side}
    marked = "".join(clean(part_of(wanted, span.part)[span.start : span.end]).text for span in here)
    assert "电解液添加剂" in marked
    assert "锂离子电池" in match.evidence.reasons[0]


@pytest.mark.parametrize("name", DIRTY)
def test_spans_lie_in_dirty_achievements_too(name):
    offered = achievement("A-x", "成果", DIRTY[name])
    wanted = need("N", "锂离子电池电解液添加剂")
    engine = Matchmaker(encoder=HashEncoder()).fit([*invent_profiles("achievement", 20), offered])
    match = next(match for match in engine.shortlist([wanted], k=21)[0] if match.achievement_id == "A-x")
    check_spans(match, wanted, offered)
    assert any(span.side == "achievement" and span.part == "description" for span in match.evidence.spans)


def test_terms_add_up_to_the_score(engine):
    for shortlist in engine.shortlist(invent_profiles("need", 15)):
        for match in shortlist:
            total = match.evidence.base
            for term in match.evidence.terms:
                total += term.contribution
            assert total == pytest.approx(match.score, abs=1e-12)
            assert len({term.feature for term in match.evidence.terms}) == len(match.evidence.terms)
            assert match.evidence.reasons and str(match.evidence) == "; ".join(match.evidence.reasons)


def test_every_span_of_invented_registers_is_right(engine):
    needs = {profile.id: profile for profile in invent_profiles("need", 15)}
    register = {profile.id: profile for profile in engine.achievements}
    matches = [match for shortlist in engine.shortlist(needs.values()) for match in shortlist]
    for match in matches:
        check_spans(match, needs[match.need_id], register[match.achievement_id])
    assert sum(bool(match.evidence.spans) for match in matches) > len(matches) / 2


def test_reasons_speak_the_language_that_was_asked_for():
    register, wanted = invent_profiles("achievement", 20), [need("N", "低温锂离子电池电解液", field="洁净能源")]
    chinese = Matchmaker(encoder=HashEncoder()).fit(register).shortlist(wanted)[0][0]
    english = Matchmaker(encoder=HashEncoder(), lang="en").fit(register).shortlist(wanted)[0][0]
    assert (chinese.achievement_id, chinese.score) == (english.achievement_id, english.score)
    assert chinese.evidence.reasons != english.evidence.reasons
    assert chinese.evidence.spans == english.evidence.spans


def test_figures_and_codes_of_both_sides_are_named_and_marked():
    offered = achievement(
        "A-x", "多孔膜", "面电阻0.45 Ω·cm2,总转化率≥97%,骨架为316L,气密一次合格率99%。", field="精细化工"
    )
    wanted = need(
        "N", "隔膜国产化", "要求面电阻≤0.5 Ω·cm2;转化率不低于98%;氦检一次合格率≥98%;316L不锈钢外壳。", field="精细化工"
    )
    engine = Matchmaker(encoder=HashEncoder()).fit([*invent_profiles("achievement", 5), offered])
    match = next(match for match in engine.shortlist([wanted], k=6)[0] if match.achievement_id == "A-x")
    check_spans(match, wanted, offered)
    reasons = match.evidence.reasons
    assert "均提到 316L" in reasons
    # At most two, those that are met first.
    assert [reason for reason in reasons if reason.startswith("指标")] == [
        "指标：需求 面电阻≤0.5 Ω·cm2，成果 面电阻0.45 Ω·cm2，满足",
        "指标：需求 氦检一次合格率≥98%，成果 气密一次合格率99%，满足",
    ]
    marked = {(span.side, span.term) for span in match.evidence.spans}
    assert {("need", "面电阻"), ("achievement", "面电阻"), ("need", "316L"), ("achievement", "316L")} <= marked
    english = Matchmaker(encoder=HashEncoder(), lang="en").fit([offered]).shortlist([wanted])[0][0].evidence.reasons
    assert "figure: need 面电阻≤0.5 Ω·cm2, achievement 面电阻0.45 Ω·cm2, met" in english


def test_what_is_inferred_is_called_so():
    wanted, offered = need("N", ""), achievement("A", "")
    sure = {
        "likely_field": "精细化工",
        "field_confidence": 0.8,
        "industry": Industry("division", "26", "化学原料业", 0.7),
    }
    reasons = give_reasons(wanted, offered, (Tags(**sure), Tags(**sure)), ["x"], 0.9)
    assert "领域：均属精细化工（推断）" in reasons and "行业：均属 C26 化学原料业（推断）" in reasons
    stated = Tags(**{**sure, "field": "精细化工"})
    assert "领域一致（精细化工）" in give_reasons(wanted, offered, (stated, stated), ["x"], 0.9)
    assert not any("推断" in reason for reason in give_reasons(wanted, offered, (Tags(**sure), Tags()), ["x"], 0.9))


def phrases_of(wanted, offered):
    """Return what an engine marks in two titles."""
    engine = Matchmaker(encoder=HashEncoder()).fit(
        [*invent_profiles("achievement", 5), achievement("A-x", "成果", offered)]
    )
    match = next(
        one
        for one in engine.shortlist([need("N", "需求", wanted, region="庄河市")], k=6)[0]
        if one.achievement_id == "A-x"
    )
    check_spans(match, need("N", "需求", wanted, region="庄河市"), engine.achievements[-1])
    return {span.term for span in match.evidence.spans}


@pytest.mark.parametrize(
    ("wanted", "offered", "shared"),
    [
        ("采用无卤阻燃尼龙", "一种无卤阻燃尼龙", {"无卤阻燃尼龙"}),  # 卤阻燃 would be the opposite
        ("非全氟隔膜", "全氟磺酸", set()),
        ("液流电池电堆", "液流电池电解液", {"液流电池"}),
        ("拟处理500 m3,冬天以内", "拟建700 m3,冬天以内", set()),
        ("给两座加氢站供气", "已用于两座加氢站", {"加氢站"}),
        ("企业在庄河", "试验在庄河", set()),
        ("钒渣", "钒酸", {"钒"}),
    ],
)
def test_what_is_marked_tells_something(wanted, offered, shared):
    assert phrases_of(wanted, offered) == shared


def test_codes_are_said_once_and_figures_without_a_colon():
    wanted = need("N", "PA66-GF30注塑", "材料PA66-GF30与PA66;剪切强度:≥40 MPa;支架用TC4")
    offered = achievement("A-x", "改性尼龙", "PA66-GF30与PA66两种;剪切强度:45 MPa;骨架用TC4")
    engine = Matchmaker(encoder=HashEncoder()).fit([*invent_profiles("achievement", 5), offered])
    match = next(one for one in engine.shortlist([wanted], k=6)[0] if one.achievement_id == "A-x")
    assert "指标：需求 剪切强度 ≥40 MPa，成果 剪切强度 45 MPa，满足" in match.evidence.reasons
    named = [reason for reason in match.evidence.reasons if reason.startswith("均提到")]
    assert not any("、PA66" in reason for reason in named)
    reasons = give_reasons(wanted, offered, (Tags(), Tags()), ["骨架"], 0.9, codes=["PA66-GF30", "PA66"])
    assert "均提到 PA66-GF30" in reasons


def test_fields_that_differ_say_whose_is_whose():
    tags = Tags(field="航空航天"), Tags(field="洁净能源")
    assert "领域不同（需求 航空航天，成果 洁净能源）" in give_reasons(
        need("N", ""), achievement("A", ""), tags, ["x"], 0.9
    )


def test_a_figure_that_is_missed_does_not_hide_behind_those_that_are_met():
    targets = [("a≥1", "a2", "met"), ("b≥1", "b2", "met"), ("c≥1", "c2", "met"), ("d≤1", "d2", "missed")]
    reasons = give_reasons(need("N", ""), achievement("A", ""), (Tags(), Tags()), ["x"], 0.9, targets=targets)
    told = [reason for reason in reasons if reason.startswith("指标")]
    assert len(told) == 3 and told[-1] == "指标：需求 d≤1，成果 d2，未达到"
