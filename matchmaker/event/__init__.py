"""Decide who meets whom, when and at which table; sees shortlists and rules, never models."""

from matchmaker.event.agenda import Agenda, Limits, Override, parse_agenda, read_agenda
from matchmaker.event.candidates import Candidates, make_candidates
from matchmaker.event.checking import check_timetable
from matchmaker.event.parties import Roll, name_parties
from matchmaker.event.planning import Plan, plan_event
from matchmaker.event.replanning import compare_meetings, replan_event
from matchmaker.event.situation import count_begun

__all__ = [
    "Agenda",
    "Candidates",
    "Limits",
    "Override",
    "Plan",
    "Roll",
    "check_timetable",
    "compare_meetings",
    "count_begun",
    "make_candidates",
    "name_parties",
    "parse_agenda",
    "plan_event",
    "read_agenda",
    "replan_event",
]
