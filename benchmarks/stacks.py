"""One stack, one workload, one fresh process: ``python benchmarks/stacks.py JOB RESULT``, called by ``speed.py``.

``matchmaker`` is the package as installed, ``matchmaker-balanced`` and ``matchmaker-fast`` are its other qualities.
``glued`` is what one would put together in an afternoon: jieba, bm25s, sentence-transformers on torch and FAISS, each
with its own defaults, joined by reciprocal rank fusion. ``glued-128`` reads 128 tokens of a text, as matchmaker does,
where ``glued`` reads all of it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

DEPTH = 100
RRF_K = 60
PROBES = 64
# The engine's progress messages, and the stage that each one ends.
QUALITIES = {"matchmaker": "best", "matchmaker-balanced": "balanced", "matchmaker-fast": "fast"}
STAGES = {"clean": "clean", "encode": "encode", "index": "words and index", "rank": "search and rank"}


class Clock:
    """Adds up wall time by stage; ``cpu`` is processor time of all threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._mark = time.perf_counter()

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Time a block."""
        self._mark = time.perf_counter()
        yield
        self.lap(stage)

    def lap(self, stage: str) -> None:
        """Count the time since the last mark towards a stage."""
        now = time.perf_counter()
        self.seconds[stage] += now - self._mark
        self._mark = now


def run_matchmaker(job: dict[str, object], clock: Clock) -> Callable[[], dict[str, object]]:
    """Index and shortlist with the package; return what tells afterwards how it ranked."""
    with clock.time("load"):
        from matchmaker import Matchmaker, read_achievements, read_judgments, read_needs
        from matchmaker.text.encoding import open_encoder

        quality = QUALITIES[str(job["stack"])]
        encoder = open_encoder("bundled", quality)
        if job["threads"] != os.cpu_count():
            raise SystemExit(f"the bundled encoder takes every processor: give --threads {os.cpu_count()}")
        engine = Matchmaker(quality=quality)
    with clock.time("read"):
        achievements, needs = read_achievements(job["achievements"]), read_needs(job["needs"])

    def tell(phase: str) -> Callable[[str, int, int], None]:
        return lambda stage, done, total: clock.lap(f"{phase}: {STAGES[stage]}")

    engine.fit(achievements, tell("index"))
    clock.lap("index: words and index")
    shortlists = engine.shortlist(needs, k=job["k"], progress=tell("shortlist"))
    clock.lap("shortlist: search and rank")

    def judge() -> dict[str, object]:
        found: dict[str, object] = {
            "lists": {each.need_id: [match.achievement_id for match in each] for each in shortlists},
            "vectors": encoder.encode([each.title for each in achievements[:PROBES]]).tolist(),
            "encoder": encoder.fingerprint,
        }
        if job["judgments"]:
            found["scores"] = [pair.score for pair in engine.score(needs, read_judgments(job["judgments"]))]
        return found

    return judge


def run_glued(job: dict[str, object], clock: Clock) -> Callable[[], dict[str, object]]:
    """Index and shortlist with separate libraries; return what tells afterwards how they ranked."""
    with clock.time("load"):
        import bm25s
        import faiss
        import jieba
        import numpy as np
        import pandas as pd
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(job["threads"])
        faiss.omp_set_num_threads(job["threads"])
        jieba.setLogLevel("WARNING")
        jieba.initialize()
        model = SentenceTransformer(job["encoder"], device="cpu")
        if job["stack"] == "glued-128":
            model.max_seq_length = 128
    with clock.time("read"):
        supply, needs = (pd.read_csv(job[side], dtype=str).fillna("") for side in ("achievements", "needs"))
        texts = [_join(frame) for frame in (supply, needs)]

    def cut(profiles: list[str]) -> list[list[str]]:
        return [[word for word in jieba.lcut(text) if word.strip()] for text in profiles]

    def encode(profiles: list[str], prompt: str) -> np.ndarray:
        # The prompts that the model's card asks for.
        return model.encode(profiles, prompt_name=prompt, normalize_embeddings=True, show_progress_bar=False)

    with clock.time("index: words and index"):
        lexical = bm25s.BM25()
        lexical.index(cut(texts[0]), show_progress=False)
    with clock.time("index: encode"):
        vectors = encode(texts[0], "passage")
    with clock.time("index: words and index"):
        dense = faiss.IndexFlatIP(vectors.shape[1])
        dense.add(vectors)
    with clock.time("shortlist: encode"):
        queries = encode(texts[1], "query")
    with clock.time("shortlist: search and rank"):
        words = cut(texts[1])
        depth = min(DEPTH, len(supply))
        by_words = lexical.retrieve(words, k=depth, show_progress=False)[0]
        by_vectors = dense.search(queries, depth)[1]
        ids = supply.iloc[:, 0].tolist()
        lists = {
            need: [ids[row] for row in _fuse(rows, job["k"])]
            for need, *rows in zip(needs.iloc[:, 0], by_words, by_vectors, strict=True)
        }

    def judge() -> dict[str, object]:
        titles = supply["title"].tolist()[:PROBES]
        found: dict[str, object] = {
            "lists": lists,
            "vectors": encode(titles, "query").tolist(),
            "encoder": job["encoder"],
        }
        if job["judgments"]:
            # The fused score of any pair: its places among all achievements, not among the first hundred only.
            judged = pd.read_csv(job["judgments"], dtype=str)
            rows = {need: row for row, need in enumerate(needs.iloc[:, 0])}
            columns = {name: column for column, name in enumerate(ids)}
            lexical_scores = np.stack([lexical.get_scores(each) for each in words])
            fused = sum(1 / (RRF_K + _places(scores)) for scores in (lexical_scores, queries @ vectors.T))
            pairs = zip(judged["need_id"], judged["achievement_id"], strict=True)
            found["scores"] = [float(fused[rows[need], columns[name]]) for need, name in pairs]
        return found

    return judge


RUNNERS = {**dict.fromkeys(QUALITIES, run_matchmaker), "glued": run_glued, "glued-128": run_glued}


def measure_peak() -> float:
    """Return the most memory that this process has held, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        # The kernel starts this count afresh with each program; getrusage carries over what the parent held.
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)


def main(job_path: str, result_path: str) -> None:
    """Run a job and write what was measured."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job["threads"]])
    clock = Clock()
    judge = RUNNERS[job["stack"]](job, clock)
    result = {"seconds": dict(clock.seconds), "cpu_seconds": time.process_time(), "peak_mib": measure_peak()}
    Path(result_path).write_text(json.dumps({**result, **judge()}), encoding="utf-8")


def _join(frame: object) -> list[str]:
    if "description" not in frame:
        return frame["title"].tolist()
    pairs = zip(frame["title"], frame["description"], strict=True)
    return [f"{title}。{text}" if text else title for title, text in pairs]


def _fuse(lists: tuple, k: int) -> list[int]:
    points: dict[int, float] = defaultdict(float)
    for rows in lists:
        for place, row in enumerate(rows, start=1):
            points[int(row)] += 1 / (RRF_K + place)
    return sorted(points, key=lambda row: (-points[row], row))[:k]


def _places(scores: object) -> object:
    return (-scores).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1


if __name__ == "__main__":
    main(*sys.argv[1:])
