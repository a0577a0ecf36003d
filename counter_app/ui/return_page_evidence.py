"""What proves a return: by what right somebody takes the results, the signature, what goes back with them."""

from __future__ import annotations

from textwrap import shorten

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
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

NAME_SHOWN = 110
"""Letters of a paper's name; the dossier's page has the whole."""


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
    ORIGINALS = QT_TRANSLATE_NOOP("ReturnEvidence", "Trả lại bản chính")
    ORIGINAL = QT_TRANSLATE_NOOP("ReturnEvidence", "{name} ({count} bản)")


class EvidenceBox(QWidget):
    """Fields of the card below its ways; which of them are asked depends on the way and on the receiver.

    ``originals_panel`` is laid out by the card below its buttons: the list may be long.
    """

    slip_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.originals: list[tuple[QCheckBox, OriginalBack]] = []
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
        self.originals_panel = QWidget(self)
        self.originals_caption = QLabel(_tr(Words.ORIGINALS), self.originals_panel)
        set_role(self.originals_caption, "section")
        self.originals_box = QVBoxLayout(self.originals_panel)
        self.originals_box.setContentsMargins(0, 0, 0, 0)
        self.originals_box.setSpacing(4)
        self.originals_box.addWidget(self.originals_caption)
        self._lay_out()
        self.ask(way="counter", authorised=False)

    def clear(self) -> None:
        """Forget what was entered."""
        self.number.clear()
        self.authority.clear()
        self.results.clear()
        self.signed.setChecked(False)
        self._show_originals(())

    def begin(self, view: DossierView) -> None:
        """For another dossier: its results, and its originals to be ticked as they go back."""
        self.clear()
        self.results.setPlainText("\n".join(name for _, name in view.procedure.results))
        papers = [
            (_tr(Words.ORIGINAL).format(name=_short(item.name), count=item.originals), item.code, item.originals)
            for item in view.components
            if item.originals
        ]
        self._show_originals(papers)

    @Slot()
    def ask(self, *, way: str, authorised: bool) -> None:
        """Show the fields that this way and this receiver need."""
        for part in (self.number, self.number_caption, self.authority, self.authority_caption):
            part.setVisible(authorised)
        self.signed.setVisible(way == "counter")
        self.slip.setVisible(way == "counter")

    def results_out(self) -> tuple[ResultOut, ...]:
        """One a line, its number behind a bar."""
        lines = [line.partition("|") for line in map(nfc, self.results.toPlainText().splitlines())]
        return tuple(ResultOut(name.strip(), number.strip()) for name, _, number in lines if name.strip())

    def originals_back(self) -> tuple[OriginalBack, ...]:
        """What was ticked."""
        return tuple(paper for box, paper in self.originals if box.isChecked())

    def _show_originals(self, papers: list[tuple[str, str, int]] | tuple[()]) -> None:
        for box, _ in self.originals:
            self.originals_box.removeWidget(box)
            box.hide()
            box.deleteLater()
        self.originals.clear()
        previous: QWidget = self.signed
        for words, code, count in papers:
            box = QCheckBox(words.replace("&", "&&"), self.originals_panel)
            box.setAccessibleName(words)
            self.originals_box.addWidget(box)
            self.setTabOrder(previous, box)
            self.originals.append((box, OriginalBack(code, count)))
            previous = box
        self.originals_panel.setVisible(bool(papers))

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
        grid.addWidget(self.results, 1, 1, 1, 3)
        grid.addWidget(self.results_hint, 2, 1, 1, 3)
        signing = QHBoxLayout()
        signing.setSpacing(14)
        signing.addWidget(self.slip)
        signing.addWidget(self.signed, 1)
        grid.addLayout(signing, 3, 1, 1, 3)
        grid.setColumnMinimumWidth(0, 140)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 2)


def _short(name: str) -> str:
    return shorten(name, NAME_SHOWN, placeholder="…")


def _tr(text: str) -> str:
    return translate("ReturnEvidence", text)
