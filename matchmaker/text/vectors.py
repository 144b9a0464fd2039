"""Keep vectors by the digest of their text, so that an unchanged row is never encoded twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.text.encoding import BundledEncoder, Encoder, Progress

_LOOKUP = 500


class CachedEncoder:
    """An encoder with a memory: on disk where a path is given, else for as long as the object lives.

    Parameters
    ----------
    encoder : Encoder
        What encodes the texts that are new.
    path : Path, optional
        SQLite file; made when missing, shared safely between processes. An encoder without a ``fingerprint`` is never
        cached on disk, because its vectors cannot be told from another's.

    Attributes
    ----------
    memory : dict of bytes to ndarray
        Vectors by the digest of their text.
    encoded, reused : int
        Texts encoded and texts found so far.
    """

    def __init__(self, encoder: Encoder, path: Path | None = None) -> None:
        self.encoder = encoder
        self.encoded = 0
        self.reused = 0
        self.fingerprint: str = getattr(encoder, "fingerprint", "")
        self.memory: dict[bytes, np.ndarray] = {}
        self._store = _open_store(path) if path is not None and self.fingerprint else None

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Return float32 vectors, shape (len(texts), d); equal texts are encoded once."""
        keys = [hashlib.blake2b(f"{self.fingerprint}\n{text}".encode(), digest_size=16).digest() for text in texts]
        self._recall(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.memory}
        self.reused += len(texts) - len(missing)
        self.encoded += len(missing)
        if progress and len(missing) < len(texts):
            progress(len(texts) - len(missing))
        if missing or not texts:
            self._remember(list(missing), self._encode(list(missing.values()), progress))
        if not texts:
            return self._encode([], None)
        return np.stack([self.memory[key] for key in keys])

    def forget(self) -> None:
        """Free the memory; what lies on disk stays."""
        self.memory.clear()

    def _encode(self, texts: list[str], progress: Progress | None) -> np.ndarray:
        if isinstance(self.encoder, BundledEncoder):
            return self.encoder.encode(texts, progress)
        vectors = np.asarray(self.encoder.encode(texts), np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise ModelError(
                f"encoder {type(self.encoder).__name__}: expected finite vectors of shape ({len(texts)}, d), "
                f"found shape {vectors.shape}"
            )
        if progress:
            progress(len(texts))
        return vectors

    def _recall(self, keys: list[bytes]) -> None:
        if self._store is None:
            return
        wanted = [key for key in dict.fromkeys(keys) if key not in self.memory]
        for start in range(0, len(wanted), _LOOKUP):
            part = wanted[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            for key, blob in self._store.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part):
                self.memory[bytes(key)] = np.frombuffer(blob, np.float32)

    def _remember(self, keys: list[bytes], vectors: np.ndarray) -> None:
        self.memory.update(zip(keys, vectors, strict=True))
        if self._store is not None and keys:
            with self._store:
                rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
                self._store.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)


def _open_store(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(path, timeout=60, check_same_thread=False)
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        store.commit()
    except (sqlite3.Error, OSError) as error:
        raise ModelError(f"vector cache {path} cannot be used ({error}); delete the file or name another") from error
    return store
