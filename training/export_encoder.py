"""Quantise a sentence-transformers folder of a BERT encoder to 8 bits and write what the package ships.

    python training/export_encoder.py build/encoder --data ../shared/data --out matchmaker/text/model

Two small graphs (``int8.onnx`` for processors with 8-bit dot products, ``fp32.onnx`` for the rest) share one file of
weights. Calibration reads titles and abstracts of the training corpora. The report compares both graphs with the
folder's own float32 vectors on texts that calibration did not see, and lands in ``export.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from corpora import DEFAULT_DATA, read_papers
from encoder_graph import Linear, Precision, Rows, Shape, draw_encoder, linear_names
from onnx.external_data_helper import set_external_data
from safetensors.numpy import load_file
from tokenizers import Tokenizer

CALIBRATION_PAPERS = 800
CHECK_PAPERS = 120
MAX_TOKENS = 128
WEIGHTS = "encoder.weights"
INLINE_BYTES = 1024


def read_folder(folder: Path) -> tuple[Shape, dict[str, np.ndarray], dict[str, tuple[np.ndarray, np.ndarray]]]:
    """Return sizes, small vectors, and (weight (in, out), bias) of each linear layer of a BERT folder."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tensors = load_file(folder / "model.safetensors")
    shape = Shape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=config["num_attention_heads"],
        eps=config["layer_norm_eps"],
    )
    vectors = {
        "word": tensors["embeddings.word_embeddings.weight"],
        "position": tensors["embeddings.position_embeddings.weight"]
        + tensors["embeddings.token_type_embeddings.weight"][0],
        "centre": np.zeros(shape.hidden, np.float32),
        "embedding.norm.weight": tensors["embeddings.LayerNorm.weight"],
        "embedding.norm.bias": tensors["embeddings.LayerNorm.bias"],
    }
    linears = {}
    for layer in range(shape.layers):
        source = f"encoder.layer.{layer}"
        groups = {
            "qkv": [f"{source}.attention.self.{part}" for part in ("query", "key", "value")],
            "attended": [f"{source}.attention.output.dense"],
            "widen": [f"{source}.intermediate.dense"],
            "narrow": [f"{source}.output.dense"],
        }
        for part, names in groups.items():
            weight = np.concatenate([tensors[f"{name}.weight"] for name in names]).T
            bias = np.concatenate([tensors[f"{name}.bias"] for name in names])
            linears[f"layer{layer}.{part}"] = (np.ascontiguousarray(weight), bias)
        for norm, name in {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}.items():
            for kind in ("weight", "bias"):
                vectors[f"layer{layer}.{norm}.{kind}"] = tensors[f"{source}.{name}.{kind}"]
    return shape, vectors, linears


def quantize(weight: np.ndarray, bias: np.ndarray, largest: np.ndarray) -> Linear:
    """Round a linear layer to 8 bits, given the largest size of each input channel in calibration."""
    width = np.maximum(largest, 1e-6) / 127
    stretched = weight * width[:, None]
    scale = np.abs(stretched).max(axis=0) / 127
    return Linear(
        codes=np.round(stretched / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        shrink=(1 / width).astype(np.float32),
        bias=bias,
    )


def quantize_rows(table: np.ndarray) -> Rows:
    """Round a table to 8 bits with one scale for each row."""
    scale = np.maximum(np.abs(table).max(axis=1), 1e-8) / 127
    return Rows(np.round(table / scale[:, None]).astype(np.int8), scale.astype(np.float32))


def open_session(model: onnx.ModelProto | Path) -> onnxruntime.InferenceSession:
    """Open a graph on the CPU; weights of the fp32 graph are dequantised once, now."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    source = str(model) if isinstance(model, Path) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def encode(session: onnxruntime.InferenceSession, ids: list[list[int]]) -> np.ndarray:
    """Return the plain (not centred) vectors of texts, one at a time."""
    return np.concatenate([session.run(["plain"], {"ids": np.array([row])})[0] for row in ids])


def calibrate(session: onnxruntime.InferenceSession, names: list[str], ids: list[list[int]]) -> dict[str, np.ndarray]:
    """Return the largest size of every input channel of every linear layer over the texts."""
    probes = [output.name for output in session.get_outputs()][2:]
    largest: dict[str, np.ndarray] = {}
    for row in ids:
        for name, values in zip(names, session.run(probes, {"ids": np.array([row])}), strict=True):
            sizes = np.abs(values[0]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, 0), sizes)
    return largest


def sample_texts(data: Path, count: int, offset: int) -> list[str]:
    """Return ``2 * count`` texts, titles and titles with abstracts, evenly spread over the corpora."""
    papers = read_papers(data)
    picked = papers[offset :: max(1, len(papers) // count)][:count]
    return [f"query: {text}" for paper in picked for text in (paper.title, f"{paper.title}。{paper.abstract}")]


def write_graph(model: onnx.ModelProto, path: Path, weights: Path, places: dict[str, tuple[int, int]]) -> None:
    """Write a graph whose large constants lie in the shared file of weights, each constant stored once."""
    with weights.open("ab") as store:
        for tensor in model.graph.initializer:
            if len(tensor.raw_data) < INLINE_BYTES:
                continue
            if tensor.name not in places:
                store.write(b"\0" * (-store.tell() % 64))
                places[tensor.name] = (store.tell(), len(tensor.raw_data))
                store.write(tensor.raw_data)
            offset, length = places[tensor.name]
            set_external_data(tensor, weights.name, offset=offset, length=length)
            tensor.ClearField("raw_data")
    path.write_bytes(model.SerializeToString(deterministic=True))


def main() -> None:
    """Export, compare, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=Path("matchmaker/text/model"))
    arguments = parser.parse_args()
    shape, vectors, linears = read_folder(arguments.folder)
    tokenizer = Tokenizer.from_file(str(arguments.folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()

    def tokenize(texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in tokenizer.encode_batch(texts)]

    nothing = np.zeros(0, np.float32)
    plain = {name: Linear(weight, nothing, nothing, bias) for name, (weight, bias) in linears.items()}
    reference = open_session(draw_encoder(shape, vectors, plain, Rows(vectors["word"], nothing), "float"))
    names = linear_names(shape.layers)
    calibration = tokenize(sample_texts(arguments.data, CALIBRATION_PAPERS, offset=0))
    largest = calibrate(reference, names, calibration)
    vectors["centre"] = encode(reference, calibration).mean(axis=0)
    quantized = {name: quantize(*linears[name], largest[name]) for name in names}
    word = quantize_rows(vectors["word"])

    arguments.out.mkdir(parents=True, exist_ok=True)
    weights = arguments.out / WEIGHTS
    weights.write_bytes(b"")
    places: dict[str, tuple[int, int]] = {}
    precisions: tuple[Precision, ...] = ("int8", "fp32")
    for precision in precisions:
        model = draw_encoder(shape, vectors, quantized, word, precision)
        write_graph(model, arguments.out / f"{precision}.onnx", weights, places)
    shutil.copyfile(arguments.folder / "tokenizer.json", arguments.out / "tokenizer.json")

    ids = tokenize(sample_texts(arguments.data, CHECK_PAPERS, offset=37))
    expected = encode(reference, ids)
    report = {}
    for precision in precisions:
        vectors_now = encode(open_session(arguments.out / f"{precision}.onnx"), ids)
        cosines = (vectors_now * expected).sum(axis=1)
        report[precision] = {"texts": len(ids), "cosine_min": round(float(cosines.min()), 5)}
        report[precision] |= {"cosine_median": round(float(np.median(cosines)), 5)}
    report["megabytes"] = round(sum(path.stat().st_size for path in arguments.out.iterdir()) / 1e6, 1)
    (arguments.out / "export.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
