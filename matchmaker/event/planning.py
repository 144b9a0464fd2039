"""The plan of an event, from registers and shortlists to a timetable that has passed its check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from matchmaker.docking import Apart, Candidate, Changes, Hall, Meeting, Placement, Request, Timetable
from matchmaker.errors import MatchmakerError
from matchmaker.event.agenda import Agenda
from matchmaker.event.board import UNIT, Board, lay_board
from matchmaker.event.candidates import Candidates, make_candidates
from matchmaker.event.checking import check_timetable
from matchmaker.event.diagnosis import explain_unmet
from matchmaker.event.locks import Locks, place_locks
from matchmaker.event.parties import Roll, name_parties
from matchmaker.event.remedies import advise
from matchmaker.event.seating import seat
from matchmaker.event.solving import Solution, solve
from matchmaker.event.wording import say
from matchmaker.records import Match, Notice, Profile, Rejection


@dataclass(frozen=True, slots=True)
class Plan:
    """A timetable and all that was learned on the way.

    Attributes
    ----------
    timetable : Timetable
    candidates : tuple of Candidate
        All pairs on a shortlist or asked for, those kept apart included.
    advice : tuple of str
        What binds, and the smallest changes that would free it, in words.
    rejected : tuple of Rejection
        Rows of requests, vetoes, locks … that could not be used.
    notices : tuple of Notice
    proven : bool
        Whether nothing better exists: must-meets, least meetings, worth, fairness.
    hurried : bool
        Whether the clock ended the search; then the same input may give another plan on another machine.
    changes : Changes
        Against the timetable before; empty for a first plan.
    strangers : tuple of Profile
        Rows made for those who walked in and stand in no register; their meetings name these ids.
    """

    timetable: Timetable
    candidates: tuple[Candidate, ...]
    advice: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()
    proven: bool = True
    hurried: bool = False
    changes: Changes = field(default_factory=Changes)
    strangers: tuple[Profile, ...] = ()


def plan_event(
    agenda: Agenda,
    needs: Sequence[Profile],
    achievements: Sequence[Profile],
    matches: Iterable[Match],
    *,
    requests: Sequence[Request] = (),
    vetoes: Sequence[Apart] = (),
    met: Sequence[Apart] = (),
    conflicts: Sequence[Apart] = (),
    locks: Sequence[Placement] = (),
    lang: str = "zh",
) -> Plan:
    r"""Plan who meets whom, when and at which table.

    Must-meets come first, then the meetings that everybody shall have at least, then the largest number of expected
    worthwhile meetings, then fairness (see `matchmaker.event.assignment.spread_weights`), for which the share
    ``agenda.fairness`` of that number may be given up; then short waits, then short ways.

    Parameters
    ----------
    agenda : Agenda
        As `read_agenda` returned it.
    needs, achievements : sequence of Profile
        The registers.
    matches : iterable of Match
        Shortlists; ``Shortlist`` objects can be chained.
    requests, vetoes, met, conflicts, locks
        As the functions of `matchmaker.tables` read them.
    lang : {"zh", "en"}
        Language of reasons, notices and errors.

    Returns
    -------
    Plan
        The same input gives the same plan, unless ``hurried``.

    Raises
    ------
    SettingError
        If an exception in the agenda names nobody, or a must-meet is also forbidden.
    MatchmakerError
        If the plan breaks a rule, which would be a fault of the planner.

    Examples
    --------
    >>> from matchmaker.event import parse_agenda
    >>> agenda = parse_agenda('id = "E"\nname = "对接会"\ndate = 2026-11-20\nslots = 2\nhall.tables = 1')
    >>> needs = [Profile(f"N-{n}", "need", "电解液", organisation=name) for n, name in ((1, "甲厂"), (2, "乙厂"))]
    >>> teams = [Profile("A-1", "achievement", "电解质", organisation="某所")]
    >>> matches = [Match("N-1", "A-1", 1, 0.0, 0.8), Match("N-2", "A-1", 1, 0.0, 0.6)]
    >>> plan = plan_event(agenda, needs, teams, matches)
    >>> plan.timetable.value, plan.timetable.gap, len(plan.timetable.meetings)
    (1.4, 0.0, 2)
    """
    roll = name_parties(agenda, needs, achievements, lang=lang)
    candidates = make_candidates(
        agenda, roll, matches, requests=requests, vetoes=vetoes, met=met, conflicts=conflicts, lang=lang
    )
    fixed = place_locks(agenda, roll, candidates, locks, lang=lang)
    board = lay_board(
        agenda.occasion.hall, roll.parties, subjects_with(candidates, fixed.meetings), fixed.meetings, wish=agenda.wish
    )
    solution = solve(board, fairness=agenda.fairness, seconds=agenda.time_limit, gap=agenda.gap)
    timetable = write_timetable(agenda, roll, candidates, fixed, board, solution, lang)
    return Plan(
        timetable,
        candidates.rows,
        advise(board, solution.slots, lang=lang),
        (*candidates.rejected, *fixed.rejected),
        roll.notices,
        solution.proven,
        solution.hurried,
    )


def subjects_with(candidates: Candidates, locks: Sequence[Meeting]) -> list[Candidate]:
    """Return what each two parties would talk about; a locked meeting's pair takes the place of a better one."""
    subjects = candidates.subjects()
    rows = {(row.need_id, row.achievement_id): row for row in candidates.rows}
    for lock in locks:
        own = rows.get((lock.need_id, lock.achievement_id)) or Candidate(
            lock.need_id, lock.achievement_id, lock.enterprise, lock.team, lock.probability
        )
        subjects[lock.enterprise, lock.team] = own
    return [subjects[key] for key in sorted(subjects)]


def write_timetable(
    agenda: Agenda, roll: Roll, candidates: Candidates, locks: Locks, board: Board, solution: Solution, lang: str
) -> Timetable:
    """Return the timetable of a solution, with what is unmet, after its check.

    Raises
    ------
    MatchmakerError
        If it breaks a rule.
    """
    hall = agenda.occasion.hall
    tables = seat(hall, board, solution.slots, locks.meetings)
    fixed = {(lock.enterprise, lock.team) for lock in locks.meetings}
    timetable = Timetable(
        agenda.occasion,
        MappingProxyType(dict(roll.parties)),
        lay_meetings(hall, board, solution.slots, tables, fixed),
        tuple(explain_unmet(board, roll, candidates, solution.slots, lang)),
        solution.score.worth / UNIT,
        solution.bound / UNIT,
    )
    refuse_faulty(timetable, candidates, locks.meetings, lang)
    return timetable


def lay_meetings(
    hall: Hall, board: Board, slots: Mapping[int, int], tables: Mapping[int, str], locked: Collection[tuple[str, str]]
) -> tuple[Meeting, ...]:
    """Return slots and tables as meetings, by slot, then by the hall's order of tables."""
    order = {table: place for place, table in enumerate(hall.tables)}
    meetings = []
    for pair, slot in slots.items():
        subject = board.pairs[pair]
        parties = (subject.enterprise, subject.team)
        ids = (subject.need_id, subject.achievement_id)
        meetings.append(Meeting(slot + 1, tables[pair], *ids, *parties, subject.probability, parties in locked))
    return tuple(sorted(meetings, key=lambda meeting: (meeting.slot, order[meeting.table])))


def refuse_faulty(timetable: Timetable, candidates: Candidates, locks: Sequence[Meeting], lang: str) -> None:
    """Raise for a timetable that breaks a rule."""
    violations = check_timetable(
        timetable, candidates=candidates.rows, apart=set(candidates.apart), locks=locks, lang=lang
    )
    if violations:
        raise MatchmakerError(say(lang, "faulty_plan", violations="\n".join(violations)))
