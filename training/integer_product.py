"""Write the graph that multiplies codes with codes: ``matchmaker/rank/integer_product.onnx``.

    python training/integer_product.py

ONNX Runtime has the matrix product of whole numbers of 8 bits that NumPy lacks; it wants it as a graph of one node.
"""

from __future__ import annotations

from pathlib import Path

from onnx import TensorProto, helper

PLACE = Path(__file__).parent.parent / "matchmaker" / "rank" / "integer_product.onnx"


def build_graph() -> bytes:
    """Return the graph: ``codes``, uint8 with 128 for zero, shape (n, d), times ``queries``, int8, shape (d, q)."""
    node = helper.make_node("MatMulInteger", ["codes", "queries", "zero"], ["products"])
    graph = helper.make_graph(
        [node],
        "integer_product",
        [
            helper.make_tensor_value_info("codes", TensorProto.UINT8, ["n", "d"]),
            helper.make_tensor_value_info("queries", TensorProto.INT8, ["d", "q"]),
        ],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["n", "q"])],
        [helper.make_tensor("zero", TensorProto.UINT8, [], [128])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="")
    return bytes(model.SerializeToString())


if __name__ == "__main__":
    PLACE.write_bytes(build_graph())
    print(f"{PLACE}: {PLACE.stat().st_size} bytes")
