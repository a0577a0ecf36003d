"""Named ways of scanning on the strip of the scanner: chosen, kept under a name, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from counter_app.scan_settings import ScanWay
from counter_app.services.scan_profiles import delete_way, save_way
from counter_app.settings import Settings
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

WIDTH = 190
MOST_LETTERS = 40


class Words:
    """What the bar and its window say."""

    WAY = QT_TRANSLATE_NOOP("ScanWays", "Kiểu quét")
    HINT = QT_TRANSLATE_NOOP("ScanWays", "Kiểu quét: Alt+1, Alt+2… chọn theo thứ tự")
    LINE = QT_TRANSLATE_NOOP("ScanWays", "{number}. {name}")
    OWN = QT_TRANSLATE_NOOP("ScanWays", "Tự chọn")
    SAVE = QT_TRANSLATE_NOOP("ScanWays", "Lưu…")
    SAVE_HINT = QT_TRANSLATE_NOOP("ScanWays", "Lưu các lựa chọn bên phải thành kiểu quét (Ctrl+S)")
    DELETE = QT_TRANSLATE_NOOP("ScanWays", "Xóa")
    DELETE_HINT = QT_TRANSLATE_NOOP("ScanWays", "Xóa kiểu quét đang chọn (Ctrl+Shift+Del)")
    TITLE = QT_TRANSLATE_NOOP("ScanWays", "Lưu kiểu quét")
    CONFIRM = QT_TRANSLATE_NOOP("ScanWays", "Lưu (Ctrl+Enter)")
    HEAD = QT_TRANSLATE_NOOP("ScanWays", "Lưu độ phân giải, màu, khổ giấy, khay nạp và hai mặt. Trùng tên thì ghi đè.")
    NAME = QT_TRANSLATE_NOOP("ScanWays", "&Tên kiểu quét")
    SAVED = QT_TRANSLATE_NOOP("ScanWays", "Đã lưu kiểu quét «{name}».")
    DELETED = QT_TRANSLATE_NOOP("ScanWays", "Đã xóa kiểu quét «{name}».")


class WayDialog(TaskDialog):
    """Asks for the name of a way of scanning; ``done_with`` tells the settings then in force."""

    def __init__(self, context: AppContext, way: ScanWay, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TITLE), _tr(Words.CONFIRM), parent)
        self._way = way
        self.say(_tr(Words.HEAD))
        self.name = QLineEdit(way.name, self)
        self.name.setMaxLength(MOST_LETTERS)
        self.name.selectAll()
        self.add_field(_tr(Words.NAME), self.name)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Any]:
        return partial(save_way, self.context.desk, replace(self._way, name=nfc(self.name.text()).strip()))


class WayBar(QWidget):
    """``chosen`` tells the way that the clerk took; ``show_way`` says which one it is that is set now."""

    chosen = Signal(object)

    def __init__(self, context: AppContext, current: Callable[[], ScanWay], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._current = current
        self._ways: tuple[ScanWay, ...] = ()
        self.dialog: WayDialog | None = None
        self._told = ""
        self.combo = QComboBox(self)
        self.combo.setAccessibleName(_tr(Words.WAY))
        self.combo.setToolTip(_tr(Words.HINT))
        self.combo.setMinimumWidth(WIDTH)
        self.combo.activated.connect(self.choose)
        self.save = self._button(Words.SAVE, Words.SAVE_HINT, self.ask_name)
        self.delete = self._button(Words.DELETE, Words.DELETE_HINT, self.forget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.combo, self.save, self.delete):
            layout.addWidget(part)
        for button in (self.save, self.delete):
            set_role(button, "compact")
        context.changed.connect(self._announced)
        self._fill()

    @Slot(int)
    def choose(self, row: int) -> None:
        """Take the way in this row; nothing where there is none."""
        if 0 <= row < len(self._ways):
            self.chosen.emit(self._ways[row])

    def show_way(self, way: ScanWay) -> None:
        """Choose the name of what is set now; of what has no name, say so."""
        values = [replace(one, name="") for one in self._ways]
        self.combo.setCurrentIndex(values.index(way) if way in values else len(values))
        self.delete.setEnabled(way in values)

    @Slot()
    def ask_name(self) -> None:
        """Keep what is set now under a name."""
        self.dialog = WayDialog(self.context, replace(self._current(), name=self._name()), self)
        self.dialog.done_with.connect(self._saved)
        self.dialog.open()

    @Slot()
    def forget(self) -> None:
        """Forget the way that is chosen."""
        if name := self._name():
            self._told = _tr(Words.DELETED).format(name=name)
            self.context.executor.submit(partial(delete_way, self.context.desk, name), self._take)

    def keys(self) -> tuple[tuple[str, Callable[[], None], str], ...]:
        """Keys, what they do, and what that is called; for the page that the bar stands on."""
        numbers = tuple((f"Alt+{row + 1}", partial(self.choose, row), Words.WAY) for row in range(9))
        return (
            *numbers,
            ("Ctrl+S", self.ask_name, Words.TITLE),
            ("Ctrl+Shift+Del", self.forget, Words.DELETE_HINT),
        )

    def _name(self) -> str:
        row = self.combo.currentIndex()
        return self._ways[row].name if 0 <= row < len(self._ways) else ""

    @Slot(object)
    def _saved(self, settings: Settings) -> None:
        assert self.dialog is not None
        self._told = _tr(Words.SAVED).format(name=nfc(self.dialog.name.text()).strip())
        self._take(settings)

    def _take(self, settings: Settings) -> None:
        self.context.desk = replace(self.context.desk, settings=settings)
        self.context.announce("settings")
        self.context.tell(self._told, "success")

    @Slot(object)
    def _announced(self, changed: Changed) -> None:
        if "settings" in changed.kinds:
            self._fill()

    def _fill(self) -> None:
        self._ways = self.context.desk.settings.pages.ways
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for number, way in enumerate(self._ways, 1):
                self.combo.addItem(_tr(Words.LINE).format(number=number, name=way.name))
            self.combo.addItem(_tr(Words.OWN))
        self.show_way(self._current())

    def _button(self, words: str, hint: str, slot: Callable[[], None]) -> QPushButton:
        made = QPushButton(_tr(words), self)
        made.setAccessibleName(_tr(hint))
        made.setToolTip(_tr(hint))
        made.clicked.connect(slot)
        return made


def _tr(text: str) -> str:
    return translate("ScanWays", text)
