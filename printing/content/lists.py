"""Papers of many dossiers: the register, hand-overs, the closing of the day's fees, the month's apologies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from printing.content.common import ComponentLine, Letterhead

HANDOVER_COPIES = ("Liên 1: Bên giao", "Liên 2: Bên nhận")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One dossier in the register; ``number`` runs within the volume. The receiver signs by hand."""

    number: int
    dossier_code: str
    procedure_name: str
    applicant_name: str
    received_at: datetime
    sets_count: int | None = None
    address: str | None = None
    phone: str | None = None
    lead_office: str | None = None
    due: datetime | None = None
    returned_at: datetime | None = None
    return_method: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterContent:
    """Sổ theo dõi hồ sơ (2018: form 06; 2025: form 07): one volume of one field and year.

    Of the letterhead the register shows the names only.
    """

    letterhead: Letterhead
    field_name: str
    year: int
    volume: str
    rows: tuple[RegisterRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRow:
    """One dossier handed over, with the papers in it."""

    dossier_code: str
    applicant_name: str
    procedure_name: str
    papers: tuple[ComponentLine, ...] = ()
    due: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverListContent:
    """Biên bản bàn giao hồ sơ: dossiers that go from one unit to another together, signed by both sides.

    ``list_code`` is the list's own code, for the QR and the Code 128; without one neither is printed.
    """

    letterhead: Letterhead
    giver_office: str
    receiver_office: str
    rows: tuple[HandoverRow, ...]
    issued_at: datetime
    handed_at: datetime | None = None
    list_code: str | None = None
    giver_name: str | None = None
    receiver_name: str | None = None
    copies: tuple[str, ...] = HANDOVER_COPIES
    reprint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeReceiptRow:
    """One payment of the day, in đồng (negative: a refund)."""

    at: datetime
    dossier_code: str
    payer_name: str
    clerk: str
    method: str
    amount: int
    official_receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSum:
    """What one clerk counted for one method at the end of the day, in đồng."""

    clerk: str
    method: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeClosingContent:
    """Bảng kê thu phí, lệ phí of one day: payments, sums by clerk and method, and what was counted.

    A difference is what was counted less what was recorded; ``explanation`` says whence it comes.
    """

    letterhead: Letterhead
    day: date
    receipts: tuple[FeeReceiptRow, ...]
    counted: tuple[CountedSum, ...] = ()
    explanation: str | None = None
    preparer_name: str | None = None
    cashier_name: str | None = None
    head_name: str | None = None
    reprint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyRow:
    """One dossier past its due date, or that might have been, with its letter of apology where there is one.

    ``overdue``: its result was still owed when ``due`` had passed; a letter that was out before may have been needless.
    """

    dossier_code: str
    applicant_name: str
    procedure_name: str
    office_name: str
    due: datetime
    overdue: bool = True
    letter_number: str | None = None
    letter_day: date | None = None
    delivered_at: datetime | None = None
    new_due: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyListContent:
    """Letters of apology of one month: dossiers past due, letters sent and missing, by office (law.md, "Late").

    ``month`` is any day of that month. A letter counts as sent once it was delivered.
    """

    letterhead: Letterhead
    month: date
    rows: tuple[ApologyRow, ...]
    preparer_name: str | None = None
    head_name: str | None = None
