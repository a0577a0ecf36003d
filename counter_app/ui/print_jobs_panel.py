"""The print spool as the clerk sees it: what waits and why, what asks, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.print_jobs import JobRow
from counter_app.settings import SheetSettings
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.formatting import local_time
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SETTLED = ("printed", "cancelled")
WAITS = ("waiting", "confirmed")
OPEN = (*WAITS, "sending", "unknown", "asks")
TEST_FORM = "test"


class Words:
    """What the panel says."""

    TAB = QT_TRANSLATE_NOOP("PrintJobs", "Lệnh in")
    MADE = QT_TRANSLATE_NOOP("PrintJobs", "Lập lúc")
    PAPER = QT_TRANSLATE_NOOP("PrintJobs", "Giấy tờ")
    DOSSIER = QT_TRANSLATE_NOOP("PrintJobs", "Hồ sơ")
    PRINTER = QT_TRANSLATE_NOOP("PrintJobs", "Máy in")
    STATE = QT_TRANSLATE_NOOP("PrintJobs", "Trạng thái")
    WHY = QT_TRANSLATE_NOOP("PrintJobs", "Lý do")
    TABLE = QT_TRANSLATE_NOOP("PrintJobs", "Danh sách lệnh in")
    REPRINT_MARK = QT_TRANSLATE_NOOP("PrintJobs", "Bản in lại: {title}")
    ALL = QT_TRANSLATE_NOOP("PrintJobs", "Hiện &cả lệnh đã in, đã hủy")
    NONE = QT_TRANSLATE_NOOP("PrintJobs", "Không có lệnh in nào đang chờ.")
    ASK_WAITING = QT_TRANSLATE_NOOP(
        "PrintJobs", "Chương trình tự in lại lúc {time}. Máy in đã sẵn sàng thì bấm «Thử in ngay»."
    )
    ASK_SENDING = QT_TRANSLATE_NOOP("PrintJobs", "Đang gửi tới máy in.")
    ASK_ASKS = QT_TRANSLATE_NOOP(
        "PrintJobs", "Lệnh in từ ngày trước. Còn cần giấy này thì bấm «Vẫn in», không thì «Hủy lệnh»."
    )
    ASK_UNKNOWN = QT_TRANSLATE_NOOP(
        "PrintJobs", "Hãy xem khay giấy: đã ra giấy thì bấm «Giấy đã ra», chưa ra thì bấm «In lại»."
    )
    ASK_PRINTED = QT_TRANSLATE_NOOP("PrintJobs", "Bản in lại mang dòng «Bản in lại».")
    ASK_CANCELLED = QT_TRANSLATE_NOOP(
        "PrintJobs", "Giấy đã ra lần nào thì bản in lại mang dòng «Bản in lại»; chưa ra lần nào thì là bản thường."
    )
    RETRY = QT_TRANSLATE_NOOP("PrintJobs", "&Thử in ngay")
    CONFIRM_ASKS = QT_TRANSLATE_NOOP("PrintJobs", "&Vẫn in")
    CONFIRM_UNKNOWN = QT_TRANSLATE_NOOP("PrintJobs", "&Giấy đã ra")
    REPRINT = QT_TRANSLATE_NOOP("PrintJobs", "&In lại")
    MOVE = QT_TRANSLATE_NOOP("PrintJobs", "&Chuyển sang máy in đang cài")
    CANCEL = QT_TRANSLATE_NOOP("PrintJobs", "&Hủy lệnh")


TONES = {"unknown": "late", "asks": "soon", "waiting": "", "confirmed": "", "sending": "", "printed": "good"}
QUESTIONS = {
    "waiting": Words.ASK_WAITING,
    "confirmed": Words.ASK_WAITING,
    "sending": Words.ASK_SENDING,
    "asks": Words.ASK_ASKS,
    "unknown": Words.ASK_UNKNOWN,
    "printed": Words.ASK_PRINTED,
    "cancelled": Words.ASK_CANCELLED,
}


def _list(desk: DeskContext, everything: bool) -> tuple[JobRow, ...]:
    states = (*OPEN, *SETTLED) if everything else OPEN
    return print_jobs.list_jobs(desk.database, states=states)


def _again(desk: DeskContext, row: JobRow) -> int:
    # On the way of a paper only: the window opens without it.
    from counter_app.services.print_again import print_again

    return print_again(desk, row.id)


def _elsewhere(desk: DeskContext, row: JobRow) -> SheetSettings | None:
    """The printer that the settings now name for the paper of a job, where that is another one."""
    sheet = desk.settings.printers.for_form(row.form)
    return sheet if row.form != TEST_FORM and sheet.printer not in ("", row.printer) else None


def _move(desk: DeskContext, row: JobRow) -> None:
    """Off to the printer of the settings, to be tried there at once."""
    sheet = desk.settings.printers.for_form(row.form)
    print_jobs.move(desk.database, row.id, print_jobs.PrinterChoice(sheet.printer, sheet.tray))
    if row.state in WAITS:
        print_jobs.retry_now(desk.database, row.id, desk.clock())


class PrintJobsPanel(QWidget):
    """A table of jobs, a question about the chosen one, and the answers that its state allows."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._rows: tuple[JobRow, ...] = ()
        heads = (Words.MADE, Words.PAPER, Words.DOSSIER, Words.PRINTER, Words.STATE, Words.WHY)
        texts = [_tr(head) for head in heads]
        self.table = PlainTable(_tr(Words.TABLE), texts, (142, 300, 168, 200, 168, 140), 5, self)
        self.table.currentCellChanged.connect(self._show_choice)
        self.question = QLabel(self)
        self.question.setWordWrap(True)
        self.all = QCheckBox(_tr(Words.ALL), self)
        self.all.setAccessibleName(self.all.text().replace("&", ""))
        self.all.toggled.connect(self.refresh)
        self.retry = self._button(Words.RETRY, self._retry)
        self.move_button = self._button(Words.MOVE, self._move)
        self.confirm = self._button(Words.CONFIRM_ASKS, self._confirm)
        self.reprint = self._button(Words.REPRINT, self._reprint)
        self.cancel = self._button(Words.CANCEL, self._cancel)
        set_role(self.cancel, "danger")
        bar = QHBoxLayout()
        bar.addWidget(self.all)
        bar.addStretch(1)
        self._buttons = (self.retry, self.move_button, self.confirm, self.reprint, self.cancel)
        for button in self._buttons:
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.question)
        layout.addLayout(bar)
        context.changed.connect(self._changed)
        self._show_choice()

    @Slot()
    def refresh(self) -> None:
        """Read the jobs again."""
        work = partial(_list, self.context.desk, self.all.isChecked())
        self.context.executor.submit(work, self._take)

    def current(self) -> JobRow | None:
        """The chosen job."""
        row = self.table.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.clicked.connect(slot)
        return button

    def _take(self, rows: tuple[JobRow, ...]) -> None:
        before = self.current()
        with QSignalBlocker(self.table):
            self._rows = rows
            self.table.setRowCount(len(rows))
            for place, row in enumerate(rows):
                self._fill(place, row)
            ids = [row.id for row in rows]
            place = ids.index(before.id) if before is not None and before.id in ids else 0
            self.table.setCurrentCell(place if ids else -1, 0)
        self._show_choice()

    def _fill(self, place: int, row: JobRow) -> None:
        # The code of the dossier has a column of its own.
        title = row.title.removesuffix(row.dossier_code).strip() if row.dossier_code else row.title
        if row.reprint:
            title = _tr(Words.REPRINT_MARK).format(title=title)
        self.table.put(place, 0, local_time(row.created_at))
        self.table.put(place, 1, title)
        self.table.put(place, 2, row.dossier_code)
        self.table.put(place, 3, row.printer)
        self.table.put(place, 4, row.label, TONES.get(row.state, ""))
        self.table.put(place, 5, row.last_error)

    @Slot()
    def _show_choice(self) -> None:
        row = self.current()
        state = "" if row is None else row.state
        self.retry.setVisible(state in WAITS)
        elsewhere = row is not None and _elsewhere(self.context.desk, row) is not None
        self.move_button.setVisible(elsewhere and state in (*WAITS, "asks"))
        self.confirm.setVisible(state in ("asks", "unknown"))
        self.confirm.setText(_tr(Words.CONFIRM_UNKNOWN if state == "unknown" else Words.CONFIRM_ASKS))
        self.confirm.setAccessibleName(self.confirm.text().replace("&", ""))
        self.reprint.setVisible(state in ("unknown", *SETTLED))
        self.cancel.setVisible(state in (*WAITS, "asks", "unknown"))
        if row is None:
            self.question.setText(_tr(Words.NONE))
        else:
            # What asks says itself what to do.
            asks = bool(row.last_error) and state in ("asks", "unknown")
            question = "" if asks else _tr(QUESTIONS[state]).format(time=local_time(row.next_attempt_at))
            trouble = "" if state in SETTLED else row.last_error  # what it says of waiting is over
            self.question.setText(" ".join(part for part in (trouble, question) if part))

    def _do(self, work: Callable[[], Any]) -> None:
        for button in self._buttons:
            button.setEnabled(False)
        self.context.executor.submit(work, self._done, self._failed)

    @Slot()
    def _retry(self) -> None:
        row = self.current()
        if row is not None:
            desk = self.context.desk
            self._do(partial(print_jobs.retry_now, desk.database, row.id, desk.clock()))

    @Slot()
    def _move(self) -> None:
        row = self.current()
        if row is not None:
            self._do(partial(_move, self.context.desk, row))

    @Slot()
    def _confirm(self) -> None:
        row = self.current()
        if row is not None:
            desk = self.context.desk
            self._do(partial(print_jobs.confirm, desk.database, row.id, desk.clock()))

    @Slot()
    def _reprint(self) -> None:
        row = self.current()
        if row is not None:
            self._do(partial(_again, self.context.desk, row))

    @Slot()
    def _cancel(self) -> None:
        row = self.current()
        if row is not None:
            self._do(partial(print_jobs.cancel, self.context.desk.database, row.id))

    def _done(self, _answer: object) -> None:
        self._enable()
        if self.context.spooler is not None:
            self.context.spooler.wake()
        self.context.announce("print_jobs")
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._enable()
        self.context.show_error(error)
        self.refresh()

    def _enable(self) -> None:
        for button in self._buttons:
            button.setEnabled(True)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "print_jobs" in changed.kinds and self.isVisible():
            self.refresh()


def _tr(text: str) -> str:
    return translate("PrintJobs", text)
