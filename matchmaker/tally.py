"""What became of needs, in numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.columns import count_days
from matchmaker.rank.filters import has_expired
from matchmaker.records import Profile, Shortlist


@dataclass(frozen=True, slots=True)
class Tally:
    """How many needs found something suitable, found nothing, or were not looked at because they have expired.

    Attributes
    ----------
    needs : int
        All of them.
    served, unserved, expired : int
        Add up to all.
    matches : int
        Matches of all needs.

    Examples
    --------
    >>> Tally.of([Shortlist("N-1", ()), Shortlist("N-2", ())], expired=1) + Tally(needs=1, served=1, matches=10)
    Tally(needs=3, served=1, unserved=1, expired=1, matches=10)
    """

    needs: int = 0
    served: int = 0
    unserved: int = 0
    expired: int = 0
    matches: int = 0

    @classmethod
    def of(cls, shortlists: Iterable[Shortlist], expired: int) -> Tally:
        """Count over shortlists, one a need, of which so many belong to needs that have expired."""
        each = list(shortlists)
        served = sum(one.suitable > 0 for one in each)
        return cls(len(each), served, len(each) - served - expired, expired, sum(map(len, each)))

    def __add__(self, other: Tally) -> Tally:
        """Add up."""
        return Tally(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)))


def list_expired(needs: Iterable[Profile], as_of: int) -> list[Profile]:
    """Return the needs whose deadline has passed by a day (`count_days`); none where that is ``UNKNOWN``."""
    return [need for need in needs if has_expired(count_days(need.date), as_of)]
