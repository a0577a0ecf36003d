"""The reconciliation with the portal: which days, what it came to, and the differences to work off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.reconcile import Progress, Report
from counter_app.services.reconcile_follow import Followed, follow
from counter_app.services.reconcile_list import (
    DifferenceRow,
    Shown,
    count_open,
    export_differences,
    last_run,
)
from counter_app.services.reconcile_mend import Mended, accept, mend
from counter_app.ui.choosing_table import ChoosingTable
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.formatting import local
from counter_app.ui.reconcile_actions import DifferenceActions
from counter_app.ui.reconcile_period import PeriodBox
from counter_app.ui.reconcile_table import DifferencesModel
from counter_app.ui.reconcile_words import automatic_line, run_line, statuses_line
from counter_app.ui.reconcile_work import ReconcileWork
from counter_app.ui.sync_numbers import count_words
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the panel says beside the list."""

    TITLE = QT_TRANSLATE_NOOP("ReconcilePanel", "Đối soát")
    COMPARE = QT_TRANSLATE_NOOP("ReconcilePanel", "Đối &soát")
    CANCEL = QT_TRANSLATE_NOOP("ReconcilePanel", "&Dừng")
    COMPARING = QT_TRANSLATE_NOOP("ReconcilePanel", "Đang đối soát: {done} / {total} hồ sơ, sai lệch {different}")
    ASKING = QT_TRANSLATE_NOOP("ReconcilePanel", "Đang hỏi cổng…")
    MENDING = QT_TRANSLATE_NOOP("ReconcilePanel", "Đang xếp hàng gửi lại: {count} sai lệch")
    COMPARED = QT_TRANSLATE_NOOP("ReconcilePanel", "hồ sơ đã đối soát")
    EQUAL = QT_TRANSLATE_NOOP("ReconcilePanel", "khớp")
    ACCEPTED = QT_TRANSLATE_NOOP("ReconcilePanel", "đã chấp nhận")
    ON_THE_WAY = QT_TRANSLATE_NOOP("ReconcilePanel", "chưa gửi xong")
    DIFFERENT = QT_TRANSLATE_NOOP("ReconcilePanel", "sai lệch")
    TABLE = QT_TRANSLATE_NOOP("ReconcilePanel", "Sai lệch với cổng")
    NOT_YET = QT_TRANSLATE_NOOP("ReconcilePanel", "Chưa đối soát lần nào. Chọn kỳ rồi bấm «Đối soát».")
    MENDED = QT_TRANSLATE_NOOP("ReconcilePanel", "Đã xếp hàng gửi lại {count} sai lệch.")
    LEFT = QT_TRANSLATE_NOOP("ReconcilePanel", "Còn {left} hồ sơ phải quyết định trước nên chưa gửi lại.")
    ACCEPTED_DONE = QT_TRANSLATE_NOOP("ReconcilePanel", "Đã chấp nhận sai lệch của hồ sơ {code}.")
    FOLLOWED = QT_TRANSLATE_NOOP("ReconcilePanel", "Hồ sơ {code} đã ghi theo cổng.")
    CLASHED = QT_TRANSLATE_NOOP(
        "ReconcilePanel", "Bước của cổng không hợp với hồ sơ {code} lúc này: quyết định ở thẻ «Sai lệch từ cổng»."
    )
    EXPORT = QT_TRANSLATE_NOOP("ReconcilePanel", "Xuất danh sách sai lệch")
    CSV = QT_TRANSLATE_NOOP("ReconcilePanel", "Bảng tính CSV (*.csv)")
    EXPORTED = QT_TRANSLATE_NOOP("ReconcilePanel", "Đã xuất {count} dòng ra tệp {path}.")


NUMBERS = (
    ("compared", Words.COMPARED),
    ("equal", Words.EQUAL),
    ("accepted", Words.ACCEPTED),
    ("on_the_way", Words.ON_THE_WAY),
    ("different", Words.DIFFERENT),
)
PROGRESS_WIDTH = 320
FILE_NAME = "doi-soat-{day:%Y%m%d}.csv"


@dataclass(frozen=True, slots=True)
class _Read:
    last: Report | None
    automatic: Report | None
    open: int


def _read(desk: DeskContext) -> _Read:
    return _Read(last_run(desk), last_run(desk, automatic=True), count_open(desk))


class ReconcilePanel(QWidget):
    """A tab of the sync page. ``refresh``, ``focus`` and ``closing`` are for the page that holds it."""

    title: ClassVar[str] = Words.TITLE

    open_changed = Signal(int)
    """How many differences are to be worked off: for the tab's caption."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._files: QFileDialog | None = None
        self.work = ReconcileWork(self)
        self.work.compared.connect(self._comparing)
        self.work.mended.connect(self._mending)
        self.work.done.connect(self._worked)
        self.work.failed.connect(self._not_worked)
        self.model = DifferencesModel(context, self)
        self.table = ChoosingTable(self.model, _tr(Words.TABLE), stretch="theirs", parent=self)
        self.actions_box = DifferenceActions(self)
        self._build_head()
        self._build_numbers()
        self._lay_out()
        self._connect()
        self._busy(False)

    def refresh(self) -> None:
        """Read the numbers and the list again."""
        self.context.executor.submit(partial(_read, self.context.desk), self._take)
        self.model.refresh()

    def focus(self) -> None:
        """Put the keys to the list, or to the choice of days while it is empty."""
        target = self.table if self.model.rowCount() else self.period.choice
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        """End what is under way; what was compared until then is kept."""
        self.work.stop()

    @Slot()
    def compare(self) -> None:
        """Compare the chosen days."""
        try:
            period = self.period.period()
        except UserError as error:
            self.context.show_error(error)
            return
        self._busy(True)
        self.progress_words.setText(_tr(Words.ASKING))
        self.work.compare(self.context.desk, period)

    @Slot()
    def mend_all(self) -> None:
        """Queue all that can be sent again."""
        self._busy(True)
        self._mending(0)
        self.work.mend_all(self.context.desk)

    @Slot(str)
    def export(self, name: str) -> None:
        """Write what the list shows to a file."""
        work = partial(_export, self.context.desk, Path(name), self.model.shown)
        self.context.executor.submit(work, self._exported)

    def _build_head(self) -> None:
        self.period = PeriodBox(self._today, self)
        self.compare_button = self._button(Words.COMPARE, self.compare)
        set_role(self.compare_button, "primary")
        self.cancel_button = self._button(Words.CANCEL, self.work.cancel)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(PROGRESS_WIDTH)
        self.progress.setAccessibleName(_tr(Words.TITLE))
        self.progress_words = QLabel(self)
        self.head = QHBoxLayout()
        self.head.addWidget(self.period)
        self.head.addWidget(self.compare_button)
        self.head.addStretch(1)
        self.head.addWidget(self.actions_box.filter)
        self.progress_row = QHBoxLayout()
        self.progress_row.addWidget(self.cancel_button)
        self.progress_row.addWidget(self.progress)
        self.progress_row.addWidget(self.progress_words, 1)

    def _build_numbers(self) -> None:
        self.numbers: dict[str, QLabel] = {}
        self.numbers_row = QHBoxLayout()
        for name, words in NUMBERS:
            number = QLabel("–", self)
            set_role(number, "number")
            self.numbers[name] = number
            self.numbers_row.addWidget(number)
            self.numbers_row.addWidget(QLabel(_tr(words), self))
            self.numbers_row.addSpacing(20)
        self.numbers_row.addStretch(1)
        self.run_words = QLabel(_tr(Words.NOT_YET), self)
        self.automatic_words = QLabel(self)
        for label in (self.run_words, self.automatic_words):
            label.setWordWrap(True)
        set_role(self.run_words, "hint")
        set_role(self.automatic_words, "inline")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addLayout(self.head)
        layout.addLayout(self.numbers_row)
        layout.addLayout(self.progress_row)
        layout.addWidget(self.run_words)
        layout.addWidget(self.automatic_words)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.actions_box)

    def _connect(self) -> None:
        box = self.actions_box
        self.table.chosen.connect(box.show_row)
        self.table.row_opened.connect(self._open)
        self.model.loaded.connect(box.show_count)
        box.shown_changed.connect(self._show)
        box.open_button.clicked.connect(self._open_chosen)
        box.mend_button.clicked.connect(self._mend_chosen)
        box.mend_all_button.clicked.connect(self.mend_all)
        box.follow_button.clicked.connect(self._follow_chosen)
        box.accepted.connect(self._accept_chosen)
        box.export_button.clicked.connect(self._choose_file)
        self.context.changed.connect(self._changed)

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.clicked.connect(slot)
        return button

    def _today(self) -> date:
        return local(self.context.desk.clock()).date()

    def _busy(self, busy: bool) -> None:
        self.compare_button.setEnabled(not busy)
        self.period.setEnabled(not busy)
        self.actions_box.set_busy(busy)
        for widget in (self.cancel_button, self.progress, self.progress_words):
            widget.setVisible(busy)
        # The old words make room for the progress: the list keeps its rows.
        for label in (self.run_words, self.automatic_words):
            label.setVisible(not busy)
        if busy:
            self.progress.setRange(0, 0)

    @Slot(object)
    def _comparing(self, progress: Progress) -> None:
        self.progress.setRange(0, max(progress.total, 1))
        self.progress.setValue(progress.done)
        self.progress_words.setText(
            _tr(Words.COMPARING).format(
                done=count_words(progress.done),
                total=count_words(progress.total),
                different=count_words(progress.different),
            )
        )

    @Slot(int)
    def _mending(self, count: int) -> None:
        self.progress_words.setText(_tr(Words.MENDING).format(count=count_words(count)))

    @Slot(object)
    def _worked(self, answer: Report | Mended) -> None:
        self._busy(False)
        if isinstance(answer, Mended):
            self._sent_again(answer)
        self.refresh()

    @Slot(object)
    def _not_worked(self, error: Exception) -> None:
        self._busy(False)
        self.context.show_error(error)
        self.refresh()

    def _take(self, read: _Read) -> None:
        words, tone = automatic_line(read.automatic)
        self.automatic_words.setText(words)
        set_tone(self.automatic_words, tone)
        if read.last is not None:
            for name, label in self.numbers.items():
                label.setText(count_words(getattr(read.last, name)))
            set_tone(self.numbers["different"], "late" if read.last.different else "")
            lines = (run_line(read.last), statuses_line(read.last))
            self.run_words.setText(" ".join(line for line in lines if line))
        self.actions_box.set_open(read.open)
        self.open_changed.emit(read.open)

    @Slot(object)
    def _show(self, shown: Shown) -> None:
        self.model.shown = shown
        self.model.refresh()

    @Slot()
    def _mend_chosen(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._do(partial(mend, self.context.desk, row.id), self._mended)

    @Slot()
    def _follow_chosen(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._do(partial(follow, self.context.desk, row.id), self._followed)

    @Slot(str)
    def _accept_chosen(self, reason: str) -> None:
        row = self.table.current_row()
        if row is not None:
            self._do(partial(_accept, self.context.desk, row, reason), self._accepted)

    def _do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.actions_box.set_busy(True)
        self.context.executor.submit(work, done, self._refused)

    def _mended(self, mended: Mended) -> None:
        self.actions_box.set_busy(False)
        self._sent_again(mended)
        self.refresh()

    def _followed(self, followed: Followed) -> None:
        self.actions_box.set_busy(False)
        self.context.announce("dossier", "outbox", "clash", dossiers=(followed.dossier_code,))
        words = Words.CLASHED if followed.clashes else Words.FOLLOWED
        self.context.tell(_tr(words).format(code=followed.dossier_code), "warning" if followed.clashes else "success")
        self.refresh()

    def _accepted(self, code: str) -> None:
        self.actions_box.set_busy(False)
        self.actions_box.reason.clear()
        self.context.tell(_tr(Words.ACCEPTED_DONE).format(code=code), "success")
        self.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refused(self, error: Exception) -> None:
        self.actions_box.set_busy(False)
        self.context.show_error(error)
        self.refresh()

    def _sent_again(self, mended: Mended) -> None:
        if mended.differences:
            self.context.announce("outbox", dossiers=mended.codes)
            self.context.wake_sync()
        words = [_tr(Words.MENDED).format(count=count_words(mended.differences))]
        if mended.left:
            words.append(_tr(Words.LEFT).format(left=count_words(mended.left)))
        self.context.tell(" ".join(words), "warning" if mended.left else "success")

    @Slot(object)
    def _open(self, row: DifferenceRow) -> None:
        self.context.open_dossier.emit(row.dossier_code)

    @Slot()
    def _open_chosen(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._open(row)

    @Slot()
    def _choose_file(self) -> None:
        self._files = QFileDialog(self, _tr(Words.EXPORT))
        self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._files.setNameFilter(_tr(Words.CSV))
        self._files.setDefaultSuffix("csv")
        self._files.selectFile(FILE_NAME.format(day=self._today()))
        self._files.fileSelected.connect(self.export)
        self._files.open()

    def _exported(self, answer: tuple[int, str]) -> None:
        count, path = answer
        self.context.tell(_tr(Words.EXPORTED).format(count=count_words(count), path=path), "success")

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if self.isVisible() and "reconciliation" in changed.kinds:
            self.refresh()


def _accept(desk: DeskContext, row: DifferenceRow, reason: str) -> str:
    accept(desk, row.id, reason)
    return row.dossier_code


def _export(desk: DeskContext, path: Path, shown: Shown) -> tuple[int, str]:
    return export_differences(desk, path, shown), str(path)


def _tr(text: str) -> str:
    return translate("ReconcilePanel", text)
