"""F2: from the applicant's hands into the queue, on the keyboard alone or with a card scanner."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from counter_app.errors import UserError
from counter_app.rules.card_qr import CardData
from counter_app.services.scan_form_key import new_form_key
from counter_app.services.values import ProcedureView, Received, ReceiveRequest, StepDone
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.intake.card_scan import CardScanner
from counter_app.ui.intake.form import IntakeForm
from counter_app.ui.intake.page_work import read_draft, read_index, read_procedure, receive_form, write_draft
from counter_app.ui.intake.received_panel import ReceivedPanel
from counter_app.ui.page import Page, commit_preedit, shortcut
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.ui.intake.refusal_dialog import RefusalDialog

DRAFT_DELAY_MS = 400
NAMED = 2


class Words:
    TITLE = QT_TRANSLATE_NOOP("IntakePage", "Tiếp nhận")
    RESTORED = QT_TRANSLATE_NOOP(
        "IntakePage", "Đã khôi phục hồ sơ đang nhập dở lần trước. Nhập tiếp, hoặc nhấn Ctrl+N để bỏ và nhập mới."
    )
    CHOOSE = QT_TRANSLATE_NOOP("IntakePage", "Chưa chọn thủ tục. Hãy gõ vài chữ của tên thủ tục rồi nhấn Enter.")
    SURE = QT_TRANSLATE_NOOP("IntakePage", "Nhấn Ctrl+N lần nữa để bỏ hồ sơ đang nhập và nhập mới.")
    CARD = QT_TRANSLATE_NOOP("IntakePage", "Đã đọc thẻ căn cước.")
    SUPPLEMENT_NEEDED = QT_TRANSLATE_NOOP("IntakePage", "Hãy ghi giấy tờ cần bổ sung, mỗi dòng một thứ.")
    MISSING = QT_TRANSLATE_NOOP(
        "IntakePage",
        "Thiếu {count} giấy tờ bắt buộc (đánh dấu đỏ): {papers}. Hãy nhận thêm giấy tờ, hoặc xem lại giấy tờ cần "
        "bổ sung rồi «Nhận kèm yêu cầu bổ sung».",
    )
    MORE = QT_TRANSLATE_NOOP("IntakePage", "và {count} giấy tờ khác")
    FILES_TAKEN = QT_TRANSLATE_NOOP("IntakePage", "Đã đính nguyên tệp «{names}» vào {paper} của hồ sơ đang nhập.")
    FILES_LEFT = QT_TRANSLATE_NOOP(
        "IntakePage",
        "Chưa đính được «{names}» vào hồ sơ đang nhập. Hãy đính ở dòng giấy tờ trên trang Tiếp nhận.",
    )
    K_RECEIVE = QT_TRANSLATE_NOOP("IntakePage", "Tiếp nhận hồ sơ")
    K_REFUSE = QT_TRANSLATE_NOOP("IntakePage", "Từ chối tiếp nhận hồ sơ")
    K_NEW = QT_TRANSLATE_NOOP("IntakePage", "Nhập hồ sơ mới")
    K_PAPERS = QT_TRANSLATE_NOOP("IntakePage", "Tới thành phần hồ sơ")
    K_FEES = QT_TRANSLATE_NOOP("IntakePage", "Tới phí, lệ phí")
    K_SCAN_PAPER = QT_TRANSLATE_NOOP("IntakePage", "Quét giấy tờ")
    K_SCAN = QT_TRANSLATE_NOOP("IntakePage", "Quét thẻ căn cước")


class IntakePage(Page):
    """The form, and after each reception the panel with the code."""

    name = "intake"
    title = Words.TITLE
    shortcut = "F2"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.form = IntakeForm(context)
        self.panel = ReceivedPanel(context)
        self.scanner = CardScanner(self)
        self._procedure_generation = 0
        self._receiving = False
        self._asked_to_clear = False
        self._quiet = False
        self._form_key = new_form_key()
        self.refusal: RefusalDialog | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_DELAY_MS)
        self._draft_timer.timeout.connect(self._save_draft)
        self._connect()
        self._watch_fields()
        context.executor.submit(partial(read_draft, context.desk), self._take_draft)
        context.executor.submit(partial(read_index, context.desk), self.form.procedure.set_index)

    @property
    def receiving(self) -> bool:
        """Whether a reception is under way."""
        return self._receiving

    def activated(self) -> None:
        if self._stack.currentWidget() is self.panel:
            self.panel.next.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.form.is_empty():
            self.form.procedure.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        if self._draft_timer.isActive():
            self._save_draft()

    def receive(self) -> None:
        """Ctrl+Enter: take the dossier in."""
        self._receive_with("")

    def receive_with_supplement(self) -> None:
        """Take it in although a required paper is missing, with the request to bring it."""
        commit_preedit()
        reason = self.form.supplement.request()
        if not reason:
            self.form.problem.say(translate("IntakePage", Words.SUPPLEMENT_NEEDED), "error")
            self.form.supplement.items.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._receive_with(reason)

    def refuse(self) -> None:
        """Alt+Shift+T: ask for what reason and by which law the dossier is refused."""
        request, procedure = self._entered(), self.form.procedure.procedure
        if request is None or procedure is None:
            return
        from counter_app.ui.intake.refusal_dialog import ask_refusal

        try:
            self.refusal = ask_refusal(self.context, request, procedure.name, self)
        except UserError as error:
            self._refused(error)
            return
        self.form.say_problem("")
        self.refusal.done_with.connect(self._refusal_entered)
        self.refusal.open()

    def start_anew(self) -> None:
        """Ctrl+N: empty the form; a form with something on it asks to press again."""
        commit_preedit()
        if self._stack.currentWidget() is self.panel or self._asked_to_clear or self.form.is_empty():
            self.next_applicant()
        else:
            self._asked_to_clear = True
            self.form.problem.say(translate("IntakePage", Words.SURE), "warning")

    def scan_paper(self) -> None:
        """Ctrl+Q: scan the paper that has the focus; the pages go off when the dossier has been received."""
        commit_preedit()
        if self._stack.currentWidget() is self.panel:
            self.panel.scan.click()
        elif self.form.procedure.procedure is None:
            self._point_at(translate("IntakePage", Words.CHOOSE), self.form.procedure.search)
        else:
            self._save_draft()
            self.context.open_scan.emit(self._form_key, self.form.checklist.focused_code(), "")

    @Slot(str, str, list)
    def _take_files(self, key: str, component: str, files: list[Path]) -> None:
        """PDFs that were added while scanning for this form: as if they had been chosen here."""
        if key != self._form_key:
            return
        is_taken = not self._receiving and self.form.add_files(component, files)
        words = translate("IntakePage", Words.FILES_TAKEN if is_taken else Words.FILES_LEFT)
        told = words.format(names=", ".join(file.name for file in files), paper=component)
        self.context.tell(told, "success" if is_taken else "warning")

    def next_applicant(self) -> None:
        """The empty form, ready for the next in the queue."""
        self._empty_form("")

    def _refusal_entered(self, done: StepDone) -> None:
        self._empty_form(done.code)

    def _empty_form(self, code: str) -> None:
        """Clear the form; what was scanned for it goes into the dossier ``code``, or is loose."""
        self._asked_to_clear = False
        self._end_form(code)
        self._procedure_generation += 1
        self._quiet = True
        self.form.clear()
        self._quiet = False
        self._draft_timer.stop()
        self._write(None)
        self._stack.setCurrentWidget(self.form)
        self.form.procedure.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """On the panel Enter and Esc go on to the next applicant (Enter on another button presses it)."""
        on_panel = self._stack.currentWidget() is self.panel
        if on_panel and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):
                focused.click()
            else:
                self.next_applicant()
        elif on_panel and event.key() == Qt.Key.Key_Escape:
            self.next_applicant()
        else:
            super().keyPressEvent(event)

    def _entered(self, supplement_reason: str = "") -> ReceiveRequest | None:
        """What is on the form; None, with the clerk told what to do, where it is not to be taken as it is."""
        commit_preedit()
        if self._receiving or self._stack.currentWidget() is self.panel:
            return None
        unreadable = self.form.unreadable()
        if unreadable is not None:
            self._point_at(*unreadable)
            return None
        request = self.form.request(supplement_reason)
        if request is None:
            self._point_at(translate("IntakePage", Words.CHOOSE), self.form.procedure.search)
        return request

    def _receive_with(self, supplement_reason: str) -> None:
        request = self._entered(supplement_reason)
        if request is None:
            return
        self._receiving = True
        self.form.receive.setEnabled(False)
        self._draft_timer.stop()
        self.context.executor.submit(partial(receive_form, self.context.desk, request), self._received, self._refused)

    def _received(self, received: Received) -> None:
        self._receiving = False
        self._end_form(received.code)
        self.form.receive.setEnabled(True)
        self._draft_timer.stop()
        procedure = self.form.procedure.procedure
        who = self.form.applicant.data().name
        self.form.say_problem("")
        self._stack.setCurrentWidget(self.panel)
        self.panel.show_received(received, who, procedure.name if procedure is not None else "")
        self.context.announce("dossier", "outbox", dossiers=(received.code,))
        self.context.wake_sync()

    def _refused(self, error: Exception) -> None:
        self._receiving = False
        self.form.receive.setEnabled(True)
        self._save_draft()
        if not isinstance(error, UserError):
            self.context.show_error(error)
            return
        codes = error.details.get("components")
        missing = tuple(str(code) for code in codes) if isinstance(codes, list) else ()
        if missing:
            self._offer_supplement(missing)
        else:
            self.form.say_problem(error.message)
        target = self._field_of(error.kind) or self.form.fees.field_of(str(error.details.get("fee")), error.kind)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        elif error.kind == "fee_not_due":
            self.form.focus_fees()

    def _end_form(self, code: str) -> None:
        """What was scanned for this form goes into the dossier, or is loose; the next form has a key of its own."""
        self.context.form_ended.emit(self._form_key, code)
        self._form_key = new_form_key()

    def _offer_supplement(self, missing: tuple[str, ...]) -> None:
        """Name the papers that are missing, mark them, and offer to receive with a request for them."""
        papers = [row for row in self.form.checklist.rows if row.component.code in missing]
        names = [f"{row.number}. {_short(row.component.name, 70)}" for row in papers[:NAMED]]
        if len(papers) > NAMED:
            names.append(translate("IntakePage", Words.MORE).format(count=len(papers) - NAMED))
        words = translate("IntakePage", Words.MISSING).format(count=len(papers), papers="; ".join(names))
        self.form.say_problem(words, missing=missing)
        self.form.supplement.offer([row.component.name for row in papers])

    def _field_of(self, kind: str) -> QWidget | None:
        form = self.form
        return {
            "applicant_invalid": form.applicant.name,
            "impossible_date": form.applicant.birth,
            "limit_unknown": form.due.date,
            "reason_missing": form.due.reason,
            "impossible_time": form.due.date,
            "procedure_unknown": form.procedure.search,
        }.get(kind)

    def _point_at(self, text: str, field: QWidget) -> None:
        self.form.say_problem(text)
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _procedure_chosen(self, code: str) -> None:
        self._procedure_generation += 1
        self.form.procedure.loading()
        self.context.executor.submit(
            partial(read_procedure, self.context.desk, self._procedure_generation, code), self._take_procedure
        )

    def _take_procedure(self, answer: tuple[int, ProcedureView]) -> None:
        generation, procedure = answer
        if generation != self._procedure_generation:
            return
        self.form.say_problem("")
        self.form.show_procedure(procedure)
        if self.form.procedure.search.hasFocus():
            if self.form.applicant.is_empty():
                self.form.applicant.number.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.form.checklist.focus_first()
        self._changed()

    def _card_read(self, card: CardData, target: QWidget) -> None:
        person = self.form.submitter if self.form.submitter.isAncestorOf(target) else self.form.applicant
        person.fill_from_card(card)
        self.form.scan_field.hide()
        self.form.say_problem("")
        self.context.tell(translate("IntakePage", Words.CARD), "success")
        if person is self.form.applicant and self.form.procedure.procedure is None:
            self.form.procedure.search.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            person.phone.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card_unreadable(self, message: str) -> None:
        self.form.scan_field.clear()
        self.form.problem.say(message, "error")

    def _scan_entered(self) -> None:
        commit_preedit()
        text = self.form.scan_field.text()
        if text.strip():
            self.scanner.read(text, self.form.applicant.number)

    def _changed(self) -> None:
        self._asked_to_clear = False
        if not self._quiet and not self._receiving:
            self._draft_timer.start()

    def _save_draft(self) -> None:
        self._draft_timer.stop()
        self._write(None if self.form.is_empty() else self.form.draft() | {"scans": self._form_key})

    def _write(self, draft: dict[str, Any] | None) -> None:
        self.context.executor.submit(partial(write_draft, self.context.desk, draft), self._draft_written)

    def _draft_written(self, _nothing: None) -> None:
        """Nothing to show: a draft is kept silently; trouble with it comes through the executor."""

    def _take_draft(self, answer: tuple[dict[str, Any] | None, ProcedureView | None]) -> None:
        draft, procedure = answer
        if draft is None or not self.form.is_empty():
            return
        self._quiet = True
        self._form_key = str(draft.get("scans") or self._form_key)
        self.form.restore(draft, procedure)
        self._quiet = False
        if not self.form.is_empty():
            self.context.tell(translate("IntakePage", Words.RESTORED), "info")

    def _broadcast(self, changed: Changed) -> None:
        if "catalogue" in changed.kinds:
            self.context.executor.submit(partial(read_index, self.context.desk), self.form.procedure.set_index)

    def _refused_file(self, message: str) -> None:
        self.form.problem.say(message, "error")

    def _watch_fields(self) -> None:
        """Whatever may have the focus may be scanned into."""
        for widget in self.form.inputs():
            if widget.property("watched") is None:
                widget.setProperty("watched", "card")
                self.scanner.watch(widget)

    def _connect(self) -> None:
        form = self.form
        form.changed.connect(self._changed)
        form.procedure.chosen.connect(self._procedure_chosen)
        form.receive.clicked.connect(self.receive)
        form.supplement.ask.clicked.connect(self.receive_with_supplement)
        form.refuse.clicked.connect(self.refuse)
        form.clear_form.clicked.connect(self.start_anew)
        form.scan_entered.connect(self._scan_entered)
        form.checklist.refused.connect(self._refused_file)
        form.checklist.rows_made.connect(self._watch_fields)
        form.fees.rows_made.connect(self._watch_fields)
        self.context.form_files.connect(self._take_files)
        self.scanner.card.connect(self._card_read)
        self.scanner.unreadable.connect(self._card_unreadable)
        self.panel.next_wanted.connect(self.next_applicant)
        self.context.changed.connect(self._broadcast)
        for keys, slot, words in (
            ("Ctrl+Return", self.receive, Words.K_RECEIVE),
            ("Ctrl+Enter", self.receive, Words.K_RECEIVE),
            ("Alt+Shift+T", self.refuse, Words.K_REFUSE),
            ("Ctrl+N", self.start_anew, Words.K_NEW),
            ("F5", form.open_scan_field, Words.K_SCAN),
            ("Ctrl+Q", self.scan_paper, Words.K_SCAN_PAPER),
            ("Alt+P", form.checklist.focus_first, Words.K_PAPERS),
            ("Alt+L", form.focus_fees, Words.K_FEES),
        ):
            made = shortcut(keys, self, translate("IntakePage", words))
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
