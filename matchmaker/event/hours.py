"""What people write for a time of the day: an hour, a span of hours, a slot."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

from matchmaker.docking import Hall, Slot

_HOUR = re.compile(r"([0-9]{1,2})\s*(?::\s*([0-9]{1,2})|[点时](?:\s*([0-9]{1,2})\s*分?|整|(半))?)")
_NUMBER = re.compile(r"第?\s*([0-9]+)\s*(?:个)?(?:时段|场|slot)?")


def parse_hour(text: str) -> time | None:
    """Return the hour that a text names, or None.

    Examples
    --------
    >>> parse_hour("9:05"), parse_hour("14：30"), parse_hour("10点半"), parse_hour("noon")
    (datetime.time(9, 5), datetime.time(14, 30), datetime.time(10, 30), None)
    """
    found = _HOUR.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    hour, minute = int(found[1]), 30 if found[4] else int(found[2] or found[3] or 0)
    return time(hour, minute) if hour <= 23 and minute <= 59 else None


def slots_between(slots: tuple[Slot, ...], start: time, end: time, *, inside: bool = True) -> list[int]:
    """Return the numbers of the slots that lie within a span of hours, or, not ``inside``, that it touches.

    Examples
    --------
    >>> day = (Slot(1, time(9), time(9, 20)), Slot(2, time(9, 20), time(9, 40)))
    >>> slots_between(day, time(9, 10), time(10)), slots_between(day, time(9, 10), time(10), inside=False)
    ([2], [1, 2])
    """
    found = []
    for slot in slots:
        if slot.start is None or slot.end is None:
            continue
        if (start <= slot.start and slot.end <= end) if inside else (slot.start < end and slot.end > start):
            found.append(slot.number)
    return found


def read_slot(text: str, hall: Hall) -> int:
    """Return the slot that a text names by number or by the hour at which it begins, or 0.

    Examples
    --------
    >>> from datetime import time
    >>> from matchmaker.docking import Slot
    >>> hall = Hall((Slot(1, time(9), time(9, 20)), Slot(2, time(9, 20), time(9, 40))), ("1",))
    >>> read_slot("2", hall), read_slot("第1时段", hall), read_slot("9:20–9:40", hall), read_slot("7", hall)
    (2, 1, 2, 0)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if found := _NUMBER.fullmatch(plain):
        return int(found[1]) if 1 <= int(found[1]) <= len(hall.slots) else 0
    hour = parse_hour(re.split(r"[-–—~至到]", plain)[0])
    return next((slot.number for slot in hall.slots if hour is not None and slot.start == hour), 0)
