"""Fetching the portal's files of a dossier: a thin line takes its time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.services.values import DocumentView, DossierView, PortalFileView
from counter_app.ui.context import AppContext
from counter_app.ui.own_thread import OwnThread
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


class PortalFetch(OwnThread):
    """Fetches the files of one dossier at a time; what came before an end or a failure stays.

    ``done`` tells the FetchOutcome. It ends after the block under way.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("portal-files", parent)

    def start(self, desk: DeskContext, code: str) -> None:
        """Begin to fetch; nothing while something is under way."""
        self.begin(partial(self._fetch, desk, code))

    def _fetch(self, desk: DeskContext, code: str) -> FetchOutcome:
        from counter_app.services.online_documents import fetch
        from counter_app.services.portal_link import make_client

        client = make_client(desk)
        try:
            return fetch(desk, client, code, self.told_to_end)
        finally:
            client.close()


class FetchButton(QPushButton):
    """There while the portal holds files of the shown dossier that are not here; the same key stops it."""

    document_ready = Signal(object)
    """A DocumentView: the file that was asked for by name is here now."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._code = ""
        self._waiting = 0
        self._wanted: tuple[str, PortalFileView] | None = None
        self._fetch = PortalFetch(self)
        self._fetch.done.connect(self._take)
        self._fetch.failed.connect(self._failed)
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
        self._fetch.stop()

    @Slot()
    def _pressed(self) -> None:
        if self._fetch.running:
            self._fetch.cancel()
        else:
            self._start()

    def _start(self) -> None:
        self._fetch.start(self._context.desk, self._code)
        self._show()

    def _show(self) -> None:
        text = _tr(Words.STOP) if self._fetch.running else _tr(Words.FETCH).format(count=self._waiting)
        self.setText(text)
        self.setAccessibleName(text)
        self.setShortcut("Ctrl+D")
        self.setVisible(self._fetch.running or self._waiting > 0)

    @Slot(object)
    def _take(self, outcome: FetchOutcome) -> None:
        self._show()
        self._context.announce("dossier", dossiers=(outcome.code,))
        words = Words.FETCHED if outcome.fetched else Words.NONE_FETCHED
        text = _tr(words).format(count=outcome.fetched, code=outcome.code)
        more = (*outcome.problems, *outcome.warnings)
        self._context.tell(" ".join((text, *more)), "warning" if more else "success")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._wanted = None
        self._show()
        self._context.announce("dossier", dossiers=(self._code,))
        self._context.show_error(error)


def _same(documents: tuple[DocumentView, ...], file: PortalFileView) -> DocumentView | None:
    place = (file.component_code, file.result_code)
    there = (item for item in documents if (item.component_code, item.result_code) == place)
    return next((item for item in there if item.file_name == file.file_name), None)


def _tr(text: str) -> str:
    return translate("PortalFiles", text)
