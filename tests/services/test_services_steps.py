"""The steps after reception: what each does, what it needs, what it is refused for, and the clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from counter_app.errors import UserError
from counter_app.models import Dossier, NumberSeries
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step, label, permitted_steps, step_label
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.paper_facts import FROZEN
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import ELSEWHERE, StepInput, take_step
from counter_app.services.values import ComponentIn, DossierView, FeeIn, StepDone
from counter_app.services.verify import verify
from counter_app.settings import ApologySettings, with_changes
from tests.catalogue_samples import CASES, HNGAM, HOURS, ON_THE_SPOT, full_request, request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import nothing_stored, payloads, refused

ENOUGH = StepInput(reason="Lý do", unit="Phòng Tư pháp", new_due=datetime(2026, 3, 16, 17, tzinfo=VIETNAM))
"""What is enough for any step."""

WAY_TO: dict[Status, tuple[Step, ...]] = {
    Status.RECEIVED: (),
    Status.PROCESSING: (Step.HAND_OVER,),
    Status.SUPPLEMENT_REQUESTED: (Step.REQUEST_SUPPLEMENT,),
    Status.PAYMENT_REQUESTED: (Step.HAND_OVER, Step.REQUEST_PAYMENT),
    Status.WITHDRAWN: (Step.WITHDRAW,),
    Status.STOPPED: (Step.STOP,),
    Status.FINISHED: (Step.FINISH,),
    Status.RETURNED: (Step.FINISH, Step.RETURN),
}
TAKEN_HERE = tuple(step for step in Step if step not in ELSEWHERE | {Step.RECEIVE})


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


def dossier_in(desk: DeskContext, status: Status) -> str:
    code = receive(desk, full_request()).code
    for step in WAY_TO[status]:
        take_step(desk, code, step, ENOUGH)
    assert show(desk, code).row.status == status
    return code


@pytest.mark.parametrize("status", WAY_TO)
def test_only_permitted_steps_are_taken_and_the_refusal_names_them(desk: DeskContext, status: Status) -> None:
    code = dossier_in(desk, status)
    for step in TAKEN_HERE:
        if step in permitted_steps(status):
            continue
        with nothing_stored(desk), refused("step_not_permitted", label(status), step_label(step)) as caught:
            take_step(desk, code, step, ENOUGH)
        for possible in permitted_steps(status):
            assert step_label(possible) in caught.value.message
    for step in TAKEN_HERE:
        if step in permitted_steps(status):
            code = dossier_in(desk, status)
            before = show(desk, code)
            done = take_step(desk, code, step, ENOUGH)
            after = show(desk, code)
            assert len(after.events) == len(before.events) + 1
            assert (after.events[-1].step, after.events[-1].status_before) == (step, status)
            assert done.status == after.row.status == after.events[-1].status_after
            assert after.row.is_open == (Status(done.status) not in CLOSED_STATUSES)
    assert verify(desk).problems == ()


CLOSED_STATUSES = {Status.WITHDRAWN, Status.STOPPED, Status.FINISHED, Status.RETURNED, Status.REFUSED}


@pytest.mark.parametrize(
    ("step", "given", "kind"),
    [
        (Step.HAND_OVER, StepInput(unit=" "), "unit_missing"),
        (Step.REQUEST_SUPPLEMENT, StepInput(), "reason_missing"),
        (Step.STOP, StepInput(reason="\n"), "reason_missing"),
        (Step.REFUSE, StepInput(), "reason_missing"),
        (Step.APOLOGISE, StepInput(unit="P", new_due=ENOUGH.new_due), "reason_missing"),
        (Step.APOLOGISE, StepInput(reason="R", new_due=ENOUGH.new_due), "unit_missing"),
        (Step.APOLOGISE, StepInput(reason="R", unit="P"), "new_due_missing"),
        (Step.RETURN, StepInput(by="drone"), "return_unknown"),
        (Step.FINISH, StepInput(at=moment(11, 9)), "impossible_time"),
        (Step.FINISH, StepInput(at=moment(9, 9)), "impossible_time"),
        (Step.STOP, StepInput(reason="hỏng \ud83d"), "text_invalid"),
    ],
)
def test_what_a_step_needs_is_asked_for(desk: DeskContext, step: Step, given: StepInput, kind: str) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    with nothing_stored(desk), refused(kind, error=UserError):
        take_step(desk, code, step, given)


@pytest.mark.parametrize("step", [Step.REGISTER, Step.ATTACH, Step.CORRECT])
def test_steps_with_a_service_of_their_own_are_a_bug_here(desk: DeskContext, step: Step) -> None:
    with pytest.raises(ValueError, match=step):
        take_step(desk, dossier_in(desk, Status.RECEIVED), step, ENOUGH)


@pytest.mark.parametrize("typed", ["H15.36-260310-9999", "không phải mã", ""])
def test_unknown_code_is_refused(desk: DeskContext, typed: str) -> None:
    with nothing_stored(desk), refused("dossier_unknown", error=UserError):
        take_step(desk, typed, Step.FINISH, StepInput())


def test_scanned_code_is_understood(desk: DeskContext) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    assert take_step(desk, f"]C1{code.lower()}\r", Step.FINISH, StepInput()).code == code


def test_hand_over_moves_the_paper_and_remembers_from_where(desk: DeskContext) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    unit = unicodedata.normalize("NFD", " Phòng Kinh tế ")
    take_step(desk, code, Step.HAND_OVER, StepInput(unit=unit))
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Công an xã"))
    view = show(desk, code)
    assert view.row.unit == "Công an xã"
    assert [event.unit for event in view.events[1:]] == ["Phòng Kinh tế", "Công an xã"]
    assert view.events[2].details["from_unit"] == "Phòng Kinh tế"


def test_two_steps_to_one_status_never_share_a_second(desk: DeskContext) -> None:
    code = dossier_in(desk, Status.PROCESSING)
    for _ in range(3):
        take_step(desk, code, Step.ACCEPT, StepInput())
    sent = [(step["ThoiDiemXuLy"], step["TrangThai"]) for step in payloads(desk, code, "step")]
    assert len(sent) == len(set(sent)) == 4
    assert sent == sorted(sent)


def test_clock_set_back_keeps_the_order_of_events(desk: DeskContext, clock: Clock) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    received = clock.now
    clock.move(minutes=-4)
    assert take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp")).at == received
    clock.move(hours=-2)
    with refused("impossible_time", "đồng hồ máy tính", error=UserError):
        take_step(desk, code, Step.FINISH, StepInput())


def test_late_entry_of_a_step_keeps_both_times(desk: DeskContext, clock: Clock) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    clock.set(11, 9)
    happened = moment(10, 14)
    assert take_step(desk, code, Step.FINISH, StepInput(at=happened)).at == happened
    event = show(desk, code).events[-1]
    assert (event.at, event.entered_at) == (happened, clock.now)
    assert show(desk, code).row.finished_at == happened


def test_late_entry_that_tells_no_seconds_follows_the_step_of_the_same_minute(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    happened = clock.now.replace(second=0)
    clock.now = happened + timedelta(seconds=40)
    code = receive(desk, full_request()).code
    attach(desk, code, [write_pdf(tmp_path / "đơn.pdf")], component="TP01")
    done = take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp", at=happened))
    assert done.at == show(desk, code).events[-2].at, "with the step that precedes it"
    with refused("impossible_time", "trước bước liền trước"):
        take_step(desk, code, Step.FINISH, StepInput(at=happened - timedelta(minutes=1)))


def test_supplement_lets_the_rest_of_the_time_run_on(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(11, 8, 30)
    paused = take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao"))
    assert paused.due == moment(13, 17), "the promise stands until the papers are in"
    assert show(desk, code).events[-1].form == "supplement_request"
    clock.set(16, 8, 30)
    resumed = take_step(desk, code, Step.SUPPLEMENT, StepInput())
    assert resumed.due == moment(18, 17), "two days and a half were left on Wednesday"
    view = show(desk, code)
    assert (view.row.status, view.row.paused_at, view.first_due) == ("received", None, moment(13, 17))
    assert (view.events[-1].due_before, view.events[-1].due_after) == (moment(13, 17), moment(18, 17))
    assert (view.events[-1].form, view.events[-1].form_number) == ("receipt", 2)


def test_two_short_waits_move_the_date_by_one_day_together(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    for _ in range(2):
        take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao", again="Thiếu thêm"))
        clock.now += timedelta(minutes=10)
        back = take_step(desk, code, Step.SUPPLEMENT, StepInput())
    assert back.due == moment(16, 17)


def test_supplement_asked_in_processing_goes_back_to_processing(desk: DeskContext) -> None:
    code = dossier_in(desk, Status.PROCESSING)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, ENOUGH)
    assert take_step(desk, code, Step.SUPPLEMENT, StepInput()).status == "processing"


def test_working_hours_run_on_to_the_minute(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, request(HOURS)).code
    clock.set(10, 9)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(12, 14)
    assert take_step(desk, code, Step.SUPPLEMENT, StepInput()).due == moment(13, 7, 30)


def test_late_when_paused_stays_late(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(16, 9)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(20, 9)
    assert take_step(desk, code, Step.SUPPLEMENT, StepInput()).due == moment(13, 17)


def test_waiting_is_no_part_of_the_time_that_counts_as_soon(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(11, 8, 30)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(30, 8, 30)
    done = take_step(desk, code, Step.SUPPLEMENT, StepInput())
    soon = show(desk, code).row.due_soon_from
    assert done.due == datetime(2026, 4, 1, 17, tzinfo=VIETNAM)
    assert soon == datetime(2026, 4, 1, 7, tzinfo=VIETNAM), "one working day before the end"


def test_payment_pauses_and_paying_resumes(desk: DeskContext, clock: Clock) -> None:
    code = dossier_in(desk, Status.PROCESSING)
    clock.set(11, 8, 30)
    take_step(desk, code, Step.REQUEST_PAYMENT, StepInput())
    clock.set(12, 8, 30)
    done = take_step(desk, code, Step.PAY, StepInput(method="transfer"))
    view = show(desk, code)
    assert (done.status, done.due) == ("processing", moment(16, 17))
    assert (view.money_state, view.fees[0].method, view.fees[0].paid_at) == ("paid", "transfer", clock.now)
    assert view.row.paused_at is None
    assert view.events[-1].form == "receipt", "the date that was reckoned anew goes on it"


def test_paying_without_a_request_moves_only_the_money(desk: DeskContext, clock: Clock) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    clock.set(11, 8)
    done = take_step(desk, code, Step.PAY, StepInput())
    view = show(desk, code)
    assert (done.status, done.due, view.money_state) == ("received", moment(13, 17), "paid")
    assert view.fees[0].method == "cash"


def test_fee_paid_at_reception_keeps_its_time_and_method(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request(channel="postal", fees=(FeeIn("LP01", True, "transfer", "FT1"),))).code
    received = clock.now
    clock.move(hours=1)
    take_step(desk, code, Step.PAY, StepInput(method="cash"))
    fees = {fee.code: (fee.method, fee.paid_at) for fee in show(desk, code).fees}
    assert fees == {"LP01": ("transfer", received), "LP02": ("cash", clock.now)}


def test_payment_asked_without_a_fee_warns(desk: DeskContext) -> None:
    code = receive(desk, request(HOURS)).code
    take_step(desk, code, Step.HAND_OVER, ENOUGH)
    assert any("phí" in warning for warning in take_step(desk, code, Step.REQUEST_PAYMENT, StepInput()).warnings)


def test_result_on_the_spot_is_finished_and_returned_at_once(desk: DeskContext) -> None:
    code = receive(desk, request(ON_THE_SPOT)).code
    take_step(desk, code, Step.FINISH, StepInput())
    done = take_step(desk, code, Step.RETURN, StepInput())
    assert (done.status, done.warnings) == ("returned", ())


def returned(desk: DeskContext, code: str, **given: Any) -> tuple[StepDone, DossierView]:
    done = take_step(desk, code, Step.RETURN, StepInput(**given))
    return done, show(desk, code)


@pytest.mark.parametrize(
    ("by", "delivery"), [("", "confirmed"), ("counter", "confirmed"), ("post", "posted"), ("online", "online")]
)
def test_return_says_how_and_to_whom(desk: DeskContext, by: str, delivery: str) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", True),))).code
    take_step(desk, code, Step.FINISH, StepInput())
    reason = "Bộ trả trên hệ thống của mình" if by == "online" else ""
    right = "Giấy ủy quyền số 5"
    done, view = returned(desk, code, by=by, to="Y Bhiăo Êban", authority=right, tracking="VN123", reason=reason)
    assert done.warnings == ()
    assert (view.delivery_state, view.return_by) == (delivery, by or "counter")
    told = {name: value for name, value in view.events[-1].details.items() if name != FROZEN}
    parcel = {"tracking": "VN123", "address": "", "phone": ""} if by == "post" else {}
    assert told == {"by": by or "counter", "to": "Y Bhiăo Êban", "authority": right, **parcel}
    assert view.returned_at == done.at


def test_return_to_the_applicant_unless_said_otherwise(desk: DeskContext) -> None:
    _, view = returned(desk, dossier_in(desk, Status.FINISHED))
    assert view.events[-1].details["to"] == HNGAM.name


def test_late_return_is_never_blocked_but_told(desk: DeskContext, clock: Clock) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    clock.set(16, 8)
    assert any("trễ hạn" in warning for warning in take_step(desk, code, Step.FINISH, StepInput()).warnings)
    done, view = returned(desk, code)
    assert view.row.status == "returned"
    assert any("xin lỗi" in warning for warning in done.warnings)
    assert any("phí" in warning for warning in done.warnings)


def test_dossier_finished_in_time_and_fetched_late_is_not_late(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", True),))).code
    take_step(desk, code, Step.FINISH, StepInput())
    clock.set(27, 8)
    assert returned(desk, code)[0].warnings == ()


def apologise(new_due: datetime, **more: Any) -> StepInput:
    return StepInput(reason="Chờ xác minh", unit="Phòng Tư pháp", new_due=new_due, **more)


def test_apology_moves_the_date_once(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(11, 8)
    done = take_step(desk, code, Step.APOLOGISE, apologise(moment(17, 17)))
    view = show(desk, code)
    assert (done.due, done.warnings) == (moment(17, 17), ())
    assert (view.row.apology_count, view.first_due, view.row.status) == (1, moment(13, 17), "received")
    event = view.events[-1]
    assert (event.form, event.form_number, event.reason, event.unit) == (
        "apology",
        1,
        "Chờ xác minh",
        "Phòng Tư pháp",
    )
    assert (event.due_before, event.due_after) == (moment(13, 17), moment(17, 17))
    with nothing_stored(desk), refused("apology_repeated", "118/2025", error=UserError):
        take_step(desk, code, Step.APOLOGISE, apologise(moment(18, 17)))


def test_apology_may_be_repeated_where_the_setting_allows(desk: DeskContext) -> None:
    lenient = replace(desk, settings=with_changes(desk.settings, apology={"max": 2, "cap": "none"}))
    code = receive(desk, full_request()).code
    for day in (17, 27):
        take_step(lenient, code, Step.APOLOGISE, apologise(moment(day, 17)))
    assert show(desk, code).row.apology_count == 2
    with refused("apology_repeated", "2 lần"):
        take_step(lenient, code, Step.APOLOGISE, apologise(moment(30, 17)))


@pytest.mark.parametrize(
    ("new_due", "word"),
    [
        (moment(13, 17), "phải sau ngày hẹn cũ"),
        (moment(12, 17), "phải sau ngày hẹn cũ"),
        (moment(19, 8), "quá mức gia hạn"),
        (datetime(2027, 3, 1, 8, tzinfo=VIETNAM), "quá mức gia hạn"),
    ],
)
def test_apology_needs_a_later_date_within_the_first_limit(desk: DeskContext, new_due: datetime, word: str) -> None:
    code = receive(desk, full_request()).code
    with nothing_stored(desk), refused("new_due_invalid", word, error=UserError):
        take_step(desk, code, Step.APOLOGISE, apologise(new_due))


def test_apology_to_a_date_that_has_passed_is_refused(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(17, 9)
    with nothing_stored(desk), refused("new_due_invalid", "đã qua", error=UserError):
        take_step(desk, code, Step.APOLOGISE, apologise(moment(16, 17)))


def test_cap_is_the_first_limit_from_the_promised_date(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    assert take_step(desk, code, Step.APOLOGISE, apologise(moment(18, 17))).due == moment(18, 17)


def test_dossier_long_late_can_still_get_its_letter(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(25, 9)
    done = take_step(desk, code, Step.APOLOGISE, apologise(moment(27, 17)))
    assert (done.due, bool(done.warnings)) == (moment(27, 17), True)


@pytest.mark.parametrize(
    ("at", "warned"), [(moment(11, 17), False), (moment(12, 16), False), (moment(13, 8), True), (moment(16, 8), True)]
)
def test_apology_less_than_a_day_ahead_warns(desk: DeskContext, clock: Clock, at: datetime, warned: bool) -> None:
    code = receive(desk, full_request()).code
    clock.now = at
    done = take_step(desk, code, Step.APOLOGISE, apologise(moment(17, 17)))
    assert bool(done.warnings) == warned


def test_lead_days_are_a_setting(desk: DeskContext, clock: Clock) -> None:
    strict = replace(desk, settings=with_changes(desk.settings, apology={"lead_days": 3}))
    assert strict.settings.apology == ApologySettings(3, 1, "first_limit")
    code = receive(desk, full_request()).code
    clock.set(11, 8)
    assert take_step(strict, code, Step.APOLOGISE, apologise(moment(17, 17))).warnings


def test_apology_while_the_clock_stands_holds_after_it_runs_again(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.set(11, 8)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    take_step(desk, code, Step.APOLOGISE, apologise(moment(17, 17)))
    clock.set(12, 8)
    assert take_step(desk, code, Step.SUPPLEMENT, StepInput()).due == moment(18, 17)


def test_apologised_dossier_that_finishes_late_stays_late(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", True),))).code
    take_step(desk, code, Step.APOLOGISE, apologise(moment(17, 17)))
    clock.set(18, 8)
    assert take_step(desk, code, Step.FINISH, StepInput()).warnings
    assert returned(desk, code)[0].warnings == (), "a letter was sent"


def test_calendar_days_after_a_pause(desk: DeskContext, clock: Clock) -> None:
    papers = (ComponentIn("TP01", 1), ComponentIn("TP02", 1))
    code = receive(desk, request(CASES, components=papers)).code
    clock.set(12, 10)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(17, 10)
    assert take_step(desk, code, Step.SUPPLEMENT, StepInput()).due == moment(25, 17)


def test_form_numbers_of_a_year_follow_the_local_date(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.now = datetime(2027, 1, 1, 0, 30, tzinfo=VIETNAM)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    with desk.database.read() as session:
        assert session.get_one(NumberSeries, "form:supplement_request:H15.36:2027").last == 1


@pytest.mark.parametrize("status", WAY_TO)
def test_permitted_steps_are_shown(desk: DeskContext, status: Status) -> None:
    shown = show(desk, dossier_in(desk, status)).permitted_steps
    assert list(shown) == [step.value for step in permitted_steps(status)]


def test_each_step_counts_up_the_revision(desk: DeskContext) -> None:
    code = dossier_in(desk, Status.RETURNED)
    with desk.database.read() as session:
        assert session.query(Dossier.revision).filter_by(code=code).scalar() == len(show(desk, code).events)


def test_failure_in_the_middle_of_a_step_takes_everything_back(
    desk: DeskContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counter_app.services import outgoing

    code = dossier_in(desk, Status.RECEIVED)
    before = show(desk, code)
    whole: Callable[..., None] = outgoing.queue_update

    def cut(*arguments: Any) -> None:
        whole(*arguments)
        raise OSError("power cut")

    monkeypatch.setattr(outgoing, "queue_update", cut)
    with nothing_stored(desk), pytest.raises(OSError, match="power cut"):
        take_step(desk, code, Step.HAND_OVER, ENOUGH)
    assert show(desk, code) == before


def test_time_just_ahead_of_a_slow_clock_is_taken(desk: DeskContext, clock: Clock) -> None:
    code = dossier_in(desk, Status.RECEIVED)
    ahead = clock.now + timedelta(minutes=4)
    assert take_step(desk, code, Step.FINISH, StepInput(at=ahead)).at == ahead
