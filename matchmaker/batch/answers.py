"""The answers of a run that is made part by part: one Parquet file, and what it holds in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.files import replacing
from matchmaker.tables.shortlists import match_schema
from matchmaker.tally import Tally

if TYPE_CHECKING:
    import pyarrow.parquet as pq

SHORTLISTS = "shortlists.parquet"


@dataclass(frozen=True, slots=True)
class StreamedShortlists:
    """What came of a run: the file, its counts, and how many needs an earlier run had answered already."""

    path: Path
    tally: Tally
    resumed: int = 0


@contextmanager
def open_answers(out: Path) -> Iterator[pq.ParquetWriter]:
    """Open ``shortlists.parquet`` in a folder for tables; it takes its place whole, or not at all."""
    import pyarrow.parquet as pq

    out.mkdir(parents=True, exist_ok=True)
    with (
        replacing(out / SHORTLISTS) as file,
        pq.ParquetWriter(file, match_schema(), compression="zstd") as writer,
    ):
        yield writer
