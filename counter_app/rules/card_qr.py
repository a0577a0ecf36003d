"""The QR of the identity card: ``number|old number|name|ddMMyyyy|sex|address|ddMMyyyy|…``.

Newer cards carry more fields (parents' names); they are ignored. The raw text is personal data: it goes
into no message and no log.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from .names import fold, normalise_name
from .personal_number import Sex, is_personal_number
from .violation import RuleViolation

_FIELDS = 7
_SYMBOLOGY = re.compile(r"\A\][A-Za-z][0-9]")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
# UTF-8 read as Latin-1 or Windows-1252: "Nguyễn" arrives as "Nguyá»…n".
_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf]|á[º»]|Ä[\u0080-\u0192‘]|Æ[°¡\u00a0]")
# What Telex keys leave when the letters were not put together: "Nguyeenx", "Vawn", "Ddawks".
_TELEX = re.compile(
    r"[a-z]*(?:aa|ee|oo|aw|ow|uw)(?:ng|nh|ch|[ncmptiuy])?[sfrxj]"
    r"|dd[aeiouy][a-z]*"
    r"|[a-z]*(?:aw|ow|uw)(?:ng|nh|[ncmpt])"
)
_SEXES = {"nam": Sex.MALE, "nu": Sex.FEMALE}


@dataclass(frozen=True)
class CardData:
    """What the card says of its holder; personal data stay out of ``repr``."""

    personal_number: str = field(repr=False)
    old_number: str | None = field(repr=False)
    name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: Sex | None = field(repr=False)
    address: str = field(repr=False)
    issued_on: date | None = field(repr=False)


def looks_like_card_qr(text: str) -> bool:
    """Tell whether ``text`` was meant to be the QR of a card, whole or damaged.

    So a search box can tell it from a name or a code, and show the advice of ``parse_card_qr``.
    """
    fields = _clean(text).split("|")
    digits = sum(char.isdigit() for char in fields[0])
    return len(fields) >= _FIELDS - 1 and digits >= 9 and len(fields[0]) <= 16


def parse_card_qr(text: str) -> CardData:
    """Return the holder's data from the text that the scanner gave.

    An empty field, or a date of which only the year is known, gives None.

    Raises:
        RuleViolation: ``card_unreadable`` when the text is no card's or was damaged on its way.
    """
    fields = [normalise_name(part) for part in _clean(text).split("|")]
    if len(fields) < _FIELDS:
        raise _unreadable("thiếu thông tin")
    number, old_number, name, born, sex, address, issued = fields[:_FIELDS]
    if not is_personal_number(number):
        raise _unreadable("số định danh không đủ 12 chữ số")
    if old_number and re.fullmatch("[0-9]{9}(?:[0-9]{3})?", old_number) is None:
        raise _unreadable("số giấy tờ cũ bị sai")
    if not name or _is_damaged(name) or _holds_keystrokes(name):
        raise _unreadable("họ tên bị sai chữ")
    if _is_damaged(address):
        raise _unreadable("địa chỉ bị sai chữ")
    if sex and fold(sex) not in _SEXES:
        raise _unreadable("giới tính bị sai chữ")
    return CardData(
        personal_number=number,
        old_number=old_number or None,
        name=name,
        birth_date=_date(born, "ngày sinh"),
        sex=_SEXES.get(fold(sex)),
        address=address,
        issued_on=_date(issued, "ngày cấp"),
    )


def _clean(text: str) -> str:
    visible = unicodedata.normalize("NFC", text).strip("\ufeff\u200b\x00\x02\x03 \t\r\n")
    return _SYMBOLOGY.sub("", visible)


def _date(digits: str, what: str) -> date | None:
    if not digits or re.fullmatch(r"(?:0000)?[0-9]{4}", digits):
        return None
    if re.fullmatch(r"[0-9]{8}", digits):
        try:
            return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
        except ValueError:
            raise _unreadable(f"{what} không có thật") from None
    raise _unreadable(f"{what} bị sai")


def _is_damaged(text: str) -> bool:
    """Tell whether letters were lost or mixed up between the scanner and us."""
    if any(unicodedata.category(char) in {"Cc", "Cn", "Co", "Cs"} for char in text):
        return True
    if "\ufffd" in text or "?" in text or _MOJIBAKE.search(text):
        return True
    # No syllable has two tones: an input method put one on top of another.
    return any(sum(char in _TONES for char in word) > 1 for word in unicodedata.normalize("NFD", text).split())


def _holds_keystrokes(name: str) -> bool:
    """Tell whether a name holds the keys of an input method: VNI's digits, or the letters of Telex.

    Only plain words can: names of Ê Đê and Gia Rai people (Hwing, Jưt, Kwăn) stay clear of the pattern.
    """
    if any(char.isdigit() for char in name):
        return True
    return any(word.isascii() and _TELEX.fullmatch(word.lower()) for word in name.split())


def _unreadable(what: str) -> RuleViolation:
    return RuleViolation(
        "card_unreadable",
        f"Không đọc được mã QR trên thẻ: {what}. Hãy tắt bộ gõ tiếng Việt (Telex, VNI, Unikey) rồi quét lại, "
        "chuyển máy quét sang chế độ cổng nối tiếp, hoặc nhập tay.",
    )
