"""Fetching the portal's files of a dossier: in a thread of its own, since a thin line takes its time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.services.values import DocumentView, DossierView, PortalFileView
from counter_app.ui.context import AppContext
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.online_documents import FetchOutcome


class Words:
    """What the button says, and what came of it."""

    FETCH = QT_TRANSLATE_NOOP("PortalFiles", "Tải {count} tệp từ cổng (Ctrl+D)")
    STOP = QT_TRANSLATE_NOOP("PortalFiles", "Dừng tải (Ctrl+D)")
    FETCHED = QT_TRANSLATE_NOOP("PortalFiles", "Đã tải {count} tệp từ cổng cho hồ sơ {code}.")
    NONE_FETCHED = QT_TRANSLATE_NOOP("PortalFiles", "Chưa tải được tệp nào từ cổng cho hồ sơ {code}.")


class PortalFetch(QObject):
    """Fetches the files of one dossier at a time; its signals are heard on the GUI thread."""

    done = Signal(object)
    """The FetchOutcome."""
    failed = Signal(object)
    """The exception; what was fetched before it stays."""
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told_to_end = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, desk: DeskContext, code: str) -> None:
        """Begin to fetch; an earlier fetch is waited for, which has told that it ended."""
        self.join()
        self._told_to_end.clear()
        self._thread = threading.Thread(target=self._run, args=(desk, code), name="portal-files", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the block under way; what has come of a file stays."""
        self._told_to_end.set()

    def join(self) -> None:
        """End, and wait for it."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self, desk: DeskContext, code: str) -> None:
        from counter_app.services.online_documents import fetch
        from counter_app.services.portal_link import make_client

        try:
            client = make_client(desk)
            try:
                outcome = fetch(desk, client, code, self._told_to_end.is_set)
            finally:
                client.close()
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(outcome)
        self.ended.emit()


class FetchButton(QPushButton):
    """There while the portal holds files of the shown dossier that are not here; the same key stops it."""

    document_ready = Signal(object)
    """A DocumentView: the file that was asked for by name is here now."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._code = ""
        self._waiting = 0
        self._busy = False
        self._wanted: tuple[str, PortalFileView] | None = None
        self._fetch = PortalFetch(self)
        self._fetch.done.connect(self._take)
        self._fetch.failed.connect(self._failed)
        self._fetch.ended.connect(self._ended)
        self.clicked.connect(self._pressed)
        self._show()

    def show_files(self, view: DossierView) -> None:
        """Another dossier is shown, or the same one has changed."""
        self._code, self._waiting = view.row.code, len(view.portal_files)
        self._show()
        if self._wanted is not None and self._wanted[0] == self._code:
            document = _same(view.documents, self._wanted[1])
            if document is not None:
                self._wanted = None
                self.document_ready.emit(document)

    @Slot(object)
    def fetch_and_open(self, file: PortalFileView) -> None:
        """Fetch, and tell when this file is there."""
        self._wanted = (self._code, file)
        self._start()

    def closing(self) -> None:
        """Wait for the block under way."""
        self._fetch.join()

    @Slot()
    def _pressed(self) -> None:
        if self._busy:
            self._fetch.stop()
        else:
            self._start()

    def _start(self) -> None:
        if not self._busy:
            self._busy = True
            self._fetch.start(self._context.desk, self._code)
            self._show()

    @Slot()
    def _ended(self) -> None:
        self._busy = False
        self._show()

    def _show(self) -> None:
        text = _tr(Words.STOP) if self._busy else _tr(Words.FETCH).format(count=self._waiting)
        self.setText(text)
        self.setAccessibleName(text)
        self.setShortcut("Ctrl+D")
        self.setVisible(self._busy or self._waiting > 0)

    @Slot(object)
    def _take(self, outcome: FetchOutcome) -> None:
        self._context.announce("dossier", dossiers=(outcome.code,))
        words = Words.FETCHED if outcome.fetched else Words.NONE_FETCHED
        text = _tr(words).format(count=outcome.fetched, code=outcome.code)
        self._context.tell(" ".join((text, *outcome.problems)), "warning" if outcome.problems else "success")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._wanted = None
        self._context.announce("dossier", dossiers=(self._code,))
        self._context.show_error(error)


def _same(documents: tuple[DocumentView, ...], file: PortalFileView) -> DocumentView | None:
    place = (file.component_code, file.result_code)
    there = (item for item in documents if (item.component_code, item.result_code) == place)
    return next((item for item in there if item.file_name == file.file_name), None)


def _tr(text: str) -> str:
    return translate("PortalFiles", text)
