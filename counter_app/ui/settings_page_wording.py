"""The wording of the forms, corrected beside a paper that shows at once what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.values import OfficeData
from counter_app.settings import Settings
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_date
from counter_app.ui.preview import PdfPreview
from counter_app.ui.settings_page_wording_texts import TextList
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.wording import OfficeWording, WordingChange

PREVIEW_DELAY_MS = 350
"""Typing rests this long before the paper is drawn."""

LEFT_WIDTH = 530
HEAD = ""
"""In place of a form: what stands at the top of all of them."""

HEAD_SHOWN_ON = "receipt"


class Words:
    """What the tab says."""

    TAB = QT_TRANSLATE_NOOP("SettingsWording", "Lời văn")
    FORM = QT_TRANSLATE_NOOP("SettingsWording", "&Giấy")
    HEAD = QT_TRANSLATE_NOOP("SettingsWording", "Phần đầu của mọi giấy tờ")
    FROM = QT_TRANSLATE_NOOP("SettingsWording", "&Từ ngày")
    EARLIEST = QT_TRANSLATE_NOOP(
        "SettingsWording", "Sớm nhất {day}. Giấy cấp trước ngày áp dụng khi in lại vẫn giữ lời văn cũ."
    )
    HEAD_HINT = QT_TRANSLATE_NOOP(
        "SettingsWording", "Áp dụng cho giấy cấp từ lúc lưu; giấy đã cấp khi in lại vẫn giữ phần đầu cũ."
    )
    OWN = QT_TRANSLATE_NOOP("SettingsWording", "Đang dùng lời văn riêng của cơ quan, từ {day}.")
    SHIPPED = QT_TRANSLATE_NOOP("SettingsWording", "Đang dùng lời văn gốc.")
    BACK = QT_TRANSLATE_NOOP("SettingsWording", "Lấy lại lời văn gốc của giấy này")
    READING = QT_TRANSLATE_NOOP("SettingsWording", "Đang đọc bộ mẫu…")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A paper that was asked for by the number ``asked``."""

    asked: int
    pdf: bytes


class WordingForm(QWidget):
    """Choice of a form, its texts, and its paper beside; saved with the other settings."""

    tab = Words.TAB
    edited = Signal()
    office_edited = Signal(str, str)
    """A field of the office and its text: what stands in the letterhead is the office's."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.wording: OfficeWording | None = None
        self._office = OfficeData("", "")
        self._edits: dict[str, dict[str, str]] = {}
        self._stale = True
        self._asked = 0
        self._drawing = False
        self._again = False
        self.form_choice = QComboBox(self)
        self.valid_from = QDateEdit(self)
        self.valid_from.setDisplayFormat("dd/MM/yyyy")
        self.valid_from.lineEdit().setTextMargins(8, 0, 0, 0)
        self.hint = _hint(self)
        self.state = _hint(self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        set_role(self.problem, "inline")
        set_tone(self.problem, "error")
        self.texts = TextList(self)
        self.back = QPushButton(_tr(Words.BACK), self)
        self.back.setAccessibleName(self.back.text())
        self.preview = PdfPreview(context.executor, self)
        self.delay = QTimer(self)
        self.delay.setSingleShot(True)
        self.delay.setInterval(PREVIEW_DELAY_MS)
        self._lay_out()
        self.delay.timeout.connect(self.draw)
        self.form_choice.currentIndexChanged.connect(self._form_chosen)
        self.valid_from.dateChanged.connect(self._day_chosen)
        self.texts.changed.connect(self._text_changed)
        self.back.clicked.connect(self.texts.take_shipped)

    def load(self, settings: Settings, office: OfficeData) -> None:
        """Show what is in force, when the tab is seen."""
        self._office = office
        self._edits.clear()
        self._stale = True
        if self.isVisible():
            self.read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.read()

    @Slot()
    def read(self) -> None:
        """Read the sets as they are now."""
        self._stale = False
        self.state.setText(_tr(Words.READING))
        self.context.executor.submit(partial(_read, self.context.desk), self._take, self._refused)

    def change(self) -> WordingChange | None:
        """What is to be saved; None where nothing was changed."""
        edits = {form: texts for form, texts in self._edits.items() if texts}
        if self.wording is None or not edits:
            return None
        from counter_app.services.wording import WordingChange

        return WordingChange(self.wording.set_id, self.day(), edits)

    def day(self) -> date:
        """From when it holds."""
        shown = self.valid_from.date()
        return date(shown.year(), shown.month(), shown.day())

    def show_office(self, office: OfficeData) -> None:
        """The office as it is being edited."""
        if office != self._office:
            self._office = office
            if self.form_choice.currentData() == HEAD:
                self.texts.show_values({name: getattr(office, name) for name in self.texts.fields})
            self.delay.start()

    @Slot()
    def draw(self) -> None:
        """Draw the paper with the texts as they stand; while one is being drawn the next one waits."""
        self.delay.stop()
        if self.wording is None:
            return
        if self._drawing:
            self._again = True
            return
        self._drawing, self._again = True, False
        self._asked += 1
        form = str(self.form_choice.currentData() or HEAD_SHOWN_ON)
        # What is looked at is the set that is edited, whichever day it will hold from.
        work = partial(
            _draw,
            self.context.desk,
            self._asked,
            self.wording.day,
            form,
            dict(self._edits.get(form, {})),
            self._office,
        )
        self.context.executor.submit(work, self._drawn, self._not_drawn)

    def _lay_out(self) -> None:
        self.form = form = QFormLayout()
        for words, field in ((Words.FORM, self.form_choice), (Words.FROM, self.valid_from)):
            label = QLabel(_tr(words), self)
            label.setBuddy(field)
            field.setAccessibleName(label.text().replace("&", ""))
            form.addRow(label, field)
        form.addRow("", self.hint)
        left = QWidget(self)
        left.setFixedWidth(LEFT_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(20, 16, 0, 12)
        column.addLayout(form)
        column.addWidget(self.texts, 1)
        column.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self.back)
        column.addLayout(foot)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 16, 12)
        across.setSpacing(16)
        across.addWidget(left)
        across.addWidget(self.preview, 1)
        self.problem.hide()
        self.form_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _take(self, wording: OfficeWording) -> None:
        self.wording = wording
        chosen = self.form_choice.currentData()
        with QSignalBlocker(self.form_choice):
            self.form_choice.clear()
            self.form_choice.addItem(_tr(Words.HEAD), HEAD)
            for form in wording.forms:
                self.form_choice.addItem(form.name, form.form)
            self.form_choice.setCurrentIndex(max(0, self.form_choice.findData(chosen)))
        earliest = QDate(wording.earliest.year, wording.earliest.month, wording.earliest.day)
        with QSignalBlocker(self.valid_from):
            self.valid_from.setMinimumDate(earliest)
            self.valid_from.setDate(earliest)
        own = wording.own_since
        self.state.setText(_tr(Words.SHIPPED) if own is None else _tr(Words.OWN).format(day=local_date(own)))
        self._form_chosen()

    @Slot()
    def _form_chosen(self) -> None:
        if self.wording is None:
            return
        name = self.form_choice.currentData()
        self.problem.hide()
        self.form.setRowVisible(self.valid_from, name != HEAD)
        if name == HEAD:
            self.hint.setText(_tr(Words.HEAD_HINT))
            self.texts.show_head(self._office)
        else:
            self.hint.setText(_tr(Words.EARLIEST).format(day=local_date(self.wording.earliest)))
            form = next(each for each in self.wording.forms if each.form == name)
            self.texts.show_form(form, self._edits.get(name, {}))
        self.texts.lie_between(self.valid_from, self.back)
        self.back.setVisible(name != HEAD)
        self.draw()

    @Slot()
    def _day_chosen(self) -> None:
        if self.change() is not None:
            self.edited.emit()

    @Slot(str, str)
    def _text_changed(self, key: str, words: str) -> None:
        name = str(self.form_choice.currentData())
        if name == HEAD:
            words = " ".join(words.split())
            self._office = replace(self._office, **{key: words})
            self.office_edited.emit(key, words)
        else:
            assert self.wording is not None  # there are no texts before it was read
            form = next(each for each in self.wording.forms if each.form == name)
            before = next(text.words for text in form.texts if text.key == key)
            edits = self._edits.setdefault(name, {})
            if words == before:
                edits.pop(key, None)
            else:
                edits[key] = words
            self.edited.emit()
        self.delay.start()

    def _drawn(self, drawn: _Drawn) -> None:
        self._drawing = False
        if self._again:
            self.draw()
        elif drawn.asked == self._asked:
            self.problem.hide()
            self.texts.mark("")
            self.preview.show_pdf(drawn.pdf)

    def _not_drawn(self, error: Exception) -> None:
        self._drawing = False
        if self._again:
            self.draw()
        else:
            self._refused(error)

    def _refused(self, error: Exception) -> None:
        """The paper stays as it was last; what is wrong is said beside the texts."""
        if not isinstance(error, UserError):
            self.context.show_error(error)
            return
        self.problem.setText(error.message)
        self.problem.show()
        self.texts.mark(str(error.details.get("text", "")))


def _read(desk: DeskContext) -> OfficeWording:
    from counter_app.services.wording import read_wording

    return read_wording(desk)


def _draw(desk: DeskContext, asked: int, day: date, form: str, texts: Mapping[str, str], office: OfficeData) -> _Drawn:
    from counter_app.services.wording import preview_wording

    return _Drawn(asked, preview_wording(desk, day, form, texts, office))


def _hint(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    set_role(label, "hint")
    return label


def _tr(text: str) -> str:
    return translate("SettingsWording", text)
