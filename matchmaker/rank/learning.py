"""Learn a reranker from judged pairs: a straight line, precedents, and trees where they help.

Each step explains what the one before leaves over, so that little data changes little: a line brings the score that
needs no labels to the scale of grades; precedents add what was said of like needs; trees correct by features, and are
kept only when they come nearer to the grades of needs kept aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.rank.features import FEATURES, PRECEDENTS
from matchmaker.rank.precedents import NO_PRECEDENTS, JudgedPairs, Shares, fit_precedents, tune_shares
from matchmaker.rank.reranking import LearnedSum, WeightedSum, add_up

FOLDS = 5
# Trees earn their place when their gain on needs kept aside is this many standard errors: one chance in twenty.
CLEARLY = 1.645
ROUNDS = 100
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
    """

    features: np.ndarray
    grades: np.ndarray
    vectors: JudgedPairs
    weights: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Drop weights that are all 1: sums with weights run in another order, and end in other last bits."""
        if self.weights is not None and (self.weights == 1).all():
            object.__setattr__(self, "weights", None)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.grades)

    def part(self, chosen: np.ndarray) -> Examples:
        """Return some of the pairs, by mask."""
        weights = None if self.weights is None else self.weights[chosen]
        return Examples(self.features[chosen], self.grades[chosen], self.vectors.part(chosen), weights)


def fit_reranker(
    prior: WeightedSum, examples: Examples, seed: int, progress: Progress | None = None
) -> tuple[LearnedSum, np.ndarray]:
    """Learn from all pairs, and score each by a model that saw no pair of its need.

    Parameters
    ----------
    prior : WeightedSum
        The model that needs no labels.
    examples : Examples
    seed : int
        Equal seeds give equal models.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    model : LearnedSum
    held_out : ndarray, shape (p,)
    """
    held_out = np.zeros(len(examples))
    folds = list(split_needs(examples.vectors.rows, seed))
    for done, held in enumerate(folds, start=1):
        seen = examples.part(~held)
        held_out[held] = score(fit_sum(prior, seen, choose_shares(prior, seen, seed)), examples.part(held))
        if progress:
            progress(done, len(folds) + 1)
    model = fit_sum(prior, examples, choose_shares(prior, examples, seed))
    # Trees learn from what was left over at needs kept aside: where a model has seen a pair, too little is.
    left = examples.grades - held_out
    corrections = np.zeros(len(examples))
    for held in folds:
        trees = fit_trees(examples.features[~held], left[~held], seed, examples.part(~held).weights)
        corrections[held] = add_up(replace(model, trees=trees).explain(examples.features[held]))
        corrections[held] -= add_up(model.explain(examples.features[held]))
    nearer = left**2 - (left - corrections) ** 2
    if clearly_positive(nearer if examples.weights is None else nearer * examples.weights, examples.vectors.rows):
        model = replace(model, trees=fit_trees(examples.features, left, seed, examples.weights))
        held_out = held_out + corrections
    return model, held_out


def fit_sum(prior: WeightedSum, examples: Examples, shares: Shares) -> LearnedSum:
    """Fit the line and the precedents."""
    line = _fit_line(prior, examples)
    rest = examples.grades - add_up(line.explain(examples.features))
    return replace(line, precedents=fit_precedents(examples.vectors, rest, shares, examples.weights))


def score(model: LearnedSum, examples: Examples) -> np.ndarray:
    """Return the scores of pairs, shape (p,)."""
    features = examples.features.copy()
    vectors = examples.vectors
    both = (vectors.rows, np.arange(len(examples)))
    features[:, FEATURES.index(PRECEDENTS)] = model.precedents.expect(vectors.needs, vectors.supply, both)
    return add_up(model.explain(features))


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
    line = _fit_line(prior, examples)
    rest = examples.grades - add_up(line.explain(examples.features))
    return tune_shares(examples.vectors, rest, seed, examples.weights)


def clearly_positive(values: np.ndarray, needs: np.ndarray) -> bool:
    """Tell whether the mean of needs' sums is above 0 by more than ``CLEARLY`` standard errors."""
    sums = np.bincount(needs, values)[np.unique(needs)]
    return bool(sums.mean() > CLEARLY * sums.std(ddof=1) / np.sqrt(len(sums)))


def _fit_line(prior: WeightedSum, examples: Examples) -> LearnedSum:
    scores, grades, weights = add_up(prior.explain(examples.features)), examples.grades, examples.weights
    mean, grade = np.average(scores, weights=weights), np.average(grades, weights=weights)
    spread = float(scores.var() if weights is None else np.average((scores - mean) ** 2, weights=weights))
    slope = float(np.cov(scores, grades, bias=True, aweights=weights)[0, 1] / spread) if spread > 0 else 0.0
    # More score must never mean a lower grade, whatever a handful of judgments say.
    slope = max(slope, 1e-3)
    return LearnedSum(prior, slope, float(grade - slope * mean), NO_PRECEDENTS)
