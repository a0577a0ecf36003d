"""The button that prints separators for the papers at hand; its window is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.ui.context import AppContext
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.ui.scan_sheets_dialog import Kept, SheetsDialog

KEYS = "Ctrl+Shift+Q"
"""Beside Ctrl+Q, which scans."""


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """For what separators are asked. ``chosen``: papers by dossier; ``by_paper``: those are meant at first."""

    codes: tuple[str, ...]
    chosen: Mapping[str, tuple[str, ...]]
    by_paper: bool = False


ReadOrder = Callable[["DeskContext"], SheetOrder]


class Words:
    SHEETS = QT_TRANSLATE_NOOP("SheetsButton", "Tờ ngăn, nhãn QR… ({keys})")
    HINT = QT_TRANSLATE_NOOP("SheetsButton", "In tờ ngăn hoặc nhãn QR để quét nhiều giấy tờ một lượt.")


class SheetsButton(QPushButton):
    """``wanted`` says how the window's worker reads what separators are for; None: there is nothing."""

    def __init__(
        self, context: AppContext, wanted: Callable[[], ReadOrder | None], parent: QWidget | None = None
    ) -> None:
        text = translate("SheetsButton", Words.SHEETS).format(keys=KEYS)
        super().__init__(text, parent)
        self.dialog: SheetsDialog | None = None
        self._context = context
        self._wanted = wanted
        self.setAccessibleName(text)
        self.setToolTip(translate("SheetsButton", Words.HINT))
        self.setShortcut(KEYS)
        self.clicked.connect(self.ask)

    @classmethod
    def of_dossier(
        cls, context: AppContext, wanted: Callable[[], tuple[str, str, str]], parent: QWidget | None = None
    ) -> SheetsButton:
        """For the dossier, component and result that ``wanted`` names; the last two are empty where none is chosen."""
        return cls(context, lambda: partial(_of_dossier, *wanted()), parent)

    @Slot()
    def ask(self) -> None:
        """Show the separators for what is chosen now."""
        read = self._wanted()
        if read is not None:
            self._context.executor.submit(partial(_read, self._context.desk, read), self._open)

    def _open(self, answer: tuple[SheetOrder, Kept]) -> None:
        from counter_app.ui.scan_sheets_dialog import SheetsDialog

        order, kept = answer
        if order.codes:
            self.dialog = SheetsDialog(self._context, order, kept, self.window())
            self.dialog.open()


def _of_dossier(code: str, component: str, result: str, _desk: DeskContext) -> SheetOrder:
    paper = component or result
    return SheetOrder((code,), {code: (paper,)} if paper else {})


def _read(desk: DeskContext, read: ReadOrder) -> tuple[SheetOrder, Kept]:
    from counter_app.ui.scan_sheets_dialog import read_kept

    return read(desk), read_kept(desk)
