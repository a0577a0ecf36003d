"""The edits of a tray that the page of scanning offers; each is one step that is taken back as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from counter_app.scanning.tray import Tray


def undo(tray: Tray) -> None:
    """Take the last edit back."""
    tray.undo()


def apply(change: Callable[[Tray, tuple[str, ...]], Any], pages: tuple[str, ...], tray: Tray) -> None:
    """Carry out a change of these pages, as an edit of the tray."""
    change(tray, pages)


def turn(by: int, tray: Tray, pages: tuple[str, ...]) -> None:
    """Turn pages by quarters, clockwise."""
    with tray.one_step():
        for page in tray.pages():
            if page.id in pages:
                tray.change(page.id, turn=(page.turn + by) % 4)


def shape(page_id: str, angle: float, crop: tuple[int, int, int, int] | None, tray: Tray) -> None:
    """Straighten and cut a page as the clerk says."""
    tray.change(page_id, angle=angle, crop=crop)


def leave_as_read(tray: Tray, pages: tuple[str, ...]) -> None:
    """Take back how these pages were straightened and cut."""
    with tray.one_step():
        for page_id in pages:
            tray.change(page_id, angle=0.0, crop=None)


def note(tray: Tray, pages: tuple[str, ...]) -> None:
    """The first of these pages has a note on it, the second one is it without; one that had the mark loses it."""
    from counter_app.scanning.tray_page import WITH_NOTE, WITHOUT_NOTE

    marked = {page.id: page.note for page in tray.pages()}
    with tray.one_step():
        for page_id, mark in zip(pages, (WITH_NOTE, WITHOUT_NOTE), strict=False):
            tray.change(page_id, note="" if marked[page_id] else mark)


def lay_behind(noted: str, pages: tuple[str, ...], tray: Tray) -> None:
    """These pages are ``noted`` once more without its note: they follow it in its document."""
    from counter_app.scanning.tray_page import WITHOUT_NOTE

    ids = [page.id for page in tray.pages()]
    if noted not in ids:
        return
    group = next(page.group for page in tray.pages() if page.id == noted)
    rest = [page_id for page_id in ids[ids.index(noted) + 1 :] if page_id not in pages]
    with tray.one_step():
        tray.move(pages, rest[0] if rest else None)
        tray.join([page.id for page in tray.pages() if page.group == group or page.id in pages])
        tray.change(pages[0], note=WITHOUT_NOTE)


def drop_or_restore(tray: Tray, pages: tuple[str, ...]) -> None:
    """Leave pages out; take them in again when all of them are out."""
    chosen = [page for page in tray.pages() if page.id in pages]
    if all(page.is_dropped for page in chosen):
        tray.restore(pages)
    else:
        tray.drop(pages)


def split(page_id: str, tray: Tray) -> None:
    """A new document begins with this page."""
    tray.split_before(page_id)


def join(tray: Tray, pages: tuple[str, ...]) -> None:
    """These pages make one document."""
    tray.join(pages)


def settle_doubt(tray: Tray, pages: tuple[str, ...]) -> None:
    """What was in doubt about these pages is in order."""
    tray.settle(pages)


def move(pages: tuple[str, ...], before: str | None, tray: Tray) -> None:
    """Put pages before another one, or at the end."""
    tray.move(pages, before)
