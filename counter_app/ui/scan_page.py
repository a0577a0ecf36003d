"""F11: paper into dossiers. Pages appear as they are read, are put right, and go off to be made into documents."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from counter_app.errors import CounterError
from counter_app.services.scan_checks import is_unfit
from counter_app.services.scan_groups import UNASSIGNED, TrayGroup
from counter_app.services.scan_jobs import TROUBLE, Progress, Queued
from counter_app.ui.context import AppContext
from counter_app.ui.page import commit_preedit, shortcut
from counter_app.ui.scan_edit_keys import ScanEditKeys
from counter_app.ui.scan_frame import EDIT_KEYS, EDITS
from counter_app.ui.scan_open_jobs import OpenJobsDialog
from counter_app.ui.scan_page_looks import looks_of
from counter_app.ui.scan_page_words import Words, tr
from counter_app.ui.scan_send_check import SendCheck, sent_words, unfit_words
from counter_app.ui.scan_whole import WholeFiles

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage


class ScanPage(ScanEditKeys):
    """One tray at a time; whatever is not sent is there again the next time, after a crash too."""

    name: ClassVar[str] = "scan"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F11"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.whole_files = WholeFiles(context, self)
        self._dialog: QFileDialog | None = None
        self._jobs: OpenJobsDialog | None = None
        self._borrowed = ""
        """The dossier that the row of a document chose where none was chosen."""
        self._check = SendCheck()
        self._read_now = 0
        self._refused = ""
        """What was said of added files that were left out."""
        self.session.counts = self.target.counts
        self._connect()
        self._make_keys()
        self._show()

    def aim(self, code: str, component: str = "", result: str = "") -> None:
        """Scan for this dossier, and for this paper of it; without a code for a stack with separators."""
        if code:
            self.target.choose(code, component, result)
        else:
            self.target.clear()

    def activated(self) -> None:
        self.session.take_up()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        self.session.close()
        self.controls.closing()
        self.folder_news.closing()
        self.loader.close()

    @Slot()
    def scan(self) -> None:
        """Read from the chosen source."""
        commit_preedit()
        self.target.when_ready(self._scan)

    def _scan(self) -> None:
        if self.session.is_reading or self.controls.source() is None:
            return
        self.controls.remember()
        self._begin()
        self.session.scan(self.controls.opener(), self.controls.profile(), self.target.target)

    @Slot()
    def take_folder(self) -> None:
        """Take what has come into the watched folder, whatever source is chosen."""
        if self.folder_news.count:
            commit_preedit()
            self.target.when_ready(self._take_folder)

    def _take_folder(self) -> None:
        if not self.session.is_reading:
            self._begin()
            self.session.scan(self.folder_news.opener(), self.controls.profile(), self.target.target)

    @Slot()
    def stop(self) -> None:
        """Stop reading; what has been read stays."""
        self.session.stop()

    @Slot()
    def choose_files(self) -> None:
        """Ask which files to add."""
        self._dialog = QFileDialog(self, tr(Words.CHOOSE_FILES), "", tr(Words.FILE_KINDS))
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._dialog.filesSelected.connect(self._files_chosen)
        self._dialog.open()

    @Slot(list)
    def add_files(self, files: list[Path]) -> None:
        """Add pictures and PDFs as pages of what the strip says now."""
        self.target.when_ready(partial(self._add_files, files))

    def _add_files(self, files: list[Path]) -> None:
        if files and not self.session.is_reading:
            self._begin()
            self.session.add_files(files, self.target.target)

    @Slot()
    def paste(self) -> None:
        """Add what is in the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime.hasUrls():
            self.add_files([Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()])
        elif mime.hasImage():
            self.target.when_ready(partial(self._add_picture, QImage(mime.imageData())))
        else:
            self.say(tr(Words.NO_PICTURE), "warning")

    def _add_picture(self, image: QImage) -> None:
        if not self.session.is_reading:
            self._begin()
            self.session.add_picture(image, self.target.target)

    @Slot()
    def send(self) -> None:
        """Send every document that is ready on its way; what should be known of one is said first."""
        words, pages = self._check.look(self.session.pages, self.session.groups, self.target.counts)
        if words:
            self.view.choose(pages)
            self.say(words, "warning")
        else:
            self.session.send()

    @Slot()
    def assign(self) -> None:
        """Put the chosen pages where the strip says."""
        self.target.when_ready(self._assign)

    def _assign(self) -> None:
        target = self.target.target
        if not target.is_whole:
            self.say(tr(Words.CHOOSE_PAPER), "warning")
            self.target.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif pages := self._editable():
            self.say("", "info")
            self.session.assign(pages, target)
            if self._borrowed == target.dossier:
                self.target.offer_next()

    def _begin(self) -> None:
        self._read_now = 0
        self._refused = ""
        self.say("", "info")
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _show(self) -> None:
        """Pages, documents and what can be done now."""
        session = self.session
        groups = session.groups
        folder = session.tray.directory if session.tray is not None else Path()
        self.view.show_pages(folder, session.pages, looks_of(session.pages, groups))
        self.preview.show_page(folder, self.view.current())
        self.groups.show_groups(groups)
        self._show_state(groups)
        code = self.target.target.dossier
        self.target.show_here({(item.component, item.result) for item in groups if item.dossier == code})
        self._give_back_dossier(groups)

    def _show_state(self, groups: tuple[TrayGroup, ...]) -> None:
        session = self.session
        if session.is_reading:
            told = tr(Words.READ).format(count=self._read_now)
        elif session.work.unseen:
            told = tr(Words.LOOKING).format(count=session.work.unseen)
        else:
            kept = sum(len(group.page_ids) for group in groups)
            told = tr(Words.COUNTS).format(pages=kept, documents=len(groups)) if groups else ""
        self.controls.told.say(told)
        self.buttons[Words.SEND].setEnabled(bool(session.loose))
        for words in EDITS:
            self.buttons[words].setEnabled(bool(session.pages))
        for words, count in ((Words.OTHERS, len(session.others)), (Words.TROUBLES, session.troubles)):
            self.buttons[words].setVisible(count > 0)
            self.buttons[words].setText(tr(words).format(count=count))
            self.buttons[words].setAccessibleName(self.buttons[words].text())
        group = self.groups.current()
        for words in (Words.RETRY, Words.GIVE_UP):
            self.buttons[words].setVisible(group is not None and group.state == TROUBLE)

    @Slot(object)
    def _page_chosen(self, page: TrayPage | None) -> None:
        if self.session.tray is not None:
            self.preview.show_page(self.session.tray.directory, page)

    @Slot(object)
    def _group_chosen(self, group: TrayGroup) -> None:
        self.view.choose(group.page_ids)
        self._show_state(self.session.groups)
        self._choose_dossier_of(group)
        if group.message:
            self.say(group.message, "warning")

    def _choose_dossier_of(self, group: TrayGroup) -> None:
        """The separator said which dossier and not which paper: the missing ones are offered for its pages."""
        view = self.target.view
        if group.state == UNASSIGNED and group.dossier and (view is None or view.code != group.dossier):
            self._borrowed = group.dossier if view is None else ""
            self.target.choose(group.dossier)

    def _give_back_dossier(self, groups: tuple[TrayGroup, ...]) -> None:
        """All papers of a dossier that a row had chosen are known: the next stack is parted by its separators again."""
        code, target = self._borrowed, self.target.target
        if code and target.dossier == code and not any(_wants_paper(group, code) for group in groups):
            self._borrowed = ""
            self.target.clear()

    @Slot(str)
    def _page_read(self, page_id: str) -> None:
        self._read_now += 1
        self._show()
        self.view.scrollToBottom()
        if self._read_now == 1:
            self.view.choose([page_id])

    @Slot(bool)
    def _busy(self, reading: bool) -> None:
        self.controls.show_reading(reading)
        self._show_state(self.session.groups)

    @Slot(object)
    def _ended(self, error: Exception | None) -> None:
        count = self._read_now
        is_added = isinstance(error, CounterError) and error.kind == "files_left"
        self.controls.show_reading(False, cut=error is not None and not is_added)
        if isinstance(error, CounterError) and is_added:
            self._refused = tr(Words.FILES_LEFT).format(trouble=error.message, count=count)
            self.say(self._refused, "error")
        elif error is None:
            if count:
                self._say_of_run(tr(Words.SCANNED).format(count=count), "success")
            if count and not self.noted and self.controls.feeder.isEnabled() and self.controls.feeder.isChecked():
                self.target.offer_next()
        elif isinstance(error, CounterError) and error.kind == "stopped":
            self.say(tr(Words.STOPPED).format(count=count), "info")
        elif isinstance(error, CounterError):
            kept = tr(Words.TROUBLE if count else Words.TROUBLE_BEFORE)
            self.say(kept.format(trouble=error.message, count=count), "error")
        else:
            self.context.show_error(error)

    @Slot()
    def _looked(self) -> None:
        """Everything of the run has been looked at: how much of it was blank."""
        blank = sum(page.is_blank and page.is_dropped for page in self.session.run)
        if blank:
            words = tr(Words.SCANNED_BLANK).format(count=len(self.session.run), blank=blank)
            self._say_of_run(words, "info" if blank < len(self.session.run) else "warning")

    def _say_of_run(self, words: str, tone: str) -> None:
        """What came of a run, how much of it is below what is asked for, and above all what was left out."""
        unfit = sum(is_unfit(page) and not page.is_dropped for page in self.session.run)
        parts = (self._refused, words, unfit_words(unfit) if unfit else "")
        self.say(" ".join(filter(None, parts)), "error" if self._refused else "warning" if unfit else tone)

    @Slot(object)
    def _sent(self, queued: Queued) -> None:
        self.say(*sent_words(queued, self.session.groups))

    @Slot(int, int)
    def _taken_up(self, loose: int, troubles: int) -> None:
        self.view.choose([page.id for page in self.session.loose[:1]])
        parts = ((Words.TAKEN_UP, loose), (Words.TAKEN_TROUBLES, troubles))
        words = " ".join(tr(words).format(count=count) for words, count in parts if count)
        self.say(words, "warning" if troubles else "info")

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if not self.session.is_reading and progress.done < progress.pages:
            self.controls.told.say(tr(Words.MAKING).format(done=progress.done, pages=progress.pages))

    @Slot(list)
    def _files_chosen(self, names: list[str]) -> None:
        self.add_files([Path(name) for name in names])

    @Slot()
    def _open_other(self) -> None:
        if self.session.others:
            self.take_up(self.session.others[-1].id)

    @Slot(str)
    def take_up(self, tray: str) -> None:
        """Go on with another tray; says so while the one at hand is busy."""
        if self.session.is_busy:
            self.session.offer(tray)
            self.say(tr(Words.WAIT), "warning")
        else:
            self.session.take_up(tray)

    @Slot()
    def show_jobs(self) -> None:
        """Show the documents of all trays that are on their way or could not be attached."""
        self._jobs = OpenJobsDialog(self.context, self)
        self._jobs.tray_asked.connect(self.take_up)
        self._jobs.finished.connect(self._jobs.deleteLater)
        self._jobs.open()

    def _connect(self) -> None:
        slots = self._slots()
        for words, button in self.buttons.items():
            button.clicked.connect(slots[words])
        session = self.session
        session.changed.connect(self._show)
        session.read.connect(self._page_read)
        session.busy.connect(self._busy)
        session.ended.connect(self._ended)
        session.ended.connect(self.folder_news.run_ended)
        session.busy.connect(self.folder_news.setDisabled)
        self.folder_news.clicked.connect(self.take_folder)
        session.looked.connect(self._looked)
        session.sent.connect(self._sent)
        session.taken_up.connect(self._taken_up)
        session.whole_files.connect(self.whole_files.attach)
        self.controls.scan_asked.connect(self.scan)
        self.controls.stop_asked.connect(self.stop)
        self.controls.files_asked.connect(self.choose_files)
        self.target.assign_asked.connect(self.assign)
        self.target.changed.connect(self._show)
        self.view.move_asked.connect(self.move_pages)
        self.view.files_dropped.connect(self.add_files)
        self.view.current_page.connect(self._page_chosen)
        self.groups.chosen.connect(self._group_chosen)
        self.context.scan_progress.connect(self._progressed)

    def _make_keys(self) -> None:
        for keys, slot, words in (
            ("F5", self.scan, Words.K_SCAN),
            ("Ctrl+Return", self.scan, Words.K_SCAN),
            ("Ctrl+Enter", self.scan, Words.K_SCAN),
            ("Esc", self.stop, Words.K_STOP),
            ("Ctrl+M", self.take_folder, Words.K_FOLDER),
            ("Ctrl+R", self.retry, Words.RETRY),
            *self.controls.ways.keys(),
            ("Ctrl+T", self.give_up, Words.GIVE_UP),
            ("Ctrl+J", self._open_other, Words.OTHERS),
            ("Ctrl+L", self.show_jobs, Words.K_JOBS),
            ("Ctrl+E", self.target.count_pages, Words.K_COUNT),
            ("Ctrl+H", self.target.search.take_focus, Words.K_FIND),
            ("Ctrl+Shift+H", self.target.clear, Words.K_STACK),
            ("Ctrl+B", self.assign, Words.K_ASSIGN),
            ("Ctrl+O", self.choose_files, Words.K_FILES),
            ("Ctrl+V", self.paste, Words.K_PASTE),
            ("Ctrl+G", self.send, Words.K_SEND),
            ("Ctrl+Z", self.undo, Words.K_UNDO),
            ("Ctrl+Down", partial(self.target.step, 1), Words.K_NEXT),
            ("Ctrl+Up", partial(self.target.step, -1), Words.K_BEFORE),
        ):
            made = shortcut(keys, self, tr(words))
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)
        for place, (keys, words) in product((self.view, self.groups), (*EDIT_KEYS, ("Shift+C", Words.AS_READ))):
            made = shortcut(keys, place, tr(words))
            made.setContext(Qt.ShortcutContext.WidgetShortcut)
            made.activated.connect(self._slots()[words])

    def _slots(self) -> dict[str, Any]:
        """What each button does, by its words."""
        return {
            Words.TURN_LEFT: self.turn_left,
            Words.TURN_RIGHT: self.turn_right,
            Words.CROP: self.shape,
            Words.AS_READ: self.leave_as_read,
            Words.NOTE: self.mark_note,
            Words.DROP: self.drop_or_restore,
            Words.SPLIT: self.split,
            Words.JOIN: self.join,
            Words.LOOKED: self.looked,
            Words.UNDO: self.undo,
            Words.OTHERS: self._open_other,
            Words.TROUBLES: self.show_jobs,
            Words.RETRY: self.retry,
            Words.GIVE_UP: self.give_up,
            Words.SEND: self.send,
        }


def _wants_paper(group: TrayGroup, dossier: str) -> bool:
    return group.state == UNASSIGNED and group.dossier == dossier
