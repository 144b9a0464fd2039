"""Split cleaned text into words, with a dictionary that belongs to one engine and never to the process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, compress
from typing import NamedTuple, TypeVar

import ahocorasick_rs
import numpy as np
import rjieba

from matchmaker.sequences import RowSequence
from matchmaker.terms import number_grams
from matchmaker.text.lexicon import UNITS, Lexicon, lower

# A part number, grade or formula in one piece, as PA66-GF30 or GB/T18384: the dictionary would take it apart.
CODE = re.compile(r"[a-z0-9]+(?:[-./+][a-z0-9]+)+")
_NUMBER = re.compile(rf"[\d.,%+-]*(?:{'|'.join(sorted(UNITS, key=lambda unit: (-len(unit), unit)))})?")
# A word this frequent in the dictionary's general texts counts half: 催化剂 753, 温度 3,953, 出来 31,018.
_HALFWAY = 1000
_REMEMBERED = 1 << 16
_Answer = TypeVar("_Answer")


class Remembered(dict[str, _Answer]):
    """What a function says of each word, asked once: words repeat. Forgets all when it holds too many.

    A dictionary is read twice as fast as `functools.lru_cache` answers, and by ``map`` without a call for each word.

    Examples
    --------
    >>> lengths = Remembered(len)
    >>> list(map(lengths.__getitem__, ["锂", "电池", "锂"])), len(lengths)
    ([1, 2, 1], 2)
    """

    def __init__(self, ask: Callable[[str], _Answer], most: int = _REMEMBERED) -> None:
        super().__init__()
        self._ask = ask
        self._most = most

    def __missing__(self, word: str) -> _Answer:
        """Ask about a word that is new."""
        if len(self) >= self._most:
            self.clear()
        answer = self[word] = self._ask(word)
        return answer


class Token(NamedTuple):
    """A word in lower case and where it stands: ``text[start:end]``."""

    word: str
    start: int
    end: int


class TaggedToken(NamedTuple):
    """A word of any kind in lower case, the dictionary's part of speech (``n`` noun, ``v`` verb …) and its place."""

    word: str
    tag: str
    start: int
    end: int


class TaggedText(RowSequence[TaggedToken]):
    """Every word of a text with its part of speech, as parallel lists; tokens are made only where one is asked for.

    Attributes
    ----------
    words, tags : list of str, length n
    starts, ends : list of int, length n
        Word i is ``text[starts[i]:ends[i]]``, in lower case; each begins where the one before it ends.
    """

    __slots__ = ("ends", "starts", "tags", "words")

    def __init__(self, words: list[str], tags: list[str]) -> None:
        self.words, self.tags = words, tags
        self.starts, self.ends = _places(words)

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.words)

    def row(self, place: int) -> TaggedToken:
        """Return a word as a token."""
        return TaggedToken(self.words[place], self.tags[place], self.starts[place], self.ends[place])


class Segmenter:
    """Splits text as jieba does with its HMM off, keeping the lexicon's terms whole.

    Parameters
    ----------
    lexicon : Lexicon
        Terms never to split and words to leave out.

    Examples
    --------
    >>> segmenter = Segmenter(Lexicon.of(terms=["钙钛矿叠层电池"]))
    >>> [token.word for token in segmenter.split("钙钛矿叠层电池的封装")]
    ['钙钛矿叠层电池', '封装']
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self._jieba = rjieba.Jieba()
        self._means_something = Remembered(self._carries_meaning)
        self._found_by = Remembered(self._list_search_words)
        self._specific = Remembered(self._measure_specificity)
        self._terms = None
        if self.lexicon.terms:
            self._terms = ahocorasick_rs.AhoCorasick(sorted(self.lexicon.terms))

    @property
    def sha256(self) -> str:
        """Digest of everything that decides the split: the lexicon and the built-in dictionary's answers.

        The built-in dictionary has no version to ask for, so its split of a fixed text stands for it.
        """
        probe = "/".join(self._jieba.cut(_PROBE, hmm=False))
        return hashlib.sha256(f"{self.lexicon.sha256}\n{probe}".encode()).hexdigest()

    def split(self, text: str) -> list[Token]:
        """Return the words that carry meaning, in order, none inside another."""
        return list(map(Token, *self.split_plainly(text)))

    def split_plainly(self, text: str) -> tuple[list[str], list[int], list[int]]:
        """Return the words that `split` returns, where they begin, and where they end, in half of the time."""
        words = self._cut(lower(text))
        kept = list(map(self._means_something.__getitem__, words))
        starts, ends = _places(words)
        return list(compress(words, kept)), list(compress(starts, kept)), list(compress(ends, kept))

    def places(self, tagged: TaggedText) -> tuple[list[int], list[int]]:
        """Return where the words begin and end that `split` returns of a text that was taken apart already."""
        kept = list(map(self._means_something.__getitem__, tagged.words))
        return list(compress(tagged.starts, kept)), list(compress(tagged.ends, kept))

    def search_words(self, text: str) -> list[str]:
        """Return words and the dictionary words inside them, and codes both whole and in parts, for an index."""
        lowered = lower(text)
        return [*self.inner_words(self._cut(lowered)), *self.codes(lowered)]

    def inner_words(self, words: Sequence[str]) -> Iterator[str]:
        """Return the meaningful ones of a text's words, each behind the dictionary words inside it."""
        return chain.from_iterable(map(self._found_by.__getitem__, words))

    def codes(self, lowered: str) -> list[str]:
        """Return the codes of a text in lower case, whole."""
        return [code for code in CODE.findall(lowered) if not _NUMBER.fullmatch(code)]

    def tag(self, text: str) -> TaggedText:
        """Return every word, blanks and punctuation included, with its part of speech; a term counts as a noun.

        Examples
        --------
        >>> [(token.word, token.tag) for token in Segmenter().tag("降低能耗")]
        [('降低', 'v'), ('能耗', 'n')]
        """
        pairs: list[tuple[str, str]] = []
        for part, is_term in self._parts(lower(text)):
            pairs += [(part, "n")] if is_term else self._jieba.tag(part, hmm=False)
        return TaggedText([word for word, _ in pairs], [tag for _, tag in pairs])

    def specificity(self, word: str) -> float:
        """Return how little a word belongs to everyday language: 1 for a technical term, towards 0 for 我们."""
        return self._specific[word]

    def _measure_specificity(self, word: str) -> float:
        # For a word of the dictionary, its frequency there; for any other, about what its parts would make likely.
        return _HALFWAY / (_HALFWAY + self._jieba.suggest_freq(word))

    def _carries_meaning(self, word: str) -> bool:
        if word in self.lexicon.stop_words:
            return False
        if word in self.lexicon.terms:
            return True
        if _NUMBER.fullmatch(word) or (len(word) == 1 and word.isascii()):
            return False
        return any(character.isalnum() for character in word)

    def _list_search_words(self, word: str) -> tuple[str, ...]:
        # What jieba's search mode finds inside a word: a term must not hide 电解液 from those who ask for that alone.
        inner = [
            word[first : first + size]
            for size in (2, 3)
            if len(word) > size
            for first in range(len(word) - size + 1)
            if self._jieba.has_word(word[first : first + size])
        ]
        return tuple(found for found in (*inner, word) if self._carries_meaning(found))

    def _cut(self, lowered: str) -> list[str]:
        """Return all words of a text in lower case, blanks and punctuation included."""
        words: list[str] = []
        for part, is_term in self._parts(lowered):
            words += [part] if is_term else self._jieba.cut(part, hmm=False)
        return words

    def _parts(self, lowered: str) -> Iterator[tuple[str, bool]]:
        """Yield the terms in a text, and what stands between them."""
        cursor = 0
        for start, end in self._find_terms(lowered):
            if cursor < start:
                yield lowered[cursor:start], False
            yield lowered[start:end], True
            cursor = end
        if cursor < len(lowered):
            yield lowered[cursor:], False

    def _find_terms(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the terms' places, disjoint, in order: of overlapping ones the first, and there the longest."""
        if self._terms is None:
            return
        places = [
            (start, end)
            for _, start, end in self._terms.find_matches_as_indexes(text, overlapping=True)
            # "ai" is a term of its own, not the middle of "main".
            if not (_joins(text, start) or _joins(text, end))
        ]
        cursor = 0
        for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
            if start >= cursor:
                yield start, end
                cursor = end


def character_grams(text: str) -> np.ndarray:
    """Return the numbers of letters, digits and pairs of neighbours, ignoring all else, uint64.

    Finds what segmentation splits differently.

    Examples
    --------
    >>> character_grams("锂 电池!").tolist() == number_grams("锂电池").tolist()
    True
    """
    return number_grams("".join(filter(str.isalnum, lower(text))))


def _places(words: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return where words begin and end that stand one behind the other."""
    ends = list(accumulate(map(len, words)))
    return [0, *ends[:-1]] if ends else [], ends


def _joins(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


_PROBE = (
    "面向新能源汽车的锂离子电池电解液添加剂与隔膜涂覆工艺;海参工厂化育苗水质在线监测;船用柴油机选择性催化还原;"
    "碳纤维增强复合材料铺放;永磁同步电机无位置传感器控制;钙钛矿光伏组件封装;多肽药物固相合成;大豆低聚糖分离提取"
)
