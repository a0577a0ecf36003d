"""Handing over by signed lists: asked first, responsible until confirmed, wrong ones put right, slips and shelves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.inner_limit import Timing
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.handover import discard, going, prepare, send
from counter_app.services.handover_lists import handover_list, handover_lists, known_units, waiting_list
from counter_app.services.handover_receive import confirm, finish, redirect, take_back
from counter_app.services.handover_shelf import on_shelf, put_on_shelf, shelf_history
from counter_app.services.handover_slip import control_slip
from counter_app.services.handover_values import Destination, HandoverView, Sender, Signing
from counter_app.services.outbox import list_outbox
from counter_app.services.reading import find, show
from counter_app.services.receive import receive
from counter_app.services.returning import give
from counter_app.services.returning_delivery import Handing
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last
from counter_app.services.verify import verify
from tests.catalogue_samples import DUNG, YBHIAO, full_request
from tests.conftest import Clock
from tests.services.inspect_desk import refused

CIVIL, LAND = "Phòng Văn hóa - Xã hội", "Chi nhánh Văn phòng đăng ký đất đai"
AT_DESK = "Bộ phận tiếp nhận và trả kết quả"


def take_in(desk: DeskContext, count: int = 2) -> list[str]:
    people = (DUNG, YBHIAO)
    return [receive(desk, full_request(applicant=people[number % 2])).code for number in range(count)]


def sent(
    desk: DeskContext, codes: list[str], unit: str = CIVIL, due: datetime | None = None, giver: str = ""
) -> HandoverView:
    made = prepare(desk, codes, Destination(unit, due=due))
    return send(desk, made.id, giver)


def unit(desk: DeskContext, code: str) -> str:
    return show(desk, code).row.unit


def test_nothing_goes_before_the_giver_signs(desk: DeskContext) -> None:
    codes = take_in(desk)
    made = prepare(desk, codes, Destination(CIVIL, note="Chuyển buổi sáng"))
    assert (made.number, made.state, made.from_unit, made.complete) == (1, "draft", AT_DESK, False)
    assert [line.code for line in made.lines] == codes
    assert made.lines[0].papers == (("Tờ khai theo mẫu", 1, 0), ("Giấy tờ tùy thân", 0, 1))
    assert [show(desk, code).row.status for code in codes] == ["received", "received"]
    discard(desk, made.id)
    assert handover_list(desk, made.id).state == "discarded"
    again = prepare(desk, codes, Destination(CIVIL))
    assert again.number == 2


def test_the_sender_stays_responsible_until_the_receiver_confirms(desk: DeskContext, clock: Clock) -> None:
    codes = take_in(desk)
    given = sent(desk, codes)
    assert [show(desk, code).row.status for code in codes] == ["processing", "processing"]
    assert [unit(desk, code) for code in codes] == ["", ""]
    assert control_slip(desk, codes[0]).held_by == AT_DESK
    clock.move(minutes=40)
    done = confirm(desk, given.id, Signing("Y Thắng Êban"))
    assert (done.state, done.giver, done.receiver, done.complete) == ("closed", "Lê Thị Hạnh", "Y Thắng Êban", True)
    assert [unit(desk, code) for code in codes] == [CIVIL, CIVIL]
    (row,) = control_slip(desk, codes[0]).rows
    assert (row.from_unit, row.to_unit, row.giver, row.receiver) == (AT_DESK, CIVIL, "Lê Thị Hạnh", "Y Thắng Êban")
    assert row.received_at == clock.now
    assert verify(desk).problems == ()


def test_the_portal_is_told_of_the_handing_over_and_of_the_confirmation(desk: DeskContext) -> None:
    (code,) = take_in(desk, 1)
    confirm(desk, sent(desk, [code]).id, Signing("Y Thắng Êban"))
    assert [row.kind for row in list_outbox(desk)] == ["create", "step", "update", "step", "update"]


def test_the_receiver_sends_one_back_with_a_reason(desk: DeskContext, clock: Clock) -> None:
    first, second = take_in(desk)
    due = show(desk, first).row.due
    given = sent(desk, [first, second])
    clock.move(hours=1)
    with pytest.raises(UserError) as refusal:
        confirm(desk, given.id, Signing("Y Thắng Êban", turned_back={second: " "}))
    assert refusal.value.kind == "reason_missing"
    done = confirm(desk, given.id, Signing("Y Thắng Êban", turned_back={second: "Không thuộc thẩm quyền"}))
    assert [line.state for line in done.lines] == ["confirmed", "turned_back"]
    assert (unit(desk, first), unit(desk, second)) == (CIVIL, "")
    assert show(desk, second).row.due == due
    back = control_slip(desk, second).rows[-1]
    assert (back.from_unit, back.to_unit, back.note) == (CIVIL, AT_DESK, "Trả lại: Không thuộc thẩm quyền")
    assert back.complete
    sent(desk, [second], LAND)
    assert waiting_list(desk, second) is not None
    assert waiting_list(desk, first) is None


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_wrong_hand_over_is_put_right_and_the_first_date_stays(
    desk: DeskContext, clock: Clock, confirmed: bool
) -> None:
    (code,) = take_in(desk, 1)
    before = show(desk, code)
    given = sent(desk, [code])
    if confirmed:
        confirm(desk, given.id, Signing("Y Thắng Êban"))
    clock.move(hours=3)
    if confirmed:
        with refused("giver_missing", CIVIL):
            redirect(desk, code, LAND, "Hồ sơ đất đai, gửi nhầm phòng")
    right = redirect(desk, code, LAND, "Hồ sơ đất đai, gửi nhầm phòng", giver="Y Thắng Êban" if confirmed else "")
    assert right.giver == ("Y Thắng Êban" if confirmed else "Lê Thị Hạnh"), "whoever has them gives them"
    assert (right.from_unit, right.to_unit, right.state) == (CIVIL, LAND, "sent")
    assert handover_list(desk, given.id).state == "closed"
    assert unit(desk, code) == (CIVIL if confirmed else ""), "responsible stays who was"
    confirm(desk, right.id, Signing("H' Bông Ayun"))
    after = show(desk, code)
    assert (after.row.due, after.first_due) == (before.row.due, before.first_due)
    assert after.row.unit == LAND
    wrong = next(event.number for event in after.events if event.step == Step.HAND_OVER)
    assert after.events[-2].details["handover"]["corrects"] == wrong  # type: ignore[index]
    assert "gửi nhầm phòng" in control_slip(desk, code).rows[-1].note


def test_a_dossier_at_the_desk_has_nothing_to_put_right(desk: DeskContext) -> None:
    (code,) = take_in(desk, 1)
    with pytest.raises(UserError) as refusal:
        redirect(desk, code, LAND, "Nhầm")
    assert refusal.value.kind == "nothing_handed_over"


def test_what_cannot_go_is_named_and_no_list_is_made(desk: DeskContext) -> None:
    first, second, third = take_in(desk, 3)
    sent(desk, [first])
    take_step(desk, second, Step.WITHDRAW, StepInput(reason="Người nộp xin rút"))
    with pytest.raises(UserError) as refusal:
        prepare(desk, [first, second, third], Destination(LAND))
    assert refusal.value.kind == "handover_refused"
    assert refusal.value.details["codes"] == [first, second]
    assert "danh sách số 1" in refusal.value.message
    assert "Đã rút hồ sơ" in refusal.value.message
    assert ".." not in refusal.value.message
    assert len(handover_lists(desk)) == 1


def test_what_cannot_go_any_more_is_dropped_and_told_and_the_rest_goes(desk: DeskContext) -> None:
    waits, done, gone, goes = take_in(desk, 4)
    made = prepare(desk, [waits, done, gone, goes], Destination(CIVIL))
    take_step(desk, waits, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao"))
    take_step(desk, done, Step.FINISH, StepInput())
    take_step(desk, gone, Step.HAND_OVER, StepInput(unit=LAND))
    asked = going(desk, made.id)
    assert (asked.count, asked.giver, len(asked.stay)) == (1, "Lê Thị Hạnh", 3)
    told = send(desk, made.id)
    assert told.warnings == asked.stay
    assert [code in why for code, why in zip((waits, done, gone), told.warnings, strict=True)] == [True] * 3
    assert [line.state for line in told.lines] == ["dropped", "dropped", "dropped", "sent"]
    assert unit(desk, gone) == LAND
    assert confirm(desk, made.id, Signing("Y Thắng Êban")).state == "closed"


def test_an_empty_list_does_not_go(desk: DeskContext) -> None:
    (code,) = take_in(desk, 1)
    made = prepare(desk, [code], Destination(CIVIL))
    take_step(desk, code, Step.FINISH, StepInput())
    with refused("handover_empty", code, "bỏ danh sách"):
        send(desk, made.id)
    assert discard(desk, made.id).state == "discarded"


def test_an_ending_takes_a_dossier_off_its_list_and_its_undoing_puts_it_back(desk: DeskContext) -> None:
    first, second = take_in(desk)
    made = prepare(desk, [first, second], Destination(CIVIL))
    for code in (first, second):
        take_step(desk, code, Step.WITHDRAW, StepInput())
    assert handover_list(desk, made.id).state == "discarded", "its last dossier has gone"
    undo_last(desk, second, "Rút nhầm hồ sơ")
    undo_last(desk, first, "Rút nhầm hồ sơ")
    again = handover_list(desk, made.id)
    assert (again.state, [line.state for line in again.lines]) == ("draft", ["listed", "listed"])
    take_step(desk, first, Step.WITHDRAW, StepInput())
    discard(desk, made.id)
    undo_last(desk, first, "Rút nhầm hồ sơ")
    assert handover_list(desk, made.id).state == "discarded", "given up by hand"


def test_who_gives_from_a_unit_is_asked(desk: DeskContext, clock: Clock) -> None:
    (code,) = take_in(desk, 1)
    confirm(desk, sent(desk, [code]).id, Signing("Y Thắng Êban"))
    clock.move(hours=1)
    made = prepare(desk, [code], Destination(LAND))
    with refused("giver_missing", CIVIL):
        send(desk, made.id)
    assert going(desk, made.id).giver == "Y Thắng Êban", "who signed for it, to be confirmed"
    assert send(desk, made.id, "Y Thắng Êban").giver == "Y Thắng Êban"


def test_papers_are_confirmed_though_a_supplement_was_asked_for_meanwhile(desk: DeskContext, clock: Clock) -> None:
    (code,) = take_in(desk, 1)
    given = sent(desk, [code])
    clock.move(hours=1)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao"))
    clock.move(hours=1)
    confirm(desk, given.id, Signing("Y Thắng Êban"))
    view = show(desk, code)
    assert (view.row.status, view.row.unit, view.events[-1].step) == ("supplement_requested", CIVIL, "correct")
    assert control_slip(desk, code).rows[0].receiver == "Y Thắng Êban"
    assert verify(desk).problems == ()


def test_the_control_slip_tells_early_on_time_and_late(desk: DeskContext, clock: Clock) -> None:
    (code,) = take_in(desk, 1)
    limit = datetime(2026, 3, 11, 16, tzinfo=VIETNAM)
    confirm(desk, sent(desk, [code], due=limit).id, Signing("Y Thắng Êban"))
    clock.set(11, 15)
    next_limit = datetime(2026, 3, 13, 16, tzinfo=VIETNAM)
    confirm(desk, sent(desk, [code], LAND, next_limit, "Y Thắng Êban").id, Signing("H' Bông Ayun"))
    clock.set(12, 9)
    inner = datetime(2026, 3, 12, 10, tzinfo=VIETNAM)
    confirm(desk, sent(desk, [code], CIVIL, inner, "H' Bông Ayun").id, Signing("Y Thắng Êban"))
    clock.set(12, 11)
    take_back(desk, [code], "Y Thắng Êban")
    slip = control_slip(desk, code)
    assert [row.timing for row in slip.rows] == [None, Timing.ON_TIME, Timing.EARLY, Timing.LATE]
    assert [row.due for row in slip.rows][1] == limit
    assert (slip.rows[0].from_unit, slip.rows[-1].to_unit) == (AT_DESK, AT_DESK)
    assert (slip.lead_office, slip.cooperating) == (CIVIL, (LAND,))


def test_a_result_does_not_bring_the_papers_back(desk: DeskContext, clock: Clock) -> None:
    """One movement, one row: signed by both sides when the papers come; the unit kept its time with the result."""
    (code,) = take_in(desk, 1)
    confirm(desk, sent(desk, [code], due=clock.now + timedelta(days=2)).id, Signing("Y Thắng Êban"))
    clock.move(days=2)
    told = take_step(desk, code, Step.FINISH, StepInput()).warnings
    assert any(CIVIL in warning and "Nhận về quầy" in warning for warning in told)
    slip = control_slip(desk, code)
    assert (len(slip.rows), slip.held_by, unit(desk, code)) == (1, CIVIL, CIVIL)
    clock.move(days=1)
    take_back(desk, [code], "Y Thắng Êban")
    slip = control_slip(desk, code)
    assert [row.complete for row in slip.rows] == [True, True]
    assert (slip.rows[1].giver, slip.rows[1].timing, slip.held_by) == ("Y Thắng Êban", Timing.ON_TIME, AT_DESK)


def test_a_result_that_comes_with_its_papers_is_signed_for_in_one_act(desk: DeskContext) -> None:
    away, here = take_in(desk)
    confirm(desk, sent(desk, [away]).id, Signing("Y Thắng Êban"))
    for code in (away, here):
        finish(desk, code, StepInput(), "Y Thắng Êban")
        assert (show(desk, code).row.status, unit(desk, code)) == ("finished", "")
    row = control_slip(desk, away).rows[-1]
    assert (row.from_unit, row.to_unit, row.giver, row.complete) == (CIVIL, AT_DESK, "Y Thắng Êban", True)
    assert control_slip(desk, here).rows == ()


def test_a_slip_has_one_number_from_its_first_hand_over_on(desk: DeskContext) -> None:
    first, second, third = take_in(desk, 3)
    assert control_slip(desk, first).number is None
    take_step(desk, first, Step.HAND_OVER, StepInput(unit=LAND))
    undo_last(desk, first, "Nhầm nơi")
    confirm(desk, sent(desk, [second]).id, Signing("Y Thắng Êban"))
    take_step(desk, first, Step.HAND_OVER, StepInput(unit=CIVIL))
    take_back(desk, [second], "Y Thắng Êban")
    sent(desk, [third])
    assert [control_slip(desk, code).number for code in (first, second, third)] == [1, 2, 3]


def test_a_hand_over_of_one_side_only_is_incomplete_on_the_slip(desk: DeskContext) -> None:
    (code,) = take_in(desk, 1)
    sent(desk, [code])
    assert [row.complete for row in control_slip(desk, code).rows] == [False]


def test_an_inner_limit_after_the_promised_date_is_warned_of(desk: DeskContext) -> None:
    (code,) = take_in(desk, 1)
    due = show(desk, code).row.due
    assert due is not None
    made = prepare(desk, [code], Destination(CIVIL, due=due + timedelta(minutes=1)))
    assert made.warnings == (f"Hạn nội bộ sau ngày hẹn trả của: {code}.",)


def test_dossiers_come_back_from_another_office_and_lie_on_a_shelf(desk: DeskContext, clock: Clock) -> None:
    codes = take_in(desk)
    made = prepare(desk, codes, Destination(LAND, office_code="h15.90"))
    assert made.office_code == "H15.90"
    confirm(desk, send(desk, made.id).id, Signing("H' Bông Ayun"))
    clock.move(days=1)
    back = take_back(desk, codes, "H' Bông Ayun", shelf="k2 - n3")
    assert (back.direction, back.state, back.complete) == ("in", "closed", True)
    assert [unit(desk, code) for code in codes] == ["", ""]
    assert [row.code for row in on_shelf(desk, "K2")] == codes
    assert [row.code for row in find(desk, "k2 n3")] == codes[::-1], "the search box finds a shelf too"
    assert control_slip(desk, codes[0]).rows[-1].complete
    with pytest.raises(UserError) as refusal:
        take_back(desk, codes, "H' Bông Ayun")
    assert refusal.value.kind == "handover_refused"
    assert known_units(desk) == [(LAND, "H15.90")]


def test_papers_from_another_office_come_by_a_list_that_both_sides_signed(desk: DeskContext) -> None:
    first, second = take_in(desk)
    with refused("handover_refused", "đang ở quầy rồi", "cơ quan giao"):
        take_back(desk, [first, second], "Nguyễn Thị Lan")
    with refused("office_invalid"):
        take_back(desk, [first], "Nguyễn Thị Lan", sender=Sender("Sở Tư pháp", "Sở"))
    came = take_back(desk, [first, second], "Nguyễn Thị Lan", shelf="K1", sender=Sender("Sở Tư pháp", "h15.10"))
    assert (came.direction, came.from_unit, came.office_code, came.to_unit) == ("in", "Sở Tư pháp", "H15.10", AT_DESK)
    assert (came.giver, came.receiver, came.state) == ("Nguyễn Thị Lan", "Lê Thị Hạnh", "closed")
    assert (show(desk, first).row.status, unit(desk, first), show(desk, first).shelf) == ("received", "", "K1")
    (row,) = control_slip(desk, first).rows
    assert (row.from_unit, row.to_unit, row.complete) == ("Sở Tư pháp", AT_DESK, True)
    assert known_units(desk) == [("Sở Tư pháp", "H15.10")]
    assert verify(desk).problems == ()
    sent(desk, [second])
    with refused("handover_refused", CIVIL, "Sở Tư pháp"):
        take_back(desk, [second], "Nguyễn Thị Lan", sender=Sender("Sở Tư pháp"))


def test_papers_that_go_leave_their_shelf_and_an_undoing_puts_them_back(desk: DeskContext) -> None:
    listed, alone, returned = codes = take_in(desk, 3)
    put_on_shelf(desk, codes, "K2-N3")
    sent(desk, [listed])
    take_step(desk, alone, Step.HAND_OVER, StepInput(unit=CIVIL))
    take_step(desk, returned, Step.FINISH, StepInput())
    give(desk, returned, Handing(by="counter", signed=True))
    assert on_shelf(desk, "K2-N3") == []
    assert shelf_history(desk, returned)[-1][2:] == ("K2-N3", "")
    undo_last(desk, alone, "Nhầm nơi")
    assert [row.code for row in on_shelf(desk, "K2-N3")] == [alone]


def test_a_shelf_that_was_changed_is_remembered(desk: DeskContext, clock: Clock) -> None:
    (code,) = take_in(desk, 1)
    revision = len(list_outbox(desk))
    assert put_on_shelf(desk, [code], "K1") == (code,)
    assert put_on_shelf(desk, [code], " k1 ") == ()
    clock.move(minutes=1)
    put_on_shelf(desk, [code], "")
    assert [(before, after) for _, _, before, after in shelf_history(desk, code)] == [("", "K1"), ("K1", "")]
    assert on_shelf(desk, "K1") == []
    assert len(list_outbox(desk)) == revision, "the portal is not told of shelves"
    assert show(desk, code).shelf == ""


@pytest.mark.parametrize(
    ("destination", "kind"),
    [(Destination(" "), "unit_missing"), (Destination(LAND, office_code="không phải mã"), "office_invalid")],
)
def test_a_destination_must_make_sense(desk: DeskContext, destination: Destination, kind: str) -> None:
    with pytest.raises(UserError) as refusal:
        prepare(desk, take_in(desk, 1), destination)
    assert refusal.value.kind == kind
