"""Shortlists of a register of needs that is read in parts, written in parts, and put together in the end."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq

from matchmaker.batch.answers import SHORTLISTS, StreamedShortlists, open_answers
from matchmaker.batch.parts import Notes, cut, name_part, open_once, work
from matchmaker.collecting import without_collecting
from matchmaker.engine import Matchmaker, Progress
from matchmaker.files import replacing
from matchmaker.languages import check_language
from matchmaker.rank.filters import Filter
from matchmaker.records import Profile
from matchmaker.storage import name_model
from matchmaker.tables.shortlists import match_schema, match_table
from matchmaker.tally import Tally, list_expired

# Needs answered by one process at a time: what a killed run must do again.
PART = 256
NOTES = "unfinished"


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
        Processes. They are started afresh, so a script must call this under ``if __name__ == "__main__":``.
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
    tally, resumed = Tally(), 0
    with notes.claim():
        for name, found, again in work(_answer_part, jobs(), workers):
            names.append(name)
            tally += found
            resumed += found.needs * again
            if progress:
                progress("rank", tally.needs, max(total, tally.needs))
        with open_answers(out) as writer:
            for name in names:
                writer.write_table(pq.read_table(notes.folder / f"{name}.parquet", schema=match_schema()))
    notes.clear()
    return StreamedShortlists(out / SHORTLISTS, tally, resumed)


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
                return job.name, Tally(**note["tally"]), True
    engine = open_once(job.index)
    engine.lang = check_language(job.lang)
    with without_collecting():
        tally = _write_answers(job, engine, file)
    content = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "tally": dataclasses.asdict(tally)}
    notes.write(job.name, content)
    return job.name, tally, False


def _write_answers(job: _Part, engine: Matchmaker, file: Path) -> Tally:
    """Write the rows of a part, and keep nothing of them that a collector would have to look at."""
    shortlists = engine.shortlist(job.needs, k=job.k, filter=job.rules)
    with replacing(file) as opened:
        pq.write_table(match_table(chain.from_iterable(shortlists)), opened, compression="zstd")
    return Tally.of(shortlists, len(list_expired(job.needs, job.rules.as_of)))
