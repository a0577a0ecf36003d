"""What is told to the portal: each change once, in the transaction of the change, in the portal's words."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from counter_app.models import Document
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services import outgoing
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.portal_link import NamingQueue
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ApplicantData, ComponentIn, FeeIn
from tests.catalogue_samples import DAYS, full_request, request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, messages, nothing_stored, payloads


def test_record_of_a_new_dossier_has_every_field_the_portal_asks_for(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(
        desk,
        full_request(
            components=(ComponentIn("TP01", 1, 2, (write_pdf(tmp_path / "a.pdf"),)), ComponentIn("TP02", 0, 1), TP03),
            fees=(FeeIn("LP01", True, "online"),),
            return_by="post",
            note="Gấp",
        ),
    ).code
    (record,) = payloads(desk, code, "create")
    expected = {
        "MaHoSo": code,
        "MaTTHC": DAYS,
        "TenTTHC": "Cấp bản sao trích lục hộ tịch",
        "MaLinhVuc": "LV094",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": "H' Ngăm Niê Kdăm",
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": "066190012345",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "066190012345"}],
        "SoDienThoai": "0912345678",
        "NgayNopHoSo": "20260310083000",
        "NgayTiepNhan": "20260310083000",
        "NgayHenTra": "20260313170000",
        "TrangThaiHoSo": "2",
        "NgayTra": "",
        "HinhThuc": "1",
        "DonViXuLy": "UBND xã Ea Kao",
        "NoiNopHoSo": "2",
        "HoSoCoThanhPhanSoHoa": "1",
        "DuocThanhToanTrucTuyen": "1",
        "GhiChu": "Gấp",
        "TaiLieuNop": [],
        "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Giấy tờ tùy thân", "SoLuong": "1", "LoaiGiayTo": ""}],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
    }
    assert {key: record[key] for key in expected} == expected
    assert [(fee["MaPhiLePhi"], fee["Gia"]) for fee in record["DanhSachLePhi"]] == [("LP01", "8000")]
    assert kinds(desk, code) == ["create", "upload"], "the record first, documents after"


TP03 = ComponentIn("TP03")


def test_enterprise_is_told_by_its_tax_code(desk: DeskContext) -> None:
    company = ApplicantData(kind="enterprise", name="HTX Ê Đê Coffee", tax_code="0100109106")
    (record,) = payloads(desk, receive(desk, request(applicant=company)).code, "create")
    assert (record["LoaiDoiTuong"], record["SoGiayToChuHoSo"]) == ("2", "0100109106")
    assert record["DinhDanhCHS"] == [{"LoaiDinhDanh": "2", "SoDinhDanh": "0100109106"}]


def test_every_step_is_a_message_of_its_own_and_the_record_after_it(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    taken = [
        (Step.HAND_OVER, StepInput(unit="Phòng Tư pháp")),
        (Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao")),
        (Step.SUPPLEMENT, StepInput(reason="Đã nộp")),
        (Step.FINISH, StepInput()),
        (Step.RETURN, StepInput(by="post")),
    ]
    for step, given in taken:
        clock.move(hours=1)
        take_step(desk, code, step, given)
    assert kinds(desk, code) == ["create", *["step", "update"] * len(taken)]
    steps = payloads(desk, code, "step")
    assert [step["TrangThai"] for step in steps] == ["4", "5", "4", "9", "10"]
    assert [step["ThoiDiemXuLy"][8:12] for step in steps] == ["0930", "1030", "1130", "1230", "1330"]
    assert steps[1]["NoiDungXuLy"] == "Yêu cầu bổ sung: Thiếu bản sao"
    assert {step["MaHoSo"] for step in steps} == {code}
    assert [step["NguoiXuLy"] for step in steps] == ["Lê Thị Hạnh"] * 5
    assert [step["PhongBanXuLy"] for step in steps] == ["Phòng Tư pháp"] * 5
    last = payloads(desk, code, "update")[-1]
    assert (last["TrangThaiHoSo"], last["HinhThuc"]) == ("10", "1")
    assert (last["NgayTra"], last["NgayKetThucXuLy"]) == ("20260310133000", "20260310123000")
    (supplement,) = last["DanhSachHoSoBoSung"]
    assert supplement["HoSoBoSungId"] == f"{code}-BS1"
    assert (supplement["NoiDungBoSung"], supplement["ThongTinTiepNhan"]) == ("Thiếu bản sao", "Đã nộp")
    assert (supplement["NgayBoSung"], supplement["NgayTiepNhanBoSung"]) == ("20260310103000", "20260310113000")
    assert supplement["TrangThaiBoSung"] == "2"


def test_two_supplements_are_told_one_after_the_other(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    for reason in ("Thiếu A", "Thiếu B"):
        take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason=reason, again="Phát hiện sau"))
        if reason == "Thiếu A":
            take_step(desk, code, Step.SUPPLEMENT, StepInput())
    told = payloads(desk, code, "update")[-1]["DanhSachHoSoBoSung"]
    assert [(one["HoSoBoSungId"][-3:], one["NoiDungBoSung"], one["TrangThaiBoSung"]) for one in told] == [
        ("BS1", "Thiếu A", "2"),
        ("BS2", "Thiếu B", "1"),
    ]


def test_messages_of_a_dossier_are_numbered_and_wait(desk: DeskContext, clock: Clock, tmp_path: Path) -> None:
    code = receive(desk, request(files=(write_pdf(tmp_path / "a.pdf"),))).code
    take_step(desk, code, Step.FINISH, StepInput())
    found = messages(desk, code)
    assert [message.number for message in found] == [1, 2, 3, 4]
    assert len({message.key for message in found}) == 4
    assert {message.state for message in found} == {"waiting"}
    assert {message.next_attempt_at for message in found} == {clock.now}
    assert [message.payload == b"" for message in found] == [False, True, False, False]
    assert found[1].document_id == show(desk, code).documents[0].id
    assert all(message.key[14] == "7" for message in found), "UUIDv7, in the order of time"


def upload_all(desk: DeskContext, code: str) -> None:
    """As the syncer leaves it once the portal holds the documents whole."""
    with desk.database.write() as session:
        for number, row in enumerate(session.query(Document).order_by(Document.id)):
            row.upload_url, row.uploaded_at = f"http://portal/files/{number}", desk.clock()
        NamingQueue(desk)(session, [show(desk, code).row.id], desk.clock())


def test_documents_are_named_only_once_the_portal_holds_them(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(desk, request(files=(write_pdf(tmp_path / "đơn.pdf"),))).code
    take_step(desk, code, Step.FINISH, StepInput())
    attach(desk, code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    assert payloads(desk, code, "update")[-1]["TaiLieuNop"] == []
    upload_all(desk, code)
    update = payloads(desk, code, "update")[-1]
    scan, result = show(desk, code).documents
    assert [(one["TepDinhKemId"], one["TenTepDinhKem"], one["MaThanhPhanHoSo"]) for one in update["TaiLieuNop"]] == [
        (scan.sha256, "đơn.pdf", "TP01")
    ]
    assert update["TaiLieuNop"][0]["DuongDanTaiTepTin"] == "http://portal/files/0"
    assert update["DanhSachGiayToKetQua"] == [
        {
            "TenGiayTo": "Giấy xác nhận",
            "MaThanhPhanHoSo": "KQ01",
            "GiayToId": result.sha256,
            "DuongDanTepTinKetQua": "http://portal/files/1",
            "MaGiayToKetQua": f"{code}-KQ1",
        }
    ]


def test_late_entry_is_told_with_the_time_it_happened(desk: DeskContext) -> None:
    at = datetime(2026, 3, 9, 10, 15, tzinfo=VIETNAM)
    (record,) = payloads(desk, receive(desk, request(at=at)).code, "create")
    assert record["NgayTiepNhan"] == "20260309101500"


@pytest.mark.parametrize("cut", ["queue_create", "queue_uploads"])
def test_dossier_and_its_messages_are_stored_together_or_not_at_all(
    desk: DeskContext, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    def power_cut(*_arguments: Any) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(outgoing, cut, power_cut)
        with nothing_stored(desk), pytest.raises(OSError, match="power cut"):
            receive(desk, request())
    assert receive(desk, request()).code.endswith("-1001")


def test_a_message_never_changes_once_written(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    before = [bytes(message.payload) for message in messages(desk, code)]
    clock.move(hours=1)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Công an xã"))
    assert [bytes(message.payload) for message in messages(desk, code)][: len(before)] == before


def test_text_goes_out_whole(desk: DeskContext) -> None:
    code = receive(desk, request(note='Ê Đê "Kpă" \\ \n xuống dòng')).code
    raw = messages(desk, code)[0].payload
    assert json.loads(raw)["GhiChu"] == 'Ê Đê "Kpă" \\ \n xuống dòng'
    assert "Ê Đê".encode() in raw
