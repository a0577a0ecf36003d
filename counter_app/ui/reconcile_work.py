"""The comparison on its way: an applicant is taken in while the portal is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from counter_app.ui.own_thread import OwnThread

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.reconcile import Period


class ReconcileWork(OwnThread):
    """Runs one comparison, or one mending of all that differs, at a time; what was done before a stop stays.

    ``done`` tells the Report, or what was Mended.
    """

    compared = Signal(object)
    """A Progress of the comparison."""
    mended = Signal(int)
    """Differences sent again so far."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("reconcile", parent)

    def compare(self, desk: DeskContext, period: Period) -> None:
        """Begin to compare a period; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.portal_link import make_client
            from counter_app.services.reconcile import reconcile

            client = make_client(desk)
            try:
                return reconcile(desk, client, period, self.told_to_end, self.compared.emit)
            finally:
                client.close()

        self.begin(work)

    def mend_all(self, desk: DeskContext) -> None:
        """Begin to queue all that can be sent again; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.reconcile_mend import mend_all

            return mend_all(desk, self.told_to_end, self.mended.emit)

        self.begin(work)
