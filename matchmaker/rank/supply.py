"""The two sides of matching: supply, indexed and changing; demand, a batch of queries against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matchmaker.columns import Columns, Tags
from matchmaker.rank.dense import DenseIndex
from matchmaker.rank.filters import Filter
from matchmaker.rank.fusion import fuse
from matchmaker.rank.lexical import Bm25Index, GramIndex
from matchmaker.rank.tagtable import TagTable

# A word is rare when at most one text in twenty has it.
RARE_SHARE = 0.05


def mean_direction(titles: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """Return one unit vector a profile, shape (n, d): the direction between its title and its whole text.

    A title says what it is about; a text says more but drifts into background. Their mean ranks better than either.
    """
    total = titles + texts
    lengths = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(total / np.maximum(lengths, 1e-9), np.float32)


class Supply:
    """What is on offer, in rows: every index of it, kept in step.

    Attributes
    ----------
    ids : list of str
        Ids by row.
    order : ndarray of int, shape (n,)
        Place of each row's id among all ids in order; decides between equal scores, whatever the order of rows.
    """

    def __init__(self, dimension: int) -> None:
        self.ids: list[str] = []
        self.order = np.zeros(0, np.int64)
        self.tags: list[Tags] = []
        self.words = Bm25Index()
        self.grams = GramIndex()
        self.title_grams = GramIndex()
        self.dense = DenseIndex(dimension)
        self.title_vectors = np.zeros((0, dimension), np.float32)
        self.text_vectors = np.zeros((0, dimension), np.float32)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ids)

    def append(self, columns: Columns) -> None:
        """Add profiles at the end."""
        self.ids += columns.ids
        self.order = _places(self.ids)
        self.tags += columns.tags
        self.words.append(columns.words)
        self.grams.append(columns.grams)
        self.title_grams.append(columns.title_grams)
        self.dense.append(mean_direction(columns.title_vectors, columns.text_vectors))
        self.title_vectors = np.concatenate([self.title_vectors, columns.title_vectors])
        self.text_vectors = np.concatenate([self.text_vectors, columns.text_vectors])

    def keep(self, rows: np.ndarray) -> None:
        """Keep the profiles whose mask, shape (n,), is true."""
        self.ids = [name for name, kept in zip(self.ids, rows, strict=True) if kept]
        self.order = _places(self.ids)
        self.tags = [tags for tags, kept in zip(self.tags, rows, strict=True) if kept]
        for index in (self.words, self.grams, self.title_grams, self.dense):
            index.keep(rows)
        self.title_vectors = self.title_vectors[rows]
        self.text_vectors = self.text_vectors[rows]

    def retrieve(self, demand: Demand, depth: int, rules: Filter) -> list[np.ndarray]:
        """Return candidate rows for each need, best first: words and vectors, fused; ties by id.

        Rules are applied before the best are taken, so a need never loses places to what it may not be shown.
        """
        allowed = rules.allow(demand.columns.tags, TagTable.of(self.tags))
        lexical = self.words.search(demand.words, depth, allowed, self.order)
        dense = self.dense.search(demand.profile_vectors, depth, allowed, self.order)
        return [fuse(lists, depth, order=self.order) for lists in zip(lexical, dense, strict=True)]


@dataclass(frozen=True, slots=True)
class Demand:
    """Needs as queries against one state of a supply."""

    columns: Columns
    profile_vectors: np.ndarray
    words: sparse.csr_matrix
    title_words: sparse.csr_matrix
    rare_words: sparse.csr_matrix
    grams: sparse.csr_matrix
    title_grams: sparse.csr_matrix

    @classmethod
    def of(cls, columns: Columns, supply: Supply) -> Demand:
        """Prepare needs; the result holds until the supply changes."""
        return cls(
            columns=columns,
            profile_vectors=mean_direction(columns.title_vectors, columns.text_vectors),
            words=supply.words.queries(columns.words),
            title_words=supply.words.queries(columns.title_words),
            rare_words=supply.words.queries(_rare(columns.words, supply)),
            grams=supply.grams.queries(columns.grams),
            title_grams=supply.title_grams.queries(columns.title_grams),
        )


def _places(ids: list[str]) -> np.ndarray:
    places = np.empty(len(ids), np.int64)
    places[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return places


def _rare(texts: Sequence[Sequence[str]], supply: Supply) -> list[list[str]]:
    vocabulary, found = supply.words.counts.vocabulary, supply.words.counts.document_frequency
    most = max(1, RARE_SHARE * len(supply))
    return [[word for word in words if word in vocabulary and found[vocabulary[word]] <= most] for words in texts]
