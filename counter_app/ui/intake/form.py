"""The intake form: all its parts on one screen, read into a request or a draft."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QPushButton,
    QWidget,
)

from counter_app.services.values import ApplicantData, ProcedureView, ReceiveRequest
from counter_app.ui.context import AppContext
from counter_app.ui.intake.form_layout import IntakeLayout
from counter_app.ui.intake.person_fields import PersonFields
from counter_app.ui.page import nfc


class IntakeForm(IntakeLayout):
    """What is on the form; talking to the services is the page's business."""

    changed = Signal()
    scan_entered = Signal()
    """Enter in the field for the card."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._connect()
        self.order_tabs()

    def request(self, supplement_reason: str = "") -> ReceiveRequest | None:
        """What is to be received; None while no procedure is chosen."""
        procedure = self.procedure.procedure
        if procedure is None:
            return None
        return ReceiveRequest(
            procedure=procedure.code,
            applicant=self.applicant.data(),
            submitter=self._submitter_data(),
            case_name=self.procedure.case_name(),
            channel=str(self.terms.channel.currentData()),
            return_by=str(self.terms.return_by.currentData()),
            components=self.checklist.values(),
            fees=self.fees.values(),
            sets=self.terms.sets.value(),
            note=nfc(self.terms.note.text()),
            due=self.due.entered(),
            reason=self.due.entered_reason(),
            supplement_reason=supplement_reason,
        )

    def unreadable(self) -> tuple[str, QWidget] | None:
        """The first field that cannot be read, with what to do."""
        return self.applicant.problem() or self.due.problem()

    def is_empty(self) -> bool:
        """Whether there is nothing worth a draft."""
        return self.procedure.procedure is None and self.applicant.is_empty() and self.submitter.is_empty()

    def draft(self) -> dict[str, Any]:
        """Everything on the form, as plain values."""
        procedure = self.procedure.procedure
        return {
            "procedure": procedure.code if procedure is not None else "",
            "case": self.procedure.case_name(),
            "applicant": _person_draft(self.applicant),
            "other": self.other.isChecked(),
            "submitter": _person_draft(self.submitter),
            "components": self.checklist.draft(),
            "fees": self.fees.draft(),
            "terms": self.terms.draft(),
            "due": self.due.draft(),
        }

    def restore(self, draft: dict[str, Any], procedure: ProcedureView | None) -> None:
        """Put a draft back on the form."""
        self.terms.restore(draft.get("terms", {}))
        self.show_procedure(procedure, str(draft.get("case", "")))
        _restore_person(self.applicant, draft.get("applicant", {}))
        self.other.setChecked(bool(draft.get("other")))
        _restore_person(self.submitter, draft.get("submitter", {}))
        self.checklist.restore(draft.get("components", {}))
        self.fees.restore(draft.get("fees", {}))
        self.due.restore(draft.get("due", {}))

    def clear(self) -> None:
        """An empty form for the next applicant."""
        self.restore({}, None)
        self.say_problem("")
        self.scan_field.hide()
        self._left.verticalScrollBar().setValue(0)

    def show_procedure(self, procedure: ProcedureView | None, case: str = "") -> None:
        """Lay out what the procedure asks for."""
        self.procedure.show_procedure(procedure, case)
        self._show_case()
        self._show_fees()
        self.due.show_for(procedure, str(self.terms.channel.currentData()))
        self._no_papers.setVisible(procedure is None)
        self.all_here.setEnabled(procedure is not None)

    def say_problem(self, text: str, *, missing: tuple[str, ...] = ()) -> None:
        """Say what keeps the dossier from being received; ``missing`` offers the supplement request."""
        self.problem.say(text, "error")
        self.supplement.setVisible(bool(missing))
        self.checklist.mark_missing(missing)
        if not missing:
            self.supplement.clear()

    def add_files(self, component: str, files: list[Path]) -> bool:
        """Attach PDFs to this paper; False when it is none of the form's, or they are not taken."""
        row = next((row for row in self.checklist.rows if row.component.code == component), None)
        if row is not None:
            row.add_files(files)
        return row is not None and set(files) <= set(row.files)

    def open_scan_field(self) -> None:
        """F5: a field for nothing but the card."""
        self.scan_field.clear()
        self.scan_field.show()
        self.scan_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def inputs(self) -> list[QWidget]:
        """All that can have the focus, in the order of Tab."""
        controls: list[QWidget] = [*self.procedure.inputs(), self.scan, self.scan_field]
        controls += self.applicant.inputs()
        controls.append(self.other)
        controls += self.submitter.inputs()
        controls += self.terms.inputs()
        controls.append(self.all_here)
        for row in self.checklist.rows:
            controls += row.controls()
        controls += self.fees.inputs()
        controls += self.due.inputs()
        return [*controls, *self.supplement.inputs(), self.receive, self.refuse, self.clear_form]

    def order_tabs(self) -> None:
        """Set the order of Tab anew after rows came or went."""
        controls = self.inputs()
        for first, second in pairwise(controls):
            QWidget.setTabOrder(first, second)

    def focus_fees(self) -> None:
        """To the first fee. (A label with a buddy would press the check box, not only go to it.)"""
        if self.fees.rows:
            self.fees.rows[0].paid.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, and goes on to the next field anywhere else."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()
        elif focused is self.scan_field:
            self.scan_entered.emit()
        else:
            self.focusNextChild()

    def _submitter_data(self) -> ApplicantData | None:
        return self.submitter.data() if self.other.isChecked() else None

    def _show_case(self) -> None:
        self.checklist.show_procedure(self.procedure.procedure, self.procedure.case_name())

    def _show_fees(self) -> None:
        channel = str(self.terms.channel.currentData())
        self.fees.show_procedure(self.procedure.procedure, channel, self.procedure.case_name())
        self._fees_label.setVisible(bool(self.fees.rows))

    def _case_changed(self) -> None:
        self._show_case()
        self._show_fees()
        self.changed.emit()

    def _channel_changed(self) -> None:
        self._show_fees()
        self.due.show_for(self.procedure.procedure, str(self.terms.channel.currentData()))

    def _other_toggled(self, shown: bool) -> None:
        self.submitter.setVisible(shown)
        if shown and self.other.hasFocus():
            self.submitter.number.setFocus(Qt.FocusReason.TabFocusReason)
        self.changed.emit()

    def _connect(self) -> None:
        for part in (self.applicant, self.submitter, self.terms, self.checklist, self.fees, self.due):
            part.changed.connect(self.changed)
        self.procedure.case_changed.connect(self._case_changed)
        self.terms.channel_changed.connect(self._channel_changed)
        self.other.toggled.connect(self._other_toggled)
        self.all_here.clicked.connect(self.checklist.tick_all)
        self.checklist.rows_made.connect(self.order_tabs)
        self.fees.rows_made.connect(self.order_tabs)
        self.scan.clicked.connect(self.open_scan_field)


def _person_draft(person: PersonFields) -> dict[str, Any]:
    """The texts as typed: a half-typed date of birth comes back too."""
    return {
        "kind": person.kind.currentData(),
        "sex": person.sex.currentData(),
        "name": person.name.text(),
        "number": person.number.text(),
        "birth": person.birth.text(),
        "phone": person.phone.text(),
        "email": person.email.text(),
        "address": person.address.text(),
    }


def _restore_person(person: PersonFields, draft: dict[str, Any]) -> None:
    person.clear()
    person.kind.setCurrentIndex(max(0, person.kind.findData(draft.get("kind", "person"))))
    person.sex.setCurrentIndex(max(0, person.sex.findData(draft.get("sex", ""))))
    for key in ("name", "number", "birth", "phone", "email", "address"):
        field: QLineEdit = getattr(person, key)
        field.setText(str(draft.get(key, "")))
