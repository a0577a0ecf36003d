"""The signing of a letter of apology: the step of the dossier, the row that it ties, and the taking back of both."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import ApologyLetter, Dossier, DossierEvent
from counter_app.rules.apology import LetterState, LetterStep, out_in_time
from counter_app.rules.calendar import due_soon_from
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies_rows import LetterText, add_step, check_letter, count_reason, write_letter
from counter_app.services.calendars import current_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.paper_facts import FROZEN, SIGNER
from counter_app.services.pauses import stood
from printing.spool import CANCELLED

if TYPE_CHECKING:
    from counter_app.services.steps import Effect, Taking

SOON_BEFORE = "due_soon_before"
"""The key in the details of the event: from when the dossier was due soon before the letter moved its date."""


def apologise(taking: Taking, effect: Effect) -> None:
    """Put off once, with reason, responsible unit and new date (Nghị định 61/2018 art. 19; 118/2025)."""
    dossier, lead_days = taking.dossier, taking.desk.settings.apology.lead_days
    new_due = taking.given.new_due
    if new_due is None or dossier.due is None:
        raise UserError("new_due_missing", "Hãy chọn ngày hẹn trả kết quả mới.")
    _, calendar = current_calendar(taking.session, taking.desk)
    check_letter(taking.desk, calendar, dossier, new_due, taking.at)
    if not out_in_time(calendar, dossier.due, taking.at, lead_days):
        effect.warnings.append(
            f"Văn bản xin lỗi được gửi muộn hơn quy định ({lead_days} ngày làm việc trước khi hết hạn)."
        )
    effect.due = new_due
    effect.form = "apology"
    effect.details[SOON_BEFORE] = dossier.due_soon_from.isoformat() if dossier.due_soon_from is not None else None
    dossier.apology_count += 1
    dossier.due_soon_from = due_soon_from(
        calendar, dossier.received_at, new_due, stood(calendar, dossier, until=taking.at)
    )


def take_signed(desk: DeskContext, letter: ApologyLetter, event: DossierEvent) -> None:
    """Tie a letter to the event that its signing is: from now on it says what was frozen there."""
    kept, signer = event.details[FROZEN], str(event.details[SIGNER])
    titles = kept["head_title"].splitlines() if kept["head_name"] else []
    add_step(desk, letter, LetterStep.SIGN, event.at, event.entered_at, f"Người ký: {', '.join([signer, *titles])}")
    letter.event, letter.signed_by, letter.signed_at = event, signer, event.at


def record_signed(
    desk: DeskContext, session: Session, dossier: Dossier, event: DossierEvent, person: str
) -> ApologyLetter:
    """A letter written, submitted and signed in one; the reason joins those that the office keeps."""
    assert event.due_after is not None
    text = LetterText(event.reason, event.unit, event.due_after, person)
    letter = write_letter(desk, session, dossier, text, event.at, event.entered_at)
    add_step(desk, letter, LetterStep.SUBMIT, event.at, event.entered_at)
    take_signed(desk, letter, event)
    count_reason(session, event.reason, event.entered_at)
    return letter


def refuse_printed_together(session: Session, event: DossierEvent) -> None:
    """A letter that went out with others in one job: UserError ``already_printed`` while that job was not given up."""
    if printed_together(session, event):
        raise UserError(
            "already_printed",
            "Văn bản này đã gửi in cùng các văn bản khác. Nếu cần thêm bản, chọn «In lại»: "
            "bản in sẽ mang chữ «Bản in lại».",
            job=_letter_of(session, event).print_job_id,
        )


def printed_together(session: Session, event: DossierEvent) -> bool:
    """Whether the letter of this event, if it has one, went out with others in one job that was not given up."""
    if event.step != Step.APOLOGISE:
        return False
    job = _letter_of(session, event).print_job
    return job is not None and job.state != CANCELLED


def delivered(session: Session, event: DossierEvent) -> bool:
    """Whether the letter of this event, if it has one, was handed over."""
    return event.step == Step.APOLOGISE and _letter_of(session, event).state == LetterState.DELIVERED


def put_off_no_more(_session: Session, dossier: Dossier, mistake: DossierEvent) -> None:
    """A signing that was a mistake has moved nothing; the date itself goes back with the event."""
    before = mistake.details[SOON_BEFORE]
    dossier.due_soon_from = datetime.fromisoformat(before) if before else None
    dossier.apology_count -= 1


def unsign(desk: DeskContext, session: Session, mistake: DossierEvent, at: datetime, entered_at: datetime) -> None:
    """The letter of a signing that was a mistake waits to be signed again."""
    letter = _letter_of(session, mistake)
    add_step(desk, letter, LetterStep.UNSIGN, max(at, letter.steps[-1].at), entered_at)
    letter.event, letter.signed_by, letter.signed_at = None, "", None


def _letter_of(session: Session, event: DossierEvent) -> ApologyLetter:
    return session.scalars(select(ApologyLetter).where(ApologyLetter.event_id == event.id)).one()
