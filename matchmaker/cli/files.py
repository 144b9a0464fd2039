"""Where commands write: places that must not be an input, and rows set aside beside a result."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from matchmaker.cli.screen import Screen, describe_rejection
from matchmaker.cli.wording import MESSAGES
from matchmaker.errors import SettingError, TableError
from matchmaker.records import Records, Rejection
from matchmaker.tables import write_rejected


def refuse_empty(screen: Screen, records: Records[Any], key: str = "no_rows") -> None:
    """Raise ``TableError`` for a table without a usable row, after showing why its rows are not."""
    if not records:
        for rejection in records.rejected[:3]:
            screen.fail("rejection", **describe_rejection(rejection))
        raise TableError(screen.word(key, source=records.source, rejected=len(records.rejected)))


def refuse_inputs_among(outputs: Iterable[Path], inputs: Iterable[Path], *, lang: str) -> None:
    """Raise ``SettingError`` if a result would take the place of an input."""
    written = {os.path.realpath(path) for path in outputs}
    for path in inputs:
        if os.path.realpath(path) in written:
            raise SettingError(MESSAGES[lang]["input_lost"].format(path=path))


def require_csv(path: Path, *, lang: str) -> None:
    """Raise ``SettingError`` for a file name that promises another format than CSV."""
    if path.suffix.lower() != ".csv":
        raise SettingError(MESSAGES[lang]["not_csv"].format(path=path))


def beside(path: Path, name: str) -> Path:
    """Return a file beside a result that holds something more about it.

    Examples
    --------
    >>> beside(Path("metrics.csv"), "needs").name, beside(Path("2026-11"), "needs").name
    ('metrics.needs.csv', '2026-11.needs.csv')
    """
    return path.with_name(f"{path.stem if path.suffix == '.csv' else path.name}.{name}.csv")


def rejections_beside(path: Path) -> Path:
    """Return the file for the rows that were set aside on the way to a result.

    Examples
    --------
    >>> rejections_beside(Path("scores.csv")).name
    'scores.rejected.csv'
    """
    return beside(path, "rejected")


def put_aside(screen: Screen, rejections: Sequence[Rejection], path: Path) -> int:
    """Write rows set aside, or take away the file of an earlier run if there are none; return the exit code."""
    if rejections:
        write_rejected(path, rejections, lang=screen.lang)
        screen.warn_rejected(rejections, path)
        return 1
    path.unlink(missing_ok=True)
    return 0
