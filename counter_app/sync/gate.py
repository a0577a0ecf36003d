"""Records before documents on one line: documents hold their blocks back for a moment when a record is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

HEAD_START: Final = 0.4
"""Seconds of a record's call for which documents stand still.

It is on its way by then. To stand still until it is answered would leave a thin line idle for a round trip each time.
"""


class Gate:
    """Open while documents may use the line."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Give a call that goes before documents its head start."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def wait(self) -> None:
        """Return when the gate is open, or after the head start."""
        self._open.wait(HEAD_START)
