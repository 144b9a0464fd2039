"""The command line: one command a task, each thin."""

from matchmaker.cli.program import main

__all__ = ["main"]
