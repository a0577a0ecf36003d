"""Which papers a dossier has: by what in its history each of them is issued."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from counter_app.rules.lifecycle import Step
from counter_app.services.handover_items import HANDOVER
from counter_app.services.history import UNDOES
from counter_app.services.paper_facts import FROZEN
from counter_app.services.values import DossierView, EventView

FORMS = {
    "receipt": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "supplement_request": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "refusal": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "apology": "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
    "stop_notice": "Thông báo dừng giải quyết hồ sơ",
    "thermal": "Phiếu hẹn in nhiệt",
    "control_slip": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    "payment_notice": "Thông báo nộp phí, lệ phí",
    "payment_note": "Phiếu thu phí, lệ phí",
    "return_slip": "Phiếu giao nhận kết quả",
    "post_label": "Nhãn bưu gửi",
}
"""Their titles on screen and on the command line."""


class Happened(Protocol):
    """An event, as a row or as it is shown."""

    @property
    def number(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def form(self) -> str | None: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


_Event = TypeVar("_Event", bound=Happened)


def _paid(event: Happened) -> bool:
    """Money was taken at the desk: by a step of its own, or on the spot with a reception over the desk.

    Or its official receipt got another number since.
    """
    fees = event.details.get(FROZEN, {}).get("fees", ())
    at_once = event.number == 1 and event.step == Step.RECEIVE and any(amount and paid for _, amount, paid in fees)
    return "payment_number" in event.details or at_once


def _owed_anew(event: Happened) -> bool:
    """What is owed, or who owes it, is another thing from here on: a notice to pay of before no longer tells it."""
    if event.step == Step.CORRECT:
        of_another_paper = HANDOVER in event.details or "payment_number" in event.details
        return FROZEN in event.details and not of_another_paper
    return event.step in (Step.RECEIVE, Step.REQUEST_PAYMENT, Step.EXEMPT, Step.PAY, Step.REFUND)


def _handed_out(event: Happened) -> bool:
    return "by" in event.details and "to" in event.details


def _gave_back(event: Happened) -> bool:
    """Papers went back to the applicant with a dossier that ended without a result."""
    return event.step in (Step.WITHDRAW, Step.STOP) and bool(event.details.get("originals"))


_BY_HISTORY: dict[str, Callable[[Happened], bool]] = {
    "thermal": lambda event: event.form == "receipt",
    "control_slip": lambda event: event.step == Step.HAND_OVER or HANDOVER in event.details,
    "payment_notice": _owed_anew,
    "payment_note": _paid,
    "return_slip": lambda event: _handed_out(event) or _gave_back(event),
    "post_label": lambda event: _handed_out(event) and event.details["by"] == "post",
}
"""Papers that an event issues without naming their form."""


def issues(event: Happened, form: str) -> bool:
    """Whether this event issued a paper of this form."""
    asked = _BY_HISTORY.get(form)
    return event.form == form if asked is None else asked(event)


def issuing(events: Sequence[_Event], form: str) -> list[_Event]:
    """The events that issued this form, without steps that were taken back."""
    undone = {event.details[UNDOES] for event in events if UNDOES in (event.details or {})}
    return [event for event in events if event.number not in undone and issues(event, form)]


def issued_forms(view: DossierView) -> list[str]:
    """The forms on a sheet of which a dossier has at least one paper; a notice to pay while something is owed."""
    left_out = {"thermal"} if view.money_state == "due" else {"thermal", "payment_notice"}
    return [form for form in FORMS if form not in left_out and issuing(view.events, form)]


def earlier_issues(view: DossierView) -> list[tuple[str, EventView]]:
    """Papers that have a later one of their form, with the event that issued each, the newest first.

    A notice to pay only tells what is owed now: one of before is never given again.
    """
    forms = [form for form in FORMS if form not in ("thermal", "payment_notice")]
    found = [(form, event) for form in forms for event in issuing(view.events, form)[:-1]]
    return sorted(found, key=lambda each: each[1].number, reverse=True)
