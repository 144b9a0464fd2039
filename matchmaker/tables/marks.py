"""Marks of meetings: the file that the book exports, and sheets or tables of outcomes, many files at once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from matchmaker.docking import Mark
from matchmaker.languages import check_language
from matchmaker.marking import MARKS_FORMAT, OBSTACLES, RESULTS, STATES, Word
from matchmaker.records import Notice, Records
from matchmaker.tables.answers import MARK_TABLE, check_pair, list_words, read_again, read_many, read_word
from matchmaker.tables.cells import cell_text, tidy
from matchmaker.tables.findings import Findings
from matchmaker.tables.lines import Line
from matchmaker.tables.messages import say
from matchmaker.tables.parsing import parse
from matchmaker.tables.reading import start_reading

_WORDS: Mapping[str, tuple[Word, ...]] = {"state": STATES, "result": RESULTS, "obstacle": OBSTACLES}
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(亿|百万|万|千)?\s*(?:元|人民币|rmb|yuan)?")
_TIMES = {"亿": 1e8, "百万": 1e6, "万": 1e4, "千": 1e3}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mark and where it was written."""

    mark: Mark
    file: str
    sheet: str
    row: int


def read_marks(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    event_id: str = "",
    needs: Container[str] | None = None,
    achievements: Container[str] | None = None,
    lang: str = "zh",
) -> Records[Mark]:
    r"""Read what was noted of meetings on the day and afterwards; one mark a pair.

    What several files say of a pair is put together; where they contradict each other the later file stands and a
    notice names both places.

    Parameters
    ----------
    paths : str, path, or several of them
        Files that the book exported (``.json``), workbooks with a sheet of outcomes, or tables of any kind that can be
        read. Rows that say nothing are passed over.
    event_id : str
        A file that the book of another event exported is set aside; empty takes any.
    needs, achievements : container of str, optional
        Known ids; rows that name another are set aside.
    lang : {"zh", "en"}

    Returns
    -------
    Records of Mark
        In the order in which pairs were first met.

    Raises
    ------
    TableError
        If no file can be used; one unusable file among several is set aside as a whole.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "结果.csv"
    >>> text = "需求编号,成果编号,当天情况,后续结果,合同金额（万元）\nN-1,A-1,已谈,签约,12\n"
    >>> _ = file.write_text(text, encoding="utf-8")
    >>> mark = read_marks(file)[0]
    >>> mark.state, mark.result, mark.amount
    ('held', 'contract', 120000.0)
    >>> folder.cleanup()
    """
    check_language(lang)

    def read(path: Path) -> Records[_Placed]:
        if path.suffix.lower() == ".json" and path.is_file():
            return _read_export(path, _load(path), event_id, needs, achievements, lang)
        return _read_table(path, needs, achievements, lang)

    return _put_together(read_many(paths, read), lang)


def _load(path: Path) -> Any:
    """Return what a JSON file holds; None when it is empty, broken or cannot be opened."""
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError):
        return None


def _read_export(
    path: Path,
    content: Any,
    event_id: str,
    needs: Container[str] | None,
    achievements: Container[str] | None,
    lang: str,
) -> Records[_Placed]:
    findings = Findings(path.name, lang)
    found = content.get("format", "") if isinstance(content, dict) else ""
    if found != MARKS_FORMAT or not isinstance(content.get("marks"), list):
        raise findings.error("not_marks", source=path.name, found=str(found)[:40], expected=MARKS_FORMAT)
    other = cell_text(content.get("event_id"))
    if event_id and other != event_id:
        raise findings.error("other_event", source=path.name, found=other[:40], expected=event_id)
    rows = []
    for number, entry in enumerate(content["marks"], start=1):
        if not isinstance(entry, dict):
            findings.reject("", number, "not_mark", (cell_text(entry),))
            continue
        cells = {str(name): tidy(cell_text(value)) for name, value in entry.items()}
        mark, key, values = _build(cells, "", needs, achievements, {}, lang)
        if key:
            findings.reject("", number, key, cells.values(), **values)
        elif mark is not None:
            rows.append(_Placed(mark, path.name, "", number))
    rejected, notices = findings.close()
    return Records(tuple(rows), rejected, notices, path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def _read_table(
    path: Path, needs: Container[str] | None, achievements: Container[str] | None, lang: str
) -> Records[_Placed]:
    reading = start_reading(path, MARK_TABLE, sheet=None, connection=None, lang=lang)

    def build(line: Line) -> _Placed | None:
        if not {"state", "result", "again", "obstacle"} & line.positions.keys():
            return None  # a sheet of pairs that asks for something else
        names = [column.name for column in MARK_TABLE.columns]
        cells = {name: line.get_id(name) if name.endswith("_id") else line.get_short(name) for name in names}
        labels = {name: line.layout.label(name) for name in names}
        unit = line.layout.units.get("amount", "")
        mark, key, values = _build(cells, unit, needs, achievements, labels, lang)
        if key:
            line.reject(key, **values)
        return None if mark is None else _Placed(mark, path.name, line.layout.grid.sheet, line.number)

    rows = parse(reading.grids, replace(MARK_TABLE, required=()), build, reading.findings)
    rejected, notices = reading.findings.close()
    return Records(rows, rejected, notices, reading.findings.source, reading.digest.hexdigest())


def _build(
    cells: Mapping[str, str],
    unit: str,
    needs: Container[str] | None,
    achievements: Container[str] | None,
    labels: Mapping[str, str],
    lang: str,
) -> tuple[Mark | None, str, dict[str, object]]:
    """Return a mark, or why there is none: the key of a message with its values, or an empty one for a blank row."""
    told = {name: cells.get(name, "") for name in ("state", "again", "result", "amount", "obstacle", "comment")}
    said = {name: text for name, text in told.items() if text and not (name == "again" and text == "FALSE")}
    if not said:
        return None, "", {}
    wrong, column, value = check_pair(cells.get("need_id", ""), cells.get("achievement_id", ""), needs, achievements)
    if wrong:
        return None, wrong, {"column": labels.get(column, column), "id": value}
    codes: dict[str, str] = {}
    comments = []
    for name, words in _WORDS.items():
        if not told[name]:
            continue
        word, rest = read_word(words, told[name])
        if word is None:
            allowed = list_words(words, lang)
            return None, "not_word", {"column": labels.get(name, name), "value": told[name][:40], "allowed": allowed}
        codes[name] = word.code
        comments.append(rest)
    again = read_again(told["again"])
    if again is None:
        label, allowed = labels.get("again", "again"), say(lang, "again_words")
        return None, "not_word", {"column": label, "value": told["again"][:40], "allowed": allowed}
    amount = _read_amount(told["amount"], unit)
    if amount is None:
        return None, "not_amount", {"column": labels.get("amount", "amount"), "value": told["amount"][:40]}
    mark = Mark(
        need_id=cells["need_id"],
        achievement_id=cells["achievement_id"],
        state=codes.get("state", ""),
        again=again[0],
        result=codes.get("result", ""),
        amount=amount,
        obstacle=codes.get("obstacle", ""),
        comment="；".join(filter(None, (*comments, told["comment"]))),
        again_by=again[1],
    )
    return mark, "", {}


def _read_amount(text: str, unit: str) -> float | None:
    """Return an amount in yuan; 0 for a blank, None for what is no amount.

    Examples
    --------
    >>> _read_amount("12", "万元"), _read_amount("3.5万", ""), _read_amount("1,200,000元", ""), _read_amount("面议", "")
    (120000.0, 35000.0, 1200000.0, None)
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace(",", "").strip().lstrip("¥￥约 ")
    if not plain:
        return 0.0
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return None
    size = found[2] or unit.removesuffix("元")
    return float(found[1]) * _TIMES.get(size, 1.0)


def _put_together(placed: Records[_Placed], lang: str) -> Records[Mark]:
    """Return one mark a pair; later ones fill in and, where they differ, stand."""
    marks: dict[tuple[str, str], _Placed] = {}
    notices = list(placed.notices)
    for one in placed:
        pair = (one.mark.need_id, one.mark.achievement_id)
        before = marks.get(pair)
        if before is None:
            marks[pair] = one
            continue
        changed: dict[str, Any] = {}
        for part in fields(Mark)[2:]:
            old, new = getattr(before.mark, part.name), getattr(one.mark, part.name)
            if part.name == "comment":
                changed["comment"] = "；".join(dict.fromkeys(filter(None, (old, new))))
            elif new:
                changed[part.name] = new
                if old and old != new:
                    where = f"{before.file}{f' [{before.sheet}]' if before.sheet else ''} {before.row}"
                    message = say(
                        lang, "marked_twice", need=pair[0], achievement=pair[1], old=old, new=new, place=where
                    )
                    notices.append(Notice(one.file, one.sheet, one.row, message))
        marks[pair] = replace(one, mark=replace(before.mark, **changed))
    return Records(
        tuple(one.mark for one in marks.values()),
        placed.rejected,
        tuple(notices),
        placed.source,
        placed.sha256,
    )
