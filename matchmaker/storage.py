"""A fitted engine in a folder: text, JSON and arrays, every file with its digest; nothing in it is ever executed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.rank.calibration import Calibration
from matchmaker.rank.defaults import read_calibration, write_calibration
from matchmaker.rank.reranking import LearnedSum, WeightedSum, read_reranker
from matchmaker.records import Profile

FORMAT = 1
MANIFEST = "model.json"
SETTINGS = "settings.json"
RERANKER = "reranker.json"
PROFILES = "achievements.jsonl"
VECTORS = "vectors.npz"
# Only in models whose encoder was tuned.
WEIGHTS = "encoder.npz"


_EXPECTED = {
    *("encoder", "terms", "stop_words", "candidates", "threshold", "lang", "seed"),
    *("dictionary", "vectors", "space", "quality", "calibration"),
}


@dataclass(frozen=True, slots=True)
class SavedModel:
    """All that an engine needs to go on where it was saved."""

    settings: Mapping[str, Any]
    profiles: tuple[Profile, ...]
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


def write_model(path: Path, model: SavedModel) -> None:
    """Write a model folder whole or not at all; a model that was there before is replaced."""
    path = Path(os.path.realpath(path))
    if path.exists() and not (path / MANIFEST).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise ModelError(f"{path} exists and is no saved model; name another folder")
    mark = secrets.token_hex(8)
    draft, old = path.with_name(f".{mark}.part"), path.with_name(f".{mark}.old")
    draft.mkdir(parents=True)
    try:
        calibration = {"calibration": write_calibration(model.calibration)}
        (draft / SETTINGS).write_text(_json({**model.settings, **calibration}), encoding="utf-8")
        (draft / RERANKER).write_text(model.reranker.to_text(), encoding="utf-8")
        # Half of a character, as broken exports hold it, comes back as it was.
        with (draft / PROFILES).open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
            for profile in model.profiles:
                lines.write(json.dumps(_plain(profile), ensure_ascii=False) + "\n")
        keys = sorted(model.vectors)
        vectors = np.stack([model.vectors[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)
        np.savez(draft / VECTORS, keys=np.array(keys, "S16").view(np.uint8).reshape(-1, 16), vectors=vectors)
        if model.weights:
            np.savez(draft / WEIGHTS, allow_pickle=False, **model.weights)
        digests = {file.name: _digest(file) for file in sorted(draft.iterdir())}
        (draft / MANIFEST).write_text(_json({"format": FORMAT, "files": digests}), encoding="utf-8")
        if path.exists():
            path.rename(old)
        try:
            draft.rename(path)
        except BaseException:
            if old.exists():
                old.rename(path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_model(path: Path) -> SavedModel:
    """Read a model folder, checking every file against its digest.

    Raises
    ------
    ModelError
        When the folder is no saved model, or a file of it is missing or damaged; the message names it.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        version, digests = manifest["format"], dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is no saved model ({error}); give the folder that learn or save wrote") from error
    if version != FORMAT:
        raise ModelError(f"{path} has format {version!r}, this version reads {FORMAT}; learn it again")
    for name in (SETTINGS, RERANKER, PROFILES, VECTORS, *([WEIGHTS] if WEIGHTS in digests else [])):
        file = path / name
        if not file.is_file() or _digest(file) != digests.get(name):
            raise ModelError(f"{file} is missing or was changed after it was saved; restore it or learn again")
    with _reading(path / SETTINGS) as file:
        settings = json.loads(file.read_text(encoding="utf-8"))
        calibration = read_calibration(settings["calibration"])
        if missing := sorted(_EXPECTED - settings.keys()):
            raise ValueError(f"without {', '.join(missing)}")
    with _reading(path / PROFILES) as file, file.open(encoding="utf-8", errors="surrogatepass") as lines:
        profiles = tuple(_profile(json.loads(line)) for line in lines)
    with _reading(path / VECTORS) as file, np.load(file, allow_pickle=False) as arrays:
        vectors = {key.tobytes(): vector for key, vector in zip(arrays["keys"], arrays["vectors"], strict=True)}
    weights: dict[str, np.ndarray] = {}
    if WEIGHTS in digests:
        with _reading(path / WEIGHTS) as file, np.load(file, allow_pickle=False) as arrays:
            weights = dict(arrays)
    return SavedModel(
        settings=settings,
        profiles=profiles,
        reranker=read_reranker((path / RERANKER).read_text(encoding="utf-8")),
        calibration=calibration,
        vectors=vectors,
        weights=weights,
    )


@contextmanager
def _reading(file: Path) -> Iterator[Path]:
    """Name the file when its digest is right but its content is not."""
    try:
        yield file
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelError(f"{file} is damaged ({error}); restore it or learn again") from error


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _plain(profile: Profile) -> dict[str, object]:
    plain = {field.name: getattr(profile, field.name) for field in dataclasses.fields(profile)}
    return {**plain, "date": profile.date and profile.date.isoformat(), "extra": dict(profile.extra)}


def _profile(plain: dict[str, Any]) -> Profile:
    day = plain["date"]
    return Profile(**{**plain, "keywords": tuple(plain["keywords"]), "date": day and date.fromisoformat(day)})
