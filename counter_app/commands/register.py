"""register: the register of a period as a spreadsheet."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from counter_app.commands.output import Answer
from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.register import RegisterFilter
from counter_app.services.register_sheet import write_register


def run_register(desk: DeskContext, options: Namespace) -> Answer:
    path = Path(options.out)
    if path.suffix.lower() != ".xlsx":
        raise UserError("format_unknown", f"Sổ xuất ra bảng tính .xlsx, không phải «{path.name}». Hãy đổi đuôi tệp.")
    wanted = RegisterFilter(options.first, options.last, options.procedure or "", options.field or "")
    count = write_register(desk, wanted, path)
    return Answer({"file": path, "dossiers": count}, (f"Đã ghi {count} hồ sơ vào {path}",))
