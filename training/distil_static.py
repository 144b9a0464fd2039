"""Make the static encoder: one vector a piece of text, whose weighted mean comes near to what the whole encoder says.

    python training/distil_static.py --data ../shared/data --out matchmaker/text/static

A first table comes from the encoder reading each piece alone, common pieces made short (after Model2Vec by Tulkens and
van Dongen 2024, and SIF by Arora et al. 2017). It is then trained towards the encoder's vectors of titles, keywords and
passages. Works from the shipped 8-bit encoder, whose vectors are centred already.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from corpora import DEFAULT_DATA, read_lessons, read_texts
from tokenizers import Tokenizer
from views import content_words, windows

from matchmaker.text.encoding import MODEL, PROMPT, BundledEncoder
from matchmaker.text.static import quantize

DIMENSION = 256
EPOCHS = 12
BATCH = 512
RATE = 2e-3
# Weight of a piece that makes up the share p of all text: SIF / (SIF + p).
SIF = 1e-4


def gather_texts(data: Path, seed: int) -> list[str]:
    """Return the texts whose vectors are learned: titles, their content words, keywords and passages, sorted."""
    chance = random.Random(seed)
    papers = read_lessons(data)
    texts = [paper.title for paper in papers] + [content_words(paper.title) for paper in papers]
    texts += [paper.keywords for paper in papers if paper.keywords]
    texts += [windows(paper.abstract, chance) for paper in papers]
    for path in sorted((data / "csl").glob("CSL_cls_ctg_*.tsv")):
        texts += [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted({text for text in texts if text.strip()})


def weigh_pieces(tokenizer: Tokenizer, data: Path) -> np.ndarray:
    """Return the SIF weight of every piece, shape (pieces,)."""
    counts = np.zeros(tokenizer.get_vocab_size())
    for encoding in tokenizer.encode_batch_fast(list(read_texts(data)), add_special_tokens=False):
        np.add.at(counts, encoding.ids, 1)
    return np.asarray(SIF / (SIF + (counts + 0.5) / counts.sum()))


def bag(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pieces of texts one after another, and where each text begins."""
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
    starts = np.cumsum([0, *map(len, ids[:-1])])
    return torch.tensor(list(itertools.chain.from_iterable(ids)), dtype=torch.long), torch.tensor(starts)


def train(table: np.ndarray, tokenizer: Tokenizer, texts: list[str], targets: np.ndarray, seed: int) -> np.ndarray:
    """Return the table after training towards the targets by cosine."""
    torch.manual_seed(seed)
    bags = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(table), freeze=False, mode="mean")
    optimiser = torch.optim.Adam(bags.parameters(), lr=RATE)
    goal = torch.nn.functional.normalize(torch.tensor(targets), dim=1)
    for epoch in range(EPOCHS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        losses = []
        for rows in torch.randperm(len(texts)).split(BATCH):
            vectors = torch.nn.functional.normalize(bags(*bag(tokenizer, [texts[row] for row in rows])), dim=1)
            products = vectors @ goal[rows].T
            # Near its own target, and as near to the others' as they are to each other: ranking lives on both.
            own = (1 - products.diagonal()).mean()
            loss = own + 10 * ((products - goal[rows] @ goal[rows].T) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(own.item())
        print(f"epoch {epoch + 1}/{EPOCHS}  mean cosine {1 - np.mean(losses):.4f}", flush=True)
    return bags.weight.detach().numpy()


def main() -> None:
    """Make the table, round it and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("matchmaker/text/static"))
    arguments = parser.parse_args()
    encoder = BundledEncoder()
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    texts = gather_texts(arguments.data, arguments.seed)
    print(f"{len(texts):,} texts", flush=True)
    whole = encoder.encode(texts)
    _, _, axes = np.linalg.svd(whole[:: max(1, len(whole) // 20_000)], full_matrices=False)
    axes = axes[:DIMENSION].T
    pieces = [tokenizer.id_to_token(row).replace("▁", " ") for row in range(tokenizer.get_vocab_size())]
    table = encoder.encode(pieces) @ axes * weigh_pieces(tokenizer, arguments.data)[:, None]
    table = train(table.astype(np.float32), tokenizer, texts, whole @ axes, arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    codes, scales = quantize(table)
    np.savez(arguments.out / "table.npz", codes=codes, scales=scales)
    report = {"pieces": len(table), "dimension": DIMENSION, "texts": len(texts), "prompt": PROMPT}
    (arguments.out / "export.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
