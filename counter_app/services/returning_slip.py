"""Return slips printed to be signed before a return is entered, and whether one of them says what is handed out.

What a receiver signs names the receiver, the results and the papers that go back: once one of these is another,
the signature is under something else, and a new slip is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Delivery, Dossier, PrintJob
from counter_app.rules.calendar import VIETNAM
from printing.spool import CANCELLED

FORM = "return_slip"
SAID, AT, CLERK = "said", "at", "clerk"
"""The keys in what a print job keeps of its slip: ``said_on_slip``, the moment at which it was made, by whom."""

_PARTS = {
    "by": "cách trả",
    "to": "người nhận",
    "to_number": "số định danh người nhận",
    "authority": "giấy ủy quyền",
    "results": "kết quả giao",
    "originals": "bản chính trả lại",
}
"""What a slip says that the clerk can still change, by its name in ``said_on_slip``."""


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip that went to the printer. ``issue``: its name in the spool; ``said``: as of ``said_on_slip``."""

    issue: str
    printed_at: datetime
    said: Mapping[str, Any]
    clerk: str = ""


def slip_issue(session: Session, dossier: Dossier, said: Mapping[str, Any]) -> str:
    """The spool's name of the slip that says this of the next handing out; another one if it says anything else."""
    digest = sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return f"{_of_next(session, dossier)}{digest[:12]}"


def is_of_next(session: Session, dossier: Dossier, issue: str) -> bool:
    """Whether this is the name of a slip for the next handing out."""
    return issue.startswith(_of_next(session, dossier))


def slips_of_next(session: Session, dossier: Dossier) -> list[PrintedSlip]:
    """The slips printed for the next handing out and not given up, each once, the latest last."""
    begins = PrintJob.key.startswith(f"{FORM}/{_of_next(session, dossier)}", autoescape=True)
    jobs = session.scalars(select(PrintJob).where(begins, PrintJob.state != CANCELLED).order_by(PrintJob.id)).all()
    first: dict[str, PrintedSlip] = {}
    for job in jobs:
        issue, kept = job.key.split("/")[1], job.kept
        at = datetime.fromisoformat(kept[AT]) if AT in kept else job.created_at
        first.setdefault(issue, PrintedSlip(issue, at, kept.get(SAID, {}), kept.get(CLERK, "")))
    return list(first.values())


def slip_saying(slips: Sequence[PrintedSlip], said: Mapping[str, Any]) -> PrintedSlip | None:
    """The slip that says just this; None where none was printed at all.

    Raises UserError ``slip_outdated`` where all of them say something else, naming in what the latest differs.
    """
    for slip in slips:
        if slip.said == said:
            return slip
    if not slips:
        return None
    latest = slips[-1]
    other = ", ".join(words for name, words in _PARTS.items() if latest.said.get(name) != said[name])
    raise UserError(
        "slip_outdated",
        f"Phiếu giao nhận in lúc {latest.printed_at.astimezone(VIETNAM):%H:%M %d/%m/%Y} ghi khác: {other}. "
        "Hãy in phiếu mới (Alt+8), cho người nhận ký rồi trả kết quả.",
    )


def attempts(session: Session, dossier: Dossier) -> int:
    """How often the results were handed out so far."""
    return session.scalar(select(func.max(Delivery.attempt)).where(Delivery.dossier_id == dossier.id)) or 0


def _of_next(session: Session, dossier: Dossier) -> str:
    """How the names of all slips of the next handing out begin, before there is an event that issues it."""
    return f"{dossier.code}-lan{attempts(session, dossier) + 1}-"
