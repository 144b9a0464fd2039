"""A fitted engine in a folder: text, JSON and arrays, every file with its digest; nothing in it is ever executed.

The manifest names the files that are the model; whatever else lies there is of no account. A model that is saved again
writes new files beside the old ones and then replaces the manifest alone, in one step: readers see the old model or the
new one, never a mixture. Segments (`matchmaker.rank.segments`) are named by their content and written once, however
often the register around them changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.rank.calibration import Calibration, read_calibration, write_calibration
from matchmaker.rank.queries import Statistics
from matchmaker.rank.reranking import LearnedSum, WeightedSum, read_reranker
from matchmaker.rank.supply import Supply
from matchmaker.segmentfiles import (
    IDS,
    PROFILES,
    TAGS,
    check_files,
    digest_folder,
    map_array,
    name_content,
    open_segment,
    reading,
    settle,
    write_segment,
)

FORMAT = 5
MANIFEST = "model.json"
SETTINGS = "settings.json"
RERANKER = "reranker.json"
VECTORS = "vectors.npz"
# Only in models whose encoder was tuned.
WEIGHTS = "encoder.npz"
SEGMENTS = "segments"

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
        if isinstance(self.reranker, LearnedSum) and self.settings["space"] != space:
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


def check_target(path: Path) -> Path:
    """Return where a model is to be written, links resolved.

    Raises
    ------
    ModelError
        When something lies there that is no saved model, and would be lost.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not (path / MANIFEST).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise ModelError(f"{path} exists and is no saved model; name another folder")
    return path


def write_model(path: Path, model: SavedModel) -> None:
    """Write a model folder whole or not at all; a model that was there before is replaced."""
    path = check_target(path)
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
        state = name_content(digests)
        settle(draft, path / state, digests)
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
    arrays |= {f"alive-{number}": part.alive for number, part in enumerate(supply.parts) if part.alive is not None}
    indexes = {
        f"{name}-lengths-{number}": getattr(part, name)
        for number, part in enumerate(supply.parts)
        for name in ("grams", "title_grams")
    }
    # Every row of the register is weighed anew, nearly all of it outside of Python.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        arrays |= dict(zip(indexes, pool.map(attrgetter("lengths"), indexes.values()), strict=True))
    return arrays


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
    text = _read_manifest(path)
    while True:
        try:
            return _read_files(path, text, chosen)
        except ModelError:
            # A model that was saved anew in this moment has taken its old files away.
            before, text = text, _read_manifest(path)
            if text == before:
                raise


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
    except ModelError:
        raise
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
    with reading(state / SETTINGS) as file:
        settings = json.loads(file.read_text(encoding="utf-8"))
        calibration = read_calibration(settings["calibration"])
        if missing := sorted(_EXPECTED - settings.keys()):
            raise ValueError(f"without {', '.join(missing)}")
    with reading(state / VECTORS) as file, np.load(file, allow_pickle=False) as arrays:
        vectors = {key.tobytes(): vector for key, vector in zip(arrays["keys"], arrays["vectors"], strict=True)}
    weights: dict[str, np.ndarray] = {}
    if f"{state.name}/{WEIGHTS}" in digests:
        with reading(state / WEIGHTS) as file, np.load(file, allow_pickle=False) as arrays:
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
        Path(name).stem: map_array(path / name)
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
    with reading(state):
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
            lengths=[
                {name: known[f"{name}-lengths-{number}"] for name in ("grams", "title_grams")} for number in opened
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
    return len(map_array(segment / "lines-achievements.npy")) - 1


def name_model(path: Path) -> str:
    """Return a name that stands for all that a saved model is: equal models have equal names."""
    return hashlib.sha256(_read_manifest(path).encode()).hexdigest()[:24]


def _sweep(path: Path, kept: set[str]) -> None:
    """Take away the files of a model folder that are not among these, and the folders that are then empty."""
    found = sorted(path.rglob("*"), reverse=True)
    for file in found:
        if file.is_file() and file.relative_to(path).as_posix() not in kept:
            # Windows keeps what somebody has open.
            with suppress(PermissionError):
                file.unlink(missing_ok=True)
    for folder in found:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
