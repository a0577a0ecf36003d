"""A desk that speaks to a practice portal with nothing but requests."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

import requests

from counter_app.sandbox import PracticePortal

NOW = 1_778_725_800.0
"""09:30 on 14 May 2026 in Viet Nam."""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Desk:
    """A signed-in client. ``http`` is there for calls that bend the rules."""

    def __init__(self, portal: PracticePortal, office: str = "H15.36") -> None:
        self.portal = portal
        self.office = office
        self.http = requests.Session()
        self.session = ""
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.http.post(
            f"{self.portal.url}/auth/login", json={"username": "canbo", "password": "thuchanh"}, timeout=10
        )
        self.session = answer.json()["session"]

    def post(self, service: str, key: str | None = None, **fields: Any) -> requests.Response:
        body = {"session": self.session, "madonvi": self.office, "service": service, **fields}
        return self.http.post(
            f"{self.portal.url}/integration",
            json=body,
            headers={"Idempotency-Key": key} if key else {},
            timeout=10,
        )

    def call(self, service: str, **fields: Any) -> dict[str, Any]:
        """The envelope, checked for the shape that portal-api.yaml gives it."""
        answer = self.post(service, **fields)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("application/json")
        envelope: dict[str, Any] = answer.json()
        assert envelope["error_code"] in {"00", "01", "02", "03", "04", "05", "10", "99"}
        assert isinstance(envelope["message"], str)
        assert envelope.get("con", "0") in {"0", "1"}
        assert isinstance(envelope.get("tiep", ""), str)
        return envelope

    def send(self, *dossiers: dict[str, Any], updating: str = "False", key: str | None = None) -> dict[str, Any]:
        return self.call("DongBoHoSoMC", isUpdating=updating, data=list(dossiers), key=key or str(uuid.uuid4()))

    def progress(self, *steps: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        return self.call("CapNhatTienDoHoSoMC", data=list(steps), key=key or str(uuid.uuid4()))

    def files(self, method: str, address: str = "", **options: Any) -> requests.Response:
        headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Session {self.session}"}
        headers |= options.pop("headers", {})
        url = address or f"{self.portal.url}/files"
        return self.http.request(method, url, headers=headers, timeout=10, **options)

    def create(self, content: bytes, *, digest: str | None = None, name: str = "Đơn đề nghị.pdf") -> str:
        pairs = {
            "filename": name,
            "sha256": digest or hashlib.sha256(content).hexdigest(),
            "madonvi": self.office,
        }
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())
        answer = self.files("POST", headers={"Upload-Length": str(len(content)), "Upload-Metadata": metadata})
        assert answer.status_code == 201
        return answer.headers["Location"]

    def patch(self, address: str, offset: int, data: bytes, **headers: str) -> requests.Response:
        return self.files(
            "PATCH",
            address,
            data=data,
            headers={"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    def upload(self, content: bytes) -> str:
        address = self.create(content)
        assert self.patch(address, 0, content).status_code == 204
        return address

    def offset(self, address: str) -> int:
        return int(self.files("HEAD", address).headers["Upload-Offset"])


def dossier(code: str = "H15.36-260514-0001", **fields: Any) -> dict[str, Any]:
    return {
        "MaHoSo": code,
        "MaTTHC": "1.004837",
        "TenTTHC": "Thủ tục đăng ký giám hộ",
        "MaLinhVuc": "LV094",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": "H' Ngăm Niê Kdăm",
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": "066190012345",
        "NgayTiepNhan": "20260514093000",
        "NgayHenTra": "20260519170000",
        "TrangThaiHoSo": "2",
        "HinhThuc": "0",
        "DonViXuLy": "H15.36",
    } | fields


def step(code: str = "H15.36-260514-0001", **fields: Any) -> dict[str, Any]:
    return {
        "MaHoSo": code,
        "NguoiXuLy": "Lê Văn Chuyên",
        "ThoiDiemXuLy": "20260514100000",
        "TrangThai": "4",
    } | fields


CATALOGUE: dict[str, Any] = {
    "procedures": [
        {
            "code": f"1.{number:06}",
            "name": f"Thủ tục {number}",
            "field": {"code": "LV094", "name": "Hộ tịch"},
            "levels": ["ministry"] if number == 7 else ["commune", "province"],
            "channels": ["counter", "online"],
            "service_level": None,
            "limit": {"amount": 1, "unit": "same_day", "cut_off": "15:00"},
            "limit_text": "Trong ngày",
            "components": [{"code": "TP01", "name": "Tờ khai", "originals": 1, "copies": 0, "required": True}],
            "fees": [{"code": "LP01", "name": "Lệ phí", "amount": 8000}],
            "results": [{"code": "KQ01", "name": "Trích lục"}],
            "agency": "",
            "decision": "",
        }
        for number in range(1, 251)
    ]
}
