"""Which printer a form goes to by the settings, what that printer can do, and its test page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counter_app.errors import UserError
from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.print_jobs import PrinterChoice
from counter_app.settings import PrinterSettings, SheetSettings
from counter_app.sheet_kinds import THERMAL_FORM
from printing.printers import ESCPOS, PDF

if TYPE_CHECKING:
    from printing.forms.style import Paper

TEST_FORM = "test"

TEST_PAPERS: Final[dict[str, Paper]] = {"slips": "A5", "letters": "A4", "lists": "A4 landscape", "labels": "100x150"}
"""The paper of each kind, by its name in the settings."""


def choose_printer(printers: PrinterSettings, form: str, address: str | None = None) -> PrinterChoice:
    """The printer asked for by its address, else that of the settings.

    The tray belongs to the printer of the settings and is left out for another. Raises UserError
    ``printer_not_set``.
    """
    set_up = printers.for_form(form)
    if address and address != set_up.printer:
        return PrinterChoice(address, two_sided=set_up.two_sided)
    if not set_up.printer:
        raise UserError("printer_not_set", "Chưa cài máy in cho giấy này. Hãy chọn máy in ở trang Cài đặt, mục Máy in.")
    return PrinterChoice(set_up.printer, set_up.tray, set_up.two_sided)


def print_test_page(desk: DeskContext, sheet: SheetSettings, kind: str) -> int:
    """A page with every Vietnamese letter and the edges of the paper, on paper of this kind; the job's id.

    ``kind`` is a name of PrinterSettings, or ``thermal``. Raises UserError ``printer_unknown``.
    """
    from printing.forms import render_test_page
    from printing.thermal import render_thermal_test_page

    if kind == THERMAL_FORM:
        payload, mime = render_thermal_test_page(desk.settings.printers.thermal_width_mm, sheet.printer), ESCPOS
    else:
        payload, mime = render_test_page(sheet.printer, TEST_PAPERS[kind], two_sided=sheet.two_sided), PDF
    return print_jobs.enqueue(
        desk.database,
        form=TEST_FORM,
        title="Trang in thử",
        printer=PrinterChoice(sheet.printer, sheet.tray, sheet.two_sided),
        payload=payload,
        mime=mime,
        now=desk.clock(),
    )
