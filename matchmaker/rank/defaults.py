"""The model that needs no labels, as shipped: ``training/default_reranker.py`` measured its scales."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from matchmaker.errors import SettingError
from matchmaker.rank.calibration import Calibration, read_calibration
from matchmaker.rank.reranking import WeightedSum

DEFAULT = Path(__file__).parent / "default.json"


@cache
def default_reranker(quality: str = "best") -> WeightedSum:
    """Return the weighted sum that ranks before anything was learned, with the scales of that quality's vectors.

    Raises
    ------
    SettingError
        If no start values are shipped for that quality.
    """
    content = _read(quality)["reranker"]
    return WeightedSum(content["weights"], content["centres"], content["widths"])


@cache
def default_calibration(quality: str = "best") -> Calibration:
    """Return the curves that turn its score into probabilities, fitted to the sample judgments."""
    return read_calibration(_read(quality)["calibration"])


def _read(quality: str) -> dict[str, Any]:
    shipped: dict[str, dict[str, Any]] = json.loads(DEFAULT.read_text(encoding="utf-8"))
    if quality not in shipped:
        raise SettingError(f"quality: this version ships start values for {', '.join(shipped)}, not for {quality!r}")
    return shipped[quality]
