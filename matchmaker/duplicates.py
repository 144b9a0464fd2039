"""Profiles of one register that seem to be the same: same text, near text, or same team and title. Nothing is merged.

Near texts are found exactly, and not pair by pair: two sets of grams whose overlap is at least so large must share one
of their rarest grams (the prefix filter of Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search"), so
only profiles that do are compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matchmaker.records import Profile
from matchmaker.text.cleaning import clean_all

DuplicateKind = Literal["same_text", "near_text", "same_team_and_title"]
# Share of grams in common from which texts are near, and titles of one team are the same.
NEAR_TEXT = 0.7
NEAR_TITLE = 0.8
_GRAM = 3
# What a title may carry or not without being another one.
_FRAME = re.compile(
    "^(?:一种|基于|关于|面向)|(?:的?(?:研究与应用|研究及应用|研究|研发|开发|关键技术|成套技术|技术|及其应用|及应用|项目))+$"
)
_LEADERS = ("leader", "负责人", "项目负责人", "联系人", "完成人")

REASONS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "same_text": "名称与内容相同",
        "near_text": "内容相近（{similarity:.0%}）",
        "same_team_and_title": "同一{who}（{team}），名称相同或相近（{similarity:.0%}）",
        "figures": "数字不同：{a} / {b}",
        "organisation": "单位",
        "leader": "负责人",
        "comma": "，",
    },
    "en": {
        "same_text": "same title and text",
        "near_text": "similar text ({similarity:.0%})",
        "same_team_and_title": "same {who} ({team}), same or similar title ({similarity:.0%})",
        "figures": "figures differ: {a} / {b}",
        "organisation": "organisation",
        "leader": "leader",
        "comma": "; ",
    },
}


@dataclass(frozen=True, slots=True)
class DuplicateLink:
    """Why two profiles seem to be the same.

    Attributes
    ----------
    first, second : str
        Ids, in the order of the register.
    kind : {"same_text", "near_text", "same_team_and_title"}
        The strongest that holds.
    similarity : float
        Share of grams in common, 0 to 1 (Jaccard); of titles where the titles are what agrees.
    reason : str
        The same in words, with figures in which the two differ.
    """

    first: str
    second: str
    kind: DuplicateKind
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Profiles held together by links, for a person to look at.

    Attributes
    ----------
    members : tuple of str
        Ids, in the order of the register.
    kind : str
        The weakest kind among its links: what the group rests on at least.
    similarity : float
        The least similarity among its links.
    links : tuple of DuplicateLink
    """

    members: tuple[str, ...]
    kind: DuplicateKind
    similarity: float
    links: tuple[DuplicateLink, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """What is compared of a profile."""

    title: str
    text: str
    title_grams: frozenset[str]
    grams: frozenset[str]
    teams: tuple[tuple[str, str], ...]
    figures: tuple[str, ...]


def find_duplicates(profiles: Sequence[Profile], *, lang: str = "zh") -> list[DuplicateGroup]:
    """Group profiles of one register that seem to be the same.

    Parameters
    ----------
    profiles : sequence of Profile
        One register; it is not changed.
    lang : {"zh", "en"}
        Language of the reasons.

    Returns
    -------
    list of DuplicateGroup
        In the order of their first members; the same register gives the same groups.

    Examples
    --------
    >>> rows = [
    ...     Profile(id="A-1", kind="achievement", title="一种锂电池电解液", organisation="某大学"),
    ...     Profile(id="A-2", kind="achievement", title="锂电池电解液技术", organisation="某大学"),
    ...     Profile(id="A-3", kind="achievement", title="锂电池电解液", organisation="某研究所"),
    ... ]
    >>> [(group.members, group.kind) for group in find_duplicates(rows)]
    [(('A-1', 'A-2'), 'same_team_and_title')]
    """
    rows = _read(profiles)
    links: dict[tuple[int, int], tuple[DuplicateKind, float, str]] = {}
    for pair in _same_texts(rows):
        links[pair] = "same_text", 1.0, ""
    for pair in _candidates([row.grams for row in rows], NEAR_TEXT):
        if pair not in links and not _is_same(rows, pair):
            links[pair] = "near_text", _overlap(rows[pair[0]].grams, rows[pair[1]].grams), ""
    for pair, similarity, team in _same_teams(rows):
        if pair not in links and not _is_same(rows, pair):
            links[pair] = "same_team_and_title", similarity, team
    groups = _join(links)
    place = {row: number for number, group in enumerate(groups) for row in group}
    held: list[list[DuplicateLink]] = [[] for _ in groups]
    for pair, (kind, similarity, team) in sorted(links.items()):
        held[place[pair[0]]].append(_describe(profiles, rows, pair, kind, similarity, team, REASONS[lang]))
    return [
        DuplicateGroup(
            members=tuple(profiles[row].id for row in group),
            kind=max((link.kind for link in found), key=_KINDS.index),
            similarity=min(link.similarity for link in found),
            links=tuple(found),
        )
        for group, found in zip(groups, held, strict=True)
    ]


_KINDS: tuple[DuplicateKind, ...] = ("same_text", "near_text", "same_team_and_title")


def _read(profiles: Sequence[Profile]) -> list[_Row]:
    titles = [_fold(clean.text) for clean in clean_all([profile.title for profile in profiles])]
    bodies = [_fold(clean.text) for clean in clean_all([profile.description for profile in profiles])]
    rows = []
    for profile, title, body in zip(profiles, titles, bodies, strict=True):
        bare = _FRAME.sub("", title) or title
        leader = next((profile.extra[name].strip() for name in _LEADERS if profile.extra.get(name, "").strip()), "")
        teams = (("organisation", _fold(profile.organisation)), ("leader", _fold(leader)))
        rows.append(
            _Row(
                title=bare,
                text=f"{title}\n{body}",
                title_grams=_grams(bare, 2),
                # A bare title is too little to call two rows near by.
                grams=_grams(title + body, _GRAM) if body else frozenset(),
                teams=tuple(team for team in teams if team[1]),
                figures=tuple(re.findall(r"\d+(?:\.\d+)?", title + body)),
            )
        )
    return rows


def _fold(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum() or character in ".%-")


def _grams(text: str, size: int) -> frozenset[str]:
    return frozenset(text[at : at + size] for at in range(max(1, len(text) - size + 1))) if text else frozenset()


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    together = len(first | second)
    return len(first & second) / together if together else 0.0


def _same_texts(rows: Sequence[_Row]) -> Iterator[tuple[int, int]]:
    """Yield neighbours among rows of one text; a title alone is no text unless the teams agree or none is known."""
    places: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row.text.strip():
            places[row.text, () if row.grams else row.teams].append(number)
    for found in places.values():
        yield from zip(found, found[1:], strict=False)


def _is_same(rows: Sequence[_Row], pair: tuple[int, int]) -> bool:
    """Tell whether two rows have one text, and so are held together by `_same_texts` already."""
    first, second = (rows[number] for number in pair)
    return first.text == second.text and (bool(first.grams) or first.teams == second.teams)


def _candidates(sets: Sequence[frozenset[str]], least: float) -> list[tuple[int, int]]:
    """Return all pairs of sets that share at least so large a part of their union, in order."""
    spread = Counter(gram for grams in sets for gram in grams)
    # The smallest first: a set then needs to be looked for among smaller ones only.
    order = sorted(
        (number for number, grams in enumerate(sets) if grams), key=lambda number: (len(sets[number]), number)
    )
    index: dict[str, list[int]] = defaultdict(list)
    found = []
    for number in order:
        grams = sorted(sets[number], key=lambda gram: (spread[gram], gram))
        prefix = grams[: len(grams) - _ceil(least * len(grams)) + 1]
        near = {other for gram in prefix for other in index[gram] if len(sets[other]) >= least * len(grams)}
        found += [
            (min(number, other), max(number, other)) for other in near if _overlap(sets[number], sets[other]) >= least
        ]
        for gram in prefix:
            index[gram].append(number)
    return sorted(found)


def _ceil(value: float) -> int:
    # 0.7 * 10 is 7.000000000000001 on some machines.
    return -int(-(value - 1e-9) // 1)


def _same_teams(rows: Sequence[_Row]) -> Iterator[tuple[tuple[int, int], float, str]]:
    """Yield pairs of one team whose titles are the same or near, with what the team is."""
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for team in row.teams:
            members[team].append(number)
    for team, numbers in members.items():
        for first, second in _candidates([rows[number].title_grams for number in numbers], NEAR_TITLE):
            a, b = rows[numbers[first]], rows[numbers[second]]
            # "5 kW 电堆" and "50 kW 电堆" are two things.
            if re.findall(r"\d+", a.title) == re.findall(r"\d+", b.title):
                yield (numbers[first], numbers[second]), _overlap(a.title_grams, b.title_grams), team[0]


def _describe(
    profiles: Sequence[Profile],
    rows: Sequence[_Row],
    pair: tuple[int, int],
    kind: DuplicateKind,
    similarity: float,
    team: str,
    words: Mapping[str, str],
) -> DuplicateLink:
    first, second = pair
    leaders = (profiles[first].extra.get(name, "") for name in _LEADERS)
    who = profiles[first].organisation if team == "organisation" else next(filter(None, leaders), "")
    parts = [words[kind].format(similarity=similarity, team=who.strip(), who=words.get(team, ""))]
    a, b = (Counter(rows[number].figures) for number in pair)
    if kind != "same_text" and a and b and a != b:
        only = [", ".join(list((mine - other).elements())[:3]) or "–" for mine, other in ((a, b), (b, a))]
        parts.append(words["figures"].format(a=only[0], b=only[1]))
    return DuplicateLink(
        profiles[first].id, profiles[second].id, kind, round(similarity, 4), words["comma"].join(parts)
    )


def _join(pairs: Mapping[tuple[int, int], object]) -> list[list[int]]:
    """Return the rows that are held together by pairs, smallest first."""
    root: dict[int, int] = {}

    def find(row: int) -> int:
        root.setdefault(row, row)
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for first, second in pairs:
        a, b = sorted((find(first), find(second)))
        root[b] = a
    groups: dict[int, list[int]] = defaultdict(list)
    for row in sorted(root):
        groups[find(row)].append(row)
    return [groups[first] for first in sorted(groups)]
