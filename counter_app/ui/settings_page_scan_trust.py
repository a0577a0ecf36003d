"""Asks whether the certificate that a scanner made itself is to be trusted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

GROUP = 4
GROUPS_A_LINE = 8


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("ScannerTrust", "Tin chứng thư của máy quét?")
    WHY = QT_TRANSLATE_NOOP(
        "ScannerTrust",
        "Máy quét ở {address} tự làm chứng thư bảo mật. Mở trang cài đặt của máy quét (mục chứng thư, HTTPS hoặc TLS), "
        "tìm mã vân tay SHA-256 và so từng nhóm với mã dưới đây. Khác dù một chữ thì đừng tin: có thể máy khác đang "
        "giả làm máy quét.",
    )
    CHANGED = QT_TRANSLATE_NOOP(
        "ScannerTrust", "Mã này khác mã đã tin trước đây. Chỉ tin nếu máy quét vừa thay hoặc vừa làm lại chứng thư."
    )
    CODE = QT_TRANSLATE_NOOP("ScannerTrust", "Mã SHA-256 của chứng thư")
    COMPARED = QT_TRANSLATE_NOOP("ScannerTrust", "Tôi đã &so đủ mã và thấy giống hệt")
    TRUST = QT_TRANSLATE_NOOP("ScannerTrust", "Tin máy quét này (Ctrl+Enter)")
    CANCEL = QT_TRANSLATE_NOOP("ScannerTrust", "Không tin (Esc)")


class TrustDialog(QDialog):
    """Accepted only after somebody has said that the codes were compared."""

    def __init__(self, address: str, fingerprint: str, trusted: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.address, self.fingerprint = address, fingerprint
        self.setWindowTitle(_tr(Words.TITLE))
        self.setModal(True)
        self.setMinimumWidth(620)
        why = QLabel(_tr(Words.WHY).format(address=address), self)
        why.setTextFormat(Qt.TextFormat.PlainText)
        why.setWordWrap(True)
        self.changed = QLabel(_tr(Words.CHANGED), self)
        self.changed.setWordWrap(True)
        set_role(self.changed, "inline")
        set_tone(self.changed, "warning")
        self.changed.setVisible(trusted not in ("", fingerprint))
        self.code = QLabel(grouped(fingerprint), self)
        self.code.setAccessibleName(_tr(Words.CODE))
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(18)
        self.code.setFont(font)
        self.compared = QCheckBox(_tr(Words.COMPARED), self)
        self.compared.setAccessibleName(self.compared.text().replace("&", ""))
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for part in (why, self.changed, self.code, self.compared):
            layout.addWidget(part)
        layout.addWidget(self._buttons())
        self.compared.setFocus(Qt.FocusReason.OtherFocusReason)

    def _buttons(self) -> QDialogButtonBox:
        self.trust = QPushButton(_tr(Words.TRUST), self)
        self.trust.setShortcut("Ctrl+Return")
        self.trust.setEnabled(False)
        self.trust.setAutoDefault(False)
        set_role(self.trust, "primary")
        self.cancel = QPushButton(_tr(Words.CANCEL), self)
        self.cancel.setAutoDefault(False)
        box = QDialogButtonBox(self)
        for button, role in (
            (self.trust, QDialogButtonBox.ButtonRole.AcceptRole),
            (self.cancel, QDialogButtonBox.ButtonRole.RejectRole),
        ):
            button.setAccessibleName(button.text())
            box.addButton(button, role)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.compared.toggled.connect(self.trust.setEnabled)
        return box


def grouped(fingerprint: str) -> str:
    """In groups and lines, as people compare."""
    code = fingerprint.upper()
    groups = [code[at : at + GROUP] for at in range(0, len(code), GROUP)]
    lines = (groups[at : at + GROUPS_A_LINE] for at in range(0, len(groups), GROUPS_A_LINE))
    return "\n".join(" ".join(line) for line in lines)


def _tr(text: str) -> str:
    return translate("ScannerTrust", text)
