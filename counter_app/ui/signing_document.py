"""The signatures of a document where it is looked at, and the office's own put to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QLabel, QWidget

from counter_app.errors import CounterError, KnownError
from counter_app.services.attach import Attached
from counter_app.services.values import DocumentView
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.dossier_page_paper import DocumentDialog
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.signing_unlock import UnlockDialog
from counter_app.ui.signing_words import Words, signature_state, tr
from counter_app.ui.theme import set_role, set_tone

if TYPE_CHECKING:
    from counter_app.scanning.signing import SignatureView
    from counter_app.services.desk import DeskContext
    from counter_app.services.signing import KeyState


class SignatureBook(QObject):
    """What is known of the signatures of documents, by digest; each is checked once, one after the other."""

    found = Signal()
    failed = Signal(object)
    """The KnownError of a check that could not be made."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: dict[str, tuple[SignatureView, ...]] = {}
        self._waiting: list[str] = []
        self._thread = OwnThread("signatures", self)
        self._thread.done.connect(self._take)
        self._thread.failed.connect(self._not_checked)
        context.changed.connect(self._changed)

    def of(self, sha256: str) -> tuple[SignatureView, ...]:
        """The signatures of a document, none as long as they are not known."""
        return self._known.get(sha256, ())

    def ask(self, digests: Iterable[str]) -> None:
        """These are looked at now: ``found`` tells when all are known."""
        self._waiting = [one for one in dict.fromkeys(digests) if one not in self._known]
        if self._waiting and not self._thread.running:
            self._begin()

    def end(self) -> None:
        """The program ends."""
        self._waiting = []
        self._thread.stop()

    def _begin(self) -> None:
        self._thread.begin(partial(_signatures, self._context.desk, tuple(self._waiting), self._thread.told_to_end))

    @Slot(object)
    def _take(self, found: dict[str, tuple[SignatureView, ...]]) -> None:
        self._known |= found
        self._waiting = [one for one in self._waiting if one not in self._known]
        self.found.emit()
        if self._waiting:
            self._begin()

    @Slot(object)
    def _not_checked(self, error: Exception) -> None:
        self._waiting = []
        if isinstance(error, KnownError):
            self.failed.emit(error)
        else:
            self._context.show_error(error)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "settings" in changed.kinds:
            self._known = {}  # other roots may be trusted now


class SignaturesDialog(DocumentDialog):
    """A document with its signatures above it."""

    def __init__(
        self, context: AppContext, name: str, sha256: str, book: SignatureBook, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, name, sha256, parent)
        self._sha256 = sha256
        self._book = book
        self.signatures = QLabel(self)
        self.signatures.setWordWrap(True)
        set_role(self.signatures, "inline")
        self.signatures.hide()
        self.column.insertWidget(1, self.signatures)
        book.found.connect(self._show_signatures)
        book.failed.connect(self._broken)
        self._show_signatures()
        book.ask([sha256])

    @Slot()
    def _show_signatures(self) -> None:
        views = self._book.of(self._sha256)
        self.signatures.setText("\n".join(view.words for view in views))
        set_tone(self.signatures, signature_state(views)[1] or "info")
        self.signatures.setVisible(bool(views))


class SignedDocumentDialog(SignaturesDialog):
    """A document of a dossier and, where the office has one, its key to sign it."""

    def __init__(
        self,
        context: AppContext,
        code: str,
        document: DocumentView,
        book: SignatureBook,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, document.file_name, document.sha256, book, parent)
        self._code = code
        self._document = document
        self._unlock: UnlockDialog | None = None
        self._is_sure = False
        self._thread = OwnThread("sign-document", self)
        self._thread.done.connect(self._signed)
        self._thread.failed.connect(self._not_signed)
        words = Words.SIGN_RESULT if document.result_code else Words.SIGN_COPY
        self.sign_button = self.add_button(words)
        self.sign_button.setText(tr(words))
        self.sign_button.setVisible(context.desk.settings.signing.office.is_chosen)
        self.sign_button.clicked.connect(self.sign)

    def reject(self) -> None:
        """Not while the key signs."""
        if not self._thread.running:
            super().reject()

    @Slot()
    def sign(self) -> None:
        """First asked for its key, then whether it is meant, then signed."""
        self.sign_button.setEnabled(False)
        self.context.executor.submit(partial(_office_key, self.context.desk), self._go_on, self._not_signed)

    def _go_on(self, key: KeyState) -> None:
        self.sign_button.setEnabled(True)
        if key.facts is None:
            if self._unlock is not None:
                self._unlock.deleteLater()
            self._unlock = UnlockDialog(self.context, self.context.desk, key.kind, self)
            self._unlock.unlocked.connect(self.sign)
            self._unlock.open()
        elif not self._is_sure:
            self._is_sure = True
            words = Words.SURE_RESULT if self._document.result_code else Words.SURE_COPY
            self.say(tr(words).format(name=key.facts.name), "warning")
            self.sign_button.setText(tr(Words.SIGN_SURE))
            self.sign_button.setAccessibleName(self.sign_button.text().replace("&", ""))
        else:
            self._let(False)
            self.say(tr(Words.SIGNING), "info")
            self._thread.begin(partial(_sign, self.context.desk, self._code, self._document))

    @Slot(object)
    def _signed(self, done: Attached) -> None:
        self._let(True)
        self.context.announce("dossier", "outbox", dossiers=(done.code,))
        self.context.wake_sync()
        names = ", ".join(document.file_name for document in done.documents)
        words = " ".join((tr(Words.SIGNED).format(name=names, code=done.code), *done.warnings))
        self.context.tell(words, "warning" if done.warnings else "success")
        self.accept()

    @Slot(object)
    def _not_signed(self, error: Exception) -> None:
        self._let(True)
        if isinstance(error, CounterError):
            self.say(error.message, "error")
        else:
            self.context.show_error(error)
        self.context.announce("signing")

    def _let(self, enabled: bool) -> None:
        for part in (self.sign_button, self.close_button):
            part.setEnabled(enabled)


def _signatures(
    desk: DeskContext, digests: tuple[str, ...], stop: Callable[[], bool]
) -> dict[str, tuple[SignatureView, ...]]:
    from counter_app.services.signatures import signatures_of

    return signatures_of(desk, digests, stop)


def _office_key(desk: DeskContext) -> KeyState:
    from counter_app.services.signatures import OFFICE
    from counter_app.services.signing import key_states

    return next(state for state in key_states(desk) if state.kind == OFFICE)


def _sign(desk: DeskContext, code: str, document: DocumentView) -> Attached:
    from counter_app.services.signatures import COPY, RESULT, sign_document

    return sign_document(desk, code, document.id, RESULT if document.result_code else COPY)
