"""The button that prints separators for the papers at hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.ui.context import AppContext
from counter_app.ui.scan_sheets_dialog import Kept, SheetOrder, SheetsDialog, read_kept
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext

KEYS = "Ctrl+Shift+Q"
"""Beside Ctrl+Q, which scans."""
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
        order, kept = answer
        if order.codes:
            self.dialog = SheetsDialog(self._context, order, kept, self.window())
            self.dialog.open()


def _of_dossier(code: str, component: str, result: str, _desk: DeskContext) -> SheetOrder:
    paper = component or result
    return SheetOrder((code,), {code: (paper,)} if paper else {})


def _read(desk: DeskContext, read: ReadOrder) -> tuple[SheetOrder, Kept]:
    return read(desk), read_kept(desk)
