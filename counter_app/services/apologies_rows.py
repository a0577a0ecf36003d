"""Letters of apology as rows: what they say, their history, and the rules that a letter must keep.

Below the steps of the lifecycle, which sign a letter as one of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import ApologyLetter, ApologyReason, ApologyStep, Dossier
from counter_app.rules import lifecycle
from counter_app.rules.apology import (
    OPEN_LETTERS,
    LetterState,
    LetterStep,
    letter_state_label,
    next_letter_state,
    out_in_time,
)
from counter_app.rules.calendar import WorkCalendar
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.pauses import latest_extension
from counter_app.services.rules_bridge import rules_apply


@dataclass(frozen=True, slots=True)
class LetterText:
    """What a letter says. ``unit`` and ``person`` answer for the delay; the person is on no paper."""

    reason: str
    unit: str
    new_due: datetime
    person: str = ""


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as the clerk sees it. ``due`` is the date that was promised before it; ``in_time`` None: not known yet.

    ``can_be_in_time`` tells of a letter still on its way whether it would be, were it delivered now.
    """

    id: int
    code: str
    applicant: str
    state: LetterState
    reason: str
    unit: str
    person: str
    due: datetime | None
    new_due: datetime
    number: int | None
    event_number: int | None
    signed_by: str
    signed_at: datetime | None
    delivered_by: str
    delivered_to: str
    delivered_at: datetime | None
    in_time: bool | None
    can_be_in_time: bool
    is_open: bool
    """Whether the dossier still owes its result."""
    channel: str

    @property
    def label(self) -> str:
        """The state in Vietnamese."""
        return letter_state_label(self.state)


def clean_text(text: LetterText) -> LetterText:
    """The text fit for keeping. Raises UserError ``reason_missing``, ``unit_missing``."""
    cleaned = LetterText(plain(text.reason), plain(text.unit), text.new_due, plain(text.person))
    if not cleaned.reason:
        raise UserError("reason_missing", "Hãy ghi lý do trễ hẹn.")
    if not cleaned.unit:
        raise UserError("unit_missing", "Hãy ghi đơn vị chịu trách nhiệm.")
    return cleaned


def check_letter(desk: DeskContext, calendar: WorkCalendar, dossier: Dossier, new_due: datetime, at: datetime) -> None:
    """What the law allows: once (``apology.max``), later than was promised, not longer than the first limit.

    Nghị định 61/2018/NĐ-CP, art. 19; 118/2025/NĐ-CP. Raises UserError ``apology_repeated``, ``new_due_invalid``,
    ``new_due_missing`` for a dossier that was promised nothing.
    """
    rules = desk.settings.apology
    if dossier.due is None:
        raise UserError(
            "new_due_missing", f"Hồ sơ {dossier.code} chưa có ngày hẹn trả nên không hẹn lại được. Hãy tiếp nhận trước."
        )
    with rules_apply():
        lifecycle.may_apologise(dossier.apology_count, rules.max)
        latest = latest_extension(calendar, dossier, at) if rules.cap == "first_limit" else None
        lifecycle.check_new_due(dossier.due, new_due, at, latest)


def open_letter(session: Session, dossier: Dossier) -> ApologyLetter | None:
    """The letter of a dossier that is written and not signed."""
    return session.scalar(
        select(ApologyLetter).where(ApologyLetter.dossier_id == dossier.id, ApologyLetter.state.in_(OPEN_LETTERS))
    )


def refuse_open_letter(session: Session, dossier: Dossier) -> None:
    """Two letters for one delay would move the date twice: UserError ``apology_open`` while one is not signed."""
    found = open_letter(session, dossier)
    if found is not None:
        state = letter_state_label(LetterState(found.state)).lower()
        raise UserError(
            "apology_open",
            f"Hồ sơ {dossier.code} đang có văn bản xin lỗi ({state}). Hãy ký hoặc bỏ văn bản đó trước, "
            "ở trang Quá hạn (F6), nhóm «Văn bản».",
            code=dossier.code,
        )


def write_letter(
    desk: DeskContext, session: Session, dossier: Dossier, text: LetterText, at: datetime, entered_at: datetime
) -> ApologyLetter:
    """A new letter, a draft."""
    letter = ApologyLetter(
        dossier=dossier,
        state=LetterState.DRAFT.value,
        reason=text.reason,
        unit=text.unit,
        person=text.person,
        new_due=text.new_due,
    )
    session.add(letter)
    add_step(desk, letter, LetterStep.WRITE, at, entered_at)
    return letter


def check_step(letter: ApologyLetter, step: LetterStep, at: datetime, entered_at: datetime) -> LetterState:
    """The state after ``step``. Raises UserError ``letter_step_not_permitted``, ``impossible_time``."""
    with rules_apply():
        after = next_letter_state(LetterState(letter.state) if letter.steps else None, step)
        lifecycle.check_step_time(letter.steps[-1].at if letter.steps else None, at, entered_at)
    return after


def add_step(
    desk: DeskContext, letter: ApologyLetter, step: LetterStep, at: datetime, entered_at: datetime, note: str = ""
) -> None:
    """Move a letter on, with who and when. Raises UserError as ``check_step`` does."""
    letter.state = check_step(letter, step, at, entered_at).value
    letter.steps.append(
        ApologyStep(
            number=len(letter.steps) + 1,
            step=step.value,
            at=at,
            entered_at=entered_at,
            actor=desk.settings.clerk,
            note=note,
        )
    )


def count_reason(session: Session, words: str, now: datetime) -> None:
    """One more use of a reason; a new one is kept from now on."""
    kept = session.scalar(select(ApologyReason).where(ApologyReason.words == words))
    if kept is None:
        kept = ApologyReason(words=words, uses=0)
        session.add(kept)
    kept.uses += 1
    kept.used_at = now


def letter_view(letter: ApologyLetter, calendar: WorkCalendar, lead_days: int, now: datetime) -> LetterView:
    """A letter as a frozen value."""
    event, dossier = letter.event, letter.dossier
    due = dossier.due if event is None else event.due_before
    waits = letter.delivered_at is None and due is not None
    return LetterView(
        id=letter.id,
        code=dossier.code,
        applicant=dossier.applicant.name,
        state=LetterState(letter.state),
        reason=letter.reason,
        unit=letter.unit,
        person=letter.person,
        due=due,
        new_due=letter.new_due,
        number=None if event is None else event.form_number,
        event_number=None if event is None else event.number,
        signed_by=letter.signed_by,
        signed_at=letter.signed_at,
        delivered_by=letter.delivered_by,
        delivered_to=letter.delivered_to,
        delivered_at=letter.delivered_at,
        in_time=letter.in_time,
        can_be_in_time=bool(waits and due is not None and out_in_time(calendar, due, now, lead_days)),
        is_open=dossier.is_open,
        channel=dossier.channel,
    )
