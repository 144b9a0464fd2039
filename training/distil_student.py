"""Make the student: half of the encoder's layers, taught to give the vectors that the whole encoder gives.

    python training/distil_student.py build/adapted --out build/student

It starts as every second layer of the encoder and learns, on the texts that the static encoder learns from, the centred
vectors of the shipped 8-bit encoder and how near they are to each other. `export_encoder.py` then rounds it like the
whole one.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from adapt_encoder import save
from corpora import DEFAULT_DATA
from distil_static import gather_texts
from onnx import numpy_helper
from sentence_transformers import SentenceTransformer

from matchmaker.text.encoding import MODEL, PROMPT, BundledEncoder

LAYERS = (1, 3, 5, 7, 9, 11)
STEPS = 360
BATCH = 128
RATE = 2e-4
TOKENS = 56
WARM_UP = 20


def read_centre() -> np.ndarray:
    """Return the mean vector that the shipped encoder takes away, shape (384,)."""
    graph = onnx.load(MODEL / "int8.onnx").graph
    return next(numpy_helper.to_array(tensor) for tensor in graph.initializer if tensor.name == "centre")


def read_targets(folder: Path, texts: list[str]) -> np.ndarray:
    """Return the shipped encoder's vectors of texts, kept in a file of the folder, since they take longest.

    The file is named after weights and texts: those of another encoder are never taken for this one's.
    """
    encoder = BundledEncoder()
    key = hashlib.sha256("\n".join([encoder.fingerprint, *texts]).encode()).hexdigest()[:16]
    path = folder / f"targets-{key}.npy"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, encoder.encode(texts))
    return np.asarray(np.load(path))


def halve(model: SentenceTransformer) -> SentenceTransformer:
    """Return the model with the layers of `LAYERS` alone."""
    bert = model[0].auto_model
    bert.encoder.layer = torch.nn.ModuleList(bert.encoder.layer[layer] for layer in LAYERS)
    bert.config.num_hidden_layers = len(LAYERS)
    return model


def train(student: SentenceTransformer, texts: list[str], targets: np.ndarray, seed: int) -> None:
    """Train in place towards unit vectors, shape (n, 384)."""
    torch.manual_seed(seed)
    student.max_seq_length = TOKENS
    # Without dropout: the vectors to learn are exact, and noise in the way only makes them unreachable.
    student.eval()
    centre, goal = torch.tensor(read_centre()), torch.tensor(targets)
    optimiser = torch.optim.AdamW(student.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / WARM_UP, (STEPS - step) / (STEPS - WARM_UP))
    )
    # Texts of like length together: padding costs as much as text.
    order = np.argsort([len(text) for text in texts], kind="stable")
    blocks = np.array_split(order, max(1, len(order) // BATCH))
    chance = np.random.default_rng(seed)
    began, seen = time.perf_counter(), []
    for step in range(1, STEPS + 1):
        rows = blocks[chance.integers(len(blocks))]
        features = student.preprocess([PROMPT + texts[row] for row in rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            plain = student(features)["sentence_embedding"]
        vectors = torch.nn.functional.normalize(torch.nn.functional.normalize(plain.float(), dim=1) - centre, dim=1)
        products = vectors @ goal[rows].T
        own = (1 - products.diagonal()).mean()
        loss = own + 10 * ((products - goal[rows] @ goal[rows].T) ** 2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        seen.append(1 - own.item())
        if step % 20 == 0:
            print(
                f"step {step}/{STEPS}  cosine {np.mean(seen[-20:]):.4f}  {time.perf_counter() - began:.0f} s",
                flush=True,
            )


def main() -> None:
    """Halve, train and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/student"))
    arguments = parser.parse_args()
    texts = gather_texts(arguments.data, arguments.seed)
    targets = read_targets(arguments.out.parent, texts)
    student = halve(SentenceTransformer(str(arguments.folder), device="cpu"))
    train(student, texts, targets, arguments.seed)
    report = {"layers": LAYERS, "steps": STEPS, "batch": BATCH, "rate": RATE, "seed": arguments.seed}
    save(student, arguments.folder, arguments.out, report)


if __name__ == "__main__":
    main()
