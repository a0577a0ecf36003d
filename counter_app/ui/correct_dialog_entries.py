"""The entries of a received dossier as fields: people, way of return, papers, fees not paid yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.correct import MOST_MONEY, Correctable, Correction, FeeAmount, PaperCount, can_correct
from counter_app.services.values import RETURN_WAYS, ApplicantData, FeeView
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_text import fee_words
from counter_app.ui.intake.checklist import CountBox
from counter_app.ui.intake.clamped_label import ClampedLabel
from counter_app.ui.intake.form_parts import InlineNote, form_layout, label, line_edit
from counter_app.ui.intake.person_fields import PersonFields
from counter_app.ui.page import nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

FEE_WIDTH = 150


class Words:
    """Captions."""

    APPLICANT = QT_TRANSLATE_NOOP("CorrectEntries", "Chủ hồ sơ")
    SUBMITTER = QT_TRANSLATE_NOOP("CorrectEntries", "Người &nộp thay")
    RETURN = QT_TRANSLATE_NOOP("CorrectEntries", "T&rả kết quả")
    SETS = QT_TRANSLATE_NOOP("CorrectEntries", "Số &bộ")
    NOTE = QT_TRANSLATE_NOOP("CorrectEntries", "Gh&i chú")
    TERMS = QT_TRANSLATE_NOOP("CorrectEntries", "Nhận và trả")
    PAPERS = QT_TRANSLATE_NOOP("CorrectEntries", "Giấy tờ đã nộp")
    ORIGINALS = QT_TRANSLATE_NOOP("CorrectEntries", "bản chính")
    COPIES = QT_TRANSLATE_NOOP("CorrectEntries", "bản sao")
    COUNT_OF = QT_TRANSLATE_NOOP("CorrectEntries", "{name}: số {what}")
    FEES = QT_TRANSLATE_NOOP("CorrectEntries", "Phí, lệ phí")
    AMOUNT_OF = QT_TRANSLATE_NOOP("CorrectEntries", "Số tiền của {name}")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A person as read, and as the fields give it back untouched: these may write the same thing otherwise."""

    read: ApplicantData
    given: ApplicantData


class PersonEntries:
    """One person's fields, and what they were filled with."""

    def __init__(self, fields: PersonFields) -> None:
        self.fields = fields
        self._shown = _Shown(ApplicantData(), fields.data())

    def fill(self, person: ApplicantData) -> None:
        self.fields.fill(person)
        self._shown = _Shown(person, self.fields.data())

    def data(self) -> ApplicantData:
        given = self.fields.data()
        return self._shown.read if given == self._shown.given else given

    def input_of(self, entry: str) -> QWidget | None:
        fields = self.fields
        inputs: dict[str, QWidget] = {
            "kind": fields.kind,
            "name": fields.name,
            "number": fields.number,
            "personal_number": fields.number,
            "tax_code": fields.number,
            "birth_date": fields.birth,
            "sex": fields.sex,
            "phone": fields.phone,
            "email": fields.email,
            "address": fields.address,
        }
        return inputs.get(entry)


class EntriesForm(QWidget):
    """Two columns: people on the left; terms, papers and fees on the right."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.applicant = PersonEntries(PersonFields(context, _tr(Words.APPLICANT)))
        self.submitter = PersonEntries(PersonFields(context, _plain(Words.SUBMITTER), submitter=True))
        self.with_submitter = QCheckBox(_tr(Words.SUBMITTER))
        self.with_submitter.setAccessibleName(_plain(Words.SUBMITTER))
        self.return_by = QComboBox()
        self.return_by.setAccessibleName(_plain(Words.RETURN))
        for value, text in RETURN_WAYS.items():
            self.return_by.addItem(text, value)
        self.sets = CountBox(_plain(Words.SETS))
        self.sets.setRange(1, 99)
        self.note = line_edit(_plain(Words.NOTE), max_length=500)
        self.counts: dict[str, tuple[CountBox, CountBox]] = {}
        self.amounts: dict[str, QSpinBox] = {}
        self.notes = {name: InlineNote("error") for name in ("applicant", "submitter", "terms", "component", "fee")}
        self._revision = 0
        self._papers = QVBoxLayout()
        self._fees = QVBoxLayout()
        self._fees_title = _section(Words.FEES)
        people, rest = self._people(), self._rest()
        self._areas = ((_scrolled(people), people), (_scrolled(rest), rest))
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(16)
        for area, _ in self._areas:
            columns.addWidget(area, 1)
        self._connect()

    def show_entries(self, read: Correctable) -> None:
        """Fill the fields with a dossier as it stands; once."""
        entries = read.entries
        self._revision = entries.revision
        self.applicant.fill(entries.applicant)
        self.with_submitter.setChecked(entries.submitter is not None)
        if entries.submitter is not None:
            self.submitter.fill(entries.submitter)
        self.return_by.setCurrentIndex(max(0, self.return_by.findData(entries.return_by)))
        self.sets.setMaximum(max(self.sets.maximum(), entries.sets))
        self.sets.setValue(entries.sets)
        self.note.setText(entries.note)
        for count in entries.components:
            self._add_paper(count, read.names[f"component.{count.code}"])
        for fee in read.fees:
            self._add_fee(fee)
        self._fees_title.setVisible(bool(read.fees))
        self._order_tabs()

    def entries(self) -> Correction:
        """What the fields say."""
        return Correction(
            revision=self._revision,
            applicant=self.applicant.data(),
            submitter=self.submitter.data() if self.with_submitter.isChecked() else None,
            return_by=str(self.return_by.currentData()),
            sets=self.sets.value(),
            note=nfc(self.note.text()),
            components=tuple(
                PaperCount(code, originals.value(), copies.value()) for code, (originals, copies) in self.counts.items()
            ),
            fees=tuple(FeeAmount(code, amount.value()) for code, amount in self.amounts.items()),
        )

    def problem(self) -> tuple[str, str] | None:
        """The field that cannot be read, and what to do."""
        unreadable = self.applicant.fields.problem()
        return ("applicant.birth_date", unreadable[0]) if unreadable is not None else None

    def say(self, field: str, text: str) -> bool:
        """Show ``text`` beside the field and go there; False where there is no such field."""
        self.quiet()
        entry = self.input_of(field)
        if entry is None:
            return False
        part = field.partition(".")[0]
        self.notes["terms" if part not in self.notes else part].say(text)
        set_tone(entry, "error")
        self.go_to(field)
        return True

    def quiet(self) -> None:
        """Take away what was said beside the fields."""
        for note in self.notes.values():
            note.say("")

    def go_to(self, field: str) -> None:
        """Put the cursor into a field; into the applicant's name for one that is not here."""
        entry = self.input_of(field) or self.applicant.fields.name
        entry.setFocus(Qt.FocusReason.OtherFocusReason)
        for area, column in self._areas:
            if area.isAncestorOf(entry):
                column.activate()  # what was just said above the field moves it down
                area.ensureWidgetVisible(entry)

    def mark(self, fields: Collection[str]) -> None:
        """Frame the fields that differ from what was read."""
        entries = [
            f"{which}.{name}" for which in ("applicant", "submitter") for name in ApplicantData.__dataclass_fields__
        ]
        entries += ["return_by", "sets", "note", *(f"fee.{code}" for code in self.amounts)]
        entries += [f"component.{code}.{what}" for code in self.counts for what in ("originals", "copies")]
        marked = {self.input_of(field) for field in fields}
        for field in entries:
            entry = self.input_of(field)
            if entry is not None:
                set_tone(entry, "warning" if entry in marked else "")

    def input_of(self, field: str) -> QWidget | None:
        """The widget of an entry (``services.correct.Change``); of a whole section its first."""
        which, _, rest = field.partition(".")
        if which in ("applicant", "submitter"):
            return (self.applicant if which == "applicant" else self.submitter).input_of(rest)
        if which in ("component", "components"):
            code, _, what = rest.rpartition(".")
            boxes = self.counts.get(code) or next(iter(self.counts.values()), None)
            return None if boxes is None else boxes[1 if what == "copies" else 0]
        if which in ("fee", "fees"):
            return self.amounts.get(rest) or next(iter(self.amounts.values()), None)
        terms: dict[str, QWidget] = {"return_by": self.return_by, "sets": self.sets, "note": self.note}
        return terms.get(field)

    def _people(self) -> QVBoxLayout:
        column = QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(_section(Words.APPLICANT))
        head.addStretch(1)
        head.addWidget(self.applicant.fields.kind)
        column.addLayout(head)
        column.addWidget(self.notes["applicant"])
        column.addWidget(self.applicant.fields)
        column.addSpacing(6)
        column.addWidget(self.with_submitter)
        column.addWidget(self.notes["submitter"])
        column.addWidget(self.submitter.fields)
        column.addStretch(1)
        self.submitter.fields.hide()
        return column

    def _rest(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(_section(Words.TERMS))
        form = form_layout()
        way = QHBoxLayout()
        way.setSpacing(8)
        way.addWidget(self.return_by, 1)
        sets = QLabel(_tr(Words.SETS))
        sets.setBuddy(self.sets)
        way.addWidget(sets)
        way.addWidget(self.sets)
        form.addRow(label(_tr(Words.RETURN), self.return_by), way)
        form.addRow(label(_tr(Words.NOTE), self.note), self.note)
        column.addLayout(form)
        column.addWidget(self.notes["terms"])
        column.addSpacing(6)
        column.addWidget(_section(Words.PAPERS))
        column.addWidget(self.notes["component"])
        self._papers.setSpacing(4)
        column.addLayout(self._papers)
        column.addSpacing(6)
        column.addWidget(self._fees_title)
        column.addWidget(self.notes["fee"])
        column.addLayout(self._fees)
        column.addStretch(1)
        return column

    def _add_paper(self, count: PaperCount, name: str) -> None:
        row = QFrame()
        set_role(row, "row")
        grid = QGridLayout(row)
        grid.setContentsMargins(8, 5, 8, 5)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(ClampedLabel(name), 0, 0)
        boxes = []
        for column, (words, value) in enumerate(((Words.ORIGINALS, count.originals), (Words.COPIES, count.copies))):
            box = CountBox(_tr(Words.COUNT_OF).format(name=name, what=_tr(words)))
            box.setMaximum(max(box.maximum(), value))
            box.setValue(value)
            box.valueChanged.connect(self.changed)
            grid.addWidget(box, 0, 2 * column + 1)
            grid.addWidget(_hint(words), 0, 2 * column + 2)
            boxes.append(box)
        self.counts[count.code] = (boxes[0], boxes[1])
        self._papers.addWidget(row)

    def _add_fee(self, fee: FeeView) -> None:
        row = QHBoxLayout()
        name = QLabel(fee.name)
        name.setWordWrap(True)
        row.addWidget(name, 1)
        if not can_correct(fee):
            words = QLabel(fee_words(fee))
            words.setWordWrap(True)
            row.addWidget(words, 1)
        else:
            amount = QSpinBox()
            amount.setRange(0, MOST_MONEY)
            amount.setSingleStep(1000)
            amount.setGroupSeparatorShown(True)
            amount.setSuffix(" đ")
            amount.setFixedWidth(FEE_WIDTH)
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            amount.setAccessibleName(_tr(Words.AMOUNT_OF).format(name=fee.name))
            amount.setValue(fee.amount)
            amount.valueChanged.connect(self.changed)
            row.addWidget(amount)
            self.amounts[fee.code] = amount
        self._fees.addLayout(row)

    def _connect(self) -> None:
        self.with_submitter.toggled.connect(self.submitter.fields.setVisible)
        self.with_submitter.toggled.connect(self.changed)
        self.applicant.fields.changed.connect(self.changed)
        self.submitter.fields.changed.connect(self.changed)
        self.return_by.currentIndexChanged.connect(self.changed)
        self.sets.valueChanged.connect(self.changed)
        self.note.textChanged.connect(self.changed)

    def _order_tabs(self) -> None:
        order: list[QWidget] = [*self.applicant.fields.inputs(), self.with_submitter, *self.submitter.fields.inputs()]
        order += [self.return_by, self.sets, self.note]
        order += [box for boxes in self.counts.values() for box in boxes]
        order += self.amounts.values()
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)


def _scrolled(column: QVBoxLayout) -> QScrollArea:
    inside = QWidget()
    set_role(inside, "canvas")
    column.setContentsMargins(0, 0, 10, 0)
    inside.setLayout(column)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area


def _section(words: str) -> QLabel:
    made = QLabel(_tr(words))
    set_role(made, "section")
    return made


def _hint(words: str) -> QLabel:
    made = QLabel(_tr(words))
    set_role(made, "hint")
    return made


def _plain(words: str) -> str:
    return _tr(words).replace("&", "")


def _tr(text: str) -> str:
    return translate("CorrectEntries", text)
