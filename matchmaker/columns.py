"""What is known of many profiles at once, one row a profile: ``text`` fills it in, ``rank`` reads it.

Rows keep the order of the profiles they were made from; all vectors are float32 of unit length (or zero for an empty
text).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import numpy as np

from matchmaker.terms import TermRows
from matchmaker.understanding import Industry, Quantity
from matchmaker.wordplaces import WordPlaces

UNKNOWN = -1
_EPOCH = date(1970, 1, 1)


def count_days(day: date | None) -> int:
    """Return a day as deadlines are counted: days since 1970-01-01, ``UNKNOWN`` for none.

    Examples
    --------
    >>> count_days(date(1970, 1, 2)), count_days(None)
    (1, -1)
    """
    return UNKNOWN if day is None else (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Tags:
    """Attributes of one profile in comparable form; empty or ``UNKNOWN`` where nothing is known.

    Attributes
    ----------
    field : str
        Industry field, by its common name.
    region : tuple of str
        Province, city, district, as far as written, without their suffixes.
    organisation : str
        Institution or enterprise.
    maturity : int
        Stage as a technology readiness level 1–9: reached by an achievement, at least asked for by a need.
    modes : frozenset of str
        Ways to work together: 转让, 许可, 入股, 开发, 服务.
    deadline : int
        Days since 1970-01-01 after which a need has expired.
    likely_field : str
        The field stated, or else the one inferred from the text.
    field_confidence : float
        1 where the field is stated, else the chance that the inferred one is right.
    industry : Industry or None
        Division of GB/T 4754-2017, inferred.
    quantities : tuple of Quantity
        What the text says of named quantities.
    codes : frozenset of str
        Standards, and grades of materials and parts: GB/T31602, 316L.
    subjects, methods : frozenset of str
        Materials, products and applications; techniques.
    focus : float
        How far the text lies from the middle of all industries, 1 minus the cosine: low where it is about anything.
    """

    field: str = ""
    region: tuple[str, ...] = ()
    organisation: str = ""
    maturity: int = UNKNOWN
    modes: frozenset[str] = frozenset()
    deadline: int = UNKNOWN
    likely_field: str = ""
    field_confidence: float = 0.0
    industry: Industry | None = None
    quantities: tuple[Quantity, ...] = ()
    codes: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    focus: float = 1.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Profiles as parallel rows.

    Attributes
    ----------
    ids : list of str, length n
    title_words, words : TermRows
        Words of the title, and of all texts together, numbered.
    title_grams, grams : TermRows
        Characters and pairs of neighbouring characters of the title, and of all texts.
    title_vectors, text_vectors : ndarray of float32, shape (n, d)
        The title, and title and description together.
    places : WordPlaces, length n
        Where the words of each text stand.
    tags : list of Tags, length n
    """

    ids: list[str]
    title_words: TermRows
    words: TermRows
    title_grams: TermRows
    grams: TermRows
    title_vectors: np.ndarray
    text_vectors: np.ndarray
    places: WordPlaces
    tags: list[Tags] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ids)

    def part(self, rows: range) -> Columns:
        """Return neighbouring rows alone."""
        here = slice(rows.start, rows.stop)

        def cut(column: Any) -> Any:
            sparse = isinstance(column, TermRows | WordPlaces)
            return column.part(rows.start, rows.stop) if sparse else column[here]

        return Columns(*(cut(getattr(self, column.name)) for column in fields(self)))
