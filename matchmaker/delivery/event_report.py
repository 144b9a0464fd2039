"""The report of an event: figures read back, intervals added, page and workbook written."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from matchmaker.delivery.outcomes import FIGURES_FORMAT
from matchmaker.errors import TableError
from matchmaker.evaluation.rates import bound_rate
from matchmaker.languages import check_language
from matchmaker.proceedings import EventFigures
from matchmaker.report.event_report import GROUPS, EventReport, Rate, write_event_page, write_event_report_workbook

_UNSOUND = {
    "zh": "{path} 不是 matchmaker event outcomes 写出的数据（{detail}）：请先运行该命令，再给出它的结果文件夹",
    "en": "{path} is not what matchmaker event outcomes writes ({detail}); run that command and give its folder",
}


def read_figures(path: str | os.PathLike[str], *, lang: str = "zh") -> EventFigures:
    """Read an event in numbers, as ``figures.json`` holds it.

    Raises
    ------
    TableError
        If the file is not there, or is not what `write_outcomes` wrote.
    """
    import json

    check_language(lang)
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        if not isinstance(content, dict) or content.pop("format", "") != FIGURES_FORMAT:
            raise ValueError(FIGURES_FORMAT)
        if (below := _find_negative(content)) is not None:
            raise ValueError(f"{below} < 0")
        return TypeAdapter(EventFigures).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        detail = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise TableError(_UNSOUND[lang].format(path=path, detail=detail)) from error
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise TableError(_UNSOUND[lang].format(path=path, detail=detail)) from error


def _find_negative(content: object) -> float | None:
    """Return a number below 0 from anywhere within; there is none in counts and amounts."""
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    if isinstance(content, (int, float)) and content < 0:
        return content
    return next((found for part in parts if (found := _find_negative(part)) is not None), None)


def write_event_report(
    figures: EventFigures, previous: EventFigures | None, page: str | os.PathLike[str], *, lang: str = "zh"
) -> dict[str, Path]:
    """Write the report of an event, next to the one before, as a page and a workbook of the same name.

    Parameters
    ----------
    figures : EventFigures
    previous : EventFigures or None
    page : str or path
        Where the ``.html`` file goes.
    lang : {"zh", "en"}

    Returns
    -------
    dict of str to Path
        ``page`` and ``workbook``.

    Raises
    ------
    MatchmakerError
        If a file cannot be written.
    """
    report = EventReport(
        figures=figures,
        rates=measure_rates(figures),
        previous=previous,
        previous_rates=None if previous is None else measure_rates(previous),
        lang=lang,
    )
    workbook = Path(page).with_suffix(".xlsx")
    # The workbook first: a spreadsheet program that holds it open stops the report before anything has changed.
    write_event_report_workbook(report, workbook)
    return {"page": write_event_page(report, page), "workbook": workbook}


def measure_rates(figures: EventFigures) -> dict[str, Rate]:
    """Return the indicators of `GROUPS` with their 95 % intervals.

    Examples
    --------
    >>> from datetime import date
    >>> counts = {"planned": 10, "held": 8, "cut_short": 1, "talked": 9, "contract": 1}
    >>> rates = measure_rates(EventFigures("E", "E", date(2026, 11, 9), **counts))
    >>> rates["met"].share, round(rates["contract"].low, 2), round(rates["contract"].high, 2)
    (0.9, 0.02, 0.43)
    """
    rates = {}
    for rows in GROUPS.values():
        for name, positive, trials in rows:
            counted, of = getattr(figures, positive), getattr(figures, trials)
            counted = min(counted, of)  # a wish to meet again may come from people who missed each other
            rates[name] = Rate(counted, of, *bound_rate(counted, of))
    return rates
