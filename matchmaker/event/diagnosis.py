"""Why somebody is not served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from matchmaker.docking import Unmet
from matchmaker.event.board import Board
from matchmaker.event.candidates import Candidates
from matchmaker.event.filling import Filling
from matchmaker.event.parties import Roll
from matchmaker.event.wording import say

_MOST_SLOTS = 4


def explain_unmet(
    board: Board, roll: Roll, candidates: Candidates, slots: Mapping[int, int], lang: str
) -> Iterator[Unmet]:
    """Yield every pair that was asked for and does not meet, then every party with too few meetings or none.

    Parameters
    ----------
    board : Board
    roll : Roll
    candidates : Candidates
    slots : mapping of int to int
        Slot (from 0) by row of the pair.
    lang : {"zh", "en"}
    """
    day = Filling(board)
    for pair, slot in slots.items():
        day.put(pair, slot)
    rows = {(pair.enterprise, pair.team): row for row, pair in enumerate(board.pairs)}
    names = {party.id: row for row, party in enumerate(board.parties)}
    for asked in candidates.rows:
        key = (asked.enterprise, asked.team)
        wanted = (asked.need_id, asked.achievement_id) in candidates.asked
        if not wanted or (key in rows and rows[key] in slots):
            continue
        first, second = (roll.parties[name].name for name in key)
        if key in candidates.apart:
            reason, message = "vetoed", say(lang, "why_apart", first=first, second=second, why=candidates.apart[key])
        else:
            reason, message = _explain_pair(board, day, rows[key], lang)
        yield Unmet(key[0], asked.need_id, asked.achievement_id, 1, 0, reason, message)
    counts = day.busy.sum(axis=1)
    for party in board.parties:
        row = names[party.id]
        wanted_count = max(1, party.least)
        if counts[row] < wanted_count:
            reason, message = _explain_party(board, day, row, lang)
            yield Unmet(party.id, "", "", wanted_count, int(counts[row]), reason, message)


def _explain_pair(board: Board, day: Filling, pair: int, lang: str) -> tuple[str, str]:
    ends = (int(board.first[pair]), int(board.second[pair]))
    first, second = (board.parties[end] for end in ends)
    names = {"first": first.name, "second": second.name}
    together = board.allowed[pair]
    if not together.any():
        return "not_available", say(lang, "why_not_available", **names)
    for key, reason, end in (("why_enterprise_full", "enterprise_full", 0), ("why_team_full", "partners_full", 1)):
        most = int(board.most[ends[end]])
        if day.busy[ends[end]].sum() >= most:
            return reason, say(lang, key, most=most, more=most + 1, **names)
    both_free = together & ~day.busy[ends[0]] & ~day.busy[ends[1]]
    if both_free.any() and (day.load >= board.seats)[both_free].all():
        return "hall_full", say(lang, "why_hall_full", slots=_name_slots(np.flatnonzero(both_free).tolist(), lang))
    if not both_free.any() or not day.choices(pair):
        return "busy", say(lang, "why_busy")
    return "outweighed", say(lang, "why_outweighed")


def _explain_party(board: Board, day: Filling, row: int, lang: str) -> tuple[str, str]:
    name = board.parties[row].name
    there = board.available[row]
    open_pairs = [pair for pair in board.of_party[row].tolist() if pair not in day.slots]
    if not board.of_party[row].size:
        return "no_candidates", say(lang, "why_no_candidates", name=name)
    if not there.any():
        return "not_available", say(lang, "why_party_absent", name=name)
    if not any(board.allowed[pair].any() for pair in open_pairs):
        return "no_candidates", say(lang, "why_no_candidates", name=name)
    # On the day, slots that have begun allow no new meeting: a table there would not help.
    free = there & ~day.busy[row] & board.allowed[open_pairs].any(axis=0)
    if free.any() and (day.load >= board.seats)[free].all():
        slots = _name_slots(np.flatnonzero(free).tolist(), lang)
        return "hall_full", say(lang, "why_party_hall_full", name=name, slots=slots)
    reasons = [_explain_pair(board, day, pair, lang)[0] for pair in open_pairs]
    if all(reason in ("partners_full", "enterprise_full", "busy") for reason in reasons):
        return "partners_full", say(lang, "why_partners_full", name=name)
    return "outweighed", say(lang, "why_party_outweighed", name=name)


def _name_slots(slots: list[int], lang: str) -> str:
    mark = "、" if lang == "zh" else ", "
    shown = mark.join(say(lang, "slot_named", number=slot + 1) for slot in slots[:_MOST_SLOTS])
    return shown + (" …" if len(slots) > _MOST_SLOTS else "")
