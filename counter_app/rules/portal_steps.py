"""What a status told by the portal means for a dossier at the desk (design, section 6, "Who is right")."""

from __future__ import annotations

from .lifecycle import Status, Step, label, next_status
from .violation import RuleViolation

_STEPS = {
    Status.RECEIVED: Step.RECEIVE,
    Status.REFUSED: Step.REFUSE,
    Status.PROCESSING: Step.HAND_OVER,
    Status.SUPPLEMENT_REQUESTED: Step.REQUEST_SUPPLEMENT,
    Status.PAYMENT_REQUESTED: Step.REQUEST_PAYMENT,
    Status.WITHDRAWN: Step.WITHDRAW,
    Status.STOPPED: Step.STOP,
    Status.FINISHED: Step.FINISH,
    Status.RETURNED: Step.RETURN,
}


def steps_told(status: Status, said: Status, *, came_from: Status | None = None) -> tuple[Step, ...]:
    """Return the steps that lead from the desk's ``status`` to the one that the portal ``said``.

    Empty when the dossier is there already. In process again after a wait (4 after 5 or 6) means that the
    supplement or the payment came in; in process while in process is work passed on. ``came_from`` is where the
    open supplement request found the dossier.

    Raises:
        RuleViolation: ``portal_status_clash`` when one side would have to be overwritten: a person decides.
    """
    if said is status and said not in (Status.PROCESSING, Status.RECEIVED):
        return ()
    steps = _candidates(status, said, came_from)
    reached: Status = status
    try:
        for step in steps:
            reached = next_status(reached, step, came_from=came_from)
    except RuleViolation as violation:
        raise _clash(status, said) from violation
    if reached is not said or not steps:
        raise _clash(status, said)
    return steps


def _candidates(status: Status, said: Status, came_from: Status | None) -> tuple[Step, ...]:
    if status is Status.PAYMENT_REQUESTED and said is Status.PROCESSING:
        return (Step.PAY,)
    if status is Status.SUPPLEMENT_REQUESTED and said in (Status.REGISTERED, Status.RECEIVED, Status.PROCESSING):
        handed_over = said is Status.PROCESSING and came_from is Status.RECEIVED
        return (Step.SUPPLEMENT, Step.HAND_OVER) if handed_over else (Step.SUPPLEMENT,)
    step = _STEPS.get(said)
    return () if step is None else (step,)


def _clash(status: Status, said: Status) -> RuleViolation:
    if status is said:
        words = "Cổng báo nơi khác đã tiếp nhận hồ sơ này, trong khi quầy cũng đã tiếp nhận."
    else:
        words = f"Cổng báo «{label(said)}» trong khi hồ sơ tại quầy ở trạng thái «{label(status)}»."
    return RuleViolation("portal_status_clash", f"{words} Hãy so hai bên rồi chọn giữ của quầy hay lấy của cổng.")
