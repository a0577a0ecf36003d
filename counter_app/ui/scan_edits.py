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
