"""The watched folder, while the page of scanning is in front: what has come is told, and taken by a key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.errors import CounterError
from counter_app.ui.context import AppContext
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.folder import FolderWatch
    from counter_app.scanning.model import ScanSource

LOOK_MS = 2000
"""Folders of a network tell of no change by themselves, so they are looked at."""


class Words:
    """What the button says."""

    NEWS = QT_TRANSLATE_NOOP("FolderNews", "Lấy {count} tệp mới từ thư mục quét (Ctrl+M)")


class FolderNews(QPushButton):
    """There only while files wait; looking is done in a thread of its own, as a folder may be long in answering."""

    def __init__(self, context: AppContext, page: QWidget) -> None:
        super().__init__(page)
        self.context = context
        self.count = 0
        self._page = page
        self._is_read = False
        self._watch: FolderWatch | None = None
        self._thread = OwnThread("folder-watch", self)
        self._thread.done.connect(self._show)
        self._thread.failed.connect(self._out_of_reach)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._show(0)

    @Slot()
    def look(self) -> None:
        """Look into the folder once, if there is one and somebody sees the answer."""
        folder = self.context.desk.settings.scan.folder
        if not folder:
            self._show(0)
        elif self._page.isVisible():
            self._thread.begin(self._watch_of(Path(folder)).look)

    def opener(self) -> Callable[[], ScanSource]:
        """Opens the folder as a source, in the thread that reads."""
        self._is_read = True
        return partial(_open, Path(self.context.desk.settings.scan.folder))

    @Slot(object)
    def run_ended(self, error: Exception | None) -> None:
        """Files that lie there still after they were read cannot be taken, and that was said: no news."""
        is_stopped = isinstance(error, CounterError) and error.kind == "stopped"
        if self._is_read and self._watch is not None and not is_stopped:
            self._watch.has_been_read()
            self._show(0)
        self._is_read = False

    def closing(self) -> None:
        """The program ends. A folder that does not answer is not waited for: nothing is written there."""
        self._timer.stop()
        self._thread.stop(1.0)

    def _watch_of(self, folder: Path) -> FolderWatch:
        from counter_app.scanning.folder import FolderWatch

        if self._watch is None or self._watch.folder != folder:
            self._watch = FolderWatch(folder)
        return self._watch

    @Slot(object)
    def _show(self, count: int) -> None:
        self.count = count
        words = translate("FolderNews", Words.NEWS).format(count=count)
        self.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(count))

    @Slot(object)
    def _out_of_reach(self, error: Exception) -> None:
        """Said when somebody reads from the folder; every two seconds it would be noise."""
        from counter_app.scanning.model import ScanTrouble

        self._show(0)
        if not isinstance(error, ScanTrouble):
            self.context.show_error(error)


def _open(folder: Path) -> ScanSource:
    from counter_app.scanning.folder import FolderSource

    return FolderSource(folder)
