"""From profiles to columns: clean, segment, encode and tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from matchmaker.columns import Columns
from matchmaker.records import Part, Profile
from matchmaker.terms import TermRows, number_words
from matchmaker.text.cleaning import CleanText, clean, clean_all, clean_lightly
from matchmaker.text.elements import elements_in, find_figures
from matchmaker.text.industry import SCHEMES, Classifier
from matchmaker.text.lexicon import lower
from matchmaker.text.needcheck import check_need
from matchmaker.text.segmentation import Remembered, Segmenter, TaggedText, character_grams
from matchmaker.text.tagging import add_understood, tag
from matchmaker.text.telling import telling_part, without_last_character
from matchmaker.text.vectors import CachedEncoder
from matchmaker.understanding import Element, Industry, NeedCheck, Understanding
from matchmaker.wordplaces import UNKNOWN, Text, WordPlaces

KEYWORD_SEPARATOR = "；"
PARTS: tuple[Part, ...] = ("title", "description", "keywords")
# To be raised when anything that this room reads out of a text comes out otherwise than before: a saved index is then
# made anew when it is loaded.
READING = 1
# A text that `clean_lightly` cleans; any other is cleaned and taken apart again when it is read again.
_LIGHT = 1
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a profile, cleaned, with its words and their places, and the way back into the original.

    ``lowered`` is the clean text in lower case; words are as they stand there.
    """

    part: Part
    clean: CleanText
    lowered: str
    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Profiles as they are read: cleaned texts, their words, and their vectors; n of each.

    ``about_vectors`` are those that tell what the texts are about.
    """

    titles: list[str]
    full: list[str]
    title_words: list[list[str]]
    words: list[list[str]]
    elements: list[tuple[Element, ...]]
    places: WordPlaces
    title_vectors: np.ndarray
    text_vectors: np.ndarray
    about_vectors: np.ndarray


class Analyst:
    """Reads profiles with one segmenter and one encoder.

    Parameters
    ----------
    segmenter : Segmenter
    encoder : CachedEncoder
    classifier : Classifier, optional
        Tells what texts are about, by vectors of its own encoder; by default one with this encoder.

    Attributes
    ----------
    telling : mapping of str to (int, int)
        Which stretch of a phrase tells something (`telling_part`).
    ends_whole : mapping of str to int
        Where a phrase ends without a last word of one character (`without_last_character`).
    """

    def __init__(self, segmenter: Segmenter, encoder: CachedEncoder, classifier: Classifier | None = None) -> None:
        self.segmenter = segmenter
        self.encoder = encoder
        self.classifier = classifier or Classifier(encoder)
        # Matches share phrases: what was decided of one holds for all.
        self.telling = Remembered(lambda phrase: telling_part(phrase, segmenter))
        self.ends_whole = Remembered(lambda phrase: without_last_character(phrase, segmenter))

    def analyse(self, profiles: Sequence[Profile], progress: Progress | None = None) -> Columns:
        """Return what is known of profiles, a row each, in their order."""
        return self._analyse(profiles, self._see(profiles, progress))

    def forget(self) -> None:
        """Free the memory of vectors; what lies on disk stays."""
        for encoder in {self.encoder, self.classifier.encoder}:
            encoder.forget()

    def _see(self, profiles: Sequence[Profile], progress: Progress | None) -> _Seen:
        cleaned = _clean_parts(profiles)
        titles, bodies, keywords = ([part.text for part in parts] for parts in cleaned)
        texts = list(map(_join, titles, bodies))
        full = list(map(_join, texts, keywords))
        if progress:
            progress("clean", len(profiles), len(profiles))
        together = [*titles, *texts]
        apart = self.classifier.encoder is not self.encoder
        total, done = len(together) + apart * len(texts), 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress("encode", done, total)

        vectors = self.encoder.encode(together, advance)
        text_vectors = vectors[len(titles) :]
        title_words, words, elements, places = [], [], [], []
        for title, body, listed, text in zip(titles, bodies, keywords, full, strict=True):
            tagged = [self.segmenter.tag(part) for part in (title, body, listed)]
            title_words.append(self._index_words(title, tagged[:1]))
            # No word reaches across the full stop between two parts, so each is taken apart once, for all purposes.
            words.append(self._index_words(text, tagged))
            plain = [part.replace("İ", "I") for part in (title, body, listed)]
            places.append(list(map(self.segmenter.places, tagged)))
            elements.append(tuple(element for parts in map(elements_in, plain, tagged, PARTS) for element in parts))
        return _Seen(
            titles=titles,
            full=full,
            title_words=title_words,
            words=words,
            elements=elements,
            places=WordPlaces.of(_mark(profiles, cleaned, places), texts=len(PARTS)),
            title_vectors=vectors[: len(titles)],
            text_vectors=text_vectors,
            about_vectors=self.classifier.encoder.encode(texts, advance) if apart else text_vectors,
        )

    def _analyse(self, profiles: Sequence[Profile], seen: _Seen) -> Columns:
        fields, divisions = (self._classify(scheme, seen) for scheme in ("field", "division"))
        focuses = self.classifier.focus(seen.about_vectors).tolist()
        return Columns(
            ids=[profile.id for profile in profiles],
            title_words=TermRows.of(map(number_words, seen.title_words)),
            words=TermRows.of(map(number_words, seen.words)),
            title_grams=TermRows.of(map(character_grams, seen.titles)),
            grams=TermRows.of(map(character_grams, seen.full)),
            title_vectors=seen.title_vectors,
            text_vectors=seen.text_vectors,
            places=seen.places,
            tags=[
                add_understood(tag(profile), found, field, division, focus)
                for profile, found, field, division, focus in zip(
                    profiles, seen.elements, fields, divisions, focuses, strict=True
                )
            ],
        )

    def _classify(self, scheme: str, seen: _Seen) -> list[Industry]:
        return self.classifier.classify(scheme, seen.title_words, seen.words, seen.about_vectors)

    def texts(self, profiles: Sequence[Profile]) -> tuple[list[str], list[str]]:
        """Return what is encoded of profiles: their titles, and titles with descriptions, all cleaned."""
        titles, bodies, _ = ([part.text for part in parts] for parts in _clean_parts(profiles))
        return titles, list(map(_join, titles, bodies))

    def figures(self, passages: Sequence[Passage]) -> tuple[Element, ...]:
        """Return the standards, grades and targets in the parts of a profile that was read."""
        found = (find_figures(passage.clean.text, self.segmenter, passage.part) for passage in passages)
        return tuple(chain.from_iterable(found))

    def understand(self, profiles: Sequence[Profile], progress: Progress | None = None) -> list[Understanding]:
        """Return what profiles say and what they are about, one each, in their order."""
        seen = self._see(profiles, progress)
        claims = list(zip(*(self._classify(scheme, seen) for scheme in SCHEMES), strict=True))
        return [
            Understanding(
                profile_id=profile.id,
                elements=elements,
                industries=tuple(claim for claim in claimed if claim.code),
                field=tags.field,
                maturity=tags.maturity,
                modes=tuple(sorted(tags.modes)),
                region=tags.region,
            )
            for profile, elements, tags, claimed in zip(
                profiles, seen.elements, self._analyse(profiles, seen).tags, claims, strict=True
            )
        ]

    def check(self, needs: Sequence[Profile], lang: str) -> list[NeedCheck]:
        """Return how complete needs are, one each, in their order."""
        tags = self.analyse(needs).tags
        return [
            check_need(need, self.segmenter, field=known.likely_field, lang=lang)
            for need, known in zip(needs, tags, strict=True)
        ]

    def _index_words(self, text: str, parts: Sequence[TaggedText]) -> list[str]:
        """Return what `Segmenter.search_words` finds in a text whose parts are taken apart already."""
        found = [word for part in parts for word in self.segmenter.inner_words(part.words)]
        return found + self.segmenter.codes(lower(text))

    def read(self, profile: Profile, places: Sequence[Text]) -> tuple[Passage, ...]:
        """Return the parts of one profile for finding evidence; empty parts are left out.

        Parameters
        ----------
        profile : Profile
        places : sequence of (kind, starts, ends)
            Where its words stand (a row of `Columns.places`), so that it need not be taken apart again.
        """
        parts = zip(PARTS, _written(profile), places, strict=True)
        return tuple(
            _place_words(part, text, *where) if kind == _LIGHT else self._read_part(part, text)
            for part, text, (kind, *where) in parts
            if text
        )

    def _read_part(self, part: Part, written: str) -> Passage:
        text = _without_dotted(clean(written))
        return Passage(part, text, lower(text.text), *self.segmenter.split_plainly(text.text))


def _place_words(part: Part, written: str, starts: Sequence[int], ends: Sequence[int]) -> Passage:
    text = _without_dotted(CleanText(clean_lightly(written)))
    lowered = lower(text.text)
    return Passage(part, text, lowered, list(map(lowered.__getitem__, map(slice, starts, ends))), starts, ends)


def _mark(
    profiles: Sequence[Profile],
    cleaned: Sequence[Sequence[CleanText]],
    places: Sequence[Sequence[tuple[list[int], list[int]]]],
) -> Iterator[list[Text]]:
    """Yield for each profile how its parts can be read again, and where their words stand."""
    for profile, texts, found in zip(profiles, zip(*cleaned, strict=True), places, strict=True):
        parts = zip(_written(profile), texts, found, strict=True)
        yield [
            (_LIGHT if not text.runs and text.text == clean_lightly(written) else UNKNOWN, *where)
            for written, text, where in parts
        ]


def _clean_parts(profiles: Sequence[Profile]) -> list[list[CleanText]]:
    """Return the titles of profiles, their descriptions and their keywords, all cleaned."""
    written = zip(*map(_written, profiles), strict=True) if profiles else ((), (), ())
    return list(map(clean_all, written))


def _written(profile: Profile) -> tuple[str, str, str]:
    return profile.title, profile.description, KEYWORD_SEPARATOR.join(profile.keywords)


def _without_dotted(clean_text: CleanText) -> CleanText:
    # İ is the one character that lower-casing makes longer, and would move all that stands behind it.
    return replace(clean_text, text=clean_text.text.replace("İ", "I")) if "İ" in clean_text.text else clean_text


def _join(first: str, second: str) -> str:
    return f"{first}。{second}" if first and second else first or second
