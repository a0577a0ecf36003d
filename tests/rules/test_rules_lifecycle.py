"""Statuses and steps of a dossier."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import (
    CLOSED,
    OPEN,
    TRANSITIONS,
    Status,
    Step,
    check_new_due,
    check_step_time,
    clock_stands,
    derive,
    from_portal_number,
    is_open,
    label,
    may_apologise,
    next_status,
    permitted_steps,
    portal_number,
    step_label,
)
from counter_app.rules.violation import RuleViolation

NOW = datetime(2026, 3, 2, 10, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ("register", Status.REGISTERED),
        ("receive", Status.RECEIVED),
        ("register receive", Status.RECEIVED),
        ("register accept", Status.RECEIVED),
        ("register refuse", Status.REFUSED),
        ("receive hand_over", Status.PROCESSING),
        ("receive hand_over accept", Status.PROCESSING),
        ("receive hand_over hand_over accept", Status.PROCESSING),
        ("receive hand_over request_supplement", Status.SUPPLEMENT_REQUESTED),
        ("receive hand_over request_supplement supplement", Status.PROCESSING),
        ("receive hand_over request_payment", Status.PAYMENT_REQUESTED),
        ("receive hand_over request_payment pay", Status.PROCESSING),
        # A required component is missing: received with a supplement request, and back to received.
        ("receive request_supplement supplement", Status.RECEIVED),
        ("receive request_supplement attach correct pay supplement", Status.RECEIVED),
        ("receive request_supplement supplement hand_over request_supplement supplement", Status.PROCESSING),
        # An online dossier is answered by a supplement request before it is received.
        ("register request_supplement supplement", Status.REGISTERED),
        ("register request_supplement supplement receive", Status.RECEIVED),
        ("register request_supplement supplement receive request_supplement supplement", Status.RECEIVED),
        # A fee paid while none is awaited is no matter of the status.
        ("receive pay", Status.RECEIVED),
        ("receive hand_over request_supplement pay", Status.SUPPLEMENT_REQUESTED),
        ("receive hand_over finish pay", Status.FINISHED),
        ("receive hand_over request_payment exempt refund", Status.PAYMENT_REQUESTED),
        ("receive exempt stop refund", Status.STOPPED),
        # A result on the spot.
        ("receive finish return", Status.RETURNED),
        ("receive hand_over apologise finish return", Status.RETURNED),
        ("receive hand_over request_supplement withdraw", Status.WITHDRAWN),
        ("receive hand_over request_payment stop", Status.STOPPED),
        ("receive finish return attach correct", Status.RETURNED),
    ],
)
def test_histories(steps: str, status: Status) -> None:
    assert derive(map(Step, steps.split())) is status


@pytest.mark.parametrize(
    "steps",
    [
        "hand_over",
        "receive receive",
        "receive accept",
        "receive refuse",
        "receive return",
        "receive request_payment",
        "receive supplement",
        "receive hand_over return",
        "receive hand_over refuse",
        "receive hand_over request_supplement finish",
        "receive hand_over request_supplement request_payment",
        "receive hand_over request_payment finish",
        "receive hand_over finish withdraw",
        "receive hand_over finish stop",
        "receive hand_over finish apologise",
        "receive finish return return",
        "receive withdraw stop",
        "register refuse receive",
        "register apologise",
        "register hand_over",
        "register request_supplement receive",
    ],
)
def test_histories_that_cannot_be(steps: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        derive(map(Step, steps.split()))

    assert refusal.value.kind == "step_not_permitted"


def test_a_refusal_names_what_is_possible_instead() -> None:
    with pytest.raises(RuleViolation) as refusal:
        next_status(Status.FINISHED, Step.WITHDRAW)

    assert refusal.value.message == (
        "Hồ sơ đang ở trạng thái «Đã có kết quả» nên không thể «Rút hồ sơ». "
        "Có thể làm: «Thu phí, lệ phí», «Miễn, giảm phí, lệ phí», «Hoàn phí, lệ phí», «Trả kết quả», "
        "«Đính chính», «Đính kèm tệp»."
    )


def test_a_correction_sets_the_status_and_the_history_goes_on_from_there() -> None:
    finished = [Step.RECEIVE, Step.FINISH]
    assert derive([*finished, Status.PROCESSING, Step.HAND_OVER]) is Status.PROCESSING
    assert derive([Step.RECEIVE, Status.SUPPLEMENT_REQUESTED, Step.SUPPLEMENT]) is Status.RECEIVED
    with pytest.raises(RuleViolation):
        derive([*finished, Status.WITHDRAWN, Step.RETURN])


def test_a_history_without_events_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        derive([])

    assert refusal.value.kind == "history_empty"


@given(st.data())
def test_only_permitted_steps_succeed_and_deriving_is_folding(data: st.DataObject) -> None:
    status: Status | None = None
    came_from: Status | None = None
    history: list[Step] = []
    for _ in range(data.draw(st.integers(1, 15))):
        permitted = permitted_steps(status)
        for step in set(Step) - set(permitted):
            with pytest.raises(RuleViolation):
                next_status(status, step, came_from=came_from)
            with pytest.raises(RuleViolation):
                derive([*history, step])
        step = data.draw(st.sampled_from(permitted))
        if step is Step.REQUEST_SUPPLEMENT:
            came_from = status
        status = next_status(status, step, came_from=came_from)
        history.append(step)
        assert derive(history) is status


def test_every_status_can_be_reached() -> None:
    reached, waiting = set[Status](), [Status.REGISTERED]
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting += [next_status(status, step) for step in permitted_steps(status)]

    assert reached == set(Status)


def test_what_is_settled_never_opens_again() -> None:
    for status in CLOSED:
        assert not any(is_open(after) for after in TRANSITIONS[status].values())


def test_open_dossiers_can_always_be_withdrawn_and_stopped_and_no_other() -> None:
    for status in Status:
        assert (Step.WITHDRAW in permitted_steps(status)) is (status in OPEN)
        assert (Step.STOP in permitted_steps(status)) is (status in OPEN)


def test_the_clock_stands_while_a_supplement_or_a_payment_is_awaited() -> None:
    assert {status for status in Status if clock_stands(status)} == {
        Status.SUPPLEMENT_REQUESTED,
        Status.PAYMENT_REQUESTED,
    }


def test_numbers_of_the_portal() -> None:
    named = {
        1: Status.REGISTERED,
        2: Status.RECEIVED,
        3: Status.REFUSED,
        4: Status.PROCESSING,
        5: Status.SUPPLEMENT_REQUESTED,
        6: Status.PAYMENT_REQUESTED,
        7: Status.WITHDRAWN,
        8: Status.STOPPED,
        9: Status.FINISHED,
        10: Status.RETURNED,
    }
    assert {portal_number(status): status for status in Status} == named
    assert all(from_portal_number(number) is status for number, status in named.items())


@pytest.mark.parametrize("number", [0, 11, -1])
def test_a_number_that_the_portal_does_not_have(number: int) -> None:
    with pytest.raises(RuleViolation) as refusal:
        from_portal_number(number)

    assert refusal.value.kind == "status_unknown"


def test_labels_are_distinct() -> None:
    assert len({label(status) for status in Status}) == len(Status)
    assert len({step_label(step) for step in Step}) == len(Step)


def test_a_second_apology_is_refused_unless_the_setting_allows() -> None:
    may_apologise(0)
    may_apologise(1, maximum=2)
    with pytest.raises(RuleViolation) as refusal:
        may_apologise(1)

    assert refusal.value.kind == "apology_repeated"
    assert "118/2025/NĐ-CP" in refusal.value.message


def test_a_new_due_date_lies_after_the_old_one_and_ahead() -> None:
    old = NOW + HOUR
    check_new_due(old, old + HOUR, NOW)
    check_new_due(old, old + HOUR, NOW, latest=old + HOUR)
    for new, now, latest in (
        (old, NOW, None),
        (old - HOUR, NOW, None),
        (old + HOUR, old + HOUR, None),
        (old + 2 * HOUR, NOW, old + HOUR),
    ):
        with pytest.raises(RuleViolation) as refusal:
            check_new_due(old, new, now, latest)
        assert refusal.value.kind == "new_due_invalid"


def test_a_step_lies_neither_in_the_future_nor_before_the_one_that_precedes_it() -> None:
    check_step_time(None, NOW, NOW)
    check_step_time(NOW, NOW, NOW)
    check_step_time(NOW - 24 * HOUR, NOW - HOUR, NOW)
    check_step_time(None, NOW + timedelta(minutes=5), NOW)
    for previous, moment in ((None, NOW + timedelta(minutes=5, seconds=1)), (NOW, NOW - timedelta(seconds=1))):
        with pytest.raises(RuleViolation) as refusal:
            check_step_time(previous, moment, NOW)
        assert refusal.value.kind == "impossible_time"
        assert re.search(r"\d\d:\d\d \d\d/\d\d/2026", refusal.value.message)
