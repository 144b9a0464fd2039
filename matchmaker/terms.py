"""Terms as numbers, and how often rows of texts have them.

A term's number depends on nothing but the term, so rows that were counted apart, in other processes or on other days,
can be put together without a common vocabulary. Within a row, terms stand in the order of their numbers: sums over a
row come out the same, to the last bit, whatever it was counted with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy import sparse

from matchmaker.ragged import add_rows, bound_rows, copy_stretches, join_bounds, lay_out

_REMEMBERED = 1 << 20
_FEW = 5_000
_MOST = np.iinfo(np.uint16).max


class _WordNumbers(dict[str, int]):
    """Numbers of words by word, made when first asked for."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = self[word] = int.from_bytes(digest, "little")
        return number


_numbers = _WordNumbers()


def number_words(words: Sequence[str]) -> np.ndarray:
    """Return the numbers of words, uint64, shape (len(words),); repeated words repeat.

    Examples
    --------
    >>> a, b, c = number_words(["锂", "电池", "锂"]).tolist()
    >>> a == c != b
    True
    """
    return np.fromiter(map(_numbers.__getitem__, words), np.uint64, len(words))


def number_grams(text: str) -> np.ndarray:
    """Return the numbers of a text's characters and of its pairs of neighbours, uint64, shape (2 n - 1,).

    Examples
    --------
    >>> len(number_grams("锂电池")), len(number_grams(""))
    (5, 0)
    """
    single = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    # No character has the number 0 after this, so that a pair is never taken for its second half.
    pairs = ((single[:-1] + np.uint64(1)) << np.uint64(32)) | single[1:]
    return np.concatenate([single, pairs])


@dataclass(frozen=True, slots=True)
class TermRows:
    """Counts of terms by row, sparse; never changed once made.

    Attributes
    ----------
    terms : ndarray of uint64, shape (v,)
        Numbers of the terms that any row has, ascending.
    bounds : ndarray of int64, shape (n + 1,)
        Row i has the entries ``bounds[i]`` to ``bounds[i + 1]``.
    places : ndarray of int32, shape (entries,)
        Where each entry's term stands in ``terms``; ascending within a row.
    counts : ndarray of uint16, shape (entries,)
        How often, up to 65,535.

    Examples
    --------
    >>> rows = TermRows.of([[7, 3, 7], [], [3]])
    >>> rows.terms.tolist(), rows.bounds.tolist(), rows.places.tolist(), rows.counts.tolist()
    ([3, 7], [0, 2, 2, 3], [0, 1, 0], [1, 2, 1])
    """

    terms: np.ndarray
    bounds: np.ndarray
    places: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[Sequence[int] | np.ndarray]) -> TermRows:
        """Count rows of term numbers, repeats included."""
        arrays = [np.sort(np.asarray(row, np.uint64)) for row in rows]
        lengths = np.array([len(row) for row in arrays], np.int64)
        numbers = np.concatenate([np.zeros(0, np.uint64), *arrays])
        row = np.repeat(np.arange(len(arrays)), lengths)
        first = np.flatnonzero(np.diff(numbers, prepend=np.uint64(0)) | np.diff(row, prepend=-1).astype(np.uint64))
        counts = np.diff(first, append=len(numbers))
        terms, places = _factorize(numbers[first])
        bounds = bound_rows(np.bincount(row[first], minlength=len(arrays)))
        return cls(terms, bounds, places, np.minimum(counts, _MOST).astype(np.uint16))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.bounds) - 1

    def part(self, start: int, stop: int) -> TermRows:
        """Return neighbouring rows, as far as there are any, with all of the terms."""
        bounds = self.bounds[start : stop + 1]
        here = slice(bounds[0], bounds[-1])
        return TermRows(self.terms, bounds - bounds[0], self.places[here], self.counts[here])

    def take(self, rows: np.ndarray) -> TermRows:
        """Return some rows in the order given, with the terms that they have."""
        bounds, held, counts = self.read(rows)
        used, places = np.unique(held, return_inverse=True)
        return TermRows(self.terms[used], bounds, places.astype(np.int32), counts)

    def entries(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of the entries of some rows, one row after the other, and the bounds of these rows.

        For rows of few terms; long ones are `read` more quickly.
        """
        starts = self.bounds[rows]
        bounds = bound_rows(self.bounds[np.asarray(rows) + 1] - starts)
        return np.arange(bounds[-1]) + np.repeat(starts - bounds[:-1], np.diff(bounds)), bounds

    def read(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return bounds, places and counts of some rows, one row after the other: `take`, but for the terms."""
        starts, ends = self.bounds[rows], self.bounds[rows + 1]
        places, counts = copy_stretches(starts, ends, (self.places, self.counts))
        return bound_rows(ends - starts), places, counts

    def matrix(self) -> sparse.csr_array:
        """Return the counts as a matrix, shape (n, v), whose entries are these very arrays."""
        return lay_out(self.counts, self.places, self.bounds, len(self.terms))

    @classmethod
    def join(cls, blocks: Sequence[TermRows]) -> TermRows:
        """Return the rows of all blocks, one block after the other."""
        terms = np.unique(np.concatenate([np.zeros(0, np.uint64), *(block.terms for block in blocks)]))
        places = [np.searchsorted(terms, block.terms)[block.places] for block in blocks]
        return cls(
            terms,
            join_bounds([np.zeros(1, np.int64), *(block.bounds for block in blocks)]),
            np.concatenate([np.zeros(0, np.int32), *places]).astype(np.int32),
            np.concatenate([np.zeros(0, np.uint16), *(block.counts for block in blocks)]),
        )

    def transpose(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the same entries by term: bounds, shape (v + 1,), rows (ascending within a term) and counts."""
        order = np.argsort(self.places, kind="stable")
        bounds = bound_rows(self.frequencies())
        rows = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.bounds))
        return bounds, rows[order], self.counts[order]

    def frequencies(self) -> np.ndarray:
        """Return how many rows have each term, int64, shape (v,)."""
        return np.bincount(self.places, minlength=len(self.terms)).astype(np.int64)

    def lengths(self) -> np.ndarray:
        """Return how many terms each row has, repeats included, int64, shape (n,)."""
        return add_rows(self.counts, self.bounds, np.int64)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, for storing; ``TermRows(**arrays)`` takes them back."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _factorize(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct numbers, ascending, and where among them each one stands."""
    if len(numbers) < _FEW:
        found, places = np.unique(numbers, return_inverse=True)
        return found, places.astype(np.int32)
    # By hashing, as pandas does, a quarter of the time of NumPy's sorting.
    import pandas as pd

    codes, found = pd.factorize(numbers)
    order = np.argsort(found)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order))
    return found[order], place[codes]
