"""How a register uses its terms, and needs as weighted queries against it.

What a term weighs depends on the whole register (`Statistics`), however it is cut into blocks of rows (`TermRows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matchmaker.ragged import bound_rows
from matchmaker.terms import TermRows

# A word is rare when at most one text in twenty has it.
RARE_SHARE = 0.05
# A word that more than one text in twenty has, and more texts than anybody wants to see, says little about which of
# them to look at, and makes for most of the looking.
FINDING_SHARE = 0.05
FINDING_LEAST = 1_000
# What a gram that stands in a text so often counts there: 1 + its logarithm, for all that `TermRows` counts.
_DAMPENED = np.concatenate([np.zeros(1), 1 + np.log(np.arange(1, 1 << 16))])


class Block(NamedTuple):
    """Rows of a register that lie together, and which of them count: all, or those whose mask, shape (n,), is true."""

    rows: TermRows
    alive: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Statistics:
    """How a whole register uses its terms.

    Attributes
    ----------
    rows : int
        Texts.
    words : int
        Terms in all texts, repeats included.
    terms, frequencies : ndarray, shape (v,)
        Numbers of the terms, ascending, and how many texts have each.
    """

    rows: int
    words: int
    terms: np.ndarray
    frequencies: np.ndarray

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Statistics:
        """Count over blocks."""
        found = [_count(block) for block in blocks]
        terms = np.unique(np.concatenate([np.zeros(0, np.uint64), *(block.rows.terms for block in blocks)]))
        frequencies = np.zeros(len(terms), np.int64)
        for block, (_, _, times) in zip(blocks, found, strict=True):
            frequencies[np.searchsorted(terms, block.rows.terms)] += times
        # A term that no text has left must be as unknown as if it had never come.
        used = frequencies > 0
        return cls(sum(one[0] for one in found), sum(one[1] for one in found), terms[used], frequencies[used])

    def find(self, terms: np.ndarray) -> np.ndarray:
        """Return how many texts have each of some terms, int64; 0 for what nobody has."""
        places = find_places(self.terms, terms)
        return np.where(places < 0, 0, self.frequencies[places]) if len(self.terms) else np.zeros(len(terms), np.int64)

    def weigh(self, frequencies: np.ndarray) -> np.ndarray:
        """Return BM25's weight of words that so many texts have: ``log(1 + (n - df + 0.5) / (df + 0.5))``."""
        return np.asarray(np.log1p((self.rows - frequencies + 0.5) / (frequencies + 0.5)))


def _count(block: Block) -> tuple[int, int, np.ndarray]:
    """Return rows, terms with repeats, and how many rows have each term of a block."""
    rows, alive = block
    if alive is None:
        return len(rows), int(rows.counts.sum(dtype=np.int64)), rows.frequencies()
    _, gone, times = rows.read(np.flatnonzero(~alive))
    lost = np.bincount(gone, minlength=len(rows.terms))
    words = rows.counts.sum(dtype=np.int64) - times.sum(dtype=np.int64)
    return int(alive.sum()), int(words), rows.frequencies() - lost


@dataclass(frozen=True, slots=True)
class Queries:
    """Weighted terms of needs: query i has the entries ``bounds[i]`` to ``bounds[i + 1]``, terms ascending.

    Attributes
    ----------
    bounds : ndarray of int64, shape (q + 1,)
    terms, weights : ndarray, shape (entries,)
    """

    bounds: np.ndarray
    terms: np.ndarray
    weights: np.ndarray

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.bounds) - 1


def ask_words(needs: TermRows, statistics: Statistics, most: float | None = None) -> Queries:
    """Return needs as queries for `WordIndex`; a repeated word counts once.

    Weights are divided by the most that a text of average length could score for the query, so that needs with long and
    with short descriptions can be compared: 0 for no word in common, towards 1 for all of them.

    Parameters
    ----------
    needs : TermRows
        Their words.
    statistics : Statistics
        Of the register that is asked.
    most : float, optional
        Ask only for words that the register has, and that at most so many of its texts have.
    """
    found = statistics.find(needs.terms)[needs.places]
    # A word that no text has weighs most of all; leaving it out of the most would flatter needs nobody can serve.
    counted = np.ones(len(found), bool) if most is None else (found > 0) & (found <= most)
    weights = statistics.weigh(found)
    owner = owners(needs.bounds)
    ceilings = np.bincount(owner[counted], weights[counted], minlength=len(needs))
    weights = weights / np.maximum(ceilings, 1e-9)[owner]
    return _choose(needs, counted & (found > 0), weights)


def ask_rare_words(needs: TermRows, statistics: Statistics) -> Queries:
    """Return needs as queries for their rare words alone."""
    return ask_words(needs, statistics, max(1, RARE_SHARE * statistics.rows))


def ask_finding_words(needs: TermRows, statistics: Statistics) -> Queries:
    """Return needs as queries for the words that texts are found by; a need that has no such word asks for all."""
    most = most_to_find(statistics)
    found = statistics.find(needs.terms)[needs.places]
    telling = np.bincount(owners(needs.bounds), (found > 0) & (found <= most), minlength=len(needs)) > 0
    some, every = ask_words(needs, statistics, most), ask_words(needs, statistics)
    return some if telling.all() else _take_either(telling, some, every)


def most_to_find(statistics: Statistics) -> float:
    """Return how many texts may have a word that texts are found by."""
    return max(FINDING_LEAST, FINDING_SHARE * statistics.rows)


def _take_either(first: np.ndarray, some: Queries, every: Queries) -> Queries:
    """Return each query of the first where the mask is true, else of the second."""
    chosen = [some if which else every for which in first.tolist()]
    parts = [slice(queries.bounds[row], queries.bounds[row + 1]) for row, queries in enumerate(chosen)]
    bounds = bound_rows(part.stop - part.start for part in parts)
    terms, weights = (
        np.concatenate([getattr(queries, name)[part] for queries, part in zip(chosen, parts, strict=True)])
        for name in ("terms", "weights")
    )
    return Queries(bounds, terms, weights)


def ask_grams(needs: TermRows, statistics: Statistics) -> Queries:
    """Return needs as queries of unit length for `GramIndex`; unknown grams count, once each, in the length.

    What a gram weighs in a text of the register, but for how often it stands there, is in the weights already.
    """
    found = statistics.find(needs.terms)[needs.places]
    times = np.where(found > 0, dampen(needs.counts), 1.0)
    idf = weigh_grams(found, statistics.rows)
    owner = owners(needs.bounds)
    squares = np.bincount(owner, (times * idf) ** 2, minlength=len(needs))
    weights = times * idf**2 / np.sqrt(np.maximum(squares, 1e-12))[owner]
    return _choose(needs, found > 0, weights)


def _choose(needs: TermRows, chosen: np.ndarray, weights: np.ndarray) -> Queries:
    ends = bound_rows(chosen)
    return Queries(ends[needs.bounds], needs.terms[needs.places[chosen]], weights[chosen])


def owners(bounds: np.ndarray) -> np.ndarray:
    """Return of each entry the row that it belongs to."""
    return np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))


def dampen(counts: np.ndarray) -> np.ndarray:
    """Return what grams count that stand in a text so often."""
    return _DAMPENED.take(counts)


def weigh_grams(frequencies: np.ndarray, rows: int) -> np.ndarray:
    """Return the weights of grams that so many of all rows have."""
    return np.asarray(np.log((1 + rows) / (1 + frequencies)) + 1)


def find_places(terms: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return where wanted terms stand among ascending ones, -1 for those that do not.

    Examples
    --------
    >>> find_places(np.array([3, 7], np.uint64), np.array([7, 4], np.uint64)).tolist()
    [1, -1]
    """
    if not len(terms):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(terms, wanted), len(terms) - 1)
    return np.where(terms[places] == wanted, places, -1)
