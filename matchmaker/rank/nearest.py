"""The rows whose products with a query are largest, found by FAISS, whether all rows may be returned or some."""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np

from matchmaker.rank.fusion import Found

# Where so large a share of the rows may be returned, so many more are asked for and the others passed over.
MOSTLY = 0.9
SPARE = 64


class Nearest:
    """Searches one index of FAISS.

    Parameters
    ----------
    index : faiss.Index
        Of n vectors that are compared by their inner products.
    """

    # FAISS rewrites its C++ wrappers at run time; its stubs describe the C++ side.
    def __init__(self, index: Any) -> None:
        self._index = index

    def search(self, queries: np.ndarray, wanted: int, allowed: np.ndarray | None = None) -> list[Found]:
        """Return for each query at most ``wanted`` rows that may be returned, and their products.

        Parameters
        ----------
        queries : ndarray of float32, shape (q, d)
        wanted : int
            From 1 to n.
        allowed : ndarray of bool, shape (q, n) or (1, n), optional
            Rows that may be returned.
        """
        if allowed is None:
            return self._ask(queries, wanted)
        allowed = np.broadcast_to(allowed, (len(queries), allowed.shape[1]))
        if allowed.mean() < MOSTLY:
            return self._search_within(queries, wanted, allowed)
        # Asking a few rows too many and passing over some of them is quicker than being asked about every row.
        more = min(self._index.ntotal, wanted + SPARE)
        found = self._ask(queries, more)
        for place, (rows, products) in enumerate(found):
            kept = allowed[place][rows]
            if kept.sum() >= wanted or more == self._index.ntotal:
                found[place] = rows[kept][:wanted], products[kept][:wanted]
            else:
                here = slice(place, place + 1)
                found[place] = self._search_within(queries[here], wanted, allowed[here])[0]
        return found

    def _search_within(self, queries: np.ndarray, wanted: int, allowed: np.ndarray) -> list[Found]:
        """Return the same, looking at nothing but what may be returned."""
        found: list[Found] = []
        for query, mask in zip(queries, allowed, strict=True):
            # The selector keeps no copy of the bits: they must outlive the search.
            bits = np.packbits(mask, bitorder="little")
            library: Any = faiss
            found += self._ask(query[None], wanted, params=library.SearchParameters(sel=library.IDSelectorBitmap(bits)))
        return found

    def _ask(self, queries: np.ndarray, wanted: int, **options: Any) -> list[Found]:
        answers = zip(*self._index.search(np.ascontiguousarray(queries), wanted, **options), strict=True)
        return [(rows[rows >= 0], products[rows >= 0]) for products, rows in answers]


def choose_masks(allowed: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the masks of some queries, out of one for each or one for all."""
    return allowed if len(allowed) == 1 else allowed[queries]
