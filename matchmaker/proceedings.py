"""The frozen records of what comes before and after a timetable: slate, decisions, what became of every pair.

Beside `matchmaker.docking`, which holds the day itself; ``event`` makes these, ``tables`` reads and writes them,
``report`` shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.docking import Mark, Standing


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pair that was planned, or marked without being planned.

    Attributes
    ----------
    mark : Mark
        What was noted; all empty where nobody noted anything.
    planned : bool
    rank : int
        Place on the need's shortlist; 0 when it was not shown there.
    probability : float
    propensity : float
        The chance that a pair of this rank was met; 1 for pairs that no list showed.
    weight : float
        How much a judgment of it counts when it is learned from.
    grade : int or None
        None where what came of it says nothing about how well the two fit.
    """

    mark: Mark
    planned: bool
    rank: int = 0
    probability: float = 0.0
    propensity: float = 1.0
    weight: float = 1.0
    grade: int | None = None

    @property
    def met(self) -> bool:
        """Whether the two talked, on the day or, as its result tells, at another time."""
        return self.mark.state in ("held", "cut_short") or (self.mark.state != "missed" and bool(self.mark.result))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something that somebody waits for after an event.

    Attributes
    ----------
    waiting, asked : str
        Names of the party that waits, and of the one whose turn it is; the organisers wait where nobody else does.
    need_id, achievement_id : str
    kind : str
        ``second_meeting``, ``arranged``, ``sample``, ``no_result``, ``missed``, ``unmarked``, ``no_reason``.
    next_step : str
        In words.
    since : datetime.date
    days : int
        Waited until the day the list was made.
    """

    waiting: str
    asked: str
    need_id: str
    achievement_id: str
    kind: str
    next_step: str
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class RankFigures:
    """Pairs of one rank: shown on shortlists, given a table, met."""

    rank: int
    shown: int
    planned: int
    met: int


@dataclass(frozen=True, slots=True)
class InstitutionFigures:
    """What one institution's achievements had: places on shortlists, tables, meetings, and meetings that bore fruit."""

    name: str
    shown: int
    planned: int
    met: int
    fruitful: int


@dataclass(frozen=True, slots=True)
class EventFigures:
    """An event in numbers.

    Attributes
    ----------
    event_id, name : str
    day : datetime.date
    shown, suitable : int
        Pairs on the shortlists; those of probability 0.5 and more.
    planned, taken, taken_suitable : int
        Pairs that were given a table; those of them that a list showed; those that were suitable.
    held, cut_short, missed, unmarked : int
        Of the pairs planned.
    unplanned, talked : int
        Pairs that were marked without a table; all pairs that talked, with a table or without.
    needs, needs_suitable, needs_planned, needs_met, needs_fruitful : int
        Needs with a shortlist or a table; with something suitable on it; with a table; that met somebody; with a
        meeting that bore fruit (grade 3 or 4).
    again, second_meeting, sample_sent, contract, failed : int
        Pairs.
    amount : float
        Of the contracts, in yuan.
    obstacles : tuple of (str, int)
        Codes and how often they were named, the most frequent first.
    ranks : tuple of RankFigures
    institutions : tuple of InstitutionFigures
        The one with most tables first.
    """

    event_id: str
    name: str
    day: date
    shown: int = 0
    suitable: int = 0
    planned: int = 0
    taken: int = 0
    taken_suitable: int = 0
    held: int = 0
    cut_short: int = 0
    missed: int = 0
    unmarked: int = 0
    unplanned: int = 0
    talked: int = 0
    needs: int = 0
    needs_suitable: int = 0
    needs_planned: int = 0
    needs_met: int = 0
    needs_fruitful: int = 0
    again: int = 0
    second_meeting: int = 0
    sample_sent: int = 0
    contract: int = 0
    failed: int = 0
    amount: float = 0.0
    obstacles: tuple[tuple[str, int], ...] = ()
    ranks: tuple[RankFigures, ...] = ()
    institutions: tuple[InstitutionFigures, ...] = ()

    @property
    def met(self) -> int:
        """Pairs planned whose people talked."""
        return self.held + self.cut_short
