"""Entering older results one after the other, hands on the keyboard: Enter in the last field begins the next."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from counter_app.errors import UserError
from counter_app.rules.backlog import read_day
from counter_app.services.backlog import Entered, OldResult, OldResultView, amend, enter
from counter_app.services.rules_bridge import rules_apply
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_date
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the form says."""

    NUMBER = QT_TRANSLATE_NOOP("BacklogEntry", "&Số")
    ISSUED_ON = QT_TRANSLATE_NOOP("BacklogEntry", "&Ngày cấp")
    OWNER = QT_TRANSLATE_NOOP("BacklogEntry", "&Chủ sở hữu")
    OWNER_NUMBER = QT_TRANSLATE_NOOP("BacklogEntry", "Số định d&anh")
    KIND = QT_TRANSLATE_NOOP("BacklogEntry", "&Loại")
    ISSUER = QT_TRANSLATE_NOOP("BacklogEntry", "Cơ q&uan cấp")
    VALID_UNTIL = QT_TRANSLATE_NOOP("BacklogEntry", "&Hết hiệu lực")
    DAY_HINT = QT_TRANSLATE_NOOP("BacklogEntry", "05/03/2019")
    OF_BATCH = QT_TRANSLATE_NOOP("BacklogEntry", "như đợt: {value}")
    SAVE = QT_TRANSLATE_NOOP("BacklogEntry", "Ghi, nhập tiếp (Ctrl+Enter)")
    SAVED = QT_TRANSLATE_NOOP("BacklogEntry", "Đã ghi {code}: {number}, {owner}.")
    AMENDING = QT_TRANSLATE_NOOP("BacklogEntry", "Đang sửa {code}. Ctrl+Enter: ghi. Esc: thôi sửa.")


FIELDS = {
    "number": Words.NUMBER,
    "issued_on": Words.ISSUED_ON,
    "owner": Words.OWNER,
    "owner_number": Words.OWNER_NUMBER,
    "kind": Words.KIND,
    "issuer": Words.ISSUER,
    "valid_until": Words.VALID_UNTIL,
}
LAST = "owner_number"
"""Behind it kind, issuer and end are mostly those of the batch: Enter saves here already."""
KEPT = ("kind", "issuer", "valid_until")
"""What the next result mostly has too."""


class EntryForm(QFrame):
    """Seven fields in two rows; the number has the focus again after each result."""

    saved = Signal()

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.batch_id = 0
        self._amending: OldResultView | None = None
        set_role(self, "card")
        self.fields = {name: QLineEdit(self) for name in FIELDS}
        for name in ("issued_on", "valid_until"):
            self.fields[name].setPlaceholderText(_tr(Words.DAY_HINT))
        self.save_button = QPushButton(_tr(Words.SAVE), self)
        self.save_button.setAccessibleName(self.save_button.text())
        self.save_button.setShortcut("Ctrl+Return")
        self.save_button.clicked.connect(self.save)
        self.line = QLabel(self)
        self.line.setWordWrap(True)
        set_role(self.line, "inline")
        self.line.hide()
        self._lay_out()
        names = list(FIELDS)
        for name, following in pairwise(names):
            if name != LAST:
                self.fields[name].returnPressed.connect(self.fields[following].setFocus)
        for name in (LAST, names[-1]):
            self.fields[name].returnPressed.connect(self.save)

    def set_batch(self, batch_id: int, kind: str, issuer: str) -> None:
        """Enter into this batch; its kind and issuer are those of fields left empty."""
        self.setEnabled(bool(batch_id))
        if batch_id == self.batch_id:
            return
        self.batch_id = batch_id
        for name, value in (("kind", kind), ("issuer", issuer)):
            self.fields[name].setPlaceholderText(_tr(Words.OF_BATCH).format(value=value) if value else "")
        self.clear()

    def clear(self) -> None:
        """An empty form; what is amended stays as it was."""
        self._amending = None
        self.line.hide()
        for field in self.fields.values():
            field.clear()

    def amend(self, view: OldResultView) -> None:
        """Show a result to be entered again as it should be."""
        self._amending = view
        for name, field in self.fields.items():
            value = getattr(view.entry, name)
            field.setText(local_date(value) if isinstance(value, date) else value or "")
        self._say(_tr(Words.AMENDING).format(code=view.code), "info")
        self.begin()

    def begin(self) -> None:
        """To the first field."""
        self.fields["number"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields["number"].selectAll()

    @property
    def is_amending(self) -> bool:
        """Whether a result that is there already is in the form."""
        return self._amending is not None

    @Slot()
    def save(self) -> None:
        """Keep what is entered."""
        commit_preedit()
        try:
            entry = self.entry()
        except UserError as error:
            self._refused(error)
            return
        self.save_button.setEnabled(False)
        if self._amending is not None:
            work = partial(amend, self.context.desk, self._amending.id, entry)
        else:
            work = partial(enter, self.context.desk, self.batch_id, entry)
        self.context.executor.submit(work, self._saved, self._refused)

    def entry(self) -> OldResult:
        """What is entered; raises UserError ``day_invalid``."""
        values = {name: nfc(field.text()) for name, field in self.fields.items()}
        issued_on, until = values.pop("issued_on"), values.pop("valid_until")
        note = self._amending.entry.note if self._amending is not None else ""
        with rules_apply():
            valid_until = read_day(until) if until else None
            return OldResult(issued_on=read_day(issued_on), valid_until=valid_until, note=note, **values)

    def _saved(self, done: Entered) -> None:
        self.save_button.setEnabled(True)
        entry = done.result.entry
        words = _tr(Words.SAVED).format(code=done.result.code, number=entry.number, owner=entry.owner)
        self._say(" ".join((words, *done.warnings)), "warning" if done.warnings else "success")
        amended = self._amending is not None
        self._amending = None
        for name, field in self.fields.items():
            if amended or name not in KEPT:
                field.clear()
        self.begin()
        self.saved.emit()

    def _refused(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        if not isinstance(error, UserError):
            self.context.show_error(error)
            return
        self._say(error.message, "error")
        wrong = "issued_on" if error.kind == "day_invalid" else str(error.details.get("field", "number"))
        self.fields[wrong].setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, text: str, tone: str) -> None:
        self.line.setText(text)
        set_tone(self.line, tone)
        self.line.show()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        for place, (name, words) in enumerate(FIELDS.items()):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(self.fields[name])
            self.fields[name].setAccessibleName(caption.text().replace("&", ""))
            row, column = divmod(place, 4)
            grid.addWidget(caption, row * 2, column)
            grid.addWidget(self.fields[name], row * 2 + 1, column)
        grid.addWidget(self.save_button, 3, 3)
        grid.addWidget(self.line, 4, 0, 1, 4)
        for column, stretch in enumerate((2, 2, 3, 2)):
            grid.setColumnStretch(column, stretch)


def _tr(text: str) -> str:
    return translate("BacklogEntry", text)
