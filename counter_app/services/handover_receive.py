"""The other half of handing over: the receiver signs, sends back, or dossiers return; and what went wrong put right.

Whatever moves, the date promised to the applicant does not (functions.md, 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, HandoverItem, HandoverList
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.handover import check_office_code, find_list, new_list
from counter_app.services.handover_custody import desk_unit, details_of, list_view, move, papers_of
from counter_app.services.handover_items import open_item, settle
from counter_app.services.handover_values import HandoverView, Sender, Signing
from counter_app.services.history import moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.shelf_moves import put
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.values import StepDone


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
    desk: DeskContext,
    code: str,
    to_unit: str,
    reason: str,
    *,
    giver: str = "",
    due: datetime | None = None,
    at: datetime | None = None,
) -> HandoverView:
    """Put a wrong hand-over right: the dossier goes on to ``to_unit``; the date first promised stays.

    The new list waits for its receiver. Its giver is by default the clerk as long as the wrong unit has not signed.
    Raises UserError ``dossier_unknown``, ``unit_missing``, ``reason_missing``, ``giver_missing``,
    ``nothing_handed_over``, ``impossible_time``.
    """
    unit, why, name = plain(to_unit), plain(reason), plain(giver)
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
        if dossier.unit and not name:
            raise UserError("giver_missing", f"Hãy ghi họ tên người của {dossier.unit} ký giao hồ sơ {dossier.code}.")
        moment, _ = moment_of_step(desk, dossier, at)
        if waiting is not None:
            settle(waiting, "redirected", moment, desk.settings.clerk, why)
        office_code = _code_of(session, unit)
        row = _signed_list(desk, session, moment, "out", there, unit, [dossier], due)
        row.giver, row.note, row.office_code = name or desk.settings.clerk, why, office_code
        details = details_of(row, "redirected", due) | {"corrects": wrong.number}
        move(desk, session, dossier, Step.HAND_OVER, details, unit=unit, reason=why, at=moment)
        return list_view(row)


def take_back(
    desk: DeskContext,
    codes: Sequence[str],
    giver: str,
    *,
    at: datetime | None = None,
    shelf: str = "",
    note: str = "",
    sender: Sender | None = None,
) -> HandoverView:
    """Papers come to the desk from a unit or another office; both sides sign at once.

    ``giver`` is who brings them, the clerk receives. ``sender``: another office that gives papers of dossiers which
    this desk never handed to it; without one they come from where they are. Raises UserError ``dossier_unknown``,
    ``handover_empty``, ``giver_missing``, ``office_invalid``, ``handover_refused``, ``impossible_time``.
    """
    name = plain(giver)
    if not name:
        raise UserError("giver_missing", "Hãy ghi họ tên người giao hồ sơ về quầy.")
    sent_by, office_code = (plain(sender.unit), plain(sender.office_code).upper()) if sender else ("", "")
    check_office_code(office_code)
    with desk.database.write() as session:
        dossiers = [find_dossier(session, code) for code in dict.fromkeys(codes)]
        if not dossiers:
            raise UserError("handover_empty", "Chưa chọn hồ sơ nào. Hãy chọn ít nhất một hồ sơ nhận về.")
        waiting = [open_item(session, dossier) for dossier in dossiers]
        there = [_whereabouts(dossier, item) for dossier, item in zip(dossiers, waiting, strict=True)]
        desk_name = desk_unit(office_row(session, desk))
        giving_unit = _one_sender(dossiers, there, "" if sent_by == desk_name else sent_by)
        moment, _ = moment_of_step(desk, None, at)
        row = _signed_list(desk, session, moment, "in", giving_unit, desk_name, dossiers, None)
        row.office_code, row.giver, row.receiver, row.note = office_code, name, desk.settings.clerk, plain(note)
        for item, left, unit in zip(row.items, waiting, there, strict=True):
            if left is not None and unit:
                settle(left, "turned_back" if left.state == "sent" else "dropped", moment, name, row.note)
            # What was at the desk all along, by the record, has not been handed over by anybody: its status stays.
            step = Step.HAND_OVER if unit else Step.CORRECT
            details = details_of(row, "back", None)
            happened = move(desk, session, item.dossier, step, details, unit=row.to_unit, reason=row.note, at=at)
            item.dossier.unit = ""
            settle(item, "confirmed", happened, row.receiver)
            if shelf.strip():
                put(session, item.dossier, shelf, moment, row.receiver)
        return list_view(row)


def finish(desk: DeskContext, code: str, given: StepInput, giver: str = "") -> StepDone:
    """The result exists; ``giver`` brings it with the papers from the unit that has them, "": they are still there.

    Papers that came stay noted though the step itself is refused. Raises UserError as ``take_back`` and
    ``take_step`` do.
    """
    if giver:
        with desk.database.read() as session:
            away = bool(find_dossier(session, code).unit)
        if away:
            take_back(desk, [code], giver, at=given.at)
    return take_step(desk, code, Step.FINISH, given)


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


def _one_sender(dossiers: Sequence[Dossier], there: Sequence[str], sent_by: str) -> str:
    """Who gives these papers: the unit that has them, or ``sent_by`` for what the record has at the desk."""
    units = set(there)
    if "" in units and not sent_by:
        codes = [dossier.code for dossier, unit in zip(dossiers, there, strict=True) if not unit]
        raise UserError(
            "handover_refused",
            f"Không nhận về được, đang ở quầy rồi: {', '.join(codes)}. Hãy bỏ các hồ sơ này ra; nếu cơ quan khác "
            "giao giấy tờ đến thì đánh dấu và ghi tên cơ quan giao.",
            codes=codes,
        )
    units.discard("")
    if len(units) > 1 or (units and sent_by and sent_by not in units):
        raise UserError(
            "handover_refused",
            f"Không nhận về được, các hồ sơ ở nhiều nơi khác nhau: {', '.join(sorted(units | {sent_by} - {''}))}. "
            "Hãy chọn các hồ sơ cùng một nơi.",
        )
    return next(iter(units), sent_by)


def _code_of(session: Session, unit: str) -> str:
    """The code of another office, as it was given when dossiers went there last; "" of a unit of this one."""
    lists = select(HandoverList.office_code).where(HandoverList.to_unit == unit, HandoverList.direction == "out")
    return session.scalar(lists.order_by(HandoverList.id.desc()).limit(1)) or ""


def _whereabouts(dossier: Dossier, waiting: HandoverItem | None) -> str:
    """Where the papers are: with the unit that has them or should soon confirm them; "" at the desk."""
    return waiting.list.to_unit if waiting is not None and waiting.state == "sent" else dossier.unit
