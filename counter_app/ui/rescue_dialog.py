"""The rescue window: what waits out on a stick, another desk's file to the portal, its receipt back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QTabWidget, QVBoxLayout, QWidget

from counter_app.errors import CounterError, UserError
from counter_app.services.rescue_export import Exported
from counter_app.services.rescue_hold import Hold, end_hold, open_holds, take_receipt
from counter_app.services.rescue_send import Carried
from counter_app.services.rescue_terms import SUFFIX
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local, local_time
from counter_app.ui.page import commit_preedit
from counter_app.ui.rescue_parts import ExportTab, ReceiptTab, SendTab, Tab, Words, required, tr
from counter_app.ui.rescue_work import RescueWork
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP


class Told:
    """What the window tells of the work."""

    EXPORTING = QT_TRANSLATE_NOOP("Rescue", "Đang ghi tệp: {done}/{of} hồ sơ")
    SENDING = QT_TRANSLATE_NOOP("Rescue", "Đang gửi: {done}/{of} hồ sơ")
    BEGINNING = QT_TRANSLATE_NOOP("Rescue", "Đang kiểm tra tệp…")
    STOP = QT_TRANSLATE_NOOP("Rescue", "&Dừng")
    CLOSE = QT_TRANSLATE_NOOP("Rescue", "Đóng")
    STOPPING = QT_TRANSLATE_NOOP("Rescue", "Đang dừng sau lượt gửi này…")
    STOPPED = QT_TRANSLATE_NOOP("Rescue", "Đã dừng. Xuất tệp thì làm lại từ đầu; gửi hộ thì chọn lại tệp để gửi tiếp.")
    EXPORTED = QT_TRANSLATE_NOOP(
        "Rescue",
        "Đã ghi {messages} tin của {dossiers} hồ sơ vào «{file}». Gửi hộ được đến {send_until}; quầy này giữ đến "
        "{held_until}.",
    )
    SENT = QT_TRANSLATE_NOOP(
        "Rescue", "Đã gửi {sent} tin của {dossiers} hồ sơ. Mang thẻ có biên nhận «{receipt}» về quầy cũ."
    )
    LEFT = QT_TRANSLATE_NOOP("Rescue", "Quầy cũ phải xử lý: {what}")
    SETTLED = QT_TRANSLATE_NOOP("Rescue", "Biên nhận cho biết cổng đã nhận {count} tin. Phần còn lại quầy này tự gửi.")
    ENDED = QT_TRANSLATE_NOOP("Rescue", "Đã kết thúc giữ. Khi có mạng, chương trình tra cổng rồi gửi phần còn thiếu.")


class RescueDialog(QDialog):
    """Opened from the sync page with ``open()``; stays until its work has ended."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.work = RescueWork(self)
        self._closing = False
        self._progress_words = Told.EXPORTING
        self.setWindowTitle(tr(Words.TITLE))
        self.setModal(True)
        self.setMinimumWidth(760)
        self.export_tab = ExportTab(self._suggested(), self)
        self.send_tab = SendTab(self)
        self.receipt_tab = ReceiptTab(self)
        self.tabs = QTabWidget(self)
        self.tabs.tabBar().setAccessibleName(tr(Words.TITLE))
        for tab, title in (
            (self.export_tab, Words.OUT),
            (self.send_tab, Words.SEND),
            (self.receipt_tab, Words.BACK),
        ):
            self.tabs.addTab(tab, tr(title))
        self._build_below()
        self._connect()
        self._read_holds()
        self.export_tab.file.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def export(self) -> None:
        """Write what waits into the file."""
        self._begin(Told.EXPORTING, self.export_tab, self.work.export)

    @Slot()
    def send(self) -> None:
        """Send another desk's file."""
        self._begin(Told.SENDING, self.send_tab, self.work.send)

    @Slot()
    def take(self) -> None:
        """Settle what a receipt names."""
        commit_preedit()
        try:
            file = self.receipt_tab.file.value()
        except UserError as error:
            self._say(error.message, "error")
            return
        self.context.executor.submit(partial(take_receipt, self.context.desk, file), self._taken, self._failed)

    @Slot()
    def reject(self) -> None:
        """Close; what is under way is ended first."""
        if self.work.running:
            self._closing = True
            self.work.cancel()
            self._say(tr(Told.STOPPING), "info")
        else:
            super().reject()

    def shutdown(self) -> None:
        """The program ends: end the work and wait for it."""
        self.work.stop()

    def _build_below(self) -> None:
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.told, "inline")
        self.told.hide()
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(tr(Words.TITLE))
        self.bar.hide()
        self.stop = QPushButton(tr(Told.STOP), self)
        self.shut = QPushButton(tr(Told.CLOSE), self)
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        for button in (self.stop, self.shut):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text().replace("&", ""))
            buttons.addWidget(button)
        self.stop.hide()
        self.body = QVBoxLayout(self)
        self.body.addWidget(self.tabs, 1)
        self.body.addWidget(self.told)
        self.body.addLayout(buttons)

    def _connect(self) -> None:
        self.export_tab.button.clicked.connect(self.export)
        self.send_tab.button.clicked.connect(self.send)
        self.receipt_tab.button.clicked.connect(self.take)
        self.export_tab.end_asked.connect(self._end)
        self.stop.clicked.connect(self._stop)
        self.shut.clicked.connect(self.reject)
        self.work.progressed.connect(self._progressed)
        self.work.done.connect(self._done)
        self.work.failed.connect(self._work_failed)
        self.work.stopped.connect(self._stopped)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self, self._confirm)

    @Slot()
    def _confirm(self) -> None:
        tab = self.tabs.currentWidget()
        assert isinstance(tab, Tab)
        tab.button.click()

    def _begin(self, words: str, tab: ExportTab | SendTab, start: Any) -> None:
        commit_preedit()
        try:
            file = tab.file.value()
            passphrase = required(tab.passphrase, tr(Words.PASSPHRASE))
        except UserError as error:
            self._say(error.message, "error")
            return
        self._progress_words = words
        self._show_work(running=True)
        self._say(tr(Told.BEGINNING), "info")
        start(self.context.desk, file, passphrase)

    @Slot(int, int)
    def _progressed(self, done: int, of: int) -> None:
        self.bar.setMaximum(of)
        self.bar.setValue(done)
        if not self._closing:
            self._say(tr(self._progress_words).format(done=done, of=of), "info")

    @Slot(object)
    def _done(self, answer: Any) -> None:
        self._show_work(running=False)
        if isinstance(answer, Exported):
            text = tr(Told.EXPORTED).format(
                messages=answer.messages,
                dossiers=answer.dossiers,
                file=answer.file,
                send_until=local_time(answer.send_until),
                held_until=local_time(answer.held_until),
            )
            self._say("\n".join((text, *answer.left_out)), "warning" if answer.left_out else "success")
            self.context.announce("outbox")
            self._read_holds()
        elif isinstance(answer, Carried):
            text = tr(Told.SENT).format(sent=answer.sent, dossiers=answer.dossiers, receipt=answer.receipt.name)
            left = [tr(Told.LEFT).format(what=f"{code}: {words}") for code, words in answer.left]
            self._say("\n".join((text, *left)), "warning" if left else "success")
        self._close_if_asked()

    @Slot(object)
    def _work_failed(self, error: Exception) -> None:
        self._show_work(running=False)
        self._failed(error)
        self._close_if_asked()

    @Slot()
    def _stopped(self) -> None:
        self._show_work(running=False)
        self._say(tr(Told.STOPPED), "info")
        self._close_if_asked()

    @Slot()
    def _stop(self) -> None:
        self.work.cancel()
        self.stop.setEnabled(False)
        self._say(tr(Told.STOPPING), "info")

    @Slot(str)
    def _end(self, export_id: str) -> None:
        self.context.executor.submit(partial(end_hold, self.context.desk, export_id), self._ended, self._failed)

    @Slot(object)
    def _ended(self, _nothing: object) -> None:
        self._say(tr(Told.ENDED), "success")
        self._changed()

    @Slot(object)
    def _taken(self, count: int) -> None:
        self._say(tr(Told.SETTLED).format(count=count), "success")
        self._changed()

    def _changed(self) -> None:
        self.context.announce("outbox")
        self.context.wake_sync()
        self._read_holds()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self._say(error.message, "error")
        else:
            self.told.hide()
            self.context.show_error(error)

    def _read_holds(self) -> None:
        self.context.executor.submit(partial(open_holds, self.context.desk), self._show_holds)

    @Slot(object)
    def _show_holds(self, holds: tuple[Hold, ...]) -> None:
        self.export_tab.show_holds(holds)
        self._grow()

    def _show_work(self, *, running: bool) -> None:
        self.tabs.setEnabled(not running)
        self.bar.setMaximum(0)
        self.bar.setVisible(running)
        self.stop.setEnabled(True)
        self.stop.setVisible(running)

    def _close_if_asked(self) -> None:
        if self._closing:
            super().reject()

    def _say(self, text: str, tone: str) -> None:
        set_tone(self.told, tone)
        self.told.setText(text)
        self.told.show()
        self._grow()

    def _grow(self) -> None:
        """Room for what is shown now; a window that was made larger stays so."""
        self.body.activate()
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))

    def _suggested(self) -> Path:
        desk = self.context.desk
        stamp = f"{local(desk.clock()):%y%m%d-%H%M}"
        return Path.home() / f"cuu-ho-{desk.settings.office}-quay{desk.settings.desk}-{stamp}{SUFFIX}"
