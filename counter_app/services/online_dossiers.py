"""Online dossiers as the portal's feed brings them: registered, handed in again, or in the way of one that is here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierComponent, Procedure
from counter_app.rules.calendar import online_answer_due
from counter_app.rules.fees import money_state
from counter_app.rules.lifecycle import Status, Step
from counter_app.rules.violation import RuleViolation
from counter_app.services.calendars import current_calendar
from counter_app.services.catalogue import find_procedure
from counter_app.services.desk import DeskContext
from counter_app.services.history import append_event, came_from
from counter_app.services.numbering import next_in_year
from counter_app.services.offices import office_row
from counter_app.services.portal_told import PORTAL, NotFitting, keep_files, read_applicant, read_fees
from counter_app.services.reading import applicant_data
from counter_app.services.receive import limit_of
from counter_app.services.search_text import search_text
from counter_app.services.steps import StepInput, Taking, carry_out
from counter_app.sync.messages import parse_wire_time

_PAID = "DuocThanhToanTrucTuyen"
_OF_PAYMENT = {_PAID, "DanhSachLePhi", "TrangThaiHoSo"}
_RETURN_WAYS = {"0": "counter", "1": "post", "2": "online"}


def take_online_dossier(session: Session, desk: DeskContext, data: Mapping[str, Any]) -> None:
    """Register a dossier that was filed on line, or take it again after a supplement request.

    Raises NotFitting for a code that is here already, LookupError or ValueError for what is no dossier,
    UserError for a procedure that the catalogue does not have.
    """
    code = str(data["MaHoSo"])
    now = desk.clock().replace(microsecond=0)
    dossier = session.scalar(select(Dossier).where(Dossier.code == code))
    if dossier is None:
        _register(session, desk, code, data, now)
    elif dossier.portal_told == data:
        return
    elif _awaits_the_applicant(dossier):
        arrived = _arrived(data) or now
        take_over(session, dossier, data, now)
        at = max(min(arrived, now), dossier.events[-1].at)
        taking = Taking(desk, session, dossier, Step.SUPPLEMENT, StepInput(), at, from_portal=True)
        carry_out(taking, now, actor=PORTAL, details={"from_portal": True})
    elif _paid_since(dossier, data):
        _take_payment(session, desk, dossier, data, now)
    else:
        raise NotFitting(
            dossier,
            f"Cổng gửi hồ sơ trực tuyến mang mã {code}, mã này quầy đã có. Hãy so hai bên xem có phải cùng một hồ sơ.",
        )


def _paid_since(dossier: Dossier, data: Mapping[str, Any]) -> bool:
    """Whether all that is new in what the portal tells of an online dossier is that it was paid on line."""
    told = dossier.portal_told or {}
    names = {*told, *data} - _OF_PAYMENT
    same = all(told.get(name) == data.get(name) for name in names)
    paid = str(data.get(_PAID)) == "1" and str(told.get(_PAID)) != "1"
    return is_online(dossier) and same and paid


def _take_payment(
    session: Session, desk: DeskContext, dossier: Dossier, data: Mapping[str, Any], now: datetime
) -> None:
    """The applicant has paid at the portal: money that never passes the desk's book."""
    dossier.portal_told = {**(dossier.portal_told or {}), **data}
    named = {fee.code for fee in read_fees(data, dossier.procedure, now)}
    codes = tuple(fee.code for fee in dossier.fees if fee.code in named and fee.amount and fee.paid_at is None)
    if codes:
        at = max(now, dossier.events[-1].at)
        given = StepInput(method="online", fees=codes)
        taking = Taking(desk, session, dossier, Step.PAY, given, at, from_portal=True)
        try:
            carry_out(taking, now, actor=PORTAL, details={"from_portal": True})
        except (RuleViolation, UserError) as refusal:
            raise NotFitting(dossier, refusal.message) from refusal


def is_online(dossier: Dossier) -> bool:
    """Tell whether the dossier came from the portal and was not handed in at this desk (and perhaps refused)."""
    first = dossier.events[0] if dossier.events else None
    return first is not None and first.step == Step.REGISTER and first.actor == PORTAL


def take_over(session: Session, dossier: Dossier, data: Mapping[str, Any], now: datetime) -> None:
    """Put what the portal says of an online dossier in the place of what it said before.

    A fee that was paid stays paid, as it was paid, one that was exempted stays so; files that were fetched stay.
    """
    applicant = read_applicant(data, now)
    if applicant_data(applicant) != applicant_data(dossier.applicant):
        dossier.applicant = applicant
    dossier.note = str(data.get("GhiChu") or "") or dossier.note
    told_results = (dossier.portal_told or {}).get("DanhSachGiayToKetQua")
    dossier.portal_told = {**({"DanhSachGiayToKetQua": told_results} if told_results else {}), **data}
    known = {fee.code: fee for fee in dossier.fees}
    for fee in read_fees(data, dossier.procedure, now):
        mine = known.get(fee.code)
        if mine is None:
            dossier.fees.append(fee)
        elif mine.paid_at is None and mine.full_amount is None:
            mine.name, mine.amount, mine.paid_at, mine.method = fee.name, fee.amount, fee.paid_at, fee.method
            mine.collect_on = fee.collect_on
    dossier.money_state = money_state(dossier.fees)
    dossier.search_text = search_text(dossier)
    keep_files(session, dossier, now)


def _register(session: Session, desk: DeskContext, code: str, data: Mapping[str, Any], now: datetime) -> None:
    """An online dossier arrives as "registered": to be received or refused within eight working hours."""
    procedure = find_procedure(session, str(data["MaTTHC"]))
    office = office_row(session, desk)
    arrived = _arrived(data) or now
    calendar_id, calendar = current_calendar(session, desk)
    limit = limit_of(procedure, "online")
    answer_due = online_answer_due(calendar, arrived)
    fees = read_fees(data, procedure, arrived)
    dossier = Dossier(
        code=code,
        office_id=office.id,
        desk_number=desk.settings.desk,
        procedure=procedure,
        applicant=read_applicant(data, now),
        calendar_id=calendar_id,
        channel="online",
        return_by=_RETURN_WAYS.get(str(data.get("HinhThuc")), "online"),
        status=Status.REGISTERED.value,
        is_open=True,
        money_state=money_state(fees),
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
        fees=fees,
        revision=0,
    )
    dossier.search_text = search_text(dossier)
    session.add(dossier)
    append_event(
        desk,
        dossier,
        Step.REGISTER,
        at=arrived,
        entered_at=now,
        status_after=Status.REGISTERED,
        due_after=answer_due,
        actor=PORTAL,
    )
    keep_files(session, dossier, now)


def _arrived(data: Mapping[str, Any]) -> datetime | None:
    return parse_wire_time(str(data.get("NgayNopHoSo") or data.get("NgayTiepNhan") or ""))


def _awaits_the_applicant(dossier: Dossier) -> bool:
    asked = dossier.status == Status.SUPPLEMENT_REQUESTED
    return asked and is_online(dossier) and came_from(dossier) is Status.REGISTERED


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
