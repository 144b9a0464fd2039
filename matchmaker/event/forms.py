"""What may stand in EVENT.toml, key by key, as pydantic checks it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from matchmaker.event.hours import parse_hour

_SPAN = re.compile(r"\s*(.+?)\s*(?:-|–|—|~|至|到)+\s*(.+?)\s*")


def _hour(value: Any) -> Any:
    if isinstance(value, time):
        return value
    hour = parse_hour(value) if isinstance(value, str) else None
    if hour is None:
        raise PydanticCustomError("bad_hour", "not an hour")
    return hour


def _span(value: Any) -> Any:
    if isinstance(value, str):
        found = _SPAN.fullmatch(unicodedata.normalize("NFKC", value))
        start, end = (parse_hour(found[1]), parse_hour(found[2])) if found else (None, None)
        if start is None or end is None:
            raise PydanticCustomError("bad_span", "not a span of hours")
        return {"start": start, "end": end}
    return value


def _listed(value: Any) -> Any:
    """Let one thing stand for a list of one."""
    return value if isinstance(value, list) else [value]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Hour = Annotated[time, BeforeValidator(_hour)]
Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Number = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class SpanForm(_Form):
    """From one hour to another."""

    start: Hour
    end: Hour


Span = Annotated[SpanForm, BeforeValidator(_span)]
Window = Annotated[SpanForm | int, BeforeValidator(lambda value: value if isinstance(value, int) else _span(value))]
Windows = Annotated[list[Window], BeforeValidator(_listed)]


class SlotsForm(_Form):
    """The day: hours from which slots follow."""

    start: Hour
    end: Hour
    minutes: Positive
    pause: Number = 0
    breaks: Annotated[list[Span], BeforeValidator(_listed)] = []


class ClosedForm(_Form):
    """A table that cannot be used in some slots."""

    table: Name
    when: Windows | None = None


class HallForm(_Form):
    """The hall."""

    tables: Positive | list[Name]
    closed: list[ClosedForm] = []


class LimitsForm(_Form):
    """What a side of the table can bear."""

    least: Number | None = None
    most: Positive | None = None
    in_a_row: Positive | None = None


class PartyForm(LimitsForm):
    """An exception for one party, or for all of an organisation."""

    name: Name
    role: Literal["enterprise", "team"] | None = None
    available: Windows | None = None


class FilesForm(_Form):
    """Paths, relative to the file itself."""

    achievements: Name | None = None
    needs: Name | None = None
    requests: Name | None = None
    decisions: Name | None = None
    vetoes: Name | None = None
    met: Name | None = None
    conflicts: Name | None = None
    locks: Name | None = None


class PlanForm(_Form):
    """How the plan is weighed and how long it may take."""

    minimum: Annotated[float, Field(ge=0, le=1)] = 0.0
    wish: Annotated[float, Field(ge=1, le=100)] = 1.5
    asked: Annotated[float, Field(ge=0, le=1)] = 0.5
    fairness: Annotated[float, Field(ge=0, lt=1)] = 0.01
    time_limit: Annotated[float, Field(gt=0)] = 60.0
    gap: Annotated[float, Field(ge=0, lt=1)] = 0.0
    k: Positive = 10


class EventForm(_Form):
    """The whole file."""

    id: Name
    name: Name
    date: date
    place: str = ""
    slots: Annotated[int, Field(ge=1)] | SlotsForm
    hall: HallForm
    enterprises: LimitsForm = LimitsForm()
    teams: LimitsForm = LimitsForm()
    party: list[PartyForm] = []
    files: FilesForm = FilesForm()
    plan: PlanForm = PlanForm()
