"""What was corrected, in the clerk's words: for the window that corrects and for the history."""

from __future__ import annotations

from datetime import date
from textwrap import shorten

from counter_app.rules.identity import Sex, sex_label
from counter_app.services.values import APPLICANT_KINDS, RETURN_WAYS
from counter_app.ui.formatting import local_date, money
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

NAME_LETTERS = 90
"""Of a paper's name, which runs over many lines in some procedures."""


class Words:
    LINE = QT_TRANSLATE_NOOP("CorrectWords", "{entry}: {before} → {after}")
    OF_SUBMITTER = QT_TRANSLATE_NOOP("CorrectWords", "{entry} người nộp thay")
    OF_PAPER = QT_TRANSLATE_NOOP("CorrectWords", "{name}, {entry}")
    EMPTY = QT_TRANSLATE_NOOP("CorrectWords", "(trống)")


ENTRIES = {
    "kind": QT_TRANSLATE_NOOP("CorrectWords", "Đối tượng"),
    "name": QT_TRANSLATE_NOOP("CorrectWords", "Họ tên"),
    "personal_number": QT_TRANSLATE_NOOP("CorrectWords", "Số định danh"),
    "tax_code": QT_TRANSLATE_NOOP("CorrectWords", "Mã số thuế"),
    "birth_date": QT_TRANSLATE_NOOP("CorrectWords", "Ngày sinh"),
    "sex": QT_TRANSLATE_NOOP("CorrectWords", "Giới tính"),
    "phone": QT_TRANSLATE_NOOP("CorrectWords", "Điện thoại"),
    "email": QT_TRANSLATE_NOOP("CorrectWords", "Thư điện tử"),
    "address": QT_TRANSLATE_NOOP("CorrectWords", "Địa chỉ"),
    "number": QT_TRANSLATE_NOOP("CorrectWords", "Số định danh, mã số thuế"),
    "components": QT_TRANSLATE_NOOP("CorrectWords", "Giấy tờ đã nộp"),
    "fees": QT_TRANSLATE_NOOP("CorrectWords", "Phí, lệ phí"),
    "return_by": QT_TRANSLATE_NOOP("CorrectWords", "Cách trả"),
    "sets": QT_TRANSLATE_NOOP("CorrectWords", "Số bộ"),
    "note": QT_TRANSLATE_NOOP("CorrectWords", "Ghi chú"),
    "originals": QT_TRANSLATE_NOOP("CorrectWords", "bản chính"),
    "copies": QT_TRANSLATE_NOOP("CorrectWords", "bản sao"),
}


def change_line(field: str, before: str | int, after: str | int, name: str = "") -> str:
    """``Điện thoại: 0912345678 → 0987000111``; ``field`` and ``name`` as in ``services.correct.Change``."""
    return _tr(Words.LINE).format(entry=_entry(field, name), before=_value(field, before), after=_value(field, after))


def entry_words(entry: str) -> str:
    """The name of an entry, or of a section, that the portal's word leads to (``services.mend.entry_of``)."""
    return _tr(ENTRIES[entry.rpartition(".")[2]])


def _entry(field: str, name: str) -> str:
    which, _, rest = field.partition(".")
    if which == "fee":
        return name or rest
    entry = field.rpartition(".")[2]
    words = _tr(ENTRIES.get(entry, entry))
    if which == "component":
        return _tr(Words.OF_PAPER).format(name=shorten(name or rest, NAME_LETTERS, placeholder="…"), entry=words)
    return _tr(Words.OF_SUBMITTER).format(entry=words) if which == "submitter" else words


def _value(field: str, value: str | int) -> str:
    entry = field.rpartition(".")[2]
    if field.startswith("fee.") and isinstance(value, int):
        return money(value)
    if value == "":
        return _tr(Words.EMPTY)
    if entry == "kind":
        return APPLICANT_KINDS.get(str(value), str(value))
    if entry == "return_by":
        return RETURN_WAYS.get(str(value), str(value))
    if entry == "sex" and value in set(Sex):
        return sex_label(Sex(str(value)))
    return local_date(date.fromisoformat(str(value))) if entry == "birth_date" else str(value)


def _tr(text: str) -> str:
    return translate("CorrectWords", text)
