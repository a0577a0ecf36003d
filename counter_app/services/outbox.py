"""What waits for the portal, as the clerk sees it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from counter_app.models import Document, OutboxMessage
from counter_app.services.desk import DeskContext
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import NOT_DONE, MessageState, resend
from counter_app.sync.outbox_view import OutboxLine as OutboxRow
from counter_app.sync.outbox_view import lines

__all__ = [
    "OutboxItem",
    "OutboxLoad",
    "OutboxRow",
    "Shown",
    "list_outbox",
    "outbox_counts",
    "outbox_ids",
    "outbox_items",
    "outbox_load",
    "retry",
    "retry_all",
]

_MOVING = (MessageState.WAITING, MessageState.SENDING)
_UPLOAD = OutboxMessage.kind == MessageKind.UPLOAD
_OWN = (
    *("id", "key", "dossier_code", "kind", "state", "unseen", "attempts", "next_attempt_at"),
    *("last_error", "error_code", "error_field"),
)


class Shown(StrEnum):
    """Which of the messages that are not done are asked for."""

    ALL = "all"
    ATTENTION = "attention"
    RECORDS = "records"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One message as the sync page shows it; ``file_name``, ``size`` and ``sent`` (bytes) are a document's.

    ``held_back``: an earlier record or step of the dossier is not done yet; ``held_by_trouble``: that one
    needs attention, so that this one waits for a person.
    """

    id: int
    key: str
    dossier_code: str
    kind: str
    state: str
    unseen: bool
    attempts: int
    next_attempt_at: datetime
    last_error: str
    error_code: str
    error_field: str
    file_name: str
    size: int
    sent: int
    held_back: bool
    held_by_trouble: bool


@dataclass(frozen=True, slots=True)
class OutboxLoad:
    """How much waits: dossiers with records or steps, documents, and the bytes of both together.

    ``held``: messages that a rescue file carries and this desk does not send meanwhile.
    """

    dossiers: int = 0
    documents: int = 0
    bytes_left: int = 0
    needs_attention: int = 0
    held: int = 0
    oldest_waiting_at: datetime | None = None


def list_outbox(desk: DeskContext, state: str = "", limit: int = 500) -> list[OutboxRow]:
    """Messages in one state, or all that are not done; what needs a person first."""
    with desk.database.read() as session:
        return lines(session, MessageState(state) if state else None, limit)


def outbox_ids(desk: DeskContext, shown: Shown = Shown.ALL) -> array[int]:
    """Ids of the messages that are not done: what needs a person first, then in the order they were written."""
    states = (MessageState.NEEDS_ATTENTION,) if shown is Shown.ATTENTION else NOT_DONE
    query = select(OutboxMessage.id).where(OutboxMessage.state.in_(states))
    if shown in (Shown.RECORDS, Shown.DOCUMENTS):
        query = query.where(_UPLOAD if shown is Shown.DOCUMENTS else ~_UPLOAD)
    query = query.order_by(OutboxMessage.state != MessageState.NEEDS_ATTENTION, OutboxMessage.id)
    with desk.database.read() as session:
        return array("q", chain.from_iterable(session.connection().execute(query)))


def outbox_items(desk: DeskContext, ids: Sequence[int]) -> list[OutboxItem]:
    """The messages with these ids (a page of them), in this order; the payloads stay where they are."""
    query = (
        select(
            *(getattr(OutboxMessage, name) for name in _OWN),
            func.coalesce(Document.file_name, "").label("file_name"),
            func.coalesce(Document.size, 0).label("size"),
            func.coalesce(Document.upload_offset, 0).label("sent"),
            _held_back(desk).label("held_back"),
            _earlier(MessageState.NEEDS_ATTENTION).label("held_by_trouble"),
        )
        .outerjoin(Document, Document.id == OutboxMessage.document_id)
        .where(OutboxMessage.id.in_(ids))
    )
    with desk.database.read() as session:
        found = {row.id: OutboxItem(**row._mapping) for row in session.execute(query)}
    return [found[one] for one in ids if one in found]


def outbox_counts(desk: DeskContext) -> dict[str, int]:
    """How many messages are in each state."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    with desk.database.read() as session:
        return dict(session.execute(query).all())


def outbox_load(desk: DeskContext) -> OutboxLoad:
    """How much waits or is being sent, and how many messages need a person."""
    moving = OutboxMessage.state.in_(_MOVING)
    records = select(
        func.count(OutboxMessage.dossier_id.distinct()),
        func.coalesce(func.sum(func.length(OutboxMessage.payload)), 0),
        func.min(OutboxMessage.created_at),
    ).where(moving, ~_UPLOAD)
    documents = (
        select(
            func.count(),
            func.coalesce(func.sum(Document.size - Document.upload_offset), 0),
            func.min(OutboxMessage.created_at),
        )
        .select_from(OutboxMessage)
        .outerjoin(Document, Document.id == OutboxMessage.document_id)
        .where(moving, _UPLOAD)
    )
    others = (
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.state.in_((MessageState.NEEDS_ATTENTION, MessageState.HELD)))
        .group_by(OutboxMessage.state)
    )
    with desk.database.read() as session:
        dossiers, record_bytes, oldest_record = session.execute(records).one()
        number, document_bytes, oldest_document = session.execute(documents).one()
        by_state = dict(session.execute(others).all())
        return OutboxLoad(
            dossiers=dossiers,
            documents=number,
            bytes_left=record_bytes + max(document_bytes, 0),
            needs_attention=by_state.get(MessageState.NEEDS_ATTENTION, 0),
            held=by_state.get(MessageState.HELD, 0),
            oldest_waiting_at=min((one for one in (oldest_record, oldest_document) if one is not None), default=None),
        )


def retry(desk: DeskContext, key: str) -> None:
    """Send a message that needed attention again; what was unseen is still looked up first.

    Raises UserError ``message_unknown``, ``message_not_stuck``.
    """
    with desk.database.write() as session:
        resend(session, key, desk.clock())


def retry_all(desk: DeskContext) -> int:
    """Send everything that needed attention again, as after a mended account or catalogue; returns how many."""
    query = select(OutboxMessage.key).where(OutboxMessage.state == MessageState.NEEDS_ATTENTION)
    with desk.database.write() as session:
        keys = session.scalars(query.order_by(OutboxMessage.id)).all()
        for key in keys:
            resend(session, key, desk.clock())
    return len(keys)


def _held_back(desk: DeskContext) -> ColumnElement[bool]:
    """True where an earlier record or step has to be done first; not for documents that go before their record."""
    earlier = _earlier(*NOT_DONE)
    return earlier if desk.settings.portal.takes_updates else and_(earlier, ~_UPLOAD)


def _earlier(*states: str) -> ColumnElement[bool]:
    """True where an earlier record or step of the same dossier is in one of these states."""
    earlier = aliased(OutboxMessage)
    return exists().where(
        earlier.dossier_id == OutboxMessage.dossier_id,
        earlier.number < OutboxMessage.number,
        earlier.kind != MessageKind.UPLOAD,
        earlier.state.in_(states),
    )
