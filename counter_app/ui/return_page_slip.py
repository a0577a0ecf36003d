"""The slip that a receiver signs before the return is entered."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from counter_app.services.papers_issued import FORMS
from counter_app.services.returning_delivery import Handing
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PrintDialog


def slip_dialog(context: AppContext, code: str, handing: Handing, parent: QWidget) -> PrintDialog:
    """The slip as it will come out of the printer, made of what the page says now."""

    # On the way of a paper only: the window opens without it.
    def make(reprint: bool) -> bytes:
        from counter_app.services.papers_return import slip_to_sign

        return slip_to_sign(context.desk, code, handing, reprint=reprint).pdf

    def send(reprint: bool) -> int:
        from counter_app.services.papers_return import print_slip_to_sign

        return print_slip_to_sign(context.desk, code, handing, reprint=reprint)

    return PrintDialog(context, f"{FORMS['return_slip']} · {code}", f"{code}-return_slip", make, send, parent)
