"""The portal's catalogue on its way in: thousands of calls take their time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from counter_app.ui.own_thread import OwnThread

if TYPE_CHECKING:
    from counter_app.services.catalogue_import import ImportOutcome
    from counter_app.services.desk import DeskContext


class CatalogueFetch(OwnThread):
    """Runs one import at a time; ``done`` tells the ImportOutcome, and nothing is written by one that was stopped."""

    progressed = Signal(int)
    """Procedures fetched so far."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("catalogue-fetch", parent)

    def start(self, desk: DeskContext) -> None:
        """Begin to fetch; nothing while an earlier fetch is under way."""
        self.begin(partial(self._fetch, desk))

    def _fetch(self, desk: DeskContext) -> ImportOutcome:
        from counter_app.services.portal_link import import_catalogue_from_portal

        return import_catalogue_from_portal(desk, self._tell)

    def _tell(self, fetched: int) -> None:
        self.end_if_told()
        self.progressed.emit(fetched)
