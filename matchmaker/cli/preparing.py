"""The work behind the commands before a timetable: choose a slate, write packs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from matchmaker.cli.files import refuse_empty, refuse_inputs_among
from matchmaker.cli.options import read_maturity, read_whole
from matchmaker.cli.screen import Screen
from matchmaker.cli.slate_rules import read_slate_file
from matchmaker.columns import UNKNOWN
from matchmaker.delivery.packs import write_packs
from matchmaker.delivery.slate import SLATE_OUTPUTS, write_slate
from matchmaker.duplicates import find_duplicates
from matchmaker.event import Quota, choose_slate
from matchmaker.records import Match, Records, Rejection
from matchmaker.tables import read_achievements, read_needs, read_shortlists

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class SlateChoice:
    """The rules of a slate as typed: a file, and what the command line says instead of it."""

    rules: Path | None = None
    k: str = ""
    min_maturity: str = ""
    key_fields: tuple[str, ...] = ()
    most_per_institution: str = ""


def make_slate(screen: Screen, achievements: Path, shortlists: Path, out: Path, choice: SlateChoice) -> int:
    """Do the work of ``matchmaker event slate``; return the exit code."""
    from matchmaker.text.tagging import tag, tag_field

    inputs = [path for path in (achievements, shortlists, choice.rules) if path is not None]
    refuse_inputs_among([out / name for name in SLATE_OUTPUTS], inputs, lang=screen.lang)
    file = read_slate_file(choice.rules, screen.lang)
    if choice.key_fields:
        file = file.model_copy(update={"key_fields": list(choice.key_fields)})
    if choice.k:
        file = file.model_copy(update={"k": read_whole("--k", choice.k, lang=screen.lang, least=1)})
    stage = choice.min_maturity or str(file.min_maturity)
    rules = file.rules(read_maturity(stage, lang=screen.lang) if stage else 0)
    if choice.most_per_institution:
        most = read_whole("--most-per-institution", choice.most_per_institution, lang=screen.lang, least=0)
        rules = replace(rules, quotas=(*rules.quotas, Quota("institution", most=most)))
    with screen.timed("read"):
        pool = read_achievements(achievements, lang=screen.lang)
        refuse_empty(screen, pool)
        listed = read_shortlists(shortlists, lang=screen.lang)
        refuse_empty(screen, listed)
    matches, strangers = _split_known(screen, listed, (profile.id for profile in pool), None)
    with screen.timed("choose"):
        levels = {profile.id: level for profile in pool if (level := tag(profile).maturity) != UNKNOWN}
        fields = {profile.id: tag_field(profile.field) for profile in pool}
        twins = [group.members for group in find_duplicates(pool.rows, lang=screen.lang)]
        slate = choose_slate(pool.rows, matches, rules, levels=levels, fields=fields, twins=twins, lang=screen.lang)
    rejected = (*pool.rejected, *listed.rejected, *strangers)
    files = write_slate(slate, pool, out, rejected=rejected, lang=screen.lang)
    screen.say(
        "slate_made",
        pool=len(pool),
        chosen=len(slate.chosen),
        value=slate.value,
        gap=slate.gap,
        seconds=sum(screen.seconds.values()),
    )
    titles = {profile.id: profile.title for profile in pool}
    nearest = [entry for entry in slate.entries if not entry.chosen and entry.change][:_SHOWN]
    if nearest:
        screen.say("slate_next")
    for entry in nearest:
        name = entry.achievement_id
        screen.say("slate_left", id=name, title=titles[name], reason=entry.reason, change=entry.change)
    screen.say("slate_where", workbook=files["slate.xlsx"], table=files["slate.csv"])
    screen.warn_rejected(rejected, files["rejected.csv"])
    return int(bool(rejected))


def make_packs(screen: Screen, achievements: Path, needs: Path, shortlists: Path, out: Path) -> int:
    """Do the work of ``matchmaker event packs``; return the exit code."""
    names = ("packs.csv", "rejected.csv")
    refuse_inputs_among([out / name for name in names], [achievements, needs, shortlists], lang=screen.lang)
    with screen.timed("read"):
        offers = read_achievements(achievements, lang=screen.lang)
        wanted = read_needs(needs, lang=screen.lang)
        listed = read_shortlists(shortlists, lang=screen.lang)
        for records in (offers, wanted, listed):
            refuse_empty(screen, records)
    known = (profile.id for profile in offers)
    matches, strangers = _split_known(screen, listed, known, (profile.id for profile in wanted))
    rejected = (*offers.rejected, *wanted.rejected, *listed.rejected, *strangers)
    files = write_packs(offers, wanted, matches, out, rejected=rejected, lang=screen.lang)
    screen.say("packs_made", needs=len(wanted), packs=len(files) - 2, folder=out)
    if unplaced := sum(not need.region.strip() for need in wanted):
        screen.say("packs_unplaced", count=unplaced)
    screen.warn_rejected(rejected, files["rejected.csv"])
    return int(bool(rejected))


def _split_known(
    screen: Screen, listed: Records[Match], achievements: Iterable[str], needs: Iterable[str] | None
) -> tuple[list[Match], list[Rejection]]:
    """Return matches between known ids, and a rejection for each id that no register has."""
    offers, wanted = set(achievements), None if needs is None else set(needs)
    known: list[Match] = []
    strange: dict[str, Rejection] = {}
    for match in listed:
        if match.achievement_id not in offers:
            name, key = match.achievement_id, "stranger"
        elif wanted is not None and match.need_id not in wanted:
            name, key = match.need_id, "stranger_need"
        else:
            known.append(match)
            continue
        strange.setdefault(f"{key} {name}", Rejection(listed.source, "", 0, screen.word(key, id=name), name))
    return known, list(strange.values())
