"""What a text says, element by element, each with its place in the clean text.

Targets with their values, standards, grades, materials, methods, effects, products and applications.
Rules over the segmenter's words and their parts of speech; no model is asked. Precision goes before recall: what no
rule is sure of is left out, and a phrase that every text could hold (关键技术, 提高水平) is no element. Of the 243
elements of 40 sample profiles, judged one by one by the author of the rules, 217 were right (89 %); a few rules were
mended after that count. The most frequent mistake is a name that begins a word too early or too late.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from matchmaker.records import Part, Profile
from matchmaker.text import vocabulary as words
from matchmaker.text.cleaning import clean
from matchmaker.text.codes import find_codes
from matchmaker.text.phrases import Phrase, phrase_after, phrase_before, phrases_in
from matchmaker.text.quantities import RISING, Measure, find_measures
from matchmaker.text.segmentation import Segmenter, TaggedText
from matchmaker.text.units import COUNTS
from matchmaker.understanding import Element, ElementKind, Quantity

KEYWORD_SEPARATOR = "；"
_LEAST, _LONGEST_NAME = 2, 12
# Between the name of a quantity and its value.
_LINK = re.compile(
    r"(?:\s|[::]|为|是|在|可|仅|只有|只|约|须|应|要|能|均|都|已|稳定|控制|保持|维持|做到|将|大|由|从|缩小|总体|需|一般|常|高|"
    r"\([^()]{0,12}\))+$"
)
_FROM = re.compile(r"(?:由|从)[^,。;:由从]{0,14}$")
_GETS_TO = re.compile(r"\s?[\u4e00-\u9fff]{0,4}?[到至]\s?(?:约|近|[≤≥<>±])?\s?\d|\s?[升降]\s?[到至]")
# Characters that a rule cuts off although they belong to the word: 不停车检测, 再平衡, 在役阀门.
_CUT_OFF = frozenset("再不未非好过无第自着_")
_LAST_OF_THINGS = frozenset(name[-1] for name in (*words.MATERIALS, *words.PRODUCTS))
_VERBAL = frozenset("v ad a zg m".split())
_LIST = re.compile(r"\s?[、和与及/]\s?")


def find_elements(text: str, segmenter: Segmenter, part: Part = "description") -> list[Element]:
    """Return the elements of one clean text, by place; of equal ones the first.

    Parameters
    ----------
    text : str
        A clean text (`clean`).
    segmenter : Segmenter
        Knows the words, and the terms of the trade.
    part : {"title", "description", "keywords"}
        Which text it is.

    Returns
    -------
    list of Element
        ``element.text == text[element.start : element.end]`` for each.

    Examples
    --------
    >>> found = find_elements("采用相转化法,库仑效率≥98.5%,用于全钒液流电池", Segmenter())
    >>> [(element.kind, element.text) for element in found]
    [('method', '相转化法'), ('target', '库仑效率≥98.5%'), ('application', '全钒液流电池'), ('product', '全钒液流电池')]
    """
    return elements_in(text, segmenter.tag(text), part)


def elements_in(text: str, tokens: TaggedText, part: Part = "description") -> list[Element]:
    """Return what `find_elements` does of a text whose words are known."""
    return _first_of_equal(_find_all(text, tokens, part))


def find_figures(text: str, segmenter: Segmenter, part: Part = "description") -> list[Element]:
    """Return the standards, grades and targets among what `find_elements` finds, without looking for the rest.

    Examples
    --------
    >>> [element.text for element in find_figures("采用相转化法,库仑效率≥98.5%,用于全钒液流电池", Segmenter())]
    ['库仑效率≥98.5%']
    """
    measures = find_measures(text)
    tokens = segmenter.tag(text) if measures else TaggedText([], [])
    return _first_of_equal(_figures(text, tokens, measures, part))


def _first_of_equal(elements: Iterable[Element]) -> list[Element]:
    """Return elements by place; of equal ones the first."""
    found: dict[tuple[str, str], Element] = {}
    for element in sorted(elements, key=lambda one: (one.start, one.end, one.kind)):
        key = element.name if element.kind == "standard" else element.text
        found.setdefault((element.kind, key), element)
    return list(found.values())


def read_elements(profile: Profile, segmenter: Segmenter) -> tuple[Element, ...]:
    """Return the elements of a profile: of its title, its description and its keywords, in this order.

    Examples
    --------
    >>> need = Profile(id="N", kind="need", title="焊缝检测设备", description="要求漏检率不超过1%,符合NB/T 47013.2")
    >>> for element in read_elements(need, Segmenter()):
    ...     print(element.part, element.kind, element.name)
    title product 焊缝检测设备
    description target 漏检率
    description standard NB/T47013.2
    """
    parts: tuple[tuple[Part, str], ...] = (
        ("title", profile.title),
        ("description", profile.description),
        ("keywords", KEYWORD_SEPARATOR.join(profile.keywords)),
    )
    found = (find_elements(clean_part(written), segmenter, part) for part, written in parts if written)
    return tuple(chain.from_iterable(found))


def clean_part(written: str) -> str:
    """Return the clean text that elements have their places in."""
    # İ is the one character that lower-casing makes longer, and would move all that stands behind it.
    return clean(written).text.replace("İ", "I")


def _find_all(text: str, tokens: TaggedText, part: Part) -> Iterator[Element]:
    yield from _figures(text, tokens, find_measures(text), part)
    yield from _effects(text, tokens, part)
    phrases = phrases_in(tokens, most=18)
    yield from _methods(text, tokens, phrases, part)
    yield from _applications(text, tokens, part)
    yield from _things(text, tokens, phrases, part)


def _figures(text: str, tokens: TaggedText, measures: Iterable[Measure], part: Part) -> Iterator[Element]:
    for code in find_codes(text):
        kind: ElementKind = "standard" if code.kind == "standard" else "grade"
        yield Element(kind, text[code.start : code.end], code.start, code.end, part, code.name)
    for measure in measures:
        if target := _target(text, tokens, measure, part):
            yield target


def _target(text: str, tokens: TaggedText, measure: Measure, part: Part) -> Element | None:
    """Return a measure with the name of what is measured, or None where no name can be told."""
    stop = measure.name_end
    if _FROM.search(text, max(0, stop - 16), stop) and _GETS_TO.match(text, measure.end):
        return None  # where something started from; where it got to comes behind
    if before := _FROM.search(text, max(0, stop - 16), stop):
        stop = before.start()
    name_end = stop
    phrase = None
    for _ in range(3):
        phrase = phrase_before(tokens, name_end)
        link = _LINK.search(text, max(0, name_end - 16), name_end)
        if phrase is not None and (link is None or _is_quantity(text[phrase.start : phrase.end])):
            break
        if link is None:
            break
        name_end = link.start()
    if phrase is not None and text[: phrase.start].endswith(("较", "比")):
        # 续航较原配电池延长23%: what is compared with is not what changed.
        name_end = phrase.start - 1
        phrase = phrase_before(tokens, name_end)
    if phrase is None:
        return None
    start = max(phrase.start, _word_start(tokens, phrase, name_end))
    if text.endswith("一次", 0, start) and phrase.end - start + 2 <= _LONGEST_NAME:
        # 氦检一次合格率: the numeral is part of the name, and so is what stands before it.
        start -= 2
        longer = phrase_before(tokens, start)
        if longer is not None and phrase.end - longer.start <= _LONGEST_NAME:
            start = longer.start
    name = text[start : phrase.end]
    if not _LEAST <= len(name) <= _LONGEST_NAME or _is_cut(text, tokens, phrase):
        return None
    named = _is_quantity(name)
    if not named and _is_verb_only(tokens, phrase):
        return None
    if measure.change:
        name += "提高" if measure.change in RISING else "降低"
    elif not (named or (measure.sign and measure.unit not in COUNTS)):
        return None
    elif not named and not any("\u4e00" <= character <= "\u9fff" for character in name) and len(name) > 4:
        return None
    quantity = Quantity(name, measure.low, measure.high, measure.unit, measure.bound)
    return Element("target", text[start : measure.end], start, measure.end, part, name, quantity)


def _is_cut(text: str, tokens: TaggedText, phrase: Phrase) -> bool:
    """Tell whether a phrase has lost its first character to a rule about function words."""
    before = text[phrase.start - 1] if phrase.start else ""
    return before in _CUT_OFF or (before in ("在", "中") and len(tokens.words[phrase.first]) == 1)


def _is_quantity(name: str) -> bool:
    return bool(words.QUANTITY.search(name)) and not words.NO_QUANTITY.search(name)


def _word_start(tokens: TaggedText, phrase: Phrase, end: int) -> int:
    """Return where the last words of a phrase begin that make no name longer than allowed."""
    starts = tokens.starts[phrase.first : phrase.last]
    return next((start for start in starts if end - start <= _LONGEST_NAME), phrase.start)


def _effects(text: str, tokens: TaggedText, part: Part) -> Iterator[Element]:
    for number in [place for place, word in enumerate(tokens.words) if word in words.EFFECT_VERBS]:
        token = tokens[number]
        gap = words.AFTER_EFFECT.match(text, token.end)
        phrase = phrase_after(tokens, gap.end() if gap else token.end, most=12)
        if phrase is not None and text.startswith("的", phrase.end):
            phrase = phrase_after(tokens, phrase.end + 1, most=12)  # 降低系统的能耗
        if phrase is not None and phrase.first > number:
            name = text[phrase.start : phrase.end]
            vague = words.VAGUE_EFFECT.match(name) or words.NO_EFFECT.search(name) or _is_verb_only(tokens, phrase)
            # 增加外形尺寸 is a price to pay, 增加产量 a gain; 增强复合膜 is a thing.
            if token.word in ("增加", "增大", "增强"):
                certain = _is_quantity(name) and not words.COST.search(name)
            else:
                # 避免棚内湿度过高, 缓解选择性与导电性的矛盾: what is avoided comes later.
                later = _is_quantity(name) or text[phrase.end : phrase.end + 1] in tuple("与和及、")
                certain = words.EFFECT_VERBS[token.word] != "!" or not later
            if _LEAST <= len(name) and certain and not vague:
                yield Element("effect", text[token.start : phrase.end], token.start, phrase.end, part, name)


def _is_verb_only(tokens: TaggedText, phrase: Phrase) -> bool:
    return _VERBAL.issuperset(tokens.tags[phrase.first : phrase.last])


def _methods(text: str, tokens: TaggedText, phrases: Sequence[Phrase], part: Part) -> Iterator[Element]:
    for cue in words.METHOD_CUES.finditer(text):
        phrase = phrase_after(tokens, cue.end(), most=18)
        if phrase is None:
            continue
        name = text[phrase.start : phrase.end]
        vague = words.NO_METHOD.search(name) or words.VAGUE_METHOD.search(name)
        if len(name) >= 3 and words.METHOD.search(name) and not vague and not _is_cut(text, tokens, phrase):
            yield Element("method", name, phrase.start, phrase.end, part, name)
    for phrase in phrases:
        name = text[phrase.start : phrase.end]
        sure = name.endswith(words.SURE_METHODS) and not words.VAGUE_METHOD.search(name)
        if len(name) >= 4 and sure and not _is_cut(text, tokens, phrase):
            yield Element("method", name, phrase.start, phrase.end, part, name)


def _applications(text: str, tokens: TaggedText, part: Part) -> Iterator[Element]:
    for cue in words.APPLICATION_CUES.finditer(text):
        at = cue.end()
        for _ in range(5):
            phrase = phrase_after(tokens, at, most=18)
            if phrase is None:
                break
            name = text[phrase.start : phrase.end]
            if len(name) >= _LEAST and not _is_verb_only(tokens, phrase) and not _is_quantity(name):
                yield Element("application", name, phrase.start, phrase.end, part, name)
            # 用于化工、印染、制药: a list goes on.
            joint = _LIST.match(text, phrase.end)
            if joint is None:
                break
            at = joint.end()


def _things(text: str, tokens: TaggedText, phrases: Sequence[Phrase], part: Part) -> Iterator[Element]:
    for phrase in phrases:
        name = text[phrase.start : phrase.end]
        # A name of other things is given up by its end: most are.
        if not (3 <= len(name) <= 14 and name[-1] in _LAST_OF_THINGS):
            continue
        if _is_cut(text, tokens, phrase) or any(map(str.isspace, name)):
            continue
        if name.endswith(words.MATERIALS) and not words.NO_MATERIAL.search(name):
            # 覆盖钛合金: what is done with a material is no part of it.
            first = phrase.first
            while first < phrase.last - 1 and tokens.tags[first] == "v" and len(tokens.words[first]) > 1:
                first += 1
            start = tokens.starts[first]
            if phrase.end - start >= 3:
                yield Element("material", text[start : phrase.end], start, phrase.end, part, text[start : phrase.end])
        elif name.endswith(words.PRODUCTS) and not words.NO_PRODUCT.search(name):
            yield Element("product", name, phrase.start, phrase.end, part, name)
