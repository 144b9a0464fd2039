"""What two texts have in common: the longest shared phrases, how rare their words are, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

# A phrase must weigh this much to be worth a reader's eye: a word in every third text does not.
MIN_WEIGHT = 1.0
MOST_PHRASES = 8
MOST_PLACES = 12


class Word(NamedTuple):
    """A word and where it stands in its text."""

    word: str
    start: int
    end: int


class Place(NamedTuple):
    """Where a phrase stands: text number and [start, end) in it."""

    text: int
    start: int
    end: int


class Phrase(NamedTuple):
    """A phrase that both sides use, its weight, and its places on either side."""

    phrase: str
    weight: float
    need: tuple[Place, ...]
    supply: tuple[Place, ...]


class Text(NamedTuple):
    """A text in lower case with its words, none inside another, in order."""

    text: str
    words: Sequence[Word]


def find_shared(need: Sequence[Text], supply: Sequence[Text], weigh: Callable[[str], float]) -> list[Phrase]:
    """Return the phrases that both sides use, heaviest first, ties by phrase.

    A phrase is the longest run of neighbouring words of the need that the supply's texts also hold; a phrase inside a
    heavier one is left out.

    Parameters
    ----------
    need, supply : sequence of Text
    weigh : callable
        Weight of a word; a phrase weighs the sum of its words.

    Examples
    --------
    >>> need = Text("低温锂电池", [Word("低温", 0, 2), Word("锂电池", 2, 5)])
    >>> supply = Text("一种低温锂电池", [Word("低温", 2, 4), Word("锂电池", 4, 7)])
    >>> find_shared([need], [supply], lambda word: 2.0)[0].phrase
    '低温锂电池'
    """
    known = {word.word for text in supply for word in text.words}
    found: dict[str, float] = {}
    for text in need:
        at = 0
        while at < len(text.words):
            stop = _run_end(text, at, known, supply)
            if stop > at:
                run = text.words[at:stop]
                found[text.text[run[0].start : run[-1].end]] = sum(weigh(word.word) for word in run)
            at = max(stop, at + 1)
    chosen: list[Phrase] = []
    for phrase in sorted(found, key=lambda phrase: (-found[phrase], phrase)):
        if found[phrase] < MIN_WEIGHT or len(chosen) == MOST_PHRASES:
            break
        if any(phrase in other.phrase for other in chosen):
            continue
        places = _places(phrase, need), _places(phrase, supply)
        # Without a place, it stands only inside Latin words: pa6 in pa66.
        if all(places):
            chosen.append(Phrase(phrase, found[phrase], *places))
    return chosen


def _run_end(text: Text, start: int, known: set[str], supply: Sequence[Text]) -> int:
    words = text.words
    if words[start].word not in known:
        return start
    stop = start + 1
    # A longer phrase stands nowhere before the first place of the shorter one.
    firsts = [0] * len(supply)
    while stop < len(words) and words[stop].start == words[stop - 1].end:
        phrase = text.text[words[start].start : words[stop].end]
        firsts = [other.text.find(phrase, at) if at >= 0 else at for other, at in zip(supply, firsts, strict=True)]
        if max(firsts, default=-1) < 0:
            break
        stop += 1
    return stop


def _places(phrase: str, texts: Sequence[Text]) -> tuple[Place, ...]:
    places: list[Place] = []
    for number, text in enumerate(texts):
        start = text.text.find(phrase)
        while start >= 0 and len(places) < MOST_PLACES:
            end = start + len(phrase)
            if not (_cuts(text.text, start) or _cuts(text.text, end)):
                places.append(Place(number, start, end))
            start = text.text.find(phrase, end)
    return tuple(places)


def _cuts(text: str, place: int) -> bool:
    """Tell whether a place lies inside a Latin word or number."""
    pair = text[place - 1 : place + 1] if place else ""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()
