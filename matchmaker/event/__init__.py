"""Decide who meets whom, when and at which table; sees shortlists and rules, never models."""

from matchmaker.event.agenda import Agenda, Limits, Override, parse_agenda, read_agenda
from matchmaker.event.candidates import Candidates, make_candidates
from matchmaker.event.checking import check_timetable
from matchmaker.event.decisions import apply_decisions
from matchmaker.event.exposure import Propensities, measure_propensities
from matchmaker.event.figures import count_event
from matchmaker.event.followup import list_followups
from matchmaker.event.outcomes import grade_mark, judge_outcomes, trace_outcomes
from matchmaker.event.parties import Roll, name_parties
from matchmaker.event.planning import Plan, plan_event
from matchmaker.event.replanning import compare_meetings, replan_event
from matchmaker.event.situation import count_begun
from matchmaker.event.slate import SlateRules, choose_slate
from matchmaker.event.slate_limits import Quota

__all__ = [
    "Agenda",
    "Candidates",
    "Limits",
    "Override",
    "Plan",
    "Propensities",
    "Quota",
    "Roll",
    "SlateRules",
    "apply_decisions",
    "check_timetable",
    "choose_slate",
    "compare_meetings",
    "count_begun",
    "count_event",
    "grade_mark",
    "judge_outcomes",
    "list_followups",
    "make_candidates",
    "measure_propensities",
    "name_parties",
    "parse_agenda",
    "plan_event",
    "read_agenda",
    "replan_event",
    "trace_outcomes",
]
