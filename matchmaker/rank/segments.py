"""Blocks of a register that are never changed once made: all that is compared about their rows, as arrays.

A register that changes gets another list of segments and other masks over them, never another segment. So whoever is
still reading the old list goes on undisturbed, and the arrays may as well lie in files, mapped into memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from matchmaker.columns import Columns, Tags
from matchmaker.rank.codes import encode_vectors
from matchmaker.rank.dense import MANY, DenseIndex
from matchmaker.rank.lexical import Postings
from matchmaker.rank.tagtable import TagTable
from matchmaker.terms import TermRows
from matchmaker.wordplaces import WordPlaces

_TERMS = ("words", "grams", "title_grams")
_VECTORS = ("title_vectors", "text_vectors", "vectors")


def mean_direction(titles: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """Return one unit vector a profile, shape (n, d): the direction between its title and its whole text.

    A title says what it is about; a text says more but drifts into background. Their mean ranks better than either.
    """
    total = titles + texts
    lengths = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(total / np.maximum(lengths, 1e-9), np.float32)


@dataclass(frozen=True, eq=False)
class Segment:
    """A block of a register.

    Attributes
    ----------
    ids : sequence of str, length n
    tags : TagTable, length n
    records : sequence, length n
        What the register's owner keeps of each row; never looked at here.
    words, grams, title_grams : TermRows
        Numbered terms of all texts, and of titles.
    postings : Postings
        The words by term.
    places : WordPlaces
        Where the words of each text stand; never looked at here.
    title_vectors, text_vectors, vectors : ndarray of float32, shape (n, d)
        Of titles, of titles with descriptions, and the direction between the two.
    codes : ndarray of uint8, shape (n, d), or None
        The last in 8 bits, in segments large enough to be searched that way.
    """

    ids: Sequence[str]
    tags: TagTable
    records: Sequence[Any]
    words: TermRows
    grams: TermRows
    title_grams: TermRows
    postings: Postings
    places: WordPlaces
    title_vectors: np.ndarray
    text_vectors: np.ndarray
    vectors: np.ndarray
    codes: np.ndarray | None = None

    @classmethod
    def of(cls, columns: Columns, records: Sequence[Any]) -> Segment:
        """Make a segment of profiles that were read, and of what shall be kept of each."""
        return cls._complete(
            columns.ids,
            TagTable.of(columns.tags),
            records,
            (columns.words, columns.grams, columns.title_grams),
            columns.places,
            (
                columns.title_vectors,
                columns.text_vectors,
                mean_direction(columns.title_vectors, columns.text_vectors),
            ),
        )

    @classmethod
    def _complete(
        cls,
        ids: Sequence[str],
        tags: TagTable,
        records: Sequence[Any],
        terms: tuple[TermRows, TermRows, TermRows],
        places: WordPlaces,
        vectors: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> Segment:
        codes = encode_vectors(vectors[2]) if len(ids) >= MANY else None
        return cls(ids, tags, records, *terms, Postings(*terms[0].transpose()), places, *vectors, codes)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ids)

    def take(self, rows: np.ndarray) -> Segment:
        """Return some rows, in the order given."""
        words, grams, title_grams = (getattr(self, name).take(rows) for name in _TERMS)
        titles, texts, vectors = (getattr(self, name)[rows] for name in _VECTORS)
        return self._complete(
            [self.ids[row] for row in rows],
            self.tags.take(rows),
            [self.records[row] for row in rows],
            (words, grams, title_grams),
            self.places.take(rows),
            (titles, texts, vectors),
        )

    @classmethod
    def join(cls, segments: Sequence[Segment]) -> Segment:
        """Return the rows of all segments, one segment after the other."""
        words, grams, title_grams = (TermRows.join([getattr(one, name) for one in segments]) for name in _TERMS)
        titles, texts, vectors = (np.concatenate([getattr(one, name) for one in segments]) for name in _VECTORS)
        return cls._complete(
            list(chain.from_iterable(one.ids for one in segments)),
            TagTable.join([one.tags for one in segments]),
            list(chain.from_iterable(one.records for one in segments)),
            (words, grams, title_grams),
            WordPlaces.join([one.places for one in segments]),
            (titles, texts, vectors),
        )

    @cached_property
    def dense(self) -> DenseIndex:
        """The vectors, to search in."""
        return DenseIndex(self.vectors, self.codes)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return every array by a name that can be a file's, for storing; ids and what is read row by row are not."""
        found = {name: getattr(self, name) for name in _VECTORS}
        found |= {f"tags-{name}": array for name, array in self.tags.arrays().items()}
        for name in _TERMS:
            found |= {f"{name}-{part}": array for part, array in getattr(self, name).arrays().items()}
        found |= {f"postings-{part}": array for part, array in self.postings._asdict().items()}
        found |= {f"places-{part}": array for part, array in self.places.arrays().items()}
        return found if self.codes is None else {**found, "codes": self.codes}

    @classmethod
    def from_arrays(
        cls, ids: Sequence[str], described: Sequence[Tags], records: Sequence[Any], arrays: Mapping[str, np.ndarray]
    ) -> Segment:
        """Return the segment that `arrays` was asked of."""

        def gather(name: str) -> dict[str, np.ndarray]:
            start = f"{name}-"
            return {key.removeprefix(start): array for key, array in arrays.items() if key.startswith(start)}

        words, grams, title_grams = (TermRows(**gather(name)) for name in _TERMS)
        titles, texts, vectors = (arrays[name] for name in _VECTORS)
        postings = Postings(**gather("postings"))
        terms = (words, grams, title_grams)
        places = WordPlaces(**gather("places"))
        tags = TagTable.from_arrays(gather("tags"), described)
        return cls(ids, tags, records, *terms, postings, places, titles, texts, vectors, arrays.get("codes"))
