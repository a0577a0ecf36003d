"""What every window over the main one shares: Enter does what the button in focus says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QDialog, QRadioButton

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyDialog(QDialog):
    """Qt gives Enter to the default button, even from «Hủy»: whoever led the focus to a button means that button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = self.focusWidget()
        pressed = isinstance(button, QAbstractButton) and not isinstance(button, QCheckBox | QRadioButton)
        if event.key() in ENTER and pressed:
            button.click()
            return
        super().keyPressEvent(event)
