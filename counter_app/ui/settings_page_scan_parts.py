"""The parts of the scanners' form: what is found, the address of another scanner, folder and cameras."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from counter_app.ui.settings_page_forms import FIELD_WIDTH, SettingsForm
from counter_app.ui.settings_page_scan_table import SourcesTable, tr
from counter_app.ui.settings_page_scan_words import Words
from counter_app.ui.theme import set_role, set_tone

MOST_CAMERAS = 9


class ScanFormParts(SettingsForm):
    """What stands on the form; what it does is in ``settings_page_scan``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._add_sources()
        self._add_network()
        self._add_others()

    def say(self, label: QLabel, words: str, tone: str) -> None:
        """Say what was found; without words the line is not there."""
        label.setText(words)
        set_tone(label, tone)
        if label.parent() is self.sources:
            label.setVisible(bool(words))
        else:
            self.form.setRowVisible(label, bool(words))

    def _add_sources(self) -> None:
        """As wide as there is room, above the questions."""
        self.table = SourcesTable(self)
        self.again_button = self._button(Words.AGAIN)
        self.test_button = self._button(Words.TEST)
        self.trust_button = self._button(Words.TRUST)
        self.remove_button = self._button(Words.REMOVE)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr(Words.LOOKING))
        self.progress.setMaximumWidth(160)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.again_button, self.test_button, self.trust_button, self.remove_button, self.progress):
            row.addWidget(part)
        row.addStretch(1)
        self.sources = QWidget(self)
        self.state_words = self._line(self.sources)
        self.trouble_words = self._line(self.sources)
        column = QVBoxLayout(self.sources)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(8)
        column.addWidget(self._title(Words.FOUND))
        column.addWidget(self.table)
        column.addLayout(row)
        for label in (self.state_words, self.trouble_words):
            label.hide()
            column.addWidget(label)
        self.column.insertWidget(0, self.sources)

    def _add_network(self) -> None:
        self.form.addRow(self._title(Words.ADD_TITLE))
        self.address = QLineEdit(self)
        self.add(Words.ADDRESS, self.address, Words.ADDRESS_HINT)
        self.scanner_name = QLineEdit(self)
        self.add_button = self._button(Words.ADD)
        self._with_button(Words.NAME, self.scanner_name, self.add_button, Words.NAME_HINT)
        self.add_words = self._answer()

    def _add_others(self) -> None:
        self.form.addRow(self._title(Words.OTHERS))
        self.folder = QLineEdit(self)
        self.folder.textEdited.connect(self.edited)
        self.choose_button = self._button(Words.CHOOSE)
        self._with_button(Words.FOLDER, self.folder, self.choose_button, Words.FOLDER_HINT)
        self.folder_words = self._answer()
        self.cameras = self.number(Words.CAMERAS, 0, MOST_CAMERAS, Words.CAMERA_UNIT)
        self.discover = self.tick(Words.DISCOVER)
        self.despeckle = self.tick(Words.DESPECKLE)

    def _title(self, words: str) -> QLabel:
        title = QLabel(tr(words), self)
        set_role(title, "section")
        return title

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        return button

    def _with_button(self, label: str, field: QLineEdit, button: QPushButton, hint: str) -> None:
        """A question with a button behind its line."""
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(field, 1)
        layout.addWidget(button)
        caption = self.add(label, row, hint)
        caption.setBuddy(field)
        field.setAccessibleName(caption.text().replace("&", ""))

    def _answer(self) -> QLabel:
        """A line for what was found, below a question; not there before."""
        label = self._line(self)
        label.setMaximumWidth(FIELD_WIDTH)
        self.form.addRow("", label)
        self.form.setRowVisible(label, False)
        return label

    def _line(self, parent: QWidget) -> QLabel:
        label = QLabel(parent)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(label, "inline")
        return label
