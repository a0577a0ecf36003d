"""Scanned documents of all trays that are not in their dossiers yet: tried again, or their pages taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.services.scan_jobs import TROUBLE, JobRow, give_up, open_jobs, retry
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.formatting import local_time
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("ScanOpenJobs", "Bản quét chưa gắn xong")
    HEAD = QT_TRANSLATE_NOOP(
        "ScanOpenJobs",
        "Sửa điều ghi ở cột tình trạng rồi thử lại; hoặc trả trang về khay để gán hay quét lại. "
        "Chọn nhiều dòng bằng Shift, Ctrl hoặc Ctrl+A.",
    )
    NONE = QT_TRANSLATE_NOOP("ScanOpenJobs", "Mọi bản quét đã gửi đều đã gắn vào hồ sơ.")
    DOSSIER = QT_TRANSLATE_NOOP("ScanOpenJobs", "Hồ sơ")
    PAPER = QT_TRANSLATE_NOOP("ScanOpenJobs", "Giấy tờ")
    PAGES = QT_TRANSLATE_NOOP("ScanOpenJobs", "Trang")
    SENT = QT_TRANSLATE_NOOP("ScanOpenJobs", "Gửi lúc")
    STATE = QT_TRANSLATE_NOOP("ScanOpenJobs", "Tình trạng")
    WITH_WORDS = QT_TRANSLATE_NOOP("ScanOpenJobs", "{state}: {words}")
    RETRY = QT_TRANSLATE_NOOP("ScanOpenJobs", "Thử lại (Ctrl+R)")
    GIVE_UP = QT_TRANSLATE_NOOP("ScanOpenJobs", "Trả về khay (Ctrl+T)")
    OPEN = QT_TRANSLATE_NOOP("ScanOpenJobs", "Mở khay (Ctrl+O)")
    CLOSE = QT_TRANSLATE_NOOP("ScanOpenJobs", "Đóng (Esc)")


class OpenJobsDialog(QDialog):
    """Follows what becomes of the documents while it is open."""

    tray_asked = Signal(str)
    """The tray whose pages are to be worked on."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._rows: tuple[JobRow, ...] = ()
        self.setWindowTitle(_tr(Words.TITLE))
        self.setModal(True)
        self.resize(980, 420)
        self.heading = QLabel(self)
        self.heading.setWordWrap(True)
        set_role(self.heading, "hint")
        heads = [_tr(words) for words in (Words.DOSSIER, Words.PAPER, Words.PAGES, Words.SENT, Words.STATE)]
        self.table = PlainTable(_tr(Words.TITLE), heads, (180, 90, 60, 140, 400), 4, self)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.message, "inline")
        set_tone(self.message, "warning")
        self.message.hide()
        self.retry_button = self._button(Words.RETRY, "Ctrl+R", self.retry)
        self.give_up_button = self._button(Words.GIVE_UP, "Ctrl+T", self.give_up)
        self.open_button = self._button(Words.OPEN, "Ctrl+O", self.open_tray)
        close = self._button(Words.CLOSE, "", self.reject)
        bar = QHBoxLayout()
        for button in (self.retry_button, self.give_up_button, self.open_button):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.heading)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.message)
        layout.addLayout(bar)
        context.changed.connect(self._announced)
        self._read()

    @Slot()
    def retry(self) -> None:
        """Try the chosen documents that are in trouble again."""
        self._settle(retry)

    @Slot()
    def give_up(self) -> None:
        """Take the pages of the chosen documents back, and open the tray of the first of them."""
        if jobs := self._settle(give_up):
            self.tray_asked.emit(jobs[0].tray)
            self.accept()

    @Slot()
    def open_tray(self) -> None:
        """Show the pages of the chosen document."""
        if jobs := self._chosen_jobs():
            self.tray_asked.emit(jobs[0].tray)
            self.accept()

    def _settle(self, change: Callable[[DeskContext, int], None]) -> tuple[JobRow, ...]:
        jobs = tuple(job for job in self._chosen_jobs() if job.state == TROUBLE)
        if jobs:
            work = partial(_each, self.context.desk, change, tuple(job.id for job in jobs))
            self.context.executor.submit(work, self._settled)
        return jobs

    def _settled(self, _nothing: None) -> None:
        self.context.wake_scans()
        self.context.announce("scan_jobs")

    def _chosen_jobs(self) -> tuple[JobRow, ...]:
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return tuple(self._rows[row] for row in rows)

    @Slot()
    def _chosen(self) -> None:
        jobs = self._chosen_jobs()
        for button in (self.retry_button, self.give_up_button):
            button.setEnabled(any(job.state == TROUBLE for job in jobs))
        self.open_button.setEnabled(len(jobs) == 1)
        words = jobs[0].message if len(jobs) == 1 else ""
        self.message.setText(words)
        self.message.setVisible(bool(words))

    @Slot(object)
    def _announced(self, changed: Changed) -> None:
        if "scan_jobs" in changed.kinds:
            self._read()

    def _read(self) -> None:
        self.context.executor.submit(partial(open_jobs, self.context.desk), self._show)

    def _show(self, jobs: tuple[JobRow, ...]) -> None:
        kept = {job.id for job in self._chosen_jobs()}
        self._rows = tuple(sorted(jobs, key=lambda job: (job.state != TROUBLE, job.id)))
        self.heading.setText(_tr(Words.HEAD if jobs else Words.NONE))
        self.table.clearSelection()
        self.table.setRowCount(len(self._rows))
        for row, job in enumerate(self._rows):
            state = _tr(Words.WITH_WORDS).format(state=job.label, words=job.message) if job.message else job.label
            paper = job.component_code or job.result_code
            cells = (job.dossier_code, paper, str(len(job.page_ids)), local_time(job.created_at), state)
            for column, text in enumerate(cells):
                tone = "late" if job.state == TROUBLE else "paused"
                self.table.put(row, column, text, tone if column == len(cells) - 1 else "")
        model = self.table.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for row, job in enumerate(self._rows):
            if job.id in kept or (not kept and row == 0):
                model.select(self.table.model().index(row, 0), flags)
        self._chosen()

    def _button(self, words: str, keys: str, slot: Callable[[], None]) -> QPushButton:
        made = QPushButton(_tr(words), self)
        made.setAccessibleName(_tr(words))
        made.setAutoDefault(False)
        if keys:
            made.setShortcut(keys)
        made.clicked.connect(slot)
        return made


def _each(desk: DeskContext, change: Callable[[DeskContext, int], None], jobs: tuple[int, ...]) -> None:
    for job in jobs:
        change(desk, job)


def _tr(text: str) -> str:
    return translate("ScanOpenJobs", text)
