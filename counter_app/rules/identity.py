"""Who the applicant is: personal numbers, tax codes, phone numbers, names and their search form.

A wrong number is told, never refused (law: the personal number has no check digit): the ``check_*``
functions return Vietnamese warnings, an empty tuple when all is well.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from .card_qr import CardData, looks_like_card_qr, parse_card_qr
from .names import fold, normalise_name
from .personal_number import (
    Sex,
    check_personal_number,
    is_personal_number,
    mask_personal_number,
    province_of,
    sex_label,
)
from .violation import RuleViolation

__all__ = [
    "CardData",
    "Sex",
    "check_birth_date",
    "check_personal_number",
    "check_phone",
    "check_tax_code",
    "fold",
    "is_personal_number",
    "looks_like_card_qr",
    "mask_personal_number",
    "normalise_name",
    "normalise_phone",
    "parse_card_qr",
    "province_of",
    "sex_label",
]

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_MOBILE = re.compile(r"0[35789][0-9]{8}")
_LANDLINE = re.compile(r"02[0-9]{9}")
_OLDEST_AGE = 110


def check_birth_date(birth_date: date, today: date) -> tuple[str, ...]:
    """Return warnings on a date of birth.

    Raises:
        RuleViolation: ``impossible_date`` for a birth after ``today`` or before 1850.
    """
    if birth_date > today:
        raise RuleViolation(
            "impossible_date",
            f"Ngày sinh {birth_date:%d/%m/%Y} chưa đến. Hãy kiểm tra lại ngày sinh.",
        )
    if birth_date.year < 1850:
        raise RuleViolation(
            "impossible_date",
            f"Năm sinh {birth_date.year} không thể có. Hãy nhập năm đủ bốn chữ số.",
        )
    if birth_date.year < today.year - _OLDEST_AGE:
        return (f"Người này sinh năm {birth_date.year}, trên {_OLDEST_AGE} tuổi. Hãy kiểm tra lại ngày sinh.",)
    return ()


def normalise_phone(text: str) -> str:
    """Return the digits of a phone number, the country code +84 as a leading 0."""
    dialled = re.sub("[^0-9+]", "", unicodedata.normalize("NFKC", text))
    digits = dialled.replace("+", "")
    without_plus = digits.startswith("84") and len(digits) in (11, 12)
    if not (dialled.startswith(("+84", "0084")) or without_plus):
        return digits
    national = digits.removeprefix("00").removeprefix("84")
    return national if national.startswith("0") else f"0{national}"


def check_phone(text: str) -> tuple[str, ...]:
    """Return warnings on a phone number: mobile 10 digits (03, 05, 07, 08, 09), landline 11 (02)."""
    number = normalise_phone(text)
    if not text.strip() or _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return ()
    return (
        "Số điện thoại không đúng dạng: di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08, 09; "
        "cố định có 11 chữ số, bắt đầu bằng 02. Hãy hỏi lại người nộp.",
    )


def check_tax_code(text: str) -> tuple[str, ...]:
    """Return warnings on a tax code: 10 digits with a check digit, and 3 more for a branch.

    Twelve digits are a personal number, which is the tax code of persons and household businesses since
    1 July 2025 (Thông tư 86/2024/TT-BTC).
    """
    code = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", text).translate(str.maketrans("‐‑–", "---")))
    if is_personal_number(code):
        return check_personal_number(code)
    if re.fullmatch(r"[0-9]{10}(?:[0-9]{3})?", code) is None:
        return ("Mã số thuế phải có 10 hoặc 13 chữ số. Hãy kiểm tra lại với giấy chứng nhận.",)
    total = sum(int(digit) * weight for digit, weight in zip(code, _TAX_WEIGHTS, strict=False))
    if 10 - total % 11 != int(code[9]):
        return ("Mã số thuế sai số kiểm tra (chữ số thứ 10). Hãy kiểm tra lại với giấy chứng nhận.",)
    return ()
