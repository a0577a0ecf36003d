"""What every page is given: the desk, the executor, and the few signals that all pages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from counter_app.errors import KnownError, UserError
from counter_app.ui.executor import Executor

if TYPE_CHECKING:
    from counter_app.rules.calendar import WorkCalendar
    from counter_app.services.desk import DeskContext


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed: codes of dossiers, and kinds such as ``dossier``, ``catalogue``, ``office``, ``settings``,
    ``outbox``, ``calendar``, ``print_jobs``. An empty ``dossiers`` with kind ``dossier`` means: any of them."""

    dossiers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


class AppContext(QObject):
    """Shared by all pages; lives on the GUI thread.

    ``sync``, ``spooler`` and ``scans`` are the background workers, None where they are not running. ``calendar`` is the
    office's working calendar for words such as "còn 2 ngày làm việc"; None until it has been read.
    """

    changed = Signal(object)
    """One :class:`Changed` for whatever was written, by whomever."""
    open_dossier = Signal(str)
    open_return = Signal(str)
    """Hand the results of this dossier over, at the return page."""
    open_page = Signal(str)
    open_scan = Signal(str, str, str)
    """Scan for a dossier: its code, component and result; the last two may be empty, all three for a stack."""
    message = Signal(str, str)
    """Text and tone (info, success, warning, error) for the bar below the search box."""
    bug = Signal(object)
    """An exception that nobody foresaw."""
    sync_status = Signal(object)
    """The sync worker's latest snapshot, brought over from its thread."""

    form_ended = Signal(str, str)
    """A form that was being filled in is done with: its key, and the code under which it was received ("": none)."""
    form_files = Signal(str, str, list)
    """PDFs for a form that is being filled in: its key, the code of the paper, their paths."""
    scan_progress = Signal(object)
    """How far the document is that is being made of scanned pages (``Progress``)."""

    calendar_read = Signal()
    """``calendar`` is there, or is another one."""

    def __init__(
        self,
        desk: DeskContext,
        executor: Executor,
        *,
        sync: Any = None,
        spooler: Any = None,
        calendar: WorkCalendar | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.executor = executor
        self.sync = sync
        self.spooler = spooler
        self.scans: Any = None
        self.calendar = calendar
        executor.error_left.connect(self.show_error)

    def show_error(self, error: Exception) -> None:
        """Tell the clerk: a refused rule as a warning, a known trouble as an error, anything else as a bug."""
        if isinstance(error, UserError):
            self.message.emit(error.message, "warning")
        elif isinstance(error, KnownError):
            self.message.emit(error.message, "error")
        else:
            self.bug.emit(error)

    def tell(self, text: str, tone: str = "info") -> None:
        """Show ``text`` in the message bar; never a modal box."""
        self.message.emit(text, tone)

    def announce(self, *kinds: str, dossiers: tuple[str, ...] = ()) -> None:
        """Broadcast that something was written."""
        self.changed.emit(Changed(frozenset(dossiers), frozenset(kinds)))

    def take_sync_status(self, status: object) -> None:
        """For the sync worker's callback: safe to call from its thread, heard on the GUI thread."""
        self.sync_status.emit(status)

    def take_calendar(self, calendar: WorkCalendar) -> None:
        """The working calendar, as read from the database."""
        self.calendar = calendar
        self.calendar_read.emit()

    def wake_sync(self) -> None:
        """Ask the sync worker, where there is one, to look at the outbox now."""
        if self.sync is not None:
            self.sync.wake()

    def wake_scans(self) -> None:
        """Ask the worker that makes documents of scanned pages, where there is one, to look now."""
        if self.scans is not None:
            self.scans.wake()
