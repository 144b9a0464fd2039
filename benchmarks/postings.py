"""Words by text and texts by word, to compare ways of finding the best texts by BM25."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from matchmaker.rank.lexical import K1, B
from matchmaker.terms import TermRows

# Every so many scores one is looked at to find a bound.
SAMPLE = 64


class WordPostings:
    """What each word adds to each text's BM25, by word and by text."""

    def __init__(self, rows: TermRows) -> None:
        self._terms, self._n = rows.terms, len(rows)
        self._frequencies = rows.frequencies()
        idf = np.log1p((len(rows) - self._frequencies + 0.5) / (self._frequencies + 0.5))
        lengths = rows.lengths()
        self._norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0))
        self._texts = rows
        self._by_text = self._weigh(rows.counts, np.repeat(self._norm, np.diff(rows.bounds)), idf[rows.places])
        self._bounds, self._rows, counts = rows.transpose()
        self._by_word = self._weigh(counts, self._norm[self._rows], np.repeat(idf, self._frequencies))
        self._matrix = sparse.csr_matrix((self._by_word, self._rows, self._bounds), (len(self._terms), self._n))

    def bytes_each(self) -> float:
        """Return the bytes that a text takes: rows and weights by word, places and weights by text."""
        arrays = (self._rows, self._by_word, self._texts.places, self._by_text, self._bounds, self._texts.bounds)
        return sum(array.nbytes for array in arrays) / self._n

    def find(self, words: np.ndarray) -> np.ndarray:
        """Return the places of those words, given by number, that any text has."""
        words = np.unique(words)
        places = np.minimum(np.searchsorted(self._terms, words), len(self._terms) - 1)
        return places[self._terms[places] == words]

    def score_all(self, places: np.ndarray) -> np.ndarray:
        """Return the scores of all texts, one word after the other."""
        scores = np.zeros(self._n, np.float32)
        for place in places:
            here = slice(self._bounds[place], self._bounds[place + 1])
            # A text stands once among those of a word, so that nothing is added twice.
            scores[self._rows[here]] += self._by_word[here]
        return scores

    def score_all_at_once(self, places: np.ndarray) -> np.ndarray:
        """Return the scores of all texts, all words in one count."""
        here = [slice(self._bounds[place], self._bounds[place + 1]) for place in places]
        if not here:
            return np.zeros(self._n)
        rows, weights = (np.concatenate([array[each] for each in here]) for array in (self._rows, self._by_word))
        return np.bincount(rows, weights, self._n)

    def score_by_product(self, places: np.ndarray) -> np.ndarray:
        """Return the scores of all texts, by a product of sparse matrices."""
        query = sparse.csr_matrix((np.ones(len(places)), places, [0, len(places)]), (1, len(self._terms)))
        return (query @ self._matrix).toarray()[0]

    def score_rows(self, places: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the scores of some texts."""
        entries, bounds = self._texts.entries(rows)
        asked = np.zeros(len(self._terms), bool)
        asked[places] = True
        weights = np.where(asked[self._texts.places[entries]], self._by_text[entries], 0)
        return np.add.reduceat(np.append(weights, 0), bounds[:-1]) * (np.diff(bounds) > 0)

    def search_by_rare(self, places: np.ndarray, share: float, kept: int) -> np.ndarray:
        """Return the scores of the best texts by words that at most a share of texts has, all words counted then."""
        rare = places[self._frequencies[places] <= share * self._n]
        rows = list_top(self.score_all_at_once(rare if len(rare) else places), kept)
        return self.score_rows(places, rows)

    def _weigh(self, counts: np.ndarray, norm: np.ndarray, idf: np.ndarray) -> np.ndarray:
        times = counts.astype(np.float64)
        return np.asarray(times * (K1 + 1) / (times + norm) * idf, np.float32)


def list_top(scores: np.ndarray, depth: int, floor: float = 0.0) -> np.ndarray:
    """Return the rows of the largest scores above a floor, in no order.

    A bound taken from a sample leaves few rows to choose among; it is only a bound, so the choice is exact.
    """
    sample = scores[::SAMPLE]
    wanted = min(max(8, 4 * depth // SAMPLE), len(sample))
    edge = np.partition(sample, len(sample) - wanted)[len(sample) - wanted]
    rows = np.flatnonzero(scores >= edge) if edge > floor else np.zeros(0, np.int64)
    if len(rows) < depth:
        rows = np.flatnonzero(scores > floor)
    if len(rows) <= depth:
        return rows
    return rows[np.argpartition(scores[rows], len(rows) - depth)[len(rows) - depth :]]
