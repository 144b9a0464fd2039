"""Lexical similarity: BM25 over words and TF-IDF cosine over character grams, both over `TermCounts`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy import sparse

from matchmaker.rank.counts import TermCounts, multiply_rows

K1 = 1.2
B = 0.75
BLOCK_CELLS = 8_000_000


class Bm25Index:
    """BM25 (Robertson et al., TREC-3) as Lucene weighs it, over words.

    Scores are divided by the most that a text of average length could score for the query, so that needs with long and
    with short descriptions can be compared: 0 for no word in common, towards 1 for all of them.
    """

    def __init__(self) -> None:
        self.counts = TermCounts()

    def append(self, texts: Sequence[Sequence[str]]) -> None:
        """Add texts at the end."""
        self.counts.append(texts)
        self._forget()

    def keep(self, rows: np.ndarray) -> None:
        """Keep the texts whose mask, shape (n,), is true."""
        self.counts.keep(rows)
        self._forget()

    def _forget(self) -> None:
        self.__dict__.pop("idf", None)
        self.__dict__.pop("weights", None)
        self.__dict__.pop("by_term", None)

    @cached_property
    def idf(self) -> np.ndarray:
        """Weight of each term, shape (vocabulary,): ``log(1 + (n - df + 0.5) / (df + 0.5))``."""
        found = self.counts.document_frequency
        return np.asarray(np.log1p((self.counts.matrix.shape[0] - found + 0.5) / (found + 0.5)))

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """What each term adds to each text's score, shape (n, vocabulary)."""
        counts = self.counts.matrix
        lengths = np.asarray(counts.sum(axis=1), np.float64).ravel()
        norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0)) if len(lengths) else lengths
        times = counts.data.astype(np.float64)
        saturated = times * (K1 + 1) / (times + np.repeat(norm, np.diff(counts.indptr)))
        return sparse.csr_matrix((saturated * self.idf[counts.indices], counts.indices, counts.indptr), counts.shape)

    @cached_property
    def by_term(self) -> sparse.csr_matrix:
        """The same weights, a row a term, shape (vocabulary, n)."""
        return self.weights.T.tocsr()

    def queries(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Return queries, shape (len(texts), vocabulary); a repeated word counts once."""
        found = self.counts.lookup(texts)
        ceilings = np.repeat(self._ceilings(texts, found), np.diff(found.indptr))
        return sparse.csr_matrix((1 / ceilings, found.indices, found.indptr), found.shape)

    def _ceilings(self, texts: Sequence[Sequence[str]], found: sparse.csr_matrix) -> np.ndarray:
        rows = np.repeat(np.arange(len(texts)), np.diff(found.indptr))
        known = np.bincount(rows, self.idf[found.indices], minlength=len(texts))
        # A word that no text has would weigh most of all; leaving it out would flatter needs nobody can serve.
        rarest = np.log1p((self.counts.matrix.shape[0] + 0.5) / 0.5)
        strange = np.array([len(set(terms)) for terms in texts]) - np.diff(found.indptr)
        return np.asarray(np.maximum(known + strange * rarest, 1e-9))

    def search(
        self,
        queries: sparse.csr_matrix,
        depth: int,
        allowed: np.ndarray | None = None,
        order: np.ndarray | None = None,
    ) -> list[np.ndarray]:
        """Return for each query the rows of the best texts that share a word with it, best first.

        Parameters
        ----------
        queries : csr_matrix, shape (q, vocabulary)
        depth : int
            At most this many rows a query.
        allowed : ndarray of bool, shape (q, n), optional
            Rows that may be returned.
        order : ndarray of int, shape (n,), optional
            What decides between equal scores, lowest first; by default the row.
        """
        n = self.weights.shape[0]
        found = []
        step = max(1, BLOCK_CELLS // max(n, 1))
        for start in range(0, queries.shape[0], step):
            scores = (queries[start : start + step] @ self.by_term).toarray()
            if allowed is not None:
                scores[~allowed[start : start + step]] = 0
            found += [top_rows(row, depth, floor=0.0, order=order) for row in scores]
        return found

    def score(self, queries: sparse.csr_matrix, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the scores of given (query, text) pairs, shape (p,)."""
        return multiply_rows(queries, self.weights, pairs)


class GramIndex:
    """Cosine of TF-IDF over characters and their pairs: finds words that segmentation splits differently."""

    def __init__(self) -> None:
        self.counts = TermCounts()

    def append(self, texts: Sequence[Sequence[str]]) -> None:
        """Add texts at the end."""
        self.counts.append(texts)
        self.__dict__.pop("weights", None)

    def keep(self, rows: np.ndarray) -> None:
        """Keep the texts whose mask, shape (n,), is true."""
        self.counts.keep(rows)
        self.__dict__.pop("weights", None)

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """Rows of unit length, shape (n, vocabulary)."""
        return self._weigh(self.counts.matrix, 0)

    def queries(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Return queries of unit length, shape (len(texts), vocabulary); unknown ones count in the length."""
        found = self.counts.lookup(texts)
        strange = np.array([len(set(terms)) for terms in texts]) - np.diff(found.indptr)
        return self._weigh(found, strange)

    def _weigh(self, counts: sparse.csr_matrix, strange: np.ndarray | int) -> sparse.csr_matrix:
        n = self.counts.matrix.shape[0]
        idf = np.log((1 + n) / (1 + self.counts.document_frequency)) + 1
        data = (1 + np.log(counts.data)) * idf[counts.indices]
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        squares = np.bincount(rows, data**2, minlength=counts.shape[0]) + strange * (np.log(1 + n) + 1) ** 2
        lengths = np.sqrt(np.maximum(squares, 1e-12))
        return sparse.csr_matrix((data / lengths[rows], counts.indices, counts.indptr), counts.shape)

    def score(self, queries: sparse.csr_matrix, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the cosines of given (query, text) pairs, shape (p,)."""
        return multiply_rows(queries, self.weights, pairs)


def top_rows(scores: np.ndarray, depth: int, floor: float = -np.inf, order: np.ndarray | None = None) -> np.ndarray:
    """Return the rows of the largest scores above ``floor``, largest first, ties by row or by ``order[row]``."""
    rows = np.flatnonzero(scores > floor)
    if len(rows) > depth:
        edge = np.partition(scores[rows], len(rows) - depth)[len(rows) - depth]
        rows = rows[scores[rows] >= edge]
    ties = rows if order is None else order[rows]
    return rows[np.lexsort((ties, -scores[rows]))][:depth]
