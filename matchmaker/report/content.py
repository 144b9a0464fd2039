"""What a report shows, checked once, and the counts that its overview draws."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from matchmaker.errors import RecordError, UnknownIdError
from matchmaker.languages import check_language
from matchmaker.records import Match, Notice, Profile, Rejection, Shortlist
from matchmaker.report.wording import COLUMN_NAMES

_NO_NAMES: Mapping[str, str] = MappingProxyType({})
# 省, then 市 only where a district follows: 瓦房店市 stays whole, 大连市甘井子区 loses its city.
_ABOVE_DISTRICT = re.compile(r"^(?:[^省区]{2,7}?(?:省|自治区))?(?:[^市区县]{2,7}市(?=.*[区县市旗]$))?")


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that the workbook and the page show.

    Attributes
    ----------
    achievements : mapping of str to Profile
        The register by id; matches point into it.
    needs : sequence of Profile
        In the order to be shown; ids are unique.
    shortlists : sequence of Shortlist
        At most one per need; a need without one counts as a gap, unless it has expired.
    rejected, notices : sequences of Rejection and Notice
        Rows set aside, and what was repaired or guessed.
    settings : mapping of str to str
        Shown in the notes.
    title : str
        Heading of the report.
    made_on : datetime.date
        Also the creation date inside the workbook, so that the same input gives the same bytes.
    lang : {"zh", "en"}
        Language of headings and explanations.
    expired : frozenset of str
        Ids of needs that were not looked at, because their deadline has passed.
    feature_names : mapping of str to str, optional
        What to call a feature before people; a feature without an entry is shown by its own name.

    Raises
    ------
    SettingError
        If ``lang`` is not known.
    UnknownIdError
        If a shortlist names a need, or a match an achievement, that is not there.
    RecordError
        If an id occurs twice, a probability lies outside 0–1, a number is not finite, or ``suitable`` exceeds the
        number of matches.

    Examples
    --------
    >>> need = Profile(id="N-1", kind="need", title="高镍电池电解液")
    >>> content = ReportContent({}, [need], [], [], [], {}, title="对接清单", made_on=date(2026, 11, 2), lang="zh")
    >>> [(need.id, len(shortlist)) for need, shortlist in content.pairs()]
    [('N-1', 0)]
    """

    achievements: Mapping[str, Profile]
    needs: Sequence[Profile]
    shortlists: Sequence[Shortlist]
    rejected: Sequence[Rejection]
    notices: Sequence[Notice]
    settings: Mapping[str, str]
    title: str
    made_on: date
    lang: str
    expired: frozenset[str] = frozenset()
    feature_names: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)

    def __post_init__(self) -> None:
        """Check that ids meet and numbers can be drawn."""
        check_language(self.lang)
        _refuse_twice((need.id for need in self.needs), "need")
        _refuse_twice((shortlist.need_id for shortlist in self.shortlists), "shortlist of need")
        needs = {need.id for need in self.needs}
        for shortlist in self.shortlists:
            if shortlist.need_id not in needs:
                raise UnknownIdError(f"a shortlist names need {shortlist.need_id!r}, which is not among the needs")
            if not 0 <= shortlist.suitable <= len(shortlist):
                raise RecordError(
                    f"need {shortlist.need_id!r} has {len(shortlist)} matches but suitable={shortlist.suitable}; "
                    "suitable counts the leading matches"
                )
            for match in shortlist:
                self._check_match(match)

    def _check_match(self, match: Match) -> None:
        pair = f"match of need {match.need_id!r} and achievement {match.achievement_id!r}"
        if match.achievement_id not in self.achievements:
            raise UnknownIdError(f"{pair}: the achievement is not in the register given to the report")
        if not 0.0 <= match.probability <= 1.0:
            raise RecordError(f"{pair}: probability is {match.probability}; it must lie in 0–1")
        numbers = [match.score, match.evidence.base]
        numbers += [number for term in match.evidence.terms for number in (term.value, term.contribution)]
        if not all(map(math.isfinite, numbers)):
            raise RecordError(f"{pair}: a score, value or contribution is not a finite number")

    def pairs(self) -> list[tuple[Profile, Shortlist]]:
        """Return every need with its shortlist, an empty one where there is none."""
        shortlists = {shortlist.need_id: shortlist for shortlist in self.shortlists}
        return [(need, shortlists.get(need.id) or Shortlist(need.id, ())) for need in self.needs]

    def gaps(self) -> list[tuple[Profile, Shortlist]]:
        """Return the needs that nothing in the register suits, with what comes nearest."""
        return [
            (need, shortlist)
            for need, shortlist in self.pairs()
            if not shortlist.suitable and need.id not in self.expired
        ]

    def wanted(self) -> list[tuple[Profile, list[tuple[Profile, Match, bool]]]]:
        """Return every matched achievement with the needs that want it.

        Returns
        -------
        list of (Profile, list of (Profile, Match, bool))
            Achievement, then need, match and whether it was judged suitable. Achievements suitable for most needs come
            first, then by id; the needs of each by falling probability, then in their own order.
        """
        wanting: dict[str, list[tuple[Profile, Match, bool]]] = {}
        for need, shortlist in self.pairs():
            for position, match in enumerate(shortlist):
                wanting.setdefault(match.achievement_id, []).append((need, match, position < shortlist.suitable))
        for rows in wanting.values():
            rows.sort(key=lambda row: -row[1].probability)
        order = sorted(wanting, key=lambda name: (-sum(suitable for *_, suitable in wanting[name]), name))
        return [(self.achievements[name], wanting[name]) for name in order]

    def name_feature(self, feature: str) -> str:
        """Return what to call a feature before people."""
        return self.feature_names.get(feature, feature)

    def list_extras(self, profile: Profile) -> list[tuple[str, str]]:
        """Return names, as people call them, and values of the columns outside the contract that say something."""
        names = COLUMN_NAMES[self.lang]
        return [(names.get(name, name), value) for name, value in profile.extra.items() if value]


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often the achievements of one institution were proposed."""

    institution: str
    achievements: int
    suitable: int
    others: int


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many needs of one field found something suitable, and how many did not; expired ones are neither."""

    field: str
    served: int
    gaps: int


def count_fields(content: ReportContent) -> list[FieldCount]:
    """Count needs with and without suitable matches by field, the largest field first."""
    served = Counter(need.field for need, shortlist in content.pairs() if shortlist.suitable)
    gaps = Counter(need.field for need, _ in content.gaps())
    names = sorted({*served, *gaps}, key=lambda name: (-served[name] - gaps[name], name))
    return [FieldCount(name, served[name], gaps[name]) for name in names]


def count_exposure(content: ReportContent) -> list[Exposure]:
    """Count proposals by institution, the most often proposed first, those never proposed included."""
    registered = Counter(profile.organisation for profile in content.achievements.values())
    suitable: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for shortlist in content.shortlists:
        for position, match in enumerate(shortlist):
            institution = content.achievements[match.achievement_id].organisation
            (suitable if position < shortlist.suitable else others)[institution] += 1
    names = sorted(registered, key=lambda name: (-suitable[name], -others[name], name))
    return [Exposure(name, registered[name], suitable[name], others[name]) for name in names]


def district_of(region: str) -> str:
    """Return the district of a place, without the province and city above it.

    Examples
    --------
    >>> district_of("辽宁省大连市金普新区"), district_of("甘井子区"), district_of("瓦房店市"), district_of("")
    ('金普新区', '甘井子区', '瓦房店市', '')
    """
    region = region.strip()
    return _ABOVE_DISTRICT.sub("", region) or region


def _refuse_twice(names: Iterable[str], what: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise RecordError(f"{what} {name!r} occurs {count} times; ids must be unique in a report")
