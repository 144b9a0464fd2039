"""The running account of one reading: rows set aside, things to know, and errors, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from matchmaker.errors import TableError
from matchmaker.languages import check_language
from matchmaker.records import Notice, Rejection
from matchmaker.tables.messages import say

_SHOWN = 1_000
_BEGINNING = 200


class Findings:
    """Collects what happens while one source is read.

    Parameters
    ----------
    source : str
        File name, or what stands in for one; it goes into every rejection and notice.
    lang : {"zh", "en"}
        Language of the messages.

    Attributes
    ----------
    rejected : list of Rejection
        Rows set aside, every single one.
    notices : list of Notice
        Repairs and guesses; of one kind at most 1,000, the rest as one notice with their number (see ``close``).
    """

    def __init__(self, source: str, lang: str) -> None:
        self.source = source
        self.lang = check_language(lang)
        self.rejected: list[Rejection] = []
        self.notices: list[Notice] = []
        self._kinds: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._sheets: dict[str, int] = {}  # in the order in which they were first met

    def reject(self, sheet: str, row: int, key: str, cells: Iterable[str] = (), /, **values: object) -> None:
        """Set a row aside, with the beginning of what it held."""
        content = " | ".join(cell.strip()[:_BEGINNING] for cell in cells if cell and not cell.isspace())[:_BEGINNING]
        self._sheets.setdefault(sheet, len(self._sheets))
        self.rejected.append(Rejection(self.source, sheet, row, say(self.lang, key, **values), content))

    def note(self, sheet: str, row: int, key: str, /, **values: object) -> None:
        """Take down something a person should know although nothing was lost."""
        self._sheets.setdefault(sheet, len(self._sheets))
        self._kinds[key] += 1
        if self._kinds[key] <= _SHOWN:
            self.notices.append(Notice(self.source, sheet, row, say(self.lang, key, **values)))
        else:
            self._examples.setdefault(key, say(self.lang, key, **values))

    def error(self, key: str, /, **values: object) -> TableError:
        """Return the error that ends this reading, for the caller to raise."""
        return TableError(say(self.lang, key, **values))

    def close(self) -> tuple[tuple[Rejection, ...], tuple[Notice, ...]]:
        """Return rejections and notices by sheet, as first met, and row; surplus notices as one of each kind."""
        for key, example in self._examples.items():
            message = say(self.lang, "more_notices", count=self._kinds[key] - _SHOWN, example=example)
            self.notices.append(Notice(self.source, "", 0, message))
        self._examples.clear()
        rejected = sorted(self.rejected, key=lambda item: (self._sheets[item.sheet], item.row))
        notices = sorted(self.notices, key=lambda item: (self._sheets.get(item.sheet, -1), item.row))
        return tuple(rejected), tuple(notices)
