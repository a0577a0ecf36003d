"""Records before documents on one line: documents under way wait between blocks while a record is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LONGEST_WAIT: Final = 20.0
"""Seconds after which a document goes on beside a call that does not end: its own connection would die."""


class Gate:
    """Open while documents may use the line."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Keep documents waiting for the length of a call that goes before them."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def wait(self) -> None:
        """Return when the gate is open, or after LONGEST_WAIT."""
        self._open.wait(LONGEST_WAIT)
