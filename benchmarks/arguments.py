"""What benchmarks are told on the command line, where several are told the same."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from results import RESULTS
from wheels import BUILD

DEFAULT_DATA = Path("../shared/data")


def start_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows where data lie, where to work and where results go."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--work", type=Path, default=BUILD / "benchmarks")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser


def read_with_profile(
    parser: argparse.ArgumentParser, profiles: Mapping[str, Any], arguments: Sequence[str] | None
) -> argparse.Namespace:
    """Return the command line's settings; what is not given comes from the profile that is chosen."""
    parser.add_argument("--profile", choices=profiles, default="full")
    chosen = parser.parse_args(arguments)
    for name, value in asdict(profiles[chosen.profile]).items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    return chosen
