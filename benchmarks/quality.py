"""How well pairs are ranked, beside peers in the same run.

    python benchmarks/quality.py                       # no labels, full registers
    python benchmarks/quality.py --profile fast        # a seeded part, about three minutes on two cores
    python benchmarks/quality.py --protocol needs      # learned on other needs' judgments
    python benchmarks/quality.py --protocol pairs      # learned on other pairs
    python benchmarks/quality.py --protocol needs --deep    # the encoder tuned on them too: an hour

Writes ``benchmarks/results/quality-PROFILE[-PROTOCOL][-deep].json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from measuring import METRICS, Measurement, contrast, measure
from peers import PEERS, Workshop
from protocols import ENGINE, PROTOCOLS, Settings
from registers import READERS, is_present, narrow
from results import RESULTS, describe_in_words, describe_run, draw_table, write_results

DEFAULT_DATA = Path("../shared/data")


@dataclasses.dataclass(frozen=True)
class Profile:
    """How much is measured: needs and achievements of each collection (all where None), and bootstrap draws."""

    needs: int | None
    achievements: int | None
    resamples: int


PROFILES = {
    "full": Profile(needs=None, achievements=None, resamples=2000),
    "fast": Profile(needs=60, achievements=1500, resamples=500),
    "smoke": Profile(needs=12, achievements=60, resamples=50),
}


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=PROFILES, default="full")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="unlabelled")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with bdci2019/ and csl/")
    parser.add_argument("--m3e", type=Path, help="wheel or folder of m3e-small; fetched when left out")
    parser.add_argument("--collections", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--deep", action="store_true", help="tune the encoder too, where judgments are learned from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    profile = PROFILES[chosen.profile]
    began = time.perf_counter()

    def say(message: str) -> None:
        print(f"{time.perf_counter() - began:7.1f} s  {message}", flush=True)

    sections, digests, missing, left_out = [], {}, {}, []
    for name in chosen.collections:
        if not is_present(name, chosen.data):
            left_out.append(name)
            say(f"{name} was left out: {chosen.data / name} is missing; give --data")
            continue
        whole = READERS[name](chosen.data)
        if not whole.graded and chosen.protocol != "unlabelled":
            continue
        collection = narrow(whole, profile.needs, profile.achievements, chosen.seed)
        digests[name] = collection.sha256
        settings = Settings(tuple(chosen.peers), Workshop(chosen.seed, chosen.m3e), say, missing, chosen.deep)
        measured = [
            measure(collection, ranking, profile.resamples, chosen.seed)
            for ranking in PROTOCOLS[chosen.protocol](collection, settings)
        ]
        sections.append(
            {
                "collection": name,
                "needs": len(collection.needs),
                "achievements": len(collection.achievements),
                "pairs": len(collection.grades),
                "systems": {each.system: each.to_dict() for each in measured},
                "comparisons": compare_systems(measured, profile.resamples, chosen.seed),
            }
        )
    content = {
        "profile": chosen.profile,
        "protocol": chosen.protocol,
        "run": describe_run(chosen.seed, digests),
        "seconds": round(time.perf_counter() - began, 1),
        "left_out": left_out,
        "not_measured": missing,
        "collections": sections,
    }
    suffix = "" if chosen.protocol == "unlabelled" else f"-{chosen.protocol}" + "-deep" * chosen.deep
    text = write_text(content)
    written = write_results(chosen.out, f"quality-{chosen.profile}{suffix}", content, text)
    print(text)
    say(f"wrote {', '.join(map(str, written))}")
    return content


def compare_systems(measured: Sequence[Measurement], resamples: int, seed: int) -> list[dict[str, object]]:
    """Compare the engine, in each of its forms, with every system that is not the engine; learned with unlearned."""
    own = [each for each in measured if each.system.startswith(ENGINE)]
    others = [each for each in measured if each not in own and each.system != "chance"]
    return [
        found.to_dict()
        for place, each in enumerate(own)
        for other in [*own[:place], *others]
        for found in contrast(each, other, resamples, seed)
    ]


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    lines = [f"# Quality, {content['protocol']}, profile {content['profile']}", "", describe_in_words(content["run"])]
    lines += ["", f"Took {content['seconds']:.0f} s. In brackets 95 % bootstrap intervals over needs."]
    lines += ["", "Differences are paired, over the same needs, with their p-values; **bold** where p < 0.05."]
    for name, reason in content["not_measured"].items():
        lines += ["", f"Not measured: {name} ({reason})."]
    for section in content["collections"]:
        size = f"{section['needs']} needs, {section['achievements']:,} achievements, {section['pairs']:,} judged pairs"
        lines += ["", f"## {section['collection']}: {size}", "", draw_metrics(section["systems"])]
        lines += ["", draw_comparisons(section["comparisons"])]
    return "\n".join(lines) + "\n"


def draw_metrics(systems: dict[str, dict[str, dict[str, float]]]) -> str:
    """Return one row a system, one column a metric."""
    metrics = [metric for metric in METRICS if any(metric in found for found in systems.values())]
    rows = [[name, *(write_value(found.get(metric)) for metric in metrics)] for name, found in systems.items()]
    return draw_table(["", *metrics], rows)


def draw_comparisons(comparisons: Sequence[dict[str, object]]) -> str:
    """Return one row a pair of systems, one column a metric."""
    metrics = list(dict.fromkeys(str(found["metric"]) for found in comparisons))
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for found in comparisons:
        cell = f"{found['difference']:+.3f} [{found['low']:+.3f}, {found['high']:+.3f}] p {found['p_value']:.3f}"
        shown = cell if found["verdict"] == "no_difference" else f"**{cell}**"
        cells.setdefault(found["names"], {})[found["metric"]] = shown
    rows = [[*names, *(row.get(metric, "–") for metric in metrics)] for names, row in cells.items()]
    return draw_table(["system", "minus", *metrics], rows)


def write_value(found: dict[str, float] | None) -> str:
    """Return a metric's value with its interval."""
    return "–" if found is None else f"{found['value']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"


if __name__ == "__main__":
    main()
