"""What went wrong, pair by pair: the table to read when a number is not good enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.errors import SettingError, TableError
from matchmaker.evaluation.pairs import join_judgments
from matchmaker.evaluation.rules import check_whole
from matchmaker.records import Judgment, Match, Profile, ScoredPair, Shortlist

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("not_listed", "ranked_low", "ranked_high", "overconfident", "underconfident")
TEXTS = ("title", "description", "field", "organisation")


def _discount(ranks: np.ndarray) -> np.ndarray:
    return np.asarray(1 / np.log2(ranks + 1))


def find_misses(
    found: Iterable[Shortlist | Match | ScoredPair],
    judgments: Iterable[Judgment],
    *,
    needs: Iterable[Profile] | None = None,
    achievements: Iterable[Profile] | None = None,
    relevant_from: int = 3,
    threshold: float = 0.5,
) -> pd.DataFrame:
    """Return judged pairs that went wrong, the worst first; a pair that is wrong in two ways has two rows.

    How wrong a place is, is counted as NDCG counts it, with place ``r`` worth ``1 / log2(r + 1)``. The relevant pairs
    of a need, ``R`` of them, would ideally fill its first ``R`` places.

    Parameters
    ----------
    found : iterable of Shortlist, of Match or of ScoredPair
        What was proposed or scored. Scored pairs have no place, so only their probabilities can be wrong.
    judgments : iterable of Judgment
        What experts or outcomes said.
    needs, achievements : iterable of Profile, optional
        The registers, whose texts are put beside the pairs.
    relevant_from : int
        The lowest grade that counts as relevant.
    threshold : float
        A probability from here on says that the pair is relevant.

    Returns
    -------
    DataFrame
        ``kind, severity, need_id, achievement_id, grade, rank, score, probability``, and with registers
        ``need_title, need_description, need_field, need_organisation`` and the same of the achievement, empty where
        the register lacks the id. ``severity`` lies between 0 and 1. Kinds:

        - ``not_listed``: relevant and not on the need's list; what place ``R`` is worth;
        - ``ranked_low``: relevant and below place ``R``; what place ``R`` is worth more than its own;
        - ``ranked_high``: not relevant and above place ``R + 1``; what its own is worth more than that;
        - ``overconfident``: not relevant with a probability from ``threshold`` on; the probability;
        - ``underconfident``: relevant with a lower probability; what is missing to 1.

        Of equal severity the more surprising grade comes first, then by ids and kind.

    Raises
    ------
    TableError
        No need has both a list or a score and a judgment.
    SettingError
        A setting that is not allowed.

    Examples
    --------
    >>> found = [Match("N1", "A1", 1, 2.0, 0.9), Match("N1", "A2", 2, 1.0, 0.4)]
    >>> judgments = [Judgment("N1", "A1", 1), Judgment("N1", "A2", 3), Judgment("N1", "A3", 4)]
    >>> find_misses(found, judgments)[["kind", "severity", "achievement_id", "grade"]].round(2)
                 kind  severity achievement_id  grade
    0   overconfident      0.90             A1      1
    1      not_listed      0.63             A3      4
    2  underconfident      0.60             A2      3
    3     ranked_high      0.50             A1      1
    """
    import pandas as pd

    check_whole("relevant_from", relevant_from)
    if not 0 <= threshold <= 1:
        raise SettingError(f"threshold={threshold} is not between 0 and 1; give a probability")
    pairs = join_judgments(found, judgments)
    relevant = (pairs["grade"] >= relevant_from).to_numpy()
    rank = pairs["rank"].to_numpy(np.float64, na_value=np.nan)
    likely = pairs["probability"].to_numpy(np.float64)
    # ideal places are those of all relevant pairs judged for the need
    ideal = pairs.groupby("need_id")["grade"].transform(lambda grades: (grades >= relevant_from).sum()).to_numpy()
    has_list = pairs.groupby("need_id")["rank"].transform(lambda ranks: ranks.notna().any()).to_numpy(bool)
    unscored = pairs["score"].isna().to_numpy()
    worth, last, next_place = _discount(rank), _discount(np.maximum(ideal, 1)), _discount(ideal + 1)
    wrong = {
        # a list that holds no judged pair at all shows only in what was neither ranked nor scored
        "not_listed": (relevant & np.isnan(rank) & (has_list | unscored), last),
        "ranked_low": (relevant & (rank > ideal), last - worth),
        "ranked_high": (~relevant & (rank <= ideal), worth - next_place),
        "overconfident": (~relevant & (likely >= threshold), likely),
        "underconfident": (relevant & (likely < threshold), 1 - likely),
    }
    parts = [pairs[rows].assign(kind=kind, severity=severity[rows]) for kind, (rows, severity) in wrong.items()]
    misses = pd.concat(parts)
    surprise = (misses["grade"] - (relevant_from - 0.5)).abs()
    misses = (
        misses.assign(surprise=-surprise, worst=-misses["severity"])
        .sort_values(["worst", "surprise", "need_id", "achievement_id", "kind"])
        .reset_index(drop=True)
    )
    columns = ["kind", "severity", "need_id", "achievement_id", "grade", "rank", "score", "probability"]
    misses = misses[columns]
    for side, register in (("need", needs), ("achievement", achievements)):
        if register is not None:
            misses = _add_texts(misses, side, register)
    return misses


def _add_texts(misses: pd.DataFrame, side: str, register: Iterable[Profile]) -> pd.DataFrame:
    """Return the table with the texts of one side beside its ids."""
    profiles = {profile.id: profile for profile in register}
    ids = misses[f"{side}_id"]
    return misses.assign(
        **{
            f"{side}_{name}": [getattr(profiles[each], name) if each in profiles else "" for each in ids]
            for name in TEXTS
        }
    )


def count_misses(misses: pd.DataFrame, by: str = "need_field") -> pd.DataFrame:
    """Return how many misses of each kind every group has, the group with the most first.

    Parameters
    ----------
    misses : DataFrame
        What `find_misses` returned.
    by : str
        Column to group by: ``"need_field"``, ``"achievement_field"``, ``"achievement_organisation"``, ``"grade"`` …

    Returns
    -------
    DataFrame
        The group, one column a kind, and ``total``.

    Raises
    ------
    TableError
        The table lacks the column; the registers bring those about texts.

    Examples
    --------
    >>> found, judged = [Match("N1", "A1", 1, 2.0, 0.9)], [Judgment("N1", "A1", 1), Judgment("N1", "A3", 4)]
    >>> needs = [Profile("N1", "need", "防爆电池", field="洁净能源")]
    >>> count_misses(find_misses(found, judged, needs=needs)).iloc[0].to_dict()["total"]
    3
    """
    import pandas as pd

    if by not in misses.columns:
        raise TableError(
            f"the misses have no column {by!r}, only {', '.join(map(str, misses.columns))}; call find_misses with the "
            "registers needs= and achievements="
        )
    counts = pd.crosstab(misses[by], misses["kind"]).reindex(columns=list(KINDS), fill_value=0)
    counts.columns.name = None
    counts = counts.assign(total=counts.sum(axis=1)).reset_index()
    return counts.sort_values(["total", by], ascending=[False, True]).reset_index(drop=True)
