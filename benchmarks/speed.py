"""How fast a register is indexed and shortlisted, beside the stack that one would glue together, in the same run.

    python benchmarks/speed.py                    # all workloads, about an hour on two cores
    python benchmarks/speed.py --profile fast     # one workload, about three minutes
    python benchmarks/speed.py --sizes 5000x1000 --workloads texts

Each stack runs in a fresh process on the same files with the same number of threads; stacks take turns, and every other
round in the opposite order. Writes ``benchmarks/results/speed-PROFILE.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from arguments import read_with_profile, start_parser
from registers import digest_files
from results import describe_in_words, describe_run, draw_table, write_results
from stacks import QUALITIES, RUNNERS
from wheels import BUILD, find_encoder
from workloads import Workload, find_bdci, make_workload

from matchmaker import read_judgments
from matchmaker.evaluation import compare, evaluate_scores, evaluate_shortlists
from matchmaker.records import Match

K = 10
# Says how much of the lead comes from reading less of each text; measured on the first workload only.
CONTROL = "glued-128"


@dataclass(frozen=True)
class Profile:
    """Sizes (achievements x needs), workloads, stacks, and rounds of turns."""

    sizes: tuple[str, ...]
    workloads: tuple[str, ...]
    stacks: tuple[str, ...]
    rounds: int


PROFILES = {
    "full": Profile(("524x300", "2000x500"), ("texts", "titles", "bdci2019"), (*QUALITIES, "glued", CONTROL), 3),
    "fast": Profile(("524x300",), ("texts",), (*QUALITIES, "glued"), 2),
    "smoke": Profile(("30x10",), ("texts",), ("matchmaker",), 1),
}


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings; what is not given comes from the profile."""
    parser = start_parser(__doc__)
    parser.add_argument("--sizes", nargs="+", help="ACHIEVEMENTSxNEEDS, as 524x300")
    parser.add_argument("--workloads", nargs="+", choices=["texts", "titles", "bdci2019"])
    parser.add_argument("--stacks", nargs="+", choices=RUNNERS)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--encoder", type=Path, default=BUILD / "shipped", help="float32 folder; made when missing")
    return read_with_profile(parser, PROFILES, arguments)


def list_workloads(chosen: argparse.Namespace) -> list[Workload]:
    """Write and return the workloads asked for; titles alone are measured at the first size."""
    sizes = [tuple(int(part) for part in size.split("x")) for size in chosen.sizes]

    def make(size: tuple[int, int], titles_only: bool) -> Workload:
        return make_workload(size, titles_only, chosen.data, chosen.work, chosen.seed)

    made = [make(sizes[0], False)] if "texts" in chosen.workloads else []
    if "titles" in chosen.workloads:
        made.append(make(sizes[0], True))
    if "bdci2019" in chosen.workloads and (chosen.data / "bdci2019").is_dir():
        made.append(find_bdci(chosen.data))
    if "texts" in chosen.workloads:
        made += [make(size, False) for size in sizes[1:]]
    return made


def run_stack(stack: str, workload: Workload, chosen: argparse.Namespace) -> dict[str, object]:
    """Run one stack once, in a fresh process, and return what it measured."""
    job = {
        "stack": stack,
        "achievements": str(workload.achievements.absolute()),
        "needs": str(workload.needs.absolute()),
        "judgments": workload.judgments and str(workload.judgments.absolute()),
        "encoder": str(chosen.encoder.absolute()),
        "threads": chosen.threads,
        "k": K,
    }
    job_path, result_path = chosen.work / "job.json", chosen.work / "result.json"
    job_path.write_text(json.dumps(job), encoding="utf-8")
    limits = {name: str(chosen.threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    quiet = {"TOKENIZERS_PARALLELISM": "true", "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_OFFLINE": "1"}
    script = Path(__file__).parent / "stacks.py"
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(script), str(job_path), str(result_path)],
        env={**os.environ, **limits, **quiet},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{stack} failed on {workload.name}:\n{done.stderr[-3000:]}")
    result = json.loads(result_path.read_text(encoding="utf-8"))
    result["process_seconds"] = time.perf_counter() - began
    return result


def add_stages(result: dict[str, object]) -> dict[str, float]:
    """Return the figures of one run under the names that are reported."""
    seconds = result["seconds"]
    figures = {"read": seconds["read"], "clean": 0.0, "encode": 0.0, "words and index": 0.0, "search and rank": 0.0}
    phases = {"index": 0.0, "shortlist": 0.0}
    for name, value in seconds.items():
        phase, _, stage = name.partition(": ")
        if stage:
            figures[stage] += value
            phases[phase] += value
    work = seconds["read"] + sum(phases.values())
    figures |= {"index, all": phases["index"], "shortlist, all": phases["shortlist"]}
    figures |= {"index + shortlist": sum(phases.values()), "with reading": work}
    figures |= {"load": seconds["load"], "with reading and load": work + seconds["load"]}
    return figures | {"processor seconds, all": result["cpu_seconds"], "peak memory, MiB": result["peak_mib"]}


def summarise(runs: dict[str, list[dict[str, float]]]) -> dict[str, object]:
    """Return medians of every figure by stack, and its ratio to matchmaker's, round by round: median, least, most."""
    own = runs["matchmaker"]
    medians = {
        stack: {figure: statistics.median(each[figure] for each in rounds) for figure in own[0]}
        for stack, rounds in runs.items()
    }
    ratios: dict[str, dict[str, list[float]]] = {}
    for stack, rounds in runs.items():
        if stack == "matchmaker":
            continue
        for figure in own[0]:
            each = [other[figure] / mine[figure] for mine, other in zip(own, rounds, strict=True) if mine[figure] > 0]
            if each and max(each) > 0:
                ratios.setdefault(stack, {})[figure] = [statistics.median(each), min(each), max(each)]
    return {"medians": medians, "ratios": ratios}


def judge(workload: Workload, results: dict[str, dict[str, object]], seed: int) -> list[dict[str, object]]:
    """Compare how the stacks ranked judged pairs, and what their lists hold, with matchmaker's."""
    judgments = read_judgments(workload.judgments)
    columns = ([each.need_id for each in judgments], [each.grade for each in judgments])
    names = [each.achievement_id for each in judgments]
    summaries: dict[str, dict[str, object]] = {}
    for stack, result in results.items():
        lists = [
            Match(need, achievement, rank, -float(rank), float("nan"))
            for need, found in result["lists"].items()
            for rank, achievement in enumerate(found, start=1)
        ]
        judged = {
            f"judged pairs, {rule}": evaluate_scores(
                *columns, result["scores"], achievement_ids=names, undefined=rule, resamples=2000, random_state=seed
            )
            for rule in ("zero", "skip")
        }
        listed = evaluate_shortlists(lists, judgments, undefined="zero", resamples=2000, random_state=seed)
        summaries[stack] = {**judged, "lists as they stand": listed}
    comparisons = []
    for stack, found in summaries.items():
        for way, summary in found.items():
            estimate = asdict(summary["ndcg@10"])
            row: dict[str, object] = {"stack": stack, "ndcg@10": way, **estimate}
            if stack != "matchmaker":
                mine = summaries["matchmaker"][way]
                row["comparison"] = asdict(compare(mine, summary, "ndcg@10", resamples=2000, random_state=seed))
            comparisons.append(row)
    return comparisons


def compare_encoders(results: dict[str, dict[str, object]]) -> float | None:
    """Return how alike two encoders are: the correlation of their cosines over all pairs of the same titles.

    Each encoder's mean is taken out first; matchmaker's has a mean of many papers taken out already.
    """
    if "glued" not in results:
        return None
    cosines = []
    for stack in ("matchmaker", "glued"):
        vectors = np.array(results[stack]["vectors"])
        vectors -= vectors.mean(axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines.append((vectors @ vectors.T)[np.triu_indices(len(vectors), 1)])
    return float(np.corrcoef(*cosines)[0, 1])


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    chosen.work.mkdir(parents=True, exist_ok=True)
    if any(stack not in QUALITIES for stack in chosen.stacks):
        find_encoder(chosen.encoder)
    sections, digests, content = [], {}, {}
    for place, workload in enumerate(list_workloads(chosen)):
        digests[workload.name] = digest_files([workload.achievements, workload.needs])
        stacks = [stack for stack in chosen.stacks if stack != CONTROL or place == 0]
        sections.append(measure_workload(workload, stacks, chosen))
        # Written after every workload: a run of an hour that is broken off leaves what it has.
        run = describe_run(chosen.seed, digests)
        content = {"profile": chosen.profile, "threads": chosen.threads, "run": run, "workloads": sections}
        write_results(chosen.out, f"speed-{chosen.profile}", content, write_text(content))
    print(write_text(content), f"wrote {chosen.out / f'speed-{chosen.profile}.md'}", sep="\n")
    return content


def measure_workload(workload: Workload, stacks: Sequence[str], chosen: argparse.Namespace) -> dict[str, object]:
    """Let stacks take turns on one workload and return what each measured."""
    runs: dict[str, list[dict[str, float]]] = {stack: [] for stack in stacks}
    results = {}
    for turn in range(chosen.rounds):
        for stack in stacks if turn % 2 == 0 else reversed(stacks):
            results[stack] = run_stack(stack, workload, chosen)
            runs[stack].append(add_stages(results[stack]))
            print(f"{workload.name} {stack}: {runs[stack][-1]['index + shortlist']:.1f} s", flush=True)
    return {
        "workload": workload.name,
        "size": workload.size,
        "rounds": chosen.rounds,
        **summarise(runs),
        "encoders_alike": compare_encoders(results),
        "runs": runs,
        "ranking": judge(workload, results, chosen.seed) if workload.judgments else [],
    }


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    lines = [f"# Speed, profile {content['profile']}, {content['threads']} threads", ""]
    lines += [describe_in_words(content["run"]), "", "Seconds are medians over rounds. Ratios are a stack's figure"]
    lines[-1] += " over matchmaker's of the same round: median [least, most]; above 1 matchmaker does better."
    for section in content["workloads"]:
        lines += ["", f"## {section['workload']}: {section['size'][0]:,} achievements, {section['size'][1]} needs"]
        medians, ratios = section["medians"], section["ratios"]
        rows = []
        for figure in medians["matchmaker"]:
            row = [figure, *(f"{medians[stack][figure]:.2f}" for stack in medians)]
            for found in ratios.values():
                row.append("{:.2f} [{:.2f}, {:.2f}]".format(*found[figure]) if figure in found else "–")
            rows.append(row)
        head = ["", *medians, *(f"{stack} / matchmaker" for stack in ratios)]
        lines += ["", draw_table(head, rows)]
        if section["encoders_alike"] is not None:
            lines += ["", f"The two encoders' cosines between titles correlate {section['encoders_alike']:.4f}."]
        if section["ranking"]:
            lines += ["", draw_ranking(section["ranking"])]
    return "\n".join(lines) + "\n"


def draw_ranking(ranking: Sequence[dict[str, object]]) -> str:
    """Return NDCG@10 by stack with matchmaker's lead, its interval and its p-value."""
    rows = []
    for row in ranking:
        lead = row.get("comparison")
        said = "–"
        if lead:
            said = f"{lead['difference']:+.3f} [{lead['low']:+.3f}, {lead['high']:+.3f}], p {lead['p_value']:.3f}"
        value = f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        rows.append([str(row["stack"]), str(row["ndcg@10"]), value, said])
    return draw_table(["stack", "measured on", "NDCG@10", "matchmaker's lead"], rows)


if __name__ == "__main__":
    main()
