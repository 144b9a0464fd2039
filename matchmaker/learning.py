"""Learn from judgments, and take the lesson only when needs kept aside say that it helps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.errors import TableError
from matchmaker.evaluation import Comparison, compare, evaluate_scores
from matchmaker.rank.abstention import choose_threshold
from matchmaker.rank.calibration import Calibration, fit_calibration, relevant_grade
from matchmaker.rank.learning import Examples, Progress, fit_reranker, score
from matchmaker.rank.reranking import LearnedSum, WeightedSum, add_up
from matchmaker.reasons import Lang

MIN_NEEDS = 5
MIN_PAIRS = 30
# Folds learn from much the same judgments, so that their differences vary less than chance would have it (Bengio and
# Grandvalet 2004): of 110 lessons with grades drawn at random 10 passed at 0.05, and 4 at this level.
CHANCE = 0.01
# Of the needs that have something suitable, the share that may be called a gap.
GAP_ERROR = 0.1


@dataclass(frozen=True, slots=True)
class Lesson:
    """Judged pairs as arrays, and the ids of their needs and achievements."""

    examples: Examples
    need_ids: list[str]
    achievement_ids: list[str]


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What came of learning.

    Attributes
    ----------
    adopted : bool
        Whether the learned model replaced the one in use: it must be better by more than chance explains, at the head
        of the lists, or over all pairs without being worse at the head.
    comparison : Comparison
        NDCG@10 on needs kept aside, the learned model against the one in use. Where the one in use has learned from
        most of these needs itself, its own scores would flatter it; the model without any learning stands in for it.
    correlation : Comparison
        The same for the rank correlation of scores and grades over all pairs, which says more where lists are short.
    needs, pairs : int
        Judged needs and pairs that were learned from.
    skipped : int
        Judgments left out because their need or achievement is not in the registers.
    backwards : bool
        Whether the grades fall as the texts agree more, as on a scale where 1 is best; nothing is adopted then.
    threshold : float
        Probability from which a match of the learned model counts as suitable: of needs that have something suitable,
        at most the share asked for is to be called a gap.
    gaps : float
        Share of the needs kept aside that this threshold calls gaps.
    """

    adopted: bool
    comparison: Comparison
    correlation: Comparison
    needs: int
    pairs: int
    skipped: int
    backwards: bool = False
    threshold: float = 0.5
    gaps: float = 0.0

    def to_text(self, lang: Lang = "zh") -> str:
        """Return the result in words."""
        difference, overall = self.comparison, self.correlation
        if lang == "zh":
            verdict = "已采用新模型" if self.adopted else "未采用新模型，继续使用原模型"
            skipped = f"，另有 {self.skipped} 条因编号不在登记表中未使用" if self.skipped else ""
            if self.backwards:
                skipped += "；内容越相近的成果得分反而越低，请确认分值是否越大越好"
            return (
                f"{verdict}：在未参与学习的需求上，NDCG@10 由 {difference.b:.3f} 变为 {difference.a:.3f}"
                f"（差 {difference.difference:+.3f}，95% 区间 {difference.low:+.3f} 至 {difference.high:+.3f}），"
                f"得分与等级的秩相关由 {overall.b:.3f} 变为 {overall.a:.3f}"
                f"（差 {overall.difference:+.3f}，95% 区间 {overall.low:+.3f} 至 {overall.high:+.3f}）；"
                f"使用 {self.needs} 个需求的 {self.pairs} 条研判{skipped}。" + self._tell_threshold(lang)
            )
        verdict = "learned model adopted" if self.adopted else "learned model refused, the one in use stays"
        skipped = f"; {self.skipped} left out because their ids are in neither register" if self.skipped else ""
        if self.backwards:
            skipped += "; the closer the texts the lower the grades, please check that a higher grade is better"
        return (
            f"{verdict}: on needs kept aside NDCG@10 went from {difference.b:.3f} to {difference.a:.3f} "
            f"({difference.difference:+.3f}, 95 % interval {difference.low:+.3f} to {difference.high:+.3f}), the rank "
            f"correlation of scores and grades from {overall.b:.3f} to {overall.a:.3f} "
            f"({overall.difference:+.3f}, {overall.low:+.3f} to {overall.high:+.3f}); "
            f"learned from {self.pairs} judgments on {self.needs} needs{skipped}." + self._tell_threshold(lang)
        )

    def _tell_threshold(self, lang: Lang) -> str:
        if not self.adopted:
            return ""
        if lang == "zh":
            return f"概率达到 {self.threshold:.2f} 算适配，未参与学习的需求中有 {self.gaps:.0%} 按此列为缺口。"
        return (
            f" A probability of {self.threshold:.2f} counts as suitable; of needs kept aside {self.gaps:.0%} are gaps."
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, its calibration and how it did; the model is only to be used when the report says so."""

    reranker: LearnedSum
    calibration: Calibration
    report: LearnReport


def learn(
    lesson: Lesson,
    current: WeightedSum | LearnedSum,
    skipped: int,
    seed: int,
    gap_error: float = GAP_ERROR,
    progress: Progress | None = None,
) -> Learned:
    """Learn a reranker and compare it with the model in use, on needs that neither has seen.

    Raises
    ------
    TableError
        With fewer than 5 needs or 30 pairs, or when all grades are equal: nothing could be measured.
    """
    grades, needs = lesson.examples.grades, lesson.examples.vectors.rows
    judged = len(np.unique(needs))
    if judged < MIN_NEEDS or len(grades) < MIN_PAIRS or len(np.unique(grades)) < 2:
        raise TableError(
            f"learning needs at least {MIN_PAIRS} judgments on {MIN_NEEDS} needs with at least two different grades; "
            f"found {len(grades)} on {judged} ({skipped} left out because their ids are in neither register); "
            "judge more pairs, or check that the ids match the registers"
        )
    prior = current.prior if isinstance(current, LearnedSum) else current
    model, held_out = fit_reranker(prior, lesson.examples, seed, progress)
    untaught = add_up(prior.explain(lesson.examples.features))
    relevant = relevant_grade(grades.tolist())
    comparison, correlation = _measure(lesson, held_out, current, untaught, relevant, seed)
    backwards = _runs_backwards(lesson, untaught)
    calibration = fit_calibration(held_out, grades, relevant)
    abstention = choose_threshold(needs, calibration.probability(held_out), grades >= relevant, gap_error)
    return Learned(
        reranker=replace(model, learned_from=tuple(sorted(set(lesson.need_ids)))),
        calibration=calibration,
        report=LearnReport(
            adopted=not backwards and (_beats(comparison) or (comparison.difference >= 0 and _beats(correlation))),
            comparison=comparison,
            correlation=correlation,
            needs=judged,
            pairs=len(grades),
            skipped=skipped,
            backwards=backwards,
            threshold=abstention.threshold,
            gaps=abstention.gaps,
        ),
    )


def _measure(
    lesson: Lesson,
    learned: np.ndarray,
    current: WeightedSum | LearnedSum,
    untaught: np.ndarray,
    relevant: int,
    seed: int,
) -> tuple[Comparison, Comparison]:
    """Compare held-out scores with those in use on needs that the model in use has not learned from.

    With too few of these, all needs are compared with the scores of the model that has learned nothing.
    """
    seen = set(current.learned_from) if isinstance(current, LearnedSum) else set()
    fair = np.array([need not in seen for need in lesson.need_ids])
    examples = lesson.examples
    in_use = score(current, examples) if isinstance(current, LearnedSum) else add_up(current.explain(examples.features))
    if len(np.unique(examples.vectors.rows[fair])) < MIN_NEEDS:
        fair[:], in_use = True, untaught
    rows = np.flatnonzero(fair)
    summaries = [
        evaluate_scores(
            [lesson.need_ids[row] for row in rows],
            examples.grades[rows],
            scores[rows],
            achievement_ids=[lesson.achievement_ids[row] for row in rows],
            lowest=int(examples.grades.min()),
            relevant_from=relevant,
            thresholds=(relevant,),
            random_state=seed,
        )
        for scores in (learned, in_use)
    ]
    head, overall = (
        compare(summaries[0], summaries[1], metric, names=("learned", "in use"), random_state=seed)
        for metric in ("ndcg@10", "spearman")
    )
    return head, overall


def _beats(comparison: Comparison) -> bool:
    return comparison.difference > 0 and comparison.p_value < CHANCE


def _runs_backwards(lesson: Lesson, scores: np.ndarray) -> bool:
    """Tell whether grades fall with the scores within needs, by more than two standard errors of no relation."""
    _, rows = np.unique(lesson.examples.vectors.rows, return_inverse=True)
    sizes = np.bincount(rows)
    a, b = (
        values - (np.bincount(rows, values) / sizes)[rows] for values in (scores, lesson.examples.grades.astype(float))
    )
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return bool(scale > 0 and float(a @ b) / scale < -2 / np.sqrt(len(a)))
