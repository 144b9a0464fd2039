"""The agenda of an event: EVENT.toml as records, or all its errors at once, each with its line."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from matchmaker.docking import Hall, Occasion, Role, Slot
from matchmaker.errors import SettingError
from matchmaker.event.complaints import explain_form, explain_syntax
from matchmaker.event.hours import slots_between
from matchmaker.event.places import find_lines, line_of
from matchmaker.event.wording import say
from matchmaker.languages import check_language

if TYPE_CHECKING:
    from matchmaker.event.forms import EventForm, SlotsForm, SpanForm

_SHARED_KEYS = ("least", "most", "in_a_row")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many meetings somebody has at least, at the most, and without a pause."""

    least: int = 0
    most: int = 8
    in_a_row: int = 8


@dataclass(frozen=True, slots=True)
class Override:
    """An exception for one party, or for every party of an organisation.

    Attributes
    ----------
    name : str
        A party, an organisation, or the id of a need or an achievement.
    role : {"enterprise", "team"} or None
        Which side is meant, where both have the name.
    least, most, in_a_row : int or None
        None where the side's own limit stays.
    available : frozenset of int or None
        Slots; None for all.
    line : int
        In EVENT.toml.
    """

    name: str
    role: Role | None = None
    least: int | None = None
    most: int | None = None
    in_a_row: int | None = None
    available: frozenset[int] | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything that an organiser decides before the day.

    Attributes
    ----------
    occasion : Occasion
        The event, its day and hall.
    enterprises, teams : Limits
        Of each side.
    overrides : tuple of Override
    files : mapping of str to Path
        Tables by what they hold: ``achievements``, ``needs``, ``requests``, ``decisions``, ``vetoes``, ``met``,
        ``conflicts``, ``locks``.
    minimum : float
        Probability below which nobody is brought together unasked.
    wish : float
        What a meeting that somebody wished for counts, when any other counts 1.
    asked : float
        Probability of a pair that was asked for and that no shortlist knows.
    fairness : float
        Share of the worth that may be given up so that the least served parties get more.
    time_limit : float
        Seconds after which the search stops in any case.
    gap : float
        Share below the bound at which a plan is good enough.
    k : int
        Longest shortlist, where shortlists are made on the way.
    source, sha256 : str
        The file's name and digest.
    """

    occasion: Occasion
    enterprises: Limits = Limits()
    teams: Limits = Limits()
    overrides: tuple[Override, ...] = ()
    files: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    minimum: float = 0.0
    wish: float = 1.5
    asked: float = 0.5
    fairness: float = 0.01
    time_limit: float = 60.0
    gap: float = 0.0
    k: int = 10
    source: str = "EVENT.toml"
    sha256: str = ""


def read_agenda(path: str | os.PathLike[str], *, lang: str = "zh") -> Agenda:
    """Read EVENT.toml.

    Parameters
    ----------
    path : str or path
        The file, in UTF-8.
    lang : {"zh", "en"}
        Language of errors.

    Returns
    -------
    Agenda
        Paths in it are relative to the folder of the file.

    Raises
    ------
    SettingError
        If anything in it cannot be used: one line for each error, with file, line, what was found and what to do.
    """
    check_language(lang)
    place = Path(path)
    try:
        content = place.read_bytes()
    except OSError as error:
        raise SettingError(say(lang, "unreadable", path=place, detail=error.strerror or str(error))) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingError(say(lang, "not_utf8", path=place)) from error
    agenda = parse_agenda(text, source=place.name, folder=place.parent, lang=lang)
    return dataclasses.replace(agenda, sha256=hashlib.sha256(content).hexdigest())


def parse_agenda(
    text: str, *, source: str = "EVENT.toml", folder: str | os.PathLike[str] = ".", lang: str = "zh"
) -> Agenda:
    r"""Read an agenda from a text in TOML; see `read_agenda`.

    Examples
    --------
    >>> text = 'id = "E-1"\nname = "对接会"\ndate = 2026-11-20\nslots = 6\n[hall]\ntables = 4\n'
    >>> parse_agenda(text).occasion.hall.seats()
    24
    >>> parse_agenda(text.replace("slots = 6", "slots = 0"), lang="en")
    Traceback (most recent call last):
    ...
    matchmaker.errors.SettingError: EVENT.toml line 4: slots is 0: an event needs at least one slot
    """
    from pydantic import ValidationError

    from matchmaker.event.forms import EventForm

    check_language(lang)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(explain_syntax(source, error, lang)) from error
    lines = find_lines(text)
    try:
        form = EventForm.model_validate(raw)
    except ValidationError as error:
        raise SettingError("\n".join(explain_form(error, raw, lines, source, lang))) from error
    builder = _Builder(form, lines, source, lang)
    agenda = builder.build(Path(folder))
    if builder.errors:
        raise SettingError("\n".join(message for _, message in sorted(builder.errors)))
    return agenda


# ---------------------------------------------------------------------------------------------- from form to records


class _Builder:
    """Makes records of a form that is sound in itself, and notes what contradicts itself."""

    def __init__(self, form: EventForm, lines: Mapping[tuple[str | int, ...], int], source: str, lang: str) -> None:
        self.form = form
        self.lines = lines
        self.source = source
        self.lang = lang
        self.errors: list[tuple[int, str]] = []

    def fail(self, path: tuple[str | int, ...], key: str, **values: object) -> None:
        line = line_of(self.lines, path)
        message = say(self.lang, key, **values)
        self.errors.append((line, say(self.lang, "at_line", file=self.source, line=line, message=message)))

    def build(self, folder: Path) -> Agenda:
        form = self.form
        slots = self._slots()
        tables = self._tables()
        closed = frozenset(self._closed(slots, tables))
        if slots and tables and len(closed) == len(slots) * len(tables):
            self.fail(("hall", "closed"), "all_closed")
        plan: dict[str, Any] = {name: getattr(form.plan, name) for name in type(form.plan).model_fields}
        files = {name: folder / value for name in type(form.files).model_fields if (value := getattr(form.files, name))}
        return Agenda(
            Occasion(form.id, form.name, form.date, Hall(slots, tables, closed), form.place),
            self._limits("enterprises"),
            self._limits("teams"),
            tuple(self._overrides(slots)),
            MappingProxyType(files),
            source=self.source,
            **plan,
        )

    def _slots(self) -> tuple[Slot, ...]:
        form = self.form.slots
        if isinstance(form, int):
            return tuple(Slot(number) for number in range(1, form + 1))
        if form.end <= form.start:
            self.fail(("slots", "end"), "end_before_start", start=_show(form.start), end=_show(form.end))
            return ()
        for place, pause in enumerate(form.breaks):
            path = ("slots", "breaks", place)
            if pause.end <= pause.start:
                self.fail(path, "end_before_start", start=_show(pause.start), end=_show(pause.end))
            elif pause.start < form.start or pause.end > form.end:
                self.fail(
                    path,
                    "break_outside",
                    span=f"{_show(pause.start)}–{_show(pause.end)}",
                    day=f"{_show(form.start)}–{_show(form.end)}",
                )
        slots = tuple(_cut_day(form, self.form.date))
        if not slots and not self.errors:
            self.fail(("slots", "minutes"), "no_room", minutes=form.minutes)
        return slots

    def _tables(self) -> tuple[str, ...]:
        tables = self.form.hall.tables
        if isinstance(tables, int):
            return tuple(str(number) for number in range(1, tables + 1))
        if not tables:
            self.fail(("hall", "tables"), "no_tables")
        for place, name in enumerate(tables):
            if name in tables[:place]:
                self.fail(("hall", "tables", place), "table_twice", table=name)
        return tuple(tables)

    def _closed(self, slots: tuple[Slot, ...], tables: tuple[str, ...]) -> Iterator[tuple[int, str]]:
        for place, closed in enumerate(self.form.hall.closed):
            path = ("hall", "closed", place)
            if closed.table not in tables:
                self.fail((*path, "table"), "unknown_table", table=closed.table, known=_list(tables, self.lang))
            when = self._when((*path, "when"), closed.when, slots, inside=False)
            for number in sorted(when) if when is not None else [slot.number for slot in slots]:
                yield number, closed.table

    def _when(
        self,
        path: tuple[str | int, ...],
        windows: list[SpanForm | int] | None,
        slots: tuple[Slot, ...],
        *,
        inside: bool,
    ) -> frozenset[int] | None:
        """Return the slots that lie within windows (``inside``), or that a window touches."""
        if windows is None:
            return None
        found: set[int] = set()
        for place, window in enumerate(windows):
            here = (*path, place)
            if isinstance(window, int):
                if not 1 <= window <= len(slots):
                    self.fail(here, "unknown_slot", slot=window, count=len(slots))
                found.add(window)
            elif window.end <= window.start:
                self.fail(here, "end_before_start", start=_show(window.start), end=_show(window.end))
            elif slots and slots[0].start is None:
                self.fail(here, "hours_without_clock", span=f"{_show(window.start)}–{_show(window.end)}")
            else:
                found |= set(slots_between(slots, window.start, window.end, inside=inside))
        return frozenset(found)

    def _limits(self, side: str) -> Limits:
        form = getattr(self.form, side)
        given = {key: value for key in _SHARED_KEYS if (value := getattr(form, key)) is not None}
        limits = Limits(**given)
        if limits.least > limits.most:
            self.fail((side, "least"), "least_above_most", least=limits.least, most=limits.most)
        return limits

    def _overrides(self, slots: tuple[Slot, ...]) -> Iterator[Override]:
        for place, form in enumerate(self.form.party):
            path = ("party", place)
            available = self._when((*path, "available"), form.available, slots, inside=True)
            if available is not None and not available:
                self.fail((*path, "available"), "never_available", name=form.name)
            if form.least is not None and form.most is not None and form.least > form.most:
                self.fail((*path, "least"), "least_above_most", least=form.least, most=form.most)
            yield Override(
                form.name,
                form.role,
                form.least,
                form.most,
                form.in_a_row,
                available,
                line_of(self.lines, (*path, "name")),
            )


def _cut_day(form: SlotsForm, day: date) -> Iterator[Slot]:
    """Yield the slots of a day: one after the other, a pause between, none that a break would touch."""
    length, pause = timedelta(minutes=form.minutes), timedelta(minutes=form.pause)
    at, end = datetime.combine(day, form.start), datetime.combine(day, form.end)
    breaks = sorted((datetime.combine(day, item.start), datetime.combine(day, item.end)) for item in form.breaks)
    number = 1
    while at + length <= end:
        stop = next((until for since, until in breaks if since < at + length and until > at), None)
        if stop is not None:
            at = stop
            continue
        yield Slot(number, at.time(), (at + length).time())
        number, at = number + 1, at + length + pause


def _show(hour: time) -> str:
    return f"{hour:%H:%M}"


def _list(names: tuple[str, ...], lang: str, most: int = 12) -> str:
    mark = "、" if lang == "zh" else ", "
    return mark.join(names[:most]) + (" …" if len(names) > most else "")
