"""On the top bar: how many scanned papers are on their way, and what lies about that nobody has sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton

from counter_app.ui.context import AppContext, Changed
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext


class Words:
    IN_WORK = QT_TRANSLATE_NOOP("ScanLight", "Đang xử lý {count} bản quét")
    TROUBLE = QT_TRANSLATE_NOOP("ScanLight", "{count} bản quét chưa gắn được")
    LOOSE = QT_TRANSLATE_NOOP("ScanLight", "{count} trang quét chưa gắn")
    HINT = QT_TRANSLATE_NOOP("ScanLight", "Bấm để xem trang Quét (F11).")


@dataclass(frozen=True, slots=True)
class _State:
    in_work: int
    trouble: int
    loose: int


class ScanLight(QPushButton):
    """Hidden while there is nothing to say. Click: the page of scanning."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setObjectName("scanLight")
        set_role(self, "light")
        self.setToolTip(translate("ScanLight", Words.HINT))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._context = context
        self._loose = 0
        self.clicked.connect(self._open)
        context.changed.connect(self._changed)
        self.hide()

    def look_for_loose(self) -> None:
        """At the start: pages that an earlier run left in their trays. Nobody else has trays open then."""
        self._context.executor.submit(partial(_loose, self._context.desk), self._take_loose)

    @Slot()
    def _open(self) -> None:
        # What was left is shown there from now on.
        self._loose = 0
        self._context.open_page.emit("scan")
        self._read()

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "scan_jobs" in changed.kinds:
            self._read()

    def _take_loose(self, count: int) -> None:
        self._loose = count
        self._read()

    def _read(self) -> None:
        self._context.executor.submit(partial(_state, self._context.desk, self._loose), self._show)

    def _show(self, state: _State) -> None:
        parts = [
            translate("ScanLight", words).format(count=count)
            for words, count in (
                (Words.TROUBLE, state.trouble),
                (Words.IN_WORK, state.in_work),
                (Words.LOOSE, state.loose),
            )
            if count
        ]
        text = "  ·  ".join(parts)
        self.setText(text)
        self.setAccessibleName(text)
        set_tone(self, "late" if state.trouble else "soon" if state.loose and not state.in_work else "neutral")
        self.setVisible(bool(parts))


def _state(desk: DeskContext, loose: int) -> _State:
    from counter_app.services.scan_jobs import counts

    found = counts(desk)
    return _State(found.in_work, found.trouble, loose)


def _loose(desk: DeskContext) -> int:
    from counter_app.services.scan_trays import clear_up

    return sum(tray.pages for tray in clear_up(desk))
