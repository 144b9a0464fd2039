"""Metrics with confidence intervals over judged shortlists."""
