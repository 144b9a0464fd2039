"""Segments of an index in folders: arrays that are mapped into memory, and rows of JSON that are read when asked for.

A segment's folder is named by its content and written once; every file has its digest.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import secrets
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.rank.segments import Segment
from matchmaker.rank.tagtable import describe, read_described
from matchmaker.records import Profile
from matchmaker.sequences import RowSequence

T = TypeVar("T")

IDS = "ids.json"
PROFILES = "achievements.jsonl"
TAGS = "tags.jsonl"
# Digests of so many bytes are checked whenever a model is loaded, in well under a second; of what is more, the sizes.
CHECKED_BYTES = 1 << 28
_REMEMBERED = 4096
_FIELDS = tuple(each.name for each in dataclasses.fields(Profile))
_values = attrgetter(*_FIELDS)
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, eq=False)
class StoredSegment(Segment):
    """A segment whose arrays are mapped from files.

    Attributes
    ----------
    folder : Path
        Where they lie.
    digests : mapping of str to tuple
        SHA-256 and size of each file there, by name.
    """

    folder: Path = Path()
    digests: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process as a name: it maps the same files."""
        return open_segment, (self.folder, dict(self.digests))


class Lines(RowSequence[T]):
    """The lines of a file, each read and decoded when it is asked for.

    Parameters
    ----------
    file : Path
        Where they stand.
    data : ndarray of uint8
        The file's bytes, mapped.
    bounds : ndarray of int64, shape (n + 1,)
        Where the lines begin, and the end.
    decode : callable
        From a line's JSON content to what it stands for.
    """

    def __init__(self, file: Path, data: np.ndarray, bounds: np.ndarray, decode: Callable[[Any], T]) -> None:
        self._file = file
        self._data = data
        self._bounds = bounds
        self._decode = decode
        self._read = lru_cache(maxsize=_REMEMBERED)(self._read_line)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self._bounds) - 1

    def row(self, place: int) -> T:
        """Return what one line stands for."""
        return self._read(place)

    def line(self, row: int) -> bytes:
        """Return one line as it stands in the file."""
        return self._data[self._bounds[row] : self._bounds[row + 1]].tobytes()

    def _read_line(self, row: int) -> T:
        try:
            return self._decode(json.loads(self.line(row).decode("utf-8", "surrogatepass")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{self._file} is damaged in line {row + 1} ({error}); restore it or save again"
            ) from error


def write_segment(folder: Path, segment: Segment) -> StoredSegment:
    """Write a segment into a folder of segments, under a name that its content gives it, and return it from there.

    One that lies there already is not written again; one that lies elsewhere on the same disk is linked.
    """
    if isinstance(segment, StoredSegment) and segment.folder.parent == folder:
        return segment
    folder.mkdir(exist_ok=True)
    draft = folder / f".{secrets.token_hex(8)}.part"
    draft.mkdir()
    try:
        if not (isinstance(segment, StoredSegment) and _link_all(segment, draft)):
            _fill(draft, segment)
        digests = segment.digests if isinstance(segment, StoredSegment) else digest_folder(draft)
        place = folder / name_content(digests)
        settle(draft, place, digests)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return open_segment(place, digests)


def _fill(draft: Path, segment: Segment) -> None:
    (draft / IDS).write_text(json.dumps(list(segment.ids), ensure_ascii=True), encoding="utf-8")
    arrays = segment.arrays()
    arrays["lines-achievements"] = _write_lines(draft / PROFILES, map(_plain, segment.records))
    arrays["lines-tags"] = _write_lines(draft / TAGS, map(describe, segment.tags.described))
    for name, array in arrays.items():
        np.save(draft / f"{name}.npy", array, allow_pickle=False)


def _write_lines(path: Path, rows: Iterator[object]) -> np.ndarray:
    """Write rows as JSON Lines and return where each begins, and the end."""
    ends = [0]
    with path.open("wb") as file:
        for row in rows:
            ends.append(ends[-1] + file.write(_line(row)))
    return np.array(ends, np.int64)


def _line(row: object) -> bytes:
    # Half of a character, as broken exports hold it, comes back as it was.
    return _encode(row).encode("utf-8", "surrogatepass") + b"\n"


def digest_profile(profile: Profile) -> bytes:
    """Return 16 bytes that stand for all that a profile says."""
    return hashlib.blake2b(_line(_plain(profile)), digest_size=16).digest()


def holds(segment: Segment, row: int, profile: Profile) -> bool:
    """Tell whether a row of a segment says all that a profile says, without decoding one that lies in a file."""
    records = segment.records
    line = records.line(row) if isinstance(records, Lines) else _line(_plain(records[row]))
    return line == _line(_plain(profile))


def open_segment(folder: Path, digests: Mapping[str, tuple[str, int]]) -> StoredSegment:
    """Map a segment into memory.

    Raises
    ------
    ModelError
        When a file is missing or is not what its name says; the message names it.
    """
    arrays = {name.removesuffix(".npy"): map_array(folder / name) for name in digests if name.endswith(".npy")}
    with reading(folder / IDS) as file:
        ids = json.loads(file.read_text(encoding="utf-8"))
    bounds = {name: arrays.pop(f"lines-{name}", np.zeros(1, np.int64)) for name in ("achievements", "tags")}
    profiles = Lines(folder / PROFILES, _map_bytes(folder / PROFILES), bounds["achievements"], _profile)
    tags = Lines(folder / TAGS, _map_bytes(folder / TAGS), bounds["tags"], read_described)
    with reading(folder):
        plain = Segment.from_arrays(ids, tags, profiles, arrays)
    parts = {each.name: getattr(plain, each.name) for each in dataclasses.fields(Segment)}
    return StoredSegment(**parts, folder=folder, digests=digests)


def map_array(file: Path) -> np.ndarray:
    """Map an array into memory; a small one is read."""
    with reading(file):
        # A file without entries cannot be mapped.
        return np.asarray(np.load(file, mmap_mode="r" if file.stat().st_size > 256 else None, allow_pickle=False))


def _map_bytes(file: Path) -> np.ndarray:
    with reading(file):
        # As a plain array: a piece of one is cut off several times as quickly.
        return np.asarray(np.memmap(file, np.uint8, "r")) if file.stat().st_size else np.zeros(0, np.uint8)


def check_files(path: Path, digests: Mapping[str, tuple[str, int]], most: int = CHECKED_BYTES) -> None:
    """Check files against their sizes and, of the first ``most`` bytes, small files first, their digests.

    Raises
    ------
    ModelError
        For the first that is missing or was changed.
    """
    checked = 0
    for name, (digest, size) in sorted(digests.items(), key=lambda item: (item[1][1], item[0])):
        file = path / name
        sound = file.is_file() and file.stat().st_size == size
        if sound and checked + size <= most:
            checked += size
            sound = _digest(file) == digest
        if not sound:
            raise ModelError(f"{file} is missing or was changed after it was saved; restore it, save or learn again")


def digest_folder(folder: Path) -> dict[str, tuple[str, int]]:
    """Return SHA-256 and size of every file of a folder, by name."""
    return {file.name: (_digest(file), file.stat().st_size) for file in sorted(folder.iterdir())}


def name_content(digests: Mapping[str, tuple[str, int]]) -> str:
    """Return a name for files that have these digests."""
    told = "".join(f"{name} {digest}\n" for name, (digest, _) in sorted(digests.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def settle(draft: Path, place: Path, digests: Mapping[str, tuple[str, int]]) -> None:
    """Let a finished folder take its place; one that is there already, whole, has the same content."""
    if place.is_dir():
        try:
            check_files(place, digests, most=sys.maxsize)
        except ModelError:
            shutil.rmtree(place)
        else:
            shutil.rmtree(draft)
            return
    draft.rename(place)


def _link_all(segment: StoredSegment, draft: Path) -> bool:
    """Link or copy a segment's files; False when they are no longer there, though still open."""
    try:
        for name in segment.digests:
            try:
                os.link(segment.folder / name, draft / name)
            except OSError:  # another disk, or one that knows no links
                shutil.copyfile(segment.folder / name, draft / name)
    except FileNotFoundError:
        shutil.rmtree(draft)
        draft.mkdir()
        return False
    return True


@contextmanager
def reading(file: Path) -> Iterator[Path]:
    """Name the file when its digest is right but its content is not."""
    try:
        yield file
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelError(f"{file} is damaged ({error}); restore it, save or learn again") from error


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _plain(profile: Profile) -> dict[str, object]:
    plain = dict(zip(_FIELDS, _values(profile), strict=True))
    plain["date"], plain["extra"] = profile.date and profile.date.isoformat(), dict(profile.extra)
    return plain


def _profile(plain: dict[str, Any]) -> Profile:
    day = plain["date"]
    return Profile(**{**plain, "keywords": tuple(plain["keywords"]), "date": day and date.fromisoformat(day)})
