"""Who is seen: how shortlists spread attention over institutions, beside what each holds in the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import TableError, UnknownIdError
from matchmaker.evaluation.bootstrap import Estimate, check_bootstrap, estimate
from matchmaker.evaluation.frames import draw_frame
from matchmaker.evaluation.rules import Lang, check_choice, check_whole
from matchmaker.evaluation.shortlists import collect_lists
from matchmaker.evaluation.statistics import PooledMeans
from matchmaker.evaluation.wording import LANGUAGES, THIN, set_table, speak
from matchmaker.records import Match, Profile, Shortlist

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Spread = Literal["single", "concentrated", "favoured", "spread"]

CONCENTRATION = ("gini", "largest_share", "effective_institutions", "displaced")
SHOWN = 10


@dataclass(frozen=True, slots=True)
class InstitutionExposure:
    """What one institution holds, and how much of it is seen.

    Attributes
    ----------
    institution : str
        Its name.
    achievements : int
        Its achievements in the register.
    register_share : float
        Their share of the register.
    places : int
        Places that they take on the lists.
    exposure_share, low, high : float
        Share of all attention, where place ``r`` of a list counts ``1 / log2(r + 1)``, and the ends of its interval.
    needs : int
        Needs on whose list it stands.
    first_places, best_rank : int
        How often it stands first; its best place, 0 when it stands on no list.
    """

    institution: str
    achievements: int
    register_share: float
    places: int
    exposure_share: float
    low: float
    high: float
    needs: int
    first_places: int
    best_rank: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of each side appears on the lists at all, and what could not be attributed.

    Attributes
    ----------
    listed_achievements, achievements : int
        On at least one list; in the register.
    listed_institutions, institutions : int
        The same for institutions.
    served_needs, needs : int
        Needs with at least one place on their list; all needs.
    unstated_achievements, unstated_places : int
        Achievements without an institution, and their places; they are left out of everything about institutions.
    """

    listed_achievements: int
    achievements: int
    listed_institutions: int
    institutions: int
    served_needs: int
    needs: int
    unstated_achievements: int
    unstated_places: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """How shortlists spread attention over institutions.

    Attributes
    ----------
    institutions : tuple of InstitutionExposure
        The most exposed first.
    concentration : tuple of Estimate
        ``gini`` of exposure over institutions (0 all alike, towards 1 one has all), ``largest_share``,
        ``effective_institutions`` (as many equal ones would be as concentrated), and ``displaced``, the share of
        exposure that would have to move for every institution to be seen in proportion to its achievements.
    coverage : Coverage
        What appears on the lists at all.
    k : int
        Places of each list that were counted.
    confidence : float
        Mass inside the intervals.
    lang : {"zh", "en"}
        Language of ``str()``.
    """

    institutions: tuple[InstitutionExposure, ...]
    concentration: tuple[Estimate, ...]
    coverage: Coverage
    k: int
    confidence: float
    lang: Lang

    @property
    def verdict(self) -> Spread:
        """What is shown of the most exposed institution.

        ``"concentrated"``: it has more than half of all exposure. ``"favoured"``: it has more than its share of the
        register. Either way the whole interval must say so. ``"spread"``: neither is shown. ``"single"``: the register
        has one institution only.
        """
        top = self.institutions[0]
        if len(self.institutions) == 1:
            return "single"
        if top.low > 0.5:
            return "concentrated"
        return "favoured" if top.low > top.register_share else "spread"

    def __getitem__(self, measure: str) -> Estimate:
        """Return one measure of concentration; ``SettingError`` lists those there are."""
        check_choice("measure", measure, CONCENTRATION)
        return next(found for found in self.concentration if found.metric == measure)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an institution, the most exposed first."""
        return draw_frame(self.institutions, InstitutionExposure)

    def to_text(self, lang: Lang | None = None) -> str:
        """Return the verdict, its grounds and the most exposed institutions, for people."""
        lang, words = speak(lang, self.lang)
        top, covered = self.institutions[0], self.coverage
        lines = [
            words[f"exposure_{self.verdict}"].format(
                name=top.institution, share=top.exposure_share, low=top.low, high=top.high, register=top.register_share
            ),
            words["concentration"].format(
                effective=self["effective_institutions"],
                institutions=covered.institutions,
                gini=self["gini"],
                displaced=self["displaced"],
            ),
            words["coverage"].format(
                k=self.k,
                achievements=covered.listed_achievements / covered.achievements,
                institutions=covered.listed_institutions / covered.institutions,
                needs=covered.served_needs / covered.needs,
            ),
        ]
        head = ("institution", "achievements", "register_share", "places", "exposure_share", "reached", "best_rank")
        rows = [
            [
                one.institution,
                str(one.achievements),
                f"{one.register_share:.1%}",
                str(one.places),
                f"{one.exposure_share:.1%}",
                str(one.needs),
                str(one.best_rank or "–"),
            ]
            for one in self.institutions[:SHOWN]
        ]
        lines += set_table([[words[name] for name in head], *rows])
        if len(self.institutions) > SHOWN:
            lines.append(words["more_institutions"].format(len(self.institutions) - SHOWN))
        if covered.unstated_achievements:
            lines.append(words["unstated"].format(covered.unstated_achievements, covered.unstated_places))
        if covered.needs < THIN:
            lines.append(words["thin"].format(covered.needs))
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the verdict and its grounds in the exposure's language."""
        return self.to_text()


@dataclass(frozen=True, slots=True, eq=False)
class Concentration:
    """Measures of concentration from each need's exposure by institution, as a `Statistic`.

    A resample holds fewer different needs than the lists, so it is more concentrated; ``centred`` has the intervals
    moved back by that much.

    Attributes
    ----------
    exposure : ndarray, shape (needs, institutions)
        What each need's list adds to the exposure of each institution.
    holdings : ndarray, shape (institutions,)
        Share of the register that each institution holds.
    """

    exposure: FloatArray
    holdings: FloatArray
    keys: tuple[str, ...] = CONCENTRATION
    centred: bool = True

    @property
    def known(self) -> BoolArray:
        """Which needs list anything."""
        return np.repeat(self.exposure.sum(axis=1, keepdims=True) > 0, len(self.keys), axis=1)

    @property
    def columns(self) -> int:
        """Numbers that one resample holds."""
        return int(max(self.exposure.shape))

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Return the measures of each resample."""
        shares = weights @ self.exposure
        total = shares.sum(axis=1, keepdims=True)
        shares = np.divide(shares, total, out=np.full(shares.shape, np.nan), where=total > 0)
        number = shares.shape[1]
        places = 2 * np.arange(1, number + 1) - number - 1
        return np.stack(
            [
                np.sort(shares, axis=1) @ places / number,
                shares.max(axis=1),
                1 / (shares**2).sum(axis=1),
                np.abs(shares - self.holdings).sum(axis=1) / 2,
            ],
            axis=1,
        )


def _read_homes(achievements: Iterable[Profile] | Mapping[str, str]) -> dict[str, str]:
    """Return the institution of each achievement, empty where none is stated."""
    pairs = (
        achievements.items()
        if isinstance(achievements, Mapping)
        else ((profile.id, profile.organisation) for profile in achievements)
    )
    homes = {achievement_id: institution.strip() for achievement_id, institution in pairs}
    if not any(homes.values()):
        raise TableError(
            f"none of the {len(homes)} achievements states its institution; give the register that the shortlists were "
            "made from, with its column institution"
        )
    return homes


def measure_exposure(
    shortlists: Iterable[Shortlist | Match],
    achievements: Iterable[Profile] | Mapping[str, str],
    *,
    k: int = 10,
    resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int = 0,
    lang: Lang = "en",
) -> Exposure:
    """Measure how shortlists spread attention over institutions, with bootstrap intervals over needs.

    Attention falls with the place: place ``r`` counts ``1 / log2(r + 1)``, as in NDCG [1]_. Whether the spread is fair
    is no question of numbers alone: an institution that holds most of what the needs ask for is rightly seen most.

    Parameters
    ----------
    shortlists : iterable of Shortlist or of Match
        What was proposed; an empty list counts as a need that is not served.
    achievements : iterable of Profile, or mapping of str to str
        The register, or the institution of each achievement by its id.
    k : int
        Places of each list that count.
    resamples, confidence, random_state : int, float, int
        Bootstrap draws, mass inside the intervals, seed.
    lang : {"zh", "en"}
        Language of ``str()``.

    Raises
    ------
    TableError
        No list, nothing listed, or no achievement that states its institution.
    UnknownIdError
        A listed achievement is not in the register.

    References
    ----------
    .. [1] A. Singh, T. Joachims (2018), Fairness of Exposure in Rankings, KDD.

    Examples
    --------
    >>> lists = [Match("N1", "A1", 1, 0.9, 0.8), Match("N1", "A2", 2, 0.7, 0.4), Match("N2", "A1", 1, 0.6, 0.5)]
    >>> exposure = measure_exposure(lists, {"A1": "甲大学", "A2": "乙研究所", "A3": "乙研究所"})
    >>> exposure.to_frame()[["institution", "achievements", "places", "exposure_share", "needs"]].round(2)
      institution  achievements  places  exposure_share  needs
    0         甲大学             1       2            0.76      2
    1        乙研究所             2       1            0.24      1
    >>> print(exposure["largest_share"])
    largest_share 0.760 [0.583, 0.970]
    """
    check_whole("k", k, at_least=1)
    check_choice("lang", lang, LANGUAGES)
    check_bootstrap(resamples, confidence, random_state)
    lists = [places[:k] for places in collect_lists(shortlists).values()]
    homes = _read_homes(achievements)
    names = sorted(set(homes.values()) - {""})
    column = {name: number for number, name in enumerate(names)}
    held = np.bincount([column[home] for home in homes.values() if home], minlength=len(names))
    exposure, places, first = (np.zeros((len(lists), len(names))) for _ in range(3))
    best = np.zeros(len(names), np.int64)
    listed: set[str] = set()
    unstated = 0
    for row, matches in enumerate(lists):
        for rank, match in enumerate(matches, start=1):
            if match.achievement_id not in homes:
                raise UnknownIdError(
                    f"need {match.need_id!r} lists achievement {match.achievement_id!r}, which is not in the register; "
                    "give the register that the shortlists were made from"
                )
            listed.add(match.achievement_id)
            if not homes[match.achievement_id]:
                unstated += 1
                continue
            here = column[homes[match.achievement_id]]
            exposure[row, here] += 1 / np.log2(rank + 1)
            places[row, here] += 1
            first[row, here] += rank == 1
            best[here] = min(best[here] or rank, rank)
    if not exposure.any():
        raise TableError(f"the {len(lists)} lists hold no achievement with an institution; make longer lists")
    total = np.repeat(exposure.sum(axis=1, keepdims=True), len(names), axis=1)
    shares = PooledMeans(tuple(names), exposure, total)
    found = estimate(
        [shares, Concentration(exposure, held / held.sum())],
        len(lists),
        resamples=resamples,
        confidence=confidence,
        random_state=random_state,
    )
    institutions = [
        InstitutionExposure(
            institution=name,
            achievements=int(held[number]),
            register_share=float(held[number] / held.sum()),
            places=int(places[:, number].sum()),
            exposure_share=share.value,
            low=share.low,
            high=share.high,
            needs=int((places[:, number] > 0).sum()),
            first_places=int(first[:, number].sum()),
            best_rank=int(best[number]),
        )
        for number, (name, share) in enumerate(zip(names, found, strict=False))
    ]
    institutions.sort(key=lambda one: (-one.exposure_share, -one.achievements, one.institution))
    coverage = Coverage(
        listed_achievements=len(listed),
        achievements=len(homes),
        listed_institutions=int((best > 0).sum()),
        institutions=len(names),
        served_needs=sum(bool(matches) for matches in lists),
        needs=len(lists),
        unstated_achievements=sum(not home for home in homes.values()),
        unstated_places=unstated,
    )
    return Exposure(tuple(institutions), found[len(names) :], coverage, k, confidence, lang)
