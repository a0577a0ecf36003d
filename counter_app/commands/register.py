"""register: the register of a period as a spreadsheet or on paper."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from counter_app.commands.output import Answer
from counter_app.commands.papers import write_whole
from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.papers_lists import register_paper
from counter_app.services.register import RegisterFilter
from counter_app.services.register_sheet import write_register


def run_register(desk: DeskContext, options: Namespace) -> Answer:
    path = Path(options.out)
    wanted = RegisterFilter(options.first, options.last, options.procedure or "", options.field or "")
    match path.suffix.lower():
        case ".xlsx":
            count = write_register(desk, wanted, path)
        case ".pdf":
            pdf, count = register_paper(desk, wanted)
            write_whole(path, pdf)
        case _:
            raise UserError(
                "format_unknown", f"Sổ xuất ra .xlsx hoặc .pdf, không phải «{path.name}». Hãy đổi đuôi tệp."
            )
    return Answer({"file": path, "dossiers": count}, (f"Đã ghi {count} hồ sơ vào {path}",))
