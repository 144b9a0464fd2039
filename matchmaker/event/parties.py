"""Who comes to an event: the people behind needs and achievements, with their limits and hours."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from matchmaker.docking import Party, Role
from matchmaker.errors import SettingError
from matchmaker.event.agenda import Agenda, Override
from matchmaker.event.wording import say
from matchmaker.languages import check_language
from matchmaker.records import Notice, Profile
from matchmaker.teams import find_leader, find_team, fold_name


@dataclass(frozen=True, slots=True)
class Roll:
    """All parties, and which party each need and achievement belongs to.

    Attributes
    ----------
    parties : mapping of str to Party
        Enterprises, then teams, each in the order of their register.
    of_need, of_achievement : mapping of str to str
        Party by id of a need, of an achievement.
    notices : tuple of Notice
        Spellings taken for one, names that two parties share.
    """

    parties: Mapping[str, Party]
    of_need: Mapping[str, str]
    of_achievement: Mapping[str, str]
    notices: tuple[Notice, ...] = ()

    def find(self, name: str, role: Role | None = None) -> tuple[str, ...]:
        """Return the parties that a name means: an id of a register, a party's name or id, or an organisation's."""
        if role != "team" and name in self.of_need:
            return (self.of_need[name],)
        if role != "enterprise" and name in self.of_achievement:
            return (self.of_achievement[name],)
        among = [party for party in self.parties.values() if role in (None, party.role)]
        wanted = fold_name(name)
        exact = [party.id for party in among if name == party.id or wanted == fold_name(party.name)]
        return tuple(exact or [party.id for party in among if wanted and wanted == fold_name(party.organisation)])


@dataclass(frozen=True, slots=True)
class _Naming:
    """What a profile says about its party."""

    key: tuple[str, ...]
    name: str
    organisation: str
    leader: str = ""


def _name_side(profile: Profile) -> _Naming:
    organisation = profile.organisation.strip()
    if profile.kind == "need":
        if organisation:
            return _Naming((fold_name(organisation),), organisation, organisation)
        return _Naming(("", profile.id), profile.title, "")
    whole = fold_name(organisation)
    team, leader = find_team(profile), find_leader(profile)
    if team:
        name = team if not organisation or whole in fold_name(team) else f"{organisation} {team}"
        return _Naming((whole, "team", fold_name(team)), name, organisation, leader)
    if leader:
        return _Naming((whole, "leader", fold_name(leader)), f"{organisation} {leader}".strip(), organisation, leader)
    return _Naming((whole, "", profile.id), profile.title, organisation)


def name_parties(
    agenda: Agenda, needs: Sequence[Profile], achievements: Sequence[Profile], *, lang: str = "zh"
) -> Roll:
    r"""Find the parties of an event.

    A need belongs to its enterprise, or stands for itself; an achievement to its team (column ``team``, 团队), else to
    institution and leader (负责人, 联系人 …), else it stands for itself.

    Parameters
    ----------
    agenda : Agenda
        Limits, hours and exceptions.
    needs, achievements : sequence of Profile
        The registers.
    lang : {"zh", "en"}
        Language of notices and errors.

    Returns
    -------
    Roll

    Raises
    ------
    SettingError
        If an exception in EVENT.toml names nobody: one line each, with the line in the file.

    Examples
    --------
    >>> from matchmaker.event.agenda import parse_agenda
    >>> agenda = parse_agenda('id = "E"\nname = "对接会"\ndate = 2026-11-20\nslots = 6\nhall.tables = 4')
    >>> need = Profile("N-1", "need", "电解液", organisation="大连某厂")
    >>> chen = Profile("A-1", "achievement", "隔膜", organisation="某所", extra={"负责人": "陈工"})
    >>> [party.name for party in name_parties(agenda, [need], [chen]).parties.values()]
    ['大连某厂', '某所 陈工']
    """
    check_language(lang)
    notices: list[Notice] = []
    parties: dict[str, Party] = {}
    owners: list[dict[str, str]] = []
    leaders: dict[str, str] = {}
    everywhere = frozenset(slot.number for slot in agenda.occasion.hall.slots)
    for role, profiles, limits, letter in (
        ("enterprise", needs, agenda.enterprises, "E"),
        ("team", achievements, agenda.teams, "T"),
    ):
        ids: dict[tuple[str, ...], str] = {}
        owner: dict[str, str] = {}
        spellings: set[tuple[str, str]] = set()
        for profile in profiles:
            naming = _name_side(profile)
            if naming.key not in ids:
                name = f"{letter}-{len(ids) + 1:03d}"
                ids[naming.key] = name
                parties[name] = Party(
                    name,
                    "enterprise" if role == "enterprise" else "team",
                    naming.name,
                    naming.organisation,
                    (),
                    everywhere,
                    limits.least,
                    limits.most,
                    limits.in_a_row,
                    profile.region,
                )
                first = leaders.setdefault(fold_name(naming.leader), naming.organisation)
                if naming.leader and first != naming.organisation:
                    told = say(lang, "two_leaders", leader=naming.leader, first=first, second=naming.organisation)
                    notices.append(Notice(agenda.source, "", 0, told))
            party = parties[ids[naming.key]]
            if naming.name != party.name and (party.name, naming.name) not in spellings:
                spellings.add((party.name, naming.name))
                told = say(lang, "one_party", first=party.name, second=naming.name)
                notices.append(Notice(agenda.source, "", 0, told))
            parties[party.id] = replace(party, profiles=(*party.profiles, profile.id))
            owner[profile.id] = party.id
        owners.append(owner)
    notices += _name_twins(agenda, parties, lang)
    roll = Roll(parties, owners[0], owners[1], tuple(notices))
    return replace(roll, parties=_make_exceptions(agenda, roll, lang))


def _name_twins(agenda: Agenda, parties: Mapping[str, Party], lang: str) -> Iterator[Notice]:
    """Yield a notice for each enterprise that has the name or the organisation of a team."""
    teams = {
        fold_name(name)
        for party in parties.values()
        if party.role == "team"
        for name in (party.name, party.organisation)
    }
    for party in parties.values():
        if party.role == "enterprise" and fold_name(party.name) in teams - {""}:
            yield Notice(agenda.source, "", 0, say(lang, "two_roles", name=party.name))


def _make_exceptions(agenda: Agenda, roll: Roll, lang: str) -> dict[str, Party]:
    """Return the parties with the exceptions of EVENT.toml; those of an organisation give way to a party's own."""
    parties = dict(roll.parties)
    errors: list[str] = []
    wide: list[tuple[Override, tuple[str, ...]]] = []
    narrow: list[tuple[Override, tuple[str, ...]]] = []
    for override in agenda.overrides:
        found = roll.find(override.name, override.role)
        if not found:
            known = dict.fromkeys(
                name for party in roll.parties.values() for name in (party.name, party.organisation) if name
            )
            near = difflib.get_close_matches(override.name, known, n=3, cutoff=0.4)
            mark = "、" if lang == "zh" else ", "
            key = "unknown_party" if near else "unknown_party_bare"
            message = say(lang, key, name=override.name, near=mark.join(near))
            errors.append(say(lang, "at_line", file=agenda.source, line=override.line, message=message))
        (narrow if len(found) == 1 else wide).append((override, found))
    if errors:
        raise SettingError("\n".join(errors))
    for override, found in (*wide, *narrow):
        for name in found:
            party = parties[name]
            parties[name] = replace(
                party,
                least=party.least if override.least is None else override.least,
                most=party.most if override.most is None else override.most,
                in_a_row=party.in_a_row if override.in_a_row is None else override.in_a_row,
                available=party.available if override.available is None else override.available,
            )
            least, most = parties[name].least, parties[name].most
            if override.least is not None and least > most:
                message = say(lang, "least_above_most", least=least, most=most)
                errors.append(say(lang, "at_line", file=agenda.source, line=override.line, message=message))
    if errors:
        raise SettingError("\n".join(dict.fromkeys(errors)))
    return parties
