"""Keep vectors by the digest of their text, so that an unchanged row is never encoded twice."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.text.encoding import BundledEncoder, Encoder, Progress
from matchmaker.text.static import StaticEncoder

# Vectors that the package brings along, by fingerprint: of texts that every engine asks for (`industry.json`).
KNOWN = Path(__file__).parent / "known.npz"
_LOOKUP = 500
_PROBE = "技术"


class CachedEncoder:
    """An encoder with a memory: on disk where a path is given, else for as long as the object lives.

    Parameters
    ----------
    encoder : Encoder
        What encodes the texts that are new. Of one that says it is ``quick``, nothing is kept.
    path : Path, optional
        SQLite file; made when missing, shared safely between processes. An encoder without a ``fingerprint`` is never
        cached on disk, because its vectors cannot be told from another's.

    Raises
    ------
    ModelError
        When the file is no cache or is damaged.

    Attributes
    ----------
    memory : dict of bytes to ndarray
        Vectors by the digest of their text; at first those that the package brings along.
    fingerprint, space : str
        What the encoder says of its vectors: equal to the bit, and comparable; empty where it says nothing.
    encoded, reused : int
        Texts encoded and texts found so far.
    """

    def __init__(self, encoder: Encoder, path: Path | None = None) -> None:
        self.encoder = encoder
        self.encoded = 0
        self.reused = 0
        self.fingerprint: str = getattr(encoder, "fingerprint", "")
        self.space: str = getattr(encoder, "space", self.fingerprint)
        self.memory: dict[bytes, np.ndarray] = read_known(self.fingerprint)
        self._path = path
        self._lock = threading.Lock()
        self._store = None
        if path is not None and self.fingerprint:
            self._store = _open_store(path)
            weakref.finalize(self, self._store.close)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Return float32 vectors, shape (len(texts), d), of unit length or zero; equal texts are encoded once."""
        if not texts:
            # Many an encoder cannot say the shape of nothing.
            return self.encode([_PROBE])[:0]
        if getattr(self.encoder, "quick", False):
            self.encoded += len(texts)
            return self._encode(list(texts), progress)
        keys = self._keys(texts)
        self._recall(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.memory}
        self.reused += len(texts) - len(missing)
        self.encoded += len(missing)
        if progress and len(missing) < len(texts):
            progress(len(texts) - len(missing))
        if missing:
            self._remember(list(missing), self._encode(list(missing.values()), progress))
        try:
            return np.stack([self.memory[key] for key in keys])
        except ValueError as error:
            raise ModelError(
                f"encoder {type(self.encoder).__name__}: its vectors differ in length, or the cache {self._path} holds "
                "others under its fingerprint; give the encoder another fingerprint or delete the cache"
            ) from error

    def select(self, texts: Sequence[str]) -> dict[bytes, np.ndarray]:
        """Return the remembered vectors of these texts by their digests, for saving.

        Empty for an encoder without a ``fingerprint``: its vectors could not be told from another's later.
        """
        keys = self._keys(texts) if self.fingerprint else []
        return {key: self.memory[key] for key in keys if key in self.memory}

    def forget(self) -> None:
        """Free the memory; what lies on disk stays."""
        self.memory = read_known(self.fingerprint)

    def _encode(self, texts: list[str], progress: Progress | None) -> np.ndarray:
        if isinstance(self.encoder, BundledEncoder | StaticEncoder):
            return self.encoder.encode(texts, progress)
        expected = f"encoder {type(self.encoder).__name__}: expected finite vectors of shape ({len(texts)}, d)"
        answer = self.encoder.encode(texts)
        try:
            vectors = np.asarray(answer, np.float32)
        except (TypeError, ValueError, RuntimeError) as error:
            raise ModelError(f"{expected}, found {type(answer).__name__} ({error})") from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size:
            raise ModelError(f"{expected}, found shape {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ModelError(f"{expected}, found NaN or infinite values")
        if progress:
            progress(len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # What has unit length already keeps its every bit.
        odd = (lengths > 0) & (np.abs(lengths - 1) > 1e-4)
        return np.asarray(vectors / np.where(odd, lengths, 1), np.float32)

    def _keys(self, texts: Sequence[str]) -> list[bytes]:
        return [hashlib.blake2b(f"{self.fingerprint}\n{text}".encode(), digest_size=16).digest() for text in texts]

    def _recall(self, keys: list[bytes]) -> None:
        if self._store is None:
            return
        wanted = [key for key in dict.fromkeys(keys) if key not in self.memory]
        for start in range(0, len(wanted), _LOOKUP):
            part = wanted[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            try:
                with self._lock:
                    query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                    rows = self._store.execute(query, part).fetchall()
                self.memory.update((bytes(key), np.frombuffer(blob, np.float32)) for key, blob in rows)
            except (sqlite3.Error, ValueError) as error:
                raise _unusable(self._path, error) from error

    def _remember(self, keys: list[bytes], vectors: np.ndarray) -> None:
        self.memory.update(zip(keys, vectors, strict=True))
        if self._store is not None:
            rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
            try:
                with self._lock, self._store:
                    self._store.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
            except sqlite3.Error as error:
                raise _unusable(self._path, error) from error


def read_known(fingerprint: str) -> dict[bytes, np.ndarray]:
    """Return the vectors that the package brings along for an encoder, by the digests of their texts."""
    if not (fingerprint and KNOWN.is_file()):
        return {}
    with np.load(KNOWN, allow_pickle=False) as arrays:
        if f"{fingerprint} keys" not in arrays:
            return {}
        keys, vectors = arrays[f"{fingerprint} keys"], arrays[f"{fingerprint} vectors"]
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def write_known(encoders: Mapping[str, Mapping[bytes, np.ndarray]], path: Path = KNOWN) -> None:
    """Write vectors by fingerprint and digest, for `read_known`."""
    arrays: dict[str, np.ndarray] = {}
    for fingerprint, memory in sorted(encoders.items()):
        keys = sorted(memory)
        arrays[f"{fingerprint} keys"] = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1)
        arrays[f"{fingerprint} vectors"] = np.stack([memory[key] for key in keys])
    np.savez(path, allow_pickle=False, **arrays)


def _open_store(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(path, timeout=60, check_same_thread=False)
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        store.commit()
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error
    return store


def _unusable(path: Path | None, error: Exception) -> ModelError:
    return ModelError(f"vector cache {path} cannot be used ({error}); delete the file or name another")
