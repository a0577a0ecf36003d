"""The window for a refusal, a withdrawal or a stop: its ground in law, what becomes of papers and fees."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from counter_app.rules.lifecycle import Step
from counter_app.services.endings import OPEN_PLACE, REQUESTED_BY, Ending, kept_grounds
from counter_app.services.returning_delivery import OriginalBack
from counter_app.services.steps import StepInput
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.page import alive, nfc
from counter_app.ui.step_dialogs import StepDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

ENDINGS = frozenset({Step.REFUSE, Step.WITHDRAW, Step.STOP})
"""Steps that this window asks for."""

WIDTH = 720
PAPERS_HEIGHT = 118


class Words:
    """What the window says besides what it says of any step."""

    LAW = QT_TRANSLATE_NOOP("EndingDialog", "&Điều luật áp dụng")
    LAW_HINT = QT_TRANSLATE_NOOP("EndingDialog", "Chọn điều đã dùng, hoặc gõ điều khác")
    REQUESTED = QT_TRANSLATE_NOOP("EndingDialog", "D&ừng theo")
    PAPERS = QT_TRANSLATE_NOOP("EndingDialog", "Giấy &tờ xử lý thế nào")
    FEES = QT_TRANSLATE_NOOP("EndingDialog", "&Phí, lệ phí xử lý thế nào")
    ORIGINALS = QT_TRANSLATE_NOOP("EndingDialog", "Trả lại &bản chính")
    ORIGINAL = QT_TRANSLATE_NOOP("EndingDialog", "{count} bản: {name}")


class EndingDialog(StepDialog):
    """Asks for the reason as any step does, and for what the notice has to say."""

    def __init__(self, context: AppContext, dossier: DossierView, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, step, parent)
        self.setMinimumWidth(WIDTH)
        self.law = QComboBox(self)
        self.law.setEditable(True)
        self.law.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.law.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.law.setMinimumContentsLength(40)
        self.law.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.requested_by = QComboBox(self)
        for key, words in REQUESTED_BY.items():
            self.requested_by.addItem(words, key)
        self.papers, self.fees = QLineEdit(self), QLineEdit(self)
        self.originals = QListWidget(self)
        self.originals.setFixedHeight(PAPERS_HEIGHT)
        self.originals.setWordWrap(True)
        self.originals.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list_originals(dossier)
        asked: list[tuple[str, QWidget, bool]] = [
            (Words.LAW, self.law, step is not Step.WITHDRAW),
            (Words.REQUESTED, self.requested_by, step is Step.STOP),
            (Words.PAPERS, self.papers, step is Step.STOP),
            (Words.FEES, self.fees, step is not Step.REFUSE),
            (Words.ORIGINALS, self.originals, step is not Step.REFUSE and self.originals.count() > 0),
        ]
        for words, field, wanted in asked:
            if wanted:
                self.add_field(translate("EndingDialog", words), field)
            else:
                field.hide()
        self.put_late_entry_last()
        if step is not Step.WITHDRAW:
            line = self.law.lineEdit()
            assert line is not None
            line.setPlaceholderText(translate("EndingDialog", Words.LAW_HINT))
            self.law.activated.connect(self._fill_in)
            self.context.executor.submit(partial(kept_grounds, context.desk), self._offer_grounds)

    def answers(self) -> StepInput:
        ending = Ending(
            law=nfc(self.law.currentText()),
            requested_by=str(self.requested_by.currentData()) if self.step is Step.STOP else "",
            papers=nfc(self.papers.text()),
            fees=nfc(self.fees.text()),
            originals=tuple(
                self.originals.item(row).data(Qt.ItemDataRole.UserRole)
                for row in range(self.originals.count())
                if self.originals.item(row).checkState() is Qt.CheckState.Checked
            ),
        )
        return replace(super().answers(), ending=ending)

    def _offer_grounds(self, grounds: list[str]) -> None:
        if alive(self):
            typed = self.law.currentText()
            self.law.addItems(grounds)
            self.law.setCurrentIndex(-1)
            self.law.setEditText(typed)

    @Slot()
    def _fill_in(self) -> None:
        """What is typed next goes into the place that a ground of the first ones leaves open."""
        line = self.law.lineEdit()
        if line is not None and (at := line.text().find(OPEN_PLACE)) >= 0:
            line.setSelection(at, len(OPEN_PLACE))

    def _list_originals(self, dossier: DossierView) -> None:
        for paper in dossier.components:
            if paper.originals:
                words = translate("EndingDialog", Words.ORIGINAL).format(name=paper.name, count=paper.originals)
                item = QListWidgetItem(words, self.originals)
                item.setToolTip(paper.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Unchecked)
                item.setData(Qt.ItemDataRole.UserRole, OriginalBack(paper.code, paper.originals))
        if self.originals.count():
            self.originals.setCurrentRow(0)
