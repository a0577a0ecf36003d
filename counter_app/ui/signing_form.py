"""Certificates in the settings: which file or token, tried and unlocked, forgotten; what is signed, who is trusted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from counter_app.errors import CounterError
from counter_app.services.values import OfficeData
from counter_app.settings import CertificateSettings, Settings
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.settings_page_forms import FIELD_WIDTH, SettingsForm
from counter_app.ui.signing_unlock import OWNERS, UnlockDialog
from counter_app.ui.signing_words import Words, certificate_words, tr
from counter_app.ui.theme import set_role, set_tone

if TYPE_CHECKING:
    from counter_app.scanning.signing import CertificateFacts, TokenCertificate
    from counter_app.services.desk import DeskContext
    from counter_app.services.signing import KeyState

LIBRARIES = (".dll", ".so", ".dylib")
WARN_DAYS = 30


class KeyQuestions(QObject):
    """The questions about one certificate, on rows of the form."""

    edited = Signal()
    unlock_asked = Signal(str)
    forgotten = Signal(str)

    def __init__(self, form: SigningForm, kind: str) -> None:
        super().__init__(form)
        self.kind = kind
        self._form = form
        self._files: QFileDialog | None = None
        self._thread = OwnThread("read-token", self)
        self._thread.done.connect(self._take_certificates)
        self._thread.failed.connect(self._not_read)
        self.path = QLineEdit(form)
        self.path.textEdited.connect(self._edited)
        self.choose_button = self._button(Words.CHOOSE, Words.CHOOSE_TITLE, self.choose)
        label = Words.PERSON_FILE if kind == "person" else Words.OFFICE_FILE
        row = self._row(self.path, self.choose_button)
        caption = form.add(label, row, Words.FILE_HINT)
        caption.setBuddy(self.path)
        self.path.setAccessibleName(caption.text().replace("&", ""))
        self.certificates = QComboBox(form)
        self.certificates.setAccessibleName(tr(Words.ON_TOKEN).format(whose=tr(OWNERS[kind])))
        self.certificates.activated.connect(self.edited)
        self.read_button = self._button(Words.READ, Words.READ_TITLE, self.read)
        self._token_row = self._row(self.certificates, self.read_button)
        form.form.addRow("", self._token_row)
        self.unlock_button = self._button(Words.UNLOCK, Words.UNLOCK_TITLE, self._ask_unlock)
        self.forget_button = self._button(Words.FORGET, Words.FORGET_TITLE, self.forget)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for button in (self.unlock_button, self.forget_button):
            bar.addWidget(button)
        bar.addStretch(1)
        form.form.addRow("", bar)
        self.answer = form.answer()

    def load(self, place: CertificateSettings) -> None:
        """Show what is chosen."""
        self.path.setText(place.module or place.file)
        self.certificates.clear()
        self._offer((place.token, place.label))
        self._show_rows()

    def place(self) -> CertificateSettings:
        """What is on the screen: a file, or a token's library by its ending."""
        name = nfc(self.path.text())
        if PurePath(name).suffix.lower() in LIBRARIES:
            token, label = self.certificates.currentData() or ("", "")
            return CertificateSettings(module=name, token=token, label=label)
        return CertificateSettings(file=name)

    def say(self, words: str, tone: str) -> None:
        """What was found, below the questions."""
        self.answer.setText(words)
        set_tone(self.answer, tone)
        self._form.form.setRowVisible(self.answer, bool(words))

    def show_locked(self) -> None:
        """Nothing is known of what is chosen, or nothing is chosen."""
        if self.place().is_chosen:
            self.say(tr(Words.LOCKED), "warning")
        else:
            self.say(tr(Words.NONE_CHOSEN if self.kind == "person" else Words.NO_OFFICE), "info")

    def end(self) -> None:
        """The program ends."""
        self._thread.stop()

    @Slot()
    def choose(self) -> None:
        """Ask for the file."""
        self._files = QFileDialog(self._form, self.choose_button.accessibleName())
        self._files.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._files.setNameFilters([tr(Words.FILES), tr(Words.ALL_FILES)])
        self._files.fileSelected.connect(self.take)
        self._files.open()

    @Slot(str)
    def take(self, name: str) -> None:
        """Put a chosen file in; a token is read at once."""
        self.path.setText(name)
        self._edited()
        if self.place().module:
            self.read()

    @Slot()
    def read(self) -> None:
        """Look which certificates lie on the token; no PIN is needed."""
        commit_preedit()
        module = self.place().module
        if module and not self._thread.running:
            self.read_button.setEnabled(False)
            self.say(tr(Words.READING), "info")
            self._thread.begin(partial(_certificates, module))

    @Slot()
    def forget(self) -> None:
        """Choose none, and forget its password."""
        self.path.clear()
        self._edited()
        self.forgotten.emit(self.kind)

    @Slot()
    def _ask_unlock(self) -> None:
        commit_preedit()
        if self.place().is_chosen:
            self.unlock_asked.emit(self.kind)

    @Slot()
    def _edited(self) -> None:
        self._show_rows()
        self.edited.emit()

    def _show_rows(self) -> None:
        place = self.place()
        self._form.form.setRowVisible(self._token_row, bool(place.module))
        self.unlock_button.setEnabled(place.is_chosen)
        self.forget_button.setEnabled(place.is_chosen)
        self.show_locked()

    def _offer(self, chosen: tuple[str, str]) -> None:
        """What is chosen is among the choices, read from the token or not."""
        if self.certificates.findText(tr(Words.ONLY_ONE)) < 0:
            self.certificates.insertItem(0, tr(Words.ONLY_ONE), ("", ""))
        places = [self.certificates.itemData(number) for number in range(self.certificates.count())]
        if chosen not in places:
            self.certificates.addItem(" · ".join(filter(None, chosen)), chosen)
            places.append(chosen)
        self.certificates.setCurrentIndex(places.index(chosen))

    @Slot(object)
    def _take_certificates(self, found: tuple[TokenCertificate, ...]) -> None:
        self.read_button.setEnabled(True)
        chosen = self.certificates.currentData() or ("", "")
        self.certificates.clear()
        for one in found:
            self.certificates.addItem(f"{one.facts.name} · {one.token}", (one.token, one.label))
        self._offer(chosen)
        self.say(tr(Words.READ_DONE).format(count=len(found)), "success" if found else "warning")

    @Slot(object)
    def _not_read(self, error: Exception) -> None:
        self.read_button.setEnabled(True)
        if isinstance(error, CounterError):
            self.say(error.message, "error")
        else:
            self.say("", "info")
            self._form.context.show_error(error)

    def _button(self, words: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(tr(words), self._form)
        button.setAccessibleName(tr(name).format(whose=tr(OWNERS[self.kind])))
        button.clicked.connect(slot)
        return button

    def _row(self, *parts: QWidget) -> QWidget:
        row = QWidget(self._form)
        row.setMaximumWidth(FIELD_WIDTH)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in parts:
            layout.addWidget(part, 0 if isinstance(part, QPushButton) else 1)
        return row


class SigningForm(SettingsForm):
    """The section signing of the settings."""

    tab = Words.TAB

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.dialog: UnlockDialog | None = None
        self._folders: QFileDialog | None = None
        self.keys = {kind: KeyQuestions(self, kind) for kind in OWNERS}
        for key in self.keys.values():
            key.edited.connect(self.edited)
            key.unlock_asked.connect(self.ask_unlock)
            key.forgotten.connect(self._forget)
        title = QLabel(tr(Words.RULES), self)
        set_role(title, "section")
        self.form.addRow(title)
        self.required = self.tick(Words.REQUIRED)
        self.office_signs = self.tick(Words.OFFICE_SIGNS)
        self._add_trust()
        self.time_stamp = self.line(Words.TIME_STAMP, Words.TIME_STAMP_HINT)
        context.changed.connect(self._changed)

    def answer(self) -> QLabel:
        """A line for what was found."""
        label = QLabel(self)
        label.setWordWrap(True)
        label.setMaximumWidth(FIELD_WIDTH)
        set_role(label, "inline")
        self.form.addRow("", label)
        return label

    def load(self, settings: Settings, office: OfficeData) -> None:
        signing = settings.signing
        for kind, key in self.keys.items():
            key.load(getattr(signing, kind))
        self.required.setChecked(signing.required)
        self.office_signs.setChecked(signing.office_signs_results)
        self.trust.setText(signing.trust_folder)
        self.time_stamp.setText(signing.time_stamp_url)
        self._read_states()

    def changes(self, settings: Settings) -> Settings:
        signing = replace(
            settings.signing,
            person=self.keys["person"].place(),
            office=self.keys["office"].place(),
            required=self.required.isChecked(),
            office_signs_results=self.office_signs.isChecked(),
            trust_folder=nfc(self.trust.text()),
            time_stamp_url=nfc(self.time_stamp.text()),
        )
        return replace(settings, signing=signing)

    def end(self) -> None:
        """The program ends: what is under way is waited for."""
        for key in self.keys.values():
            key.end()

    @Slot(str)
    def ask_unlock(self, kind: str) -> None:
        """Try and unlock what is on the screen, saved or not."""
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = UnlockDialog(self.context, self._desk(), kind, self)
        self.dialog.unlocked.connect(partial(self._unlocked, kind))
        self.dialog.open()

    @Slot()
    def choose_folder(self) -> None:
        """Ask where the roots lie."""
        self._folders = QFileDialog(self, tr(Words.TRUST).replace("&", ""))
        self._folders.setFileMode(QFileDialog.FileMode.Directory)
        self._folders.setOption(QFileDialog.Option.ShowDirsOnly)
        self._folders.fileSelected.connect(self._take_folder)
        self._folders.open()

    def _add_trust(self) -> None:
        self.trust = QLineEdit(self)
        self.trust.textEdited.connect(self.edited)
        self.trust_button = QPushButton(tr(Words.CHOOSE_FOLDER), self)
        self.trust_button.setAccessibleName(self.trust_button.text())
        self.trust_button.clicked.connect(self.choose_folder)
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.trust, 1)
        layout.addWidget(self.trust_button)
        caption = self.add(Words.TRUST, row, Words.TRUST_HINT)
        caption.setBuddy(self.trust)
        self.trust.setAccessibleName(caption.text().replace("&", ""))

    @Slot(str)
    def _take_folder(self, name: str) -> None:
        self.trust.setText(name)
        self.edited.emit()

    def _desk(self) -> DeskContext:
        """The desk as it will be once this is saved."""
        return replace(self.context.desk, settings=self.changes(self.context.desk.settings))

    def _unlocked(self, kind: str, facts: CertificateFacts) -> None:
        self._show_facts(kind, facts)

    @Slot(str)
    def _forget(self, kind: str) -> None:
        self.context.desk.keys.forget(kind)
        self.context.announce("signing")

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "signing" in changed.kinds:
            self._read_states()

    def _read_states(self) -> None:
        self.context.executor.submit(partial(_states, self._desk()), self._show_states)

    def _show_states(self, states: tuple[KeyState, ...]) -> None:
        for state in states:
            if state.facts is not None:
                self._show_facts(state.kind, state.facts)
            else:
                self.keys[state.kind].show_locked()

    def _show_facts(self, kind: str, facts: CertificateFacts) -> None:
        ends_soon = (facts.valid_until - self.context.desk.clock()).days < WARN_DAYS
        words = certificate_words(facts) + (f" {tr(Words.ENDS_SOON)}" if ends_soon else "")
        self.keys[kind].say(words, "warning" if ends_soon else "success")


def _certificates(module: str) -> tuple[TokenCertificate, ...]:
    from counter_app.services.signing import token_certificates

    return token_certificates(module)


def _states(desk: DeskContext) -> tuple[KeyState, ...]:
    from counter_app.services.signing import key_states

    return key_states(desk)
