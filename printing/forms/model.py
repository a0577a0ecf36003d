"""A form set as data: what the texts of the circulars prescribe, read from TOML.

A set holds number, title, paper and the blocks of each form in their order (:mod:`printing.forms.blocks`). The
papers that no circular prescribes come from one file for all sets. An office puts its own variant in force by
a file in its own folder: the same ``id`` replaces the shipped set, a new ``id`` with a later ``valid_from``
follows it; a form that its file leaves out is that of the shipped set.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from counter_app.errors import UserError
from printing.forms.blocks import Block, Data
from printing.forms.style import Paper
from resources import names, read_bytes

_UNPRESCRIBED = "desk.toml"


class Form(Data):
    """One form of a set: number and title as prescribed, paper, and its blocks from top to bottom.

    A line break in the title is where it breaks on the paper. A form without ``number`` is not prescribed.
    ``regulation``: the circular it comes from, where that is not the set's own. ``head``: the letterhead with
    the codes, the names of the office alone (register), or none (label).
    """

    number: str = ""
    title: str
    paper: Paper
    head: Literal["letterhead", "register", "none"] = "letterhead"
    number_suffix: str = ""
    regulation: str | None = None
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """The title as a name in running text, e.g. for the QR: ``Giấy tiếp nhận hồ sơ và …``."""
        return " ".join(self.title.split()).capitalize()


class FormSet(Data):
    """The forms in force from ``valid_from`` until the next set's day, by their names in forms.md.

    The set of 2018 knows no notice of stopping.
    """

    id: str
    regulation: str
    valid_from: date
    receipt: Form
    supplement_request: Form
    refusal: Form
    apology: Form
    stop_notice: Form | None = None
    control_slip: Form
    register_: Form = Field(alias="register")  # "register" is a method of every model class
    handover_list: Form
    payment_note: Form
    payment_notice: Form
    post_label: Form
    return_slip: Form
    fee_closing: Form
    apology_list: Form


_FORMS = tuple(
    field.alias or name
    for name, field in FormSet.model_fields.items()
    if name not in ("id", "regulation", "valid_from")
)


def form_sets(own_folder: Path | None = None) -> tuple[FormSet, ...]:
    """The shipped sets and those of the office's own folder, oldest first.

    Raises ``UserError`` (``form_set_invalid``) that names the file and what is wrong in it.
    """
    sets = {each.id: each for each in _shipped_sets()}
    if own_folder is not None and own_folder.is_dir():
        for path in sorted(own_folder.glob("*.toml")):
            own = _load(path.name, path.read_bytes())
            sets[own.id] = own
    return tuple(sorted(sets.values(), key=lambda each: each.valid_from))


def form_set_for(day: date, own_folder: Path | None = None) -> FormSet:
    """The set in force on *day*, the day of issue; before the first set's day, the first set."""
    sets = form_sets(own_folder)
    return next((each for each in reversed(sets) if each.valid_from <= day), sets[0])


@cache
def _shipped_sets() -> tuple[FormSet, ...]:
    return tuple(_load(name, read_bytes("forms", name)) for name, _ in _shipped())


@cache
def _shipped() -> tuple[tuple[str, dict[str, Any]], ...]:
    """File name and data of each shipped set, oldest first."""
    files = [name for name in names("forms", suffix=".toml") if name != _UNPRESCRIBED]
    found = [(name, tomllib.loads(read_bytes("forms", name).decode("utf-8"))) for name in files]
    return tuple(sorted(found, key=lambda each: each[1]["valid_from"]))


@cache
def _unprescribed() -> dict[str, Any]:
    return tomllib.loads(read_bytes("forms", _UNPRESCRIBED).decode("utf-8"))


def _load(name: str, data: bytes) -> FormSet:
    try:
        return FormSet.model_validate(_completed(tomllib.loads(data.decode("utf-8"))))
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(str(part) for part in first["loc"])
        raise _invalid(name, f"mục «{where}»: {first['msg']}") from error
    except ValueError as error:  # not TOML or not UTF-8
        raise _invalid(name, str(error)) from error


def _completed(given: dict[str, Any]) -> dict[str, Any]:
    """*given* with the forms that it leaves out: of the shipped set of its id, else of the one before its day."""
    shipped = [data for _, data in _shipped()]
    same = [data for data in shipped if data["id"] == given.get("id")]
    day = given.get("valid_from")
    before = [data for data in shipped if isinstance(day, date) and data["valid_from"] <= day]
    base = (same or before or shipped[:1])[-1]
    forms = {name: {"regulation": base["regulation"], **base[name]} for name in _FORMS if name in base}
    return {**_unprescribed(), **forms, **given}


def _invalid(name: str, what: str) -> UserError:
    return UserError(
        "form_set_invalid",
        f"Bộ mẫu giấy tờ «{name}» không dùng được ({what}). "
        "Sửa lại tệp, hoặc chuyển tệp ra khỏi thư mục mẫu để dùng mẫu gốc.",
        file=name,
    )
