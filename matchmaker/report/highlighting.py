"""Overlapping spans become disjoint marks that a page can draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_args

from matchmaker.records import Match, Part, Profile, Side

PARTS: tuple[str, ...] = get_args(Part)
_OUTSIDE_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")


class Mark(NamedTuple):
    """A stretch of text in UTF-16 code units, as a browser counts, and the terms that it carries."""

    start: int
    end: int
    terms: tuple[int, ...]


def mark_text(text: str, stretches: Iterable[tuple[int, int, int]]) -> list[Mark]:
    """Cut stretches that may overlap or reach outside the text into disjoint marks, in order.

    Parameters
    ----------
    text : str
        The text as its author wrote it.
    stretches : iterable of (start, end, term)
        Half-open ranges of code points, and the number of the term that each one carries.

    Returns
    -------
    list of Mark
        Disjoint, sorted, in UTF-16 code units; where terms overlap, the mark carries all of them.

    Examples
    --------
    >>> mark_text("锂离子电池电解液", [(0, 8, 0), (5, 99, 1)])
    [Mark(start=0, end=5, terms=(0,)), Mark(start=5, end=8, terms=(0, 1))]

    A character outside the basic plane counts twice in a browser:

    >>> mark_text("🔋电池", [(1, 3, 0)])
    [Mark(start=2, end=4, terms=(0,))]
    """
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for start, end, term in stretches:
        start, end = max(start, 0), min(end, len(text))
        if start < end:
            opening.setdefault(start, []).append(term)
            closing.setdefault(end, []).append(term)
    pieces: list[Mark] = []
    running: list[int] = []
    left = 0
    for edge in sorted({*opening, *closing}):
        if running:
            terms = tuple(sorted(set(running)))
            if pieces and pieces[-1].end == left and pieces[-1].terms == terms:
                left = pieces.pop().start
            pieces.append(Mark(left, edge, terms))
        running += opening.get(edge, ())
        for term in closing.get(edge, ()):
            running.remove(term)
        left = edge
    if not pieces or not _OUTSIDE_BASIC_PLANE.search(text):
        return pieces
    return [Mark(_count_units(text[: mark.start]), _count_units(text[: mark.end]), mark.terms) for mark in pieces]


def mark_profile(match: Match, side: Side, profile: Profile, terms: Mapping[str, int]) -> dict[str, list[list[int]]]:
    """Return where a match's evidence stands in one of its two profiles.

    Parameters
    ----------
    match : Match
    side : {"need", "achievement"}
        Which of the two ``profile`` is.
    profile : Profile
    terms : mapping of str to int
        The number of each term of the match's spans.

    Returns
    -------
    dict of str to list of [start, end, term, …]
        By part of the profile; parts without evidence are left out.
    """
    marked: dict[str, list[list[int]]] = {}
    spans = [span for span in match.evidence.spans if span.side == side]
    if not spans:
        return marked
    for part, text in zip(PARTS, (profile.title, profile.description, "；".join(profile.keywords)), strict=True):
        stretches = [(span.start, span.end, terms[span.term]) for span in spans if span.part == part]
        if stretches and (marks := mark_text(text, stretches)):
            marked[part] = [[mark.start, mark.end, *mark.terms] for mark in marks]
    return marked


def number_terms(match: Match) -> dict[str, int]:
    """Return the terms of a match's spans, numbered from 0 in the order of their first span."""
    terms: dict[str, int] = {}
    for span in match.evidence.spans:
        terms.setdefault(span.term, len(terms))
    return terms


def _count_units(text: str) -> int:
    return len(text) + len(_OUTSIDE_BASIC_PLANE.findall(text))
