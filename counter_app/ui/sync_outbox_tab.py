"""What is on its way or stuck: every message, paged through the database, and what to do about the chosen one."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.services.desk import DeskContext
from counter_app.services.outbox import OutboxItem, Shown, outbox_ids, outbox_items, retry, retry_all
from counter_app.ui.choosing_table import ChoosingTable
from counter_app.ui.context import AppContext
from counter_app.ui.correct_dialog import CorrectDialog
from counter_app.ui.formatting import local_time
from counter_app.ui.paged_table import Column, PagedModel
from counter_app.ui.rescue_dialog import RescueDialog
from counter_app.ui.sync_numbers import count_words
from counter_app.ui.sync_page_words import explanation, kind_words, said, state_words
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the tab says."""

    DOSSIER = QT_TRANSLATE_NOOP("SyncOutbox", "Hồ sơ")
    WHAT = QT_TRANSLATE_NOOP("SyncOutbox", "Nội dung")
    STATE = QT_TRANSLATE_NOOP("SyncOutbox", "Trạng thái")
    SAID = QT_TRANSLATE_NOOP("SyncOutbox", "Lời của cổng, của đường truyền")
    TRIES = QT_TRANSLATE_NOOP("SyncOutbox", "Số lần")
    NEXT = QT_TRANSLATE_NOOP("SyncOutbox", "Gửi tiếp lúc")
    TABLE = QT_TRANSLATE_NOOP("SyncOutbox", "Tin chờ gửi và cần xử lý")
    SHOW = QT_TRANSLATE_NOOP("SyncOutbox", "&Hiện:")
    ALL = QT_TRANSLATE_NOOP("SyncOutbox", "tất cả")
    ATTENTION = QT_TRANSLATE_NOOP("SyncOutbox", "cần xử lý")
    RECORDS = QT_TRANSLATE_NOOP("SyncOutbox", "hồ sơ và bước xử lý")
    DOCUMENTS = QT_TRANSLATE_NOOP("SyncOutbox", "tài liệu")
    SHOWN = QT_TRANSLATE_NOOP("SyncOutbox", "{count} tin")
    CORRECT = QT_TRANSLATE_NOOP("SyncOutbox", "Sửa và gửi lại (Ctrl+E)")
    RETRY = QT_TRANSLATE_NOOP("SyncOutbox", "Gửi lại (Ctrl+R)")
    RETRY_ALL = QT_TRANSLATE_NOOP("SyncOutbox", "Gửi lại tất cả (Ctrl+Shift+R)")
    RETRIED = QT_TRANSLATE_NOOP("SyncOutbox", "Tin của hồ sơ {code} được gửi lại.")
    RETRIED_ALL = QT_TRANSLATE_NOOP("SyncOutbox", "{count} tin cần xử lý được gửi lại.")
    OPEN = QT_TRANSLATE_NOOP("SyncOutbox", "Mở hồ sơ (Enter)")
    RESCUE = QT_TRANSLATE_NOOP("SyncOutbox", "Tệp cứu hộ… (Ctrl+U)")
    RESCUE_HINT = QT_TRANSLATE_NOOP(
        "SyncOutbox",
        "Mất mạng lâu: mang những gì đang chờ sang quầy khác bằng thẻ nhớ để gửi hộ, hoặc gửi hộ quầy khác.",
    )
    NOTHING = QT_TRANSLATE_NOOP("SyncOutbox", "Không còn gì chờ gửi: cổng đã nhận tất cả.")
    NOTHING_CHOSEN = QT_TRANSLATE_NOOP("SyncOutbox", "Không có tin nào như vậy.")


CHOICES = (
    (Shown.ALL, Words.ALL),
    (Shown.ATTENTION, Words.ATTENTION),
    (Shown.RECORDS, Words.RECORDS),
    (Shown.DOCUMENTS, Words.DOCUMENTS),
)


def _dossier(row: OutboxItem, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return row.dossier_code, ""


def _what(row: OutboxItem, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return kind_words(row), ""


def _state(row: OutboxItem, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return state_words(row)


def _said(row: OutboxItem, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return said(row), ""


def _tries(row: OutboxItem, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return str(row.attempts), ""


def _next(row: OutboxItem, now: datetime, _calendar: Any) -> tuple[str, str]:
    later = row.state == "waiting" and not row.held_back and row.next_attempt_at > now
    return (local_time(row.next_attempt_at) if later else ""), ""


COLUMNS: tuple[Column[OutboxItem], ...] = (
    Column("dossier", Words.DOSSIER, _dossier, 176),
    Column("what", Words.WHAT, _what, 250),
    Column("state", Words.STATE, _state, 136),
    Column("said", Words.SAID, _said, 300),
    Column("tries", Words.TRIES, _tries, 70),
    Column("next", Words.NEXT, _next, 136),
)


class OutboxModel(PagedModel[OutboxItem]):
    """The messages that are not done; those that need attention are on top."""

    words: ClassVar[str] = "SyncOutbox"
    key_column: ClassVar[str] = "dossier"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, COLUMNS, parent)
        self.shown = Shown.ALL

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(outbox_ids, self._context.desk, self.shown)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[OutboxItem]]:
        return partial(outbox_items, self._context.desk, ids)


class OutboxTab(QWidget):
    """The table, the choice of what it shows, what was said of the chosen message and what can be done."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.paused = False
        self.dialog: CorrectDialog | None = None
        self.rescue: RescueDialog | None = None
        self.model = OutboxModel(context, self)
        self.table = ChoosingTable(self.model, translate("SyncOutbox", Words.TABLE), stretch="said", parent=self)
        self.table.chosen.connect(self._chosen)
        self.table.row_opened.connect(self._open)
        self.model.loaded.connect(self._loaded)
        self._build_choice()
        self._build_words()
        self._build_buttons()
        self._lay_out()
        self._chosen(None)

    def refresh(self) -> None:
        """Read the messages again."""
        self.model.refresh()

    def focus(self) -> None:
        """Put the keys to the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        """The window closes: what a rescue window is doing ends first."""
        if self.rescue is not None:
            self.rescue.shutdown()

    @Slot()
    def open_rescue(self) -> None:
        """What waits goes out on a stick, or another desk's comes in."""
        if self.rescue is not None:
            self.rescue.deleteLater()
        self.rescue = RescueDialog(self.context, self)
        self.rescue.open()

    def set_paused(self, paused: bool) -> None:
        """The advice on what waits depends on it."""
        if paused != self.paused:
            self.paused = paused
            self._chosen(self.table.current_row())

    @Slot()
    def correct_chosen(self) -> None:
        """Correct the dossier of the chosen message, at the entry that the portal names; it then goes again."""
        row = self.table.current_row()
        if row is None:
            return
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = CorrectDialog(self.context, row.dossier_code, row.error_field, self)
        self.dialog.open()

    @Slot()
    def retry_chosen(self) -> None:
        """Send the chosen message again, in its place."""
        row = self.table.current_row()
        if row is not None:
            self.retry_button.setEnabled(False)
            self.context.executor.submit(partial(_retry, self.context.desk, row), self._retried, self._not_retried)

    @Slot()
    def retry_all(self) -> None:
        """Send all that needed attention again."""
        self.retry_all_button.setEnabled(False)
        self.context.executor.submit(partial(retry_all, self.context.desk), self._retried_all, self._not_retried)

    def show_attention(self, count: int) -> None:
        """How many messages need a person: all of them can be sent again at once."""
        self.retry_all_button.setEnabled(count > 0)

    def _build_choice(self) -> None:
        self.choice = QComboBox(self)
        for shown, words in CHOICES:
            self.choice.addItem(_tr(words), shown)
        self.choice.setAccessibleName(_tr(Words.SHOW).replace("&", ""))
        self.choice.currentIndexChanged.connect(self._choose_shown)
        self.count = QLabel(self)
        set_role(self.count, "hint")

    def _build_words(self) -> None:
        self.said = QLabel(self)
        self.advice = QLabel(self)
        for label in (self.said, self.advice):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.advice, "section")

    def _build_buttons(self) -> None:
        self.open_button = self._button(Words.OPEN, self._open_chosen)
        self.correct_button = self._button(Words.CORRECT, self.correct_chosen)
        self.correct_button.setShortcut("Ctrl+E")
        self.retry_button = self._button(Words.RETRY, self.retry_chosen)
        self.retry_button.setShortcut("Ctrl+R")
        self.retry_all_button = self._button(Words.RETRY_ALL, self.retry_all)
        self.retry_all_button.setShortcut("Ctrl+Shift+R")
        self.retry_all_button.setEnabled(False)
        self.rescue_button = self._button(Words.RESCUE, self.open_rescue)
        self.rescue_button.setShortcut("Ctrl+U")
        self.rescue_button.setToolTip(_tr(Words.RESCUE_HINT))

    def _lay_out(self) -> None:
        label = QLabel(_tr(Words.SHOW), self)
        label.setBuddy(self.choice)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.choice)
        top.addWidget(self.count, 1)
        top.addWidget(self.rescue_button)
        words = QVBoxLayout()
        words.addWidget(self.said)
        words.addWidget(self.advice)
        words.addStretch(1)
        self.buttons = QGridLayout()
        self.buttons.addWidget(self.open_button, 0, 0)
        self.buttons.addWidget(self.correct_button, 0, 1)
        self.buttons.addWidget(self.retry_button, 1, 0)
        self.buttons.addWidget(self.retry_all_button, 1, 1)
        below = QHBoxLayout()
        below.addLayout(words, 1)
        below.addLayout(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.clicked.connect(slot)
        return button

    @Slot(int)
    def _choose_shown(self, place: int) -> None:
        self.model.shown = CHOICES[place][0]
        self.model.refresh()

    @Slot(int)
    def _loaded(self, count: int) -> None:
        self.count.setText(_tr(Words.SHOWN).format(count=count_words(count)))

    @Slot(object)
    def _chosen(self, row: OutboxItem | None) -> None:
        self.retry_button.setEnabled(row is not None and row.state == "needs_attention")
        self.correct_button.setEnabled(row is not None and row.state == "needs_attention" and row.kind != "upload")
        self.open_button.setEnabled(row is not None)
        said_words, advice = self._explain(row)
        self.said.setText(said_words)
        self.advice.setText(advice)

    def _explain(self, row: OutboxItem | None) -> tuple[str, str]:
        if row is not None:
            portal_set = self.context.sync is not None
            return explanation(row, self.context.desk.clock(), portal_set=portal_set, paused=self.paused)
        if self.model.rowCount():
            return "", ""
        return _tr(Words.NOTHING if self.model.shown is Shown.ALL else Words.NOTHING_CHOSEN), ""

    def _retried(self, code: str) -> None:
        self._sent_again((code,))
        self.context.tell(_tr(Words.RETRIED).format(code=code), "success")

    def _retried_all(self, count: int) -> None:
        self._sent_again(())
        self.context.tell(_tr(Words.RETRIED_ALL).format(count=count_words(count)), "success")

    def _sent_again(self, codes: tuple[str, ...]) -> None:
        self.context.announce("outbox", dossiers=codes)
        if self.context.sync is not None:
            self.context.sync.wake(insist=True)

    def _not_retried(self, error: Exception) -> None:
        self.context.show_error(error)
        self.refresh()

    @Slot(object)
    def _open(self, row: OutboxItem) -> None:
        self.context.open_dossier.emit(row.dossier_code)

    @Slot()
    def _open_chosen(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._open(row)


def _retry(desk: DeskContext, row: OutboxItem) -> str:
    retry(desk, row.key)
    return row.dossier_code


def _tr(text: str) -> str:
    return translate("SyncOutbox", text)
