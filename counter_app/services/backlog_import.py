"""Older results from a list that the office has: CSV, Excel or OpenDocument."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from counter_app.errors import KnownError, UserError
from counter_app.rules.backlog import read_day
from counter_app.rules.names import fold
from counter_app.services.backlog import OldResult, add_rows, checked_entry, find_batch
from counter_app.services.desk import DeskContext
from counter_app.services.rules_bridge import rules_apply

MOST_BYTES = 50 * 1024 * 1024
MOST_LINES = 50_000
SHOWN_PROBLEMS = 20
PERSONAL_NUMBER = 12
"""Digits; a spreadsheet drops the zero that nearly all of them begin with."""
SHEETS = (".xlsx", ".xls", ".xlsm", ".ods")

COLUMNS = {
    "number": ("so", "so ket qua", "so giay to", "so hieu", "so van ban"),
    "issued_on": ("ngay", "ngay cap", "ngay ban hanh", "ngay ky"),
    "owner": ("chu so huu", "ho ten", "ho va ten", "ten chu so huu", "nguoi duoc cap"),
    "owner_number": ("so dinh danh", "so dinh danh ca nhan", "cccd", "so cccd", "cmnd", "ma so thue"),
    "kind": ("loai", "loai ket qua", "loai giay to", "ten giay to"),
    "issuer": ("co quan cap", "noi cap", "co quan ban hanh"),
    "valid_until": ("het hieu luc", "ngay het hieu luc", "hieu luc den", "co gia tri den"),
    "note": ("ghi chu",),
}
"""What a column is called, folded; the first three must be there."""
REQUIRED = {"number": "Số", "issued_on": "Ngày cấp", "owner": "Chủ sở hữu"}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many came in, how many were there before, and lines that could not be read (then nothing came in)."""

    added: int
    repeated: int
    problems: tuple[str, ...] = ()


def import_old_results(desk: DeskContext, batch_id: int, path: Path) -> Imported:
    """Take a list into a batch: all of its lines or, where one cannot be read, none.

    What is in a batch already counts as repeated. Raises UserError ``batch_unknown``, ``list_invalid``,
    ``list_too_large``; KnownError ``file_unreadable``.
    """
    entries, problems = _read(path)
    with desk.database.read() as session:
        batch = find_batch(session, batch_id)
    clean = []
    for line, entry in entries:
        try:
            clean.append(checked_entry(desk, batch, entry)[0])
        except UserError as error:
            problems.append((line, error.message))
    if problems:
        words = [f"Dòng {line}: {message}" for line, message in sorted(problems)]
        return Imported(0, 0, tuple(words[:SHOWN_PROBLEMS]))
    with desk.database.write() as session:
        positions, repeated = add_rows(desk, session, find_batch(session, batch_id), clean)
    return Imported(len(positions), len(repeated))


def _read(path: Path) -> tuple[list[tuple[int, OldResult]], list[tuple[int, str]]]:
    lines = enumerate(_lines(path), start=1)
    places = _columns(lines)
    entries, problems = [], []
    for number, cells in lines:
        if number > MOST_LINES:
            raise UserError("list_too_large", f"Danh sách dài quá {MOST_LINES} dòng. Hãy tách thành nhiều tệp.")
        if not any(cells):
            continue
        try:
            with rules_apply():
                entries.append((number, _entry(places, cells)))
        except UserError as error:
            problems.append((number, error.message))
    return entries, problems


def _columns(lines: Iterator[tuple[int, Sequence[str]]]) -> dict[str, int]:
    """Where each column is, by the first line that names the three that must be there."""
    for _number, cells in lines:
        heads = [fold(cell) for cell in cells]
        places = {
            name: next(place for place, head in enumerate(heads) if head in known)
            for name, known in COLUMNS.items()
            if any(head in known for head in heads)
        }
        if set(REQUIRED) <= set(places):
            return places
    raise UserError(
        "list_invalid",
        f"Danh sách phải có dòng tiêu đề với các cột: {', '.join(REQUIRED.values())} "
        "(và nếu có: Số định danh, Loại, Cơ quan cấp, Hết hiệu lực, Ghi chú). Hãy sửa tiêu đề rồi nhập lại.",
    )


def _entry(places: dict[str, int], cells: Sequence[str]) -> OldResult:
    values = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
    until = values.pop("valid_until", "")
    if len(values.get("owner_number", "")) == PERSONAL_NUMBER - 1 and values["owner_number"].isdigit():
        values["owner_number"] = values["owner_number"].zfill(PERSONAL_NUMBER)
    return OldResult(
        issued_on=read_day(values.pop("issued_on")), valid_until=read_day(until) if until else None, **values
    )


def _lines(path: Path) -> Iterator[Sequence[str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(
                "list_too_large", f"Tệp «{path.name}» lớn quá {MOST_BYTES // 1024**2} MB. Hãy tách thành nhiều tệp."
            )
        data = path.read_bytes()
    except OSError as error:
        raise KnownError(
            "file_unreadable", f"Không đọc được tệp «{path}»: {error.strerror}. Hãy chép tệp sang máy rồi thử lại."
        ) from error
    return _sheet_lines(path, data) if path.suffix.lower() in SHEETS else _csv_lines(path, data)


def _csv_lines(path: Path, data: bytes) -> Iterator[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            "list_invalid",
            f"Tệp «{path.name}» không phải CSV chữ Unicode (UTF-8). Hãy lưu lại từ Excel: «CSV UTF-8», hoặc .xlsx.",
        ) from error


def _sheet_lines(path: Path, data: bytes) -> Iterator[Sequence[str]]:
    """The first sheet of a workbook; dates and numbers as a person writes them."""
    # On the way of a list only: the window opens without it.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(data))
            .get_sheet_by_index(0)
            .to_python(skip_empty_area=False, nrows=MOST_LINES + 1)
        )
    except (CalamineError, ValueError, OSError) as error:
        raise UserError(
            "list_invalid",
            f"Tệp «{path.name}» không mở được như bảng tính (có thể hỏng hoặc đặt mật khẩu). Hãy lưu lại thành .xlsx.",
        ) from error
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
