"""Ranked lists: those of several parts of a register joined into one, and those of several ways to search fused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

K = 60

# Rows and their scores, best first.
Found = tuple[np.ndarray, np.ndarray]


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


def keep_best(best: np.ndarray, scores: np.ndarray) -> None:
    """Put scores among the best so far, which stay as many.

    Examples
    --------
    >>> best = np.array([5, 0, 3])
    >>> keep_best(best, np.array([4, 1]))
    >>> sorted(best.tolist())
    [3, 4, 5]
    """
    best[:] = np.partition(np.concatenate([best, scores]), len(scores))[len(scores) :]


def join_found(
    found: Sequence[tuple[list[Found], list[Found]]], needs: int, depth: int, order: np.ndarray | None = None
) -> tuple[list[Found], list[Found]]:
    """Join what was found in several parts of a register into what one search of all of it finds.

    Parameters
    ----------
    found : sequence of pairs of list of (rows, scores)
        For each part, by words and by vectors, what was found for each need.
    needs, depth : int
        How many needs, and how many rows are wanted for each.
    order : ndarray of int, shape (n,), optional
        Place of each row's id among all ids, which decides between equal scores; by default rows are such places.
    """

    def best(kind: int, need: int) -> Found:
        rows = np.concatenate([np.zeros(0, np.int64), *(part[kind][need][0] for part in found)])
        scores = np.concatenate([np.zeros(0), *(part[kind][need][1] for part in found)])
        first = np.lexsort((rows if order is None else order[rows], -scores))[:depth]
        return rows[first], scores[first]

    words, vectors = ([best(kind, need) for need in range(needs)] for kind in (0, 1))
    return words, vectors


def fuse_found(found: tuple[list[Found], list[Found]], depth: int, order: np.ndarray | None = None) -> list[np.ndarray]:
    """Return for each need the rows that stand highest by words and by vectors together, best first."""
    return [fuse([rows for rows, _ in both], depth, order=order) for both in zip(*found, strict=True)]
