"""Order candidates by their features: a weighted sum that needs no labels, or trees learned from judgments.

Both are additive: a pair's score is a base plus one contribution a feature, to the last bit that a float keeps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import lightgbm
import numpy as np

from matchmaker.errors import ModelError
from matchmaker.rank.features import FEATURES


class Reranker(Protocol):
    """Scores pairs and says what each feature added."""

    def explain(self, features: np.ndarray) -> np.ndarray:
        """Return contributions, float64, shape (p, f + 1); the last column is the base. A row's sum is its score."""
        ...

    def to_text(self) -> str:
        """Return the whole model as text that `read_reranker` reads back."""
        ...


def add_up(contributions: np.ndarray) -> np.ndarray:
    """Return scores, shape (p,): contributions added from left to right, as a reader with a pencil would."""
    return np.asarray(np.cumsum(contributions, axis=1)[:, -1]) if contributions.size else np.zeros(len(contributions))


@dataclass(frozen=True)
class WeightedSum:
    """Features brought to one scale and added with fixed weights.

    Parameters
    ----------
    weights, centres, widths : mapping of str to float
        By feature name: importance, and the mean and standard deviation it usually has among candidates.
    """

    weights: Mapping[str, float]
    centres: Mapping[str, float]
    widths: Mapping[str, float]

    def explain(self, features: np.ndarray) -> np.ndarray:
        """Return contributions, shape (p, f + 1)."""
        slopes = np.array([self.weights.get(name, 0.0) / self.widths.get(name, 1.0) for name in FEATURES])
        centres = np.array([self.centres.get(name, 0.0) for name in FEATURES])
        return np.column_stack([(features - centres) * slopes, np.zeros(len(features))])

    def to_text(self) -> str:
        """Return the model as JSON."""
        content = {"weights": dict(self.weights), "centres": dict(self.centres), "widths": dict(self.widths)}
        return json.dumps({"kind": "weighted_sum", **content}, indent=1)


@dataclass(frozen=True)
class BoostedTrees:
    """The weighted sum, stretched to the grade scale, and gradient-boosted trees that correct it.

    The trees are kept in LightGBM's text format; what they add is taken apart by exact TreeSHAP (Lundberg et al. 2020).

    Parameters
    ----------
    prior : WeightedSum
        The model that needs no labels.
    slope, shift : float
        ``slope * score + shift`` is the grade that the prior's score alone lets expect.
    model : str
        The trees.
    """

    prior: WeightedSum
    slope: float
    shift: float
    model: str

    def explain(self, features: np.ndarray) -> np.ndarray:
        """Return contributions, shape (p, f + 1)."""
        contributions = self.prior.explain(features) * self.slope
        contributions[:, -1] += self.shift
        if len(features):
            contributions += self._booster.predict(features, pred_contrib=True)
        return contributions

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.model)

    def to_text(self) -> str:
        """Return the model as JSON around LightGBM's own text."""
        content = {"features": list(FEATURES), "slope": self.slope, "shift": self.shift, "trees": self.model}
        return json.dumps({"kind": "boosted_trees", **content, "prior": json.loads(self.prior.to_text())}, indent=1)


def read_reranker(text: str) -> Reranker:
    """Read a model that `Reranker.to_text` wrote; nothing in it is ever executed."""
    try:
        content = json.loads(text)
        kind = content["kind"]
        if kind == "weighted_sum":
            return WeightedSum(content["weights"], content["centres"], content["widths"])
        if kind == "boosted_trees":
            if content["features"] != list(FEATURES):
                raise ModelError("this model was learned with other features; learn it again with this version")
            prior = content["prior"]
            sums = WeightedSum(prior["weights"], prior["centres"], prior["widths"])
            return BoostedTrees(sums, content["slope"], content["shift"], content["trees"])
    except (KeyError, ValueError, TypeError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"the reranker's file is damaged ({error}); learn it again") from error
    raise ModelError(f"the reranker is of kind {kind!r}; expected 'weighted_sum' or 'boosted_trees'")


def digest(reranker: Reranker) -> str:
    """Return the SHA-256 of a model's text."""
    return hashlib.sha256(reranker.to_text().encode()).hexdigest()
