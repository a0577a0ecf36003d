"""Separators of a stack of paper: what their QR holds (a cover sheet, or a sticker on a paper's first page).

The payload is ``QMC1:<kind><target>:<dossier code>:<code>:<number>.<total>:<check>``, all in the letters of QR's
alphanumeric mode. ``kind`` is C (cover sheet) or S (sticker); ``target`` K (component), R (result) or A (the whole
dossier); ``code`` is that of the component or result, percent-encoded; ``number.total`` is the sheet's place in the
set that was printed with it (0.0: not numbered); ``check`` five hexadecimal digits of CRC-32 over what is before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote
from zlib import crc32

from . import dossier_code
from .violation import RuleViolation

PREFIX = "QMC1:"
"""What every payload of a separator begins with."""

_PAYLOAD = re.compile(
    r"(?P<body>QMC1:(?P<kind>[CS])(?P<target>[KRA]):(?P<dossier>[A-Z0-9.-]+):(?P<code>[^:\s]*)"
    r":(?P<number>[0-9]{1,4})\.(?P<total>[0-9]{1,4}):)(?P<check>[0-9A-F]{5})"
)
# The fields that 01/2023/TT-VPCP art. 3 puts into the QR of every paper that the system issues.
_PAPER_FIELDS = ("TenGiay=", "HeThong=", "CapLuc=")


class SheetKind(StrEnum):
    """A whole sheet that is no paper of the dossier, or a sticker on the first page of a paper that is one."""

    COVER = "C"
    STICKER = "S"


@dataclass(frozen=True, slots=True)
class Separator:
    """Where the pages from here on belong.

    ``component`` and ``result`` are both empty where the whole dossier is meant. ``number`` of ``total`` is the
    place among the separators printed together; 0 of 0 stands alone.
    """

    kind: SheetKind
    dossier: str
    component: str = ""
    result: str = ""
    number: int = 0
    total: int = 0

    @property
    def target(self) -> tuple[str, str, str]:
        """Dossier, component and result."""
        return self.dossier, self.component, self.result


def encode(separator: Separator) -> str:
    """The QR's text.

    Raises:
        RuleViolation: ``code_invalid`` for a malformed dossier code, ``separator_invalid`` for a component and a
            result at once, or a place outside its set.
    """
    if not dossier_code.is_valid(separator.dossier):
        raise RuleViolation(
            "code_invalid",
            f"Mã hồ sơ «{separator.dossier[:40]}» không đúng mẫu nên không in được tờ ngăn. Hãy kiểm tra lại mã hồ sơ.",
        )
    is_numbered = 1 <= separator.number <= separator.total <= 9999
    if not is_numbered and (separator.number, separator.total) != (0, 0):
        raise _invalid("số thứ tự không thuộc bộ")
    if separator.component and separator.result:
        raise _invalid("vừa là thành phần vừa là kết quả")
    target = "K" if separator.component else "R" if separator.result else "A"
    code = quote(separator.component or separator.result, safe="")
    body = f"{PREFIX}{separator.kind}{target}:{separator.dossier}:{code}:{separator.number}.{separator.total}:"
    return body + _check(body)


def decode(text: str) -> Separator | None:
    """What a QR's text says, None for a QR that is none of ours, or ours and damaged (``is_meant_for_us``)."""
    found = _PAYLOAD.fullmatch(text.strip())
    if found is None or _check(found["body"]) != found["check"] or not dossier_code.is_valid(found["dossier"]):
        return None
    code, target = unquote(found["code"]), found["target"]
    number, total = int(found["number"]), int(found["total"])
    if bool(code) != (target != "A") or not (1 <= number <= total or number == total == 0):
        return None
    return Separator(
        SheetKind(found["kind"]),
        found["dossier"],
        component=code if target == "K" else "",
        result=code if target == "R" else "",
        number=number,
        total=total,
    )


def is_meant_for_us(text: str) -> bool:
    """Tell whether a text is a separator's, whole or damaged."""
    return text.lstrip().startswith(PREFIX)


def dossier_of_paper(text: str) -> str:
    """The dossier code in the QR of a paper that the system issued (a receipt, say); "" for any other QR."""
    if not all(field in text for field in _PAPER_FIELDS):
        return ""
    code = dossier_code.normalise(text)
    return code if dossier_code.is_valid(code) else ""


def _check(body: str) -> str:
    return f"{crc32(body.encode()) & 0xFFFFF:05X}"


def _invalid(what: str) -> RuleViolation:
    return RuleViolation("separator_invalid", f"Không lập được tờ ngăn: {what}. Hãy in lại cả bộ tờ ngăn của hồ sơ.")
