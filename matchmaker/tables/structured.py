"""Sources whose columns have names of their own: JSON Lines, Parquet, data frames and SQL queries, as rows of cells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.tables.findings import Findings
from matchmaker.tables.grids import Row

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection, Engine


def read_json_lines(path: Path, findings: Findings) -> Iterator[Row]:
    """Yield the rows of a JSON Lines file, or of a file that is one JSON array of objects.

    The names of all objects together make the header, as row 0. Rows have the numbers of their lines, or in an array
    their places counted from 1. A line that is no JSON object is set aside.

    Raises
    ------
    TableError
        If the text is not UTF-8, or the array is not valid JSON.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise findings.error("no_encoding", source=findings.source) from exc
    if path.suffix.lower() == ".json" and text.lstrip()[:1] == "[":
        try:
            values = list(enumerate(json.loads(text), start=1))
        except (ValueError, RecursionError) as exc:
            raise findings.error("bad_json", detail=str(exc)) from exc
        lines = [""] * len(values)
    else:
        lines = text.split("\n")  # not splitlines: JSON texts may hold U+2028 as it is
        values = list(_parse_lines(lines, findings))
    objects: list[tuple[int, dict[str, object]]] = []
    for number, value in values:
        if isinstance(value, dict):
            objects.append((number, value))
        else:
            findings.reject("", number, "not_object", (lines[number - 1] or str(value),))
    names = list(dict.fromkeys(name for _, value in objects for name in value))
    if names:
        yield 0, names
    for number, value in objects:
        yield number, [value.get(name) for name in names]


def _parse_lines(lines: list[str], findings: Findings) -> Iterator[tuple[int, object]]:
    """Yield the value of each line that is not blank, setting aside those that are not JSON."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as exc:
                findings.reject("", number, "bad_json", (line,), detail=str(exc))


def read_parquet(path: Path, findings: Findings) -> Iterator[Row]:
    """Yield the rows of a Parquet file; its column names are row 1.

    Raises
    ------
    TableError
        If the file is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield 1, list(file.schema_arrow.names)
            number = 2
            for batch in file.iter_batches():
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield number, cells
                    number += 1
    except (pa.ArrowException, OSError, ValueError, OverflowError) as exc:
        raise findings.error("bad_parquet", source=findings.source, detail=str(exc).split("\n")[0]) from exc


def read_frame(frame: pd.DataFrame) -> Iterator[Row]:
    """Yield the rows of a data frame; its column names are row 1, as if it had been saved as a sheet.

    Levels of the index that have names count as columns, so that ``frame.set_index("need_id")`` reads the same.
    """
    named = [level for level in frame.index.names if level is not None]
    if named:
        frame = frame.reset_index(level=named, allow_duplicates=True)
    yield 1, [_column_name(name) for name in frame.columns]
    yield from enumerate(frame.itertuples(index=False, name=None), start=2)


def _column_name(name: object) -> str:
    """Return a column's name; the levels of a compound one are joined."""
    return " ".join(str(part) for part in name if part != "") if isinstance(name, tuple) else str(name)


def read_query(query: str, connection: str | Engine | Connection, findings: Findings) -> Iterator[Row]:
    """Yield the rows of an SQL query; its column names are row 1.

    The statement goes to the database as it stands, so colons and percent signs in it mean nothing special. Nothing is
    committed.

    Raises
    ------
    TableError
        If the connection is of the wrong kind, or the database refuses it or the statement.
    """
    import sqlalchemy as sa

    if not isinstance(connection, (str, sa.URL, sa.Engine, sa.Connection)):
        raise findings.error("bad_connection", found=type(connection).__name__)
    try:
        if isinstance(connection, sa.Connection):
            yield from _execute(query, connection, findings)
            return
        engine = connection if isinstance(connection, sa.Engine) else _make_engine(connection, findings)
        try:
            with engine.connect() as opened:
                yield from _execute(query, opened, findings)
        finally:
            if engine is not connection:
                engine.dispose()
    except sa.exc.SQLAlchemyError as exc:
        detail = str(getattr(exc, "orig", None) or exc).split("\n")[0]
        raise findings.error("bad_query", detail=detail) from exc
    except ImportError as exc:
        raise findings.error("no_driver", detail=str(exc)) from exc


def _make_engine(address: Any, findings: Findings) -> Engine:
    """Make an engine, but never let SQLite create the database that was to be read."""
    import sqlalchemy as sa

    url = sa.make_url(address)
    file = url.database or ""
    if url.get_backend_name() == "sqlite" and file and not file.startswith((":memory:", "file:")):
        if not Path(file).is_file():
            raise findings.error("no_file", path=file)
    return sa.create_engine(url)


def _execute(query: str, connection: Connection, findings: Findings) -> Iterator[Row]:
    """Yield the rows of one statement."""
    result = connection.exec_driver_sql(query, execution_options={"no_parameters": True})
    if not result.returns_rows:
        raise findings.error("no_rows")
    yield 1, [str(name) for name in result.keys()]
    yield from ((number, tuple(row)) for number, row in enumerate(result, start=2))
