"""The register as a table: the prescribed columns, paged from the database."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from counter_app.services.register import RegisterFilter, RegisterLine, register_ids, register_lines
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_time
from counter_app.ui.paged_table import Column, PagedModel, PagedTable
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

PROCEDURE, PROCEDURE_WIDTH = "procedure", 200
"""The column that takes what room there is, and its least width."""


class Words:
    """Heads as the form has them."""

    NUMBER = QT_TRANSLATE_NOOP("RegisterTable", "STT")
    CODE = QT_TRANSLATE_NOOP("RegisterTable", "Mã hồ sơ")
    PROCEDURE = QT_TRANSLATE_NOOP("RegisterTable", "Tên thủ tục hành chính")
    SETS = QT_TRANSLATE_NOOP("RegisterTable", "Số bộ")
    APPLICANT = QT_TRANSLATE_NOOP("RegisterTable", "Cá nhân, tổ chức")
    ADDRESS = QT_TRANSLATE_NOOP("RegisterTable", "Địa chỉ, số điện thoại")
    OFFICE = QT_TRANSLATE_NOOP("RegisterTable", "Cơ quan chủ trì")
    RECEIVED = QT_TRANSLATE_NOOP("RegisterTable", "Nhận hồ sơ")
    DUE = QT_TRANSLATE_NOOP("RegisterTable", "Hẹn trả kết quả")
    RETURNED = QT_TRANSLATE_NOOP("RegisterTable", "Trả kết quả")
    METHOD = QT_TRANSLATE_NOOP("RegisterTable", "Nhận kết quả")
    NOTE = QT_TRANSLATE_NOOP("RegisterTable", "Ghi chú")
    TABLE = QT_TRANSLATE_NOOP("RegisterTable", "Sổ theo dõi hồ sơ")


def _text(read: Callable[[RegisterLine], str]) -> Callable[[RegisterLine, datetime, Any], tuple[str, str]]:
    return lambda line, _now, _calendar: (read(line), "")


COLUMNS: tuple[Column[RegisterLine], ...] = (
    Column("number", Words.NUMBER, _text(lambda line: str(line.number)), 56),
    Column("code", Words.CODE, _text(lambda line: line.dossier_code), 176),
    Column(PROCEDURE, Words.PROCEDURE, _text(lambda line: line.procedure_name), PROCEDURE_WIDTH),
    Column("sets", Words.SETS, _text(lambda line: f"{line.sets_count:02d}"), 60),
    Column("applicant", Words.APPLICANT, _text(lambda line: line.applicant_name), 170),
    Column("address", Words.ADDRESS, _text(lambda line: ", ".join(filter(None, (line.address, line.phone)))), 190),
    Column("received", Words.RECEIVED, _text(lambda line: local_time(line.received_at)), 142),
    Column("due", Words.DUE, _text(lambda line: local_time(line.due)), 148),
    Column("returned", Words.RETURNED, _text(lambda line: local_time(line.returned_at)), 142),
    Column("method", Words.METHOD, _text(lambda line: line.return_method), 130),
    Column("office", Words.OFFICE, _text(lambda line: line.lead_office), 142),
    Column("note", Words.NOTE, _text(lambda line: line.note), 110),
)
"""Those of the form, without the one that is signed; when it goes out stands before who settles it."""


class RegisterModel(PagedModel[RegisterLine]):
    """The lines of the register that is chosen."""

    words: ClassVar[str] = "RegisterTable"
    key_column: ClassVar[str] = "code"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, COLUMNS, parent)
        self.wanted = RegisterFilter()

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(register_ids, self._context.desk, self.wanted)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[RegisterLine]]:
        return partial(register_lines, self._context.desk, ids)


class RegisterTable(PagedTable[RegisterLine]):
    """All columns; where they do not fit it is moved sideways, where there is room the procedure takes it."""

    def __init__(self, model: RegisterModel, parent: QWidget | None = None) -> None:
        super().__init__(model, translate("RegisterTable", Words.TABLE), stretch="", parent=parent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        others = sum(column.width for column in COLUMNS if column.key != PROCEDURE)
        place = next(place for place, column in enumerate(COLUMNS) if column.key == PROCEDURE)
        self.setColumnWidth(place, max(PROCEDURE_WIDTH, self.viewport().width() - others))
