"""What is still to be brought, a paper a line, and why: shown when required papers are missing at the reception."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QPushButton, QWidget

from counter_app.ui.intake.form_parts import label, line_edit
from counter_app.ui.page import nfc
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LINES = 3
FRAME = 24
"""Above and below the lines of the list."""


class Words:
    ITEMS = QT_TRANSLATE_NOOP("SupplementBox", "Giấy tờ &cần bổ sung,\nmỗi dòng một thứ")
    WHY = QT_TRANSLATE_NOOP("SupplementBox", "Lý do (in trên phiế&u)")
    INCOMPLETE = QT_TRANSLATE_NOOP("SupplementBox", "Chưa nộp đủ giấy tờ bắt buộc của thủ tục.")
    ASK = QT_TRANSLATE_NOOP("SupplementBox", "Nhận kèm yêu cầu &bổ sung")


class SupplementBox(QWidget):
    """The papers, the reason, and the button that receives with a request for them."""

    def __init__(self) -> None:
        super().__init__()
        self.items = QPlainTextEdit()
        self.items.setTabChangesFocus(True)
        self.items.setFixedHeight(LINES * self.items.fontMetrics().lineSpacing() + FRAME)
        self.why = line_edit(_plain(Words.WHY), max_length=500)
        self.ask = QPushButton(translate("SupplementBox", Words.ASK))
        items = label(translate("SupplementBox", Words.ITEMS), self.items)
        self.items.setAccessibleName(_plain(Words.ITEMS))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(items, 0, 0)
        grid.addWidget(self.items, 0, 1, 1, 2)
        grid.addWidget(label(translate("SupplementBox", Words.WHY), self.why), 1, 0)
        grid.addWidget(self.why, 1, 1)
        grid.addWidget(self.ask, 1, 2)
        self.hide()

    def offer(self, papers: Sequence[str]) -> None:
        """Put the papers that are missing on lines of their own, unless something is written there already."""
        if not self.items.toPlainText().strip():
            self.items.setPlainText("\n".join(" ".join(name.split()) for name in papers))
        if not self.why.text().strip():
            self.why.setText(translate("SupplementBox", Words.INCOMPLETE))
            self.why.setCursorPosition(0)

    def clear(self) -> None:
        """Nothing is asked for."""
        self.items.clear()
        self.why.clear()

    def request(self) -> str:
        """What the request says; "" where no paper is named."""
        return request_words(nfc(self.items.toPlainText()), nfc(self.why.text()))

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.items, self.why, self.ask)


def request_words(items: str, why: str) -> str:
    """A request as the paper reads it: what is to be brought, a line each, then why; "" where nothing is."""
    return f"{items}\nLý do: {why}" if items and why else items


def _plain(words: str) -> str:
    return translate("SupplementBox", words).replace("&", "").replace("\n", " ")
