"""Lexical similarity: BM25 over words and TF-IDF cosine over character grams.

What a word weighs depends on the whole register (`Statistics`), where it stands on one block of rows (`TermRows`). A
register may so lie in several blocks, and every score is the same, to the last bit, as if it lay in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from matchmaker.terms import TermRows, add_rows

K1 = 1.2
B = 0.75
# A word is rare when at most one text in twenty has it.
RARE_SHARE = 0.05
# A word that more than one text in twenty has, and more texts than anybody wants to see, says little about which of
# them to look at, and makes for most of the looking.
FINDING_SHARE = 0.05
FINDING_LEAST = 1_000
_SAMPLE = 64
# What a gram that stands in a text so often counts there: 1 + its logarithm, for all that `TermRows` counts.
_DAMPENED = np.concatenate([np.zeros(1), 1 + np.log(np.arange(1, 1 << 16))])
# Rows weighed at once: bounds memory.
_STEP = 4_096

Found = tuple[np.ndarray, np.ndarray]


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
    gone, _ = rows.entries(np.flatnonzero(~alive))
    lost = np.bincount(rows.places[gone], minlength=len(rows.terms))
    words = rows.counts.sum(dtype=np.int64) - rows.counts[gone].sum(dtype=np.int64)
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
    owner = _owners(needs.bounds)
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
    telling = np.bincount(_owners(needs.bounds), (found > 0) & (found <= most), minlength=len(needs)) > 0
    some, every = ask_words(needs, statistics, most), ask_words(needs, statistics)
    return some if telling.all() else _take_either(telling, some, every)


def most_to_find(statistics: Statistics) -> float:
    """Return how many texts may have a word that texts are found by."""
    return max(FINDING_LEAST, FINDING_SHARE * statistics.rows)


def _take_either(first: np.ndarray, some: Queries, every: Queries) -> Queries:
    """Return each query of the first where the mask is true, else of the second."""
    chosen = [some if which else every for which in first.tolist()]
    parts = [slice(queries.bounds[row], queries.bounds[row + 1]) for row, queries in enumerate(chosen)]
    bounds = np.cumsum([0, *(part.stop - part.start for part in parts)])
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
    times = np.where(found > 0, _dampen(needs.counts), 1.0)
    idf = _weigh_grams(found, statistics.rows)
    owner = _owners(needs.bounds)
    squares = np.bincount(owner, (times * idf) ** 2, minlength=len(needs))
    weights = times * idf**2 / np.sqrt(np.maximum(squares, 1e-12))[owner]
    return _choose(needs, found > 0, weights)


def _choose(needs: TermRows, chosen: np.ndarray, weights: np.ndarray) -> Queries:
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(chosen)])
    return Queries(ends[needs.bounds], needs.terms[needs.places[chosen]], weights[chosen])


def _owners(bounds: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))


class Postings(NamedTuple):
    """The entries of rows by term (`TermRows.transpose`)."""

    bounds: np.ndarray
    rows: np.ndarray
    counts: np.ndarray


class WordIndex:
    """BM25 (Robertson et al., TREC-3) as Lucene weighs it, over the words of one block of rows.

    Parameters
    ----------
    rows : TermRows
    postings : Postings
        The same by term.
    statistics : Statistics
        Of the register that the rows belong to.
    """

    def __init__(self, rows: TermRows, postings: Postings, statistics: Statistics) -> None:
        self.rows = rows
        self.postings = postings
        self.statistics = statistics

    @cached_property
    def _norms(self) -> np.ndarray:
        average = max(self.statistics.words / max(self.statistics.rows, 1), 1.0)
        return np.asarray(K1 * (1 - B + B * self.rows.lengths() / average))

    def search(
        self,
        queries: Queries,
        depth: int,
        allowed: np.ndarray | None = None,
        order: np.ndarray | None = None,
        best: np.ndarray | None = None,
    ) -> list[Found]:
        """Return for each query the rows of the best texts that share a word with it, best first, and their scores.

        Parameters
        ----------
        queries : Queries
        depth : int
            At most this many rows a query.
        allowed : ndarray of bool, shape (q, n) or (1, n), optional
            Rows that may be returned.
        order : ndarray of int, shape (n,), optional
            What decides between equal scores, lowest first; by default the row.
        best : ndarray of float64, shape (q, depth), optional
            The largest scores that were found in other blocks, 0 for none; those of this block are put among them. Rows
            that are not among the best of all may be left out.
        """
        best = np.zeros((len(queries), depth)) if best is None else best
        places = find_places(self.rows.terms, queries.terms)
        found: list[Found] = []
        barred = [] if allowed is None else [np.flatnonzero(~mask) for mask in allowed]
        for query in range(len(queries)):
            here = slice(queries.bounds[query], queries.bounds[query + 1])
            known = places[here] >= 0
            # A column a term: texts are added up term by term, in the order in which `score` adds them up.
            scores = self._take(places[here][known]).T @ queries.weights[here][known]
            if barred:
                scores[barred[query if len(barred) > 1 else 0]] = 0
            least = best[query].min(initial=np.inf)
            rows = top_rows(scores, depth, np.nextafter(least, -np.inf) if least > 0 else 0.0, order)
            best[query] = np.partition(np.concatenate([best[query], scores[rows]]), len(rows))[len(rows) :]
            found.append((rows, scores[rows]))
        return found

    def _take(self, places: np.ndarray) -> sparse.csr_array:
        """Return what some terms add to each text's score but for their weights, shape (len(places), n)."""
        matrix, rows = self._telling
        found = rows[places]
        return matrix[found] if (found >= 0).all() else self._by_term[places]

    @cached_property
    def _telling(self) -> tuple[sparse.csr_array, np.ndarray]:
        """Of `_by_term` the terms that texts are found by, which have few of its entries, and the row of each term."""
        telling = self.statistics.find(self.rows.terms) <= most_to_find(self.statistics)
        lengths = np.diff(self.postings.bounds)
        entries = np.repeat(telling, lengths)
        bounds = np.concatenate([[0], np.cumsum(lengths[telling])])
        part = Postings(bounds, self.postings.rows[entries], self.postings.counts[entries])
        return self._weigh(part), np.where(telling, np.cumsum(telling) - 1, -1)

    @cached_property
    def _by_term(self) -> sparse.csr_array:
        """What each term adds to each text's score but for its weight, shape (v, n)."""
        return self._weigh(self.postings)

    def _weigh(self, postings: Postings) -> sparse.csr_array:
        bounds, rows, counts = postings
        added = _saturate(counts, self._norms.take(rows))
        return sparse.csr_array((added, rows, bounds), shape=(len(bounds) - 1, len(self.rows)))

    def score(self, asked: Sequence[Queries], pairs: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
        """Return the scores of given (query, text) pairs, grouped by query, for each of several sets of queries."""
        places = [find_places(self.rows.terms, queries.terms) for queries in asked]
        scores = [np.zeros(len(pairs[0])) for _ in asked]
        wide = np.zeros((len(asked), len(self.rows.terms)))
        for query, part in _groups(pairs[0]):
            bounds, terms, counts = self.rows.read(pairs[1][part])
            owner = _owners(bounds)
            saturated = _saturate(counts, self._norms[pairs[1][part]][owner])
            for row, queries, known, result in zip(wide, asked, places, scores, strict=True):
                with _Written(row, queries, known, query):
                    result[part] = np.bincount(owner, row[terms] * saturated, minlength=len(bounds) - 1)
        return scores


def _saturate(counts: np.ndarray, norms: np.ndarray) -> np.ndarray:
    """Return ``counts * (K1 + 1) / (counts + norms)``; the norms are written over."""
    times = counts.astype(np.float64)
    norms += times
    times *= K1 + 1
    times /= norms
    return times


class GramIndex:
    """Cosine of TF-IDF over characters and their pairs: finds words that segmentation splits differently.

    Parameters
    ----------
    rows : TermRows
        One block of rows.
    statistics : Statistics
        Of the register that the rows belong to.
    lengths : ndarray of float64, shape (n,), optional
        Of the weighted rows, where they are known already.
    """

    def __init__(self, rows: TermRows, statistics: Statistics, lengths: np.ndarray | None = None) -> None:
        self.rows = rows
        self.statistics = statistics
        self._given = lengths

    @cached_property
    def lengths(self) -> np.ndarray:
        """How long each row is, all its grams weighed, shape (n,)."""
        if self._given is not None:
            return self._given
        idf = _weigh_grams(self.statistics.find(self.rows.terms), self.statistics.rows)
        squares = np.zeros(len(self.rows))
        for start in range(0, len(self.rows), _STEP):
            part = self.rows.part(start, start + _STEP)
            weights = idf.take(part.places)
            weights *= _dampen(part.counts)
            weights *= weights
            squares[start : start + len(part)] = add_rows(weights, part.bounds)
        return np.asarray(np.sqrt(np.maximum(squares, 1e-12)))

    def score(self, queries: Queries, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the cosines of given (query, text) pairs, shape (p,); pairs come grouped by query."""
        known = find_places(self.rows.terms, queries.terms)
        cosines = np.zeros(len(pairs[0]))
        wide = np.zeros(len(self.rows.terms))
        for query, part in _groups(pairs[0]):
            bounds, places, counts = self.rows.read(pairs[1][part])
            with _Written(wide, queries, known, query):
                products = wide.take(places)
            products *= _dampen(counts)
            cosines[part] = add_rows(products, bounds)
        return np.asarray(cosines / self.lengths[pairs[1]])


def _dampen(counts: np.ndarray) -> np.ndarray:
    return _DAMPENED.take(counts)


def _weigh_grams(frequencies: np.ndarray, rows: int) -> np.ndarray:
    return np.asarray(np.log((1 + rows) / (1 + frequencies)) + 1)


class _Written:
    """The weights of one query, written over the terms of a block for as long as they are read there."""

    def __init__(self, wide: np.ndarray, queries: Queries, places: np.ndarray, query: int) -> None:
        here = slice(queries.bounds[query], queries.bounds[query + 1])
        known = places[here] >= 0
        self._wide, self._places, self._weights = wide, places[here][known], queries.weights[here][known]

    def __enter__(self) -> None:
        self._wide[self._places] = self._weights

    def __exit__(self, *_: object) -> None:
        self._wide[self._places] = 0


def _groups(queries: np.ndarray) -> list[tuple[int, slice]]:
    """Return each query with the pairs that are its own."""
    bounds = np.flatnonzero(np.diff(queries, prepend=-1, append=-1))
    return [(int(queries[start]), slice(start, stop)) for start, stop in zip(bounds[:-1], bounds[1:], strict=True)]


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


def top_rows(scores: np.ndarray, depth: int, floor: float = -np.inf, order: np.ndarray | None = None) -> np.ndarray:
    """Return the rows of the largest scores above ``floor``, largest first, ties by row or by ``order[row]``."""
    # Where no floor says so, every 64th score tells about where the best begin: one look at all sets aside the rest.
    rows = None
    sample, guess = scores[::_SAMPLE], depth // _SAMPLE + _SAMPLE // 4
    if floor <= 0 and guess < len(sample):
        bound = np.partition(sample, len(sample) - guess)[len(sample) - guess]
        rows = np.flatnonzero(scores >= bound) if bound > floor else None
    if rows is None or len(rows) < depth:
        rows = np.flatnonzero(scores > floor)
    if len(rows) > depth:
        edge = np.partition(scores[rows], len(rows) - depth)[len(rows) - depth]
        rows = rows[scores[rows] >= edge]
    ties = rows if order is None else order[rows]
    return rows[np.lexsort((ties, -scores[rows]))][:depth]
