"""Letters for several dossiers at once: what they say, then one after the other with what came of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.services.apologies_batch import (
    REFUSED,
    WAITING,
    BatchItem,
    BatchReport,
    Suggestion,
    report,
    run_batch,
    start_batch,
    suggest,
)
from counter_app.services.apologies_rows import LetterText
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import weekday_time
from counter_app.ui.key_dialog import KeyDialog
from counter_app.ui.overdue_page_papers import LettersDialog
from counter_app.ui.overdue_page_reasons import ReasonField
from counter_app.ui.page import nfc
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.signer_fields import SignerFields
from counter_app.ui.step_dialogs import MomentEdit, TaskDialog
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

USUAL_DAYS = 3
MOST_DAYS = 60
AT_A_TIME = 3
"""Letters written before whoever shares the worker gets a turn."""

CODE, NAME, DUE, NEW_DUE, OWN_UNIT, OWN_REASON = range(6)
KEPT = int(Qt.ItemDataRole.UserRole)
"""The date behind the words of a cell, or the unit that was filled in first."""


class Words:
    """What the windows say."""

    TITLE = QT_TRANSLATE_NOOP("ApologyBatch", "Xin lỗi và hẹn lại: {count} hồ sơ")
    SIGNED = QT_TRANSLATE_NOOP("ApologyBatch", "Lập, ghi đã ký (Ctrl+Enter)")
    SUBMIT = QT_TRANSLATE_NOOP("ApologyBatch", "Lập, trình ký (Ctrl+T)")
    HINT = QT_TRANSLATE_NOOP(
        "ApologyBatch",
        "Lý do và đơn vị chung dùng cho mọi hồ sơ, trừ hồ sơ ghi riêng trong bảng (F2 để sửa ô). "
        "Mỗi hồ sơ được hẹn lại một lần, không quá thời hạn ban đầu.",
    )
    REASON = QT_TRANSLATE_NOOP("ApologyBatch", "&Lý do chung")
    UNIT = QT_TRANSLATE_NOOP("ApologyBatch", "Đơn vị chịu &trách nhiệm")
    UNIT_HINT = QT_TRANSLATE_NOOP("ApologyBatch", "để trống: đơn vị đang giữ từng hồ sơ")
    DAYS = QT_TRANSLATE_NOOP("ApologyBatch", "Hẹn thê&m")
    DAYS_SUFFIX = QT_TRANSLATE_NOOP("ApologyBatch", " ngày làm việc")
    SIGNER = QT_TRANSLATE_NOOP("ApologyBatch", "&Người ký")
    TABLE = QT_TRANSLATE_NOOP("ApologyBatch", "Hồ sơ được lập văn bản")
    HEAD_CODE = QT_TRANSLATE_NOOP("ApologyBatch", "Mã hồ sơ")
    HEAD_NAME = QT_TRANSLATE_NOOP("ApologyBatch", "Chủ hồ sơ")
    HEAD_DUE = QT_TRANSLATE_NOOP("ApologyBatch", "Hạn trả")
    HEAD_NEW = QT_TRANSLATE_NOOP("ApologyBatch", "Hẹn lại")
    HEAD_UNIT = QT_TRANSLATE_NOOP("ApologyBatch", "Đơn vị riêng")
    HEAD_REASON = QT_TRANSLATE_NOOP("ApologyBatch", "Lý do riêng")
    HEAD_OUTCOME = QT_TRANSLATE_NOOP("ApologyBatch", "Kết quả")
    NO_DATE = QT_TRANSLATE_NOOP("ApologyBatch", "Hồ sơ {code} chưa có ngày hẹn. Hãy bỏ hồ sơ này ra khỏi đợt.")
    REASON_MISSING = QT_TRANSLATE_NOOP("ApologyBatch", "Hãy ghi lý do chung, hoặc lý do riêng của hồ sơ {code}.")
    RUN_TITLE = QT_TRANSLATE_NOOP("ApologyBatch", "Lập văn bản xin lỗi")
    RUNNING = QT_TRANSLATE_NOOP("ApologyBatch", "Đang lập: {done} / {total} hồ sơ")
    STOPPED = QT_TRANSLATE_NOOP("ApologyBatch", "Đã dừng: {done} / {total} hồ sơ. Phần còn lại làm tiếp được lúc khác.")
    ENDED = QT_TRANSLATE_NOOP("ApologyBatch", "Đã lập {done} văn bản; {refused} hồ sơ không lập được, lý do ở bảng.")
    ALL_DONE = QT_TRANSLATE_NOOP("ApologyBatch", "Đã lập {done} văn bản.")
    WRITTEN = QT_TRANSLATE_NOOP("ApologyBatch", "✓ đã lập. {words}")
    WAITS = QT_TRANSLATE_NOOP("ApologyBatch", "… chưa lập")
    REFUSED = QT_TRANSLATE_NOOP("ApologyBatch", "✗ {words}")
    STOP = QT_TRANSLATE_NOOP("ApologyBatch", "&Dừng")
    GO_ON = QT_TRANSLATE_NOOP("ApologyBatch", "Làm &tiếp")
    PRINT = QT_TRANSLATE_NOOP("ApologyBatch", "&Xem và in {count} văn bản")
    CLOSE = QT_TRANSLATE_NOOP("ApologyBatch", "Đóng (Esc)")


class _MomentDelegate(QStyledItemDelegate):
    """Day and hour are entered as everywhere else."""

    def createEditor(  # noqa: N802  Qt's own name
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        return MomentEdit(index.data(KEPT), parent)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        if isinstance(editor, MomentEdit):
            editor.set_moment(index.data(KEPT))

    def setModelData(  # noqa: N802
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if isinstance(editor, MomentEdit):
            model.setData(index, editor.moment(), KEPT)
            model.setData(index, weekday_time(editor.moment()))


class BatchDialog(TaskDialog):
    """Asks what the letters say; ``done_with`` then brings the id of the batch, not yet run."""

    def __init__(self, context: AppContext, codes: Sequence[str], parent: QWidget | None = None) -> None:
        self.codes = tuple(codes)
        title = translate("ApologyBatch", Words.TITLE).format(count=len(self.codes))
        super().__init__(context, title, _tr(Words.SIGNED), parent)
        self.resize(1100, 640)
        self.say(_tr(Words.HINT))
        self.signed = True
        self.later = QPushButton(_tr(Words.SUBMIT), self)
        self.later.setAccessibleName(self.later.text())
        self.later.setAutoDefault(False)
        self.later.setShortcut("Ctrl+T")
        self.later.clicked.connect(self.submit_unsigned)
        self.buttons.addButton(self.later, QDialogButtonBox.ButtonRole.ActionRole)
        self._build_fields()
        self._build_table()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._suggest()

    @Slot()
    def submit_unsigned(self) -> None:
        """The letters go to the head; without this they are signed already and the dates move now."""
        self.signed = False
        self.submit()
        self.signed = True

    def work(self) -> Callable[[], int]:
        if self.table.state() == QAbstractItemView.State.EditingState:
            self.table.setCurrentIndex(QModelIndex())
        signing = self.signer.signing()
        return partial(
            start_batch,
            self.context.desk,
            [self._item(row) for row in range(self.table.rowCount())],
            signed=self.signed,
            signer=signing.signer,
            signer_title=signing.title,
        )

    def _item(self, row: int) -> BatchItem:
        code = self._cell(row, CODE)
        moment = self._moment(row)
        if moment is None:
            raise UserError("new_due_missing", _tr(Words.NO_DATE).format(code=code))
        reason = self._cell(row, OWN_REASON) or self.reason.words()
        if not reason:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            raise UserError("reason_missing", _tr(Words.REASON_MISSING).format(code=code))
        unit = self._cell(row, OWN_UNIT) if self._own_unit(row) else nfc(self.unit.text()) or self._cell(row, OWN_UNIT)
        return BatchItem(code, LetterText(reason, unit, moment))

    def _build_fields(self) -> None:
        self.reason = ReasonField(self.context, self)
        self.unit = QLineEdit(self)
        self.unit.setPlaceholderText(_tr(Words.UNIT_HINT))
        self.days = QSpinBox(self)
        self.days.setRange(1, MOST_DAYS)
        self.days.setValue(USUAL_DAYS)
        self.days.setSuffix(_tr(Words.DAYS_SUFFIX))
        self.days.setMaximumWidth(220)
        # The style sheet's padding does not reach the line inside a spin box.
        self.days.lineEdit().setTextMargins(8, 0, 0, 0)
        self.days.valueChanged.connect(self._suggest)
        self.signer = SignerFields(self)
        self.add_field(_tr(Words.REASON), self.reason)
        self.add_field(_tr(Words.UNIT), self.unit)
        self.add_field(_tr(Words.DAYS), self.days)
        self.add_field(_tr(Words.SIGNER), self.signer)

    def _build_table(self) -> None:
        heads = (
            Words.HEAD_CODE,
            Words.HEAD_NAME,
            Words.HEAD_DUE,
            Words.HEAD_NEW,
            Words.HEAD_UNIT,
            Words.HEAD_REASON,
        )
        widths = (164, 160, 216, 210, 160, 180)
        self.table = PlainTable(_tr(Words.TABLE), [_tr(words) for words in heads], widths, OWN_REASON, self)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self._moments = _MomentDelegate(self.table)
        self.table.setItemDelegateForColumn(NEW_DUE, self._moments)
        self.body.insertWidget(2, self.table, 1)

    @Slot()
    def _suggest(self) -> None:
        work = partial(suggest, self.context.desk, self.codes, self.days.value())
        self.context.executor.submit(work, self._take)

    def _take(self, suggestions: list[Suggestion]) -> None:
        first = self.table.rowCount() == 0
        self.table.setRowCount(len(suggestions))
        for row, item in enumerate(suggestions):
            if first:
                for column, text in ((CODE, item.code), (NAME, item.applicant), (DUE, weekday_time(item.due))):
                    self._put(row, column, text, editable=False)
                self._put(row, OWN_UNIT, item.unit)
                self._at(row, OWN_UNIT).setData(KEPT, item.unit)
                self._put(row, OWN_REASON, "")
            self._put(row, NEW_DUE, weekday_time(item.new_due), editable=item.new_due is not None)
            self._at(row, NEW_DUE).setData(KEPT, item.new_due)
        if first and suggestions:
            self.table.setCurrentCell(0, NEW_DUE)

    def _put(self, row: int, column: int, text: str, *, editable: bool = True) -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if not editable:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
        self.table.setItem(row, column, item)

    def _at(self, row: int, column: int) -> QTableWidgetItem:
        found = self.table.item(row, column)
        assert found is not None  # every cell is filled in
        return found

    def _cell(self, row: int, column: int) -> str:
        return nfc(self._at(row, column).text())

    def _own_unit(self, row: int) -> bool:
        """Whether the unit in the row is another than was filled in."""
        return self._cell(row, OWN_UNIT) != nfc(str(self._at(row, OWN_UNIT).data(KEPT)))

    def _moment(self, row: int) -> datetime | None:
        found = self._at(row, NEW_DUE).data(KEPT)
        return found if isinstance(found, datetime) else None


class BatchRunDialog(KeyDialog):
    """Runs a batch, a few letters at a time so that the window stays alive; tells what came of each dossier."""

    written = Signal()
    """Letters were written."""

    def __init__(self, context: AppContext, batch_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.batch_id = batch_id
        self.report: BatchReport | None = None
        self.papers: LettersDialog | None = None
        self._told_to_stop = False
        self.setWindowTitle(_tr(Words.RUN_TITLE))
        self.setModal(True)
        self.resize(900, 520)
        self.state = QLabel(self)
        self.state.setWordWrap(True)
        self.state.setAccessibleName(self.windowTitle())
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        heads = (Words.HEAD_CODE, Words.HEAD_OUTCOME)
        self.table = PlainTable(_tr(Words.TABLE), [_tr(words) for words in heads], (180, 600), 1, self)
        self.table.setWordWrap(True)  # a refusal is read whole
        self.stop = self._button(Words.STOP, self._stop)
        self.go_on = self._button(Words.GO_ON, self.run)
        self.print_button = self._button(Words.PRINT, self.show_papers)
        set_role(self.print_button, "primary")
        self.close_button = self._button(Words.CLOSE, self.reject)
        row = QHBoxLayout()
        row.addWidget(self.print_button)
        row.addStretch(1)
        for button in (self.stop, self.go_on, self.close_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        for widget in (self.state, self.progress, self.table):
            layout.addWidget(widget, 1 if widget is self.table else 0)
        layout.addLayout(row)
        self.run()

    @Slot()
    def run(self) -> None:
        """Begin, or go on."""
        self._told_to_stop = False
        self._show_buttons(running=True)
        self.context.executor.submit(partial(report, self.context.desk, self.batch_id), self._take, self._failed)

    @Slot()
    def show_papers(self) -> None:
        """All letters of the batch, to look at and print as one job."""
        if self.report is not None:
            self.papers = LettersDialog(self.context, self.report.letters, self)
            self.papers.open()

    def reject(self) -> None:
        """Closing the window stops the batch after the letter under way; the rest goes on another time."""
        self._told_to_stop = True
        super().reject()

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    @Slot()
    def _stop(self) -> None:
        self._told_to_stop = True

    def _take(self, found: BatchReport) -> None:
        before, self.report = self.report, found
        self._show(found)
        if before is not None and before.letters != found.letters:
            self._tell_written(found, len(before.letters))
        if found.finished or self._told_to_stop:
            self._ended(found)
            return
        work = partial(run_batch, self.context.desk, self.batch_id, most=AT_A_TIME)
        self.context.executor.submit(work, self._take, self._failed)

    def _tell_written(self, found: BatchReport, known: int) -> None:
        fresh = [item.code for item in found.outcomes if item.letter_id in found.letters[known:]]
        self.context.announce("dossier", "outbox", dossiers=tuple(fresh))
        self.context.wake_sync()
        self.written.emit()

    def _ended(self, found: BatchReport) -> None:
        self.table.resizeRowsToContents()
        self._show_buttons(running=False)
        done, refused = len(found.letters), len(found.of(REFUSED))
        if not found.finished:
            words = _tr(Words.STOPPED).format(
                done=len(found.outcomes) - len(found.of(WAITING)), total=len(found.outcomes)
            )
        else:
            words = _tr(Words.ENDED if refused else Words.ALL_DONE).format(done=done, refused=refused)
        self.state.setText(words)
        self.print_button.setText(_tr(Words.PRINT).format(count=done))
        self.print_button.setAccessibleName(self.print_button.text().replace("&", ""))
        (self.print_button if done else self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, error: Exception) -> None:
        self._show_buttons(running=False)
        self.context.show_error(error)

    def _show_buttons(self, *, running: bool) -> None:
        self.stop.setVisible(running)
        self.progress.setVisible(running)
        self.go_on.setVisible(not running and self.report is not None and not self.report.finished)
        self.print_button.setVisible(not running and self.report is not None and bool(self.report.letters))

    def _show(self, found: BatchReport) -> None:
        total, done = len(found.outcomes), len(found.outcomes) - len(found.of(WAITING))
        self.state.setText(_tr(Words.RUNNING).format(done=done, total=total))
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.table.setRowCount(total)
        for row, item in enumerate(found.outcomes):
            words, tone = {
                WAITING: (_tr(Words.WAITS), ""),
                REFUSED: (_tr(Words.REFUSED).format(words=item.words), "late"),
            }.get(item.outcome, (_tr(Words.WRITTEN).format(words=item.words).strip(), "soon" if item.words else "good"))
            self.table.put(row, 0, item.code)
            self.table.put(row, 1, words, tone)


def _tr(text: str) -> str:
    return translate("ApologyBatch", text)
