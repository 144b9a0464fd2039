"""Shortlists in the columns of their contract: as rows of texts for CSV, as typed columns for Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from matchmaker.records import Match
from matchmaker.tables.evidence import write_evidence, write_number

if TYPE_CHECKING:
    import pyarrow as pa

SHORTLIST_HEADER = ("need_id", "rank", "achievement_id", "score", "probability", "evidence", "reasons")


def match_rows(matches: Iterable[Match]) -> Iterator[tuple[str | int, ...]]:
    """Yield a row of ``shortlists.csv`` for each match: score with 6 decimals, probability with 4."""
    for match in matches:
        yield (
            match.need_id,
            match.rank,
            match.achievement_id,
            write_number(match.score, 6),
            write_number(match.probability, 4),
            write_evidence(match.evidence),
            str(match.evidence),
        )


def match_schema() -> pa.Schema:
    """Return the columns of ``shortlists.parquet`` with their types."""
    import pyarrow as pa

    types = {"rank": pa.int32(), "score": pa.float64(), "probability": pa.float64()}
    return pa.schema([(name, types.get(name, pa.string())) for name in SHORTLIST_HEADER])


def match_table(matches: Iterable[Match]) -> pa.Table:
    """Return matches as a table that says what `match_rows` says, numbers as numbers."""
    import pyarrow as pa

    columns: list[list[Any]] = [[] for _ in SHORTLIST_HEADER]
    for row in match_rows(matches):
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    schema = match_schema()
    return pa.table([_type(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _type(column: list[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_floating(kind):
        return pa.array(map(float, column), kind)
    # Half of a character, as broken exports hold it, cannot be written as UTF-8.
    texts = (value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in column)
    return pa.array(texts, kind)
