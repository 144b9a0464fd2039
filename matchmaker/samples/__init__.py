"""Invented registers that the package carries: what ``matchmaker demo`` runs on, and what tests and examples read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from matchmaker.errors import SettingError

NAMES = ("achievements", "needs", "judgments")

# The day on which the samples are looked at: after their last judgment, before all deadlines but one. Without it the
# demonstration would lose a need with every deadline that passes.
SAMPLE_DATE = date(2026, 11, 9)


def sample_path(name: str) -> Path:
    """Return the path of a sample table.

    Parameters
    ----------
    name : {"achievements", "needs", "judgments"}
        Which one: 120 achievements, 60 needs, or 402 judgments of pairs of them (see this folder's ``README.md``).

    Raises
    ------
    SettingError
        If there is no sample of that name.

    Examples
    --------
    >>> sample_path("needs").name
    'needs.csv'
    """
    if name not in NAMES:
        raise SettingError(f"there is no sample {name!r}; choose one of {', '.join(NAMES)}")
    return Path(__file__).parent / f"{name}.csv"
