"""What a decision about a clash does to the dossier: an event with the whole trace, the record to the portal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier
from counter_app.rules import lifecycle
from counter_app.rules.lifecycle import Status, Step, label
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.history import append_event
from counter_app.services.offices import office_row
from counter_app.services.online_dossiers import is_online, take_over
from counter_app.services.pauses import PROMISES
from counter_app.services.portal_status import keep_results, moment_told
from counter_app.services.portal_told import ToldStep, keep_files
from counter_app.services.returning_delivery import DELIVERED
from counter_app.services.steps import Effect, StepInput, Taking, resume
from counter_app.sync.inbox import EntryKind, FeedEntry
from counter_app.sync.messages import parse_wire_time


def may_take(dossier: Dossier, entry: FeedEntry) -> str:
    """Why the portal's side cannot be taken, and what to do instead; "" where it can."""
    if entry.kind is EntryKind.NEW_DOSSIER and not is_online(dossier):
        return (
            "Hồ sơ tại quầy do quầy tiếp nhận, giấy hẹn đã giao; trên cổng mã này thuộc hồ sơ khác. Hãy giữ của quầy "
            "và gọi quản trị cổng cấp mã khác cho hồ sơ trực tuyến."
        )
    if entry.kind is EntryKind.STEP:
        said = ToldStep.read(entry.data).status
        if said is Status.REGISTERED:
            return (
                f"Hồ sơ đã được tiếp nhận nên không lùi về «{label(said)}». Hãy giữ của quầy; nếu nơi khác mới là nơi "
                "tiếp nhận, gọi quản trị cổng."
            )
    return ""


def keep_ours(
    session: Session, desk: DeskContext, dossier: Dossier, entry: FeedEntry, reason: str, trace: dict[str, Any]
) -> None:
    """The desk's version stands and is sent again; nothing is sent over a dossier of somebody else's."""
    trace["before"] = trace["after"] = _state(dossier)
    trace["portal"] = _told(entry)
    now = desk.clock().replace(microsecond=0)
    append_event(
        desk,
        dossier,
        Step.CORRECT,
        at=moment_told(dossier, now, now),
        entered_at=now,
        status_after=Status(dossier.status),
        due_after=dossier.due,
        reason=reason,
        details=trace,
    )
    if entry.kind is not EntryKind.NEW_DOSSIER or is_online(dossier):
        outgoing.queue_update(session, dossier, office_row(session, desk), now)


def take_theirs(
    session: Session, desk: DeskContext, dossier: Dossier, entry: FeedEntry, reason: str, trace: dict[str, Any]
) -> None:
    """The portal's state is written as a correction; the record that follows covers what of ours is still waiting.

    Raises UserError ``clash_not_takeable``.
    """
    refusal = may_take(dossier, entry)
    if refusal:
        raise UserError("clash_not_takeable", refusal)
    now = desk.clock().replace(microsecond=0)
    trace["before"], trace["portal"] = _state(dossier), _told(entry)
    status, due, at, unit = Status(dossier.status), dossier.due, now, ""
    match entry.kind:
        case EntryKind.NEW_DOSSIER:
            take_over(session, dossier, entry.data, now)
        case EntryKind.STEP:
            told = ToldStep.read(entry.data)
            trace.update(told.marks())
            at, unit, status = told.at, told.unit, told.status
            due = told.due or due
        case _:
            at = parse_wire_time(str(entry.data.get("ThoiDiemXuLy") or "")) or now
            keep_results(dossier, entry.data)
            keep_files(session, dossier, now)
            status = status if status is Status.RETURNED else Status.FINISHED
    at = moment_told(dossier, at, now)
    taking = Taking(desk, session, dossier, Step.CORRECT, StepInput(unit=unit), at, from_portal=True)
    due = _set_status(taking, status, due)
    trace["after"] = {**_state(dossier), "status": status.value, "due": due.isoformat() if due is not None else None}
    append_event(
        desk,
        dossier,
        Step.CORRECT,
        at=at,
        entered_at=now,
        status_after=status,
        due_after=due,
        reason=reason,
        unit=unit,
        details=trace,
    )
    outgoing.queue_update(session, dossier, office_row(session, desk), now)


def _set_status(taking: Taking, status: Status, due: datetime | None) -> datetime | None:
    """Everything that hangs on the status moves with it; answers the due date.

    The clock that stood and now runs, or ran to the end, is reckoned as after any wait.
    """
    dossier, at = taking.dossier, taking.at
    stood = dossier.paused_at is not None and not lifecycle.clock_stands(status)
    if stood and due == dossier.due and any(event.step in PROMISES for event in dossier.events):
        effect = Effect(due=due)
        resume(taking, effect)
        due = effect.due
    was_standing = lifecycle.clock_stands(Status(dossier.status))
    if not lifecycle.clock_stands(status):
        dossier.paused_at = None
    elif not was_standing:
        dossier.paused_at = at
    done = status in (Status.FINISHED, Status.RETURNED)
    dossier.finished_at = (dossier.finished_at or at) if done else None
    dossier.returned_at = (dossier.returned_at or at) if status is Status.RETURNED else None
    dossier.delivery_state = DELIVERED[dossier.return_by] if status is Status.RETURNED else "pending"
    if status is Status.PROCESSING and taking.given.unit:
        dossier.unit = taking.given.unit
    return due


def _state(dossier: Dossier) -> dict[str, Any]:
    return {
        "status": dossier.status,
        "unit": dossier.unit,
        "due": dossier.due.isoformat() if dossier.due is not None else None,
        "applicant": dossier.applicant.name,
    }


def _told(entry: FeedEntry) -> dict[str, Any]:
    """What the portal said, without its lists: the whole entry stays in the inbox."""
    return {name: value for name, value in entry.data.items() if isinstance(value, str) and value}
