"""From lines to records: every row becomes a record, is set aside with its reason, or was blank."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from matchmaker.records import Evidence, Judgment, Kind, Match, Pair, Profile
from matchmaker.tables.cells import read_integer, read_number, split_keywords
from matchmaker.tables.contracts import Contract
from matchmaker.tables.evidence import read_evidence
from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Grid
from matchmaker.tables.lines import Layout, Line

T = TypeVar("T")

_BARE_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?:\s*[-~～—至]+\s*[0-9]+(?:\.[0-9]+)?)?")


def parse(
    grids: Iterable[Grid], contract: Contract, build: Callable[[Line], T | None], findings: Findings
) -> tuple[T, ...]:
    """Make a record of each row.

    Parameters
    ----------
    grids : iterable of Grid
        The tables.
    contract : Contract
        The kind of table; a row with a required cell blank is set aside.
    build : callable
        Makes a record of a line, or sets the line aside and returns None.
    findings : Findings
        Takes rows set aside and notices.

    Returns
    -------
    tuple
        The records, in order. Together with the rows set aside and the blank ones they are all rows below the headers.
    """
    return tuple(parse_lines(grids, contract, build, findings))


def parse_lines(
    grids: Iterable[Grid], contract: Contract, build: Callable[[Line], T | None], findings: Findings
) -> Iterator[T]:
    """Yield what `parse` returns, row by row; findings are complete when all of them have been asked for."""
    for grid in grids:
        layout = Layout(grid, findings)
        for line in layout.lines():
            missing = [name for name in contract.required if not line.get_short(name)]
            if missing:
                labels = [layout.label(name) for name in missing]
                line.reject("missing", column=("、" if findings.lang == "zh" else ", ").join(labels))
                continue
            record = build(line)
            if record is not None:
                yield record


def profile_builder(contract: Contract, kind: Kind) -> Callable[[Line], Profile | None]:
    """Return the function that makes a profile of a line; of lines with the same id the first one stays."""
    columns = {column.attribute: column.name for column in contract.columns}
    seen: dict[str, tuple[str, int]] = {}

    def build(line: Line) -> Profile | None:
        layout, texts = line.layout, line.texts
        key = line.get_id(columns["id"])
        here = (layout.grid.sheet, line.number)
        sheet, row = seen.setdefault(key, here)
        if (sheet, row) != here:
            line.reject("duplicate" if sheet == here[0] else "duplicate_sheet", id=key, row=row, sheet=sheet)
            return None
        money = line.get_short(columns["money"])
        if (unit := layout.units.get(columns["money"])) and _BARE_NUMBER.fullmatch(
            unicodedata.normalize("NFKC", money)
        ):
            money += unit
        return Profile(
            id=key,
            kind=kind,
            title=line.get(columns["title"]),
            description=line.get(columns["description"]),
            keywords=split_keywords(line.get(columns["keywords"])),
            field=line.get_short(columns["field"]),
            organisation=line.get_short(columns["organisation"]),
            region=line.get_short(columns["region"]),
            maturity=line.get_short(columns["maturity"]),
            mode=line.get_short(columns["mode"]),
            money=money,
            date=line.get_date(columns["date"], last=kind == "need"),
            extra={name: texts[position] for position, name in layout.extras if texts[position]},
        )

    return build


def build_judgment(line: Line) -> Judgment | None:
    """Make a judgment of a line; a grade that is no integer, or a weight that is no number above 0, sets it aside."""
    grade = read_integer(line.get("grade"))
    if grade is None:
        line.reject("not_integer", column=line.layout.label("grade"), value=line.get("grade")[:40])
        return None
    weight = read_number(line.get_short("weight") or "1")
    if weight is None or weight <= 0:
        line.reject("not_positive", column=line.layout.label("weight"), value=line.get("weight")[:40])
        return None
    return Judgment(
        need_id=line.get_id("need_id"),
        achievement_id=line.get_id("achievement_id"),
        grade=grade,
        event_id=line.get_id("event_id"),
        judged_on=line.get_date("judged_on"),
        weight=weight,
    )


def build_pair(line: Line) -> Pair:
    """Make a pair of a line."""
    return Pair(need_id=line.get_id("need_id"), achievement_id=line.get_id("achievement_id"))


def _split_reasons(text: str) -> tuple[str, ...]:
    return tuple(reason.strip() for reason in text.split("; ") if reason.strip())


def match_builder() -> Callable[[Line], Match | None]:
    """Return the function that makes a match of a line of shortlists; a pair that comes twice is set aside."""
    seen: dict[tuple[str, str], int] = {}

    def build(line: Line) -> Match | None:
        rank = read_integer(line.get("rank"))
        score, probability = read_number(line.get("score")), read_number(line.get("probability"))
        wrong = None
        if rank is None or rank < 1:
            wrong = ("not_rank", "rank")
        elif score is None:
            wrong = ("not_number", "score")
        elif probability is None or not 0.0 <= probability <= 1.0:
            wrong = ("not_probability", "probability")
        if wrong is not None or rank is None or score is None or probability is None:
            key, name = wrong or ("not_number", "score")
            line.reject(key, column=line.layout.label(name), value=line.get(name)[:40])
            return None
        need, achievement = line.get_id("need_id"), line.get_id("achievement_id")
        if (first := seen.setdefault((need, achievement), line.number)) != line.number:
            line.reject("duplicate_pair", need=need, achievement=achievement, row=first)
            return None
        told = _split_reasons(line.get("reasons"))
        evidence = read_evidence(line.get("evidence"), told)
        if evidence is None:  # written by hand, or shortened by a spreadsheet program
            evidence = Evidence(reasons=told or _split_reasons(line.get("evidence")))
        return Match(need, achievement, rank, score, probability, evidence)

    return build
