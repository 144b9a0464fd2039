"""How cost grows with the register: index, load, one need, all needs, the next month, each in a fresh process.

    python benchmarks/scale.py                    # 1,000 to 500,000 achievements, hours on two cores
    python benchmarks/scale.py --profile fast     # 1,000 and 10,000, some minutes
    python benchmarks/scale.py --sizes 1000 --glued 1000

The glued stack (``stacks.py``) runs beside it on the sizes given by ``--glued``: on larger ones its encoder takes
hours. Writes ``benchmarks/results/scale-PROFILE.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq
from arguments import read_with_profile, start_parser
from results import describe_in_words, describe_run, draw_table, write_results
from speed import add_stages, run_stack
from steps import STEPS
from wheels import BUILD, find_encoder
from workloads import ScaleRegisters, Workload, count_needs, write_scale_registers


@dataclass(frozen=True)
class Profile:
    """Numbers of achievements, those at which the glued stack runs too, and needs that are asked one at a time."""

    sizes: tuple[int, ...]
    glued: tuple[int, ...]
    online: int = 200


PROFILES = {
    "full": Profile((1_000, 10_000, 100_000, 500_000), (1_000,)),
    "fast": Profile((1_000, 10_000), ()),
    "smoke": Profile((30, 60), (), 5),
}


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings; what is not given comes from the profile."""
    parser = start_parser(__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, help="numbers of achievements")
    parser.add_argument("--glued", nargs="*", type=int, help="those at which the glued stack runs too")
    parser.add_argument("--online", type=int, help="needs that are asked one at a time")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS), help="the later ones need the first")
    parser.add_argument("--quality", choices=["best", "balanced", "fast"], default="fast")
    parser.add_argument("--name", help="of the results; by default scale-PROFILE")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--encoder", type=Path, default=BUILD / "shipped", help="float32 folder; made when missing")
    return read_with_profile(parser, PROFILES, arguments)


def run_step(step: str, registers: ScaleRegisters, chosen: argparse.Namespace) -> dict[str, float]:
    """Run one step in a fresh process and return what it measured."""
    job = {
        "step": step,
        "achievements": str(registers.achievements.absolute()),
        "needs": str(registers.needs.absolute()),
        "later_achievements": str(registers.later_achievements.absolute()),
        "later_needs": str(registers.later_needs.absolute()),
        "threads": chosen.threads,
        "model": str((registers.achievements.parent / f"model-{chosen.quality}").absolute()),
        "quality": chosen.quality,
        "online": chosen.online,
    }
    job_path, result_path = chosen.work / "step.json", chosen.work / "step-result.json"
    job_path.write_text(json.dumps(job), encoding="utf-8")
    limits = {name: str(chosen.threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "steps.py"), str(job_path), str(result_path)],
        env={**os.environ, **limits},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{step} failed with {registers.size[0]:,} achievements:\n{done.stderr[-3000:]}")
    return json.loads(result_path.read_text(encoding="utf-8"))


def run_glued(registers: ScaleRegisters, chosen: argparse.Namespace) -> dict[str, float]:
    """Run the glued stack on the same rows, which it reads as CSV, and return its stages."""
    find_encoder(chosen.encoder)
    paths = [registers.achievements, registers.needs]
    for path in paths:
        pyarrow.csv.write_csv(pq.read_table(path), path.with_suffix(".csv"))
    achievements, needs = (path.with_suffix(".csv") for path in paths)
    name = registers.achievements.parent.name
    return add_stages(run_stack("glued", Workload(name, achievements, needs, registers.size), chosen))


def find_slopes(sizes: Sequence[int], figures: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return by which power of the number of achievements each figure grows: a line through logarithms.

    Examples
    --------
    >>> find_slopes([10, 100], [{"a": 2.0, "b": 5.0}, {"a": 20.0, "b": 5.0}])
    {'a': 1.0, 'b': 0.0}
    """
    if len(sizes) < 2:
        return {}
    logarithms = np.log(sizes)
    return {
        name: round(float(np.polyfit(logarithms, np.log([each[name] for each in figures]), 1)[0]), 6) + 0.0
        for name in figures[0]
        if all(each[name] > 0 for each in figures)
    }


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    chosen.work.mkdir(parents=True, exist_ok=True)
    name = chosen.name or f"scale-{chosen.profile}"
    sections, digests, content = [], {}, {}
    for size in chosen.sizes:
        registers = write_scale_registers(
            (size, count_needs(size, chosen.online + 1)), chosen.data, chosen.work, chosen.seed
        )
        digests[registers.achievements.parent.name] = registers.sha256
        section: dict[str, object] = {"size": registers.size, "steps": {}}
        if "index" in chosen.steps:
            shutil.rmtree(registers.achievements.parent / f"model-{chosen.quality}", ignore_errors=True)
        for step in chosen.steps:
            section["steps"][step] = run_step(step, registers, chosen)
            print(f"{size:,} {step}: {section['steps'][step]}", flush=True)
        if size in chosen.glued:
            section["glued"] = run_glued(registers, chosen)
        sections.append(section)
        # Written after every size: a run of hours that is broken off leaves what it has.
        sizes = [each["size"][0] for each in sections]
        content = {
            "profile": chosen.profile,
            "quality": chosen.quality,
            "threads": chosen.threads,
            "run": describe_run(chosen.seed, digests),
            "sizes": sections,
            "slopes": {step: find_slopes(sizes, [each["steps"][step] for each in sections]) for step in chosen.steps},
        }
        write_results(chosen.out, name, content, write_text(content))
    print(write_text(content), f"wrote {chosen.out / f'{name}.md'}", sep="\n")
    return content


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    sections = content["sizes"]
    lines = [f"# Scale, quality {content['quality']}, {content['threads']} threads", ""]
    lines += [describe_in_words(content["run"]), "", "Every step in a fresh process, once. Growth is the power of the"]
    lines[-1] += " number of achievements by which a figure grows over these sizes: 0 not at all, 1 in step with it."
    for step, slopes in content["slopes"].items():
        figures = [section["steps"][step] for section in sections]
        head = ["", *(f"{a:,} × {n:,}" for a, n in (section["size"] for section in sections)), "growth"]
        rows = [
            [name, *(_say(each[name]) for each in figures), f"{slopes[name]:.2f}" if name in slopes else "–"]
            for name in figures[0]
        ]
        lines += ["", f"## {step[0].upper()}{step[1:]}", "", draw_table(head, rows)]
    for section in sections:
        if "glued" in section:
            lines += ["", _draw_glued(section)]
    return "\n".join(lines) + "\n"


def _draw_glued(section: dict[str, object]) -> str:
    """Return the glued stack's figures beside what the same work took in the steps."""
    glued, steps = section["glued"], section["steps"]
    rows = []
    if "index" in steps:
        rows.append(["index, s", steps["index"]["index, s"], glued["index, all"]])
        rows.append(["peak memory of index, MiB", steps["index"]["peak memory, MiB"], glued["peak memory, MiB"]])
    if "answer all" in steps:
        rows.append(["shortlists of all needs, s", steps["answer all"]["shortlists, s"], glued["shortlist, all"]])
    head = [f"{section['size'][0]:,} × {section['size'][1]:,}", "matchmaker", "glued", "glued / matchmaker"]
    drawn = [[name, _say(own), _say(other), f"{other / own:.2f}"] for name, own, other in rows]
    return "## Beside the glued stack\n\n" + draw_table(head, drawn)


def _say(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


if __name__ == "__main__":
    main()
