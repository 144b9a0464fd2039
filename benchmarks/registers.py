"""The registers that quality is measured on: the samples, the judged needs of BDCI 2019, and papers of CSL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchmaker import read_achievements, read_judgments, read_needs
from matchmaker.records import Profile
from matchmaker.samples import sample_path


@dataclass(frozen=True)
class Collection:
    """Two registers and what is known about some of their pairs, as rows.

    Attributes
    ----------
    name : str
    achievements, needs : tuple of Profile
        Only needs with at least one judgment.
    need_rows, achievement_rows, grades : ndarray of int, shape (p,)
        The judged pairs.
    graded : bool
        Whether grades say how good a pair is; if not, the pairs are the known answers of a search.
    sha256 : str
        Digest of the files that were read.
    """

    name: str
    achievements: tuple[Profile, ...]
    needs: tuple[Profile, ...]
    need_rows: np.ndarray
    achievement_rows: np.ndarray
    grades: np.ndarray
    graded: bool
    sha256: str

    @property
    def need_ids(self) -> list[str]:
        """The need of each judged pair."""
        return [self.needs[row].id for row in self.need_rows]

    @property
    def achievement_ids(self) -> list[str]:
        """The achievement of each judged pair."""
        return [self.achievements[row].id for row in self.achievement_rows]


def read_samples(data: Path) -> Collection:
    """Return the registers that the package carries; ``data`` is not used."""
    paths = [Path(sample_path(table)) for table in ("achievements", "needs", "judgments")]
    return _read_judged("sample", paths)


def read_bdci(data: Path) -> Collection:
    """Return 236 judged needs of enterprises and 7,362 achievements (title words only)."""
    folder = data / "bdci2019"
    return _read_judged("bdci2019", [folder / f"{table}.csv" for table in ("achievements", "needs", "judgments")])


def read_csl(data: Path) -> Collection:
    """Return 1,000 abstracts as needs, each of which must find its own title among 8,999.

    A need is written into one cell, as its title: that is how many arrive.
    """
    abstracts = data / "csl/CSL_ts_dev.tsv"
    others = [data / f"csl/CSL_cls_ctg_{part}.tsv" for part in ("dev", "train")]
    papers = [line.split("\t") for line in abstracts.read_text(encoding="utf-8").splitlines()]
    titles = [title for _, _, title in papers]
    titles += [line.split("\t")[1] for path in others for line in path.read_text(encoding="utf-8").splitlines()]
    distinct = list(dict.fromkeys(titles))
    row = {title: place for place, title in enumerate(distinct)}
    return Collection(
        name="csl",
        achievements=tuple(Profile(f"T{place:05d}", "achievement", title) for place, title in enumerate(distinct)),
        needs=tuple(Profile(f"P{place:05d}", "need", abstract) for place, (_, abstract, _) in enumerate(papers)),
        need_rows=np.arange(len(papers)),
        achievement_rows=np.array([row[title] for _, _, title in papers]),
        grades=np.full(len(papers), 4),
        graded=False,
        sha256=digest_files([abstracts, *others]),
    )


READERS: dict[str, Callable[[Path], Collection]] = {"sample": read_samples, "bdci2019": read_bdci, "csl": read_csl}


def is_present(name: str, data: Path) -> bool:
    """Tell whether a collection's files are there; the samples always are."""
    return name == "sample" or (data / name).is_dir()


def narrow(collection: Collection, needs: int | None, achievements: int | None, seed: int) -> Collection:
    """Return a seeded part: some of the needs, everything judged for them, and other achievements up to a number."""
    generator = np.random.default_rng(seed)
    kept_needs = _choose(generator, np.arange(len(collection.needs)), needs)
    pairs = np.isin(collection.need_rows, kept_needs)
    judged = np.unique(collection.achievement_rows[pairs])
    others = np.setdiff1d(np.arange(len(collection.achievements)), judged)
    if achievements is not None:
        others = _choose(generator, others, max(0, achievements - len(judged)))
    kept = np.sort(np.concatenate([judged, others]))
    return Collection(
        name=collection.name,
        achievements=tuple(collection.achievements[row] for row in kept),
        needs=tuple(collection.needs[row] for row in kept_needs),
        need_rows=np.searchsorted(kept_needs, collection.need_rows[pairs]),
        achievement_rows=np.searchsorted(kept, collection.achievement_rows[pairs]),
        grades=collection.grades[pairs],
        graded=collection.graded,
        sha256=collection.sha256,
    )


def read_text(profile: Profile) -> str:
    """Return all that a profile says, as one text."""
    return "。".join(part for part in (profile.title, profile.description, "；".join(profile.keywords)) if part)


def digest_files(paths: Iterable[Path]) -> str:
    """Return one SHA-256 over the bytes of files, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_judged(name: str, paths: Sequence[Path]) -> Collection:
    achievements, needs, judgments = (
        read(path) for read, path in zip((read_achievements, read_needs, read_judgments), paths, strict=True)
    )
    grades = {(judgment.need_id, judgment.achievement_id): judgment.grade for judgment in judgments}
    judged = {need for need, _ in grades}
    used = tuple(need for need in needs if need.id in judged)
    need_rows = {need.id: row for row, need in enumerate(used)}
    achievement_rows = {achievement.id: row for row, achievement in enumerate(achievements)}
    return Collection(
        name=name,
        achievements=achievements.rows,
        needs=used,
        need_rows=np.array([need_rows[need] for need, _ in grades]),
        achievement_rows=np.array([achievement_rows[achievement] for _, achievement in grades]),
        grades=np.array(list(grades.values())),
        graded=True,
        sha256=digest_files(paths),
    )


def _choose(generator: np.random.Generator, rows: np.ndarray, count: int | None) -> np.ndarray:
    if count is None or count >= len(rows):
        return rows
    return np.sort(generator.permutation(rows)[:count])
