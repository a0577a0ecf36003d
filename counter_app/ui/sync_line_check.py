"""The probe of the line: a name that nobody answers may take seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from counter_app.ui.own_thread import OwnThread

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


class LineCheck(OwnThread):
    """Runs one check at a time, and tells what was found before a stop too; ``done`` tells the :class:`Checked`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("line-check", parent)

    def start(self, desk: DeskContext) -> None:
        """Begin; nothing while an earlier check is under way."""
        self.begin(partial(self._check, desk))

    def stop(self, seconds: float | None = END_SECONDS) -> None:
        """Stop, and wait for the thread: a tenth of a second, or a little more for a keyring that is slow."""
        super().stop(seconds)

    def _check(self, desk: DeskContext) -> Checked:
        from counter_app.services import line_probe
        from counter_app.services.diagnosis import password_is_set

        portal = desk.settings.portal
        bundle = Path(portal.ca_bundle) if portal.ca_bundle else None
        found = Checked(None, password_is_set(desk.settings))
        if portal.url:
            limit, stop = line_probe.STEP_SECONDS, self._told_to_end
            line = line_probe.probe_line(portal.url, bundle, clock=desk.clock, stop=stop, seconds=limit)
            found = replace(found, line=line)
        return found
