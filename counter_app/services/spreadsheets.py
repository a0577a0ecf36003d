"""Lists as files that a spreadsheet opens rightly: CSV, and sheets of Excel (XLSX)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counter_app.database import storage_told
from counter_app.rules.calendar import VIETNAM
from counter_app.whole_files import whole_file

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_LETTERS = 32_767
"""What a cell of a sheet can hold."""

FONT = {"font_name": "Times New Roman", "font_size": 11}
CELL = {**FONT, "border": 1, "text_wrap": True, "valign": "top"}
HEAD = {**FONT, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"}
MOMENT = {**CELL, "num_format": "hh:mm dd/mm/yyyy", "align": "left"}
A4_PAPER = 9

Cell = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a sheet: ``above`` are the lines over it (whose, what, when), ``columns`` heads with their widths in
    letters."""

    name: str
    above: tuple[str, str, str]
    columns: tuple[tuple[str, int], ...]
    made_at: datetime


def write_xlsx(path: Path, table: Table, rows: Iterable[Sequence[Cell]]) -> int:
    """Write a list as a sheet, A4 across with the heads on each page; returns the number of its lines.

    Times are those of the office. Raises KnownError when the file cannot be written.
    """
    from xlsxwriter import Workbook

    with storage_told(path), whole_file(path) as file, Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": table.above[1], "created": naive(table.made_at)})
        sheet = book.add_worksheet(table.name)
        lay_out(sheet, [width for _, width in table.columns])
        above = ({**FONT, "bold": True}, {**FONT, "bold": True, "font_size": 14}, {**FONT, "italic": True})
        for row, (text, look) in enumerate(zip(table.above, above, strict=True)):
            sheet.write_string(row, 0, text, book.add_format(look))
        at = len(above) + 1
        sheet.repeat_rows(at)
        sheet.freeze_panes(at + 1, 2)
        head = book.add_format({**HEAD, "border": 1})
        for column, (name, _) in enumerate(table.columns):
            sheet.write_string(at, column, name, head)
        text, moment = book.add_format(CELL), book.add_format(MOMENT)
        count = 0
        for count, cells in enumerate(rows, 1):
            for column, value in enumerate(cells):
                write_cell(sheet, at + count, column, value, text, moment)
        return count


def lay_out(sheet: Worksheet, widths: Sequence[int]) -> None:
    """A4 across, as wide as the page, numbered."""
    sheet.set_landscape()
    sheet.set_paper(A4_PAPER)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&P/&N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def write_cell(sheet: Worksheet, row: int, column: int, value: Cell, text: Any, moment: Any) -> None:
    """One cell, a time in the format ``moment``, anything else in ``text``."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, naive(value), moment)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, text)
    elif value:
        # Never plain ``write``: what an applicant calls himself is text, though it begin with "=".
        sheet.write_string(row, column, value[:MOST_LETTERS], text)
    else:
        sheet.write_blank(row, column, None, text)


def naive(moment: datetime) -> datetime:
    """The time at the office, as a sheet has it: without a zone."""
    return moment.astimezone(VIETNAM).replace(tzinfo=None)


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a list (UTF-8 with BOM), whole or not at all; returns the number of its lines.

    A cell that a spreadsheet would take for a formula begins with an apostrophe. Raises KnownError when the file
    cannot be written.
    """
    count = 0
    with storage_told(path), whole_file(path) as file:
        text = TextIOWrapper(file, "utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(head)
        for row in rows:
            writer.writerow(map(_safe_cell, row))
            count += 1
        text.detach()  # written out, the file still open
    return count


def moment_cell(moment: datetime | None) -> str:
    """``13/03/2026 17:00`` at the office; empty without a moment."""
    return "" if moment is None else moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


def _safe_cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
