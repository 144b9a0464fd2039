"""What is delivered, and the form in which each file shows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from matchmaker.columns import count_days
from matchmaker.delivery.wording import FEATURES, words_for
from matchmaker.rank.filters import Filter
from matchmaker.records import Notice, Profile, Records, Rejection, Shortlist
from matchmaker.report import ReportContent
from matchmaker.tally import Tally, list_expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How results came about: what a reader must know, beside the registers, to make them again.

    Attributes
    ----------
    filter : Filter
        What was allowed to be matched.
    k : int
        Longest shortlist asked for.
    as_of : datetime.date or None
        The day by which deadlines were judged, and the date of the report; None ignores deadlines.
    settings : mapping of str to str
        ``Matchmaker.settings``.
    lang : {"zh", "en"}
        Language of report and reasons.
    version : str
        Of matchmaker.
    command : sequence of str
        The command line; empty when there was none.
    timings : mapping of str to float
        Seconds that each stage took; they go into the manifest only.
    """

    filter: Filter = field(default_factory=Filter)
    k: int = 10
    as_of: date | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lang: str = "zh"
    version: str = ""
    command: Sequence[str] = ()
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Delivery(Run):
    """Registers, shortlists, and how they came about.

    Attributes
    ----------
    achievements, needs : Records of Profile
        The registers as they were read.
    shortlists : sequence of Shortlist
        One per need, in the needs' order.

    Examples
    --------
    >>> need = Profile(id="N-1", kind="need", title="高镍电池电解液", date=date(2026, 1, 31))
    >>> none: Records[Profile] = Records(())
    >>> delivery = Delivery(none, Records((need,)), [Shortlist("N-1", ())], as_of=date(2026, 11, 9), lang="en")
    >>> [need.id for need in delivery.expired()], count_needs(delivery)
    (['N-1'], Tally(needs=1, served=0, unserved=0, expired=1, matches=0))
    """

    achievements: Records[Profile]
    needs: Records[Profile]
    shortlists: Sequence[Shortlist]

    def expired(self) -> list[Profile]:
        """Return the needs that got no matches because their deadline has passed."""
        return list_expired(self.needs, count_days(self.as_of))

    def rejected(self) -> list[Rejection]:
        """Return the rows of both registers that were set aside."""
        return [*self.achievements.rejected, *self.needs.rejected]


def count_needs(delivery: Delivery) -> Tally:
    """Count needs by what became of them."""
    return Tally.of(delivery.shortlists, len(delivery.expired()))


def report_content(delivery: Delivery) -> ReportContent:
    """Return what workbook and page show; a need that has expired gets a notice, so that it is not merely missing."""
    words = words_for(delivery.lang)
    notices = [*delivery.achievements.notices, *delivery.needs.notices]
    for need in delivery.expired():
        message = words["expired"].format(id=need.id, deadline=need.date, as_of=delivery.as_of)
        notices.append(Notice(delivery.needs.source, "", 0, message))
    return ReportContent(
        achievements={profile.id: profile for profile in delivery.achievements},
        needs=delivery.needs.rows,
        shortlists=delivery.shortlists,
        rejected=delivery.rejected(),
        notices=notices,
        settings=dict(_describe_settings(delivery, words)),
        title=words["title"],
        made_on=delivery.as_of or date.today(),
        lang=delivery.lang,
        feature_names=FEATURES[delivery.lang],
        expired=frozenset(need.id for need in delivery.expired()),
    )


def _describe_settings(delivery: Delivery, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield words["achievements"], delivery.achievements.source
    yield words["needs"], delivery.needs.source
    yield words["k"], str(delivery.k)
    yield words["as_of"], words["none"] if delivery.as_of is None else delivery.as_of.isoformat()
    usual = Filter()
    for name, value in plain_filter(delivery.filter).items():
        if value not in ([], getattr(usual, name)):
            shown = "、".join(value) if isinstance(value, list) else words["yes"] if value is True else str(value)
            yield words.get(name, name), shown
    for name, text in delivery.settings.items():
        yield words.get(name, name), text
    if delivery.version:
        yield "matchmaker", delivery.version


def plain_filter(rules: Filter) -> dict[str, list[str] | float]:
    """Return a filter as plain JSON values, without its date, which the engine counts in days."""
    names = (part.name for part in dataclasses.fields(rules) if part.name != "as_of")
    values = ((name, getattr(rules, name)) for name in names)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}
