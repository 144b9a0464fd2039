"""Dense similarity: exact inner products of unit vectors, searched by FAISS."""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np

# FAISS's last bits depend on how many queries it sees at once. Asking for a few more rows than wanted and ordering them
# by products computed one pair at a time makes the result depend on the pair alone. Where even the last of them scores
# within this of the last one wanted, as among many copies of one text, all rows are compared.
SLACK = 16
MARGIN = 1e-4


class DenseIndex:
    """Vectors of texts, in rows."""

    def __init__(self, dimension: int) -> None:
        self.vectors = np.zeros((0, dimension), np.float32)
        # FAISS rewrites its C++ wrappers at run time; its stubs describe the C++ side.
        self._index: Any = faiss.IndexFlatIP(dimension)

    def append(self, vectors: np.ndarray) -> None:
        """Add unit vectors, shape (m, d), at the end."""
        self.vectors = np.concatenate([self.vectors, vectors.astype(np.float32)])
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def keep(self, rows: np.ndarray) -> None:
        """Keep the vectors whose mask, shape (n,), is true."""
        self.vectors = self.vectors[rows]
        self._index.remove_ids(np.flatnonzero(~rows).astype(np.int64))

    def search(
        self,
        queries: np.ndarray,
        depth: int,
        allowed: np.ndarray | None = None,
        order: np.ndarray | None = None,
    ) -> list[np.ndarray]:
        """Return for each query the rows of the nearest vectors, nearest first; none for a zero query.

        Parameters
        ----------
        queries : ndarray of float32, shape (q, d)
        depth : int
            At most this many rows a query.
        allowed : ndarray of bool, shape (q, n), optional
            Rows that may be returned.
        order : ndarray of int, shape (n,), optional
            What decides between equal products, lowest first; by default the row.
        """
        n = len(self.vectors)
        wanted = min(depth + SLACK, n)
        if wanted == 0:
            return [np.zeros(0, np.int64) for _ in queries]
        if allowed is None or allowed.all():
            allowed = None
            found = list(self._index.search(np.ascontiguousarray(queries), wanted)[1])
        else:
            found = [self._search_within(query, wanted, mask) for query, mask in zip(queries, allowed, strict=True)]
        best = []
        for row, rows in enumerate(found):
            if not queries[row].any():
                best.append(np.zeros(0, np.int64))
                continue
            rows = rows[rows >= 0]
            ranked, scores = self._rank(queries[row], rows, order)
            if len(rows) == wanted < n and scores[depth - 1] - scores[-1] < MARGIN:
                ranked, _ = self._rank(
                    queries[row], np.arange(n) if allowed is None else np.flatnonzero(allowed[row]), order
                )
            best.append(ranked[:depth])
        return best

    def _rank(self, query: np.ndarray, rows: np.ndarray, order: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        scores = multiply_vectors(query[None], self.vectors, (np.zeros(len(rows), np.int64), rows))
        best = np.lexsort((rows if order is None else order[rows], -scores))
        return rows[best], scores[best]

    def _search_within(self, query: np.ndarray, wanted: int, mask: np.ndarray) -> np.ndarray:
        # The selector keeps no copy of the bits: they must outlive the search.
        bits = np.packbits(mask, bitorder="little")
        library: Any = faiss
        selector = library.IDSelectorBitmap(bits)
        found = self._index.search(query[None], wanted, params=library.SearchParameters(sel=selector))[1]
        return np.asarray(found[0])


def multiply_vectors(left: np.ndarray, right: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the inner products of paired rows, shape (p,), each computed alike wherever it stands."""
    lefts, rights = pairs
    result = np.empty(len(lefts))
    step = 65536
    for start in range(0, len(lefts), step):
        part = slice(start, start + step)
        result[part] = np.einsum("ij,ij->i", left[lefts[part]], right[rights[part]])
    return result
