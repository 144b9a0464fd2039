"""How a rewritten text remembers where it came from: edits, traces through them, and the clean text they end in.

A cleaning step looks at a text and lists *edits*. :func:`rewrite` applies them and returns, beside the new text, a
*trace*: for each new character the stretch of the old text that it stands for. Traces compose with :func:`follow`;
``None`` is the trace of a step that moved nothing, and costs nothing. What remains in the end is packed into runs, so
that a :class:`CleanText` weighs twelve bytes for each place where something was inserted or removed, not for each
character.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import SettingError

Edit = tuple[int, int, str]
"""``(start, end, replacement)``: ``text[start:end]``, never empty, gives way to ``replacement``."""


class Trace(NamedTuple):
    """For each character of a new text, the stretch ``[starts[i], ends[i])`` of the old text it stands for.

    Both arrays are int32 of shape ``(len(new text),)`` and never decrease.
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


def rewrite(text: str, edits: Sequence[Edit]) -> tuple[str, Trace | None]:
    """Apply edits to a text.

    Parameters
    ----------
    text : str
        The old text.
    edits : sequence of (int, int, str)
        In order and disjoint; each covers at least one character.

    Returns
    -------
    text : str
        The new text.
    trace : Trace or None
        None where every edit put one character in the place of one.

    Examples
    --------
    >>> text, trace = rewrite("转(zhuǎn)化", [(1, 8, "")])
    >>> text, trace.starts.tolist(), trace.ends.tolist()
    ('转化', [0, 8], [1, 9])
    """
    if not edits:
        return text, None
    pieces: list[str] = []
    base = array("i")  # where each stretch of the new text begins in the old one: kept, replaced, kept, replaced, …
    size = array("i")
    stop = array("i")
    at = 0
    moved = False
    for start, end, replacement in edits:
        pieces.append(text[at:start])
        pieces.append(replacement)
        base.extend((at, start))
        size.extend((start - at, len(replacement)))
        stop.extend((start, end))
        moved = moved or end - start != 1 or len(replacement) != 1
        at = end
    pieces.append(text[at:])
    new = "".join(pieces)
    if not moved:
        return new, None
    base.append(at)
    size.append(len(text) - at)
    stop.append(len(text))
    sizes = np.frombuffer(size, dtype=np.int32)
    stretch = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    offset = np.arange(len(new), dtype=np.int32) - (np.cumsum(sizes, dtype=np.int32) - sizes)[stretch]
    kept = stretch % 2 == 0
    starts = np.frombuffer(base, dtype=np.int32)[stretch] + np.where(kept, offset, np.int32(0))
    ends = np.where(kept, starts + np.int32(1), np.frombuffer(stop, dtype=np.int32)[stretch])
    return new, Trace(starts, ends)


def follow(first: Trace | None, second: Trace | None) -> Trace | None:
    """Return the trace of two steps, one after the other.

    Examples
    --------
    >>> step = rewrite("abcd", [(0, 1, "")])[1]
    >>> follow(step, rewrite("bcd", [(0, 1, "")])[1]).starts.tolist()
    [2, 3]
    """
    if first is None or second is None:
        return second if first is None else first
    return Trace(first.starts[second.starts], first.ends[second.ends - 1])


def pack(trace: Trace | None) -> bytes:
    """Pack a trace into runs: three int32 columns ``clean start, origin start, origin end``, ``b""`` for identity.

    A run is either a stretch whose characters stand for one character each, one after the other (its origin end is
    written 0), or a block whose characters all stand for the same stretch.
    """
    if trace is None or not len(trace.starts):
        return b""
    starts, ends = trace
    after = np.diff(starts)
    block = ends - starts != 1
    block[1:] |= after == 0
    block[:-1] |= after == 0
    new = np.ones(len(starts), dtype=bool)
    same_block = (after == 0) & (np.diff(ends) == 0)
    new[1:] = ~np.where(block[1:], block[:-1] & same_block, ~block[:-1] & (after == 1))
    at = np.flatnonzero(new)
    if len(at) == 1 and not block[0] and starts[0] == 0:
        return b""
    columns = np.stack([at, starts[at], np.where(block[at], ends[at], 0)])
    return columns.astype(np.int32).tobytes()


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned text, and the way back from it into the text that a person wrote.

    Attributes
    ----------
    text : str
        The cleaned text.
    runs : bytes
        The mapping as :func:`pack` writes it; empty where every character stands at its old place.

    Examples
    --------
    >>> from matchmaker.text.cleaning import clean
    >>> original = "科技成果轉(zhuǎn)化"
    >>> result = clean(original)
    >>> result.text
    '科技成果转化'
    >>> start, end = result.origin(4, 6)
    >>> original[start:end]
    '轉(zhuǎn)化'
    """

    text: str
    runs: bytes = field(default=b"", repr=False)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that ``text[start:end]`` came from.

        Parameters
        ----------
        start, end : int
            A half-open span of the clean text, in characters.

        Returns
        -------
        tuple of int
            The smallest half-open span of the original that covers it; an empty span gives an empty one.

        Raises
        ------
        SettingError
            If the span does not lie inside the clean text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise SettingError(
                f"span {start}:{end} does not lie in the clean text; give 0 <= start <= end <= {len(self.text)}"
            )
        if not self.runs:
            return start, end
        if start < end:
            return self._place(start)[0], self._place(end - 1)[1]
        at = self._place(start)[0] if start < len(self.text) else self._place(start - 1)[1]
        return at, at

    def _place(self, index: int) -> tuple[int, int]:
        """Return the stretch of the original that one clean character stands for."""
        table = memoryview(self.runs).cast("i")
        count = len(table) // 3
        run = bisect_right(table, index, 0, count) - 1
        start, stop = table[count + run], table[2 * count + run]
        if stop:
            return start, stop
        start += index - table[run]
        return start, start + 1
