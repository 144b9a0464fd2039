"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


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
