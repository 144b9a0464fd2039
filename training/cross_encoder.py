"""Train a cross-encoder without labels, to see whether reading both texts at once ranks better than comparing vectors.

    python training/cross_encoder.py build/shipped --data ../shared/data --out build/cross

Starts from an adapted encoder. A lesson is a text of one paper as a need tells it, that paper's title, and titles of
other papers that the encoder takes for near: the right one shall score highest (localised contrastive estimation, Gao,
Dai and Callan 2021). No label and no judged need is read. ``training/README.md`` has what came of it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from corpora import DEFAULT_DATA, Paper, read_lessons
from tokenizers import Tokenizer
from transformers import AutoModel
from views import VIEWS, View

from matchmaker.text.encoding import MODEL, BundledEncoder

KINDS = ("need-title", "text-words", "text-title", "keywords-title")
GROUPS = 4
WRONG = 7
# Nearest titles are often right too; what is a little further off is near but wrong.
NEAR = (3, 40)
TOKENS = (60, 40)
RATE, HEAD_RATE = 4e-5, 1e-2


class CrossEncoder(torch.nn.Module):
    """An encoder over both texts and a straight line from the mean of its last layer to a score."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder: Any = AutoModel.from_pretrained(str(folder))
        self.line = torch.nn.Linear(self.encoder.config.hidden_size, 1)
        torch.nn.init.normal_(self.line.weight, std=0.02)
        torch.nn.init.zeros_(self.line.bias)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._begin, self._end, self._nothing = (self._tokenizer.token_to_id(name) for name in ("<s>", "</s>", "<pad>"))

    def join(self, pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
        """Return pairs as token ids: the need, two ends, the title."""
        sides = []
        for texts, most in zip(zip(*pairs, strict=True), TOKENS, strict=True):
            encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
            sides.append([encoding.ids[:most] for encoding in encodings])
        return [
            [self._begin, *need, self._end, self._end, *title, self._end] for need, title in zip(*sides, strict=True)
        ]

    def forward(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return scores, shape (len(rows),)."""
        ids = torch.full((len(rows), max(map(len, rows))), self._nothing)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
        mask = ids.ne(self._nothing)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        mean = (hidden.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.line(mean)[:, 0]

    def score(self, pairs: Sequence[tuple[str, str]], batch: int = 64) -> np.ndarray:
        """Return scores without learning anything, shape (len(pairs),)."""
        rows = self.join(pairs)
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        scores = np.zeros(len(rows))
        self.eval()
        with torch.inference_mode():
            for start in range(0, len(order), batch):
                part = order[start : start + batch]
                scores[part] = self([rows[row] for row in part]).numpy()
        self.train()
        return scores


def draw_groups(papers: Sequence[Paper], steps: int, seed: int) -> Iterator[list[tuple[str, str]]]:
    """Yield groups of pairs, the right one first: one text with its title and with titles that only seem to fit."""
    chance = random.Random(seed)
    vectors = BundledEncoder(MODEL).encode([paper.title for paper in papers])
    for step in range(steps):
        kind = KINDS[step % len(KINDS)]
        found: list[View] = []
        while len(found) < GROUPS:
            row = chance.randrange(len(papers))
            left, right = VIEWS[kind](papers[row], chance)
            if min(len(left), len(right)) >= 4:
                found.append(View(kind, left, right, row))
        yield [pair for view in found for pair in _group(view, papers, vectors, chance)]


def _group(view: View, papers: Sequence[Paper], vectors: np.ndarray, chance: random.Random) -> list[tuple[str, str]]:
    near = np.argsort(-(vectors @ vectors[view.paper]))[NEAR[0] : NEAR[1]].tolist()
    wrong = [papers[row].title for row in chance.sample(near, WRONG - 2)]
    wrong += [papers[row].title for row in chance.sample(range(len(papers)), 2)]
    return [(view.left, view.right), *((view.left, title) for title in wrong)]


def train(model: CrossEncoder, papers: Sequence[Paper], steps: int, seed: int) -> list[float]:
    """Train in place and return the loss of every step."""
    torch.manual_seed(seed)
    model.train()
    groups = [{"params": model.encoder.parameters(), "lr": RATE}, {"params": model.line.parameters(), "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    losses = []
    began = time.perf_counter()
    for step, pairs in enumerate(draw_groups(papers, steps, seed), start=1):
        scores = model(model.join(pairs)).reshape(GROUPS, WRONG + 1)
        loss = torch.nn.functional.cross_entropy(scores, torch.zeros(GROUPS, dtype=torch.long))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        losses.append(loss.item())
        if step % 20 == 0 or step == steps:
            seconds = time.perf_counter() - began
            print(f"step {step}/{steps}  loss {np.mean(losses[-20:]):.4f}  {seconds:.0f} s", flush=True)
    return losses


def main() -> None:
    """Train and write weights, with the loss of every step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/cross"))
    arguments = parser.parse_args()
    model = CrossEncoder(arguments.folder)
    losses = train(model, read_lessons(arguments.data), arguments.steps, arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), arguments.out / "weights.pt")
    report = {"steps": arguments.steps, "seed": arguments.seed, "losses": [round(loss, 4) for loss in losses]}
    (arguments.out / "recipe.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
