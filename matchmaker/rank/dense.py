"""Dense similarity: inner products of unit vectors, searched by FAISS and compared exactly.

A large block is searched through a code of 8 bits a number: a quarter of the bytes to read, in less than half of the
time. Numbers are rounded to whole ones on a scale that nothing was fitted for, so that what was added or removed since
changes no code; products of whole numbers are exact, whatever else is asked at the same time. ``docs/performance.md``
has what was measured beside it: IVF and HNSW are faster where a hundredth may be missed, but miss more on registers
whose texts are much alike.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import faiss
import numpy as np

# FAISS's last bits depend on how many queries it sees at once. Asking for a few more rows than wanted and ordering them
# by products computed one pair at a time makes the result depend on the pair alone. Where even the last of them scores
# within this of the last one wanted, as among many copies of one text, all rows are compared.
SLACK = 16
MARGIN = 1e-4
# The same through codes, whose products are off by some thousandths of 1. Only equal products make it look at all rows.
CODED_SLACK = 64
# From so many rows on a block is searched through codes.
MANY = 20_000
# Where so large a share of the rows may be returned, so many more are asked for and the others passed over.
MOSTLY = 0.9
SPARE = 64

Found = tuple[np.ndarray, np.ndarray]


def encode_vectors(vectors: np.ndarray) -> np.ndarray:
    """Return unit vectors, shape (n, d), in whole numbers from -127 to 127, as bytes: uint8, shape (n, d).

    Examples
    --------
    >>> encode_vectors(np.array([[0.6, -0.8]], np.float32)).tolist()
    [[204, 26]]
    """
    return np.asarray(_round(vectors) + 128, np.uint8)


def _round(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.rint(np.clip(vectors, -1, 1) * 127), np.float32)


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

    @cached_property
    def _index(self) -> Any:
        dimension = self.vectors.shape[1]
        if self.codes is None:
            # FAISS rewrites its C++ wrappers at run time; its stubs describe the C++ side.
            flat: Any = faiss.IndexFlatIP(dimension)
            flat.add(np.ascontiguousarray(self.vectors))
            return flat
        library: Any = faiss
        coded = library.IndexScalarQuantizer(
            dimension, library.ScalarQuantizer.QT_8bit_direct_signed, library.METRIC_INNER_PRODUCT
        )
        coded.add_sa_codes(np.ascontiguousarray(self.codes))
        return coded

    def search(
        self,
        queries: np.ndarray,
        depth: int,
        allowed: np.ndarray | None = None,
        order: np.ndarray | None = None,
    ) -> list[Found]:
        """Return for each query the rows of the nearest vectors, nearest first, and their products.

        Nothing is found for a zero query.

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
        slack, margin = (SLACK, MARGIN) if self.codes is None else (CODED_SLACK, 0.0)
        wanted = min(depth + slack, n)
        nothing = np.zeros(0, np.int64), np.zeros(0)
        if wanted == 0:
            return [nothing for _ in queries]
        asked = np.ascontiguousarray(queries if self.codes is None else _round(queries))
        if allowed is None or allowed.all():
            allowed = None
            found = list(self._index.search(asked, wanted)[1])
        else:
            found = self._search_allowed(asked, wanted, allowed)
        best: list[Found] = []
        for row, rows in enumerate(found):
            if not queries[row].any():
                best.append(nothing)
                continue
            rows = rows[rows >= 0]
            ranked, scores = self._rank(queries[row], rows, order)
            if len(rows) == wanted < n and scores[depth - 1] - scores[-1] <= margin:
                ranked, scores = self._rank(
                    queries[row], np.arange(n) if allowed is None else np.flatnonzero(allowed[row]), order
                )
            best.append((ranked[:depth], scores[:depth]))
        return best

    def _rank(self, query: np.ndarray, rows: np.ndarray, order: np.ndarray | None) -> Found:
        scores = multiply_vectors(query[None], self.vectors, (np.zeros(len(rows), np.int64), rows))
        best = np.lexsort((rows if order is None else order[rows], -scores))
        return rows[best], scores[best]

    def _search_allowed(self, queries: np.ndarray, wanted: int, allowed: np.ndarray) -> list[np.ndarray]:
        """Return for each query the nearest rows among those that may be returned."""
        if allowed.mean() < MOSTLY:
            return [self._search_within(query, wanted, mask) for query, mask in zip(queries, allowed, strict=True)]
        # Asking a few rows too many and passing over some of them is quicker than being asked about every row.
        more = min(len(self.vectors), wanted + SPARE)
        passed = [rows[mask[rows]] for rows, mask in zip(self._index.search(queries, more)[1], allowed, strict=True)]
        return [
            rows[:wanted]
            if len(rows) >= wanted or more == len(self.vectors)
            else self._search_within(query, wanted, mask)
            for query, rows, mask in zip(queries, passed, allowed, strict=True)
        ]

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
