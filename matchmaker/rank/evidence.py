"""What two texts have in common: the longest shared phrases, how rare their words are, and where they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import compress
from typing import NamedTuple

# A phrase must weigh this much to be worth a reader's eye: a word in every third text does not.
MIN_WEIGHT = 1.0
MOST_PHRASES = 8
MOST_PLACES = 12
# No clean text holds this character, so no phrase is found across two of them.
_BETWEEN = "\0"


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
    words : sequence of str
    starts, ends : sequence of int
        Where each word stands.
    """

    __slots__ = ("ends", "starts", "text", "words")

    def __init__(self, text: str, words: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> None:
        self.text = text
        self.words = words
        self.starts = starts
        self.ends = ends

    def cuts_word(self, place: int) -> bool:
        """Tell whether a place lies in the middle of a word."""
        before = bisect_left(self.starts, place) - 1
        return before >= 0 and place < self.ends[before]


class Texts:
    """The texts of one side of pairs; where a phrase stands in them is looked up once, whatever they are paired with.

    Parameters
    ----------
    texts : sequence of Text

    Attributes
    ----------
    texts : tuple of Text
    distinct : frozenset of str
        The words of all texts, each once.
    whole : str
        All texts.
    """

    __slots__ = ("_found", "distinct", "texts", "whole")

    def __init__(self, texts: Sequence[Text]) -> None:
        self.texts = tuple(texts)
        self.distinct: frozenset[str] = frozenset().union(*(text.words for text in texts))
        self.whole = _BETWEEN.join([text.text for text in texts])
        self._found: dict[str, tuple[Place, ...]] = {}

    def places(self, phrase: str) -> tuple[Place, ...]:
        """Return where a phrase stands, not counting where it lies inside a Latin word."""
        found = self._found.get(phrase)
        if found is None:
            found = self._found[phrase] = self._look_up(phrase)
        return found

    def _look_up(self, phrase: str) -> tuple[Place, ...]:
        places: list[Place] = []
        begins, ends = _is_latin(phrase[:1]), _is_latin(phrase[-1:])
        for number, one in enumerate(self.texts):
            text = one.text
            start = text.find(phrase)
            while start >= 0 and len(places) < MOST_PLACES:
                end = start + len(phrase)
                if not ((begins and _cuts(text, start)) or (ends and _cuts(text, end))):
                    places.append(Place(number, start, end))
                start = text.find(phrase, end)
        return tuple(places)

    def cuts(self, places: Sequence[Place]) -> bool:
        """Tell whether all places end in the middle of a word."""
        texts = self.texts
        for number, _, end in places:
            if not texts[number].cuts_word(end):
                return False
        return True


def find_shared(need: Texts, supply: Texts, weigh: Callable[[str], float]) -> list[Phrase]:
    """Return the phrases that both sides use, heaviest first, ties by phrase.

    A phrase is the longest run of neighbouring words of the need that the supply's texts also hold; a phrase inside a
    heavier one is left out.

    Parameters
    ----------
    need, supply : Texts
    weigh : callable
        Weight of a word; a phrase weighs the sum of its words.

    Examples
    --------
    >>> need = Texts([Text("低温锂电池", ["低温", "锂电池"], [0, 2], [2, 5])])
    >>> supply = Texts([Text("一种低温锂电池", ["低温", "锂电池"], [2, 4], [4, 7])])
    >>> find_shared(need, supply, lambda word: 2.0)[0].phrase
    '低温锂电池'
    """
    known = supply.distinct
    found: dict[str, float] = {}
    for text in need.texts:
        words = text.words
        stop = 0
        for at in compress(range(len(words)), map(known.__contains__, words)):
            if at >= stop:
                stop = _run_end(text, at, supply.whole)
                phrase = text.text[text.starts[at] : text.ends[stop - 1]]
                found[phrase] = sum(map(weigh, words[at:stop]))
    chosen: list[Phrase] = []
    # All phrases taken so far, in one string: most that are tried lie inside none of them.
    said = ""
    for negative, phrase in sorted([(-weight, phrase) for phrase, weight in found.items() if weight >= MIN_WEIGHT]):
        if len(chosen) == MOST_PHRASES:
            break
        if phrase in said:
            continue
        ours, theirs = need.places(phrase), supply.places(phrase)
        # Without a place, it stands only inside Latin words: pa6 in pa66.
        if ours and theirs:
            chosen.append(Phrase(phrase, -negative, ours, theirs))
            said += _BETWEEN + phrase
    return chosen


def _run_end(text: Text, start: int, whole: str) -> int:
    """Return where the longest run of words ends that begins with word ``start`` and stands in the supply's texts."""
    starts, ends, last = text.starts, text.ends, len(text.words)
    begin, stop = starts[start], start + 1
    # A longer phrase stands nowhere before the first place of the shorter one.
    first = 0
    while stop < last and starts[stop] == ends[stop - 1]:
        first = whole.find(text.text[begin : ends[stop]], first)
        if first < 0:
            break
        stop += 1
    return stop


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _cuts(text: str, place: int) -> bool:
    """Tell whether a place lies inside a Latin word or number."""
    pair = text[place - 1 : place + 1] if place else ""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()
