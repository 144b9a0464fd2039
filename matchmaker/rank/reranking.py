"""Order candidates by their features: a weighted sum that needs no labels, or that sum with what judgments add to it.

Both are additive: a pair's score is a base plus one contribution a feature, to the last bit that a float keeps.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from matchmaker.errors import ModelError
from matchmaker.rank.calibration import Calibration
from matchmaker.rank.features import FEATURES, PRECEDENTS
from matchmaker.rank.precedents import Precedents

if TYPE_CHECKING:
    import lightgbm

# What LightGBM reads of a tree, one number a node or a leaf.
_NODE_FIELDS = (
    *("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child"),
    *("internal_value", "internal_weight", "internal_count"),
)
_LEAF_FIELDS = ("leaf_value", "leaf_weight", "leaf_count")
_PRECEDENTS = ("needs", "levels", "directions", "shares")


class Reranker(Protocol):
    """Scores pairs and says what each feature added."""

    @property
    def reads(self) -> frozenset[str]:
        """Names of the features that can change a score; the others may as well be 0."""
        ...

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

    @property
    def reads(self) -> frozenset[str]:
        """Names of the features that have a weight."""
        return frozenset(name for name, weight in self.weights.items() if weight)

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
class LearnedSum:
    """The weighted sum stretched to the grade scale, what precedents add to it, and trees that correct both.

    The trees are kept in LightGBM's text format; what they add is taken apart by exact TreeSHAP (Lundberg et al. 2020).

    Parameters
    ----------
    prior : WeightedSum
        The model that needs no labels.
    slope, shift : float
        ``slope * score + shift`` is the grade that the prior's score alone lets expect.
    precedents : Precedents
        What earlier judgments of like needs say; its column of the features is added as it stands.
    trees : str
        The trees; empty where they did not earn their place.
    learned_from : tuple of str
        Ids of the needs whose judgments it has seen: on these it cannot be measured fairly.
    """

    prior: WeightedSum
    slope: float
    shift: float
    precedents: Precedents
    trees: str = ""
    learned_from: tuple[str, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """Names of what the prior reads and of precedents; of every feature where trees have grown."""
        return frozenset(FEATURES) if self.trees else self.prior.reads | {PRECEDENTS}

    def explain(self, features: np.ndarray) -> np.ndarray:
        """Return contributions, shape (p, f + 1)."""
        contributions = self.prior.explain(features) * self.slope
        contributions[:, FEATURES.index(PRECEDENTS)] += features[:, FEATURES.index(PRECEDENTS)]
        contributions[:, -1] += self.shift
        if len(features) and self.trees:
            contributions += self._booster.predict(features, pred_contrib=True)
        return contributions

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        # Imported where trees grow or speak: it needs the system's libgomp, which ranking without trees does not.
        import lightgbm

        return lightgbm.Booster(model_str=self.trees)

    def to_text(self) -> str:
        """Return the model as JSON around LightGBM's own text."""
        content = {"features": list(FEATURES), "slope": self.slope, "shift": self.shift, "trees": self.trees}
        content |= {"learned_from": list(self.learned_from), "prior": json.loads(self.prior.to_text())}
        arrays = {name: _pack(getattr(self.precedents, name)) for name in _PRECEDENTS}
        content["precedents"] = {**arrays, "leading": self.precedents.leading}
        return json.dumps({"kind": "learned_sum", **content}, indent=1, ensure_ascii=False)


def read_reranker(text: str) -> WeightedSum | LearnedSum:
    """Read a model that `Reranker.to_text` wrote; nothing in it is ever executed."""
    try:
        content = json.loads(text)
        kind = content["kind"]
        if kind == "weighted_sum":
            return WeightedSum(content["weights"], content["centres"], content["widths"])
        if kind == "learned_sum":
            if content["features"] != list(FEATURES):
                raise ModelError("this model was learned with other features; learn it again with this version")
            prior = content["prior"]
            sums = WeightedSum(prior["weights"], prior["centres"], prior["widths"])
            if content["trees"] != "":
                _check_trees(content["trees"])
            told = content["precedents"]
            arrays = {name: _unpack(told[name]) for name in _PRECEDENTS}
            precedents = Precedents(**arrays, leading=int(told["leading"]))
            precedents.check()
            slope, shift = float(content["slope"]), float(content["shift"])
            return LearnedSum(sums, slope, shift, precedents, content["trees"], tuple(content["learned_from"]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"the reranker's file is damaged ({error}); learn it again") from error
    raise ModelError(f"the reranker is of kind {kind!r}; expected 'weighted_sum' or 'learned_sum'")


def _pack(array: np.ndarray) -> dict[str, object]:
    """Return an array as plain values: arrays are too long for readable numbers, and must come back to the last bit."""
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "base64": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii"),
    }


def _unpack(packed: Mapping[str, Any]) -> np.ndarray:
    if packed["dtype"] not in ("<f4", "<f8"):
        raise ValueError(f"numbers of type {packed['dtype']!r}")
    return np.frombuffer(base64.b64decode(packed["base64"], validate=True), packed["dtype"]).reshape(packed["shape"])


def _check_trees(text: str) -> None:
    """Raise `ValueError` for trees that LightGBM did not write: its reader trusts every number it finds."""
    if not text.isascii():
        raise ValueError("the trees are not plain text")
    head, found, _ = text.partition("\n\nTree=0\n")
    fixed = {"version=v4", "num_class=1", "num_tree_per_iteration=1", f"max_feature_idx={len(FEATURES) - 1}"}
    settings = dict(line.partition("=")[::2] for line in head.splitlines())
    if not found or head.splitlines()[0] != "tree" or not fixed <= set(head.splitlines()):
        raise ValueError(f"the trees do not begin with {', '.join(sorted(fixed))}")
    start = len(head) + 2
    for number, size in enumerate(map(int, settings["tree_sizes"].split())):
        tree = text[start : start + size] if size > 0 else ""
        if not (tree.startswith(f"Tree={number}\n") and tree.endswith("\n\n\n")):
            raise ValueError(f"tree {number} is not where its size says")
        _check_tree(dict(line.partition("=")[::2] for line in tree.splitlines()[1:] if line))
        start += size
    if not text.startswith("end of trees\n", start):
        raise ValueError("the trees do not end")


def _check_tree(fields: Mapping[str, str]) -> None:
    leaves = int(fields["num_leaves"])
    numbers = {name: np.array(fields[name].split(), float) for name in _NODE_FIELDS + _LEAF_FIELDS}
    lengths = [(name, leaves - 1) for name in _NODE_FIELDS] + [("leaf_value", leaves)]
    # A tree of one leaf is not asked for that leaf's weight.
    lengths += [(name, leaves) for name in _LEAF_FIELDS if leaves > 1]
    children = np.stack([numbers["left_child"], numbers["right_child"]])
    sound = (
        fields["num_cat"] == fields["is_linear"] == "0"
        and all(len(numbers[name]) == length and np.isfinite(numbers[name]).all() for name, length in lengths)
        and np.isin(numbers["split_feature"], np.arange(len(FEATURES))).all()
        # Odd types would be splits by category.
        and np.isin(numbers["decision_type"], np.arange(0, 12, 2)).all()
        # Every leaf and every node but the root is the child of one node, which comes before it.
        and np.array_equal(np.sort(children, axis=None), [*range(-leaves, 0), *range(1, leaves - 1)][: 2 * leaves - 2])
        and ((children < 0) | (children > np.arange(leaves - 1))).all()
    )
    if not sound:
        raise ValueError("a tree's nodes do not fit together")


def digest(model: Reranker | Calibration) -> str:
    """Return the SHA-256 of a model's text."""
    return hashlib.sha256(model.to_text().encode()).hexdigest()
