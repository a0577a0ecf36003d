"""How each page of a tray stands: its number, its document and its badge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from counter_app.rules.digitising import Flaw, flaw_of
from counter_app.services.scan_groups import TrayGroup
from counter_app.services.scan_jobs import DONE, TROUBLE
from counter_app.ui.scan_pages_view import Look, Words
from counter_app.ui.words import translate

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage


_FLAWS = {Flaw.COARSE: Words.COARSE, Flaw.GRAY: Words.GRAY}


def looks_of(pages: Sequence[TrayPage], groups: Sequence[TrayGroup]) -> dict[str, Look]:
    """By page id; documents are numbered as the rows of their table."""
    places = {page_id: (row, group) for row, group in enumerate(groups, 1) for page_id in group.page_ids}
    looks = {}
    for number, page in enumerate(pages, 1):
        row, group = places.get(page.id, (0, None))
        looks[page.id] = Look(number, row, *_badge(page, group))
    return looks


def _badge(page: TrayPage, group: TrayGroup | None) -> tuple[str, str]:
    if page.is_dropped:
        return translate("ScanPages", Words.BLANK if page.is_blank else Words.DROPPED), "neutral"
    if page.concerns or (group is not None and group.state == TROUBLE):
        return translate("ScanPages", Words.TROUBLE), "late"
    if group is not None and group.state == DONE:
        return translate("ScanPages", Words.DONE), "good"
    if group is not None and group.is_in_work:
        return translate("ScanPages", Words.IN_WORK), "paused"
    from counter_app.scanning.tray_page import WITH_NOTE  # not on the way to the first window

    if page.note:
        return translate("ScanPages", Words.NOTED if page.note == WITH_NOTE else Words.BARE), "neutral"
    flaw = flaw_of(page.dpi, page.in_colour)
    return (translate("ScanPages", _FLAWS[flaw]), "soon") if flaw is not None else ("", "neutral")
