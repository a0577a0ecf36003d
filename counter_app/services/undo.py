"""Taking back a mistaken step: by a correcting event, while no paper has left the desk.

Nothing is deleted: the step stays in the history, and a correction behind it sets status, clock and delivery back
to what they were. The portal gets the record as it then stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Delivery, Dossier, DossierEvent, PrintJob
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step, step_label
from counter_app.services import outgoing
from counter_app.services.apologies_signing import delivered, printed_together, put_off_no_more, unsign
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.handover_items import HANDOVER, back_on_list
from counter_app.services.history import UNDOES, append_event, moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.papers_issued import FORMS, issues
from counter_app.services.pauses import stopped_last
from counter_app.services.shelf_moves import FROM_SHELF, put
from counter_app.services.steps import find_dossier
from counter_app.services.supplied import papers_back
from counter_app.services.values import StepDone

FILES_STAY = "Tệp đã đính kèm vẫn nằm trong hồ sơ, không gỡ ra được."


@dataclass(frozen=True, slots=True)
class Undoable:
    """The last step of a dossier, and why it cannot be taken back ("" where it can)."""

    step: str
    refusal: str


def undoable(desk: DeskContext, code: str) -> Undoable:
    """What ``undo_last`` would take back. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        return Undoable(dossier.events[-1].step, _refusal(desk, session, dossier))


def undo_last(desk: DeskContext, code: str, reason: str) -> StepDone:
    """Take back the last step, which was a mistake.

    Only on the day on which it was entered, only what this desk did, and only while none of its papers was
    printed, signed, posted or handed over by a list. What has an undoing of its own keeps it: receipts and
    entries are corrected, money is refunded, wrong hand-overs are redirected. Raises UserError
    ``dossier_unknown``, ``reason_missing``, ``undo_not_possible`` (saying why and what to do).
    """
    why = plain(reason)
    if not why:
        raise UserError("reason_missing", "Hãy ghi vì sao hoàn tác bước này.")
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        refusal = _refusal(desk, session, dossier)
        if refusal:
            raise UserError("undo_not_possible", refusal)
        mistake = dossier.events[-1]
        RESTORE[Step(mistake.step)](session, dossier, mistake)
        at, entered_at = moment_of_step(desk, dossier, None)
        if FROM_SHELF in mistake.details:
            put(session, dossier, mistake.details[FROM_SHELF], at, desk.settings.clerk)
        if mistake.step == Step.APOLOGISE:
            unsign(desk, session, mistake, at, entered_at)
        event = append_event(
            desk,
            dossier,
            Step.CORRECT,
            at=at,
            entered_at=entered_at,
            status_after=Status(mistake.status_before or mistake.status_after),
            due_after=mistake.due_before,
            reason=f"Hoàn tác «{step_label(Step(mistake.step))}»: {why}",
            details={UNDOES: mistake.number},
        )
        outgoing.queue_step(session, dossier, event, office_row(session, desk), entered_at)
        done = dossier.id, dossier.code, Step.CORRECT.value, dossier.status, event.at, dossier.due, event.number
        return StepDone(*done, (FILES_STAY,) if mistake.details.get("files") else ())


def _refusal(desk: DeskContext, session: Session, dossier: Dossier) -> str:
    event = dossier.events[-1]
    step = Step(event.step)
    what = f"Không hoàn tác được «{step_label(step)}»"
    if UNDOES in event.details:
        return f"{what}: đây là lần hoàn tác vừa rồi. Nếu hoàn tác nhầm, hãy làm lại bước đó."
    if step not in RESTORE or event.status_before is None:
        return f"{what}: {INSTEAD.get(step, INSTEAD[Step.CORRECT])}"
    if HANDOVER in event.details:
        return f"{what}: hồ sơ đã giao theo danh sách. Hãy dùng «Chuyển lại đúng nơi» ở trang Bàn giao."
    if event.actor != desk.settings.clerk:
        return f"{what}: bước này do {event.actor} làm. Hãy nhờ người đó hoàn tác, hoặc làm bước tiếp theo phù hợp."
    today = desk.clock().astimezone(VIETNAM).date()
    if event.entered_at.astimezone(VIETNAM).date() != today:
        return f"{what}: chỉ hoàn tác được trong ngày. Hãy làm bước tiếp theo phù hợp và ghi rõ lý do."
    if _printed(session, dossier, event) or printed_together(session, event):
        return f"{what}: giấy của bước này đã in. Hãy thu lại giấy và làm bước tiếp theo phù hợp."
    if event.details.get("originals") or _left_the_desk(session, dossier, event):
        return f"{what}: giấy tờ hoặc kết quả đã giao ra ngoài. Hãy ghi nhận việc nhận lại thay vì hoàn tác."
    return ""


def _printed(session: Session, dossier: Dossier, event: DossierEvent) -> bool:
    papers = [f"{form}/{dossier.code}-{event.number}/" for form in FORMS if issues(event, form)]
    begins = or_(false(), *(PrintJob.key.startswith(paper, autoescape=True) for paper in papers))
    return session.scalar(select(PrintJob.id).where(begins, PrintJob.state != "cancelled").limit(1)) is not None


def _left_the_desk(session: Session, dossier: Dossier, event: DossierEvent) -> bool:
    """Signed for, or with the carrier."""
    if event.step == Step.RETURN:
        return _latest(session, dossier).state in ("signed", "posted", "confirmed")
    return delivered(session, event)


def _latest(session: Session, dossier: Dossier) -> Delivery:
    rows = select(Delivery).where(Delivery.dossier_id == dossier.id).order_by(Delivery.attempt.desc())
    return session.scalars(rows.limit(1)).one()


def _unit_back(_session: Session, dossier: Dossier, mistake: DossierEvent) -> None:
    dossier.unit = str(mistake.details.get("from_unit", ""))


def _clock_on(_session: Session, dossier: Dossier, _mistake: DossierEvent) -> None:
    """As if it had never stood: a pause that was taken back is none (``pauses``)."""
    dossier.paused_at = None


def _asked_still(_session: Session, dossier: Dossier, mistake: DossierEvent) -> None:
    """The request stands as if nothing had come: the clock has stood since then."""
    papers_back(dossier, mistake.details)
    dossier.paused_at = stopped_last(dossier, mistake.at)


def _unfinished(_session: Session, dossier: Dossier, _mistake: DossierEvent) -> None:
    dossier.finished_at = None


def _unreturned(session: Session, dossier: Dossier, mistake: DossierEvent) -> None:
    delivery = _latest(session, dossier)
    delivery.state, delivery.decided_at, delivery.decided_by = "void", mistake.at, mistake.actor
    dossier.returned_at = None
    dossier.delivery_state = "pending"


def _status_alone(_session: Session, _dossier: Dossier, _mistake: DossierEvent) -> None:
    """Nothing else moved with the step."""


RESTORE: dict[Step, Callable[[Session, Dossier, DossierEvent], None]] = {
    Step.HAND_OVER: _unit_back,
    Step.ACCEPT: _status_alone,
    Step.REQUEST_SUPPLEMENT: _clock_on,
    Step.SUPPLEMENT: _asked_still,
    Step.REQUEST_PAYMENT: _clock_on,
    Step.FINISH: _unfinished,
    Step.RETURN: _unreturned,
    Step.REFUSE: back_on_list,
    Step.WITHDRAW: back_on_list,
    Step.STOP: back_on_list,
    Step.APOLOGISE: put_off_no_more,
}
"""What each step that can be taken back changed besides status and due date."""

INSTEAD = {
    Step.REGISTER: "hồ sơ do cổng gửi đến. Hãy tiếp nhận, yêu cầu bổ sung hoặc từ chối.",
    Step.RECEIVE: "hồ sơ đã có mã và đã vào sổ. Ghi sai thì dùng «Sửa thông tin» (Ctrl+E); người nộp không nộp nữa "
    "thì dùng «Rút hồ sơ» (Alt+Shift+R).",
    Step.PAY: "tiền đã vào sổ thu. Hãy dùng «Hoàn phí, lệ phí» (Alt+Shift+H); thu nhầm thì đánh dấu «còn phải "
    "nộp lại».",
    Step.EXEMPT: "hãy mở «Miễn, giảm» (Alt+Shift+M) và nhập lại mức còn phải nộp; nhập đủ số tiền là bỏ miễn, giảm.",
    Step.REFUND: "tiền hoàn đã vào sổ thu. Hãy ghi việc này vào «Ghi chú» của hồ sơ (Ctrl+E) và báo người phụ trách "
    "thu.",
    Step.CORRECT: "hãy dùng «Sửa thông tin» (Ctrl+E) để sửa lại cho đúng.",
    Step.ATTACH: "tệp đã đính kèm không gỡ ra được. Hãy đính kèm tệp đúng vào cùng giấy tờ.",
}
"""What mends a step that is not taken back, said to the clerk."""
