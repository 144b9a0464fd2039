"""The workbook: shortlists by need and by achievement, gaps, rows set aside, notes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.records import Match, Profile
from matchmaker.report.content import ReportContent
from matchmaker.report.sheets import Column, Row, SheetWriter, open_sheets
from matchmaker.report.wording import words_for

_NEED = (
    Column("need_id", 11),
    Column("need_title", 30),
    Column("enterprise", 20),
    Column("field", 11),
    Column("region", 13),
)
_BY_NEED = (
    *_NEED,
    Column("required_maturity", 12),
    Column("cooperation_mode", 14),
    Column("budget", 11),
    Column("deadline", 11),
    Column("need_text", 40),
    Column("rank", 6, "number"),
    Column("probability", 12, "percent"),
    Column("suitable", 6),
    Column("achievement_id", 11),
    Column("achievement_title", 32),
    Column("institution", 20),
    Column("reasons", 46),
    Column("achievement_field", 11),
    Column("maturity", 12),
    Column("transfer_mode", 14),
    Column("price", 11),
    Column("achievement_text", 40),
    Column("other", 30),
)
_BY_ACHIEVEMENT = (
    Column("achievement_id", 11),
    Column("achievement_title", 32),
    Column("institution", 20),
    Column("field", 11),
    Column("maturity", 12),
    Column("transfer_mode", 14),
    Column("price", 11),
    Column("other", 30),
    Column("needs_suited", 8, "number"),
    Column("needs_listed", 8, "number"),
    Column("need_id", 11),
    Column("need_title", 32),
    Column("enterprise", 20),
    Column("rank", 6, "number"),
    Column("probability", 12, "percent"),
    Column("suitable", 6),
    Column("reasons", 46),
)
_GAPS = (
    *_NEED,
    Column("deadline", 11),
    Column("need_text", 50),
    Column("nearest_title", 32),
    Column("nearest_institution", 20),
    Column("nearest_probability", 12, "percent"),
)
_REJECTED = (
    Column("file", 24),
    Column("sheet", 14),
    Column("row", 8, "number"),
    Column("reason", 40),
    Column("content", 80),
)


def write_workbook(content: ReportContent, path: str | os.PathLike[str]) -> Path:
    """Write the shortlists as an Excel workbook.

    Every text is written as text, so that ``=HYPERLINK(…)`` never runs; the same content gives the same bytes.

    Parameters
    ----------
    content : ReportContent
        What to show.
    path : str or path-like
        Where the ``.xlsx`` file goes; it is written whole or not at all.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    TableError
        If a sheet would need more rows than Excel has.
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    with open_sheets(path, content.title, content.made_on, words_for("workbook", content.lang)) as writer:
        writer.add_table("sheet_needs", _BY_NEED, _rows_by_need(content, writer.words), frozen=2)
        writer.add_table("sheet_achievements", _BY_ACHIEVEMENT, _rows_by_achievement(content, writer.words), frozen=2)
        writer.add_table("sheet_gaps", _GAPS, _rows_of_gaps(content), frozen=2)
        writer.add_table("sheet_rejected", _REJECTED, _rows_set_aside(content))
        writer.add_lines("sheet_notes", (30, 60, 10, 60), _list_notes(content, writer))
    return Path(path)


def _rows_by_need(content: ReportContent, words: Mapping[str, str]) -> Iterable[Row]:
    for need, shortlist in content.pairs():
        about = (
            *_name_need(need),
            need.maturity,
            need.mode,
            need.money,
            _write_date(need),
            need.description,
        )
        if not shortlist.matches:
            yield Row((*about, *[""] * (len(_BY_NEED) - len(about))))
        for position, match in enumerate(shortlist):
            achievement = content.achievements[match.achievement_id]
            yield Row(
                (
                    *about,
                    *_tell_match(match, words["yes" if position < shortlist.suitable else "no"]),
                    achievement.id,
                    achievement.title,
                    achievement.organisation,
                    _join_reasons(match, words),
                    achievement.field,
                    achievement.maturity,
                    achievement.mode,
                    achievement.money,
                    achievement.description,
                    _join_extras(achievement, content, words),
                ),
                repeated=len(about) if position else 0,
            )


def _rows_by_achievement(content: ReportContent, words: Mapping[str, str]) -> Iterable[Row]:
    for achievement, wanting in content.wanted():
        about = (
            achievement.id,
            achievement.title,
            achievement.organisation,
            achievement.field,
            achievement.maturity,
            achievement.mode,
            achievement.money,
            _join_extras(achievement, content, words),
            sum(suitable for *_, suitable in wanting),
            len(wanting),
        )
        for position, (need, match, suitable) in enumerate(wanting):
            told = _tell_match(match, words["yes" if suitable else "no"])
            values = (*about, need.id, need.title, need.organisation, *told, _join_reasons(match, words))
            yield Row(values, repeated=len(about) if position else 0)


def _rows_of_gaps(content: ReportContent) -> Iterable[Row]:
    for need, shortlist in content.gaps():
        nearest: tuple[str | float, ...] = ("", "", "")
        if shortlist.matches:
            achievement = content.achievements[shortlist[0].achievement_id]
            nearest = (achievement.title, achievement.organisation, shortlist[0].probability)
        yield Row((*_name_need(need), _write_date(need), need.description, *nearest))


def _rows_set_aside(content: ReportContent) -> Iterable[Row]:
    for row in content.rejected:
        yield Row((row.file, row.sheet, row.row, row.reason, row.content))


def _list_notes(content: ReportContent, writer: SheetWriter) -> list[tuple[Sequence[str | float], Any]]:
    """Return what was counted, how to read it, and what was set or repaired."""
    words = writer.words
    return [
        ((content.title,), writer.large),
        ((words["made_on"], content.made_on.isoformat()), writer.wrapped),
        ((), None),
        ((words["counts"],), writer.heading),
        *(((words[name], number), writer.wrapped) for name, number in _counts(content)),
        ((), None),
        ((words["reading"],), writer.heading),
        *(((words[f"reading_{line}"],), None) for line in range(1, 5)),
        ((), None),
        ((words["settings"],), writer.heading),
        *(((name, value), writer.wrapped) for name, value in content.settings.items()),
        ((), None),
        ((words["notices"],), writer.heading),
        ((words["file"], words["sheet"], words["row"], words["message"]), writer.header),
        *(
            ((notice.file, notice.sheet, notice.row or "", notice.message), writer.wrapped)
            for notice in content.notices
        ),
    ]


def _counts(content: ReportContent) -> list[tuple[str, int]]:
    pairs = content.pairs()
    matched = {match.achievement_id for _, shortlist in pairs for match in shortlist}
    return [
        ("count_needs", len(content.needs)),
        ("count_achievements", len(content.achievements)),
        ("count_matches", sum(len(shortlist) for _, shortlist in pairs)),
        ("count_gaps", len(content.gaps())),
        ("count_expired", len(content.expired)),
        ("count_rejected", len(content.rejected)),
        ("count_unmatched", len(content.achievements) - len(matched)),
    ]


def _name_need(need: Profile) -> tuple[str, ...]:
    return need.id, need.title, need.organisation, need.field, need.region


def _tell_match(match: Match, suitable: str) -> tuple[int, float, str]:
    return match.rank, match.probability, suitable


def _write_date(profile: Profile) -> str:
    return profile.date.isoformat() if profile.date else ""


def _join_reasons(match: Match, words: Mapping[str, str]) -> str:
    return words["between_pairs"].join(match.evidence.reasons)


def _join_extras(profile: Profile, content: ReportContent, words: Mapping[str, str]) -> str:
    pairs = [f"{name}{words['between_name_and_value']}{value}" for name, value in content.list_extras(profile)]
    return words["between_pairs"].join(pairs)
