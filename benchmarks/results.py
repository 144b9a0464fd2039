"""Results: what a run was made with, and files that are written whole or not at all."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"

# Which of these a processor has decides between 8-bit and float32 arithmetic, and how fast each is.
FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_bf16", "amx_int8", "asimddp")
PACKAGES = (
    "bm25s",
    "faiss-cpu",
    "jieba",
    "lightgbm",
    "numpy",
    "onnxruntime",
    "ortools",
    "rjieba",
    "scikit-learn",
    "scipy",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)


def describe_run(seed: int, data: dict[str, str]) -> dict[str, object]:
    """Return what is needed to read figures rightly and to make them again.

    Parameters
    ----------
    seed : int
    data : dict of str to str
        SHA-256 of what was read, by name.
    """
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _ask_git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_ask_git("status", "--porcelain", "--", "matchmaker")),
        "seed": seed,
        "data_sha256": data,
        "machine": describe_machine(),
        "python": platform.python_version(),
        "packages": {name: _find_version(name) for name in PACKAGES},
    }


def describe_machine() -> dict[str, object]:
    """Return processor, cores, flags that matter and memory."""
    processor, flags = platform.processor() or platform.machine(), set()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            key, _, value = (part.strip() for part in line.partition(":"))
            if key == "model name":
                processor = value
            elif key in ("flags", "Features"):
                flags.update(value.split())
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "flags": [flag for flag in FLAGS if flag in flags],
        "memory_gib": _measure_memory(),
        "load_at_end": None if load is None else round(load, 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def write_results(folder: Path, name: str, content: dict[str, object], text: str) -> list[Path]:
    """Write ``name.json`` and ``name.md``, each whole or not at all, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        folder / f"{name}.json": json.dumps(content, ensure_ascii=False, indent=1, allow_nan=True) + "\n",
        folder / f"{name}.md": text,
    }
    for path, body in written.items():
        draft = path.with_name(f".{path.name}.part")
        draft.write_text(body, encoding="utf-8")
        os.replace(draft, path)
    return list(written)


def draw_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    Examples
    --------
    >>> print(draw_table(["a", "b"], [["1", "2"]]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def describe_in_words(run: dict[str, object]) -> str:
    """Return a run's circumstances as one Markdown paragraph."""
    machine = run["machine"]
    changed = " with uncommitted changes" if run["uncommitted_changes"] else ""
    return (
        f"{run['date']}, commit {str(run['commit'])[:10]}{changed}, seed {run['seed']}; {machine['processor']}, "
        f"{machine['cores']} cores ({', '.join(machine['flags']) or 'no special flags'}), {machine['memory_gib']} GiB, "
        f"load {machine['load_at_end']} at the end; Python {run['python']}, "
        + ", ".join(f"{name} {version}" for name, version in run["packages"].items())
        + "."
    )


def _ask_git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _find_version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def _measure_memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None
