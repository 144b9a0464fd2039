"""Which words to show: by language, and by what is shown."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.errors import SettingError

Words = Mapping[str, Mapping[str, str]]


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
    if lang not in words:
        raise SettingError(f"lang is {lang!r}; choose one of {', '.join(sorted(words))}")
    return words[lang]


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
