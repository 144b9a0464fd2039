"""Attributes of many profiles as parallel arrays of numbers, so that rules and features need no loop over profiles."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

import numpy as np

from matchmaker.columns import Tags
from matchmaker.sequences import RowSequence
from matchmaker.terms import TermRows, number_words
from matchmaker.understanding import Industry, Quantity

# Bit i of `TagTable.modes` stands for name i. Stored tables keep bits, so a new name goes to the end.
MODES = ("转让", "许可", "入股", "开发", "服务")
_BITS = {name: 1 << place for place, name in enumerate(MODES)}


def number_names(names: Sequence[str]) -> np.ndarray:
    """Return the numbers of names, uint64, shape (len(names),): 0 for the empty one and for no other.

    Two names share a number about once in 2**64 pairs.

    Examples
    --------
    >>> first, nothing, again = number_names(["甲所", "", "甲所"]).tolist()
    >>> first == again != nothing == 0
    True
    """
    stated = np.fromiter(map(bool, names), bool, len(names))
    return np.where(stated, number_classes(names), np.uint64(0))


def number_classes(codes: Sequence[str]) -> np.ndarray:
    """Return the numbers of codes, uint64, shape (len(codes),): never 0, not even for the empty code."""
    return np.asarray(np.maximum(number_words(codes), np.uint64(1)))


@dataclass(frozen=True, slots=True)
class TagTable:
    """The attributes of n profiles as parallel rows; never changed once made.

    Arrays may lie in mapped files: nothing here writes to them, and what asks for a few rows reads only these.

    Attributes
    ----------
    field, organisation, likely_field : ndarray of uint64, shape (n,)
        Numbers of names (`number_names`); 0 where nothing is known.
    field_confidence : ndarray of float64, shape (n,)
        Chance that ``likely_field`` is right.
    maturity : ndarray of int8, shape (n,)
        Readiness level 1–9 or ``UNKNOWN``.
    modes : ndarray of uint8, shape (n,)
        Ways to work together, one bit each (`MODES`).
    industry : ndarray of uint64, shape (n,)
        Numbers of codes (`number_classes`); 0 where no industry is inferred.
    industry_confidence : ndarray of float64, shape (n,)
        Chance that it is right; 0 where none is inferred.
    focus : ndarray of float64, shape (n,)
        How far each text lies from the middle of all industries.
    has_quantities : ndarray of bool, shape (n,)
        Whether the text speaks of any quantity.
    region, codes, subjects : TermRows of n rows
        Places; standards and grades; materials, products and applications.
    described : sequence of Tags, length n
        The attributes themselves, for the few rows that are shown or whose quantities are compared. It may decode
        them when asked.

    Examples
    --------
    >>> table = TagTable.of([Tags(field="精细化工", maturity=6), Tags(region=("辽宁", "大连"))])
    >>> len(table), table.maturity.tolist(), table.take(np.array([1])).described[0].region
    (2, [6, -1], ('辽宁', '大连'))
    """

    field: np.ndarray
    organisation: np.ndarray
    likely_field: np.ndarray
    field_confidence: np.ndarray
    maturity: np.ndarray
    modes: np.ndarray
    industry: np.ndarray
    industry_confidence: np.ndarray
    focus: np.ndarray
    has_quantities: np.ndarray
    region: TermRows
    codes: TermRows
    subjects: TermRows
    described: Sequence[Tags]

    @classmethod
    def of(cls, tags: Sequence[Tags]) -> TagTable:
        """Put attributes into rows.

        Raises
        ------
        ValueError
            If a way to work together is none of `MODES`.
        """
        industries = [one.industry for one in tags]
        inferred = np.array([industry is not None for industry in industries], bool)
        codes = number_classes([industry.code if industry else "" for industry in industries])
        return cls(
            field=number_names([one.field for one in tags]),
            organisation=number_names([one.organisation for one in tags]),
            likely_field=number_names([one.likely_field for one in tags]),
            field_confidence=np.array([one.field_confidence for one in tags], np.float64),
            maturity=np.array([one.maturity for one in tags], np.int8),
            modes=np.array([_set_bits(one.modes) for one in tags], np.uint8),
            industry=np.where(inferred, codes, np.uint64(0)),
            industry_confidence=np.array([industry.confidence if industry else 0 for industry in industries], float),
            focus=np.array([one.focus for one in tags], np.float64),
            has_quantities=np.array([bool(one.quantities) for one in tags], bool),
            region=_number_sets([one.region for one in tags]),
            codes=_number_sets([one.codes for one in tags]),
            subjects=_number_sets([one.subjects for one in tags]),
            described=list(tags),
        )

    @classmethod
    def join(cls, tables: Iterable[TagTable]) -> TagTable:
        """Return the rows of all tables, one table after the other."""
        # The empty one gives the arrays their types where there is no other.
        blocks = [cls.of(()), *tables]
        joined: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in blocks]) for name in _COLUMNS}
        joined |= {name: TermRows.join([getattr(one, name) for one in blocks]) for name in _SETS}
        return cls(**joined, described=_Gathered.join([one.described for one in blocks]))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], described: Sequence[Tags]) -> TagTable:
        """Return the table that `arrays` was called on, without a copy of any array.

        Raises
        ------
        ValueError
            If the arrays and ``described`` speak of different numbers of rows.
        """
        parts: dict[str, Any] = {name: arrays[name] for name in _COLUMNS}
        for name in _SETS:
            parts[name] = TermRows(**{part.name: arrays[f"{name}-{part.name}"] for part in fields(TermRows)})
        if any(len(part) != len(described) for part in parts.values()):
            raise ValueError(f"not every attribute is known of {len(described)} rows")
        return cls(**parts, described=described)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.field)

    def take(self, rows: np.ndarray) -> TagTable:
        """Return some rows, given by their numbers, in the order given."""
        taken: dict[str, Any] = {name: getattr(self, name)[rows] for name in _COLUMNS}
        taken |= {name: getattr(self, name).take(rows) for name in _SETS}
        return TagTable(**taken, described=_Gathered.take(self.described, rows))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, for storing: ``field`` … ``region-terms``, ``region-bounds`` and so on."""
        found = {name: getattr(self, name) for name in _COLUMNS}
        for name in _SETS:
            found |= {f"{name}-{part}": array for part, array in getattr(self, name).arrays().items()}
        return found


_SETS = ("region", "codes", "subjects")
_COLUMNS = tuple(column.name for column in fields(TagTable) if column.name not in (*_SETS, "described"))


@lru_cache(maxsize=1 << len(MODES))
def _set_bits(modes: frozenset[str]) -> int:
    unknown = modes - _BITS.keys()
    if unknown:
        raise ValueError(f"no way to work together: {sorted(unknown)}")
    return sum(_BITS[name] for name in modes)


def _number_sets(rows: Sequence[Collection[str]]) -> TermRows:
    numbers = number_words(list(chain.from_iterable(rows)))
    bounds = np.cumsum([0, *map(len, rows)]).tolist()
    return TermRows.of([numbers[start:stop] for start, stop in pairwise(bounds)])


class _Gathered(RowSequence[Tags]):
    """Rows from several sequences, read only when asked for."""

    def __init__(self, sources: Sequence[Sequence[Tags]], source: np.ndarray, row: np.ndarray) -> None:
        self._sources = tuple(sources)
        self._source = source
        self._row = row

    @classmethod
    def _of(cls, tags: Sequence[Tags]) -> _Gathered:
        if isinstance(tags, _Gathered):
            return tags
        return cls([tags], np.zeros(len(tags), np.int32), np.arange(len(tags)))

    @classmethod
    def join(cls, parts: Sequence[Sequence[Tags]]) -> Sequence[Tags]:
        """Return the rows of all parts; a list if all of them are lists."""
        if all(isinstance(part, list) for part in parts):
            return list(chain.from_iterable(parts))
        gathered = [cls._of(part) for part in parts if len(part)]
        ends = np.cumsum([0, *(len(part._sources) for part in gathered)])
        source = [part._source + end for part, end in zip(gathered, ends, strict=False)]
        return cls(
            list(chain.from_iterable(part._sources for part in gathered)),
            np.concatenate([np.zeros(0, np.int32), *source]).astype(np.int32),
            np.concatenate([np.zeros(0, np.int64), *(part._row for part in gathered)]),
        )

    @classmethod
    def take(cls, tags: Sequence[Tags], rows: np.ndarray) -> Sequence[Tags]:
        """Return some rows; a list if they come from one."""
        if isinstance(tags, list):
            return [tags[row] for row in rows.tolist()]
        whole = cls._of(tags)
        return cls(whole._sources, whole._source[rows], whole._row[rows])

    def __len__(self) -> int:
        return len(self._row)

    def row(self, place: int) -> Tags:
        return self._sources[int(self._source[place])][int(self._row[place])]


def describe(tags: Tags) -> dict[str, Any]:
    """Return attributes as values that JSON knows; what is unknown is left out. `read_described` takes them back.

    Examples
    --------
    >>> describe(Tags(maturity=6, modes=frozenset({"转让"})))
    {'maturity': 6, 'modes': ['转让']}
    """
    known = {column.name: getattr(tags, column.name) for column in fields(Tags)}
    return {name: _to_plain(value) for name, value in known.items() if value != getattr(_NOTHING, name)}


def read_described(plain: Mapping[str, Any]) -> Tags:
    """Return the attributes that `describe` was given.

    Examples
    --------
    >>> read_described({"maturity": 6, "modes": ["转让"]}) == Tags(maturity=6, modes=frozenset({"转让"}))
    True
    """
    found = dict(plain)
    for name in ("modes", "codes", "subjects", "methods"):
        found[name] = frozenset(found.get(name, ()))
    found["region"] = tuple(found.get("region", ()))
    found["field_confidence"] = float(found.get("field_confidence", 0))
    found["focus"] = float(found.get("focus", 1))
    found["quantities"] = tuple(
        Quantity(**one | {"low": float(one["low"]), "high": float(one["high"])}) for one in found.get("quantities", ())
    )
    if "industry" in found:
        industry = found["industry"]
        found["industry"] = Industry(**industry | {"confidence": float(industry["confidence"])})
    return Tags(**found)


_NOTHING = Tags()


def _to_plain(value: Any) -> Any:
    """Return a value as JSON knows it; sets sorted, so that equal attributes are written alike."""
    if isinstance(value, Quantity | Industry):
        return {part.name: _to_plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_to_plain(one) for one in value]
    if isinstance(value, float | np.floating):
        # JSON has no infinity: an open end is written as "inf" or "-inf".
        return float(value) if math.isfinite(value) else str(float(value))
    return value
