"""The slate (推介名单): which achievements of the pool to present, under quotas, each with its reason, in or out.

A slate is worth what its matches let expect: each need counts its best presented achievement in full, the second and
the third less, further ones nothing, so that ten achievements for one need do not fill the slate. Maturity and key
fields add to that. The best slate is found exactly, as an assignment of presented achievements to the first places of
needs (CP-SAT), together with a bound that no slate can exceed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.errors import SettingError
from matchmaker.event.slate_limits import Limit, Quota, find_relief, list_limits, list_names
from matchmaker.event.slate_reasons import explain_slate
from matchmaker.event.slate_worth import Worth
from matchmaker.event.telling import say
from matchmaker.proceedings import Slate
from matchmaker.records import Match, Profile

# Units in which the solver counts: quarters of the four decimals that probabilities are written with.
_SCALE = 40_000


@dataclass(frozen=True, slots=True)
class SlateRules:
    """What a slate shall be.

    Attributes
    ----------
    k : int
        Achievements to present.
    quotas : tuple of Quota
    min_level : int
        Least maturity, 1 to 9; 0 for any. An achievement that states none is not excluded.
    key_fields : frozenset of str
    include, exclude : tuple of str
        Ids that shall, or shall not, be presented whatever they bring.
    returns : tuple of float
        What the best, the second best, … presented achievement counts for one need; falling.
    maturity_weight, key_weight : float
        What full maturity, and a key field, count beside one certain match.
    """

    k: int = 50
    quotas: tuple[Quota, ...] = ()
    min_level: int = 0
    key_fields: frozenset[str] = frozenset()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    returns: tuple[float, ...] = (1.0, 0.5, 0.25)
    maturity_weight: float = 0.2
    key_weight: float = 0.2

    def __post_init__(self) -> None:
        """Refuse what no slate can follow."""
        if self.k < 1:
            raise SettingError(f"k is {self.k}; give a whole number from 1 on")
        if list(self.returns) != sorted(self.returns, reverse=True) or min(self.returns, default=0) <= 0:
            raise SettingError(f"returns are {self.returns}; give falling numbers above 0, such as (1.0, 0.5, 0.25)")
        if self.maturity_weight < 0 or self.key_weight < 0:
            raise SettingError("maturity_weight and key_weight must not be negative")


def choose_slate(
    pool: Sequence[Profile],
    matches: Iterable[Match],
    rules: SlateRules | None = None,
    *,
    levels: Mapping[str, int] | None = None,
    fields: Mapping[str, str] | None = None,
    twins: Iterable[Sequence[str]] = (),
    effort: float = 60.0,
    lang: str = "zh",
) -> Slate:
    """Choose the achievements to present.

    Parameters
    ----------
    pool : sequence of Profile
        All achievements; their ids are unique.
    matches : iterable of Match
        The shortlists of all needs; matches that name no achievement of the pool are passed over.
    rules : SlateRules, optional
    levels : mapping of str to int, optional
        Maturity by id, 1 to 9; 0 or missing when unknown.
    fields : mapping of str to str, optional
        Field by id, in the names that quotas and key fields use; by default as the profiles state it.
    twins : iterable of sequences of str
        Ids that seem to be the same thing; of each group at most one is presented.
    effort : float
        CP-SAT's deterministic time, about seconds. The same input gives the same slate on every machine.
    lang : {"zh", "en"}
        Language of reasons and errors.

    Returns
    -------
    Slate

    Raises
    ------
    SettingError
        If a rule names what the pool does not have, or the rules contradict each other: the message names those that
        bind and the smallest change that frees them.

    Examples
    --------
    >>> pool = [Profile(id=name, kind="achievement", title=name) for name in ("A-1", "A-2", "A-3")]
    >>> matches = [Match("N-1", "A-1", 1, 0, 0.9), Match("N-1", "A-2", 2, 0, 0.8), Match("N-2", "A-3", 1, 0, 0.5)]
    >>> slate = choose_slate(pool, matches, SlateRules(k=2), lang="en")
    >>> slate.chosen, round(slate.value, 2)
    (('A-1', 'A-3'), 1.4)
    >>> slate.entries[2].reason
    'needs that list it are better served: it would add 0.40, the weakest chosen one brings 0.50'
    """
    rules = rules or SlateRules()
    levels = levels or {}
    places = fields if fields is not None else {profile.id: profile.field for profile in pool}
    worth = Worth.of(pool, matches, rules.returns, _bonuses(pool, rules, levels, places))
    limits = list_limits(
        pool,
        places,
        k=rules.k,
        quotas=rules.quotas,
        immature=[row for row, one in enumerate(pool) if 0 < levels.get(one.id, 0) < rules.min_level],
        min_level=rules.min_level,
        include=rules.include,
        exclude=rules.exclude,
        twins=twins,
        lang=lang,
    )
    found = _solve(len(pool), worth, limits, effort)
    if found is None:
        binding, relief = find_relief(len(pool), limits)
        raise SettingError(
            say(lang, "infeasible", binding=list_names(binding, lang), relief=list_names(relief, lang, change=True))
        )
    rows, value, bound = found
    entries = explain_slate(pool, rows, worth, limits, levels, places, lang)
    return Slate(entries, value, bound)


def _bonuses(
    pool: Sequence[Profile], rules: SlateRules, levels: Mapping[str, int], fields: Mapping[str, str]
) -> list[float]:
    return [
        rules.maturity_weight * levels.get(profile.id, 0) / 9
        + rules.key_weight * (fields.get(profile.id, "") in rules.key_fields)
        for profile in pool
    ]


def _solve(size: int, worth: Worth, limits: Sequence[Limit], effort: float) -> tuple[list[int], float, float] | None:
    """Return the chosen rows, their worth and its bound; None when no slate keeps all limits."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(size)]
    for limit in limits:
        limit.add_to(model, chosen)
    terms = [(chosen[row], round(_SCALE * bonus)) for row, bonus in enumerate(worth.bonuses)]
    for wanting in worth.needs:
        seats = [[model.new_bool_var("") for _ in worth.returns] for _ in wanting]
        for (row, probability), places in zip(wanting, seats, strict=True):
            model.add(sum(places) <= chosen[row])
            terms += [
                (place, round(_SCALE * probability * share)) for place, share in zip(places, worth.returns, strict=True)
            ]
        for column in zip(*seats, strict=True):
            model.add_at_most_one(column)
    model.maximize(sum(factor * variable for variable, factor in terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # several would race, and the winner would depend on the machine
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        if status == cp_model.UNKNOWN:
            raise SettingError(f"no slate was found with effort {effort}; give more")
        return None
    rows = [row for row in range(size) if solver.boolean_value(chosen[row])]
    value = worth.total(rows)
    return rows, value, max(value, solver.best_objective_bound / _SCALE)
