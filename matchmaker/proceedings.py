"""The frozen records of what comes before and after a timetable: slate, decisions, what became of every pair.

Beside `matchmaker.docking`, which holds the day itself; ``event`` makes these, ``tables`` reads and writes them,
``report`` shows them.
"""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.docking import Standing


@dataclass(frozen=True, slots=True)
class SlateEntry:
    """One achievement of the pool, chosen to be presented or not, and why.

    Attributes
    ----------
    achievement_id : str
    order : int
        From 1: those chosen by what each brings, then those left out by how near they came.
    chosen : bool
    code : str
        ``best``, ``least`` (a quota asks for it), ``included``; or ``outranked``, ``unwanted``, ``institution``,
        ``field``, ``twin``, ``immature``, ``excluded``.
    reason : str
        The same in words.
    change : str
        What would have to change for one that was left out to be chosen; empty where nothing simple would do.
    value : float
        What the slate would lose without it, or what it would add, in expected matches and bonuses.
    needs : int
        Needs whose shortlists name it.
    level : int
        Its maturity, 1 to 9; 0 when unknown.
    field : str
        Its field, as quotas count it.
    """

    achievement_id: str
    order: int
    chosen: bool
    code: str
    reason: str
    change: str = ""
    value: float = 0.0
    needs: int = 0
    level: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class Slate:
    """Every achievement of the pool with its reason, in or out.

    Attributes
    ----------
    entries : tuple of SlateEntry
        Those chosen first, then those left out.
    value, bound : float
        What the slate is worth, and what no slate under these rules can exceed.
    """

    entries: tuple[SlateEntry, ...]
    value: float
    bound: float

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the achievements to present, in order."""
        return tuple(entry.achievement_id for entry in self.entries if entry.chosen)

    @property
    def gap(self) -> float:
        """How far the slate may lie below the best, as a share of what no slate can exceed."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a pair, and where it was written.

    Attributes
    ----------
    need_id, achievement_id : str
    standing : {"must", "wish", "", "veto"}
        Empty when there is a comment only.
    comment : str
    file, sheet : str
    row : int
        As a spreadsheet counts.
    """

    need_id: str
    achievement_id: str
    standing: Standing
    comment: str = ""
    file: str = ""
    sheet: str = ""
    row: int = 0

    @property
    def place(self) -> str:
        """File, sheet and row, for people.

        Examples
        --------
        >>> Decision("N-1", "A-1", "must", file="金普新区.xlsx", sheet="意见征集", row=7).place
        '金普新区.xlsx [意见征集] 7'
        """
        return f"{self.file}{f' [{self.sheet}]' if self.sheet else ''} {self.row}"
