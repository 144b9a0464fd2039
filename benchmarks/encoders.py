"""How well encoders rank by themselves: the shipped ones beside folders of weights that were trained.

    python benchmarks/encoders.py                                      # the shipped ones
    python benchmarks/encoders.py build/encoder build/adapted          # recipes of training/, beside them

A folder is what sentence-transformers loads; texts get the prompt that the shipped encoder was trained with. The score
of a pair is the cosine of its profiles' directions between title and text, as the engine compares them, and nothing
else. Vectors are seen from their encoder's mean over the texts of the collection, so that centres hardly matter.
Writes ``benchmarks/results/encoders.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from measuring import Ranking, contrast, measure
from quality import draw_comparisons, draw_metrics
from registers import READERS, is_present
from results import RESULTS, describe_in_words, describe_run, write_results

from matchmaker.rank.segments import mean_direction
from matchmaker.text.analysis import Analyst
from matchmaker.text.encoding import BUNDLED, MAX_TOKENS, PROMPT, open_encoder
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.vectors import CachedEncoder

COMPARED = ("ndcg@10", "auc>=2", "auc>=3", "spearman")
Encode = Callable[[Sequence[str]], np.ndarray]


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="each with weights that sentence-transformers loads")
    parser.add_argument("--collection", choices=READERS, default="bdci2019")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    if not is_present(chosen.collection, chosen.data):
        raise SystemExit(f"{chosen.data / chosen.collection} is missing; give --data")
    collection = READERS[chosen.collection](chosen.data)
    analyst = Analyst(Segmenter(), CachedEncoder(open_encoder("bundled", "fast")))
    sides = [analyst.texts(profiles) for profiles in (collection.needs, collection.achievements)]
    began = time.perf_counter()
    measured = []
    for name, encode in list_encoders(chosen.folders):
        needs, supply = find_directions(encode, sides)
        scores = np.einsum("pd,pd->p", needs[collection.need_rows], supply[collection.achievement_rows])
        measured.append(measure(collection, Ranking(name, scores), chosen.resamples, chosen.seed))
        print(f"{time.perf_counter() - began:7.1f} s  {name}", flush=True)
    first, *others = measured
    content: dict[str, object] = {
        "collection": collection.name,
        "run": describe_run(chosen.seed, {collection.name: collection.sha256}),
        "systems": {each.system: each.to_dict() for each in measured},
        "comparisons": [
            found.to_dict()
            for each in others
            for found in contrast(each, first, chosen.resamples, chosen.seed, metrics=COMPARED)
        ],
    }
    text = write_text(content)
    written = write_results(chosen.out, "encoders", content, text)
    print(text, f"wrote {', '.join(map(str, written))}", sep="\n")
    return content


def list_encoders(folders: Sequence[Path]) -> list[tuple[str, Encode]]:
    """Return the shipped encoders and those in folders, under their paths."""
    shipped = [(f"shipped, {quality}", open_encoder("bundled", quality).encode) for quality in BUNDLED]
    if missing := [folder for folder in folders if not (folder / "modules.json").is_file()]:
        raise SystemExit(f"{missing[0]} is no folder that sentence-transformers loads")
    return [*shipped, *((folder.as_posix(), _open_folder(folder)) for folder in folders)]


def _open_folder(folder: Path) -> Encode:
    def encode(texts: Sequence[str]) -> np.ndarray:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        model = SentenceTransformer(str(folder), device="cpu")
        model.max_seq_length = min(MAX_TOKENS, model.max_seq_length or MAX_TOKENS)
        return np.asarray(model.encode(list(texts), prompt=PROMPT, normalize_embeddings=True, show_progress_bar=False))

    return encode


def find_directions(encode: Encode, sides: Sequence[tuple[list[str], list[str]]]) -> list[np.ndarray]:
    """Return the directions between title and text of each side's profiles, shape (n, d) each, seen from the mean."""
    distinct = list(dict.fromkeys(text for side in sides for texts in side for text in texts))
    place = {text: row for row, text in enumerate(distinct)}
    vectors = encode(distinct)
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return [mean_direction(*(vectors[[place[text] for text in texts]] for texts in side)) for side in sides]


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    lines = [f"# Encoders alone, {content['collection']}", "", describe_in_words(content["run"])]
    lines += ["", "In brackets 95 % bootstrap intervals over needs; differences are paired; **bold** where p < 0.05."]
    lines += ["", draw_metrics(content["systems"]), "", draw_comparisons(content["comparisons"])]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
