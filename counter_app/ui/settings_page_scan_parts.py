"""The parts of the scanners' form: what is found, the address of another scanner, folder and cameras."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget

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
        self.form.setRowVisible(label, bool(words))

    def _add_sources(self) -> None:
        self._title(Words.FOUND)
        self.table = SourcesTable(self)
        self.form.addRow(self.table)
        self.again_button = self._button(Words.AGAIN)
        self.test_button = self._button(Words.TEST)
        self.trust_button = self._button(Words.TRUST)
        self.remove_button = self._button(Words.REMOVE)
        row = QHBoxLayout()
        for button in (self.again_button, self.test_button, self.trust_button, self.remove_button):
            row.addWidget(button)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr(Words.LOOKING))
        self.progress.setMaximumWidth(160)
        row.addWidget(self.progress)
        row.addStretch(1)
        self.form.addRow(row)
        self.state_words = self._answer(whole=True)
        self.trouble_words = self._answer(whole=True)

    def _add_network(self) -> None:
        self._title(Words.ADD_TITLE)
        self.address = QLineEdit(self)
        self.add(Words.ADDRESS, self.address, Words.ADDRESS_HINT)
        self.scanner_name = QLineEdit(self)
        self.add_button = self._button(Words.ADD)
        self._with_button(Words.NAME, self.scanner_name, self.add_button, Words.NAME_HINT)
        self.add_words = self._answer()

    def _add_others(self) -> None:
        self._title(Words.OTHERS)
        self.folder = QLineEdit(self)
        self.folder.textEdited.connect(self.edited)
        self.choose_button = self._button(Words.CHOOSE)
        self._with_button(Words.FOLDER, self.folder, self.choose_button, Words.FOLDER_HINT)
        self.folder_words = self._answer()
        self.cameras = self.number(Words.CAMERAS, 0, MOST_CAMERAS, Words.CAMERA_UNIT)
        self.discover = self.tick(Words.DISCOVER)

    def _title(self, words: str) -> None:
        title = QLabel(tr(words), self)
        set_role(title, "section")
        self.form.addRow(title)

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

    def _answer(self, *, whole: bool = False) -> QLabel:
        """A line for what was found; not there before. ``whole``: as wide as the table."""
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(label, "inline")
        if whole:
            self.form.addRow(label)
        else:
            label.setMaximumWidth(FIELD_WIDTH)
            self.form.addRow("", label)
        self.form.setRowVisible(label, False)
        return label
