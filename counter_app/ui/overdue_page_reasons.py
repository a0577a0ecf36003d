"""The reason of a letter: typed, or one that the office keeps; and the list of those."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.services.apologies_reasons import (
    KeptReason,
    change_reason,
    forget_reason,
    keep_reason,
    kept_reasons,
)
from counter_app.services.desk import DeskContext
from counter_app.ui.context import AppContext
from counter_app.ui.key_dialog import KeyDialog
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

REASON_ID = int(Qt.ItemDataRole.UserRole)
SHOWN_REASONS = 30


class Words:
    """What the field and the list say."""

    CHOOSE = QT_TRANSLATE_NOOP("KeptReasons", "Chọn lý do thường dùng…")
    CHOICE = QT_TRANSLATE_NOOP("KeptReasons", "Lý do thường dùng")
    MANAGE = QT_TRANSLATE_NOOP("KeptReasons", "Sửa danh &sách…")
    TITLE = QT_TRANSLATE_NOOP("KeptReasons", "Lý do trễ hẹn thường dùng")
    HINT = QT_TRANSLATE_NOOP(
        "KeptReasons", "Lý do dùng nhiều xếp trước. Sửa hoặc bỏ ở đây không đổi các văn bản đã lập."
    )
    USES = QT_TRANSLATE_NOOP("KeptReasons", "{words}  ({count} lần)")
    TEXT = QT_TRANSLATE_NOOP("KeptReasons", "Lý &do")
    ADD = QT_TRANSLATE_NOOP("KeptReasons", "&Thêm")
    CHANGE = QT_TRANSLATE_NOOP("KeptReasons", "&Sửa")
    FORGET = QT_TRANSLATE_NOOP("KeptReasons", "&Bỏ")
    CLOSE = QT_TRANSLATE_NOOP("KeptReasons", "Đóng (Esc)")


class ReasonField(QWidget):
    """A box to type in, and above it the kept reasons; choosing one types it."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._dialog: ReasonsDialog | None = None
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(_tr(Words.CHOICE))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.activated.connect(self._chosen)
        self.manage = QPushButton(_tr(Words.MANAGE), self)
        self.manage.setAccessibleName(self.manage.text().replace("&", ""))
        self.manage.setAutoDefault(False)
        self.manage.clicked.connect(self.open_list)
        self.text = QPlainTextEdit(self)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(76)
        self.setFocusProxy(self.text)
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(self.manage)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        layout.addLayout(row)
        self._take(())
        self.read()

    def words(self) -> str:
        """What was typed or chosen."""
        return nfc(self.text.toPlainText())

    @Slot()
    def read(self) -> None:
        """Read the kept reasons again."""
        self.context.executor.submit(partial(kept_reasons, self.context.desk), self._take)

    @Slot()
    def open_list(self) -> None:
        """Change the list."""
        self._dialog = ReasonsDialog(self.context, self)
        self._dialog.finished.connect(self.read)
        self._dialog.open()

    def _take(self, kept: tuple[KeptReason, ...]) -> None:
        self.choice.clear()
        self.choice.addItem(_tr(Words.CHOOSE), "")
        for reason in kept[:SHOWN_REASONS]:
            self.choice.addItem(reason.words, reason.words)
        self.choice.setEnabled(bool(kept))

    @Slot(int)
    def _chosen(self, place: int) -> None:
        words = self.choice.itemData(place)
        if words:
            self.text.setPlainText(words)
            self.choice.setCurrentIndex(0)
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)


class ReasonsDialog(KeyDialog):
    """Add, change and take away kept reasons."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setWindowTitle(_tr(Words.TITLE))
        self.setModal(True)
        self.resize(640, 460)
        hint = QLabel(_tr(Words.HINT), self)
        hint.setWordWrap(True)
        set_role(hint, "hint")
        self.list = QListWidget(self)
        self.list.setAccessibleName(_tr(Words.TITLE))
        self.list.currentItemChanged.connect(self._chosen)
        self.text = QLineEdit(self)
        label = QLabel(_tr(Words.TEXT), self)
        label.setBuddy(self.text)
        self.text.setAccessibleName(label.text().replace("&", ""))
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        set_role(self.problem, "inline")
        set_tone(self.problem, "error")
        self.problem.hide()
        self.add = self._button(Words.ADD, self._add)
        self.change = self._button(Words.CHANGE, self._change)
        self.forget = self._button(Words.FORGET, self._forget)
        self.close_button = self._button(Words.CLOSE, self.accept)
        row = QHBoxLayout()
        for button in (self.add, self.change, self.forget):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        for widget in (hint, self.list, label, self.text, self.problem):
            layout.addWidget(widget, 1 if widget is self.list else 0)
        layout.addLayout(row)
        self._chosen()
        context.executor.submit(partial(kept_reasons, context.desk), self._take)

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _take(self, kept: tuple[KeptReason, ...]) -> None:
        self.problem.hide()
        self.list.clear()
        for reason in kept:
            item = QListWidgetItem(_tr(Words.USES).format(words=reason.words, count=reason.uses))
            item.setData(REASON_ID, reason)
            self.list.addItem(item)
        self.text.clear()
        self._chosen()

    def _current(self) -> KeptReason | None:
        item = self.list.currentItem()
        found = None if item is None else item.data(REASON_ID)
        return found if isinstance(found, KeptReason) else None

    @Slot()
    def _chosen(self) -> None:
        reason = self._current()
        if reason is not None:
            self.text.setText(reason.words)
        self.change.setEnabled(reason is not None)
        self.forget.setEnabled(reason is not None)

    @Slot()
    def _add(self) -> None:
        commit_preedit()
        self._do(partial(keep_reason, self.context.desk, nfc(self.text.text())))

    @Slot()
    def _change(self) -> None:
        commit_preedit()
        reason = self._current()
        if reason is not None:
            self._do(partial(change_reason, self.context.desk, reason.id, nfc(self.text.text())))

    @Slot()
    def _forget(self) -> None:
        reason = self._current()
        if reason is not None:
            self._do(partial(forget_reason, self.context.desk, reason.id))

    def _do(self, work: Callable[[], Any]) -> None:
        self.context.executor.submit(partial(_then_read, work, self.context.desk), self._take, self._refused)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.problem.setText(error.message)
            self.problem.show()
        else:
            self.context.show_error(error)


def _then_read(work: Callable[[], Any], desk: DeskContext) -> tuple[KeptReason, ...]:
    work()
    return kept_reasons(desk)


def _tr(text: str) -> str:
    return translate("KeptReasons", text)
