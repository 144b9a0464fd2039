"""Decisions on candidates: what people marked becomes the standing of a pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matchmaker.docking import Candidate
from matchmaker.proceedings import Decision


def apply_decisions(candidates: Sequence[Candidate], decisions: Iterable[Decision]) -> list[Candidate]:
    """Give candidates the standing and the comment that were decided.

    Parameters
    ----------
    candidates : sequence of Candidate
        They are not changed.
    decisions : iterable of Decision
        One a pair at most, as `matchmaker.tables.read_decisions` returns them; those about other pairs play no part.

    Returns
    -------
    list of Candidate

    Examples
    --------
    >>> pair = Candidate("N-1", "A-1", "E", "T", 0.5, rank=1)
    >>> apply_decisions([pair], [Decision("N-1", "A-1", "must", "急")])[0].standing
    'must'
    """
    decided = {(one.need_id, one.achievement_id): one for one in decisions}
    applied = []
    for candidate in candidates:
        decision = decided.get((candidate.need_id, candidate.achievement_id))
        if decision is not None:
            comment = decision.comment or candidate.comment
            candidate = replace(candidate, standing=decision.standing or candidate.standing, comment=comment)
        applied.append(candidate)
    return applied
