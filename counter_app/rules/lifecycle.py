"""Statuses of a dossier, the steps between them, and the order of their times (design, section 3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from .violation import RuleViolation
from .working_time import local


class Status(StrEnum):
    """The business status of a dossier; money, delivery and sync are axes of their own."""

    REGISTERED = "registered"
    RECEIVED = "received"
    REFUSED = "refused"
    PROCESSING = "processing"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_REQUESTED = "payment_requested"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    FINISHED = "finished"
    RETURNED = "returned"


class Step(StrEnum):
    """What is done to a dossier: a verb of the desk, and the kind of an event."""

    REGISTER = "register"
    RECEIVE = "receive"
    REFUSE = "refuse"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUPPLEMENT = "supplement"
    REQUEST_PAYMENT = "request_payment"
    PAY = "pay"
    EXEMPT = "exempt"
    REFUND = "refund"
    FINISH = "finish"
    RETURN = "return"
    WITHDRAW = "withdraw"
    STOP = "stop"
    APOLOGISE = "apologise"
    CORRECT = "correct"
    ATTACH = "attach"


OPEN = frozenset(
    {
        Status.REGISTERED,
        Status.RECEIVED,
        Status.PROCESSING,
        Status.SUPPLEMENT_REQUESTED,
        Status.PAYMENT_REQUESTED,
    }
)
"""Statuses in which a result is still owed: only these can be overdue, withdrawn or stopped."""

CLOSED = frozenset(Status) - OPEN

_CLOCK_STANDS = frozenset({Status.SUPPLEMENT_REQUESTED, Status.PAYMENT_REQUESTED})

# The numbers of TrangThaiHoSo (portal protocol, section 3) follow the order of the enumeration.
_PORTAL_NUMBERS = {status: number for number, status in enumerate(Status, start=1)}
_FROM_PORTAL_NUMBER = {number: status for status, number in _PORTAL_NUMBERS.items()}

_LABELS = {
    Status.REGISTERED: "Mới đăng ký",
    Status.RECEIVED: "Đã tiếp nhận",
    Status.REFUSED: "Từ chối tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT_REQUESTED: "Chờ bổ sung hồ sơ",
    Status.PAYMENT_REQUESTED: "Chờ nộp phí, lệ phí",
    Status.WITHDRAWN: "Đã rút hồ sơ",
    Status.STOPPED: "Đã dừng giải quyết",
    Status.FINISHED: "Đã có kết quả",
    Status.RETURNED: "Đã trả kết quả",
}

_STEP_LABELS = {
    Step.REGISTER: "Đăng ký",
    Step.RECEIVE: "Tiếp nhận",
    Step.REFUSE: "Từ chối tiếp nhận",
    Step.HAND_OVER: "Chuyển xử lý",
    Step.ACCEPT: "Xác nhận đã nhận",
    Step.REQUEST_SUPPLEMENT: "Yêu cầu bổ sung",
    Step.SUPPLEMENT: "Nhận bổ sung",
    Step.REQUEST_PAYMENT: "Yêu cầu nộp phí, lệ phí",
    Step.PAY: "Thu phí, lệ phí",
    Step.EXEMPT: "Miễn, giảm phí, lệ phí",
    Step.REFUND: "Hoàn phí, lệ phí",
    Step.FINISH: "Có kết quả",
    Step.RETURN: "Trả kết quả",
    Step.WITHDRAW: "Rút hồ sơ",
    Step.STOP: "Dừng giải quyết",
    Step.APOLOGISE: "Xin lỗi và hẹn lại",
    Step.CORRECT: "Đính chính",
    Step.ATTACH: "Đính kèm tệp",
}

_MONEY = (Step.PAY, Step.EXEMPT)
"""What may be done while something may be owed: money is its own axis and leaves the status alone."""

_RECORD = (Step.CORRECT, Step.ATTACH, Step.REFUND)
"""What may be done to a dossier's record at any time: money taken wrongly goes back however the dossier ended."""

_ENDING = {Step.WITHDRAW: Status.WITHDRAWN, Step.STOP: Status.STOPPED}


def _staying(status: Status, *steps: Step) -> dict[Step, Status]:
    return dict.fromkeys(steps, status)


# A supplement may be requested right after reception, because a dossier that lacks a required component
# may be received only with a supplement request; the clock then has not been handed to anyone, so the
# dossier goes back to where it came from (see next_status). An online dossier that lacks something is answered
# by a supplement request before it is received at all, and is registered again when the rest has come in.
# Money is its own axis: a fee paid while no payment is awaited leaves the status alone. A result given on the
# spot is FINISH right after RECEIVE.
TRANSITIONS: dict[Status, dict[Step, Status]] = {
    Status.REGISTERED: {
        Step.RECEIVE: Status.RECEIVED,
        Step.ACCEPT: Status.RECEIVED,
        Step.REFUSE: Status.REFUSED,
        Step.REQUEST_SUPPLEMENT: Status.SUPPLEMENT_REQUESTED,
        **_ENDING,
        **_staying(Status.REGISTERED, *_MONEY, *_RECORD),
    },
    Status.RECEIVED: {
        Step.HAND_OVER: Status.PROCESSING,
        Step.REQUEST_SUPPLEMENT: Status.SUPPLEMENT_REQUESTED,
        Step.FINISH: Status.FINISHED,
        **_ENDING,
        **_staying(Status.RECEIVED, *_MONEY, Step.APOLOGISE, *_RECORD),
    },
    Status.PROCESSING: {
        Step.REQUEST_SUPPLEMENT: Status.SUPPLEMENT_REQUESTED,
        Step.REQUEST_PAYMENT: Status.PAYMENT_REQUESTED,
        Step.FINISH: Status.FINISHED,
        **_ENDING,
        **_staying(Status.PROCESSING, Step.HAND_OVER, Step.ACCEPT, *_MONEY, Step.APOLOGISE, *_RECORD),
    },
    Status.SUPPLEMENT_REQUESTED: {
        Step.SUPPLEMENT: Status.PROCESSING,
        **_ENDING,
        **_staying(Status.SUPPLEMENT_REQUESTED, *_MONEY, Step.APOLOGISE, *_RECORD),
    },
    Status.PAYMENT_REQUESTED: {
        Step.PAY: Status.PROCESSING,
        **_ENDING,
        **_staying(Status.PAYMENT_REQUESTED, Step.EXEMPT, Step.APOLOGISE, *_RECORD),
    },
    Status.FINISHED: {
        Step.RETURN: Status.RETURNED,
        **_staying(Status.FINISHED, *_MONEY, *_RECORD),
    },
    Status.RETURNED: _staying(Status.RETURNED, *_MONEY, *_RECORD),
    Status.REFUSED: _staying(Status.REFUSED, *_RECORD),
    Status.WITHDRAWN: _staying(Status.WITHDRAWN, *_RECORD),
    Status.STOPPED: _staying(Status.STOPPED, *_RECORD),
}

FIRST_STEPS: dict[Step, Status] = {Step.REGISTER: Status.REGISTERED, Step.RECEIVE: Status.RECEIVED}
"""How a dossier comes into being: on line (or before a refusal), or over the desk."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a step may lie in the future: two clocks of one office are never quite alike."""


def portal_number(status: Status) -> int:
    """Return the portal's ``TrangThaiHoSo``, 1 to 10 (portal protocol, section 3)."""
    return _PORTAL_NUMBERS[status]


def from_portal_number(n: int) -> Status:
    """Return the status that the portal calls ``n``; RuleViolation("status_unknown") outside 1 to 10."""
    try:
        return _FROM_PORTAL_NUMBER[n]
    except KeyError:
        raise RuleViolation(
            "status_unknown", f"Cổng gửi trạng thái hồ sơ không rõ: {n}. Hãy báo quản trị viên kiểm tra."
        ) from None


def label(status: Status) -> str:
    """Return the status as the clerk reads it."""
    return _LABELS[status]


def step_label(step: Step) -> str:
    """Return the step as the clerk reads it."""
    return _STEP_LABELS[step]


def is_open(status: Status) -> bool:
    """Tell whether a result is still owed."""
    return status in OPEN


def clock_stands(status: Status) -> bool:
    """Tell whether the clock stands: a supplement or a payment is awaited (design, section 4)."""
    return status in _CLOCK_STANDS


def permitted_steps(status: Status | None) -> tuple[Step, ...]:
    """Return the steps possible from ``status`` in the order of ``Step``; None is a dossier not yet entered."""
    possible = FIRST_STEPS if status is None else TRANSITIONS[status]
    return tuple(step for step in Step if step in possible)


def next_status(status: Status | None, step: Step, *, came_from: Status | None = None) -> Status:
    """Return the status after ``step``.

    ``came_from`` is the status in which the open supplement request found the dossier: SUPPLEMENT goes
    back there, or to PROCESSING when it is not given. ``status`` None is a dossier not yet entered.

    Raises:
        RuleViolation: ``step_not_permitted``, naming what is possible instead.
    """
    possible = FIRST_STEPS if status is None else TRANSITIONS[status]
    if step not in possible:
        raise _not_permitted(status, step)
    if step is Step.SUPPLEMENT and came_from in (Status.REGISTERED, Status.RECEIVED):
        return came_from
    return possible[step]


def derive(history: Iterable[Step | Status]) -> Status:
    """Return the status that the whole history of a dossier leads to, in the order of its events.

    A Status among the steps is one that a person set by a correction, where desk and portal had come apart.

    Raises:
        RuleViolation: ``history_empty`` without a step, ``step_not_permitted`` at the first that cannot be.
    """
    status: Status | None = None
    came_from: Status | None = None
    for item in history:
        after = item if isinstance(item, Status) else next_status(status, item, came_from=came_from)
        # Back from an ending that was taken back: the request still stands where it found the dossier.
        if after is Status.SUPPLEMENT_REQUESTED and status is not after and status not in CLOSED:
            came_from = status
        status = after
    if status is None:
        raise RuleViolation(
            "history_empty", "Hồ sơ không có sự kiện nào. Hãy kiểm tra dữ liệu hoặc khôi phục từ bản sao lưu."
        )
    return status


def may_apologise(previous_apologies: int, maximum: int = 1) -> None:
    """Refuse one rescheduling too many: RuleViolation("apology_repeated").

    ``maximum`` is a setting (``apology.max``); Nghị định 61/2018/NĐ-CP and 118/2025/NĐ-CP allow one.
    """
    if previous_apologies >= maximum:
        raise RuleViolation(
            "apology_repeated",
            f"Hồ sơ đã được hẹn lại {previous_apologies} lần. Nghị định 118/2025/NĐ-CP chỉ cho phép hẹn lại "
            f"{maximum} lần (mức đặt trong cài đặt). Hãy trả kết quả sớm nhất có thể "
            "và báo cáo người đứng đầu cơ quan.",
        )


def check_new_due(old_due: datetime, new_due: datetime, now: datetime, latest: datetime | None = None) -> None:
    """Refuse a new due moment that is no help: RuleViolation("new_due_invalid").

    It must lie after the old one and after ``now``; where a cap is set (``apology.cap``, Nghị định
    118/2025/NĐ-CP: not longer than the first limit) also not after ``latest``.
    """
    new, old = local(new_due), local(old_due)
    if new <= old:
        problem = f"Ngày hẹn mới ({_shown(new)}) phải sau ngày hẹn cũ ({_shown(old)})."
    elif new <= local(now):
        problem = f"Ngày hẹn mới ({_shown(new)}) đã qua."
    elif latest is not None and new > local(latest):
        problem = f"Ngày hẹn mới ({_shown(new)}) quá mức gia hạn cho phép (đến {_shown(local(latest))})."
    else:
        return
    raise RuleViolation("new_due_invalid", f"{problem} Hãy chọn ngày hẹn khác.")


def check_step_time(previous: datetime | None, at: datetime, now: datetime) -> None:
    """Refuse a step in the future or before the event that precedes it: RuleViolation("impossible_time").

    ``previous`` is the latest event of the dossier, None for the first.
    """
    moment = local(at)
    if moment > local(now) + CLOCK_TOLERANCE:
        raise RuleViolation(
            "impossible_time",
            f"Thời điểm {_shown(moment)} chưa đến. Hãy kiểm tra lại ngày giờ đã nhập và đồng hồ máy tính.",
        )
    if previous is not None and moment < local(previous):
        raise RuleViolation(
            "impossible_time",
            f"Thời điểm {_shown(moment)} trước bước liền trước của hồ sơ ({_shown(local(previous))}). "
            "Hãy kiểm tra lại ngày giờ đã nhập.",
        )


def _not_permitted(status: Status | None, step: Step) -> RuleViolation:
    where = "Hồ sơ chưa được đăng ký" if status is None else f"Hồ sơ đang ở trạng thái «{label(status)}»"
    instead = ", ".join(f"«{step_label(possible)}»" for possible in permitted_steps(status))
    return RuleViolation("step_not_permitted", f"{where} nên không thể «{step_label(step)}». Có thể làm: {instead}.")


def _shown(moment: datetime) -> str:
    return f"{moment:%H:%M %d/%m/%Y}"
