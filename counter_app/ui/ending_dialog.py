"""The window for a refusal, a withdrawal or a stop: its ground in law, what becomes of papers and fees, who signs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from counter_app.rules.lifecycle import Step
from counter_app.services.endings import REQUESTED_BY, Ending
from counter_app.services.returning_delivery import OriginalBack
from counter_app.services.steps import StepInput
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.law_box import LawBox
from counter_app.ui.page import nfc
from counter_app.ui.signer_fields import SignerFields
from counter_app.ui.step_dialogs import StepDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

ENDINGS = frozenset({Step.REFUSE, Step.WITHDRAW, Step.STOP})
"""Steps that this window asks for."""

WIDTH = 720
PAPERS_HEIGHT = 118


class Words:
    """What the window says besides what it says of any step."""

    REQUESTED = QT_TRANSLATE_NOOP("EndingDialog", "Dừng t&heo")
    PAPERS = QT_TRANSLATE_NOOP("EndingDialog", "Giấy &tờ xử lý thế nào")
    FEES = QT_TRANSLATE_NOOP("EndingDialog", "&Phí, lệ phí xử lý thế nào")
    SIGNER = QT_TRANSLATE_NOOP("EndingDialog", "N&gười ký thông báo")
    ORIGINALS = QT_TRANSLATE_NOOP("EndingDialog", "Trả lại &bản chính")
    ORIGINAL = QT_TRANSLATE_NOOP("EndingDialog", "{count} bản: {name}")


class EndingDialog(StepDialog):
    """Asks for the reason as any step does, and for what the notice has to say."""

    def __init__(self, context: AppContext, dossier: DossierView, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, step, parent)
        self.setMinimumWidth(WIDTH)
        self.law = LawBox(self)
        self.requested_by = QComboBox(self)
        for key, words in REQUESTED_BY.items():
            self.requested_by.addItem(words, key)
        self.papers, self.fees = QLineEdit(self), QLineEdit(self)
        self.signer = SignerFields(self)
        self.originals = QListWidget(self)
        self.originals.setFixedHeight(PAPERS_HEIGHT)
        self.originals.setWordWrap(True)
        self.originals.setResizeMode(QListWidget.ResizeMode.Adjust)  # else the bar at the side cuts the last words
        self.originals.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list_originals(dossier)
        asked: list[tuple[str, QWidget, bool]] = [
            (self.law.label, self.law, step is not Step.WITHDRAW),
            (_tr(Words.REQUESTED), self.requested_by, step is Step.STOP),
            (_tr(Words.PAPERS), self.papers, step is Step.STOP),
            (_tr(Words.FEES), self.fees, step is not Step.REFUSE),
            (_tr(Words.SIGNER), self.signer, step is Step.STOP),
            (_tr(Words.ORIGINALS), self.originals, step is not Step.REFUSE and self.originals.count() > 0),
        ]
        for words, field, wanted in asked:
            if wanted:
                self.add_field(words, field)
            else:
                field.hide()
        self.put_late_entry_last()
        if step is not Step.WITHDRAW:
            self.law.offer(context)

    def answers(self) -> StepInput:
        ending = Ending(
            law=self.law.law(),
            requested_by=str(self.requested_by.currentData()) if self.step is Step.STOP else "",
            papers=nfc(self.papers.text()),
            fees=nfc(self.fees.text()),
            originals=self._given_back(),
        )
        signing = self.signer.signing()
        return replace(super().answers(), ending=ending, signer=signing.signer, signer_title=signing.title)

    def issued(self, answer: Any) -> str:
        """A withdrawal has no notice; for papers that go back the receiver signs."""
        return "return_slip" if self.step is Step.WITHDRAW and self._given_back() else super().issued(answer)

    def _given_back(self) -> tuple[OriginalBack, ...]:
        items = [self.originals.item(row) for row in range(self.originals.count())]
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    def _list_originals(self, dossier: DossierView) -> None:
        for paper in dossier.components:
            if paper.originals:
                words = _tr(Words.ORIGINAL).format(name=paper.name, count=paper.originals)
                item = QListWidgetItem(words, self.originals)
                item.setToolTip(paper.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Unchecked)
                item.setData(Qt.ItemDataRole.UserRole, OriginalBack(paper.code, paper.originals))
        if self.originals.count():
            self.originals.setCurrentRow(0)


def _tr(text: str) -> str:
    return translate("EndingDialog", text)
