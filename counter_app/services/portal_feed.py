"""What the portal's feed brings, applied to the desk's own data (design, section 6, "Inbound").

The portal is right for processing and catalogue, the desk for what it took in. What cannot be applied without
overwriting one side is a clash, kept for a person to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.models import Applicant, Dossier, DossierComponent, Procedure
from counter_app.rules import lifecycle
from counter_app.rules.calendar import online_answer_due
from counter_app.rules.lifecycle import Status, Step
from counter_app.rules.violation import RuleViolation
from counter_app.services.calendars import apply_portal_calendar, current_calendar
from counter_app.services.catalogue import find_procedure
from counter_app.services.catalogue_import import CatalogueImporter, from_portal
from counter_app.services.desk import DeskContext
from counter_app.services.history import append_event, came_from
from counter_app.services.numbering import next_in_year
from counter_app.services.offices import office_row
from counter_app.services.receive import limit_of
from counter_app.services.search_text import search_text
from counter_app.sync.inbox import EntryKind, EntryState, FeedEntry
from counter_app.sync.messages import parse_wire_time

PORTAL = "Cổng dịch vụ công"
"""Who did it, in the history, where the portal names nobody."""

STEP_OF_STATUS = {
    Status.PROCESSING: Step.HAND_OVER,
    Status.SUPPLEMENT_REQUESTED: Step.REQUEST_SUPPLEMENT,
    Status.PAYMENT_REQUESTED: Step.REQUEST_PAYMENT,
    Status.WITHDRAWN: Step.WITHDRAW,
    Status.STOPPED: Step.STOP,
    Status.FINISHED: Step.FINISH,
    Status.RETURNED: Step.RETURN,
}
KINDS = {"1": "person", "2": "enterprise", "3": "organisation"}
RETURN_WAYS = {"0": "counter", "1": "post", "2": "online"}


class FeedApplier:
    """Applies entries inside the syncer's unit of work; called by ``counter_app.sync.inbox``."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, session: Session, entry: FeedEntry) -> EntryState:
        match entry.kind:
            case EntryKind.NEW_DOSSIER:
                return self._register(session, entry.data)
            case EntryKind.STEP:
                return self._step(session, entry)
            case EntryKind.RESULT:
                return self._result(session, entry)
            case EntryKind.PROCEDURE:
                CatalogueImporter(session, self._desk.clock()).take(from_portal(dict(entry.data)))
                return EntryState.APPLIED
            case EntryKind.CALENDAR:
                return self._calendar(session, entry.data)

    def _register(self, session: Session, data: Mapping[str, Any]) -> EntryState:
        """An online dossier arrives as "registered": to be received or refused within eight working hours."""
        code = str(data["MaHoSo"])
        if session.scalar(select(Dossier.id).where(Dossier.code == code)) is not None:
            return EntryState.CLASH
        procedure = find_procedure(session, str(data["MaTTHC"]))
        office = office_row(session, self._desk)
        now = self._desk.clock().replace(microsecond=0)
        arrived = parse_wire_time(str(data.get("NgayNopHoSo") or data.get("NgayTiepNhan") or "")) or now
        calendar_id, calendar = current_calendar(session, self._desk)
        limit = limit_of(procedure, "online")
        answer_due = online_answer_due(calendar, arrived)
        dossier = Dossier(
            code=code,
            office_id=office.id,
            desk_number=self._desk.settings.desk,
            procedure=procedure,
            applicant=_applicant(data, now),
            calendar_id=calendar_id,
            channel="online",
            return_by=RETURN_WAYS.get(str(data.get("HinhThuc")), "online"),
            status=Status.REGISTERED.value,
            is_open=True,
            money_state="nothing_due",
            delivery_state="pending",
            limit_amount=limit.amount,
            limit_unit=limit.unit.value,
            received_at=arrived,
            due=answer_due,
            due_soon_from=arrived,
            note=str(data.get("GhiChu") or ""),
            register_number=next_in_year(session, "register", office.code, arrived.year),
            search_text="",
            portal_told=dict(data),
            components=_components(procedure),
            revision=0,
        )
        dossier.search_text = search_text(dossier)
        session.add(dossier)
        append_event(
            self._desk,
            dossier,
            Step.REGISTER,
            at=arrived,
            entered_at=now,
            status_after=Status.REGISTERED,
            due_after=answer_due,
            actor=PORTAL,
        )
        return EntryState.APPLIED

    def _step(self, session: Session, entry: FeedEntry) -> EntryState:
        """A step of the processing unit; one that we have already, sent by us or seen before, changes nothing."""
        dossier = _known(session, entry)
        status = lifecycle.from_portal_number(int(str(entry.data["TrangThai"])))
        at = parse_wire_time(str(entry.data["ThoiDiemXuLy"]))
        if at is None:
            raise ValueError("Bước xử lý từ cổng thiếu thời điểm (ThoiDiemXuLy).")
        if any(event.at == at and event.status_after == status for event in dossier.events):
            return EntryState.APPLIED
        return self._apply_step(
            dossier,
            status,
            at,
            actor=str(entry.data.get("NguoiXuLy") or PORTAL),
            unit=str(entry.data.get("PhongBanXuLy") or ""),
            reason=str(entry.data.get("NoiDungXuLy") or ""),
            details={"from_portal": True},
        )

    def _result(self, session: Session, entry: FeedEntry) -> EntryState:
        """Results of the processing unit: the dossier is finished, and the papers' addresses are kept."""
        dossier = _known(session, entry)
        at = parse_wire_time(str(entry.data.get("ThoiDiemXuLy") or "")) or self._desk.clock().replace(microsecond=0)
        details = {"from_portal": True, "results": list(entry.data["DanhSachGiayToKetQua"])}
        if lifecycle.is_open(Status(dossier.status)):
            return self._apply_step(dossier, Status.FINISHED, at, actor=PORTAL, unit="", reason="", details=details)
        self._append(dossier, Step.CORRECT, Status(dossier.status), at, PORTAL, "", "Kết quả từ cổng", details)
        return EntryState.APPLIED

    def _apply_step(
        self,
        dossier: Dossier,
        status: Status,
        at: datetime,
        *,
        actor: str,
        unit: str,
        reason: str,
        details: dict[str, Any],
    ) -> EntryState:
        step = STEP_OF_STATUS.get(status)
        if step is None:
            return EntryState.CLASH
        try:
            reached = lifecycle.next_status(Status(dossier.status), step, came_from=came_from(dossier))
        except RuleViolation:
            return EntryState.CLASH
        if lifecycle.clock_stands(reached):
            dossier.paused_at = at
        if reached is Status.FINISHED:
            dossier.finished_at = at
        if reached is Status.RETURNED:
            dossier.returned_at = at
        if step is Step.HAND_OVER and unit:
            dossier.unit = unit
        self._append(dossier, step, reached, at, actor, unit, reason, details)
        return EntryState.APPLIED

    def _append(
        self,
        dossier: Dossier,
        step: Step,
        status: Status,
        at: datetime,
        actor: str,
        unit: str,
        reason: str,
        details: dict[str, Any],
    ) -> None:
        append_event(
            self._desk,
            dossier,
            step,
            at=at,
            entered_at=self._desk.clock().replace(microsecond=0),
            status_after=status,
            due_after=dossier.due,
            reason=reason,
            unit=unit,
            details=details,
            actor=actor,
        )

    def _calendar(self, session: Session, data: Mapping[str, Any]) -> EntryState:
        days = {
            key: [datetime.strptime(str(text), "%Y%m%d").date() for text in data.get(key) or []]  # noqa: DTZ007 - a date
            for key in ("NgayNghi", "LamBu")
        }
        off: list[date] = days["NgayNghi"]
        apply_portal_calendar(session, self._desk, int(str(data["Nam"])), off, days["LamBu"])
        return EntryState.APPLIED


def _known(session: Session, entry: FeedEntry) -> Dossier:
    code = entry.dossier_code or str(entry.data.get("MaHoSo") or "")
    dossier = session.scalar(select(Dossier).where((Dossier.code == code) | (Dossier.portal_code == code)))
    if dossier is None:
        raise ValueError(f"Cổng báo thay đổi của hồ sơ «{code}» mà quầy này không có. Hãy kiểm tra mã trên cổng.")
    return dossier


def _applicant(data: Mapping[str, Any], now: datetime) -> Applicant:
    numbers = {
        str(item.get("LoaiDinhDanh")): str(item.get("SoDinhDanh") or "") for item in data.get("DinhDanhCHS") or []
    }
    return Applicant(
        kind=KINDS.get(str(data.get("LoaiDoiTuong")), "person"),
        name=str(data.get("ChuHoSo") or "").strip() or "(cổng không gửi tên)",
        personal_number=numbers.get("1", ""),
        tax_code=numbers.get("2", ""),
        phone=str(data.get("SoDienThoai") or ""),
        email=str(data.get("Email") or ""),
        created_at=now,
    )


def _components(procedure: Procedure) -> list[DossierComponent]:
    """The procedure's components, none of them on paper yet; of several cases the first."""
    rows: dict[str, DossierComponent] = {}
    for item in procedure.components:
        rows.setdefault(
            item.code,
            DossierComponent(
                position=len(rows), code=item.code, name=item.name, originals=0, copies=0, required=item.required
            ),
        )
    return list(rows.values())
