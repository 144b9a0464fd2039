"""How much judgments are worth: the learning curve of the reranker on bdci2019, on needs kept aside.

    python benchmarks/judgments.py                  # 0, 50, 200, 500, 2,000 and all judgments, five splits
    python benchmarks/judgments.py --sizes 0 50 --splits 2

As in the engine, fewer than 30 judgments teach nothing, and a model that does not beat the one in use on needs kept
aside is refused; its scores may still be read by new curves. Writes ``benchmarks/results/judgments.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from protocols import compute_examples
from registers import READERS, is_present
from results import RESULTS, describe_in_words, describe_run, draw_table, write_results

from matchmaker.errors import TableError
from matchmaker.evaluation import mae_score, measure_learning
from matchmaker.learning import InUse, learn
from matchmaker.lessons import Lesson
from matchmaker.rank.defaults import default_calibration, default_reranker
from matchmaker.rank.learning import Examples, Scores, score
from matchmaker.rank.reranking import add_up

SIZES = (0, 50, 200, 500, 2000, 7000)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collection", choices=READERS, default="bdci2019")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args(arguments)


@dataclasses.dataclass(frozen=True)
class Taught:
    """What the engine says of pairs after it was shown others, and how."""

    scores: np.ndarray
    adopted: bool
    recalibrated: bool
    mae_score: float
    brier: float


def teach(
    examples: Examples, need_ids: list[str], achievement_ids: list[str], train: np.ndarray, test: np.ndarray, seed: int
) -> Taught:
    """Show the engine some pairs and ask it about others."""
    prior, calibration = default_reranker(), default_calibration()
    asked = examples.part(test)
    untaught = add_up(prior.explain(asked.features))
    said = Scores(untaught, untaught[:, None])
    adopted = recalibrated = False
    if len(train):
        lesson = Lesson(examples.part(train), [need_ids[row] for row in train], [achievement_ids[row] for row in train])
        with suppress(TableError):  # too few
            learned = learn(lesson, InUse(prior, calibration), seed)
            adopted, recalibrated = learned.report.adopted, learned.report.recalibrated is not None
            calibration = learned.calibration if adopted else learned.curves or calibration
            said = score(learned.reranker, asked) if adopted else said
    worthwhile = asked.grades >= asked.relevant
    return Taught(
        said.totals,
        adopted,
        recalibrated,
        mae_score(calibration.likely_grade(said.steps), asked.grades),
        float(np.mean((calibration.probability(said.totals) - worthwhile) ** 2)),
    )


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    if not is_present(chosen.collection, chosen.data):
        raise SystemExit(f"{chosen.data / chosen.collection} is missing; give --data")
    collection = READERS[chosen.collection](chosen.data)
    examples = compute_examples(collection)
    taught: dict[int, list[Taught]] = {}
    began = time.perf_counter()

    def fit_and_score(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        found = teach(examples, collection.need_ids, collection.achievement_ids, train, test, chosen.seed)
        taught.setdefault(len(train), []).append(found)
        told = f"{len(train)} judgments, adopted: {found.adopted}, calibrated: {found.recalibrated}"
        print(f"{time.perf_counter() - began:6.0f} s  {told}", flush=True)
        return found.scores

    curve = measure_learning(
        fit_and_score,
        collection.need_ids,
        collection.grades,
        achievement_ids=collection.achievement_ids,
        sizes=chosen.sizes,
        splits=chosen.splits,
        random_state=chosen.seed,
    )
    run = describe_run(chosen.seed, {collection.name: collection.sha256})
    content: dict[str, Any] = {"run": run, "collection": collection.name}
    content["adopted"], content["recalibrated"] = (
        {str(size): f"{sum(getattr(one, what) for one in each)} of {len(each)}" for size, each in taught.items()}
        for what in ("adopted", "recalibrated")
    )
    content["mae_score"], content["brier"] = (
        {str(size): float(np.mean([getattr(one, what) for one in each])) for size, each in taught.items()}
        for what in ("mae_score", "brier")
    )
    content |= {"points": [dataclasses.asdict(point) for point in curve.points], "never_worse": curve.never_worse}
    lines = [f"# What judgments are worth, {collection.name}", "", describe_in_words(run), "", "```text", str(curve)]
    rows = [
        [str(size), *(str(content[what][str(size)]) for what in ("adopted", "recalibrated"))]
        + [f"{content[what][str(size)]:.3f}" for what in ("mae_score", "brier")]
        for size in taught
    ]
    header = ["judgments", "model adopted", "only curves calibrated", "1/(1+MAE)", "squared error of P(grade ≥ 3)"]
    lines += [
        "```",
        "",
        draw_table(header, rows),
        "",
        "The last two are means over the splits, on the needs kept aside.",
    ]
    written = write_results(chosen.out, "judgments", content, "\n".join(lines) + "\n")
    print("\n".join(lines), f"wrote {', '.join(map(str, written))}", sep="\n")
    return content


if __name__ == "__main__":
    main()
