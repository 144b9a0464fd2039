"""What is compared about a pair: named features from both sides' texts and attributes, one column each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.columns import UNKNOWN, Tags
from matchmaker.rank.dense import multiply_vectors
from matchmaker.rank.precedents import Precedents
from matchmaker.rank.quantities import match_quantities
from matchmaker.rank.supply import Demand, Part, Supply

TEXT_FEATURES = (
    "dense",
    "dense_title",
    "dense_text",
    "bm25",
    "bm25_title",
    "grams",
    "grams_title",
    "rare_terms",
)


def _compare_field(need: Tags, supply: Tags) -> float:
    """Score 1 for the same field, -1 for another, 0 when either is unknown."""
    return 0.0 if not (need.field and supply.field) else (1.0 if need.field == supply.field else -1.0)


def _compare_maturity(need: Tags, supply: Tags) -> float:
    """Score 1 when the stage asked for is reached, else minus the missing share of the scale; 0 when unknown."""
    if UNKNOWN in (need.maturity, supply.maturity):
        return 0.0
    return 1.0 if supply.maturity >= need.maturity else (supply.maturity - need.maturity) / 8


def _compare_region(need: Tags, supply: Tags) -> float:
    """Score 1 when a place is shared, 0 otherwise: distance is no obstacle to a meeting."""
    return float(bool(set(need.region) & set(supply.region)))


def _compare_modes(need: Tags, supply: Tags) -> float:
    """Score 1 when a way to work together is shared, -1 when both are stated and none is, 0 when unknown."""
    if not (need.modes and supply.modes):
        return 0.0
    return 1.0 if need.modes & supply.modes else -1.0


def _compare_likely_field(need: Tags, supply: Tags) -> float:
    """Score 1 for the same field and -1 for another, each times the chance that both are right; 0 when unknown."""
    return _compare_field(Tags(field=need.likely_field), Tags(field=supply.likely_field)) * (
        need.field_confidence * supply.field_confidence
    )


def _compare_industry(need: Tags, supply: Tags) -> float:
    """Score for the division as for the likely field."""
    if need.industry is None or supply.industry is None:
        return 0.0
    sign = 1.0 if need.industry.code == supply.industry.code else -1.0
    return sign * need.industry.confidence * supply.industry.confidence


def _compare_targets(need: Tags, supply: Tags) -> float:
    """Score the mean over quantities that both name: 1 where what is asked is reached, -1 where not, 0 if open."""
    shared = match_quantities(need.quantities, supply.quantities)
    return sum(_VERDICTS[one.verdict] for one in shared) / len(shared) if shared else 0.0


def _compare_codes(need: Tags, supply: Tags) -> float:
    """Score the share of the need's standards and grades that the achievement names too."""
    return len(need.codes & supply.codes) / len(need.codes) if need.codes else 0.0


def _compare_subjects(need: Tags, supply: Tags) -> float:
    """Score the share of the need's materials, products and applications that the achievement names too."""
    return len(need.subjects & supply.subjects) / len(need.subjects) if need.subjects else 0.0


_VERDICTS = {"met": 1.0, "missed": -1.0, "open": 0.0}
TAG_FEATURES: Mapping[str, Callable[[Tags, Tags], float]] = {
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


def compare(demand: Demand, supply: Supply, pairs: Pairs, precedents: Precedents | None = None) -> np.ndarray:
    """Return the features of pairs, float64, shape (p, len(FEATURES)), in the order of `FEATURES`."""
    features = np.zeros((len(pairs), len(FEATURES)))
    for part, places in supply.locate(pairs.supply):
        rows = pairs.supply[places] - part.first
        features[places] = compare_part(demand, part, Pairs(pairs.needs[places], rows), precedents)
    return features


def compare_part(demand: Demand, part: Part, pairs: Pairs, precedents: Precedents | None = None) -> np.ndarray:
    """Return the features of pairs with rows of one segment, which are counted from its first."""
    both = (pairs.needs, pairs.supply)
    segment = part.segment
    bm25, bm25_title, rare_terms = part.words.score((demand.words, demand.title_words, demand.rare_words), both)
    values = {
        "dense": multiply_vectors(demand.profile_vectors, segment.vectors, both),
        "dense_title": multiply_vectors(demand.columns.title_vectors, segment.title_vectors, both),
        "dense_text": multiply_vectors(demand.columns.text_vectors, segment.text_vectors, both),
        "bm25": bm25,
        "bm25_title": bm25_title,
        "grams": part.grams.score(demand.grams, both),
        "grams_title": part.title_grams.score(demand.title_grams, both),
        "rare_terms": rare_terms,
    }
    values[PRECEDENTS] = (
        np.zeros(len(pairs)) if precedents is None else precedents.expect(demand.profile_vectors, segment.vectors, both)
    )
    for name, measure in TAG_FEATURES.items():
        tags = demand.columns.tags
        values[name] = np.array(
            [
                measure(tags[need], segment.tags.described[row])
                for need, row in zip(pairs.needs, pairs.supply, strict=True)
            ],
            float,
        )
    return np.column_stack([values[name] for name in FEATURES]).reshape(len(pairs), len(FEATURES))
