"""The small slip from a thermal printer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from printing.content.common import SYSTEM_NAME, TransferLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalContent:
    """The small slip for the applicant; not a prescribed form (forms.md, "Thermal slip").

    ``replaces``, ``due_words``, ``transfer``: as on the receipt that it goes with.
    """

    desk_name: str
    dossier_code: str
    procedure_code: str
    procedure_name: str
    applicant_name: str
    received_at: datetime
    due: datetime | None
    issued_at: datetime
    due_words: str | None = None
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
    transfer: TransferLine | None = None
