"""The static encoder: the mean of one learned vector a piece of text; no network runs, so it takes next to no time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from matchmaker.errors import ModelError

TABLE = Path(__file__).parent / "static" / "table.npz"
TOKENIZER = Path(__file__).parent / "model" / "tokenizer.json"
MAX_TOKENS = 512
# Texts taken at once: bounds memory.
BLOCK = 4096
Progress = Callable[[int], None]


class StaticEncoder:
    """Word vectors in 8 bits, distilled from the bundled encoder (``training/distil_static.py``).

    Reads 512 pieces of a text, four times what the whole encoder reads, and knows nothing of their order.

    Examples
    --------
    >>> encoder = StaticEncoder()
    >>> a, b, c = encoder.encode(["锂电池电解液", "锂离子电池用电解质溶液", "海参育苗"])
    >>> bool(a @ b > a @ c)
    True
    """

    # A text is read in less time than its vector is looked up: keeping vectors does not pay.
    quick = True

    def __init__(self) -> None:
        self._table = _read_table()
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.enable_truncation(MAX_TOKENS)

    @property
    def fingerprint(self) -> str:
        """Identify the table: equal fingerprints give equal vectors."""
        return f"static-{table_sha256()[:16]}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Return unit vectors, shape (len(texts), 256); an empty text gives zeros.

        Parameters
        ----------
        texts : sequence of str
            Cleaned texts.
        progress : callable, optional
            Called with the number of texts finished since the last call.
        """
        vectors = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for start in range(0, len(texts), BLOCK):
            block = list(texts[start : start + BLOCK])
            encodings = self._tokenizer.encode_batch_fast(block, add_special_tokens=False)
            for row, encoding in enumerate(encodings, start=start):
                if encoding.ids and texts[row].strip():
                    vectors[row] = self._table[encoding.ids].sum(axis=0)
            if progress:
                progress(len(block))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def quantize(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a table in 8 bits: codes, shape (n, d), and one scale a row."""
    scales = np.maximum(np.abs(table).max(axis=1), 1e-8) / 127
    return np.round(table / scales[:, None]).astype(np.int8), scales.astype(np.float32)


@cache
def table_sha256() -> str:
    """Return the digest of the table."""
    return hashlib.sha256(TABLE.read_bytes()).hexdigest()


@cache
def _read_table() -> np.ndarray:
    if not TABLE.is_file():
        raise ModelError(f"{TABLE} is missing; reinstall matchmaker")
    with np.load(TABLE, allow_pickle=False) as arrays:
        return np.asarray(arrays["codes"].astype(np.float32) * arrays["scales"][:, None])
