"""Evidence in one cell: compact JSON that says the same thing in the same bytes every time, and the way back."""

from __future__ import annotations

import json
from operator import attrgetter

from matchmaker.records import Evidence, Span, Term

_DECIMALS = 6
_SIDES = ("need", "achievement")
_PARTS = ("title", "description", "keywords")
_span_values = attrgetter("side", "part", "start", "end", "term")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def write_evidence(evidence: Evidence) -> str:
    """Return base, terms and spans as compact JSON.

    Parameters
    ----------
    evidence : Evidence
        Why a match was made. Its reasons have a column of their own.

    Returns
    -------
    str
        ``base`` is what the score starts from; ``terms`` holds ``[feature, value, contribution]`` for every term that
        adds to it or takes away, numbers with 6 decimals, so that base and contributions add up to the score;
        ``spans`` holds ``[side, part, start, end, term]`` for every stretch of text that carries the match.

    Examples
    --------
    >>> from matchmaker.records import Span, Term
    >>> write_evidence(Evidence(spans=(Span("need", "title", 0, 3, "电解液"),), terms=(Term("dense", 0.52, 3.8),)))
    '{"base":0.0,"terms":[["dense",0.52,3.8]],"spans":[["need","title",0,3,"电解液"]]}'
    """
    content = {
        "base": _round(evidence.base),
        "terms": [
            (term.feature, _round(term.value), added) for term in evidence.terms if (added := _round(term.contribution))
        ],
        "spans": list(map(_span_values, evidence.spans)),
    }
    return _encode(content)


def read_evidence(text: str, reasons: tuple[str, ...] = ()) -> Evidence | None:
    """Return what `write_evidence` wrote, with the reasons given; None where it is nothing of the kind.

    Examples
    --------
    >>> read_evidence('{"base":0.0,"terms":[["dense",0.52,3.8]],"spans":[]}').terms
    (Term(feature='dense', value=0.52, contribution=3.8),)
    >>> read_evidence("双方都涉及电解液") is None
    True
    """
    try:
        content = json.loads(text)
        if any(side not in _SIDES or part not in _PARTS for side, part, *_ in content["spans"]):
            return None
        return Evidence(
            reasons=reasons,
            spans=tuple(
                Span(side, part, int(start), int(end), str(term)) for side, part, start, end, term in content["spans"]
            ),
            terms=tuple(Term(str(name), float(value), float(added)) for name, value, added in content["terms"]),
            base=float(content["base"]),
        )
    except (ValueError, TypeError, KeyError):
        return None


def write_number(value: float, decimals: int) -> str:
    """Return a number with so many decimals, and never a negative zero.

    Examples
    --------
    >>> write_number(-0.0000001, 6), write_number(0.96015, 4)
    ('0.000000', '0.9601')
    """
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def _round(value: float) -> float:
    return round(float(value), _DECIMALS) + 0.0
