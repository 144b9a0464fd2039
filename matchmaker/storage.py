"""A fitted engine in a folder: text, JSON and arrays, every file with its digest; nothing in it is ever executed.

The manifest names the files that are the model; whatever else lies there is of no account. A model that is saved again
writes new files beside the old ones and then replaces the manifest alone, in one step: readers see the old model or the
new one, never a mixture. Segments (`matchmaker.rank.segments`) are named by their content and written once, however
often the register around them changes.
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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar, overload

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.rank.calibration import Calibration
from matchmaker.rank.defaults import read_calibration, write_calibration
from matchmaker.rank.lexical import Statistics
from matchmaker.rank.reranking import LearnedSum, WeightedSum, read_reranker
from matchmaker.rank.segments import Segment
from matchmaker.rank.supply import Supply
from matchmaker.rank.tagtable import describe, read_described
from matchmaker.records import Profile

T = TypeVar("T")

FORMAT = 2
MANIFEST = "model.json"
SETTINGS = "settings.json"
RERANKER = "reranker.json"
VECTORS = "vectors.npz"
# Only in models whose encoder was tuned.
WEIGHTS = "encoder.npz"
REGISTER = "register.npz"
SEGMENTS = "segments"
IDS = "ids.json"
PROFILES = "achievements.jsonl"
TAGS = "tags.jsonl"
# Digests of so many bytes are checked whenever a model is loaded, in well under a second; of what is more, the sizes.
CHECKED_BYTES = 1 << 28
_ATTEMPTS = 3
_REMEMBERED = 4096

_EXPECTED = {
    *("encoder", "terms", "stop_words", "candidates", "threshold", "lang", "seed"),
    *("dictionary", "vectors", "space", "quality", "reading", "calibration"),
}


@dataclass(frozen=True, slots=True)
class SavedModel:
    """All that an engine needs to go on where it was saved."""

    settings: Mapping[str, Any]
    supply: Supply
    reranker: WeightedSum | LearnedSum
    calibration: Calibration
    vectors: Mapping[bytes, np.ndarray]
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)

    def check(self, dictionary: str, space: str) -> None:
        """Raise `ModelError` when words are now split, or texts encoded, otherwise than the model was taught."""
        if isinstance(self.reranker, LearnedSum) and space and self.settings["space"] != space:
            raise ModelError(
                "this model learned from another encoder's vectors; load it with that one, or learn again with this one"
            )
        if self.settings["dictionary"] != dictionary:
            raise ModelError(
                "this model was saved with another segmentation dictionary; fit and learn again with this version"
            )

    def refuse_encoder(self) -> NoReturn:
        """Raise `ModelError` for a model whose encoder was an object."""
        raise ModelError("this model was built on an encoder object; give it again: Matchmaker.load(path, encoder=…)")


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


class Lines(Sequence[T], Generic[T]):
    """The lines of a file, each read and decoded when it is asked for.

    Parameters
    ----------
    data : ndarray of uint8
        The file's bytes, mapped.
    bounds : ndarray of int64, shape (n + 1,)
        Where the lines begin, and the end.
    decode : callable
        From a line's JSON content to what it stands for.
    """

    def __init__(self, data: np.ndarray, bounds: np.ndarray, decode: Callable[[Any], T]) -> None:
        self._data = data
        self._bounds = bounds
        self._decode = decode
        self._read = lru_cache(maxsize=_REMEMBERED)(self._read_line)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[T]: ...
    def __getitem__(self, key: int | slice) -> T | Sequence[T]:
        """Return what one line stands for, or several."""
        if isinstance(key, slice):
            return [self[row] for row in range(*key.indices(len(self)))]
        return self._read(range(len(self))[key])

    def line(self, row: int) -> bytes:
        """Return one line as it stands in the file."""
        return self._data[self._bounds[row] : self._bounds[row + 1]].tobytes()

    def _read_line(self, row: int) -> T:
        try:
            return self._decode(json.loads(self.line(row).decode("utf-8", "surrogatepass")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            name = getattr(self._data, "filename", "a file of this model")
            raise ModelError(f"{name} is damaged in line {row + 1} ({error}); restore it or save again") from error


def write_model(path: Path, model: SavedModel) -> None:
    """Write a model folder whole or not at all; a model that was there before is replaced."""
    path = Path(os.path.realpath(path))
    if path.exists() and not (path / MANIFEST).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise ModelError(f"{path} exists and is no saved model; name another folder")
    if (path / MANIFEST).is_file():
        _write_into(path, model)
        return
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    draft.mkdir(parents=True)
    try:
        _write_into(draft, model)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_into(path: Path, model: SavedModel) -> None:
    """Write new files beside those that are there, then the manifest, then take away what it no longer names."""
    before = {file.relative_to(path).as_posix() for file in path.rglob("*")}
    draft = path / f".{secrets.token_hex(8)}.part"
    draft.mkdir()
    try:
        segments = [write_segment(path / SEGMENTS, part.segment) for part in model.supply.parts]
        _write_state(draft, model)
        digests = digest_folder(draft)
        state = _name(digests)
        _settle(draft, path / state, digests)
        files = {f"{state}/{name}": told for name, told in digests.items()}
        for stored in segments:
            files |= {f"{SEGMENTS}/{stored.folder.name}/{name}": told for name, told in stored.digests.items()}
        content = {"format": FORMAT, "state": state, "segments": [stored.folder.name for stored in segments]}
        content["files"] = {name: {"sha256": told[0], "bytes": told[1]} for name, told in sorted(files.items())}
        fresh = path / f".{secrets.token_hex(8)}.json"
        try:
            fresh.write_text(_json(content), encoding="utf-8")
            os.replace(fresh, path / MANIFEST)
        finally:
            fresh.unlink(missing_ok=True)
    except BaseException:
        _sweep(path, before)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _sweep(path, {MANIFEST, *files})


def _write_state(draft: Path, model: SavedModel) -> None:
    """Write all that may change from one saving to the next."""
    calibration = {"calibration": write_calibration(model.calibration)}
    (draft / SETTINGS).write_text(_json({**model.settings, **calibration}), encoding="utf-8")
    (draft / RERANKER).write_text(model.reranker.to_text(), encoding="utf-8")
    keys = sorted(model.vectors)
    vectors = np.stack([model.vectors[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)
    np.savez(draft / VECTORS, keys=np.array(keys, "S16").view(np.uint8).reshape(-1, 16), vectors=vectors)
    if model.weights:
        np.savez(draft / WEIGHTS, allow_pickle=False, **model.weights)
    for name, array in _state_arrays(model.supply).items():
        np.save(draft / f"{name}.npy", array, allow_pickle=False)


def _state_arrays(supply: Supply) -> dict[str, np.ndarray]:
    """Return what a supply knows of its segments together, by names that can be files'."""
    arrays = {"order": supply.order, "dimension": np.array([supply.dimension])}
    for name, statistics in supply.statistics.items():
        arrays[f"{name}-totals"] = np.array([statistics.rows, statistics.words])
        arrays[f"{name}-terms"], arrays[f"{name}-frequencies"] = statistics.terms, statistics.frequencies
    for number, part in enumerate(supply.parts):
        if part.alive is not None:
            arrays[f"alive-{number}"] = part.alive
        for name in ("grams", "title_grams"):
            arrays[f"{name}-frequencies-{number}"] = getattr(part, name).frequencies.astype(np.int32)
    return arrays


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
        place = folder / _name(digests)
        _settle(draft, place, digests)
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
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def digest_profile(profile: Profile) -> bytes:
    """Return 16 bytes that stand for all that a profile says."""
    return hashlib.blake2b(_line(_plain(profile)), digest_size=16).digest()


def digest_row(records: Sequence[Profile], row: int) -> bytes:
    """Return `digest_profile` of a row of a segment's records, without decoding those that lie in a file."""
    if isinstance(records, Lines):
        return hashlib.blake2b(records.line(row), digest_size=16).digest()
    return digest_profile(records[row])


def open_segment(folder: Path, digests: Mapping[str, tuple[str, int]]) -> StoredSegment:
    """Map a segment into memory.

    Raises
    ------
    ModelError
        When a file is missing or is not what its name says; the message names it.
    """
    arrays = {name.removesuffix(".npy"): _map_array(folder / name) for name in digests if name.endswith(".npy")}
    with _reading(folder / IDS) as file:
        ids = json.loads(file.read_text(encoding="utf-8"))
    bounds = {name: arrays.pop(f"lines-{name}", np.zeros(1, np.int64)) for name in ("achievements", "tags")}
    profiles = Lines(_map_bytes(folder / PROFILES), bounds["achievements"], _profile)
    tags = Lines(_map_bytes(folder / TAGS), bounds["tags"], read_described)
    with _reading(folder):
        plain = Segment.from_arrays(ids, tags, profiles, arrays)
    parts = {each.name: getattr(plain, each.name) for each in dataclasses.fields(Segment)}
    return StoredSegment(**parts, folder=folder, digests=digests)


def _map_array(file: Path) -> np.ndarray:
    with _reading(file):
        # A file without entries cannot be mapped.
        return np.asarray(np.load(file, mmap_mode="r" if file.stat().st_size > 256 else None, allow_pickle=False))


def _map_bytes(file: Path) -> np.ndarray:
    with _reading(file):
        return np.memmap(file, np.uint8, "r") if file.stat().st_size else np.zeros(0, np.uint8)


def read_model(path: Path, chosen: Collection[int] | None = None) -> SavedModel:
    """Map a model folder into memory, checking its files against their sizes and, as far as time allows, digests.

    Parameters
    ----------
    path : Path
    chosen : collection of int, optional
        The segments to open, by their number; by default all. Their rows keep the weights and the order that they have
        in the whole register.

    Raises
    ------
    ModelError
        When the folder is no saved model, or a file of it is missing or damaged; the message names it.
    """
    for attempt in range(_ATTEMPTS):
        text = _read_manifest(path)
        try:
            return _read_files(path, text, chosen)
        except ModelError:
            # A model that was saved anew in this moment has taken its old files away.
            if attempt == _ATTEMPTS - 1 or _read_manifest(path) == text:
                raise
    raise AssertionError


def _read_manifest(path: Path) -> str:
    try:
        return (path / MANIFEST).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is no saved model ({error}); give the folder that learn or save wrote") from error


def _read_files(path: Path, manifest: str, chosen: Collection[int] | None) -> SavedModel:
    try:
        content = json.loads(manifest)
        version = content["format"]
        if version != FORMAT:
            raise ModelError(f"{path} has format {version!r}, this version reads {FORMAT}; save or learn it again")
        digests = {name: (str(told["sha256"]), int(told["bytes"])) for name, told in content["files"].items()}
        state, segments = path / str(content["state"]), [str(name) for name in content["segments"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is no saved model ({error}); give the folder that learn or save wrote") from error
    required = {f"{state.name}/{name}" for name in (SETTINGS, RERANKER, VECTORS)}
    opened = range(len(segments)) if chosen is None else sorted(chosen)
    folders = [f"{SEGMENTS}/{segments[number]}/" for number in opened]
    required |= {f"{folder}{file}" for folder in folders for file in (IDS, PROFILES, TAGS)}
    starts = (f"{state.name}/", *folders)
    check_files(
        path,
        {
            **dict.fromkeys(required, ("", -1)),
            **{name: told for name, told in digests.items() if name.startswith(starts)},
        },
    )
    with _reading(state / SETTINGS) as file:
        settings = json.loads(file.read_text(encoding="utf-8"))
        calibration = read_calibration(settings["calibration"])
        if missing := sorted(_EXPECTED - settings.keys()):
            raise ValueError(f"without {', '.join(missing)}")
    with _reading(state / VECTORS) as file, np.load(file, allow_pickle=False) as arrays:
        vectors = {key.tobytes(): vector for key, vector in zip(arrays["keys"], arrays["vectors"], strict=True)}
    weights: dict[str, np.ndarray] = {}
    if f"{state.name}/{WEIGHTS}" in digests:
        with _reading(state / WEIGHTS) as file, np.load(file, allow_pickle=False) as arrays:
            weights = dict(arrays)
    return SavedModel(
        settings=settings,
        supply=_open_supply(path, state, segments, opened, digests),
        reranker=read_reranker((state / RERANKER).read_text(encoding="utf-8")),
        calibration=calibration,
        vectors=vectors,
        weights=weights,
    )


def _open_supply(
    path: Path, state: Path, names: Sequence[str], opened: Sequence[int], digests: Mapping[str, tuple[str, int]]
) -> Supply:
    known = {
        Path(name).stem: _map_array(path / name)
        for name in digests
        if name.startswith(f"{state.name}/") and name.endswith(".npy")
    }
    segments = []
    for number in opened:
        start = f"{SEGMENTS}/{names[number]}/"
        own = {file.removeprefix(start): told for file, told in digests.items() if file.startswith(start)}
        segments.append(open_segment(path / SEGMENTS / names[number], own))
    order = known["order"]
    if len(opened) < len(names):
        ends = np.cumsum([0, *(_count_rows(path / SEGMENTS / name) for name in names)])
        order = np.concatenate([order[:0], *(order[ends[number] : ends[number + 1]] for number in opened)])
    with _reading(state):
        return Supply(
            int(known["dimension"][0]),
            [(segment, known.get(f"alive-{number}")) for number, segment in zip(opened, segments, strict=True)],
            statistics={
                name: Statistics(
                    rows=int(known[f"{name}-totals"][0]),
                    words=int(known[f"{name}-totals"][1]),
                    terms=known[f"{name}-terms"],
                    frequencies=known[f"{name}-frequencies"],
                )
                for name in ("words", "grams", "title_grams")
            },
            frequencies=[
                {name: known[f"{name}-frequencies-{number}"] for name in ("grams", "title_grams")} for number in opened
            ],
            order=order,
        )


def count_rows(path: Path) -> list[int]:
    """Return how many rows each segment of a saved model has, removed ones included, without opening any.

    Raises
    ------
    ModelError
        When the folder is no saved model or a segment of it is missing.
    """
    try:
        return [_count_rows(path / SEGMENTS / str(name)) for name in json.loads(_read_manifest(path))["segments"]]
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{path} is no saved model ({error}); give the folder that learn or save wrote") from error


def _count_rows(segment: Path) -> int:
    return len(_map_array(segment / "lines-achievements.npy")) - 1


def name_model(path: Path) -> str:
    """Return a name that stands for all that a saved model is: equal models have equal names."""
    return hashlib.sha256(_read_manifest(path).encode()).hexdigest()[:24]


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


def _name(digests: Mapping[str, tuple[str, int]]) -> str:
    told = "".join(f"{name} {digest}\n" for name, (digest, _) in sorted(digests.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _settle(draft: Path, place: Path, digests: Mapping[str, tuple[str, int]]) -> None:
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


def _sweep(path: Path, kept: set[str]) -> None:
    """Take away the files of a model folder that are not among these, and the folders that are then empty."""
    found = sorted(path.rglob("*"), reverse=True)
    for file in found:
        if file.is_file() and file.relative_to(path).as_posix() not in kept:
            file.unlink(missing_ok=True)
    for folder in found:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def _reading(file: Path) -> Iterator[Path]:
    """Name the file when its digest is right but its content is not."""
    try:
        yield file
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelError(f"{file} is damaged ({error}); restore it, save or learn again") from error


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _plain(profile: Profile) -> dict[str, object]:
    plain = {field.name: getattr(profile, field.name) for field in dataclasses.fields(profile)}
    return {**plain, "date": profile.date and profile.date.isoformat(), "extra": dict(profile.extra)}


def _profile(plain: dict[str, Any]) -> Profile:
    day = plain["date"]
    return Profile(**{**plain, "keywords": tuple(plain["keywords"]), "date": day and date.fromisoformat(day)})
