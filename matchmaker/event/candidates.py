"""Which pairs can come to a table: shortlists and requests, less whoever must stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from matchmaker.docking import Apart, Candidate, Origin, Request, Standing
from matchmaker.errors import SettingError
from matchmaker.event.agenda import Agenda
from matchmaker.event.parties import Roll
from matchmaker.event.wording import say
from matchmaker.records import Match, Rejection

_STRENGTH: Mapping[Standing, int] = {"must": 3, "wish": 2, "": 1, "veto": 0}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that could meet, and those that must not.

    Attributes
    ----------
    rows : tuple of Candidate
        Every pair on a shortlist or asked for, also those that are kept apart (``standing == "veto"``).
    apart : mapping of (str, str) to str
        Enterprise and team that must not sit at one table, and why.
    asked : frozenset of (str, str)
        Needs and achievements that somebody wished to bring together, also in vain.
    rejected : tuple of Rejection
        Rows that name nobody.
    """

    rows: tuple[Candidate, ...]
    apart: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    asked: frozenset[tuple[str, str]] = frozenset()
    rejected: tuple[Rejection, ...] = ()

    def subjects(self) -> dict[tuple[str, str], Candidate]:
        """Return the best pair of each two parties that can meet: what their one meeting is about.

        A must-meet comes before a wish, a wish before the rest; then the likelier pair, the better rank, the ids.
        """
        best: dict[tuple[str, str], Candidate] = {}
        for row in self.rows:
            key = (row.enterprise, row.team)
            if key in self.apart or row.standing == "veto":
                continue
            if key not in best or _preference(row) < _preference(best[key]):
                best[key] = row
        return best


def _preference(row: Candidate) -> tuple[float, float, int, str, str]:
    rank = row.rank or 1_000_000
    return -_STRENGTH[row.standing], -row.probability, rank, row.need_id, row.achievement_id


def make_candidates(
    agenda: Agenda,
    roll: Roll,
    matches: Iterable[Match],
    *,
    requests: Sequence[Request] = (),
    vetoes: Sequence[Apart] = (),
    met: Sequence[Apart] = (),
    conflicts: Sequence[Apart] = (),
    lang: str = "zh",
) -> Candidates:
    """Collect the pairs that could meet.

    Parameters
    ----------
    agenda : Agenda
        Its ``minimum`` keeps unlikely pairs out unless somebody asked; ``asked`` is the probability of a pair that no
        shortlist knows.
    roll : Roll
        The parties.
    matches : iterable of Match
        Shortlists.
    requests : sequence of Request
        What people asked for. Of several about one pair the stronger counts, and all comments are kept.
    vetoes, met, conflicts : sequence of Apart
        Who must not sit at one table, now or again. They part the two parties, whatever the pair.
    lang : {"zh", "en"}
        Language of reasons and errors.

    Returns
    -------
    Candidates
        Rows that name an unknown id or party are among ``rejected``.

    Raises
    ------
    SettingError
        If a must-meet is also forbidden: one line each, naming both files and rows.
    """
    rejected: list[Rejection] = []
    rows: dict[tuple[str, str], Candidate] = {}
    known: dict[tuple[str, str], Match] = {}
    for match in matches:
        known[match.need_id, match.achievement_id] = match
        enterprise, team = roll.of_need.get(match.need_id), roll.of_achievement.get(match.achievement_id)
        if enterprise is None or team is None:
            reason = _unknown_ids(roll, match.need_id, match.achievement_id, lang)
            rejected.append(Rejection("shortlists", "", 0, reason, f"{match.need_id} | {match.achievement_id}"))
        elif match.probability >= agenda.minimum:
            key = (match.need_id, match.achievement_id)
            rows[key] = Candidate(*key, enterprise, team, match.probability, match.rank)
    musts: dict[tuple[str, str], Origin] = {}
    apart: dict[tuple[str, str], tuple[str, Origin]] = {}
    for request in requests:
        key = (request.need_id, request.achievement_id)
        enterprise, team = roll.of_need.get(key[0]), roll.of_achievement.get(key[1])
        if enterprise is None or team is None:
            rejected.append(_reject(request.origin, _unknown_ids(roll, *key, lang), " | ".join(key)))
            continue
        if request.standing not in _STRENGTH:
            reason = say(lang, "unknown_standing", found=request.standing, known=", ".join(filter(None, _STRENGTH)))
            rejected.append(_reject(request.origin, reason, " | ".join(key)))
            continue
        if request.standing == "veto":
            apart.setdefault((enterprise, team), (request.comment, request.origin))
        elif request.standing == "must":
            musts.setdefault((enterprise, team), request.origin)
        rows[key] = _merge(rows.get(key), request, known.get(key), (enterprise, team), agenda)
    for tables in (vetoes, conflicts, met):
        for item in tables:
            pairs, reason = _pairs_apart(roll, item, lang)
            if reason:
                rejected.append(_reject(item.origin, reason, f"{item.first} | {item.second}"))
            for pair in pairs:
                apart.setdefault(pair, (item.comment, item.origin))
    _refuse_contradictions(roll, musts, apart, lang)
    told = {pair: comment or name_origin(origin, lang) for pair, (comment, origin) in apart.items()}
    kept = (replace(row, standing="veto") if (row.enterprise, row.team) in apart else row for row in rows.values())
    asked = frozenset(key for key, row in rows.items() if row.standing in ("must", "wish"))
    return Candidates(tuple(kept), MappingProxyType(told), asked, tuple(rejected))


def _merge(
    row: Candidate | None, request: Request, match: Match | None, parties: tuple[str, str], agenda: Agenda
) -> Candidate:
    """Return a candidate with one more request."""
    if row is None:
        probability, rank = (match.probability, match.rank) if match is not None else (agenda.asked, 0)
        row = Candidate(request.need_id, request.achievement_id, *parties, probability, rank)
    standing = max(row.standing, request.standing, key=lambda standing: _STRENGTH[standing])
    comment = "；".join(dict.fromkeys(text for text in (row.comment, request.comment) if text))
    return replace(row, standing=standing, comment=comment)


def _pairs_apart(roll: Roll, item: Apart, lang: str) -> tuple[list[tuple[str, str]], str]:
    """Return the enterprises and teams that a row parts, or the reason why it parts nobody."""
    sides = [roll.find(item.first), roll.find(item.second)]
    for name, found in zip((item.first, item.second), sides, strict=True):
        if not found:
            return [], say(lang, "unknown_side", name=name)
    pairs = [
        (one, other)
        for left, right in (sides, sides[::-1])
        for one in left
        for other in right
        if roll.parties[one].role == "enterprise" and roll.parties[other].role == "team"
    ]
    return pairs, "" if pairs else say(lang, "same_side", first=item.first, second=item.second)


def _refuse_contradictions(
    roll: Roll, musts: Mapping[tuple[str, str], Origin], apart: Mapping[tuple[str, str], tuple[str, Origin]], lang: str
) -> None:
    errors = []
    for pair, origin in musts.items():
        if pair in apart:
            names = {side: roll.parties[name].name for side, name in zip(("enterprise", "team"), pair, strict=True)}
            places = {"must": name_origin(origin, lang), "veto": name_origin(apart[pair][1], lang)}
            errors.append(say(lang, "veto_against_must", **places, **names))
    if errors:
        raise SettingError("\n".join(errors))


def _unknown_ids(roll: Roll, need: str, achievement: str, lang: str) -> str:
    reasons = []
    if need not in roll.of_need:
        reasons.append(say(lang, "unknown_need", id=need))
    if achievement not in roll.of_achievement:
        reasons.append(say(lang, "unknown_achievement", id=achievement))
    return ("；" if lang == "zh" else "; ").join(reasons)


def name_origin(origin: Origin, lang: str) -> str:
    """Return where something was written, in words."""
    if not origin.file:
        return say(lang, "somewhere")
    return say(lang, "row_of_sheet" if origin.sheet else "row_of", file=origin.file, sheet=origin.sheet, row=origin.row)


def _reject(origin: Origin, reason: str, content: str) -> Rejection:
    return Rejection(origin.file, origin.sheet, origin.row, reason, content)
