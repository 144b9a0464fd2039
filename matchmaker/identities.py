"""Ids of registers: no two alike, none unknown, and a few of them named in a message."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from matchmaker.errors import RecordError, UnknownIdError
from matchmaker.records import Pair


def refuse_twins(ids: Iterable[str]) -> None:
    """Raise `RecordError` when an achievement's id stands twice.

    Examples
    --------
    >>> refuse_twins(["A-1", "A-2"])
    """
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise RecordError(f"the achievement id {name!r} stands twice; remove the old one first, or rename one")
        seen.add(name)


def refuse_strangers(pairs: Iterable[Pair], needs: Container[str], achievements: Container[str]) -> None:
    """Raise `UnknownIdError` when a pair names a need or an achievement that is in neither register."""
    wanted = list(pairs)
    strange = sorted({pair.need_id for pair in wanted if pair.need_id not in needs})
    if strange:
        raise UnknownIdError(f"no need has the id {list_ids(strange)}; check the pairs against the needs")
    strange = sorted({pair.achievement_id for pair in wanted if pair.achievement_id not in achievements})
    if strange:
        raise UnknownIdError(f"no achievement has the id {list_ids(strange)}; check the pairs against the register")


def list_ids(ids: Sequence[str]) -> str:
    """Return the first ids, and how many more there are.

    Examples
    --------
    >>> list_ids(["A-1", "A-2"])
    "'A-1', 'A-2'"
    """
    shown = ", ".join(repr(name) for name in ids[:5])
    return shown if len(ids) <= 5 else f"{shown} and {len(ids) - 5} more"
