"""The probe of the line in a thread of its own: a name that nobody answers may take seconds."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.line_probe import LineReport


END_SECONDS = 3.0
"""Nobody waits longer for the check to end; it writes nothing."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check; ``line`` None without an address."""

    line: LineReport | None
    password_set: bool


class LineCheck(QObject):
    """Runs one check at a time; its signals are heard on the GUI thread."""

    done = Signal(object)
    """The :class:`Checked`."""
    failed = Signal(object)
    """The exception that nobody foresaw."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether a check is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, desk: DeskContext) -> None:
        """Begin; nothing while an earlier check is under way."""
        if self.running:
            return
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(desk, self._stop), name="line-check", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop waiting; what was found until now is still told."""
        self._stop.set()

    def end(self) -> None:
        """Stop, and wait for the thread: a tenth of a second, or a little more for a keyring that is slow."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    def _run(self, desk: DeskContext, stop: threading.Event) -> None:
        from counter_app.services import line_probe
        from counter_app.services.diagnosis import password_is_set

        portal = desk.settings.portal
        bundle = Path(portal.ca_bundle) if portal.ca_bundle else None
        try:
            found = Checked(None, password_is_set(desk.settings))
            if portal.url:
                limit = line_probe.STEP_SECONDS
                line = line_probe.probe_line(portal.url, bundle, clock=desk.clock, stop=stop, seconds=limit)
                found = replace(found, line=line)
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(found)
