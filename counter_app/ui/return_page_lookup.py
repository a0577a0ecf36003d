"""What the return page reads of a dossier, or of those that a text may mean."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import lacks_result_scan
from counter_app.services.reading import find, show
from counter_app.services.returning import printed_slips, result_on_file
from counter_app.services.returning_slip import PrintedSlip
from counter_app.services.values import DossierView, QueueRow

CHOICES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Looked:
    """A dossier: its result must be scanned and is not yet (``lacks_scan``), or one is on file; what was printed
    to be signed."""

    view: DossierView
    lacks_scan: bool
    has_file: bool
    slips: tuple[PrintedSlip, ...]


Found = Looked | list[QueueRow]


def look_up(desk: DeskContext, text: str) -> Found:
    """The dossier that the text names, or those that it may mean."""
    try:
        return _looked(desk, text)
    except UserError as error:
        if error.kind != "dossier_unknown":
            raise
    rows = find(desk, text, CHOICES_SHOWN)
    return _looked(desk, rows[0].code) if len(rows) == 1 else rows


def slips_of(desk: DeskContext, code: str) -> tuple[str, tuple[PrintedSlip, ...]]:
    """The slips printed to be signed, with the code for which they were asked."""
    return code, printed_slips(desk, code)


def _looked(desk: DeskContext, code: str) -> Looked:
    on_file = result_on_file(desk, code)
    return Looked(show(desk, code), lacks_result_scan(desk, code), on_file, printed_slips(desk, code))
