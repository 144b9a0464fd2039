"""Term counts of many texts: a growing vocabulary and sparse rows, added to and removed from in place.

Sums run over a row's terms in the order in which its text brought them, never in the order of column numbers. So a
register that was added to and removed from gives the same numbers, to the last bit, as one that was built afresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse


class TermCounts:
    """Counts of terms by row; columns are numbered as terms first appear.

    Examples
    --------
    >>> counts = TermCounts()
    >>> counts.append([["锂", "电池", "锂"], ["电池"]])
    >>> counts.matrix.toarray().tolist(), counts.document_frequency.tolist()
    ([[2, 1], [0, 1]], [1, 2])
    """

    def __init__(self) -> None:
        self.vocabulary: dict[str, int] = {}
        self.matrix = sparse.csr_matrix((0, 0), dtype=np.int32)
        self.document_frequency = np.zeros(0, np.int64)

    def append(self, texts: Iterable[Sequence[str]]) -> None:
        """Add rows at the end, one for each list of terms."""
        rows = _count(texts, lambda term: self.vocabulary.setdefault(term, len(self.vocabulary)))
        width = len(self.vocabulary)
        self.matrix.resize((self.matrix.shape[0], width))
        rows.resize((rows.shape[0], width))
        # scipy's own vstack may sort; rows must keep the order of their texts.
        self.matrix = sparse.csr_matrix(
            (
                np.concatenate([self.matrix.data, rows.data]),
                np.concatenate([self.matrix.indices, rows.indices]),
                np.concatenate([self.matrix.indptr, rows.indptr[1:] + self.matrix.indptr[-1]]),
            ),
            shape=(self.matrix.shape[0] + rows.shape[0], width),
        )
        self._count_documents()

    def keep(self, rows: np.ndarray) -> None:
        """Keep only the rows whose mask, shape (n,), is true, and the terms that they have."""
        matrix = self.matrix[np.flatnonzero(rows)]
        used = np.zeros(matrix.shape[1], bool)
        used[matrix.indices] = True
        columns = np.cumsum(used) - 1
        # A term that no row has left must be as unknown as if it had never come.
        self.vocabulary = {term: int(columns[old]) for term, old in self.vocabulary.items() if used[old]}
        self.matrix = sparse.csr_matrix(
            (matrix.data, columns[matrix.indices], matrix.indptr), shape=(matrix.shape[0], len(self.vocabulary))
        )
        self._count_documents()

    def lookup(self, texts: Iterable[Sequence[str]]) -> sparse.csr_matrix:
        """Count the known terms of other texts, without learning new ones: shape (len(texts), vocabulary)."""
        rows = _count(texts, self.vocabulary.get)
        rows.resize((rows.shape[0], len(self.vocabulary)))
        return rows

    def _count_documents(self) -> None:
        self.document_frequency = np.bincount(self.matrix.indices, minlength=self.matrix.shape[1]).astype(np.int64)


def _count(texts: Iterable[Sequence[str]], number: object) -> sparse.csr_matrix:
    indices: list[int] = []
    data: list[int] = []
    starts = [0]
    for terms in texts:
        for term, times in Counter(terms).items():
            column = number(term)  # type: ignore[operator]
            if column is not None:
                indices.append(column)
                data.append(times)
        starts.append(len(indices))
    width = max(indices, default=-1) + 1
    columns = np.array(indices, np.int64)
    return sparse.csr_matrix((np.array(data, np.int32), columns, np.array(starts)), shape=(len(starts) - 1, width))


def multiply_rows(
    left: sparse.csr_matrix, right: sparse.csr_matrix, pairs: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Return the products of paired rows, shape (p,): ``sum(left[i] * right[j])`` for each pair (i, j).

    Pairs must come grouped by ``left`` row. Each product adds up in the order of the right row's terms.
    """
    lefts, rights = pairs
    result = np.zeros(len(lefts))
    wide = np.zeros(left.shape[1])
    bounds = np.flatnonzero(np.diff(lefts, prepend=-1, append=-1))
    for start, stop in zip(bounds[:-1], bounds[1:], strict=True):
        row = slice(left.indptr[lefts[start]], left.indptr[lefts[start] + 1])
        wide[left.indices[row]] = left.data[row]
        result[start:stop] = right[rights[start:stop]] @ wide
        wide[left.indices[row]] = 0
    return result
