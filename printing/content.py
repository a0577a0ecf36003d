"""What a paper says, as frozen values that the services fill in.

``None`` (or blank text) in an optional field means "not known": the form then keeps a dotted line to be
written on by hand. Times are timezone-aware and are printed in Vietnamese time; money is whole đồng.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar
from unicodedata import normalize

RECEIPT_COPIES = ("Liên 1: Lưu", "Liên 2: Giao người nộp")
APOLOGY_COPY = "Bản gửi người nộp hồ sơ"
APOLOGY_FILE_COPY = "Bản lưu"
SYSTEM_NAME = "Hệ thống thông tin giải quyết thủ tục hành chính"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptContent:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả: every field of the 2018 and of the 2025 set.

    ``request`` is the line "Nội dung yêu cầu giải quyết" and defaults to the procedure's name.
    ``identifier`` (CCCD/MST) is printed whole on the paper, but only its last four digits go into the QR
    unless ``identifier_in_qr`` is set (law.md, "Printed QR").
    ``lookup_url`` is the address of the look-up page *with* the dossier code in it.
    ``copies`` names the copies; each is printed on pages of its own. ``replaces`` is the number of the receipt
    in whose place this one is given after a correction. ``portal_code`` is the portal's own code of the dossier,
    where it gives one and had given it by then.
    """

    letterhead: Letterhead
    dossier_code: str
    procedure_code: str
    procedure_name: str
    applicant_name: str
    received_at: datetime
    receiver_name: str
    issued_at: datetime
    components: tuple[ComponentLine, ...] = ()
    due: datetime | None = None
    request: str | None = None
    identifier: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    submitter_name: str | None = None
    sets_count: int | None = None
    limit_text: str | None = None
    return_place: str | None = None
    register_volume: str | None = None
    register_number: str | None = None
    fees: tuple[FeeLine, ...] = ()
    payment_note: str | None = None
    lookup_url: str | None = None
    desk_phone: str | None = None
    system_name: str = SYSTEM_NAME
    identifier_in_qr: bool = False
    copies: tuple[str, ...] = RECEIPT_COPIES
    reprint: bool = False
    replaces: str | None = None
    portal_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyContent:
    """Letter of apology with the new date (2018: form 04; 2025: form 04, with the request to extend).

    The letterhead is that of the office that owes the result. ``responsible_unit`` is printed on the copy
    named :data:`APOLOGY_FILE_COPY` only. ``signer_title`` may hold two lines (``KT. CHỦ TỊCH`` and
    ``PHÓ CHỦ TỊCH``); without one the heading of the form is printed.
    """

    letterhead: Letterhead
    dossier_code: str
    procedure_code: str
    procedure_name: str
    applicant_name: str
    received_at: datetime
    due: datetime
    reason: str
    issued_at: datetime
    new_due: datetime | None
    recipient: str | None = None
    office_name: str | None = None
    desk_name: str | None = None
    identifier: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    responsible_unit: str | None = None
    signer_title: str | None = None
    signer_name: str | None = None
    lookup_url: str | None = None
    desk_phone: str | None = None
    system_name: str = SYSTEM_NAME
    identifier_in_qr: bool = False
    copies: tuple[str, ...] = (APOLOGY_COPY, APOLOGY_FILE_COPY)
    reprint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalContent:
    """The small slip for the applicant; not a prescribed form (forms.md, "Thermal slip").

    ``replaces``: as on the receipt that it goes with.
    """

    desk_name: str
    dossier_code: str
    procedure_code: str
    procedure_name: str
    applicant_name: str
    received_at: datetime
    due: datetime | None
    issued_at: datetime
    amount_paid: int = 0
    identifier: str | None = None
    lookup_url: str | None = None
    desk_phone: str | None = None
    system_name: str = SYSTEM_NAME
    identifier_in_qr: bool = False
    thanks: str = "Cảm ơn ông/bà. Vui lòng mang phiếu này khi đến nhận kết quả."
    reprint: bool = False
    replaces: str | None = None
    portal_code: str | None = None


def mark(reprint: bool, replaces: str | None = None) -> str:
    """What sets a paper apart from the first one that was given; "" on the first."""
    parts = ("Bản in lại" if reprint else "", f"Cấp lại, thay giấy số {replaces}" if replaces else "")
    return " · ".join(part for part in parts if part)


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
