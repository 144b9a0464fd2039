"""Where the words of texts stand, as arrays: what was taken apart once need not be taken apart again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from matchmaker.ragged import bound_rows, copy_stretches, join_bounds

# Nothing is known of a text, or a word or a gap is too long for a byte: it must be read anew.
UNKNOWN = 0
_MOST = 255

# How a text was read, and where its words begin and end.
Text = tuple[int, Sequence[int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """The places of words, of equally many texts a row; never changed once made.

    Attributes
    ----------
    kinds : ndarray of uint8, shape (n, t)
        How each text was read, in the terms of whoever reads; `UNKNOWN` for one whose words are not kept.
    bounds : ndarray of int64, shape (n * t + 1,)
        Text i, counted row by row, has the entries ``bounds[i]`` to ``bounds[i + 1]``.
    gaps, lengths : ndarray of uint8, shape (entries,)
        Characters between the word before, or the beginning, and this word; and of this word.

    Examples
    --------
    >>> places = WordPlaces.of([[(1, [0, 3], [2, 5]), (1, [], [])]], texts=2)
    >>> places.row(0)
    [(1, [0, 3], [2, 5]), (1, [], [])]
    """

    kinds: np.ndarray
    bounds: np.ndarray
    gaps: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[Sequence[Text]], texts: int) -> WordPlaces:
        """Note the places of words in rows of so many texts."""
        every = [text for row in rows for text in row]
        kinds = np.array([kind for kind, _, _ in every], np.uint8)
        owner = np.repeat(np.arange(len(every)), [len(starts) for _, starts, _ in every])
        starts = np.array([place for _, starts, _ in every for place in starts], np.int64)
        ends = np.array([place for _, _, ends in every for place in ends], np.int64)
        before = np.zeros_like(ends)
        before[1:] = ends[:-1]
        before[np.diff(owner, prepend=-1) > 0] = 0
        gaps, lengths = starts - before, ends - starts
        kinds[owner[(gaps > _MOST) | (lengths > _MOST)]] = UNKNOWN
        kept = kinds[owner] != UNKNOWN
        bounds = bound_rows(np.bincount(owner[kept], minlength=len(every)))
        return cls(kinds.reshape(-1, texts), bounds, gaps[kept].astype(np.uint8), lengths[kept].astype(np.uint8))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.kinds)

    def row(self, place: int) -> list[Text]:
        """Return the texts of one row."""
        kinds = self.kinds[place].tolist()
        bounds = self.bounds[place * len(kinds) : (place + 1) * len(kinds) + 1].tolist()
        here = slice(bounds[0], bounds[-1])
        lengths = self.lengths[here].astype(np.int64)
        # Counted through all texts; each then begins at 0.
        ends = np.cumsum(self.gaps[here] + lengths)
        starts = ends - lengths
        found: list[Text] = []
        before = 0
        for kind, start, stop in zip(kinds, bounds[:-1], bounds[1:], strict=True):
            own = slice(start - here.start, stop - here.start)
            found.append((kind, (starts[own] - before).tolist(), (ends[own] - before).tolist()))
            before = ends[own.stop - 1] if own.stop else 0
        return found

    def part(self, start: int, stop: int) -> WordPlaces:
        """Return neighbouring rows, as far as there are any."""
        return self.take(np.arange(start, min(stop, len(self))))

    def take(self, rows: np.ndarray) -> WordPlaces:
        """Return some rows, in the order given."""
        texts = self.kinds.shape[1]
        gaps, lengths = copy_stretches(
            self.bounds[rows * texts], self.bounds[(rows + 1) * texts], (self.gaps, self.lengths)
        )
        counts = np.diff(self.bounds).reshape(-1, texts)[rows]
        return WordPlaces(self.kinds[rows], bound_rows(counts.ravel()), gaps, lengths)

    @classmethod
    def join(cls, blocks: Sequence[WordPlaces]) -> WordPlaces:
        """Return the rows of all blocks, one block after the other."""
        kinds, gaps, lengths = (
            np.concatenate([getattr(block, name) for block in blocks]) for name in ("kinds", "gaps", "lengths")
        )
        return cls(kinds, join_bounds([block.bounds for block in blocks]), gaps, lengths)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, for storing; ``WordPlaces(**arrays)`` takes them back."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
