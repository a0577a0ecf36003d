"""Small things that all parts of the intake form share."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from counter_app.ui.theme import set_role, set_tone

LABEL_WIDTH = 112


class InlineNote(QLabel):
    """A warning or a hint below the field that it is about; hidden while there is nothing to say."""

    def __init__(self, tone: str = "warning") -> None:
        super().__init__()
        set_role(self, "inline")
        set_tone(self, tone)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def say(self, text: str, tone: str | None = None) -> None:
        """Show ``text``; an empty one hides the note."""
        self.setText(text)
        if tone is not None:
            set_tone(self, tone)
        self.setVisible(bool(text))


def form_layout() -> QFormLayout:
    """Labels on the left, fields as wide as there is room."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(10)
    layout.setVerticalSpacing(6)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return layout


def label(text: str, buddy: QWidget, width: int = LABEL_WIDTH) -> QLabel:
    """A label with its buddy: the mnemonic goes to the field, assistive tools read the text with it."""
    made = QLabel(text)
    made.setBuddy(buddy)
    if width:
        # Fields below each other begin at one line; a longer text still shows whole.
        made.setMinimumWidth(width)
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    return made


def line_edit(name: str, placeholder: str = "", max_length: int = 250) -> QLineEdit:
    """A text field with an accessible name."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(placeholder)
    made.setMaxLength(max_length)
    return made
