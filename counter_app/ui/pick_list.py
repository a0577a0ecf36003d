"""A list of suggestions under a text field, worked with the arrow keys while the field keeps the focus.

Not a popup window: those take the keyboard away from input methods. It lies over the window that holds the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView

Index = QModelIndex | QPersistentModelIndex
MAX_VISIBLE = 9
MIN_LINE = 34


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list; ``value`` is handed over when it is chosen."""

    text: str
    value: Any


class SuggestionModel(QAbstractListModel):
    """The lines of a list of suggestions."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[Suggestion, ...] = ()

    def set_items(self, items: Sequence[Suggestion]) -> None:
        self.beginResetModel()
        self._items = tuple(items)
        self.endResetModel()

    def item(self, row: int) -> Suggestion | None:
        return self._items[row] if 0 <= row < len(self._items) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index.row())
        if item is None or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        return item.text


class PickList(QListView):
    """Suggestions for ``field``: Up and Down move, Enter or a click picks, Esc hides.

    With ``needs_move`` nothing is chosen at first, so that Enter in the field keeps its own meaning.
    """

    picked = Signal(object)

    def __init__(self, field: QLineEdit, name: str, *, needs_move: bool = False) -> None:
        super().__init__(field.window())
        self._field = field
        self._needs_move = needs_move
        self._model = SuggestionModel(self)
        self.setModel(self._model)
        self.setObjectName("pickList")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hide()
        self.clicked.connect(self._pick)
        field.installEventFilter(self)

    @property
    def count(self) -> int:
        return self._model.rowCount()

    def texts(self) -> list[str]:
        """The lines as shown."""
        return [item.text for row in range(self.count) if (item := self._model.item(row)) is not None]

    def current(self) -> Suggestion | None:
        """The chosen line, if any."""
        return self._model.item(self.currentIndex().row())

    def offer(self, items: Sequence[Suggestion]) -> None:
        """Show ``items`` under the field; hides without any."""
        self._model.set_items(items)
        if not items:
            self.hide()
            return
        if not self._needs_move:
            self.setCurrentIndex(self._model.index(0, 0))
        self._place()
        self.show()
        self.raise_()

    def pick_current(self) -> bool:
        """Hand over the chosen line; False when there is none."""
        item = self.current() if self.isVisible() else None
        if item is None:
            return False
        self.hide()
        self.picked.emit(item.value)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._field:
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        if not self.isVisible():
            return False
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._move(key)
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            return self.pick_current()
        return False

    def _move(self, key: int) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: MAX_VISIBLE}.get(Qt.Key(key), -MAX_VISIBLE)
        row = self.currentIndex().row()
        target = max(0, min(self.count - 1, row + step)) if row >= 0 else 0
        self.setCurrentIndex(self._model.index(target, 0))

    def _pick(self, index: QModelIndex) -> None:
        self.setCurrentIndex(index)
        self.pick_current()

    def _place(self) -> None:
        window = self._field.window()
        if self.parent() is not window:
            self.setParent(window)
        corner = self._field.mapTo(window, QPoint(0, self._field.height() + 2))
        self.ensurePolished()
        line = max(self.sizeHintForRow(0), MIN_LINE)
        height = line * min(self.count, MAX_VISIBLE) + 2 * self.frameWidth() + 6
        # Wider than the field where the lines need it: what tells two dossiers apart is often at the end.
        wanted = self.sizeHintForColumn(0) + 2 * self.frameWidth() + self.verticalScrollBar().sizeHint().width()
        width = min(max(self._field.width(), wanted, 420), window.width() - 16)
        left = max(8, min(corner.x(), window.width() - width - 8))
        self.setGeometry(left, corner.y(), width, min(height, max(line + 4, window.height() - corner.y() - 8)))
