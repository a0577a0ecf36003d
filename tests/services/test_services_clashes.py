"""Clashes: both sides shown, a person decides, the trace stays; what could not be read is seen or tried again."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from counter_app.models import InboxEntry
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.catalogue_import import CatalogueImporter
from counter_app.services.clashes import (
    ClashView,
    Decision,
    OpenEntry,
    count_open,
    decide,
    list_open,
    mark_seen,
    side_by_side,
    try_again,
)
from counter_app.services.desk import DeskContext
from counter_app.services.reading import find, show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from tests.catalogue_samples import full_request, procedure
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, nothing_stored, payloads, refused
from tests.services.test_services_portal_feed import ONLINE_CODE, RESULT, feed, moment, online, step


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def finished_here_waiting_there(desk: DeskContext, clock: Clock) -> str:
    """The desk has the result, the unit asks for a supplement: both sides changed while the line was down."""
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    clock.set(10, 11)
    take_step(desk, code, Step.FINISH, StepInput(reason="Có kết quả"))
    told = step(Status.SUPPLEMENT_REQUESTED, "20260310103000", NoiDungXuLy="Thiếu bản sao")
    assert feed(desk, "TienDo", code, told)[0] == "clash"
    return code


def only(desk: DeskContext) -> OpenEntry:
    (entry,) = list_open(desk)
    return entry


def sides(view: ClashView) -> dict[str, tuple[str, str]]:
    return {row.label: (row.ours, row.theirs) for row in view.rows}


def stored(desk: DeskContext, entry_id: int) -> InboxEntry:
    with desk.database.read() as session:
        return session.get_one(InboxEntry, entry_id)


def test_clash_is_listed_with_its_reason(desk: DeskContext, clock: Clock) -> None:
    assert (list_open(desk), count_open(desk)) == ([], 0)
    code = finished_here_waiting_there(desk, clock)
    entry = only(desk)
    assert (entry.dossier_code, entry.kind, entry.is_clash) == (code, "TienDo", True)
    assert "Chờ bổ sung hồ sơ" in entry.reason
    assert "Đã có kết quả" in entry.reason
    assert count_open(desk) == 1


def test_both_sides_are_shown_as_they_were(desk: DeskContext, clock: Clock) -> None:
    code = finished_here_waiting_there(desk, clock)
    view = side_by_side(desk, only(desk).id)
    assert sides(view) == {
        "Trạng thái": ("Đã có kết quả", "Chờ bổ sung hồ sơ"),
        "Thời điểm": ("11:00:00 10/03/2026", "10:30:00 10/03/2026"),
        "Người làm": ("Lê Thị Hạnh", "Y Bhiăo Êban"),
        "Đơn vị xử lý": ("Phòng Tư pháp", "Phòng Kinh tế"),
        "Nội dung": ("Có kết quả", "Thiếu bản sao"),
    }
    assert (view.since, view.no_taking) == ("", "")
    clock.set(10, 14)
    take_step(desk, code, Step.RETURN, StepInput())
    later = side_by_side(desk, only(desk).id)
    assert later.rows == view.rows, "what the desk had at that moment stays"
    assert "14:00 10/03/2026" in later.since
    assert "Đã trả kết quả" in later.since


def test_keeping_ours_sends_the_desk_s_version_again(desk: DeskContext, clock: Clock) -> None:
    code = finished_here_waiting_there(desk, clock)
    before, sent = show(desk, code), kinds(desk, code)
    entry = only(desk)
    decided = decide(desk, entry.id, Decision.KEEP_OURS, "  Kết quả đã về quầy ")
    assert (decided.dossier_code, decided.status, decided.settled) == (code, "finished", 0)
    view = show(desk, code)
    event = view.events[-1]
    assert (event.step, event.actor, event.reason) == ("correct", "Lê Thị Hạnh", "Kết quả đã về quầy")
    assert (event.details["decision"], event.details["entry"]) == ("keep_ours", entry.id)
    assert event.details["portal"]["TrangThai"] == "5"
    assert (view.row.status, view.row.due, view.row.finished_at) == (
        before.row.status,
        before.row.due,
        before.row.finished_at,
    )
    assert kinds(desk, code) == [*sent, "update"]
    assert payloads(desk, code, "update")[-1]["TrangThaiHoSo"] == "9"
    row = stored(desk, entry.id)
    assert (row.state, row.decision, row.decided_by, row.decided_reason) == (
        "decided",
        "keep_ours",
        "Lê Thị Hạnh",
        "Kết quả đã về quầy",
    )
    assert (list_open(desk), verify(desk).problems) == ([], ())


def test_taking_theirs_is_a_correction_with_the_whole_trace(desk: DeskContext, clock: Clock) -> None:
    code = finished_here_waiting_there(desk, clock)
    clock.set(10, 15)
    assert decide(desk, only(desk).id, Decision.TAKE_THEIRS, "Phòng Tư pháp xác nhận").status == "supplement_requested"
    view = show(desk, code)
    event = view.events[-1]
    assert (event.step, event.status_before, event.status_after) == ("correct", "finished", "supplement_requested")
    assert event.details["before"]["status"] == "finished"
    assert event.details["after"]["status"] == "supplement_requested"
    assert (event.at, event.entered_at) == (moment(10, 11), clock.now), "in order, and when it was decided"
    assert (view.row.finished_at, view.row.paused_at, view.row.is_open) == (None, moment(10, 11), True)
    assert payloads(desk, code, "update")[-1]["TrangThaiHoSo"] == "5"
    # The dossier goes on from there: what is brought resumes the clock, back to where the request found it.
    clock.set(12, 10)
    done = take_step(desk, code, Step.SUPPLEMENT, StepInput())
    assert done.due is not None
    assert done.due > moment(13, 17)
    assert verify(desk).problems == ()


def test_taking_the_end_of_a_wait_reckons_the_clock_as_any_other(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    clock.set(11, 8, 30)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    assert feed(desk, "TienDo", code, step(Status.FINISHED, "20260316083000"))[0] == "clash"
    decide(desk, only(desk).id, Decision.TAKE_THEIRS, "Đã xong")
    view = show(desk, code)
    assert (view.row.status, view.row.due, view.row.paused_at) == ("finished", moment(18, 17), None)
    assert view.row.finished_at == moment(16, 8, 30)
    assert verify(desk).problems == ()


def test_return_taken_over_is_a_return(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    assert feed(desk, "TienDo", code, step(Status.RETURNED, "20260311083000"))[0] == "clash"
    decide(desk, only(desk).id, Decision.TAKE_THEIRS, "Đã trả tại trung tâm tỉnh")
    view = show(desk, code)
    assert (view.row.status, view.returned_at, view.delivery_state) == ("returned", moment(11, 8, 30), "confirmed")
    assert verify(desk).problems == ()


def test_newest_decision_settles_the_older_clashes(desk: DeskContext, clock: Clock) -> None:
    code = finished_here_waiting_there(desk, clock)
    assert feed(desk, "TienDo", code, step(Status.WITHDRAWN, "20260310120000"))[0] == "clash"
    newest, oldest = list_open(desk)
    assert decide(desk, newest.id, Decision.KEEP_OURS, "Đã có kết quả").settled == 1
    assert list_open(desk) == []
    with nothing_stored(desk), refused("entry_settled", "Lê Thị Hạnh"):
        decide(desk, oldest.id, Decision.TAKE_THEIRS, "muộn")


def test_decision_asks_for_a_reason_and_an_open_clash(desk: DeskContext, clock: Clock) -> None:
    finished_here_waiting_there(desk, clock)
    entry = only(desk)
    with nothing_stored(desk), refused("reason_missing"):
        decide(desk, entry.id, Decision.KEEP_OURS, "  ")
    with nothing_stored(desk), refused("entry_unknown"):
        decide(desk, entry.id + 1, Decision.KEEP_OURS, "x")
    with nothing_stored(desk), refused("entry_settled"):
        mark_seen(desk, entry.id)


def test_result_for_a_withdrawn_dossier_is_decided(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.WITHDRAW, StepInput())
    assert feed(desk, "KetQua", code, RESULT)[0] == "clash"
    view = side_by_side(desk, only(desk).id)
    assert sides(view)["Trạng thái"] == ("Đã rút hồ sơ", "Đã có kết quả")
    assert sides(view)["Kết quả"] == ("", "Trích lục")
    decide(desk, only(desk).id, Decision.TAKE_THEIRS, "Người nộp không rút nữa")
    assert show(desk, code).row.status == "finished"
    assert payloads(desk, code, "update")[-1]["DanhSachGiayToKetQua"] == RESULT["DanhSachGiayToKetQua"]
    assert verify(desk).problems == ()


def test_somebody_else_s_dossier_under_our_code_is_never_written_over(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    sent = kinds(desk, code)
    assert feed(desk, "HoSoMoi", code, online(code, ChuHoSo="Người khác"))[0] == "clash"
    entry = only(desk)
    view = side_by_side(desk, entry.id)
    assert sides(view)["Chủ hồ sơ"] == ("H' Ngăm Niê Kdăm", "Người khác")
    assert "giấy hẹn đã giao" in view.no_taking
    with nothing_stored(desk), refused("clash_not_takeable"):
        decide(desk, entry.id, Decision.TAKE_THEIRS, "x")
    decide(desk, entry.id, Decision.KEEP_OURS, "Đã báo quản trị cổng")
    assert kinds(desk, code) == sent, "an update would destroy the other dossier on the portal"
    assert show(desk, code).events[-1].details["decision"] == "keep_ours"


def test_changed_data_of_a_received_online_dossier(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert feed(desk, "HoSoMoi", ONLINE_CODE, online(SoDienThoai="0909111222"))[0] == "clash"
    view = side_by_side(desk, only(desk).id)
    assert [row.label for row in view.rows if row.different and row.ours and row.theirs] == [
        "Trạng thái",
        "Số điện thoại",
    ]
    decide(desk, only(desk).id, Decision.TAKE_THEIRS, "Người nộp gọi báo số mới")
    after = show(desk, ONLINE_CODE)
    assert (after.row.status, after.applicant.phone) == ("received", "0909111222"), "what was received stays received"
    assert [row.code for row in find(desk, "0909111222")] == [ONLINE_CODE]
    assert payloads(desk, ONLINE_CODE, "update")[-1]["SoDienThoai"] == "0909111222"
    assert verify(desk).problems == ()


def test_second_reception_can_be_given_up(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    told = step(Status.RECEIVED, NguoiXuLy="Trần Văn Hai", NgayKetThucTheoQuyDinh="20260313170000")
    feed(desk, "TienDo", ONLINE_CODE, told)
    assert sides(side_by_side(desk, only(desk).id))["Hạn trả"] == ("17:00:00 12/03/2026", "17:00:00 13/03/2026")
    decide(desk, only(desk).id, Decision.TAKE_THEIRS, "Quầy 2 tiếp nhận trước")
    view = show(desk, ONLINE_CODE)
    assert (view.row.status, view.row.due) == ("received", moment(13, 17))
    assert verify(desk).problems == ()


def test_received_dossier_is_never_put_back_to_registered(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    assert feed(desk, "TienDo", code, step(Status.REGISTERED))[0] == "clash"
    assert "Mới đăng ký" in side_by_side(desk, only(desk).id).no_taking
    with nothing_stored(desk), refused("clash_not_takeable"):
        decide(desk, only(desk).id, Decision.TAKE_THEIRS, "x")


def test_unreadable_entry_is_shown_as_it_came_and_put_away(desk: DeskContext) -> None:
    feed(desk, "TienDo", "H15.36-260310-7777", step(Status.PROCESSING))
    entry = only(desk)
    assert (entry.is_clash, "H15.36-260310-7777" in entry.reason) == (False, True)
    view = side_by_side(desk, entry.id)
    assert sides(view)["Người làm"] == ("", "Y Bhiăo Êban")
    assert sides(view)["Trạng thái"] == ("", "Đang xử lý")
    assert (view.no_taking, view.has_dossier) == ("", False)
    with nothing_stored(desk), refused("entry_settled"):
        decide(desk, entry.id, Decision.KEEP_OURS, "x")
    mark_seen(desk, entry.id, "Hồ sơ của xã khác")
    assert (list_open(desk), stored(desk, entry.id).state) == ([], "seen")
    assert stored(desk, entry.id).decided_reason == "Hồ sơ của xã khác"


@pytest.mark.parametrize("data", ["x", None, [1], 5])
def test_entry_of_any_shape_can_be_shown(desk: DeskContext, data: Any) -> None:
    feed(desk, "TienDo", "H1", data)
    assert all(row.theirs for row in side_by_side(desk, only(desk).id).rows)


def test_entry_is_applied_once_the_catalogue_knows_the_procedure(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(procedure="9.999999"))
    entry = only(desk)
    still = try_again(desk, entry.id)
    assert still is not None
    assert "9.999999" in still.reason
    with desk.database.write() as session:
        CatalogueImporter(session, desk.clock()).take(procedure("9.999999", "Thủ tục mới", 3, "working_day"))
    assert try_again(desk, entry.id) is None
    assert (list_open(desk), show(desk, ONLINE_CODE).row.status) == ([], "registered")
    with refused("entry_settled"):
        try_again(desk, entry.id)


def test_details_of_a_decision_hold_no_lists_of_the_portal(desk: DeskContext) -> None:
    """The event's trace is short; the whole entry stays in the inbox."""
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    feed(desk, "HoSoMoi", ONLINE_CODE, online(Email="a@b.vn"))
    decide(desk, only(desk).id, Decision.KEEP_OURS, "x")
    trace = show(desk, ONLINE_CODE).events[-1].details["portal"]
    assert isinstance(trace, dict)
    assert (trace["Email"], "TaiLieuNop" in trace) == ("a@b.vn", False)
    json.dumps(trace)
