"""The identity card's QR from a scanner that types: recognised in whatever field has the focus.

Such a scanner types ``number|old number|name|…`` and Enter like a very quick clerk. Twelve digits followed by
``|`` begin a card: from there the keys are kept from the field (the spaces of a name would press buttons), and
the digits already typed are taken out of it again.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from counter_app.rules.card_qr import looks_like_card_qr, parse_card_qr
from counter_app.rules.violation import RuleViolation

START = re.compile(r"(\d{12})\|$")
WHOLE = re.compile(r"\d{12}\|.*", re.DOTALL)
DIGITS = 12
START_LENGTH = DIGITS + 1
PAUSE_MS = 400
"""A scanner that sends no Enter is done after a pause this long."""


@dataclass(frozen=True, slots=True)
class _State:
    """What a field held before a key was pressed in it."""

    widget: QWidget
    content: str | int = ""
    cursor: int = 0


def _state_of(widget: QWidget) -> _State:
    if isinstance(widget, QLineEdit):
        return _State(widget, widget.text(), widget.cursorPosition())
    if isinstance(widget, QSpinBox):
        return _State(widget, widget.value())
    return _State(widget)


def _put_back(state: _State) -> None:
    if not shiboken6.isValid(state.widget):
        return
    if isinstance(state.widget, QLineEdit):
        state.widget.setText(str(state.content))
        state.widget.setCursorPosition(state.cursor)
    elif isinstance(state.widget, QSpinBox):
        state.widget.setValue(int(state.content))


class CardScanner(QObject):
    """Watches the fields of a page for a scanned card."""

    card = Signal(object, object)
    """CardData and the widget that had the focus."""
    unreadable = Signal(str)
    """The card's text came damaged: what to do, in Vietnamese."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tail = ""
        self._buffer: str | None = None
        self._target: QWidget | None = None
        self._before: deque[_State] = deque(maxlen=DIGITS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._finish)

    @property
    def scanning(self) -> bool:
        """Whether a card is being typed right now."""
        return self._buffer is not None

    def watch(self, widget: QWidget) -> None:
        """Look at the keys of ``widget``, and at what is pasted or committed into a text field."""
        widget.installEventFilter(self)
        if isinstance(widget, QLineEdit):
            widget.textChanged.connect(self._look_at_text)

    def read(self, text: str, target: QWidget) -> None:
        """Take ``text`` as a card's."""
        try:
            data = parse_card_qr(text)
        except RuleViolation as violation:
            self.unreadable.emit(violation.message)
        else:
            self.card.emit(data, target)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._buffer is not None:
            return self._while_scanning(event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            return self._begins(watched, event.text())
        return False

    def _begins(self, widget: QWidget, text: str) -> bool:
        if not text:
            return False
        self._tail = (self._tail + text)[-START_LENGTH:]
        match = START.search(self._tail)
        if match is None:
            self._before.append(_state_of(widget))
            return False
        self._tail = ""
        self._buffer = f"{match[1]}|"
        self._target = widget
        if len(self._before) == DIGITS:
            _put_back(self._before[0])
        self._before.clear()
        self._timer.start()
        return True

    def _while_scanning(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        text = ""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                self._finish()
                return True
            if event.key() == Qt.Key.Key_Backspace and self._buffer:
                # An input method mends its own letters by typing Backspace.
                self._buffer = self._buffer[:-1]
            else:
                text = event.text()
        elif event.type() == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            text = event.commitString()
        elif event.type() != QEvent.Type.KeyRelease:
            return False
        self._buffer = (self._buffer or "") + text
        self._timer.start()
        return True

    def _finish(self) -> None:
        self._timer.stop()
        text, target = self._buffer, self._target
        self._buffer = self._target = None
        if text is not None and target is not None:
            self.read(text, target)

    def _look_at_text(self, text: str) -> None:
        """A card pasted, or committed in one piece by an input method."""
        sender = self.sender()
        match = WHOLE.search(text)
        if match is None or not looks_like_card_qr(match[0]) or not isinstance(sender, QLineEdit):
            return
        sender.setText(text[: match.start()])
        self.read(match[0], sender)
