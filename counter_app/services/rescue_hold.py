"""What this desk has given away in a rescue file: held back, and settled by a receipt or by a look at the portal.

A hold ends by the portal's clock, as does the time in which another desk may send the file, so that no two desks
send at the same time whatever their own clocks say (docs/decisions/005-rescue-file.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Document, OutboxMessage, RescueExport, RescueItem
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.rescue_receipt import check_signature, read_receipt
from counter_app.sync.client import BATCH_DOSSIERS, PortalClient, PortalDossier
from counter_app.sync.matching import holds, is_ours
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import MessageState

_NOT_OURS = "Biên nhận này không phải của tệp do quầy này xuất. Hãy mở nó ở quầy đã xuất tệp."
_UNKNOWN = "Quầy này không có tệp cứu hộ mang mã này. Hãy xem lại danh sách tệp đang giữ (counter-app rescue list)."
_ADDRESSES: Final = {"TaiLieuNop": ("TepDinhKemId", "DuongDanTaiTepTin")} | {
    "DanhSachGiayToKetQua": ("GiayToId", "DuongDanTepTinKetQua")
}


@dataclass(frozen=True, slots=True)
class Hold:
    """A rescue file whose messages are not settled; ``held``: how many still are."""

    id: str
    file_name: str
    exported_at: datetime
    held_until: datetime
    ended: bool
    held: int


def open_holds(desk: DeskContext) -> tuple[Hold, ...]:
    """The files whose messages are still held back, the oldest first."""
    held = (
        select(func.count())
        .select_from(RescueItem)
        .join(OutboxMessage, OutboxMessage.id == RescueItem.message_id)
        .where(RescueItem.export_id == RescueExport.id, OutboxMessage.state == MessageState.HELD)
        .scalar_subquery()
    )
    with desk.database.read() as session:
        rows = session.execute(
            select(RescueExport, held).where(RescueExport.settled_at.is_(None)).order_by(RescueExport.exported_at)
        ).all()
        return tuple(
            Hold(row.id, row.file_name, row.exported_at, row.held_until, row.ended_at is not None, count)
            for row, count in rows
        )


def end_hold(desk: DeskContext, export_id: str) -> None:
    """The clerk says that nobody sends the file (any more): the next contact with the portal settles it.

    Raises UserError ``rescue_unknown``.
    """
    with desk.database.write() as session:
        _end(_export(session, export_id, _UNKNOWN), desk.clock())


def take_receipt(desk: DeskContext, file: Path) -> int:
    """Settle what another desk's receipt says; returns how many messages are known to be at the portal.

    What it does not name is looked up and sent by this desk at the next contact. Raises UserError
    ``rescue_receipt_invalid``, ``rescue_unknown``; KnownError ``file_unreadable``.
    """
    receipt = read_receipt(file)
    with desk.database.write() as session:
        export = _export(session, receipt["id"], _NOT_OURS)
        check_signature(export.receipt_key, receipt, file)
        now = desk.clock()
        _end(export, now)
        done = {str(one["key"]): one for one in receipt["done"]}
        rows = [row for row in _held(session, [export.id]) if row.key in done]
        to_name = set()
        for row in rows:
            entry = done[row.key]
            _mark_done(session, row, now, entry.get("url"))
            if row.kind == MessageKind.UPLOAD and not entry.get("named"):
                to_name.add(row.dossier_id)
        uploads = {row.dossier_id for row in rows if row.kind == MessageKind.UPLOAD}
        _queue_naming(session, desk, to_name | _with_later_records(session, uploads), now)
        _close_settled(session, now)
        return len(rows)


class SettleHeld:
    """The syncer's chore of settling what is held back no longer."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, client: PortalClient, stop: Callable[[], bool]) -> None:
        settle(self._desk, client, stop)


def settle(desk: DeskContext, client: PortalClient, stop: Callable[[], bool] = lambda: False) -> int:
    """Look up, at the portal, the messages whose hold is over; returns how many it has.

    What it lacks waits for its turn again. Costs one query where nothing is held. ``stop`` is asked before each
    look-up. Raises what ``client.look_up`` does; what was settled before stays settled.
    """
    settled = 0
    due = _over(desk, desk.clock())
    if not due:
        return 0
    asked: set[int] = set()
    while due and not stop():
        with desk.database.read() as session:
            dossiers = [
                (row.dossier_id, row.dossier_code)
                for row in session.execute(
                    select(OutboxMessage.dossier_id, OutboxMessage.dossier_code)
                    .join(RescueItem, RescueItem.message_id == OutboxMessage.id)
                    .where(
                        RescueItem.export_id.in_(due),
                        OutboxMessage.state == MessageState.HELD,
                        OutboxMessage.dossier_id.not_in(asked),
                    )
                    .distinct()
                    .limit(BATCH_DOSSIERS)
                )
            ]
        if not dossiers:
            break
        found = client.look_up([code for _, code in dossiers])
        asked |= {dossier_id for dossier_id, _ in dossiers}
        # Now the portal's clock is known; by it the hold may last a while yet.
        due = _over(desk, desk.clock() + (client.clock_skew or timedelta(0)))
        settled += _settle_dossiers(desk, due, dict(dossiers), found)
    with desk.database.write() as session:
        _close_settled(session, desk.clock())
    return settled


def _settle_dossiers(
    desk: DeskContext, export_ids: list[str], dossiers: Mapping[int, str], found: Mapping[str, PortalDossier]
) -> int:
    settled = 0
    with desk.database.write() as session:
        now = desk.clock()
        by_dossier: dict[int, list[OutboxMessage]] = {dossier_id: [] for dossier_id in dossiers}
        for row in _held(session, export_ids):
            if row.dossier_id in by_dossier:
                by_dossier[row.dossier_id].append(row)
        uploaded = set()
        for dossier_id, rows in by_dossier.items():
            there = found.get(dossiers[dossier_id])
            named = portal_addresses(there)
            for row in rows:
                if row.kind == MessageKind.UPLOAD:
                    sha256 = session.get_one(Document, row.document_id).sha256
                    is_there = sha256 in named
                    url = named.get(sha256)
                    uploaded |= {dossier_id} if is_there else set()
                else:
                    is_there, url = _is_there(row, rows, there), None
                if is_there:
                    _mark_done(session, row, now, url)
                    settled += 1
                else:
                    _let_wait(row, rows, there, now)
        _queue_naming(session, desk, _with_later_records(session, uploaded), now)
    return settled


def _is_there(row: OutboxMessage, rows: Sequence[OutboxMessage], there: PortalDossier | None) -> bool:
    """Whether the portal has a record or step; an update also where it has a later one of the same file."""
    if there is None:
        return False
    kind = MessageKind(row.kind)
    if kind is MessageKind.STEP:
        return holds(kind, row.payload, there)
    if kind is MessageKind.CREATE:
        return is_one_of_ours(_records(rows), there)
    later = (one for one in rows if one.kind == MessageKind.UPDATE and one.number >= row.number)
    return any(holds(kind, one.payload, there) for one in later)


def _records(rows: Iterable[OutboxMessage]) -> list[bytes]:
    return [row.payload for row in rows if row.kind in (MessageKind.CREATE, MessageKind.UPDATE)]


def is_one_of_ours(records: Iterable[bytes], there: PortalDossier) -> bool:
    """Whether the portal's dossier is ours as one of our records has it: a hand-over changes the handling unit."""
    return any(is_ours(record, there) for record in records)


def portal_addresses(there: PortalDossier | None) -> dict[str, str]:
    """Addresses of the documents that the portal's record names, by digest."""
    found: dict[str, str] = {}
    if there is not None:
        for name, (digest, address) in _ADDRESSES.items():
            for entry in there.fields.get(name) or ():
                if isinstance(entry, dict) and entry.get(digest) and entry.get(address):
                    found[str(entry[digest])] = str(entry[address])
    return found


def _mark_done(session: Session, row: OutboxMessage, now: datetime, url: str | None) -> None:
    row.state, row.unseen, row.done_at = MessageState.DONE, False, now
    row.last_error = row.error_code = row.error_field = ""
    if row.kind == MessageKind.UPLOAD and url:
        document = session.get_one(Document, row.document_id)
        document.upload_url, document.upload_offset, document.uploaded_at = url, document.size, now


def _let_wait(row: OutboxMessage, rows: Iterable[OutboxMessage], there: PortalDossier | None, now: datetime) -> None:
    row.state, row.next_attempt_at = MessageState.WAITING, now
    # Somebody else's dossier under our code is the syncer's to judge, after a look of its own.
    row.unseen = row.kind == MessageKind.CREATE and there is not None and not is_one_of_ours(_records(rows), there)


def _with_later_records(session: Session, dossier_ids: Iterable[int]) -> set[int]:
    """Of these dossiers those with a record still to go, which was made before the documents had an address."""
    return set(
        session.scalars(
            select(OutboxMessage.dossier_id)
            .where(
                OutboxMessage.dossier_id.in_(list(dossier_ids)),
                OutboxMessage.kind.in_((MessageKind.CREATE, MessageKind.UPDATE)),
                OutboxMessage.state != MessageState.DONE,
            )
            .distinct()
        )
    )


def _queue_naming(session: Session, desk: DeskContext, dossier_ids: Collection[int], now: datetime) -> None:
    session.flush()
    if dossier_ids:
        outgoing.queue_updates(session, sorted(dossier_ids), office_row(session, desk), now)


def _over(desk: DeskContext, now: datetime) -> list[str]:
    with desk.database.read() as session:
        return list(
            session.scalars(
                select(RescueExport.id).where(
                    RescueExport.settled_at.is_(None),
                    RescueExport.ended_at.is_not(None) | (RescueExport.held_until <= now),
                )
            )
        )


def _held(session: Session, export_ids: list[str]) -> list[OutboxMessage]:
    return list(
        session.scalars(
            select(OutboxMessage)
            .join(RescueItem, RescueItem.message_id == OutboxMessage.id)
            .where(RescueItem.export_id.in_(export_ids), OutboxMessage.state == MessageState.HELD)
            .order_by(OutboxMessage.dossier_id, OutboxMessage.number)
        )
    )


def _close_settled(session: Session, now: datetime) -> None:
    session.flush()
    for export in session.scalars(select(RescueExport).where(RescueExport.settled_at.is_(None))):
        if not _held(session, [export.id]):
            export.settled_at = now


def _export(session: Session, export_id: str, unknown: str) -> RescueExport:
    row = session.get(RescueExport, export_id)
    if row is None:
        raise UserError("rescue_unknown", unknown)
    return row


def _end(export: RescueExport, now: datetime) -> None:
    if export.ended_at is None:
        export.ended_at = now
