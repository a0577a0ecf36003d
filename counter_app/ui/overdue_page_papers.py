"""Several letters to look at, and to print as one job; and the month's list of apologies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, Qt, Slot
from PySide6.QtWidgets import QDateEdit, QFileDialog, QPushButton, QWidget

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PreviewDialog, PrintDialog
from counter_app.ui.formatting import local
from counter_app.ui.step_dialogs import DROP_DOWN, TaskDialog
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the windows say."""

    TITLE = QT_TRANSLATE_NOOP("LettersDialog", "Văn bản xin lỗi: {count} hồ sơ")
    PRINT = QT_TRANSLATE_NOOP("LettersDialog", "&In tất cả")
    REPRINT = QT_TRANSLATE_NOOP("LettersDialog", "&In lại tất cả")
    NO_PRINTER = QT_TRANSLATE_NOOP("LettersDialog", "Chưa đặt máy in. Hãy chọn máy in ở Cài đặt (Ctrl+,).")
    PRINTED_BEFORE = QT_TRANSLATE_NOOP(
        "LettersDialog", "Có văn bản đã in trước đó. Bấm «In lại tất cả» để in thêm, bản in mang dòng «Bản in lại»."
    )
    DRAWING = QT_TRANSLATE_NOOP("LettersDialog", "Đang dựng bản in: {done} / {total} văn bản")
    SENT = QT_TRANSLATE_NOOP("LettersDialog", "{count} văn bản xin lỗi đã chuyển đến máy in.")
    MONTH_TITLE = QT_TRANSLATE_NOOP("LettersDialog", "Danh sách văn bản xin lỗi trong tháng")
    MONTH_HINT = QT_TRANSLATE_NOOP(
        "LettersDialog",
        "Mọi văn bản ký trong tháng, và hồ sơ đến hạn trong tháng đã trễ mà chưa có văn bản: "
        "hồ sơ, thủ tục, chủ hồ sơ, hạn cũ và mới, số, người ký, ngày và cách giao, đúng hạn hay muộn.",
    )
    MONTH = QT_TRANSLATE_NOOP("LettersDialog", "&Tháng")
    EXPORT = QT_TRANSLATE_NOOP("LettersDialog", "Xuất bảng tính… (Ctrl+Enter)")
    LOOK = QT_TRANSLATE_NOOP("LettersDialog", "&Xem và in…")
    SHEET = QT_TRANSLATE_NOOP("LettersDialog", "Bảng tính Excel (*.xlsx)")
    CSV = QT_TRANSLATE_NOOP("LettersDialog", "Bảng tính CSV (*.csv)")
    EXPORTED = QT_TRANSLATE_NOOP("LettersDialog", "Đã xuất {count} dòng ra tệp {path}.")


AT_A_TIME = 4
"""Letters drawn before whoever shares the worker gets a turn."""

FILE_NAME = "xin-loi-{month:%Y-%m}.xlsx"
PAPER_NAME = "xin-loi-{month:%Y-%m}"


class LettersDialog(PreviewDialog):
    """Letters one behind the other as they will come out of the printer, in one job; drawn a few at a time."""

    def __init__(self, context: AppContext, letter_ids: Sequence[int], parent: QWidget | None = None) -> None:
        self.letter_ids = tuple(letter_ids)
        self.reprint = False
        self._parts: list[bytes] = []
        title = _tr(Words.TITLE).format(count=len(self.letter_ids))
        super().__init__(context, title, self._next_part(context), parent)
        self.print_button = self.add_button(Words.PRINT)
        self._name_button(Words.PRINT)
        set_role(self.print_button, "primary")
        self.print_button.setDefault(True)
        self.print_button.clicked.connect(self.print_now)
        self.print_button.setEnabled(False)

    @Slot()
    def print_now(self) -> None:
        """Put all letters into the spool as one job."""
        self.print_button.setEnabled(False)
        work = partial(_print, self.context.desk, self.letter_ids, self.reprint, self.pdf)
        self.context.executor.submit(work, self._printed, self._not_printed)

    def _printed(self, _job: int) -> None:
        if self.context.spooler is not None:
            self.context.spooler.wake()
        self.context.announce("print_jobs")
        self.context.tell(_tr(Words.SENT).format(count=len(self.letter_ids)), "success")
        self.accept()

    def _not_printed(self, error: Exception) -> None:
        self.print_button.setEnabled(True)
        if not isinstance(error, UserError) or error.kind != "already_printed":
            self._broken(error)
            return
        self.reprint = True
        self._name_button(Words.REPRINT)
        self.print_button.setEnabled(False)
        self._parts.clear()
        self.context.executor.submit(self._next_part(self.context), self._show, self._broken)

    def _next_part(self, context: AppContext) -> Callable[[], bytes]:
        start = len(self._parts) * AT_A_TIME
        return partial(_draw, context.desk, self.letter_ids[start : start + AT_A_TIME], self.reprint)

    def _show(self, pdf: bytes) -> None:
        """A few more are drawn: the next ones, or all of them together."""
        self._parts.append(pdf)
        done = len(self._parts) * AT_A_TIME
        if done < len(self.letter_ids):
            self.say(_tr(Words.DRAWING).format(done=done, total=len(self.letter_ids)), "info")
            self.context.executor.submit(self._next_part(self.context), self._show, self._broken)
        else:
            self.context.executor.submit(partial(_merge, tuple(self._parts)), self._show_whole, self._broken)

    def _show_whole(self, pdf: bytes) -> None:
        super()._show(pdf)
        has_printer = bool(self.context.desk.settings.printers.for_form("apology").printer)
        self.print_button.setEnabled(has_printer)
        if self.reprint:
            self.say(_tr(Words.PRINTED_BEFORE), "warning")
        else:
            self.say("" if has_printer else _tr(Words.NO_PRINTER), "info")

    def _name_button(self, words: str) -> None:
        self.print_button.setText(_tr(words))
        self.print_button.setAccessibleName(self.print_button.text().replace("&", ""))


class MonthDialog(TaskDialog):
    """Which month; then the list as a table, or as the paper that is signed."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.MONTH_TITLE), _tr(Words.EXPORT), parent)
        self._files: QFileDialog | None = None
        self._preview: PrintDialog | None = None
        self.say(_tr(Words.MONTH_HINT))
        today = local(context.desk.clock()).date()
        self.month = QDateEdit(QDate(today.year, today.month, 1), self)
        self.month.setDisplayFormat("MM/yyyy")
        self.month.setStyleSheet(DROP_DOWN)
        self.month.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding does not reach it
        self.add_field(_tr(Words.MONTH), self.month)
        self.look = QPushButton(_tr(Words.LOOK), self)
        self.look.setAccessibleName(self.look.text().replace("&", ""))
        self.look.setAutoDefault(False)
        self.look.clicked.connect(self.show_paper)
        self.buttons.addButton(self.look, self.buttons.ButtonRole.ActionRole)
        self.month.setFocus(Qt.FocusReason.OtherFocusReason)

    def day(self) -> date:
        """The first day of the chosen month."""
        shown = self.month.date()
        return date(shown.year(), shown.month(), 1)

    @Slot()
    def submit(self) -> None:
        """Ask where to keep the table."""
        self._files = QFileDialog(self, self.windowTitle(), FILE_NAME.format(month=self.day()))
        self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._files.setNameFilters([_tr(Words.SHEET), _tr(Words.CSV)])
        self._files.setDefaultSuffix("xlsx")
        self._files.filterSelected.connect(self._kind_chosen)
        self._files.fileSelected.connect(self.save_to)
        self._files.open()

    @Slot(str)
    def _kind_chosen(self, words: str) -> None:
        if self._files is not None:
            self._files.setDefaultSuffix("csv" if words == _tr(Words.CSV) else "xlsx")

    @Slot(str)
    def save_to(self, name: str) -> None:
        """Write the table to a file of the clerk's choice."""
        work = partial(_export, self.context.desk, self.day(), Path(name))
        self.context.executor.submit(work, self.succeeded, self.failed)

    def succeeded(self, answer: Any) -> None:
        count, path = answer
        self.context.tell(_tr(Words.EXPORTED).format(count=count, path=path), "success")
        super().succeeded(answer)

    @Slot()
    def show_paper(self) -> None:
        """The list as the form that is signed."""
        desk, day = self.context.desk, self.day()
        make, send = partial(_draw_month, desk, day), partial(_print_month, desk, day)
        name = PAPER_NAME.format(month=day)
        self._preview = PrintDialog(self.context, self.windowTitle(), name, make, send, self)
        self._preview.open()


def _draw(desk: DeskContext, letter_ids: Sequence[int], reprint: bool) -> bytes:
    from counter_app.services.apologies_paper import letters_pdf

    return letters_pdf(desk, letter_ids, reprint=reprint)


def _merge(parts: Sequence[bytes]) -> bytes:
    from printing.sheets import joined

    return joined(parts)


def _print(desk: DeskContext, letter_ids: Sequence[int], reprint: bool, drawn: bytes) -> int:
    from counter_app.services.apologies_paper import print_letters

    return print_letters(desk, letter_ids, reprint=reprint, drawn=drawn)


def _export(desk: DeskContext, month: date, path: Path) -> tuple[int, Path]:
    from counter_app.services.apology_list import export_apologies

    return export_apologies(desk, month, path), path


def _draw_month(desk: DeskContext, month: date, _reprint: bool) -> bytes:
    from counter_app.services.apology_list import apology_list_pdf

    return apology_list_pdf(desk, month)


def _print_month(desk: DeskContext, month: date, reprint: bool) -> int:
    from counter_app.services.register_print import print_apology_list

    return print_apology_list(desk, month, _draw_month(desk, month, reprint))


def _tr(text: str) -> str:
    return translate("LettersDialog", text)
