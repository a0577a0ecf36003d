"""What several papers say alike: letterhead, lines of papers and fees, and the facts of one dossier."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar
from unicodedata import normalize

RECEIPT_COPIES = ("Liên 1: Lưu", "Liên 2: Giao người nộp")
APOLOGY_COPY = "Bản gửi người nộp hồ sơ"
APOLOGY_FILE_COPY = "Bản lưu"
SYSTEM_NAME = "Hệ thống thông tin giải quyết thủ tục hành chính"

_DESKS = ("Bộ phận Tiếp nhận và Trả kết quả", "Trung tâm Phục vụ hành chính công")
_KINDS = frozenset(["xã", "phường", "đặc", "khu", "tỉnh", "thành", "phố", "huyện", "thị", "trấn", "quận"])

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Head of a paper: left the issuing body, right the place and date (forms.md, "Letterhead").

    ``number`` is what stands before the slash of ``Số: …/…``; ``number_suffix`` what stands after it
    (the form set's own when ``None``).
    """

    governing_body: str
    desk_name: str
    number: str | None
    place: str | None
    issued_on: date
    number_suffix: str | None = None


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One paper handed in: how many originals and how many copies of it."""

    name: str
    originals: int
    copies: int


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee, in đồng."""

    name: str
    amount: int
    paid: bool


@dataclass(frozen=True, slots=True)
class TransferLine:
    """What is still owed, in đồng, and how a bank's app is told of it: ``payload`` is the text of the VietQR."""

    payload: str
    amount: int
    account_number: str
    account_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPaper:
    """What every paper of one dossier says, on its face or in its QR.

    ``identifier`` (CCCD/MST): only its last four digits go into the QR unless ``identifier_in_qr`` is set
    (law.md, "Printed QR"). ``lookup_url`` is the address of the look-up page *with* the dossier code in it.
    ``request`` is the line "Nội dung yêu cầu giải quyết" and defaults to the procedure's name.
    ``copies`` names the copies; each is printed on pages of its own (none: one copy without a name).
    ``portal_code`` is the portal's own code of the dossier, where it gives one and had given it by then.
    """

    letterhead: Letterhead
    dossier_code: str
    procedure_code: str
    procedure_name: str
    applicant_name: str
    issued_at: datetime
    request: str | None = None
    identifier: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    lookup_url: str | None = None
    desk_phone: str | None = None
    system_name: str = SYSTEM_NAME
    identifier_in_qr: bool = False
    copies: tuple[str, ...] = ()
    reprint: bool = False
    portal_code: str | None = None


def mark(reprint: bool, replaces: str | None = None) -> str:
    """What sets a paper apart from the first one that was given; "" on the first."""
    parts = ("Bản in lại" if reprint else "", f"Cấp lại, thay giấy số {replaces}" if replaces else "")
    return " · ".join(part for part in parts if part)


def running_name(name: str) -> str:
    """The name of a desk, capitals on a letterhead, as it is written in a sentence (Nghị định 118/2025/NĐ-CP).

    A name that is not all in capitals is the office's own way of writing it, and stays.
    """
    if not name.isupper():
        return name
    known = next((desk for desk in _DESKS if name.startswith(desk.upper())), None)
    if known is None:
        return name.capitalize()
    place = name[len(known) :].lower().split()
    return " ".join([known, *(word if word in _KINDS else word.capitalize() for word in place)])


def nfc(value: _T) -> _T:
    """The same content with every text in Unicode normal form C and outer blanks removed.

    Fonts hold composed Vietnamese letters; a decomposed "e + ̂ + ́" would print as loose marks.
    """
    return _nfc(value)  # type: ignore[no-any-return]


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return normalize("NFC", value).strip()
    if isinstance(value, tuple):
        return tuple(_nfc(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _nfc(getattr(value, f.name)) for f in fields(value)})
    return value
