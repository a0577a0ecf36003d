"""The button that leads from a dossier to the page of scanning."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.ui.context import AppContext
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

KEYS = "Ctrl+Q"


class Words:
    SCAN = QT_TRANSLATE_NOOP("ScanButton", "Quét ({keys})")
    RESULT = QT_TRANSLATE_NOOP("ScanButton", "Quét kết quả ({keys})")


class ScanButton(QPushButton):
    """Asks for scans of what ``wanted`` names: dossier, component, result; what is empty is chosen there."""

    def __init__(
        self,
        context: AppContext,
        wanted: Callable[[], tuple[str, str, str]],
        parent: QWidget | None = None,
        *,
        words: str = Words.SCAN,
    ) -> None:
        text = translate("ScanButton", words).format(keys=KEYS)
        super().__init__(text, parent)
        self._context = context
        self._wanted = wanted
        self.setAccessibleName(text)
        self.setShortcut(KEYS)
        self.clicked.connect(self._scan)

    @Slot()
    def _scan(self) -> None:
        self._context.open_scan.emit(*self._wanted())
