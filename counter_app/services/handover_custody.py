"""Who is responsible for a dossier, and the event that moves it: shared by all ways of handing over.

Responsible is ``Dossier.unit``, "" for the desk itself. A hand-over by a list leaves it with the giver until the
receiver has confirmed; the event names both sides in its details under ``HANDOVER``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.models import Dossier, HandoverItem, HandoverList, Office
from counter_app.rules.lifecycle import Status, Step, permitted_steps
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.handover_items import HANDOVER, begin_slip
from counter_app.services.handover_values import HandoverLine, HandoverView
from counter_app.services.history import moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.returning_delivery import results_held
from counter_app.services.steps import StepInput, Taking, carry_out


def desk_unit(office: Office) -> str:
    """The desk by its name, as one of the units between which dossiers go."""
    return office.desk_name.capitalize()


def holder(dossier: Dossier, office: Office) -> str:
    """Who is responsible for the dossier now."""
    return dossier.unit or desk_unit(office)


def last_receiver(session: Session, dossiers: Sequence[Dossier]) -> str:
    """Who signed for these dossiers when they came to the unit that has them; "" where nobody did by a list."""
    signed = (
        select(HandoverList.receiver)
        .join(HandoverItem)
        .where(HandoverItem.dossier_id.in_([dossier.id for dossier in dossiers]), HandoverItem.state == "confirmed")
        .where(HandoverList.to_unit == dossiers[0].unit)
        .order_by(HandoverList.id.desc())
        .limit(1)
    )
    return session.scalar(signed) or ""


def move(
    desk: DeskContext,
    session: Session,
    dossier: Dossier,
    step: Step,
    handover: dict[str, Any],
    *,
    unit: str,
    reason: str = "",
    at: datetime | None = None,
) -> datetime:
    """Write one movement into the dossier's history and tell the portal; answers when it happened.

    Papers move whatever the business status: where the lifecycle has no such step, as while a supplement is
    awaited, the movement is a correction of the record.
    """
    taken = step if step in permitted_steps(Status(dossier.status)) else Step.CORRECT
    moment, entered_at = moment_of_step(desk, dossier, at)
    taking = Taking(desk, session, dossier, taken, StepInput(unit=unit, reason=reason), moment)
    details: dict[str, Any] = {HANDOVER: handover}
    if taken is not Step.HAND_OVER:  # which begins the slip itself
        details |= begin_slip(session, dossier, desk.settings.office, moment)
    event, _ = carry_out(taking, entered_at, details=details)
    outgoing.queue_step(session, dossier, event, office_row(session, desk), entered_at)
    return event.at


def details_of(row: HandoverList, kind: str, due: datetime | None) -> dict[str, Any]:
    """Both sides of a movement for its event; ``kind``: sent, received, turned_back, redirected or back."""
    return {
        "kind": kind,
        "list": row.id,
        "number": row.number,
        "from": row.from_unit,
        "to": row.to_unit,
        "giver": row.giver,
        "receiver": row.receiver,
        "due": due.isoformat() if due is not None else None,
    }


def papers_of(dossier: Dossier) -> list[list[Any]]:
    """Name, originals and copies of what lies in the dossier, and its results by their numbers."""
    papers = [[item.name, item.originals, item.copies] for item in dossier.components if item.originals + item.copies]
    return papers + [[result, 0, 0] for result in results_held(dossier)]


def list_view(row: HandoverList, warnings: Sequence[str] = ()) -> HandoverView:
    """A list as a frozen value."""
    lines = tuple(
        HandoverLine(
            code=item.dossier.code,
            applicant_name=item.dossier.applicant.name,
            procedure_name=item.dossier.procedure.name,
            state=item.state,
            due=item.due,
            dossier_due=item.dossier.due,
            papers=tuple((str(name), int(originals), int(copies)) for name, originals, copies in item.papers),
            reason=item.reason,
        )
        for item in row.items
    )
    names = set(HandoverView.__dataclass_fields__) - {"lines", "warnings"}
    return HandoverView(**{name: getattr(row, name) for name in names}, lines=lines, warnings=tuple(warnings))
