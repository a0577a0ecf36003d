"""The sign-in tried from the settings: a portal that does not answer takes its time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from counter_app.ui.own_thread import OwnThread

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.portal_check import Connection
    from counter_app.settings import Settings


class ConnectionTrial(OwnThread):
    """Runs one trial at a time, as long as one sign-in may take; ``done`` tells the Connection."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("connection-trial", parent)

    def start(self, desk: DeskContext, settings: Settings, password: str) -> None:
        """Begin; nothing while an earlier trial is under way."""
        self.begin(partial(_sign_in, desk, settings, password))


def _sign_in(desk: DeskContext, settings: Settings, password: str) -> Connection:
    from counter_app.services.portal_check import try_connection

    return try_connection(desk, settings, password)
