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
    """Return what both give, one after the other or side by side: worth it where most of the work leaves Python.

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
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="matchmaker")
