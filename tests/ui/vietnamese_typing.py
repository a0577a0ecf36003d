"""Types Vietnamese as an input method does: QTest's key clicks know Latin-1 alone."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QWidget


def type_vietnamese(field: QWidget, text: str) -> None:
    """Commit ``text`` into the field, word by word, each composed first."""
    for place, word in enumerate(text.split(" ")):
        QCoreApplication.sendEvent(field, QInputMethodEvent(word, []))
        committed = QInputMethodEvent()
        committed.setCommitString(f" {word}" if place else word)
        QCoreApplication.sendEvent(field, committed)
