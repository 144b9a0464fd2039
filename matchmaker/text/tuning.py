"""Tune the bundled encoder on judged pairs: what was graded high shall lie near (extra ``[train]``).

Two towers with one set of weights, a straight line from the cosine of a pair to its grade, least squares (Reimers and
Gurevych 2019). Word vectors and the lower half of the layers stay as shipped: they know the language, and without them
a step takes half of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from matchmaker.errors import MissingExtraError
from matchmaker.text.encoding import PROMPT, processor_features
from matchmaker.text.weights import Sizes, pack, read_constants, restore

if TYPE_CHECKING:
    import torch

# A second look at the same grades taught less than it unlearned.
EPOCHS = 1
RATE = 6e-5
LINE_RATE = 1e-2
WARM_UP = 0.1
# A batch is so many needs with so many of their achievements each: a need is encoded once for all of them.
NEEDS = 8
EACH = 8
MAX_TOKENS = 96
_HALF_PRECISION = frozenset({"avx512_bf16", "amx_bf16"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class JudgedTexts:
    """Judged pairs as texts.

    Attributes
    ----------
    needs, supply : pair of list of str
        What is encoded of each need and each achievement: titles, and titles with descriptions.
    rows : pair of ndarray of int, shape (p,)
        The need and the achievement of each pair, as places in these lists.
    grades : ndarray, shape (p,)
    weights : ndarray, shape (p,), or None
        How much each pair counts; all the same where None.
    """

    needs: tuple[list[str], list[str]]
    supply: tuple[list[str], list[str]]
    rows: tuple[np.ndarray, np.ndarray]
    grades: np.ndarray
    weights: np.ndarray | None = None

    def part(self, chosen: np.ndarray) -> JudgedTexts:
        """Return some of the pairs, by mask."""
        return replace(
            self,
            rows=(self.rows[0][chosen], self.rows[1][chosen]),
            grades=self.grades[chosen],
            weights=None if self.weights is None else self.weights[chosen],
        )


def count_steps(pairs: JudgedTexts) -> int:
    """Return how many steps `tune` takes."""
    parts = sum(-(-count // EACH) for count in np.bincount(pairs.rows[0]))
    return EPOCHS * int(-(-parts // NEEDS))


def tune(folder: Path, pairs: JudgedTexts, seed: int, progress: Progress | None = None) -> dict[str, np.ndarray]:
    """Return the constants of a shipped encoder's graph that tuning changed.

    Parameters
    ----------
    folder : Path
        Of the shipped encoder.
    pairs : JudgedTexts
    seed : int
        Equal seeds give equal weights on equal processors with equal numbers of threads.
    progress : callable, optional
        Called as ``progress(done, total)`` after every step.

    Raises
    ------
    MissingExtraError
        Without torch, transformers and onnx.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError("tuning the encoder needs torch: pip install 'matchmaker[train]'") from error
    constants, sizes = read_constants(folder)
    first = sizes.layers // 2
    state = torch.get_rng_state()
    try:
        torch.manual_seed(seed)
        towers = _Towers(folder, constants, sizes, first)
        _fit(towers, pairs, seed, progress)
        tensors = {name: value.numpy() for name, value in towers.model.state_dict().items()}
    finally:
        torch.set_rng_state(state)
    return pack(tensors, constants, first, seed)


class _Towers:
    """The encoder in torch, and texts as token ids."""

    def __init__(self, folder: Path, constants: dict[str, np.ndarray], sizes: Sizes, first: int) -> None:
        import torch
        from transformers import BertConfig, BertModel

        config = BertConfig(
            vocab_size=sizes.pieces,
            hidden_size=sizes.hidden,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.feed_forward,
            max_position_embeddings=sizes.positions,
        )
        self.model: Any = BertModel(config)
        self.model.load_state_dict({name: torch.tensor(value) for name, value in restore(constants, sizes).items()})
        self.model.train()
        for part in (self.model.embeddings, self.model.pooler, *self.model.encoder.layer[:first]):
            part.requires_grad_(False)
        self.centre = torch.tensor(constants["centre"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._padding = self._tokenizer.get_vocab()["<pad>"]
        self._half = bool(processor_features() & _HALF_PRECISION)

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """Return centred unit vectors, shape (len(texts), d)."""
        import torch

        rows = [encoding.ids for encoding in self._tokenizer.encode_batch_fast([PROMPT + text for text in texts])]
        ids = torch.full((len(rows), max(map(len, rows))), self._padding)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
        mask = ids.ne(self._padding)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            hidden = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        plain = torch.nn.functional.normalize((hidden.float() * mask[..., None]).sum(1), dim=-1)
        return torch.nn.functional.normalize(plain - self.centre, dim=-1)

    def encode_sides(self, sides: tuple[list[str], list[str]], rows: np.ndarray) -> torch.Tensor:
        """Return the direction between title and text of profiles, as ranking compares them, shape (len(rows), d)."""
        import torch

        titles, texts = ([side[row] for row in rows] for side in sides)
        distinct = list(dict.fromkeys([*titles, *texts]))
        place = {text: at for at, text in enumerate(distinct)}
        vectors = self.encode(distinct)
        total = vectors[[place[title] for title in titles]] + vectors[[place[text] for text in texts]]
        return torch.nn.functional.normalize(total, dim=-1)


def _fit(towers: _Towers, pairs: JudgedTexts, seed: int, progress: Progress | None) -> None:
    import torch

    grades = torch.tensor((pairs.grades - pairs.grades.mean()) / max(float(pairs.grades.std()), 1e-6)).float()
    counts = torch.ones(len(grades)) if pairs.weights is None else torch.tensor(pairs.weights).float()
    # A cosine of 0.2 is about average, and the standard deviation 0.12; the line finds its own from there.
    line = torch.nn.Parameter(torch.tensor([4.0, -1.0]))
    weights = [weight for weight in towers.model.parameters() if weight.requires_grad]
    groups = [{"params": weights, "lr": RATE}, {"params": [line], "lr": LINE_RATE, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = count_steps(pairs)
    warm = max(1, round(steps * WARM_UP))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    for step, batch in enumerate(_draw_batches(pairs.rows[0], seed), start=1):
        needs, place = np.unique(pairs.rows[0][batch], return_inverse=True)
        asked = towers.encode_sides(pairs.needs, needs)[place]
        offered = towers.encode_sides(pairs.supply, pairs.rows[1][batch])
        expected = line[0] * (asked * offered).sum(1) + line[1]
        torch.autograd.backward((counts[batch] * (expected - grades[batch]) ** 2).mean())
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        if progress:
            progress(step, steps)


def _draw_batches(needs: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Yield places of pairs: parts of ``NEEDS`` needs, at most ``EACH`` pairs of each, every pair once an epoch."""
    chance = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        parts: list[np.ndarray] = []
        for need in np.unique(needs):
            rows = chance.permutation(np.flatnonzero(needs == need))
            parts += [rows[start : start + EACH] for start in range(0, len(rows), EACH)]
        order = chance.permutation(len(parts))
        for start in range(0, len(order), NEEDS):
            yield np.concatenate([parts[part] for part in order[start : start + NEEDS]])
