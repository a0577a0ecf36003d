"""What waits for the portal, as the clerk sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from counter_app.models import OutboxMessage, SyncRun
from counter_app.services.desk import DeskContext
from counter_app.sync.outbox import MessageState, lines, resend
from counter_app.sync.outbox import OutboxLine as OutboxRow

__all__ = ["OutboxRow", "RunRow", "last_runs", "list_outbox", "outbox_counts", "retry"]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pass of the syncer."""

    started_at: datetime
    ended_at: datetime | None
    sent: int
    received: int
    failed: int
    error: str


def list_outbox(desk: DeskContext, state: str = "", limit: int = 500) -> list[OutboxRow]:
    """Messages in one state, or all that are not done; what needs a person first."""
    with desk.database.read() as session:
        return lines(session, MessageState(state) if state else None, limit)


def outbox_counts(desk: DeskContext) -> dict[str, int]:
    """How many messages are in each state."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    with desk.database.read() as session:
        return dict(session.execute(query).all())


def retry(desk: DeskContext, key: str) -> None:
    """Send a message that needed attention again; what was unseen is still looked up first.

    Raises UserError ``message_unknown``, ``message_not_stuck``.
    """
    with desk.database.write() as session:
        resend(session, key, desk.clock())


def last_runs(desk: DeskContext, limit: int = 20) -> list[RunRow]:
    """The newest passes of the syncer."""
    with desk.database.read() as session:
        return [
            RunRow(**{name: getattr(row, name) for name in RunRow.__dataclass_fields__})
            for row in session.scalars(select(SyncRun).order_by(SyncRun.id.desc()).limit(limit))
        ]
