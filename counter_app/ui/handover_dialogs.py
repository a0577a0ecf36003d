"""The small windows of handing over: where to, who signed, what went back, where papers lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.handover import prepare, send
from counter_app.services.handover_lists import known_units
from counter_app.services.handover_receive import confirm, finish, redirect, take_back
from counter_app.services.handover_shelf import put_on_shelf
from counter_app.services.handover_values import Destination, Going, HandoverLine, HandoverView, Sender, Signing
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.handover_words import Words, tr
from counter_app.ui.page import alive, nfc
from counter_app.ui.step_dialogs import FieldSpec, MomentEdit, StepDialog, TaskDialog

Unit = tuple[str, str]
"""A unit and the code of the office to which it belongs, "" for our own."""


SHOWN_STAYING = 88
"""Pixels for what does not go with a list: three dossiers; more are read by scrolling."""


class UnitBox(QComboBox):
    """Units that dossiers went to, to choose from or to type over."""

    def __init__(self, units: Sequence[Unit], parent: QWidget) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for unit, office_code in units:
            self.addItem(unit, office_code)
        self.setCurrentIndex(-1)
        self.setEditText("")

    def unit(self) -> str:
        """What was chosen or typed."""
        return nfc(self.currentText())


class HandOverStepDialog(StepDialog):
    """One dossier handed over from its own page, within the office; other offices get a list, with their code."""

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.HAND_OVER, parent)
        if dossier.shelf:
            self.say(f"{self.heading.text()}\n{tr(Words.SHELVED_AT).format(shelf=dossier.shelf)}")
        context.executor.submit(partial(known_units, context.desk), self._offer_units)

    def _input(self, spec: FieldSpec) -> QLineEdit | QPlainTextEdit | QComboBox:
        return UnitBox((), self) if spec.name == "unit" else super()._input(spec)

    def _prefill(self, dossier: DossierView) -> None:
        super()._prefill(dossier)
        self._box().setEditText(dossier.row.unit)

    def _box(self) -> QComboBox:
        box = self.inputs["unit"]
        assert isinstance(box, UnitBox)
        return box

    def _offer_units(self, units: list[Unit]) -> None:
        if alive(self):
            typed = self._box().currentText()
            self._box().addItems([unit for unit, office_code in units if not office_code])
            self._box().setCurrentIndex(-1)
            self._box().setEditText(typed)


class FinishDialog(StepDialog):
    """The result is there; whoever brings it with the papers from a unit signs for them in the same act."""

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.FINISH, parent)
        self.giver = QLineEdit(self)
        if dossier.row.unit:
            self.say(f"{self.heading.text()}\n{tr(Words.BROUGHT_HINT).format(unit=dossier.row.unit)}")
            self.add_field(tr(Words.BROUGHT_BY), self.giver)
            self.put_late_entry_last()
            self.giver.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.giver.hide()

    def work(self) -> Callable[[], Any]:
        return partial(finish, self.context.desk, self.code, self.answers(), nfc(self.giver.text()))


class HandoverDialog(TaskDialog):
    """What these windows share: a title that is also what they do."""

    def __init__(self, context: AppContext, title: str, parent: QWidget | None) -> None:
        super().__init__(context, tr(title), tr(Words.DO_IT).format(what=tr(title)), parent)
        self.setMinimumWidth(640)

    def line(self, words: str, hint: str = "") -> QLineEdit:
        """Another question."""
        field = QLineEdit(self)
        field.setPlaceholderText(tr(hint) if hint else "")
        self.add_field(tr(words), field)
        return field


class GiveDialog(HandoverDialog):
    """Where the chosen dossiers go; answers with the draft of a list."""

    def __init__(
        self, context: AppContext, codes: Sequence[str], units: Sequence[Unit], parent: QWidget | None = None
    ) -> None:
        super().__init__(context, Words.GIVE_TITLE, parent)
        self.codes = tuple(codes)
        self.say(tr(Words.GIVE_HINT).format(count=len(codes)))
        self.unit = UnitBox(units, self)
        self.add_field(tr(Words.UNIT), self.unit)
        self.office_code = self.line(Words.OFFICE_CODE, Words.OFFICE_HINT)
        self.unit.currentIndexChanged.connect(self._unit_chosen)
        self.inner = QCheckBox(tr(Words.INNER), self)
        self.inner.setAccessibleName(self.inner.text().replace("&", ""))
        self.due = MomentEdit(context.desk.clock() + timedelta(days=1), self)
        self.due.setAccessibleName(tr(Words.INNER_AT))
        self.due.hide()
        self.inner.toggled.connect(self.due.setVisible)
        self.form.addRow(self.inner)
        self.form.addRow(self.due)
        self.note = self.line(Words.NOTE)
        self.unit.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], HandoverView]:
        due = self.due.moment() if self.inner.isChecked() else None
        to = Destination(self.unit.unit(), nfc(self.office_code.text()), due, nfc(self.note.text()))
        return partial(prepare, self.context.desk, self.codes, to)

    @Slot(int)
    def _unit_chosen(self, place: int) -> None:
        if place >= 0:
            self.office_code.setText(str(self.unit.itemData(place) or ""))


class SendDialog(HandoverDialog):
    """Asks before a list goes: how many dossiers, which not any more, and who gives them."""

    def __init__(self, context: AppContext, going: Going, parent: QWidget | None = None) -> None:
        super().__init__(context, Words.SEND_TITLE, parent)
        view = going.view
        self.list_id = view.id
        sides = {"giver": view.from_unit, "receiver": view.to_unit}
        self.say(tr(Words.SEND_HINT).format(number=view.number, count=going.count, **sides))
        if going.stay:
            staying = QPlainTextEdit("\n".join(going.stay), self)
            staying.setReadOnly(True)
            staying.setTabChangesFocus(True)
            staying.setFixedHeight(SHOWN_STAYING)
            self.add_field(tr(Words.STAYING), staying)
        self.giver = self.line(Words.GIVER)
        self.giver.setPlaceholderText(tr(Words.GIVER_HINT).format(unit=view.from_unit))
        self.giver.setText(going.giver)
        self.giver.selectAll()
        self.giver.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], HandoverView]:
        giver = nfc(self.giver.text())
        if not giver:
            raise UserError("giver_missing", tr(Words.GIVER_MISSING))
        return partial(send, self.context.desk, self.list_id, giver)


class ConfirmDialog(HandoverDialog):
    """The receiver's name, and what they would not have."""

    def __init__(self, context: AppContext, view: HandoverView, parent: QWidget | None = None) -> None:
        super().__init__(context, Words.CONFIRM_TITLE, parent)
        self.list_id = view.id
        self.say(tr(Words.CONFIRM_HINT).format(number=view.number, unit=view.to_unit, giver=view.giver))
        self.receiver = self.line(Words.RECEIVER)
        self.taken: dict[str, tuple[QCheckBox, QLineEdit]] = {}
        self.setMinimumWidth(720)
        for item in view.lines:
            if item.state == "sent":
                self._add_line(item)
        self.receiver.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], HandoverView]:
        back = {code: nfc(reason.text()) for code, (box, reason) in self.taken.items() if not box.isChecked()}
        signing = Signing(nfc(self.receiver.text()), turned_back=back)
        return partial(confirm, self.context.desk, self.list_id, signing)

    def _add_line(self, item: HandoverLine) -> None:
        box = QCheckBox(f"{item.code} · {item.applicant_name}".replace("&", "&&"), self)
        box.setChecked(True)
        box.setAccessibleName(item.code)
        reason = QLineEdit(self)
        reason.setPlaceholderText(tr(Words.REASON).replace("&", ""))
        reason.setAccessibleName(f"{tr(Words.REASON).replace('&', '')} {item.code}")
        reason.setEnabled(False)
        box.toggled.connect(reason.setDisabled)
        self.form.addRow(box, reason)
        self.taken[item.code] = (box, reason)


class TakeBackDialog(HandoverDialog):
    """Who brings the chosen dossiers, from another office where it says so, and where they are put."""

    def __init__(
        self, context: AppContext, codes: Sequence[str], units: Sequence[Unit], parent: QWidget | None = None
    ) -> None:
        super().__init__(context, Words.BACK_TITLE, parent)
        self.codes = tuple(codes)
        self.say(tr(Words.BACK_HINT).format(count=len(codes)))
        self.giver = self.line(Words.GIVER)
        self.shelf = self.line(Words.SHELF, Words.SHELF_HINT)
        self.note = self.line(Words.NOTE)
        self.from_other = QCheckBox(tr(Words.FROM_OTHER), self)
        self.from_other.setAccessibleName(self.from_other.text().replace("&", ""))
        self.form.addRow(self.from_other)
        self.sender_name = UnitBox([unit for unit in units if unit[1]], self)
        self.add_field(tr(Words.SENDER), self.sender_name)
        self.office_code = self.line(Words.OFFICE_CODE, Words.SENDER_CODE_HINT)
        self.sender_name.currentIndexChanged.connect(self._sender_chosen)
        self.from_other.toggled.connect(self._ask_sender)
        self._ask_sender(False)
        self.giver.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], HandoverView]:
        shelf, note, sender = nfc(self.shelf.text()), nfc(self.note.text()), None
        if self.from_other.isChecked():
            sender = Sender(self.sender_name.unit(), nfc(self.office_code.text()))
            if not sender.unit:
                raise UserError("unit_missing", tr(Words.SENDER_MISSING))
        giver = nfc(self.giver.text())
        return partial(take_back, self.context.desk, self.codes, giver, shelf=shelf, note=note, sender=sender)

    @Slot(bool)
    def _ask_sender(self, wanted: bool) -> None:
        for field in (self.sender_name, self.office_code):
            self.form.setRowVisible(field, wanted)

    @Slot(int)
    def _sender_chosen(self, place: int) -> None:
        if place >= 0:
            self.office_code.setText(str(self.sender_name.itemData(place) or ""))


class RedirectDialog(HandoverDialog):
    """The right unit for a dossier that went to a wrong one."""

    def __init__(
        self, context: AppContext, line: HandoverLine, view: HandoverView, units: Sequence[Unit], parent: QWidget
    ) -> None:
        super().__init__(context, Words.REDIRECT_TITLE, parent)
        self.code = line.code
        self.say(tr(Words.REDIRECT_HINT).format(code=line.code, unit=view.to_unit))
        self.unit = UnitBox(units, self)
        self.add_field(tr(Words.UNIT), self.unit)
        self.reason = self.line(Words.REASON)
        self.giver = self.line(Words.GIVER)
        self.giver.setText(view.receiver if line.state == "confirmed" else view.giver)
        self.unit.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], HandoverView]:
        unit, reason, giver = self.unit.unit(), nfc(self.reason.text()), nfc(self.giver.text())
        return partial(redirect, self.context.desk, self.code, unit, reason, giver=giver)


class ShelfDialog(HandoverDialog):
    """Where the papers of the chosen dossiers lie."""

    def __init__(self, context: AppContext, codes: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(context, Words.SHELF_TITLE, parent)
        self.codes = tuple(codes)
        self.shelf = self.line(Words.SHELF)
        self.shelf.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Any]:
        return partial(put_on_shelf, self.context.desk, self.codes, nfc(self.shelf.text()))
