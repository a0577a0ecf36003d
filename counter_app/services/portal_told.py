"""What the portal tells of a dossier, read and kept: its steps, its files, its fees, who applies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.models import Applicant, Dossier, DossierFee, OutboxMessage, PortalFile, Procedure
from counter_app.rules.fees import applicable, from_portal_number
from counter_app.rules.lifecycle import CLOCK_TOLERANCE, Status
from counter_app.rules.lifecycle import from_portal_number as status_from_number
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.sync.messages import MessageKind, parse_wire_time, update_message

PORTAL = "Cổng dịch vụ công"
"""Who did it, in the history, where the portal names nobody."""

RESULTS = "DanhSachGiayToKetQua"
_KINDS = {"1": "person", "2": "enterprise", "3": "organisation"}
_DIGEST_LETTERS = 64


def promised_elsewhere(dossier: Dossier) -> datetime | None:
    """The day on which the office that took the dossier in first promised the result; None where the portal
    names none, or no moment.
    """
    try:
        return parse_wire_time(str((dossier.portal_told or {}).get("NgayHenTra") or ""))
    except ValueError:
        return None


class NotFitting(Exception):  # noqa: N818 - two sides that differ, not a fault
    """What the portal tells cannot be applied without overwriting what the desk has."""

    def __init__(self, dossier: Dossier, reason: str) -> None:
        super().__init__(reason)
        self.dossier_id = dossier.id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step as the portal tells it (TienDo); ``wire_at`` is ThoiDiemXuLy as it came."""

    at: datetime
    wire_at: str
    status: Status
    actor: str
    unit: str
    content: str
    due: datetime | None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> ToldStep:
        """Raises LookupError or ValueError (RuleViolation among them) for what is no step."""
        wire_at = str(data["ThoiDiemXuLy"])
        at = parse_wire_time(wire_at)
        if at is None:
            raise ValueError("Bước xử lý từ cổng thiếu thời điểm (ThoiDiemXuLy).")
        return cls(
            at=at,
            wire_at=wire_at,
            status=status_from_number(int(str(data["TrangThai"]))),
            actor=str(data.get("NguoiXuLy") or PORTAL),
            unit=str(data.get("PhongBanXuLy") or ""),
            content=str(data.get("NoiDungXuLy") or ""),
            due=parse_wire_time(str(data.get("NgayKetThucTheoQuyDinh") or "")),
        )

    def marks(self) -> dict[str, Any]:
        """What an event keeps of it, to know the step again."""
        return {"from_portal": True, "portal_step": [self.wire_at, self.status.value]}


def snapshot(session: Session, desk: DeskContext, dossier: Dossier) -> dict[str, Any]:
    """What the desk has of a dossier at this moment, its record in the portal's vocabulary, as JSON values."""
    record = update_message(outgoing.dossier_message(dossier, office_row(session, desk), dossier.documents))
    last = dossier.events[-1]
    return {
        "revision": dossier.revision,
        "status": dossier.status,
        "unit": dossier.unit,
        "last_at": last.at.isoformat(),
        "last_actor": last.actor,
        "last_reason": last.reason,
        "record": json.loads(record.payload),
    }


def give_back_after_race(session: Session, desk: DeskContext, dossier: Dossier, at: datetime) -> None:
    """Send the record again where one that did not know of what the portal did at ``at`` may have covered it."""
    raced = session.scalar(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.dossier_id == dossier.id,
            OutboxMessage.kind == MessageKind.UPDATE.value,
            OutboxMessage.done_at.is_(None) | (OutboxMessage.done_at >= at - CLOCK_TOLERANCE),
        )
        .limit(1)
    )
    if raced is not None:
        outgoing.queue_update(session, dossier, office_row(session, desk), desk.clock().replace(microsecond=0))


def entries(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects; raises ValueError for anything else."""
    found = data.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError(f"Mục «{name}» của cổng không phải là danh sách.")
    return found


def read_applicant(data: Mapping[str, Any], now: datetime) -> Applicant:
    """The applicant; a passport and what else the desk has no field for stays in what the portal told."""
    numbers = {
        str(item.get("LoaiDinhDanh")): str(item.get("SoDinhDanh") or "") for item in entries(data, "DinhDanhCHS")
    }
    return Applicant(
        kind=_KINDS.get(str(data.get("LoaiDoiTuong")), "person"),
        name=str(data.get("ChuHoSo") or "").strip() or "(cổng không gửi tên)",
        personal_number=numbers.get("1", ""),
        tax_code=numbers.get("2", ""),
        phone=str(data.get("SoDienThoai") or ""),
        email=str(data.get("Email") or ""),
        created_at=now,
    )


def read_fees(data: Mapping[str, Any], procedure: Procedure, at: datetime) -> list[DossierFee]:
    """The fees that the portal names, else the procedure's for the online channel.

    Paid where the portal says that they were paid on line (DuocThanhToanTrucTuyen), as our own record says it.
    """
    paid = str(data.get("DuocThanhToanTrucTuyen")) == "1"
    named = {
        str(item["MaPhiLePhi"]): (
            str(item.get("TenPhiLePhi") or item["MaPhiLePhi"]),
            int(str(item.get("Gia") or 0)),
            from_portal_number(str(item.get("HinhThucThu"))).value,
        )
        for item in entries(data, "DanhSachLePhi")
        if item.get("MaPhiLePhi")
    } or {fee.code: (fee.name, fee.amount, fee.collect_on) for fee in applicable(procedure.fees, "online", "")}
    return [
        DossierFee(
            code=code,
            name=name,
            amount=amount,
            paid_at=at if paid and amount else None,
            method="online" if paid and amount else "",
            collect_on=collect_on,
        )
        for code, (name, amount, collect_on) in named.items()
    ]


def keep_files(session: Session, dossier: Dossier, now: datetime) -> None:
    """Note each file that the portal has told of; those that are there already stay as they are.

    A result goes under the portal's code for it, else under the first result of the procedure.
    """
    session.flush()
    known: set[str] = set(session.scalars(select(PortalFile.url).where(PortalFile.dossier_id == dossier.id)))
    known |= {item.upload_url for item in dossier.documents if item.upload_url}
    told = dossier.portal_told or {}
    first = next((item.code for item in dossier.procedure.results), "KQ")
    for item in entries(told, "TaiLieuNop"):
        if str(item.get("IsDeleted")) != "1":
            part = str(item.get("MaThanhPhanHoSo") or "")
            names = ("DuongDanTaiTepTin", "TepDinhKemId", "TenTepDinhKem")
            _note_file(session, dossier, known, _values(item, names), now, component_code=part)
    for item in entries(told, RESULTS):
        part = str(item.get("MaThanhPhanHoSo") or first)
        names = ("DuongDanTepTinKetQua", "GiayToId", "TenGiayTo")
        _note_file(session, dossier, known, _values(item, names), now, result_code=part)


def _values(item: Mapping[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(item.get(name) or "") for name in names)


def _note_file(
    session: Session, dossier: Dossier, known: set[str], values: tuple[str, ...], now: datetime, **place: str
) -> None:
    url, digest, name = values
    if not url or url in known:
        return
    known.add(url)
    digest = digest.lower()
    session.add(
        PortalFile(
            dossier_id=dossier.id,
            file_name=name if name.lower().endswith(".pdf") else f"{name or 'tep-tu-cong'}.pdf",
            url=url,
            sha256=digest if len(digest) == _DIGEST_LETTERS and not digest.strip("0123456789abcdef") else "",
            next_attempt_at=now,
            **place,
        )
    )
