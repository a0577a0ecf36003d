"""Handing a result over: scan or type the code, look at the checks, hand over, next please."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.returning import give
from counter_app.services.returning_slip import PrintedSlip
from counter_app.services.values import DossierView, QueueRow, StepDone
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.formatting import local_time, status_label
from counter_app.ui.page import PAGE_MARGINS, Page, commit_preedit, nfc, shortcut
from counter_app.ui.payment_dialog import PaymentDialog
from counter_app.ui.return_page_arrival import ArrivalDialog
from counter_app.ui.return_page_card import ReturnCard
from counter_app.ui.return_page_card import Words as CardWords
from counter_app.ui.return_page_checks import can_return
from counter_app.ui.return_page_lookup import CHOICES_SHOWN, Found, Looked, look_up, slips_of
from counter_app.ui.return_page_slip import slip_dialog
from counter_app.ui.scan_button import ScanButton
from counter_app.ui.scan_button import Words as ScanWords
from counter_app.ui.step_dialogs import StepDialog, announce_step
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

CHOICE_HEIGHT = 37


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("ReturnPage", "Trả kết quả")
    CODE = QT_TRANSLATE_NOOP("ReturnPage", "&Mã hồ sơ")
    CODE_HINT = QT_TRANSLATE_NOOP("ReturnPage", "Quét mã trên giấy hẹn, hoặc gõ mã, tên, số định danh rồi Enter")
    LOOK = QT_TRANSLATE_NOOP("ReturnPage", "Kiểm tra (Enter)")
    READY = QT_TRANSLATE_NOOP("ReturnPage", "Mời người tiếp theo: quét mã vạch hoặc mã QR trên giấy tiếp nhận.")
    NOBODY = QT_TRANSLATE_NOOP(
        "ReturnPage", "Không tìm thấy hồ sơ nào khớp «{text}». Hãy kiểm tra lại mã, hoặc gõ tên chủ hồ sơ."
    )
    SEVERAL = QT_TRANSLATE_NOOP("ReturnPage", "Có nhiều hồ sơ khớp, hãy chọn bằng phím mũi tên rồi Enter:")
    CHOICE = QT_TRANSLATE_NOOP("ReturnPage", "{code} · {name} · {status} · {procedure}")
    CHOICES = QT_TRANSLATE_NOOP("ReturnPage", "Hồ sơ khớp với nội dung đã gõ")
    LAST = QT_TRANSLATE_NOOP("ReturnPage", "Vừa trả lúc {time}: {code} cho {to}.")


class ReturnPage(Page):
    """One dossier at a time; the code field has the focus whenever nobody is being served."""

    name: ClassVar[str] = "return"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F4"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.view: DossierView | None = None
        self._asked = ""
        self._last_to = self._last_way = self._last_code = ""
        self._dialog: QDialog | None = None
        self._build_code()
        self.card = ReturnCard(self)
        self.card.give_asked.connect(self.give)
        self.card.pay_asked.connect(self._pay)
        self.card.finish_asked.connect(self._finish)
        self.card.open_asked.connect(self._open)
        self.card.next_asked.connect(self.next_one)
        self.card.arrived_asked.connect(self._arrived)
        self.card.came_back_asked.connect(self._came_back)
        self.card.slip_asked.connect(self.show_slip)
        self.last = QLabel(self)
        set_role(self.last, "hint")
        self.slip_button = self._paper_button("return_slip", "Alt+6")
        self.label_button = self._paper_button("post_label", "Alt+7")
        self.scan_button = ScanButton(context, self._to_scan, self, words=ScanWords.RESULT)
        self._lay_out()
        context.changed.connect(self._changed)
        for keys, slot, what in (
            ("Ctrl+Return", self.give, CardWords.RETURN),
            ("Esc", self.next_one, CardWords.NEXT),
        ):
            made = shortcut(keys, self, translate("ReturnCard", what))
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)
        self.next_one()

    def activated(self) -> None:
        if self.view is None:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)
            self.code.selectAll()

    def show_dossier(self, code: str) -> None:
        """Begin with this dossier, as if its code had been scanned."""
        self.code.setText(code)
        self.look()

    @Slot()
    def look(self) -> None:
        """Look for what was scanned or typed."""
        commit_preedit()
        text = nfc(self.code.text())
        if text:
            self._ask(text)

    @Slot()
    def next_one(self) -> None:
        """Clear the page for the next person."""
        self.view = None
        self._asked = ""
        self.code.clear()
        self._say(_tr(Words.READY), "info")
        self.choices.hide()
        self.card.clear()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def give(self) -> None:
        """Record that the result was handed over."""
        commit_preedit()
        if self.view is None or not self.card.return_button.isEnabled():
            return
        try:
            given = self.card.answers()
        except UserError as error:
            self._say(error.message, "error")
            return
        self.card.return_button.setEnabled(False)
        self._last_to, self._last_way = given.to, given.by
        work = partial(give, self.context.desk, self.view.row.code, given)
        self.context.executor.submit(work, self._given, self._refused)

    @Slot()
    def show_slip(self) -> None:
        """Show the slip that the receiver signs before the return is entered; its signature is asked for next."""
        commit_preedit()
        if self.view is None or not self.card.evidence.slip.isEnabled():
            return
        try:
            given = self.card.answers(to_sign=True)
        except UserError as error:
            self._say(error.message, "error")
            return
        self._dialog = slip_dialog(self.context, self.view.row.code, given, self)
        self._dialog.finished.connect(self._ask_for_signature)
        self._dialog.open()

    @Slot()
    def _ask_for_signature(self) -> None:
        self.card.evidence.signed.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build_code(self) -> None:
        self.code = QLineEdit(self)
        self.code.setPlaceholderText(_tr(Words.CODE_HINT))
        self.code.setClearButtonEnabled(True)
        self.code.setMinimumHeight(44)
        self.code.returnPressed.connect(self.look)
        self.code_caption = QLabel(_tr(Words.CODE), self)
        set_role(self.code_caption, "section")
        self.code_caption.setBuddy(self.code)
        self.code.setAccessibleName(self.code_caption.text().replace("&", ""))
        self.look_button = QPushButton(_tr(Words.LOOK), self)
        self.look_button.setAccessibleName(self.look_button.text())
        self.look_button.clicked.connect(self.look)
        self.look_button.setMinimumHeight(44)
        self.line = QLabel(self)
        self.line.setWordWrap(True)
        set_role(self.line, "inline")
        self.choices = QListWidget(self)
        self.choices.setObjectName("pickList")
        self.choices.setAccessibleName(_tr(Words.CHOICES))
        self.choices.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.choices.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.choices.setMinimumHeight(CHOICE_HEIGHT * CHOICES_SHOWN)
        self.choices.itemActivated.connect(self._chosen)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.code_caption)
        top.addWidget(self.code, 1)
        top.addWidget(self.look_button)
        inside = QWidget(self)
        set_role(inside, "canvas")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QVBoxLayout(self)
        page.setContentsMargins(*PAGE_MARGINS)
        page.addLayout(top)
        page.addWidget(self.line)
        page.addWidget(self.choices)
        page.addWidget(area, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.last, 1)
        bottom.addWidget(self.scan_button)
        bottom.addWidget(self.slip_button)
        bottom.addWidget(self.label_button)
        page.addLayout(bottom)

    def _to_scan(self) -> tuple[str, str, str]:
        """The result of whoever stands at the desk, else of whoever was served last."""
        if self.view is None:
            return self._last_code, "", ""
        return self.view.row.code, "", next((code for code, _ in self.view.procedure.results), "")

    def _paper_button(self, form: str, keys: str) -> QPushButton:
        """Prints a paper of what was returned last; there is none at first."""
        button = QPushButton(f"{FORM_TITLES[form]} ({keys})", self)
        button.setAccessibleName(button.text())
        button.setShortcut(keys)
        button.clicked.connect(partial(self._show_paper, form))
        button.hide()
        return button

    def _ask(self, text: str) -> None:
        self._asked = text
        self.context.executor.submit(partial(look_up, self.context.desk, text), self._found, self._refused)

    def _found(self, found: Found) -> None:
        if isinstance(found, Looked):
            self._show(found)
        elif found:
            self._offer(found)
        else:
            self.view = None
            self.card.clear()
            self._refuse_text(_tr(Words.NOBODY).format(text=self._asked), self.code)

    def _offer(self, rows: list[QueueRow]) -> None:
        self.view = None
        self.card.clear()
        self._say(_tr(Words.SEVERAL), "info")
        self.choices.clear()
        for row in rows:
            words = _tr(Words.CHOICE).format(
                code=row.code, name=row.applicant_name, procedure=row.procedure_name, status=status_label(row.status)
            )
            item = QListWidgetItem(words, self.choices)
            item.setData(Qt.ItemDataRole.UserRole, row.code)
        self.choices.setCurrentRow(0)
        self.choices.show()
        self.choices.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QListWidgetItem)
    def _chosen(self, item: QListWidgetItem) -> None:
        self._ask(str(item.data(Qt.ItemDataRole.UserRole)))

    def _show(self, found: Looked) -> None:
        self.view = view = found.view
        self.choices.hide()
        self.line.hide()
        now, calendar = self.context.desk.clock(), self.context.calendar
        self.card.show_dossier(
            view, now, calendar, lacks_scan=found.lacks_scan, has_file=found.has_file, slips=found.slips
        )

    def _given(self, done: StepDone) -> None:
        last = _tr(Words.LAST).format(time=local_time(done.at), code=done.code, to=self._last_to)
        by_post = self._last_way == "post"
        # First the next person: what is announced must not bring this dossier back.
        self.next_one()
        announce_step(self.context, Step.RETURN, done)
        self.last.setText(last)
        self._last_code = done.code
        self.slip_button.show()
        self.label_button.setVisible(by_post)

    def _show_paper(self, form: str, _checked: bool = False) -> None:
        self._dialog = PaperDialog(self.context, self._last_code, form, FORM_TITLES[form], self)
        self._dialog.open()

    def _refused(self, error: Exception) -> None:
        self.card.return_button.setEnabled(self.view is not None and can_return(self.view))
        if isinstance(error, UserError):
            self._refuse_text(error.message, self.code if self.view is None else self.card.return_button)
        else:
            self.context.show_error(error)

    def _refuse_text(self, text: str, field: QWidget) -> None:
        self.choices.hide()
        self._say(text, "error")
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if field is self.code:
            self.code.selectAll()

    def _say(self, text: str, tone: str) -> None:
        self.line.setText(text)
        set_tone(self.line, tone)
        self.line.show()

    @Slot()
    def _pay(self) -> None:
        if self.view is not None:
            self._dialog = PaymentDialog(self.context, self.view, self)
            self._dialog.open()

    @Slot()
    def _finish(self) -> None:
        self._ask_step(Step.FINISH)

    @Slot()
    def _arrived(self) -> None:
        self._ask_arrival(came_back=False)

    @Slot()
    def _came_back(self) -> None:
        self._ask_arrival(came_back=True)

    def _ask_arrival(self, *, came_back: bool) -> None:
        if self.view is not None:
            self._dialog = ArrivalDialog(self.context, self.view, came_back=came_back, parent=self)
            self._dialog.open()

    def _ask_step(self, step: Step) -> None:
        if self.view is not None:
            self._dialog = StepDialog(self.context, self.view, step, self)
            self._dialog.open()

    @Slot()
    def _open(self) -> None:
        if self.view is not None:
            self.context.open_dossier.emit(self.view.row.code)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if self.view is None:
            return
        code = self.view.row.code
        if code in changed.dossiers:
            self._ask(code)
        elif "print_jobs" in changed.kinds:
            self.context.executor.submit(partial(slips_of, self.context.desk, code), self._slips_printed)

    def _slips_printed(self, found: tuple[str, tuple[PrintedSlip, ...]]) -> None:
        """A slip went to the printer, or was given up; one that holds can be signed next."""
        code, slips = found
        if self.view is not None and self.view.row.code == code:
            could_sign = self.card.evidence.signed.isEnabled()
            self.card.know_slips(slips)
            if not could_sign and self.card.evidence.signed.isEnabled():
                self._ask_for_signature()


def _tr(text: str) -> str:
    return translate("ReturnPage", text)
