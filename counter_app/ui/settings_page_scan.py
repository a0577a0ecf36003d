"""Where pages come from: what is found, network scanners by their address, a copier's folder, cameras."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from counter_app.errors import CounterError
from counter_app.scan_settings import NetworkScanner, ScanSettings
from counter_app.services.values import OfficeData
from counter_app.settings import Settings
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.scan_controls import SourceFinder
from counter_app.ui.settings_page_scan_page import PageTrialDialog
from counter_app.ui.settings_page_scan_parts import ScanFormParts
from counter_app.ui.settings_page_scan_table import tr
from counter_app.ui.settings_page_scan_trust import TrustDialog
from counter_app.ui.settings_page_scan_words import Words

if TYPE_CHECKING:
    from counter_app.scanning.model import ScanSource, SourceInfo
    from counter_app.scanning.trial import FoundScanner


class ScanForm(ScanFormParts):
    """The section scan of the settings; everything that is added is tried first."""

    tab = Words.TAB

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._files: QFileDialog | None = None
        self._page: PageTrialDialog | None = None
        self._trust: TrustDialog | None = None
        self._network: tuple[NetworkScanner, ...] = ()
        self._found: tuple[SourceInfo, ...] = ()
        self._tried: NetworkScanner | None = None
        self._looked_for: ScanSettings | None = None
        self._is_looking = False
        self._is_loaded = False
        self.finder = SourceFinder(self)
        self.finder.done.connect(self._sources_found)
        self.finder.failed.connect(self._not_found)
        self.trial = OwnThread("scanner-trial", self)
        self.trial.done.connect(self._scanner_found)
        self.trial.failed.connect(self._scanner_refused)
        self._checked = ""
        self.folder_trial = OwnThread("folder-trial", self)
        self.folder_trial.done.connect(self._folder_checked)
        self.folder_trial.failed.connect(self._folder_refused)
        context.changed.connect(self._announced)
        self._connect()

    def load(self, settings: Settings, office: OfficeData) -> None:
        scan = settings.scan
        self.folder.setText(scan.folder)
        self.cameras.setValue(scan.cameras)
        self.discover.setChecked(scan.discover)
        self.despeckle.setChecked(settings.pages.despeckle)
        self._network = scan.network
        self._checked = scan.folder
        for label in (self.state_words, self.add_words, self.folder_words):
            self.say(label, "", "info")
        self._is_loaded = True
        self._look_once()

    def changes(self, settings: Settings) -> Settings:
        scan = replace(
            settings.scan,
            folder=nfc(self.folder.text()),
            cameras=self.cameras.value(),
            discover=self.discover.isChecked(),
            network=self._network,
        )
        return replace(settings, scan=scan, pages=replace(settings.pages, despeckle=self.despeckle.isChecked()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_once()

    def end(self) -> None:
        """The program ends: what is under way is waited for."""
        self.finder.stop()
        self.trial.stop()
        if self._page is not None:
            self._page.end()

    @Slot()
    def look(self) -> None:
        """Look for sources with what is on the screen, saved or not."""
        commit_preedit()
        if self._is_looking:
            return
        self._is_looking = True
        self._looked_for = self._scan_settings()
        self._show_looking()
        self.say(self.state_words, tr(Words.LOOKING), "info")
        self.finder.look(replace(self.context.desk, settings=self.changes(self.context.desk.settings)))

    @Slot()
    def add_scanner(self) -> None:
        """Ask the scanner at the address that was entered, and keep it if it answers."""
        commit_preedit()
        if self.add_button.isEnabled():
            self._try(NetworkScanner(nfc(self.address.text()), nfc(self.scanner_name.text())))

    @Slot()
    def trust(self) -> None:
        """Have the certificate of the chosen scanner compared."""
        source = self.table.chosen()
        if source is None or source.trouble is None or not self.add_button.isEnabled():
            return
        if source.trouble.kind == "untrusted":
            entry = self._entry(source.id) or NetworkScanner(source.id.partition(":")[2])
            self._ask_trust(entry, str(source.trouble.details["fingerprint"]))

    @Slot()
    def remove(self) -> None:
        """Forget the chosen network scanner; one that announces itself is found again."""
        source = self.table.chosen()
        entry = None if source is None else self._entry(source.id)
        if source is None or entry is None:
            return
        self._network = tuple(one for one in self._network if one != entry)
        self._change_rows(tuple(one for one in self._found if one.id != source.id))
        self.edited.emit()
        self.say(self.state_words, tr(Words.REMOVED).format(name=source.name), "info")

    @Slot()
    def test_page(self) -> None:
        """Scan one page from the chosen source and show it."""
        source = self.table.chosen()
        if source is None or not self.test_button.isEnabled():
            return
        if self._page is not None:
            self._page.deleteLater()
        self._page = PageTrialDialog(self.context, source, partial(_open, source.id, self._scan_settings()), self)
        self._page.open()

    @Slot()
    def choose_folder(self) -> None:
        """Ask for the folder into which a copier scans."""
        self._files = QFileDialog(self, tr(Words.FOLDER).replace("&", ""))
        self._files.setFileMode(QFileDialog.FileMode.Directory)
        self._files.setOption(QFileDialog.Option.ShowDirsOnly)
        self._files.fileSelected.connect(self.take_folder)
        self._files.open()

    @Slot(str)
    def take_folder(self, name: str) -> None:
        """Put a chosen folder in and say whether it can be used."""
        self.folder.setText(name)
        self.edited.emit()
        self.check_folder()

    @Slot()
    def check_folder(self) -> None:
        """Say whether another folder can be used and what lies in it; one of a network may be long in answering."""
        name = nfc(self.folder.text())
        if name == self._checked or self.folder_trial.running:
            return
        self._checked = name
        self.say(self.folder_words, "", "info")
        if name:
            self.folder_trial.begin(partial(_check_folder, Path(name), self.context.desk.directory))

    def _connect(self) -> None:
        for button, slot in (
            (self.again_button, self.look),
            (self.test_button, self.test_page),
            (self.trust_button, self.trust),
            (self.remove_button, self.remove),
            (self.add_button, self.add_scanner),
            (self.choose_button, self.choose_folder),
        ):
            button.clicked.connect(slot)
        self.table.currentCellChanged.connect(self._source_chosen)
        self.address.returnPressed.connect(self.add_scanner)
        self.scanner_name.returnPressed.connect(self.add_scanner)
        self.folder.editingFinished.connect(self.check_folder)
        self._show_looking()

    def _scan_settings(self) -> ScanSettings:
        return self.changes(self.context.desk.settings).scan

    def _look_once(self) -> None:
        """When the form is first seen, and when what was looked for is no more what is set."""
        if self._is_loaded and self.isVisible() and self._looked_for != self._scan_settings():
            self.look()

    @Slot(object)
    def _announced(self, changed: Changed) -> None:
        if "settings" in changed.kinds:
            self._look_once()

    @Slot(object)
    def _sources_found(self, sources: tuple[SourceInfo, ...]) -> None:
        self._is_looking = False
        self._show_rows(sources)
        silent = sum(one.trouble is not None for one in sources)
        words = tr(Words.COUNT).format(count=len(sources), silent=silent) if sources else tr(Words.NONE)
        self.say(self.state_words, words, "success" if sources and not silent else "warning")
        self._look_once()  # for what was added meanwhile

    @Slot(object)
    def _not_found(self, error: Exception) -> None:
        self._is_looking = False
        self._show_looking()
        self.say(self.state_words, "", "info")
        self.context.show_error(error)

    def _change_rows(self, sources: tuple[SourceInfo, ...], wanted: str = "") -> None:
        """Show what has been edited; it is looked for anew once it has been saved or taken back."""
        self._looked_for = None
        self._show_rows(sources, wanted)

    def _show_rows(self, sources: tuple[SourceInfo, ...], wanted: str = "") -> None:
        self._found = sources
        self.table.show_sources(sources, wanted)
        self._show_looking()

    def _show_looking(self) -> None:
        self.progress.setVisible(self._is_looking)
        self.again_button.setEnabled(not self._is_looking)
        self._source_chosen()

    @Slot()
    def _source_chosen(self) -> None:
        """What can be done with the chosen source; what is wrong with it is said."""
        source = self.table.chosen()
        trouble = None if source is None else source.trouble
        is_untrusted = trouble is not None and trouble.kind == "untrusted"
        is_folder = source is not None and source.kind == "folder"
        self.test_button.setEnabled(source is not None and not (is_folder or is_untrusted or self._is_looking))
        self.test_button.setToolTip(tr(Words.TEST_FOLDER) if is_folder else "")
        self.trust_button.setEnabled(is_untrusted and not self._is_looking)
        entry = None if source is None else self._entry(source.id)
        self.remove_button.setEnabled(entry is not None and not self._is_looking)
        is_told = trouble is not None and not is_untrusted
        self.say(self.trouble_words, trouble.message if trouble is not None and is_told else "", "warning")

    def _entry(self, source_id: str) -> NetworkScanner | None:
        """What the settings have of a source that was found."""
        if not source_id.startswith("escl:"):
            return None
        from counter_app.scanning.escl_device import root_address  # there already, the scanner has been asked

        return next((one for one in self._network if f"escl:{root_address(one.address)}" == source_id), None)

    def _try(self, scanner: NetworkScanner) -> None:
        self._tried = scanner
        self.add_button.setEnabled(False)
        self.say(self.add_words, tr(Words.ASKING).format(address=scanner.address), "info")
        self.trial.begin(partial(_find, scanner))

    @Slot(object)
    def _scanner_found(self, found: FoundScanner) -> None:
        self.add_button.setEnabled(True)
        assert self._tried is not None
        kept = replace(self._tried, address=found.address)
        before = self._entry(found.info.id)
        self._network = (*(one for one in self._network if one != before), kept)
        others = tuple(one for one in self._found if one.id != found.info.id)
        self._change_rows((*others, found.info), found.info.id)
        for field in (self.address, self.scanner_name):
            field.clear()
        self.edited.emit()
        words = tr(Words.ADDED).format(
            name=found.info.name,
            feeder=tr(Words.HAS_FEEDER if found.info.has_feeder else Words.NO_FEEDER),
            duplex=tr(Words.HAS_DUPLEX if found.info.has_duplex else Words.NO_DUPLEX),
        )
        self.say(self.add_words, words, "success")

    @Slot(object)
    def _scanner_refused(self, error: Exception) -> None:
        self.add_button.setEnabled(True)
        if not isinstance(error, CounterError):
            self.say(self.add_words, "", "info")
            self.context.show_error(error)
        elif error.kind == "untrusted" and self._tried is not None:
            scanner = replace(self._tried, address=str(error.details["address"]))
            self._ask_trust(scanner, str(error.details["fingerprint"]))
        else:
            self.say(self.add_words, error.message, "error")

    def _ask_trust(self, scanner: NetworkScanner, fingerprint: str) -> None:
        known = self._entry(f"escl:{scanner.address}")
        trusted = scanner.fingerprint or (known.fingerprint if known is not None else "")
        self._tried = scanner
        self._trust = TrustDialog(scanner.address, fingerprint, trusted, self)
        self._trust.accepted.connect(self._trusted)
        self._trust.rejected.connect(self._not_trusted)
        self._trust.open()

    @Slot()
    def _trusted(self) -> None:
        assert self._tried is not None
        assert self._trust is not None
        self._try(replace(self._tried, fingerprint=self._trust.fingerprint))

    @Slot()
    def _not_trusted(self) -> None:
        self.say(self.add_words, tr(Words.NOT_TRUSTED), "warning")

    @Slot(object)
    def _folder_checked(self, count: int) -> None:
        words = tr(Words.FOLDER_FULL).format(count=count) if count else tr(Words.FOLDER_GOOD)
        self.say(self.folder_words, words, "warning" if count else "success")
        self.check_folder()  # it may be another one by now

    @Slot(object)
    def _folder_refused(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self.say(self.folder_words, error.message, "error")
        else:
            self.context.show_error(error)
        self.check_folder()


def _open(source_id: str, settings: ScanSettings) -> ScanSource:
    from counter_app.scanning.sources import open_source

    return open_source(source_id, settings)


def _find(scanner: NetworkScanner) -> FoundScanner:
    from counter_app.scanning.trial import find_scanner

    return find_scanner(scanner.address, scanner.name, scanner.fingerprint)


def _check_folder(folder: Path, ours: Path) -> int:
    from counter_app.scanning.trial import check_folder

    return check_folder(folder, ours)
