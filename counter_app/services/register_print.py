"""The register into the spool."""

from __future__ import annotations

from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.printers import choose_printer
from counter_app.services.register import RegisterFilter, period_words

REGISTER = "register"
"""The form of its print jobs."""


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
