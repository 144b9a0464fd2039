"""Learn a reranker from judged pairs: trees that correct the weighted sum, so that little data changes little."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from matchmaker.rank.features import FEATURES
from matchmaker.rank.reranking import BoostedTrees, WeightedSum, add_up

FOLDS = 5
ROUNDS = 150
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


def fit_trees(prior: WeightedSum, features: np.ndarray, grades: np.ndarray, seed: int) -> BoostedTrees:
    """Fit trees to what a straight line through the prior's score leaves unexplained of the grades.

    Parameters
    ----------
    prior : WeightedSum
        The model that needs no labels.
    features : ndarray, shape (p, len(FEATURES))
    grades : ndarray of int, shape (p,)
    seed : int
        Equal seeds give equal trees.
    """
    import lightgbm

    scores = add_up(prior.explain(features))
    spread = float(scores.var())
    slope = float(np.cov(scores, grades, bias=True)[0, 1] / spread) if spread > 0 else 0.0
    # More score must never mean a lower grade, whatever a handful of judgments say.
    slope = max(slope, 1e-3)
    shift = float(grades.mean() - slope * scores.mean())
    data = lightgbm.Dataset(
        features, grades.astype(float), init_score=slope * scores + shift, feature_name=list(FEATURES)
    )
    booster = lightgbm.train({**PARAMETERS, "seed": seed}, data, num_boost_round=ROUNDS)
    return BoostedTrees(prior, slope, shift, booster.model_to_string())


def score_held_out(
    prior: WeightedSum,
    features: np.ndarray,
    grades: np.ndarray,
    needs: np.ndarray,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Score every pair by trees that saw no pair of its need, shape (p,)."""
    scores = np.zeros(len(grades))
    folds = list(split_needs(needs, seed))
    for done, held in enumerate(folds, start=1):
        trees = fit_trees(prior, features[~held], grades[~held], seed)
        scores[held] = add_up(trees.explain(features[held]))
        if progress:
            progress(done, len(folds) + 1)
    return scores


def split_needs(needs: np.ndarray, seed: int, folds: int = FOLDS) -> Iterator[np.ndarray]:
    """Yield masks of pairs to hold out, shape (p,), whole needs at a time, every need once."""
    unique = np.unique(needs)
    order = np.random.default_rng(seed).permutation(len(unique))
    for part in np.array_split(unique[order], min(folds, len(unique))):
        yield np.isin(needs, part)
