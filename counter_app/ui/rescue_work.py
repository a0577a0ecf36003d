"""A rescue file on its way out or to the portal: gigabytes and a thin line take hours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from counter_app.ui.own_thread import OwnThread

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.rescue_send import SendProgress


class RescueWork(OwnThread):
    """Runs one export or one sending at a time; stopped, an export is undone and a sending can be taken up again.

    ``done`` tells what was Exported or Carried.
    """

    progressed = Signal(int, int)
    """How many of how many dossiers are done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("rescue", parent)
        self._last = (-1, -1)

    def export(self, desk: DeskContext, target: Path, passphrase: str) -> None:
        """Begin to write a file; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.rescue_export import export_rescue

            return export_rescue(desk, target, passphrase, self._tell)

        self._last = (-1, -1)
        self.begin(work)

    def send(self, desk: DeskContext, file: Path, passphrase: str) -> None:
        """Begin to send another desk's file; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.portal_link import make_client
            from counter_app.services.rescue_send import send_rescue

            def tell(progress: SendProgress) -> None:
                self._tell(progress.done, progress.of)

            client = make_client(desk)
            try:
                return send_rescue(desk, file, passphrase, client, tell, wait=self._told_to_end.wait)
            finally:
                client.close()

        self._last = (-1, -1)
        self.begin(work)

    def _tell(self, done: int, of: int) -> None:
        self.end_if_told()
        # Told of every block of a document; the window wants to hear of dossiers.
        if self._last != (done, of):
            self._last = (done, of)
            self.progressed.emit(done, of)
