"""What is compared about a pair: named features from both sides' texts and attributes, one column each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.columns import UNKNOWN
from matchmaker.rank.dense import multiply_vectors
from matchmaker.rank.precedents import Precedents
from matchmaker.rank.quantities import match_quantities
from matchmaker.rank.supply import Demand, Part, Supply
from matchmaker.rank.tagtable import TagTable

TEXT_FEATURES = (
    "dense",
    "dense_title",
    "dense_text",
    "bm25",
    "bm25_title",
    "grams",
    "grams_title",
    "rare_terms",
    "focus",
)


@dataclass(frozen=True, slots=True)
class _TagPairs:
    """Pairs of rows of two tables of attributes: ``needs[i]`` of what is wanted, ``rows[i]`` of what is offered."""

    wanted: TagTable
    offered: TagTable
    needs: np.ndarray
    rows: np.ndarray

    def pick(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return both sides of an attribute, each of shape (p,)."""
        return getattr(self.wanted, name)[self.needs], getattr(self.offered, name)[self.rows]

    def count_shared(self, name: str) -> np.ndarray:
        """Return how many terms of an attribute both sides have, int64, shape (p,)."""
        wanted, offered = getattr(self.wanted, name), getattr(self.offered, name)
        if not len(offered.terms):
            return np.zeros(len(self.rows), np.int64)
        where = np.minimum(np.searchsorted(offered.terms, wanted.terms), len(offered.terms) - 1)
        known = offered.terms[where] == wanted.terms
        # Most of what achievements have is asked for by no need of the batch: a look at one byte sets it aside.
        named = np.zeros(len(offered.terms), bool)
        named[where[known]] = True
        entries, bounds = offered.entries(self.rows)
        places = offered.places[entries]
        hits = np.flatnonzero(named[places])
        # Some need of the batch asks for these. Whether it is the pair's own shows in a number for need and term;
        # those asked for are ascending, since terms ascend within a row.
        need = np.repeat(np.arange(len(wanted)), np.diff(wanted.bounds))
        asked = (need * len(offered.terms) + where[wanted.places])[known[wanted.places]]
        pair = np.searchsorted(bounds, hits, side="right") - 1
        found = self.needs[pair] * len(offered.terms) + places[hits]
        near = np.minimum(np.searchsorted(asked, found), len(asked) - 1)
        return np.bincount(pair[asked[near] == found], minlength=len(self.rows))


def _compare_names(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Score 1 for the same, -1 for another, 0 when either is unknown."""
    return np.where((ours == 0) | (theirs == 0), 0.0, np.where(ours == theirs, 1.0, -1.0))


def _compare_field(pairs: _TagPairs) -> np.ndarray:
    """Score 1 for the same field, -1 for another, 0 when either is unknown."""
    return _compare_names(*pairs.pick("field"))


def _compare_maturity(pairs: _TagPairs) -> np.ndarray:
    """Score 1 when the stage asked for is reached, else minus the missing share of the scale; 0 when unknown."""
    asked, reached = (side.astype(float) for side in pairs.pick("maturity"))
    known = (asked != UNKNOWN) & (reached != UNKNOWN)
    return np.where(known, np.where(reached >= asked, 1.0, (reached - asked) / 8), 0.0)


def _compare_region(pairs: _TagPairs) -> np.ndarray:
    """Score 1 when a place is shared, 0 otherwise: distance is no obstacle to a meeting."""
    return (pairs.count_shared("region") > 0).astype(float)


def _compare_modes(pairs: _TagPairs) -> np.ndarray:
    """Score 1 when a way to work together is shared, -1 when both are stated and none is, 0 when unknown."""
    ours, theirs = pairs.pick("modes")
    return np.where((ours == 0) | (theirs == 0), 0.0, np.where(ours & theirs, 1.0, -1.0))


def _compare_likely_field(pairs: _TagPairs) -> np.ndarray:
    """Score 1 for the same field and -1 for another, each times the chance that both are right; 0 when unknown."""
    ours, theirs = pairs.pick("field_confidence")
    return np.asarray(_compare_names(*pairs.pick("likely_field")) * (ours * theirs))


def _compare_industry(pairs: _TagPairs) -> np.ndarray:
    """Score for the division as for the likely field."""
    ours, theirs = pairs.pick("industry_confidence")
    return np.asarray(_compare_names(*pairs.pick("industry")) * ours * theirs)


def _compare_targets(pairs: _TagPairs) -> np.ndarray:
    """Score the mean over quantities that both name: 1 where what is asked is reached, -1 where not, 0 if open."""
    wanted = [tags.quantities for tags in pairs.wanted.described]
    asks = np.array([any(quantity.bound for quantity in quantities) for quantities in wanted], bool)
    values = np.zeros(len(pairs.rows))
    places = np.flatnonzero(asks[pairs.needs] & pairs.offered.has_quantities[pairs.rows])
    # Attributes may be decoded anew each time they are asked for, and needs share candidates.
    offered = {row: pairs.offered.described[row].quantities for row in set(pairs.rows[places].tolist())}
    for place in places.tolist():
        shared = match_quantities(wanted[pairs.needs[place]], offered[int(pairs.rows[place])])
        if shared:
            values[place] = sum(_VERDICTS[one.verdict] for one in shared) / len(shared)
    return values


def _compare_codes(pairs: _TagPairs) -> np.ndarray:
    """Score the share of the need's standards and grades that the achievement names too."""
    return _share(pairs, "codes")


def _compare_subjects(pairs: _TagPairs) -> np.ndarray:
    """Score the share of the need's materials, products and applications that the achievement names too."""
    return _share(pairs, "subjects")


def _share(pairs: _TagPairs, name: str) -> np.ndarray:
    # One that asks for nothing shares nothing: its 0 is divided by 1.
    asked = np.maximum(np.diff(getattr(pairs.wanted, name).bounds), 1)
    return np.asarray(pairs.count_shared(name) / asked[pairs.needs], float)


_VERDICTS = {"met": 1.0, "missed": -1.0, "open": 0.0}
TAG_FEATURES: Mapping[str, Callable[[_TagPairs], np.ndarray]] = {
    "field": _compare_field,
    "maturity": _compare_maturity,
    "region": _compare_region,
    "mode": _compare_modes,
    "likely_field": _compare_likely_field,
    "industry": _compare_industry,
    "targets": _compare_targets,
    "codes": _compare_codes,
    "subjects": _compare_subjects,
}
# What judged pairs say of this one, in grades; 0 for an engine that has learned nothing.
PRECEDENTS = "precedents"
FEATURES = (*TEXT_FEATURES, *TAG_FEATURES, PRECEDENTS)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows: need ``needs[i]`` with achievement ``supply[i]``, grouped by need."""

    needs: np.ndarray
    supply: np.ndarray

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.needs)

    @classmethod
    def of(cls, candidates: Sequence[np.ndarray]) -> Pairs:
        """Pair each need with its candidates."""
        counts = [len(rows) for rows in candidates]
        supply = np.concatenate([np.zeros(0, np.int64), *candidates]).astype(np.int64)
        return cls(np.repeat(np.arange(len(candidates)), counts), supply)


def compare(
    demand: Demand,
    supply: Supply,
    pairs: Pairs,
    precedents: Precedents | None = None,
    names: Collection[str] = FEATURES,
) -> np.ndarray:
    """Return the features of pairs, float64, shape (p, len(FEATURES)), in the order of `FEATURES`.

    Those that are not among ``names`` are not looked at and stay 0.
    """
    features = np.zeros((len(pairs), len(FEATURES)))
    for part, places in supply.locate(pairs.supply):
        rows = pairs.supply[places] - part.first
        features[places] = _compare_part(demand, part, Pairs(pairs.needs[places], rows), precedents, names)
    return features


def _compare_part(
    demand: Demand, part: Part, pairs: Pairs, precedents: Precedents | None, names: Collection[str]
) -> np.ndarray:
    """Return the features of pairs with rows of one segment, which are counted from its first."""
    both = (pairs.needs, pairs.supply)
    segment = part.segment
    vectors = {
        "dense": (demand.profile_vectors, segment.vectors),
        "dense_title": (demand.columns.title_vectors, segment.title_vectors),
        "dense_text": (demand.columns.text_vectors, segment.text_vectors),
    }
    words = {"bm25": demand.words, "bm25_title": demand.title_words, "rare_terms": demand.rare_words}
    grams = {"grams": (part.grams, demand.grams), "grams_title": (part.title_grams, demand.title_grams)}
    values = {name: multiply_vectors(*sides, both) for name, sides in vectors.items() if name in names}
    # One look at the texts serves all of these.
    asked = {name: queries for name, queries in words.items() if name in names}
    values |= dict(zip(asked, part.words.score(list(asked.values()), both), strict=True)) if asked else {}
    values |= {name: index.score(queries, both) for name, (index, queries) in grams.items() if name in names}
    if "focus" in names:
        # What lies near to all industries lies near to every need, and fits this one no better for that.
        values["focus"] = segment.tags.focus[pairs.supply]
    if precedents is not None and PRECEDENTS in names:
        values[PRECEDENTS] = precedents.expect(demand.profile_vectors, segment.vectors, both)
    values |= compare_tags(demand.tags, segment.tags, both, names)
    features = np.zeros((len(pairs), len(FEATURES)))
    for name, column in values.items():
        features[:, FEATURES.index(name)] = column
    return features


def lean(demand: Demand, supply: Supply, pairs: Pairs, precedents: Precedents | None) -> np.ndarray:
    """Return how far precedents make each step of the grades lean, shape (p, s); one column of 0 without any."""
    if precedents is None:
        return np.zeros((len(pairs), 1))
    leanings = np.zeros((len(pairs), len(precedents.levels)))
    for part, places in supply.locate(pairs.supply):
        both = (pairs.needs[places], pairs.supply[places] - part.first)
        leanings[places] = precedents.lean(demand.profile_vectors, part.segment.vectors, both)
    return leanings


def compare_tags(
    needs: TagTable, table: TagTable, pairs: tuple[np.ndarray, np.ndarray], names: Collection[str] = FEATURES
) -> dict[str, np.ndarray]:
    """Return the features of pairs that come from attributes, by name, float64, each of shape (p,).

    Parameters
    ----------
    needs : TagTable
        What is wanted.
    table : TagTable
        What is offered.
    pairs : tuple of two ndarray of int, shape (p,)
        Places in ``needs`` and rows of ``table``.
    names : collection of str
        Features to return, as far as they come from attributes.
    """
    both = _TagPairs(needs, table, *pairs)
    return {name: measure(both) for name, measure in TAG_FEATURES.items() if name in names}
