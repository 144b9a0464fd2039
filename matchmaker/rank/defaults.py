"""The model that needs no labels, as shipped: ``training/default_reranker.py`` measured its scales."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from matchmaker.rank.calibration import Calibration
from matchmaker.rank.reranking import WeightedSum

DEFAULT = Path(__file__).parent / "default.json"


@cache
def default_reranker(quality: str = "best") -> WeightedSum:
    """Return the weighted sum that ranks before anything was learned, with the scales of that quality's vectors."""
    content = json.loads(DEFAULT.read_text(encoding="utf-8"))[quality]["reranker"]
    return WeightedSum(content["weights"], content["centres"], content["widths"])


@cache
def default_calibration(quality: str = "best") -> Calibration:
    """Return the curves that turn its score into probabilities, fitted to the sample judgments."""
    content = json.loads(DEFAULT.read_text(encoding="utf-8"))[quality]["calibration"]
    return read_calibration(content)


def read_calibration(content: dict[str, object]) -> Calibration:
    """Build a calibration from plain values (`write_calibration`)."""
    return Calibration(
        tuple(content["grades"]),  # type: ignore[arg-type]
        tuple(content["slopes"]),  # type: ignore[arg-type]
        tuple(content["shifts"]),  # type: ignore[arg-type]
        int(content["relevant"]),  # type: ignore[call-overload]
    )


def write_calibration(calibration: Calibration) -> dict[str, object]:
    """Return a calibration as plain values for JSON."""
    return {
        "grades": list(calibration.grades),
        "slopes": list(calibration.slopes),
        "shifts": list(calibration.shifts),
        "relevant": calibration.relevant,
    }
