"""The two kinds of trouble that the clerk is told about; anything else is a bug.

``kind`` is a short English word for programs (``--json``), ``message`` is Vietnamese and says what is
wrong and what to do. ``details`` holds values for programs and never the data of a person.
"""

from __future__ import annotations


class CounterError(Exception):
    """What every foreseen error has in common; raise one of its two children."""

    def __init__(self, kind: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.details = details


class UserError(CounterError):
    """A rule of the law, of the desk or of the portal refused it (exit status 1)."""


class KnownError(CounterError):
    """A device, the disk, the database or the line failed in a way we know (exit status 3)."""
