"""Teach the encoder technical Chinese: two texts of one paper shall lie nearer than texts of others.

    python training/adapt_encoder.py build/encoder --recipe views --out build/adapted

Contrastive learning with in-batch negatives (InfoNCE, van den Oord et al. 2018; in large batches gradients are cached
after Gao et al. 2021). Papers of ``csl`` stay aside: they test whether an abstract finds its title.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from corpora import DEFAULT_DATA, Paper, read_lessons
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MultipleNegativesRankingLoss,
)
from sklearn.cluster import MiniBatchKMeans
from views import VIEWS, draw_batches

PROMPT = "query: "
# Batches up to this size are held in memory whole; larger ones are taken in parts, at a third more work.
MINI_BATCH = 128
WARM_UP = 0.1


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one training run does.

    Attributes
    ----------
    views : tuple of str
        Kinds of pairs, in turn (`views.VIEWS`).
    steps, batch : int
        Steps of the optimiser, and pairs in each.
    rate : float
        Highest learning rate.
    scale : float
        Inverse temperature of the softmax over a batch.
    tokens : int
        Tokens read of each text.
    topics : int
        Topics that papers are parted into, so that a batch holds few of them; 0 mixes all.
    """

    views: tuple[str, ...]
    steps: int = 160
    batch: int = 128
    rate: float = 3e-5
    scale: float = 20.0
    tokens: int = 56
    topics: int = 0


RECIPES = {
    "titles": Recipe(("text-title",)),
    "views": Recipe(tuple(VIEWS)),
    "further": Recipe(tuple(VIEWS), steps=280),
    "topics": Recipe(tuple(VIEWS), topics=400),
    "large": Recipe(tuple(VIEWS), steps=40, batch=512, topics=400),
    "smoke": Recipe(tuple(VIEWS), steps=2, batch=8),
}


def find_topics(model: SentenceTransformer, papers: Sequence[Paper], count: int) -> np.ndarray:
    """Return the topic of every paper, shape (n,): nearest of ``count`` centres of titles."""
    titles = model.encode([PROMPT + paper.title for paper in papers], normalize_embeddings=True)
    return MiniBatchKMeans(count, random_state=0, n_init=1).fit_predict(titles)


def train(model: SentenceTransformer, papers: Sequence[Paper], recipe: Recipe, seed: int) -> list[float]:
    """Train a model in place and return the loss of every step."""
    torch.manual_seed(seed)
    groups = find_topics(model, papers, recipe.topics) if recipe.topics else None
    model.max_seq_length = recipe.tokens
    model.train()
    loss = (
        MultipleNegativesRankingLoss(model, scale=recipe.scale)
        if recipe.batch <= MINI_BATCH
        else CachedMultipleNegativesRankingLoss(model, scale=recipe.scale, mini_batch_size=MINI_BATCH)
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=0.01)
    warm = max(1, round(recipe.steps * WARM_UP))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, (recipe.steps - step) / max(1, recipe.steps - warm))
    )
    losses = []
    began = time.perf_counter()
    batches = draw_batches(papers, recipe.views, recipe.batch, seed, groups)
    for step, batch in enumerate(itertools.islice(batches, recipe.steps), start=1):
        columns = [view.left for view in batch], [view.right for view in batch]
        features = [model.preprocess([PROMPT + text for text in column]) for column in columns]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            value = loss(features, torch.zeros(0))
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        losses.append(value.item())
        if step % 10 == 0 or step == recipe.steps:
            seconds = time.perf_counter() - began
            print(f"step {step}/{recipe.steps}  loss {np.mean(losses[-10:]):.4f}  {seconds:.0f} s", flush=True)
    model.eval()
    return losses


def save(model: SentenceTransformer, source: Path, out: Path, report: Mapping[str, object]) -> None:
    """Write a trained model that came from the folder ``source``, and how it was trained."""
    model.save(str(out))
    # What was saved pads and cuts as training did; users of the folder shall not.
    for name in ("tokenizer.json", "sentence_bert_config.json"):
        shutil.copyfile(source / name, out / name)
    (out / "recipe.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train by one recipe and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recipe", choices=RECIPES, default="views")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/adapted"))
    arguments = parser.parse_args()
    recipe = RECIPES[arguments.recipe]
    model = SentenceTransformer(str(arguments.folder), device="cpu")
    losses = train(model, read_lessons(arguments.data), recipe, arguments.seed)
    report = {"recipe": asdict(recipe), "seed": arguments.seed, "losses": [round(value, 4) for value in losses]}
    save(model, arguments.folder, arguments.out, report)


if __name__ == "__main__":
    main()
