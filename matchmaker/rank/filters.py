"""Hard rules: which achievements a need may be shown at all, applied before anything is ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.columns import UNKNOWN, Tags


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
        return self.as_of != UNKNOWN and need.deadline != UNKNOWN and need.deadline < self.as_of

    def allow(self, needs: Sequence[Tags], supply: Sequence[Tags]) -> np.ndarray | None:
        """Return which achievements each need may be shown, shape (needs, supply); None when all may."""
        common = np.array([self._allows(tags) for tags in supply], bool)
        pairwise = self.same_field or self.same_region or self.meet_maturity
        expired = np.array([self.expired(need) for need in needs], bool)
        if common.all() and not expired.any() and not pairwise:
            return None
        allowed = np.outer(~expired, common)
        if pairwise:
            for row, need in enumerate(needs):
                allowed[row] &= np.array([self._agree(need, tags) for tags in supply], bool)
        return allowed

    def _allows(self, tags: Tags) -> bool:
        field = self._field(tags)
        if self.fields and field and field not in self.fields:
            return False
        if self.industries and tags.industry is not None and tags.industry.confidence >= self.min_confidence:
            if tags.industry.code not in {code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in self.industries}:
                return False
        if self.regions and tags.region and not set(tags.region) & set(self.regions):
            return False
        if self.institutions and tags.organisation and tags.organisation not in self.institutions:
            return False
        return tags.maturity == UNKNOWN or tags.maturity >= self.min_maturity

    def _field(self, tags: Tags) -> str:
        """Return a field that counts as known, or nothing."""
        inferred = self.infer_fields and tags.field_confidence >= self.min_confidence
        return tags.likely_field if inferred else tags.field

    def _agree(self, need: Tags, tags: Tags) -> bool:
        ours, theirs = self._field(need), self._field(tags)
        if self.same_field and ours and theirs and ours != theirs:
            return False
        if self.same_region and need.region and tags.region and not set(need.region) & set(tags.region):
            return False
        known = need.maturity != UNKNOWN and tags.maturity != UNKNOWN
        return not (self.meet_maturity and known and tags.maturity < need.maturity)
