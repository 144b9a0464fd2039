"""Turn what ranking found about a pair into evidence in the texts that people wrote."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matchmaker.columns import Tags
from matchmaker.rank.evidence import Phrase, Place, Text, Word, find_shared
from matchmaker.rank.features import FEATURES
from matchmaker.rank.supply import Supply
from matchmaker.reasons import Lang, give_reasons
from matchmaker.records import Evidence, Profile, Side, Span, Term
from matchmaker.text.analysis import Analyst, Passage

# A phrase of a title says what a text is about, one of a description may be an aside.
TITLE_BONUS = 2.0


class Explainer:
    """Explains matches of one register; every profile is read once, however often it is matched."""

    def __init__(self, analyst: Analyst, supply: Supply, profiles: Mapping[str, Profile], lang: Lang) -> None:
        self._analyst = analyst
        self._supply = supply
        self._profiles = profiles
        self._lang = lang
        self._read: dict[str, tuple[list[Passage], list[Text]]] = {}

    def explain(self, need: Profile, tags: Tags, row: int, features: np.ndarray, contributions: np.ndarray) -> Evidence:
        """Return the evidence for one pair.

        Parameters
        ----------
        need : Profile
        tags : Tags
            The need's attributes.
        row : int
            The achievement's row in the supply.
        features, contributions : ndarray, shape (f,) and (f + 1,)
            What was compared and what it added to the score; the last contribution is the base.
        """
        supply = self._profiles[self._supply.ids[row]]
        need_passages, need_texts = self._passages("need", need)
        supply_passages, supply_texts = self._passages("achievement", supply)
        sides: tuple[tuple[Side, list[Passage]], ...] = (("need", need_passages), ("achievement", supply_passages))
        phrases = sorted(
            find_shared(need_texts, supply_texts, self._weigh),
            key=lambda phrase: (-phrase.weight * (TITLE_BONUS if _in_title(phrase, sides) else 1), phrase.phrase),
        )
        words = [_as_written(phrase.phrase, need_passages, phrase.need) for phrase in phrases]
        spans = [
            _span(side, passages[place.text], place, word)
            for phrase, word in zip(phrases, words, strict=True)
            for (side, passages), places in zip(sides, (phrase.need, phrase.supply), strict=True)
            for place in places
        ]
        similarity = float(features[FEATURES.index("dense")])
        return Evidence(
            reasons=give_reasons(need, supply, (tags, self._supply.tags[row]), words, similarity, self._lang),
            spans=tuple(spans),
            terms=tuple(
                Term(name, float(value), float(added))
                for name, value, added in zip(FEATURES, features, contributions[:-1], strict=True)
                if added != 0
            ),
            base=float(contributions[-1]),
        )

    def _passages(self, side: Side, profile: Profile) -> tuple[list[Passage], list[Text]]:
        key = f"{side}\n{profile.id}"
        if key not in self._read:
            passages = self._analyst.read(profile)
            texts = [Text(p.clean.text.lower(), [Word(*word) for word in p.words]) for p in passages]
            self._read[key] = passages, texts
        return self._read[key]

    def _weigh(self, word: str) -> float:
        words = self._supply.words
        column = words.counts.vocabulary.get(word)
        return 0.0 if column is None else float(words.idf[column]) * self._analyst.segmenter.specificity(word)


def _in_title(phrase: Phrase, sides: tuple[tuple[Side, list[Passage]], ...]) -> bool:
    found = zip(sides, (phrase.need, phrase.supply), strict=True)
    return any(passages[place.text].part == "title" for (_, passages), places in found for place in places)


def _span(side: Side, passage: Passage, place: Place, term: str) -> Span:
    start, end = passage.clean.origin(place.start, place.end)
    return Span(side, passage.part, start, end, term)


def _as_written(phrase: str, passages: list[Passage], places: tuple[Place, ...]) -> str:
    if not places:
        return phrase
    first = places[0]
    return passages[first.text].clean.text[first.start : first.end]
