"""What a set of presented achievements is worth: expected matches with falling returns within a need, and bonuses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from matchmaker.records import Match, Profile


@dataclass(frozen=True, slots=True)
class Worth:
    """The pool as rows, and what each row can bring.

    Attributes
    ----------
    needs : tuple of tuple of (int, float)
        For each need the rows that its shortlist names, and their probabilities, best first.
    wanted_by : tuple of tuple of int
        For each row the places in ``needs`` that name it.
    need_ids : tuple of str
    returns : tuple of float
        What the best, second best, … counts.
    bonuses : tuple of float
        What each row counts by itself.
    """

    needs: tuple[tuple[tuple[int, float], ...], ...]
    wanted_by: tuple[tuple[int, ...], ...]
    need_ids: tuple[str, ...]
    returns: tuple[float, ...]
    bonuses: tuple[float, ...]

    @classmethod
    def of(
        cls, pool: Sequence[Profile], matches: Iterable[Match], returns: Sequence[float], bonuses: Sequence[float]
    ) -> Worth:
        """Return it for a pool and its shortlists."""
        rows = {profile.id: row for row, profile in enumerate(pool)}
        needs: dict[str, dict[int, float]] = {}
        for match in matches:
            if match.achievement_id in rows:
                needs.setdefault(match.need_id, {})[rows[match.achievement_id]] = match.probability
        wanted: list[list[int]] = [[] for _ in pool]
        for place, named in enumerate(needs.values()):
            for row in named:
                wanted[row].append(place)
        return cls(
            needs=tuple(tuple(sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))) for named in needs.values()),
            wanted_by=tuple(map(tuple, wanted)),
            need_ids=tuple(needs),
            returns=tuple(returns),
            bonuses=tuple(bonuses),
        )

    def total(self, rows: Iterable[int]) -> float:
        """Return what a set is worth."""
        chosen = frozenset(rows)
        return sum(self.bonuses[row] for row in sorted(chosen)) + sum(
            self._of_need(place, chosen) for place in range(len(self.needs))
        )

    def difference(self, chosen: frozenset[int], *, without: Collection[int] = (), more: Collection[int] = ()) -> float:
        """Return what a set gains when some rows leave it and others join."""
        after = (chosen - frozenset(without)) | frozenset(more)
        touched = {place for row in (*without, *more) for place in self.wanted_by[row]}
        gained = sum(self.bonuses[row] for row in more) - sum(self.bonuses[row] for row in without)
        return gained + sum(self._of_need(place, after) - self._of_need(place, chosen) for place in sorted(touched))

    def _of_need(self, place: int, chosen: frozenset[int]) -> float:
        best = (probability for row, probability in self.needs[place] if row in chosen)
        return sum(share * probability for share, probability in zip(self.returns, best, strict=False))
