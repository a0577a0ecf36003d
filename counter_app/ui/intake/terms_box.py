"""Channel, way of return, sets and note."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from counter_app.services.values import CHANNELS, RETURN_WAYS
from counter_app.ui.intake.checklist import CountBox
from counter_app.ui.intake.form_parts import form_layout, label, line_edit
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    CHANNEL = QT_TRANSLATE_NOOP("TermsBox", "&Kênh nộp")
    RETURN = QT_TRANSLATE_NOOP("TermsBox", "T&rả kết quả")
    SETS = QT_TRANSLATE_NOOP("TermsBox", "Số bộ")
    SETS_NAME = QT_TRANSLATE_NOOP("TermsBox", "Số bộ hồ sơ")
    NOTE = QT_TRANSLATE_NOOP("TermsBox", "Gh&i chú")


class TermsBox(QWidget):
    """How the dossier came in and how its result goes out."""

    changed = Signal()
    channel_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.channel = self._choice(Words.CHANNEL, CHANNELS)
        self.return_by = self._choice(Words.RETURN, RETURN_WAYS)
        self.sets = CountBox(translate("TermsBox", Words.SETS_NAME))
        self.sets.setRange(1, 99)
        self.note = line_edit(translate("TermsBox", Words.NOTE).replace("&", ""), max_length=500)
        form = form_layout()
        form.addRow(label(translate("TermsBox", Words.CHANNEL), self.channel), self.channel)
        sets_label = QLabel(translate("TermsBox", Words.SETS))
        sets_label.setBuddy(self.sets)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.return_by, 1)
        row.addWidget(sets_label)
        row.addWidget(self.sets)
        form.addRow(label(translate("TermsBox", Words.RETURN), self.return_by), row)
        form.addRow(label(translate("TermsBox", Words.NOTE), self.note), self.note)
        self.setLayout(form)
        self.channel.currentIndexChanged.connect(self._channel_chosen)
        self.return_by.currentIndexChanged.connect(self.changed)
        self.sets.valueChanged.connect(self.changed)
        self.note.textChanged.connect(self.changed)

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.channel, self.return_by, self.sets, self.note)

    def draft(self) -> dict[str, Any]:
        """For the draft."""
        return {
            "channel": self.channel.currentData(),
            "return_by": self.return_by.currentData(),
            "sets": self.sets.value(),
            "note": self.note.text(),
        }

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft; an empty one sets the usual values."""
        self.channel.setCurrentIndex(max(0, self.channel.findData(draft.get("channel", "counter"))))
        self.return_by.setCurrentIndex(max(0, self.return_by.findData(draft.get("return_by", "counter"))))
        self.sets.setValue(int(draft.get("sets", 1)))
        self.note.setText(str(draft.get("note", "")))

    def _channel_chosen(self) -> None:
        self.changed.emit()
        self.channel_changed.emit()

    @staticmethod
    def _choice(caption: str, choices: dict[str, str]) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(translate("TermsBox", caption).replace("&", ""))
        for value, text in choices.items():
            made.addItem(text, value)
        return made
