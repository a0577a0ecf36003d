"""A small hand-made catalogue, one procedure for each way in which the desk treats one, and requests made from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from counter_app.services.values import ApplicantData, ComponentIn, OfficeData, ReceiveRequest

DAYS = "1.004837"
"""Three working days; online two; two required papers, one that depends on circumstances, fees."""
SAME_DAY = "1.001193"
"""Same day, or the next when received after 15:00; no fee."""
CASES = "1.003003"
"""Ten calendar days; other papers for a house than for land."""
ON_THE_SPOT = "2.000815"
UNKNOWN_LIMIT = "1.009999"
HOURS = "1.005005"
"""Four working hours."""
GONE = "1.000656"
"""No longer in force; replaced by SAME_DAY."""

OFFICE = OfficeData("H15.36", "UBND xã Ea Kao", "UBND TỈNH ĐẮK LẮK", place="Ea Kao", phone="0262 3812 345")
HNGAM = ApplicantData(
    name="H' Ngăm Niê Kdăm",
    personal_number="066190012345",
    phone="0912345678",
    address="Buôn Akõ Dhông, xã Ea Kao",
)
YBHIAO = ApplicantData(name="Y Bhiăo Êban", personal_number="066085001234", phone="0905111222")
DUNG = ApplicantData(name="Nguyễn Thị Dung", personal_number="001190004321", phone="0987654321")


def paper(code: str, name: str, originals: int = 1, copies: int = 0, **more: Any) -> dict[str, Any]:
    """A component as the catalogue's file has it; required unless said otherwise."""
    return {"code": code, "name": name, "originals": originals, "copies": copies, "required": True, **more}


def procedure(code: str, name: str, amount: int, unit: str, **more: Any) -> dict[str, Any]:
    """A procedure as the catalogue's file has it."""
    return {
        "code": code,
        "name": name,
        "field": {"code": "LV094", "name": "Hộ tịch"},
        "levels": ["commune"],
        "channels": ["counter", "online", "postal"],
        "service_level": None,
        "limit": {"amount": amount, "unit": unit, "cut_off": more.pop("cut_off", None)},
        "limit_text": "",
        "components": [paper("TP01", "Tờ khai theo mẫu")],
        "fees": [],
        "results": [{"code": "KQ01", "name": "Giấy xác nhận"}],
        "agency": "UBND xã",
        "decision": "QĐ/0001",
        **more,
    }


def catalogue() -> dict[str, Any]:
    """The catalogue in the form of ``data/procedures.json``."""
    return {
        "procedures": [
            procedure(
                DAYS,
                "Cấp bản sao trích lục hộ tịch",
                3,
                "working_day",
                limits=[{"channel": "online", "amount": 2, "unit": "working_day"}],
                components=[
                    paper("TP01", "Tờ khai theo mẫu"),
                    paper("TP02", "Giấy tờ tùy thân", originals=0, copies=1),
                    paper("TP03", "Văn bản ủy quyền trong trường hợp ủy quyền"),
                    paper("TP04", "Giấy tờ khác", required=False),
                    paper("TP05", "Lưu ý: xuất trình thẻ căn cước", originals=0),
                ],
                fees=[
                    {"code": "LP01", "name": "Lệ phí trích lục", "amount": 8000},
                    {"code": "LP02", "name": "Cước bưu chính", "amount": 26000, "channel": "postal"},
                ],
            ),
            procedure(SAME_DAY, "Đăng ký khai sinh", 1, "same_day", cut_off="15:00"),
            procedure(
                CASES,
                "Đăng ký biến động đất đai",
                10,
                "calendar_day",
                channels=["counter"],
                components=[
                    paper("TP01", "Đơn đăng ký biến động"),
                    paper("TP02", "Giấy phép xây dựng", case="Nhà ở"),
                    paper("TP03", "Bản vẽ thửa đất", case="Đất"),
                ],
            ),
            procedure(ON_THE_SPOT, "Chứng thực bản sao từ bản chính", 0, "on_the_spot"),
            procedure(UNKNOWN_LIMIT, "Hòa giải ở cơ sở", 0, "unknown"),
            procedure(HOURS, "Xác nhận tình trạng hôn nhân", 4, "working_hour"),
            procedure(GONE, "Đăng ký khai sinh lưu động", 5, "working_day", in_force=False, replaced_by=SAME_DAY),
        ]
    }


def write_catalogue(path: Path, content: dict[str, Any] | None = None) -> Path:
    path.write_text(json.dumps(content or catalogue(), ensure_ascii=False), encoding="utf-8")
    return path


def request(
    code: str = HOURS, applicant: ApplicantData = HNGAM, files: Sequence[Path] = (), **more: Any
) -> ReceiveRequest:
    """A dossier that can be received: the first component lies on the desk."""
    components = more.pop("components", (ComponentIn("TP01", 1, 0, tuple(files)),))
    return ReceiveRequest(procedure=code, applicant=applicant, components=components, **more)


def full_request(applicant: ApplicantData = HNGAM, **more: Any) -> ReceiveRequest:
    """A dossier of DAYS with both required papers."""
    components = more.pop("components", (ComponentIn("TP01", 1), ComponentIn("TP02", 0, 1), ComponentIn("TP03")))
    return ReceiveRequest(procedure=DAYS, applicant=applicant, components=components, **more)


def receive_document(code: str = HOURS, **more: Any) -> dict[str, Any]:
    """The JSON document of ``receive`` on the command line."""
    return {
        "procedure": code,
        "applicant": {"kind": "person", "name": HNGAM.name, "personal_number": HNGAM.personal_number},
        "components": [{"code": "TP01", "originals": 1}],
        **more,
    }


def pdf_bytes(text: str = "to khai", pages: int = 1, root: str = "") -> bytes:
    """A small real PDF; another ``text`` gives other bytes. ``root``: what its catalogue says besides."""
    kids = " ".join(f"{3 + number} 0 R" for number in range(pages))
    objects = [f"<</Type/Catalog/Pages 2 0 R{root}>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>"] * pages
    out = b"%PDF-1.4\n% " + text.encode().hex().encode() + b"\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    return out + f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{start}\n%%EOF\n".encode()


def write_pdf(path: Path, text: str = "", pages: int = 1) -> Path:
    path.write_bytes(pdf_bytes(text or path.name, pages))
    return path


def acting_pdf(path: Path) -> Path:
    """A PDF that runs a script when it is opened."""
    path.write_bytes(pdf_bytes(root="/OpenAction<</S/JavaScript/JS(x)>>"))
    return path
