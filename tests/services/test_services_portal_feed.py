"""What the portal's feed brings: applied once, repeated without effect, a clash kept, the unreadable kept and shown."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from counter_app.models import InboxEntry
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step, portal_number
from counter_app.services.calendars import read_calendar
from counter_app.services.catalogue import get_procedure
from counter_app.services.desk import DeskContext
from counter_app.services.paper_facts import FROZEN
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.portal_status import take_told_step
from counter_app.services.reading import counts, find, show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.verify import verify
from counter_app.sync.client import FeedPage
from counter_app.sync.inbox import take_page
from counter_app.sync.messages import parse_wire_time
from tests.catalogue_samples import DAYS, HOURS, UNKNOWN_LIMIT, full_request, request
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, nothing_stored, payloads, refused, row_counts

ONLINE_CODE = "H15.36-260310-9001"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def feed(desk: DeskContext, kind: str, code: str, data: Any, nonce: str = "") -> tuple[str, str]:
    """Take one entry as the syncer does, at its own time or later; its state and, if not applied, the reason."""
    told = str(data.get("ThoiDiemXuLy") or "") if isinstance(data, dict) else ""
    with suppress(ValueError):
        desk.clock.now = max(desk.clock(), parse_wire_time(told) or desk.clock())  # type: ignore[attr-defined]
    raw = json.dumps({"Loai": kind, "MaHoSo": code, "DuLieu": data, "lan": nonce}, ensure_ascii=False).encode()
    with desk.database.write() as session:
        take_page(session, "portal", FeedPage((raw,), "c1", False), FeedApplier(desk), desk.clock())
        entry = session.scalars(select(InboxEntry).order_by(InboxEntry.id.desc()).limit(1)).one()
        return entry.state, entry.error


def online(code: str = ONLINE_CODE, procedure: str = DAYS, **more: Any) -> dict[str, Any]:
    return {
        "MaHoSo": code,
        "MaTTHC": procedure,
        "ChuHoSo": "H' Ngăm Niê Kdăm",
        "LoaiDoiTuong": "1",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "066190012345"}],
        "SoDienThoai": "0912345678",
        "NgayNopHoSo": "20260310083000",
        "TrangThaiHoSo": "1",
        "HinhThuc": "1",
        "TaiLieuNop": [{"TepDinhKemId": "a" * 64, "DuongDanTaiTepTin": "/files/1"}],
        **more,
    }


def step(status: Status, at: str = "20260310100000", **more: Any) -> dict[str, Any]:
    return {
        "ThoiDiemXuLy": at,
        "TrangThai": str(portal_number(status)),
        "NguoiXuLy": "Y Bhiăo Êban",
        "PhongBanXuLy": "Phòng Kinh tế",
        "NoiDungXuLy": "Đã nhận",
        **more,
    }


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


def test_online_dossier_waits_to_be_received_within_eight_working_hours(desk: DeskContext, clock: Clock) -> None:
    clock.set(10, 9)
    assert feed(desk, "HoSoMoi", ONLINE_CODE, online()) == ("applied", "")
    view = show(desk, ONLINE_CODE)
    assert (view.row.status, view.row.is_open, view.channel, view.return_by) == ("registered", True, "online", "post")
    assert (view.row.received_at, view.row.due) == (moment(10, 8, 30), moment(11, 8, 30))
    assert (view.events[0].step, view.events[0].at, view.events[0].entered_at) == (
        "register",
        moment(10, 8, 30),
        clock.now,
    )
    assert view.applicant.personal_number == "066190012345"
    assert [row.code for row in find(desk, "h ngam")] == [ONLINE_CODE]
    assert kinds(desk, ONLINE_CODE) == [], "the portal knows it already"
    assert counts(desk).open == 1
    assert verify(desk).problems == ()


def test_online_dossier_is_received_with_the_online_limit(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    clock.set(10, 14)
    done = take_step(desk, ONLINE_CODE, Step.ACCEPT, StepInput())
    view = show(desk, ONLINE_CODE)
    assert (done.status, done.due) == ("received", moment(12, 17))
    assert (view.row.received_at, view.first_due) == (clock.now, moment(12, 17))
    assert (view.events[-1].form, view.events[-1].form_number) == ("receipt", 1)
    assert kinds(desk, ONLINE_CODE) == ["step", "update"]
    (update,) = payloads(desk, ONLINE_CODE, "update")
    assert [paper["DuongDanTaiTepTin"] for paper in update["TaiLieuNop"]] == ["/files/1"], "the applicant's file stays"
    assert update["NgayNopHoSo"] == "20260310083000", "handed in before it was received"
    assert verify(desk).problems == ()


def test_online_dossier_is_refused_with_a_reason(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    done = take_step(desk, ONLINE_CODE, Step.REFUSE, StepInput(reason="Không thuộc thẩm quyền"))
    assert (done.status, show(desk, ONLINE_CODE).row.is_open) == ("refused", False)


def test_online_dossier_without_a_known_limit_asks_for_a_date(desk: DeskContext, clock: Clock) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online(procedure=UNKNOWN_LIMIT))
    with nothing_stored(desk), refused("limit_unknown"):
        take_step(desk, ONLINE_CODE, Step.ACCEPT, StepInput())
    with nothing_stored(desk), refused("impossible_time"):
        take_step(desk, ONLINE_CODE, Step.ACCEPT, StepInput(new_due=moment(9, 17), reason="Theo hẹn"))
    given = StepInput(new_due=moment(20, 17), reason="Theo hẹn")
    assert take_step(desk, ONLINE_CODE, Step.ACCEPT, given).due == moment(20, 17)


def test_repeated_dossier_is_passed_over_and_another_under_its_code_is_a_clash(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    before = row_counts(desk)
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    assert row_counts(desk) == before
    assert feed(desk, "HoSoMoi", ONLINE_CODE, online(ChuHoSo="Người khác"))[0] == "clash"
    assert show(desk, ONLINE_CODE).applicant.name == "H' Ngăm Niê Kdăm"


def test_desk_s_own_code_is_never_overwritten(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    assert feed(desk, "HoSoMoi", code, online(code))[0] == "clash"
    assert show(desk, code).channel == "counter"


@pytest.mark.parametrize(
    ("kind", "data", "word"),
    [
        ("HoSoMoi", online(procedure="9.999999"), "9.999999"),
        ("HoSoMoi", {}, ""),
        ("HoSoMoi", online(NgayNopHoSo="hôm qua"), ""),
        ("HoSoMoi", online(DinhDanhCHS=["x"]), ""),
        ("TienDo", step(Status.PROCESSING), "H15.36-260310-9001"),
        ("Lich", {"Nam": "2027", "NgayNghi": ["20270230"]}, ""),
        ("Lich", {"NgayNghi": []}, ""),
        ("Lich", {"Nam": "2027", "NgayNghi": ["20260101"], "LamBu": []}, "2027"),
        ("TTHC", {"MATTHC": "5.000001"}, "5.000001"),
        ("TinNhan", {}, "chưa biết"),
        ("TienDo", "x", ""),
    ],
)
def test_unreadable_entry_is_kept_with_its_reason_and_changes_nothing(
    desk: DeskContext, kind: str, data: Any, word: str
) -> None:
    before = {**row_counts(desk), "inbox_entry": 1, "inbox_cursor": 1}
    state, error = feed(desk, kind, ONLINE_CODE, data)
    assert state == "unreadable"
    assert word in error
    assert error
    assert row_counts(desk) == before


def test_steps_of_the_processing_unit_move_the_dossier(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    sent = kinds(desk, code)
    assert feed(desk, "TienDo", code, step(Status.PROCESSING)) == ("applied", "")
    assert feed(desk, "TienDo", code, step(Status.FINISHED, "20260311100000")) == ("applied", "")
    view = show(desk, code)
    assert (view.row.status, view.row.unit, view.row.finished_at) == ("finished", "Phòng Kinh tế", moment(11, 10))
    assert [(e.step, e.actor, e.reason) for e in view.events[1:]] == [
        ("hand_over", "Y Bhiăo Êban", "Đã nhận"),
        ("finish", "Y Bhiăo Êban", "Đã nhận"),
    ]
    assert {name: value for name, value in view.events[1].details.items() if name != FROZEN} == {
        "from_portal": True,
        "portal_step": ["20260310100000", "processing"],
        "from_unit": "",
    }
    assert kinds(desk, code) == sent, "the portal is not told what it told us"
    assert feed(desk, "TienDo", code, step(Status.RETURNED, "20260312100000"))[0] == "applied"
    assert show(desk, code).returned_at == moment(12, 10)
    assert verify(desk).problems == ()


def test_pause_from_the_portal_stops_the_clock(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    feed(desk, "TienDo", code, step(Status.SUPPLEMENT_REQUESTED, "20260311083000"))
    assert show(desk, code).row.paused_at == moment(11, 8, 30)
    clock.set(16, 8, 30)
    assert take_step(desk, code, Step.SUPPLEMENT, StepInput()).due == moment(18, 17)


def test_portal_s_clock_far_ahead_does_not_hold_the_desk_up(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    raw = step(Status.PROCESSING, "20270101080000")
    with desk.database.write() as session:
        take_told_step(session, desk, find_dossier(session, code), raw)
    assert show(desk, code).events[-1].at == clock.now
    clock.move(minutes=1)
    assert take_step(desk, code, Step.FINISH, StepInput()).at == clock.now
    assert feed(desk, "TienDo", code, raw, nonce="again") == ("applied", "")
    assert show(desk, code).row.status == "finished"


def test_wrong_date_far_ahead_makes_no_later_step_late(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    with desk.database.write() as session:
        take_told_step(session, desk, find_dossier(session, code), step(Status.PROCESSING, "20270101080000"))
    assert feed(desk, "TienDo", code, step(Status.FINISHED, "20260311080000")) == ("applied", "")
    assert show(desk, code).row.status == "finished"


def test_portal_s_word_for_our_own_reception_changes_nothing(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    before = show(desk, code)
    assert feed(desk, "TienDo", code, step(Status.RECEIVED, "20260310083300", NguoiXuLy="Hệ thống")) == ("applied", "")
    assert show(desk, code) == before


def test_repeated_step_changes_nothing(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    feed(desk, "TienDo", code, step(Status.PROCESSING))
    before = show(desk, code)
    assert feed(desk, "TienDo", code, step(Status.PROCESSING), nonce="again")[0] == "applied"
    assert show(desk, code) == before


def test_our_own_step_come_back_changes_nothing(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    before = show(desk, code)
    assert feed(desk, "TienDo", code, step(Status.PROCESSING, "20260310083000"))[0] == "applied"
    assert show(desk, code) == before


@pytest.mark.parametrize("status", [Status.RETURNED, Status.PAYMENT_REQUESTED, Status.REFUSED])
def test_step_that_cannot_follow_is_a_clash_and_changes_nothing(desk: DeskContext, status: Status) -> None:
    code = receive(desk, full_request()).code
    before = show(desk, code)
    assert feed(desk, "TienDo", code, step(status))[0] == "clash"
    assert show(desk, code) == before


@pytest.mark.parametrize(
    "data",
    [
        step(Status.PROCESSING, at=""),
        step(Status.PROCESSING, at="20261399000000"),
        {**step(Status.PROCESSING), "TrangThai": "11"},
        {**step(Status.PROCESSING), "TrangThai": "x"},
        {"NguoiXuLy": "A"},
    ],
)
def test_unreadable_step_leaves_the_dossier(desk: DeskContext, data: Any) -> None:
    code = receive(desk, full_request()).code
    before = show(desk, code)
    assert feed(desk, "TienDo", code, data)[0] == "unreadable"
    assert show(desk, code) == before


RESULT = {
    "DanhSachGiayToKetQua": [{"TenGiayTo": "Trích lục", "DuongDanTepTinKetQua": "/files/9", "GiayToId": ""}],
    "ThoiDiemXuLy": "20260312090000",
}


def test_result_finishes_the_dossier_and_keeps_the_papers_address(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    assert feed(desk, "KetQua", code, RESULT)[0] == "applied"
    view = show(desk, code)
    assert (view.row.status, view.row.finished_at) == ("finished", moment(12, 9))
    assert view.events[-1].details["files"] == [{"name": "Trích lục"}]
    take_step(desk, code, Step.RETURN, StepInput())
    assert payloads(desk, code, "update")[-1]["DanhSachGiayToKetQua"] == RESULT["DanhSachGiayToKetQua"]


def test_result_after_the_finish_is_a_note_in_the_history(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.FINISH, StepInput())
    feed(desk, "KetQua", code, RESULT)
    view = show(desk, code)
    assert (view.row.status, view.events[-1].step) == ("finished", "attach")
    before = len(view.events)
    feed(desk, "KetQua", code, RESULT)
    assert len(show(desk, code).events) == before
    assert verify(desk).problems == ()


def test_result_of_a_dossier_not_received_is_a_clash(desk: DeskContext) -> None:
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    assert feed(desk, "KetQua", ONLINE_CODE, RESULT)[0] == "clash"


def test_result_without_papers_is_unreadable(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    assert feed(desk, "KetQua", code, {"ThoiDiemXuLy": "20260312090000"})[0] == "unreadable"


PROCEDURE = {
    "MATTHC": HOURS,
    "TENTTHC": "Xác nhận tình trạng hôn nhân (mới)",
    "MALINHVUC": "LV094",
    "TENLINHVUC": "Hộ tịch",
    "CAPTHUCHIEN": "3",
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": "1",
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": "5",
                    "DONVITINH": "working_day",
                    "PHILEPHI": [{"MAPHILEPHI": "LP01", "TENPHILEPHI": "Lệ phí", "SOTIEN": "15000"}],
                }
            ],
        },
        {"KENH": "2", "THOIGIAN": [{"THOIGIANGIAIQUYET": "3", "DONVITINH": "working_day"}]},
    ],
    "THANHPHANHOSO": [
        {
            "TRUONGHOP": "",
            "GIAYTO": [{"MAGIAYTO": "TP01", "TENGIAYTO": "Tờ khai", "SOBANCHINH": "1", "BATBUOC": "1"}],
        }
    ],
    "TRANGTHAI": "1",
}


def test_procedure_becomes_a_new_version_and_old_dossiers_keep_theirs(desk: DeskContext) -> None:
    before = receive(desk, request(HOURS))
    assert feed(desk, "TTHC", "", PROCEDURE) == ("applied", "")
    new = get_procedure(desk, HOURS)
    assert (new.version, new.name, new.limit.amount, new.levels) == (2, PROCEDURE["TENTTHC"], 5, ("commune",))
    assert [(limit.channel, limit.amount) for limit in new.limits] == [("counter", 5), ("online", 3)]
    assert [(fee.channel, fee.amount) for fee in new.fees] == [("counter", 15000)]
    after = receive(desk, request(HOURS))
    assert (before.due, after.due) == (moment(10, 14, 30), moment(17, 17))
    assert show(desk, before.code).procedure.version == 1


def test_procedure_out_of_force_is_no_longer_taken(desk: DeskContext) -> None:
    feed(desk, "TTHC", "", {**PROCEDURE, "TRANGTHAI": "0", "THAYTHE": DAYS})
    with refused("procedure_not_in_force", DAYS):
        receive(desk, request(HOURS))


def test_calendar_of_a_year_is_laid_over_and_promises_stand(desk: DeskContext) -> None:
    before = receive(desk, full_request())
    days = {"Nam": "2026", "NgayNghi": ["20260312"], "LamBu": ["20260314"]}
    assert feed(desk, "Lich", "", days) == ("applied", "")
    calendar = read_calendar(desk)
    assert not calendar.is_working_day(date(2026, 3, 12))
    assert calendar.is_working_day(date(2026, 3, 14))
    assert show(desk, before.code).row.due == moment(13, 17)
    assert receive(desk, full_request()).due == moment(14, 17)
