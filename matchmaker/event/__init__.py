"""Decide who meets whom, when and at which table; sees shortlists and rules, never models."""

from matchmaker.event.slate import SlateRules, choose_slate
from matchmaker.event.slate_limits import Quota

__all__ = ["Quota", "SlateRules", "choose_slate"]
