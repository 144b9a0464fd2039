"""The public texts that training and calibration read: ``chinaxiv``, ``csl``, ``terms`` and ``taxonomies``.

They lie outside the project (``--data``, by default ``../shared/data``). The judged needs of ``bdci2019`` are for
measuring only and are deliberately not reachable from here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.text.cleaning import clean_all

DEFAULT_DATA = Path("../shared/data")


@dataclass(frozen=True)
class Paper:
    """A title with its abstract and, where known, its keywords."""

    title: str
    abstract: str
    keywords: str = ""


def read_preprints(data: Path) -> list[Paper]:
    """Return the papers of ChinaXiv, in file order."""
    with (data / "chinaxiv/abstracts.jsonl").open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [Paper(row["title"], row["abstract"], row.get("keywords") or "") for row in rows]


def read_summaries(data: Path) -> list[Paper]:
    """Return the papers of the Chinese Scientific Literature benchmark that have an abstract, in file order."""
    with (data / "csl/CSL_ts_dev.tsv").open(encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
        return [Paper(title, abstract) for _, abstract, title in rows]


def read_industries(data: Path) -> list[Paper]:
    """Return the industries of GB/T 4754-2017 that have a definition: its name as title, its definition as abstract."""
    with (data / "taxonomies/gbt4754_2017_with_definitions.csv").open(encoding="utf-8", newline="") as lines:
        return [Paper(row["name"], row["definition"]) for row in csv.DictReader(lines) if row["definition"]]


def read_lessons(data: Path) -> list[Paper]:
    """Return what encoders learn from, cleaned as the package cleans: preprints and industries.

    The papers of ``csl`` are not among them; they test what was learned.
    """
    papers = [*read_preprints(data), *read_industries(data)]
    columns = [clean_all([getattr(paper, part) for paper in papers]) for part in ("title", "abstract", "keywords")]
    cleaned = [Paper(*(part.text for part in row)) for row in zip(*columns, strict=True)]
    aside = {title.text for title in clean_all([paper.title for paper in read_summaries(data)])}
    return [paper for paper in cleaned if paper.title and paper.abstract and paper.title not in aside]


def read_papers(data: Path) -> list[Paper]:
    """Return the papers of ChinaXiv and the Chinese Scientific Literature benchmark, in file order."""
    return [*read_preprints(data), *read_summaries(data)]


def read_texts(data: Path) -> Iterator[str]:
    """Yield every text of every corpus, for counting pieces and characters."""
    for paper in read_papers(data):
        yield from (paper.title, paper.abstract, paper.keywords)
    for path in sorted((data / "csl").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from line.split("\t")[1:]
    for path in sorted((data / "terms").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield line.split("\t")[0].strip()
    with (data / "taxonomies/gbt4754_2017_with_definitions.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["name"]
            yield row["definition"]
    with (data / "taxonomies/nsfc_taxonomy_2019.jl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["name"]
            yield row["name_en"]
