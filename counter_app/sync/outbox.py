"""The outbox in the database: what goes next and what became of it.

States: waiting -> sending -> done | needs_attention; held while a rescue file is on its way. Records (create,
update) and steps of one dossier go strictly in the order of their numbers; dossiers do not wait for one another.
Documents (``upload``) have a lane of their own behind the records and steps, and never hold one back. Every
function works inside the caller's unit of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from counter_app.errors import UserError
from counter_app.models import OutboxMessage
from counter_app.models.base import UtcDateTime
from counter_app.sync.messages import MessageKind

SETTLE: Final = timedelta(seconds=2)
"""A call that a dead program left under way is given this long to end at the portal before we look."""
STEP_SETTLE: Final = timedelta(seconds=10)
"""And a step this long: a portal that does not know the idempotency key would keep a second one beside it."""

PAPER_TRIES: Final = 3
"""Tries of a document after which the record of its dossier goes without it (``documents_first``)."""

_WAITING: Final[ColumnElement[str]] = bindparam("waiting", "waiting", literal_execute=True)
"""Written into the statement: SQLite takes a partial index only where it sees the value."""

_CALL_NAMES: Final = UUID("5a3f0e1c-6f0b-4d0e-9d7e-3c1f6f0f2a11")


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    NEEDS_ATTENTION = "needs_attention"
    HELD = "held"
    """Given away in a rescue file; looked up before it could ever be sent from here."""


NOT_DONE: Final = (MessageState.WAITING, MessageState.SENDING, MessageState.NEEDS_ATTENTION, MessageState.HELD)
"""Named one by one, so that the index on the state serves among years of messages that are done."""


@dataclass(frozen=True)
class Outgoing:
    """A message as it is sent; ``attempts`` counts the tries that ended in an answer."""

    id: int
    key: str
    dossier_id: int
    dossier_code: str
    kind: MessageKind
    payload: bytes
    document_id: int | None
    attempts: int
    error_code: str


_OTHER: Final = aliased(OutboxMessage)
_SAME_DOSSIER: Final = _OTHER.dossier_id == OutboxMessage.dossier_id

_EARLIER_UNDONE: Final = exists().where(
    _SAME_DOSSIER,
    _OTHER.number < OutboxMessage.number,
    _OTHER.kind != MessageKind.UPLOAD,
    _OTHER.state != MessageState.DONE,
)
"""True where an earlier record or step of the same dossier is not done."""

_WAITS_FOR_PAPER: Final = and_(
    ~OutboxMessage.unseen,
    exists().where(
        _SAME_DOSSIER,
        _OTHER.kind == MessageKind.UPLOAD,
        or_(
            _OTHER.state == MessageState.SENDING,
            and_(_OTHER.state == MessageState.WAITING, _OTHER.attempts < PAPER_TRIES),
        ),
    ),
)
_CREATE_UNDER_WAY: Final = exists().where(
    _SAME_DOSSIER, _OTHER.kind == MessageKind.CREATE, or_(_OTHER.state == MessageState.SENDING, _OTHER.unseen)
)

_HELD_BACK: Final[dict[bool, ColumnElement[bool]]] = {
    False: _EARLIER_UNDONE,
    True: case(
        (OutboxMessage.kind == MessageKind.UPLOAD, _CREATE_UNDER_WAY),
        (OutboxMessage.kind == MessageKind.CREATE, or_(_EARLIER_UNDONE, _WAITS_FOR_PAPER)),
        else_=_EARLIER_UNDONE,
    ),
}
"""True where something else of the same dossier goes first, by whether the portal wants documents first.

There a create waits for the documents of its dossier that are on their way (not for one that needs a person, nor
for one that waits after PAPER_TRIES tries: the record matters more), unless its own outcome has to be looked up; a
document waits for no record, except for a create under way, which has left it out.
"""

# The statements are built once: they are asked ten times a second while documents are under way.
_DUE: Final = (
    select(*(getattr(OutboxMessage, one.name) for one in fields(Outgoing)))
    .where(OutboxMessage.state == _WAITING, OutboxMessage.next_attempt_at <= bindparam("now"))
    .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
    .limit(bindparam("most"))
)
_TO_LOOK_UP: Final = _DUE.where(OutboxMessage.unseen, OutboxMessage.kind != MessageKind.UPLOAD, ~_EARLIER_UNDONE)
_TO_SEND: Final = {
    first: _DUE.where(OutboxMessage.kind == bindparam("kind"), ~OutboxMessage.unseen, ~held_back)
    for first, held_back in _HELD_BACK.items()
}
_NEXT_DUE: Final = {
    first: select(func.min(OutboxMessage.next_attempt_at)).where(OutboxMessage.state == _WAITING, ~held_back)
    for first, held_back in _HELD_BACK.items()
}


def call_key(messages: Sequence[Outgoing]) -> UUID:
    """Return the idempotency key of a call with these messages.

    The same messages keep their key until the portal has answered (attempts moves on), also across a
    restart, so that a portal that knows the header never does a repeated call twice.
    """
    return uuid5(_CALL_NAMES, "|".join(f"{one.key}:{one.attempts}" for one in messages))


def recover(session: Session, now: datetime) -> int:
    """Turn what a dead program left "sending" into an outcome not seen; returns how many.

    A document needs no such mark: the portal is always asked for its offset.
    """
    result = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == MessageState.SENDING)
        .values(
            state=MessageState.WAITING,
            unseen=OutboxMessage.kind != MessageKind.UPLOAD,
            next_attempt_at=case(
                (OutboxMessage.kind == MessageKind.STEP, literal(now + STEP_SETTLE, UtcDateTime())),
                else_=literal(now + SETTLE, UtcDateTime()),
            ),
        )
        .returning(OutboxMessage.id)
    )
    return len(result.all())


def make_due(session: Session, now: datetime, *, beyond: timedelta = timedelta(0)) -> None:
    """End the pauses of single messages, or only those longer than ``beyond``.

    No pause is longer than ``backoff.MESSAGE`` has them: a longer one was noted while the machine's clock was
    ahead, and would last as long as the clock was wrong. Haste does not shorten the time that a portal gets to
    come to rest before it is asked what it did.
    """
    late = [OutboxMessage.state == MessageState.WAITING, OutboxMessage.next_attempt_at > now + beyond]
    if not beyond:
        late.append(~OutboxMessage.unseen)
    session.execute(update(OutboxMessage).where(*late).values(next_attempt_at=now))


def to_look_up(session: Session, now: datetime, limit: int) -> list[Outgoing]:
    """Return messages whose outcome was not seen, at most one a dossier, whose turn it is."""
    return _outgoing(session, _TO_LOOK_UP, now, limit)


def to_send(
    session: Session, now: datetime, kind: MessageKind, limit: int, *, documents_first: bool = False
) -> list[Outgoing]:
    """Return records or steps whose turn it is, at most one a dossier, oldest due first."""
    return _outgoing(session, _TO_SEND[documents_first], now, limit, kind=kind.value)


def next_uploads(session: Session, now: datetime, limit: int, *, documents_first: bool = False) -> list[Outgoing]:
    """Return the next documents to go: their dossiers have no earlier record or step on the way."""
    return _outgoing(session, _TO_SEND[documents_first], now, limit, kind=MessageKind.UPLOAD.value)


def mark_sending(session: Session, messages: Iterable[Outgoing]) -> None:
    """Note, before the call, that these are on their way: after a crash their outcome is not known."""
    ids = [one.id for one in messages]
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(state=MessageState.SENDING))


def mark_done(session: Session, messages: Iterable[Outgoing], now: datetime) -> None:
    """The portal has them."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_([one.id for one in messages]))
        .values(state=MessageState.DONE, unseen=False, done_at=now, last_error="", error_code="")
    )


def mark_waiting(
    session: Session,
    message: Outgoing,
    due: datetime,
    *,
    reason: str = "",
    code: str = "",
    unseen: bool = False,
    answered: bool = False,
) -> None:
    """It goes again at ``due``; ``unseen``: after a look-up; ``answered``: under a new idempotency key."""
    _set(
        session,
        message,
        state=MessageState.WAITING,
        unseen=unseen,
        next_attempt_at=due,
        last_error=reason,
        error_code=code,
        attempts=message.attempts + answered,
    )


def mark_needs_attention(
    session: Session, message: Outgoing, *, reason: str, code: str, field: str = "", unseen: bool = False
) -> None:
    """A person has to look at it; it holds back the later records and steps of its dossier only."""
    _set(
        session,
        message,
        state=MessageState.NEEDS_ATTENTION,
        unseen=unseen,
        last_error=reason,
        error_code=code,
        error_field=field,
        attempts=message.attempts + 1,
    )


def reopen_create(session: Session, dossier_id: int, now: datetime) -> bool:
    """Send a dossier's create once more, since the portal does not know it; False where there is none."""
    result = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.dossier_id == dossier_id,
            OutboxMessage.kind == MessageKind.CREATE,
            OutboxMessage.state == MessageState.DONE,
        )
        .values(
            state=MessageState.WAITING,
            next_attempt_at=now,
            done_at=None,
            attempts=OutboxMessage.attempts + 1,
        )
        .returning(OutboxMessage.id)
    )
    return bool(result.all())


def resend(session: Session, key: str, now: datetime, payload: bytes | None = None) -> None:
    """Send a message that needs attention again, mended where ``payload`` is given.

    Only a message that the portal has refused can get other bytes. Raises UserError ``message_unknown``,
    ``message_not_stuck`` or ``message_unseen``.
    """
    row = session.scalar(select(OutboxMessage).where(OutboxMessage.key == key))
    if row is None:
        raise UserError("message_unknown", "Không có thông điệp nào mang mã này. Xem lại danh sách chờ gửi.")
    if row.state != MessageState.NEEDS_ATTENTION:
        raise UserError(
            "message_not_stuck",
            "Thông điệp này không ở trạng thái cần xử lý nên không gửi lại. Chương trình tự gửi những gì đang chờ.",
        )
    row.state = MessageState.WAITING
    row.next_attempt_at = now
    row.error_code = row.error_field = ""
    if payload is not None and payload != row.payload:
        if row.unseen:
            raise UserError(
                "message_unseen",
                "Chưa rõ cổng đã nhận thông điệp này chưa nên chưa sửa được. Bấm gửi lại để tra trên cổng trước.",
            )
        row.payload = payload


def next_due(session: Session, *, documents_first: bool = False) -> datetime | None:
    """Return when the next waiting message that nothing holds back may go; None when none waits."""
    return session.scalar(_NEXT_DUE[documents_first])


def _outgoing(session: Session, query: Select[Any], now: datetime, limit: int, **given: str) -> list[Outgoing]:
    rows = session.execute(query, {"now": now, "most": limit, **given})
    return [Outgoing(**{**row._mapping, "kind": MessageKind(row.kind)}) for row in rows]


def _set(session: Session, message: Outgoing, **values: object) -> None:
    session.execute(update(OutboxMessage).where(OutboxMessage.id == message.id).values(**values))
