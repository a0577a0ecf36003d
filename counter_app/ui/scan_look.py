"""What is done to a page after it was read: judged, its marks read, and a stack parted by its separators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

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
        is_seen=True,
        angle=found.angle,
        crop=found.crop,
        turn=found.quarter_turn,
        is_blank=found.is_blank,
        is_dropped=found.is_blank and not marks,
        marks=marks,
        has_sticker=SEEN_STICKER in marks,
    )


def sort_by_sheets(tray: Tray, page_ids: Collection[str]) -> bool:
    """Part the runs among these pages that were not sorted yet by their separators; False when there is none."""
    from counter_app.scanning.sorting import sort_tray

    return bool(sort_tray(tray, page_ids))


def is_unsorted(pages: Iterable[TrayPage]) -> bool:
    """Whether separators among these pages may still say where some of them belong."""
    return any(page.aim is not None for page in pages)


def left_unseen(pages: Iterable[TrayPage]) -> tuple[str, ...]:
    """Pages that the program did not live to look at; also those left out, which may be separators."""
    return tuple(page.id for page in pages if page.aim is not None and not page.is_seen)
