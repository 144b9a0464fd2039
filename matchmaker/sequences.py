"""Sequences whose rows are made when they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class RowSequence(Sequence[T_co]):
    """A sequence that says how long it is and makes any row; indexing and slicing follow from these."""

    __slots__ = ()

    @abstractmethod
    def row(self, place: int) -> T_co:
        """Return the row at a place from 0 to below the length."""

    @overload
    def __getitem__(self, key: int) -> T_co: ...
    @overload
    def __getitem__(self, key: slice) -> list[T_co]: ...
    def __getitem__(self, key: int | slice) -> T_co | list[T_co]:
        """Return a row, or several."""
        places = range(len(self))[key]
        return self.row(places) if isinstance(places, int) else list(map(self.row, places))
