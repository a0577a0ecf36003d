"""The texts of one form, each in a box of its own with the way back to what was shipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from counter_app.services.values import OfficeData
from counter_app.ui.page import nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.wording import FormWording, WordingText

LETTERS_A_LINE = 50
MOST_LINES = 8
FRAME = 26
"""Pixels around the lines of a box."""


class Words:
    """Captions by the kind of text."""

    PLACES = QT_TRANSLATE_NOOP(
        "WordingTexts", "Chữ trong [ ] do chương trình điền. <b>…</b>: in đậm, <i>…</i>: in nghiêng."
    )
    PRESCRIBED = QT_TRANSLATE_NOOP("WordingTexts", "Tên giấy và các mục do thông tư quy định nên không sửa ở đây.")
    TITLE = QT_TRANSLATE_NOOP("WordingTexts", "Tên giấy")
    SENTENCE = QT_TRANSLATE_NOOP("WordingTexts", "Câu {number}")
    LABEL = QT_TRANSLATE_NOOP("WordingTexts", "Mục {number}")
    HEADING = QT_TRANSLATE_NOOP("WordingTexts", "Tiêu đề bảng {number}")
    NOTES = QT_TRANSLATE_NOOP("WordingTexts", "Ghi chú cuối giấy, mỗi dòng một ý")
    ADDRESSEES = QT_TRANSLATE_NOOP("WordingTexts", "Nơi nhận, mỗi dòng một nơi")
    SUFFIX = QT_TRANSLATE_NOOP("WordingTexts", "Ký hiệu sau số văn bản, ví dụ UBND-VP")
    SHIPPED = QT_TRANSLATE_NOOP("WordingTexts", "Lời văn gốc")
    SHIPPED_OF = QT_TRANSLATE_NOOP("WordingTexts", "Lời văn gốc: {caption}")
    BODY = QT_TRANSLATE_NOOP("WordingTexts", "Cơ quan chủ quản")
    DESK = QT_TRANSLATE_NOOP("WordingTexts", "Tên bộ phận, in hoa")
    SYMBOL = QT_TRANSLATE_NOOP("WordingTexts", "Ký hiệu số văn bản")
    PLACE = QT_TRANSLATE_NOOP("WordingTexts", "Địa danh trên văn bản")
    OFFICE = QT_TRANSLATE_NOOP("WordingTexts", "Tên cơ quan")


KINDS = {
    "title": Words.TITLE,
    "sentence": Words.SENTENCE,
    "label": Words.LABEL,
    "heading": Words.HEADING,
    "notes": Words.NOTES,
    "addressees": Words.ADDRESSEES,
    "suffix": Words.SUFFIX,
}
HEAD_FIELDS = {
    "governing_body": Words.BODY,
    "name": Words.OFFICE,
    "desk_name": Words.DESK,
    "letter_suffix": Words.SYMBOL,
    "place": Words.PLACE,
}


class TextList(QScrollArea):
    """A column of boxes; ``changed`` tells which text and what it says now."""

    changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its texts have it
        self.fields: dict[str, QPlainTextEdit] = {}
        self.back_buttons: dict[str, QPushButton] = {}
        self._shipped: dict[str, str] = {}
        self._typed_in = ""

    def show_form(self, form: FormWording, edits: Mapping[str, str]) -> None:
        """The texts of a form, some of them as they are being edited."""
        column = self._begin()
        hints = (Words.PLACES, Words.PRESCRIBED) if form.prescribed else (Words.PLACES,)
        column.addWidget(_hint("\n".join(map(_tr, hints)), self))
        self._shipped = {text.key: text.shipped for text in form.texts}
        numbers: Counter[str] = Counter()
        for text in form.texts:
            numbers[text.kind] += 1
            self._add_text(column, text, edits.get(text.key, text.words), numbers[text.kind])
        column.addStretch(1)

    def show_head(self, office: OfficeData) -> None:
        """What the letterhead has of the office."""
        column = self._begin()
        for name, words in HEAD_FIELDS.items():
            caption = QLabel(_tr(words), self)
            field = self._field(name, caption.text(), str(getattr(office, name)))
            column.addWidget(caption)
            column.addWidget(field)
        column.addStretch(1)

    def lie_between(self, before: QWidget, after: QWidget) -> None:
        """Tab goes from ``before`` through the texts to ``after``, whenever they were made."""
        order = [before]
        for key, field in self.fields.items():
            order += [field, *filter(None, [self.back_buttons.get(key)])]
        for one, other in pairwise([*order, after]):
            self.setTabOrder(one, other)
        if self._typed_in in self.fields:  # saved while it was typed: what is made anew is typed on
            field = self.fields[self._typed_in]
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            field.moveCursor(QTextCursor.MoveOperation.End)

    def show_values(self, values: Mapping[str, str]) -> None:
        """Other values of the same texts, as they are edited elsewhere."""
        for key, value in values.items():
            field = self.fields[key]
            if nfc(field.toPlainText()) != value:
                with QSignalBlocker(field):
                    field.setPlainText(value)

    def mark(self, wrong: str) -> None:
        """Mark the text in which something is wrong; "" for none."""
        for key, field in self.fields.items():
            set_tone(field, "error" if key == wrong else "")

    @Slot()
    def take_shipped(self) -> None:
        """All texts as they were shipped."""
        for key, words in self._shipped.items():
            self.fields[key].setPlainText(words)

    def _begin(self) -> QVBoxLayout:
        inside = QWidget(self)
        set_role(inside, "canvas")
        self._typed_in = next((key for key, field in self.fields.items() if field.hasFocus()), "")
        self.fields.clear()
        self.back_buttons.clear()
        self._shipped = {}
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        old = self.takeWidget()
        if old is not None:
            old.deleteLater()
        self.setWidget(inside)
        return column

    def _add_text(self, column: QVBoxLayout, text: WordingText, words: str, number: int) -> None:
        caption = QLabel(_tr(KINDS[text.kind]).format(number=number), self)
        back = QPushButton(_tr(Words.SHIPPED), self)
        back.setAccessibleName(_tr(Words.SHIPPED_OF).format(caption=caption.text()))
        set_role(back, "quiet")
        back.clicked.connect(partial(self._take_one, text.key))
        self.back_buttons[text.key] = back
        row = QHBoxLayout()
        row.addWidget(caption, 1)
        row.addWidget(back)
        column.addLayout(row)
        column.addWidget(self._field(text.key, caption.text(), words))
        back.setVisible(words != text.shipped)

    def _field(self, key: str, name: str, words: str) -> QPlainTextEdit:
        field = QPlainTextEdit(self)
        field.setAccessibleName(name)
        field.setTabChangesFocus(True)
        field.setPlainText(words)
        lines = sum(1 + len(line) // LETTERS_A_LINE for line in words.splitlines() or [""])
        metrics = field.fontMetrics()
        field.setFixedHeight(min(lines, MOST_LINES) * metrics.lineSpacing() + FRAME)
        field.textChanged.connect(partial(self._typed, key))
        self.fields[key] = field
        return field

    def _take_one(self, key: str, _checked: bool = False) -> None:
        self.fields[key].setPlainText(self._shipped[key])

    def _typed(self, key: str) -> None:
        words = nfc(self.fields[key].toPlainText())
        if key in self.back_buttons:
            self.back_buttons[key].setVisible(words != self._shipped[key])
        self.changed.emit(key, words)


def _hint(text: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    # The tags in it are shown as they are typed.
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(True)
    set_role(label, "hint")
    return label


def _tr(text: str) -> str:
    return translate("WordingTexts", text)
