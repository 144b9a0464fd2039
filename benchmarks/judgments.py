"""How much judgments are worth: the learning curve of the reranker on bdci2019, on needs kept aside.

    python benchmarks/judgments.py                  # 0, 50, 200, 500, 2,000 and all judgments, five splits
    python benchmarks/judgments.py --sizes 0 50 --splits 2

As in the engine, fewer than 30 judgments teach nothing, and a model that does not beat the one in use on needs kept
aside is refused. Writes ``benchmarks/results/judgments.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from protocols import compute_examples
from registers import READERS, is_present
from results import RESULTS, describe_in_words, describe_run, write_results

from matchmaker.errors import TableError
from matchmaker.evaluation import measure_learning
from matchmaker.learning import learn
from matchmaker.lessons import Lesson
from matchmaker.rank.defaults import default_reranker
from matchmaker.rank.learning import Examples, score
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


def score_after_learning(
    examples: Examples, need_ids: list[str], achievement_ids: list[str], train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[np.ndarray, bool]:
    """Return the scores of pairs by the engine after it was shown others, and whether it adopted what it learned."""
    prior = default_reranker()
    untaught = add_up(prior.explain(examples.features[test]))
    if not len(train):
        return untaught, False
    lesson = Lesson(examples.part(train), [need_ids[row] for row in train], [achievement_ids[row] for row in train])
    try:
        learned = learn(lesson, prior, seed)
    except TableError:  # too few
        return untaught, False
    if not learned.report.adopted:
        return untaught, False
    return score(learned.reranker, examples.part(test)).totals, True


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    if not is_present(chosen.collection, chosen.data):
        raise SystemExit(f"{chosen.data / chosen.collection} is missing; give --data")
    collection = READERS[chosen.collection](chosen.data)
    examples = compute_examples(collection)
    adopted: dict[int, list[bool]] = {}
    began = time.perf_counter()

    def fit_and_score(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        scores, taken = score_after_learning(
            examples, collection.need_ids, collection.achievement_ids, train, test, chosen.seed
        )
        adopted.setdefault(len(train), []).append(taken)
        print(f"{time.perf_counter() - began:6.0f} s  {len(train)} judgments, adopted: {taken}", flush=True)
        return scores

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
    times = {str(size): f"{sum(taken)} of {len(taken)}" for size, taken in adopted.items()}
    content = {"run": run, "collection": collection.name, "adopted": times}
    content |= {"points": [dataclasses.asdict(point) for point in curve.points], "never_worse": curve.never_worse}
    lines = [f"# What judgments are worth, {collection.name}", "", describe_in_words(run), "", "```text", str(curve)]
    lines += ["```", "", "Adopted, by judgments shown: " + "; ".join(f"{size}: {n}" for size, n in times.items()) + "."]
    written = write_results(chosen.out, "judgments", content, "\n".join(lines) + "\n")
    print("\n".join(lines), f"wrote {', '.join(map(str, written))}", sep="\n")
    return content


if __name__ == "__main__":
    main()
