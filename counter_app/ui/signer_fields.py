"""Who signs a letter of the office: its head, or a deputy in the head's place (``KT.``)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from counter_app.services.apologies import Signing
from counter_app.ui.page import nfc
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

TITLE_BREAK = "/"
"""What stands for a new line in the title of a deputy while it is typed."""


class Words:
    """What the fields say."""

    NAME = QT_TRANSLATE_NOOP("SignerFields", "Người ký")
    NAME_HINT = QT_TRANSLATE_NOOP("SignerFields", "để trống: thủ trưởng cơ quan")
    TITLE = QT_TRANSLATE_NOOP("SignerFields", "Chức vụ người ký")
    TITLE_HINT = QT_TRANSLATE_NOOP("SignerFields", "ví dụ: KT. CHỦ TỊCH / PHÓ CHỦ TỊCH")


class SignerFields(QWidget):
    """Who signed: the head of the office, or a deputy with a title of two lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.title = QLineEdit(self)
        for field, label, hint in (
            (self.name, Words.NAME, Words.NAME_HINT),
            (self.title, Words.TITLE, Words.TITLE_HINT),
        ):
            field.setAccessibleName(_tr(label))
            field.setPlaceholderText(_tr(hint))
        self.title.setEnabled(False)
        self.name.textChanged.connect(self._named)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.title, 1)
        self.setFocusProxy(self.name)

    def signing(self) -> Signing:
        """What was entered."""
        lines = [part.strip() for part in nfc(self.title.text()).split(TITLE_BREAK)]
        return Signing(nfc(self.name.text()), "\n".join(part for part in lines if part))

    @Slot(str)
    def _named(self, text: str) -> None:
        self.title.setEnabled(bool(text.strip()))


def _tr(text: str) -> str:
    return translate("SignerFields", text)
