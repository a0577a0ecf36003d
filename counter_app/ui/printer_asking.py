"""Printers asked from the settings what they can do: one that is off takes its time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from counter_app.ui.own_thread import OwnThread


class PrinterAsking(OwnThread):
    """Asks several printers one after the other, each as long as one connection may take."""

    answered = Signal(str, object)
    """An address, and its Abilities or the exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("printer-asking", parent)

    def start(self, addresses: Sequence[str]) -> None:
        """Begin; nothing while earlier questions are under way."""
        self.begin(partial(self._ask, addresses))

    def _ask(self, addresses: Sequence[str]) -> None:
        from printing.printers import ask_abilities, parse_printer

        for address in addresses:
            self.end_if_told()
            try:
                self.answered.emit(address, ask_abilities(parse_printer(address)))
            except Exception as error:
                self.answered.emit(address, error)
