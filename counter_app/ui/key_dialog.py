"""What every window over the main one shares: Enter does what the button in focus says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QDialog, QRadioButton, QWidget

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyDialog(QDialog):
    """Qt gives Enter to the default button, even from «Hủy»: whoever led the focus to a button means that button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_by_enter(self.focusWidget(), event):
            super().keyPressEvent(event)


def press_by_enter(focused: QWidget | None, event: QKeyEvent) -> bool:
    """Whether this is Enter on a button, which is pressed then."""
    is_tick = isinstance(focused, QCheckBox | QRadioButton)
    if event.key() not in ENTER or is_tick or not isinstance(focused, QAbstractButton):
        return False
    focused.click()
    return True
