"""Work in parts: done by several processes, noted when finished, never done twice."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from matchmaker.engine import Matchmaker
from matchmaker.errors import MatchmakerError
from matchmaker.files import replacing
from matchmaker.records import Profile
from matchmaker.segmentfiles import digest_profile
from matchmaker.storage import MANIFEST

J = TypeVar("J")
R = TypeVar("R")
T = TypeVar("T")
LOCK = "lock"
# So many parts wait for a process at the most: enough to keep all busy, few enough to hold.
_WAITING = 2


def cut(rows: Iterable[T], most: int, least: int | None = None) -> Iterator[list[T]]:
    """Yield rows in lists of ``most``, the last one shorter.

    Given ``least``, the first ones are shorter too, each an eighth of all before it: no process is left with much when
    the others have ended.

    Examples
    --------
    >>> list(cut("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    >>> [len(part) for part in cut(range(40), 4, least=2)]
    [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 3]
    """
    left, seen = iter(rows), 0
    while part := list(islice(left, most if least is None else min(max(seen // 8, least), most))):
        yield part
        seen += len(part)


def name_part(profiles: Sequence[Profile], settings: object) -> str:
    """Return a name that stands for these profiles and what is done to them: equal work has equal names."""
    digest = hashlib.sha256(json.dumps(settings, ensure_ascii=True, sort_keys=True).encode())
    for profile in profiles:
        digest.update(digest_profile(profile))
    return digest.hexdigest()[:24]


def open_once(model: Path) -> Matchmaker:
    """Return the engine that was saved in a folder; each process opens it once as long as it stays the same."""
    return _open(model, (model / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _open(model: Path, _changed: int) -> Matchmaker:
    return Matchmaker.load(model)


class Notes:
    """A folder of notes about finished parts.

    A note is written last, whole or not at all, and says what the part's files must be; one that does not fit them
    counts for nothing.

    Parameters
    ----------
    folder : Path
        Made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, name: str) -> dict[str, Any] | None:
        """Return the note on a part, or None when there is none that can be read."""
        try:
            content = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) else None

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Keep every other run of this machine out of the folder.

        Raises
        ------
        MatchmakerError
            When another run is at work in it.
        """
        # Held by the process, not by the file: one that was killed holds nothing.
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise MatchmakerError(
                f"another run is writing to {self.folder.parent}; wait until it has ended, or name another folder"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def clear(self) -> None:
        """Take the folder away, with all that lies in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name: str, content: Mapping[str, object]) -> None:
        """Note that a part is finished."""
        with replacing(self.folder / f"{name}.json") as file:
            file.write(json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass"))


def work(function: Callable[[J], R], jobs: Iterable[J], workers: int) -> Iterator[R]:
    """Yield what a function makes of each job, in their order; jobs are made when a process is about to be free.

    Parameters
    ----------
    function : callable
        At the top of a module, so that another process finds it.
    jobs : iterable
    workers : int
        Processes; with one, the work is done in this one.

    Raises
    ------
    MatchmakerError
        When a process dies, as one does that is killed for want of memory. Finished parts stay finished.
    """
    if workers == 1:
        yield from map(function, jobs)
        return
    from concurrent.futures.process import BrokenProcessPool

    waiting: deque[Future[R]] = deque()
    # A fork would take over locks that threads of other libraries hold.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _share_processors, (workers,)) as pool:
        try:
            for job in jobs:
                if len(waiting) >= workers + _WAITING:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(function, job))
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise MatchmakerError(
                "a process of this run was ended from outside, perhaps for want of memory; run the same command again "
                "to go on where it stopped, with fewer --workers if it happens again"
            ) from error
        finally:
            for future in waiting:
                future.cancel()


def _share_processors(workers: int) -> None:
    """Let each of several processes use its share of the processors only."""
    import faiss

    threads = max(1, (os.cpu_count() or 1) // workers)
    faiss.omp_set_num_threads(threads)
