"""Child process: the window with the whole queue shown and scrolled and a search done; tells its memory.

Run as ``python -m benchmarks.memory_window DATA_DIRECTORY``; the parent process ends it. With no directory: an
empty PySide6 window, for comparison.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

SCROLL_STEPS = 60
SEARCHES = ("ng", "nguyễn thị", "h' ngăm", "0912", "H15.36-2")
LOOK_EVERY_MS = 10


def memory_mib() -> tuple[float, float]:
    """Resident memory now and at its highest, in MiB."""
    process = psutil.Process()
    now = process.memory_info()
    peak = getattr(now, "peak_wset", 0) or _linux_peak() or now.rss
    return now.rss / 2**20, peak / 2**20


def _linux_peak() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def tell(**more: int) -> None:
    """One line of JSON for the parent."""
    resident, peak = memory_mib()
    sys.stdout.write(json.dumps({"resident": resident, "peak": peak, **more}) + "\n")
    sys.stdout.flush()


class Script(QObject):
    """Does one step after another, each as soon as the answers to the one before are there."""

    def __init__(self, ready: Callable[[], bool], steps: list[Callable[[], object]]) -> None:
        super().__init__()
        self._ready = ready
        self._steps = steps
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if not self._ready():
            return
        try:
            self._steps.pop(0)()
        except Exception:
            # The window's own hook would show a box and wait for somebody to close it.
            traceback.print_exc()
            os._exit(1)
        if not self._steps:
            self._timer.stop()


def main(directory: str) -> int:
    from counter_app.app import RunningApp, make_application
    from counter_app.services.desk import open_desk
    from counter_app.ui.queue_page import QueuePage

    app = make_application()
    running = RunningApp(open_desk(Path(directory)), start_page="queue")
    running.start()
    running.window.activateWindow()  # without a window manager nobody else gives it the keyboard
    window = running.window
    page = window.page("queue")
    assert isinstance(page, QueuePage)
    bar = page.table.verticalScrollBar()

    def scroll(step: int) -> None:
        bar.setValue(bar.maximum() * step // SCROLL_STEPS)

    def search(text: str) -> None:
        window.search_box.take_focus()
        window.search_box.setText(text)

    steps: list[Callable[[], object]] = [lambda: page.show_scope("all")]
    steps += [lambda step=step: scroll(step) for step in range(SCROLL_STEPS + 1)]  # type: ignore[misc]
    steps += [lambda text=text: search(text) for text in SEARCHES]  # type: ignore[misc]
    steps += [
        gc.collect,
        lambda: tell(rows=page.model.rowCount(), found=window.search_box.results.count),
    ]
    typing = window.search_box.findChild(QTimer)

    def ready() -> bool:
        return running.executor.pending == 0 and not (typing is not None and typing.isActive())

    script = Script(ready, steps)
    status = app.exec()
    del script
    return status


def bare() -> int:
    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1366, 768)
    window.show()
    script = Script(window.isVisible, [tell])
    status = app.exec()
    del script
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) > 1 else bare())
