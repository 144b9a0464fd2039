"""The report of an event: one page without a script, and a workbook; next to the event before."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matchmaker.proceedings import EventFigures
from matchmaker.report.document import render_document
from matchmaker.report.event_report_wording import words_for_report
from matchmaker.report.files import write_whole
from matchmaker.report.sheets import Column, Row, open_sheets

GROUPS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "acceptance": (("taken", "taken", "shown"), ("taken_suitable", "taken_suitable", "suitable")),
    "meetings": (
        ("met", "met", "planned"),
        ("cut_short", "cut_short", "planned"),
        ("missed", "missed", "planned"),
        ("unmarked", "unmarked", "planned"),
    ),
    "coverage": (
        ("needs_suitable", "needs_suitable", "needs"),
        ("needs_planned", "needs_planned", "needs"),
        ("needs_met", "needs_met", "needs"),
        ("needs_fruitful", "needs_fruitful", "needs"),
    ),
    "results": (
        ("again", "again", "talked"),
        ("second_meeting", "second_meeting", "talked"),
        ("sample_sent", "sample_sent", "talked"),
        ("contract", "contract", "talked"),
        ("failed", "failed", "talked"),
    ),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, and the interval in which the true share lies; NaN where there was nothing to count."""

    positive: int
    trials: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share; 0 of nothing."""
        return self.positive / self.trials if self.trials else 0.0


@dataclass(frozen=True, slots=True)
class EventReport:
    """What the report shows.

    Attributes
    ----------
    figures : EventFigures
    rates : mapping of str to Rate
        By indicator, as `GROUPS` names them.
    previous : EventFigures or None
    previous_rates : mapping of str to Rate
    lang : {"zh", "en"}
    """

    figures: EventFigures
    rates: Mapping[str, Rate]
    previous: EventFigures | None = None
    previous_rates: Mapping[str, Rate] | None = None
    lang: str = "zh"


def write_event_page(report: EventReport, path: str | os.PathLike[str]) -> Path:
    """Write the report as one self-contained HTML page; the same report gives the same bytes.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced.
    """
    return write_whole(path, render_event_page(report).encode("utf-8", "replace"))


def render_event_page(report: EventReport) -> str:
    """Return the page as HTML text; it runs no script, and its policy allows none but its own, empty one."""
    words = words_for_report(report.lang)
    figures, previous = report.figures, report.previous
    before = {} if previous is None else dict(previous.obstacles)
    tables = {} if previous is None else {one.name: one.planned for one in previous.institutions}
    most = max((one.planned for one in figures.institutions), default=0)
    return render_document(
        "event_report.html.jinja",
        ("base.css", "event_report.css"),
        (),
        None,
        lang=report.lang,
        words=words,
        title=f"{words['title']} {figures.name}",
        figures=figures,
        previous=previous,
        compared="" if previous is None else words["compared"].format(name=previous.name, day=previous.day.isoformat()),
        tiles=list(_list_tiles(figures, previous, words)),
        groups=[
            (words[f"group_{group}"], [_tell_rate(name, report, words) for name, *_ in rows])
            for group, rows in GROUPS.items()
        ],
        ranks=[(one, one.met / one.shown if one.shown else 0.0) for one in figures.ranks],
        obstacles=[
            (words.get(f"obstacle_{code}", code), count, before.get(code, 0)) for code, count in _all_obstacles(report)
        ],
        most_obstacles=max((count for _, count in figures.obstacles), default=0),
        institutions=[(one, tables.get(one.name, 0)) for one in figures.institutions],
        most_tables=most,
        institutions_note=_note_institutions(figures, most, words),
        unplanned_note=words["unplanned_note"].format(count=figures.unplanned) if figures.unplanned else "",
    )


def write_event_report_workbook(report: EventReport, path: str | os.PathLike[str]) -> Path:
    """Write the same as an Excel workbook; the same report gives the same bytes.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced, most often because Excel holds it open.
    """
    words = words_for_report(report.lang)
    rates = (
        Column("indicator", 34),
        Column("positive", 9, "number"),
        Column("trials", 9, "number"),
        Column("share", 12, "percent"),
        Column("low", 12, "percent"),
        Column("high", 12, "percent"),
        Column("before_count", 12, "number"),
        Column("before_share", 12, "percent"),
    )
    ranks = (Column("rank", 8, "number"), *(Column(name, 12, "number") for name in ("shown", "planned", "met_count")))
    obstacles = (Column("obstacle", 26), Column("count", 10, "number"), Column("before_count", 14, "number"))
    institutions = (
        Column("institution", 34),
        *(Column(name, 12, "number") for name in ("shown", "planned", "met_count", "fruitful", "before_planned")),
    )
    with open_sheets(path, words["title"], report.figures.day, words) as writer:
        writer.add_table("sheet_rates", rates, _rows_of_rates(report, words), frozen=1)
        writer.add_table(
            "sheet_ranks",
            (*ranks, Column("met_share", 12, "percent")),
            (
                Row((one.rank, one.shown, one.planned, one.met, one.met / one.shown if one.shown else 0.0))
                for one in report.figures.ranks
            ),
        )
        before = {} if report.previous is None else dict(report.previous.obstacles)
        writer.add_table(
            "sheet_obstacles",
            obstacles,
            (
                Row((words.get(f"obstacle_{code}", code), count, before.get(code, 0) if before else ""))
                for code, count in _all_obstacles(report)
            ),
        )
        tables = {} if report.previous is None else {one.name: one.planned for one in report.previous.institutions}
        writer.add_table(
            "sheet_institutions",
            institutions,
            (
                Row((one.name, one.shown, one.planned, one.met, one.fruitful, tables.get(one.name, "")))
                for one in report.figures.institutions
            ),
            frozen=1,
        )
    return Path(path)


def _list_tiles(
    figures: EventFigures, previous: EventFigures | None, words: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield name, number, and the number before."""
    for name, attribute in (
        ("planned", "planned"),
        ("met", "met"),
        ("needs", "needs_met"),
        ("fruitful", "needs_fruitful"),
        ("contract", "contract"),
        ("amount", "amount"),
    ):
        shown = [_tell_number(getattr(one, attribute), attribute, words) for one in (figures, previous) if one]
        yield words[f"tile_{name}"], shown[0], shown[1] if previous is not None else ""


def _tell_number(value: float, attribute: str, words: Mapping[str, str]) -> str:
    if attribute == "amount":
        return words["amount"].format(amount=value / 10_000, yuan=value)
    return str(value)


def _tell_rate(name: str, report: EventReport, words: Mapping[str, str]) -> dict[str, object]:
    rate = report.rates[name]
    before = (report.previous_rates or {}).get(name)
    return {
        "name": words[name],
        "rate": rate,
        "count": words["of"].format(positive=rate.positive, trials=rate.trials),
        "interval": words["interval"].format(low=rate.low, high=rate.high) if rate.trials else "",
        "before": before,
        "before_count": words["of"].format(positive=before.positive, trials=before.trials) if before else "",
    }


def _rows_of_rates(report: EventReport, words: Mapping[str, str]) -> Iterator[Row]:
    for rows in GROUPS.values():
        for name, *_ in rows:
            rate, before = report.rates[name], (report.previous_rates or {}).get(name)
            told: Sequence[str | float] = (rate.share, rate.low, rate.high) if rate.trials else ("", "", "")
            earlier: Sequence[str | float] = (before.positive, before.share) if before and before.trials else ("", "")
            yield Row((words[name], rate.positive, rate.trials, *told, *earlier))


def _note_institutions(figures: EventFigures, most: int, words: Mapping[str, str]) -> str:
    note = words["institutions_note"].format(share=most / figures.planned if figures.planned else 0.0)
    without = sum(one.planned == 0 for one in figures.institutions)
    return note + (words["institutions_without"].format(without=without) if without else "")


def _all_obstacles(report: EventReport) -> list[tuple[str, int]]:
    """Return the obstacles of this event, then those that only the one before had."""
    now = dict(report.figures.obstacles)
    gone = () if report.previous is None else (code for code, _ in report.previous.obstacles if code not in now)
    return [*now.items(), *((code, 0) for code in gone)]
