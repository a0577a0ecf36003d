"""Who applies or hands in: fields, warnings as one types, people known from before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from counter_app.rules import identity
from counter_app.rules.card_qr import CardData
from counter_app.rules.violation import RuleViolation
from counter_app.services.values import APPLICANT_KINDS, ApplicantData
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local, local_date
from counter_app.ui.intake.form_parts import InlineNote, form_layout, label, line_edit
from counter_app.ui.intake.typed_dates import parse_date
from counter_app.ui.page import nfc
from counter_app.ui.pick_list import PickList, Suggestion
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

KNOWN_DELAY_MS = 150
KNOWN_FROM = 3
PHONE_WIDTH = 124


class Words:
    KIND = QT_TRANSLATE_NOOP("PersonFields", "Loại")
    NAME = QT_TRANSLATE_NOOP("PersonFields", "&Họ và tên")
    ORGANISATION = QT_TRANSLATE_NOOP("PersonFields", "Tên tổ c&hức")
    NUMBER = QT_TRANSLATE_NOOP("PersonFields", "Số định &danh")
    TAX = QT_TRANSLATE_NOOP("PersonFields", "Mã &số thuế")
    BORN = QT_TRANSLATE_NOOP("PersonFields", "N&gày sinh")
    SEX = QT_TRANSLATE_NOOP("PersonFields", "Giới tính")
    PHONE = QT_TRANSLATE_NOOP("PersonFields", "Điện th&oại")
    EMAIL = QT_TRANSLATE_NOOP("PersonFields", "Email")
    ADDRESS = QT_TRANSLATE_NOOP("PersonFields", "Đị&a chỉ")
    SUBMITTER_NAME = QT_TRANSLATE_NOOP("PersonFields", "Họ và tên")
    SUBMITTER_NUMBER = QT_TRANSLATE_NOOP("PersonFields", "Số định danh")
    SUBMITTER_PHONE = QT_TRANSLATE_NOOP("PersonFields", "Điện thoại")
    MALE = QT_TRANSLATE_NOOP("PersonFields", "Nam")
    FEMALE = QT_TRANSLATE_NOOP("PersonFields", "Nữ")
    BORN_HINT = QT_TRANSLATE_NOOP("PersonFields", "vd. 8/3/1990")
    BORN_WRONG = QT_TRANSLATE_NOOP("PersonFields", "Ngày sinh chưa đúng. Hãy nhập ngày/tháng/năm, ví dụ 8/3/1990.")
    KNOWN = QT_TRANSLATE_NOOP("PersonFields", "Người đã từng nộp hồ sơ")


@dataclass(frozen=True, slots=True)
class _Known:
    generation: int
    field: QLineEdit
    people: tuple[ApplicantData, ...]


def _known(desk: Any, generation: int, field: QLineEdit, text: str) -> _Known:
    from counter_app.services.known_applicants import known_applicants

    return _Known(generation, field, tuple(known_applicants(desk, text)))


def person_line(person: ApplicantData) -> str:
    """A known person as one line of a list."""
    parts = (person.name, person.personal_number or person.tax_code, person.phone, person.address)
    return "  ·  ".join(part for part in parts if part)


class PersonFields(QWidget):
    """The fields of one person or organisation. ``submitter``: a person who hands in for the applicant.

    ``kind`` is laid out by the form, in the heading.
    """

    changed = Signal()

    def __init__(self, context: AppContext, who: str, *, submitter: bool = False) -> None:
        super().__init__()
        self._context = context
        self._submitter = submitter
        self._generation = 0
        self._typing: QLineEdit | None = None
        self._make_fields(who)
        self._lists = {field: self._pick_list(field) for field in (self.name, self.number, self.phone)}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KNOWN_DELAY_MS)
        self._timer.timeout.connect(self._ask_known)
        self._lay_out()
        self._connect()
        self._kind_changed()

    def inputs(self) -> tuple[QWidget, ...]:
        """All fields in the order of Tab."""
        if self._submitter:
            return (self.number, self.name, self.phone)
        return (
            self.kind, self.number, self.name, self.birth, self.sex, self.phone, self.email, self.address,
        )  # fmt: skip

    def data(self) -> ApplicantData:
        """What was entered, in composed letters."""
        kind = str(self.kind.currentData())
        number = nfc(self.number.text())
        person = kind == "person"
        return ApplicantData(
            kind=kind,
            name=identity.normalise_name(self.name.text()),
            personal_number=number if person else "",
            tax_code="" if person else number,
            birth_date=self._birth() if person else None,
            sex=str(self.sex.currentData() or "") if person else "",
            phone=nfc(self.phone.text()),
            email=nfc(self.email.text()),
            address=nfc(self.address.text()),
        )

    def is_empty(self) -> bool:
        """Whether nothing has been typed."""
        return not any(field.text().strip() for field in self._texts())

    def problem(self) -> tuple[str, QWidget] | None:
        """What keeps the fields from being read, and where; the services check the rest."""
        if self.birth.text().strip() and self._birth() is None and self.kind.currentData() == "person":
            return translate("PersonFields", Words.BORN_WRONG), self.birth
        return None

    def fill(self, person: ApplicantData) -> None:
        """Take over a known person, a draft or a card."""
        self.kind.setCurrentIndex(max(0, self.kind.findData(person.kind)))
        self.name.setText(person.name)
        self.number.setText(person.personal_number or person.tax_code)
        self.birth.setText(local_date(person.birth_date))
        self.sex.setCurrentIndex(max(0, self.sex.findData(person.sex)))
        self.phone.setText(person.phone)
        self.email.setText(person.email)
        self.address.setText(person.address)
        self.address.setCursorPosition(0)
        self._generation += 1
        self._timer.stop()
        for pick_list in self._lists.values():
            pick_list.offer(())

    def fill_from_card(self, card: CardData) -> None:
        """Take over what the card says; telephone and e-mail stay when the same person was there already."""
        same = self.number.text().strip() in ("", card.personal_number)
        self.fill(
            ApplicantData(
                name=card.name,
                personal_number=card.personal_number,
                birth_date=card.birth_date,
                sex=card.sex.value if card.sex else "",
                address=card.address,
                phone=nfc(self.phone.text()) if same else "",
                email=nfc(self.email.text()) if same else "",
            )
        )

    def clear(self) -> None:
        """Empty fields for the next person."""
        self.fill(ApplicantData())

    def _birth(self) -> Any:
        return parse_date(nfc(self.birth.text()), local(self._context.desk.clock()).date())

    def _texts(self) -> tuple[QLineEdit, ...]:
        return (self.name, self.number, self.birth, self.phone, self.email, self.address)

    def _make_fields(self, who: str) -> None:
        def named(words: str) -> str:
            return f"{who}: {translate('PersonFields', words).replace('&', '')}"

        self.kind = QComboBox()
        self.kind.setAccessibleName(named(Words.KIND))
        for value, text in APPLICANT_KINDS.items():
            self.kind.addItem(text, value)
        self.number = line_edit(named(Words.NUMBER), max_length=20)
        self.name = line_edit(named(Words.NAME))
        self.birth = line_edit(named(Words.BORN), translate("PersonFields", Words.BORN_HINT), 10)
        self.sex = QComboBox()
        self.sex.setAccessibleName(named(Words.SEX))
        for text, value in (("–", ""), (Words.MALE, "male"), (Words.FEMALE, "female")):
            self.sex.addItem(translate("PersonFields", text), value)
        self.phone = line_edit(named(Words.PHONE), max_length=20)
        self.email = line_edit(named(Words.EMAIL), max_length=120)
        self.address = line_edit(named(Words.ADDRESS), max_length=400)
        self._number_note = InlineNote()
        self._birth_note = InlineNote()
        self._phone_note = InlineNote()
        self._name_label = label("", self.name)
        self._number_label = label("", self.number)

    def _pick_list(self, field: QLineEdit) -> PickList:
        made = PickList(field, translate("PersonFields", Words.KNOWN), needs_move=True)
        made.picked.connect(self._known_picked)
        return made

    def _lay_out(self) -> None:
        form = form_layout()
        if self._submitter:
            for caption, field in (
                (Words.SUBMITTER_NUMBER, self.number),
                (Words.SUBMITTER_NAME, self.name),
                (Words.SUBMITTER_PHONE, self.phone),
            ):
                form.addRow(label(translate("PersonFields", caption), field), field)
            form.insertRow(1, self._number_note)
            for hidden in (self.kind, self.birth, self.sex, self.email, self.address, self._birth_note):
                hidden.setParent(self)
                hidden.hide()
            form.addRow(self._phone_note)
        else:
            self._lay_out_applicant(form)
        self.setLayout(form)

    def _lay_out_applicant(self, form: QFormLayout) -> None:
        form.addRow(self._number_label, self.number)
        form.addRow(self._number_note)
        form.addRow(self._name_label, self.name)
        born = QHBoxLayout()
        born.setSpacing(8)
        born.addWidget(self.birth, 1)
        self._sex_label = QLabel(translate("PersonFields", Words.SEX))
        self._sex_label.setBuddy(self.sex)
        born.addWidget(self._sex_label)
        born.addWidget(self.sex)
        self._birth_label = label(translate("PersonFields", Words.BORN), self.birth)
        form.addRow(self._birth_label, born)
        form.addRow(self._birth_note)
        reach = QHBoxLayout()
        reach.setSpacing(8)
        self.phone.setMinimumWidth(PHONE_WIDTH)
        reach.addWidget(self.phone, 2)
        email_label = QLabel(translate("PersonFields", Words.EMAIL))
        email_label.setBuddy(self.email)
        reach.addWidget(email_label)
        reach.addWidget(self.email, 2)
        form.addRow(label(translate("PersonFields", Words.PHONE), self.phone), reach)
        form.addRow(self._phone_note)
        form.addRow(label(translate("PersonFields", Words.ADDRESS), self.address), self.address)

    def _connect(self) -> None:
        for field in self._texts():
            field.textChanged.connect(self._text_changed)
        for field in self._lists:
            field.textEdited.connect(self._typed)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.sex.currentIndexChanged.connect(self._text_changed)

    def _kind_changed(self) -> None:
        person = self.kind.currentData() == "person"
        self._name_label.setText(translate("PersonFields", Words.NAME if person else Words.ORGANISATION))
        self._number_label.setText(translate("PersonFields", Words.NUMBER if person else Words.TAX))
        if not self._submitter:
            for part in (self.birth, self.sex, self._birth_label, self._sex_label):
                part.setVisible(person)
        self._text_changed()

    def _text_changed(self) -> None:
        """Warnings beside the fields; nothing is refused here."""
        person = self.kind.currentData() == "person"
        number = "".join(self.number.text().split())
        born = self._birth() if person else None
        sex = str(self.sex.currentData() or "") or None
        if not number:
            warnings: tuple[str, ...] = ()
        elif person:
            warnings = identity.check_personal_number(number, born, sex)
        else:
            warnings = identity.check_tax_code(number)
        self._number_note.say("\n".join(warnings))
        self._birth_note.say(self._birth_words(born))
        phone = self.phone.text().strip()
        self._phone_note.say("\n".join(identity.check_phone(phone)) if phone else "")
        self.changed.emit()

    def _birth_words(self, born: Any) -> str:
        text = self.birth.text().strip()
        if not text or self.kind.currentData() != "person":
            return ""
        if born is None:
            return translate("PersonFields", Words.BORN_WRONG)
        try:
            return "\n".join(identity.check_birth_date(born, local(self._context.desk.clock()).date()))
        except RuleViolation as violation:
            return violation.message

    def _typed(self) -> None:
        sender = self.sender()
        if isinstance(sender, QLineEdit):
            self._typing = sender
            self._generation += 1
            self._timer.start()

    def _ask_known(self) -> None:
        field = self._typing
        if field is None:
            return
        text = nfc(field.text())
        if len(text) < KNOWN_FROM or not field.hasFocus():
            self._lists[field].offer(())
            return
        self._context.executor.submit(
            partial(_known, self._context.desk, self._generation, field, text), self._take_known
        )

    def _take_known(self, answer: _Known) -> None:
        if answer.generation != self._generation or not answer.field.hasFocus():
            return
        self._lists[answer.field].offer([Suggestion(person_line(item), item) for item in answer.people])

    def _known_picked(self, person: object) -> None:
        if isinstance(person, ApplicantData):
            self.fill(person)
            self.phone.setFocus(Qt.FocusReason.OtherFocusReason)
