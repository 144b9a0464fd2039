"""Tables on the screen: the end of the demonstration, one need and its best matches; and two sets side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import chop_cells
from rich.console import Console
from rich.table import Table
from rich.text import Text

from matchmaker.cli.screen import Screen
from matchmaker.delivery import Delivery

SHOWN_NEED = "N-0007"  # says in plain words what the achievement that serves it says in technical ones
SHOWN_MATCHES = 3
_OTHERS = 48  # columns that rank, institution, probability and the gaps take


def show_matches(screen: Screen, delivery: Delivery, need_id: str = SHOWN_NEED) -> None:
    """Print the best matches of one need as a small table."""
    need = next(need for need in delivery.needs if need.id == need_id)
    shortlist = next(shortlist for shortlist in delivery.shortlists if shortlist.need_id == need_id)
    register = {profile.id: profile for profile in delivery.achievements}
    console = Console()
    room = max(16, (console.width - _OTHERS) // 2)
    title = Text(f"{need.id} {need.title}")
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for key in ("rank", "achievement", "institution", "probability", "reasons"):
        table.add_column(screen.word(key), justify="right" if key in ("rank", "probability") else "left", no_wrap=True)
    for match in shortlist[:SHOWN_MATCHES]:
        profile = register[match.achievement_id]
        # Texts of a register are data: rich must not read [brackets] in them as markup.
        table.add_row(
            str(match.rank),
            _fold(profile.title, room),
            Text(profile.organisation),
            f"{match.probability:.0%}",
            _fold("; ".join(match.evidence.reasons[:1]), room),
        )
    console.print()
    console.print(table)


def show_table(rows: Sequence[Sequence[str]]) -> None:
    """Print a table whose first row is its header: the first column to the left, the last too, figures to the right."""
    head, *body = rows
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for number, name in enumerate(head):
        edge = number in (0, len(head) - 1)
        table.add_column(Text(name), justify="left" if edge else "right", overflow="fold")
    for row in body:
        table.add_row(*map(Text, row))
    console = Console()
    console.print()
    console.print(table)
    console.print()


def _fold(text: str, width: int) -> Text:
    """Return a text broken wherever its line is full, as Chinese is set; rich would break at blanks only."""
    return Text("\n".join(chop_cells(text, width)))
