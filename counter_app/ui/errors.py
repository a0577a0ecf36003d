"""An exception that nobody foresaw: one dialog, a report without personal data, and the program lives on."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app import __version__
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    TITLE = QT_TRANSLATE_NOOP("BugDialog", "Lỗi chương trình")
    WHAT = QT_TRANSLATE_NOOP(
        "BugDialog",
        "Chương trình gặp một lỗi chưa lường trước. Hồ sơ đã lưu vẫn còn nguyên và bạn có thể làm việc tiếp; "
        "nếu bước vừa rồi chưa xong, hãy làm lại bước đó.",
    )
    SEND = QT_TRANSLATE_NOOP(
        "BugDialog", "Gửi báo cáo dưới đây cho người quản trị. Báo cáo không chứa dữ liệu cá nhân."
    )
    REPORT = QT_TRANSLATE_NOOP("BugDialog", "Nội dung báo cáo lỗi")
    COPY = QT_TRANSLATE_NOOP("BugDialog", "&Chép báo cáo")
    CLOSE = QT_TRANSLATE_NOOP("BugDialog", "Đó&ng")


def bug_report(error: BaseException) -> str:
    """Where it happened, without values: an exception's message may hold a name or a personal number."""
    lines = [
        f"counter_app {__version__} · Python {platform.python_version()} · Qt {qVersion()} · {platform.system()}",
    ]
    chain: BaseException | None = error
    while chain is not None:
        lines.append(f"{type(chain).__module__}.{type(chain).__qualname__}")
        lines.extend(
            f"  {frame.filename.replace(chr(92), '/').rsplit('site-packages/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(chain.__traceback__)
        )
        chain = chain.__cause__ or chain.__context__
    return "\n".join(lines)


class BugDialog(QDialog):
    """Shows the report and offers to copy it."""

    def __init__(self, report: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("BugDialog", Words.TITLE))
        self.setMinimumWidth(640)
        what = QLabel(translate("BugDialog", Words.WHAT))
        what.setWordWrap(True)
        send = QLabel(translate("BugDialog", Words.SEND))
        send.setWordWrap(True)
        set_role(send, "hint")
        self._text = QPlainTextEdit(report)
        self._text.setReadOnly(True)
        self._text.setAccessibleName(translate("BugDialog", Words.REPORT))
        self._text.setMinimumHeight(180)
        copy = QPushButton(translate("BugDialog", Words.COPY))
        copy.clicked.connect(self._copy)
        buttons = QDialogButtonBox()
        close = buttons.addButton(translate("BugDialog", Words.CLOSE), QDialogButtonBox.ButtonRole.AcceptRole)
        close.setDefault(True)
        buttons.accepted.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(copy)
        foot.addStretch(1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for item in (what, send, self._text):
            layout.addWidget(item)
        layout.addLayout(foot)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())


class BugReporter(QObject):
    """Catches what reaches ``sys.excepthook`` and ``threading.excepthook``; one dialog for each distinct fault."""

    _caught = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._seen: set[str] = set()
        self._dialog: BugDialog | None = None
        self._old_hook = sys.excepthook
        self._old_thread_hook = threading.excepthook
        self._caught.connect(self.report, Qt.ConnectionType.QueuedConnection)

    @property
    def dialog(self) -> BugDialog | None:
        """The dialog on the screen, None when there is none."""
        return self._dialog

    def install(self) -> None:
        """From now on a fault in a slot or a thread is shown instead of ending the program."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def remove(self) -> None:
        """Put back what was there before."""
        sys.excepthook = self._old_hook
        threading.excepthook = self._old_thread_hook

    def report(self, error: object) -> None:
        """Show the dialog for ``error`` unless this very fault was shown before."""
        if not isinstance(error, BaseException):
            return
        text = bug_report(error)
        traceback.print_exception(type(error), error, error.__traceback__)
        if text in self._seen or self._dialog is not None:
            return
        self._seen.add(text)
        self._dialog = BugDialog(text, self._window)
        self._dialog.finished.connect(self._forget)
        self._dialog.open()

    def _forget(self, _result: int) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._old_hook(kind, error, trace)
        else:
            self._caught.emit(error)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._caught.emit(args.exc_value)
