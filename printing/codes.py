"""The QR of a paper: what it holds (law.md, "Printed QR") and its modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from printing.wording import local

_VISIBLE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class QrFields:
    """The fields that 01/2023/TT-VPCP asks for in the QR of a paper issued by the system."""

    dossier_code: str
    procedure_code: str
    identifier: str | None
    paper_name: str
    system_name: str
    issued_at: datetime
    lookup_url: str | None
    identifier_in_full: bool = False


def masked(identifier: str) -> str:
    """Last four digits of a personal number or tax code, so that the QR tells no stranger the rest."""
    return re.sub(r"\D", "", identifier)[-_VISIBLE_DIGITS:]


def qr_text(fields: QrFields) -> str:
    """The QR's text: the look-up address with the dossier code, then the fields.

    The fields follow as the address's fragment: a phone opens the page at once, and the fragment is never
    sent to the server nor kept in its log. Without a look-up page the text is the bare fields.
    """
    identifier = fields.identifier or ""
    pairs = {
        "MaHoSo": "" if fields.dossier_code in (fields.lookup_url or "") else fields.dossier_code,
        "MaTTHC": fields.procedure_code,
        "DinhDanh": identifier if fields.identifier_in_full else masked(identifier),
        "TenGiay": fields.paper_name,
        "HeThong": fields.system_name,
        "CapLuc": f"{local(fields.issued_at):%Y-%m-%dT%H:%M%z}",
    }
    known = {key: value for key, value in pairs.items() if value}
    if not fields.lookup_url:
        return "\n".join([fields.dossier_code, *(f"{key}={value}" for key, value in known.items())])
    # A page that routes by its own fragment (…/#/tra-cuu) must keep it: the fields join that fragment.
    _, hash_sign, route = fields.lookup_url.partition("#")
    joint = ("&" if "?" in route else "?") if hash_sign else "#"
    return fields.lookup_url + joint + urlencode(known, quote_via=quote, safe=":")


DARK = 0
"""A dark module in :func:`qr_rows`."""


@lru_cache(maxsize=16)
def qr_rows(text: str) -> tuple[bytes, ...]:
    """Modules of the QR code of *text* (ISO 18004, error correction M), a byte each, row by row.

    Without its quiet zone. The last few are kept: each copy of a paper shows the same.
    """
    # In C++: the QR of a receipt takes a pure Python library twenty times as long, longer than its whole page.
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer of bytes, though its types do not say so
    modules = memoryview(picture)
    side = modules.shape[0] if modules.shape else 0
    flat = modules.tobytes()
    return tuple(flat[start : start + side] for start in range(0, len(flat), side))
