"""Dense similarity: exact inner products of unit vectors, searched by FAISS."""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np

# FAISS's last bits depend on how many queries it sees at once. Asking for a few more rows than wanted and ordering them
# by products computed one pair at a time makes the result depend on the pair alone.
SLACK = 16


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

    def search(self, queries: np.ndarray, depth: int, allowed: np.ndarray | None = None) -> list[np.ndarray]:
        """Return for each query the rows of the nearest vectors, nearest first, ties by row.

        Parameters
        ----------
        queries : ndarray of float32, shape (q, d)
        depth : int
            At most this many rows a query.
        allowed : ndarray of bool, shape (q, n), optional
            Rows that may be returned.
        """
        wanted = min(depth + SLACK, len(self.vectors))
        if wanted == 0:
            return [np.zeros(0, np.int64) for _ in queries]
        if allowed is None or allowed.all():
            found = list(self._index.search(np.ascontiguousarray(queries), wanted)[1])
        else:
            found = [self._search_within(query, wanted, mask) for query, mask in zip(queries, allowed, strict=True)]
        ordered = []
        for row, (query, rows) in enumerate(zip(queries, found, strict=True)):
            rows = np.sort(rows[rows >= 0])
            scores = multiply_vectors(queries, self.vectors, (np.full(len(rows), row), rows)) if query.any() else None
            order = np.argsort(-scores, kind="stable") if scores is not None else np.arange(0)
            ordered.append(rows[order][:depth])
        return ordered

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
