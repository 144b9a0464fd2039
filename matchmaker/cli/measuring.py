"""The work behind ``matchmaker evaluate`` and ``matchmaker compare``: read, measure, tell, write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.cli.files import beside, put_aside, refuse_empty, refuse_inputs_among, rejections_beside, require_csv
from matchmaker.cli.options import read_whole
from matchmaker.cli.screen import Screen
from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation import Exposure, Summary, contrast, evaluate_shortlists, measure_exposure
from matchmaker.evaluation.ranking import choose_gain
from matchmaker.evaluation.rules import Lang
from matchmaker.records import Judgment, Match, Profile, Records, Rejection
from matchmaker.tables import read_achievements, read_judgments, read_shortlists, write_csv

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Scale:
    """How to measure, as typed."""

    k: str = "10"
    relevant_from: str = "3"
    lowest: str = "1"

    def measure(self, screen: Screen, listed: Records[Match], judged: Records[Judgment]) -> Summary:
        """Measure shortlists.

        Raises
        ------
        SettingError
            If something typed is no whole number, or does not make sense.
        """
        lowest = read_whole("--lowest", self.lowest, lang=screen.lang)
        relevant_from = read_whole("--relevant-from", self.relevant_from, lang=screen.lang)
        least = min(row.grade for row in judged)
        if least < lowest < relevant_from:
            raise SettingError(screen.word("low_grade", grade=least, lowest=lowest))
        lists, judgments = (list(dict.fromkeys(row.need_id for row in rows)) for rows in (listed, judged))
        if not set(lists) & set(judgments):
            some = (", ".join(ids[:3]) for ids in (lists, judgments))
            raise TableError(screen.word("no_shared_need", listed=next(some), judged=next(some)))
        return evaluate_shortlists(
            listed,
            judged,
            k=self.depth(screen),
            relevant_from=relevant_from,
            gain=choose_gain(lowest, max(row.grade for row in judged)),
            lowest=lowest,
            lang=_language(screen),
        )

    def depth(self, screen: Screen) -> int:
        """Return the depth of the metrics."""
        return read_whole("--k", self.k, lang=screen.lang, least=1)


def evaluate_file(
    screen: Screen, shortlists: Path, judgments: Path, achievements: Path | None, scale: Scale, out: Path | None
) -> int:
    """Do the work of ``matchmaker evaluate``; return the exit code."""
    institutions = None if out is None else beside(out, "institutions")
    _check_places(screen, out, institutions, [shortlists, judgments, *filter(None, [achievements])])
    scale.depth(screen)
    listed, judged = read_shortlists(shortlists, lang=screen.lang), read_judgments(judgments, lang=screen.lang)
    register = None if achievements is None else read_achievements(achievements, lang=screen.lang)
    tables: list[Records[Any]] = [listed, judged, *([] if register is None else [register])]
    for table in tables:
        refuse_empty(screen, table)
    summary = scale.measure(screen, listed, judged)
    exposure = None if register is None else _expose(screen, listed, register, scale)
    screen.show(summary.to_text())
    screen.show("\n" + summary.verdict())
    if exposure is not None:
        screen.show("\n" + exposure.to_text())
    if out is not None:
        _write(screen, out, summary.to_frame())
    if institutions is not None and exposure is not None:
        _write(screen, institutions, exposure.to_frame())
    return _finish(screen, out, [rejection for table in tables for rejection in table.rejected])


def compare_files(screen: Screen, a: Path, b: Path, judgments: Path, scale: Scale, out: Path | None) -> int:
    """Do the work of ``matchmaker compare``; return the exit code."""
    from matchmaker.cli.showing import show_table

    needs = None if out is None else beside(out, "needs")
    _check_places(screen, out, needs, [a, b, judgments])
    scale.depth(screen)
    first, second = (read_shortlists(path, lang=screen.lang) for path in (a, b))
    judged = read_judgments(judgments, lang=screen.lang)
    tables: list[Records[Any]] = [first, second, judged]
    for table in tables:
        refuse_empty(screen, table)
    before, after = (scale.measure(screen, side, judged) for side in (first, second))
    found = contrast(before, after, lang=_language(screen))
    screen.show(screen.word("sides", a=a, b=b))
    show_table(found.table())
    screen.show(found.verdict())
    if out is not None and needs is not None:
        _write(screen, out, found.to_frame())
        _write(screen, needs, found.by_need())
    return _finish(screen, out, [rejection for table in tables for rejection in table.rejected])


def _language(screen: Screen) -> Lang:
    return "zh" if screen.lang == "zh" else "en"


def _check_places(screen: Screen, out: Path | None, more: Path | None, inputs: list[Path]) -> None:
    """Raise ``SettingError`` unless the results can be written where they are asked for."""
    if out is None or more is None:
        return
    require_csv(out, lang=screen.lang)
    refuse_inputs_among([out, more, rejections_beside(out)], inputs, lang=screen.lang)


def _expose(screen: Screen, listed: Records[Match], register: Records[Profile], scale: Scale) -> Exposure:
    known = {profile.id for profile in register}
    for match in listed:
        if match.achievement_id not in known:
            raise TableError(screen.word("unknown_achievement", id=match.achievement_id))
    return measure_exposure(listed, register, k=scale.depth(screen), lang=_language(screen))


def _write(screen: Screen, path: Path, frame: pd.DataFrame) -> None:
    write_csv(path, list(frame.columns), frame.itertuples(index=False, name=None), lang=screen.lang)


def _finish(screen: Screen, out: Path | None, rejected: list[Rejection]) -> int:
    """Tell of the rows set aside, or write them beside the results; return the exit code."""
    if out is not None:
        return put_aside(screen, rejected, rejections_beside(out))
    screen.warn_rejected(rejected, screen.word("nowhere"))
    return int(bool(rejected))
