"""The adapter to profile 2: what it sends, letter by letter, and how it reads what the portal holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile2_line import CODE, DOSSIER, FEES, KNOWN, RESULTS, THEIRS, Line, create, open_line, send_new, step, update
from scripted_portal import Reply, json_reply

from counter_app.sync.client import Refused, TransientTrouble
from counter_app.sync.messages import ApplicantKind, DossierMessage, ResultPaper, create_message
from counter_app.sync.profile2_book import PortalName
from counter_app.sync.profile2_wire import portal_dossier, progress_entry, status_entries

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001 - hypothesis wants them bare


@pytest.fixture
def line() -> Iterator[Line]:
    with open_line() as made:
        yield made


# What is sent


def test_a_create_letter_by_letter(line: Line) -> None:
    assert send_new(line).done
    assert line.asked("/token") == [{"client_id": "desk-1", "client_secret": "bi mat"}]
    assert line.asked("/next-value") == [{"MaTTHC": "1.004837"}]
    assert line.asked("/dossiers") == [
        {
            "MaHoSo": THEIRS,
            "MaHoSoKhac": CODE,
            "MaTTHC": "1.004837",
            "MaDichVuCong": "",
            "ChuHoSo": "H' Ngăm Niê Kdăm",
            "LoaiDoiTuong": 0,
            "MaDonViTiepNhan": "H15.36",
            "NgayNop": "2026-03-10 08:30:00",
            "NgayTiepNhan": "2026-03-10 08:30:00",
            "EformThongTinChiTiet": {},
            "ThanhPhanHoSo": [
                {
                    "MaThanhPhanHoSo": "TP01",
                    "TenThanhPhanHoSo": "Tờ khai",
                    "SoLuong": 1,
                    "LoaiBan": 0,
                    "GiayToDinhKem": [
                        {"IdGiayTo": "f-1", "HashTepTin": "a" * 64, "TenGiayTo": "to khai.pdf", "MaKetQua": ""}
                    ],
                },
                {
                    "MaThanhPhanHoSo": "TP01",
                    "TenThanhPhanHoSo": "Tờ khai",
                    "SoLuong": 2,
                    "LoaiBan": 1,
                    "GiayToDinhKem": [],
                },
                {
                    "MaThanhPhanHoSo": "TP03",
                    "TenThanhPhanHoSo": "Bản vẽ",
                    "SoLuong": 1,
                    "LoaiBan": 2,
                    "GiayToDinhKem": [
                        {"IdGiayTo": "f-2", "HashTepTin": "b" * 64, "TenGiayTo": "ban ve.pdf", "MaKetQua": ""}
                    ],
                },
            ],
            "ThongTinNguoiNop": {"LoaiDoiTuong": 0, "ThongTinChiTiet": {"TenNguoiNop": "Y Bhiăo Êban"}},
        }
    ]
    assert line.book.names[CODE] == PortalName(THEIRS, "id-1")
    assert {one.headers["authorization"] for one in line.server.asked if one.path != "/token"} == {"Bearer tok-1"}
    assert {one.headers.get("idempotency-key") for one in line.server.asked} == {None}


def test_an_enterprise_is_a_business_and_an_organisation_is_refused_before_anything_is_created(line: Line) -> None:
    payload = create_message(DossierMessage(**{**DOSSIER.__dict__, "applicant_kind": ApplicantKind.ENTERPRISE})).payload
    assert line.client.send_dossiers([payload], updating=False, key=uuid4()).items[0].done
    assert line.asked("/dossiers")[0]["LoaiDoiTuong"] == 1
    payload = create_message(
        DossierMessage(**{**DOSSIER.__dict__, "code": "K", "applicant_kind": ApplicantKind.ORGANISATION})
    ).payload
    item = line.client.send_dossiers([payload], updating=False, key=uuid4()).items[0]
    assert (item.error_code, item.field) == ("not_offered", "LoaiDoiTuong")
    assert len(line.asked("/dossiers")) == 1


def test_a_step_letter_by_letter(line: Line) -> None:
    line.book.names.update(KNOWN)
    assert line.client.send_steps([step()], key=uuid4()).items[0].done
    assert line.asked("/progress") == [
        [
            {
                "IDHoSo": "id-1",
                "MaHoSo": THEIRS,
                "NguoiXuLy": "Lê Thị Hạnh",
                "ThoiDiemXuLy": "2026-03-10T08:30:00.000",
                "PhongBanXuLy": "Phòng Tư pháp",
                "NoiDungXuLy": "Chuyển xử lý",
                "TrangThai": "4",
                "NgayBatDau": "2026-03-10T08:30:00.000",
                "NgayKetThucTheoQuyDinh": "",
            }
        ]
    ]


@pytest.mark.parametrize("status", range(1, 11))
def test_fees_and_results_go_with_5_6_and_9_only(line: Line, status: int) -> None:
    line.book.names.update(KNOWN)
    payload = update(status, fees=FEES, results=RESULTS)
    assert line.client.send_dossiers([payload], updating=True, key=uuid4()).items[0].done
    (entries,) = line.asked("/status")
    told = {
        "IdHoSo": "id-1",
        "MaHoSo": THEIRS,
        "NoiDungYKien": "",
        "PhongBanXuLy": "UBND xã Ea Kao",
        "NoiDungXuLy": "",
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [],
    }
    lists = {
        "DanhSachLePhi": [
            {"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP01", "HinhThucThu": "1", "Gia": "8000", "LoaiPhiLePhi": ""}
        ],
        "DanhSachGiayToKetQua": [
            {
                "TenGiayTo": "Giấy khai sinh",
                "MaThanhPhanHoSo": "KQ01",
                "GiayToId": "f-9",
                "DuongDanTepTinKetQua": "",
                "MaGiayToKetQua": "KQ-1",
            }
        ],
    }
    if status in (5, 6, 9):
        assert entries == [{**told, **lists, "TrangThai": str(status)}]
    elif status == 10:
        assert entries == [{**told, **lists, "TrangThai": "9"}, {**told, "TrangThai": "10"}]
    else:
        assert entries == [{**told, "TrangThai": str(status)}]


def test_a_result_at_another_portal_is_not_named_here(line: Line) -> None:
    line.book.names.update(KNOWN)
    elsewhere = (ResultPaper("Giấy khai sinh", "KQ01", "c" * 64, "https://cu.example.vn/files/1", "KQ-1"),)
    item = line.client.send_dossiers([update(9, results=elsewhere)], updating=True, key=uuid4()).items[0]
    assert item.error_code == "file_elsewhere"
    assert line.asked("/status") == []


# Codes: asked for once, and never two dossiers


def test_a_code_that_was_kept_is_used_again(line: Line) -> None:
    line.answers["/dossiers"] = Reply(cut=True)
    with pytest.raises(TransientTrouble) as trouble:
        send_new(line)
    assert trouble.value.seen
    line.answers["/dossiers"] = json_reply({"code": 0, "message": "", "data": {"IdHoSo": 17}})
    assert send_new(line).done
    assert len(line.asked("/next-value")) == 1
    assert [one["MaHoSo"] for one in line.asked("/dossiers")] == [THEIRS, THEIRS]
    assert line.book.names[CODE] == PortalName(THEIRS, "17")


def test_a_create_that_was_answered_is_not_sent_again(line: Line) -> None:
    line.book.names.update(KNOWN)
    assert send_new(line).done
    assert line.server.asked == []


def test_trouble_over_the_code_leaves_nothing_in_doubt(line: Line) -> None:
    line.answers["/next-value"] = Reply(502)
    with pytest.raises(TransientTrouble) as trouble:
        send_new(line)
    assert not trouble.value.seen
    assert line.asked("/dossiers") == []


@pytest.mark.parametrize("value", ["", " ", 7, None, "x" * 65, "a\nb"])
def test_a_code_that_is_none_is_refused(line: Line, value: object) -> None:
    line.answers["/next-value"] = json_reply({"value": value})
    assert send_new(line).error_code == "portal_answer"
    assert line.asked("/dossiers") == []


def test_a_code_may_come_in_the_envelope(line: Line) -> None:
    line.answers["/next-value"] = json_reply({"code": 0, "message": "", "data": {"value": THEIRS}})
    assert send_new(line).done


def test_an_answer_without_the_record_s_identifier_is_an_outcome_to_look_up(line: Line) -> None:
    line.answers["/dossiers"] = json_reply({"code": 0, "message": "", "data": None})
    with pytest.raises(TransientTrouble) as trouble:
        send_new(line)
    assert trouble.value.seen


def test_what_is_certain_of_the_first_stays_when_the_line_fails_at_the_second(line: Line) -> None:
    second = create_message(DossierMessage(**{**DOSSIER.__dict__, "code": "K2"})).payload
    given = iter([json_reply({"value": THEIRS}), Reply(cut=True)])
    line.answers["/next-value"] = lambda _: next(given)
    items = line.client.send_dossiers([create(), second, create()], updating=False, key=uuid4()).items
    assert [one.error_code for one in items] == ["0", "", ""]


# Look-up


FOUND = {
    "MaHoSo": THEIRS,
    "IdHoSo": "id-5",
    "MaTTHC": "1.004837",
    "ChuHoSo": "H' Ngăm Niê Kdăm",
    "NgayTiepNhan": "2026-03-10 08:30:00",
    "TrangThai": 4,
    "TienTrinh": [{"ThoiDiemXuLy": "2026-03-10T08:30:00.000", "TrangThai": "4"}],
}


def found(**changes: object) -> Reply:
    return json_reply({"code": 0, "message": "", "data": {**FOUND, **changes}})


def test_a_look_up_speaks_the_vocabulary_of_the_outbox(line: Line) -> None:
    line.book.names[CODE] = PortalName(THEIRS)
    line.answers["/lookup"] = found()
    held = line.client.look_up([CODE, "never sent"])[CODE]
    assert line.asked("/lookup") == [{"MaHoSo": THEIRS}]
    assert held.fields == {
        "MaHoSo": CODE,
        "MaTTHC": "1.004837",
        "ChuHoSo": "H' Ngăm Niê Kdăm",
        "NgayTiepNhan": "20260310083000",
        "TrangThaiHoSo": "4",
    }
    assert held.steps == ({"ThoiDiemXuLy": "20260310083000", "TrangThai": "4", "NoiDungXuLy": ""},)
    assert line.book.names[CODE] == PortalName(THEIRS, "id-5")


def test_a_dossier_that_was_never_sent_is_not_asked_for(line: Line) -> None:
    assert line.client.look_up([CODE]) == {}
    assert line.server.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"MaHoSo": "of another"},
        {"NgayTiepNhan": "10/03/2026"},
        {"TienTrinh": {"a": 1}},
        {"TienTrinh": [{"ThoiDiemXuLy": "", "TrangThai": "4"}]},
        {"TienTrinh": [{"TrangThai": "4"}]},
        {"TrangThai": True},
        {"TrangThai": []},
        {"ThanhPhanHoSo": [{"GiayToDinhKem": [{"IdGiayTo": "1"}]}]},
        {"ThanhPhanHoSo": "x"},
    ],
)
def test_a_look_up_that_cannot_be_read_is_no_licence_to_send_again(line: Line, changes: dict[str, object]) -> None:
    line.book.names[CODE] = PortalName(THEIRS)
    line.answers["/lookup"] = found(**changes)
    with pytest.raises(Refused) as refusal:
        line.client.look_up([CODE])
    assert refusal.value.code == "portal_answer"
    assert "Báo quản trị cổng" in refusal.value.reason


def test_a_look_up_without_the_steps_is_none_and_empty_values_decide_nothing(line: Line) -> None:
    line.book.names[CODE] = PortalName(THEIRS)
    data = {name: value for name, value in FOUND.items() if name != "TienTrinh"}
    line.answers["/lookup"] = json_reply({"code": 0, "message": "", "data": data})
    with pytest.raises(Refused):
        line.client.look_up([CODE])
    nothing = dict.fromkeys(("MaTTHC", "ChuHoSo", "NgayTiepNhan", "TrangThai", "ThanhPhanHoSo", "TienTrinh"))
    line.answers["/lookup"] = found(**nothing)
    held = line.client.look_up([CODE])[CODE]
    assert (held.fields, held.steps) == ({"MaHoSo": CODE}, ())


def test_the_record_s_identifier_is_asked_for_where_the_answer_was_lost(line: Line) -> None:
    line.book.names[CODE] = PortalName(THEIRS)
    line.answers["/lookup"] = found()
    assert line.client.send_steps([step()], key=uuid4()).items[0].done
    assert line.asked("/progress")[0][0]["IDHoSo"] == "id-5"
    line.book.names[CODE] = PortalName(THEIRS)
    line.answers["/lookup"] = found(IdHoSo=None)
    item = line.client.send_steps([step()], key=uuid4()).items[0]
    assert (item.error_code, item.field) == ("record_id_unknown", "IdHoSo")


def test_a_step_of_a_dossier_that_the_portal_does_not_have_waits_for_its_create(line: Line) -> None:
    assert line.client.send_steps([step()], key=uuid4()).items[0].error_code == "05"
    line.book.names[CODE] = PortalName(THEIRS)
    assert line.client.send_steps([step()], key=uuid4()).items[0].error_code == "05"
    assert line.asked("/progress") == []


def test_trouble_of_the_look_up_before_a_step_leaves_the_step_unsent(line: Line) -> None:
    line.book.names[CODE] = PortalName(THEIRS)
    line.answers["/lookup"] = Reply(500)
    with pytest.raises(TransientTrouble) as trouble:
        line.client.send_steps([step()], key=uuid4())
    assert not trouble.value.seen


# There and back


@given(at=MOMENTS, status=st.integers(1, 10))
def test_a_step_is_recognised_when_it_comes_back(at: datetime, status: int) -> None:
    sent = json.loads(step(at.replace(microsecond=0, tzinfo=UTC), status))
    there = progress_entry(sent, KNOWN[CODE])
    (back,) = portal_dossier(CODE, {"MaHoSo": THEIRS, "TienTrinh": [there]}).steps
    assert (back["ThoiDiemXuLy"], back["TrangThai"]) == (sent["ThoiDiemXuLy"], sent["TrangThai"])


@given(status=st.integers(1, 10), fees=st.booleans(), results=st.booleans())
def test_lists_go_with_no_other_status_and_the_last_word_is_the_record_s(
    status: int, fees: bool, results: bool
) -> None:
    record = json.loads(update(status, fees=FEES if fees else (), results=RESULTS if results else ()))
    entries = status_entries(record, KNOWN[CODE])
    assert entries[-1]["TrangThai"] == str(status)
    for entry in entries:
        if entry["TrangThai"] not in ("5", "6", "9"):
            assert not entry["DanhSachLePhi"]
            assert not entry["DanhSachGiayToKetQua"]
