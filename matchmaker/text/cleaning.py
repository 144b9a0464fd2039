"""Cleaning: from a text as a person wrote, scanned or pasted it to one that can be segmented, encoded and compared.

Each step is a small function of its own, from a text to a text and a trace (see :mod:`matchmaker.text.alignment`).
:func:`clean` runs them in order until nothing changes any more, so that cleaning a clean text returns it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matchmaker.text.advertisements import drop_advertisement
from matchmaker.text.alignment import CleanText, Trace, follow, pack
from matchmaker.text.characters import normalise, strip_controls
from matchmaker.text.layout import collapse_blanks, join_lines
from matchmaker.text.markup import strip_markup
from matchmaker.text.pinyin import strip_pinyin
from matchmaker.text.repetition import drop_repeats
from matchmaker.text.traditional import simplify

__all__ = ["CleanText", "clean", "clean_all", "clean_lightly"]

Step = Callable[[str], tuple[str, Trace | None]]


def _simplify(text: str) -> tuple[str, None]:
    """Write traditional characters as simplified ones; nothing moves."""
    return simplify(text), None


_CHARACTER_STEPS: tuple[Step, ...] = (strip_controls, normalise)
# Pinyin and stray blanks go before simplifying, which must see whole words (乾(qián)隆 is 乾隆, not 干隆).
_CONTENT_STEPS: tuple[Step, ...] = (
    strip_markup,
    strip_pinyin,
    collapse_blanks,
    _simplify,
    join_lines,
    drop_repeats,
    drop_advertisement,
)
_ROUNDS = 12
# A text that does not settle is escaped within escapes; without these characters nothing can unfold any more.
_SEAL = str.maketrans({"&": " ", "<": " ", "(": " ", "\n": " "})


def clean(text: str) -> CleanText:
    r"""Clean one text.

    Removes control characters, HTML, pinyin run into the text, stray blanks and line breaks, repeated paragraphs and an
    advertisement at the end; writes characters in NFKC form and simplified Chinese.

    Parameters
    ----------
    text : str
        Any text, damaged ones included; it is not changed.

    Returns
    -------
    CleanText
        The text, possibly empty, and the way back into the original. Cleaning it again gives the same text.

    Examples
    --------
    >>> clean("<p>科技成果轉(zhuǎn)化，粒径&lt;5&nbsp;μm</p>").text
    '科技成果转化,粒径<5 μm'
    """
    original = text
    trace: Trace | None = None
    for turn in range(2 * _ROUNDS):
        if turn == _ROUNDS:
            text = text.translate(_SEAL)
        for step in _CHARACTER_STEPS:
            text, moved = step(text)
            trace = follow(trace, moved)
        before = text
        for step in _CONTENT_STEPS:
            text, moved = step(text)
            trace = follow(trace, moved)
        if text == before:
            break
    return CleanText(original if text == original else text, pack(trace))


def clean_lightly(text: str) -> str:
    """Return what most texts are when they are clean: their characters are in NFKC form, and nothing else was wrong.

    Examples
    --------
    >>> clean_lightly("锂电池，５V") == clean("锂电池，５V").text
    True
    """
    return normalise(text)[0]


def clean_all(texts: Sequence[str]) -> list[CleanText]:
    """Clean many texts; equal ones share one result.

    Parameters
    ----------
    texts : sequence of str
        The texts; they are not changed.

    Returns
    -------
    list of CleanText
        One for each text, in order.

    Examples
    --------
    >>> [result.text for result in clean_all(["鋰電池", "锂 电 池"])]
    ['锂电池', '锂电池']
    """
    known: dict[str, CleanText] = {}
    results = []
    for text in texts:
        result = known.get(text)
        if result is None:
            result = known[text] = clean(text)
        results.append(result)
    return results
