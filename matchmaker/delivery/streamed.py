"""The folder of shortlists that were made part by part: the table is there already, the rest is written beside it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from matchmaker.batch.shortlisting import SHORTLISTS, Tally
from matchmaker.delivery.folder import Run, describe_file, describe_input, describe_run, draft_in, put_all
from matchmaker.rank.filters import Filter
from matchmaker.records import Records
from matchmaker.tables import write_rejected, write_text

STREAMED_OUTPUTS = (SHORTLISTS, "rejected.csv", "manifest.json")


@dataclass(frozen=True, slots=True)
class StreamedDelivery:
    """What a reader must know to make such shortlists again.

    Attributes
    ----------
    achievements, needs : Records
        All about the registers but their rows.
    rows : tuple of int
        Usable rows of both.
    counts : Tally
        What came of the needs.
    filter, k, as_of, settings, lang, version, command, timings
        As in `Delivery`.
    """

    achievements: Records[Any]
    needs: Records[Any]
    rows: tuple[int, int]
    counts: Tally
    filter: Filter = field(default_factory=Filter)
    k: int = 10
    as_of: date | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    lang: str = "zh"
    version: str = ""
    command: Sequence[str] = ()
    timings: Mapping[str, float] = field(default_factory=dict)


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
        write_rejected(
            draft / "rejected.csv",
            list(chain(delivery.achievements.rejected, delivery.needs.rejected)),
            lang=delivery.lang,
        )
        counts = delivery.counts
        manifest = describe_run(
            Run(
                delivery.version,
                delivery.command,
                {
                    "achievements": describe_input(delivery.achievements, delivery.rows[0]),
                    "needs": describe_input(delivery.needs, delivery.rows[1]),
                },
                delivery.settings,
                delivery.filter,
                delivery.as_of,
                delivery.k,
                delivery.lang,
                {
                    "needs_served": counts.served,
                    "needs_unserved": counts.unserved,
                    "needs_expired": counts.expired,
                    "matches": counts.matches,
                },
                {file.name: describe_file(file) for file in (draft / "rejected.csv", table)},
                {**delivery.timings, "write": time.perf_counter() - start},
            )
        )
        write_text(
            draft / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", lang=delivery.lang
        )
        return {SHORTLISTS: table, **put_all(draft, target, STREAMED_OUTPUTS[1:], delivery.lang)}
