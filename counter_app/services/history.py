"""Appending to a dossier's history: one way for every step, so that status and events never part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from counter_app.models import Dossier, DossierEvent
from counter_app.rules import lifecycle
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.desk import DeskContext
from counter_app.services.rules_bridge import rules_apply

UNDOES = "undoes"
"""The key in the details of a correction that takes back a step: the number of its event."""


class Told(Protocol):
    """An event, as a row or as it is shown."""

    @property
    def number(self) -> int: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


_Event = TypeVar("_Event", bound=Told)


def moment_of_step(desk: DeskContext, dossier: Dossier | None, at: datetime | None) -> tuple[datetime, datetime]:
    """When the step happened and when it was entered, to the second.

    Raises UserError ``impossible_time`` for the future or for a time before the dossier's last event.
    """
    now = _to_second(desk.clock())
    moment = now if at is None else _to_second(at)
    previous = dossier.events[-1].at if dossier is not None and dossier.events else None
    if previous is not None and previous > moment and (at is None or _same_minute(previous, moment)):
        # The machine's clock was set back, or paper that tells no seconds is entered: the order of events rules.
        moment = previous
    with rules_apply():
        lifecycle.check_step_time(previous, moment, now)
    return moment, now


def append_correction(desk: DeskContext, dossier: Dossier, reason: str, details: dict[str, Any]) -> DossierEvent:
    """Add what is noted of a dossier, now, beside its steps: its due date stays.

    Raises UserError as ``moment_of_step``, and where nothing may be corrected any more.
    """
    at, entered_at = moment_of_step(desk, dossier, None)
    with rules_apply():
        status = lifecycle.next_status(Status(dossier.status), Step.CORRECT)
    return append_event(
        desk,
        dossier,
        Step.CORRECT,
        at=at,
        entered_at=entered_at,
        status_after=status,
        due_after=dossier.due,
        reason=reason,
        details=details,
    )


def append_event(
    desk: DeskContext,
    dossier: Dossier,
    step: Step,
    *,
    at: datetime,
    entered_at: datetime,
    status_after: Status,
    due_after: datetime | None,
    reason: str = "",
    unit: str = "",
    form: str | None = None,
    form_number: int | None = None,
    details: dict[str, Any] | None = None,
    actor: str = "",
) -> DossierEvent:
    """Add the next event and move the dossier's status and due date with it; the clerk did it, or ``actor``."""
    event = DossierEvent(
        number=len(dossier.events) + 1,
        step=step.value,
        at=_distinct(dossier, at, status_after),
        entered_at=entered_at,
        actor=actor or desk.settings.clerk,
        status_before=dossier.status if dossier.events else None,
        status_after=status_after.value,
        due_before=dossier.due,
        due_after=due_after,
        reason=reason,
        unit=unit,
        form=form,
        form_number=form_number,
        details=details or {},
    )
    dossier.events.append(event)
    dossier.status = status_after.value
    dossier.is_open = lifecycle.is_open(status_after)
    dossier.due = due_after
    dossier.revision += 1
    return event


def came_from(dossier: Dossier) -> Status | None:
    """The status in which the open supplement request found the dossier."""
    for event in reversed(dossier.events):
        before, after = event.status_before, event.status_after
        # Back from an ending that was taken back: the request still stands where it found the dossier.
        ended = before is not None and Status(before) in lifecycle.CLOSED
        if after == Status.SUPPLEMENT_REQUESTED and before is not None and before != after and not ended:
            return Status(before)
    return None


def standing(events: Sequence[_Event]) -> list[_Event]:
    """What holds of a history: without the steps that were taken back, and the taking back."""
    undone = {event.details[UNDOES] for event in events if UNDOES in (event.details or {})}
    return [event for event in events if event.number not in undone and UNDOES not in (event.details or {})]


def corrected_status(event: DossierEvent) -> Status | None:
    """The status that a person set by this event where desk and portal had come apart; None for any other event."""
    moved = event.step == Step.CORRECT and event.status_after != event.status_before
    return Status(event.status_after) if moved else None


def _distinct(dossier: Dossier, at: datetime, status: Status) -> datetime:
    """Portal protocol, section 5: no two steps of a dossier share second and status."""
    taken = {event.at for event in dossier.events if event.status_after == status}
    while at in taken:
        at += timedelta(seconds=1)
    return at


def _same_minute(one: datetime, other: datetime) -> bool:
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def _to_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
