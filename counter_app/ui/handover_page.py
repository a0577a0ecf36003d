"""Handing over: scan dossiers, make a list, sign it, let the receiver sign; what comes back; where papers lie."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import UserError
from counter_app.services.handover import discard, going
from counter_app.services.handover_values import ITEM_STATES, LIST_STATES, Going, HandoverView
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.dossier_page_paper import PaperDialog, PrintDialog
from counter_app.ui.handover_dialogs import (
    ConfirmDialog,
    GiveDialog,
    RedirectDialog,
    SendDialog,
    ShelfDialog,
    TakeBackDialog,
    Unit,
)
from counter_app.ui.handover_words import Words, tr
from counter_app.ui.handover_work import look_up, print_record, read_lists, record
from counter_app.ui.page import PAGE_MARGINS, Page, commit_preedit, nfc, shortcut
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.queue_page_columns import short_time
from counter_app.ui.theme import set_role, set_tone

TONES = {"draft": "warning", "sent": "soon", "closed": "good", "discarded": "neutral"}


class HandoverPage(Page):
    """Above what is being gathered, below the lists; the code field has the focus."""

    name: ClassVar[str] = "handover"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F10"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.chosen: dict[str, DossierView] = {}
        self.lists: list[HandoverView] = []
        self.units: list[Unit] = []
        self._marked: int | None = None
        """The list to show once the lists are read again; None for the one that is shown."""
        self._dialog: QDialog | None = None
        self._build_top()
        self._build_tables()
        self._lay_out()
        context.changed.connect(self._changed)
        remove = shortcut("Del", self.gathered, tr(Words.REMOVE))
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self.remove)
        self._show_gathered()
        self._list_chosen()

    def activated(self) -> None:
        self.refresh()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_dossier(self, code: str) -> None:
        """Gather this dossier, as if its code had been scanned."""
        self.code.setText(code)
        self.look()

    @Slot()
    def refresh(self) -> None:
        """Read the lists again."""
        self.context.executor.submit(partial(read_lists, self.context.desk), self._take_lists)

    @Slot()
    def look(self) -> None:
        """Gather what was scanned or typed."""
        commit_preedit()
        text = nfc(self.code.text())
        if text:
            self.context.executor.submit(partial(look_up, self.context.desk, text), self._found, self._refused)

    @Slot()
    def remove(self) -> None:
        """Leave the marked dossier out again."""
        codes = list(self.chosen)
        if 0 <= self.gathered.currentRow() < len(codes):
            del self.chosen[codes[self.gathered.currentRow()]]
            self._show_gathered()

    @Slot()
    def give(self) -> None:
        """Make a list of what was gathered."""
        self._gathered_dialog(lambda codes: GiveDialog(self.context, codes, self.units, self), self._made)

    @Slot()
    def take_back(self) -> None:
        """What was gathered comes back to the desk."""
        self._gathered_dialog(lambda codes: TakeBackDialog(self.context, codes, self.units, self), self._back)

    @Slot()
    def shelve(self) -> None:
        """Note where the papers of what was gathered lie."""
        self._gathered_dialog(lambda codes: ShelfDialog(self.context, codes, self), self._shelved)

    @Slot()
    def send_list(self) -> None:
        """Ask who signs the marked list; then its dossiers go."""
        view = self.current_list()
        if view is not None and self.send_button.isEnabled():
            self.context.executor.submit(partial(going, self.context.desk, view.id), self._ask_giver, self._refused)

    @Slot()
    def discard_list(self) -> None:
        """Give up the marked list."""
        view = self.current_list()
        if view is not None and self.discard_button.isEnabled():
            self.context.executor.submit(partial(discard, self.context.desk, view.id), self._discarded, self._refused)

    @Slot()
    def confirm_list(self) -> None:
        """The receiver signs the marked list."""
        view = self.current_list()
        if view is not None and self.confirm_button.isEnabled():
            self._open(ConfirmDialog(self.context, view, self), self._closed)

    @Slot()
    def redirect_line(self) -> None:
        """Put the marked dossier of the marked list right."""
        view, place = self.current_list(), self.lines.currentRow()
        if view is not None and 0 <= place < len(view.lines):
            dialog = RedirectDialog(self.context, view.lines[place], view, self.units, self)
            self._open(dialog, partial(self._redirected, dialog.code))

    @Slot()
    def show_record(self) -> None:
        """The record of the marked list, for both sides to sign."""
        view = self.current_list()
        if view is not None:
            title = tr(Words.RECORD_TITLE).format(number=view.number)
            desk, name = self.context.desk, f"bien-ban-{view.made_at:%Y}-{view.number}"
            make, send_out = partial(record, desk, view.id), partial(print_record, desk, view.id)
            self._dialog = PrintDialog(self.context, title, name, make, send_out, self)
            self._dialog.open()

    @Slot()
    def show_slip(self) -> None:
        """The control slip of the marked dossier of the marked list."""
        view, place = self.current_list(), self.lines.currentRow()
        if view is not None and 0 <= place < len(view.lines):
            code, form = view.lines[place].code, "control_slip"
            self._dialog = PaperDialog(self.context, code, form, FORM_TITLES[form], self)
            self._dialog.open()

    def current_list(self) -> HandoverView | None:
        """The list that is marked."""
        place = self.table.currentRow()
        return self.lists[place] if 0 <= place < len(self.lists) else None

    def _build_top(self) -> None:
        self.code = QLineEdit(self)
        self.code.setPlaceholderText(tr(Words.CODE_HINT))
        self.code.setMinimumHeight(40)
        self.code.returnPressed.connect(self.look)
        self.caption = QLabel(tr(Words.CODE), self)
        set_role(self.caption, "section")
        self.caption.setBuddy(self.code)
        self.code.setAccessibleName(self.caption.text().replace("&", ""))
        self.line = QLabel(self)
        self.line.setWordWrap(True)
        set_role(self.line, "inline")
        self.line.hide()
        self.give_button = self._button(Words.GIVE, self.give, "Ctrl+Return")
        set_role(self.give_button, "primary")
        self.back_button = self._button(Words.TAKE_BACK, self.take_back, "Alt+1")
        self.shelf_button = self._button(Words.SHELVE, self.shelve, "Alt+2")
        self.send_button = self._button(Words.SEND, self.send_list, "Alt+3")
        self.confirm_button = self._button(Words.CONFIRM, self.confirm_list, "Alt+4")
        self.discard_button = self._button(Words.DISCARD, self.discard_list, "Alt+5")
        self.redirect_button = self._button(Words.REDIRECT, self.redirect_line, "Alt+6")
        self.record_button = self._button(Words.RECORD, self.show_record, "Alt+7")
        self.slip_button = self._button(Words.SLIP, self.show_slip, "Alt+8")

    def _build_tables(self) -> None:
        heads = [Words.COL_CODE, Words.COL_WHO, Words.COL_WHAT, Words.COL_HELD, Words.COL_SHELF]
        self.gathered = PlainTable(tr(Words.CHOSEN), [tr(head) for head in heads], (178, 190, 200, 210, 110), 2, self)
        heads = [Words.COL_NUMBER, Words.COL_TO, Words.COL_COUNT, Words.COL_STATE, Words.COL_WHEN]
        self.table = PlainTable(tr(Words.LISTS), [tr(head) for head in heads], (44, 200, 66, 142, 110), 1, self)
        heads = [Words.COL_CODE, Words.COL_WHO, Words.COL_STATE, Words.COL_INNER]
        self.lines = PlainTable(tr(Words.LINES), [tr(head) for head in heads], (168, 160, 132, 110), 1, self)
        self.table.currentCellChanged.connect(self._list_chosen)
        self.lines.currentCellChanged.connect(self._line_chosen)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.caption)
        top.addWidget(self.code, 1)
        self.ready = QLabel(self)
        set_role(self.ready, "section")
        title = QLabel(tr(Words.LISTS), self)
        set_role(title, "section")
        lists = QHBoxLayout()
        lists.addWidget(self.table, 1)
        lists.addWidget(self.lines, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(*PAGE_MARGINS)
        page.addLayout(top)
        page.addWidget(self.line)
        page.addWidget(self.ready)
        page.addWidget(self.gathered, 1)
        page.addLayout(_row(self.give_button, self.back_button, self.shelf_button))
        papers = QHBoxLayout()
        papers.addWidget(title, 1)
        papers.addWidget(self.record_button)
        papers.addWidget(self.slip_button)
        page.addLayout(papers)
        page.addLayout(lists, 1)
        page.addLayout(_row(self.send_button, self.confirm_button, self.discard_button, self.redirect_button))

    def _button(self, words: str, slot: Callable[[], None], keys: str) -> QPushButton:
        button = QPushButton(tr(words), self)
        button.setAccessibleName(button.text())
        button.setShortcut(keys)
        button.clicked.connect(slot)
        return button

    def _gathered_dialog(self, make: Callable[[tuple[str, ...]], QDialog], then: Callable[[Any], None]) -> None:
        if not self.chosen:
            self._say(tr(Words.NONE_CHOSEN), "error")
            return
        self._open(make(tuple(self.chosen)), then)

    def _open(self, dialog: Any, then: Callable[[Any], None]) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = dialog
        self._then = then
        dialog.done_with.connect(self._answered)
        dialog.open()

    @Slot(object)
    def _answered(self, answer: Any) -> None:
        self._then(answer)

    def _found(self, views: list[DossierView]) -> None:
        text = nfc(self.code.text())
        self.code.clear()
        self.line.hide()
        if len(views) == 1 and views[0].row.code in self.chosen:
            self._say(tr(Words.TWICE).format(code=views[0].row.code), "warning")
        elif len(views) > 1:
            self._say(tr(Words.SHELF_FOUND).format(shelf=text.upper(), count=len(views)), "info")
        self.chosen |= {view.row.code: view for view in views}
        self._show_gathered()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_gathered(self) -> None:
        self.ready.setText(tr(Words.READY).format(count=len(self.chosen)))
        self.gathered.setRowCount(len(self.chosen))
        for place, view in enumerate(self.chosen.values()):
            cells = (view.row.code, view.applicant.name, view.procedure.name, view.row.unit, view.shelf)
            for column, text in enumerate(cells):
                self.gathered.put(place, column, text or (tr(Words.AT_DESK) if column == 3 else ""))

    def _take_lists(self, answer: tuple[list[HandoverView], list[Unit]]) -> None:
        marked, now = self._marked, self.context.desk.clock()
        if marked is None and (shown := self.current_list()) is not None:
            marked = shown.id
        self._marked = None
        self.lists, self.units = answer
        self.table.setRowCount(len(self.lists))
        for place, view in enumerate(self.lists):
            when = view.closed_at or view.sent_at or view.made_at
            cells = (
                str(view.number),
                tr(Words.FROM_UNIT).format(unit=view.from_unit) if view.direction == "in" else view.to_unit,
                str(sum(line.state != "dropped" for line in view.lines) or len(view.lines)),
                LIST_STATES[view.state],
                short_time(when, now),
            )
            for column, text in enumerate(cells):
                self.table.put(place, column, text, TONES[view.state] if column == 3 else "")
        if self.lists:
            numbers = [view.id for view in self.lists]
            self.table.setCurrentCell(numbers.index(marked) if marked in numbers else 0, 0)
        self._list_chosen()

    @Slot()
    def _list_chosen(self) -> None:
        view = self.current_list()
        lines, now = view.lines if view is not None else (), self.context.desk.clock()
        self.lines.setRowCount(len(lines))
        for place, item in enumerate(lines):
            cells = (item.code, item.applicant_name, ITEM_STATES[item.state], short_time(item.due, now))
            for column, text in enumerate(cells):
                self.lines.put(place, column, text)
        self.send_button.setEnabled(view is not None and view.state == "draft")
        self.discard_button.setEnabled(view is not None and view.state == "draft")
        self.confirm_button.setEnabled(view is not None and view.state == "sent")
        self.record_button.setEnabled(view is not None and view.state != "discarded")
        if lines:
            self.lines.setCurrentCell(0, 0)
        self._line_chosen()

    @Slot()
    def _line_chosen(self) -> None:
        view, place = self.current_list(), self.lines.currentRow()
        state = view.lines[place].state if view is not None and 0 <= place < len(view.lines) else ""
        self.slip_button.setEnabled(state not in ("", "listed", "dropped"))
        self.redirect_button.setEnabled(state in ("sent", "confirmed") and view is not None and view.direction == "out")

    def _made(self, view: HandoverView) -> None:
        text = tr(Words.MADE).format(number=view.number, count=len(view.lines))
        self._done(view, " ".join((text, *view.warnings)), "warning" if view.warnings else "success")
        self.chosen.clear()
        self._show_gathered()

    def _ask_giver(self, asked: Going) -> None:
        self._open(SendDialog(self.context, asked, self), self._sent)

    def _sent(self, view: HandoverView) -> None:
        text = tr(Words.SENT).format(number=view.number)
        if view.warnings:
            text = f"{text} {tr(Words.LEFT_OUT).format(dossiers=' '.join(view.warnings))}"
        self._done(view, text, "warning" if view.warnings else "success")

    def _discarded(self, view: HandoverView) -> None:
        self._done(view, tr(Words.DISCARDED).format(number=view.number))

    def _closed(self, view: HandoverView) -> None:
        self._done(view, tr(Words.CLOSED).format(number=view.number))

    def _redirected(self, code: str, view: HandoverView) -> None:
        self._done(view, tr(Words.REDIRECTED).format(code=code, unit=view.to_unit))

    def _back(self, view: HandoverView) -> None:
        self._done(view, tr(Words.BACK).format(count=len(view.lines)))
        self.chosen.clear()
        self._show_gathered()

    def _shelved(self, codes: tuple[str, ...]) -> None:
        self.context.announce("dossier", dossiers=codes)
        self.context.tell(tr(Words.SHELVED).format(count=len(codes)), "success")
        self.chosen.clear()
        self._show_gathered()

    def _done(self, view: HandoverView, text: str, tone: str = "success") -> None:
        self.line.hide()
        self._marked = view.id
        self.context.announce("dossier", "outbox", dossiers=tuple(item.code for item in view.lines))
        self.context.wake_sync()
        self.context.tell(text, tone)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._say(error.message, "error")
            self.code.selectAll()
        else:
            self.context.show_error(error)

    def _say(self, text: str, tone: str) -> None:
        self.line.setText(text)
        set_tone(self.line, tone)
        self.line.show()

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "dossier" in changed.kinds and self.isVisible():
            self.refresh()


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
