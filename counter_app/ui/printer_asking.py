"""Printers asked from the settings what they can do, in a thread of its own: one that is off takes its time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal


class PrinterAsking(QObject):
    """Asks several printers one after the other; its signals are heard on the GUI thread."""

    answered = Signal(str, object)
    """An address, and its Abilities or the exception."""
    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def start(self, addresses: Sequence[str]) -> None:
        """Begin; nothing while earlier questions are under way."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._run, args=(addresses,), name="printer-asking", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Ask nobody else and wait for the one under way: as long as one connection may take."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, addresses: Sequence[str]) -> None:
        from printing.printers import ask_abilities, parse_printer

        for address in addresses:
            if self._ended.is_set():
                return
            try:
                self.answered.emit(address, ask_abilities(parse_printer(address)))
            except Exception as error:
                self.answered.emit(address, error)
        self.done.emit()
