"""Vectors and words of large registers, made once and kept beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from matchmaker.rank.supply import mean_direction
from matchmaker.terms import TermRows, number_words
from matchmaker.text.encoding import open_encoder
from matchmaker.text.lexicon import Lexicon
from matchmaker.text.segmentation import Segmenter


def read_vectors(path: Path, quality: str) -> np.ndarray:
    """Return the vector of every profile of a register, between title and text, as the engine searches by.

    Encoded once and kept beside the register.
    """
    kept = path.with_name(f"{path.stem}-{quality}.npy")
    if not kept.is_file():
        encoder = open_encoder("bundled", quality)
        blocks = []
        for titles, texts in _read_texts(path):
            blocks.append(mean_direction(encoder.encode(titles), encoder.encode(texts)))
        draft = kept.with_name(f".{kept.name}.part.npy")
        np.save(draft, np.concatenate(blocks))
        os.replace(draft, kept)
    return np.load(kept)


def read_words(path: Path) -> TermRows:
    """Return the words of every profile of a register; split once and kept beside the register."""
    kept = path.with_name(f"{path.stem}-words.npz")
    if not kept.is_file():
        segmenter = Segmenter(Lexicon.of())
        blocks = [
            TermRows.of([number_words(segmenter.search_words(text)) for text in texts])
            for _, texts in _read_texts(path)
        ]
        draft = kept.with_name(f".{kept.name}.part.npz")
        np.savez(draft, **TermRows.join(blocks).arrays())
        os.replace(draft, kept)
    with np.load(kept, allow_pickle=False) as arrays:
        return TermRows(**arrays)


def _read_texts(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    for block in pq.ParquetFile(path).iter_batches(10_000, columns=["title", "description"]):
        titles, bodies = (column.to_pylist() for column in block.columns)
        yield titles, [f"{title}。{body}" for title, body in zip(titles, bodies, strict=True)]
