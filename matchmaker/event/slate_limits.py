"""The rules of a slate as limits on how many of some rows are chosen; which of them bind, and what would free them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from matchmaker.errors import SettingError
from matchmaker.event.telling import say
from matchmaker.records import Profile

By = Literal["institution", "field"]
Kind = Literal["size", "least", "most", "maturity", "include", "exclude", "twins"]
# What is changed rather than something else where both would do: the cheapest first.
_RELUCTANCE: Mapping[Kind, int] = {"most": 1, "least": 2, "maturity": 3, "include": 4, "size": 5}


@dataclass(frozen=True, slots=True)
class Quota:
    """How many achievements of one institution or field are presented, at least and at most.

    Attributes
    ----------
    by : {"institution", "field"}
    name : str
        Empty for a quota that holds for each of them by itself.
    least : int
    most : int or None
        None for any number.
    """

    by: By
    name: str = ""
    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other."""
        if self.least < 0 or (self.most is not None and self.most < self.least):
            raise SettingError(f"quota of {self.by} {self.name!r}: at least {self.least}, at most {self.most}")


@dataclass(frozen=True, slots=True)
class Limit:
    """At least, or at most, so many of each group of rows.

    Attributes
    ----------
    kind : str
        ``size`` asks for exactly so many of all rows.
    number : int
    groups : tuple of tuple of int
        Rows; the limit holds for each group.
    by, name : str
        Of a quota; of ``include`` the id.
    slack : int
        How far it must give way; 0 as long as nothing has been asked.
    """

    kind: Kind
    number: int
    groups: tuple[tuple[int, ...], ...]
    by: str = ""
    name: str = ""
    slack: int = 0

    @property
    def upper(self) -> bool:
        """Whether it says at most."""
        return self.kind in ("most", "maturity", "exclude", "twins")

    def add_to(self, model: Any, chosen: Sequence[Any], slack: Any = 0) -> None:
        """Put the limit, loosened by a variable, into a model."""
        for group in self.groups:
            count = sum(chosen[row] for row in group)
            if self.kind == "size":
                model.add(count + slack == self.number)
            elif self.upper:
                model.add(count - slack <= self.number)
            else:
                model.add(count + slack >= self.number)

    def holds(self, rows: frozenset[int]) -> bool:
        """Tell whether a set of rows keeps it."""
        counts = [sum(row in rows for row in group) for group in self.groups]
        if self.kind == "size":
            return all(count == self.number for count in counts)
        return all(count <= self.number if self.upper else count >= self.number for count in counts)


def list_limits(
    pool: Sequence[Profile],
    fields: Mapping[str, str],
    *,
    k: int,
    quotas: Iterable[Quota],
    immature: Sequence[int],
    min_level: int,
    include: Sequence[str],
    exclude: Sequence[str],
    twins: Iterable[Sequence[str]],
    lang: str,
) -> list[Limit]:
    """Return all limits, groups as rows of the pool.

    Raises
    ------
    SettingError
        If a rule names an institution, a field or an id that the pool does not have.
    """
    rows = {profile.id: row for row, profile in enumerate(pool)}
    for option, names in (("include", include), ("exclude", exclude)):
        for name in names:
            if name not in rows:
                raise SettingError(say(lang, "unknown_id", option=option, id=name))
    homes = {
        "institution": [profile.organisation for profile in pool],
        "field": [fields.get(profile.id, "") for profile in pool],
    }
    limits = [Limit("size", k, (tuple(range(len(pool))),))]
    for quota in quotas:
        limits += _limits_of(quota, homes[quota.by], lang)
    kept = [row for row in immature if pool[row].id not in include]
    if kept:
        limits.append(Limit("maturity", 0, (tuple(kept),), name=str(min_level)))
    limits += [Limit("include", 1, ((rows[name],),), name=name) for name in dict.fromkeys(include)]
    if exclude:
        limits.append(Limit("exclude", 0, (tuple(rows[name] for name in dict.fromkeys(exclude)),)))
    groups = [tuple(rows[name] for name in dict.fromkeys(group) if name in rows) for group in twins]
    if groups := [group for group in groups if len(group) > 1]:
        limits.append(Limit("twins", 1, tuple(groups)))
    return limits


def _limits_of(quota: Quota, homes: Sequence[str], lang: str) -> list[Limit]:
    known = sorted({home for home in homes if home})
    if quota.name and quota.name not in known:
        raise SettingError(
            say(lang, "unknown_quota", by=say(lang, quota.by), name=quota.name, known="、".join(known[:30]))
        )
    names = [quota.name] if quota.name else known
    groups = tuple(tuple(row for row, home in enumerate(homes) if home == name) for name in names)
    limits = []
    if quota.least:
        limits.append(Limit("least", quota.least, groups, quota.by, quota.name))
    if quota.most is not None:
        limits.append(Limit("most", quota.most, groups, quota.by, quota.name))
    return limits


def find_relief(size: int, limits: Sequence[Limit]) -> tuple[list[Limit], list[Limit]]:
    """Say which limits cannot be kept together, and which to loosen by how much.

    Parameters
    ----------
    size : int
        Rows of the pool.
    limits : sequence of Limit
        Limits that no set of rows keeps.

    Returns
    -------
    binding : list of Limit
        Such that leaving out any one of them would free the rest.
    relief : list of Limit
        Those to change, with their ``slack``: as few units as possible, then as few limits.
    """
    from ortools.sat.python import cp_model

    binding = list(limits)
    for limit in limits:
        rest = [other for other in binding if other is not limit]
        if not _feasible(size, rest):
            binding = rest
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(size)]
    slacks: list[tuple[Limit, Any]] = []
    costs = []
    for limit in limits:
        if limit.kind not in _RELUCTANCE:
            limit.add_to(model, chosen)
            continue
        slack, used = model.new_int_var(0, size + limit.number, ""), model.new_bool_var("")
        model.add(slack == 0).only_enforce_if(~used)
        limit.add_to(model, chosen, slack)
        costs.append(10_000 * slack + (100 + _RELUCTANCE[limit.kind]) * used)
        slacks.append((limit, slack))
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 10.0
    solver.solve(model)
    loosened = [replace(limit, slack=int(solver.value(slack))) for limit, slack in slacks]
    return binding, [limit for limit in loosened if limit.slack]


def _feasible(size: int, limits: Sequence[Limit]) -> bool:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(size)]
    for limit in limits:
        limit.add_to(model, chosen)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 10.0
    return bool(solver.solve(model) != cp_model.INFEASIBLE)


def list_names(limits: Sequence[Limit], lang: str, *, change: bool = False) -> str:
    """Return limits in words: as they stand, or how each would have to change."""
    return say(lang, "semicolon").join(name_limit(limit, lang, change=change) for limit in limits)


def name_limit(limit: Limit, lang: str, *, change: bool = False) -> str:
    """Return one limit in words.

    Examples
    --------
    >>> name_limit(Limit("most", 2, ((0,),), "institution", "星海大学"), "zh")
    '单位“星海大学”至多 2 项'
    >>> name_limit(Limit("most", 2, ((0,),), "institution", "", 1), "en", change=True)
    'at most 3 of each institution, instead of 2'
    """
    who = say(lang, "one_of" if limit.name else "each_of", by=say(lang, limit.by), name=limit.name) if limit.by else ""
    to = limit.number + limit.slack if limit.upper else limit.number - limit.slack
    key = f"limit_{limit.kind}{'_change' if change else ''}"
    return say(lang, key, who=who, number=limit.number, to=to, name=limit.name, slack=limit.slack)
