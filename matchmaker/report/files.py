"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from matchmaker.errors import MatchmakerError
from matchmaker.files import replacing


def write_whole(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write a file so that a reader sees the old one or the new one, never half of one.

    Parameters
    ----------
    path : str or path-like
        Where the file goes; its folder is made when missing.
    data : bytes
        All of the file.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced, most often because another program holds it open.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with replacing(path) as file:
            file.write(data)
    except PermissionError as error:
        raise MatchmakerError(
            f"{path} cannot be written ({error.strerror}): close it where it is open, or choose another folder"
        ) from error
    return path
