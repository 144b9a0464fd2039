"""Small events for the tests: registers, shortlists and agendas without files."""

from __future__ import annotations

import itertools

from matchmaker.docking import Placement
from matchmaker.event import parse_agenda
from matchmaker.records import Match, Profile

HEAD = 'id = "E"\nname = "对接会"\ndate = 2026-11-20\n'


def agenda_of(slots=3, tables=2, *, most=8, least=0, in_a_row=8, team_most=None, extra="", fairness=0.0, **plan):
    settings = "".join(f"{name} = {value}\n" for name, value in {"fairness": fairness, **plan}.items())
    text = (
        f"{HEAD}slots = {slots}\n[hall]\ntables = {tables}\n"
        f"[enterprises]\nmost = {most}\nleast = {least}\nin_a_row = {in_a_row}\n"
        f"[teams]\nmost = {team_most or most}\nin_a_row = {in_a_row}\n[plan]\n{settings}{extra}"
    )
    return parse_agenda(text)


def needs_of(count):
    return [Profile(f"N{n}", "need", f"需求{n}", organisation=f"企业{n}") for n in range(count)]


def teams_of(count):
    return [
        Profile(f"A{n}", "achievement", f"成果{n}", organisation="某所", extra={"团队": f"团队{n}"})
        for n in range(count)
    ]


def matches_of(chances):
    """Return matches from ``{(n, a): probability}``."""
    return [Match(f"N{n}", f"A{a}", 1, 0.0, chance) for (n, a), chance in chances.items()]


def dense(needs, teams, chance=0.5):
    return {(n, a): round(chance - 0.01 * (n + a), 4) for n, a in itertools.product(range(needs), range(teams))}


def placements_of(timetable):
    return [
        Placement(str(row.slot), row.table, row.need_id, row.achievement_id, row.probability, row.locked)
        for row in timetable.meetings
    ]


def pairs_of(timetable):
    return {(row.need_id, row.achievement_id): (row.slot, row.table) for row in timetable.meetings}
