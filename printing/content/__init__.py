"""What a paper says, as frozen values that the services fill in.

``None`` (or blank text) in an optional field means "not known": the form then keeps a dotted line to be
written on by hand. Times are timezone-aware and are printed in Vietnamese time; money is whole đồng.
"""

from printing.content.common import (
    APOLOGY_COPY,
    APOLOGY_FILE_COPY,
    RECEIPT_COPIES,
    SYSTEM_NAME,
    ComponentLine,
    DossierPaper,
    FeeLine,
    Letterhead,
    TransferLine,
    mark,
    nfc,
    running_name,
)
from printing.content.lists import (
    ApologyListContent,
    ApologyRow,
    CountedSum,
    FeeClosingContent,
    FeeReceiptRow,
    HandoverListContent,
    HandoverRow,
    RegisterContent,
    RegisterRow,
)
from printing.content.slips import (
    ApologyContent,
    ControlSlipContent,
    HandoverStep,
    HandoverTiming,
    PaymentContent,
    PostLabelContent,
    ReceiptContent,
    RefusalContent,
    ResultLine,
    ReturnSlipContent,
    StopNoticeContent,
    SupplementRequestContent,
)
from printing.content.thermal import ThermalContent

__all__ = [
    "APOLOGY_COPY",
    "APOLOGY_FILE_COPY",
    "RECEIPT_COPIES",
    "SYSTEM_NAME",
    "ApologyContent",
    "ApologyListContent",
    "ApologyRow",
    "ComponentLine",
    "ControlSlipContent",
    "CountedSum",
    "DossierPaper",
    "FeeClosingContent",
    "FeeLine",
    "FeeReceiptRow",
    "HandoverListContent",
    "HandoverRow",
    "HandoverStep",
    "HandoverTiming",
    "Letterhead",
    "PaymentContent",
    "PostLabelContent",
    "ReceiptContent",
    "RefusalContent",
    "RegisterContent",
    "RegisterRow",
    "ResultLine",
    "ReturnSlipContent",
    "StopNoticeContent",
    "SupplementRequestContent",
    "ThermalContent",
    "TransferLine",
    "mark",
    "nfc",
    "running_name",
]
