"""What handing over takes and gives; frozen, as all values of the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from counter_app.rules.inner_limit import Timing

LIST_STATES = {
    "draft": "Đang lập",
    "sent": "Chờ bên nhận ký",
    "closed": "Hai bên đã ký",
    "discarded": "Đã bỏ",
}
ITEM_STATES = {
    "listed": "chưa giao",
    "sent": "chờ xác nhận",
    "confirmed": "đã nhận",
    "turned_back": "bên nhận trả lại",
    "redirected": "đã chuyển lại",
    "dropped": "đã bỏ ra",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """Where dossiers go: a unit of this office, or another office with its code (interlinked).

    ``due``: the inner limit of the receiver, None where none is set; it never moves the date promised to the
    applicant.
    """

    unit: str
    office_code: str = ""
    due: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Another office that gives papers to this desk, with its code where that is known."""

    unit: str
    office_code: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """How the receiver signs a list: who, when (None: now), and which dossiers go back, each with its reason."""

    receiver: str
    at: datetime | None = None
    turned_back: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One dossier on a list; ``papers``: name, originals, copies."""

    code: str
    applicant_name: str
    procedure_name: str
    state: str
    due: datetime | None
    dossier_due: datetime | None
    papers: tuple[tuple[str, int, int], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A list with its dossiers; ``number`` runs within the year of ``made_at``."""

    id: int
    number: int
    direction: str
    from_unit: str
    to_unit: str
    office_code: str
    state: str
    made_at: datetime
    made_by: str
    giver: str
    sent_at: datetime | None
    receiver: str
    closed_at: datetime | None
    note: str
    lines: tuple[HandoverLine, ...]
    warnings: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether both sides have signed (forms.md, "Clauses that bind the program")."""
        return bool(self.giver and self.receiver)


@dataclass(frozen=True, slots=True)
class Going:
    """A list that waits for its giver: how many dossiers go, which do not (code and why), and who gives them
    ("" where it is not known)."""

    view: HandoverView
    count: int
    stay: tuple[str, ...]
    giver: str


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One hand-over on the control slip.

    ``due`` is the inner limit that the giver had and ``timing`` how it kept it, None where none was set.
    ``receiver`` and ``received_at`` are unknown until the receiver has confirmed. ``note``: why it was wrong,
    turned back or put right.
    """

    from_unit: str
    to_unit: str
    giver: str
    given_at: datetime
    receiver: str
    received_at: datetime | None
    due: datetime | None
    timing: Timing | None
    note: str = ""

    @property
    def complete(self) -> bool:
        """Whether both sides have signed; a row that is not is shown as incomplete (forms.md)."""
        return bool(self.giver and self.receiver)


@dataclass(frozen=True, slots=True)
class ControlSlip:
    """Who had a dossier from when to when (phiếu kiểm soát quá trình giải quyết hồ sơ).

    ``number``: runs within the year in which the slip began, None for one of before. ``held_by``: who is
    responsible now; ``cooperating``: other offices and units that took part.
    """

    code: str
    number: int | None
    applicant_name: str
    procedure_code: str
    procedure_name: str
    lead_office: str
    cooperating: tuple[str, ...]
    held_by: str
    received_at: datetime
    due: datetime | None
    first_due: datetime | None
    rows: tuple[ControlRow, ...]


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A dossier whose paper lies on a shelf of the desk."""

    code: str
    applicant_name: str
    procedure_name: str
    status: str
    shelf: str
    unit: str
