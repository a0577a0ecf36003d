"""The window that corrects a received dossier, and sends again what the portal refused of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from counter_app.errors import UserError
from counter_app.services.correct import Change, Correctable, Corrected, correct, correctable, differences
from counter_app.services.mend import Stuck, entry_of, mend
from counter_app.ui.context import AppContext
from counter_app.ui.correct_dialog_entries import EntriesForm
from counter_app.ui.correct_dialog_words import change_line, entry_words
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.intake.form_parts import InlineNote
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LINES_SHOWN = 3
WIDTH = 1080
HEIGHTS = (640, 800)
"""Least and most; between them as high as the screen lets it be."""
ROOM = 150
"""Left free above and below."""


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("CorrectDialog", "Sửa thông tin · {code}")
    SAVE = QT_TRANSLATE_NOOP("CorrectDialog", "Lưu (Ctrl+Enter)")
    SAVE_AND_SEND = QT_TRANSLATE_NOOP("CorrectDialog", "Lưu và gửi lại (Ctrl+Enter)")
    READING = QT_TRANSLATE_NOOP("CorrectDialog", "Đang mở hồ sơ…")
    HINT = QT_TRANSLATE_NOOP(
        "CorrectDialog", "Mã hồ sơ, thủ tục và ngày hẹn không đổi. Thay đổi được ghi vào diễn biến và báo cho cổng."
    )
    STUCK = QT_TRANSLATE_NOOP("CorrectDialog", "Cổng chưa nhận: {words} Sửa xong, bấm «Lưu và gửi lại».")
    STUCK_FIELD = QT_TRANSLATE_NOOP(
        "CorrectDialog", "Cổng chưa nhận, mục {field}: {words} Sửa xong, bấm «Lưu và gửi lại»."
    )
    ENTRY = QT_TRANSLATE_NOOP("CorrectDialog", "{entry} ({field})")
    REASON = QT_TRANSLATE_NOOP("CorrectDialog", "&Lý do sửa")
    REASON_HINT = QT_TRANSLATE_NOOP("CorrectDialog", "vd. gõ nhầm số điện thoại, người nộp báo lại địa chỉ")
    NO_CHANGE = QT_TRANSLATE_NOOP("CorrectDialog", "Chưa có mục nào khác trước.")
    NO_CHANGE_STUCK = QT_TRANSLATE_NOOP(
        "CorrectDialog", "Chưa có mục nào khác trước; bấm «Lưu và gửi lại» sẽ gửi lại đúng như đang ghi."
    )
    CHANGES = QT_TRANSLATE_NOOP("CorrectDialog", "Sẽ sửa {count} mục:\n{lines}")
    MORE = QT_TRANSLATE_NOOP("CorrectDialog", "… và {count} mục nữa")
    DONE = QT_TRANSLATE_NOOP("CorrectDialog", "Đã sửa {count} mục của hồ sơ {code}.")
    SENT_AGAIN = QT_TRANSLATE_NOOP("CorrectDialog", "Thông điệp mà cổng từ chối được gửi lại.")
    RECEIPT_ANEW = QT_TRANSLATE_NOOP(
        "CorrectDialog", "Giấy tiếp nhận mới số {number} thay giấy đã trao: hãy in, trao và thu lại giấy cũ."
    )
    RECEIPT = QT_TRANSLATE_NOOP("CorrectDialog", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả")


class CorrectDialog(TaskDialog):
    """Shows a dossier's entries as they stand, marks what differs, asks why, saves in the executor.

    ``field``: the portal's name of the entry to begin with (``SoDienThoai``). ``done_with`` brings a ``Corrected``,
    or the keys of the messages that went again where nothing was changed. A receipt that has to be given anew is
    shown for printing as ``paper``, over the window from which this one was opened.
    """

    def __init__(self, context: AppContext, dossier_code: str, field: str = "", parent: QWidget | None = None) -> None:
        title = _tr(Words.TITLE).format(code=dossier_code)
        super().__init__(context, title, _tr(Words.SAVE), parent)
        self.code = dossier_code
        self.paper: PaperDialog | None = None
        self._field = entry_of(field)
        self._read: Correctable | None = None
        least, most = HEIGHTS
        self.resize(WIDTH, max(least, min(most, self.screen().availableGeometry().height() - ROOM)))
        self.stuck = InlineNote("error")
        self.entries = EntriesForm(context)
        self.entries.setEnabled(False)
        self.changes = QLabel(self)
        self.changes.setWordWrap(True)
        self.changes.setAccessibleName(_tr(Words.NO_CHANGE))
        set_role(self.changes, "hint")
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.reason.setPlaceholderText(_tr(Words.REASON_HINT))
        self.add_field(_tr(Words.REASON), self.reason)
        self.body.insertWidget(1, self.stuck)
        self.body.insertWidget(2, self.entries, 1)
        self.body.insertWidget(3, self.changes)
        self.confirm.setEnabled(False)
        self.say(_tr(Words.READING))
        self.entries.changed.connect(self._changed)
        context.executor.submit(partial(correctable, context.desk, dossier_code), self._show, self._unread)

    def work(self) -> Callable[[], Corrected | tuple[str, ...]]:
        self.entries.quiet()
        unreadable = self.entries.problem()
        if unreadable is not None:
            raise UserError("field_unreadable", unreadable[1], field=unreadable[0])
        desk = self.context.desk
        if self._stuck() is not None and not self._differences():
            return partial(mend, desk, self.code)
        return partial(correct, desk, self.code, self.entries.entries(), nfc(self.reason.text()))

    def succeeded(self, answer: Any) -> None:
        self.context.announce("dossier", "outbox", dossiers=(self.code,))
        self.context.wake_sync()
        if isinstance(answer, Corrected):
            self._tell(answer)
        else:
            self.context.tell(_tr(Words.SENT_AGAIN), "success")
        super().succeeded(answer)
        if isinstance(answer, Corrected) and answer.receipt_number is not None:
            self.paper = PaperDialog(self.context, self.code, "receipt", _tr(Words.RECEIPT), self.parentWidget())
            self.paper.open()

    def refuse(self, error: UserError) -> None:
        self.problem.hide()
        field = str(error.details.get("field", ""))
        if field == "reason":
            self.reason.setFocus()
        if not self.entries.say(field, error.message):
            self.show_problem(error.message)

    def _show(self, read: Correctable) -> None:
        self._read = read
        self.say(_tr(Words.HINT))
        self.entries.show_entries(read)
        if read.stuck is not None:
            self.stuck.say(_portal_said(read.stuck))
            keys = self.confirm.shortcut()
            self.confirm.setText(_tr(Words.SAVE_AND_SEND))
            self.confirm.setShortcut(keys)  # a new text takes the shortcut away
            self.confirm.setAccessibleName(self.confirm.text())
        self.entries.setEnabled(True)
        self.confirm.setEnabled(True)
        self.entries.go_to(self._field)
        self._changed()

    def _unread(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.show_problem(error.message)
        else:
            self.context.show_error(error)

    def _stuck(self) -> Stuck | None:
        return None if self._read is None else self._read.stuck

    def _differences(self) -> tuple[Change, ...]:
        if self._read is None:
            return ()
        return differences(self._read.entries, self.entries.entries(), self._read.names)

    @Slot()
    def _changed(self) -> None:
        if self._read is None:
            return
        changes = self._differences()
        self.entries.mark([change.field for change in changes])
        if not changes:
            self.changes.setText(_tr(Words.NO_CHANGE if self._stuck() is None else Words.NO_CHANGE_STUCK))
        else:
            lines = [change_line(one.field, one.before, one.after, one.name) for one in changes[:LINES_SHOWN]]
            if len(changes) > LINES_SHOWN:
                lines.append(_tr(Words.MORE).format(count=len(changes) - LINES_SHOWN))
            self.changes.setText(_tr(Words.CHANGES).format(count=len(changes), lines="\n".join(lines)))
        self.changes.setAccessibleName(self.changes.text())

    def _tell(self, done: Corrected) -> None:
        parts = [_tr(Words.DONE).format(count=len(done.changes), code=done.code)]
        if self._stuck() is not None:
            parts.append(_tr(Words.SENT_AGAIN))
        if done.receipt_number is not None:
            parts.append(_tr(Words.RECEIPT_ANEW).format(number=done.receipt_number))
        self.context.tell(" ".join((*parts, *done.warnings)), "warning" if done.warnings else "success")


def _portal_said(stuck: Stuck) -> str:
    words = f"{stuck.words.rstrip('. ')}."
    if not stuck.field:
        return _tr(Words.STUCK).format(words=words)
    entry = entry_of(stuck.field)
    field = _tr(Words.ENTRY).format(entry=entry_words(entry), field=stuck.field) if entry else stuck.field
    return _tr(Words.STUCK_FIELD).format(words=words, field=field)


def _tr(text: str) -> str:
    return translate("CorrectDialog", text)
