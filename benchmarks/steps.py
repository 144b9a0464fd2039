"""One step with one register, in one fresh process: ``python benchmarks/steps.py JOB RESULT``, called by ``scale.py``.

A step is what somebody does in one go: index a register, answer needs as they come, answer all needs, take over the
next month. Each begins with what the step before left in a folder.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from stacks import STAGES, Clock, measure_peak

K = 10


def index(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Read a register, index it, and save the model."""
    with clock.time("load of the package"):
        from matchmaker import Matchmaker, read_achievements

        engine = Matchmaker(quality=str(job["quality"]))
    with clock.time("read"):
        achievements = read_achievements(job["achievements"])
    engine.fit(achievements, lambda stage, done, total: clock.lap(STAGES[stage]))
    clock.lap(STAGES["index"])
    with clock.time("save"):
        engine.save(str(job["model"]))
    files = [path for path in Path(str(job["model"])).rglob("*") if path.is_file()]
    return {"model, MiB": sum(path.stat().st_size for path in files) / 2**20}


def answer(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Load a model and answer needs one at a time, as a service would."""
    needs, engine = _load(job, clock)
    # The first question fills what is made when first asked for; whoever loads a model waits for it once.
    with clock.time("first need"):
        engine.shortlist(needs[:1], k=K)
    times, used = [], []
    for row in range(1, int(job["online"]) + 1):
        began, began_processor = time.perf_counter(), time.process_time()
        engine.shortlist(needs[row : row + 1], k=K)
        times.append(1e3 * (time.perf_counter() - began))
        used.append(1e3 * (time.process_time() - began_processor))
    return {
        "one need, median ms": float(np.median(times)),
        "one need, p99 ms": float(np.percentile(times, 99)),
        # Of all threads together: hardly depends on what else the machine does.
        "one need, median processor ms": float(np.median(used)),
    }


def answer_all(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Load a model and answer all needs at once."""
    needs, engine = _load(job, clock)
    began = time.perf_counter()
    with clock.time("shortlist"):
        engine.shortlist(needs, k=K)
    return {"needs a second": len(needs) / (time.perf_counter() - began)}


def update(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Load a model, take over the next month's register row by row, and save it."""
    _, engine = _load(job, clock)
    from matchmaker import read_achievements

    with clock.time("read"):
        later = {row.id: row for row in read_achievements(job["later_achievements"])}
    with clock.time("compare"):
        before = {row.id: row for row in engine.achievements}
        gone = [name for name in before if before[name] != later.get(name)]
        new = [row for name, row in later.items() if row != before.get(name)]
    with clock.time("remove"):
        engine.remove(gone)
    with clock.time("add"):
        engine.add(new)
    with clock.time("save"):
        engine.save(str(job["model"]) + "-2")
    return {"rows changed, new or gone": float(len({*gone, *(row.id for row in new)}))}


STEPS: dict[str, Callable[[dict[str, object], Clock], dict[str, float]]] = {
    "index": index,
    "answer one by one": answer,
    "answer all": answer_all,
    "next month": update,
}


def _load(job: dict[str, object], clock: Clock) -> tuple:
    with clock.time("load of the package"):
        from matchmaker import Matchmaker, read_needs
    needs = read_needs(job["needs"])
    with clock.time("load of the model"):
        engine = Matchmaker.load(str(job["model"]))
    return needs, engine


def main(job_path: str, result_path: str) -> None:
    """Run a step and write what was measured."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    clock = Clock()
    figures = STEPS[job["step"]](job, clock)
    seconds = {f"{stage}, s": value for stage, value in clock.seconds.items()}
    used = {"processor, s": time.process_time(), "peak memory, MiB": measure_peak()}
    Path(result_path).write_text(json.dumps({**seconds, **figures, **used}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
