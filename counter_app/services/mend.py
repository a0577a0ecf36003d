"""What the portal refused is sent again with the corrected entries (design, section 6, "States")."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, Office, OutboxMessage
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.steps import find_dossier
from counter_app.sync.messages import MessageKind, encode, update_message
from counter_app.sync.outbox import MessageState, resend

RECORDS = (MessageKind.CREATE, MessageKind.UPDATE)

CORRECTED = (
    "ChuHoSo",
    "LoaiDoiTuong",
    "SoGiayToChuHoSo",
    "DinhDanhCHS",
    "Email",
    "SoDienThoai",
    "HinhThuc",
    "GhiChu",
    "DanhSachTepDinhKemKhac",
    "DanhSachLePhi",
)
"""Entries of a record that a correction may change. The rest of a mended record, its status and documents, stays
as it was when the message was written: its steps are told after it, in their own order."""

PORTAL_FIELDS = {
    "ChuHoSo": "applicant.name",
    "LoaiDoiTuong": "applicant.kind",
    "MaDoiTuong": "applicant.number",
    "SoGiayToChuHoSo": "applicant.number",
    "DinhDanhCHS": "applicant.number",
    "LoaiDinhDanh": "applicant.number",
    "SoDinhDanh": "applicant.number",
    "Email": "applicant.email",
    "SoDienThoai": "applicant.phone",
    "HinhThuc": "return_by",
    "GhiChu": "note",
    "DanhSachTepDinhKemKhac": "components",
    "TenGiayTo": "components",
    "SoLuong": "components",
    "DanhSachLePhi": "fees",
    "TenPhiLePhi": "fees",
    "MaPhiLePhi": "fees",
    "Gia": "fees",
}
"""The portal's ``Truong`` to the entry that a clerk can correct."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A record or step that waits for a person. ``words`` and ``field`` are the portal's."""

    key: str
    kind: str
    words: str
    error_code: str
    field: str
    unseen: bool


def entry_of(portal_field: str) -> str:
    """The entry that a field of the portal (``SoDienThoai``, ``DinhDanhCHS[0].SoDinhDanh``) is about.

    "" for a field that is not corrected at the desk.
    """
    names = [name for name in re.split(r"\W+", portal_field) if name in PORTAL_FIELDS]
    return PORTAL_FIELDS[names[0]] if names else ""


def stuck_of(session: Session, dossier_id: int) -> Stuck | None:
    """The record or step of a dossier that needs a person; the order within a dossier lets there be one at most."""
    row = session.scalar(_undone(dossier_id).where(OutboxMessage.state == MessageState.NEEDS_ATTENTION).limit(1))
    if row is None:
        return None
    return Stuck(row.key, row.kind, row.last_error, row.error_code, row.error_field, row.unseen)


def send_corrected(session: Session, dossier: Dossier, office: Office, now: datetime) -> tuple[str, ...]:
    """Send what is stuck again; keys of the messages that now carry the dossier's entries as they stand.

    A record that the portal refused gets the corrected entries, and with it every later record, none of which has
    left the desk yet: else the old entries would be refused once more, or come after the right ones. A step, or a
    message whose outcome was not seen, goes again as it is.
    """
    stuck = stuck_of(session, dossier.id)
    if stuck is None:
        return ()
    if stuck.kind not in RECORDS or stuck.unseen:
        resend(session, stuck.key, now)
        return ()
    record = json.loads(update_message(outgoing.dossier_message(dossier, office, dossier.documents)).payload)
    mended = []
    for row in session.scalars(_undone(dossier.id).where(OutboxMessage.kind.in_(RECORDS))).all():
        payload = _mended(row.payload, record)
        if row.key == stuck.key:
            resend(session, row.key, now, payload=payload)
        elif row.state == MessageState.WAITING and not row.unseen:
            row.payload = payload
        else:
            continue
        row.revision = dossier.revision
        mended.append(row.key)
    return tuple(mended)


def tell_portal(session: Session, dossier: Dossier, office: Office, now: datetime) -> tuple[str, ...]:
    """After a correction: mend what is stuck, or queue an update; keys of the messages that were mended."""
    mended = send_corrected(session, dossier, office, now)
    last = session.scalar(
        select(OutboxMessage.key)
        .where(OutboxMessage.dossier_id == dossier.id, OutboxMessage.kind.in_(RECORDS))
        .order_by(OutboxMessage.number.desc())
        .limit(1)
    )
    if last not in mended:
        outgoing.queue_update(session, dossier, office, now)
    return mended


def mend(desk: DeskContext, code: str) -> tuple[str, ...]:
    """Send again what the portal refused of a dossier, with its entries as they stand; keys of mended messages.

    For what was corrected before, or put right at the portal. Raises UserError ``dossier_unknown``,
    ``message_not_stuck``.
    """
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        if stuck_of(session, dossier.id) is None:
            raise UserError(
                "message_not_stuck",
                f"Hồ sơ {dossier.code} không có thông điệp nào bị cổng từ chối. Chương trình tự gửi những gì đang chờ.",
            )
        return send_corrected(session, dossier, office_row(session, desk), desk.clock())


def _mended(payload: bytes, record: dict[str, object]) -> bytes:
    written = json.loads(payload)
    return encode({**written, **{name: record[name] for name in CORRECTED if name in written}})


def _undone(dossier_id: int) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.dossier_id == dossier_id,
            OutboxMessage.kind != MessageKind.UPLOAD,
            OutboxMessage.state != MessageState.DONE,
        )
        .order_by(OutboxMessage.number)
    )
