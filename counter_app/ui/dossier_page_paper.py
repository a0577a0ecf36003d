"""Looking at a paper before it is printed: the forms of a dossier, and its scans."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import KnownError, UserError
from counter_app.services.viewing import checked_document, viewing_copy
from counter_app.ui.context import AppContext
from counter_app.ui.key_dialog import KeyDialog
from counter_app.ui.preview import PdfPreview
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.papers import Paper


class Words:
    """What the preview says."""

    PRINT = QT_TRANSLATE_NOOP("PaperDialog", "&In")
    REPRINT = QT_TRANSLATE_NOOP("PaperDialog", "&In lại")
    SLIP = QT_TRANSLATE_NOOP("PaperDialog", "In phiếu &nhiệt")
    SLIP_AGAIN = QT_TRANSLATE_NOOP("PaperDialog", "In lại phiếu &nhiệt")
    SLIP_BEFORE = QT_TRANSLATE_NOOP("PaperDialog", "Phiếu nhiệt đã in trước đó. Bấm «In lại phiếu nhiệt» để in thêm.")
    SLIP_TITLE = QT_TRANSLATE_NOOP("PaperDialog", "Phiếu hẹn in nhiệt")
    SAVE = QT_TRANSLATE_NOOP("PaperDialog", "&Lưu PDF…")
    CLOSE = QT_TRANSLATE_NOOP("PaperDialog", "Đóng (Esc)")
    NO_PRINTER = QT_TRANSLATE_NOOP(
        "PaperDialog", "Chưa đặt máy in. Có thể lưu PDF để in nơi khác, hoặc chọn máy in ở Cài đặt (Ctrl+,)."
    )
    PRINTED_BEFORE = QT_TRANSLATE_NOOP(
        "PaperDialog", "Giấy này đã in trước đó. Bấm «In lại» để in thêm, bản in mang dòng «Bản in lại»."
    )
    EARLIER = QT_TRANSLATE_NOOP(
        "PaperDialog", "Bản đã cấp trước đó, nay đã có bản mới hơn. Chỉ in lại, bản in mang dòng «Bản in lại»."
    )
    VIEWER = QT_TRANSLATE_NOOP("PaperDialog", "&Mở bằng chương trình khác")
    NO_VIEWER = QT_TRANSLATE_NOOP("PaperDialog", "Máy này chưa có chương trình xem PDF. Bản sao nằm ở «{path}».")
    SENT = QT_TRANSLATE_NOOP("PaperDialog", "{title} của hồ sơ {code} đã chuyển đến máy in.")
    LIST_SENT = QT_TRANSLATE_NOOP("PaperDialog", "{title} đã chuyển đến máy in.")
    SAVED = QT_TRANSLATE_NOOP("PaperDialog", "Đã lưu «{name}».")
    PDF_FILES = QT_TRANSLATE_NOOP("PaperDialog", "Tệp PDF (*.pdf)")


def _make(context: AppContext, code: str, form: str, event_number: int | None, reprint: bool) -> Paper:
    from counter_app.services.papers import make_paper

    return make_paper(context.desk, code, form, reprint=reprint, event_number=event_number)


def _print(context: AppContext, code: str, form: str, event_number: int | None, reprint: bool) -> int:
    from counter_app.services.papers import print_paper

    return print_paper(context.desk, code, form, reprint=reprint, event_number=event_number)


class PreviewDialog(KeyDialog):
    """A PDF to look at; the bytes are read by the executor."""

    def __init__(self, context: AppContext, title: str, read: Callable[[], bytes], parent: QWidget | None = None):
        super().__init__(parent)
        self.context = context
        self.pdf = b""
        self.setWindowTitle(title)
        self.setModal(True)
        self.resize(930, 700)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        set_role(self.note, "inline")
        self.note.hide()
        self.preview = PdfPreview(context.executor, self)
        self.preview.broken.connect(self._broken)
        self.bar = QHBoxLayout()
        self.bar.addStretch(1)
        self.close_button = self.add_button(Words.CLOSE)
        self.close_button.clicked.connect(self.reject)
        self.column = QVBoxLayout(self)
        self.column.addWidget(self.note)
        self.column.addWidget(self.preview, 1)
        self.column.addLayout(self.bar)
        self.preview.setFocus(Qt.FocusReason.OtherFocusReason)
        context.executor.submit(read, self._show, self._broken)

    def add_button(self, words: str) -> QPushButton:
        """Add a button at the left of those already there."""
        button = QPushButton(translate("PaperDialog", words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.setAutoDefault(False)
        self.bar.insertWidget(1, button)
        return button

    def say(self, text: str, tone: str) -> None:
        """Show a line above the preview."""
        self.note.setText(text)
        set_tone(self.note, tone)
        self.note.setVisible(bool(text))

    def _show(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.preview.show_pdf(pdf)

    def _broken(self, error: Exception) -> None:
        if isinstance(error, UserError | KnownError):
            self.say(error.message, "error")
        else:
            self.context.show_error(error)


class DocumentDialog(PreviewDialog):
    """A scan as it lies in the document store, checked against its digest before it is shown."""

    def __init__(self, context: AppContext, name: str, sha256: str, parent: QWidget | None = None) -> None:
        super().__init__(context, name, partial(checked_document, context.desk, sha256, name), parent)
        self._copy = partial(viewing_copy, context.desk, sha256, name)
        self.viewer_button = self.add_button(Words.VIEWER)
        self.viewer_button.clicked.connect(self.open_viewer)

    @Slot()
    def open_viewer(self) -> None:
        """Open a checked copy with the system's own program."""
        self.context.executor.submit(self._copy, self._copied, self._broken)

    def _copied(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.say(translate("PaperDialog", Words.NO_VIEWER).format(path=path), "warning")


class PrintDialog(PreviewDialog):
    """A paper as it will come out of the printer; a second print carries its mark.

    ``make`` draws it and ``send`` puts it into the spool, each told whether it is a reprint, as it is from the
    beginning where ``reprint``; ``name`` is that of the file in which it can be kept.
    """

    def __init__(
        self,
        context: AppContext,
        title: str,
        name: str,
        make: Callable[[bool], bytes],
        send: Callable[[bool], int],
        parent: QWidget | None = None,
        *,
        reprint: bool = False,
    ) -> None:
        super().__init__(context, title, partial(make, reprint), parent)
        self.file_name = name
        self.make = make
        self.send = send
        self.reprint = reprint
        self._files: QFileDialog | None = None
        self.save_button = self.add_button(Words.SAVE)
        self.save_button.clicked.connect(self.choose_file)
        self.print_button = self.add_button(Words.REPRINT if reprint else Words.PRINT)
        set_role(self.print_button, "primary")
        self.print_button.setDefault(True)
        self.print_button.clicked.connect(self.print_now)
        if not context.desk.settings.printers.prints_sheets:
            self.print_button.setEnabled(False)
            self.say(translate("PaperDialog", Words.NO_PRINTER), "info")

    @Slot()
    def print_now(self) -> None:
        """Put the paper into the spool."""
        self.print_button.setEnabled(False)
        self.context.executor.submit(partial(self.send, self.reprint), self._printed, self._not_printed)

    def _printed(self, job: int) -> None:
        self.sent(self.windowTitle())
        self.accept()

    def sent(self, title: str) -> None:
        """It is in the spool: told to the window and to the clerk."""
        if self.context.spooler is not None:
            self.context.spooler.wake()
        self.context.announce("print_jobs")
        self.context.tell(translate("PaperDialog", Words.LIST_SENT).format(title=title), "success")

    def _not_printed(self, error: Exception) -> None:
        self.print_button.setEnabled(True)
        if isinstance(error, UserError) and error.kind == "already_printed":
            self.reprint = True
            self.print_button.setText(translate("PaperDialog", Words.REPRINT))
            self.print_button.setAccessibleName(self.print_button.text().replace("&", ""))
            self.say(translate("PaperDialog", Words.PRINTED_BEFORE), "warning")
            self.context.executor.submit(partial(self.make, True), self._show, self._broken)
        else:
            self._broken(error)

    @Slot()
    def choose_file(self) -> None:
        """Ask where to keep the PDF."""
        self._files = QFileDialog(self, self.windowTitle(), f"{self.file_name}.pdf")
        self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._files.setNameFilter(translate("PaperDialog", Words.PDF_FILES))
        self._files.setDefaultSuffix("pdf")
        self._files.fileSelected.connect(self.save_to)
        self._files.open()

    @Slot(str)
    def save_to(self, name: str) -> None:
        """Write the PDF to a file of the clerk's choice."""
        self.context.executor.submit(partial(_write, Path(name), self.pdf), self._saved, self._broken)

    def _saved(self, name: str) -> None:
        self.say(translate("PaperDialog", Words.SAVED).format(name=name), "success")


class PaperDialog(PrintDialog):
    """A form of a dossier; a receipt has its small slip beside it.

    The latest of this form, or that of the event with the number ``earlier``: that is only printed again.
    """

    def __init__(
        self,
        context: AppContext,
        code: str,
        form: str,
        title: str,
        parent: QWidget | None = None,
        *,
        earlier: int | None = None,
    ) -> None:
        make = partial(_paper_bytes, context, code, form, earlier)
        send = partial(_print, context, code, form, earlier)
        name = f"{code}-{form}" if earlier is None else f"{code}-{form}-{earlier}"
        super().__init__(context, f"{title} · {code}", name, make, send, parent, reprint=earlier is not None)
        if earlier is not None and self.print_button.isEnabled():
            self.say(translate("PaperDialog", Words.EARLIER), "info")
        self.code = code
        self.form = form
        self.title = title
        self.slip_again = False
        self.slip_button = self.add_button(Words.SLIP)
        self.slip_button.clicked.connect(self.print_slip)
        has_slip = form == "receipt" and earlier is None and bool(context.desk.settings.printers.thermal)
        self.slip_button.setVisible(has_slip)

    def _printed(self, job: int) -> None:
        self.sent(self.title)
        self.accept()

    def sent(self, title: str) -> None:
        if self.context.spooler is not None:
            self.context.spooler.wake()
        self.context.announce("print_jobs", "dossier", dossiers=(self.code,))
        self.context.tell(translate("PaperDialog", Words.SENT).format(title=title, code=self.code), "success")

    @Slot()
    def print_slip(self) -> None:
        """Put the small slip of the thermal printer into the spool."""
        self.slip_button.setEnabled(False)
        work = partial(_print, self.context, self.code, "thermal", None, self.slip_again)
        self.context.executor.submit(work, self._slip_printed, self._slip_not_printed)

    def _slip_printed(self, job: int) -> None:
        self.slip_button.setEnabled(True)
        self.sent(translate("PaperDialog", Words.SLIP_TITLE))

    def _slip_not_printed(self, error: Exception) -> None:
        self.slip_button.setEnabled(True)
        if isinstance(error, UserError) and error.kind == "already_printed":
            self.slip_again = True
            self.slip_button.setText(translate("PaperDialog", Words.SLIP_AGAIN))
            self.slip_button.setAccessibleName(self.slip_button.text().replace("&", ""))
            self.say(translate("PaperDialog", Words.SLIP_BEFORE), "warning")
        else:
            self._broken(error)


def _paper_bytes(context: AppContext, code: str, form: str, event_number: int | None, reprint: bool) -> bytes:
    return _make(context, code, form, event_number, reprint).pdf


def _write(path: Path, pdf: bytes) -> str:
    try:
        path.write_bytes(pdf)
    except OSError as error:
        raise KnownError(
            "file_unwritable", f"Không ghi được tệp «{path}»: {error.strerror}. Hãy chọn thư mục khác."
        ) from error
    return path.name
