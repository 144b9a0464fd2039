"""The bundled encoder's weights: out of the shipped graph, into torch's names, and back in 8 bits.

A linear layer is shipped as ``y = ((x * shrink) @ codes) * scale + bias``: inputs are divided by the largest size seen
in calibration, columns carry one scale each. Weights that were trained further keep ``shrink``, because what flows
through the layers hardly changes, and get codes and scales of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchmaker.errors import MissingExtraError

# Parts of a layer as the graph names them, and as ``transformers.BertModel`` does.
LINEARS = {
    "attended": ["attention.output.dense"],
    "widen": ["intermediate.dense"],
    "narrow": ["output.dense"],
    "qkv": ["attention.self.query", "attention.self.key", "attention.self.value"],
}
NORMS = {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}
_KINDS = ("weight", "bias")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of an encoder."""

    layers: int
    hidden: int
    heads: int
    feed_forward: int
    positions: int
    pieces: int


def read_constants(folder: Path) -> tuple[dict[str, np.ndarray], Sizes]:
    """Return the constants of a shipped graph by name, and its sizes.

    Raises
    ------
    MissingExtraError
        Without the package onnx (extra ``[train]``).
    """
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as error:
        raise MissingExtraError("reading an encoder's weights needs onnx: pip install 'matchmaker[train]'") from error
    graph = onnx.load(folder / "fp32.onnx").graph
    heads = {setting.i for node in graph.node for setting in node.attribute if setting.name == "num_heads"}
    (count,) = heads  # the same in every layer
    constants = {tensor.name: np.asarray(numpy_helper.to_array(tensor)) for tensor in graph.initializer}
    pieces, hidden = constants["word.codes"].shape
    sizes = Sizes(
        layers=sum(name.endswith(".qkv.codes") for name in constants),
        hidden=hidden,
        heads=count,
        feed_forward=constants["layer0.widen.codes"].shape[1],
        positions=len(constants["position"]),
        pieces=pieces,
    )
    return constants, sizes


def restore(constants: Mapping[str, np.ndarray], sizes: Sizes) -> dict[str, np.ndarray]:
    """Return float32 tensors under the names that ``transformers.BertModel`` reads."""
    named = {
        "embeddings.word_embeddings.weight": constants["word.codes"] * constants["word.scale"],
        "embeddings.position_embeddings.weight": constants["position"],
        # Exported together with the positions.
        "embeddings.token_type_embeddings.weight": np.zeros((2, sizes.hidden)),
        "embeddings.LayerNorm.weight": constants["embedding.norm.weight"],
        "embeddings.LayerNorm.bias": constants["embedding.norm.bias"],
        "pooler.dense.weight": np.zeros((sizes.hidden, sizes.hidden)),
        "pooler.dense.bias": np.zeros(sizes.hidden),
    }
    for layer in range(sizes.layers):
        source, target = f"layer{layer}", f"encoder.layer.{layer}"
        for part, names in LINEARS.items():
            codes, scale, shrink, bias = (
                constants[f"{source}.{part}.{kind}"] for kind in ("codes", "scale", "shrink", "bias")
            )
            weights = np.split((codes * scale * shrink[:, None]).T, len(names))
            for name, weight, offset in zip(names, weights, np.split(bias, len(names)), strict=True):
                named[f"{target}.{name}.weight"], named[f"{target}.{name}.bias"] = weight, offset
        for norm, name in NORMS.items():
            for kind in _KINDS:
                named[f"{target}.{name}.{kind}"] = constants[f"{source}.{norm}.{kind}"]
    return {name: np.ascontiguousarray(value, np.float32) for name, value in named.items()}


def pack(
    tensors: Mapping[str, np.ndarray], constants: Mapping[str, np.ndarray], first: int, seed: int = 0
) -> dict[str, np.ndarray]:
    """Return the constants of layers from ``first`` on, rounded to 8 bits: the way back from `restore`.

    Parameters
    ----------
    tensors : mapping of str to ndarray
        By the names of ``transformers.BertModel``.
    constants : mapping of str to ndarray
        Of the graph that shall run them; they say how wide inputs are.
    first : int
        First layer that was trained.
    seed : int
        Of the chance by which weights are rounded up or down.
    """
    chance = np.random.default_rng(seed)
    packed: dict[str, np.ndarray] = {}
    while f"layer{first}.qkv.codes" in constants:
        source, target = f"layer{first}", f"encoder.layer.{first}"
        for part, names in LINEARS.items():
            weight, bias = (np.concatenate([tensors[f"{target}.{name}.{kind}"] for name in names]) for kind in _KINDS)
            codes, scale = round_columns(weight.T, constants[f"{source}.{part}.shrink"], chance)
            packed |= {f"{source}.{part}.codes": codes, f"{source}.{part}.scale": scale}
            packed[f"{source}.{part}.bias"] = bias
        for norm, name in NORMS.items():
            for kind in _KINDS:
                packed[f"{source}.{norm}.{kind}"] = tensors[f"{target}.{name}.{kind}"]
        first += 1
    return {name: np.ascontiguousarray(value) for name, value in packed.items()}


def round_columns(weight: np.ndarray, shrink: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Round a matrix, shape (in, out), to 8 bits, up or down with the chance that keeps it right on average.

    Weights that came from 8 bits lie on the grid, and what tuning adds is less than a step of it: rounded to the
    nearest, nearly all would fall back to where they were (stochastic rounding, Gupta et al. 2015).

    Parameters
    ----------
    weight : ndarray
    shrink : ndarray, shape (in,)
        What inputs are multiplied with before they are rounded themselves.
    chance : numpy.random.Generator

    Returns
    -------
    codes : ndarray of int8, shape (in, out)
    scale : ndarray of float32, shape (out,)
        ``codes * scale * shrink[:, None]`` is nearly ``weight``.

    Examples
    --------
    >>> rows = np.tile([[127.0], [0.25]], (2000, 1))
    >>> codes, scale = round_columns(rows, np.ones(4000), np.random.default_rng(0))
    >>> sorted(set(codes.ravel().tolist())), bool(abs((codes * scale)[1::2].mean() - 0.25) < 0.03)
    ([0, 1, 127], True)
    """
    stretched = weight / shrink[:, None]
    scale = np.maximum(np.abs(stretched).max(axis=0), 1e-12) / 127
    steps = stretched / scale
    codes = np.floor(steps + chance.random(steps.shape))
    return np.clip(codes, -127, 127).astype(np.int8), scale.astype(np.float32)
