"""File names that every system takes, Windows included."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_LONGEST = 80


def name_files(names: Iterable[str], suffix: str) -> list[str]:
    r"""Return a file name for each name, no two alike even where capitals do not count.

    Parameters
    ----------
    names : iterable of str
        What people call things.
    suffix : str
        Put behind each, with its dot.

    Examples
    --------
    >>> name_files(["金普新区", "a/b", "A\\b", "con", "..", ""], ".xlsx")
    ['金普新区.xlsx', 'a_b.xlsx', 'A_b-2.xlsx', 'con_.xlsx', '_.xlsx', '_-2.xlsx']
    """
    taken: set[str] = set()
    files = []
    for name in names:
        stem = _FORBIDDEN.sub("_", name).strip().rstrip(". ")[:_LONGEST].rstrip(". ") or "_"
        if _RESERVED.fullmatch(stem):
            stem = f"{stem.partition('.')[0]}_"
        unique, count = stem, 2
        while unique.casefold() in taken:
            unique, count = f"{stem}-{count}", count + 1
        taken.add(unique.casefold())
        files.append(unique + suffix)
    return files
