"""What the trainer and the applicant see, and the trainer's control surface."""

from __future__ import annotations

import hashlib
import html
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sandbox_desk import CATALOGUE, Clock, Desk, dossier, step

from counter_app.sandbox import PracticePortal
from counter_app.sandbox.catalogue import Catalogue
from counter_app.sandbox.faults import FaultBoard
from counter_app.sandbox.fields import DOSSIER_LISTS, DOSSIER_TEXT, FREE_LISTS
from counter_app.sandbox.labels import FIELD_LABELS
from counter_app.sandbox.portal import make_app
from counter_app.sandbox.sessions import Sessions
from counter_app.sandbox.state import State
from counter_app.sandbox.store import Store

CODE = "H15.36-260514-0001"


def page(portal: PracticePortal, path: str, status: int = 200) -> str:
    answer = requests.get(portal.url + path, timeout=10)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return html.unescape(answer.text)


def post(portal: PracticePortal, path: str, form: dict[str, str], **headers: str) -> requests.Response:
    return requests.post(portal.url + path, data=form, headers=headers, timeout=10, allow_redirects=False)


def test_home_shows_what_arrived(desk: Desk) -> None:
    content = b"%PDF-1.4 mau"
    digest = hashlib.sha256(content).hexdigest()
    paper = {"TepDinhKemId": digest, "TenTepDinhKem": "a.pdf", "DuongDanTaiTepTin": desk.upload(content)}
    desk.send(dossier(TaiLieuNop=[paper]))
    desk.progress(step())
    text = page(desk.portal, "/")
    for shown in (CODE, "Thủ tục đăng ký giám hộ", "Đã tiếp nhận", digest[:8], "DongBoHoSoMC", "249</b> thủ tục"):
        assert shown in text
    # The trainer's list names no applicant.
    assert "H' Ngăm" not in text


def test_pages_take_nothing_from_elsewhere(desk: Desk) -> None:
    desk.send(dossier())
    for path in ("/", "/tra-cuu", f"/ho-so/{CODE}"):
        text = page(desk.portal, path)
        assert "http://" not in text
        assert "https://" not in text
        assert "<script" not in text
        assert 'lang="vi"' in text
    assert requests.get(f"{desk.portal.url}/static/portal.css", timeout=10).status_code == 200


def test_home_goes_page_by_page(desk: Desk) -> None:
    for start in (0, 30):
        desk.send(*(dossier(f"H15.36-260514-{n:04}") for n in range(start, start + 30)))
    first, second = page(desk.portal, "/"), page(desk.portal, "/?trang=2")
    assert first.count('data-name="Mã hồ sơ"') == 50
    assert second.count('data-name="Mã hồ sơ"') == 10
    assert ("Trang sau" in first, "Trang sau" in second, "Trang trước" in second) == (True, False, True)
    assert page(desk.portal, "/?trang=-1").count('data-name="Mã hồ sơ"') == 50


def test_look_up_shows_an_applicant_only_what_is_not_private(desk: Desk) -> None:
    desk.send(dossier(Email="rieng@tu.vn", SoDienThoai="0912345678"))
    desk.progress(step(TrangThai="9"))
    text = page(desk.portal, f"/tra-cuu?ma=%20{CODE.lower()}")
    for shown in (CODE, "Thủ tục đăng ký giám hộ", "Đã xử lý xong", "17:00 ngày 19/05/2026"):
        assert shown in text
    for private in ("H' Ngăm", "066190012345", "rieng@tu.vn", "0912345678", "Lê Văn Chuyên"):
        assert private not in text


def test_look_up_of_an_unknown_code_says_what_to_do(portal: PracticePortal) -> None:
    text = page(portal, "/tra-cuu?ma=%3Cb%3EX", 404)
    assert "Không tìm thấy hồ sơ" in text
    assert "Hãy kiểm tra lại" in text
    assert "<b>X" not in requests.get(f"{portal.url}/tra-cuu?ma=<b>X", timeout=10).text
    assert "Không tìm thấy" not in page(portal, "/tra-cuu")


def test_detail_marks_a_step_that_came_twice_and_gives_the_files(desk: Desk) -> None:
    paper = {"TenTepDinhKem": "a.pdf", "DuongDanTaiTepTin": desk.upload(b"noi dung")}
    desk.send(dossier(TaiLieuNop=[paper]))
    desk.progress(step(), step(), step(TrangThai="9"))
    text = page(desk.portal, f"/ho-so/{CODE}")
    assert text.count("gửi lặp: 2") == 2
    assert "10:00 ngày 14/05/2026" in text
    ident = paper["DuongDanTaiTepTin"].rsplit("/", 1)[1]
    assert f"/practice/files/{ident}" in text
    assert requests.get(f"{desk.portal.url}/practice/files/{ident}", timeout=10).content == b"noi dung"
    page(desk.portal, "/practice/files/chuabaogiocotep1", 404)
    assert "không có hồ sơ" in page(desk.portal, "/ho-so/KHONG", 404)


def test_the_button_makes_an_online_dossier(desk: Desk) -> None:
    answer = post(desk.portal, "/practice/feed", {"sample": "HoSoMoi"})
    assert answer.status_code == 303
    assert "Đã đưa mục mẫu" in page(desk.portal, answer.headers["Location"])
    (entry,) = desk.call("LayThayDoi", tu="", so="100")["result"]
    assert entry["Loai"] == "HoSoMoi"


def test_the_form_sets_and_clears_faults(desk: Desk) -> None:
    desk.portal.faults.set("html", probability=1, on=["PATCH"])
    form = {"busy.probability": "0,5", "busy.next_calls": "3", "slow.seconds": "2.5", "html.on": "PATCH"}
    assert post(desk.portal, "/practice/faults", form).status_code == 303
    state = desk.portal.faults.snapshot()
    assert (state["busy"]["probability"], state["busy"]["next_calls"], state["slow"]["seconds"]) == (0.5, 3, 2.5)
    assert (state["html"]["probability"], state["html"]["on"], state["knows_idempotency"]) == (0, ("PATCH",), False)
    wrong = post(desk.portal, "/practice/faults", {"busy.probability": "7"})
    assert wrong.status_code == 400
    assert "xác suất phải từ 0 đến 1" in html.unescape(wrong.text)
    post(desk.portal, "/practice/faults", {"tat": "1", "busy.probability": "1"})
    assert desk.portal.faults.snapshot()["busy"]["next_calls"] == 0


def test_sessions_are_ended_from_the_page(desk: Desk) -> None:
    assert post(desk.portal, "/practice/sessions/expire", {}).status_code == 303
    assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "01"


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        ({"sample": "La"}, "feed_invalid"),
        ({"sample": "TienDo", "code": "H15.36-260514-0404"}, "dossier_unknown"),
        ({"sample": "HoSoMoi", "procedure": "9.9"}, "procedure_unknown"),
        ({"Loai": "La", "DuLieu": {}}, "feed_invalid"),
        ({"Loai": "TienDo"}, "feed_invalid"),
        ({"Loai": "HoSoMoi", "MaHoSo": CODE, "DuLieu": dossier()}, "dossier_exists"),
        ([], "json_invalid"),
    ],
)
def test_the_feed_refuses_what_it_cannot_be(desk: Desk, wish: Any, kind: str) -> None:
    desk.send(dossier())
    answer = requests.post(f"{desk.portal.url}/practice/feed", json=wish, timeout=10)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (400, kind)
    assert desk.call("LayThayDoi", tu="", so="100")["result"] == []


def test_entries_are_pushed_as_they_stand(desk: Desk) -> None:
    entry = {"Loai": "Lich", "MaHoSo": "", "DuLieu": {"Nam": "2027", "NgayNghi": ["20270101"], "LamBu": []}}
    assert requests.post(f"{desk.portal.url}/practice/feed", json=entry, timeout=10).json() == {"tiep": "1"}
    assert desk.call("LayThayDoi", tu="", so="100")["result"] == [entry]


def test_a_page_of_another_site_cannot_throw_switches(portal: PracticePortal) -> None:
    form = {"busy.probability": "1"}
    assert post(portal, "/practice/faults", form, Origin="http://la.example").status_code == 403
    assert portal.faults.snapshot()["busy"]["probability"] == 0
    assert post(portal, "/practice/faults", form, Origin=portal.url).status_code == 303


@pytest.fixture
def network_client(tmp_path: Any, clock: Clock) -> Any:
    """The application as a neighbour on the network reaches it."""
    store = Store(tmp_path / "c.db")
    sessions = Sessions(store, "canbo", "thuchanh", 3600, clock)
    app = make_app(State(store, Catalogue.load(CATALOGUE), FaultBoard(seed=1), sessions, clock))
    with app.test_client() as client:
        client.environ_base["REMOTE_ADDR"] = "192.168.1.7"
        yield client
    store.close()


def test_neighbours_need_the_password_for_all_but_the_look_up(network_client: FlaskClient) -> None:
    assert network_client.get("/tra-cuu").status_code == 200
    for path in ("/", f"/ho-so/{CODE}", "/practice/faults", "/practice/files/x"):
        assert network_client.get(path).status_code == 401
    assert network_client.post("/practice/feed", json={"sample": "HoSoMoi"}).status_code == 401
    assert network_client.get("/", auth=("canbo", "sai")).status_code == 401
    assert network_client.get("/", auth=("canbo", "thuchanh")).status_code == 200


def test_detail_speaks_vietnamese_of_every_field_it_knows(desk: Desk) -> None:
    fee = {"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP01", "HinhThucThu": "1", "Gia": "8000", "LoaiPhiLePhi": ""}
    desk.send(dossier(DanhSachLePhi=[fee], GhiChu="Ghi thêm"))
    text = page(desk.portal, f"/ho-so/{CODE}")
    for shown in ("Kênh thực hiện", "Trực tiếp", "Cá nhân", "Khi tiếp nhận", "17:00 ngày 19/05/2026"):
        assert shown in text
    named = DOSSIER_TEXT | DOSSIER_LISTS.keys() | FREE_LISTS | frozenset().union(*DOSSIER_LISTS.values())
    assert named == FIELD_LABELS.keys()
