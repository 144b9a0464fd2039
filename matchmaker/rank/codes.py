"""Vectors in 8 bits a number: a quarter of the bytes to read, and products that are exact.

Numbers are rounded to whole ones on a scale that nothing was fitted for, so that what was added or removed since
changes no code. Products of whole numbers are exact whatever computes them, and whatever else is asked meanwhile: one
query is answered by FAISS, and several by ONNX Runtime's matrix product, which reads every row once for all of them and
has processors' instructions for 8 bits at its disposal, at about an eighth of the time a query.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from matchmaker.graphs import open_graph
from matchmaker.rank.fusion import Found, keep_best
from matchmaker.rank.nearest import MOSTLY, Nearest, choose_masks

if TYPE_CHECKING:
    import onnxruntime

# `training/integer_product.py` writes it.
GRAPH = Path(__file__).parent / "integer_product.onnx"
# From so many queries on, multiplying them together is quicker than asking one by one.
TOGETHER = 6
# Rows multiplied at a time: their codes and products stay in the processor's cache.
_STEP = 2_048
# How many times as many rows the search goes through before it looks again how good a row must be.
_GROWTH = 4
_LOWEST = np.iinfo(np.int32).min


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


def no_products(queries: int, wanted: int) -> np.ndarray:
    """Return what `CodedVectors.search` begins with, int32, shape (queries, wanted)."""
    return np.full((queries, wanted), _LOWEST, np.int32)


def too_even(best: np.ndarray, depth: int) -> bool:
    """Tell whether so many products of a query are equal that fewer than ``depth`` come before the last one wanted."""
    last = best.min()
    return bool(last > _LOWEST and np.count_nonzero(best > last) < depth)


class CodedVectors:
    """Vectors to search in, as their codes.

    Parameters
    ----------
    codes : ndarray of uint8, shape (n, d)
        What `encode_vectors` gives.
    """

    def __init__(self, codes: np.ndarray) -> None:
        self.codes = codes

    def search(self, queries: np.ndarray, best: np.ndarray, allowed: np.ndarray | None = None) -> list[np.ndarray]:
        """Return for each query the rows whose codes are nearest, ascending: the same ones however they are found.

        Those are left out that come no nearer than the last one wanted, of all blocks so far.

        Parameters
        ----------
        queries : ndarray of float32, shape (q, d)
            Of unit length, or zero: to such a one all rows are equally near.
        best : ndarray of int32, shape (q, wanted)
            The largest products that were found in other blocks (`no_products` at first); those of this block are put
            among them.
        allowed : ndarray of bool, shape (q, n) or (1, n), optional
            Rows that may be returned.
        """
        asked = _round(queries)
        together = np.full(len(asked), len(asked) >= TOGETHER and multiplies_exactly())
        if allowed is not None:
            together &= np.count_nonzero(allowed, axis=1) >= MOSTLY * allowed.shape[1]
        found = [np.zeros(0, np.int64)] * len(asked)
        for search, places in ((self._multiply, together), (self._ask_each, ~together)):
            chosen = np.flatnonzero(places)
            if not len(chosen):
                continue
            answers = search(asked[chosen], best[chosen], None if allowed is None else choose_masks(allowed, chosen))
            for place, (rows, products) in zip(chosen.tolist(), answers, strict=True):
                keep_best(best[place], products)
                last = best[place].min()
                found[place] = np.sort(rows if last == _LOWEST else rows[products > last])
        return found

    def _ask_each(self, queries: np.ndarray, best: np.ndarray, allowed: np.ndarray | None) -> list[Found]:
        return self._nearest.search(queries, min(best.shape[1], len(self.codes)), allowed)

    @cached_property
    def _nearest(self) -> Nearest:
        library: Any = faiss
        kind = library.ScalarQuantizer.QT_8bit_direct_signed
        index = library.IndexScalarQuantizer(self.codes.shape[1], kind, library.METRIC_INNER_PRODUCT)
        index.add_sa_codes(np.ascontiguousarray(self.codes))
        return Nearest(index)

    def _multiply(self, queries: np.ndarray, best: np.ndarray, allowed: np.ndarray | None) -> list[Found]:
        """Return for each query those rows that are among the best and their products, in no order, all at once."""
        asked = np.ascontiguousarray(queries.T, np.int8)
        wanted = best.shape[1]
        # Of what lies in other blocks, only how near it is matters here.
        rows = np.full(best.shape, -1, np.int32)
        start, stop = 0, _STEP
        while start < len(self.codes):
            owners, places, products = self._find_above(asked, best.min(axis=1), start, stop)
            if allowed is not None:
                may = allowed[owners if len(allowed) > 1 else 0, places]
                owners, places, products = owners[may], places[may], products[may]
            order = np.argsort(owners, kind="stable")
            counts = np.bincount(owners, minlength=len(queries))
            filled = np.arange(counts.max(initial=0)) < counts[:, None]
            fresh, fresh_rows = np.full(filled.shape, _LOWEST, np.int32), np.full(filled.shape, -1, np.int32)
            fresh[filled], fresh_rows[filled] = products[order], places[order]
            best, rows = np.concatenate([best, fresh], axis=1), np.concatenate([rows, fresh_rows], axis=1)
            if filled.shape[1]:
                chosen = np.argpartition(best, -wanted, axis=1)[:, -wanted:]
                best, rows = np.take_along_axis(best, chosen, axis=1), np.take_along_axis(rows, chosen, axis=1)
            start, stop = stop, stop * _GROWTH
        return [(each[each >= 0], products[each >= 0]) for each, products in zip(rows, best, strict=True)]

    def _find_above(
        self, asked: np.ndarray, floor: np.ndarray, start: int, stop: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the pairs of a query and one of some rows whose product lies above the query's floor."""
        found, kind = [], np.min_scalar_type(len(floor))  # few bytes are sorted faster
        for first in range(start, min(stop, len(self.codes)), _STEP):
            products = multiply_codes(self.codes[first : min(first + _STEP, stop)], asked)
            pairs = np.flatnonzero(products > floor)
            places, owners = np.divmod(pairs, len(floor))
            found.append((owners.astype(kind), places + first, products.ravel()[pairs]))
        owners, places, products = (np.concatenate(each) for each in zip(*found, strict=True))
        return owners, places, products


def multiply_codes(codes: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the products of codes, uint8, shape (n, d), with whole numbers, int8, shape (d, q): int32, shape (n, q).

    Examples
    --------
    >>> multiply_codes(encode_vectors(np.array([[0.6, -0.8]], np.float32)), np.array([[2], [1]], np.int8)).tolist()
    [[50]]
    """
    return np.asarray(_session().run(None, {"codes": codes, "queries": queries})[0])


@cache
def _session() -> onnxruntime.InferenceSession:
    return open_graph(GRAPH)


@cache
def multiplies_exactly() -> bool:
    """Tell whether products are exact on this processor: some add in 16 bits, which the largest numbers overflow."""
    most = np.full((_STEP, 64), 255, np.uint8), np.full((64, TOGETHER), 127, np.int8)
    return bool((multiply_codes(*most) == 64 * 127 * 127).all())
