"""Registers as a command reads them, and the tables that name their ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from matchmaker.cli.files import refuse_empty
from matchmaker.cli.screen import Screen
from matchmaker.records import Judgment, Pair, Profile, Records, Rejection
from matchmaker.tables import read_achievements, read_needs
from matchmaker.tables.parsing import parse
from matchmaker.tables.reading import start_reading

if TYPE_CHECKING:
    from matchmaker.tables.contracts import Contract
    from matchmaker.tables.lines import Line

Row = TypeVar("Row", bound=Pair | Judgment)


@dataclass(frozen=True, slots=True)
class Registers:
    """Both registers as read."""

    achievements: Records[Profile]
    needs: Records[Profile]

    @classmethod
    def read(cls, screen: Screen, achievements: Path, needs: Path) -> Registers:
        """Read two files.

        Raises
        ------
        TableError
            If one of them cannot be used, or has no usable row at all.
        """
        with screen.timed("read"):
            registers = cls(read_achievements(achievements, lang=screen.lang), read_needs(needs, lang=screen.lang))
        for register in (registers.achievements, registers.needs):
            refuse_empty(screen, register)
        return registers

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """Rows of both that were set aside."""
        return (*self.achievements.rejected, *self.needs.rejected)


def read_known(
    screen: Screen, path: Path, contract: Contract, build: Callable[[Line], Row | None], registers: Registers
) -> Records[Row]:
    """Read rows that name a need and an achievement; those that name an unknown one are set aside.

    Parameters
    ----------
    screen : Screen
        Knows the language.
    path : Path
        The file.
    contract, build
        The kind of table and what makes a row of a line, as in `matchmaker.tables.registers`.
    registers : Registers
        The known ids.

    Returns
    -------
    Records of what ``build`` makes
    """
    reading = start_reading(path, contract, sheet=None, connection=None, lang=screen.lang)
    known_needs = {profile.id for profile in registers.needs}
    known_achievements = {profile.id for profile in registers.achievements}
    strangers: list[Rejection] = []

    def check(line: Line) -> Row | None:
        row = build(line)
        if row is None:
            return None
        reasons = [
            screen.word(key, id=name)
            for key, name, known in (
                ("unknown_need", row.need_id, known_needs),
                ("unknown_achievement", row.achievement_id, known_achievements),
            )
            if name not in known
        ]
        if not reasons:
            return row
        content = " | ".join(filter(None, line.texts))[:200]
        sheet = line.layout.grid.sheet
        strangers.append(Rejection(reading.findings.source, sheet, line.number, "; ".join(reasons), content))
        return None

    rows = parse(reading.grids, contract, check, reading.findings)
    rejected, notices = reading.findings.close()
    aside: tuple[Rejection, ...] = (*strangers, *rejected)
    sheets = {item.sheet: place for place, item in reversed(list(enumerate(aside)))}
    found = sorted(aside, key=lambda item: (sheets[item.sheet], item.row))
    records = Records(rows, tuple(found), notices, reading.findings.source, reading.digest.hexdigest())
    refuse_empty(screen, records, "no_known_rows")
    return records
