"""Registers to measure speed on: of any size, from public abstracts cut and joined anew, and the judged BDCI needs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchmaker import read_achievements, read_needs
from matchmaker.samples import sample_path

CHARACTERS = 300


@dataclass(frozen=True)
class Workload:
    """Two register files, and the judgments of their pairs where there are any."""

    name: str
    achievements: Path
    needs: Path
    size: tuple[int, int]
    judgments: Path | None = None


def make_workload(size: tuple[int, int], titles_only: bool, data: Path, folder: Path, seed: int) -> Workload:
    """Write registers of ``size`` (achievements, needs), each profile a title and, unless cut, about 300 characters.

    A description joins the beginnings of two papers' abstracts, so that no two are alike however many are asked for and
    every profile shares words with some of the other side.
    """
    sources = read_sources(data)
    name = f"{size[0]}x{size[1]}{'-titles' if titles_only else ''}"
    profiles = _recombine(sources, sum(size), np.random.default_rng(seed))
    rows = [(title, "" if titles_only else text) for title, text in profiles]
    folder = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    workload = Workload(name, folder / "achievements.csv", folder / "needs.csv", size)
    _write_register(workload.achievements, "achievement_id", rows[: size[0]])
    _write_register(workload.needs, "need_id", rows[size[0] :])
    return workload


def find_bdci(data: Path) -> Workload:
    """Return the judged needs of BDCI 2019, as they lie there."""
    folder = data / "bdci2019"
    size = (len(read_achievements(folder / "achievements.csv")), len(read_needs(folder / "needs.csv")))
    return Workload("bdci2019", folder / "achievements.csv", folder / "needs.csv", size, folder / "judgments.csv")


def read_sources(data: Path) -> list[tuple[str, str]]:
    """Return titles and texts to cut from: papers where there are any, else the sample registers."""
    papers = data / "chinaxiv/abstracts.jsonl"
    if papers.is_file():
        rows = [json.loads(line) for line in papers.read_text(encoding="utf-8").splitlines()]
        found = [(row["title"], row["abstract"]) for row in rows]
    else:
        profiles = [*read_achievements(sample_path("achievements")), *read_needs(sample_path("needs"))]
        found = [(profile.title, profile.description) for profile in profiles]
    clean = ((" ".join(title.split()), " ".join(text.split())) for title, text in found)
    return [(title, text) for title, text in clean if len(text) >= CHARACTERS // 2]


def _recombine(
    sources: Sequence[tuple[str, str]], count: int, generator: np.random.Generator
) -> Iterator[tuple[str, str]]:
    order = generator.permutation(len(sources))
    for row in range(count):
        title, text = sources[order[row % len(order)]]
        other_title, other_text = sources[generator.integers(len(sources))]
        if row >= len(order):
            title = f"{title}与{other_title}"
        yield title, (text[: CHARACTERS // 2] + other_text)[:CHARACTERS]


def _write_register(path: Path, key: str, rows: Sequence[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([key, "title", "description"])
        writer.writerows([f"{key[0].upper()}-{place:06d}", *row] for place, row in enumerate(rows))
