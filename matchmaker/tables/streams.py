"""Registers gone through once, row by row, for those that are too large to hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.records import Profile, Records
from matchmaker.tables.contracts import ACHIEVEMENTS, NEEDS
from matchmaker.tables.parsing import parse_lines, profile_builder
from matchmaker.tables.reading import start_reading

if TYPE_CHECKING:
    from matchmaker.records import Kind


class RegisterStream:
    """The profiles of a register, one after the other; what was set aside is known when all have been asked for.

    Of a Parquet file or a CSV file only a few rows are held at a time, and the ids of all.

    Parameters
    ----------
    path : Path
        As `read_achievements` and `read_needs` take it.
    kind : {"achievement", "need"}
        Which register it is.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Raises
    ------
    TableError
        When the table as a whole cannot be used; as soon as that is seen.

    Examples
    --------
    >>> from matchmaker.samples import sample_path
    >>> stream = RegisterStream(sample_path("needs"), "need", lang="en")
    >>> sum(1 for need in stream), stream.close().rejected
    (60, ())
    """

    def __init__(self, path: Path, kind: Kind, *, lang: str = "zh") -> None:
        contract = NEEDS if kind == "need" else ACHIEVEMENTS
        self._reading = start_reading(path, contract, sheet=None, connection=None, lang=lang)
        build = profile_builder(contract, kind)
        self._rows = parse_lines(self._reading.grids, contract, build, self._reading.findings)
        self._count = 0

    def __iter__(self) -> Iterator[Profile]:
        """Go on where the stream stands."""
        for profile in self._rows:
            self._count += 1
            yield profile

    @property
    def count(self) -> int:
        """Profiles given so far."""
        return self._count

    def close(self) -> Records[Profile]:
        """Return everything about the register but its rows: what was set aside, notices, name and digest."""
        rejected, notices = self._reading.findings.close()
        return Records((), rejected, notices, self._reading.findings.source, self._reading.digest.hexdigest())


def count_rows(path: Path) -> int:
    """Return how many rows a Parquet file says that it has; 0 for any other, which would have to be read for it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix.lower() not in (".parquet", ".pq"):
        return 0
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return 0
