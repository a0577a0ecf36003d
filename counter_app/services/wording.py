"""The wording of the forms as an office corrects it: which texts it may change, and from which day they hold.

Headings and labels of a prescribed form stay as the circular has them (forms.md); its sentences, foot notes and
addressees are the office's to word, and the whole text of the papers that no circular prescribes. A change is a set
of the office's own with a day from which it holds, so that a reprint of an earlier paper says what was given then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from counter_app.database import storage_told
from counter_app.errors import UserError
from counter_app.models import DossierEvent
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext
from counter_app.services.values import OfficeData
from counter_app.services.wording_places import MOST_LETTERS, as_markup, fields_of, named
from counter_app.whole_files import whole_file

if TYPE_CHECKING:
    from printing.forms.model import Form, FormSet

FOLDER = "forms"
"""Where the office's own sets lie, in the desk's folder."""

TITLE, SENTENCE, NOTES, ADDRESSEES, LABEL, HEADING, SUFFIX = (
    "title",
    "sentence",
    "notes",
    "addressees",
    "label",
    "heading",
    "suffix",
)
"""Kinds of text."""

FORMS = (
    "receipt",
    "supplement_request",
    "refusal",
    "apology",
    "stop_notice",
    "control_slip",
    "handover_list",
    "payment_note",
    "payment_notice",
    "post_label",
    "return_slip",
    "fee_closing",
    "apology_list",
)
"""The forms that have something to change; all of the register is prescribed."""

_LETTERS = ("apology", "stop_notice")
_A_LABEL = re.compile(r"(?:<[bi]>)?[^{<:]+:\s*(?:<[bi]>)?\{")
_NO_WORDS = re.compile(r"(?:\{\w+\}|<[^>]+>|\s)*")
_SUFFIX = re.compile(r"[\w./-]{0,30}")

Texts = Mapping[str, str]
"""What was changed of one form, by the key of the text."""


@dataclass(frozen=True, slots=True)
class WordingText:
    """A text that the office may change: as it is in force, and as it was shipped, both as they are edited."""

    key: str
    kind: str
    words: str
    shipped: str


@dataclass(frozen=True, slots=True)
class FormWording:
    """The texts of one form; ``prescribed``: by a circular, which names its heading and its labels."""

    form: str
    name: str
    prescribed: bool
    texts: tuple[WordingText, ...]


@dataclass(frozen=True, slots=True)
class OfficeWording:
    """The wording from ``day`` on. ``own_since``: the day of the office's own set; None while all is as shipped.

    ``earliest``: the first day from which a change may hold.
    """

    set_id: str
    day: date
    earliest: date
    own_since: date | None
    forms: tuple[FormWording, ...]


@dataclass(frozen=True, slots=True)
class WordingChange:
    """What was changed, by form; ``set_id``: of the set that was looked at."""

    set_id: str
    valid_from: date
    forms: Mapping[str, Texts]


def read_wording(desk: DeskContext, day: date | None = None) -> OfficeWording:
    """The wording that a change from ``day`` on would start from; by default from the earliest day."""
    earliest = _earliest(desk)
    wanted = max(day or earliest, earliest)
    in_force, shipped = _in_force(desk, wanted), _shipped(wanted)
    return OfficeWording(
        set_id=in_force.id,
        day=wanted,
        earliest=earliest,
        own_since=None if in_force.id == shipped.id and in_force == shipped else in_force.valid_from,
        forms=tuple(_form_wording(name, in_force, shipped) for name in FORMS if _form(in_force, name) is not None),
    )


def worded(desk: DeskContext, day: date, form: str, texts: Texts) -> FormSet:
    """The set in force on ``day`` with these texts of one form in place.

    Raises UserError ``wording_invalid`` that names ``form`` and ``text``.
    """
    in_force = _in_force(desk, day)
    return in_force.model_copy(update={form: _with_texts(form, in_force, _shipped(day), texts)})


def preview_wording(desk: DeskContext, day: date, form: str, texts: Texts, office: OfficeData) -> bytes:
    """A made-up paper with these texts, of the office as it is being edited. Raises as ``worded`` does."""
    from counter_app.services.wording_samples import sample
    from printing.forms import render

    return render(sample(form, office, day), worded(desk, day, form, texts))


def check_wording(desk: DeskContext, change: WordingChange) -> None:
    """Refuse what cannot be printed, or a day on which papers were given already.

    Raises UserError ``wording_invalid``, ``wording_day_invalid``, ``wording_changed`` where another set is in force
    by now than the one that was looked at.
    """
    earliest = _earliest(desk)
    if change.valid_from < earliest:
        raise UserError(
            "wording_day_invalid",
            f"Lời văn mới chỉ áp dụng được từ ngày {earliest:%d/%m/%Y}: giấy đã cấp phải in lại đúng như lúc cấp. "
            "Hãy chọn ngày khác.",
        )
    _changed_set(desk, change)


def save_wording(desk: DeskContext, change: WordingChange) -> None:
    """Put the changed texts in force from their day. Raises as ``check_wording`` does, KnownError for storage."""
    import tomlkit

    check_wording(desk, change)
    made = _changed_set(desk, change)
    shipped = _shipped(change.valid_from)
    document = tomlkit.document()
    document.add(tomlkit.comment("Lời văn riêng của cơ quan, ghi ở Cài đặt, mục Lời văn; mẫu khác theo bộ mẫu gốc."))
    document.update({"id": made.id, "regulation": made.regulation, "valid_from": made.valid_from})
    for name in FORMS:
        form, original = _form(made, name), _form(shipped, name)
        if form is not None and (original is None or _said(form) != _said(original)):
            document.add(name, tomlkit.item(_data(form)))
    path = desk.directory / FOLDER / f"loi-van-{change.valid_from:%Y-%m-%d}.toml"
    with storage_told(path):
        path.parent.mkdir(exist_ok=True)
        with whole_file(path) as file:
            file.write(tomlkit.dumps(document).encode())


def _changed_set(desk: DeskContext, change: WordingChange) -> FormSet:
    in_force, shipped = _in_force(desk, change.valid_from), _shipped(change.valid_from)
    own_id = f"{shipped.id}-{change.valid_from:%Y%m%d}"
    taken = in_force.valid_from == change.valid_from and in_force.id not in (own_id, shipped.id)
    if in_force.id != change.set_id or taken:
        raise UserError(
            "wording_changed",
            f"Từ ngày {change.valid_from:%d/%m/%Y} áp dụng một bộ mẫu khác («{in_force.regulation}», "
            f"từ {in_force.valid_from:%d/%m/%Y}). Hãy bỏ thay đổi, mở lại mục Lời văn và sửa trên bộ mẫu đó.",
        )
    forms = {name: _with_texts(name, in_force, shipped, texts) for name, texts in change.forms.items()}
    return in_force.model_copy(update={"id": own_id, "valid_from": change.valid_from, **forms})


def _earliest(desk: DeskContext) -> date:
    """Today while nothing was done today, else tomorrow; never before a wording that is to come."""
    from printing.forms import form_sets

    today = desk.clock().astimezone(VIETNAM).date()
    midnight = datetime.combine(today, time.min, VIETNAM)
    with desk.database.read() as session:
        used = session.scalar(select(exists().where(DossierEvent.at >= midnight)))
    shipped = {each.id for each in form_sets()}
    own = [each.valid_from for each in form_sets(desk.directory / FOLDER) if each.id not in shipped]
    return max([today + timedelta(days=1) if used else today, *own])


def _in_force(desk: DeskContext, day: date) -> FormSet:
    from printing.forms import form_set_for

    return form_set_for(day, own_folder=desk.directory / FOLDER)


def _shipped(day: date) -> FormSet:
    from printing.forms import form_set_for

    return form_set_for(day)


def _form(form_set: FormSet, name: str) -> Form | None:
    found: Form | None = getattr(form_set, name)
    return found


def _form_wording(name: str, in_force: FormSet, shipped: FormSet) -> FormWording:
    form, original = _form(in_force, name), _form(shipped, name)
    assert form is not None  # asked for above
    texts = tuple(
        WordingText(key, kind, named(text), named(before))
        for (key, kind, text), before in zip(_texts(name, form), _originals(name, form, original), strict=True)
    )
    return FormWording(name, form.name, bool(form.number), texts)


def _texts(name: str, form: Form) -> Iterator[tuple[str, str, str]]:
    """Key, kind and text of each that the office may change."""
    if not form.number:
        yield "title", TITLE, form.title
    if name in _LETTERS:
        yield "number_suffix", SUFFIX, form.number_suffix
    for index, block in enumerate(form.blocks):
        if block.kind == "text":
            is_label = _A_LABEL.match(block.text) is not None
            if _NO_WORDS.fullmatch(block.text) is None and not (form.number and is_label):
                yield f"{index}.text", LABEL if is_label else SENTENCE, block.text
        elif block.kind == "note":
            yield f"{index}.lines", NOTES, "\n".join(block.lines)
        elif block.kind == "foot":
            yield f"{index}.recipients", ADDRESSEES, "\n".join(block.recipients)
        elif block.kind in ("table", "qr") and not form.number and getattr(block, "heading", None):
            yield f"{index}.heading", HEADING, str(getattr(block, "heading", ""))


def _with_texts(name: str, in_force: FormSet, shipped: FormSet, texts: Texts) -> Form:
    """The form with other texts; ``wording_invalid`` where one cannot stand there."""
    from printing.forms.model import Form

    form = _form(in_force, name)
    if form is None:
        raise UserError("form_unknown", f"Bộ mẫu đang áp dụng không có mẫu «{name}». Hãy chọn mẫu khác.")
    original = _form(shipped, name) or form
    originals = _originals(name, form, original)
    kinds = {key: (kind, before) for (key, kind, _), before in zip(_texts(name, form), originals, strict=True)}
    data = _data(form)
    # Also what the office had left out: it may come back.
    allowed = (_fields_in(data["blocks"]) | _fields_in(_data(original)["blocks"])) & _of_paper()
    for key, words in texts.items():
        kind, before = kinds[key]
        try:
            markup = _checked(kind, words, before, allowed)
        except UserError as error:
            raise UserError(error.kind, error.message, form=name, text=key) from error
        _put(data, key, markup)
    return Form.model_validate(data)


def _originals(name: str, form: Form, shipped: Form | None) -> list[str]:
    """The texts as they were shipped; the form's own where an office has built it anew."""
    own = list(_texts(name, form))
    before = list(_texts(name, shipped)) if shipped is not None else []
    alike = [text[:2] for text in own] == [text[:2] for text in before]
    return [text for _, _, text in (before if alike else own)]


def _fields_in(value: Any) -> frozenset[str]:
    """The fields that the texts of these blocks fill in."""
    if isinstance(value, str):
        return fields_of(value)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return frozenset().union(*map(_fields_in, inside))


def _of_paper() -> frozenset[str]:
    from printing.forms.blocks import TEXT_FIELDS

    return TEXT_FIELDS


def _checked(kind: str, words: str, before: str, allowed: frozenset[str]) -> str | list[str]:
    """The markup of a text. Sentences keep what the shipped one fills in: the paper would not say it otherwise."""
    words = words.strip()
    if kind == SUFFIX:
        if _SUFFIX.fullmatch(words) is None:
            raise UserError("wording_invalid", "Ký hiệu gồm chữ, số và dấu gạch, tối đa 30 chữ, ví dụ UBND-VP.")
        return words
    if not words:
        raise UserError("wording_invalid", "Không để trống được lời văn này. Hãy nhập, hoặc lấy lại lời văn gốc.")
    if len(words) > MOST_LETTERS:
        raise UserError("wording_invalid", f"Lời văn dài quá {MOST_LETTERS} chữ. Hãy rút gọn.")
    if kind in (NOTES, ADDRESSEES):
        return [as_markup(line.strip(), allowed) for line in words.splitlines() if line.strip()]
    if kind == TITLE:
        if re.search(r"[<>&\[\]{}]", words):
            raise UserError("wording_invalid", "Tên giấy không dùng được các ký tự < > & [ ] { }. Hãy bỏ ra.")
        return "\n".join(line.strip() for line in words.splitlines())
    if kind == HEADING:
        return as_markup(words, frozenset()).replace("{{", "{").replace("}}", "}")  # nothing is filled in there
    markup = as_markup(words, allowed)
    missing = fields_of(before) - fields_of(markup)
    if missing:
        places = ", ".join(named(f"{{{field}}}") for field in sorted(missing))
        raise UserError("wording_invalid", f"Thiếu chỗ điền {places}: giấy phải ghi nội dung này. Hãy thêm lại.")
    return markup


def _put(data: dict[str, Any], key: str, value: str | list[str]) -> None:
    index, _, name = key.rpartition(".")
    target = data["blocks"][int(index)] if index else data
    target[name] = value


def _said(form: Form) -> dict[str, Any]:
    """All that the paper says, whichever set it came by."""
    return {name: value for name, value in _data(form).items() if name != "regulation"}


def _data(form: Form) -> dict[str, Any]:
    """As it stands in a set's file; the circular of the form's origin goes along."""
    return form.model_dump(by_alias=True, exclude_none=True, mode="json")
