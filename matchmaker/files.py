"""Files that are written whole or not at all, under names that every system takes."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_LONGEST = 80  # characters of a file's name; in UTF-8 that stays below 255 bytes
# What Windows does not allow in a name, and what cannot be seen or turns the direction of writing.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a draft beside ``path`` for bytes; it takes the place of ``path`` only if the block ends well.

    A reader sees the old file or the new one, never half of one; a link stays a link.

    Raises
    ------
    OSError
        When the draft cannot be written or cannot take its place; what was there before stays as it was.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        # "x" makes the file with the rights that the umask grants, unlike tempfile's 0600.
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):
            draft.unlink()


def name_files(names: Iterable[str]) -> list[str]:
    r"""Return a file name for each name, without an ending: safe on Windows too, and different also where case is not.

    Parameters
    ----------
    names : iterable of str
        What people are called; any text.

    Examples
    --------
    >>> name_files(["大连朔翼/动力", "大连朔翼 动力", "CON", "a\u202eb.", "", "AB"])
    ['大连朔翼_动力', '大连朔翼_动力-2', '_CON', 'ab', '_', 'AB-2']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        text = unicodedata.normalize("NFC", _FORBIDDEN.sub("_", name))
        text = "".join(one for one in text if unicodedata.category(one)[0] != "C")
        text = text[:_LONGEST].encode("utf-8")[: 3 * _LONGEST].decode("utf-8", "ignore").strip(" ._") or "_"
        if text.casefold().split(".")[0] in _RESERVED:
            text = f"_{text}"
        unique, count = text, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{text}-{count}"
        taken.add(unique.casefold())
        found.append(unique)
    return found
