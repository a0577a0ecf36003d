"""Online dossiers: kept as the portal told of them, answered within eight working hours, taken by one desk only."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from counter_app.rules.lifecycle import Status, Step
from counter_app.services.desk import DeskContext
from counter_app.services.fees import fees_of
from counter_app.services.reading import find, show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from counter_app.sync.client import PortalDossier
from counter_app.sync.matching import holds
from counter_app.sync.messages import MessageKind
from tests.catalogue_samples import CASES, DAYS, UNKNOWN_LIMIT, full_request
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, messages, nothing_stored, payloads, refused
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, moment, online, step

FEES = [
    {"MaPhiLePhi": "LP01", "TenPhiLePhi": "Lệ phí", "Gia": "8000", "HinhThucThu": "4", "LoaiPhiLePhi": "2"},
    {"MaPhiLePhi": "PP09", "TenPhiLePhi": "Phí chuyển phát", "Gia": "30000", "HinhThucThu": "1", "LoaiPhiLePhi": ""},
]
TOLD = {
    "MaDoiTuong": "DT-77",
    "Fax": "02623812345",
    "SoGiayToChuHoSo": "C1234567",
    "TrichYeuHoSo": "Xin trích lục cho con",
    "TaiKhoanDuocXacThucVoiVNeID": "1",
    "DinhDanhCHS": [
        {"LoaiDinhDanh": "1", "SoDinhDanh": "066190012345"},
        {"LoaiDinhDanh": "3", "SoDinhDanh": "C1234567"},
    ],
    "DanhSachLePhi": FEES,
    "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Ảnh chân dung", "SoLuong": "2", "LoaiGiayTo": "9"}],
    "TaiLieuNop": [
        {
            "TepDinhKemId": "a" * 64,
            "TenTepDinhKem": "đơn.pdf",
            "IsDeleted": "0",
            "MaThanhPhanHoSo": "TP01",
            "DuongDanTaiTepTin": "/files/1",
            "DuocSoHoa": "1",
            "DuocTaiSuDung": "1",
            "DuocLayTuKhoDMQG": "1",
            "MaKetQuaThayThe": "KQ9",
        },
        {"TepDinhKemId": "b" * 64, "DuongDanTaiTepTin": "/files/2", "IsDeleted": "1"},
    ],
}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def last_update(desk: DeskContext) -> dict[str, Any]:
    return payloads(desk, ONLINE_CODE, "update")[-1]


def test_what_the_portal_holds_survives_our_update(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD))
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    update = last_update(desk)
    for name in ("MaDoiTuong", "Fax", "SoGiayToChuHoSo", "TrichYeuHoSo", "TaiKhoanDuocXacThucVoiVNeID"):
        expected = "066190012345" if name == "SoGiayToChuHoSo" else TOLD[name]
        assert update[name] == expected, name
    assert sorted(item["SoDinhDanh"] for item in update["DinhDanhCHS"]) == ["066190012345", "C1234567"]
    assert update["TaiLieuNop"] == TOLD["TaiLieuNop"][:1]
    assert update["DanhSachTepDinhKemKhac"] == TOLD["DanhSachTepDinhKemKhac"]
    assert update["DanhSachLePhi"] == FEES


def test_file_that_the_portal_names_without_a_digest_is_given_back_all_the_same(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(TaiLieuNop=[{"DuongDanTaiTepTin": "/files/7", "DuocSoHoa": 1}]))
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert last_update(desk)["TaiLieuNop"] == [{"DuongDanTaiTepTin": "/files/7", "DuocSoHoa": "1", "TepDinhKemId": ""}]
    (message,) = (one for one in messages(desk, ONLINE_CODE) if one.kind == "update")
    assert not holds(MessageKind.UPDATE, message.payload, PortalDossier(ONLINE_CODE, {}, ()))


def test_fees_of_the_portal_are_owed_and_what_was_paid_stays_paid(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD))
    view = show(desk, ONLINE_CODE)
    assert [(fee.code, fee.amount, fee.paid_at) for fee in view.fees] == [("LP01", 8000, None), ("PP09", 30000, None)]
    assert view.money_state == "due"
    take_step(desk, ONLINE_CODE, Step.PAY, StepInput(method="cash"))
    take_step(desk, ONLINE_CODE, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu tờ khai"))
    again = online(**{**TOLD, "NgayNopHoSo": "20260310093000"})
    assert feed(desk, "HoSoMoi", ONLINE_CODE, again) == ("applied", "")
    after = show(desk, ONLINE_CODE)
    assert [(fee.method, fee.paid_at) for fee in after.fees] == [("cash", moment(10, 8, 30))] * 2
    assert after.money_state == "paid"


def test_fees_paid_on_line_are_paid(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD, DuocThanhToanTrucTuyen="1"))
    assert show(desk, ONLINE_CODE).money_state == "paid"
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert last_update(desk)["DuocThanhToanTrucTuyen"] == "1"


@pytest.mark.parametrize("received", [False, True])
def test_what_the_applicant_pays_on_line_later_is_told_by_the_feed(
    desk: DeskContext, clock: Clock, received: bool
) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD, DuocThanhToanTrucTuyen="0"))
    if received:
        take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    before = show(desk, ONLINE_CODE)
    clock.move(minutes=20)
    paid = online(**{**TOLD, "DanhSachLePhi": FEES[1:]}, DuocThanhToanTrucTuyen="1")
    assert feed(desk, "HoSoMoi", ONLINE_CODE, paid) == ("applied", "")
    view = show(desk, ONLINE_CODE)
    assert [(fee.code, fee.method, fee.paid_at) for fee in view.fees] == [
        ("LP01", "", None),
        ("PP09", "online", moment(10, 8, 50)),
    ], "only what the portal names"
    assert (view.row.status, view.row.due) == (before.row.status, before.row.due)
    assert (view.events[-1].step, view.events[-1].actor) == ("pay", "Cổng dịch vụ công")
    assert fees_of(desk, ONLINE_CODE).payments == (), "it never passed the desk"
    assert feed(desk, "HoSoMoi", ONLINE_CODE, {**paid, "lan": "2"})[0] != "applied", "more than a payment is new"
    assert feed(desk, "HoSoMoi", ONLINE_CODE, paid, nonce="again") == ("applied", "")
    assert len(show(desk, ONLINE_CODE).events) == len(view.events)


def test_what_is_paid_on_line_for_a_dossier_that_ended_is_shown_side_by_side(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD))
    take_step(desk, ONLINE_CODE, Step.WITHDRAW, StepInput())
    state, _ = feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD, DuocThanhToanTrucTuyen="1"))
    assert state == "clash"
    assert show(desk, ONLINE_CODE).money_state == "due"


def test_reception_is_a_step_told_to_the_portal_and_the_promise_is_made_now(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    clock.set(10, 14)
    done = take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert (done.status, done.step, done.due) == ("received", "receive", moment(12, 17))
    assert kinds(desk, ONLINE_CODE) == ["step", "update"]
    (told,) = payloads(desk, ONLINE_CODE, "step")
    assert (told["TrangThai"], told["NguoiXuLy"]) == ("2", "Lê Thị Hạnh")
    assert last_update(desk)["TrangThaiHoSo"] == "2"


def test_second_clerk_is_told_who_was_first(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    clock.move(minutes=5)
    with nothing_stored(desk), refused("already_received", "Lê Thị Hạnh", "08:30 10/03/2026"):
        take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    with nothing_stored(desk), refused("step_not_permitted"):
        take_step(desk, ONLINE_CODE, Step.REFUSE, StepInput(reason="Trùng"))


def test_desk_that_hears_of_another_s_reception_is_told_when_it_receives(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    other = step(Status.RECEIVED, NguoiXuLy="Trần Văn Hai", NgayKetThucTheoQuyDinh="20260312170000")
    assert feed(desk, "TienDo", ONLINE_CODE, other) == ("applied", "")
    view = show(desk, ONLINE_CODE)
    assert (view.row.status, view.row.due, view.first_due) == ("received", moment(12, 17), moment(12, 17))
    assert (view.events[-1].actor, view.events[-1].form) == ("Trần Văn Hai", None)
    assert kinds(desk, ONLINE_CODE) == [], "the portal is not told what it told us"
    with refused("already_received", "Trần Văn Hai"):
        take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())


def test_two_receptions_off_line_of_each_other_are_a_clash(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    state, reason = feed(desk, "TienDo", ONLINE_CODE, step(Status.RECEIVED, NguoiXuLy="Trần Văn Hai"))
    assert state == "clash"
    assert "nơi khác đã tiếp nhận" in reason


def test_reception_elsewhere_with_an_unknown_limit_has_no_date(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(procedure=UNKNOWN_LIMIT))
    assert feed(desk, "TienDo", ONLINE_CODE, step(Status.RECEIVED)) == ("applied", "")
    assert show(desk, ONLINE_CODE).row.due is None


def test_supplement_before_reception_answers_and_the_eight_hours_begin_anew(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD))
    clock.set(10, 9)
    take_step(desk, ONLINE_CODE, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu tờ khai"))
    assert [told["TrangThai"] for told in payloads(desk, ONLINE_CODE, "step")] == ["5"]
    assert last_update(desk)["DanhSachHoSoBoSung"][0]["NoiDungBoSung"] == "Thiếu tờ khai"
    clock.set(12, 10)
    files = [{**TOLD["TaiLieuNop"][0], "DuongDanTaiTepTin": "/files/3"}]
    again = online(**{**TOLD, "TaiLieuNop": files, "NgayNopHoSo": "20260312093000", "SoDienThoai": "0909111222"})
    assert feed(desk, "HoSoMoi", ONLINE_CODE, again) == ("applied", "")
    view = show(desk, ONLINE_CODE)
    assert (view.row.status, view.row.due, view.row.paused_at) == ("registered", moment(13, 9, 30), None)
    assert view.applicant.phone == "0909111222"
    assert [row.code for row in find(desk, "0909111222")] == [ONLINE_CODE]
    assert feed(desk, "HoSoMoi", ONLINE_CODE, again, nonce="again") == ("applied", "")
    assert len(show(desk, ONLINE_CODE).events) == len(view.events), "a repeated entry changes nothing"
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert [paper["DuongDanTaiTepTin"] for paper in last_update(desk)["TaiLieuNop"]] == ["/files/3"]
    assert show(desk, ONLINE_CODE).row.due == moment(16, 17)
    assert verify(desk).problems == ()


def test_supplement_brought_to_the_desk_registers_again(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    take_step(desk, ONLINE_CODE, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu tờ khai"))
    clock.set(11, 8)
    done = take_step(desk, ONLINE_CODE, Step.SUPPLEMENT, StepInput())
    assert (done.status, done.due) == ("registered", moment(12, 8))
    assert show(desk, ONLINE_CODE).events[-1].form is None, "nothing was received yet"
    # A later payment goes on from the promise of the reception, not from this request.
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    take_step(desk, ONLINE_CODE, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(desk, ONLINE_CODE, Step.REQUEST_PAYMENT, StepInput(reason="Lệ phí"))
    clock.set(12, 8)
    assert take_step(desk, ONLINE_CODE, Step.PAY, StepInput()).due == moment(16, 17)
    assert verify(desk).problems == ()


def test_wait_before_the_reception_is_no_wait_of_the_limit(desk: DeskContext, clock: Clock) -> None:
    """When it is nearly due is the same for a dossier that was sent back for papers first and one that was not."""
    codes = (ONLINE_CODE, f"{ONLINE_CODE[:-1]}2")
    for code in codes:
        feed(desk, "HoSoMoi", code, online(code, procedure=CASES))
    take_step(desk, codes[0], Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu tờ khai"))
    clock.set(13, 8)
    take_step(desk, codes[0], Step.SUPPLEMENT, StepInput())
    for code in codes:
        take_step(desk, code, Step.RECEIVE, StepInput())
        take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
        take_step(desk, code, Step.REQUEST_PAYMENT, StepInput(reason="Lệ phí"))
    clock.set(16, 10)
    for code in codes:
        take_step(desk, code, Step.PAY, StepInput())
    one, other = (show(desk, code).row for code in codes)
    assert (one.due, one.due_soon_from) == (other.due, other.due_soon_from)


def test_refusal_goes_back_with_its_reason(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    take_step(desk, ONLINE_CODE, Step.REFUSE, StepInput(reason="Không thuộc thẩm quyền"))
    (told,) = payloads(desk, ONLINE_CODE, "step")
    assert (told["TrangThai"], "Không thuộc thẩm quyền" in told["NoiDungXuLy"]) == ("3", True)
    assert (last_update(desk)["TrangThaiHoSo"], last_update(desk)["NgayTuChoi"]) == ("3", "20260310083000")


@pytest.mark.parametrize("asked_in", [Status.RECEIVED, Status.PROCESSING])
def test_in_process_again_after_a_supplement_is_reckoned_as_at_the_desk(
    desk: DeskContext, clock: Clock, asked_in: Status
) -> None:
    code = receive(desk, full_request()).code
    if asked_in is Status.PROCESSING:
        take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    feed(desk, "TienDo", code, step(Status.SUPPLEMENT_REQUESTED, "20260311083000"))
    clock.set(16, 9)
    assert feed(desk, "TienDo", code, step(Status.PROCESSING, "20260316083000")) == ("applied", "")
    view = show(desk, code)
    assert (view.row.status, view.row.due, view.row.paused_at) == ("processing", moment(18, 17), None)
    assert view.row.unit == "Phòng Kinh tế"
    expected = ["supplement", "hand_over"] if asked_in is Status.RECEIVED else ["supplement"]
    assert [event.step for event in view.events][-len(expected) :] == expected
    assert all(event.form is None for event in view.events[1:]), "the unit's papers are not ours to number"
    assert verify(desk).problems == ()


def test_in_process_again_after_a_payment_is_paid(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(**TOLD))
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    for status, at in ((4, 9), (6, 10), (4, 11)):
        data = {**step(Status.PROCESSING, f"20260310{at:02d}0000"), "TrangThai": str(status)}
        assert feed(desk, "TienDo", ONLINE_CODE, data) == ("applied", "")
    view = show(desk, ONLINE_CODE)
    assert (view.row.status, view.money_state) == ("processing", "paid")
    assert {fee.method for fee in view.fees} == {"online"}
    assert view.events[-1].step == "pay"


def test_late_step_changes_nothing(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    feed(desk, "TienDo", code, step(Status.FINISHED, "20260311100000"))
    before = show(desk, code)
    assert feed(desk, "TienDo", code, step(Status.PROCESSING, "20260310100000")) == ("applied", "")
    assert show(desk, code) == before


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.STOPPED])
def test_end_told_by_the_portal(desk: DeskContext, status: Status) -> None:
    code = receive(desk, full_request()).code
    assert feed(desk, "TienDo", code, step(status)) == ("applied", "")
    assert (show(desk, code).row.status, show(desk, code).row.is_open) == (status.value, False)


def test_record_that_may_have_covered_what_the_portal_did_goes_again(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    clock.move(hours=2)
    sent = kinds(desk, code)
    assert feed(desk, "TienDo", code, step(Status.FINISHED, "20260310100000")) == ("applied", "")
    assert kinds(desk, code) == [*sent, "update"], "the update that waits says: in process"
    assert payloads(desk, code, "update")[-1]["TrangThaiHoSo"] == "9"


def test_procedure_s_fees_where_the_portal_names_none(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(procedure=DAYS))
    assert [fee.code for fee in show(desk, ONLINE_CODE).fees]
