"""Ctrl+K: finds a dossier by code, name, personal number, phone, a scanned barcode or words of its documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from counter_app.rules import dossier_code
from counter_app.services.values import QueueRow
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_date, status_label
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.pick_list import PickList, Suggestion
from counter_app.ui.theme import icon
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.document_text import TextHit

MOST_LINES = 20
SEARCH_DELAY_MS = 120
MIN_LETTERS = 2


class Words:
    NAME = QT_TRANSLATE_NOOP("SearchBox", "Tìm hồ sơ")
    PLACEHOLDER = QT_TRANSLATE_NOOP("SearchBox", "Tìm hồ sơ: mã, họ tên, số định danh, điện thoại, mã vạch   (Ctrl+K)")
    RESULTS = QT_TRANSLATE_NOOP("SearchBox", "Hồ sơ tìm thấy")
    IN_DOCUMENT = QT_TRANSLATE_NOOP("SearchBox", "{code}  ·  {name}  ·  trong «{file}», trang {page}: {words}")
    NOTHING = QT_TRANSLATE_NOOP(
        "SearchBox", "Không tìm thấy hồ sơ nào khớp «{text}». Hãy thử số điện thoại, số định danh hoặc một phần họ tên."
    )


@dataclass(frozen=True, slots=True)
class _Found:
    generation: int
    text: str
    rows: tuple[QueueRow, ...]
    hits: tuple[TextHit, ...] = ()
    """Dossiers found by the words of a document alone."""


def _find(desk: Any, generation: int, text: str) -> _Found:
    from counter_app.services.document_text import find_in_documents
    from counter_app.services.reading import find

    rows = tuple(find(desk, text))
    known = {row.id for row in rows}
    room = MOST_LINES - len(rows)
    hits = find_in_documents(desk, text, MOST_LINES) if room > 0 else []
    return _Found(generation, text, rows, tuple(hit for hit in hits if hit.row.id not in known)[:room])


def suggestion(row: QueueRow) -> Suggestion:
    """A found dossier as one line."""
    return Suggestion(
        f"{row.code}  ·  {row.applicant_name}  ·  {row.procedure_name}  ·  {status_label(row.status)}"
        f"  ·  nhận {local_date(row.received_at)}",
        row.code,
    )


def hit_suggestion(hit: TextHit) -> Suggestion:
    """A dossier found by the words of a document: where, and among which words."""
    words = translate("SearchBox", Words.IN_DOCUMENT)
    name = hit.row.applicant_name
    line = words.format(code=hit.row.code, name=name, file=hit.file_name, page=hit.page, words=hit.words)
    return Suggestion(line, hit.row.code)


class SearchBox(QLineEdit):
    """Finds while one types; Enter opens the chosen dossier, or at once the one whose code was typed or scanned."""

    opened = Signal(str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._generation = 0
        self._open_when_found = False
        self.setObjectName("searchBox")
        self.setAccessibleName(translate("SearchBox", Words.NAME))
        self.setPlaceholderText(translate("SearchBox", Words.PLACEHOLDER))
        self.setClearButtonEnabled(True)
        self.addAction(QAction(icon("search"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self._list: PickList | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_DELAY_MS)
        self._timer.timeout.connect(self._ask)
        self.textChanged.connect(self._text_changed)
        self.returnPressed.connect(self._enter)

    @property
    def results(self) -> PickList:
        """The list under the box."""
        if self._list is None:
            self._list = PickList(self, translate("SearchBox", Words.RESULTS))
            self._list.picked.connect(self._open)
        return self._list

    def take_focus(self) -> None:
        """Ctrl+K: from anywhere, with the old text ready to be typed over."""
        commit_preedit()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Escape is a shortcut on some pages; in a box with text it empties the box.
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text():
            event.accept()
            return True
        return super().event(event)

    def _text_changed(self, _text: str) -> None:
        self._generation += 1
        self._open_when_found = False
        if len(nfc(self.text())) < MIN_LETTERS:
            self._timer.stop()
            self.results.offer(())
        else:
            self._timer.start()

    def _ask(self) -> None:
        text = nfc(self.text())
        self._context.executor.submit(partial(_find, self._context.desk, self._generation, text), self._found)

    def _found(self, answer: _Found) -> None:
        if answer.generation != self._generation:
            return
        if self._open_when_found:
            self._open_when_found = False
            exact = self._exact(answer)
            if exact is not None:
                self._open(exact)
                return
            if not answer.rows and not answer.hits:
                self._context.tell(translate("SearchBox", Words.NOTHING).format(text=answer.text), "warning")
        if self.hasFocus():
            by_words = [hit_suggestion(hit) for hit in answer.hits]
            self.results.offer([*map(suggestion, answer.rows), *by_words])

    @staticmethod
    def _exact(answer: _Found) -> str | None:
        wanted = dossier_code.normalise(answer.text)
        for row in answer.rows:
            if wanted in (row.code, row.portal_code):
                return row.code
        found = answer.rows or tuple(hit.row for hit in answer.hits)
        return found[0].code if len(found) == 1 else None

    def _enter(self) -> None:
        """Enter before the answer is there (a scanner types and presses Enter at once)."""
        commit_preedit()
        if len(nfc(self.text())) < MIN_LETTERS:
            return
        self._timer.stop()
        self._open_when_found = True
        self._ask()

    def _open(self, code: object) -> None:
        self.clear()
        self.opened.emit(str(code))
