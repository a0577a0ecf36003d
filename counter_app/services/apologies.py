"""Letters of apology step by step: written, submitted, sent back, signed, delivered, or given up.

The dossier's new date counts from the signing, which is the step ``apologise`` of its lifecycle. A letter that goes
out late is marked late, never refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import ApologyLetter, Dossier
from counter_app.rules import lifecycle
from counter_app.rules.apology import LetterStep, letter_step_label, out_in_time
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.apologies_rows import (
    LetterText,
    LetterView,
    add_step,
    check_letter,
    check_step,
    clean_text,
    count_reason,
    letter_view,
    refuse_open_letter,
    write_letter,
)
from counter_app.services.apologies_signing import take_signed
from counter_app.services.calendars import current_calendar, read_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.history import moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.settling import refuse_one_signer
from counter_app.services.steps import StepInput, Taking, carry_out, find_dossier

DELIVERY_WAYS = {
    "counter": "Giao tại quầy",
    "post": "Gửi bưu chính",
    "email": "Gửi thư điện tử",
    "sms": "Gửi tin nhắn",
    "portal": "Gửi qua cổng dịch vụ công",
}
"""How a letter reaches the applicant; by e-mail, SMS or the portal for online dossiers (law.md, "Late")."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signed and when. Without a name it was the head of the office; ``title`` may have two lines (``KT. …``)."""

    signer: str = ""
    title: str = ""
    at: datetime | None = None


BY_HEAD = Signing()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the letter reached the applicant: ``by`` one of DELIVERY_WAYS, ``to`` whom (the applicant when empty)."""

    by: str
    to: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Each:
    """What came of one thing done to several letters: the ids done, and code and words of each refusal."""

    done: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One line of a letter's history."""

    step: LetterStep
    at: datetime
    entered_at: datetime
    actor: str
    note: str

    @property
    def label(self) -> str:
        """The step in Vietnamese."""
        return letter_step_label(self.step)


def write(desk: DeskContext, code: str, text: LetterText, *, submit: bool = False) -> LetterView:
    """A new letter, a draft or submitted for signing; its date is checked now and again when it is signed.

    Raises UserError ``dossier_unknown``, ``step_not_permitted``, ``apology_open``, ``apology_repeated``,
    ``new_due_…``, ``reason_missing``, ``unit_missing``.
    """
    with desk.database.write() as session:
        letter = write_in(desk, session, code, text, submit=submit)
        return _view(desk, session, letter)


def write_in(desk: DeskContext, session: Session, code: str, text: LetterText, *, submit: bool) -> ApologyLetter:
    """``write`` inside the caller's unit of work."""
    text = clean_text(text)
    dossier = find_dossier(session, code)
    at, entered_at = moment_of_step(desk, dossier, None)
    refuse_open_letter(session, dossier)
    _check(desk, session, dossier, text.new_due, at)
    letter = write_letter(desk, session, dossier, text, at, entered_at)
    if submit:
        add_step(desk, letter, LetterStep.SUBMIT, at, entered_at)
    count_reason(session, text.reason, entered_at)
    return letter


def edit(desk: DeskContext, letter_id: int, text: LetterText) -> LetterView:
    """Change what a draft says; what it said before stays in its history. Raises UserError as ``write`` does."""
    text = clean_text(text)
    with desk.database.write() as session:
        letter = find_letter(session, letter_id)
        at, entered_at = _moment(desk, letter, None)
        before = f"{letter.reason}; {letter.unit}; {letter.new_due.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        add_step(desk, letter, LetterStep.EDIT, at, entered_at, f"Trước khi sửa: {before}")
        _check(desk, session, letter.dossier, text.new_due, at)
        letter.reason, letter.unit, letter.person = text.reason, text.unit, text.person
        letter.new_due = text.new_due
        return _view(desk, session, letter)


def submit(desk: DeskContext, letter_id: int) -> LetterView:
    """A draft goes to the head. Raises UserError ``letter_unknown``, ``letter_step_not_permitted``."""
    return _move(desk, letter_id, LetterStep.SUBMIT)


def send_back(desk: DeskContext, letter_id: int, reason: str) -> LetterView:
    """The head wants it otherwise: a draft again, with the reason. Raises UserError ``reason_missing`` and as above."""
    return _move(desk, letter_id, LetterStep.SEND_BACK, _needed(reason, "lý do trả lại để người soạn sửa"))


def drop(desk: DeskContext, letter_id: int, reason: str) -> LetterView:
    """No letter is needed any more; it stays in the history. Raises UserError ``reason_missing`` and as above."""
    return _move(desk, letter_id, LetterStep.DROP, _needed(reason, "lý do bỏ văn bản"))


def sign(desk: DeskContext, letter_id: int, signing: Signing = BY_HEAD) -> tuple[LetterView, tuple[str, ...]]:
    """The signed letter moves the dossier's date, takes its number and freezes its paper; the portal is told.

    Answers the letter and what the clerk should know. Raises UserError as ``write`` does, and
    ``letter_unknown``, ``letter_step_not_permitted``, ``impossible_time``.
    """
    with desk.database.write() as session:
        letter = find_letter(session, letter_id)
        dossier = letter.dossier
        at, entered_at = moment_of_step(desk, dossier, signing.at)
        at = max(at, letter.steps[-1].at) if signing.at is None else at
        check_step(letter, LetterStep.SIGN, at, entered_at)
        given = StepInput(
            reason=letter.reason,
            unit=letter.unit,
            new_due=letter.new_due,
            signer=plain(signing.signer),
            signer_title=plain(signing.title),
        )
        office = office_row(session, desk)
        event, warnings = carry_out(Taking(desk, session, dossier, Step.APOLOGISE, given, at), entered_at)
        outgoing.queue_step(session, dossier, event, office, entered_at)
        take_signed(desk, letter, event)
        return _view(desk, session, letter), tuple(warnings)


def sign_each(desk: DeskContext, letter_ids: Sequence[int], signing: Signing) -> Each:
    """Several letters signed by the same person. Raises UserError ``signer_of_one_office``."""
    with desk.database.read() as session:
        dossiers = session.scalars(select(ApologyLetter.dossier_id).where(ApologyLetter.id.in_(letter_ids))).all()
        refuse_one_signer(session, dossiers, office_row(session, desk), plain(signing.signer))
    return each(desk, letter_ids, partial(_sign_one, desk, signing))


def deliver(desk: DeskContext, letter_id: int, delivery: Delivery) -> LetterView:
    """The applicant has the letter: how, to whom and when, and whether that was in time.

    In time is at the latest one working day before the limit ends (Nghị định 61/2018/NĐ-CP, art. 19; setting
    ``apology.lead_days``). Raises UserError ``delivery_unknown``, ``letter_unknown``,
    ``letter_step_not_permitted``, ``impossible_time``.
    """
    if delivery.by not in DELIVERY_WAYS:
        raise UserError(
            "delivery_unknown", f"Cách giao «{delivery.by}» không có. Hãy chọn: {', '.join(DELIVERY_WAYS)}."
        )
    with desk.database.write() as session:
        letter = find_letter(session, letter_id)
        at, entered_at = _moment(desk, letter, delivery.at)
        to = plain(delivery.to) or letter.dossier.applicant.name
        note = "; ".join(part for part in (DELIVERY_WAYS[delivery.by], to, plain(delivery.note)) if part)
        add_step(desk, letter, LetterStep.DELIVER, at, entered_at, note)
        letter.delivered_by, letter.delivered_to, letter.delivered_at = delivery.by, to, at
        _, calendar = current_calendar(session, desk)
        due = letter.event.due_before if letter.event is not None else None
        letter.in_time = due is not None and out_in_time(calendar, due, at, desk.settings.apology.lead_days)
        return _view(desk, session, letter)


def each(desk: DeskContext, letter_ids: Sequence[int], act: Callable[[int], object]) -> Each:
    """Do the same to several letters, each its own unit of work; one refusal does not hold up the others."""
    done: list[int] = []
    refused: list[tuple[str, str]] = []
    for letter_id in letter_ids:
        try:
            act(letter_id)
            done.append(letter_id)
        except UserError as refusal:
            with desk.database.read() as session:
                refused.append((find_letter(session, letter_id).dossier.code, refusal.message))
    return Each(tuple(done), tuple(refused))


def _sign_one(desk: DeskContext, signing: Signing, letter_id: int) -> None:
    sign(desk, letter_id, signing)


def letters_of(desk: DeskContext, code: str) -> tuple[LetterView, ...]:
    """The letters of a dossier, the oldest first; UserError ``dossier_unknown``."""
    calendar = read_calendar(desk)
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        shown = partial(letter_view, calendar=calendar, lead_days=desk.settings.apology.lead_days, now=desk.clock())
        found = select(ApologyLetter).where(ApologyLetter.dossier_id == dossier.id).order_by(ApologyLetter.id)
        return tuple(shown(letter) for letter in session.scalars(found))


def letter_history(desk: DeskContext, letter_id: int) -> tuple[LetterLine, ...]:
    """Who did what to a letter and when; UserError ``letter_unknown``."""
    with desk.database.read() as session:
        return tuple(
            LetterLine(LetterStep(line.step), line.at, line.entered_at, line.actor, line.note)
            for line in find_letter(session, letter_id).steps
        )


def find_letter(session: Session, letter_id: int) -> ApologyLetter:
    """The letter with this id; UserError ``letter_unknown``."""
    found = session.get(ApologyLetter, letter_id)
    if found is None:
        raise UserError("letter_unknown", f"Không có văn bản xin lỗi số {letter_id}. Hãy tải lại danh sách.")
    return found


def _check(desk: DeskContext, session: Session, dossier: Dossier, new_due: datetime, at: datetime) -> None:
    with rules_apply():
        lifecycle.next_status(Status(dossier.status), Step.APOLOGISE)
    _, calendar = current_calendar(session, desk)
    check_letter(desk, calendar, dossier, new_due, at)


def _needed(words: str, what: str) -> str:
    cleaned = plain(words)
    if not cleaned:
        raise UserError("reason_missing", f"Hãy ghi {what}.")
    return cleaned


def _move(desk: DeskContext, letter_id: int, step: LetterStep, note: str = "") -> LetterView:
    with desk.database.write() as session:
        letter = find_letter(session, letter_id)
        at, entered_at = _moment(desk, letter, None)
        add_step(desk, letter, step, at, entered_at, note)
        return _view(desk, session, letter)


def _moment(desk: DeskContext, letter: ApologyLetter, at: datetime | None) -> tuple[datetime, datetime]:
    """When it happened and when it was entered; a clock that was set back does not turn the history round."""
    given, now = moment_of_step(desk, None, at)
    return (max(given, letter.steps[-1].at) if at is None else given), now


def _view(desk: DeskContext, session: Session, letter: ApologyLetter) -> LetterView:
    session.flush()
    _, calendar = current_calendar(session, desk)
    return letter_view(letter, calendar, desk.settings.apology.lead_days, desk.clock())
