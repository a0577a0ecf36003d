"""The letter of apology: its steps, and when it is out in time (Nghị định 61/2018/NĐ-CP, art. 19)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from .violation import RuleViolation
from .working_time import WorkCalendar, local


class LetterState(StrEnum):
    """How far a letter is; the dossier's date moves when it is signed, and never before."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNED = "signed"
    DELIVERED = "delivered"
    DROPPED = "dropped"


class LetterStep(StrEnum):
    """What is done to a letter: a line of its history."""

    WRITE = "write"
    EDIT = "edit"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    SIGN = "sign"
    DELIVER = "deliver"
    DROP = "drop"
    UNSIGN = "unsign"


OPEN_LETTERS = (LetterState.DRAFT, LetterState.SUBMITTED)
"""Not signed yet: the promised date still stands, and the letter can be given up."""

_STATE_LABELS = {
    LetterState.DRAFT: "Dự thảo",
    LetterState.SUBMITTED: "Đã trình ký",
    LetterState.SIGNED: "Đã ký, chưa giao",
    LetterState.DELIVERED: "Đã giao",
    LetterState.DROPPED: "Đã bỏ",
}

_STEP_LABELS = {
    LetterStep.WRITE: "Lập dự thảo",
    LetterStep.EDIT: "Sửa dự thảo",
    LetterStep.SUBMIT: "Trình ký",
    LetterStep.SEND_BACK: "Trả lại để sửa",
    LetterStep.SIGN: "Ký",
    LetterStep.DELIVER: "Giao cho người nộp",
    LetterStep.DROP: "Bỏ dự thảo",
    LetterStep.UNSIGN: "Hoàn tác ký",
}

LETTER_TRANSITIONS: dict[LetterState, dict[LetterStep, LetterState]] = {
    LetterState.DRAFT: {
        LetterStep.EDIT: LetterState.DRAFT,
        LetterStep.SUBMIT: LetterState.SUBMITTED,
        LetterStep.DROP: LetterState.DROPPED,
    },
    LetterState.SUBMITTED: {
        LetterStep.SEND_BACK: LetterState.DRAFT,
        LetterStep.SIGN: LetterState.SIGNED,
        LetterStep.DROP: LetterState.DROPPED,
    },
    LetterState.SIGNED: {LetterStep.DELIVER: LetterState.DELIVERED, LetterStep.UNSIGN: LetterState.SUBMITTED},
    LetterState.DELIVERED: {},
    LetterState.DROPPED: {},
}


def letter_state_label(state: LetterState) -> str:
    """Return the state as the clerk reads it."""
    return _STATE_LABELS[state]


def letter_step_label(step: LetterStep) -> str:
    """Return the step as the clerk reads it."""
    return _STEP_LABELS[step]


def permitted_letter_steps(state: LetterState) -> tuple[LetterStep, ...]:
    """Return what can be done to a letter in ``state``, in the order of ``LetterStep``."""
    return tuple(step for step in LetterStep if step in LETTER_TRANSITIONS[state])


def next_letter_state(state: LetterState | None, step: LetterStep) -> LetterState:
    """Return the state after ``step``; None is a letter not yet written.

    Raises:
        RuleViolation: ``letter_step_not_permitted``, naming what is possible instead.
    """
    if state is None and step is LetterStep.WRITE:
        return LetterState.DRAFT
    possible = {} if state is None else LETTER_TRANSITIONS[state]
    if step not in possible:
        where = "Văn bản xin lỗi chưa được lập" if state is None else f"Văn bản xin lỗi «{letter_state_label(state)}»"
        instead = ", ".join(f"«{letter_step_label(item)}»" for item in possible) or "xem và in lại"
        raise RuleViolation(
            "letter_step_not_permitted",
            f"{where} nên không thể «{letter_step_label(step)}». Có thể làm: {instead}.",
        )
    return possible[step]


def working_days_between(calendar: WorkCalendar, after: date, until: date) -> int:
    """Count the working days later than ``after`` and not later than ``until``; 0 when there is none."""
    days = max((until - after).days, 0)
    return sum(calendar.is_working_day(after + timedelta(days=number)) for number in range(1, days + 1))


def out_in_time(calendar: WorkCalendar, due: datetime, out_at: datetime, lead_days: int = 1) -> bool:
    """Tell whether a letter out at ``out_at`` left the applicant ``lead_days`` working days' notice.

    Nghị định 61/2018/NĐ-CP, art. 19: at the latest one day before the limit ends; the setting is
    ``apology.lead_days``. Days count, not hours: the whole last day is still in time. A letter out after
    ``due`` never is.
    """
    out, limit = local(out_at), local(due)
    return out <= limit and working_days_between(calendar, out.date(), limit.date()) >= lead_days
