"""Split cleaned text into words, with a dictionary that belongs to one engine and never to the process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import rjieba

from matchmaker.terms import number_grams
from matchmaker.text.lexicon import UNITS, Lexicon, lower

# A part number, grade or formula in one piece, as PA66-GF30 or GB/T18384: the dictionary would take it apart.
CODE = re.compile(r"[a-z0-9]+(?:[-./+][a-z0-9]+)+")
_NUMBER = re.compile(rf"[\d.,%+-]*(?:{'|'.join(sorted(UNITS, key=lambda unit: (-len(unit), unit)))})?")
# A word this frequent in the dictionary's general texts counts half: 催化剂 753, 温度 3,953, 出来 31,018.
_HALFWAY = 1000
_REMEMBERED = 1 << 16


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
        # Words repeat: asking once for each is a third of the time of splitting.
        self._means_something = lru_cache(maxsize=_REMEMBERED)(self._carries_meaning)
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
        return [token for token in self._tokens(lower(text), "default") if self._means_something(token.word)]

    def search_words(self, text: str) -> list[str]:
        """Return words and the dictionary words inside them, and codes both whole and in parts, for an index."""
        lowered = lower(text)
        words = [token.word for token in self._tokens(lowered, "search") if self._means_something(token.word)]
        words += [code.group() for code in CODE.finditer(lowered) if not _NUMBER.fullmatch(code.group())]
        return words

    def tag(self, text: str) -> list[TaggedToken]:
        """Return every word, blanks and punctuation included, with its part of speech; a term counts as a noun.

        Examples
        --------
        >>> [(token.word, token.tag) for token in Segmenter().tag("降低能耗")]
        [('降低', 'v'), ('能耗', 'n')]
        """
        lowered = lower(text)
        tokens: list[TaggedToken] = []
        cursor = 0
        for start, end in [*self._find_terms(lowered), (len(lowered), len(lowered))]:
            for word, tag in self._jieba.tag(lowered[cursor:start], hmm=False) if cursor < start else ():
                tokens.append(TaggedToken(word, tag, cursor, cursor + len(word)))
                cursor += len(word)
            if start < end:
                tokens.append(TaggedToken(lowered[start:end], "n", start, end))
            cursor = end
        return tokens

    def specificity(self, word: str) -> float:
        """Return how little a word belongs to everyday language: 1 for a technical term, towards 0 for 我们."""
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

    def _tokens(self, text: str, mode: str) -> Iterator[Token]:
        cursor = 0
        for start, end in self._find_terms(text):
            yield from self._dictionary_tokens(text, cursor, start, mode)
            if mode == "search":
                yield from self._inner_words(text, start, end)
            yield Token(text[start:end], start, end)
            cursor = end
        yield from self._dictionary_tokens(text, cursor, len(text), mode)

    def _dictionary_tokens(self, text: str, start: int, end: int, mode: str) -> Iterator[Token]:
        if start < end:
            for word, first, last in self._jieba.tokenize(text[start:end], mode=mode, hmm=False):
                yield Token(word, start + first, start + last)

    def _inner_words(self, text: str, start: int, end: int) -> Iterator[Token]:
        # What jieba's search mode finds inside a word: a term must not hide 电解液 from those who ask for that alone.
        for size in (2, 3):
            for first in range(start, end - size + 1 if end - start > size else start):
                if self._jieba.has_word(text[first : first + size]):
                    yield Token(text[first : first + size], first, first + size)

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


def _joins(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


_PROBE = (
    "面向新能源汽车的锂离子电池电解液添加剂与隔膜涂覆工艺;海参工厂化育苗水质在线监测;船用柴油机选择性催化还原;"
    "碳纤维增强复合材料铺放;永磁同步电机无位置传感器控制;钙钛矿光伏组件封装;多肽药物固相合成;大豆低聚糖分离提取"
)
