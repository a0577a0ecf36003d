"""The other half of handing over: the receiver signs, sends back, or dossiers return; and what went wrong put right.

Whatever moves, the date promised to the applicant does not (functions.md, 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, HandoverItem, HandoverList
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.handover import find_list, new_list
from counter_app.services.handover_custody import (
    desk_unit,
    details_of,
    list_view,
    move,
    open_item,
    papers_of,
    settle,
)
from counter_app.services.handover_shelf import put
from counter_app.services.handover_values import HandoverView, Signing
from counter_app.services.history import moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.steps import find_dossier


def confirm(desk: DeskContext, list_id: int, signing: Signing) -> HandoverView:
    """The receiver signs: from now on the dossiers are theirs, all but those that they send back.

    Raises UserError ``handover_unknown``, ``handover_not_sent``, ``receiver_missing``, ``reason_missing``,
    ``impossible_time``.
    """
    receiver = plain(signing.receiver)
    if not receiver:
        raise UserError("receiver_missing", "Hãy ghi họ tên người nhận đã ký danh sách bàn giao.")
    back = {code: plain(reason) for code, reason in signing.turned_back.items()}
    if not all(back.values()):
        raise UserError("reason_missing", "Hãy ghi lý do trả lại cho từng hồ sơ không nhận.")
    with desk.database.write() as session:
        row = find_list(session, list_id)
        if row.state != "sent":
            raise UserError(
                "handover_not_sent",
                f"Danh sách số {row.number} chưa giao hoặc đã ký xong, không có gì để xác nhận.",
            )
        row.receiver = receiver
        for item in row.items:
            if item.state == "sent":
                _receive_one(desk, session, item, signing.at, back.get(item.dossier.code))
        return list_view(row)


def redirect(
    desk: DeskContext, code: str, to_unit: str, reason: str, *, due: datetime | None = None, at: datetime | None = None
) -> HandoverView:
    """Put a wrong hand-over right: the dossier goes on to ``to_unit``; the date first promised stays.

    The new list is signed by the clerk as the giver and waits for its receiver. Raises UserError
    ``dossier_unknown``, ``unit_missing``, ``reason_missing``, ``nothing_handed_over``, ``impossible_time``.
    """
    unit, why = plain(to_unit), plain(reason)
    if not unit:
        raise UserError("unit_missing", "Hãy ghi nơi nhận đúng của hồ sơ.")
    if not why:
        raise UserError("reason_missing", "Hãy ghi vì sao chuyển lại hồ sơ.")
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        wrong = next((event for event in reversed(dossier.events) if event.step == Step.HAND_OVER), None)
        waiting = open_item(session, dossier)
        if wrong is None or (waiting is None and not dossier.unit) or (waiting and waiting.state == "listed"):
            raise UserError(
                "nothing_handed_over", f"Hồ sơ {dossier.code} đang ở quầy, chưa giao đi đâu nên không có gì để sửa."
            )
        there = waiting.list.to_unit if waiting else dossier.unit
        if unit == there:
            raise UserError("unit_missing", f"Hồ sơ {dossier.code} đã ở {there}. Hãy chọn nơi nhận khác.")
        moment, _ = moment_of_step(desk, dossier, at)
        if waiting is not None:
            settle(waiting, "redirected", moment, desk.settings.clerk, why)
        row = _signed_list(desk, session, moment, "out", there, unit, [dossier], due)
        row.giver, row.note = desk.settings.clerk, why
        details = details_of(row, "redirected", due) | {"corrects": wrong.number}
        move(desk, session, dossier, Step.HAND_OVER, details, unit=unit, reason=why, at=moment)
        return list_view(row)


def take_back(
    desk: DeskContext, codes: Sequence[str], giver: str, *, at: datetime | None = None, shelf: str = "", note: str = ""
) -> HandoverView:
    """Dossiers come back to the desk from a unit or another office; both sides sign at once.

    ``giver`` is who brings them, the clerk receives. Raises UserError ``dossier_unknown``, ``handover_empty``,
    ``giver_missing``, ``handover_refused``, ``impossible_time``.
    """
    name = plain(giver)
    if not name:
        raise UserError("giver_missing", "Hãy ghi họ tên người giao hồ sơ về quầy.")
    with desk.database.write() as session:
        office = office_row(session, desk)
        dossiers = [find_dossier(session, code) for code in dict.fromkeys(codes)]
        if not dossiers:
            raise UserError("handover_empty", "Chưa chọn hồ sơ nào. Hãy chọn ít nhất một hồ sơ nhận về.")
        waiting = [open_item(session, dossier) for dossier in dossiers]
        there = [_whereabouts(dossier, item) for dossier, item in zip(dossiers, waiting, strict=True)]
        at_desk = [dossier.code for dossier, unit in zip(dossiers, there, strict=True) if not unit]
        if at_desk or len(set(there)) > 1:
            problem = f"đang ở quầy rồi: {', '.join(at_desk)}" if at_desk else "các hồ sơ ở nhiều nơi khác nhau"
            raise UserError(
                "handover_refused", f"Không nhận về được, {problem}. Hãy chọn các hồ sơ cùng một nơi.", codes=at_desk
            )
        moment, _ = moment_of_step(desk, None, at)
        row = _signed_list(desk, session, moment, "in", there[0], desk_unit(office), dossiers, None)
        row.giver, row.receiver, row.note = name, desk.settings.clerk, plain(note)
        for item, left in zip(row.items, waiting, strict=True):
            if left is not None:
                settle(left, "turned_back" if left.state == "sent" else "dropped", moment, name, row.note)
            details = details_of(row, "back", None)
            happened = move(
                desk, session, item.dossier, Step.HAND_OVER, details, unit=row.to_unit, reason=row.note, at=at
            )
            item.dossier.unit = ""
            settle(item, "confirmed", happened, row.receiver)
            if shelf.strip():
                put(desk, session, item.dossier, shelf, moment)
        return list_view(row)


def _receive_one(
    desk: DeskContext, session: Session, item: HandoverItem, at: datetime | None, refused: str | None
) -> None:
    row, dossier = item.list, item.dossier
    if refused is None:
        details = details_of(row, "received", item.due)
        happened = move(desk, session, dossier, Step.ACCEPT, details, unit=row.to_unit, at=at)
        dossier.unit = row.to_unit
        settle(item, "confirmed", happened, row.receiver)
    else:
        details = details_of(row, "turned_back", None) | {"from": row.to_unit, "to": row.from_unit}
        details |= {"giver": row.receiver, "receiver": row.giver}
        happened = move(desk, session, dossier, Step.HAND_OVER, details, unit=row.from_unit, reason=refused, at=at)
        settle(item, "turned_back", happened, row.receiver, refused)


def _signed_list(
    desk: DeskContext,
    session: Session,
    at: datetime,
    direction: str,
    from_unit: str,
    to_unit: str,
    dossiers: Sequence[Dossier],
    due: datetime | None,
) -> HandoverList:
    row = new_list(desk, session, office_row(session, desk), at, direction, from_unit, to_unit)
    row.state, row.sent_at = "sent", at
    row.items = [
        HandoverItem(dossier=dossier, position=place, state="sent", due=due, papers=papers_of(dossier))
        for place, dossier in enumerate(dossiers, start=1)
    ]
    session.flush()
    return row


def _whereabouts(dossier: Dossier, waiting: HandoverItem | None) -> str:
    """Where the papers are: with the unit that has them or should soon confirm them; "" at the desk."""
    return waiting.list.to_unit if waiting is not None and waiting.state == "sent" else dossier.unit
