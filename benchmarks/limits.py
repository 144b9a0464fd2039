"""What this processor can do at most, and how much of it the encoder and a scan of vectors use.

    python benchmarks/limits.py                   # about a minute

Matrix products have the shape of the encoder's largest one: as many tokens as it reads in one batch, times the weights
of a feed-forward layer. Each figure is the best of several rounds, since whatever else runs can only make it slower.
Writes ``benchmarks/results/limits.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from results import RESULTS, describe_in_words, describe_run, draw_table, write_results
from workloads import JoinedTexts, read_sources

from matchmaker.text.encoding import BATCH_TOKENS, MODEL, PROMPT, STUDENT, BundledEncoder

DEFAULT_DATA = Path("../shared/data")
# Tokens of a batch, width of the encoder, width of its feed-forward layers.
ROWS, INNER, OUTER = BATCH_TOKENS, 384, 1536
GIB = 2**30
PAGE = 4096
# Products in one measurement: enough that handing them to threads costs nothing beside them.
PRODUCTS = 4
BYTES = "8 bits, ONNX Runtime, a processor second"


@dataclass(frozen=True)
class Sizes:
    """How much is measured: seconds a figure, bytes moved, texts encoded."""

    seconds: float
    bytes: int
    texts: int


PROFILES = {"full": Sizes(0.8, GIB, 48), "smoke": Sizes(0.02, GIB // 64, 8)}


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=PROFILES, default="full")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args(arguments)


def time_best(work: Callable[[], object], seconds: float, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the shortest time by a clock of as many calls as fit into ``seconds``, three at least."""
    best, calls, stop = np.inf, 0, time.perf_counter() + seconds
    while calls < 3 or time.perf_counter() < stop:
        began = clock()
        work()
        best = min(best, clock() - began)
        calls += 1
    return best


def measure_matrix_rates(threads: int, seconds: float) -> dict[str, float]:
    """Return billions of operations a second, a multiplication and an addition counted as two, by arithmetic.

    Threads each take products of their own, as the encoder's do: that scales better than splitting one product.
    """
    torch.set_num_threads(1)
    products = {
        "float32, torch": _make_torch_product(torch.float32),
        "bfloat16, torch": _make_torch_product(torch.bfloat16),
        "float32, ONNX Runtime": _make_float_product(),
        "8 bits, ONNX Runtime": _make_byte_product(),
    }
    operations = 2 * ROWS * INNER * OUTER * PRODUCTS * threads
    with ThreadPoolExecutor(threads) as pool:
        found = {
            name: operations / time_best(lambda run=run: list(pool.map(run, range(threads))), seconds) / 1e9
            for name, run in products.items()
        }
        # By processor time too, to compare the encoder with: that hardly depends on what else runs.
        run = products["8 bits, ONNX Runtime"]
        used = time_best(lambda: list(pool.map(run, range(threads))), seconds, time.process_time)
    return {**found, BYTES: operations / used / 1e9}


def measure_memory(threads: int, size: int, seconds: float) -> dict[str, float]:
    """Return billions of bytes a second read in order and copied, and millions of random pages touched a second.

    Each thread works on a part of its own. A copy counts what it reads and what it writes.
    """
    source = np.ones(size // 4, np.float32)
    target = np.empty_like(source)
    parts = np.array_split(np.arange(len(source)), threads)
    bounds = [slice(part[0], part[-1] + 1) for part in parts]
    # One number of each of many pages: what a search pays for a vector that lies just anywhere. Another one of the page
    # in every round, or the caches would hold them all.
    pages_each = min(100_000, size // PAGE)
    starts = np.random.default_rng(0).integers(size // PAGE, size=(threads, pages_each)) * (PAGE // 4)
    rounds = count(step=16)

    def touch(part: int) -> np.ndarray:
        return source.take(starts[part] + next(rounds) % (PAGE // 4))

    with ThreadPoolExecutor(threads) as pool:

        def together(work: Callable[[int], object]) -> float:
            return time_best(lambda: list(pool.map(work, range(threads))), seconds)

        # Dot with itself reads each byte once and, unlike a sum, keeps up with memory.
        read = together(lambda part: float(np.dot(source[bounds[part]], source[bounds[part]])))
        copy = together(lambda part: np.copyto(target[bounds[part]], source[bounds[part]]))
        pages = together(touch)
    return {
        "read, GB/s": source.nbytes / read / 1e9,
        "copy, GB/s": 2 * source.nbytes / copy / 1e9,
        "random pages, million/s": threads * pages_each / pages / 1e6,
    }


def count_operations(folder: Path, tokens: int) -> int:
    """Return the operations that an encoder spends on one token of a text of ``tokens`` tokens, as its graph says.

    Every product with a matrix of weights takes two operations for each weight. In each attention, a token is held
    against all tokens and takes the mean of all: four operations for each of them and each component of the width. What
    is left, norms and sums, is not counted.
    """
    graph = onnx.load(str(folder / "int8.onnx"), load_external_data=False).graph
    shapes = {weights.name: tuple(weights.dims) for weights in graph.initializer}
    weights = attention = 0
    for node in graph.node:
        if node.op_type in ("MatMulIntegerToFloat", "MatMulInteger", "MatMul", "Gemm"):
            weights += sum(int(np.prod(shapes[name])) for name in node.input if len(shapes.get(name, ())) == 2)
        elif node.op_type == "MultiHeadAttention":
            attention += 1
    return 2 * weights + 4 * tokens * INNER * attention


def measure_encoder(folder: Path, texts: Sequence[str], threads: int) -> dict[str, float]:
    """Return tokens and operations a second of an encoder at work on whole texts."""
    encoder = BundledEncoder(folder, threads=threads)
    encoder.encode(texts[:4])
    used = time.process_time()
    seconds = time_best(lambda: encoder.encode(texts), 0)
    # Of all three calls: processor time hardly depends on what else runs.
    used = (time.process_time() - used) / 3
    # Asked of the encoder's own tokenizer, so that prompt, limit and special tokens are counted as they are run.
    lengths = [len(found.ids) for found in encoder._tokenizer.encode_batch([PROMPT + text for text in texts])]
    operations = sum(length * count_operations(folder, length) for length in lengths)
    return {
        "texts/s": len(texts) / seconds,
        "tokens/s": sum(lengths) / seconds,
        "million operations/token": operations / sum(lengths) / 1e6,
        "billion operations/s": operations / seconds / 1e9,
        "billion operations/processor second": operations / used / 1e9,
    }


def measure_limits(threads: Sequence[int], sizes: Sizes) -> dict[str, dict[str, dict[str, float]]]:
    """Return matrix rates and memory by number of threads."""
    return {
        "matrix": {str(each): measure_matrix_rates(each, sizes.seconds) for each in threads},
        "memory": {str(each): measure_memory(each, sizes.bytes, sizes.seconds) for each in threads},
    }


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    sizes = PROFILES[chosen.profile]
    joined = JoinedTexts(read_sources(chosen.data), chosen.seed)
    texts = ["。".join(joined.make(number)) for number in range(sizes.texts)]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    encoders: dict[str, dict[str, dict[str, float]]] = {"best": {}, "balanced": {}}
    limits = measure_limits(chosen.threads, sizes)
    for quality, folder in (("best", MODEL), ("balanced", STUDENT)):
        for threads in chosen.threads:
            encoders[quality][str(threads)] = measure_encoder(folder, texts, threads)
    content = {
        "profile": chosen.profile,
        "sizes": asdict(sizes),
        "shape": [ROWS, INNER, OUTER],
        "run": describe_run(chosen.seed, {"texts": digest}),
        "processors": os.cpu_count(),
        **limits,
        "encoders": encoders,
    }
    name = "limits" if chosen.profile == "full" else f"limits-{chosen.profile}"
    write_results(chosen.out, name, content, write_text(content))
    print(write_text(content), f"wrote {chosen.out / f'{name}.md'}", sep="\n")
    return content


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    matrix, memory, encoders = content["matrix"], content["memory"], content["encoders"]
    heads = [f"{threads} thread{'s' if threads != '1' else ''}" for threads in matrix]
    rows, inner, outer = content["shape"]
    lines = ["# Limits of the processor", "", describe_in_words(content["run"]), ""]
    lines += [f"Matrix products, {rows} × {inner} times {inner} × {outer}, billion operations a second:", ""]
    lines.append(draw_table(["", *heads], _list_figures(matrix)))
    lines += ["", "Memory:", "", draw_table(["", *heads], _list_figures(memory))]
    for quality, found in encoders.items():
        for threads, figures in found.items():
            figures["of the 8-bit rate a processor second"] = (
                figures["billion operations/processor second"] / matrix[threads][BYTES]
            )
        lines += ["", f"The encoder, quality {quality}:", "", draw_table(["", *heads], _list_figures(found))]
    return "\n".join(lines) + "\n"


def _list_figures(found: dict[str, dict[str, float]]) -> list[list[str]]:
    names = next(iter(found.values()))
    return [
        [name, *(f"{figures[name]:,.{0 if figures[name] >= 100 else 2}f}" for figures in found.values())]
        for name in names
    ]


def _make_torch_product(kind: torch.dtype) -> Callable[[int], None]:
    left, right = torch.randn(ROWS, INNER).to(kind), torch.randn(INNER, OUTER).to(kind)

    def run(_: int) -> None:
        with torch.inference_mode():
            for _ in range(PRODUCTS):
                torch.mm(left, right)

    return run


def _make_float_product() -> Callable[[int], None]:
    generator = np.random.default_rng(0)
    left, right = (generator.standard_normal(shape, np.float32) for shape in ((ROWS, INNER), (INNER, OUTER)))
    return _make_onnx_product("MatMul", left, right)


def _make_byte_product() -> Callable[[int], None]:
    # Unsigned times signed, summed in 32 bits: the same kernel that the encoder's graph runs.
    generator = np.random.default_rng(0)
    left = generator.integers(0, 256, (ROWS, INNER), np.uint8)
    return _make_onnx_product("MatMulInteger", left, generator.integers(-127, 128, (INNER, OUTER), np.int8))


def _make_onnx_product(operator: str, left: np.ndarray, right: np.ndarray) -> Callable[[int], None]:
    kinds = {np.float32: TensorProto.FLOAT, np.uint8: TensorProto.UINT8}
    kind = kinds[left.dtype.type]
    result = TensorProto.FLOAT if kind == TensorProto.FLOAT else TensorProto.INT32
    graph = helper.make_graph(
        [helper.make_node(operator, ["left", "right"], ["product"])],
        "product",
        [helper.make_tensor_value_info("left", kind, [ROWS, INNER])],
        [helper.make_tensor_value_info("product", result, [ROWS, OUTER])],
        [numpy_helper.from_array(right, "right")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def run(_: int) -> None:
        for _ in range(PRODUCTS):
            session.run(None, {"left": left})

    return run


if __name__ == "__main__":
    main()
