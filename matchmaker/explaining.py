"""Turn what ranking found about a pair into evidence in the texts that people wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from matchmaker.columns import Columns, Tags
from matchmaker.languages import Lang
from matchmaker.rank.evidence import Phrase, Place, Text, Texts, find_shared
from matchmaker.rank.features import FEATURES
from matchmaker.rank.quantities import match_quantities, shared_name
from matchmaker.rank.supply import Supply
from matchmaker.reasons import give_reasons
from matchmaker.records import Evidence, Profile, Side, Span, Term
from matchmaker.text.analysis import Analyst, Passage
from matchmaker.text.telling import NEGATIONS
from matchmaker.understanding import Element
from matchmaker.wordplaces import WordPlaces

# A phrase of a title says what a text is about, one of a description may be an aside.
TITLE_BONUS = 2.0
_CODES = ("standard", "grade")
_COLON = re.compile(r"\s?:\s?")
_DENSE = FEATURES.index("dense")
# What evidence tells of by itself, whatever it added to the score.
EXPLAINED = frozenset({"dense"})


class Explainer:
    """Explains matches of one register; every profile is read once, however often it is matched."""

    def __init__(self, analyst: Analyst, supply: Supply, lang: Lang) -> None:
        self._analyst = analyst
        self._supply = supply
        self._lang = lang
        # Of every word of the needs read so far.
        self._weights: dict[str, float] = {}
        self._understood: dict[str, tuple[Element, ...]] = {}
        self._read: dict[str, tuple[Sequence[Passage], Texts]] = {}

    def explain(
        self, need: Profile, known: Columns, place: int, row: int, features: np.ndarray, contributions: np.ndarray
    ) -> Evidence:
        """Return the evidence for one pair.

        Parameters
        ----------
        need : Profile
        known : Columns
            What is known of needs.
        place : int
            The need's among them.
        row : int
            The achievement's row in the supply.
        features, contributions : ndarray, shape (f,) and (f + 1,)
            What was compared and what it added to the score; the last contribution is the base.
        """
        segment, there = self._supply.at(row)
        tags, offered = known.tags[place], segment.tags.described[there]
        supply: Profile = segment.records[there]
        need_passages, need_texts = self._passages("need", need, known.places, place)
        supply_passages, supply_texts = self._passages("achievement", supply, segment.places, there)
        sides: dict[Side, Sequence[Passage]] = {"need": need_passages, "achievement": supply_passages}
        phrases = self._refine(
            find_shared(need_texts, supply_texts, self._weights.__getitem__),
            (need_texts, supply_texts),
            {*tags.region, *offered.region},
        )
        phrases.sort(key=lambda phrase: (-_importance(phrase, need_passages, supply_passages), phrase.phrase))
        words = [_as_written(phrase.phrase, need_passages, phrase.need) for phrase in phrases]
        spans: list[Span] = []
        for phrase, word in zip(phrases, words, strict=True):
            spans += _mark("need", need_passages, phrase.need, word)
            spans += _mark("achievement", supply_passages, phrase.supply, word)
        targets, codes, marked = (
            self._shared_elements(need, supply, sides) if _share_elements(tags, offered) else ([], [], [])
        )
        return Evidence(
            reasons=give_reasons(
                need,
                supply,
                (tags, offered),
                words,
                float(features[_DENSE]),
                self._lang,
                targets=targets,
                codes=codes,
            ),
            spans=(*spans, *marked),
            terms=tuple(
                Term(name, value, added)
                for name, value, added in zip(FEATURES, features.tolist(), contributions[:-1].tolist(), strict=True)
                if added != 0
            ),
            base=float(contributions[-1]),
        )

    def _refine(self, found: Sequence[Phrase], read: tuple[Texts, Texts], regions: Collection[str]) -> list[Phrase]:
        """Return the telling parts of phrases, a negation that both sides share included.

        What one side denies is left out, and so are the regions, which are compared by themselves.
        """
        need, supply = read
        refined: list[Phrase] = []
        # All phrases kept so far, in one string.
        said = ""
        for phrase in found:
            words = phrase.phrase
            if need.cuts(phrase.need) or supply.cuts(phrase.supply):
                # 液流电池电堆 and 液流电池电解液 share no 电: what begins another word is left off.
                words = words[: self._analyst.ends_whole[words]]
            start, end = self._analyst.telling[words]
            if start >= end or words[start:end] in regions:
                continue
            ours, theirs = _negations(need, phrase.need, start), _negations(supply, phrase.supply, start)
            # 非全氟 and 全氟 are opposites; 无卤阻燃 on both sides is shared as such.
            common = set(ours).intersection(theirs)
            if not common:
                continue
            head = max(common)
            name = head + words[start:end]
            if name in said:
                continue
            said += f"\n{name}"
            stretch = start - len(head), end
            refined.append(
                Phrase(
                    name,
                    phrase.weight,
                    _narrow(phrase.need, ours, head, *stretch),
                    _narrow(phrase.supply, theirs, head, *stretch),
                )
            )
        return refined

    def _shared_elements(
        self, need: Profile, supply: Profile, passages: Mapping[Side, Sequence[Passage]]
    ) -> tuple[list[tuple[str, str, str]], list[str], list[Span]]:
        """Return the figures and the codes that both sides name, and where they stand."""
        ours, theirs = self._figures("need", need), self._figures("achievement", supply)
        spans: list[Span] = []

        def mark(pair: tuple[Element, Element], term: str) -> None:
            for (side, parts), element in zip(passages.items(), pair, strict=True):
                passage = next(passage for passage in parts if passage.part == element.part)
                spans.append(Span(side, element.part, *passage.clean.origin(element.start, element.end), term))

        asked, offered = (
            [(one, one.quantity) for one in elements if one.quantity is not None] for elements in (ours, theirs)
        )
        targets: list[tuple[str, str, str]] = []
        for one in match_quantities([quantity for _, quantity in asked], [quantity for _, quantity in offered]):
            pair = asked[one.need][0], offered[one.supply][0]
            targets.append((_COLON.sub(" ", pair[0].text), _COLON.sub(" ", pair[1].text), one.verdict))
            mark(pair, shared_name(pair[0].name, pair[1].name))
        theirs_by_name = {one.name: one for one in reversed(theirs) if one.kind in _CODES}
        codes: dict[str, str] = {}
        for one_code in ours:
            if one_code.kind in _CODES and one_code.name in theirs_by_name and one_code.name not in codes:
                codes[one_code.name] = one_code.text
                mark((one_code, theirs_by_name[one_code.name]), one_code.text)
        # What is asked for and reached comes first, then what is missed; what is open last.
        targets.sort(key=lambda target: ("met", "missed", "open").index(target[2]))
        return targets, list(codes.values()), spans

    def _figures(self, side: Side, profile: Profile) -> tuple[Element, ...]:
        key = f"{side}\n{profile.id}"
        if key not in self._understood:
            self._understood[key] = self._analyst.figures(self._read[key][0])
        return self._understood[key]

    def _passages(self, side: Side, profile: Profile, places: WordPlaces, row: int) -> tuple[Sequence[Passage], Texts]:
        """Return the parts of a profile, given where its words stand in a row of places."""
        key = f"{side}\n{profile.id}"
        if key not in self._read:
            passages = self._analyst.read(profile, places.row(row))
            texts = Texts([Text(passage.lowered, passage.words, passage.starts, passage.ends) for passage in passages])
            if side == "need":
                self._weigh(texts)
            self._read[key] = passages, texts
        return self._read[key]

    def _weigh(self, texts: Texts) -> None:
        """Weigh the words of a need: how rare they are in the register, and how little a part of everyday language."""
        words = sorted(texts.distinct - self._weights.keys())
        for word, weight in zip(words, self._supply.weigh_words(words).tolist(), strict=True):
            self._weights[word] = weight * self._analyst.segmenter.specificity(word) if weight else 0.0


def _share_elements(need: Tags, supply: Tags) -> bool:
    """Tell whether a figure or a code is named by both, before texts are searched for its place."""
    return bool(need.codes & supply.codes or match_quantities(need.quantities, supply.quantities))


def _importance(phrase: Phrase, need: Sequence[Passage], supply: Sequence[Passage]) -> float:
    """Return a phrase's weight, more where it stands in a title."""
    # Places come in the order of texts, and a title is the first of these.
    in_title = "title" in (need[phrase.need[0].text].part, supply[phrase.supply[0].text].part)
    return phrase.weight * TITLE_BONUS if in_title else phrase.weight


def _negations(texts: Texts, places: Sequence[Place], start: int) -> list[str]:
    """Return the negation that stands right before what begins at ``start`` in each place, or nothing."""
    before = [texts.texts[number].text[first + start - 1 : first + start] for number, first, _ in places]
    return [character if character in NEGATIONS else "" for character in before]


def _narrow(places: Sequence[Place], denied: Sequence[str], head: str, start: int, end: int) -> tuple[Place, ...]:
    """Return the stretch from ``start`` to ``end`` of each place that stands behind the negation ``head``."""
    return tuple(
        [
            Place(number, first + start, first + end)
            for (number, first, _), found in zip(places, denied, strict=True)
            if found == head
        ]
    )


def _mark(side: Side, passages: Sequence[Passage], places: Sequence[Place], term: str) -> list[Span]:
    """Return places as spans of the texts that people wrote."""
    return [
        Span(side, passages[number].part, *passages[number].clean.origin(start, end), term)
        for number, start, end in places
    ]


def _as_written(phrase: str, passages: Sequence[Passage], places: tuple[Place, ...]) -> str:
    if not places:
        return phrase
    first = places[0]
    return passages[first.text].clean.text[first.start : first.end]
