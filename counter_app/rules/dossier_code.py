"""Codes of dossiers and results (Thông tư 01/2018/TT-VPCP art. 19; design, section 5)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from .violation import RuleViolation

OFFICE_PATTERN = re.compile(r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{1,3})*")
"""Identifier of an office: QCVN 102 (``000.00.20.H15``) or Quyết định 20/2020/QĐ-TTg (``H15.36``)."""

CODE_PATTERN = re.compile(OFFICE_PATTERN.pattern + r"-[0-9]{6}(?:[0-9]{2})?-[0-9]{4,7}")
"""A dossier code, ours or another system's; newer gateways have eight digits of date, seven of number."""

MAX_NUMBER = 9999
"""Our own numbers have four digits."""

_DESK_SIZE = 1000
_CODE_INSIDE = re.compile(rf"(?<![A-Z0-9.]){CODE_PATTERN.pattern}(?![A-Z0-9-])")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
# A scanner may put the AIM identifier of the symbology (]C1 for Code 128, ]Q3 for QR) before the content.
_SYMBOLOGY = re.compile(r"\A\][A-Za-z][0-9]")


@dataclass(frozen=True)
class DossierCode:
    """The parts of a code: the office, the day of entry and the number of that day."""

    office: str
    day: date
    number: int


def is_valid(code: str) -> bool:
    """Tell whether ``code`` has the form of a dossier code; a code is otherwise opaque text."""
    return CODE_PATTERN.fullmatch(code) is not None


def is_valid_office(office: str) -> bool:
    """Tell whether ``office`` has the form of an office identifier."""
    return OFFICE_PATTERN.fullmatch(office) is not None


def normalise(text: str) -> str:
    """Return a typed or scanned code in its plain form: capitals, ASCII dashes, no blanks, no scanner noise.

    From a longer text, such as the address in a receipt's QR, the one code in it is taken. What holds no
    code comes back cleaned but otherwise as it was, for the validator to refuse.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES).upper()
    # Before the blanks go: the fields of a QR may stand on lines of their own.
    inside: set[str] = set(_CODE_INSIDE.findall(plain))
    if len(inside) == 1:
        return inside.pop()
    visible = "".join(char for char in plain if not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf"})
    return _SYMBOLOGY.sub("", visible)


def make(office: str, day: date, number: int) -> str:
    """Return ``OFFICE-YYMMDD-NNNN``.

    Raises:
        RuleViolation: ``office_invalid``, or ``code_number_invalid`` for a number outside 1 to 9999.
    """
    if not is_valid_office(office):
        raise RuleViolation(
            "office_invalid",
            f"Mã cơ quan «{office}» không đúng mẫu. Hãy nhập như H15.36 hoặc 000.00.20.H15.",
        )
    if not 1 <= number <= MAX_NUMBER:
        raise RuleViolation(
            "code_number_invalid", f"Số thứ tự hồ sơ phải từ 1 đến {MAX_NUMBER}, không thể là {number}."
        )
    return f"{office}-{day:%y%m%d}-{number:04d}"


def parse(code: str) -> DossierCode:
    """Return the parts of ``code``; RuleViolation("code_invalid") if it has none or its date cannot be."""
    if is_valid(code):
        office, digits, number = code.rsplit("-", 2)
        try:
            return DossierCode(office, _day(digits), int(number))
        except ValueError:
            pass  # the digits are no date: the same refusal as for any other malformed code
    raise RuleViolation(
        "code_invalid",
        f"Mã hồ sơ «{code[:40]}» không đúng mẫu. Hãy quét lại mã vạch hoặc nhập như H15.36-260514-0001.",
    )


def desk_range(desk: int) -> range:
    """Return the numbers of a desk that works alone: ``desk*1000+1`` to ``desk*1000+999`` for desk 0 to 9."""
    if not 0 <= desk <= 9:
        raise RuleViolation("desk_invalid", f"Số quầy phải từ 0 đến 9, không thể là {desk}. Hãy sửa trong cài đặt.")
    return range(desk * _DESK_SIZE + 1, (desk + 1) * _DESK_SIZE)


def next_number(used_max: int | None, desk: int | None) -> int:
    """Return the next free number of the day.

    ``used_max`` is the highest number used that day, by this desk when ``desk`` is given, else by the
    whole office (one sequence, 1 to 9999). Numbers are never reused: gaps stay.

    Raises:
        RuleViolation: ``code_range_full`` when no number is left.
    """
    numbers = range(1, MAX_NUMBER + 1) if desk is None else desk_range(desk)
    number = numbers.start if used_max is None else max(used_max + 1, numbers.start)
    if number not in numbers:
        raise RuleViolation(
            "code_range_full",
            f"Đã dùng hết số hồ sơ của hôm nay ({numbers.start:04d}–{numbers[-1]:04d}). "
            "Hãy tiếp nhận ở quầy khác hoặc báo quản trị viên.",
        )
    return number


def result_code(code: str, n: int) -> str:
    """Return the code of the ``n``-th electronic result, ``<code>-KQ<n>`` (Thông tư 01/2023/TT-VPCP)."""
    if n < 1:
        raise RuleViolation("code_number_invalid", f"Số thứ tự kết quả phải từ 1, không thể là {n}.")
    return f"{code}-KQ{n}"


def _day(digits: str) -> date:
    """Read ``yyMMdd`` (20yy: the codes began in 2018) or ``yyyyMMdd``."""
    full = digits if len(digits) == 8 else f"20{digits}"
    return date(int(full[:4]), int(full[4:6]), int(full[6:]))
