"""Decisions that come back: packs, the sheet of the event's workbook, or a CSV, many files at once."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from dataclasses import replace
from pathlib import Path

from matchmaker.docking import Standing
from matchmaker.languages import check_language
from matchmaker.marking import DECISIONS
from matchmaker.proceedings import Decision
from matchmaker.records import Records, Rejection
from matchmaker.tables.answers import DECISION_TABLE, check_pair, list_words, read_many, read_standing
from matchmaker.tables.lines import Line
from matchmaker.tables.messages import say
from matchmaker.tables.parsing import parse
from matchmaker.tables.reading import start_reading

_STANDINGS: dict[str, Standing] = {"must": "must", "wish": "wish", "veto": "veto"}
# Of several decisions about a pair the first of these stands.
_STRENGTH: dict[Standing, int] = {"veto": 0, "must": 1, "wish": 2, "": 3}


def read_decisions(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    needs: Container[str] | None = None,
    achievements: Container[str] | None = None,
    lang: str = "zh",
) -> Records[Decision]:
    r"""Read what organisers, enterprises and teams decided; one decision a pair.

    Of decisions about the same pair that contradict each other the veto stands: it may guard against a conflict of
    interest or a competitor, and a meeting that was wrongly left out can be made up for, one that was wrongly held
    cannot. The other row is set aside, and both places are named. Must-meet beats wish without a word.

    Parameters
    ----------
    paths : str, path, or several of them
        Packs, the event's workbook, or tables of any kind that can be read, with a column for the decision. Rows
        without a decision and without a comment say nothing and are passed over.
    needs, achievements : container of str, optional
        Known ids; rows that name another are set aside.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Records of Decision
        In the order in which pairs were first met.

    Raises
    ------
    TableError
        If no file can be used; one unusable file among several is set aside as a whole.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "意见.csv"
    >>> text = "需求编号,成果编号,意见,备注\nN-1,A-1,必须谈,\nN-1,A-2,,\nN-2,A-1,看情况,\n"
    >>> _ = file.write_text(text, encoding="utf-8")
    >>> found = read_decisions(file, lang="en")
    >>> [(one.need_id, one.achievement_id, one.standing, one.row) for one in found]
    [('N-1', 'A-1', 'must', 2)]
    >>> print(found.rejected[0].reason)
    意见 says "看情况", which is none of: must, wish, veto
    >>> folder.cleanup()
    """
    check_language(lang)
    raw = read_many(paths, lambda path: _read_file(path, needs, achievements, lang))
    return settle_decisions(raw, lang=lang)


def settle_decisions(decisions: Records[Decision], *, lang: str = "zh") -> Records[Decision]:
    """Keep one decision a pair; what contradicts it is set aside.

    Parameters
    ----------
    decisions : Records of Decision
        In the order in which they were read.
    lang : {"zh", "en"}

    Returns
    -------
    Records of Decision
    """
    by_pair: dict[tuple[str, str], list[Decision]] = {}
    for decision in decisions:
        by_pair.setdefault((decision.need_id, decision.achievement_id), []).append(decision)
    kept: list[Decision] = []
    overruled: list[Rejection] = []
    names = {word.code: word.name(lang) for word in DECISIONS}
    for group in by_pair.values():
        stands = min(group, key=lambda one: _STRENGTH[one.standing])
        for one in group:
            if stands.standing == "veto" and one.standing in ("must", "wish"):
                reason = say(
                    lang,
                    "overruled",
                    need=one.need_id,
                    achievement=one.achievement_id,
                    mine=names[one.standing],
                    other=stands.place,
                )
                overruled.append(Rejection(one.file, one.sheet, one.row, reason, one.comment))
        comments = dict.fromkeys(one.comment for one in group if one.comment and one.standing in (stands.standing, ""))
        kept.append(replace(stands, comment="；".join(comments)))
    return replace(decisions, rows=tuple(kept), rejected=(*decisions.rejected, *overruled))


def _read_file(
    path: Path, needs: Container[str] | None, achievements: Container[str] | None, lang: str
) -> Records[Decision]:
    reading = start_reading(path, DECISION_TABLE, sheet=None, connection=None, lang=lang)

    def build(line: Line) -> Decision | None:
        written, comment = line.get_short("decision"), line.get("comment")
        if not written and not comment:
            return None
        need, achievement = line.get_id("need_id"), line.get_id("achievement_id")
        wrong, column, name = check_pair(need, achievement, needs, achievements)
        if wrong:
            line.reject(wrong, column=line.layout.label(column), id=name)
            return None
        standing, rest = ("", "") if not written else read_standing(written) or (None, "")
        if standing is None:
            allowed = list_words(DECISIONS, lang)
            line.reject("not_word", column=line.layout.label("decision"), value=written[:40], allowed=allowed)
            return None
        return Decision(
            need_id=need,
            achievement_id=achievement,
            standing=_STANDINGS.get(standing, ""),
            comment="；".join(filter(None, (rest, comment))),
            file=path.name,
            sheet=line.layout.grid.sheet,
            row=line.number,
        )

    rows = parse(reading.grids, replace(DECISION_TABLE, required=()), build, reading.findings)
    rejected, notices = reading.findings.close()
    return Records(rows, rejected, notices, reading.findings.source, reading.digest.hexdigest())
