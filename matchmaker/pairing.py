"""Pairs that somebody named, and rules that somebody typed, in the terms of the indexes: rows, and tags."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.rank.features import FEATURES, Pairs, compare
from matchmaker.rank.filters import Filter
from matchmaker.rank.precedents import JudgedPairs, Precedents
from matchmaker.rank.supply import Demand, Supply
from matchmaker.records import Judgment, Profile
from matchmaker.text.analysis import Analyst
from matchmaker.text.tagging import tag_field, tag_region
from matchmaker.text.tuning import JudgedTexts

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class NamedPairs:
    """Features of named pairs in the order given, the needs that they ask for, and the pairs as rows."""

    features: np.ndarray
    demand: Demand
    pairs: Pairs

    def vectors(self, supply: Supply) -> JudgedPairs:
        """Return the same pairs as vectors."""
        return JudgedPairs(self.demand.profile_vectors, supply.vectors(self.pairs.supply), self.pairs.needs)


def compare_named(
    analyst: Analyst,
    supply: Supply,
    needs: Sequence[Profile],
    names: Sequence[tuple[str, str]],
    precedents: Precedents | None,
    progress: Progress | None = None,
    features: Collection[str] = FEATURES,
) -> NamedPairs:
    """Compare (need id, achievement id) pairs by some features; only needs that are asked for are read."""
    asked = {need for need, _ in names}
    used = [profile for profile in needs if profile.id in asked]
    need_rows = {profile.id: row for row, profile in enumerate(used)}
    demand = Demand.of(analyst.analyse(used, progress), supply.statistics)
    rows = np.array([need_rows[need] for need, _ in names], np.int64)
    columns = np.array([supply.rows[achievement] for _, achievement in names], np.int64)
    order = np.argsort(rows, kind="stable")
    grouped = compare(demand, supply, Pairs(rows[order], columns[order]), precedents, features)
    compared = np.empty_like(grouped)
    compared[order] = grouped
    return NamedPairs(compared, demand, Pairs(rows, columns))


def name_texts(
    analyst: Analyst,
    needs: Sequence[Profile],
    achievements: Mapping[str, Profile],
    judgments: Mapping[tuple[str, str], Judgment],
) -> JudgedTexts:
    """Return judged pairs as the texts that are encoded of them, needs in the rows that `compare_named` gives them."""
    asked = {need for need, _ in judgments}
    used = [profile for profile in needs if profile.id in asked]
    offered = list(dict.fromkeys(achievement for _, achievement in judgments))
    need_rows = {profile.id: row for row, profile in enumerate(used)}
    supply_rows = {achievement: row for row, achievement in enumerate(offered)}
    return JudgedTexts(
        needs=analyst.texts(used),
        supply=analyst.texts([achievements[name] for name in offered]),
        rows=(
            np.array([need_rows[need] for need, _ in judgments], np.int64),
            np.array([supply_rows[achievement] for _, achievement in judgments], np.int64),
        ),
        grades=np.array([one.grade for one in judgments.values()], np.float64),
        weights=np.array([one.weight for one in judgments.values()], np.float64),
    )


def in_common_terms(rules: Filter) -> Filter:
    """Return rules with attributes as achievements are tagged: 大连市 is 大连, 新能源 is 洁净能源."""
    return replace(
        rules,
        fields=tuple(map(tag_field, rules.fields)),
        regions=tuple(place for written in rules.regions for place in tag_region(written)[-1:]),
    )
