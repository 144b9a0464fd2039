"""Dense similarity: inner products of unit vectors, searched by FAISS or through codes, and compared exactly.

A large block is searched through a code of 8 bits a number (`matchmaker.rank.codes`). ``docs/performance.md`` has what
was measured beside it: IVF and HNSW are faster where a hundredth may be missed, but miss more on registers whose texts
are much alike.
"""

from __future__ import annotations

from functools import cached_property

import faiss
import numpy as np

from matchmaker.rank.codes import CodedVectors, no_products, too_even
from matchmaker.rank.fusion import Found
from matchmaker.rank.nearest import Nearest

# FAISS's last bits depend on how many queries it sees at once. Asking for a few more rows than wanted and ordering them
# by products computed one pair at a time makes the result depend on the pair alone. Where even the last of them scores
# within this of the last one wanted, as among many copies of one text, all rows are compared.
SLACK = 16
MARGIN = 1e-4
# The same through codes, whose products are off by some thousandths of 1.
CODED_SLACK = 64
# From so many rows on a block is searched through codes.
MANY = 20_000


class DenseIndex:
    """One block of vectors, in rows.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, d)
        Of unit length, or zero.
    codes : ndarray of uint8, shape (n, d), optional
        What `encode_vectors` gives; with them, the search goes through them.
    """

    def __init__(self, vectors: np.ndarray, codes: np.ndarray | None = None) -> None:
        self.vectors = vectors
        self.codes = codes

    def search(
        self,
        queries: np.ndarray,
        depth: int,
        allowed: np.ndarray | None = None,
        order: np.ndarray | None = None,
        best: np.ndarray | None = None,
    ) -> list[Found]:
        """Return for each query the rows of the nearest vectors, nearest first, and their products.

        Nothing is found for a zero query.

        Parameters
        ----------
        queries : ndarray of float32, shape (q, d)
        depth : int
            At most this many rows a query.
        allowed : ndarray of bool, shape (q, n) or (1, n), optional
            Rows that may be returned.
        order : ndarray of int, shape (n,), optional
            What decides between equal products, lowest first; by default the row.
        best : ndarray of int32, shape (q, depth + CODED_SLACK), optional
            What was found in other blocks (`start_products`): rows that are not among the best of all may be left out.
        """
        nothing = np.zeros(0, np.int64), np.zeros(0)
        if not (depth and len(self.vectors) and len(queries)):
            return [nothing for _ in queries]
        allowed = None if allowed is None or allowed.all() else allowed
        best = start_products(len(queries), depth) if best is None else best
        ranked: list[Found] = []
        for place, (query, rows) in enumerate(zip(queries, self._find(queries, depth, allowed, best), strict=True)):
            if not query.any():
                ranked.append(nothing)
                continue
            nearest = self._rank(query, rows, order)
            if self._may_miss(nearest, depth, best[place]):
                mask = None if allowed is None else allowed[place % len(allowed)]
                every = np.arange(len(self.vectors)) if mask is None else np.flatnonzero(mask)
                nearest = nearest if len(every) == len(rows) else self._rank(query, every, order)
            ranked.append((nearest[0][:depth], nearest[1][:depth]))
        return ranked

    def _find(self, queries: np.ndarray, depth: int, allowed: np.ndarray | None, best: np.ndarray) -> list[np.ndarray]:
        """Return for each query the rows among which the nearest are, unless `_may_miss`."""
        if self._coded is not None:
            return self._coded.search(queries, best, allowed)
        wanted = min(depth + SLACK, len(self.vectors))
        return [rows for rows, _ in self._flat.search(queries, wanted, allowed)]

    def _may_miss(self, nearest: Found, depth: int, best: np.ndarray) -> bool:
        """Tell whether other rows may be as near as those that were found."""
        if self._coded is not None:
            return too_even(best, depth)
        _, scores = nearest
        return len(scores) > depth and bool(scores[depth - 1] - scores[-1] <= MARGIN)

    @cached_property
    def _coded(self) -> CodedVectors | None:
        return None if self.codes is None else CodedVectors(self.codes)

    @cached_property
    def _flat(self) -> Nearest:
        index = faiss.IndexFlatIP(self.vectors.shape[1])
        index.add(np.ascontiguousarray(self.vectors))
        return Nearest(index)

    def _rank(self, query: np.ndarray, rows: np.ndarray, order: np.ndarray | None) -> Found:
        scores = _multiply_each(np.broadcast_to(query, (len(rows), len(query))), self.vectors[rows])
        best = np.lexsort((rows if order is None else order[rows], -scores))
        return rows[best], scores[best]


def start_products(queries: int, depth: int) -> np.ndarray:
    """Return what `DenseIndex.search` is given with the first of several blocks, int32."""
    return no_products(queries, depth + CODED_SLACK)


def multiply_vectors(left: np.ndarray, right: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the inner products of paired rows, shape (p,), each computed alike wherever it stands."""
    lefts, rights = pairs
    result = np.empty(len(lefts))
    step = 65536
    for start in range(0, len(lefts), step):
        part = slice(start, start + step)
        result[part] = _multiply_each(left[lefts[part]], right[rights[part]])
    return result


def _multiply_each(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the inner product of each row with its counterpart: one pair at a time, whatever stands around it."""
    return np.asarray(np.einsum("ij,ij->i", left, right), np.float64)
