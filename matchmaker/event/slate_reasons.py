"""Why each achievement is on the slate or not, and what would have to change for those left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matchmaker.event.slate_limits import Limit, name_limit
from matchmaker.event.slate_worth import Worth
from matchmaker.event.telling import say
from matchmaker.proceedings import SlateEntry
from matchmaker.records import Profile

# Less than this is a tie: probabilities have four decimals.
_TIE = 1e-4
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Result:
    """A slate that was found, and all that its reasons are read from."""

    pool: Sequence[Profile]
    chosen: frozenset[int]
    losses: Mapping[int, float]
    fixed: frozenset[int]
    worth: Worth
    limits: Sequence[Limit]
    levels: Mapping[str, int]
    fields: Mapping[str, str]
    lang: str

    def say(self, key: str, /, **values: object) -> str:
        return say(self.lang, key, **values)


def explain_slate(
    pool: Sequence[Profile],
    rows: Sequence[int],
    worth: Worth,
    limits: Sequence[Limit],
    levels: Mapping[str, int],
    fields: Mapping[str, str],
    lang: str,
) -> tuple[SlateEntry, ...]:
    """Return an entry for every achievement of the pool, those chosen first.

    One that was left out is held against each chosen one: if taking that one's place would make the slate worth more,
    a limit keeps it out, and is named; if not, the slate is better without it, and the entry says by how much.
    """
    chosen = frozenset(rows)
    found = _Result(
        pool=pool,
        chosen=chosen,
        losses={row: -worth.difference(chosen, without=(row,)) for row in sorted(rows)},
        fixed=frozenset(limit.groups[0][0] for limit in limits if limit.kind == "include"),
        worth=worth,
        limits=limits,
        levels=levels,
        fields=fields,
        lang=lang,
    )
    entries = []
    for row, profile in enumerate(pool):
        inside = row in chosen
        gain = found.losses[row] if inside else worth.difference(chosen, more=(row,))
        code, reason, change = (*_tell_chosen(found, row), "") if inside else _tell_left_out(found, row, gain)
        entries.append(
            SlateEntry(
                achievement_id=profile.id,
                order=0,
                chosen=inside,
                code=code,
                reason=reason,
                change=change,
                value=gain,
                needs=len(worth.wanted_by[row]),
                level=levels.get(profile.id, 0),
                field=fields.get(profile.id, ""),
            )
        )
    entries.sort(key=lambda entry: (not entry.chosen, -round(entry.value, 9), entry.achievement_id))
    return tuple(replace(entry, order=order) for order, entry in enumerate(entries, start=1))


def _tell_chosen(found: _Result, row: int) -> tuple[str, str]:
    """Return code and reason of one that is in."""
    name, worth = found.pool[row].id, found.worth
    named = [(dict(worth.needs[place])[row], worth.need_ids[place]) for place in worth.wanted_by[row]]
    best = sorted(named, key=lambda pair: (-pair[0], pair[1]))[:_SHOWN]
    parts = []
    if best:
        shown = found.say("comma").join(f"{need} {probability:.0%}" for probability, need in best)
        parts.append(found.say("wanted", count=len(named), shown=shown))
    else:
        parts.append(found.say("room"))
    if found.levels.get(name, 0):
        parts.append(found.say("level", level=found.levels[name]))
    if found.fields.get(name, ""):
        parts.append(found.say("field_is", field=found.fields[name]))
    why = found.say("comma").join(parts)
    if row in found.fixed:
        return "included", found.say("included", why=why)
    for limit in found.limits:
        if limit.kind == "least" and _owes(found, row, limit):
            return "least", found.say("least", limit=name_limit(limit, found.lang), why=why)
    return "best", why


def _owes(found: _Result, row: int, limit: Limit) -> bool:
    """Tell whether one is in only because a quota asks for it: without the quota a better one would stand there."""
    group = next((group for group in limit.groups if row in group), ())
    if not group or sum(one in found.chosen for one in group) > limit.number:
        return False
    others = [other for other in found.limits if other is not limit]
    return any(
        found.worth.difference(found.chosen, without=(row,), more=(other,)) > _TIE
        and all(rule.holds(found.chosen - {row} | {other}) for rule in others)
        for other in range(len(found.pool))
        if other not in found.chosen
    )


def _tell_left_out(found: _Result, row: int, gain: float) -> tuple[str, str, str]:
    """Return code, reason and what would have to change of one that is out."""
    for limit in found.limits:
        if row not in {one for group in limit.groups for one in group}:
            continue
        if limit.kind == "exclude":
            return "excluded", found.say("excluded"), found.say("excluded_change")
        if limit.kind == "maturity":
            level = found.levels.get(found.pool[row].id, 0)
            reason = found.say("immature", level=level, least=limit.name)
            return "immature", reason, found.say("immature_change", level=level)
        if limit.kind == "twins":
            rivals = [one for group in limit.groups if row in group for one in group if one in found.chosen]
            if rivals:
                name = found.pool[rivals[0]].id
                return "twin", found.say("twin", id=name), found.say("twin_change", id=name)
    best, other = _find_swap(found, row, gain)
    if other is not None and best > _TIE:
        broken = [limit for limit in found.limits if not limit.holds(found.chosen - {other} | {row})]
        if broken:  # always, unless the search ended before the best slate was found
            loosened = name_limit(replace(broken[0], slack=1), found.lang, change=True)
            change = found.say("swap_change", limit=loosened, id=found.pool[other].id, gain=f"{best:.2f}")
            reason = found.say("kept_out", limit=name_limit(broken[0], found.lang))
            return broken[0].by or broken[0].kind, reason, change
    weakest = min((loss for one, loss in found.losses.items() if one not in found.fixed), default=0.0)
    told = {"gain": f"{gain:.2f}", "weakest": f"{weakest:.2f}"}
    if not found.worth.wanted_by[row]:
        return "unwanted", found.say("unwanted_but" if gain > _TIE else "unwanted", **told), ""
    short = f"{max(0.0, -best):.2f}" if other is not None else f"{weakest - gain:.2f}"
    return "outranked", found.say("outranked", **told), found.say("outranked_change", short=short)


def _find_swap(found: _Result, row: int, gain: float) -> tuple[float, int | None]:
    """Return what taking a chosen one's place would gain at best, whatever the limits say, and whose place it is."""
    worth = found.worth
    near = {one for place in worth.wanted_by[row] for one, _ in worth.needs[place]}
    best: tuple[float, int | None] = (float("-inf"), None)
    for other, loss in found.losses.items():
        if other in found.fixed:
            continue
        # Only those that share a need touch each other.
        swapped = worth.difference(found.chosen, without=(other,), more=(row,)) if other in near else gain - loss
        if swapped > best[0] + _TIE:
            best = (swapped, other)
    return best
