"""The register, and the month's list of apologies, into the spool."""

from __future__ import annotations

from datetime import date

from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.printers import choose_printer
from counter_app.services.register import RegisterFilter, period_words

REGISTER, APOLOGY_LIST = "register", "apology_list"
"""The forms of their print jobs."""


def print_register(desk: DeskContext, wanted: RegisterFilter, pdf: bytes, printer: str | None = None) -> int:
    """What ``register_paper`` gave, into the spool; the job's id. Raises UserError ``printer_not_set``.

    Each print is the register as it stands: it never counts as the same paper twice.
    """
    return print_jobs.enqueue(
        desk.database,
        form=REGISTER,
        title=f"Sổ theo dõi hồ sơ: {period_words(wanted)}",
        printer=choose_printer(desk.settings.printers, REGISTER, printer),
        payload=pdf,
        now=desk.clock(),
    )


def print_apology_list(desk: DeskContext, month: date, pdf: bytes, printer: str | None = None) -> int:
    """What ``apology_list_pdf`` gave, into the spool, as often as wanted; UserError ``printer_not_set``."""
    return print_jobs.enqueue(
        desk.database,
        form=APOLOGY_LIST,
        title=f"Danh sách văn bản xin lỗi tháng {month:%m/%Y}",
        printer=choose_printer(desk.settings.printers, APOLOGY_LIST, printer),
        payload=pdf,
        now=desk.clock(),
    )
