"""From one source of any kind to records: its grids, a line a row, and what was set aside on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from matchmaker.records import Records
from matchmaker.tables.contracts import Contract
from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Grid
from matchmaker.tables.lines import Line
from matchmaker.tables.parsing import parse
from matchmaker.tables.reading import start_reading

if TYPE_CHECKING:
    from matchmaker.tables.reading import Database, Source

T = TypeVar("T")


def read_records(
    source: Source,
    contract: Contract,
    build: Callable[[Line], T | None],
    sheet: str | None,
    connection: Database | None,
    lang: str,
    *,
    watch: Callable[[Iterable[Grid], Findings], Iterable[Grid]] | None = None,
) -> Records[T]:
    """Read a source by a contract, one record a line; lines of which ``build`` makes None are left out.

    ``watch`` sees the tables pass, and may note what it finds odd about them.
    """
    reading = start_reading(source, contract, sheet=sheet, connection=connection, lang=lang)
    grids = watch(reading.grids, reading.findings) if watch else reading.grids
    rows = parse(grids, contract, build, reading.findings)
    rejected, notices = reading.findings.close()
    return Records(rows, rejected, notices, reading.findings.source, reading.digest.hexdigest())
