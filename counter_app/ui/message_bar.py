"""Messages without a modal box: one line below the top bar, gone after a while or with its button."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SHOWN_MS = {"info": 8000, "success": 8000, "warning": 20000, "error": 0}
"""How long a message stays; 0: until it is closed."""


class Words:
    CLOSE = QT_TRANSLATE_NOOP("MessageBar", "Đóng thông báo")
    INFO = QT_TRANSLATE_NOOP("MessageBar", "Thông tin")
    SUCCESS = QT_TRANSLATE_NOOP("MessageBar", "Xong")
    WARNING = QT_TRANSLATE_NOOP("MessageBar", "Lưu ý")
    ERROR = QT_TRANSLATE_NOOP("MessageBar", "Lỗi")


TONE_WORDS = {"info": Words.INFO, "success": Words.SUCCESS, "warning": Words.WARNING, "error": Words.ERROR}


class MessageBar(QWidget):
    """Shows the newest message with its tone in words."""

    def __init__(self) -> None:
        super().__init__()
        self._frame = QFrame()
        self._frame.setObjectName("messageBar")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QPushButton("✕")
        set_role(self._close, "quiet")
        self._close.setAccessibleName(translate("MessageBar", Words.CLOSE))
        self._close.setToolTip(translate("MessageBar", Words.CLOSE))
        self._close.setFixedWidth(36)
        self._close.clicked.connect(self.hide)
        inner = QHBoxLayout(self._frame)
        inner.setContentsMargins(12, 4, 6, 4)
        inner.addWidget(self._text, 1)
        inner.addWidget(self._close)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(16, 8, 16, 0)
        outer.addWidget(self._frame)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown; empty while hidden."""
        return self._text.text() if not self.isHidden() else ""

    def show_message(self, text: str, tone: str) -> None:
        """Show ``text`` (plain text) instead of what was there."""
        self._text.setText(f"{translate('MessageBar', TONE_WORDS.get(tone, Words.INFO))}: {text}")
        set_tone(self._frame, tone)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self._text, QAccessible.Event.Alert))
        self._timer.stop()
        if SHOWN_MS.get(tone, 0):
            self._timer.start(SHOWN_MS[tone])
