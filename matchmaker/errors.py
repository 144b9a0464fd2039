"""Every error that matchmaker raises on purpose: one tree, leaves also subclass the fitting built-in."""

from __future__ import annotations


class MatchmakerError(Exception):
    """Base of all errors raised by this library; its message says what, what was found and what to do."""


class TableError(MatchmakerError, ValueError):
    """A table as a whole cannot be used: unreadable, empty, or without a required column."""


class RecordError(MatchmakerError, ValueError):
    """A record was built with values that break its contract."""


class UnknownIdError(MatchmakerError, KeyError):
    """An id names no profile of the register it was looked up in."""

    def __str__(self) -> str:
        """Return the message itself; ``KeyError`` would show its ``repr``."""
        return str(self.args[0]) if self.args else ""


class SettingError(MatchmakerError, ValueError):
    """A setting has a value that is not allowed; the message lists what is."""


class NotFittedError(MatchmakerError, RuntimeError):
    """The engine was asked to work before ``fit``."""


class ModelError(MatchmakerError, ValueError):
    """A saved model is damaged, incomplete or of another version."""


class MissingExtraError(MatchmakerError, ImportError):
    """A feature needs an optional package that is not installed; the message names the extra."""
