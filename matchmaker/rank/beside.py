"""Two things done side by side, where a processor is to spare."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import faiss

A = TypeVar("A")


def do_both(
    first: Callable[[], Iterable[A]], second: Callable[[], Iterable[A]], *, beside: bool = True
) -> tuple[list[A], list[A]]:
    """Return what both give, the second in another thread: worth it where most of the work leaves Python.

    Processes that share the processors, and have told FAISS so, do one after the other.

    Examples
    --------
    >>> do_both(lambda: [1, 2], lambda: [3])
    ([1, 2], [3])
    """
    if not beside or faiss.omp_get_max_threads() == 1:
        return list(first()), list(second())
    other = _threads().submit(lambda: list(second()))
    return list(first()), other.result()


@cache
def _threads() -> ThreadPoolExecutor:
    # FAISS's own threads would go on waiting for work, wide awake, long after a single query was answered.
    return ThreadPoolExecutor(os.cpu_count(), "matchmaker", initializer=faiss.omp_set_num_threads, initargs=(1,))
