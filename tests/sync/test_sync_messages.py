"""The portal's messages: exact names, formats and bytes (portal-protocol.md section 3)."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from counter_app.sync import messages
from counter_app.sync.client import PortalDossier
from counter_app.sync.matching import holds, is_ours
from counter_app.sync.messages import MessageKind

DOSSIER = messages.DossierMessage(
    code="H15.36-261125-1001",
    procedure_code="1.004837",
    procedure_name="Đăng ký khai sinh",
    field_code="LV01",
    field_name="Hộ tịch",
    channel=messages.Channel.COUNTER,
    applicant_name="H' Ngăm Niê Kdăm",
    applicant_kind=messages.ApplicantKind.PERSON,
    received_at=datetime(2026, 11, 24, 18, 30, 5, tzinfo=UTC),
    status=2,
    return_by=messages.ReturnBy.COUNTER,
    handling_unit="UBND xã Ea Kao",
    identities=(messages.Identity(messages.IdentityKind.PERSONAL_NUMBER, "066190012345"),),
    due=datetime(2026, 11, 30, 10, 0, tzinfo=UTC),
    papers=(messages.PaperWithoutFile("Tờ khai", 1),),
    fees=(messages.Fee("LP01", "Lệ phí", 8000),),
)
STEP = messages.StepMessage(
    code=DOSSIER.code, handler="Nguyễn Văn A", at=datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC), status=4
)

DOSSIER_NAMES = [
    "MaHoSo",
    "MaTTHC",
    "TenTTHC",
    "MaLinhVuc",
    "TenLinhVuc",
    "KenhThucHien",
    "ChuHoSo",
    "LoaiDoiTuong",
    "MaDoiTuong",
    "SoGiayToChuHoSo",
    "DinhDanhCHS",
    "Email",
    "Fax",
    "SoDienThoai",
    "TrichYeuHoSo",
    "NgayNopHoSo",
    "NgayTiepNhan",
    "NgayHenTra",
    "TrangThaiHoSo",
    "NgayTra",
    "ThongTinTra",
    "HinhThuc",
    "NgayKetThucXuLy",
    "NgayTuChoi",
    "DonViXuLy",
    "NoiNopHoSo",
    "HoSoCoThanhPhanSoHoa",
    "TaiKhoanDuocXacThucVoiVNeID",
    "DuocThanhToanTrucTuyen",
    "GhiChu",
    "TaiLieuNop",
    "DanhSachTepDinhKemKhac",
    "DanhSachLePhi",
    "DanhSachHoSoBoSung",
    "DanhSachGiayToKetQua",
]


def held(payload: bytes, **changes: object) -> PortalDossier:
    fields = {**json.loads(payload), **changes}
    return PortalDossier(fields["MaHoSo"], fields, ())


def test_a_dossier_has_exactly_the_names_of_the_protocol_and_only_strings() -> None:
    built = messages.create_message(DOSSIER)
    value = json.loads(built.payload)

    assert built.kind is MessageKind.CREATE
    assert list(value) == DOSSIER_NAMES
    assert all(isinstance(one, str | list) for one in value.values())
    assert value["NgayTiepNhan"] == "20261125013005"
    assert value["NgayHenTra"] == "20261130170000"
    assert value["NgayTra"] == ""
    assert value["TrangThaiHoSo"] == "2"
    assert value["NoiNopHoSo"] == "2"
    assert value["DinhDanhCHS"] == [{"LoaiDinhDanh": "1", "SoDinhDanh": "066190012345"}]
    assert value["DanhSachLePhi"] == [
        {"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP01", "HinhThucThu": "1", "Gia": "8000", "LoaiPhiLePhi": ""}
    ]
    assert value["DanhSachTepDinhKemKhac"] == [{"TenGiayTo": "Tờ khai", "SoLuong": "1", "LoaiGiayTo": ""}]


def test_text_goes_out_in_nfc_and_the_same_values_give_the_same_bytes() -> None:
    composed = replace(DOSSIER, applicant_name=unicodedata.normalize("NFC", "Lê Thị Hà"))
    decomposed = replace(DOSSIER, applicant_name=unicodedata.normalize("NFD", "Lê Thị Hà"))

    assert composed.applicant_name != decomposed.applicant_name
    assert messages.create_message(decomposed).payload == messages.create_message(composed).payload
    assert composed.applicant_name.encode() in messages.create_message(decomposed).payload


def test_a_step_has_exactly_the_names_of_the_protocol() -> None:
    value = json.loads(messages.step_message(STEP).payload)

    assert list(value) == [
        "MaHoSo",
        "NguoiXuLy",
        "ChucDanh",
        "ThoiDiemXuLy",
        "PhongBanXuLy",
        "NoiDungXuLy",
        "TrangThai",
        "NgayBatDau",
        "NgayKetThucTheoQuyDinh",
    ]
    assert value["ThoiDiemXuLy"] == "20261125080203"


def test_supplements_results_and_documents_are_told_in_their_own_lists() -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    full = replace(
        DOSSIER,
        documents=(messages.NamedDocument("https://cong/files/1", "ab" * 32, "don.pdf", "TP01"),),
        supplements=(messages.Supplement("1", "A", "thiếu giấy", at, papers=("Giấy chứng sinh",)),),
        results=(messages.ResultPaper("Giấy khai sinh", "KQ01", "cd" * 32, "https://cong/files/2", "KQ1"),),
    )

    value = json.loads(messages.update_message(full).payload)

    assert value["TaiLieuNop"][0]["TepDinhKemId"] == "ab" * 32
    assert value["TaiLieuNop"][0]["IsDeleted"] == "0"
    assert value["DanhSachHoSoBoSung"][0]["DanhSachGiayToBoSung"] == [{"TenGiayTo": "Giấy chứng sinh"}]
    assert value["DanhSachGiayToKetQua"][0]["DuongDanTepTinKetQua"] == "https://cong/files/2"
    with pytest.raises(ValueError, match="without documents"):
        messages.create_message(full)


def test_wrong_values_are_caught_before_they_reach_the_outbox() -> None:
    with pytest.raises(ValueError, match="zone"):
        messages.create_message(replace(DOSSIER, received_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="statuses"):
        messages.step_message(replace(STEP, status=11))
    for text in ("2026", "20261301000000", "２０２６１１２５０８０２０３"):
        with pytest.raises(ValueError, match=r"digits|remains"):
            messages.parse_wire_time(text)


def test_wire_times_come_back_as_they_went() -> None:
    assert messages.parse_wire_time(messages.wire_time(DOSSIER.received_at)) == DOSSIER.received_at
    assert messages.parse_wire_time("") is None


def test_a_code_that_the_portal_holds_for_somebody_else_is_not_ours() -> None:
    payload = messages.create_message(DOSSIER).payload

    assert is_ours(payload, held(payload))
    assert is_ours(payload, held(payload, TrangThaiHoSo="9", NgayTra="20261126000000"))
    assert not is_ours(payload, held(payload, ChuHoSo="Trần Văn B"))
    assert not is_ours(payload, held(payload, NgayTiepNhan="20261125013006"))


def test_a_step_is_recognised_by_its_time_and_status() -> None:
    payload = messages.step_message(STEP).payload
    step = json.loads(payload)

    def found(*steps: dict[str, str]) -> PortalDossier:
        return PortalDossier(STEP.code, {}, steps)

    assert holds(MessageKind.STEP, payload, found({"TrangThai": "2"}, step))
    assert not holds(MessageKind.STEP, payload, found({**step, "TrangThai": "5"}))
    assert not holds(MessageKind.STEP, payload, found({**step, "ThoiDiemXuLy": "20261125080204"}))


def test_an_update_is_there_only_when_all_that_it_says_is() -> None:
    named = messages.NamedDocument("https://cong/files/1", "ab" * 32, "don.pdf", "TP01")
    payload = messages.update_message(replace(DOSSIER, documents=(named,))).payload

    assert holds(MessageKind.UPDATE, payload, held(payload))
    assert not holds(MessageKind.UPDATE, payload, held(payload, TaiLieuNop=[]))
    assert not holds(MessageKind.UPDATE, payload, held(payload, NgayHenTra=""))
