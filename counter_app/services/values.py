"""Frozen values that the services take and give; no mapped object ever leaves a service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính công ích"}
RETURN_WAYS = {"counter": "Tại quầy", "post": "Qua bưu chính", "online": "Trực tuyến"}
PAYMENT_METHODS = {"cash": "Tiền mặt", "transfer": "Chuyển khoản", "card": "Thẻ", "online": "Trực tuyến"}
APPLICANT_KINDS = {"person": "Cá nhân", "enterprise": "Doanh nghiệp", "organisation": "Tổ chức"}
LIMIT_UNITS = {
    "working_day": "ngày làm việc",
    "working_hour": "giờ làm việc",
    "calendar_day": "ngày",
    "same_day": "trong ngày",
    "on_the_spot": "trả ngay",
    "unknown": "chưa xác định",
}


@dataclass(frozen=True, slots=True)
class ApplicantData:
    """Who applies or hands in; ``personal_number`` for a person, ``tax_code`` for an enterprise."""

    kind: str = "person"
    name: str = ""
    personal_number: str = ""
    tax_code: str = ""
    birth_date: date | None = None
    sex: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ComponentIn:
    """A component as it lies on the desk, with its scans."""

    code: str
    originals: int = 0
    copies: int = 0
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FeeIn:
    """A fee of the procedure, paid now or not.

    ``reference``: number of a transfer, None where it was not asked for; ``official_receipt``: number of the finance
    system's receipt (biên lai). ``exemption``: whom the law exempts from it and by which paper; None where nobody is.
    """

    code: str
    paid: bool = False
    method: str = ""
    reference: str | None = None
    official_receipt: str = ""
    exemption: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiveRequest:
    """What the clerk enters to take a dossier in.

    ``at`` = when it happened (None: now). ``due`` with ``reason`` only where the procedure's limit is unknown.
    ``supplement_reason``: received although a required component is missing, with a supplement request at once.
    """

    procedure: str
    applicant: ApplicantData
    submitter: ApplicantData | None = None
    case_name: str = ""
    channel: str = "counter"
    return_by: str = "counter"
    components: tuple[ComponentIn, ...] = ()
    fees: tuple[FeeIn, ...] = ()
    sets: int = 1
    note: str = ""
    at: datetime | None = None
    due: datetime | None = None
    reason: str = ""
    supplement_reason: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A dossier is in the queue: what goes on the screen and to the printer."""

    dossier_id: int
    code: str
    status: str
    received_at: datetime
    due: datetime | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepDone:
    """The outcome of a step of the lifecycle."""

    dossier_id: int
    code: str
    step: str
    status: str
    at: datetime
    due: datetime | None
    event_number: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentView:
    code: str
    name: str
    originals: int
    copies: int
    required: bool
    case_name: str = ""


@dataclass(frozen=True, slots=True)
class FeeView:
    """A fee of a procedure, or of a dossier with what became of it; amounts in đồng.

    ``collect_on``: receipt, supplement or return. ``full_amount`` before an exemption for the reason in ``exemption``.
    """

    code: str
    name: str
    amount: int
    channel: str | None = None
    paid_at: datetime | None = None
    method: str = ""
    case_name: str = ""
    collect_on: str = "receipt"
    full_amount: int | None = None
    exemption: str = ""
    refunded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LimitView:
    amount: int
    unit: str
    cut_off: time | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class ProcedureHit:
    """A line of the type-ahead list."""

    id: int
    code: str
    name: str
    field_name: str
    limit: LimitView
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcedureView:
    """A procedure as the clerk needs it at intake."""

    id: int
    code: str
    version: int
    name: str
    field_code: str
    field_name: str
    levels: tuple[str, ...]
    channels: tuple[str, ...]
    limit: LimitView
    limits: tuple[LimitView, ...]
    limit_text: str
    limit_assumed: bool
    agency: str
    decision: str
    in_force: bool
    components: tuple[ComponentView, ...]
    fees: tuple[FeeView, ...]
    results: tuple[tuple[str, str], ...]

    def cases(self) -> tuple[str, ...]:
        """Names of the cases that ask for different components; empty when there is only one."""
        return tuple(dict.fromkeys(item.case_name for item in self.components if item.case_name))


@dataclass(frozen=True, slots=True)
class DocumentView:
    id: int
    component_code: str
    result_code: str
    file_name: str
    sha256: str
    size: int
    pages: int
    added_at: datetime
    uploaded_at: datetime | None
    from_portal: bool = False


@dataclass(frozen=True, slots=True)
class PortalFileView:
    """A file that the portal holds and that is not here yet; ``state``: waiting or failed, ``error`` says why."""

    id: int
    component_code: str
    result_code: str
    file_name: str
    state: str
    error: str


@dataclass(frozen=True, slots=True)
class EventView:
    number: int
    step: str
    at: datetime
    entered_at: datetime
    actor: str
    status_before: str | None
    status_after: str
    due_before: datetime | None
    due_after: datetime | None
    reason: str
    unit: str
    form: str | None
    form_number: int | None
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of a table of dossiers."""

    id: int
    code: str
    portal_code: str | None
    applicant_name: str
    procedure_name: str
    status: str
    is_open: bool
    received_at: datetime
    due: datetime | None
    due_soon_from: datetime | None
    finished_at: datetime | None
    paused_at: datetime | None
    unit: str
    apology_count: int
    portal_state: str
    """``DossierSyncState``: not_sent, sending, unknown, changed_since, sent or needs_attention."""


@dataclass(frozen=True, slots=True)
class PendingLetter:
    """A letter of apology that the applicant does not have yet: ``state`` draft, submitted or signed."""

    state: str
    new_due: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class DossierView:
    """Everything that is known of one dossier."""

    row: QueueRow
    procedure: ProcedureView
    case_name: str
    applicant: ApplicantData
    submitter: ApplicantData | None
    office_code: str
    desk_number: int
    channel: str
    return_by: str
    money_state: str
    delivery_state: str
    limit: LimitView
    first_due: datetime | None
    returned_at: datetime | None
    shelf: str
    sets: int
    note: str
    register_number: int
    components: tuple[ComponentView, ...]
    fees: tuple[FeeView, ...]
    documents: tuple[DocumentView, ...]
    events: tuple[EventView, ...]
    permitted_steps: tuple[str, ...]
    portal_files: tuple[PortalFileView, ...] = ()
    letter: PendingLetter | None = None
    settling_office: str = ""
    """Another office that settles it; "" where this one does."""
    responsible: str = ""
    """Who answers for it at this time: the unit that has it, else the office that settles it."""
    scans_in_work: frozenset[tuple[str, str]] = frozenset()
    """Component and result codes of papers that have been scanned and are being made into documents."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a table of dossiers shows. ``as_of`` decides what is late.

    ``status`` one status or "" for all; ``scope``: all, open, overdue, due_soon.
    """

    scope: str = "all"
    status: str = ""
    text: str = ""
    as_of: datetime | None = None
    newest_first: bool = True
    by: str = "received_at"
    """``received_at`` or ``due``."""


@dataclass(frozen=True, slots=True)
class OfficeData:
    """An office as printed on paper and named to the portal."""

    code: str
    name: str
    governing_body: str = ""
    desk_name: str = "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ"
    letter_suffix: str = "BPTNTKQ"
    place: str = ""
    address: str = ""
    """Street and number: whence parcels are sent."""
    phone: str = ""
    lookup_url: str = ""
    head_name: str = ""
    head_title: str = "CHỦ TỊCH"
