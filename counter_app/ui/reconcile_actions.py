"""What can be done about the chosen difference: both sides in full, advice, keys, a reason to accept it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from counter_app.services.reconcile import LIVE, DifferenceState
from counter_app.services.reconcile_list import DifferenceRow, Shown
from counter_app.ui.page import commit_preedit
from counter_app.ui.reconcile_words import explanation
from counter_app.ui.sync_numbers import count_words
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Captions."""

    SHOW = QT_TRANSLATE_NOOP("ReconcileActions", "&Hiện:")
    LIVE = QT_TRANSLATE_NOOP("ReconcileActions", "chưa xong")
    BY_HAND = QT_TRANSLATE_NOOP("ReconcileActions", "cần quyết định")
    ALL = QT_TRANSLATE_NOOP("ReconcileActions", "tất cả, cả đã xong")
    COUNT = QT_TRANSLATE_NOOP("ReconcileActions", "{count} sai lệch")
    NOTHING = QT_TRANSLATE_NOOP("ReconcileActions", "Không có sai lệch nào phải xử lý.")
    OPEN = QT_TRANSLATE_NOOP("ReconcileActions", "Mở hồ sơ (Enter)")
    MEND = QT_TRANSLATE_NOOP("ReconcileActions", "&Gửi lại")
    MEND_ALL = QT_TRANSLATE_NOOP("ReconcileActions", "Gửi lại &tất cả")
    FOLLOW = QT_TRANSLATE_NOOP("ReconcileActions", "Theo &cổng")
    ACCEPT = QT_TRANSLATE_NOOP("ReconcileActions", "Chấp &nhận")
    REASON = QT_TRANSLATE_NOOP("ReconcileActions", "&Lý do chấp nhận:")
    EXPORT = QT_TRANSLATE_NOOP("ReconcileActions", "&Xuất CSV…")


CHOICES = ((Shown.LIVE, Words.LIVE), (Shown.BY_HAND, Words.BY_HAND), (Shown.ALL, Words.ALL))


class DifferenceActions(QWidget):
    """Below the table; ``filter`` is the line above it."""

    accepted = Signal(str)
    """The reason."""
    shown_changed = Signal(object)
    """A Shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: DifferenceRow | None = None
        self._busy = False
        self._open = self._count = 0
        self._build_filter()
        self.said, self.advice = QLabel(self), QLabel(self)
        for label in (self.said, self.advice):
            label.setWordWrap(True)
        set_role(self.advice, "section")
        self.open_button = self._button(Words.OPEN)
        self.mend_button = self._button(Words.MEND)
        self.mend_all_button = self._button(Words.MEND_ALL)
        self.follow_button = self._button(Words.FOLLOW)
        self.export_button = self._button(Words.EXPORT)
        self.accept_button = self._button(Words.ACCEPT)
        self.accept_button.clicked.connect(self._accept)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.reason.setAccessibleName(_tr(Words.REASON).replace("&", ""))
        self.reason.textChanged.connect(self._enable)
        self.reason.returnPressed.connect(self._accept)
        self._lay_out()
        self.show_row(None)

    @Slot(object)
    def show_row(self, row: DifferenceRow | None) -> None:
        """Show what is chosen; None for nothing."""
        self._row = row
        said, advice = (_tr(Words.NOTHING), "") if row is None else explanation(row)
        self.said.setText(said)
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self._enable()

    @Slot(int)
    def show_count(self, count: int) -> None:
        """How many differences the list has."""
        self._count = count
        self.count.setText(_tr(Words.COUNT).format(count=count_words(count)))
        self._enable()

    def set_open(self, count: int) -> None:
        """How many differences are to be worked off, whatever the list shows."""
        self._open = count
        self._enable()

    def set_busy(self, busy: bool) -> None:
        """Nothing can be pressed while something is under way."""
        self._busy = busy
        self._enable()

    @Slot()
    def _enable(self) -> None:
        row, idle = self._row, not self._busy
        is_open = row is not None and row.state is DifferenceState.OPEN
        live = row is not None and row.state in LIVE
        self.open_button.setEnabled(row is not None)
        self.mend_button.setEnabled(idle and is_open and row is not None and row.mendable)
        self.follow_button.setEnabled(idle and is_open and row is not None and row.followable)
        self.mend_all_button.setEnabled(idle and self._open > 0)
        self.export_button.setEnabled(self._count > 0)
        self.reason.setEnabled(live)
        self.accept_button.setEnabled(idle and live and bool(self.reason.text().strip()))

    @Slot()
    def _accept(self) -> None:
        commit_preedit()
        if self.accept_button.isEnabled():
            self.accepted.emit(self.reason.text())

    @Slot(int)
    def _choose(self, place: int) -> None:
        self.shown_changed.emit(CHOICES[place][0])

    def _build_filter(self) -> None:
        self.filter = QWidget(self)
        self.choice = QComboBox(self.filter)
        for _shown, words in CHOICES:
            self.choice.addItem(_tr(words))
        self.choice.setAccessibleName(_tr(Words.SHOW).replace("&", ""))
        self.choice.currentIndexChanged.connect(self._choose)
        label = QLabel(_tr(Words.SHOW), self.filter)
        label.setBuddy(self.choice)
        self.count = QLabel(self.filter)
        set_role(self.count, "hint")
        row = QHBoxLayout(self.filter)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.choice)
        row.addWidget(self.count, 1)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.addWidget(self.said)
        words.addWidget(self.advice)
        words.addStretch(1)
        buttons = QGridLayout()
        for place, button in enumerate(
            (self.mend_button, self.mend_all_button, self.follow_button, self.open_button, self.export_button)
        ):
            buttons.addWidget(button, place // 3, place % 3)
        above = QHBoxLayout()
        above.addLayout(words, 1)
        above.addLayout(buttons)
        label = QLabel(_tr(Words.REASON), self)
        label.setBuddy(self.reason)
        below = QHBoxLayout()
        below.addWidget(label)
        below.addWidget(self.reason, 1)
        below.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(above)
        layout.addLayout(below)

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        return button


def _tr(text: str) -> str:
    return translate("ReconcileActions", text)
