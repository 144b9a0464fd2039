"""The work behind the commands that look at one register alone: read, look, write, tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from textwrap import wrap

from rich.box import SIMPLE_HEAD
from rich.cells import chop_cells
from rich.console import Console
from rich.table import Table
from rich.text import Text

from matchmaker.cli.files import put_aside, refuse_empty, refuse_inputs_among, rejections_beside, require_csv
from matchmaker.cli.jobs import EngineChoice
from matchmaker.cli.screen import Screen
from matchmaker.delivery import CHECK_OUTPUTS, write_checks, write_duplicates
from matchmaker.duplicates import find_duplicates
from matchmaker.errors import TableError
from matchmaker.records import Profile, Records
from matchmaker.report.checks import words_for_checks
from matchmaker.tables import read_achievements, read_needs
from matchmaker.understanding import NeedCheck

# Below this a need is worth a telephone call before anybody searches.
LOW = 60
SHOWN = 10
SHOWN_MISSING = 3
_OTHERS = 32  # columns that id, completeness and the gaps take


def check_needs(screen: Screen, needs: Path, out: Path, choice: EngineChoice) -> int:
    """Do the work of ``matchmaker check``; return the exit code."""
    refuse_inputs_among([out / name for name in CHECK_OUTPUTS], [needs], lang=screen.lang)
    with screen.timed("read"):
        register = read_needs(needs, lang=screen.lang)
    refuse_empty(screen, register)
    engine = choice.open(screen)
    with screen.timed("check"):
        checks = engine.check(register)
    with screen.timed("write"):
        files = write_checks(register, checks, out, lang=screen.lang)
    if not screen.quiet:
        _show_checks(screen, register.rows, checks)
    screen.say(
        "checked",
        needs=len(checks),
        mean=round(sum(check.completeness for check in checks) / len(checks)),
        poor=sum(check.completeness < LOW for check in checks),
        bar=LOW,
        seconds=sum(screen.seconds.values()),
    )
    screen.say("checked_where", workbook=files["needcheck.xlsx"], table=files["needcheck.csv"])
    screen.warn_rejected(register.rejected, files["rejected.csv"])
    return int(bool(register.rejected))


def list_duplicates(screen: Screen, register: Path, out: Path) -> int:
    """Do the work of ``matchmaker duplicates``; return the exit code."""
    require_csv(out, lang=screen.lang)
    refuse_inputs_among([out, rejections_beside(out)], [register], lang=screen.lang)
    with screen.timed("read"):
        rows = _read_either(register, screen.lang)
    refuse_empty(screen, rows)
    groups = find_duplicates(rows.rows, lang=screen.lang)
    write_duplicates(out, rows.rows, groups, lang=screen.lang)
    members = sum(len(group.members) for group in groups)
    screen.say("alike", rows=len(rows), members=members, groups=len(groups), path=out)
    for kind, count in sorted(Counter(group.kind for group in groups).items()):
        screen.say("alike_kind", kind=screen.word(kind), count=count)
    return put_aside(screen, rows.rejected, rejections_beside(out))


def _read_either(path: Path, lang: str) -> Records[Profile]:
    """Read a register of achievements, or of needs where its columns say so."""
    try:
        needs = read_needs(path, lang=lang)
    except TableError:
        return read_achievements(path, lang=lang)
    if len(needs):
        with suppress(TableError):
            achievements = read_achievements(path, lang=lang)
            # A bare 编号 and 名称 fit both; the kind that reads more of the columns is meant.
            if _known(achievements) >= _known(needs):
                return achievements
    return needs


def _known(records: Records[Profile]) -> int:
    """Count the cells that found a place of their own."""
    return len(records) * 100 - sum(len(profile.extra) for profile in records)


def _show_checks(screen: Screen, needs: Sequence[Profile], checks: Sequence[NeedCheck]) -> None:
    """Print the least complete needs as a small table."""
    words = words_for_checks(screen.lang)
    console = Console()
    room = max(12, (console.width - _OTHERS) // 3)
    table = Table(box=SIMPLE_HEAD)
    table.add_column(screen.word("need"), no_wrap=True)
    for key in ("completeness", "missing", "first_question"):
        table.add_column(screen.word(key), justify="right" if key == "completeness" else "left")
    poorest = sorted(zip(needs, checks, strict=True), key=lambda pair: (pair[1].completeness, pair[0].id))
    for need, check in poorest[:SHOWN]:
        table.add_row(
            # Texts of a register are data: rich must not read [brackets] in them as markup.
            _fold(f"{need.id} {need.title}", room),
            f"{check.completeness}%",
            _fold(words["comma"].join([words[name] for name in check.missing[:SHOWN_MISSING]]), room),
            _fold(check.questions[0] if check.questions else "", room),
        )
    console.print(table)
    if len(poorest) > SHOWN:
        console.print(Text(screen.word("more_needs", count=len(poorest) - SHOWN)))


def _fold(text: str, width: int) -> Text:
    """Return a text broken wherever its line is full, as Chinese is set; rich would break at blanks only."""
    return Text("\n".join(wrap(text, width) if text.isascii() else chop_cells(text, width)))
