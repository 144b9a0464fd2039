"""Rows of different lengths in flat arrays: row i has the entries ``bounds[i]`` to ``bounds[i + 1]``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse


def bound_rows(lengths: Iterable[int] | np.ndarray) -> np.ndarray:
    """Return the bounds of rows of these lengths, int64.

    Examples
    --------
    >>> bound_rows([2, 0, 1]).tolist()
    [0, 2, 2, 3]
    """
    lengths = np.asarray(lengths if isinstance(lengths, np.ndarray) else list(lengths), np.int64)
    bounds = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=bounds[1:])
    return bounds


def copy_stretches(starts: np.ndarray, ends: np.ndarray, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return of each array its stretches ``[starts[i], ends[i])``, one after the other.

    Stretch by stretch this is several times as quick as naming every entry.

    Examples
    --------
    >>> [copied.tolist() for copied in copy_stretches(np.array([3, 0]), np.array([4, 2]), [np.arange(4)])]
    [[3, 0, 1]]
    """
    cuts = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return [np.concatenate([array[:0], *(array[cut] for cut in cuts)]) for array in arrays]


def lay_out(values: np.ndarray, places: np.ndarray, bounds: np.ndarray, width: int) -> sparse.csr_array:
    """Return rows of entries as a sparse matrix around the very arrays: ``values`` at ``places``, shape (n, width).

    Examples
    --------
    >>> lay_out(np.array([5, 7]), np.array([0, 2], np.int32), np.array([0, 1, 2]), 3).toarray().tolist()
    [[5, 0, 0], [0, 0, 7]]
    """
    # With bounds of 64 bits, scipy would copy all places into 64 bits too.
    if len(places) <= np.iinfo(np.int32).max:
        bounds = bounds.astype(np.int32)
    return sparse.csr_array((values, places, bounds), shape=(len(bounds) - 1, width))


def join_bounds(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return the bounds of the rows of several blocks, one block after the other.

    Examples
    --------
    >>> join_bounds([np.array([0, 2]), np.array([0, 1, 4])]).tolist()
    [0, 2, 3, 6]
    """
    ends = np.cumsum([0, *(bounds[-1] for bounds in blocks)])
    return np.concatenate([ends[:1], *(bounds[1:] + end for bounds, end in zip(blocks, ends, strict=False))])


def add_rows(values: np.ndarray, bounds: np.ndarray, dtype: type = np.float64) -> np.ndarray:
    """Return the sum of each row of entries, shape (n,); of one without entries 0.

    A sum depends on nothing but its own row's entries and their order.

    Examples
    --------
    >>> add_rows(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 2, 3])).tolist()
    [3.0, 0.0, 4.0]
    """
    sums: np.ndarray = np.zeros(len(bounds) - 1, dtype)
    filled = np.diff(bounds) > 0
    if filled.any():
        sums[filled] = np.add.reduceat(values, bounds[:-1][filled], dtype=dtype)
    return sums
