"""Handing several dossiers over by a list: made, looked at, then signed by the giver; nothing goes unasked.

To a department of the office or, interlinked (liên thông), to another one. The sender stays responsible until the
receiver has confirmed (``handover_receive``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, HandoverItem, HandoverList, Office
from counter_app.rules import lifecycle
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.dossier_code import is_valid_office
from counter_app.rules.lifecycle import Status, Step
from counter_app.rules.violation import RuleViolation
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.handover_custody import details_of, holder, last_receiver, list_view, move, papers_of
from counter_app.services.handover_items import OPEN_ITEMS, open_item, settle
from counter_app.services.handover_values import Destination, Going, HandoverView
from counter_app.services.history import moment_of_step
from counter_app.services.numbering import next_in_year
from counter_app.services.offices import office_row
from counter_app.services.steps import find_dossier


def prepare(desk: DeskContext, codes: Sequence[str], to: Destination) -> HandoverView:
    """Make a list for these dossiers; nothing has gone yet and every dossier is where it was.

    Raises UserError ``unit_missing``, ``office_invalid``, ``handover_empty``, ``handover_refused`` (naming every
    dossier that cannot go, and why; then no list is made).
    """
    unit, office_code, note = plain(to.unit), plain(to.office_code).upper(), plain(to.note)
    _check_destination(unit, office_code)
    with desk.database.write() as session:
        office = office_row(session, desk)
        dossiers = [find_dossier(session, code) for code in dict.fromkeys(codes)]
        if not dossiers:
            raise UserError("handover_empty", "Chưa chọn hồ sơ nào. Hãy chọn ít nhất một hồ sơ để lập danh sách.")
        _check_all(session, office, dossiers, unit)
        now = desk.clock().replace(microsecond=0)
        row = new_list(desk, session, office, now, "out", holder(dossiers[0], office), unit)
        row.office_code, row.note = office_code, note
        row.items = [
            HandoverItem(dossier=dossier, position=place, state="listed", due=to.due, papers=papers_of(dossier))
            for place, dossier in enumerate(dossiers, start=1)
        ]
        session.flush()
        return list_view(row, _inner_limit_warnings(dossiers, to.due))


def going(desk: DeskContext, list_id: int) -> Going:
    """What would go with a list, and who probably gives it; nothing is stored.

    Raises UserError ``handover_unknown``, ``handover_sent``, ``handover_empty`` (nothing can go).
    """
    with desk.database.read() as session:
        row = _draft(session, list_id)
        items, stay = _parted(row, office_row(session, desk))
        dossiers = [item.dossier for item in items]
        giver = last_receiver(session, dossiers) if dossiers[0].unit else desk.settings.clerk
        return Going(list_view(row), len(items), tuple(stay.values()), giver)


def send(desk: DeskContext, list_id: int, giver: str = "", at: datetime | None = None) -> HandoverView:
    """The giver signs and the papers go; responsible stays who gives them.

    The giver of what lies at the desk is by default the clerk. What cannot go any more, since things happened after
    the list was made, is dropped from it and named in the warnings. Raises UserError ``handover_unknown``,
    ``handover_sent``, ``handover_empty`` (nothing can go), ``giver_missing``, ``impossible_time``.
    """
    with desk.database.write() as session:
        row = _draft(session, list_id)
        sent_at, _ = moment_of_step(desk, None, at)
        items, stay = _parted(row, office_row(session, desk))
        row.giver = plain(giver) or _clerk_at_desk(desk, row, items[0].dossier)
        row.state, row.sent_at = "sent", sent_at
        for item in row.items:
            if item in items:
                item.state, item.papers = "sent", papers_of(item.dossier)
                details = details_of(row, "sent", item.due)
                move(desk, session, item.dossier, Step.HAND_OVER, details, unit=row.to_unit, reason=row.note, at=at)
            elif item.state in OPEN_ITEMS:
                settle(item, "dropped", sent_at, desk.settings.clerk, stay[item.dossier.code])
        return list_view(row, list(stay.values()))


def discard(desk: DeskContext, list_id: int) -> HandoverView:
    """Give up a list that has not gone. Raises UserError ``handover_unknown``, ``handover_sent``."""
    with desk.database.write() as session:
        row = _draft(session, list_id)
        now = desk.clock().replace(microsecond=0)
        for item in row.items:
            if item.state in OPEN_ITEMS:
                settle(item, "dropped", now, desk.settings.clerk)
        row.state, row.closed_at = "discarded", now
        return list_view(row)


def find_list(session: Session, list_id: int) -> HandoverList:
    """The list; UserError ``handover_unknown``."""
    row = session.get(HandoverList, list_id)
    if row is None:
        raise UserError("handover_unknown", f"Không có danh sách bàn giao {list_id}. Hãy tải lại trang Bàn giao.")
    return row


def new_list(
    desk: DeskContext, session: Session, office: Office, at: datetime, direction: str, from_unit: str, to_unit: str
) -> HandoverList:
    """A draft with the next number of the year."""
    row = HandoverList(
        number=next_in_year(session, "handover", office.code, at.astimezone(VIETNAM).year),
        direction=direction,
        from_unit=from_unit,
        to_unit=to_unit,
        office_code="",
        state="draft",
        made_at=at,
        made_by=desk.settings.clerk,
        giver="",
        receiver="",
        note="",
    )
    session.add(row)
    return row


def refuse_unless_permitted(dossier: Dossier) -> None:
    """Refuse what the lifecycle does not let go: UserError ``step_not_permitted`` with the dossier's code."""
    try:
        lifecycle.next_status(Status(dossier.status), Step.HAND_OVER)
    except RuleViolation as refusal:
        raise UserError(refusal.kind, f"{dossier.code}: {refusal.message}", code=dossier.code) from refusal


def _draft(session: Session, list_id: int) -> HandoverList:
    row = find_list(session, list_id)
    if row.state != "draft":
        raise UserError(
            "handover_sent",
            f"Danh sách số {row.number} đã giao hoặc đã bỏ. Nếu giao nhầm, hãy dùng «Chuyển lại đúng nơi»; "
            "nếu cần giao tiếp, hãy lập danh sách mới.",
        )
    return row


def _parted(row: HandoverList, office: Office) -> tuple[list[HandoverItem], dict[str, str]]:
    """What can go, and by their codes the listed dossiers that cannot any more: each with its code and why."""
    goes: list[HandoverItem] = []
    stay: dict[str, str] = {}
    for item in row.items:
        if item.state != "listed":
            continue
        dossier, there = item.dossier, holder(item.dossier, office)
        if there != row.from_unit:
            stay[dossier.code] = f"{dossier.code}: nay ở {there}."
        elif Step.HAND_OVER not in lifecycle.permitted_steps(Status(dossier.status)):
            stay[dossier.code] = f"{dossier.code}: {lifecycle.label(Status(dossier.status)).lower()}."
        else:
            goes.append(item)
    if not goes:
        empty = f"Danh sách số {row.number} không còn hồ sơ nào để giao. Hãy bỏ danh sách."
        raise UserError("handover_empty", "\n".join((*stay.values(), empty)))
    return goes, stay


def _clerk_at_desk(desk: DeskContext, row: HandoverList, dossier: Dossier) -> str:
    """The clerk signs for what lies at the desk, for nothing else."""
    if dossier.unit:
        raise UserError("giver_missing", f"Hãy ghi họ tên người của {row.from_unit} ký giao.")
    return desk.settings.clerk


def _check_destination(unit: str, office_code: str) -> None:
    if not unit:
        raise UserError("unit_missing", "Hãy ghi nơi nhận hồ sơ.")
    check_office_code(office_code)


def check_office_code(office_code: str) -> None:
    """Refuse what is no code of an office, "" is none: UserError ``office_invalid``."""
    if office_code and not is_valid_office(office_code):
        raise UserError(
            "office_invalid", f"Mã cơ quan «{office_code}» không đúng mẫu. Hãy nhập như H15.36, hoặc để trống."
        )


def _check_all(session: Session, office: Office, dossiers: Sequence[Dossier], unit: str) -> None:
    problems: dict[str, str] = {}
    giver = holder(dossiers[0], office)
    for dossier in dossiers:
        waiting = open_item(session, dossier)
        if waiting is not None:
            problems[dossier.code] = f"đang ở danh sách số {waiting.list.number} gửi {waiting.list.to_unit}"
        elif holder(dossier, office) == unit:
            problems[dossier.code] = f"đang ở {unit} rồi"
        elif holder(dossier, office) != giver:
            problems[dossier.code] = f"đang ở {holder(dossier, office)}, không cùng nơi giao với các hồ sơ khác"
        else:
            try:
                refuse_unless_permitted(dossier)
            except UserError as refusal:
                problems[dossier.code] = refusal.message.removeprefix(f"{dossier.code}: ").rstrip(".")
    if problems:
        lines = "; ".join(f"{code}: {problem}" for code, problem in problems.items())
        raise UserError(
            "handover_refused",
            f"Chưa lập được danh sách. {lines}. Hãy bỏ các hồ sơ này ra rồi lập lại.",
            codes=list(problems),
        )


def _inner_limit_warnings(dossiers: Sequence[Dossier], due: datetime | None) -> list[str]:
    if due is None:
        return []
    late = [dossier.code for dossier in dossiers if dossier.due is not None and due > dossier.due]
    return [f"Hạn nội bộ sau ngày hẹn trả của: {', '.join(late)}."] if late else []
