"""From a register of achievements and a register of needs to docking shortlists, offline and explained.

Names are loaded when they are first used, so that importing the package costs nothing and has no side effects.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matchmaker.duplicates import DuplicateGroup, DuplicateLink
    from matchmaker.engine import Matchmaker
    from matchmaker.learnreport import LearnReport
    from matchmaker.rank.filters import Filter
    from matchmaker.records import (
        Evidence,
        Judgment,
        Match,
        Notice,
        Pair,
        Profile,
        Records,
        Rejection,
        ScoredPair,
        Shortlist,
        Span,
        Term,
    )
    from matchmaker.tables import read_achievements, read_judgments, read_needs, read_pairs, read_shortlists
    from matchmaker.understanding import Element, Industry, NeedCheck, Quantity, Understanding

__version__ = "0.1.0"

_HOMES = {
    "DuplicateGroup": "matchmaker.duplicates",
    "DuplicateLink": "matchmaker.duplicates",
    "Element": "matchmaker.understanding",
    "Evidence": "matchmaker.records",
    "Filter": "matchmaker.rank.filters",
    "Industry": "matchmaker.understanding",
    "Judgment": "matchmaker.records",
    "LearnReport": "matchmaker.learnreport",
    "Match": "matchmaker.records",
    "Matchmaker": "matchmaker.engine",
    "NeedCheck": "matchmaker.understanding",
    "Notice": "matchmaker.records",
    "Pair": "matchmaker.records",
    "Profile": "matchmaker.records",
    "Quantity": "matchmaker.understanding",
    "Records": "matchmaker.records",
    "Rejection": "matchmaker.records",
    "ScoredPair": "matchmaker.records",
    "Shortlist": "matchmaker.records",
    "Span": "matchmaker.records",
    "Term": "matchmaker.records",
    "Understanding": "matchmaker.understanding",
    "read_achievements": "matchmaker.tables",
    "read_judgments": "matchmaker.tables",
    "read_needs": "matchmaker.tables",
    "read_pairs": "matchmaker.tables",
    "read_shortlists": "matchmaker.tables",
}

__all__ = [
    "DuplicateGroup",
    "DuplicateLink",
    "Element",
    "Evidence",
    "Filter",
    "Industry",
    "Judgment",
    "LearnReport",
    "Match",
    "Matchmaker",
    "NeedCheck",
    "Notice",
    "Pair",
    "Profile",
    "Quantity",
    "Records",
    "Rejection",
    "ScoredPair",
    "Shortlist",
    "Span",
    "Term",
    "Understanding",
    "read_achievements",
    "read_judgments",
    "read_needs",
    "read_pairs",
    "read_shortlists",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'matchmaker' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
