"""Decide who meets whom, when and at which table; sees shortlists and rules, never models."""

from matchmaker.event.decisions import apply_decisions
from matchmaker.event.exposure import Propensities, measure_propensities
from matchmaker.event.figures import count_event
from matchmaker.event.followup import list_followups
from matchmaker.event.outcomes import grade_mark, judge_outcomes, trace_outcomes
from matchmaker.event.slate import SlateRules, choose_slate
from matchmaker.event.slate_limits import Quota

__all__ = [
    "Propensities",
    "Quota",
    "SlateRules",
    "apply_decisions",
    "choose_slate",
    "count_event",
    "grade_mark",
    "judge_outcomes",
    "list_followups",
    "measure_propensities",
    "trace_outcomes",
]
