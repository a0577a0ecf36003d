"""A paged table in which one row is always chosen while there is one."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel, Signal, Slot
from PySide6.QtWidgets import QWidget

from counter_app.ui.paged_table import Index, PagedModel, PagedTable
from counter_app.ui.plain_table import ROW_HEIGHT

R = TypeVar("R")


class ChoosingTable(PagedTable[R]):
    """When the chosen row has gone, the one that took its place is chosen."""

    chosen = Signal(object)
    """The row, or None; told again when it was read anew."""

    def __init__(self, model: PagedModel[R], name: str, *, stretch: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, stretch=stretch, row_height=ROW_HEIGHT, parent=parent)
        self._place = 0
        model.modelAboutToBeReset.connect(self._keep_place)
        model.loaded.connect(self._choose_one)
        model.dataChanged.connect(self._tell)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802  Qt's own name
        super().currentChanged(current, previous)
        self._tell()

    @Slot()
    def _keep_place(self) -> None:
        self._place = max(self.currentIndex().row(), 0)

    @Slot(int)
    def _choose_one(self, count: int) -> None:
        if count and not self.currentIndex().isValid():
            index = self._model.index(min(self._place, count - 1), 0)
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.current_row())
