"""From profiles to columns: clean, segment, encode and tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matchmaker.columns import Columns
from matchmaker.records import NeedCheck, Part, Profile
from matchmaker.text.cleaning import CleanText, clean, clean_all
from matchmaker.text.needcheck import check_need
from matchmaker.text.segmentation import Segmenter, Token, character_grams
from matchmaker.text.tagging import tag
from matchmaker.text.vectors import CachedEncoder

KEYWORD_SEPARATOR = "；"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a profile, cleaned, with its words and the way back into the original."""

    part: Part
    clean: CleanText
    words: tuple[Token, ...]


class Analyst:
    """Reads profiles with one segmenter and one encoder."""

    def __init__(self, segmenter: Segmenter, encoder: CachedEncoder) -> None:
        self.segmenter = segmenter
        self.encoder = encoder

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
        return Columns(
            ids=[profile.id for profile in profiles],
            title_words=[self.segmenter.search_words(title) for title in titles],
            words=[self.segmenter.search_words(text) for text in full],
            title_grams=[character_grams(title) for title in titles],
            grams=[character_grams(text) for text in full],
            title_vectors=vectors[: len(titles)],
            text_vectors=vectors[len(titles) :],
            tags=[tag(profile) for profile in profiles],
        )

    def texts(self, profiles: Sequence[Profile]) -> tuple[list[str], list[str]]:
        """Return what is encoded of profiles: their titles, and titles with descriptions, all cleaned."""
        titles = [part.text for part in clean_all([profile.title for profile in profiles])]
        bodies = [part.text for part in clean_all([profile.description for profile in profiles])]
        return titles, [_join(title, body) for title, body in zip(titles, bodies, strict=True)]

    def check(self, needs: Sequence[Profile], lang: str) -> list[NeedCheck]:
        """Return how complete needs are, one each, in their order."""
        return [check_need(need, self.segmenter, lang=lang) for need in needs]

    def read(self, profile: Profile) -> list[Passage]:
        """Return the parts of one profile for finding evidence; empty parts are left out."""
        written: tuple[tuple[Part, str], ...] = (
            ("title", profile.title),
            ("description", profile.description),
            ("keywords", KEYWORD_SEPARATOR.join(profile.keywords)),
        )
        cleaned = [(part, _without_dotted(clean(text))) for part, text in written if text]
        return [Passage(part, text, tuple(self.segmenter.split(text.text))) for part, text in cleaned]


def _without_dotted(clean_text: CleanText) -> CleanText:
    # İ is the one character that lower-casing makes longer, and would move all that stands behind it.
    return replace(clean_text, text=clean_text.text.replace("İ", "I"))


def _join(first: str, second: str) -> str:
    return f"{first}。{second}" if first and second else first or second
