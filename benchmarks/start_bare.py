"""Child process: the least that PySide6 can show, a QApplication with an empty window; tells when it is painted.

The parent process ends it.
"""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class BareWindow(QMainWindow):
    """An empty window that tells when it has been painted."""

    def __init__(self) -> None:
        super().__init__()
        self._told = False
        self.resize(1366, 768)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._told:
            self._told = True
            QTimer.singleShot(0, self, self.painted)
        return super().event(event)

    def painted(self) -> None:
        sys.stdout.write(f"{time.monotonic_ns()}\n")
        sys.stdout.flush()


def main() -> int:
    app = QApplication(sys.argv[:1])
    window = BareWindow()
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
