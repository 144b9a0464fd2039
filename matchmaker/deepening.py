"""Learn deeply: tune the encoder itself on judged pairs, then learn to rank with the vectors that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matchmaker.rank.dense import multiply_vectors
from matchmaker.rank.features import FEATURES
from matchmaker.rank.learning import Examples, Scores, choose_shares, fit_sum, join_scores, score, split_needs
from matchmaker.rank.precedents import JudgedPairs
from matchmaker.rank.reranking import LearnedSum, WeightedSum
from matchmaker.rank.segments import mean_direction
from matchmaker.text.encoding import BundledEncoder
from matchmaker.text.tuning import JudgedTexts, Progress, count_steps, tune

# Tuning takes minutes, and each fold tunes once.
FOLDS = 3
_DENSE = ("dense", "dense_title", "dense_text")


@dataclass(frozen=True, slots=True)
class Deep:
    """What came of it.

    Attributes
    ----------
    model : LearnedSum
        For the vectors of the tuned encoder.
    held_out : Scores
        Of each pair by an encoder and a model that saw no pair of its need.
    weights : dict of str to ndarray
        What tuning changed in the encoder.
    """

    model: LearnedSum
    held_out: Scores
    weights: dict[str, np.ndarray]


def fit_deeply(
    prior: WeightedSum,
    examples: Examples,
    texts: JudgedTexts,
    folder: Path,
    seed: int,
    progress: Progress | None = None,
) -> Deep:
    """Tune the encoder and learn to rank by it, once on all pairs, and once for each third of the needs kept aside.

    Parameters
    ----------
    prior : WeightedSum
        The model that needs no labels.
    examples : Examples
        The judged pairs as the encoder in use sees them.
    texts : JudgedTexts
        The same pairs, in the same order, as texts.
    folder : Path
        Of the shipped encoder that is tuned.
    seed : int
    progress : callable, optional
        Called as ``progress(done, total)`` after every step of all tuning.

    Raises
    ------
    MissingExtraError
        Without the extra ``[train]``.
    """
    folds = list(split_needs(texts.rows[0], seed, FOLDS))
    parts = [*(~held for held in folds), np.ones(len(examples), bool)]
    total = sum(count_steps(texts.part(part)) for part in parts)
    done = 0

    def advance(step: int, steps: int) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    def learn(part: np.ndarray) -> tuple[LearnedSum, Examples, dict[str, np.ndarray]]:
        weights = tune(folder, texts.part(part), seed, advance)
        seen = see(examples, texts, BundledEncoder(folder, weights=weights))
        scaled = bring_to_scale(prior, examples.features[part], seen.features[part])
        taught = seen.part(part)
        return fit_sum(scaled, taught, choose_shares(scaled, taught, seed)), seen, weights

    kept_aside = []
    for held in folds:
        model, seen, _ = learn(~held)
        kept_aside.append((held, score(model, seen.part(held))))
    model, _, weights = learn(parts[-1])
    return Deep(model, join_scores(kept_aside), weights)


def see(examples: Examples, texts: JudgedTexts, encoder: BundledEncoder) -> Examples:
    """Return the pairs as a tuned encoder sees them: it compares them; what they are about it does not tell."""
    sides = [tuple(encoder.encode(part) for part in side) for side in (texts.needs, texts.supply)]
    asked, offered = (mean_direction(titles, bodies) for titles, bodies in sides)
    compared: Mapping[str, tuple[np.ndarray, np.ndarray]] = {
        "dense": (asked, offered),
        "dense_title": (sides[0][0], sides[1][0]),
        "dense_text": (sides[0][1], sides[1][1]),
    }
    features = examples.features.copy()
    for name, (needs, supply) in compared.items():
        features[:, FEATURES.index(name)] = multiply_vectors(needs, supply, texts.rows)
    return replace(examples, features=features, vectors=JudgedPairs(asked, offered[texts.rows[1]], texts.rows[0]))


def bring_to_scale(prior: WeightedSum, before: np.ndarray, after: np.ndarray) -> WeightedSum:
    """Return the sum for features of other vectors: what was so many deviations from the middle is so again.

    Parameters
    ----------
    prior : WeightedSum
    before, after : ndarray, shape (p, len(FEATURES))
        The same pairs, by the vectors that the prior was measured on and by the others.
    """
    centres, widths = dict(prior.centres), dict(prior.widths)
    for name in _DENSE:
        if name not in widths:
            continue
        old, new = (features[:, FEATURES.index(name)] for features in (before, after))
        widths[name] *= float(new.std() / max(old.std(), 1e-9))
        centres[name] = float(new.mean() - widths[name] * (old.mean() - prior.centres[name]) / prior.widths[name])
    return WeightedSum(prior.weights, centres, widths)
