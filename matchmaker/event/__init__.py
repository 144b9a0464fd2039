"""Decide who meets whom, when and at which table; sees shortlists and rules, never models."""
