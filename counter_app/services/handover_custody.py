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
from counter_app.services.handover_values import HandoverLine, HandoverView
from counter_app.services.history import moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.returning_delivery import results_held
from counter_app.services.steps import HANDOVER, StepInput, Taking, carry_out

OPEN_ITEMS = ("listed", "sent")
"""States of a dossier on a list that is not settled yet."""


def desk_unit(office: Office) -> str:
    """The desk by its name, as one of the units between which dossiers go."""
    return office.desk_name.capitalize()


def holder(dossier: Dossier, office: Office) -> str:
    """Who is responsible for the dossier now."""
    return dossier.unit or desk_unit(office)


def open_item(session: Session, dossier: Dossier) -> HandoverItem | None:
    """The dossier's place on a list that is not settled yet."""
    return session.scalar(
        select(HandoverItem).where(HandoverItem.dossier_id == dossier.id, HandoverItem.state.in_(OPEN_ITEMS))
    )


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
    event, _ = carry_out(taking, entered_at, details={HANDOVER: handover})
    outgoing.queue_step(session, dossier, event, office_row(session, desk), entered_at)
    return event.at


def settle(item: HandoverItem, state: str, at: datetime, by: str, reason: str = "") -> None:
    """What became of a dossier on a list; the list is closed with its last one."""
    item.state, item.decided_at, item.decided_by, item.reason = state, at, by, reason
    if item.list.state != "draft" and all(other.state not in OPEN_ITEMS for other in item.list.items):
        item.list.state, item.list.closed_at = "closed", at


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
