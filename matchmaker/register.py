"""The achievements of a supply by their ids, in the order of the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from matchmaker.rank.supply import Supply
from matchmaker.records import Profile


class Register(Mapping[str, Profile]):
    """A view of one state of a supply; profiles that lie in a file are read from there when they are asked for."""

    def __init__(self, supply: Supply) -> None:
        self._supply = supply

    def __getitem__(self, name: str) -> Profile:
        """Return the profile of an id."""
        return self.at(self._supply.rows[name])

    def __iter__(self) -> Iterator[str]:
        """Iterate over ids in the order of the register."""
        return (self._supply.ids[row] for row in np.flatnonzero(self._supply.alive))

    def __len__(self) -> int:
        """Return the number of achievements."""
        return len(self._supply)

    def __contains__(self, name: object) -> bool:
        """Tell whether an id is held."""
        return name in self._supply.rows

    def at(self, row: int) -> Profile:
        """Return the profile that stands in a row of the supply."""
        segment, place = self._supply.at(row)
        profile: Profile = segment.records[place]
        return profile
