"""District packs: for each district a workbook of its needs, their matches, and columns for decisions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matchmaker.marking import DECISIONS
from matchmaker.records import Match, Profile
from matchmaker.report.content import district_of
from matchmaker.report.occasion_wording import words_for_occasion
from matchmaker.report.sheets import Column, Row, open_sheets
from matchmaker.teams import find_leader

_DAY = date(2000, 1, 1)  # two runs must not differ by the time of writing
_NEEDS = (
    Column("need_id", 12),
    Column("need_title", 34),
    Column("enterprise", 26),
    Column("region", 16),
    Column("field", 12),
    Column("budget", 12),
    Column("deadline", 12),
    Column("matches", 8, "number"),
    Column("need_text", 80),
)


@dataclass(frozen=True, slots=True)
class Pack:
    """What one district receives.

    Attributes
    ----------
    district : str
        Empty for needs that state no region.
    needs : tuple of Profile
        In the order of the register.
    """

    district: str
    needs: tuple[Profile, ...]


def group_packs(needs: Sequence[Profile]) -> list[Pack]:
    """Group needs by district, those without a region last; every need is in one pack.

    Examples
    --------
    >>> needs = [
    ...     Profile(id="N-1", kind="need", title="a", region="辽宁省大连市金普新区"),
    ...     Profile(id="N-2", kind="need", title="b"),
    ...     Profile(id="N-3", kind="need", title="c", region="金普新区"),
    ... ]
    >>> [(pack.district, [need.id for need in pack.needs]) for pack in group_packs(needs)]
    [('金普新区', ['N-1', 'N-3']), ('', ['N-2'])]
    """
    groups: dict[str, list[Profile]] = {}
    for need in needs:
        groups.setdefault(district_of(need.region), []).append(need)
    return [Pack(district, tuple(groups[district])) for district in sorted(groups, key=lambda name: (not name, name))]


def write_pack(
    pack: Pack,
    achievements: Mapping[str, Profile],
    matches: Mapping[str, Sequence[Match]],
    path: str | os.PathLike[str],
    lang: str = "zh",
) -> Path:
    """Write one pack as a workbook that can be filled in and read back; the same pack gives the same bytes.

    Parameters
    ----------
    pack : Pack
    achievements : mapping of str to Profile
        By id; those that matches name.
    matches : mapping of str to sequence of Match
        By need, best first.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.
    lang : {"zh", "en"}
        Language of headings and of the words to choose from.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    words = words_for_occasion(lang)
    title = words["pack_title"].format(district=pack.district or words["no_district"])
    columns = (
        Column("need_id", 12),
        Column("need_title", 30),
        Column("enterprise", 24),
        Column("rank", 6, "number"),
        Column("probability", 10, "percent"),
        Column("achievement_id", 12),
        Column("achievement_title", 34),
        Column("institution", 22),
        Column("leader", 12),
        Column("maturity", 10),
        Column("decision", 9, "input", tuple(word.name(lang) for word in DECISIONS)),
        Column("comment", 30, "input"),
        Column("evidence", 60),
    )
    with open_sheets(path, title, _DAY, words) as writer:
        writer.add_table("sheet_decisions", columns, _rows_of_pairs(pack, achievements, matches, words), frozen=2)
        writer.add_table("sheet_needs", _NEEDS, _rows_of_needs(pack, matches), frozen=2)
        lines = [((title,), writer.large), ((), None), *(((words[f"pack_{line}"],), None) for line in range(1, 6))]
        writer.add_lines("sheet_about", (100,), lines)
    return Path(path)


def _rows_of_pairs(
    pack: Pack, achievements: Mapping[str, Profile], matches: Mapping[str, Sequence[Match]], words: Mapping[str, str]
) -> Iterator[Row]:
    for need in pack.needs:
        about = (need.id, need.title, need.organisation)
        listed = matches.get(need.id, ())
        if not listed:
            yield Row((*about, *[""] * 10))
        for place, match in enumerate(listed):
            offer = achievements[match.achievement_id]
            leader = find_leader(offer)
            yield Row(
                (
                    *about,
                    match.rank,
                    match.probability,
                    offer.id,
                    offer.title,
                    offer.organisation,
                    leader,
                    offer.maturity,
                    "",
                    "",
                    words["between"].join(match.evidence.reasons),
                ),
                repeated=len(about) if place else 0,
            )


def _rows_of_needs(pack: Pack, matches: Mapping[str, Sequence[Match]]) -> Iterator[Row]:
    for need in pack.needs:
        yield Row(
            (
                need.id,
                need.title,
                need.organisation,
                need.region,
                need.field,
                need.money,
                need.date.isoformat() if need.date else "",
                len(matches.get(need.id, ())),
                need.description,
            )
        )
