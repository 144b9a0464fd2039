"""What two texts have in common: the longest shared phrases, how rare their words are, and where they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

# A phrase must weigh this much to be worth a reader's eye: a word in every third text does not.
MIN_WEIGHT = 1.0
MOST_PHRASES = 8
MOST_PLACES = 12
# No clean text holds this character, so no phrase is found across two of them.
_BETWEEN = "\0"


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


class Text:
    """A text in lower case with its words, none inside another, in order.

    Parameters
    ----------
    text : str
    words : sequence of Word
        Plain tuples do as well.

    Attributes
    ----------
    words : tuple of str
    starts, ends : tuple of int
        Where each word stands.
    distinct : frozenset of str
        The words, each once.
    """

    __slots__ = ("distinct", "ends", "starts", "text", "words")

    def __init__(self, text: str, words: Sequence[tuple[str, int, int]]) -> None:
        self.text = text
        self.words: tuple[str, ...]
        self.starts: tuple[int, ...]
        self.ends: tuple[int, ...]
        self.words, self.starts, self.ends = zip(*words, strict=True) if words else ((), (), ())
        self.distinct = frozenset(self.words)

    def cuts_word(self, place: int) -> bool:
        """Tell whether a place lies in the middle of a word."""
        before = bisect_left(self.starts, place) - 1
        return before >= 0 and place < self.ends[before]


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
    known: set[str] = set().union(*(text.distinct for text in supply))
    whole = _BETWEEN.join(text.text for text in supply)
    found: dict[str, float] = {}
    for text in need:
        words = text.words
        stop = 0
        for at in [place for place, word in enumerate(words) if word in known]:
            if at >= stop:
                stop = _run_end(text, at, whole)
                phrase = text.text[text.starts[at] : text.ends[stop - 1]]
                found[phrase] = sum(map(weigh, words[at:stop]))
    chosen: list[Phrase] = []
    for negative, phrase in sorted((-weight, phrase) for phrase, weight in found.items() if weight >= MIN_WEIGHT):
        if len(chosen) == MOST_PHRASES:
            break
        if any(phrase in other.phrase for other in chosen):
            continue
        places = _places(phrase, need), _places(phrase, supply)
        # Without a place, it stands only inside Latin words: pa6 in pa66.
        if all(places):
            chosen.append(Phrase(phrase, -negative, *places))
    return chosen


def _run_end(text: Text, start: int, whole: str) -> int:
    """Return where the longest run of words ends that begins with word ``start`` and stands in the supply's texts."""
    stop = start + 1
    # A longer phrase stands nowhere before the first place of the shorter one.
    first = 0
    while stop < len(text.words) and text.starts[stop] == text.ends[stop - 1]:
        first = whole.find(text.text[text.starts[start] : text.ends[stop]], first)
        if first < 0:
            break
        stop += 1
    return stop


def _places(phrase: str, texts: Sequence[Text]) -> tuple[Place, ...]:
    places: list[Place] = []
    begins, ends = _is_latin(phrase[:1]), _is_latin(phrase[-1:])
    for number, text in enumerate(texts):
        start = text.text.find(phrase)
        while start >= 0 and len(places) < MOST_PLACES:
            end = start + len(phrase)
            if not ((begins and _cuts(text.text, start)) or (ends and _cuts(text.text, end))):
                places.append(Place(number, start, end))
            start = text.text.find(phrase, end)
    return tuple(places)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _cuts(text: str, place: int) -> bool:
    """Tell whether a place lies inside a Latin word or number."""
    pair = text[place - 1 : place + 1] if place else ""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()
