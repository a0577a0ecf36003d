"""Signatures put into PDFs: PAdES baseline B-B, or B-T with a time stamp (ETSI EN 319 142-1).

A signature is added behind what the file has; not a byte before it changes, so earlier signatures and PDF/A hold.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.stamp import StaticStampStyle

from counter_app.errors import UserError
from counter_app.scanning.disk import write_whole
from counter_app.scanning.signing_mark import PlacedMark, place
from counter_app.scanning.signing_order import Order
from printing.wording import local

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

FIELD_NAMES: Final = {"person": "NguoiSoHoa", "office": "CoQuan"}
NO_TIME_STAMP: Final = (
    "Máy chủ dấu thời gian không trả lời, nên chữ ký ghi giờ của máy này. Văn bản đã ký vẫn dùng được."
)
_TIME_STAMP_SECONDS: Final = 8


class _Writer(IncrementalPdfFileWriter):
    """Leaves the document's own metadata as they are: what they say is part of what is signed, and PDF/A."""

    def _update_meta(self) -> None:
        return


class _Signer(PdfSigner):
    """Signs at the desk's own moment, the one that the mark shows."""

    def __init__(self, *given: Any, moment: datetime, **named: Any) -> None:
        super().__init__(*given, **named)
        self._moment = moment

    def init_signing_session(self, *given: Any, **named: Any) -> PdfSigningSession:
        session = super().init_signing_session(*given, **named)
        session.system_time = self._moment
        return session


def write_signed(order: Order, signer: Signer) -> str:
    """Sign ``order.source`` into ``order.out``, which is there whole or not at all; what the clerk should know.

    Raises UserError ``pdf_unsignable``, KnownError for the disk, and what the key raises.
    """
    data = order.source.read_bytes()
    placed = _placed(order, data)
    stamper = (
        RequestsHTTPTimeStamper(order.time_stamp_url, timeout=_TIME_STAMP_SECONDS) if order.time_stamp_url else None
    )
    notice = ""
    try:
        try:
            signed = _signed(order, data, placed, signer, stamper)
        except TimestampRequestError:
            signed, notice = _signed(order, data, placed, signer, None), NO_TIME_STAMP
    except (PdfError, SigningError) as error:
        raise _unsignable(order.source) from error
    if not signed.startswith(data):
        raise AssertionError("a signature is added behind the document")
    write_whole(order.out, signed)
    return notice


def _placed(order: Order, data: bytes) -> PlacedMark:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(data)) as document:
            return place(order.mark, document.pages[0])
    except (pikepdf.PdfError, IndexError) as error:
        raise _unsignable(order.source) from error


def _signed(order: Order, data: bytes, placed: PlacedMark, signer: Signer, stamper: TimeStamper | None) -> bytes:
    with tempfile.TemporaryDirectory(prefix="sign-") as folder:
        drawing = Path(folder) / "mark.pdf"
        drawing.write_bytes(placed.pdf)
        field = _free_name(data, FIELD_NAMES[order.kind])
        pdf_signer = _Signer(
            PdfSignatureMetadata(
                field_name=field,
                md_algorithm="sha256",
                reason=order.reason,
                subfilter=SigSeedSubFilter.PADES,
            ),
            signer,
            timestamper=stamper,
            stamp_style=StaticStampStyle(
                border_width=0,
                background=ImportedPdfPage(str(drawing)),
                background_layout=SimpleBoxLayoutRule(
                    AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN, Margins.uniform(0)
                ),
            ),
            new_field_spec=SigFieldSpec(field, box=placed.box),  # type: ignore[arg-type] # fractions are as good
            moment=local(order.moment),
        )
        out = BytesIO()
        pdf_signer.sign_pdf(_Writer(BytesIO(data), strict=False), output=out)
        return out.getvalue()


def _free_name(data: bytes, name: str) -> str:
    taken = {field for field, _value, _reference in enumerate_sig_fields(PdfFileReader(BytesIO(data), strict=False))}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{number}"
    return free


def _unsignable(path: Path) -> UserError:
    return UserError(
        "pdf_unsignable",
        f"Không ký được tệp «{path.name}»: tệp hỏng, đặt mật khẩu hoặc đã khóa không cho ký thêm. Tệp được giữ nguyên; "
        "hãy xin bản khác, hoặc quét lại từ bản giấy.",
    )
