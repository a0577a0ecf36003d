"""How the desk sees the outbox: what waits, what needs a person, and whether the portal has a dossier.

Every function works inside the caller's unit of work.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app.models import OutboxMessage
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import NOT_DONE, MessageState


class DossierSyncState(StrEnum):
    """What the desk may say of a dossier; UNKNOWN while an outcome was not seen, never a guess."""

    NOT_SENT = "not_sent"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CHANGED_SINCE = "changed_since"
    SENT = "sent"
    NEEDS_ATTENTION = "needs_attention"


@dataclass(frozen=True)
class OutboxLine:
    """A message as the sync page and ``outbox`` show it."""

    key: str
    dossier_code: str
    number: int
    kind: MessageKind
    state: MessageState
    unseen: bool
    attempts: int
    next_attempt_at: datetime
    last_error: str
    error_code: str
    error_field: str
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class OutboxCounts:
    """How much waits (messages being sent included), needs a person, and since when the oldest waits."""

    waiting: int
    needs_attention: int
    oldest_waiting_at: datetime | None


def counts(session: Session) -> OutboxCounts:
    """Count what has not arrived."""
    rows = session.execute(
        select(OutboxMessage.state, func.count(), func.min(OutboxMessage.created_at))
        .where(OutboxMessage.state.in_(NOT_DONE))
        .group_by(OutboxMessage.state)
    ).all()
    by_state = {state: (number, oldest) for state, number, oldest in rows}
    moving = [by_state[one] for one in (MessageState.WAITING, MessageState.SENDING) if one in by_state]
    return OutboxCounts(
        waiting=sum(number for number, _ in moving),
        needs_attention=by_state.get(MessageState.NEEDS_ATTENTION, (0, None))[0],
        oldest_waiting_at=min((oldest for _, oldest in moving), default=None),
    )


def lines(session: Session, state: MessageState | None = None, limit: int = 500) -> list[OutboxLine]:
    """Return messages for showing: what is not done (or ``state``), what needs a person first."""
    wanted = OutboxMessage.state.in_(NOT_DONE if state is None else (state,))
    rows = session.scalars(
        select(OutboxMessage)
        .where(wanted)
        .order_by(OutboxMessage.state != MessageState.NEEDS_ATTENTION, OutboxMessage.id)
        .limit(limit)
    )
    return [
        OutboxLine(
            key=row.key,
            dossier_code=row.dossier_code,
            number=row.number,
            kind=MessageKind(row.kind),
            state=MessageState(row.state),
            unseen=row.unseen,
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
            last_error=row.last_error,
            error_code=row.error_code,
            error_field=row.error_field,
            created_at=row.created_at,
            done_at=row.done_at,
        )
        for row in rows
    ]


def dossier_states(session: Session, dossier_ids: Collection[int]) -> dict[int, DossierSyncState]:
    """Tell for each dossier whether the portal has it, as far as is known."""
    rows = session.execute(
        select(OutboxMessage.dossier_id, OutboxMessage.state, OutboxMessage.unseen)
        .where(OutboxMessage.dossier_id.in_(dossier_ids))
        .distinct()
    ).all()
    found: dict[int, set[tuple[str, bool]]] = {one: set() for one in dossier_ids}
    for dossier_id, state, unseen in rows:
        found[dossier_id].add((state, unseen))
    return {dossier_id: _dossier_state(states) for dossier_id, states in found.items()}


def _dossier_state(states: set[tuple[str, bool]]) -> DossierSyncState:
    names = {state for state, _ in states}
    if not names:
        # It came from the portal, and nothing has been done with it here.
        return DossierSyncState.SENT
    if MessageState.NEEDS_ATTENTION in names:
        return DossierSyncState.NEEDS_ATTENTION
    if any(unseen for _, unseen in states):
        return DossierSyncState.UNKNOWN
    if MessageState.SENDING in names:
        return DossierSyncState.SENDING
    if MessageState.DONE not in names:
        return DossierSyncState.NOT_SENT
    return DossierSyncState.CHANGED_SINCE if MessageState.WAITING in names else DossierSyncState.SENT
