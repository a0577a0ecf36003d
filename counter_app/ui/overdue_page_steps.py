"""The small windows for a letter's later steps: signed, sent back, delivered, given up; and its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.apology import LetterStep, letter_step_label
from counter_app.services.apologies import (
    DELIVERY_WAYS,
    Delivery,
    Each,
    LetterLine,
    deliver,
    drop,
    each,
    letter_history,
    send_back,
    sign_each,
    submit,
)
from counter_app.services.apologies_rows import LetterView
from counter_app.services.desk import DeskContext
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_time
from counter_app.ui.key_dialog import KeyDialog
from counter_app.ui.page import nfc
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.signer_fields import SignerFields
from counter_app.ui.step_dialogs import MomentEdit, TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the windows say."""

    CONFIRM = QT_TRANSLATE_NOOP("LetterSteps", "{step} (Ctrl+Enter)")
    ONE = QT_TRANSLATE_NOOP("LetterSteps", "Hồ sơ {code} · {name}")
    MANY = QT_TRANSLATE_NOOP("LetterSteps", "{count} văn bản: {codes}")
    SIGN_HINT = QT_TRANSLATE_NOOP("LetterSteps", "Ngày hẹn mới có hiệu lực từ lúc ký; văn bản được cấp số.")
    DELIVER_HINT = QT_TRANSLATE_NOOP(
        "LetterSteps",
        "Giao chậm nhất một ngày làm việc trước khi hết hạn; giao muộn vẫn ghi được, và ghi là muộn.",
    )
    SIGNER = QT_TRANSLATE_NOOP("LetterSteps", "&Người ký")
    WAY = QT_TRANSLATE_NOOP("LetterSteps", "&Cách giao")
    TO = QT_TRANSLATE_NOOP("LetterSteps", "Giao ch&o")
    TO_HINT = QT_TRANSLATE_NOOP("LetterSteps", "để trống: chủ hồ sơ")
    NOTE = QT_TRANSLATE_NOOP("LetterSteps", "&Ghi chú")
    REASON = QT_TRANSLATE_NOOP("LetterSteps", "&Lý do")
    REASON_MISSING = QT_TRANSLATE_NOOP("LetterSteps", "Hãy ghi lý do.")
    EARLIER = QT_TRANSLATE_NOOP("LetterSteps", "Việc này đã làm từ trước, nay mới nhậ&p")
    AT = QT_TRANSLATE_NOOP("LetterSteps", "Đã làm lúc")
    HISTORY = QT_TRANSLATE_NOOP("LetterSteps", "Nhật ký văn bản xin lỗi · {code}")
    STEP = QT_TRANSLATE_NOOP("LetterSteps", "Việc")
    WHEN = QT_TRANSLATE_NOOP("LetterSteps", "Lúc")
    WHO = QT_TRANSLATE_NOOP("LetterSteps", "Người ghi")
    CLOSE = QT_TRANSLATE_NOOP("LetterSteps", "Đóng (Esc)")


class LetterStepDialog(TaskDialog):
    """Asks what one step of some letters needs; ``done_with`` then brings what came of Each."""

    def __init__(
        self, context: AppContext, letters: Sequence[LetterView], step: LetterStep, parent: QWidget | None = None
    ) -> None:
        title = letter_step_label(step)
        super().__init__(context, title, _tr(Words.CONFIRM).format(step=title), parent)
        self.setMinimumWidth(640)
        self.letters = tuple(letters)
        self.step = step
        hint = {LetterStep.SIGN: Words.SIGN_HINT, LetterStep.DELIVER: Words.DELIVER_HINT}.get(step)
        self.say("\n".join([_about(self.letters), *([_tr(hint)] if hint else [])]))
        first = self._build()
        if step in (LetterStep.SIGN, LetterStep.DELIVER):
            self._build_time()
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Each]:
        ids = tuple(letter.id for letter in self.letters)
        if self.step is LetterStep.SIGN:
            entered = self.signer.signing()
            at = self.at.moment() if self.earlier.isChecked() else None
            return partial(sign_each, self.context.desk, ids, replace(entered, at=at))
        return partial(each, self.context.desk, ids, self._act())

    def _build(self) -> QWidget:
        """The questions; the first of them."""
        if self.step is LetterStep.SIGN:
            self.signer = SignerFields(self)
            self.add_field(_tr(Words.SIGNER), self.signer)
            return self.signer
        if self.step is LetterStep.DELIVER:
            self.way = QComboBox(self)
            for key, words in DELIVERY_WAYS.items():
                self.way.addItem(words, key)
            if all(letter.channel == "online" for letter in self.letters):
                self.way.setCurrentIndex(self.way.findData("portal"))
            self.to = QLineEdit(self)
            self.to.setPlaceholderText(_tr(Words.TO_HINT))
            self.note = QLineEdit(self)
            self.add_field(_tr(Words.WAY), self.way)
            self.add_field(_tr(Words.TO), self.to)
            self.add_field(_tr(Words.NOTE), self.note)
            return self.way
        self.reason = QPlainTextEdit(self)
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(96)
        self.add_field(_tr(Words.REASON), self.reason)
        return self.reason

    def _build_time(self) -> None:
        self.earlier = QCheckBox(_tr(Words.EARLIER), self)
        self.earlier.setAccessibleName(self.earlier.text().replace("&", ""))
        self.at = MomentEdit(self.context.desk.clock(), self)
        self.at.setAccessibleName(_tr(Words.AT))
        self.at.hide()
        self.form.addRow(self.earlier)
        self.form.addRow(self.at)
        self.earlier.toggled.connect(self.at.setVisible)

    def _act(self) -> Callable[[int], object]:
        desk = self.context.desk
        if self.step is LetterStep.DELIVER:
            at = self.at.moment() if self.earlier.isChecked() else None
            given = Delivery(str(self.way.currentData()), nfc(self.to.text()), at, nfc(self.note.text()))
            return partial(_deliver, desk, given)
        reason = nfc(self.reason.toPlainText())
        if not reason:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            raise UserError("reason_missing", _tr(Words.REASON_MISSING))
        return partial(_with_reason, send_back if self.step is LetterStep.SEND_BACK else drop, desk, reason)


class LetterHistoryDialog(KeyDialog):
    """Who did what to a letter, and when."""

    def __init__(self, context: AppContext, letter: LetterView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        title = _tr(Words.HISTORY).format(code=letter.code)
        self.setWindowTitle(title)
        self.setModal(True)
        self.resize(820, 380)
        heads = [_tr(words) for words in (Words.WHEN, Words.STEP, Words.WHO, Words.NOTE)]
        heads[-1] = heads[-1].replace("&", "")
        self.table = PlainTable(title, heads, (140, 190, 150, 300), 3, self)
        self.table.setWordWrap(True)  # who signed is read whole
        self.close_button = QPushButton(_tr(Words.CLOSE), self)
        self.close_button.setAccessibleName(self.close_button.text())
        self.close_button.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        context.executor.submit(partial(letter_history, context.desk, letter.id), self._take)

    def _take(self, lines: tuple[LetterLine, ...]) -> None:
        self.table.setRowCount(len(lines))
        for place, line in enumerate(lines):
            for column, text in enumerate((local_time(line.at), line.label, line.actor, line.note)):
                self.table.put(place, column, text)
        self.table.resizeRowsToContents()


def submit_all(desk: DeskContext, letter_ids: Sequence[int]) -> Each:
    """Drafts go to the head; nothing is asked."""
    return each(desk, letter_ids, partial(submit, desk))


def _about(letters: Sequence[LetterView]) -> str:
    if len(letters) == 1:
        return _tr(Words.ONE).format(code=letters[0].code, name=letters[0].applicant)
    return _tr(Words.MANY).format(count=len(letters), codes=", ".join(letter.code for letter in letters))


def _deliver(desk: DeskContext, given: Delivery, letter_id: int) -> object:
    return deliver(desk, letter_id, given)


def _with_reason(act: Callable[[DeskContext, int, str], Any], desk: DeskContext, reason: str, letter_id: int) -> object:
    return act(desk, letter_id, reason)


def _tr(text: str) -> str:
    return translate("LetterSteps", text)
