"""Learn from judgments, and take the lesson only when needs kept aside say that it helps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.errors import TableError
from matchmaker.evaluation import Comparison, compare, evaluate_scores
from matchmaker.rank.calibration import Calibration, fit_calibration, relevant_grade
from matchmaker.rank.defaults import default_reranker
from matchmaker.rank.learning import fit_trees, score_held_out
from matchmaker.rank.reranking import BoostedTrees, Reranker, add_up
from matchmaker.reasons import Lang

MIN_NEEDS = 5
MIN_PAIRS = 30


@dataclass(frozen=True, slots=True)
class Lesson:
    """Judged pairs as arrays, grouped by need: ``features`` (p, f), ``grades`` (p,), ``needs`` (p,) row numbers."""

    features: np.ndarray
    grades: np.ndarray
    needs: np.ndarray
    need_ids: list[str]
    achievement_ids: list[str]


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What came of learning.

    Attributes
    ----------
    adopted : bool
        Whether the learned model replaced the one in use: it must be better by more than chance explains.
    comparison : Comparison
        NDCG@10 on needs kept aside, the learned model against the one in use. Where the one in use has learned from
        most of these needs itself, its own scores would flatter it; the model without any learning stands in for it.
    needs, pairs : int
        Judged needs and pairs that were learned from.
    skipped : int
        Judgments left out because their need or achievement is not in the registers.
    backwards : bool
        Whether the grades fall as the texts agree more, as on a scale where 1 is best; nothing is adopted then.
    """

    adopted: bool
    comparison: Comparison
    needs: int
    pairs: int
    skipped: int
    backwards: bool = False

    def to_text(self, lang: Lang = "zh") -> str:
        """Return the result in words."""
        difference = self.comparison
        if lang == "zh":
            verdict = "已采用新模型" if self.adopted else "未采用新模型, 继续使用原模型"
            skipped = f", 另有 {self.skipped} 条因编号不在登记表中未使用" if self.skipped else ""
            if self.backwards:
                skipped += "; 内容越相近的成果得分反而越低, 请确认分值是否越大越好"
            return (
                f"{verdict}: 在未参与学习的需求上, NDCG@10 由 {difference.b:.3f} 变为 {difference.a:.3f} "
                f"(差 {difference.difference:+.3f}, 95% 区间 {difference.low:+.3f} 至 {difference.high:+.3f}); "
                f"使用 {self.needs} 个需求的 {self.pairs} 条研判{skipped}。"
            )
        verdict = "learned model adopted" if self.adopted else "learned model refused, the one in use stays"
        skipped = f"; {self.skipped} left out because their ids are in neither register" if self.skipped else ""
        if self.backwards:
            skipped += "; the closer the texts the lower the grades, please check that a higher grade is better"
        return (
            f"{verdict}: on needs kept aside NDCG@10 went from {difference.b:.3f} to {difference.a:.3f} "
            f"({difference.difference:+.3f}, 95 % interval {difference.low:+.3f} to {difference.high:+.3f}); "
            f"learned from {self.pairs} judgments on {self.needs} needs{skipped}."
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, its calibration and how it did; the model is only to be used when the report says so."""

    reranker: Reranker
    calibration: Calibration
    report: LearnReport


def learn(lesson: Lesson, current: Reranker, skipped: int, seed: int) -> Learned:
    """Learn trees and compare them with the model in use, on needs that neither has seen.

    Raises
    ------
    TableError
        With fewer than 5 needs or 30 pairs, or when all grades are equal: nothing could be measured.
    """
    judged = len(np.unique(lesson.needs))
    if judged < MIN_NEEDS or len(lesson.grades) < MIN_PAIRS or len(np.unique(lesson.grades)) < 2:
        raise TableError(
            f"learning needs at least {MIN_PAIRS} judgments on {MIN_NEEDS} needs with at least two different grades; "
            f"found {len(lesson.grades)} on {judged} ({skipped} left out because their ids are in neither register); "
            "judge more pairs, or check that the ids match the registers"
        )
    prior = default_reranker()
    held_out = score_held_out(prior, lesson.features, lesson.grades, lesson.needs, seed)
    untaught = add_up(prior.explain(lesson.features))
    relevant = relevant_grade(lesson.grades.tolist())
    comparison = _measure(lesson, held_out, current, untaught, relevant, seed)
    backwards = _runs_backwards(lesson, untaught)
    trees = fit_trees(prior, lesson.features, lesson.grades, seed)
    return Learned(
        reranker=replace(trees, learned_from=tuple(sorted(set(lesson.need_ids)))),
        calibration=fit_calibration(held_out, lesson.grades, relevant),
        report=LearnReport(
            adopted=comparison.verdict == "better" and not backwards,
            comparison=comparison,
            needs=judged,
            pairs=len(lesson.grades),
            skipped=skipped,
            backwards=backwards,
        ),
    )


def _measure(
    lesson: Lesson, learned: np.ndarray, current: Reranker, untaught: np.ndarray, relevant: int, seed: int
) -> Comparison:
    """Compare held-out scores with those in use on needs that the model in use has not learned from.

    With too few of these, all needs are compared with the scores of the model that has learned nothing.
    """
    seen = set(current.learned_from) if isinstance(current, BoostedTrees) else set()
    fair = np.array([need not in seen for need in lesson.need_ids])
    in_use = add_up(current.explain(lesson.features))
    if len(np.unique(lesson.needs[fair])) < MIN_NEEDS:
        fair[:], in_use = True, untaught
    rows = np.flatnonzero(fair)
    summaries = [
        evaluate_scores(
            [lesson.need_ids[row] for row in rows],
            lesson.grades[rows],
            scores[rows],
            achievement_ids=[lesson.achievement_ids[row] for row in rows],
            lowest=int(lesson.grades.min()),
            relevant_from=relevant,
            thresholds=(relevant,),
            random_state=seed,
        )
        for scores in (learned, in_use)
    ]
    return compare(summaries[0], summaries[1], "ndcg@10", names=("learned", "in use"), random_state=seed)


def _runs_backwards(lesson: Lesson, scores: np.ndarray) -> bool:
    """Tell whether grades fall with the scores within needs, by more than two standard errors of no relation."""
    _, rows = np.unique(lesson.needs, return_inverse=True)
    sizes = np.bincount(rows)
    a, b = (values - (np.bincount(rows, values) / sizes)[rows] for values in (scores, lesson.grades.astype(float)))
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return bool(scale > 0 and float(a @ b) / scale < -2 / np.sqrt(len(a)))
