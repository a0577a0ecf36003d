"""Returning results: who takes them by what right, what goes back with them, and whether they arrived.

Being late never blocks a return, nor does money that is still due (law.md, "Late"; functions.md, 18).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter_app.errors import UserError
from counter_app.models import Delivery, Dossier
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, frozen
from counter_app.services.receive import receive
from counter_app.services.returning_delivery import (
    AXIS,
    Handing,
    checked_handing,
    has_result_file,
    record_delivery,
    result_lines,
)
from counter_app.services.returning_slip import PrintedSlip, slips_of_next
from counter_app.services.steps import StepInput, Taking, carry_out, find_dossier
from counter_app.services.values import RETURN_WAYS, Received, ReceiveRequest, StepDone

UNDER_WAY = ("posted", "online")
"""States of a delivery of which nobody knows yet whether it arrived."""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One handing out. ``results``: code and name; ``originals``: name and number of copies given back."""

    code: str
    attempt: int
    way: str
    state: str
    to_name: str
    to_number: str
    authority: str
    carrier: str
    tracking: str
    results: tuple[tuple[str, str], ...]
    originals: tuple[tuple[str, int], ...]
    sent_at: datetime
    sent_by: str
    decided_at: datetime | None
    decided_by: str
    evidence: str
    address: str
    phone: str
    """Where a parcel went; both empty otherwise."""


def give(desk: DeskContext, code: str, handing: Handing, at: datetime | None = None) -> StepDone:
    """Hand the results over, with their evidence, in one unit of work.

    A result on the spot is ready and returned in this one step, without a receipt; a parcel that came back is
    handed out anew. Raises UserError ``dossier_unknown``, ``step_not_permitted``, ``receiver_missing``,
    ``authority_missing``, ``signature_missing``, ``slip_outdated``, ``tracking_missing``, ``address_missing``,
    ``result_file_missing``, ``component_…``, ``impossible_time``.
    """
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        if dossier.status == Status.RETURNED and dossier.delivery_state == "pending":
            return _give_again(desk, session, dossier, handing, at)
        return _give(desk, session, dossier, handing, at)


def receive_and_return(desk: DeskContext, request: ReceiveRequest, handing: Handing) -> tuple[Received, StepDone]:
    """A result given on the spot: received, ready and returned in one unit of work, without a receipt.

    Raises UserError as ``receive`` and ``give`` do, and ``not_on_the_spot`` for other procedures.
    """
    done: list[StepDone] = []

    def return_at_once(session: Session, dossier: Dossier) -> None:
        if not on_the_spot(dossier):
            raise UserError(
                "not_on_the_spot", "Thủ tục này không trả kết quả ngay. Hãy tiếp nhận và in giấy hẹn như thường."
            )
        done.append(_give(desk, session, dossier, handing, request.at))

    received = receive(desk, request, then=return_at_once)
    return received, done[0]


def on_the_spot(dossier: Dossier) -> bool:
    """Whether the result is given at once, so that no receipt is needed (forms.md)."""
    return dossier.limit_unit == "on_the_spot"


def confirm_delivery(desk: DeskContext, code: str, evidence: str, at: datetime | None = None) -> DeliveryView:
    """It arrived: the carrier or the applicant said so. The business status stays as it is.

    Raises UserError ``dossier_unknown``, ``nothing_under_way``, ``evidence_missing``, ``impossible_time``.
    """
    if not plain(evidence):
        raise UserError("evidence_missing", "Hãy ghi căn cứ: ai báo đã nhận, hoặc bưu tá ký phát ngày nào.")
    return _decide(desk, code, "confirmed", evidence, at)


def delivery_came_back(desk: DeskContext, code: str, reason: str, at: datetime | None = None) -> DeliveryView:
    """It came back: the results lie at the desk again and wait to be handed out.

    Raises UserError ``dossier_unknown``, ``nothing_under_way``, ``reason_missing``, ``impossible_time``.
    """
    if not plain(reason):
        raise UserError("reason_missing", "Hãy ghi vì sao bưu gửi quay lại, ví dụ «không có người nhận».")
    return _decide(desk, code, "came_back", reason, at)


def deliveries(desk: DeskContext, code: str) -> list[DeliveryView]:
    """Every handing out of a dossier, the first one first. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        rows = _of(session, find_dossier(session, code))
        return [_view(row) for row in rows]


def under_way(desk: DeskContext, limit: int = 200) -> list[DeliveryView]:
    """What was posted or put online and is not confirmed yet, the oldest first."""
    query = (
        select(Delivery)
        .where(Delivery.state.in_(UNDER_WAY))
        .options(joinedload(Delivery.dossier))
        .order_by(Delivery.sent_at)
        .limit(limit)
    )
    with desk.database.read() as session:
        return [_view(row) for row in session.scalars(query)]


def printed_slips(desk: DeskContext, code: str) -> tuple[PrintedSlip, ...]:
    """The slips printed to be signed for the next return. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        return tuple(slips_of_next(session, find_dossier(session, code)))


def result_on_file(desk: DeskContext, code: str) -> bool:
    """Whether there is a file of a result, to be had online. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        return has_result_file(find_dossier(session, code))


def expected_results(desk: DeskContext, code: str) -> list[tuple[str, str]]:
    """Code and name of the results that the procedure gives, for the clerk to check off."""
    with desk.database.read() as session:
        return [(line["code"], line["name"]) for line in result_lines(find_dossier(session, code))]


def way_of(handing: Handing, dossier: Dossier) -> str:
    """How it is handed out: as the clerk says, else as the applicant wished. UserError ``return_unknown``."""
    by = plain(handing.by) or dossier.return_by
    if by not in RETURN_WAYS:
        raise UserError("return_unknown", f"Cách trả «{by}» không có. Hãy chọn: {', '.join(RETURN_WAYS)}.")
    return by


def _give(desk: DeskContext, session: Session, dossier: Dossier, handing: Handing, at: datetime | None) -> StepDone:
    office, by = office_row(session, desk), way_of(handing, dossier)
    steps = [Step.RETURN]
    if dossier.status == Status.RECEIVED and on_the_spot(dossier):
        steps.insert(0, Step.FINISH)
    told: list[str] = []
    for step in steps:
        moment, entered_at = moment_of_step(desk, dossier, at)
        reason = plain(handing.reason) if step is Step.RETURN else ""
        given = StepInput(by=by, reason=reason, handing=handing)
        event, more = carry_out(Taking(desk, session, dossier, step, given, moment), entered_at)
        outgoing.queue_step(session, dossier, event, office, entered_at)
        told += more
    return StepDone(
        dossier.id, dossier.code, Step.RETURN.value, dossier.status, event.at, dossier.due, event.number, tuple(told)
    )


def _give_again(
    desk: DeskContext, session: Session, dossier: Dossier, handing: Handing, at: datetime | None
) -> StepDone:
    """The business status stays returned; the trace is a correction of the record."""
    by = way_of(handing, dossier)
    handing, warnings = checked_handing(dossier, handing, by)
    moment, entered_at = moment_of_step(desk, dossier, at)
    details = record_delivery(session, dossier, handing, by, moment, desk.settings.clerk)
    dossier.return_by = by
    details |= frozen(facts_now(desk, dossier, office_row(session, desk)))
    event = append_event(
        desk,
        dossier,
        Step.CORRECT,
        at=moment,
        entered_at=entered_at,
        status_after=Status(dossier.status),
        due_after=dossier.due,
        reason=": ".join(filter(None, ("Giao lại kết quả", handing.reason))),
        details=details,
    )
    outgoing.queue_step(session, dossier, event, office_row(session, desk), entered_at)
    return StepDone(
        dossier.id,
        dossier.code,
        Step.RETURN.value,
        dossier.status,
        event.at,
        dossier.due,
        event.number,
        tuple(warnings),
    )


def _decide(desk: DeskContext, code: str, state: str, evidence: str, at: datetime | None) -> DeliveryView:
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        rows = _of(session, dossier)
        if not rows or rows[-1].state not in UNDER_WAY:
            raise UserError(
                "nothing_under_way", f"Hồ sơ {dossier.code} không có kết quả nào đang gửi. Hãy mở lại hồ sơ để xem."
            )
        row = rows[-1]
        moment, _ = moment_of_step(desk, None, at)
        if moment < row.sent_at:
            raise UserError("impossible_time", "Thời điểm này trước lúc gửi kết quả. Hãy kiểm tra lại ngày giờ.")
        row.state, row.evidence = state, plain(evidence)
        row.decided_at, row.decided_by = moment, desk.settings.clerk
        dossier.delivery_state = AXIS[state]
        return _view(row)


def _of(session: Session, dossier: Dossier) -> list[Delivery]:
    return list(session.scalars(select(Delivery).where(Delivery.dossier_id == dossier.id).order_by(Delivery.attempt)))


def _view(row: Delivery) -> DeliveryView:
    plain_fields = set(DeliveryView.__dataclass_fields__) - {"code", "results", "originals"}
    return DeliveryView(
        **{name: getattr(row, name) for name in plain_fields},
        code=row.dossier.code,
        results=tuple((str(item["code"]), str(item["name"])) for item in row.results),
        originals=tuple((str(item["name"]), int(item["count"])) for item in row.originals),
    )
