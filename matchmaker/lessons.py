"""What is learned from: judged pairs as features and vectors, and as texts where the encoder shall learn too."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np

from matchmaker.errors import RecordError
from matchmaker.pairing import compare_named, name_texts
from matchmaker.rank.learning import Examples
from matchmaker.rank.supply import Supply
from matchmaker.records import Judgment, Profile
from matchmaker.text.analysis import Analyst
from matchmaker.text.tuning import JudgedTexts

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Judged pairs.

    Attributes
    ----------
    examples : Examples
        As features and vectors.
    need_ids, achievement_ids : list of str
        One a pair.
    skipped : int
        Judgments left out because their need or achievement is not in the registers.
    texts : JudgedTexts or None
        The pairs as texts, where the encoder shall learn too.
    """

    examples: Examples
    need_ids: list[str]
    achievement_ids: list[str]
    skipped: int = 0
    texts: JudgedTexts | None = None


def prepare_lesson(
    analyst: Analyst,
    supply: Supply,
    achievements: Mapping[str, Profile],
    needs: Iterable[Profile],
    judgments: Iterable[Judgment],
    deep: bool = False,
    progress: Progress | None = None,
) -> Lesson:
    """Read what was judged; of several judgments of a pair the last counts.

    Parameters
    ----------
    analyst : Analyst
    supply : Supply
        The indexed register.
    achievements : mapping of str to Profile
        The same register, by id.
    needs : iterable of Profile
    judgments : iterable of Judgment
    deep : bool
        Whether texts are wanted.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Raises
    ------
    RecordError
        When a grade is no whole number or a weight is not above 0.
    """
    register = list(needs)
    known = {profile.id for profile in register}
    latest = {(judgment.need_id, judgment.achievement_id): judgment for judgment in judgments}
    usable = {pair: one for pair, one in latest.items() if pair[0] in known and pair[1] in achievements}
    for one in usable.values():
        _check(one)
    named = compare_named(analyst, supply, register, list(usable), None, progress)
    return Lesson(
        examples=Examples(
            features=named.features,
            grades=np.array([one.grade for one in usable.values()], np.int64),
            vectors=named.vectors(supply),
            weights=np.array([one.weight for one in usable.values()]),
        ),
        need_ids=[need for need, _ in usable],
        achievement_ids=[achievement for _, achievement in usable],
        skipped=len(latest) - len(usable),
        texts=name_texts(analyst, register, achievements, usable) if deep else None,
    )


def _check(judgment: Judgment) -> None:
    pair = f"the judgment of {judgment.need_id!r} and {judgment.achievement_id!r}"
    grade, weight = judgment.grade, judgment.weight
    if not (isinstance(grade, Real) and float(grade).is_integer()):
        raise RecordError(f"{pair} has the grade {grade!r}; give a whole number")
    if not (isinstance(weight, Real) and 0 < float(weight) < math.inf):
        raise RecordError(f"{pair} has the weight {weight!r}; give a number above 0")
