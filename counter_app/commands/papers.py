"""print: a form or a thermal slip, to a file or to a printer."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from counter_app.commands.output import Answer
from counter_app.database import storage_told
from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper, make_thermal, print_now
from counter_app.whole_files import whole_file


def run_print(desk: DeskContext, options: Namespace) -> Answer:
    form = "thermal" if options.thermal else options.form
    if options.out:
        return _to_file(desk, options, form)
    done = print_now(desk, options.code, form, options.to, width_mm=options.width, reprint=options.reprint)
    return Answer(
        {"job": done.id, "state": done.state, "printer": done.printer},
        (f"Đã in ra {options.to} (lệnh in {done.id}).",),
    )


def _to_file(desk: DeskContext, options: Namespace, form: str) -> Answer:
    if form == "thermal":
        content = make_thermal(desk, options.code, options.width, reprint=options.reprint)
    else:
        content = make_paper(desk, options.code, form, reprint=options.reprint).pdf
    target = Path(options.out)
    write_whole(target, content)
    return Answer({"code": options.code, "form": form, "file": target, "bytes": len(content)}, (f"Đã ghi «{target}».",))


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole or not at all. UserError for a missing folder, KnownError for a full disk."""
    if not target.parent.is_dir():
        raise UserError("folder_missing", f"Không có thư mục «{target.parent}». Hãy tạo thư mục hoặc chọn nơi khác.")
    with storage_told(target), whole_file(target) as file:
        file.write(content)
