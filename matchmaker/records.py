"""The frozen records that people name: profiles, judgments, matches, shortlists, and the tables they come in.

Arrays carry bulk inside the engine; these records stand at its edges. Nothing here reads files or computes scores.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, overload

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["achievement", "need"]
Side = Literal["need", "achievement"]
Part = Literal["title", "description", "keywords"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Profile:
    """Anything that can be matched: an id, a kind, texts, and attributes as a person wrote them.

    Attributes
    ----------
    id : str
        Unique within its register.
    kind : {"achievement", "need"}
        Supply or demand.
    title, description : str
        The texts, exactly as read (cleaning happens later, and keeps offsets into these).
    keywords : tuple of str
        Keywords, already split.
    field, organisation, region, maturity, mode, money : str
        Industry field; institution or enterprise; place; stage reached or asked for; transfer or cooperation mode;
        price or budget. Empty when unknown.
    date : datetime.date or None
        ``updated_on`` of an achievement, ``deadline`` of a need.
    extra : mapping of str to str
        Columns outside the contract, kept for reports (patents, leader, phone …).

    Examples
    --------
    >>> Profile(id="A-1", kind="achievement", title="锂离子电池电解液").title
    '锂离子电池电解液'
    """

    id: str
    kind: Kind
    title: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    field: str = ""
    organisation: str = ""
    region: str = ""
    maturity: str = ""
    mode: str = ""
    money: str = ""
    date: date | None = None
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgment:
    """How well one achievement serves one need, as an expert or an outcome said (any ordered integers).

    ``weight`` says as how many judgments it counts when it is learned from: more than 1 where pairs like it were seldom
    judged, as far down the shortlists, less where they mostly were. What was learned is measured without weights.
    """

    need_id: str
    achievement_id: str
    grade: int
    event_id: str = ""
    judged_on: date | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and an achievement to be scored together."""

    need_id: str
    achievement_id: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was set aside, and where to find it.

    ``row`` counts from 1 as a spreadsheet shows it, the header row included; ``content`` is the row's beginning.
    """

    file: str
    sheet: str
    row: int
    reason: str
    content: str = ""

    def __str__(self) -> str:
        """Return ``file [sheet] row n: reason``."""
        sheet = f" [{self.sheet}]" if self.sheet else ""
        return f"{self.file}{sheet} row {self.row}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know although nothing was lost: a renamed id, a guessed encoding, a shortened cell."""

    file: str
    sheet: str
    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Records(Sequence[T], Generic[T]):
    """The good rows of a table, in order, and the rows set aside.

    Attributes
    ----------
    rows : tuple
        Usable records in the order they were read.
    rejected : tuple of Rejection
        Rows that could not be used; ``print(needs.rejected)`` shows where and why.
    notices : tuple of Notice
        What was repaired or guessed on the way; no row was lost by it.
    source : str
        File name, or what stood in for one (``"DataFrame"``, the SQL query).
    sha256 : str
        Digest of the bytes that were read; empty when there was no file.
    """

    rows: tuple[T, ...]
    rejected: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()
    source: str = ""
    sha256: str = ""

    def __len__(self) -> int:
        """Return the number of usable rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[T]:
        """Iterate over usable rows in order."""
        return iter(self.rows)

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> Records[T]: ...
    def __getitem__(self, key: int | slice) -> T | Records[T]:
        """Return one row, or a narrower table with the same rejections."""
        if isinstance(key, slice):
            return replace(self, rows=self.rows[key])
        return self.rows[key]

    def where(self, keep: Callable[[T], bool]) -> Records[T]:
        """Return the table narrowed to the rows for which ``keep(row)`` is true."""
        return replace(self, rows=tuple(row for row in self.rows if keep(row)))

    def to_frame(self) -> pd.DataFrame:
        """Return the usable rows as a data frame, one column per attribute."""
        import pandas as pd

        names = list(self.rows[0].__slots__) if self.rows else []  # type: ignore[attr-defined]
        return pd.DataFrame([[getattr(row, name) for name in names] for row in self.rows], columns=names)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text as its author wrote it: ``text[start:end]`` of that part of that profile.

    For ``part == "keywords"`` the text is ``"；".join(profile.keywords)``.
    """

    side: Side
    part: Part
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of a score: a feature, the value it had, and what it added."""

    feature: str
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a match was made: reasons in words, spans in both texts, and terms that add up to the score.

    ``score == base + sum(term.contribution for term in terms)``.
    """

    reasons: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    terms: tuple[Term, ...] = ()
    base: float = 0.0

    def __str__(self) -> str:
        """Return the reasons in one line."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Match:
    """One achievement proposed for one need."""

    need_id: str
    achievement_id: str
    rank: int
    score: float
    probability: float
    evidence: Evidence = dataclasses.field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class Shortlist(Sequence[Match]):
    """The matches of one need, best first.

    ``suitable`` is the number of leading matches whose probability reaches the engine's threshold; 0 says that nothing
    in the register suits this need.
    """

    need_id: str
    matches: tuple[Match, ...]
    suitable: int = 0

    def __len__(self) -> int:
        """Return the number of matches."""
        return len(self.matches)

    def __iter__(self) -> Iterator[Match]:
        """Iterate over matches, best first."""
        return iter(self.matches)

    @overload
    def __getitem__(self, key: int) -> Match: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Match]: ...
    def __getitem__(self, key: int | slice) -> Match | Sequence[Match]:
        """Return a match by position, or several."""
        return self.matches[key]


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """A given pair with its score, the probability of a worthwhile meeting and the grade to expect."""

    need_id: str
    achievement_id: str
    score: float
    probability: float
    expected_grade: float
