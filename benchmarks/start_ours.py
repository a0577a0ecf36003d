"""Child process: the program as the clerk starts it, with the queue as first page; tells when its rows are painted.

Run as ``python -m benchmarks.start_ours DATA_DIRECTORY``; the parent process ends it.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext


def main(directory: str) -> int:
    """The whole way through the command line; only the page in front differs from a clerk's start."""
    gc.disable()  # as counter_app.commands.windows does before it imports the window
    from PySide6.QtCore import QEvent, QObject, QTimer

    from counter_app import app
    from counter_app.cli import main as run
    from counter_app.ui.queue_page import QueuePage

    class FirstRows(QObject):
        """Waits for the first paint of a table that has rows to show."""

        def __init__(self, page: QueuePage) -> None:
            super().__init__(page)
            self._page = page
            page.table.viewport().installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and self._page.model.row_at(0) is not None:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, self, painted)
            return False

    class QueueFirst(app.RunningApp):
        def __init__(self, desk: DeskContext, **options: Any) -> None:
            super().__init__(desk, **{**options, "start_page": "queue"})

        def start(self) -> None:
            super().start()
            page = self.window.page("queue")
            assert isinstance(page, QueuePage)
            self.first_rows = FirstRows(page)

    def painted() -> None:
        sys.stdout.write(f"{time.monotonic_ns()}\n")
        sys.stdout.flush()

    app.RunningApp = QueueFirst  # type: ignore[misc]
    return run(["--data", directory])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
