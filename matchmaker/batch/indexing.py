"""An index kept from one month to the next: of a register that is read in parts, only what changed is read anew."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchmaker.batch.parts import Notes, cut, name_part, open_once, work
from matchmaker.collecting import without_collecting
from matchmaker.engine import Matchmaker, Progress
from matchmaker.errors import ModelError, RecordError, SettingError
from matchmaker.rank.segments import Segment
from matchmaker.rank.supply import MOST_ROWS, Supply
from matchmaker.records import Profile
from matchmaker.segmentfiles import (
    StoredSegment,
    check_files,
    holds,
    open_segment,
    write_segment,
)
from matchmaker.storage import MANIFEST, SEGMENTS, read_model

# Achievements read by one process at a time: bounds memory, and what a killed run must do again. The first parts are
# smaller, so that all processes share in the few that have changed since last month.
PART, LEAST = 4_096, 512
NOTES = "unfinished"


@dataclass(frozen=True, slots=True)
class IndexUpdate:
    """What came of an update.

    Attributes
    ----------
    engine : Matchmaker
        With the index as it now is, mapped into memory.
    kept, read, gone : int
        Achievements that were in the index already, that were new or had changed, and that are no longer in it.
    resumed : int
        Of those read, how many an earlier run that was broken off had read already.
    """

    engine: Matchmaker
    kept: int
    read: int
    gone: int
    resumed: int


def update_index(
    index: Path,
    achievements: Iterable[Profile],
    engine: Matchmaker,
    *,
    workers: int = 1,
    total: int = 0,
    part: int = PART,
    progress: Progress | None = None,
) -> IndexUpdate:
    """Bring an index folder to the state of a register.

    Achievements that are in the folder already, unchanged, are not read again. The folder is a saved model all the
    time: `Matchmaker.load` opens the state before until this one is finished. A run that is broken off leaves the parts
    that it finished, and the next one goes on with them.

    Parameters
    ----------
    index : Path
        The folder; made when missing.
    achievements : iterable of Profile
        The register, gone through once; ids are unique.
    engine : Matchmaker
        Says how texts are read and ranked; its own register is replaced by this one.
    workers : int
        Processes that read. They are started afresh, so a script must call this under ``if __name__ == "__main__":``.
    total : int
        How many achievements there are, if that is known, to tell progress by.
    part : int
        Most achievements read by one process at a time.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Raises
    ------
    ModelError
        When the folder is something else than an index, or damaged.
    MatchmakerError
        When another run is writing to the folder.
    SettingError
        When the engine was built on an encoder object.
    RecordError
        When the register is empty: the index stays as it was.
    """
    if not isinstance(engine.encoder, str | os.PathLike):
        raise SettingError("encoder: expected 'bundled' or a path, which other processes can open; found an object")
    if not (index / MANIFEST).is_file():
        engine.fit([]).save(index)
    notes = Notes(index / NOTES)
    with notes.claim():
        supply = _open(index, engine)
        reader = notes.folder / "reader"
        engine.serve(Supply(supply.dimension)).save(reader)
        counts = {"kept": 0, "read": 0, "resumed": 0}
        stays = np.zeros(len(supply.ids), bool)

        def tell() -> None:
            if progress:
                done = counts["kept"] + counts["read"]
                progress("index", done, max(total, done))

        def sift() -> Iterator[Profile]:
            """Yield what must be read, and take down what stays."""
            for profile in achievements:
                row = supply.rows.get(profile.id)
                if row is None or not holds(*supply.at(row), profile):
                    yield profile
                    continue
                stays[row] = True
                counts["kept"] += 1
                if counts["kept"] % part == 0:
                    tell()

        def jobs() -> Iterator[_Part]:
            for profiles in cut(sift(), part, least=LEAST):
                yield _Part(index, reader, profiles, name_part(profiles, engine.reading))

        fresh: list[StoredSegment] = []
        for segment, resumed in work(_read_part, jobs(), workers):
            fresh.append(segment)
            counts["read"] += len(segment)
            counts["resumed"] += len(segment) * resumed
            tell()
        if not counts["kept"] + counts["read"]:
            raise RecordError("the register has no achievement at all; the index stays as it was")
        gone = np.flatnonzero(supply.alive & ~stays)
        read = {name for segment in fresh for name in segment.ids}
        changed = sum(supply.ids[row] in read for row in gone)
        held = [*supply.leave(gone), *((one, None) for one in fresh)]
        engine.serve(Supply(supply.dimension, _join_small(index, held, workers)))
        engine.save(index)
        engine.serve(read_model(index).supply)
        return IndexUpdate(engine, gone=len(gone) - changed, **counts)


def _open(index: Path, engine: Matchmaker) -> Supply:
    """Return what an index folder holds, as far as it was read as this engine reads."""
    saved = read_model(index)
    return saved.supply if engine.reads_as(saved.settings) else engine.fit([]).supply


@dataclass(frozen=True, slots=True)
class _Part:
    """A part to be read: the index it is for, the saved engine that reads it, its achievements, and its name."""

    index: Path
    reader: Path
    profiles: Sequence[Profile]
    name: str


def _read_part(job: _Part) -> tuple[StoredSegment, bool]:
    """Return a part as a segment on disk, and whether an earlier run had finished it."""
    notes = Notes(job.index / NOTES)
    if note := notes.find(job.name):
        with suppress(ModelError, KeyError, TypeError, ValueError):
            digests = {name: (str(digest), int(size)) for name, (digest, size) in note["files"].items()}
            folder = job.index / SEGMENTS / note["segment"]
            check_files(folder, digests, most=sys.maxsize)
            return open_segment(folder, digests), True
    with without_collecting():
        segment = write_segment(job.index / SEGMENTS, open_once(job.reader).read(job.profiles))
    notes.write(job.name, {"segment": segment.folder.name, "files": segment.digests})
    return segment, False


Held = tuple[Segment, np.ndarray | None]


def _join_small(index: Path, held: Sequence[Held], workers: int) -> list[Held]:
    """Put neighbours together until few segments are small: every search looks through each of them."""
    groups: list[list[Held]] = []
    size = 0
    for segment, alive in held:
        small = 2 * len(segment) < MOST_ROWS
        if small and groups and size and size + len(segment) <= MOST_ROWS:
            groups[-1].append((segment, alive))
            size += len(segment)
        else:
            groups.append([(segment, alive)])
            size = len(segment) if small else 0
    joined = work(_join, [(index, group) for group in groups if len(group) > 1], workers)
    return [group[0] if len(group) == 1 else (next(joined), None) for group in groups]


def _join(job: tuple[Path, list[Held]]) -> Segment:
    index, group = job
    living = [segment if alive is None else segment.take(np.flatnonzero(alive)) for segment, alive in group]
    return write_segment(index / SEGMENTS, Segment.join(living))
