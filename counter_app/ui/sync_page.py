"""What goes to the portal: the line, what waits, what needs a hand, and when it last worked. Never a modal box."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.desk import DeskContext
from counter_app.services.outbox import OutboxRow, RunRow, last_runs, list_outbox, outbox_counts, retry
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.formatting import local_time
from counter_app.ui.page import PAGE_MARGINS, Page
from counter_app.ui.sync_page_tables import OutboxTable, RunsTable
from counter_app.ui.sync_page_words import explanation
from counter_app.ui.theme import badge, set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

GATHER_MS = 200
"""The worker tells of every batch; the tables are read again at most this often."""


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("SyncPage", "Đồng bộ")
    ONLINE = QT_TRANSLATE_NOOP("SyncPage", "● Trực tuyến")
    OFFLINE = QT_TRANSLATE_NOOP("SyncPage", "○ Mất kết nối")
    SIGN_IN = QT_TRANSLATE_NOOP("SyncPage", "! Cần đăng nhập cổng")
    UNKNOWN = QT_TRANSLATE_NOOP("SyncPage", "… Đang kết nối cổng")
    NOT_SET = QT_TRANSLATE_NOOP("SyncPage", "– Chưa nối cổng")
    ONLINE_HINT = QT_TRANSLATE_NOOP("SyncPage", "Hồ sơ được gửi ngay khi tiếp nhận.")
    OFFLINE_HINT = QT_TRANSLATE_NOOP(
        "SyncPage", "Cứ tiếp nhận bình thường: hồ sơ nằm an toàn ở máy này và tự gửi khi có mạng lại."
    )
    SIGN_IN_HINT = QT_TRANSLATE_NOOP(
        "SyncPage", "Cổng không nhận tên đăng nhập hoặc mật khẩu. Nhập lại ở Cài đặt (Ctrl+,), hồ sơ vẫn được giữ."
    )
    UNKNOWN_HINT = QT_TRANSLATE_NOOP("SyncPage", "Đang hỏi cổng, chưa có trả lời.")
    NOT_SET_HINT = QT_TRANSLATE_NOOP(
        "SyncPage", "Nhập địa chỉ cổng và tên đăng nhập ở Cài đặt (Ctrl+,). Hồ sơ vẫn được giữ và gửi sau."
    )
    LAST = QT_TRANSLATE_NOOP("SyncPage", "Lần cuối liên lạc được: {time}")
    NEVER = QT_TRANSLATE_NOOP("SyncPage", "Chưa lần nào liên lạc được với cổng")
    NEXT = QT_TRANSLATE_NOOP("SyncPage", "thử lại lúc {time}")
    SENDING = QT_TRANSLATE_NOOP("SyncPage", "đang gửi {what}")
    WAITING_COUNT = QT_TRANSLATE_NOOP("SyncPage", "chờ gửi")
    SENDING_COUNT = QT_TRANSLATE_NOOP("SyncPage", "đang gửi")
    ATTENTION_COUNT = QT_TRANSLATE_NOOP("SyncPage", "cần xử lý")
    SEND_NOW = QT_TRANSLATE_NOOP("SyncPage", "Gửi ngay (Ctrl+G)")
    TO_SETTINGS = QT_TRANSLATE_NOOP("SyncPage", "Mở Cài đặt (Ctrl+,)")
    ASKED = QT_TRANSLATE_NOOP("SyncPage", "Đang gửi những gì còn chờ…")
    OUTBOX = QT_TRANSLATE_NOOP("SyncPage", "Chờ gửi và cần xử lý")
    RUNS = QT_TRANSLATE_NOOP("SyncPage", "Lịch sử đồng bộ")
    RETRY = QT_TRANSLATE_NOOP("SyncPage", "Gửi lại (Ctrl+R)")
    RETRIED = QT_TRANSLATE_NOOP("SyncPage", "Tin của hồ sơ {code} được gửi lại.")
    OPEN = QT_TRANSLATE_NOOP("SyncPage", "Mở hồ sơ (Enter)")
    NOTHING = QT_TRANSLATE_NOOP("SyncPage", "Không còn gì chờ gửi: cổng đã nhận tất cả.")


LIGHTS = {
    "online": (Words.ONLINE, Words.ONLINE_HINT, "good"),
    "offline": (Words.OFFLINE, Words.OFFLINE_HINT, "soon"),
    "sign_in_needed": (Words.SIGN_IN, Words.SIGN_IN_HINT, "late"),
    "unknown": (Words.UNKNOWN, Words.UNKNOWN_HINT, "neutral"),
}


@dataclass(frozen=True, slots=True)
class _Read:
    rows: list[OutboxRow]
    counts: dict[str, int]
    runs: list[RunRow]


def _read(desk: DeskContext) -> _Read:
    stuck = list_outbox(desk, "needs_attention")
    others = [row for row in list_outbox(desk) if row.state != "needs_attention"]
    return _Read(stuck + others, outbox_counts(desk), last_runs(desk))


class SyncPage(Page):
    """The light in large, the numbers, the messages that are not done and the runs that were."""

    name: ClassVar[str] = "sync"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F9"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._build_head()
        self._build_tables()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addWidget(self.head)
        layout.addWidget(self.tabs, 1)
        self.gather = QTimer(self)
        self.gather.setSingleShot(True)
        self.gather.setInterval(GATHER_MS)
        self.gather.timeout.connect(self.refresh)
        context.changed.connect(self._changed)
        context.sync_status.connect(self.show_status)
        self.show_status(None if context.sync is None else context.sync.status)
        self._chosen(None)

    def activated(self) -> None:
        self.refresh()
        self.outbox.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        self.gather.stop()

    @Slot()
    def refresh(self) -> None:
        """Read the messages, the numbers and the runs again."""
        self.context.executor.submit(partial(_read, self.context.desk), self._take)

    @Slot(object)
    def show_status(self, status: Any) -> None:
        """Show the syncer's snapshot; None where no portal is set."""
        if status is None:
            words, hint, tone = Words.NOT_SET, Words.NOT_SET_HINT, "neutral"
        else:
            words, hint, tone = LIGHTS.get(str(status.light), LIGHTS["unknown"])
        self.light.setText(_tr(words))
        set_tone(self.light, tone)
        self.hint.setText(_tr(hint))
        self.times.setText("" if status is None else _times(status))
        error = "" if status is None else " ".join(part for part in (status.error, *status.warnings) if part)
        self.trouble.setText(error)
        self.trouble.setVisible(bool(error))
        self.send_button.setVisible(status is not None)
        self.settings_button.setVisible(status is None or str(status.light) == "sign_in_needed")
        if self.isVisible() and not self.gather.isActive():
            self.gather.start()

    @Slot()
    def send_now(self) -> None:
        """Send without waiting for the next turn."""
        if self.context.sync is not None:
            self.context.sync.wake(insist=True)
            self.context.tell(_tr(Words.ASKED))

    @Slot()
    def retry_chosen(self) -> None:
        """Send the chosen message again, in its place."""
        row = self.outbox.current()
        if row is not None:
            self.retry_button.setEnabled(False)
            self.context.executor.submit(partial(_retry, self.context.desk, row), self._retried)

    def _build_head(self) -> None:
        self.head = QFrame(self)
        set_role(self.head, "card")
        self.light = badge("", "neutral")
        self.light.setStyleSheet("font-size: 18px; font-weight: bold; padding: 6px 14px;")
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.times = QLabel(self)
        set_role(self.times, "hint")
        self.trouble = QLabel(self)
        self.trouble.setWordWrap(True)
        set_role(self.trouble, "inline")
        set_tone(self.trouble, "warning")
        self.send_button = self._button(Words.SEND_NOW, self.send_now)
        self.send_button.setShortcut("Ctrl+G")
        set_role(self.send_button, "primary")
        self.settings_button = self._button(Words.TO_SETTINGS, self._to_settings)
        first = QHBoxLayout()
        first.addWidget(self.light)
        first.addWidget(self.hint, 1)
        numbers = QHBoxLayout()
        self.numbers: dict[str, QLabel] = {}
        for state, words in (
            ("waiting", Words.WAITING_COUNT),
            ("sending", Words.SENDING_COUNT),
            ("needs_attention", Words.ATTENTION_COUNT),
        ):
            number = QLabel("0", self)
            set_role(number, "number")
            self.numbers[state] = number
            numbers.addWidget(number)
            numbers.addWidget(QLabel(_tr(words), self))
            numbers.addSpacing(24)
        numbers.addWidget(self.times, 1)
        numbers.addWidget(self.settings_button)
        numbers.addWidget(self.send_button)
        column = QVBoxLayout(self.head)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(first)
        column.addWidget(self.trouble)
        column.addLayout(numbers)

    def _build_tables(self) -> None:
        self.tabs = QTabWidget(self)
        self.tabs.tabBar().setAccessibleName(_tr(Words.TITLE))
        self.outbox = OutboxTable(self)
        self.outbox.chosen.connect(self._chosen)
        self.outbox.opened.connect(self.context.open_dossier)
        self.said = QLabel(self)
        self.advice = QLabel(self)
        for label in (self.said, self.advice):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.retry_button = self._button(Words.RETRY, self.retry_chosen)
        self.retry_button.setShortcut("Ctrl+R")
        self.open_button = self._button(Words.OPEN, self._open_chosen)
        below = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(self.said)
        words.addWidget(self.advice)
        below.addLayout(words, 1)
        below.addWidget(self.open_button)
        below.addWidget(self.retry_button)
        panel = QWidget(self)
        layout = QVBoxLayout(panel)
        layout.addWidget(self.outbox, 1)
        layout.addLayout(below)
        self.runs = RunsTable(self)
        self.tabs.addTab(panel, _tr(Words.OUTBOX))
        self.tabs.addTab(self.runs, _tr(Words.RUNS))

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.clicked.connect(slot)
        return button

    def _take(self, read: _Read) -> None:
        for state, label in self.numbers.items():
            label.setText(f"{read.counts.get(state, 0):,}".replace(",", "."))
        set_tone(self.numbers["needs_attention"], "late" if read.counts.get("needs_attention") else "")
        self.outbox.show_rows(read.rows)
        self.runs.show_rows(read.runs)

    @Slot(object)
    def _chosen(self, row: OutboxRow | None) -> None:
        self.retry_button.setEnabled(row is not None and row.state in ("waiting", "needs_attention"))
        self.open_button.setEnabled(row is not None)
        said, advice = (_tr(Words.NOTHING), "") if row is None else self._explain(row)
        self.said.setText(said)
        self.advice.setText(advice)

    def _explain(self, row: OutboxRow) -> tuple[str, str]:
        return explanation(row, self.context.desk.clock(), portal_set=self.context.sync is not None)

    def _retried(self, code: str) -> None:
        self.context.announce("outbox", dossiers=(code,))
        if self.context.sync is not None:
            self.context.sync.wake(insist=True)
        self.context.tell(_tr(Words.RETRIED).format(code=code), "success")

    @Slot()
    def _open_chosen(self) -> None:
        row = self.outbox.current()
        if row is not None:
            self.context.open_dossier.emit(row.dossier_code)

    @Slot()
    def _to_settings(self) -> None:
        self.context.open_page.emit("settings")

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if self.isVisible() and changed.kinds & {"outbox", "dossier"}:
            self.refresh()


def _retry(desk: DeskContext, row: OutboxRow) -> str:
    retry(desk, row.key)
    return row.dossier_code


def _times(status: Any) -> str:
    parts = [
        _tr(Words.LAST).format(time=local_time(status.last_success_at)) if status.last_success_at else _tr(Words.NEVER)
    ]
    if status.sending:
        parts.append(_tr(Words.SENDING).format(what=status.sending))
    elif str(status.light) != "online" and status.next_try_at is not None:
        parts.append(_tr(Words.NEXT).format(time=local_time(status.next_try_at)))
    return " · ".join(parts)


def _tr(text: str) -> str:
    return translate("SyncPage", text)
