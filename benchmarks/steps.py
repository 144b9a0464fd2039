"""One step with one register, in one fresh process: ``python benchmarks/steps.py JOB RESULT``, called by ``scale.py``.

A step is what somebody does in one go: index a register, answer needs as they come, answer all needs, take over the
next month. Each begins with what the step before left in a folder.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from stacks import Clock, measure_peak

K = 10


def index(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Read a register and index it, as ``shortlist --engine stream`` does."""
    made = _update(job, clock, "achievements")
    files = [path for path in Path(str(job["model"])).rglob("*") if path.is_file()]
    return {**made, "index, MiB": sum(path.stat().st_size for path in files) / 2**20}


def _update(job: dict[str, object], clock: Clock, register: str) -> dict[str, float]:
    with clock.time("load of the package"):
        from matchmaker import Matchmaker
        from matchmaker.batch import update_index
        from matchmaker.tables.streams import RegisterStream

        engine = Matchmaker(quality=str(job["quality"]))
    with clock.time("index"):
        stream = RegisterStream(Path(str(job[register])), "achievement")
        update = update_index(Path(str(job["model"])), stream, engine, workers=int(job["threads"]))
    return {"achievements kept": float(update.kept), "achievements read": float(update.read)}


def _answer(job: dict[str, object], clock: Clock, register: str) -> dict[str, float]:
    from matchmaker.batch import stream_shortlists
    from matchmaker.tables.streams import RegisterStream

    began = time.perf_counter()
    with clock.time("shortlists"):
        stream = RegisterStream(Path(str(job[register])), "need")
        made = stream_shortlists(
            Path(str(job["model"])), stream, Path(str(job["model"]) + "-out"), k=K, workers=int(job["threads"])
        )
    return {"needs a second": made.tally.needs / (time.perf_counter() - began)}


def answer(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Load a model and answer needs one at a time, as a service would."""
    needs, engine = _load(job, clock)
    # The first question fills what is made when first asked for; whoever loads a model waits for it once.
    with clock.time("first need"):
        engine.shortlist(needs[:1], k=K)
    count = min(int(job["online"]), (len(needs) - 1) // 2)
    # Adding up the pages of gigabytes holds whoever needs a new one, for longer than a need takes.
    with LOOKING:
        cold, _ = _ask_each(engine, needs[1 : count + 1])
        times, used = _ask_each(engine, needs[count + 1 : 2 * count + 1])
    return {
        "needs asked first, and then": float(count),
        "one need, while files are still read, p99 ms": float(np.percentile(cold, 99)),
        "one need, median ms": float(np.median(times)),
        "one need, p99 ms": float(np.percentile(times, 99)),
        # Of all threads together: hardly depends on what else the machine does.
        "one need, median processor ms": float(np.median(used)),
    }


def _ask_each(engine: object, needs: list) -> tuple[list[float], list[float]]:
    """Return the milliseconds that each need took, on the clock and of processors."""
    times, used = [], []
    for row in range(len(needs)):
        began, began_processor = time.perf_counter(), time.process_time()
        engine.shortlist(needs[row : row + 1], k=K)
        times.append(1e3 * (time.perf_counter() - began))
        used.append(1e3 * (time.process_time() - began_processor))
    return times, used


def answer_all(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Answer all needs, as ``shortlist --engine stream`` does."""
    return _answer(job, clock, "needs")


def update(job: dict[str, object], clock: Clock) -> dict[str, float]:
    """Take over the next month's registers and answer all needs anew."""
    return {**_update(job, clock, "later_achievements"), **_answer(job, clock, "later_needs")}


# Held by whoever looks at memory, and by what must not be looked at meanwhile.
LOOKING = threading.Lock()


class Watch:
    """The most memory that this process and those it started held together, in MiB.

    Of pages that several processes share, as those of mapped files, each counts its part (PSS).
    """

    def __init__(self) -> None:
        self.together = self.own = 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            with LOOKING:
                self.look()
            time.sleep(1)

    def look(self) -> None:
        """See whether more is held than ever before."""
        together = own = 0
        for process in (os.getpid(), *_children()):
            with suppress(OSError):
                lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
                sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
                together += sizes["Pss"]
                own += sizes["Pss_Anon"]
        self.together, self.own = max(self.together, together / 1024), max(self.own, own / 1024)


def _children() -> list[int]:
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


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
    clock, watch = Clock(), Watch()
    figures = STEPS[job["step"]](job, clock)
    watch.look()
    seconds = {f"{stage}, s": value for stage, value in clock.seconds.items()}
    used = {
        "processor, s": sum(os.times()[:4]),
        "peak memory, MiB": max(watch.together, measure_peak()),
        "of this not of files, MiB": watch.own,
    }
    Path(result_path).write_text(json.dumps({**seconds, **figures, **used}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
