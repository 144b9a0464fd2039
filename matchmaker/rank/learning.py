"""Learn a reranker from judged pairs: a straight line, precedents, and trees where they help.

Each step explains what the one before leaves over, so that little data changes little: a line brings the score that
needs no labels to the scale of grades; precedents add what was said of like needs; trees correct by features, and are
kept only when they come nearer to the grades of needs kept aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.rank.calibration import relevant_grade
from matchmaker.rank.features import FEATURES, PRECEDENTS
from matchmaker.rank.precedents import JudgedPairs, Shares, fit_precedents, tune_shares
from matchmaker.rank.reranking import LearnedSum, WeightedSum, add_up

FOLDS = 5
# Trees earn their place when their gain on needs kept aside is this many standard errors: one chance in twenty.
CLEARLY = 1.645
ROUNDS = 100
# How much it counts whether a step was reached, beside the grade itself: more lifts what tells worthwhile pairs from
# others over all needs, and costs order at the head of lists.
LEANING = 0.25
# On a longer scale only the step that makes a meeting worthwhile is learned by itself.
MOST_STEPS = 9
PARAMETERS = {
    "objective": "regression",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Examples:
    """Judged pairs as rows.

    Attributes
    ----------
    features : ndarray, shape (p, len(FEATURES))
        Without precedents.
    grades : ndarray of int, shape (p,)
    vectors : JudgedPairs
        The same pairs as vectors; ``vectors.rows`` says which share a need.
    weights : ndarray, shape (p,), or None
        How much each pair counts, above 0; None where all count 1.
    scale : tuple of int
        Grades in use, ascending, some of which nobody may have given; by default those of these pairs.
    """

    features: np.ndarray
    grades: np.ndarray
    vectors: JudgedPairs
    weights: np.ndarray | None = None
    scale: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Drop weights that are all 1: sums with weights run in another order, and end in other last bits."""
        if not self.scale:
            object.__setattr__(self, "scale", tuple(np.unique(self.grades).tolist()))
        if self.weights is not None and (self.weights == 1).all():
            object.__setattr__(self, "weights", None)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.grades)

    def part(self, chosen: np.ndarray) -> Examples:
        """Return some of the pairs, by mask; the scale is that of all."""
        weights = None if self.weights is None else self.weights[chosen]
        return Examples(self.features[chosen], self.grades[chosen], self.vectors.part(chosen), weights, self.scale)

    @property
    def relevant(self) -> int:
        """Least grade that makes a meeting worthwhile."""
        return relevant_grade(self.scale)


@dataclass(frozen=True, slots=True)
class Scores:
    """What a learned model says of pairs.

    Attributes
    ----------
    totals : ndarray, shape (p,)
        The scores that order a list.
    steps : ndarray, shape (p, s)
        The same for each step of the grades, to read its curve by; one column for all on a long scale.
    """

    totals: np.ndarray
    steps: np.ndarray


def fit_reranker(
    prior: WeightedSum, examples: Examples, seed: int, progress: Progress | None = None
) -> tuple[LearnedSum, Scores]:
    """Learn from all pairs, and score each by a model that saw no pair of its need.

    Parameters
    ----------
    prior : WeightedSum
        The model that needs no labels.
    examples : Examples
    seed : int
        Equal seeds give equal models, on equal processors with equal numbers of threads.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    model : LearnedSum
    held_out : Scores
    """
    folds = list(split_needs(examples.vectors.rows, seed))
    parts: list[tuple[np.ndarray, Scores]] = []
    for done, held in enumerate(folds, start=1):
        seen = examples.part(~held)
        model = fit_sum(prior, seen, choose_shares(prior, seen, seed))
        parts.append((held, score(model, examples.part(held))))
        if progress:
            progress(done, len(folds) + 1)
    held_out = join_scores(parts)
    model = fit_sum(prior, examples, choose_shares(prior, examples, seed))
    # Trees learn from what was left over at needs kept aside: where a model has seen a pair, too little is.
    targets, leading = spread_grades(examples.grades, examples.scale, examples.weights)
    left = targets[leading] - held_out.totals
    corrections = np.zeros(len(examples))
    for held in folds:
        trees = fit_trees(examples.features[~held], left[~held], seed, examples.part(~held).weights)
        corrections[held] = add_up(replace(model, trees=trees).explain(examples.features[held]))
        corrections[held] -= add_up(model.explain(examples.features[held]))
    nearer = left**2 - (left - corrections) ** 2
    if clearly_positive(nearer if examples.weights is None else nearer * examples.weights, examples.vectors.rows):
        model = replace(model, trees=fit_trees(examples.features, left, seed, examples.weights))
        held_out = Scores(held_out.totals + corrections, held_out.steps + corrections[:, None])
    return model, held_out


def join_scores(parts: Sequence[tuple[np.ndarray, Scores]]) -> Scores:
    """Return the scores of all pairs from those of parts, each with the mask of its pairs."""
    masks, scores = zip(*parts, strict=True)
    order = np.argsort(np.concatenate([np.flatnonzero(mask) for mask in masks]))
    totals, steps = (np.concatenate([getattr(each, name) for each in scores]) for name in ("totals", "steps"))
    return Scores(totals[order], steps[order])


def fit_sum(prior: WeightedSum, examples: Examples, shares: Shares) -> LearnedSum:
    """Fit the line and the precedents."""
    targets, leading = spread_grades(examples.grades, examples.scale, examples.weights)
    scores = add_up(prior.explain(examples.features))
    lines = [_fit_line(scores, target, examples.weights) for target in targets]
    rest = np.stack([target - line(scores) for target, line in zip(targets, lines, strict=True)], axis=1)
    precedents = fit_precedents(examples.vectors, rest, shares, examples.weights, leading)
    return LearnedSum(prior, lines[leading].slope, lines[leading].shift, precedents)


def spread_grades(
    grades: np.ndarray, scale: Sequence[int], weights: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """Return what is learned of each step of the grades, shape (s, p), and which step orders lists.

    That is the grade, leaning towards whether the step was reached. Grades alone let the few excellent pairs speak
    loudest, for they lie furthest from what is expected; the step alone knows too few pairs that reach it. The step
    that makes a meeting worthwhile orders lists, so that its probability never rises from one rank to the next.

    Examples
    --------
    >>> import numpy as np
    >>> spread_grades(np.array([1, 1, 2, 4]), (1, 2, 4))[0].round(1)
    array([[1. , 1. , 2.2, 3.8],
           [1.1, 1.1, 1.9, 4. ]])
    """
    steps, relevant = list(scale[1:]), relevant_grade(scale)
    if len(steps) > MOST_STEPS:
        steps = [relevant]
    mean, spread = _describe(grades, weights)
    targets = []
    for step in steps:
        reached = (grades >= step).astype(float)
        share, deviation = _describe(reached, weights)
        leaning = mean + (reached - share) * (spread / deviation if deviation > 0 else 0)
        targets.append((grades + LEANING * leaning) / (1 + LEANING))
    return np.stack(targets), steps.index(relevant)


def score(model: LearnedSum, examples: Examples) -> Scores:
    """Return the scores of pairs."""
    features = examples.features.copy()
    vectors = examples.vectors
    both = (vectors.rows, np.arange(len(examples)))
    features[:, FEATURES.index(PRECEDENTS)] = model.precedents.expect(vectors.needs, vectors.supply, both)
    totals = add_up(model.explain(features))
    return Scores(totals, totals[:, None] + model.precedents.lean(vectors.needs, vectors.supply, both))


def fit_trees(features: np.ndarray, left: np.ndarray, seed: int, weights: np.ndarray | None = None) -> str:
    """Fit trees to what is left unexplained of grades, shape (p,), and return them as LightGBM's text."""
    import lightgbm

    data = lightgbm.Dataset(
        features, left.astype(float), weight=weights, init_score=np.zeros(len(left)), feature_name=list(FEATURES)
    )
    booster = lightgbm.train({**PARAMETERS, "seed": seed}, data, num_boost_round=ROUNDS)
    return str(booster.model_to_string())


def split_needs(needs: np.ndarray, seed: int, folds: int = FOLDS) -> Iterator[np.ndarray]:
    """Yield masks of pairs to hold out, shape (p,), whole needs at a time, every need once."""
    unique = np.unique(needs)
    order = np.random.default_rng(seed).permutation(len(unique))
    for part in np.array_split(unique[order], min(folds, len(unique))):
        yield np.isin(needs, part)


def choose_shares(prior: WeightedSum, examples: Examples, seed: int) -> Shares:
    """Return the variances of precedents that make the grades likeliest."""
    scores = add_up(prior.explain(examples.features))
    line = _fit_line(scores, examples.grades, examples.weights)
    return tune_shares(examples.vectors, examples.grades - line(scores), seed, examples.weights)


def clearly_positive(values: np.ndarray, needs: np.ndarray) -> bool:
    """Tell whether the mean of needs' sums is above 0 by more than ``CLEARLY`` standard errors."""
    sums = np.bincount(needs, values)[np.unique(needs)]
    return bool(sums.mean() > CLEARLY * sums.std(ddof=1) / np.sqrt(len(sums)))


def _describe(values: np.ndarray, weights: np.ndarray | None) -> tuple[float, float]:
    """Return mean and standard deviation."""
    mean = np.average(values, weights=weights)
    return float(mean), float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


@dataclass(frozen=True, slots=True)
class _Line:
    slope: float
    shift: float

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        return self.slope * scores + self.shift


def _fit_line(scores: np.ndarray, target: np.ndarray, weights: np.ndarray | None) -> _Line:
    (mean, spread), (grade, _) = _describe(scores, weights), _describe(target, weights)
    slope = float(np.cov(scores, target, bias=True, aweights=weights)[0, 1] / spread**2) if spread > 0 else 0.0
    # More score must never mean a lower grade, whatever a handful of judgments say.
    slope = max(slope, 1e-3)
    return _Line(slope, float(grade - slope * mean))
