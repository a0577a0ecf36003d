"""The scan job at hand: its tray, what has been sent of it, and the work on both off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from counter_app.services.drafts import load_draft
from counter_app.services.scan_checks import Place, keep_counts
from counter_app.services.scan_form_key import is_form_key
from counter_app.services.scan_groups import TrayGroup, groups_of, ready_groups
from counter_app.services.scan_jobs import TROUBLE, JobRow, Queued, counts, enqueue, give_up, jobs_of_tray, retry
from counter_app.services.scan_papers import DRAFT_NAME
from counter_app.services.scan_trays import LooseTray, clear_up, loose_pages, new_tray, open_tray
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.scan_files import FileSource, PictureSource
from counter_app.ui.scan_look import is_unsorted, left_unseen, look_at_page, sort_by_sheets
from counter_app.ui.scan_target import Target
from counter_app.ui.scan_work import ScanWork

if TYPE_CHECKING:
    from counter_app.scanning.model import ScanProfile, ScanSource
    from counter_app.scanning.tray import Tray, TrayPage
    from counter_app.services.desk import DeskContext


@dataclass(frozen=True, slots=True)
class _Taken:
    """A tray with what has been sent of it, the other trays that need a person, and all documents in trouble."""

    tray: Tray | None
    jobs: tuple[JobRow, ...] = ()
    others: tuple[LooseTray, ...] = ()
    troubles: int = 0


@dataclass(frozen=True, slots=True)
class _Cut:
    """A run of the scanner that came to no end: what is read next, for the same place, goes on with it."""

    run: int
    target: Target


class ScanSession(QObject):
    """One tray at a time. Reads and edits go to workers in the order they were asked for."""

    changed = Signal()
    """Pages, their order, or what became of them."""
    read = Signal(str)
    """A page has come: its id."""
    busy = Signal(bool)
    """The source reads, or has ended."""
    ended = Signal(object)
    """The source has ended: None, or the exception."""
    looked = Signal()
    """A run that came to its end has been looked at and sorted."""
    whole_files = Signal(list, object)
    """Paths of PDFs that are to be attached as they are, and the Target that they were added for."""
    sent = Signal(object)
    """The Queued of ``send``."""
    taken_up = Signal(int, int)
    """A tray of an earlier time is open, with so many loose pages and documents that could not be attached."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.tray: Tray | None = None
        self.jobs: tuple[JobRow, ...] = ()
        self.others: tuple[LooseTray, ...] = ()
        """Earlier trays that need a person."""
        self.troubles = 0
        """Documents of any tray that could not be attached."""
        self.work = ScanWork(look_at_page, self)
        self._waiting: Callable[[], None] | None = None
        self._run = 0
        self._reads_for: Target | None = None
        self._cut: _Cut | None = None
        self._is_reading = False
        self._to_send: list[str] = []
        self.counts: dict[Place, int] = {}
        """Pages of paper that the clerk counted, by what they are."""
        self._ended_forms: dict[str, str] = {}
        self.work.page_read.connect(self._page_read)
        self.work.page_seen.connect(self._page_seen)
        self.work.ended.connect(self._ended)
        self.work.all_seen.connect(self._all_seen)
        self.work.look_failed.connect(context.show_error)
        context.changed.connect(self._announced)
        context.form_ended.connect(self.form_ended)

    @property
    def pages(self) -> tuple[TrayPage, ...]:
        return () if self.tray is None else self.tray.pages()

    @property
    def run(self) -> tuple[TrayPage, ...]:
        """The pages of the last run."""
        return tuple(page for page in self.pages if page.run == self._run)

    @property
    def groups(self) -> tuple[TrayGroup, ...]:
        return groups_of(self.pages, self.jobs)

    @property
    def loose(self) -> tuple[TrayPage, ...]:
        return loose_pages(self.pages, self.jobs)

    @property
    def sent_ids(self) -> frozenset[str]:
        """Pages that can no longer be edited."""
        return frozenset(page for job in self.jobs for page in job.page_ids)

    @property
    def is_reading(self) -> bool:
        return self._is_reading

    @property
    def is_unsorted(self) -> bool:
        """Separators may still say where some of the pages belong."""
        return is_unsorted(self.pages)

    @property
    def is_busy(self) -> bool:
        """Pages are read or looked at: no other tray can be taken up."""
        return self.is_reading or self.work.unseen > 0

    def take_up(self, tray: str = "") -> None:
        """Go on with a tray of an earlier time: this one, or the newest that needs a person."""
        if self.tray is None or (tray not in ("", self.tray.id) and not self.is_busy):
            self.context.executor.submit(partial(_take_up, self.context.desk, tray), self._taken)

    def offer(self, tray: str) -> None:
        """Name this tray among the others: its pages have been taken back while another one is busy."""
        known = {one.id for one in self.others} | {self.tray.id if self.tray is not None else ""}
        if tray not in known:
            self.others = (*self.others, LooseTray(tray, 0))
            self.changed.emit()

    def scan(self, open_source: Callable[[], ScanSource], profile: ScanProfile, target: Target) -> None:
        """Read from a source into the tray; a tray that is done with is left for a new one.

        A run that a jam cut goes on where it was, unless it is meant for another place now.
        """
        if not self.is_reading:
            self._with_tray(partial(self._start, open_source, profile, target, is_file=False))

    def _add(self, open_source: Callable[[], ScanSource], target: Target) -> None:
        """Files and pictures are a run of their own, whatever the scanner was at."""
        if not self.is_reading:
            self._with_tray(partial(self._start, open_source, _as_it_is(), target, is_file=True))

    def add_files(self, files: Sequence[Path], target: Target) -> None:
        """Put files into the tray, page by page; ``whole_files`` tells of those that must stay in one piece."""
        self._add(partial(FileSource, tuple(files), partial(self._tell_whole, target)), target)

    def _tell_whole(self, target: Target, files: list[Path]) -> None:
        self.whole_files.emit(files, target)

    def add_picture(self, image: QImage, target: Target) -> None:
        """Put a picture into the tray as a page."""
        self._add(partial(PictureSource, image), target)

    def stop(self) -> None:
        """Ask the source to stop."""
        self.work.ask_to_stop()

    def edit(self, change: Callable[[Tray], Any]) -> None:
        """Carry out an edit of the tray."""
        if self.tray is not None:
            self.context.executor.submit(partial(_edit, self.tray, change), self._edited)

    def assign(self, page_ids: Collection[str], target: Target) -> None:
        """Say where pages belong; that decides whatever was in doubt about them."""
        self.edit(partial(_assign, tuple(page_ids), target))

    def send(self, dossier: str = "") -> None:
        """Queue every document that is ready (of one dossier, or all) once all pages have been looked at."""
        if self.work.unseen or self.is_reading or self.is_unsorted:
            self._to_send.append(dossier)
            self._all_seen()
        elif self.tray is not None:
            work = partial(_send, self.context.desk, self.tray, self.jobs, dossier, dict(self.counts))
            self.context.executor.submit(work, self._sent)

    @Slot(str, str)
    def form_ended(self, key: str, code: str) -> None:
        """The form with this key was received as ``code``: its pages go off. Given up ("") they are loose."""
        self._ended_forms[key] = code
        if any(page.dossier == key for page in self.loose):
            self.edit(partial(_end_form, key, code))
            if code:
                self.send(code)

    def retry(self, job: int) -> None:
        """Try a document again."""
        self.context.executor.submit(partial(retry, self.context.desk, job), self._job_settled)

    def give_up(self, job: int) -> None:
        """Take the pages of a document back into the tray."""
        self.context.executor.submit(partial(give_up, self.context.desk, job), self._job_settled)

    def leave(self) -> None:
        """Put the tray away; what is loose in it is offered again."""
        if not self.is_reading:
            self.tray, self.jobs, self._cut = None, (), None
            self.changed.emit()

    def close(self) -> None:
        """The program ends: what has been read stays on the disk."""
        self.work.close()

    def _with_tray(self, then: Callable[[], None]) -> None:
        self._waiting = then
        if self.tray is not None and (self.loose or self._cut or self._has_trouble or not self.jobs):
            self._go_on()
        else:
            self.context.executor.submit(partial(_new, self.context.desk), self._taken)

    @property
    def _has_trouble(self) -> bool:
        return any(job.state == TROUBLE for job in self.jobs)

    def _go_on(self) -> None:
        then, self._waiting = self._waiting, None
        if then is not None:
            then()

    def _start(
        self, open_source: Callable[[], ScanSource], profile: ScanProfile, target: Target, *, is_file: bool
    ) -> None:
        assert self.tray is not None
        cut = None if is_file else self._cut
        self._run = cut.run if cut is not None and cut.target == target else self.tray.new_run()
        if not is_file:
            self._cut = None
        self._reads_for = None if is_file else target
        self._is_reading = True
        self.work.start(self.tray, open_source, profile, target, self._run)
        self.busy.emit(True)

    @Slot(object)
    def _taken(self, taken: _Taken) -> None:
        self.troubles = taken.troubles
        if taken.tray is None:
            self.changed.emit()
            return
        self.tray, self.jobs, self.others = taken.tray, taken.jobs, taken.others
        self._cut = None
        for warning in taken.tray.warnings:
            self.context.tell(warning, "warning")
        self.changed.emit()
        if self._waiting is not None:
            self._go_on()
            return
        if self.loose or self._has_trouble:
            self.taken_up.emit(len(self.loose), sum(job.state == TROUBLE for job in self.jobs))
        self._run = max((page.run for page in self.pages), default=0)
        for page_id in left_unseen(self.pages):
            self.work.look_at(taken.tray, page_id)
        self._all_seen()

    @Slot(str)
    def _page_read(self, page_id: str) -> None:
        self.read.emit(page_id)
        self.changed.emit()

    @Slot(str)
    def _page_seen(self, page_id: str) -> None:
        self.changed.emit()

    @Slot(object)
    def _ended(self, error: Exception | None) -> None:
        self.work.stop_reading()
        self._is_reading = False
        if self._reads_for is not None:
            self._cut = None if error is None else _Cut(self._run, self._reads_for)
        self.busy.emit(False)
        self.ended.emit(error)
        for key, code in tuple(self._ended_forms.items()):
            self.form_ended(key, code)  # pages that came after their form had ended
        self._all_seen()

    @Slot()
    def _all_seen(self) -> None:
        """The last page of a run has been looked at: the separators among them part the stack."""
        if self.work.unseen or self.is_reading or self.tray is None:
            return
        if self.is_unsorted:
            seen = frozenset(page.id for page in self.pages)
            self.context.executor.submit(partial(sort_by_sheets, self.tray, seen), self._sorted)
        else:
            self._send_later()

    def _sorted(self, is_sorted: bool) -> None:
        self.changed.emit()
        if is_sorted and (self._cut is None or self._cut.run != self._run):
            self.looked.emit()
        self._send_later()

    def _send_later(self) -> None:
        waiting, self._to_send = self._to_send, []
        for dossier in [""] if "" in waiting else waiting:
            self.send(dossier)

    def _edited(self, _answer: object) -> None:
        self.changed.emit()

    def _sent(self, answer: tuple[Queued, tuple[JobRow, ...]]) -> None:
        queued, self.jobs = answer
        for job in self.jobs:  # a later document of the same paper has a count of its own
            self.counts.pop((job.dossier_code, job.component_code, job.result_code), None)
        self.changed.emit()
        self.context.wake_scans()
        self.context.announce("scan_jobs", "dossier", dossiers=tuple({job.dossier_code for job in self.jobs}))
        self.sent.emit(queued)

    def _job_settled(self, _nothing: None) -> None:
        self.context.wake_scans()
        self.context.announce("scan_jobs")

    @Slot(object)
    def _announced(self, changed: Changed) -> None:
        if "scan_jobs" in changed.kinds:
            tray = self.tray.id if self.tray is not None else ""
            self.context.executor.submit(partial(_jobs, self.context.desk, tray), self._take_jobs)

    def _take_jobs(self, answer: tuple[str, tuple[JobRow, ...], int]) -> None:
        tray, jobs, self.troubles = answer
        if self.tray is not None and tray == self.tray.id:
            self.jobs = jobs
        self.changed.emit()


def _jobs(desk: DeskContext, tray: str) -> tuple[str, tuple[JobRow, ...], int]:
    return tray, jobs_of_tray(desk, tray), counts(desk).trouble


def _new(desk: DeskContext) -> _Taken:
    others = clear_up(desk)  # what has been attached since need not lie here until the next start
    return _Taken(new_tray(desk), (), others, counts(desk).trouble)


def _take_up(desk: DeskContext, wanted: str) -> _Taken:
    loose = clear_up(desk)
    chosen = wanted or (loose[-1].id if loose else "")
    if not chosen:
        return _Taken(None, troubles=counts(desk).trouble)
    others = tuple(one for one in loose if one.id != chosen)
    tray = open_tray(desk, chosen)
    current = (load_draft(desk, DRAFT_NAME) or {}).get("scans")
    for key in {page.dossier for page in tray.pages() if is_form_key(page.dossier)} - {current}:
        _end_form(key, "", tray)
    return _Taken(tray, jobs_of_tray(desk, chosen), others, counts(desk).trouble)


def _edit(tray: Tray, change: Callable[[Tray], Any]) -> None:
    change(tray)


def _assign(page_ids: tuple[str, ...], target: Target, tray: Tray) -> None:
    with tray.one_step():
        tray.assign(page_ids, dossier=target.dossier, component=target.component, result=target.result)
        tray.settle(page_ids)


def _send(
    desk: DeskContext, tray: Tray, jobs: tuple[JobRow, ...], dossier: str, counts: dict[Place, int]
) -> tuple[Queued, tuple[JobRow, ...]]:
    groups = ready_groups(tray.pages(), jobs, dossier)
    queued = enqueue(desk, tray.id, groups)
    refused = {number for number, _ in queued.refused}
    keep_counts(desk, tray.pages(), (group for at, group in enumerate(groups) if at not in refused), counts)
    return queued, jobs_of_tray(desk, tray.id)


def _end_form(key: str, code: str, tray: Tray) -> None:
    tray.rename_dossier(key, code)


def _as_it_is() -> ScanProfile:
    from counter_app.scanning.model import ScanProfile

    return ScanProfile(name="")
