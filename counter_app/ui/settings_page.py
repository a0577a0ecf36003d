"""All that an office or a desk can set, the print spool, and the import of catalogue and calendar."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from counter_app.errors import CounterError, UserError
from counter_app.portal_secret import store_portal_password
from counter_app.services.calendars import import_calendar
from counter_app.services.catalogue import import_catalogue_file
from counter_app.services.catalogue_import import ImportOutcome
from counter_app.services.desk import DeskContext
from counter_app.services.offices import get_office, save_office
from counter_app.services.values import OfficeData
from counter_app.settings import Settings, check_settings, save_settings
from counter_app.ui.catalogue_fetch import CatalogueFetch
from counter_app.ui.context import AppContext
from counter_app.ui.key_dialog import press_by_enter
from counter_app.ui.page import PAGE_MARGINS, Page, commit_preedit
from counter_app.ui.print_jobs_panel import PrintJobsPanel
from counter_app.ui.print_jobs_panel import Words as JobWords
from counter_app.ui.settings_page_forms import OfficeForm, RulesForm, SettingsForm
from counter_app.ui.settings_page_payment import PaymentForm
from counter_app.ui.settings_page_portal import PortalForm
from counter_app.ui.settings_page_printers import PrintersForm
from counter_app.ui.settings_page_scan import ScanForm
from counter_app.ui.settings_page_wording import WordingForm
from counter_app.ui.signing_form import SigningForm
from counter_app.ui.signing_words import tr as signing_tr
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.wording import WordingChange


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("SettingsPage", "Cài đặt")
    CATALOGUE_TAB = QT_TRANSLATE_NOOP("SettingsPage", "Danh mục")
    CATALOGUE = QT_TRANSLATE_NOOP("SettingsPage", "Danh mục thủ tục hành chính")
    CATALOGUE_HINT = QT_TRANSLATE_NOOP(
        "SettingsPage", "Nạp tệp danh mục (.json). Hồ sơ đã nhận giữ nguyên bản thủ tục lúc tiếp nhận."
    )
    CATALOGUE_BUTTON = QT_TRANSLATE_NOOP("SettingsPage", "Nạp &danh mục thủ tục…")
    FETCH_BUTTON = QT_TRANSLATE_NOOP("SettingsPage", "Lấy danh mục từ &cổng")
    FETCH_HINT = QT_TRANSLATE_NOOP(
        "SettingsPage", "Lấy mọi thủ tục từ cổng dịch vụ công đã cài; có thể mất vài phút, vẫn làm việc bình thường."
    )
    FETCHING = QT_TRANSLATE_NOOP("SettingsPage", "Đang lấy danh mục từ cổng: {count} thủ tục…")
    CALENDAR = QT_TRANSLATE_NOOP("SettingsPage", "Lịch làm việc")
    CALENDAR_HINT = QT_TRANSLATE_NOOP(
        "SettingsPage", "Nạp tệp ngày nghỉ, ngày làm bù, giờ làm việc (.json). Ngày hẹn đã in không thay đổi."
    )
    CALENDAR_BUTTON = QT_TRANSLATE_NOOP("SettingsPage", "Nạp &lịch làm việc…")
    JSON_FILES = QT_TRANSLATE_NOOP("SettingsPage", "Tệp JSON (*.json)")
    IMPORTED = QT_TRANSLATE_NOOP(
        "SettingsPage", "Đã nạp danh mục: thêm {added}, thay đổi {changed}, giữ nguyên {unchanged} thủ tục."
    )
    CALENDAR_DONE = QT_TRANSLATE_NOOP("SettingsPage", "Đã nạp lịch làm việc cho năm {years}.")
    CALENDAR_HOURS = QT_TRANSLATE_NOOP("SettingsPage", "Đã nạp giờ làm việc.")
    SAVE = QT_TRANSLATE_NOOP("SettingsPage", "Lưu (Ctrl+S)")
    UNDO = QT_TRANSLATE_NOOP("SettingsPage", "Bỏ thay đổi")
    UNSAVED = QT_TRANSLATE_NOOP("SettingsPage", "Có thay đổi chưa lưu")
    SAVED = QT_TRANSLATE_NOOP("SettingsPage", "Đã lưu cài đặt.")


class SettingsPage(Page):
    """Tabs of forms with one button to save them all."""

    name: ClassVar[str] = "settings"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "Ctrl+,"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._files: QFileDialog | None = None
        self.import_buttons: dict[str, QPushButton] = {}
        self.fetch = CatalogueFetch(self)
        self.fetch.progressed.connect(self._fetching)
        self.fetch.done.connect(self._fetched)
        self.fetch.failed.connect(self._not_fetched)
        self._loaded = False
        self.tabs = QTabWidget(self)  # before its forms: Tab leads from its bar into them
        self.office_form = OfficeForm(self)
        self.portal_form = PortalForm(context, self)
        self.printers_form = PrintersForm(context, self)
        self.scan_form = ScanForm(context, self)
        self.signing_form = SigningForm(context, self)
        self.rules_form = RulesForm(self)
        self.payment_form = PaymentForm(self)
        self.wording_form = WordingForm(context, self)
        self.jobs = PrintJobsPanel(context, self)
        self.forms: tuple[SettingsForm, ...] = (
            self.office_form,
            self.portal_form,
            self.printers_form,
            self.scan_form,
            self.signing_form,
            self.rules_form,
            self.payment_form,
        )
        self._build_tabs()
        self._build_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self.bar)
        for form in self.forms:
            form.edited.connect(self._edited)
            form.edited.connect(self._show_office)
        self.wording_form.edited.connect(self._edited)
        self.wording_form.office_edited.connect(self._office_edited)
        self._set_dirty(False)

    def activated(self) -> None:
        if not self.dirty:
            self.load()
        if self.tabs.currentWidget() is self.jobs:
            self.jobs.refresh()
        self.tabs.tabBar().setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        self.fetch.stop()
        self.portal_form.trial.stop()
        self.printers_form.asking.stop()
        self.scan_form.end()
        self.signing_form.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Here alone of all pages: elsewhere the Enter of a barcode scanner would press what has the focus by chance.
        if not press_by_enter(self.focusWidget(), event):
            super().keyPressEvent(event)

    def show_jobs(self) -> None:
        """Bring the print spool to the front."""
        self.tabs.setCurrentWidget(self.jobs)

    @Slot()
    def load(self) -> None:
        """Show what is in force."""
        self.context.executor.submit(partial(get_office, self.context.desk), self._show)

    @Slot()
    def save(self) -> None:
        """Keep all forms: settings, office, password."""
        commit_preedit()
        if not self._loaded:
            return
        settings = self.context.desk.settings
        for form in self.forms:
            settings = form.changes(settings)
        self.save_button.setEnabled(False)
        work = partial(
            _save,
            self.context.desk,
            settings,
            self.office_form.office(),
            self.portal_form.password.text(),
            self.wording_form.change(),
        )
        self.context.executor.submit(work, self._saved, self._not_saved)

    def _build_tabs(self) -> None:
        self.tabs.tabBar().setAccessibleName(_tr(Words.TITLE))
        self.tabs.addTab(self.office_form, translate("SettingsForms", OfficeForm.tab))
        self.tabs.addTab(self.portal_form, translate("SettingsPortal", PortalForm.tab))
        self.tabs.addTab(self.printers_form, translate("SettingsPrinters", PrintersForm.tab))
        self.tabs.addTab(self.jobs, translate("PrintJobs", JobWords.TAB))
        self.tabs.addTab(self.scan_form, translate("SettingsForms", ScanForm.tab))
        self.tabs.addTab(self.signing_form, signing_tr(SigningForm.tab))
        self.tabs.addTab(self.rules_form, translate("SettingsForms", RulesForm.tab))
        self.tabs.addTab(self.payment_form, translate("SettingsForms", PaymentForm.tab))
        self.tabs.addTab(self.wording_form, translate("SettingsWording", WordingForm.tab))
        self.tabs.addTab(self._catalogue_tab(), _tr(Words.CATALOGUE_TAB))
        self.tabs.currentChanged.connect(self._tab_changed)

    def _build_bar(self) -> None:
        self.state = QLabel(self)
        set_role(self.state, "inline")
        self.save_button = QPushButton(_tr(Words.SAVE), self)
        self.save_button.setShortcut("Ctrl+S")
        set_role(self.save_button, "primary")
        self.undo_button = QPushButton(_tr(Words.UNDO), self)
        for button in (self.save_button, self.undo_button):
            button.setAccessibleName(button.text())
        self.save_button.clicked.connect(self.save)
        self.undo_button.clicked.connect(self.load)
        self.bar = QHBoxLayout()
        self.bar.addWidget(self.state)
        self.bar.addStretch(1)
        self.bar.addWidget(self.undo_button)
        self.bar.addWidget(self.save_button)

    def _catalogue_tab(self) -> QWidget:
        panel = QWidget(self)
        column = QVBoxLayout(panel)
        column.setContentsMargins(20, 16, 20, 16)
        for heading, hint, button_words, slot in (
            (Words.CATALOGUE, Words.CATALOGUE_HINT, Words.CATALOGUE_BUTTON, self.choose_catalogue),
            ("", Words.FETCH_HINT, Words.FETCH_BUTTON, self.fetch_catalogue),
            (Words.CALENDAR, Words.CALENDAR_HINT, Words.CALENDAR_BUTTON, self.choose_calendar),
        ):
            title = QLabel(_tr(heading), panel)
            title.setVisible(bool(heading))
            set_role(title, "section")
            note = QLabel(_tr(hint), panel)
            note.setWordWrap(True)
            set_role(note, "hint")
            button = QPushButton(_tr(button_words), panel)
            button.setAccessibleName(button.text().replace("&", ""))
            button.clicked.connect(slot)
            self.import_buttons[button_words] = button
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            column.addWidget(title)
            column.addWidget(note)
            column.addLayout(row)
            column.addSpacing(18)
        self.outcome = QLabel(panel)
        self.outcome.setWordWrap(True)
        set_role(self.outcome, "inline")
        self.outcome.hide()
        column.addWidget(self.outcome)
        column.addStretch(1)
        return panel

    def _show(self, office: OfficeData) -> None:
        for form in self.forms:
            form.load(self.context.desk.settings, office)
        self.wording_form.load(self.context.desk.settings, office)
        self._loaded = True
        self._set_dirty(False)

    @Slot()
    def _edited(self) -> None:
        if self._loaded:
            self._set_dirty(True)

    @Slot()
    def _show_office(self) -> None:
        if self._loaded:
            self.wording_form.show_office(self.office_form.office())

    @Slot(str, str)
    def _office_edited(self, name: str, words: str) -> None:
        """The letterhead is edited where its paper is seen, too."""
        self.office_form.fields[name].setText(words)
        self._edited()

    def _set_dirty(self, dirty: bool) -> None:
        self.dirty = dirty
        self.save_button.setEnabled(dirty)
        self.undo_button.setEnabled(dirty)
        self.state.setText(_tr(Words.UNSAVED))
        set_tone(self.state, "warning")
        self.state.setVisible(dirty)

    def _saved(self, settings: Settings) -> None:
        self.context.desk = replace(self.context.desk, settings=settings)
        self.portal_form.password.clear()
        self._set_dirty(False)
        self.wording_form.load(settings, self.office_form.office())
        self.context.announce("settings", "office")
        self.context.tell(_tr(Words.SAVED), "success")

    def _not_saved(self, error: Exception) -> None:
        self._set_dirty(True)
        if isinstance(error, UserError):
            self.state.setText(error.message)
            set_tone(self.state, "error")
        else:
            self.context.show_error(error)

    @Slot(int)
    def _tab_changed(self, _index: int) -> None:
        if self.tabs.currentWidget() is self.jobs:
            self.jobs.refresh()

    @Slot()
    def choose_catalogue(self) -> None:
        """Ask for the catalogue's file."""
        self._choose(Words.CATALOGUE).fileSelected.connect(self.import_catalogue)

    @Slot()
    def choose_calendar(self) -> None:
        """Ask for the calendar's file."""
        self._choose(Words.CALENDAR).fileSelected.connect(self.import_calendar)

    def _choose(self, words: str) -> QFileDialog:
        self._files = QFileDialog(self, _tr(words))
        self._files.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._files.setNameFilter(_tr(Words.JSON_FILES))
        self._files.open()
        return self._files

    @Slot(str)
    def import_catalogue(self, name: str) -> None:
        """Take in a catalogue file."""
        work = partial(import_catalogue_file, self.context.desk, Path(name))
        self.context.executor.submit(work, self._catalogue_done, self._not_imported)

    @Slot()
    def fetch_catalogue(self) -> None:
        """Take in the portal's catalogue, in the background."""
        self.import_buttons[Words.FETCH_BUTTON].setEnabled(False)
        self._fetching(0)
        self.fetch.start(self.context.desk)

    @Slot(int)
    def _fetching(self, count: int) -> None:
        self._tell(_tr(Words.FETCHING).format(count=count), "info")

    @Slot(object)
    def _fetched(self, outcome: ImportOutcome) -> None:
        self.import_buttons[Words.FETCH_BUTTON].setEnabled(True)
        self._catalogue_done(outcome)

    @Slot(object)
    def _not_fetched(self, error: Exception) -> None:
        self.import_buttons[Words.FETCH_BUTTON].setEnabled(True)
        if isinstance(error, CounterError):
            self._tell(error.message, "error")
        else:
            self.outcome.hide()
            self.context.show_error(error)

    @Slot(str)
    def import_calendar(self, name: str) -> None:
        """Take in a calendar file."""
        work = partial(import_calendar, self.context.desk, Path(name))
        self.context.executor.submit(work, self._calendar_done, self._not_imported)

    def _catalogue_done(self, outcome: ImportOutcome) -> None:
        words = _tr(Words.IMPORTED).format(added=outcome.added, changed=outcome.changed, unchanged=outcome.unchanged)
        self._tell("\n".join((words, *outcome.warnings)), "warning" if outcome.warnings else "success")
        self.context.announce("catalogue")

    def _calendar_done(self, years: tuple[int, ...]) -> None:
        shown = ", ".join(str(year) for year in years)
        self._tell(_tr(Words.CALENDAR_DONE).format(years=shown) if years else _tr(Words.CALENDAR_HOURS), "success")
        self.context.announce("calendar")

    def _not_imported(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._tell(error.message, "error")
        else:
            self.context.show_error(error)

    def _tell(self, text: str, tone: str) -> None:
        self.outcome.setText(text)
        set_tone(self.outcome, tone)
        self.outcome.show()


def _save(
    desk: DeskContext, settings: Settings, office: OfficeData, password: str, change: WordingChange | None
) -> Settings:
    """What can be refused comes first, so that a refusal leaves everything as it was."""
    check_settings(settings)
    if change is not None:
        from counter_app.services.wording import check_wording, save_wording

        check_wording(desk, change)
    if settings.portal.ca_bundle not in ("", desk.settings.portal.ca_bundle):
        from counter_app.services.portal_check import read_ca_bundle

        read_ca_bundle(Path(settings.portal.ca_bundle), desk.clock())
    if settings.scan.folder not in ("", desk.settings.scan.folder):
        from counter_app.scanning.trial import check_folder

        check_folder(Path(settings.scan.folder), desk.directory)
    if password:
        store_portal_password(settings, password)
    save_office(desk, office)
    save_settings(desk.directory, settings)
    if change is not None:
        save_wording(desk, change)
    return settings


def _tr(text: str) -> str:
    return translate("SettingsPage", text)
