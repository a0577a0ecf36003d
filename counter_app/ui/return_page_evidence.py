"""What proves a return: by what right somebody takes the results, the signature, what goes back with them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.returning_delivery import OriginalBack, ResultOut
from counter_app.services.values import DossierView
from counter_app.ui.page import nfc
from counter_app.ui.return_page_originals import OriginalsList
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What this part of the card says."""

    NUMBER = QT_TRANSLATE_NOOP("ReturnEvidence", "Số định &danh")
    AUTHORITY = QT_TRANSLATE_NOOP("ReturnEvidence", "&Giấy ủy quyền")
    AUTHORITY_HINT = QT_TRANSLATE_NOOP("ReturnEvidence", "Loại giấy, số, ngày, nơi chứng thực")
    SIGNED = QT_TRANSLATE_NOOP("ReturnEvidence", "Người &nhận đã ký phiếu giao nhận kết quả")
    SLIP = QT_TRANSLATE_NOOP("ReturnEvidence", "In phiếu giao nhận để ký (Alt+8)")
    RESULTS = QT_TRANSLATE_NOOP("ReturnEvidence", "Kết q&uả giao")
    RESULTS_HINT = QT_TRANSLATE_NOOP(
        "ReturnEvidence", "Mỗi dòng một kết quả: tên | số, ký hiệu. Ví dụ: Trích lục khai sinh | 17/2026/TLKS"
    )
    SIGN_AGAIN = QT_TRANSLATE_NOOP(
        "ReturnEvidence",
        "Nội dung giao đã đổi sau khi đánh dấu «đã ký». Hãy in phiếu mới (Alt+8), cho người nhận ký rồi đánh dấu lại.",
    )


class EvidenceBox(QWidget):
    """Fields of the card below its ways; which of them are asked depends on the way and on the receiver.

    A signature is under what the slip said: once that is another it is no longer ticked.
    """

    slip_asked = Signal()
    changed = Signal()
    """Something that the slip says was entered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._said: Mapping[str, Any] = {}
        self._signed_for: Mapping[str, Any] = {}
        self.number = QLineEdit(self)
        self.authority = QLineEdit(self)
        self.authority.setPlaceholderText(_tr(Words.AUTHORITY_HINT))
        self.signed = QCheckBox(_tr(Words.SIGNED), self)
        self.signed.setAccessibleName(self.signed.text().replace("&", ""))
        self.slip = QPushButton(_tr(Words.SLIP), self)
        self.slip.setAccessibleName(self.slip.text())
        self.slip.setShortcut("Alt+8")
        self.slip.clicked.connect(self.slip_asked)
        self.results = QPlainTextEdit(self)
        self.results.setTabChangesFocus(True)
        self.results.setFixedHeight(62)
        self.results.setAccessibleDescription(_tr(Words.RESULTS_HINT))
        self.results_hint = QLabel(_tr(Words.RESULTS_HINT), self)
        self.results_hint.setWordWrap(True)
        set_role(self.results_hint, "hint")
        self.number_caption = self._caption(Words.NUMBER, self.number)
        self.authority_caption = self._caption(Words.AUTHORITY, self.authority)
        self.results_caption = self._caption(Words.RESULTS, self.results)
        self.originals = OriginalsList(self)
        self.notice = QLabel(self)
        self.notice.setWordWrap(True)
        set_role(self.notice, "inline")
        set_tone(self.notice, "warning")
        for field in (self.number, self.authority, self.results):
            field.textChanged.connect(self.changed)
        self.originals.changed.connect(self.changed)
        self.signed.toggled.connect(self._signed)
        self._lay_out()
        self.ask(way="counter", authorised=False)

    def clear(self) -> None:
        """Forget what was entered."""
        self.number.clear()
        self.authority.clear()
        self.results.clear()
        self.signed.setChecked(False)
        self.notice.hide()
        self.originals.clear()

    def begin(self, view: DossierView) -> None:
        """For another dossier: its results, and its originals to be ticked as they go back."""
        self.clear()
        self.results.setPlainText("\n".join(name for _, name in view.procedure.results))
        self.originals.show_papers_of(view)

    @Slot()
    def ask(self, *, way: str, authorised: bool) -> None:
        """Show the fields that this way and this receiver need."""
        for part in (self.number, self.number_caption, self.authority, self.authority_caption):
            part.setVisible(authorised)
        self.signed.setVisible(way == "counter")
        self.slip.setVisible(way == "counter")

    def follow(self, said: Mapping[str, Any], outdated: str) -> None:
        """What the slip would say now; ``outdated``: why the one that was printed no longer holds, "" if it does."""
        self._said = said
        unticked = self.signed.isChecked() and (bool(outdated) or said != self._signed_for)
        if unticked:
            self.signed.setChecked(False)
        self.signed.setEnabled(not outdated)
        if outdated or unticked:
            self.notice.setText(outdated or _tr(Words.SIGN_AGAIN))
        self.notice.setVisible(bool(outdated) or unticked)

    def results_out(self) -> tuple[ResultOut, ...]:
        """One a line, its number behind a bar."""
        lines = [line.partition("|") for line in map(nfc, self.results.toPlainText().splitlines())]
        return tuple(ResultOut(name.strip(), number.strip()) for name, _, number in lines if name.strip())

    def originals_back(self) -> tuple[OriginalBack, ...]:
        """What was ticked."""
        return self.originals.ticked()

    @Slot(bool)
    def _signed(self, on: bool) -> None:
        if on:
            self._signed_for = self._said
            self.notice.hide()

    def _caption(self, words: str, field: QWidget) -> QLabel:
        label = QLabel(_tr(words), self)
        set_role(label, "section")
        label.setBuddy(field)
        field.setAccessibleName(label.text().replace("&", ""))
        return label

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.addWidget(self.number_caption, 0, 0)
        grid.addWidget(self.number, 0, 1)
        grid.addWidget(self.authority_caption, 0, 2)
        grid.addWidget(self.authority, 0, 3)
        grid.addWidget(self.results_caption, 1, 0, Qt.AlignmentFlag.AlignTop)
        results = QVBoxLayout()
        results.setSpacing(4)
        results.addWidget(self.results)
        results.addWidget(self.results_hint)
        results.addStretch(1)
        going = QHBoxLayout()
        going.setSpacing(14)
        going.addLayout(results, 1)
        going.addWidget(self.originals, 1)
        grid.addLayout(going, 1, 1, 1, 3)
        signing = QHBoxLayout()
        signing.setSpacing(14)
        signing.addWidget(self.slip)
        signing.addWidget(self.signed, 1)
        grid.addLayout(signing, 2, 1, 1, 3)
        grid.addWidget(self.notice, 3, 1, 1, 3)
        grid.setColumnMinimumWidth(0, 140)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 2)
        order = (self.number, self.authority, self.results, self.originals.list, self.slip, self.signed)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)


def _tr(text: str) -> str:
    return translate("ReturnEvidence", text)
