"""Working off the differences that a comparison with the portal has found: send again, or accept with a reason.

Everything sent again is looked up first (a create by the answer "already exists"), so that nothing gets to the
portal twice. Where sending the desk's record would overwrite what the portal alone knows, nothing is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Document, Dossier, Office, OutboxMessage, ReconciliationDifference
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.offices import office_row
from counter_app.services.reconcile import LIVE, DifferenceState
from counter_app.sync import outbox
from counter_app.sync.comparing import DifferenceKind, difference_label, step_mark, step_subject
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import MessageState

BLOCK: Final = 50
"""Dossiers mended in one unit of work."""

_DOCUMENTS: Final = frozenset({DifferenceKind.DOCUMENT_MISSING, DifferenceKind.DOCUMENT_OTHER})
_RECORD: Final = frozenset({DifferenceKind.FIELD, DifferenceKind.STATUS})
_OVERWRITTEN: Final = (DifferenceKind.NOT_OURS, DifferenceKind.STATUS, DifferenceKind.DOCUMENT_UNKNOWN)
"""What the portal alone knows, where it is not mendable: an update of the record would take it away."""

BY_HAND: Final = {
    DifferenceKind.MISSING: "Hồ sơ trực tuyến do cổng lập nên quầy không gửi lại được. Báo quản trị cổng khôi phục "
    "hồ sơ, hoặc chấp nhận kèm lý do.",
    DifferenceKind.NOT_OURS: "Trên cổng, mã này thuộc một hồ sơ khác nên không gửi đè. Giấy hẹn đã trao vẫn có giá "
    "trị: báo quản trị cổng xử lý mã trùng, rồi chấp nhận kèm lý do.",
    DifferenceKind.STATUS: "Trạng thái trên cổng có thể do nơi xử lý cập nhật nên không gửi đè. Bấm «Theo cổng» để "
    "ghi vào hồ sơ, hoặc chấp nhận kèm lý do.",
    DifferenceKind.STEP_TWICE: "Cổng không có cách gỡ bước đã ghi. Báo quản trị cổng gỡ bước thừa, hoặc chấp nhận "
    "kèm lý do.",
    DifferenceKind.STEP_UNKNOWN: "Bước này do nơi xử lý ghi trên cổng mà quầy chưa nhận được. Bấm «Theo cổng» để ghi "
    "vào hồ sơ, hoặc chấp nhận kèm lý do.",
    DifferenceKind.DOCUMENT_UNKNOWN: "Tệp này không phải do quầy gửi nên không gỡ. Mở hồ sơ trên cổng để kiểm tra, "
    "rồi chấp nhận kèm lý do.",
}
"""What a person can do about a difference that the program does not mend."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was sent again: differences, and the codes of their dossiers; ``left`` dossiers wait for a person."""

    differences: int
    codes: tuple[str, ...]
    left: int


def mend(desk: DeskContext, difference_id: int) -> Mended:
    """Send again what the portal lacks of one difference; the fields of a record go together.

    Raises UserError ``difference_unknown``, ``difference_settled``, ``already_mending``, ``decide_by_hand`` and
    ``decide_first``.
    """
    with desk.database.write() as session:
        row = live_row(session, difference_id)
        if row.state == DifferenceState.MENDING:
            raise UserError(
                "already_mending", "Phần này đang được gửi lại. Đợi gửi xong rồi đối soát lại để xem kết quả."
            )
        if not row.mendable:
            raise UserError("decide_by_hand", BY_HAND[DifferenceKind(row.kind)])
        dossier = session.get_one(Dossier, row.dossier_id)
        rows = live_rows(session, dossier.id)
        blocking = [one for one in rows if _blocks(one)]
        if blocking:
            what = ", ".join(dict.fromkeys(f"«{_label(one)}»" for one in blocking))
            raise UserError(
                "decide_first",
                f"Hồ sơ {dossier.code} còn sai lệch phải quyết định trước: {what}. Gửi lại bây giờ sẽ ghi đè lên "
                f"phần đó của cổng. {BY_HAND[DifferenceKind(blocking[0].kind)]}",
            )
        together = row.kind in _RECORD
        chosen = [one for one in _to_send(rows) if one.id == row.id or (together and one.kind in _RECORD)]
        _send_again(desk, session, dossier, chosen, office_row(session, desk))
        return Mended(len(chosen), (dossier.code,), 0)


def mend_all(desk: DeskContext, stop: Callable[[], bool], tell: Callable[[int], None]) -> Mended:
    """Mend every open difference that can be mended, a block of dossiers at a time.

    ``stop`` is asked before each block, ``tell`` hears how many differences are done.
    """
    done, left, last = 0, 0, 0
    codes: list[str] = []
    while not stop():
        with desk.database.write() as session:
            office = office_row(session, desk)
            dossiers = _next_to_mend(session, last)
            for dossier in dossiers:
                rows = live_rows(session, dossier.id)
                if any(map(_blocks, rows)):
                    left += 1
                    continue
                chosen = _to_send(rows)
                _send_again(desk, session, dossier, chosen, office)
                done += len(chosen)
                codes.append(dossier.code)
        if not dossiers:
            break
        last = dossiers[-1].id
        tell(done)
    return Mended(done, tuple(codes), left)


def accept(desk: DeskContext, difference_id: int, reason: str) -> None:
    """Leave a difference as it is; it is not listed again while both values stay the same.

    Raises UserError ``reason_missing``, ``difference_unknown``, ``difference_settled``.
    """
    words = plain(reason)
    if not words:
        raise UserError("reason_missing", "Hãy ghi lý do chấp nhận sai lệch này.")
    with desk.database.write() as session:
        row = live_row(session, difference_id)
        decide_rows(desk, [row], DifferenceState.ACCEPTED)
        row.reason = words


def live_row(session: Session, difference_id: int) -> ReconciliationDifference:
    """A difference to be worked off; UserError ``difference_unknown``, ``difference_settled``."""
    row = session.get(ReconciliationDifference, difference_id)
    if row is None:
        raise UserError("difference_unknown", "Không có sai lệch này. Hãy đối soát lại để xem danh sách mới.")
    if row.state not in LIVE:
        raise UserError("difference_settled", "Sai lệch này đã được xử lý. Hãy xem lại danh sách.")
    return row


def live_rows(session: Session, dossier_id: int) -> list[ReconciliationDifference]:
    """All that is to be worked off of a dossier."""
    query = (
        select(ReconciliationDifference)
        .where(ReconciliationDifference.dossier_id == dossier_id, ReconciliationDifference.state.in_(LIVE))
        .order_by(ReconciliationDifference.id)
    )
    return list(session.scalars(query))


def _next_to_mend(session: Session, last: int) -> list[Dossier]:
    query = (
        select(Dossier)
        .where(
            Dossier.id > last,
            Dossier.id.in_(
                select(ReconciliationDifference.dossier_id).where(
                    ReconciliationDifference.state == DifferenceState.OPEN, ReconciliationDifference.mendable
                )
            ),
        )
        .order_by(Dossier.id)
        .limit(BLOCK)
    )
    return list(session.scalars(query))


def _blocks(row: ReconciliationDifference) -> bool:
    return row.kind in _OVERWRITTEN and not row.mendable


def _to_send(rows: Iterable[ReconciliationDifference]) -> list[ReconciliationDifference]:
    return [row for row in rows if row.mendable and row.state == DifferenceState.OPEN]


def _label(row: ReconciliationDifference) -> str:
    return difference_label(DifferenceKind(row.kind), row.subject)


def decide_rows(desk: DeskContext, rows: Iterable[ReconciliationDifference], state: DifferenceState) -> None:
    """Note that the clerk has decided on these now."""
    for row in rows:
        row.state, row.decided_at, row.decided_by = state, desk.clock(), desk.settings.clerk


def _send_again(
    desk: DeskContext, session: Session, dossier: Dossier, rows: Sequence[ReconciliationDifference], office: Office
) -> None:
    """Reopen what the portal lacks, then tell the record as it stands.

    A document needs no record behind it: its upload ends in an update that names it.
    """
    now = desk.clock()
    kinds = {DifferenceKind(row.kind) for row in rows}
    if DifferenceKind.MISSING in kinds:
        _send_whole(session, dossier, now)
    else:
        _send_steps(session, dossier, {row.subject for row in rows if row.kind == DifferenceKind.STEP_MISSING}, now)
        for row in rows:
            if row.kind in _DOCUMENTS:
                _send_document(session, dossier, row, now)
    if kinds - _DOCUMENTS:
        outgoing.queue_update(session, dossier, office, now)
    decide_rows(desk, rows, DifferenceState.MENDING)


def _send_whole(session: Session, dossier: Dossier, now: datetime) -> None:
    """The dossier is not there: its create, its steps in their order, its documents.

    The portal may have kept the files: each upload asks where it stands and sends only what lacks.
    """
    outbox.reopen_create(session, dossier.id, now)
    _reopen(session, dossier, OutboxMessage.kind.in_((MessageKind.STEP, MessageKind.UPLOAD)), now)
    for document in dossier.documents:
        document.uploaded_at = None


def _send_steps(session: Session, dossier: Dossier, subjects: set[str], now: datetime) -> None:
    if not subjects:
        return
    query = select(OutboxMessage.id, OutboxMessage.payload).where(
        OutboxMessage.dossier_id == dossier.id, OutboxMessage.kind == MessageKind.STEP
    )
    found = [
        number for number, payload in session.execute(query) if step_subject(step_mark(json.loads(payload))) in subjects
    ]
    _reopen(session, dossier, OutboxMessage.id.in_(found), now)


def _send_document(session: Session, dossier: Dossier, row: ReconciliationDifference, now: datetime) -> None:
    """One document: from where its upload stands, or anew where the portal names another file in its place."""
    component, _, digest = row.subject.rpartition("/")
    for document in dossier.documents:
        if (document.result_code or document.component_code, document.sha256.lower()) == (component, digest):
            _forget_upload(document, anew=row.kind == DifferenceKind.DOCUMENT_OTHER)
            _reopen(session, dossier, OutboxMessage.document_id == document.id, now)


def _forget_upload(document: Document, *, anew: bool) -> None:
    document.uploaded_at = None
    if anew:
        document.upload_url, document.upload_offset = None, 0


def _reopen(session: Session, dossier: Dossier, which: ColumnElement[bool], now: datetime) -> None:
    """Let messages that are done go again, each under a new idempotency key and after a look-up."""
    session.flush()
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.dossier_id == dossier.id, which, OutboxMessage.state == MessageState.DONE)
        .values(
            state=MessageState.WAITING,
            unseen=OutboxMessage.kind != MessageKind.UPLOAD,
            next_attempt_at=now,
            done_at=None,
            attempts=OutboxMessage.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
