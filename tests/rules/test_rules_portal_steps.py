"""What a status told by the portal means at the desk: steps of our own lifecycle, or a clash for a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.lifecycle import CLOSED, Status, Step, derive, label, next_status
from counter_app.rules.portal_steps import steps_told
from counter_app.rules.violation import RuleViolation

R, S, P, W = Status.REGISTERED, Status.SUPPLEMENT_REQUESTED, Status.PROCESSING, Status.PAYMENT_REQUESTED


@pytest.mark.parametrize(
    ("status", "said", "came_from", "steps"),
    [
        (R, Status.RECEIVED, None, "receive"),
        (R, Status.REFUSED, None, "refuse"),
        (R, S, None, "request_supplement"),
        (Status.RECEIVED, P, None, "hand_over"),
        (P, P, None, "hand_over"),
        (P, S, None, "request_supplement"),
        (P, W, None, "request_payment"),
        (P, Status.FINISHED, None, "finish"),
        (S, P, P, "supplement"),
        (S, P, Status.RECEIVED, "supplement hand_over"),
        (S, Status.RECEIVED, Status.RECEIVED, "supplement"),
        (S, R, R, "supplement"),
        (W, P, None, "pay"),
        (S, Status.WITHDRAWN, P, "withdraw"),
        (W, Status.STOPPED, None, "stop"),
        (Status.FINISHED, Status.RETURNED, None, "return"),
        (Status.FINISHED, Status.FINISHED, None, ""),
        (S, S, P, ""),
    ],
)
def test_steps(status: Status, said: Status, came_from: Status | None, steps: str) -> None:
    assert steps_told(status, said, came_from=came_from) == tuple(map(Step, steps.split()))


@pytest.mark.parametrize(
    ("status", "said", "came_from"),
    [
        (Status.RECEIVED, Status.RECEIVED, None),
        (Status.RECEIVED, R, None),
        (Status.RECEIVED, W, None),
        (Status.RECEIVED, Status.RETURNED, None),
        (R, P, None),
        (R, Status.FINISHED, None),
        (S, P, R),
        (S, Status.RECEIVED, P),
        (S, Status.FINISHED, P),
        (W, S, None),
        (Status.FINISHED, P, None),
        (Status.WITHDRAWN, P, None),
        (Status.RETURNED, Status.FINISHED, None),
    ],
)
def test_what_a_person_decides(status: Status, said: Status, came_from: Status | None) -> None:
    with pytest.raises(RuleViolation) as clash:
        steps_told(status, said, came_from=came_from)
    assert clash.value.kind == "portal_status_clash"
    assert status is said or (label(status) in clash.value.message and label(said) in clash.value.message)


def _history(data: st.DataObject) -> list[Step]:
    """Steps that can follow one another, as far as the draw goes."""
    history = [data.draw(st.sampled_from((Step.REGISTER, Step.RECEIVE)))]
    for _ in range(data.draw(st.integers(0, 8))):
        step = data.draw(st.sampled_from(Step))
        try:
            derive([*history, step])
        except RuleViolation:
            continue
        history.append(step)
    return history


@given(st.data(), st.sampled_from(Status))
def test_steps_lead_to_what_was_said_or_a_person_decides(data: st.DataObject, said: Status) -> None:
    history = _history(data)
    status = derive(history)
    came_from = _came_from(history)
    try:
        steps = steps_told(status, said, came_from=came_from)
    except RuleViolation:
        assert said is not status or status is Status.RECEIVED
        return
    assert derive([*history, *steps]) is said
    if status in CLOSED and status is not Status.FINISHED:
        assert steps == (), "what is settled is never opened again by the portal alone"


def _came_from(history: list[Step]) -> Status | None:
    found = status = None
    for step in history:
        if step is Step.REQUEST_SUPPLEMENT:
            found = status
        status = next_status(status, step, came_from=found)
    return found
