"""What the page of hand-overs does away from its thread: looking dossiers and lists up, making the record."""

from __future__ import annotations

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.handover_lists import handover_lists, known_units
from counter_app.services.handover_shelf import on_shelf
from counter_app.services.handover_values import HandoverView
from counter_app.services.reading import find, show
from counter_app.services.values import DossierView


def look_up(desk: DeskContext, text: str) -> list[DossierView]:
    """The dossier that was scanned; else what lies on a shelf of that name; else the one that a name means."""
    try:
        return [show(desk, text)]
    except UserError as error:
        if error.kind != "dossier_unknown":
            raise
        shelved = on_shelf(desk, text)
        found = [row.code for row in shelved] or [row.code for row in find(desk, text, 2)]
        if not found or (len(found) > 1 and not shelved):
            raise
        return [show(desk, code) for code in found]


def read_lists(desk: DeskContext) -> tuple[list[HandoverView], list[tuple[str, str]]]:
    """The newest lists, and the units that dossiers went to."""
    return handover_lists(desk), known_units(desk)


def record(desk: DeskContext, list_id: int, reprint: bool) -> bytes:
    """The record of a list, as PDF."""
    from counter_app.services.papers_lists import handover_paper

    return handover_paper(desk, list_id, reprint=reprint)


def print_record(desk: DeskContext, list_id: int, reprint: bool) -> int:
    """The record of a list into the spool."""
    from counter_app.services.papers_lists import print_handover

    return print_handover(desk, list_id, reprint=reprint)
