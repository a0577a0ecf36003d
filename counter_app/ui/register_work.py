"""The register on its way to paper or to a sheet: applicants are taken in meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from counter_app.ui.own_thread import OwnThread

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.register import RegisterFilter


@dataclass(frozen=True, slots=True)
class Written:
    """The file of a sheet, and how many lines it has."""

    path: Path
    count: int


class RegisterWork(OwnThread):
    """Makes one register at a time; nothing is left of one that was stopped at a page or a block.

    ``done`` tells the register as PDF, or the sheet that was Written.
    """

    pages = Signal(int)
    """Pages laid out so far."""
    lines = Signal(int)
    """Lines written so far."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("register", parent)

    def draw(self, desk: DeskContext, wanted: RegisterFilter) -> None:
        """Begin to lay out the paper; nothing while something is under way."""

        def work() -> bytes:
            from counter_app.services.papers_lists import register_paper

            pdf, _ = register_paper(desk, wanted, self._telling(self.pages))
            self.end_if_told()
            return pdf

        self.begin(work)

    def write(self, desk: DeskContext, wanted: RegisterFilter, path: Path) -> None:
        """Begin to write the sheet; nothing while something is under way."""

        def work() -> Written:
            from counter_app.services.register_sheet import write_register

            return Written(path, write_register(desk, wanted, path, self._telling(self.lines)))

        self.begin(work)

    def _telling(self, signal: Any) -> Callable[[int], None]:
        def tell(count: int) -> None:
            self.end_if_told()
            signal.emit(count)

        return tell
