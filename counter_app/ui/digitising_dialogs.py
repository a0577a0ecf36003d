"""Small windows about one paper of a dossier: whether it is scanned, how many pages it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox, QWidget

from counter_app.rules.digitising import LABELS, MOST_IMAGES, PaperKind, Treatment
from counter_app.services.digitising import choose, count_pages
from counter_app.services.digitising_todo import TodoRow
from counter_app.ui.context import AppContext
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the windows say."""

    TREAT_TITLE = QT_TRANSLATE_NOOP("DigitisingDialogs", "Số hóa giấy tờ này của riêng hồ sơ")
    SAVE = QT_TRANSLATE_NOOP("DigitisingDialogs", "Ghi lại (Ctrl+Enter)")
    HEAD = QT_TRANSLATE_NOOP("DigitisingDialogs", "{dossier} · {applicant}\n{name}")
    TREATMENT = QT_TRANSLATE_NOOP("DigitisingDialogs", "&Cách số hóa")
    REASON = QT_TRANSLATE_NOOP("DigitisingDialogs", "&Lý do")
    REASON_HINT = QT_TRANSLATE_NOOP("DigitisingDialogs", "Ví dụ: chỉ xuất trình, đã trả lại người nộp")
    TREATED = QT_TRANSLATE_NOOP("DigitisingDialogs", "Đã ghi cách số hóa vào lịch sử hồ sơ {dossier}.")
    PAGES_TITLE = QT_TRANSLATE_NOOP("DigitisingDialogs", "Giấy tờ có bao nhiêu trang")
    PAGES_HINT = QT_TRANSLATE_NOOP(
        "DigitisingDialogs", "Trang có dán ghi chú được quét hai lần: một lần cả ghi chú, một lần không."
    )
    PAGES = QT_TRANSLATE_NOOP("DigitisingDialogs", "&Số trang")
    NOTED = QT_TRANSLATE_NOOP("DigitisingDialogs", "Trong đó có &ghi chú")
    IMAGES = QT_TRANSLATE_NOOP("DigitisingDialogs", "Bản quét phải có {count} trang ảnh.")


class TreatmentDialog(TaskDialog):
    """Asks how one paper is treated and why; the reason goes into the dossier's history."""

    def __init__(self, context: AppContext, row: TodoRow, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TREAT_TITLE), _tr(Words.SAVE), parent)
        self.row = row
        self.say(_head(row))
        self.treatment = QComboBox(self)
        for treatment, words in LABELS.items():
            if treatment is not Treatment.SCAN:
                self.treatment.addItem(words, treatment)
        self.treatment.setCurrentIndex(self.treatment.findData(Treatment.SHOWN_ONLY))
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText(_tr(Words.REASON_HINT))
        self.add_field(_tr(Words.TREATMENT), self.treatment)
        self.add_field(_tr(Words.REASON), self.reason)
        self.treatment.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Any]:
        treatment = Treatment(self.treatment.currentData())
        kind = PaperKind(self.row.kind)
        reason = nfc(self.reason.text())
        return partial(choose, self.context.desk, self.row.dossier_code, kind, self.row.code, treatment, reason)

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.context.announce("dossier", "digitising", dossiers=(self.row.dossier_code,))
        self.context.tell(_tr(Words.TREATED).format(dossier=self.row.dossier_code), "success")


class PagesDialog(TaskDialog):
    """Asks for pages and pages with a note, and says how many images there must be."""

    def __init__(self, context: AppContext, row: TodoRow, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.PAGES_TITLE), _tr(Words.SAVE), parent)
        self.row = row
        self.say(f"{_head(row)}\n{_tr(Words.PAGES_HINT)}")
        self.pages, self.noted = QSpinBox(self), QSpinBox(self)
        self.pages.setRange(1, MOST_IMAGES)
        self.noted.setRange(0, MOST_IMAGES)
        self.add_field(_tr(Words.PAGES), self.pages)
        self.add_field(_tr(Words.NOTED), self.noted)
        self.images = QLabel(self)
        self.form.addRow(self.images)
        for box in (self.pages, self.noted):
            box.valueChanged.connect(self._show_images)
        self._show_images()
        self.pages.setFocus(Qt.FocusReason.OtherFocusReason)
        self.pages.selectAll()

    def work(self) -> Callable[[], Any]:
        kind = PaperKind(self.row.kind)
        numbers = (self.pages.value(), self.noted.value())
        return partial(count_pages, self.context.desk, self.row.dossier_code, kind, self.row.code, *numbers)

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.context.announce("dossier", "digitising", dossiers=(self.row.dossier_code,))
        self.context.tell(_tr(Words.IMAGES).format(count=answer), "success")

    def _show_images(self) -> None:
        self.images.setText(_tr(Words.IMAGES).format(count=self.pages.value() + self.noted.value()))


def _head(row: TodoRow) -> str:
    return _tr(Words.HEAD).format(dossier=row.dossier_code, applicant=row.applicant_name, name=row.name)


def _tr(text: str) -> str:
    return translate("DigitisingDialogs", text)
