"""The folder of shortlists that were made part by part: the table is there already, the rest is written beside it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from matchmaker.batch.answers import SHORTLISTS
from matchmaker.delivery.contents import Run
from matchmaker.delivery.folder import describe_input, describe_run, draft_in, put_all, write_manifest
from matchmaker.records import Profile, Records
from matchmaker.tables import write_rejected
from matchmaker.tally import Tally

STREAMED_OUTPUTS = (SHORTLISTS, "rejected.csv", "manifest.json")


@dataclass(frozen=True, slots=True)
class StreamedDelivery(Run):
    """Registers that were gone through, what became of the needs, and how it came about.

    Attributes
    ----------
    achievements, needs : Records of Profile
        All about the registers but their rows.
    rows : tuple of int
        Usable rows of both.
    tally : Tally
    """

    achievements: Records[Profile]
    needs: Records[Profile]
    rows: tuple[int, int]
    tally: Tally


def write_streamed(delivery: StreamedDelivery, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write ``rejected.csv`` and ``manifest.json`` beside ``shortlists.parquet``, and return all three by name.

    Raises
    ------
    MatchmakerError
        If a file cannot be written; the files that were there before stay as they were.
    """
    start = time.perf_counter()
    target = Path(folder)
    table = target / SHORTLISTS
    with draft_in(target, delivery.lang) as draft:
        rejected = draft / "rejected.csv"
        aside = [*delivery.achievements.rejected, *delivery.needs.rejected]
        write_rejected(rejected, aside, lang=delivery.lang)
        registers = {"achievements": delivery.achievements, "needs": delivery.needs}
        inputs = {
            name: describe_input(register, rows)
            for (name, register), rows in zip(registers.items(), delivery.rows, strict=True)
        }
        seconds = time.perf_counter() - start
        write_manifest(draft, describe_run(delivery, inputs, delivery.tally, (rejected, table), seconds), delivery.lang)
        return {SHORTLISTS: table, **put_all(draft, target, STREAMED_OUTPUTS[1:], delivery.lang)}
