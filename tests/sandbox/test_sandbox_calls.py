"""Sessions and calls of profile 1, sections 2 and 3."""

from __future__ import annotations

import gzip
import json
import uuid
from typing import Any

import pytest
import requests
from sandbox_desk import Clock, Desk, dossier, step

from counter_app.sandbox import PracticePortal

CODE = "H15.36-260514-0001"
OTHER = "H15.36-260514-0002"


def login(portal: PracticePortal, password: str) -> requests.Response:
    pair = {"username": "canbo", "password": password}
    return requests.post(f"{portal.url}/auth/login", json=pair, timeout=10)


def codes(envelope: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["MaHoSo"], row["error_code"]) for row in envelope["result"]]


def test_login_gives_a_session_with_its_life_in_seconds(portal: PracticePortal) -> None:
    answer = login(portal, "thuchanh").json()
    assert answer["error_code"] == "0"
    assert answer["expires_in"] == "3600"
    assert isinstance(answer["session"], str)
    assert len(answer["session"]) > 20


def test_wrong_pairs_are_401_then_429_until_the_window_is_over(portal: PracticePortal, clock: Clock) -> None:
    wrong = [login(portal, "sai") for _ in range(5)]
    assert [answer.status_code for answer in wrong] == [401] * 5
    assert wrong[0].json()["error_code"] == "-1"
    clock.now += 20
    locked = login(portal, "thuchanh")
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "40")
    clock.now += 40
    assert login(portal, "thuchanh").status_code == 200


def test_login_that_is_no_json_object_is_a_wrong_pair(portal: PracticePortal) -> None:
    for body in (b"", b"[1]", b"{", "đ".encode()):
        assert requests.post(f"{portal.url}/auth/login", data=body, timeout=10).status_code in (401, 429)


def test_unknown_and_expired_sessions_are_01(desk: Desk, clock: Clock) -> None:
    assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "00"
    clock.now += 3600
    assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "01"
    desk.session = "bịa"
    assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "01"
    desk.sign_in()
    assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "00"


def test_an_office_not_on_the_list_is_02(tmp_path: Any, clock: Clock) -> None:
    with PracticePortal(tmp_path / "c.db", offices={"H15.36"}, clock=clock) as portal:
        assert Desk(portal).send(dossier())["error_code"] == "00"
        assert Desk(portal, office="H15.99").send(dossier(OTHER))["error_code"] == "02"
        assert list(portal.dossiers()) == [CODE]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"service": "KhongCo"}, "service"),
        ({"service": "TraCuuHoSo", "mahoso": 5}, "mahoso"),
        ({"service": "TraCuuHoSo", "mahoso": []}, "mahoso"),
        ({"service": "TraCuuHoSo", "mahoso": ["A"] * 51}, "mahoso"),
        ({"service": "LayThuTuc"}, "maTTHC"),
        ({"service": "LayDanhSachTTHC", "trang": "0"}, "trang"),
        ({"service": "LayThayDoi", "tu": "x", "so": "100"}, "tu"),
        ({"service": "LayThayDoi", "tu": "", "so": 100}, "so"),
        ({"service": "DongBoHoSoMC", "data": [dossier()]}, "isUpdating"),
        ({"service": "DongBoHoSoMC", "isUpdating": False, "data": [dossier()]}, "isUpdating"),
        ({"service": "DongBoHoSoMC", "isUpdating": "False", "data": []}, "data"),
        ({"service": "DongBoHoSoMC", "isUpdating": "False", "data": [dossier()] * 51}, "data"),
        ({"service": "CapNhatTienDoHoSoMC", "data": [step()] * 201}, "data"),
        ({"service": "TraCuuHoSo", "madonvi": "", "mahoso": "x"}, "madonvi"),
    ],
)
def test_a_call_that_makes_no_sense_is_03_and_names_the_field(desk: Desk, fields: dict[str, Any], named: str) -> None:
    body = {"session": desk.session, "madonvi": "H15.36"} | fields
    answer = desk.http.post(f"{desk.portal.url}/integration", json=body, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["error_code"] == "03"
    assert answer.json()["result"]["Truong"] == named
    assert answer.json()["result"]["MoTa"]
    assert desk.portal.dossiers() == {}


def test_more_than_one_mebibyte_is_03_and_the_line_stays_usable(desk: Desk) -> None:
    big = [dossier(f"H15.36-260514-{n:04}", GhiChu="d" * 24_000) for n in range(50)]
    assert desk.send(*big)["error_code"] == "03"
    assert desk.portal.dossiers() == {}
    assert desk.send(*big[:20])["error_code"] == "00"


def test_a_body_that_is_no_json_is_03(desk: Desk) -> None:
    for body in (b"<html>", b"[]", b"\xff\xfe", b"null"):
        answer = desk.http.post(f"{desk.portal.url}/integration", data=body, timeout=10)
        assert answer.json()["error_code"] == "03"


def test_dossiers_arrive_and_are_looked_up_with_their_steps(desk: Desk) -> None:
    assert codes(desk.send(dossier(CODE, KhongBiet="bỏ qua"), dossier(OTHER))) == [(CODE, "00"), (OTHER, "00")]
    assert desk.progress(step(), step(ThoiDiemXuLy="20260514090000", TrangThai="9"))["error_code"] == "00"
    found = desk.call("TraCuuHoSo", mahoso=CODE)["result"]
    assert len(found) == 1
    assert found[0] | {"TienDo": []} == dossier(CODE) | {"TienDo": []}
    # In the order of arrival, not of their own times.
    assert [s["ThoiDiemXuLy"] for s in found[0]["TienDo"]] == ["20260514100000", "20260514090000"]
    both = desk.call("TraCuuHoSo", mahoso=[OTHER, "H15.36-260514-0404", CODE])["result"]
    assert [d["MaHoSo"] for d in both] == [OTHER, CODE]
    assert desk.call("TraCuuHoSo", mahoso="H15.36-260514-0404")["result"] == []


def test_a_step_sent_twice_is_kept_twice(desk: Desk) -> None:
    desk.send(dossier())
    desk.progress(step())
    desk.progress(step())
    assert desk.portal.steps(CODE) == [step(), step()]


def test_batch_results_come_one_per_item_in_order(desk: Desk) -> None:
    desk.send(dossier(CODE))
    answer = desk.send(dossier(OTHER), dossier(CODE), dossier("H15.36-260514-0003", HinhThuc="9"))
    assert answer["error_code"] == "10"
    assert codes(answer) == [(OTHER, "00"), (CODE, "04"), ("H15.36-260514-0003", "03")]
    assert (answer["result"][2]["Truong"], bool(answer["result"][2]["MoTa"])) == ("HinhThuc", True)
    assert sorted(desk.portal.dossiers()) == [CODE, OTHER]


def test_existing_is_04_and_an_update_of_nothing_is_05(desk: Desk) -> None:
    assert desk.send(dossier(), updating="True")["error_code"] == "05"
    assert desk.progress(step())["error_code"] == "05"
    assert desk.send(dossier(GhiChu="đầu"))["error_code"] == "00"
    assert desk.send(dossier(GhiChu="sau"))["error_code"] == "04"
    assert desk.portal.dossiers()[CODE]["GhiChu"] == "đầu"


def test_an_update_lays_its_fields_over_the_dossier(desk: Desk) -> None:
    desk.send(dossier(GhiChu="đầu", Email="a@b.vn"))
    assert desk.send(dossier(GhiChu="", TrangThaiHoSo="4"), updating="True")["error_code"] == "00"
    kept = desk.portal.dossiers()[CODE]
    assert (kept["GhiChu"], kept["TrangThaiHoSo"], kept["Email"]) == ("", "4", "a@b.vn")


def test_twice_in_one_batch_is_04_for_the_second(desk: Desk) -> None:
    assert codes(desk.send(dossier(), dossier())) == [(CODE, "00"), (CODE, "04")]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        *[({name: ""}, name) for name in ("MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "DonViXuLy")],
        *[({name: None}, name) for name in ("KenhThucHien", "LoaiDoiTuong", "NgayTiepNhan", "HinhThuc")],
        ({"MaHoSo": ""}, "MaHoSo"),
        ({"KenhThucHien": "4"}, "KenhThucHien"),
        ({"KenhThucHien": 1}, "KenhThucHien"),
        ({"LoaiDoiTuong": "0"}, "LoaiDoiTuong"),
        ({"TrangThaiHoSo": "11"}, "TrangThaiHoSo"),
        ({"NgayTiepNhan": "2026-05-14"}, "NgayTiepNhan"),
        ({"NgayHenTra": "20260231000000"}, "NgayHenTra"),
        ({"HoSoCoThanhPhanSoHoa": "True"}, "HoSoCoThanhPhanSoHoa"),
        ({"DinhDanhCHS": [{"LoaiDinhDanh": "4", "SoDinhDanh": "1"}]}, "LoaiDinhDanh"),
        ({"DanhSachLePhi": [{"HinhThucThu": "3"}]}, "HinhThucThu"),
        ({"DanhSachLePhi": [{"Gia": 8000}]}, "Gia"),
        ({"DanhSachHoSoBoSung": [{"NgayBoSung": "hôm nay"}]}, "NgayBoSung"),
        ({"TaiLieuNop": "tệp"}, "TaiLieuNop"),
    ],
)
def test_dossier_fields_are_checked(desk: Desk, changes: dict[str, Any], named: str) -> None:
    answer = desk.send(dossier(**changes))
    assert answer["error_code"] == "03"
    assert answer["result"][0]["Truong"] == named
    assert desk.portal.dossiers() == {}


@pytest.mark.parametrize("missing", ["MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "TrangThai"])
def test_step_fields_are_checked(desk: Desk, missing: str) -> None:
    desk.send(dossier())
    sent = step()
    del sent[missing]
    answer = desk.progress(sent, step())
    assert answer["error_code"] == "10"
    assert [row["error_code"] for row in answer["result"]] == ["03", "00"]
    assert answer["result"][0]["Truong"] == missing


def test_empty_optional_times_mean_none(desk: Desk) -> None:
    assert desk.send(dossier(NgayHenTra="", NgayTra=""))["error_code"] == "00"


def test_a_named_file_must_be_complete_and_be_the_one_it_says(desk: Desk) -> None:
    content = b"%PDF-1.4 giay khai sinh"
    address = desk.create(content)
    paper = {"TepDinhKemId": "", "TenTepDinhKem": "a.pdf", "DuongDanTaiTepTin": address}
    refused = desk.send(dossier(TaiLieuNop=[paper]))
    assert (refused["error_code"], refused["result"][0]["Truong"]) == ("03", "DuongDanTaiTepTin")
    desk.patch(address, 0, content)
    wrong = desk.send(dossier(TaiLieuNop=[paper | {"TepDinhKemId": "0" * 64}]))
    assert (wrong["error_code"], wrong["result"][0]["Truong"]) == ("03", "TepDinhKemId")
    assert desk.send(dossier(TaiLieuNop=[paper]))["error_code"] == "00"
    for nowhere in ("http://[", "https://noi.khac/tep", "/files/chuabaogiocotep1"):
        answer = desk.send(dossier(OTHER, TaiLieuNop=[paper | {"DuongDanTaiTepTin": nowhere}]))
        assert answer["result"][0]["Truong"] == "DuongDanTaiTepTin"


def test_repeated_key_gets_the_first_answer_and_another_body_422(desk: Desk) -> None:
    desk.send(dossier())
    key = str(uuid.uuid4())
    first = desk.progress(step(), key=key)
    assert desk.progress(step(), key=key) == first
    assert desk.portal.steps(CODE) == [step()]
    assert desk.post("CapNhatTienDoHoSoMC", key=key, data=[step(TrangThai="9")]).status_code == 422
    assert desk.portal.steps(CODE) == [step()]


def test_a_portal_that_does_not_know_the_key_does_the_work_again(desk: Desk) -> None:
    desk.portal.faults.apply({"knows_idempotency": False})
    desk.send(dossier())
    key = str(uuid.uuid4())
    desk.progress(step(), key=key)
    assert desk.post("CapNhatTienDoHoSoMC", key=key, data=[step(TrangThai="9")]).status_code == 200
    desk.progress(step(), key=key)
    assert len(desk.portal.steps(CODE)) == 3


def test_a_refused_session_does_not_use_up_the_key(desk: Desk) -> None:
    key = str(uuid.uuid4())
    desk.portal.expire_sessions()
    assert desk.send(dossier(), key=key)["error_code"] == "01"
    desk.sign_in()
    assert desk.send(dossier(), key=key)["error_code"] == "00"


def test_procedures_page_by_page_without_those_of_ministries(desk: Desk) -> None:
    listed: list[dict[str, str]] = []
    page = "1"
    while page:
        answer = desk.call("LayDanhSachTTHC", trang=page)
        assert len(answer["result"]) <= 100
        listed += answer["result"]
        page = answer["tiep"]
    assert len(listed) == len({row["MATTHC"] for row in listed}) == 249
    assert listed[0].keys() == {"MATTHC", "TENTTHC", "MALINHVUC", "TENLINHVUC", "CAPTHUCHIEN", "MUCDO", "CAPNHAT"}
    assert {row["CAPTHUCHIEN"] for row in listed} == {"3"}


def test_a_whole_procedure(desk: Desk) -> None:
    whole = desk.call("LayThuTuc", maTTHC="1.000001")["result"]
    assert [way["KENH"] for way in whole["CACHTHUCTHUCHIEN"]] == ["1", "2"]
    time = whole["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]
    assert (time["THOIGIANGIAIQUYET"], time["DONVITINH"], time["GIOCHOT"]) == ("1", "same_day", "15:00")
    assert time["PHILEPHI"] == [{"MAPHILEPHI": "LP01", "TENPHILEPHI": "Lệ phí", "SOTIEN": "8000", "MOTA": ""}]
    assert whole["THANHPHANHOSO"][0]["GIAYTO"][0] == {
        "MAGIAYTO": "TP01",
        "TENGIAYTO": "Tờ khai",
        "SOBANCHINH": "1",
        "SOBANSAO": "0",
        "BATBUOC": "1",
        "MA_KQ_THAYTHE": "",
    }
    assert (whole["TRANGTHAI"], whole["KETQUATHUCHIEN"][0]["MAKETQUA"]) == ("1", "KQ01")
    assert desk.call("LayThuTuc", maTTHC="9.999999")["error_code"] == "05"


def test_the_feed_is_read_by_cursor_to_its_end(desk: Desk) -> None:
    assert desk.call("LayThayDoi", tu="", so="100")["con"] == "0"
    for year in range(2027, 2032):
        desk.portal.push("Lich", "", {"Nam": str(year), "NgayNghi": [], "LamBu": []})
    seen: list[str] = []
    cursor, more = "", "1"
    while more == "1":
        answer = desk.call("LayThayDoi", tu=cursor, so="2")
        assert all(entry.keys() == {"Loai", "MaHoSo", "DuLieu"} for entry in answer["result"])
        seen += [entry["DuLieu"]["Nam"] for entry in answer["result"]]
        cursor, more = answer["tiep"], answer["con"]
    assert seen == ["2027", "2028", "2029", "2030", "2031"]
    after = desk.call("LayThayDoi", tu=cursor, so="2")
    assert (after["result"], after["tiep"], after["con"]) == ([], cursor, "0")


def test_a_sample_online_dossier_comes_with_files_to_fetch(desk: Desk) -> None:
    code = desk.portal.push_sample("HoSoMoi", office="H15.36")
    (entry,) = desk.call("LayThayDoi", tu="", so="100")["result"]
    assert (entry["Loai"], entry["MaHoSo"], entry["DuLieu"]["TrangThaiHoSo"]) == ("HoSoMoi", code, "1")
    paper = entry["DuLieu"]["TaiLieuNop"][0]
    content = desk.files("GET", paper["DuongDanTaiTepTin"]).content
    assert content.startswith(b"%PDF-")
    # The portal knows its own online dossiers, so a desk takes one over with an update.
    assert desk.send(dossier(code))["error_code"] == "04"
    assert desk.send(entry["DuLieu"] | {"TrangThaiHoSo": "2"}, updating="True")["error_code"] == "00"


def test_pushed_steps_and_results_are_in_the_feed_and_on_the_record(desk: Desk) -> None:
    desk.send(dossier())
    desk.portal.push_sample("TienDo", code=CODE, status="9")
    desk.portal.push_sample("KetQua", code=CODE)
    desk.portal.push("TienDo", CODE, {"khong": "đọc được"})
    feed = desk.call("LayThayDoi", tu="", so="100")["result"]
    assert [entry["Loai"] for entry in feed] == ["TienDo", "KetQua", "TienDo"]
    assert [s["TrangThai"] for s in desk.portal.steps(CODE)] == ["9"]
    (found,) = desk.call("TraCuuHoSo", mahoso=CODE)["result"]
    result = found["DanhSachGiayToKetQua"][0]
    assert result == feed[1]["DuLieu"]["DanhSachGiayToKetQua"][0]
    assert desk.files("GET", result["DuongDanTepTinKetQua"]).status_code == 200


def test_sample_codes_do_not_repeat(portal: PracticePortal) -> None:
    assert len({portal.push_sample() for _ in range(3)}) == 3
    assert all(code.startswith("H15.36-260514-9000") for code in portal.dossiers())


def test_a_compressed_body_is_taken_and_said_so(desk: Desk, portal: PracticePortal) -> None:
    def send(content: bytes) -> requests.Response:
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return requests.post(f"{portal.url}/integration", data=content, headers=headers, timeout=10)

    body = {"session": desk.session, "madonvi": desk.office, "service": "TraCuuHoSo", "mahoso": CODE}
    packed = gzip.compress(json.dumps(body).encode())

    assert send(packed).headers["Accept-Encoding"] == "gzip"
    assert send(packed).json()["error_code"] == "00"
    assert send(packed[:-9]).json()["error_code"] != "00"
    assert send(gzip.compress(b" " * 3_000_000)).json()["error_code"] != "00"
