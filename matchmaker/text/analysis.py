"""From profiles to columns: clean, segment, encode and tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matchmaker.columns import Columns
from matchmaker.records import Part, Profile
from matchmaker.text.cleaning import CleanText, clean, clean_all
from matchmaker.text.elements import read_elements
from matchmaker.text.industry import SCHEMES, Classifier
from matchmaker.text.needcheck import check_need
from matchmaker.text.segmentation import Segmenter, character_grams
from matchmaker.text.tagging import add_understood, tag
from matchmaker.text.vectors import CachedEncoder
from matchmaker.understanding import Element, NeedCheck, Understanding

KEYWORD_SEPARATOR = "；"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a profile, cleaned, with its words and their places, and the way back into the original."""

    part: Part
    clean: CleanText
    words: list[tuple[str, int, int]]


class Analyst:
    """Reads profiles with one segmenter and one encoder."""

    def __init__(self, segmenter: Segmenter, encoder: CachedEncoder) -> None:
        self.segmenter = segmenter
        self.encoder = encoder
        self.classifier = Classifier(encoder)

    def analyse(self, profiles: Sequence[Profile], progress: Progress | None = None) -> Columns:
        """Return what is known of profiles, a row each, in their order."""
        titles, texts = self.texts(profiles)
        full = [
            _join(text, clean(KEYWORD_SEPARATOR.join(profile.keywords)).text)
            for text, profile in zip(texts, profiles, strict=True)
        ]
        if progress:
            progress("clean", len(profiles), len(profiles))
        together = [*titles, *texts]
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress("encode", done, len(together))

        vectors = self.encoder.encode(together, advance)
        title_words = [self.segmenter.search_words(title) for title in titles]
        words = [self.segmenter.search_words(text) for text in full]
        seen = title_words, words, vectors[len(titles) :]
        fields, divisions = (self.classifier.classify(scheme, *seen) for scheme in ("field", "division"))
        return Columns(
            ids=[profile.id for profile in profiles],
            title_words=title_words,
            words=words,
            title_grams=[character_grams(title) for title in titles],
            grams=[character_grams(text) for text in full],
            title_vectors=vectors[: len(titles)],
            text_vectors=vectors[len(titles) :],
            tags=[
                add_understood(tag(profile), self.elements(profile), field, division)
                for profile, field, division in zip(profiles, fields, divisions, strict=True)
            ],
        )

    def texts(self, profiles: Sequence[Profile]) -> tuple[list[str], list[str]]:
        """Return what is encoded of profiles: their titles, and titles with descriptions, all cleaned."""
        titles = [part.text for part in clean_all([profile.title for profile in profiles])]
        bodies = [part.text for part in clean_all([profile.description for profile in profiles])]
        return titles, [_join(title, body) for title, body in zip(titles, bodies, strict=True)]

    def elements(self, profile: Profile) -> tuple[Element, ...]:
        """Return what the texts of a profile say."""
        return read_elements(profile, self.segmenter)

    def understand(self, profiles: Sequence[Profile], progress: Progress | None = None) -> list[Understanding]:
        """Return what profiles say and what they are about, one each, in their order."""
        columns = self.analyse(profiles, progress)
        seen = columns.title_words, columns.words, columns.text_vectors
        claims = list(zip(*(self.classifier.classify(scheme, *seen) for scheme in SCHEMES), strict=True))
        return [
            Understanding(
                profile_id=profile.id,
                elements=self.elements(profile),
                industries=tuple(claim for claim in claimed if claim.code),
                field=tags.field,
                maturity=tags.maturity,
                modes=tuple(sorted(tags.modes)),
                region=tags.region,
            )
            for profile, tags, claimed in zip(profiles, columns.tags, claims, strict=True)
        ]

    def check(self, needs: Sequence[Profile], lang: str) -> list[NeedCheck]:
        """Return how complete needs are, one each, in their order."""
        tags = self.analyse(needs).tags
        return [
            check_need(need, self.segmenter, field=known.likely_field, lang=lang)
            for need, known in zip(needs, tags, strict=True)
        ]

    def read(self, profile: Profile) -> list[Passage]:
        """Return the parts of one profile for finding evidence; empty parts are left out."""
        written: tuple[tuple[Part, str], ...] = (
            ("title", profile.title),
            ("description", profile.description),
            ("keywords", KEYWORD_SEPARATOR.join(profile.keywords)),
        )
        cleaned = [(part, _without_dotted(clean(text))) for part, text in written if text]
        return [Passage(part, text, self.segmenter.split_plainly(text.text)) for part, text in cleaned]


def _without_dotted(clean_text: CleanText) -> CleanText:
    # İ is the one character that lower-casing makes longer, and would move all that stands behind it.
    return replace(clean_text, text=clean_text.text.replace("İ", "I"))


def _join(first: str, second: str) -> str:
    return f"{first}。{second}" if first and second else first or second
