"""The folder itself: every file is finished in a draft beside its place before the first one takes its place."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from matchmaker.collecting import without_collecting
from matchmaker.delivery.contents import (
    Delivery,
    Run,
    count_needs,
    plain_filter,
    report_content,
)
from matchmaker.delivery.wording import FOLDERS
from matchmaker.errors import MatchmakerError, TableError
from matchmaker.records import Records, ScoredPair
from matchmaker.report import write_page, write_workbook
from matchmaker.tables import read_decisions, read_marks, write_csv, write_rejected, write_text
from matchmaker.tables.evidence import write_number
from matchmaker.tables.shortlists import SHORTLIST_HEADER, match_rows
from matchmaker.tally import Tally

# In the order in which they take their place. The workbook first: a spreadsheet program that holds it open stops the
# delivery before anything has changed. The manifest last: where its digests agree, the folder is whole.
OUTPUTS = ("shortlists.xlsx", "report.html", "shortlists.csv", "rejected.csv", "manifest.json")
SCORE_HEADER = ("need_id", "achievement_id", "score", "probability", "expected_grade")

# What changes results when it changes.
_PACKAGES = ("faiss-cpu", "lightgbm", "numpy", "onnxruntime", "opencc", "pandas", "rjieba", "tokenizers", "xlsxwriter")


def write_delivery(delivery: Delivery, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write the output folder.

    ``shortlists.csv`` for machines, ``shortlists.xlsx`` and ``report.html`` for people, ``rejected.csv`` (a header only
    when nothing was set aside) and ``manifest.json``. The same delivery gives the same bytes, but for the manifest's
    timings.

    Parameters
    ----------
    delivery : Delivery
        What to write.
    folder : str or path
        Where to; made when missing. Files of these five names are replaced, any others stay.

    Returns
    -------
    dict of str to Path
        The files by name.

    Raises
    ------
    MatchmakerError
        If a file cannot be written; the files that were there before stay as they were, unless another program took
        hold of one at that very moment.
    """
    start = time.perf_counter()
    target = Path(folder)
    with without_collecting(), draft_in(target, delivery.lang) as draft:
        content = report_content(delivery)
        write_csv(
            draft / "shortlists.csv",
            SHORTLIST_HEADER,
            match_rows(chain.from_iterable(delivery.shortlists)),
            lang=delivery.lang,
        )
        write_rejected(draft / "rejected.csv", delivery.rejected(), lang=delivery.lang)
        write_workbook(content, draft / "shortlists.xlsx")
        write_page(content, draft / "report.html")
        inputs = {
            "achievements": describe_input(delivery.achievements, len(delivery.achievements)),
            "needs": describe_input(delivery.needs, len(delivery.needs)),
        }
        finished, seconds = sorted(draft.iterdir()), time.perf_counter() - start
        write_manifest(draft, describe_run(delivery, inputs, count_needs(delivery), finished, seconds), delivery.lang)
        return put_all(draft, target, OUTPUTS, delivery.lang)


def write_scores(path: str | os.PathLike[str], pairs: Iterable[ScoredPair], *, lang: str = "zh") -> None:
    """Write scored pairs as CSV: score with 6 decimals, probability and expected grade with 4.

    Raises
    ------
    TableError
        If the file cannot be written; what was there before stays as it was.
    """
    rows = (
        (
            pair.need_id,
            pair.achievement_id,
            write_number(pair.score, 6),
            write_number(pair.probability, 4),
            write_number(pair.expected_grade, 4),
        )
        for pair in pairs
    )
    write_csv(path, SCORE_HEADER, rows, lang=lang)


@contextmanager
def draft_in(target: Path, lang: str = "en") -> Iterator[Path]:
    """Make a hidden folder inside ``target``, on its own disk, and take it away again whatever happens."""
    existed = target.exists()
    try:
        target.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".matchmaker-", dir=target))
    except OSError as error:
        raise MatchmakerError(FOLDERS[lang]["unwritable"].format(path=target, detail=error.strerror)) from error
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if not existed:
            with suppress(OSError):  # it holds the files that were asked for
                target.rmdir()


def keep_answers(paths: Iterable[Path], lang: str = "en", *, outcomes: bool = False) -> None:
    """Stop before a workbook in which people have written decisions, or ``outcomes``, is replaced.

    Raises
    ------
    MatchmakerError
        For the first such workbook; what cannot be read holds no answers that anybody could lose here.
    """
    for path in paths:
        if not path.is_file():
            continue
        count = 0
        with suppress(TableError):
            found: Records[Any] = (read_marks if outcomes else read_decisions)(path, lang=lang)
            count = len(found) + len(found.rejected)
        if count:
            raise MatchmakerError(FOLDERS[lang]["filled"].format(path=path, count=count))


def put_all(draft: Path, target: Path, names: Sequence[str], lang: str = "en") -> dict[str, Path]:
    """Let finished files of a draft folder take their places, in this order, and return these by name.

    Raises
    ------
    MatchmakerError
        If another program holds a file that stands in a place.
    """
    places = {name: target / name for name in names}
    for name, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        put(draft / name, place, lang)
    return places


def put(draft: Path, place: Path, lang: str = "en") -> None:
    """Let a finished draft take its place.

    Raises
    ------
    MatchmakerError
        If another program holds the file that stands there.
    """
    try:
        os.replace(draft, place)
    except OSError as error:
        raise MatchmakerError(FOLDERS[lang]["held"].format(path=place, detail=error.strerror)) from error


def write_manifest(draft: Path, content: Mapping[str, object], lang: str) -> None:
    """Write a manifest into a draft folder."""
    write_text(draft / "manifest.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n", lang=lang)


def describe_run(
    run: Run, inputs: Mapping[str, object], tally: Tally, outputs: Iterable[Path], seconds: float
) -> dict[str, object]:
    """Return the manifest of a run: all that is needed to make it again, and to check what it wrote.

    Parameters
    ----------
    run : Run
    inputs : mapping of str to object
        The registers (`describe_input`).
    tally : Tally
        What became of the needs.
    outputs : iterable of Path
        The files, finished.
    seconds : float
        How long writing took.
    """
    return {
        "matchmaker": run.version,
        "command": list(run.command),
        "inputs": dict(inputs),
        "settings": dict(run.settings),
        "filter": plain_filter(run.filter),
        "as_of": None if run.as_of is None else run.as_of.isoformat(),
        "k": run.k,
        "lang": run.lang,
        "counts": {
            "needs_served": tally.served,
            "needs_unserved": tally.unserved,
            "needs_expired": tally.expired,
            "matches": tally.matches,
        },
        "outputs": {file.name: _describe_file(file) for file in outputs},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "packages": dict(find_versions(_PACKAGES)),
        "seconds": {stage: round(taken, 3) for stage, taken in {**run.timings, "write": seconds}.items()},
    }


def _describe_file(file: Path) -> dict[str, str | int]:
    """Return a file's digest and size."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {"sha256": digest, "bytes": file.stat().st_size}


def describe_input(records: Records[Any], rows: int) -> dict[str, str | int]:
    """Return what a manifest tells of a register."""
    return {
        "file": records.source,
        "sha256": records.sha256,
        "rows": rows,
        "rejected": len(records.rejected),
        "notices": len(records.notices),
    }


def find_versions(packages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and version of each package that is installed."""
    for name in packages:
        with suppress(importlib.metadata.PackageNotFoundError):
            yield name, importlib.metadata.version(name)
