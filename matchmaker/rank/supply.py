"""The two sides of matching: supply, indexed and changing; demand, a batch of queries against it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from matchmaker.columns import Columns
from matchmaker.rank.beside import do_both
from matchmaker.rank.dense import MANY, start_products
from matchmaker.rank.filters import Filter
from matchmaker.rank.fusion import Found, fuse_found, join_found
from matchmaker.rank.lexical import GramIndex, WordIndex
from matchmaker.rank.queries import (
    Block,
    Queries,
    Statistics,
    ask_finding_words,
    ask_grams,
    ask_rare_words,
    ask_words,
    find_places,
)
from matchmaker.rank.segments import Segment, mean_direction
from matchmaker.rank.tagtable import TagTable
from matchmaker.terms import number_words

# Neighbouring segments are put together up to so many rows: enough for few of them, few enough to read in one go.
MOST_ROWS = 131_072
_INDEXES = ("words", "grams", "title_grams")


@dataclass(frozen=True, eq=False)
class Part:
    """A segment as part of a register.

    Attributes
    ----------
    segment : Segment
    alive : ndarray of bool, shape (n,), or None
        Which of its rows still count; None for all.
    first : int
        Row of the register that its first row is.
    words, grams, title_grams
        Its terms as the whole register weighs them.
    """

    segment: Segment
    alive: np.ndarray | None
    first: int
    words: WordIndex
    grams: GramIndex
    title_grams: GramIndex

    def allow(self, demand: Demand, rules: Filter) -> np.ndarray | None:
        """Return which rows each need may be shown (`Filter.allow`), those that are gone left out."""
        allowed = rules.allow(demand.columns.tags, self.segment.tags)
        if self.alive is None:
            return allowed
        return self.alive[None] if allowed is None else self.alive & allowed


class Supply:
    """What is on offer, in rows: a list of segments and every index of it; never changed once made.

    Rows that were removed keep their numbers until their segment is rewritten, so ``ids`` may hold some that are gone.

    Parameters
    ----------
    dimension : int
        Length of the vectors.
    segments : sequence of (Segment, ndarray of bool or None)
        Each with the mask of the rows that count.
    statistics : mapping of str to Statistics, optional
        Of ``words``, ``grams`` and ``title_grams``, where they are known already.
    lengths : sequence of mapping of str to ndarray, optional
        For each segment, how long its rows of ``grams`` and ``title_grams`` are (`GramIndex`), where that is known.
    order : ndarray of int, shape (n,), optional
        Place of each row's id among all ids in order, where it is known already.

    Attributes
    ----------
    parts : tuple of Part
    ids : list of str, length n
        Ids by row.
    alive : ndarray of bool, shape (n,)
        Which rows count.
    order : ndarray of int, shape (n,)
        Decides between equal scores, whatever the order of rows.
    """

    def __init__(
        self,
        dimension: int,
        segments: Sequence[tuple[Segment, np.ndarray | None]] = (),
        *,
        statistics: Mapping[str, Statistics] | None = None,
        lengths: Sequence[Mapping[str, np.ndarray]] | None = None,
        order: np.ndarray | None = None,
    ) -> None:
        self.dimension = dimension
        self.ids: list[str] = list(chain.from_iterable(segment.ids for segment, _ in segments))
        self.order = _places(self.ids) if order is None else order
        self.statistics = statistics or {
            name: Statistics.of([Block(getattr(segment, name), alive) for segment, alive in segments])
            for name in _INDEXES
        }
        known = lengths or [{} for _ in segments]
        starts = np.cumsum([0, *(len(segment) for segment, _ in segments)])
        self._starts = starts[:-1]
        self._firsts = self._starts.tolist()
        words, grams, title_grams = (self.statistics[name] for name in _INDEXES)
        self.parts = tuple(
            Part(
                segment,
                alive,
                int(first),
                WordIndex(segment.words, segment.postings, words),
                GramIndex(segment.grams, grams, given.get("grams")),
                GramIndex(segment.title_grams, title_grams, given.get("title_grams")),
            )
            for (segment, alive), first, given in zip(segments, starts, known, strict=False)
        )

    def __len__(self) -> int:
        """Return the number of rows that count."""
        return self.statistics["words"].rows

    @cached_property
    def alive(self) -> np.ndarray:
        """Which rows count, bool, shape (n,)."""
        masks = [np.ones(len(part.segment), bool) if part.alive is None else part.alive for part in self.parts]
        return np.concatenate([np.zeros(0, bool), *masks])

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The row of each id that counts."""
        return {self.ids[row]: row for row in np.flatnonzero(self.alive).tolist()}

    def append(self, columns: Columns, records: Sequence[Any] | None = None) -> Supply:
        """Return a supply with more profiles at its end, and what shall be kept of each."""
        if not len(columns):
            return self
        segments = [(part.segment, part.alive) for part in self.parts]
        segments.append((Segment.of(columns, [None] * len(columns) if records is None else records), None))
        # As in a binary counter: a register that grows row by row rewrites each of them a few times only.
        while len(segments) > 1 and len(segments[-1][0]) * 2 > len(segments[-2][0]):
            if len(segments[-1][0]) + len(segments[-2][0]) > MOST_ROWS:
                break
            last = [_living(*segments.pop()) for _ in range(2)][::-1]
            segments.append((Segment.join(last), None))
        return Supply(self.dimension, segments)

    def remove(self, rows: np.ndarray) -> Supply:
        """Return a supply without some rows."""
        return Supply(self.dimension, self.leave(rows))

    def leave(self, rows: np.ndarray) -> list[tuple[Segment, np.ndarray | None]]:
        """Return the segments that are left without some rows, each with the mask of those that count."""
        gone = np.zeros(len(self.ids), bool)
        gone[rows] = True
        segments: list[tuple[Segment, np.ndarray | None]] = []
        for part in self.parts:
            here = gone[part.first : part.first + len(part.segment)]
            if not here.any():
                segments.append((part.segment, part.alive))
                continue
            alive = ~here if part.alive is None else part.alive & ~here
            if alive.sum() * 2 < len(alive):
                segments += [(_living(part.segment, alive), None)] if alive.any() else []
            else:
                segments.append((part.segment, alive))
        return segments

    def search(self, demand: Demand, depth: int, rules: Filter) -> tuple[list[Found], list[Found]]:
        """Return for each need the best rows with their scores, by words and by vectors; ties by id.

        Rules are applied before the best are taken, so a need never loses places to what it may not be shown.
        """
        masks = [part.allow(demand, rules) for part in self.parts]

        # What was found in one part says how good a row of the next must be to be looked at.
        def by_words() -> Iterator[list[Found]]:
            best = np.zeros((len(demand.words), depth))
            for part, allowed in zip(self.parts, masks, strict=True):
                yield part.words.search(demand.finding_words, depth, allowed, self._order_in(part), best)

        def by_vectors() -> Iterator[list[Found]]:
            best = start_products(len(demand.words), depth)
            for part, allowed in zip(self.parts, masks, strict=True):
                dense = part.segment.dense
                yield dense.search(demand.profile_vectors, depth, allowed, self._order_in(part), best)

        words, vectors = (
            [
                [(rows + part.first, scores) for rows, scores in found]
                for part, found in zip(self.parts, kind, strict=True)
            ]
            for kind in do_both(by_words, by_vectors, beside=len(self.ids) >= MANY)
        )
        return join_found(list(zip(words, vectors, strict=True)), len(demand.words), depth, self.order)

    def _order_in(self, part: Part) -> np.ndarray:
        return self.order[part.first : part.first + len(part.segment)]

    def retrieve(self, demand: Demand, depth: int, rules: Filter) -> list[np.ndarray]:
        """Return candidate rows for each need, best first: words and vectors, fused; ties by id."""
        return fuse_found(self.search(demand, depth, rules), depth, self.order)

    def find(self, places: np.ndarray) -> np.ndarray:
        """Return the row of each place in the order of ids (`order`), -1 where it lies in no row of this supply."""
        where = find_places(self.order[self._by_place], places)
        return np.where(where < 0, -1, self._by_place[where]) if len(self._by_place) else where

    @cached_property
    def _by_place(self) -> np.ndarray:
        return np.argsort(self.order)

    def locate(self, rows: np.ndarray) -> list[tuple[Part, np.ndarray]]:
        """Return each part that holds some of the rows, with the places of these in ``rows``."""
        number = np.searchsorted(self._starts, rows, side="right") - 1
        return [(self.parts[part], np.flatnonzero(number == part)) for part in np.unique(number)]

    def at(self, row: int) -> tuple[Segment, int]:
        """Return the segment that a row lies in, and its place there."""
        part = self.parts[bisect_right(self._firsts, row) - 1]
        return part.segment, row - part.first

    def vectors(self, rows: np.ndarray) -> np.ndarray:
        """Return the directions of some rows, float32, shape (len(rows), d)."""
        found = np.zeros((len(rows), self.dimension), np.float32)
        for part, places in self.locate(rows):
            found[places] = part.segment.vectors[rows[places] - part.first]
        return found

    def weigh_words(self, words: Sequence[str]) -> np.ndarray:
        """Return BM25's weights of words, float64, 0 for one that no text has."""
        statistics = self.statistics["words"]
        found = statistics.find(number_words(words))
        return np.where(found > 0, statistics.weigh(found), 0.0)


@dataclass(frozen=True, slots=True)
class Demand:
    """Needs as queries against one state of a supply."""

    columns: Columns
    tags: TagTable
    profile_vectors: np.ndarray
    words: Queries
    finding_words: Queries
    title_words: Queries
    rare_words: Queries
    grams: Queries
    title_grams: Queries

    @classmethod
    def of(cls, columns: Columns, statistics: Mapping[str, Statistics]) -> Demand:
        """Prepare needs for a register that uses its terms so (`Supply.statistics`)."""
        words, grams, title_grams = (statistics[name] for name in _INDEXES)
        return cls(
            columns=columns,
            tags=TagTable.of(columns.tags),
            profile_vectors=mean_direction(columns.title_vectors, columns.text_vectors),
            words=ask_words(columns.words, words),
            finding_words=ask_finding_words(columns.words, words),
            title_words=ask_words(columns.title_words, words),
            rare_words=ask_rare_words(columns.words, words),
            grams=ask_grams(columns.grams, grams),
            title_grams=ask_grams(columns.title_grams, title_grams),
        )


def _living(segment: Segment, alive: np.ndarray | None) -> Segment:
    return segment if alive is None else segment.take(np.flatnonzero(alive))


def _places(ids: list[str]) -> np.ndarray:
    places = np.empty(len(ids), np.int64)
    places[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return places
