"""After the reception: the code large, the promise, the receipt; Enter for the next applicant."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import CounterError
from counter_app.services.values import Received
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import status_label, weekday_time
from counter_app.ui.intake.form_parts import InlineNote
from counter_app.ui.intake.owed_box import OwedBox
from counter_app.ui.preview import PdfPreview
from counter_app.ui.scan_button import ScanButton
from counter_app.ui.scan_sheets_button import SheetsButton
from counter_app.ui.theme import icon, set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    DONE = QT_TRANSLATE_NOOP("ReceivedPanel", "Đã tiếp nhận hồ sơ")
    DUE = QT_TRANSLATE_NOOP("ReceivedPanel", "Hẹn trả kết quả")
    SUPPLEMENT = QT_TRANSLATE_NOOP("ReceivedPanel", "Tạm dừng tính giờ; bổ sung đủ giấy tờ thì có ngày hẹn mới")
    NEXT = QT_TRANSLATE_NOOP("ReceivedPanel", "Người tiếp theo (Enter)")
    SHOW = QT_TRANSLATE_NOOP("ReceivedPanel", "Xem giấy tiếp nhận (Ctrl+P)")
    OPEN = QT_TRANSLATE_NOOP("ReceivedPanel", "&Mở hồ sơ")
    PRINTING = QT_TRANSLATE_NOOP("ReceivedPanel", "Đang in giấy tiếp nhận…")
    PRINTED = QT_TRANSLATE_NOOP("ReceivedPanel", "Giấy tiếp nhận đã chuyển tới máy in.")
    PRINTED_BOTH = QT_TRANSLATE_NOOP("ReceivedPanel", "Giấy tiếp nhận và phiếu yêu cầu bổ sung đã chuyển tới máy in.")
    NO_PRINTER = QT_TRANSLATE_NOOP(
        "ReceivedPanel", "Chưa cài máy in. Nhấn Ctrl+P để xem giấy tiếp nhận; cài máy in ở trang Cài đặt."
    )
    PRINT_FAILED = QT_TRANSLATE_NOOP("ReceivedPanel", "Chưa in được: {why}")
    WARNING = QT_TRANSLATE_NOOP("ReceivedPanel", "Lưu ý")


def _print(desk: Any, code: str, forms: tuple[str, ...]) -> None:
    from counter_app.services.papers import print_paper

    for form in forms:
        print_paper(desk, code, form)


def _make(desk: Any, code: str, forms: tuple[str, ...]) -> bytes:
    from counter_app.services.papers import make_paper
    from printing.sheets import joined

    return joined([make_paper(desk, code, form).pdf for form in forms])


class ReceivedPanel(QWidget):
    """What the applicant is told, and the paper that they get."""

    next_wanted = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._code_text = ""
        self._papers: tuple[str, ...] = ("receipt",)
        self._sent: tuple[str, ...] = ()
        self._title = QLabel(translate("ReceivedPanel", Words.DONE))
        set_role(self._title, "title")
        self.code = QLabel()
        set_role(self.code, "huge")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._status = QLabel()
        set_role(self._status, "section")
        self._who = QLabel()
        self._who.setWordWrap(True)
        self._due_title = QLabel(translate("ReceivedPanel", Words.DUE))
        set_role(self._due_title, "hint")
        self.due = QLabel()
        set_role(self.due, "big")
        self.warnings = InlineNote("warning")
        self.owed = OwedBox(context)
        self.printing = InlineNote("info")
        self.next = QPushButton(translate("ReceivedPanel", Words.NEXT))
        set_role(self.next, "primary")
        self.next.setMinimumHeight(44)
        self.show_paper = QPushButton(icon("printer"), translate("ReceivedPanel", Words.SHOW))
        self.show_paper.setShortcut("Ctrl+P")
        self.open = QPushButton(translate("ReceivedPanel", Words.OPEN))
        self.scan = ScanButton(context, lambda: (self._code_text, "", ""), self)
        self.scan.setShortcut("")  # the page has the key, for the form too
        self.sheets = SheetsButton.of_dossier(context, lambda: (self._code_text, "", ""), self)
        self.preview = PdfPreview(context.executor)
        self.preview.hide()  # until there is a paper to look at; its place stays, so that nothing moves
        stays = self.preview.sizePolicy()
        stays.setRetainSizeWhenHidden(True)
        self.preview.setSizePolicy(stays)
        self._lay_out()
        self.next.clicked.connect(self.next_wanted)
        self.owed.left.connect(self.next.setFocus)
        self.show_paper.clicked.connect(self._show_paper)
        self.open.clicked.connect(self._open)

    def show_received(self, received: Received, who: str, procedure: str) -> None:
        """Fill the panel and print what the settings ask for."""
        self._code_text = received.code
        self.code.setText(received.code)
        self._status.setText(status_label(received.status))
        self._who.setText(f"{who}\n{procedure}")
        self.due.setText(weekday_time(received.due))
        self._papers = ("receipt",)
        waits = received.status == "supplement_requested"
        self.due.setVisible(not waits)  # nobody is promised a day while the clock stands
        if waits:
            self._papers = ("receipt", "supplement_request")
            self._due_title.setText(translate("ReceivedPanel", Words.SUPPLEMENT))
        else:
            self._due_title.setText(translate("ReceivedPanel", Words.DUE))
        self.warnings.say("\n".join(f"{translate('ReceivedPanel', Words.WARNING)}: {w}" for w in received.warnings))
        self.preview.clear()
        self.preview.hide()
        self.owed.show_of(received.code)
        self._print()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _print(self) -> None:
        printers = self._context.desk.settings.printers
        forms = (self._papers if printers.for_form("receipt").printer and printers.print_receipt else ()) + (
            ("thermal",) if printers.thermal and printers.print_thermal else ()
        )
        if not forms:
            self.printing.say(translate("ReceivedPanel", Words.NO_PRINTER), "info")
            return
        self._sent = forms
        self.printing.say(translate("ReceivedPanel", Words.PRINTING), "info")
        self._context.executor.submit(
            partial(_print, self._context.desk, self._code_text, forms), self._printed, self._print_failed
        )

    def _printed(self, _nothing: None) -> None:
        words = Words.PRINTED_BOTH if "supplement_request" in self._sent else Words.PRINTED
        self.printing.say(translate("ReceivedPanel", words), "success")
        if self._context.spooler is not None:
            self._context.spooler.wake()
        self._context.announce("print_jobs", dossiers=(self._code_text,))

    def _print_failed(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self.printing.say(translate("ReceivedPanel", Words.PRINT_FAILED).format(why=error.message), "error")
        else:
            self._context.show_error(error)

    def _show_paper(self) -> None:
        self._context.executor.submit(
            partial(_make, self._context.desk, self._code_text, self._papers), self._take_paper
        )

    def _take_paper(self, pdf: bytes) -> None:
        self.preview.show()
        self.preview.show_pdf(pdf)

    def _open(self) -> None:
        self._context.open_dossier.emit(self._code_text)

    def _lay_out(self) -> None:
        card = QFrame()
        set_role(card, "card")
        left = QVBoxLayout(card)
        left.setContentsMargins(28, 24, 28, 24)
        left.setSpacing(10)
        for part in (self._title, self.code, self._status, self._who, self._due_title, self.due):
            left.addWidget(part)
        left.addWidget(self.warnings)
        left.addWidget(self.owed)
        left.addWidget(self.printing)
        left.addStretch(1)
        left.addWidget(self.next)
        more = QHBoxLayout()
        more.addWidget(self.show_paper, 1)
        more.addWidget(self.open)
        left.addLayout(more)
        scanning = QHBoxLayout()
        scanning.addWidget(self.scan, 1)
        scanning.addWidget(self.sheets, 1)
        left.addLayout(scanning)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(14)
        layout.addWidget(card, 5)
        layout.addWidget(self.preview, 6)
