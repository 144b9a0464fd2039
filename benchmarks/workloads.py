"""Registers to measure speed on: of any size, from public abstracts cut and joined anew, and the judged BDCI needs."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matchmaker import read_achievements, read_needs
from matchmaker.samples import sample_path

CHARACTERS = 300
ROW_GROUP = 10_000
# Of the rows of a register, how many are other ones a month later.
CHANGED, ADDED, GONE = 0.01, 0.005, 0.005
# Counts up when the same parameters give other texts, so that registers written before are not taken for them.
RECIPE = 1


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


@dataclass(frozen=True)
class ScaleRegisters:
    """Two large registers as Parquet, and the same two a month later.

    Attributes
    ----------
    achievements, needs : Path
    later_achievements, later_needs : Path
        Of every hundred rows one has another text, and of every two hundred one is gone and one is new.
    size : tuple of int
        Achievements and needs.
    sha256 : str
        Digest of all that the files are made from: sizes, seed and source texts. The same digest, the same rows.
    """

    achievements: Path
    needs: Path
    later_achievements: Path
    later_needs: Path
    size: tuple[int, int]
    sha256: str


def count_needs(achievements: int, least: int) -> int:
    """Return how many needs stand beside so many achievements: 12,000 beside 500,000, and ``least`` in any case."""
    return max(least, achievements * 24 // 1000)


def write_scale_registers(size: tuple[int, int], data: Path, folder: Path, seed: int) -> ScaleRegisters:
    """Write registers of ``size`` (achievements, needs) and their next month; what is there already is used again.

    Rows are written as they are made, ten thousand at a time, so that memory does not grow with the size. Each text
    joins sentences of two papers; no two papers are joined twice, so no two texts are alike.
    """
    sources = read_sources(data)
    parameters = {"size": list(size), "seed": seed, "recipe": RECIPE, "characters": CHARACTERS, "sources": sources}
    digest = hashlib.sha256(json.dumps(parameters, ensure_ascii=False).encode()).hexdigest()
    folder = folder / f"scale-{size[0]}x{size[1]}-{digest[:12]}"
    names = ("achievements", "needs", "achievements-2", "needs-2")
    registers = ScaleRegisters(*(folder / f"{name}.parquet" for name in names), size, digest)
    if (folder / "finished").is_file():
        return registers
    folder.mkdir(parents=True, exist_ok=True)
    texts = JoinedTexts(sources, seed)
    if 3 * sum(size) > len(texts):
        raise ValueError(f"{len(sources)} papers give {len(texts)} texts, too few for registers of {size}")
    sides = (
        ("achievement_id", 0, size[0], registers.achievements, registers.later_achievements),
        ("need_id", size[0], size[1], registers.needs, registers.later_needs),
    )
    for key, first, count, now, later in sides:
        _write_parquet(now, key, _list_rows(texts, key, first, count))
        _write_parquet(later, key, _list_later_rows(texts, key, first, count, sum(size), seed))
    # Written last: a folder without it was left half done.
    (folder / "finished").write_text(digest, encoding="utf-8")
    return registers


class JoinedTexts:
    """Texts by number, no two alike: each joins sentences of two papers.

    Parameters
    ----------
    sources : sequence of (title, text)
    seed : int
    """

    def __init__(self, sources: Sequence[tuple[str, str]], seed: int) -> None:
        generator = np.random.default_rng(seed)
        self._sources = sources
        self._order = generator.permutation(len(sources)).tolist()
        # In each round every paper is joined with the one that stands so many places after it.
        self._shifts = (generator.permutation(len(sources) - 1) + 1).tolist()
        self._starts = [_find_sentences(text) for _, text in sources]

    def __len__(self) -> int:
        """Return how many different texts there are."""
        return len(self._order) * len(self._shifts)

    def make(self, number: int) -> tuple[str, str]:
        """Return the title and the text of a number, below the length of this."""
        turn, place = divmod(number, len(self._order))
        first = self._order[place]
        second = self._order[(place + self._shifts[turn]) % len(self._order)]
        title = self._sources[first][0]
        if turn:
            title = f"{title}与{self._sources[second][0]}"
        half = CHARACTERS // 2
        return title, self._cut(first, turn, half) + self._cut(second, turn, half)

    def _cut(self, source: int, turn: int, length: int) -> str:
        # Another beginning in every round, or all texts that a paper is in would share the same half.
        starts = self._starts[source]
        start = starts[turn % len(starts)]
        return self._sources[source][1][start : start + length]


def _find_sentences(text: str) -> list[int]:
    """Return where sentences begin that leave enough to cut from, the first one always."""
    ends = (found.end() for found in re.finditer("[。；！？;]", text))
    return [0, *(end for end in ends if len(text) - end >= CHARACTERS // 2)]


def _list_rows(texts: JoinedTexts, key: str, first: int, count: int) -> Iterator[tuple[str, str, str]]:
    for row in range(count):
        yield (_name(key, row), *texts.make(first + row))


def _list_later_rows(
    texts: JoinedTexts, key: str, first: int, count: int, total: int, seed: int
) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of a register a month later, the new ones at the end.

    Texts of numbers from ``total`` on stand in no register of this month, those from twice ``total`` on in no changed
    row either.
    """
    added = []
    for start in range(0, count, ROW_GROUP):
        fates = np.random.default_rng([seed, first, start]).random(min(ROW_GROUP, count - start))
        for row, fate in enumerate(fates, start=start):
            if fate < GONE:
                continue
            title, text = texts.make(first + row)
            if fate < GONE + CHANGED:
                text = texts.make(total + first + row)[1]
            elif fate < GONE + CHANGED + ADDED:
                added.append(2 * total + first + row)
            yield _name(key, row), title, text
    for row, number in enumerate(added, start=count):
        yield (_name(key, row), *texts.make(number))


def _name(key: str, row: int) -> str:
    return f"{key[0].upper()}-{row:07d}"


def _write_parquet(path: Path, key: str, rows: Iterable[tuple[str, str, str]]) -> None:
    schema = pa.schema([(name, pa.string()) for name in (key, "title", "description")])
    draft = path.with_name(f".{path.name}.part")
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        remaining = iter(rows)
        while block := list(islice(remaining, ROW_GROUP)):
            columns = [pa.array(column, pa.string()) for column in zip(*block, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=ROW_GROUP)
    os.replace(draft, path)


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
