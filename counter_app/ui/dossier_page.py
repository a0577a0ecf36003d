"""One dossier: everything known of it, and the steps that can be taken next."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.attach import Attached, attach
from counter_app.services.fees import DossierFees, fees_of
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.reading import show
from counter_app.services.values import DocumentView, DossierView
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.correct_dialog import CorrectDialog
from counter_app.ui.dossier_page_dialogs import step_dialog
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.dossier_page_papers import PapersTree
from counter_app.ui.dossier_page_steps import StepBar, offered
from counter_app.ui.dossier_page_text import facts_html, history_html, letter_badge
from counter_app.ui.exemption_dialog import ExemptionDialog, RefundDialog
from counter_app.ui.formatting import due_words, portal_words, status_label, status_tone
from counter_app.ui.issued_papers import IssuedPapersButton
from counter_app.ui.overdue_page_letter import ApologyDialog
from counter_app.ui.page import PAGE_MARGINS, Page
from counter_app.ui.portal_files import FetchButton
from counter_app.ui.scan_button import ScanButton
from counter_app.ui.scan_sheets_button import SheetsButton
from counter_app.ui.signing_document import SignatureBook, SignedDocumentDialog
from counter_app.ui.theme import badge, set_role, set_tone
from counter_app.ui.undo_button import UndoButton
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("DossierPage", "Hồ sơ")
    NONE = QT_TRANSLATE_NOOP("DossierPage", "Chưa chọn hồ sơ. Tìm bằng Ctrl+K, hoặc mở từ Hàng đợi (F3).")
    LOADING = QT_TRANSLATE_NOOP("DossierPage", "Đang mở hồ sơ {code}…")
    RECEIPT = QT_TRANSLATE_NOOP("DossierPage", "Giấy tiếp nhận (Ctrl+P)")
    ATTACH = QT_TRANSLATE_NOOP("DossierPage", "Đính kèm tệp… (Ctrl+T)")
    OPEN = QT_TRANSLATE_NOOP("DossierPage", "Mở bản quét (Enter)")
    CORRECT = QT_TRANSLATE_NOOP("DossierPage", "Sửa thông tin (Ctrl+E)")
    DROP_HINT = QT_TRANSLATE_NOOP("DossierPage", "Kéo thả tệp PDF lên đúng giấy tờ cũng được.")
    NO_TARGET = QT_TRANSLATE_NOOP("DossierPage", "Hãy chọn giấy tờ mà tệp này là bản quét, rồi đính kèm lại.")
    ATTACHED = QT_TRANSLATE_NOOP("DossierPage", "Đã đính kèm {count} tệp vào hồ sơ {code}.")
    CHOOSE = QT_TRANSLATE_NOOP("DossierPage", "Chọn bản quét PDF")
    PDF_FILES = QT_TRANSLATE_NOOP("DossierPage", "Tệp PDF (*.pdf)")
    PAPERS = QT_TRANSLATE_NOOP("DossierPage", "Thành phần hồ sơ và tài liệu")
    FACTS = QT_TRANSLATE_NOOP("DossierPage", "Thông tin hồ sơ")
    HISTORY = QT_TRANSLATE_NOOP("DossierPage", "Diễn biến, mới nhất ở trên")


class DossierPage(Page):
    """A dossier by its code; reads it again whenever somebody changes it."""

    name: ClassVar[str] = "dossier"
    title: ClassVar[str] = Words.TITLE

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.code = ""
        self.view: DossierView | None = None
        self._dialog: QDialog | None = None
        self._files: QFileDialog | None = None
        self._stale = False
        self._fresh = False
        self._build_head()
        self.steps = StepBar(self)
        self.steps.chosen.connect(self.take_step)
        self._build_body()
        context.changed.connect(self._changed)
        self._show_nothing(_tr(Words.NONE))

    def show_dossier(self, code: str) -> None:
        """Show another dossier."""
        self.code = code
        self.view = None
        self._fresh = True
        self._show_nothing(_tr(Words.LOADING).format(code=code))
        self.reload()

    def activated(self) -> None:
        if self._stale and self.code:
            self.reload()
        if self.view is not None:
            self.steps.take_focus()

    def closing(self) -> None:
        self.fetch_button.closing()
        self.signatures.end()

    @Slot()
    def reload(self) -> None:
        """Read the dossier again."""
        self._stale = False
        self.context.executor.submit(partial(show, self.context.desk, self.code), self._take, self._missing)

    def _build_head(self) -> None:
        self.code_label = QLabel(self)
        set_role(self.code_label, "big")
        self.code_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status_badge = badge("", "neutral")
        self.due_badge = badge("", "neutral")
        self.portal_badge = badge("", "neutral")
        self.letter_badge = badge("", "soon")
        self.receipt = self._head_button(Words.RECEIPT, self.show_receipt)
        self.receipt.setShortcut("Ctrl+P")
        self.others = IssuedPapersButton(self)
        self.others.form_chosen.connect(self.show_paper)
        self.others.earlier_chosen.connect(self.show_earlier)
        self.head = QHBoxLayout()
        self.badges = (self.status_badge, self.due_badge, self.letter_badge, self.portal_badge)
        for widget in (self.code_label, *self.badges):
            self.head.addWidget(widget)
        self.head.addStretch(1)
        self.head.addWidget(self.others)
        self.head.addWidget(self.receipt)

    def _head_button(self, words: str, slot: Any) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(_tr(words))
        button.clicked.connect(slot)
        return button

    def _build_body(self) -> None:
        self.nothing = QLabel(self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.facts = self._text(Words.FACTS)
        self.history = self._text(Words.HISTORY)
        self.correct_button = self._head_button(Words.CORRECT, self.correct)
        self.correct_button.setShortcut("Ctrl+E")
        head = QHBoxLayout()
        head.addWidget(_section(Words.FACTS))
        head.addStretch(1)
        self.undo_button = UndoButton(self.context, self)
        head.addWidget(self.undo_button)
        head.addWidget(self.correct_button)
        self.papers = PapersTree(self)
        self.signatures = SignatureBook(self.context, self)
        self.papers.follow(self.signatures)
        self.papers.document_chosen.connect(self.show_document)
        self.papers.files_dropped.connect(self.attach_files)
        self.papers.currentItemChanged.connect(self._paper_chosen)
        self.attach_button = self._head_button(Words.ATTACH, self.choose_files)
        self.attach_button.setShortcut("Ctrl+T")
        self.open_button = self._head_button(Words.OPEN, self._open_chosen)
        self.open_button.setEnabled(False)
        self.fetch_button = FetchButton(self.context, self)
        self.fetch_button.document_ready.connect(self.show_document)
        self.papers.file_wanted.connect(self.fetch_button.fetch_and_open)
        hint = QLabel(_tr(Words.DROP_HINT), self)
        set_role(hint, "hint")
        hint.setWordWrap(True)
        bar = QHBoxLayout()
        bar.addWidget(hint, 1)
        self.scan_button = ScanButton(self.context, lambda: (self.code, *self.papers.target()), self)
        for button in (self.fetch_button, self.open_button, self.attach_button, self.scan_button):
            bar.addWidget(button)
        right = QSplitter(Qt.Orientation.Vertical, self)
        right.setChildrenCollapsible(False)
        papers_head = QHBoxLayout()
        papers_head.addWidget(_section(Words.PAPERS), 1)
        self.sheets_button = SheetsButton.of_dossier(self.context, lambda: (self.code, *self.papers.target()), self)
        papers_head.addWidget(self.sheets_button)
        right.addWidget(_stacked(self, papers_head, self.papers, bar))
        right.addWidget(_stacked(self, _section(Words.HISTORY), self.history))
        right.setSizes([320, 240])
        self.body = QSplitter(Qt.Orientation.Horizontal, self)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(_stacked(self, head, self.facts))
        self.body.addWidget(right)
        self.body.setSizes([400, 760])
        self.steps.setFocusProxy(self.papers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addLayout(self.head)
        layout.addWidget(self.steps)
        layout.addWidget(self.nothing, 1)
        layout.addWidget(self.body, 1)

    def _text(self, words: str) -> QTextBrowser:
        text = QTextBrowser(self)
        text.setAccessibleName(_tr(words))
        text.setTabChangesFocus(True)
        text.setOpenLinks(False)
        return text

    def _show_nothing(self, words: str) -> None:
        self.code_label.setText(self.code)
        for part in (*self.badges, self.receipt, self.others, self.body):
            part.hide()
        self.steps.hide()
        self.nothing.setText(words)
        self.nothing.show()

    def _take(self, view: DossierView) -> None:
        if self.code not in (view.row.code, view.row.portal_code):
            return
        self.code = view.row.code
        self.view = view
        self.nothing.hide()
        self._show_head(view)
        self.steps.show_steps(offered(view), hurry=self._in_hurry(view))
        self.steps.show()
        position = self.history.verticalScrollBar().value()
        self.facts.setHtml(facts_html(view))
        self.history.setHtml(history_html(view.events))
        self.history.verticalScrollBar().setValue(position)
        with QSignalBlocker(self.papers):
            self.papers.show_papers(view)
        self._paper_chosen()
        self.body.show()
        self.fetch_button.show_files(view)
        self.undo_button.show_dossier(view)
        if self._fresh and self.isVisible():
            self._fresh = False
            self.steps.take_focus()

    def _in_hurry(self, view: DossierView) -> bool:
        _, tone = due_words(view.row, self.context.desk.clock())
        return tone in ("late", "soon") and not view.row.apology_count

    def _missing(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._show_nothing(error.message)
        else:
            self.context.show_error(error)

    def _show_head(self, view: DossierView) -> None:
        row = view.row
        self.code_label.setText(row.code)
        due, due_tone = due_words(row, self.context.desk.clock(), self.context.calendar)
        portal, portal_tone = portal_words(row.portal_state)
        for part, text, tone in (
            (self.status_badge, status_label(row.status), status_tone(row.status)),
            (self.due_badge, due, due_tone),
            (self.letter_badge, letter_badge(view), "soon"),
            (self.portal_badge, portal, portal_tone),
        ):
            part.setText(text)
            set_tone(part, tone)
            part.setVisible(bool(text))
        self.receipt.show()
        self.others.show_dossier(view)

    @Slot(object)
    def take_step(self, step: Step) -> None:
        """Ask what the step needs; the window that asks takes it."""
        if self.view is None:
            return
        if step is Step.RETURN:
            self.context.open_return.emit(self.code)
        elif step is Step.APOLOGISE:
            dialog = ApologyDialog(self.context, self.view, self)
            dialog.done_with.connect(partial(self.show_paper, "apology"))
            self._open(dialog)
        elif step in (Step.EXEMPT, Step.REFUND):
            answer = self._ask_exemption if step is Step.EXEMPT else self._ask_refund
            self.context.executor.submit(partial(fees_of, self.context.desk, self.code), answer)
        elif (opener := step_dialog(step)) is not None:
            self._open(opener(self.context, self.view, self))

    def _ask_exemption(self, fees: DossierFees) -> None:
        self._open(ExemptionDialog(self.context, fees, self))

    def _ask_refund(self, fees: DossierFees) -> None:
        self._open(RefundDialog(self.context, fees, self))

    @Slot()
    def correct(self) -> None:
        """Correct what was entered wrongly; what the portal refused goes again with it."""
        if self.view is not None:
            self._open(CorrectDialog(self.context, self.code, parent=self))

    @Slot()
    def show_receipt(self) -> None:
        """The receipt as it will be printed."""
        self.show_paper("receipt")

    @Slot(str)
    def show_paper(self, form: str, _done: object = None) -> None:
        """A paper of the dossier as it will be printed."""
        if self.view is not None:
            self._open(PaperDialog(self.context, self.code, form, FORM_TITLES[form], self))

    @Slot(str, int)
    def show_earlier(self, form: str, event_number: int) -> None:
        """A paper that was issued before the latest of its form: it is only printed again."""
        self._open(PaperDialog(self.context, self.code, form, FORM_TITLES[form], self, earlier=event_number))

    @Slot(object)
    def show_document(self, document: DocumentView) -> None:
        """A scan, to look at."""
        self._open(SignedDocumentDialog(self.context, self.code, document, self.signatures, self))

    def _open(self, dialog: QDialog) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = dialog
        dialog.open()

    @Slot()
    def _open_chosen(self) -> None:
        document = self.papers.document()
        if document is not None:
            self.show_document(document)

    @Slot()
    def _paper_chosen(self) -> None:
        self.open_button.setEnabled(self.papers.document() is not None)

    @Slot()
    def choose_files(self) -> None:
        """Ask which PDFs are scans of the chosen paper."""
        if not any(self.papers.target()):
            self.context.tell(_tr(Words.NO_TARGET), "warning")
            return
        self._files = QFileDialog(self, _tr(Words.CHOOSE))
        self._files.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._files.setNameFilter(_tr(Words.PDF_FILES))
        self._files.filesSelected.connect(self._files_chosen)
        self._files.open()

    @Slot(list)
    def _files_chosen(self, names: list[str]) -> None:
        self.attach_files([Path(name) for name in names], *self.papers.target())

    def attach_files(self, paths: list[Path], component: str, result: str) -> None:
        """Store the files as scans of a component or of a result."""
        if not component and not result:
            self.context.tell(_tr(Words.NO_TARGET), "warning")
            return
        work = partial(attach, self.context.desk, self.code, paths, component=component, result=result)
        self.context.executor.submit(work, self._attached)

    def _attached(self, answer: Attached) -> None:
        self.context.announce("dossier", "outbox", dossiers=(answer.code,))
        self.context.wake_sync()
        text = _tr(Words.ATTACHED).format(count=len(answer.documents), code=answer.code)
        self.context.tell(" ".join((text, *answer.warnings)), "warning" if answer.warnings else "success")

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        about = "dossier" in changed.kinds and (not changed.dossiers or self.code in changed.dossiers)
        if not self.code or not (about or "outbox" in changed.kinds):
            return
        if self.isVisible():
            self.reload()
        else:
            self._stale = True


def _section(words: str) -> QLabel:
    label = QLabel(_tr(words))
    set_role(label, "section")
    return label


def _stacked(parent: QWidget, *parts: QWidget | QHBoxLayout) -> QWidget:
    panel = QWidget(parent)
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part, 0 if isinstance(part, QLabel) else 1)
        else:
            layout.addLayout(part)
    return panel


def _tr(text: str) -> str:
    return translate("DossierPage", text)
