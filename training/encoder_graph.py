"""Draw the BERT encoder as an ONNX graph: once in float32, once with 8-bit matrix products over the same weights.

Inputs are rows of equally many token ids, so that nothing is padded or masked: a text's vector is the same, bit for
bit, whatever else stands in its batch. Layer normalisation is spelled out in primitives because ONNX Runtime runs those
three times as fast as its fused operator on a CPU.

8-bit products: the activations of each input channel are divided by the largest size seen in calibration, which
leaves every channel about equally wide, then rounded to a byte with one fixed scale (SmoothQuant, Xiao et al. 2023,
with all of the difficulty moved into the weights). Weights carry one scale for each output column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Precision = Literal["float", "fp32", "int8"]
FUSED = "com.microsoft"
OPSET = 21
IR_VERSION = 10


@dataclass(frozen=True)
class Linear:
    """A quantised linear layer: ``y = ((x * shrink) @ codes) * scale + bias``."""

    codes: np.ndarray
    scale: np.ndarray
    shrink: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Rows:
    """A quantised table of word vectors: row ``i`` is ``codes[i] * scale[i]``."""

    codes: np.ndarray
    scale: np.ndarray


@dataclass(frozen=True)
class Shape:
    """Sizes of the encoder."""

    layers: int
    hidden: int
    heads: int
    eps: float


@dataclass
class GraphWriter:
    """Collects nodes and named constants; every method returns the name of the value it made."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)

    def constant(self, name: str, value: np.ndarray) -> str:
        """Name a constant, once, and return its name."""
        self.constants.setdefault(name, np.ascontiguousarray(value))
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Append an operator and return the name of its output."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def layer_norm(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray, eps: float) -> str:
        """Append a layer normalisation over the last axis."""
        axis = self.constant("last_axis", np.array([2], np.int64))
        one = self.constant("one", np.array(1, np.float32))
        share = self.constant("1/hidden", np.array(1 / weight.size, np.float32))
        mean = self.node("ReduceMean", [x, axis], f"{name}.mean", keepdims=1)
        centred = self.node("Sub", [x, mean], f"{name}.centred")
        squares = self.node("ReduceSumSquare", [centred, axis], f"{name}.squares", keepdims=1)
        variance = self.node("Mul", [squares, share], f"{name}.variance")
        floor = self.constant("eps", np.array(eps, np.float32))
        safe = self.node("Add", [variance, floor], f"{name}.safe")
        deviation = self.node("Sqrt", [safe], f"{name}.deviation")
        inverse = self.node("Div", [one, deviation], f"{name}.inverse")
        normal = self.node("Mul", [centred, inverse], f"{name}.normal")
        stretched = self.node("Mul", [normal, self.constant(f"{name}.weight", weight)], f"{name}.stretched")
        return self.node("Add", [stretched, self.constant(f"{name}.bias", bias)], f"{name}.out")


def linear_names(layers: int) -> list[str]:
    """Return the names of all linear layers, in the order in which the graph runs them."""
    return [f"layer{layer}.{part}" for layer in range(layers) for part in ("qkv", "attended", "widen", "narrow")]


def draw_encoder(
    shape: Shape, vectors: dict[str, np.ndarray], linears: dict[str, Linear], word: Rows, precision: Precision
) -> onnx.ModelProto:
    """Return the model: ``ids`` int64 (batch, length) to two outputs, float32 (batch, hidden), of unit length.

    ``plain`` is what the original model gives; ``vectors`` has ``centre`` taken away, the mean of ``plain`` over
    ordinary technical texts, and is brought back to unit length. E5's plain vectors all lie in one narrow cone; centred
    ones rank better and spread over [-1, 1].

    Parameters
    ----------
    shape : Shape
        Sizes.
    vectors : dict of str to ndarray
        ``centre`` (hidden,), ``position`` (positions, hidden), ``embedding.norm.weight`` and ``.bias``, and for each
        layer ``layer{i}.norm1.…`` and ``layer{i}.norm2.…``.
    linears : dict of str to Linear
        By the names of `linear_names`.
    word : Rows
        The table of word vectors.
    precision : {"float", "fp32", "int8"}
        "fp32" and "int8" run on the same quantised constants; "float" takes ``codes`` as float32 weights (for
        calibration) and adds the inputs of all linear layers to its outputs.
    """
    graph = GraphWriter()
    probes: list[str] = []

    def linear(name: str, x: str) -> str:
        layer = linears[name]
        bias = graph.constant(f"{name}.bias", layer.bias)
        codes = graph.constant(f"{name}.codes", layer.codes)
        if precision == "float":
            probes.append(x)
            return graph.node("Add", [graph.node("MatMul", [x, codes], f"{name}.product"), bias], f"{name}.out")
        scale = graph.constant(f"{name}.scale", layer.scale)
        narrow = graph.node("Mul", [x, graph.constant(f"{name}.shrink", layer.shrink)], f"{name}.narrow")
        if precision == "fp32":
            weight = graph.node("DequantizeLinear", [codes, scale], f"{name}.weight", axis=1)
            return graph.node("Add", [graph.node("MatMul", [narrow, weight], f"{name}.product"), bias], f"{name}.out")
        one = graph.constant("one", np.array(1, np.float32))
        middle = graph.constant("middle", np.array(128, np.uint8))
        bytes_ = graph.node("QuantizeLinear", [narrow, one, middle], f"{name}.bytes")
        inputs = [bytes_, codes, one, scale, middle, "", bias]
        return graph.node("MatMulIntegerToFloat", inputs, f"{name}.out", FUSED)

    start = graph.constant("start", np.array([0], np.int64))
    length = graph.node("Shape", ["ids"], "length", start=1, end=2)
    places = graph.node("Slice", [graph.constant("position", vectors["position"]), start, length], "places")
    codes = graph.node("Gather", [graph.constant("word.codes", word.codes), "ids"], "word.picked")
    words = graph.node("Cast", [codes], "word.float", to=TensorProto.FLOAT)
    if precision != "float":
        scale = graph.node("Gather", [graph.constant("word.scale", word.scale[:, None]), "ids"], "word.picked.scale")
        words = graph.node("Mul", [words, scale], "words")
    norm = ("embedding.norm", vectors["embedding.norm.weight"], vectors["embedding.norm.bias"], shape.eps)
    x = graph.layer_norm(graph.node("Add", [words, places], "embedded"), *norm)
    thirds = graph.constant("thirds", np.array([shape.hidden] * 3, np.int64))
    for layer in range(shape.layers):
        prefix = f"layer{layer}"
        parts = [f"{prefix}.{part}" for part in ("query", "key", "value")]
        graph.nodes.append(helper.make_node("Split", [linear(f"{prefix}.qkv", x), thirds], parts, axis=-1))
        attended = graph.node("MultiHeadAttention", parts, f"{prefix}.heads", FUSED, num_heads=shape.heads)
        x = graph.node("Add", [x, linear(f"{prefix}.attended", attended)], f"{prefix}.sum1")
        names = (f"{prefix}.norm1.weight", f"{prefix}.norm1.bias")
        x = graph.layer_norm(x, f"{prefix}.norm1", vectors[names[0]], vectors[names[1]], shape.eps)
        wide = graph.node("Gelu", [linear(f"{prefix}.widen", x)], f"{prefix}.gelu", FUSED)
        x = graph.node("Add", [x, linear(f"{prefix}.narrow", wide)], f"{prefix}.sum2")
        names = (f"{prefix}.norm2.weight", f"{prefix}.norm2.bias")
        x = graph.layer_norm(x, f"{prefix}.norm2", vectors[names[0]], vectors[names[1]], shape.eps)
    # The sum over tokens as a product with ones: unlike ReduceSum, it adds in the same order whatever the batch.
    one_row = graph.node("Concat", [graph.constant("one_row", np.array([1], np.int64)), "length"], "ones.shape", axis=0)
    ones = graph.node("ConstantOfShape", [one_row], "ones", value=numpy_helper.from_array(np.ones(1, np.float32)))
    row = graph.constant("row_axis", np.array([1], np.int64))
    total = graph.node("Squeeze", [graph.node("MatMul", [ones, x], "total.row"), row], "total")
    plain = graph.node("LpNormalization", [total], "plain", axis=-1, p=2)
    away = graph.node("Sub", [plain, graph.constant("centre", vectors["centre"])], "away")
    graph.node("LpNormalization", [away], "vectors", axis=-1, p=2)
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", shape.hidden]) for name in ("vectors", "plain")
    ]
    outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in probes]
    drawn = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])],
        outputs,
        [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(drawn, opset_imports=opsets, ir_version=IR_VERSION, producer_name="matchmaker")
