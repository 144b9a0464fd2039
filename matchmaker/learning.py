"""Learn from judgments, and take the lesson only when needs kept aside say that it helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy import stats

from matchmaker.deepening import Deep, fit_deeply
from matchmaker.errors import TableError
from matchmaker.evaluation import Comparison, compare, evaluate_scores
from matchmaker.evaluation.ranking import choose_gain
from matchmaker.learnreport import LearnReport
from matchmaker.lessons import Lesson
from matchmaker.rank.abstention import choose_threshold
from matchmaker.rank.calibration import Calibration, fit_calibration, relevant_grade
from matchmaker.rank.learning import Examples, Progress, Scores, clearly_positive, fit_reranker, score, split_needs
from matchmaker.rank.reranking import LearnedSum, WeightedSum, add_up

MIN_NEEDS = 5
MIN_PAIRS = 30
# Fewer needs cannot tell a model from another at the level below: the least p-value of seven is 1 in 64.
FEWEST_COMPARED = 8
# Folds learn from much the same judgments, so that their differences vary less than chance would have it (Bengio and
# Grandvalet 2004): of 110 lessons with grades drawn at random 10 passed at 0.05, and 4 at this level.
CHANCE = 0.01
# From so many standard errors on, grades are said to rise or to fall with the scores.
RISING, FALLING = 2.5, -2.0
# Of the needs that have something suitable, the share that may be called a gap.
GAP_ERROR = 0.1


@dataclass(frozen=True, slots=True)
class InUse:
    """What an engine ranks by.

    Attributes
    ----------
    reranker : WeightedSum or LearnedSum
    calibration : Calibration
        The curves that read its scores.
    threshold : float
        Probability from which a match is suitable.
    shipped : Calibration, optional
        The curves that judgments pull away from; by default those that read its scores. These may have learned from
        the same judgments before, which would then count more than once.
    """

    reranker: WeightedSum | LearnedSum
    calibration: Calibration
    threshold: float = 0.5
    shipped: Calibration | None = None

    @property
    def learned_from(self) -> set[str]:
        """Ids of the needs that its model has learned from."""
        return set(self.reranker.learned_from) if isinstance(self.reranker, LearnedSum) else set()


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, its calibration and how it did; the model is only to be used when the report says so.

    Where it is not, ``curves`` may be a better calibration for the model in use.
    """

    reranker: LearnedSum
    calibration: Calibration
    report: LearnReport
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)
    curves: Calibration | None = None


def learn(
    lesson: Lesson,
    in_use: InUse,
    seed: int,
    gap_error: float = GAP_ERROR,
    progress: Progress | None = None,
    *,
    tuned_from: Path | None = None,
) -> Learned:
    """Learn a reranker and compare it with the model in use, on needs that neither has seen.

    Parameters
    ----------
    lesson : Lesson
    in_use : InUse
        What is learned is compared with it. Grades that are among those of its curves are read on their scale, though
        some may not have been given. Where its model has learned nothing and is kept, the judgments may still calibrate
        it. Its threshold stays where too few needs were judged to say which keeps to ``gap_error``.
    seed : int
    gap_error : float
        Of the needs that have something suitable, the share that may be called a gap.
    progress : callable, optional
        Called as ``progress(done, total)``.
    tuned_from : Path, optional
        Folder of a shipped encoder: it is tuned on ``lesson.texts``, and the model learned from its vectors is taken
        where it comes clearly nearer to the grades of needs kept aside.

    Raises
    ------
    TableError
        With fewer than 5 needs or 30 pairs, or when all grades are equal: nothing could be measured.
    """
    current = in_use.reranker
    grades, needs = lesson.examples.grades, lesson.examples.vectors.rows
    judged = len(np.unique(needs))
    if judged < MIN_NEEDS or len(grades) < MIN_PAIRS or len(np.unique(grades)) < 2:
        raise TableError(
            f"learning needs at least {MIN_PAIRS} judgments on {MIN_NEEDS} needs with at least two different grades; "
            f"found {len(grades)} on {judged} ({lesson.skipped} left out because their ids are in neither register); "
            "judge more pairs, or check that the ids match the registers"
        )
    lesson = _read_on_scale(lesson, in_use)
    examples = lesson.examples
    prior = current.prior if isinstance(current, LearnedSum) else current
    model, held_out = fit_reranker(prior, examples, seed, None if tuned_from else progress)
    every = np.arange(len(grades))
    deep: Deep | None = None
    deeper: Comparison | None = None
    if tuned_from is not None and lesson.texts is not None:
        tried = fit_deeply(prior, examples, lesson.texts, tuned_from, seed, progress)
        _, deeper = _contrast(lesson, every, (tried.held_out.totals, held_out.totals), ("tuned", "not"), seed)
        if _comes_nearer(tried.held_out, held_out, examples):
            deep, model, held_out = tried, tried.model, tried.held_out
    untaught = add_up(prior.explain(examples.features))
    new = _find_new(lesson, in_use)
    if new is None or not isinstance(current, LearnedSum):
        rows, opponent = every, untaught
    else:
        rows, opponent = new, score(current, examples).totals
    comparison, correlation = _contrast(lesson, rows, (held_out.totals, opponent), ("learned", "in use"), seed)
    rising = _measure_rise(lesson, untaught)
    backwards = rising < FALLING
    # Of what the one in use knows of other needs, a comparison with the model that knows nothing says nothing.
    forgotten = len(in_use.learned_from - set(lesson.need_ids)) if new is None else 0
    better = _beats(comparison) or (comparison.difference >= 0 and _beats(correlation))
    adopted = better and not backwards and not forgotten
    calibration = fit_calibration(held_out.steps, grades, examples.relevant, scale=examples.scale)
    probabilities = calibration.probability(held_out.totals)
    mended, errors = None, None
    if not adopted and rising > RISING and isinstance(current, WeightedSum):
        found = _recalibrate(examples, untaught, in_use, seed)
        if found is not None:
            mended, probabilities, errors = found
    abstention = choose_threshold(needs, probabilities, grades >= examples.relevant, gap_error, in_use.threshold)
    return Learned(
        reranker=replace(model, learned_from=tuple(sorted(set(lesson.need_ids)))),
        calibration=calibration,
        report=LearnReport(
            adopted=adopted,
            comparison=comparison,
            correlation=correlation,
            needs=judged,
            pairs=len(grades),
            skipped=lesson.skipped,
            backwards=backwards,
            forgotten=forgotten,
            threshold=abstention.threshold,
            gaps=abstention.gaps,
            deeper=deeper,
            tuned=deep is not None,
            recalibrated=errors,
        ),
        weights=deep.weights if deep else {},
        curves=mended,
    )


def _read_on_scale(lesson: Lesson, in_use: InUse) -> Lesson:
    """Return a lesson on the scale of the curves in use, where that has all grades that were given.

    A month in which nobody gave the lowest grade does not change which grade makes a meeting worthwhile. Where nothing
    was learned yet, 1 and 2 may as well be all grades that there are: then some must be worthwhile, and some not.
    """
    given, curves = lesson.examples.scale, in_use.calibration
    on_it = set(given) <= set(curves.grades) and relevant_grade(curves.grades) == curves.relevant
    if on_it and (in_use.learned_from or given[0] < curves.relevant <= given[-1]):
        return replace(lesson, examples=replace(lesson.examples, scale=curves.grades))
    return lesson


def _comes_nearer(scores: Scores, others: Scores, examples: Examples) -> bool:
    """Tell whether the grades that scores let expect are clearly nearer than those of other scores."""
    grades = examples.grades
    errors = [
        (fit_calibration(steps, grades, scale=examples.scale).expected_grade(steps) - grades) ** 2
        for steps in (scores.steps, others.steps)
    ]
    return clearly_positive(errors[1] - errors[0], examples.vectors.rows)


def _find_new(lesson: Lesson, in_use: InUse) -> np.ndarray | None:
    """Return the pairs whose needs the model in use has not learned from; None with too few that tell orders apart."""
    known = in_use.learned_from
    new = np.flatnonzero([need not in known for need in lesson.need_ids])
    different = np.unique(np.column_stack([lesson.examples.vectors.rows, lesson.examples.grades])[new], axis=0)
    telling = (np.bincount(different[:, 0]) > 1).sum()
    return new if telling >= FEWEST_COMPARED else None


def _contrast(
    lesson: Lesson, rows: np.ndarray, scores: tuple[np.ndarray, np.ndarray], names: tuple[str, str], seed: int
) -> tuple[Comparison, Comparison]:
    """Compare two scores of the same pairs: by the head of the lists, and over all pairs."""
    grades, relevant = lesson.examples.grades, lesson.examples.relevant
    lowest, *_, highest = lesson.examples.scale
    ours, theirs = (
        evaluate_scores(
            [lesson.need_ids[row] for row in rows],
            grades[rows],
            each[rows],
            achievement_ids=[lesson.achievement_ids[row] for row in rows],
            gain=choose_gain(lowest, highest),
            lowest=lowest,
            relevant_from=relevant,
            thresholds=(relevant,),
            random_state=seed,
        )
        for each in scores
    )
    head, overall = (
        compare(ours, theirs, metric, names=names, random_state=seed) for metric in ("ndcg@10", "spearman")
    )
    return head, overall


def _beats(comparison: Comparison) -> bool:
    return comparison.difference > 0 and comparison.p_value < CHANCE


def _recalibrate(
    examples: Examples, scores: np.ndarray, in_use: InUse, seed: int
) -> tuple[Calibration, np.ndarray, tuple[float, float]] | None:
    """Return curves that read the scores clearly better than those in use, if there are any.

    With them come the probabilities of pairs by curves that saw no judgment of their need, and the mean squared error
    of probabilities before and after. Judgments on the scale of the shipped curves pull away from these, on another
    scale curves are fitted from nothing; where those in use are for yet another, only the probability of a worthwhile
    meeting can be compared.
    """
    grades, needs, relevant = examples.grades, examples.vectors.rows, examples.relevant
    curves = in_use.calibration
    shipped = in_use.shipped or curves
    start = shipped if set(examples.scale) <= set(shipped.grades) and relevant == shipped.relevant else None
    whole = start.grades if start else examples.scale
    alike = whole == curves.grades and relevant == curves.relevant

    def read(by: Calibration, rows: np.ndarray) -> np.ndarray:
        """Return squared errors, shape (rows,)."""
        if not alike:
            return np.asarray((by.probability(scores[rows]) - (grades[rows] >= relevant)) ** 2)
        reached = grades[rows, None] >= np.array(curves.grades[1:])
        return np.asarray(((by.steps(scores[rows]) - reached) ** 2).sum(axis=1))

    probabilities, after = np.zeros(len(grades)), np.zeros(len(grades))
    for held in split_needs(needs, seed):
        fitted = fit_calibration(scores[~held], grades[~held], relevant, start, whole)
        probabilities[held], after[held] = fitted.probability(scores[held]), read(fitted, held)
    before = read(curves, np.arange(len(grades)))
    sums = np.bincount(needs, before - after)[np.unique(needs)]
    bar = stats.t.ppf(1 - CHANCE, len(sums) - 1) * sums.std(ddof=1) / np.sqrt(len(sums))
    if not sums.mean() > bar:
        return None
    fitted = fit_calibration(scores, grades, relevant, start, whole)
    return fitted, probabilities, (float(before.mean()), float(after.mean()))


def _measure_rise(lesson: Lesson, scores: np.ndarray) -> float:
    """Return how clearly grades rise with the scores within needs, in standard errors of no relation."""
    _, rows = np.unique(lesson.examples.vectors.rows, return_inverse=True)
    sizes = np.bincount(rows)
    a, b = (
        values - (np.bincount(rows, values) / sizes)[rows] for values in (scores, lesson.examples.grades.astype(float))
    )
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b / scale * np.sqrt(len(a))) if scale > 0 else 0.0
