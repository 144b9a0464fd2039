"""How long one command takes from a cold start to the files on disk: what a desk officer waits for.

    python benchmarks/command.py                       # 524 achievements, 2,000 needs, every quality, some minutes
    python benchmarks/command.py --sizes 524x300 --qualities fast --rounds 1

Each run is a fresh process that keeps no vectors. Writes ``benchmarks/results/command.json`` and ``.md``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from arguments import start_parser
from registers import digest_files
from results import describe_in_words, describe_run, draw_table, write_results
from stacks import QUALITIES
from workloads import make_workload

NAMES = sorted(QUALITIES.values())


def run_command(achievements: Path, needs: Path, quality: str) -> dict[str, float]:
    """Run the command once and return what it took, by stage and in all."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "matchmaker", "shortlist", str(achievements), str(needs), "--out", out]
        began = time.perf_counter()
        subprocess.run([*command, "--quality", quality, "--no-cache", "--quiet"], check=True, capture_output=True)
        whole = time.perf_counter() - began
        manifest = json.loads((Path(out) / "manifest.json").read_text(encoding="utf-8"))
    return {"whole command": whole, **manifest["seconds"]}


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    parser = start_parser(__doc__)
    parser.add_argument("--sizes", nargs="+", default=["524x2000"], help="ACHIEVEMENTSxNEEDS")
    parser.add_argument("--qualities", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    sections, digests = [], {}
    for size in chosen.sizes:
        count = tuple(int(part) for part in size.split("x"))
        workload = make_workload((count[0], count[1]), False, chosen.data, chosen.work, chosen.seed)
        digests[workload.name] = digest_files([workload.achievements, workload.needs])
        runs = {
            quality: [run_command(workload.achievements, workload.needs, quality) for _ in range(chosen.rounds)]
            for quality in chosen.qualities
        }
        sections.append({"size": size, "runs": runs})
    content = {"run": describe_run(chosen.seed, digests), "rounds": chosen.rounds, "sizes": sections}
    write_results(chosen.out, "command", content, write_text(content))
    print(write_text(content))
    return content


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    lines = ["# One command, from a cold start to workbook and page", "", describe_in_words(content["run"]), ""]
    lines.append(f"Seconds; medians of {content['rounds']} runs, with the least and the most of the whole command.")
    for section in content["sizes"]:
        runs = section["runs"]
        rows = []
        for stage in next(iter(runs.values()))[0]:
            cells = []
            for rounds in runs.values():
                taken = [each[stage] for each in rounds]
                around = f" [{min(taken):.1f}, {max(taken):.1f}]" if stage == "whole command" else ""
                cells.append(f"{statistics.median(taken):.1f}{around}")
            rows.append([stage, *cells])
        lines += ["", f"## {section['size']}", "", draw_table(["", *runs], rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
