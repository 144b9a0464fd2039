"""How likely a proposal was to be met, by its rank, and how much what was learned of it should therefore count.

Who sits at a table is no random sample of the shortlists: first ranks are met, tenth ones hardly ever. A model that
learns from meetings as if they were one learns of heads of lists only. Each judged pair therefore counts by the inverse
of its propensity, the chance that a pair of its rank was met (Horvitz and Thompson 1952; for ranking, Schnabel et al.
2016, "Recommendations as treatments"). Given the rank, whether a pair is met is taken not to depend on how well it
fits. The propensity is measured at the event itself: met pairs over shown pairs at each rank, pulled towards the mean
of all ranks where few were shown, never rising with the rank, and bounded. The weight is the overall rate over the
propensity, clipped, since a few heavy pairs would drown all others, and brought to 1 on average over the pairs that
met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matchmaker.records import Match

# Pairs of the event's mean that each rank is given beside its own.
PRIOR = 4.0
FLOOR = 0.02
# Before they are brought to 1 on average, weights lie between this and its inverse.
CAP = 4.0


@dataclass(frozen=True, slots=True)
class Propensities:
    """The chance that a shown pair was met, by rank.

    Attributes
    ----------
    by_rank : tuple of float
        From rank 1 on; never rising, between ``FLOOR`` and 1. Further ranks have the last one's.
    overall : float
        Met pairs over shown ones, bounded in the same way.
    shown, met : tuple of int
        The counts behind it.
    scale : float
        Brings weights to 1 on average.
    """

    by_rank: tuple[float, ...]
    overall: float
    shown: tuple[int, ...]
    met: tuple[int, ...]
    scale: float = 1.0

    def of(self, rank: int) -> float:
        """Return the propensity of a rank; 1 for rank 0, a pair that people asked for and no list showed.

        Examples
        --------
        >>> Propensities((0.8, 0.2), 0.5, (10, 10), (8, 2)).of(7)
        0.2
        """
        if rank < 1 or not self.by_rank:
            return 1.0
        return self.by_rank[min(rank, len(self.by_rank)) - 1]

    def weight(self, rank: int) -> float:
        """Return how much a judgment of a pair of this rank counts; 1 for pairs that no list showed.

        Examples
        --------
        >>> found = Propensities((0.8, 0.1), 0.5, (10, 10), (8, 1))
        >>> found.weight(1), found.weight(2), found.weight(0)
        (0.625, 4.0, 1.0)
        """
        if rank < 1:
            return 1.0
        return self.scale * min(CAP, max(1 / CAP, self.overall / self.of(rank)))


def measure_propensities(shown: Iterable[Match], met: Iterable[tuple[str, str]]) -> Propensities:
    """Measure at an event how likely pairs were to be met, by rank.

    Parameters
    ----------
    shown : iterable of Match
        The shortlists that the event was planned from.
    met : iterable of (need_id, achievement_id)
        Pairs whose people talked.

    Returns
    -------
    Propensities

    Examples
    --------
    >>> lists = [Match(f"N-{need}", f"A-{rank}", rank, 0, 0.5) for need in range(20) for rank in (1, 2, 3)]
    >>> met = [(f"N-{need}", f"A-{rank}") for need, rank in [(n, 1) for n in range(18)] + [(n, 3) for n in range(6)]]
    >>> [round(chance, 3) for chance in measure_propensities(lists, met).by_rank]
    [0.817, 0.192, 0.192]
    """
    ranks: Mapping[tuple[str, str], int] = {(one.need_id, one.achievement_id): one.rank for one in shown}
    counts = Counter(ranks.values())
    held = Counter(ranks[pair] for pair in set(met) if pair in ranks)
    depth = max(counts, default=0)
    total = sum(counts.values())
    overall = sum(held.values()) / total if total else 0.0
    rates = [(held[rank] + PRIOR * overall) / (counts[rank] + PRIOR) for rank in range(1, depth + 1)]
    falling = _let_fall(rates, [counts[rank] + PRIOR for rank in range(1, depth + 1)])
    found = Propensities(
        by_rank=tuple(min(1.0, max(FLOOR, rate)) for rate in falling),
        overall=min(1.0, max(FLOOR, overall)),
        shown=tuple(counts[rank] for rank in range(1, depth + 1)),
        met=tuple(held[rank] for rank in range(1, depth + 1)),
    )
    total_weight = sum(count * found.weight(rank) for rank, count in held.items())
    return replace(found, scale=sum(held.values()) / total_weight) if total_weight else found


def _let_fall(rates: list[float], weights: list[float]) -> list[float]:
    """Return the nearest rates that never rise: neighbours that do are pooled (Ayer et al. 1955)."""
    pools: list[tuple[float, float, int]] = []  # rate, weight, ranks
    for rate, weight in zip(rates, weights, strict=True):
        pools.append((rate, weight, 1))
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            (a, mine, some), (b, its, more) = pools[-2:]
            pools[-2:] = [((a * mine + b * its) / (mine + its), mine + its, some + more)]
    return [rate for rate, _, ranks in pools for _ in range(ranks)]
