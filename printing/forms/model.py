"""A form set as data: what the texts of the circulars prescribe, read from TOML.

A set holds number, title, paper and the blocks of each form in their order. A *text* is ReportLab
paragraph markup with ``{field}`` places; the fields are those of :mod:`printing.forms.fields`. An office
puts its own variant in force by a file in its own folder: the same ``id`` replaces the shipped set, a new
``id`` with a later ``valid_from`` follows it.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from counter_app.errors import UserError
from resources import names, read_bytes

TEXT_FIELDS = frozenset(
    {
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
        "desk_phone",
        "office_name",
        "recipient",
        "reason",
        "responsible_unit",
        "submitter_name",
        "receiver_name",
        "signer_name",
        "lookup_url",
    }
)


def _check_places(text: str, allowed: frozenset[str]) -> None:
    try:
        ElementTree.fromstring(f"<para>{text}</para>")
    except ElementTree.ParseError as error:
        raise ValueError(f"markup is not well formed: {error}") from error
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None and (name not in allowed or spec or conversion):
            raise ValueError(f"unknown field {{{name}}}")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextBlock(_Data):
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


class ComponentList(_Data):
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


class ComponentTable(_Data):
    """The papers as a table with the head row on each page (2025)."""

    kind: Literal["component_table"]
    heading: str
    columns: tuple[str, str, str, str]
    original: str
    copy_: str = Field(alias="copy")


class FeeTable(_Data):
    """Fees with paid or not. ``none`` is written behind the heading when there is no fee; without it the
    block is then left out."""

    kind: Literal["fee_table"]
    heading: str
    none: str | None = None
    columns: tuple[str, str, str, str]
    paid: str
    unpaid: str
    total_paid: str
    total_unpaid: str

    @model_validator(mode="after")
    def _known_fields(self) -> FeeTable:
        for text in (self.total_paid, self.total_unpaid):
            _check_places(text, frozenset({"amount"}))
        return self


class SignatureColumn(_Data):
    """One who signs; ``name`` is the field that holds the name."""

    lines: tuple[str, ...]
    hint: str
    name: str

    @model_validator(mode="after")
    def _known_fields(self) -> SignatureColumn:
        _check_places(f"{{{self.name}}}", TEXT_FIELDS)
        return self


class Signatures(_Data):
    """Who signs, side by side; the name printed under the room to sign when it is known."""

    kind: Literal["signatures"]
    columns: tuple[SignatureColumn, ...]


class Note(_Data):
    """Small print at the end."""

    kind: Literal["note"]
    heading: str
    lines: tuple[str, ...]

    @model_validator(mode="after")
    def _known_fields(self) -> Note:
        for line in self.lines:
            _check_places(line, TEXT_FIELDS)
        return self


class Foot(_Data):
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
    TextBlock | ComponentList | ComponentTable | FeeTable | Signatures | Note | Foot,
    Field(discriminator="kind"),
]


class Form(_Data):
    """One form of a set: number and title as prescribed, paper, and its blocks from top to bottom.

    A line break in the title is where it breaks on the paper.
    """

    number: str
    title: str
    paper: Literal["A5", "A4"]
    number_suffix: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """The title as a name in running text, e.g. for the QR: ``Giấy tiếp nhận hồ sơ và …``."""
        return " ".join(self.title.split()).capitalize()


class FormSet(_Data):
    """The forms in force from ``valid_from`` until the next set's day."""

    id: str
    regulation: str
    valid_from: date
    receipt: Form
    apology: Form


def form_sets(own_folder: Path | None = None) -> tuple[FormSet, ...]:
    """The shipped sets and those of the office's own folder, oldest first.

    Raises ``UserError`` (``form_set_invalid``) that names the file and what is wrong in it.
    """
    shipped = [_load(name, read_bytes("forms", name)) for name in names("forms", suffix=".toml")]
    sets = {each.id: each for each in shipped}
    if own_folder is not None and own_folder.is_dir():
        for path in sorted(own_folder.glob("*.toml")):
            own = _load(path.name, path.read_bytes())
            sets[own.id] = own
    return tuple(sorted(sets.values(), key=lambda each: each.valid_from))


def form_set_for(day: date, own_folder: Path | None = None) -> FormSet:
    """The set in force on *day*, the day of issue; before the first set's day, the first set."""
    sets = form_sets(own_folder)
    return next((each for each in reversed(sets) if each.valid_from <= day), sets[0])


def _load(name: str, data: bytes) -> FormSet:
    try:
        return FormSet.model_validate(tomllib.loads(data.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(str(part) for part in first["loc"])
        raise _invalid(name, f"mục “{where}”: {first['msg']}") from error
    except ValueError as error:  # not TOML or not UTF-8
        raise _invalid(name, str(error)) from error


def _invalid(name: str, what: str) -> UserError:
    return UserError(
        "form_set_invalid",
        f"Bộ mẫu giấy tờ “{name}” không dùng được ({what}). "
        "Sửa lại tệp, hoặc chuyển tệp ra khỏi thư mục mẫu để dùng mẫu gốc.",
        file=name,
    )
