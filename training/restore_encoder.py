"""Turn shipped weights back into a sentence-transformers folder: to go on training them, or to run them in torch.

    python training/restore_encoder.py matchmaker/text/model --out build/shipped

The 8-bit weights are written out in float32, so the folder's vectors are those of the shipped ``fp32`` graph before its
centre is taken away.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import onnx
from convert_encoder import write_settings
from onnx import numpy_helper
from safetensors.numpy import save_file

PARTS = {
    "attended": ["attention.output.dense"],
    "widen": ["intermediate.dense"],
    "narrow": ["output.dense"],
    "qkv": ["attention.self.query", "attention.self.key", "attention.self.value"],
}
NORMS = {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}


def read_graph(folder: Path) -> tuple[dict[str, np.ndarray], int]:
    """Return the constants of a shipped graph by name, and its number of attention heads."""
    graph = onnx.load(folder / "fp32.onnx").graph
    heads = {setting.i for node in graph.node for setting in node.attribute if setting.name == "num_heads"}
    (count,) = heads  # the same in every layer
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}, count


def restore(constants: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return float32 tensors under the names that ``transformers.BertModel`` reads."""
    word = constants["word.codes"] * constants["word.scale"]
    hidden = word.shape[1]
    named = {
        "embeddings.word_embeddings.weight": word,
        "embeddings.position_embeddings.weight": constants["position"],
        # Exported together with the positions.
        "embeddings.token_type_embeddings.weight": np.zeros((2, hidden)),
        "embeddings.LayerNorm.weight": constants["embedding.norm.weight"],
        "embeddings.LayerNorm.bias": constants["embedding.norm.bias"],
        "pooler.dense.weight": np.zeros((hidden, hidden)),
        "pooler.dense.bias": np.zeros(hidden),
    }
    for layer in range(count_layers(constants)):
        source, target = f"layer{layer}", f"encoder.layer.{layer}"
        for part, names in PARTS.items():
            codes, scale, shrink, bias = (
                constants[f"{source}.{part}.{kind}"] for kind in ("codes", "scale", "shrink", "bias")
            )
            weights = np.split((codes * scale * shrink[:, None]).T, len(names))
            for name, weight, offset in zip(names, weights, np.split(bias, len(names)), strict=True):
                named[f"{target}.{name}.weight"], named[f"{target}.{name}.bias"] = weight, offset
        for norm, name in NORMS.items():
            for kind in ("weight", "bias"):
                named[f"{target}.{name}.{kind}"] = constants[f"{source}.{norm}.{kind}"]
    return {name: np.ascontiguousarray(value, np.float32) for name, value in named.items()}


def count_layers(constants: dict[str, np.ndarray]) -> int:
    """Return the number of layers of a shipped graph."""
    return sum(name.endswith(".qkv.codes") for name in constants)


def write_folder(shipped: Path, out: Path) -> None:
    """Write the folder that ``SentenceTransformer(path)`` loads."""
    constants, heads = read_graph(shipped)
    out.mkdir(parents=True, exist_ok=True)
    save_file(restore(constants), out / "model.safetensors", metadata={"format": "pt"})
    # As it stands: writing it anew would round the pieces' scores.
    shutil.copyfile(shipped / "tokenizer.json", out / "tokenizer.json")
    pieces, hidden = constants["word.codes"].shape
    write_settings(
        out,
        hidden=hidden,
        layers=count_layers(constants),
        heads=heads,
        feed_forward=constants["layer0.widen.codes"].shape[1],
        positions=len(constants["position"]),
        pieces=pieces,
    )


def main() -> None:
    """Restore."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shipped", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/shipped"))
    arguments = parser.parse_args()
    write_folder(arguments.shipped, arguments.out)
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
