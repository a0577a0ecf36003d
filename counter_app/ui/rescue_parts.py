"""The three tabs of the rescue window: what each asks for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.services.rescue_hold import Hold
from counter_app.services.rescue_receipt import RECEIPT_SUFFIX
from counter_app.services.rescue_terms import SUFFIX
from counter_app.services.rescue_words import make_passphrase
from counter_app.ui.formatting import local_time
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("Rescue", "Tệp cứu hộ")
    OUT = QT_TRANSLATE_NOOP("Rescue", "Mang đi")
    SEND = QT_TRANSLATE_NOOP("Rescue", "Gửi hộ quầy khác")
    BACK = QT_TRANSLATE_NOOP("Rescue", "Biên nhận mang về")
    OUT_HINT = QT_TRANSLATE_NOOP(
        "Rescue",
        "Khi quầy này mất mạng lâu: những gì chờ gửi được ghi vào một tệp mã hóa trên thẻ nhớ, để một quầy khác cùng "
        "cơ quan gửi lên cổng trong vòng 24 giờ. Trong lúc đó quầy này giữ lại, không tự gửi những hồ sơ ấy.",
    )
    SEND_HINT = QT_TRANSLATE_NOOP(
        "Rescue",
        "Chọn tệp cứu hộ của quầy khác và nhập mật khẩu ghi trên giấy. Chương trình tra cổng rồi chỉ gửi phần còn "
        "thiếu; đứt mạng hay tắt máy giữa chừng thì chọn lại tệp này để gửi tiếp.",
    )
    BACK_HINT = QT_TRANSLATE_NOOP(
        "Rescue",
        "Sau khi gửi hộ xong, bên cạnh tệp cứu hộ trên thẻ có một biên nhận. Mở ở quầy đã xuất tệp để ghi nhận ngay; "
        "không có biên nhận thì chương trình tự tra cổng khi có mạng.",
    )
    FILE_OUT = QT_TRANSLATE_NOOP("Rescue", "&Ghi vào tệp")
    FILE = QT_TRANSLATE_NOOP("Rescue", "&Tệp cứu hộ")
    RECEIPT = QT_TRANSLATE_NOOP("Rescue", "&Biên nhận")
    CHOOSE = QT_TRANSLATE_NOOP("Rescue", "&Chọn…")
    PASSPHRASE = QT_TRANSLATE_NOOP("Rescue", "&Mật khẩu của tệp")
    MAKE = QT_TRANSLATE_NOOP("Rescue", "Đặ&t giúp")
    WRITE_DOWN = QT_TRANSLATE_NOOP(
        "Rescue",
        "Chép mật khẩu ra giấy và không để cùng thẻ. Mất mật khẩu thì không ai mở được tệp, nhưng không mất hồ sơ.",
    )
    EXPORT = QT_TRANSLATE_NOOP("Rescue", "&Xuất tệp (Ctrl+Enter)")
    SEND_NOW = QT_TRANSLATE_NOOP("Rescue", "Gửi &hộ (Ctrl+Enter)")
    TAKE = QT_TRANSLATE_NOOP("Rescue", "&Nhận biên nhận (Ctrl+Enter)")
    HOLDS = QT_TRANSLATE_NOOP("Rescue", "Tệp còn đang giữ tin của quầy này")
    HOLD = QT_TRANSLATE_NOOP("Rescue", "{file} · xuất {time} · giữ {count} tin đến {until}")
    HOLD_ENDED = QT_TRANSLATE_NOOP("Rescue", "{file} · xuất {time} · {count} tin chờ tra cổng")
    NOBODY_SENDS = QT_TRANSLATE_NOOP("Rescue", "Tôi chắc chắn không ai đang gửi hộ tệp này")
    END = QT_TRANSLATE_NOOP("Rescue", "Kết thúc giữ, để quầy này tự gửi")
    MISSING = QT_TRANSLATE_NOOP("Rescue", "Chưa điền mục «{field}». Hãy điền rồi làm lại.")


class FileField(QWidget):
    """A path to type or to choose."""

    def __init__(self, label: str, name_filter: str, *, saving: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._filter = name_filter
        self._saving = saving
        self._files: QFileDialog | None = None
        self.path = QLineEdit(self)
        self.path.setAccessibleName(plain(label))
        self.choose = QPushButton(tr(Words.CHOOSE), self)
        self.choose.setAccessibleName(f"{plain(tr(Words.CHOOSE))} {plain(label)}")
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._open)
        self.setFocusProxy(self.path)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)

    def value(self) -> Path:
        """The path; UserError ``field_missing`` without one."""
        return Path(required(self.path, self._label))

    def _open(self) -> None:
        self._files = QFileDialog(self, plain(self._label), self.path.text(), self._filter)
        self._files.setOption(QFileDialog.Option.DontConfirmOverwrite)
        if self._saving:
            self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self._files.selectFile(self.path.text())
        else:
            self._files.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._files.fileSelected.connect(self.path.setText)
        self._files.open()


class Tab(QWidget):
    """A hint, questions, and the button that does it."""

    def __init__(self, hint: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = QLabel(tr(hint), self)
        words.setWordWrap(True)
        set_role(words, "hint")
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.button = QPushButton(tr(button), self)
        self.button.setAccessibleName(plain(self.button.text()))
        self.button.setAutoDefault(False)
        set_role(self.button, "primary")
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self.button)
        self.body = QVBoxLayout(self)
        self.body.setSpacing(10)
        self.body.addWidget(words)
        self.body.addLayout(self.form)
        self.body.addLayout(below)

    def ask(self, label: str, field: QWidget) -> None:
        """Add a question."""
        caption = QLabel(tr(label), self)
        caption.setBuddy(field)
        self.form.addRow(caption, field)


class ExportTab(Tab):
    """Where to, under which passphrase; and what earlier files still hold back."""

    end_asked = Signal(str)
    """The id of a file that nobody sends."""

    def __init__(self, suggested: Path, parent: QWidget | None = None) -> None:
        super().__init__(Words.OUT_HINT, Words.EXPORT, parent)
        self._holds: tuple[Hold, ...] = ()
        self.file = FileField(tr(Words.FILE_OUT), f"*{SUFFIX}", saving=True, parent=self)
        self.file.path.setText(str(suggested))
        self.passphrase = QLineEdit(self)
        self.passphrase.setAccessibleName(plain(tr(Words.PASSPHRASE)))
        self.make = QPushButton(tr(Words.MAKE), self)
        self.make.setAccessibleName(plain(self.make.text()))
        self.make.setAutoDefault(False)
        self.make.clicked.connect(lambda: self.passphrase.setText(make_passphrase()))
        row = QWidget(self)
        row.setFocusProxy(self.passphrase)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.passphrase, 1)
        layout.addWidget(self.make)
        self.ask(Words.FILE_OUT, self.file)
        self.ask(Words.PASSPHRASE, row)
        note = QLabel(tr(Words.WRITE_DOWN), self)
        note.setWordWrap(True)
        self.body.insertWidget(self.body.count() - 1, note)
        self._build_holds()

    def show_holds(self, holds: tuple[Hold, ...]) -> None:
        """Show the files whose messages are held back; nothing of it when there is none."""
        self._holds = holds
        self.holds.clear()
        for hold in holds:
            words = Words.HOLD_ENDED if hold.ended else Words.HOLD
            self.holds.addItem(
                tr(words).format(
                    file=hold.file_name,
                    time=local_time(hold.exported_at),
                    count=hold.held,
                    until=local_time(hold.held_until),
                )
            )
        self.holds.setCurrentRow(0)
        self.sure.setChecked(False)
        for widget in (self.held, self.holds, self.sure, self.end):
            widget.setVisible(bool(holds))

    def _build_holds(self) -> None:
        self.held = QLabel(tr(Words.HOLDS), self)
        self.holds = QListWidget(self)
        self.holds.setAccessibleName(self.held.text())
        self.holds.setMaximumHeight(96)
        self.sure = QCheckBox(tr(Words.NOBODY_SENDS), self)
        self.sure.setAccessibleName(self.sure.text())
        self.end = QPushButton(tr(Words.END), self)
        self.end.setAccessibleName(self.end.text())
        self.end.setAutoDefault(False)
        self.end.setEnabled(False)
        self.sure.toggled.connect(self.end.setEnabled)
        self.end.clicked.connect(self._ask_end)
        below = QHBoxLayout()
        below.addWidget(self.sure)
        below.addStretch(1)
        below.addWidget(self.end)
        self.body.addWidget(self.held)
        self.body.addWidget(self.holds)
        self.body.addLayout(below)
        self.body.addStretch(1)
        self.show_holds(())

    def _ask_end(self) -> None:
        row = self.holds.currentRow()
        if 0 <= row < len(self._holds):
            self.end_asked.emit(self._holds[row].id)


class SendTab(Tab):
    """Another desk's file and its passphrase."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Words.SEND_HINT, Words.SEND_NOW, parent)
        self.file = FileField(tr(Words.FILE), f"*{SUFFIX}", saving=False, parent=self)
        self.passphrase = QLineEdit(self)
        self.passphrase.setAccessibleName(plain(tr(Words.PASSPHRASE)))
        self.ask(Words.FILE, self.file)
        self.ask(Words.PASSPHRASE, self.passphrase)
        self.body.addStretch(1)


class ReceiptTab(Tab):
    """The receipt that came back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Words.BACK_HINT, Words.TAKE, parent)
        self.file = FileField(tr(Words.RECEIPT), f"*{RECEIPT_SUFFIX}", saving=False, parent=self)
        self.ask(Words.RECEIPT, self.file)
        self.body.addStretch(1)


def tr(text: str) -> str:
    """The words in the language of the window."""
    return translate("Rescue", text)


def plain(label: str) -> str:
    """A label without its mnemonic."""
    return label.replace("&", "")


def required(field: QLineEdit, label: str) -> str:
    """What was typed; UserError ``field_missing`` naming the question when nothing was."""
    text = field.text().strip()
    if not text:
        field.setFocus()
        raise UserError("field_missing", tr(Words.MISSING).format(field=plain(label)))
    return text
