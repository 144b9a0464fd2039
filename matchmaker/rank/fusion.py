"""Join ranked lists into one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

K = 60


def fuse(lists: Sequence[np.ndarray], depth: int, k: int = K, order: np.ndarray | None = None) -> np.ndarray:
    """Return the rows that stand highest over several ranked lists, best first, ties by row or by ``order[row]``.

    Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): a row earns ``1 / (k + rank)`` from each list.

    Examples
    --------
    >>> fuse([np.array([4, 2, 7]), np.array([2, 9])], depth=3).tolist()
    [2, 4, 9]
    """
    rows = np.concatenate([np.asarray(ranked, np.int64) for ranked in lists])
    points = np.concatenate([1 / (k + 1 + np.arange(len(ranked))) for ranked in lists])
    unique, place = np.unique(rows, return_inverse=True)
    total = np.bincount(place, points, minlength=len(unique))
    ties = unique if order is None else order[unique]
    return unique[np.lexsort((ties, -total))][:depth]
