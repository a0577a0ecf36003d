"""The register as a spreadsheet, written row by row; the prescribed columns (forms.md, register)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from counter_app.database import storage_told
from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.offices import get_office
from counter_app.services.papers_kept import with_results
from counter_app.services.register import RegisterFilter, RegisterLine, period_words, register_blocks
from counter_app.services.spreadsheets import CELL, FONT, HEAD, MOMENT, Cell, lay_out, naive, write_cell
from counter_app.whole_files import whole_file

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (
    ("STT", 7),
    ("Mã hồ sơ", 22),
    ("Tên thủ tục hành chính", 40),
    ("Số lượng hồ sơ (bộ)", 10),
    ("Tên cá nhân, tổ chức", 26),
    ("Địa chỉ, số điện thoại", 34),
    ("Cơ quan chủ trì giải quyết", 24),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả kết quả", 17),
    ("Trả kết quả", 17),
    ("Phương thức nhận kết quả", 16),
    ("Ký nhận", 12),
    ("Ghi chú", 24),
)
"""Heads in their order, and widths in letters."""

HANDLING = (7, 11)
"""First and last of the columns under "Nhận và trả kết quả"."""

HEAD_ROW = 4
"""Of the two rows of heads the first, counted from 0; the numbers of the columns stand below them."""

MOST_ROWS = 1_048_575
"""The last row that a sheet can hold, counted from 0."""


def write_register(
    desk: DeskContext, wanted: RegisterFilter, path: Path, on_lines: Callable[[int], None] | None = None
) -> int:
    """Write the register to ``path`` (.xlsx), whole or not at all; answers how many dossiers it has.

    ``on_lines`` hears how many are read, block by block, and ends the work by raising.
    Raises UserError ``period_invalid``, ``register_too_long``; KnownError for storage.
    """
    blocks = _told(register_blocks(desk, wanted), on_lines)
    with storage_told(path), whole_file(path) as file:
        return _write(desk, wanted, blocks, file)


def _told(blocks: Iterator[list[RegisterLine]], on_lines: Callable[[int], None] | None) -> Iterator[list[RegisterLine]]:
    count = 0
    for block in blocks:
        count += len(block)
        if on_lines is not None:
            on_lines(count)
        yield block


def _write(desk: DeskContext, wanted: RegisterFilter, blocks: Iterator[list[RegisterLine]], file: BinaryIO) -> int:
    from xlsxwriter import Workbook

    row = HEAD_ROW + 3
    with Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": "Sổ theo dõi hồ sơ", "created": naive(desk.clock())})
        sheet = book.add_worksheet("Sổ theo dõi hồ sơ")
        formats = _formats(book)
        _lay_out(sheet)
        _write_heads(sheet, formats, get_office(desk).name, period_words(wanted))
        for line in chain.from_iterable(with_results(desk, block) for block in blocks):
            if row > MOST_ROWS:
                raise UserError(
                    "register_too_long", "Sổ dài hơn một bảng tính chứa được. Hãy chọn khoảng thời gian ngắn hơn."
                )
            _write_line(sheet, formats, row, line)
            row += 1
    return row - HEAD_ROW - 3


def _formats(book: Any) -> dict[str, Any]:
    return {
        "office": book.add_format({**FONT, "bold": True}),
        "title": book.add_format({**FONT, "bold": True, "font_size": 14}),
        "period": book.add_format({**FONT, "italic": True}),
        "upper": book.add_format({**HEAD, "top": 1, "left": 1, "right": 1}),
        "head": book.add_format({**HEAD, "bottom": 1, "left": 1, "right": 1}),
        "group": book.add_format({**HEAD, "border": 1}),
        "number": book.add_format({**CELL, "italic": True, "align": "center"}),
        "text": book.add_format(CELL),
        "moment": book.add_format(MOMENT),
    }


def _lay_out(sheet: Worksheet) -> None:
    """The heads on each page."""
    lay_out(sheet, [width for _, width in COLUMNS])
    sheet.repeat_rows(HEAD_ROW, HEAD_ROW + 2)
    sheet.freeze_panes(HEAD_ROW + 3, 2)


def _write_heads(sheet: Worksheet, formats: dict[str, Any], office: str, period: str) -> None:
    """Row by row, as a sheet that is not kept in memory wants it: hence no cell reaches over two rows."""
    sheet.write_string(0, 0, office, formats["office"])
    sheet.write_string(1, 0, "SỔ THEO DÕI HỒ SƠ", formats["title"])
    sheet.write_string(2, 0, period, formats["period"])
    first, last = HANDLING
    for column in range(len(COLUMNS)):
        if not first <= column <= last:
            sheet.write_blank(HEAD_ROW, column, None, formats["upper"])
    sheet.merge_range(HEAD_ROW, first, HEAD_ROW, last, "Nhận và trả kết quả", formats["group"])
    for column, (head, _) in enumerate(COLUMNS):
        sheet.write_string(HEAD_ROW + 1, column, head, formats["head"])
    for column in range(len(COLUMNS)):
        sheet.write_string(HEAD_ROW + 2, column, f"({column + 1})", formats["number"])


def _write_line(sheet: Worksheet, formats: dict[str, Any], row: int, line: RegisterLine) -> None:
    values: tuple[Cell, ...] = (
        line.number,
        line.dossier_code,
        line.procedure_name,
        line.sets_count,
        line.applicant_name,
        ", ".join(filter(None, (line.address, line.phone))),
        line.lead_office,
        line.received_at,
        line.due,
        line.returned_at,
        line.return_method,
        None,
        line.note,
    )
    for column, value in enumerate(values):
        write_cell(sheet, row, column, value, formats["text"], formats["moment"])
