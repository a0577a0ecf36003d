"""Returning results: to whom by what right, with what evidence, what goes back, and whether it arrived."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from counter_app.errors import UserError
from counter_app.models import Delivery
from counter_app.rules.lifecycle import Step
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.outbox import list_outbox
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.returning import (
    confirm_delivery,
    deliveries,
    delivery_came_back,
    expected_results,
    give,
    receive_and_return,
    under_way,
)
from counter_app.services.returning_delivery import Handing, OriginalBack, ResultOut
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import StepDone
from counter_app.services.verify import verify
from tests.catalogue_samples import HNGAM, ON_THE_SPOT, full_request, request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import nothing_stored
from tests.services.inspect_desk import refused as stopped

SIGNED = Handing(by="counter", signed=True)


def finished(desk: DeskContext) -> str:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.FINISH, StepInput())
    return code


def refused(desk: DeskContext, code: str, kind: str, **handing: Any) -> None:
    with pytest.raises(UserError) as refusal:
        give(desk, code, Handing(**handing))
    assert refusal.value.kind == kind
    assert show(desk, code).row.status == "finished"
    assert deliveries(desk, code) == []


def test_at_the_desk_the_receiver_signs(desk: DeskContext, clock: Clock) -> None:
    code = finished(desk)
    refused(desk, code, "signature_missing", by="counter")
    clock.move(hours=1)
    done = give(desk, code, SIGNED)
    (made,) = deliveries(desk, code)
    assert (made.state, made.to_name, made.sent_by, made.sent_at) == ("signed", HNGAM.name, "Lê Thị Hạnh", done.at)
    assert made.results == ((f"{code}-KQ1", "Giấy xác nhận"),)
    assert show(desk, code).delivery_state == "confirmed"


def test_somebody_else_needs_an_authority(desk: DeskContext) -> None:
    code = finished(desk)
    refused(desk, code, "receiver_missing", by="counter", signed=True, authorised=True)
    refused(desk, code, "authority_missing", by="counter", signed=True, authorised=True, to="Y  Thắng Êban")
    done = give(
        desk,
        code,
        Handing(
            by="counter",
            signed=True,
            authorised=True,
            to="Y  Thắng Êban",
            to_number="0662 0400 334",
            authority="Giấy ủy quyền số 12, ngày 09/3/2026",
        ),
    )
    (made,) = deliveries(desk, code)
    assert (made.to_name, made.to_number, made.authority[:13]) == ("Y Thắng Êban", "06620400334", "Giấy ủy quyền")
    assert any("12 chữ số" in warning for warning in done.warnings), "an odd number is warned of, never blocks"
    details = show(desk, code).events[-1].details
    assert (details["to"], details["authority"]) == (made.to_name, made.authority)


def test_several_results_are_numbered(desk: DeskContext) -> None:
    code = finished(desk)
    assert expected_results(desk, code) == [(f"{code}-KQ1", "Giấy xác nhận")]
    out = (ResultOut("Trích lục khai sinh"), ResultOut("Bản sao trích lục"), ResultOut(" ", "7"))
    give(desk, code, Handing(signed=True, results=out))
    (made,) = deliveries(desk, code)
    assert made.results == ((f"{code}-KQ1", "Trích lục khai sinh"), (f"{code}-KQ2", "Bản sao trích lục"))


def test_originals_go_back_and_no_more_than_there_are(desk: DeskContext) -> None:
    code = finished(desk)
    refused(desk, code, "component_invalid", signed=True, originals=(OriginalBack("TP01", 2),))
    refused(desk, code, "component_invalid", signed=True, originals=(OriginalBack("TP02", 1),))
    refused(desk, code, "component_unknown", signed=True, originals=(OriginalBack("TP99", 1),))
    give(desk, code, Handing(signed=True, originals=(OriginalBack("TP01", 1),)))
    assert deliveries(desk, code)[0].originals == (("Tờ khai theo mẫu", 1),)


def posted(desk: DeskContext) -> str:
    code = finished(desk)
    give(desk, code, Handing(by="post", tracking="EB123456789VN", carrier="VNPost"))
    return code


def test_a_parcel_is_posted_then_confirmed_and_the_status_stays(desk: DeskContext, clock: Clock) -> None:
    refused(desk, finished(desk), "tracking_missing", by="post")
    code = posted(desk)
    assert (show(desk, code).delivery_state, show(desk, code).row.status) == ("posted", "returned")
    (waiting,) = under_way(desk)
    assert (waiting.code, waiting.tracking, waiting.address, waiting.phone) == (
        code,
        "EB123456789VN",
        HNGAM.address,
        HNGAM.phone,
    )
    messages = len(list_outbox(desk))
    clock.move(days=2)
    with pytest.raises(UserError) as refusal:
        confirm_delivery(desk, code, " ")
    assert refusal.value.kind == "evidence_missing"
    sure = confirm_delivery(desk, code, "Bưu tá báo đã phát, người nhận ký")
    assert (sure.state, sure.decided_at) == ("confirmed", clock.now)
    assert show(desk, code).delivery_state == "confirmed"
    assert under_way(desk) == []
    assert len(list_outbox(desk)) == messages, "delivery is an axis of its own"
    with pytest.raises(UserError) as refusal:
        delivery_came_back(desk, code, "Không có người nhận")
    assert refusal.value.kind == "nothing_under_way"


def test_a_parcel_that_came_back_is_handed_out_anew(desk: DeskContext, clock: Clock) -> None:
    code = posted(desk)
    clock.move(days=3)
    delivery_came_back(desk, code, "Không có người nhận")
    assert (show(desk, code).delivery_state, show(desk, code).row.status) == ("pending", "returned")
    returned_at = show(desk, code).returned_at
    clock.move(days=1)
    again = give(desk, code, SIGNED)
    assert [item.state for item in deliveries(desk, code)] == ["came_back", "signed"]
    view = show(desk, code)
    assert (view.delivery_state, view.row.status, view.returned_at) == ("confirmed", "returned", returned_at)
    assert view.events[-1].number == again.event_number
    assert verify(desk).problems == ()


def test_what_was_given_is_not_given_twice(desk: DeskContext) -> None:
    code = finished(desk)
    give(desk, code, SIGNED)
    with pytest.raises(UserError) as refusal:
        give(desk, code, SIGNED)
    assert refusal.value.kind == "step_not_permitted"
    assert len(deliveries(desk, code)) == 1


def test_a_confirmation_before_the_posting_cannot_be(desk: DeskContext, clock: Clock) -> None:
    early = clock.now
    clock.move(hours=2)
    code = posted(desk)
    with pytest.raises(UserError) as refusal:
        confirm_delivery(desk, code, "Đã phát", at=early)
    assert refusal.value.kind == "impossible_time"


def test_being_late_never_blocks_a_return(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    clock.move(days=60)
    take_step(desk, code, Step.FINISH, StepInput())
    done = give(desk, code, SIGNED)
    assert done.status == "returned"
    assert any("trễ hạn" in warning for warning in done.warnings)


def test_a_result_on_the_spot_is_ready_and_returned_in_one_step_without_a_receipt(desk: DeskContext) -> None:
    code = receive(desk, request(ON_THE_SPOT)).code
    give(desk, code, SIGNED)
    view = show(desk, code)
    assert [event.step for event in view.events] == ["receive", "finish", "return"]
    assert [event.form for event in view.events] == [None, None, None]
    assert verify(desk).problems == ()


def test_other_procedures_are_not_finished_by_the_way(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    with pytest.raises(UserError) as refusal:
        give(desk, code, SIGNED)
    assert refusal.value.kind == "step_not_permitted"
    assert show(desk, code).row.status == "received"


def test_received_and_returned_on_the_spot_in_one_unit_of_work(desk: DeskContext) -> None:
    received, done = receive_and_return(desk, request(ON_THE_SPOT), SIGNED)
    assert isinstance(done, StepDone)
    assert show(desk, received.code).row.status == "returned"
    assert [row.kind for row in list_outbox(desk)] == ["create", "step", "update", "step", "update"]
    with pytest.raises(UserError) as refusal:
        receive_and_return(desk, request(ON_THE_SPOT), Handing(by="counter"))
    assert refusal.value.kind == "signature_missing"
    with pytest.raises(UserError) as refusal:
        receive_and_return(desk, full_request(), SIGNED)
    assert refusal.value.kind == "not_on_the_spot"
    with desk.database.read() as session:
        assert session.query(Delivery).count() == 1
    assert verify(desk).dossiers == 1, "a refused one leaves nothing behind"


def test_a_step_without_evidence_is_given_and_not_signed(desk: DeskContext) -> None:
    """The command line says by which way and to whom; a stranger has no right there either."""
    code = finished(desk)
    with nothing_stored(desk), stopped("authority_missing"):
        take_step(desk, code, Step.RETURN, StepInput(to="Người Lạ"))
    take_step(desk, code, Step.RETURN, StepInput(to="Y Bhiăo Êban", authority="Giấy ủy quyền số 5"))
    assert [(item.state, item.to_name) for item in deliveries(desk, code)] == [("given", "Y Bhiăo Êban")]


def test_a_stranger_without_a_paper_gets_nothing_whatever_is_ticked(desk: DeskContext) -> None:
    code = finished(desk)
    refused(desk, code, "authority_missing", by="counter", signed=True, to="Người Lạ")
    give(desk, code, Handing(by="counter", signed=True, to=HNGAM.name.upper()))
    assert deliveries(desk, code)[0].authority == ""


def test_a_parcel_goes_to_whoever_takes_it(desk: DeskContext) -> None:
    other: dict[str, Any] = {"authorised": True, "to": "Y Thắng Êban", "authority": "Giấy ủy quyền số 12"}
    code = finished(desk)
    refused(desk, code, "address_missing", by="post", tracking="EB1VN", **other)
    parcel = Handing(by="post", tracking="EB1VN", address="12 Lê Duẩn", phone="0905 111 222", **other)
    give(desk, code, parcel)
    (made,) = under_way(desk)
    assert (made.to_name, made.address, made.phone) == ("Y Thắng Êban", "12 Lê Duẩn", "0905 111 222")


def test_a_step_that_cannot_tell_the_evidence_is_warned(desk: DeskContext) -> None:
    done = take_step(desk, finished(desk), Step.RETURN, StepInput(by="online"))
    assert done.status == "returned"
    assert any("bản điện tử" in warning for warning in done.warnings)


def test_online_there_is_a_file_or_a_reason(desk: DeskContext, tmp_path: Path) -> None:
    code = finished(desk)
    refused(desk, code, "result_file_missing", by="online")
    give(desk, code, Handing(by="online", reason="Bộ trả trên hệ thống của mình"))
    assert show(desk, code).events[-1].reason == "Bộ trả trên hệ thống của mình"
    code = finished(desk)
    refused(desk, code, "result_file_missing", by="online")
    attach(desk, code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    give(desk, code, Handing(by="online"))
    assert show(desk, code).delivery_state == "online"
