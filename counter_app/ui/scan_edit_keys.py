"""What the keys and buttons under the pages do to the chosen ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from counter_app.ui import scan_edits as edits
from counter_app.ui.context import AppContext
from counter_app.ui.scan_crop_dialog import CropDialog
from counter_app.ui.scan_frame import ScanFrame
from counter_app.ui.scan_page_words import Words, tr
from counter_app.ui.scan_session import ScanSession

if TYPE_CHECKING:
    from counter_app.rules.page_frame import Crop
    from counter_app.scanning.tray import Tray


class ScanEditKeys(ScanFrame):
    """The session at hand, and the edits of its tray; pages that have been sent are left alone."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.session = ScanSession(context, self)
        self.crop: CropDialog | None = None
        self.noted = ""
        """The page with a note that is scanned next without it."""
        self.session.looked.connect(self._lay_behind_noted)

    @Slot()
    def undo(self) -> None:
        self.session.edit(edits.undo)

    def _editable(self) -> tuple[str, ...]:
        """The chosen pages that have not been sent; says so when there are none."""
        pages = tuple(page for page in self.view.chosen() if page not in self.session.sent_ids)
        if not pages:
            self.say(tr(Words.CHOOSE_PAGES), "warning")
        return pages

    def _edit(self, change: Callable[[Tray, tuple[str, ...]], Any]) -> None:
        if pages := self._editable():
            self.session.edit(partial(edits.apply, change, pages))

    @Slot()
    def turn_left(self) -> None:
        self._edit(partial(edits.turn, 3))

    @Slot()
    def turn_right(self) -> None:
        self._edit(partial(edits.turn, 1))

    @Slot()
    def shape(self) -> None:
        """Ask how the page that has the cursor is straightened and cut."""
        page, tray = self.view.current(), self.session.tray
        if page is None or tray is None or page.id in self.session.sent_ids:
            self.say(tr(Words.CHOOSE_PAGES), "warning")
            return
        number = 1 + [one.id for one in self.session.pages].index(page.id)
        self.crop = CropDialog(self.loader, tray.directory, page, number, self)
        self.crop.shaped.connect(self._shaped)
        self.crop.finished.connect(self.crop.deleteLater)
        self.crop.open()

    @Slot(str, float, object)
    def _shaped(self, page_id: str, angle: float, crop: Crop | None) -> None:
        self.session.edit(partial(edits.shape, page_id, angle, crop))

    @Slot()
    def leave_as_read(self) -> None:
        """The chosen pages are neither straightened nor cut."""
        self._edit(edits.leave_as_read)

    @Slot()
    def mark_note(self) -> None:
        """The chosen page has a note: it is scanned once more without; of two chosen pages the second one is that."""
        pages = self._editable()
        if len(pages) > 2:
            self.say(tr(Words.NOTE_TWO), "warning")
        elif pages:
            marked = {page.id for page in self.session.pages if page.note}
            self.noted = pages[0] if len(pages) == 1 and pages[0] not in marked else ""
            self.say(tr(Words.NOTE_NEXT) if self.noted else "", "info")
            self.session.edit(partial(edits.apply, edits.note, pages))

    @Slot()
    def _lay_behind_noted(self) -> None:
        """The page has been scanned without its note."""
        pages = tuple(page.id for page in self.session.run if not page.is_dropped)
        if self.noted and pages and self.noted not in pages:
            self.session.edit(partial(edits.lay_behind, self.noted, pages))
            self.noted = ""
            self.say(tr(Words.NOTE_DONE), "success")

    @Slot()
    def drop_or_restore(self) -> None:
        """Leave the chosen pages out; take them in again when all of them are out."""
        self._edit(edits.drop_or_restore)

    @Slot()
    def split(self) -> None:
        """A new document begins with the page that has the cursor."""
        page = self.view.current()
        if page is not None and page.id not in self.session.sent_ids:
            self.session.edit(partial(edits.split, page.id))

    @Slot()
    def join(self) -> None:
        """The chosen pages make one document; of one page alone the document joins the one before it."""
        pages = self._editable()
        if len(pages) == 1:
            pages = self._with_document_before(pages[0])
        if len(pages) > 1:
            self.session.edit(partial(edits.apply, edits.join, pages))

    @Slot()
    def looked(self) -> None:
        """The chosen pages have been looked at: what was in doubt about them is in order."""
        self._edit(edits.settle_doubt)

    @Slot(list, object)
    def move_pages(self, pages: list[str], before: str | None) -> None:
        """Put pages before another one."""
        self.session.edit(partial(edits.move, tuple(pages), before))

    @Slot()
    def retry(self) -> None:
        if (group := self.groups.current()) is not None and group.job is not None:
            self.session.retry(group.job)

    @Slot()
    def give_up(self) -> None:
        if (group := self.groups.current()) is not None and group.job is not None:
            self.session.give_up(group.job)

    def _with_document_before(self, page_id: str) -> tuple[str, ...]:
        """The pages of this page's document and of the loose one before it; none without one before."""
        loose = [group.page_ids for group in self.session.groups if group.is_loose]
        row = next((row for row, pages in enumerate(loose) if page_id in pages), 0)
        return loose[row - 1] + loose[row] if row else ()
