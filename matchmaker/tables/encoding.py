"""The encoding of a text file: UTF-8 where it can be, else what makes a known header row appear."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

HEAD = 1 << 17
_CHUNK = 1 << 20
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_GUESSES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
# A file with one bad character in a hundred is a damaged file of its encoding, not a file of another one.
_DAMAGE = 0.01


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file: the codec's name, whether it was guessed, and how many places it cannot decode."""

    name: str
    guessed: bool
    damaged: int


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield the file's bytes in pieces, so that a large file is never held whole."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _count_damage(path: Path, name: str) -> tuple[int, int]:
    """Return how many places cannot be decoded, and how many characters are not ASCII (those places included)."""
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    damaged = foreign = 0
    for chunk in chain(_chunks(path), (b"",)):
        text = decoder.decode(chunk, final=not chunk)
        if not text.isascii():
            damaged += text.count("\ufffd")
            foreign += len(text) - len(text.encode("ascii", errors="ignore"))
    return damaged, foreign


def detect_encoding(path: Path, has_header: Callable[[str], bool]) -> Encoding | None:
    """Return the encoding of a text file.

    A byte order mark decides; then UTF-8, if the file is valid in it; then the Chinese encodings and UTF-16, the first
    that decodes the file and shows a known header; then GB18030 if it decodes at all; then what charset-normalizer
    thinks.

    Parameters
    ----------
    path : Path
        The file.
    has_header : callable
        Whether a known header row stands in the beginning of a text.

    Returns
    -------
    Encoding or None
        None when nothing fits.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return Encoding(name, guessed=False, damaged=_count_damage(path, name)[0])
    fitting = []
    for name in ("utf-8", *_GUESSES):
        damaged, foreign = _count_damage(path, name)
        if damaged > foreign * _DAMAGE:
            continue
        if name == "utf-8":
            return Encoding(name, guessed=False, damaged=damaged)
        fitting.append(Encoding(name, guessed=True, damaged=damaged))
        if has_header(head.decode(name, errors="replace")):
            return fitting[-1]
    if fitting and fitting[0].name == "gb18030" and b"\0" not in head:
        return fitting[0]
    return _ask_normalizer(path, head)


def _ask_normalizer(path: Path, head: bytes) -> Encoding | None:
    """Return what charset-normalizer thinks of the file's beginning."""
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        return None
    return Encoding(best.encoding, guessed=True, damaged=_count_damage(path, best.encoding)[0])
