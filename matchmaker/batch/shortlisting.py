"""Shortlists of a register of needs that is read in parts, written in parts, and put together in the end."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from matchmaker.batch.parts import Notes, cut, name_part, open_once, work
from matchmaker.collecting import without_collecting
from matchmaker.engine import Progress
from matchmaker.files import replacing
from matchmaker.rank.filters import Filter
from matchmaker.records import Match, Profile, Shortlist
from matchmaker.storage import name_model
from matchmaker.tables.evidence import write_evidence

# Needs answered by one process at a time: what a killed run must do again.
PART = 256
NOTES = "unfinished"
SHORTLISTS = "shortlists.parquet"
SCHEMA = pa.schema(
    [
        ("need_id", pa.string()),
        ("rank", pa.int32()),
        ("achievement_id", pa.string()),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("evidence", pa.string()),
        ("reasons", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many needs were answered, found something suitable, found nothing, or had expired; and matches in all."""

    needs: int = 0
    served: int = 0
    unserved: int = 0
    expired: int = 0
    matches: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Add up."""
        return Tally(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class StreamedShortlists:
    """What came of a run: the file, its counts, and how many needs an earlier run had answered already."""

    path: Path
    counts: Tally
    resumed: int


def stream_shortlists(
    index: Path,
    needs: Iterable[Profile],
    out: Path,
    *,
    k: int = 10,
    rules: Filter | None = None,
    lang: str = "zh",
    workers: int = 1,
    total: int = 0,
    part: int = PART,
    progress: Progress | None = None,
) -> StreamedShortlists:
    """Write the shortlists of many needs to ``shortlists.parquet`` in a folder, whole or not at all.

    Needs are gone through once and never all held. A run that is broken off leaves the parts that it finished in the
    folder's ``unfinished``; the next run of the same index, needs and rules goes on with them.

    Parameters
    ----------
    index : Path
        A saved model (`Matchmaker.save`, `update_index`).
    needs : iterable of Profile
    out : Path
        Folder; made when missing.
    k : int
        Longest shortlist.
    rules : Filter, optional
        What may be matched with what, in the terms of the index.
    lang : {"zh", "en"}
        Language of reasons.
    workers : int
        Processes.
    total : int
        How many needs there are, if that is known, to tell progress by.
    part : int
        Needs answered by one process at a time.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    StreamedShortlists
        The rows of the file follow the contract of shortlists, in the order of the needs; `read_shortlists` reads it.
    """
    notes = Notes(out / NOTES)
    rules = rules or Filter()
    settings = [name_model(index), k, dataclasses.asdict(rules), lang]

    def jobs() -> Iterator[_Part]:
        for profiles in cut(needs, part):
            yield _Part(index, out / NOTES, profiles, name_part(profiles, settings), k, rules, lang)

    names: list[str] = []
    counts, resumed = Tally(), 0
    for name, found, again in work(_answer_part, jobs(), workers):
        names.append(name)
        counts += found
        resumed += found.needs * again
        if progress:
            progress("rank", counts.needs, max(total, counts.needs))
    with replacing(out / SHORTLISTS) as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for name in names:
            writer.write_table(pq.read_table(notes.folder / f"{name}.parquet", schema=SCHEMA))
    notes.clear()
    return StreamedShortlists(out / SHORTLISTS, counts, resumed)


def write_answers(answers: Iterable[tuple[Sequence[Profile], Sequence[Shortlist]]], out: Path, rules: Filter) -> Tally:
    """Write shortlists that were made elsewhere to ``shortlists.parquet``, whole or not at all, and count them.

    Parameters
    ----------
    answers : iterable of (needs, shortlists)
        Part by part; of each part one shortlist a need, in the same order.
    out : Path
        Folder; made when missing.
    rules : Filter
        By which they were made.
    """
    out.mkdir(parents=True, exist_ok=True)
    counts = Tally()
    with replacing(out / SHORTLISTS) as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for needs, shortlists in answers:
            writer.write_table(tabulate(shortlists))
            counts += count(needs, shortlists, rules)
    return counts


@dataclass(frozen=True, slots=True)
class _Part:
    """Needs to be answered, by which index and rules, and where their rows and the note on them shall lie."""

    index: Path
    folder: Path
    needs: Sequence[Profile]
    name: str
    k: int
    rules: Filter
    lang: str


def _answer_part(job: _Part) -> tuple[str, Tally, bool]:
    """Write the rows of a part; return its name, its counts, and whether an earlier run had written them."""
    notes, file = Notes(job.folder), job.folder / f"{job.name}.parquet"
    if note := notes.find(job.name):
        with suppress(OSError, KeyError, TypeError):
            if hashlib.sha256(file.read_bytes()).hexdigest() == note["sha256"]:
                return job.name, Tally(**note["counts"]), True
    engine = open_once(job.index)
    engine.lang = "zh" if job.lang == "zh" else "en"
    with without_collecting(), replacing(file) as opened:
        shortlists = engine.shortlist(job.needs, k=job.k, filter=job.rules)
        pq.write_table(tabulate(shortlists), opened, compression="zstd")
    counts = count(job.needs, shortlists, job.rules)
    content = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "counts": dataclasses.asdict(counts)}
    notes.write(job.name, content)
    return job.name, counts, False


def count(needs: Sequence[Profile], shortlists: Sequence[Shortlist], rules: Filter) -> Tally:
    """Count what came of needs."""
    served = sum(one.suitable > 0 for one in shortlists)
    days = [None if need.date is None else need.date.toordinal() - _EPOCH for need in needs]
    expired = sum(rules.as_of >= 0 and day is not None and day < rules.as_of for day in days)
    return Tally(len(needs), served, len(needs) - served - expired, expired, sum(map(len, shortlists)))


_EPOCH = 719163  # ordinal of 1970-01-01


def tabulate(shortlists: Iterable[Shortlist]) -> pa.Table:
    """Return shortlists as a table of the contract's columns: score with 6 decimals, probability with 4."""
    rows = [_row(match) for shortlist in shortlists for match in shortlist]
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in SCHEMA]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], SCHEMA)


def _row(match: Match) -> tuple[Any, ...]:
    numbers = round(match.score, 6) + 0.0, round(match.probability, 4) + 0.0
    evidence = write_evidence(match.evidence), str(match.evidence)
    texts = (text.encode("utf-8", "replace").decode() for text in (match.need_id, match.achievement_id, *evidence))
    need, achievement, told, reasons = texts
    return need, match.rank, achievement, *numbers, told, reasons
