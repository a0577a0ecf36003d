"""The kinds of block that a form is made of, as data: lines, lists, tables, signatures.

A *text* is ReportLab paragraph markup with ``{field}`` places; a text about the whole paper takes its fields
from :data:`TEXT_FIELDS`, one about a row of a list or table from :data:`ROW_FIELDS`. The values are those of
:mod:`printing.forms.fields` and :mod:`printing.forms.rows`.
"""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field, model_validator

TEXT_FIELDS = frozenset(
    [
        "dossier_code",
        "procedure_code",
        "procedure_name",
        "applicant_name",
        "identifier",
        "address",
        "phone",
        "email",
        "request",
        "request_or_procedure",
        "sets_count",
        "limit_text",
        "received_at",
        "received_day",
        "due",
        "new_due",
        "return_place",
        "register_volume",
        "register_number",
        "payment_note",
        "desk_name",
        "desk_title",
        "desk_phone",
        "office_name",
        "recipient",
        "reason",
        "responsible_unit",
        "submitter_name",
        "receiver_name",
        "signer_name",
        "lookup_url",
        "guide_name",
        "contact_name",
        "contact_phone",
        "basis",
        "stage",
        "papers",
        "fees_settled",
        "lead_office",
        "settling_office",
        "cooperating_offices",
        "field_name",
        "year",
        "volume",
        "giver_office",
        "receiver_office",
        "giver_name",
        "handed_at",
        "dossier_count",
        "collector_name",
        "payer_name",
        "paid_at",
        "method",
        "official_receipt",
        "pay_before",
        "total",
        "total_in_words",
        "payment_qr",
        "bank_name",
        "account_number",
        "account_name",
        "payment_purpose",
        "payment_amount",
        "returned_at",
        "officer_name",
        "receiver_identifier",
        "authority",
        "return_method",
        "checked_by",
        "delivery_address",
        "sender_name",
        "sender_address",
        "sender_phone",
        "addressee_name",
        "carrier",
        "tracking_code",
        "contents",
        "collect",
        "day",
        "month",
        "counted",
        "difference",
        "explanation",
        "preparer_name",
        "cashier_name",
        "head_name",
        "overdue_count",
        "sent_count",
        "missing_count",
    ]
)

ROW_FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in {
        "requirements": "number text",
        "handovers": "giver receiver at early on_time late note",
        "register": "number dossier_code procedure_name sets_count applicant_name address phone lead_office "
        "received_at due returned_at return_method note",
        "handed": "number dossier_code applicant_name procedure_name papers due note",
        "fee_items": "number name amount",
        "results": "number name reference count",
        "originals": "number name originals copies",
        "fee_receipts": "number at dossier_code payer_name clerk method official_receipt amount",
        "fee_sums": "number clerk method receipts recorded counted difference",
        "apologies": "number dossier_code applicant_name procedure_name office_name due letter delivered_at new_due "
        "reason",
        "apology_offices": "number office_name overdue sent missing",
    }.items()
}


def _check_places(text: str, allowed: frozenset[str]) -> None:
    try:
        ElementTree.fromstring(f"<para>{text}</para>")
    except ElementTree.ParseError as error:
        raise ValueError(f"markup is not well formed: {error}") from error
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None and (name not in allowed or spec or conversion):
            raise ValueError(f"unknown field {{{name}}}")


class Data(BaseModel):
    """What is read from a set's file; an entry that nobody knows is an error, not a surprise on paper."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TextBlock(Data):
    """One line or paragraph. ``omit_unknown``: left out when its fields are not known."""

    kind: Literal["text"]
    text: str
    style: Literal["line", "center", "body"] = "line"
    omit_unknown: bool = False
    file_copy_only: bool = False

    @model_validator(mode="after")
    def _known_fields(self) -> TextBlock:
        _check_places(self.text, TEXT_FIELDS)
        return self


class ComponentList(Data):
    """The papers as a numbered list (2018)."""

    kind: Literal["component_list"]
    heading: str
    line: str
    original: str
    copy_: str = Field(alias="copy")

    @model_validator(mode="after")
    def _known_fields(self) -> ComponentList:
        _check_places(self.line, frozenset({"name", "counts"}))
        return self


class ComponentTable(Data):
    """The papers as a table with the head row on each page (2025)."""

    kind: Literal["component_table"]
    heading: str
    columns: tuple[str, str, str, str]
    original: str
    copy_: str = Field(alias="copy")


class FeeTable(Data):
    """Fees with paid or not, or ``free`` where nothing is to be paid of one. ``none`` is written behind the
    heading when there is no fee; without it the block is then left out."""

    kind: Literal["fee_table"]
    heading: str
    none: str | None = None
    columns: tuple[str, str, str, str]
    paid: str
    unpaid: str
    free: str = "Không phải nộp"
    total_paid: str
    total_unpaid: str

    @model_validator(mode="after")
    def _known_fields(self) -> FeeTable:
        for text in (self.total_paid, self.total_unpaid):
            _check_places(text, frozenset({"amount"}))
        return self


class RowList(Data):
    """Rows as lines of text under a heading."""

    kind: Literal["list"]
    rows: str
    heading: str
    line: str

    @model_validator(mode="after")
    def _known_fields(self) -> RowList:
        _check_places(self.line, _row_fields(self.rows))
        return self


class Column(Data):
    """One column of a table. ``width`` in millimetres; the columns of width 0 share what is left.

    Neighbours of one ``group`` stand under a common head. ``sign``: who signs under the text, side by side.
    """

    heading: str
    text: str
    width: float = 0
    align: Literal["left", "center", "right"] = "left"
    group: str | None = None
    sign: tuple[str, ...] = ()


class RowTable(Data):
    """Rows as a ruled table with its head on each page.

    Without rows ``none`` is written behind the heading; without that the block is left out. ``least_rows``: blank
    rows follow up to this number, to be written by hand.
    """

    kind: Literal["table"]
    rows: str
    heading: str | None = None
    none: str | None = None
    least_rows: int = 0
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _known_fields(self) -> RowTable:
        for column in self.columns:
            _check_places(column.text, _row_fields(self.rows))
        return self


class QrBlock(Data):
    """A QR of a field's text with lines beside it; left out when the field is not known."""

    kind: Literal["qr"]
    field: str
    heading: str
    lines: tuple[str, ...]

    @model_validator(mode="after")
    def _known_fields(self) -> QrBlock:
        for line in (*self.lines, f"{{{self.field}}}"):
            _check_places(line, TEXT_FIELDS)
        return self


class BarcodeBlock(Data):
    """A field's text as Code 128 with the text under it; only the text, dotted, when it is not known."""

    kind: Literal["barcode"]
    field: str
    caption: str

    @model_validator(mode="after")
    def _known_fields(self) -> BarcodeBlock:
        for line in (self.caption, f"{{{self.field}}}"):
            _check_places(line, TEXT_FIELDS)
        return self


class Panel(Data):
    """Lines in a frame, as sender and addressee on a label; ``large``: the first is read from afar."""

    kind: Literal["panel"]
    heading: str
    lines: tuple[str, ...]
    large: bool = False

    @model_validator(mode="after")
    def _known_fields(self) -> Panel:
        for line in self.lines:
            _check_places(line, TEXT_FIELDS)
        return self


class SignatureColumn(Data):
    """One who signs; ``name`` is the field that holds the name."""

    lines: tuple[str, ...]
    hint: str
    name: str

    @model_validator(mode="after")
    def _known_fields(self) -> SignatureColumn:
        _check_places(f"{{{self.name}}}", TEXT_FIELDS)
        return self


class CodeBeside(Data):
    """A QR of a field's text beside other things, with words about it below; left out when the field is not known."""

    field: str
    lines: tuple[str, ...]

    @model_validator(mode="after")
    def _known_fields(self) -> CodeBeside:
        for line in (*self.lines, f"{{{self.field}}}"):
            _check_places(line, TEXT_FIELDS)
        return self


class Signatures(Data):
    """Who signs, side by side (one alone: on the right); the name printed under the room to sign when known.

    ``qr`` stands on their left.
    """

    kind: Literal["signatures"]
    columns: tuple[SignatureColumn, ...]
    qr: CodeBeside | None = None


class Note(Data):
    """Small print at the end."""

    kind: Literal["note"]
    heading: str
    lines: tuple[str, ...]

    @model_validator(mode="after")
    def _known_fields(self) -> Note:
        for line in self.lines:
            _check_places(line, TEXT_FIELDS)
        return self


class Foot(Data):
    """Foot of a letter: left ``Nơi nhận``, right the signature of the head of the office."""

    kind: Literal["foot"]
    recipients_heading: str
    recipients: tuple[str, ...]
    signer_heading: tuple[str, ...]
    hint: str
    name: str

    @model_validator(mode="after")
    def _known_fields(self) -> Foot:
        for line in (*self.recipients, f"{{{self.name}}}"):
            _check_places(line, TEXT_FIELDS)
        return self


Block = Annotated[
    TextBlock
    | ComponentList
    | ComponentTable
    | FeeTable
    | RowList
    | RowTable
    | QrBlock
    | BarcodeBlock
    | Panel
    | Signatures
    | Note
    | Foot,
    Field(discriminator="kind"),
]


def _row_fields(rows: str) -> frozenset[str]:
    if rows not in ROW_FIELDS:
        raise ValueError(f"unknown rows «{rows}» (there are {', '.join(ROW_FIELDS)})")
    return ROW_FIELDS[rows]
