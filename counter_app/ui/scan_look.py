"""What is done to a page after it was read: judged, its marks read, and a stack parted by its separators."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from counter_app.ui.scan_target import Target

if TYPE_CHECKING:
    from counter_app.scanning.tray import Tray, TrayPage


def look_at_page(tray: Tray, page: TrayPage) -> None:
    """Record how the page lies, whether it is blank (then it is left out) and what a machine can read on it."""
    from counter_app.rules.scan_sorting import SEEN_STICKER
    from counter_app.scanning.cleanup import analyse
    from counter_app.scanning.marks import read_marks

    path = tray.image_path(page.id)
    found = analyse(path, page.dpi)
    marks = read_marks(path, page.dpi)
    tray.record(
        page.id,
        angle=found.angle,
        crop=found.crop,
        turn=found.quarter_turn,
        is_blank=found.is_blank,
        is_dropped=found.is_blank and not marks,
        marks=marks,
        has_sticker=SEEN_STICKER in marks,
    )


def is_seen(page: TrayPage) -> bool:
    """Whether ``look_at_page`` has left a trace; a page without one is looked at again, which changes nothing."""
    return bool(page.angle or page.crop or page.turn or page.is_blank or page.marks)


def sort_by_sheets(tray: Tray, page_ids: Collection[str], target: Target) -> bool:
    """Part the pages of one run by the separators among them; False when there are none.

    Pages before the first separator belong to ``target``, where there is one.
    """
    from counter_app.rules import scan_sorting
    from counter_app.scanning.sorting import sort_tray

    run = [page for page in tray.pages() if page.id in page_ids]
    marked = (scan_sorting.PageMarks.of(page.id, page.marks, is_blank=page.is_blank) for page in run)
    if not any(page.has_marks for page in marked):
        return False
    start = scan_sorting.Target(target.dossier, target.component, target.result) if target.dossier else None
    sort_tray(tray, start, [page.id for page in run])
    return True


def left_unsorted(tray: Tray, loose: Collection[str]) -> tuple[str, ...]:
    """Pages of a run that the program did not live to sort: loose, without dossier, their separators still there."""
    from counter_app.rules.scan_sorting import SEEN_COVER, SEEN_STICKER

    run = [page for page in tray.pages() if page.id in loose and not page.dossier and not page.trouble]
    has_separators = any({SEEN_COVER, SEEN_STICKER} & set(page.marks) for page in run)
    return tuple(page.id for page in run) if has_separators else ()
