"""Lexical similarity: BM25 over words and TF-IDF cosine over character grams.

What a word weighs depends on the whole register (`Statistics`), where it stands on one block of rows (`TermRows`). A
register may so lie in several blocks, and every score is the same, to the last bit, as if it lay in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from matchmaker.ragged import add_rows, bound_rows, lay_out
from matchmaker.rank.fusion import Found, keep_best
from matchmaker.rank.queries import Queries, Statistics, dampen, find_places, most_to_find, owners, weigh_grams
from matchmaker.terms import TermRows

K1 = 1.2
B = 0.75
_SAMPLE = 64
# Rows weighed at once: bounds memory.
_STEP = 4_096
# Pairs scored at once.
_PAIRS = 1_024


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
            keep_best(best[query], scores[rows])
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
        part = Postings(bound_rows(lengths[telling]), self.postings.rows[entries], self.postings.counts[entries])
        return self._weigh(part), np.where(telling, np.cumsum(telling) - 1, -1)

    @cached_property
    def _by_term(self) -> sparse.csr_array:
        """What each term adds to each text's score but for its weight, shape (v, n)."""
        return self._weigh(self.postings)

    def _weigh(self, postings: Postings) -> sparse.csr_array:
        bounds, rows, counts = postings
        return lay_out(_saturate(counts, self._norms.take(rows)), rows, bounds, len(self.rows))

    def score(self, asked: Sequence[Queries], pairs: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
        """Return the scores of given (query, text) pairs, grouped by query, for each of several sets of queries."""
        places = [find_places(self.rows.terms, queries.terms) for queries in asked]
        scores = [np.zeros(len(pairs[0])) for _ in asked]
        wide = np.zeros(len(self.rows.terms))
        for part in _steps(len(pairs[0])):
            held = self._matrix[pairs[1][part]]
            owner = owners(held.indptr)
            saturated = _saturate(held.data, self._norms[pairs[1][part]][owner])
            groups = _groups(pairs[0][part], held.indptr)
            for queries, known, result in zip(asked, places, scores, strict=True):
                added = _ask(queries, known, held.indices, groups, wide)
                added *= saturated
                result[part] = np.bincount(owner, added, minlength=held.shape[0])
        return scores

    @cached_property
    def _matrix(self) -> sparse.csr_array:
        return self.rows.matrix()


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
        idf = weigh_grams(self.statistics.find(self.rows.terms), self.statistics.rows)
        squares = np.zeros(len(self.rows))
        for start in range(0, len(self.rows), _STEP):
            part = self.rows.part(start, start + _STEP)
            weights = idf.take(part.places)
            weights *= dampen(part.counts)
            weights *= weights
            squares[start : start + len(part)] = add_rows(weights, part.bounds)
        return np.asarray(np.sqrt(np.maximum(squares, 1e-12)))

    def score(self, queries: Queries, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the cosines of given (query, text) pairs, shape (p,); pairs come grouped by query."""
        known = find_places(self.rows.terms, queries.terms)
        cosines = np.zeros(len(pairs[0]))
        wide = np.zeros(len(self.rows.terms))
        for part in _steps(len(pairs[0])):
            held = self._matrix[pairs[1][part]]
            products = _ask(queries, known, held.indices, _groups(pairs[0][part], held.indptr), wide)
            products *= dampen(held.data)
            cosines[part] = add_rows(products, held.indptr)
        return np.asarray(cosines / self.lengths[pairs[1]])

    @cached_property
    def _matrix(self) -> sparse.csr_array:
        return self.rows.matrix()


def _ask(
    queries: Queries, known: np.ndarray, entries: np.ndarray, groups: Sequence[tuple[int, slice]], wide: np.ndarray
) -> np.ndarray:
    """Return for each entry of texts what its term weighs in the query that the text is held against; 0 for no part.

    Parameters
    ----------
    queries : Queries
    known : ndarray of int
        Where each of their terms stands among those of the block, -1 where it does not.
    entries : ndarray of int
        Terms of the texts, by their places in the block.
    groups : sequence of (int, slice)
        Each query with the entries of its texts.
    wide : ndarray of float64, shape (v,)
        Zeros, and zeros again afterwards: a query is written over the terms of the block as long as it is read there.
    """
    found = np.empty(len(entries))
    for query, here in groups:
        own = slice(queries.bounds[query], queries.bounds[query + 1])
        kept = known[own] >= 0
        places = known[own][kept]
        wide[places] = queries.weights[own][kept]
        # Clipped: else numpy would take into a buffer first.
        wide.take(entries[here], out=found[here], mode="clip")
        wide[places] = 0
    return found


def _steps(pairs: int) -> list[slice]:
    """Cut so many pairs into pieces whose texts fit into the processor's cache."""
    return [slice(start, min(start + _PAIRS, pairs)) for start in range(0, pairs, _PAIRS)]


def _groups(queries: np.ndarray, bounds: np.ndarray) -> list[tuple[int, slice]]:
    """Return each query with the entries of its pairs, given the bounds of each pair's."""
    first = np.flatnonzero(np.diff(queries, prepend=-1))
    starts = bounds[first].tolist()
    return list(zip(queries[first].tolist(), map(slice, starts, [*starts[1:], int(bounds[-1])]), strict=True))


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
