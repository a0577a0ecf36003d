"""The head of the sync page: the line in words, what waits and how long it will take, and the pause."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from counter_app.services.outbox import OutboxLoad
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_time
from counter_app.ui.sync_numbers import Pace, count_words, size_words, span_words, speed_words
from counter_app.ui.theme import badge, set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

PER_MILLE = 1000
"""Steps of the progress bar: a Qt progress bar counts in 32 bits, a file may be larger."""


class Words:
    """What the head says."""

    ONLINE = QT_TRANSLATE_NOOP("SyncHead", "● Trực tuyến")
    OFFLINE = QT_TRANSLATE_NOOP("SyncHead", "○ Mất kết nối")
    SIGN_IN = QT_TRANSLATE_NOOP("SyncHead", "! Cần đăng nhập cổng")
    UNKNOWN = QT_TRANSLATE_NOOP("SyncHead", "… Đang kết nối cổng")
    NOT_SET = QT_TRANSLATE_NOOP("SyncHead", "– Chưa nối cổng")
    PAUSED = QT_TRANSLATE_NOOP("SyncHead", "■ ĐANG TẠM DỪNG GỬI")
    ONLINE_HINT = QT_TRANSLATE_NOOP("SyncHead", "Hồ sơ được gửi ngay khi tiếp nhận.")
    OFFLINE_HINT = QT_TRANSLATE_NOOP(
        "SyncHead", "Cứ tiếp nhận bình thường: hồ sơ nằm an toàn ở máy này và tự gửi khi có mạng lại."
    )
    SIGN_IN_HINT = QT_TRANSLATE_NOOP(
        "SyncHead", "Cổng không nhận tên đăng nhập hoặc mật khẩu. Nhập lại ở Cài đặt (Ctrl+,), hồ sơ vẫn được giữ."
    )
    UNKNOWN_HINT = QT_TRANSLATE_NOOP("SyncHead", "Đang hỏi cổng, chưa có trả lời.")
    NOT_SET_HINT = QT_TRANSLATE_NOOP(
        "SyncHead", "Nhập địa chỉ cổng và tên đăng nhập ở Cài đặt (Ctrl+,). Hồ sơ vẫn được giữ và gửi sau."
    )
    PAUSED_HINT = QT_TRANSLATE_NOOP(
        "SyncHead",
        "Không gửi, không nhận gì cho đến khi bấm «Tiếp tục» (Ctrl+P) hoặc mở lại chương trình. Vẫn tiếp nhận bình "
        "thường, hồ sơ được giữ ở máy này.",
    )
    LAST = QT_TRANSLATE_NOOP("SyncHead", "Lần cuối liên lạc được: {time}")
    NEVER = QT_TRANSLATE_NOOP("SyncHead", "Chưa lần nào liên lạc được với cổng")
    NEXT = QT_TRANSLATE_NOOP("SyncHead", "thử lại lúc {time}")
    DOSSIERS = QT_TRANSLATE_NOOP("SyncHead", "hồ sơ chờ gửi")
    DOCUMENTS = QT_TRANSLATE_NOOP("SyncHead", "tài liệu chờ gửi")
    BYTES = QT_TRANSLATE_NOOP("SyncHead", "còn phải gửi")
    ATTENTION = QT_TRANSLATE_NOOP("SyncHead", "cần xử lý")
    CARRIED = QT_TRANSLATE_NOOP("SyncHead", "Thêm {count} tin nằm trong tệp cứu hộ, quầy này đang giữ lại.")
    SENDING = QT_TRANSLATE_NOOP("SyncHead", "{what}…")
    DOCUMENT = QT_TRANSLATE_NOOP("SyncHead", "Tài liệu {name} của hồ sơ {code}: {sent} / {total}")
    IDLE = QT_TRANSLATE_NOOP("SyncHead", "Lúc này không gửi gì.")
    TIME_LEFT = QT_TRANSLATE_NOOP("SyncHead", "tất cả xong sau {span}")
    PROGRESS = QT_TRANSLATE_NOOP("SyncHead", "Phần đã gửi của tài liệu")
    SEND_NOW = QT_TRANSLATE_NOOP("SyncHead", "Gửi ngay (Ctrl+G)")
    PAUSE = QT_TRANSLATE_NOOP("SyncHead", "Tạm dừng (Ctrl+P)")
    RESUME = QT_TRANSLATE_NOOP("SyncHead", "Tiếp tục gửi (Ctrl+P)")
    TO_SETTINGS = QT_TRANSLATE_NOOP("SyncHead", "Mở Cài đặt (Ctrl+,)")
    ASKED = QT_TRANSLATE_NOOP("SyncHead", "Đang gửi những gì còn chờ…")
    RESUMED = QT_TRANSLATE_NOOP("SyncHead", "Đã bỏ tạm dừng, đang gửi những gì còn chờ…")


LIGHTS = {
    "online": (Words.ONLINE, Words.ONLINE_HINT, "good"),
    "offline": (Words.OFFLINE, Words.OFFLINE_HINT, "soon"),
    "sign_in_needed": (Words.SIGN_IN, Words.SIGN_IN_HINT, "late"),
    "unknown": (Words.UNKNOWN, Words.UNKNOWN_HINT, "neutral"),
}


class SyncHead(QFrame):
    """Shows the syncer's snapshot and the load of the queue; sends now, pauses and goes on."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._pace = Pace()
        self._status: Any = None
        self._held = 0
        set_role(self, "card")
        self._build_words()
        self._build_numbers()
        self._build_buttons()
        self._lay_out()

    @property
    def paused(self) -> bool:
        """Whether a person holds the sync back."""
        return self._status is not None and bool(self._status.paused)

    @property
    def sending(self) -> bool:
        """Whether something is on its way right now."""
        return self._status is not None and not self.paused and bool(self._status.sending or self._status.transfer)

    def show_status(self, status: Any) -> None:
        """Show the syncer's snapshot; None where no portal is set."""
        self._status = status
        self._show_light()
        troubles = () if status is None else tuple(part for part in (status.error, *status.warnings) if part)
        self.trouble.setText("\n".join(troubles))
        self.trouble.setVisible(bool(troubles))
        self.send_button.setVisible(status is not None)
        self.send_button.setEnabled(not self.paused)
        self.pause_button.setVisible(status is not None)
        self._show_pause_button()
        self.settings_button.setVisible(status is None or str(status.light) == "sign_in_needed")
        if not self.sending:
            self._pace.forget()
        self._show_transfer()

    def show_load(self, load: OutboxLoad) -> None:
        """Show how much waits."""
        for name, value in (
            ("dossiers", count_words(load.dossiers)),
            ("documents", count_words(load.documents)),
            ("bytes", size_words(load.bytes_left)),
            ("needs_attention", count_words(load.needs_attention)),
        ):
            self.numbers[name].setText(value)
        set_tone(self.numbers["needs_attention"], "late" if load.needs_attention else "")
        self._held = load.held
        if self.sending:
            self._pace.note(self.context.desk.clock(), load.bytes_left)
        self._show_transfer()

    @Slot()
    def send_now(self) -> None:
        """Send without waiting for the next turn."""
        if self.context.sync is not None and not self.paused:
            self.context.sync.wake(insist=True)
            self.context.tell(_tr(Words.ASKED))

    @Slot()
    def switch_pause(self) -> None:
        """Hold the sync back, or let it go on."""
        sync = self.context.sync
        if sync is None:
            return
        if self.paused:
            sync.resume()
            self.context.tell(_tr(Words.RESUMED))
        else:
            sync.pause()

    def _show_light(self) -> None:
        status = self._status
        if status is None:
            words, hint, tone = Words.NOT_SET, Words.NOT_SET_HINT, "neutral"
        elif self.paused:
            words, hint, tone = Words.PAUSED, Words.PAUSED_HINT, "halted"
        else:
            words, hint, tone = LIGHTS.get(str(status.light), LIGHTS["unknown"])
        self.light.setText(_tr(words))
        set_tone(self.light, tone)
        self.hint.setText(_tr(hint))
        set_tone(self, "halted" if tone == "halted" else "")
        self.times.setText("" if status is None else _times(status))

    def _show_pause_button(self) -> None:
        words = _tr(Words.RESUME if self.paused else Words.PAUSE)
        if words == self.pause_button.text():
            return
        self.pause_button.setText(words)
        # A new text takes a button's key away.
        self.pause_button.setShortcut("Ctrl+P")
        self.pause_button.setAccessibleName(words)
        set_role(self.pause_button, "primary" if self.paused else "")
        self.pause_button.style().unpolish(self.pause_button)
        self.pause_button.style().polish(self.pause_button)

    def _show_transfer(self) -> None:
        """What is under way, how far it is, how fast, and how long the whole queue will take."""
        transfer = self._status.transfer if self.sending else None
        self.progress.setVisible(transfer is not None)
        if not self.sending:
            parts = [_tr(Words.IDLE)] if self._status is not None else []
            parts += [_tr(Words.CARRIED).format(count=count_words(self._held))] if self._held else []
            self.under_way.setText(" ".join(parts))
            self.speed.setText("")
            return
        speed = None if transfer is None else transfer.bytes_per_second
        if transfer is None:
            self.under_way.setText(_tr(Words.SENDING).format(what=self._status.sending))
        else:
            self.under_way.setText(
                _tr(Words.DOCUMENT).format(
                    name=transfer.file_name,
                    code=transfer.dossier_code,
                    sent=size_words(transfer.sent),
                    total=size_words(transfer.total),
                )
            )
            self.progress.setValue(PER_MILLE * transfer.sent // max(transfer.total, 1))
        left = self._pace.time_left(speed)
        parts = [] if speed is None else [speed_words(speed)]
        parts += [] if left is None else [_tr(Words.TIME_LEFT).format(span=span_words(left))]
        self.speed.setText(" · ".join(parts))

    def _build_words(self) -> None:
        self.light = badge("", "neutral")
        set_role(self.light, "light")
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.times = QLabel(self)
        self.times.setWordWrap(True)
        self.times.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_role(self.times, "hint")
        self.trouble = QLabel(self)
        self.trouble.setWordWrap(True)
        set_role(self.trouble, "inline")
        set_tone(self.trouble, "warning")
        self.under_way = QLabel(self)
        self.under_way.setWordWrap(True)
        self.progress = QProgressBar(self)
        self.progress.setAccessibleName(_tr(Words.PROGRESS))
        self.progress.setRange(0, PER_MILLE)
        self.progress.setFixedSize(140, 18)
        self.speed = QLabel(self)
        set_role(self.speed, "hint")

    def _build_numbers(self) -> None:
        self.numbers: dict[str, QLabel] = {}
        self._numbers = QHBoxLayout()
        for name, words in (
            ("dossiers", Words.DOSSIERS),
            ("documents", Words.DOCUMENTS),
            ("bytes", Words.BYTES),
            ("needs_attention", Words.ATTENTION),
        ):
            number = QLabel(size_words(0) if name == "bytes" else "0", self)
            set_role(number, "number")
            self.numbers[name] = number
            caption = QLabel(_tr(words), self)
            set_role(caption, "hint")
            # "còn phải gửi 45 MB", but "12 hồ sơ chờ gửi"
            for label in (caption, number) if name == "bytes" else (number, caption):
                self._numbers.addWidget(label)
            self._numbers.addSpacing(16)
        self._numbers.addWidget(self.times, 1)

    def _build_buttons(self) -> None:
        self.send_button = self._button(Words.SEND_NOW, self.send_now)
        self.send_button.setShortcut("Ctrl+G")
        set_role(self.send_button, "primary")
        self.pause_button = self._button(Words.PAUSE, self.switch_pause)
        self.pause_button.setShortcut("Ctrl+P")
        self.settings_button = self._button(Words.TO_SETTINGS, self._to_settings)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.light)
        first.addWidget(self.hint, 1)
        for button in (self.settings_button, self.pause_button, self.send_button):
            first.addWidget(button)
        under_way = QHBoxLayout()
        under_way.addWidget(self.under_way, 1)
        under_way.addWidget(self.progress)
        under_way.addWidget(self.speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.addLayout(first)
        column.addWidget(self.trouble)
        column.addLayout(self._numbers)
        column.addLayout(under_way)

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.clicked.connect(slot)
        return button

    @Slot()
    def _to_settings(self) -> None:
        self.context.open_page.emit("settings")


def _times(status: Any) -> str:
    last = status.last_success_at
    parts = [_tr(Words.LAST).format(time=local_time(last)) if last else _tr(Words.NEVER)]
    waits = not status.sending and not status.paused and str(status.light) != "online"
    if waits and status.next_try_at is not None:
        parts.append(_tr(Words.NEXT).format(time=local_time(status.next_try_at)))
    return " · ".join(parts)


def _tr(text: str) -> str:
    return translate("SyncHead", text)
