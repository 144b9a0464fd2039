"""Which words to show: by language, and by what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from matchmaker.errors import SettingError

Lang = Literal["zh", "en"]
Words = Mapping[str, Mapping[str, str]]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


def check_language(lang: str) -> Lang:
    """Return a language that there are words in.

    Raises
    ------
    SettingError
        For any other; the message lists those that exist.
    """
    for known in LANGUAGES:
        if lang == known:
            return known
    raise SettingError(f"lang is {lang!r}; choose one of {', '.join(LANGUAGES)}")


def choose_words(words: Words, lang: str) -> Mapping[str, str]:
    """Return the words of one language.

    Raises
    ------
    SettingError
        If the language is unknown; the message lists those that exist.

    Examples
    --------
    >>> choose_words({"zh": {"need": "需求"}, "en": {"need": "need"}}, "zh")["need"]
    '需求'
    """
    return words[check_language(lang)]


def choose_place(shared: Words, places: Mapping[str, Words], place: str, lang: str) -> Mapping[str, str]:
    """Return the words of one thing that is shown, together with those that all share.

    Raises
    ------
    SettingError
        If there are no words for that place or language.
    """
    if place not in places:
        raise SettingError(f"no words for {place!r}; choose one of {', '.join(sorted(places))}")
    return {**choose_words(shared, lang), **places[place][lang]}
