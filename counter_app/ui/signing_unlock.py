"""Asking for the password of a certificate or the PIN of a token, once while the program runs; and the light for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import CounterError
from counter_app.rules.names import fold
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.signing_words import Words, certificate_words, tr
from counter_app.ui.theme import set_role, set_tone

if TYPE_CHECKING:
    from counter_app.scanning.signing import CertificateFacts
    from counter_app.services.desk import DeskContext
    from counter_app.services.signing import KeyState

OWNERS = {"person": Words.PERSON, "office": Words.OFFICE}


class UnlockDialog(QDialog):
    """One question. ``desk``: with the settings that name the certificate, saved or not."""

    unlocked = Signal(object)
    """The CertificateFacts."""

    def __init__(self, context: AppContext, desk: DeskContext, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._desk = desk
        self._kind = kind
        place = getattr(desk.settings.signing, kind)
        self.setWindowTitle(tr(OWNERS[kind]))
        self.setModal(True)
        self.setMinimumWidth(480)
        self.thread_ = OwnThread("unlock-key", self)
        self.thread_.done.connect(self._opened)
        self.thread_.failed.connect(self._refused)
        caption = QLabel(tr(Words.PIN if place.module else Words.PASSWORD), self)
        self.secret = QLineEdit(self)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setAccessibleName(caption.text().replace("&", ""))
        caption.setBuddy(self.secret)
        hint = QLabel(tr(Words.PIN_HINT if place.module else Words.PASSWORD_HINT), self)
        hint.setWordWrap(True)
        set_role(hint, "hint")
        where = QLabel(place.file or place.token or place.module, self)
        where.setWordWrap(True)
        self.answer = QLabel(self)
        self.answer.setWordWrap(True)
        set_role(self.answer, "inline")
        self.answer.hide()
        self.cancel_button = QPushButton(tr(Words.CANCEL), self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.open_button = QPushButton(tr(Words.OPEN), self)
        self.open_button.setDefault(True)
        set_role(self.open_button, "primary")
        self.open_button.clicked.connect(self.unlock)
        bar = QHBoxLayout()
        bar.addStretch(1)
        for button in (self.cancel_button, self.open_button):
            button.setAccessibleName(button.text())
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        for part in (where, caption, self.secret, hint, self.answer):
            layout.addWidget(part)
        layout.addLayout(bar)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def unlock(self) -> None:
        """Try what was typed, once."""
        if not self.secret.text() or self.thread_.running:
            return
        self._let(False)
        self._say(tr(Words.UNLOCKING), "info")
        # As typed: what an input method composes belongs to the password.
        self.thread_.begin(partial(_unlock, self._desk, self._kind, self.secret.text()))

    def reject(self) -> None:
        """Not while the token is asked: it would be asked behind the window's back."""
        if not self.thread_.running:
            self.secret.clear()
            super().reject()

    @Slot(object)
    def _opened(self, facts: CertificateFacts) -> None:
        self.secret.clear()
        self._let(True)
        self.context.wake_scans()
        self.context.announce("signing", "scan_jobs")
        clerk = self._desk.settings.clerk
        if self._kind == "person" and fold(facts.name) != fold(clerk):
            self.context.tell(f"{certificate_words(facts)} {tr(Words.OTHER_NAME).format(clerk=clerk)}", "warning")
        else:
            self.context.tell(tr(Words.OPENED).format(name=facts.name), "success")
        self.unlocked.emit(facts)
        self.accept()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._let(True)
        self.secret.clear()
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(error, CounterError):
            self._say(error.message, "error")
        else:
            self.context.show_error(error)

    def _let(self, enabled: bool) -> None:
        for part in (self.secret, self.open_button, self.cancel_button):
            part.setEnabled(enabled)

    def _say(self, words: str, tone: str) -> None:
        self.answer.setText(words)
        set_tone(self.answer, tone)
        self.answer.show()
        layout = self.layout()
        if layout is not None:  # a window does not grow by itself for words that wrap
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))


class SigningLight(QPushButton):
    """On the top bar where a certificate is chosen: whether it is unlocked. Click, or its keys: unlock."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._states: tuple[KeyState, ...] = ()
        self.dialog: UnlockDialog | None = None
        set_role(self, "light")
        self.setToolTip(tr(Words.LIGHT_HINT))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._keys = QShortcut(QKeySequence("Ctrl+Shift+K"), self)
        self._keys.activated.connect(self.open)
        self.clicked.connect(self.open)
        context.changed.connect(self._changed)
        self.refresh()

    @Slot()
    def open(self) -> None:
        """Ask for the first key that is locked; where none is, the settings."""
        for state in self._states:
            if state.is_chosen and state.facts is None:
                if self.dialog is not None:
                    self.dialog.deleteLater()
                self.dialog = UnlockDialog(self._context, self._context.desk, state.kind, self.window())
                self.dialog.open()
                return
        self._context.open_page.emit("settings")

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if changed.kinds & {"signing", "settings"}:
            self.refresh()

    def refresh(self) -> None:
        """Show how it stands; nothing is read for it."""
        signing = self._context.desk.settings.signing
        if not (signing.person.is_chosen or signing.office.is_chosen):
            self._states = ()
            self.hide()
            return
        self._context.executor.submit(partial(_states, self._context.desk), self._show)

    def _show(self, states: tuple[KeyState, ...]) -> None:
        self._states = states
        locked = any(state.is_chosen and state.facts is None for state in states)
        self.setText(tr(Words.LIGHT_LOCKED if locked else Words.LIGHT_READY))
        self.setAccessibleName(self.text())
        set_tone(self, "soon" if locked else "neutral")
        self.setVisible(any(state.is_chosen for state in states))


def _states(desk: DeskContext) -> tuple[KeyState, ...]:
    from counter_app.services.signing import key_states

    return key_states(desk)


def _unlock(desk: DeskContext, kind: str, secret: str) -> CertificateFacts:
    from counter_app.services.signing import unlock

    return unlock(desk, kind, secret)
