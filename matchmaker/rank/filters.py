"""Hard rules: which achievements a need may be shown at all, applied before anything is ranked."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from matchmaker.columns import UNKNOWN, Tags
from matchmaker.rank.tagtable import TagTable, number_classes, number_names
from matchmaker.terms import TermRows, number_words

_Asked = TypeVar("_Asked", bound=Hashable)
_FEW = 16


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be matched with what. An attribute that a profile does not state never excludes it.

    Attributes
    ----------
    fields, regions, institutions : tuple of str
        Only achievements of these; empty allows all. A region matches any of its parts (省, 市 or 区).
    min_maturity : int
        Least readiness level (1–9) of an achievement; 0 allows all.
    same_field, same_region : bool
        Only pairs that agree.
    meet_maturity : bool
        Only achievements that have reached the stage the need asks for.
    industries : tuple of str
        Only achievements of these divisions of GB/T 4754-2017 (``"26"`` or ``"C26"``), as far as one is inferred.
    infer_fields : bool
        Whether `fields` and `same_field` also go by fields inferred from the text, where none is stated.
    min_confidence : float
        Confidence from which an inferred field or industry counts as known.
    as_of : int
        Day (days since 1970-01-01) by which needs whose deadline has passed get no matches; -1 ignores deadlines.
    """

    fields: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    min_maturity: int = 0
    same_field: bool = False
    same_region: bool = False
    meet_maturity: bool = False
    industries: tuple[str, ...] = ()
    infer_fields: bool = False
    min_confidence: float = 0.7
    as_of: int = UNKNOWN

    def expired(self, need: Tags) -> bool:
        """Tell whether a need's deadline has passed."""
        return has_expired(need.deadline, self.as_of)

    def allow(self, needs: Sequence[Tags], supply: TagTable) -> np.ndarray | None:
        """Return which achievements each need may be shown, bool, shape (needs, supply).

        One row stands for all needs, where they may be shown the same; None when all may be shown all.
        """
        common = self._allows(supply)
        expired = np.array([self.expired(need) for need in needs], bool)
        pairwise = self.same_field or self.same_region or self.meet_maturity
        if common.all() and not expired.any() and not pairwise:
            return None
        if not expired.any() and not pairwise:
            return common[None]
        allowed: np.ndarray = ~expired[:, None] & common
        for rows, suited in self._agree(needs, supply):
            for row in rows:
                allowed[row] &= suited
        return allowed

    def _allows(self, supply: TagTable) -> np.ndarray:
        """Return which achievements may be shown to any need at all, bool, shape (supply,)."""
        allowed = np.ones(len(supply), bool)
        if self.fields:
            fields = self._fields(supply)
            allowed &= (fields == 0) | _is_among(fields, number_names(self.fields))
        if self.industries:
            codes = number_classes([code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in self.industries])
            known = (supply.industry != 0) & (supply.industry_confidence >= self.min_confidence)
            allowed &= ~known | _is_among(supply.industry, codes)
        if self.regions:
            allowed &= _touches(supply.region, self.regions)
        if self.institutions:
            allowed &= (supply.organisation == 0) | _is_among(supply.organisation, number_names(self.institutions))
        allowed &= (supply.maturity == UNKNOWN) | (supply.maturity >= self.min_maturity)
        return allowed

    def _agree(self, needs: Sequence[Tags], supply: TagTable) -> Iterator[tuple[list[int], np.ndarray]]:
        """Yield needs that ask for the same, and which achievements suit them, rule by rule."""
        if self.same_field:
            fields = self._fields(supply)
            ours = number_names([self._field(need) for need in needs]).tolist()
            for field, rows in _gather(ours, nothing=0):
                yield rows, (fields == 0) | (fields == np.uint64(field))
        if self.same_region:
            for region, rows in _gather([need.region for need in needs], nothing=()):
                yield rows, _touches(supply.region, region)
        if self.meet_maturity:
            for stage, rows in _gather([need.maturity for need in needs], nothing=UNKNOWN):
                yield rows, (supply.maturity == UNKNOWN) | (supply.maturity >= stage)

    def _field(self, need: Tags) -> str:
        """Return a field that counts as known, or nothing."""
        inferred = self.infer_fields and need.field_confidence >= self.min_confidence
        return need.likely_field if inferred else need.field

    def _fields(self, supply: TagTable) -> np.ndarray:
        """Return the numbers of fields that count as known, 0 for nothing, uint64, shape (supply,)."""
        if not self.infer_fields:
            return supply.field
        return np.where(supply.field_confidence >= self.min_confidence, supply.likely_field, supply.field)


def _is_among(numbers: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Tell which numbers are wanted ones."""
    # Comparing with each is quicker than searching as long as there are few, and usually there are.
    if len(wanted) <= _FEW:
        return np.asarray(np.logical_or.reduce([numbers == one for one in wanted]))
    wanted = np.sort(wanted)
    places = np.searchsorted(wanted, numbers)
    return np.asarray(wanted[np.minimum(places, len(wanted) - 1)] == numbers)


def _touches(regions: TermRows, places: Collection[str]) -> np.ndarray:
    """Tell which rows name one of these places, or none at all."""
    wanted = np.isin(regions.terms, number_words(list(places)))
    found = np.zeros(len(regions.places) + 1, np.int64)
    np.cumsum(wanted[regions.places], out=found[1:])
    before = found[regions.bounds]
    return np.asarray((before[1:] > before[:-1]) | (regions.bounds[1:] == regions.bounds[:-1]))


def _gather(asked: Iterable[_Asked], nothing: _Asked) -> Iterable[tuple[_Asked, list[int]]]:
    """Return what is asked for, once each, and where; without those who ask for nothing."""
    found: dict[_Asked, list[int]] = {}
    for row, one in enumerate(asked):
        if one != nothing:
            found.setdefault(one, []).append(row)
    return found.items()


def has_expired(deadline: int, as_of: int) -> bool:
    """Tell whether a deadline has passed by a day, both in days; where either is unknown it has not."""
    return UNKNOWN not in (deadline, as_of) and deadline < as_of
