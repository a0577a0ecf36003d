"""Builders of the portal's messages: frozen values in, exact JSON bytes out (portal-protocol.md section 3).

The bytes are built once, in the transaction of the change that they tell of, and are sent unchanged. All
numbers and flags travel as strings; times are ``yyyyMMddHHmmss`` in Asia/Ho_Chi_Minh, "" for none; text is
NFC, as papers and searches have it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from counter_app.sync.held import with_held

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TIME_FORMAT = "%Y%m%d%H%M%S"


class MessageKind(StrEnum):
    """What a message of the outbox does at the portal; ``upload`` carries a file and no payload."""

    CREATE = "create"
    UPDATE = "update"
    STEP = "step"
    UPLOAD = "upload"


class Channel(StrEnum):
    """KenhThucHien: how the dossier came in."""

    COUNTER = "1"
    ONLINE = "2"
    POSTAL = "3"


class ApplicantKind(StrEnum):
    """LoaiDoiTuong."""

    PERSON = "1"
    ENTERPRISE = "2"
    ORGANISATION = "3"


class IdentityKind(StrEnum):
    """LoaiDinhDanh."""

    PERSONAL_NUMBER = "1"
    TAX_CODE = "2"
    PASSPORT = "3"


class ReturnBy(StrEnum):
    """HinhThuc: how the result is returned."""

    COUNTER = "0"
    POST = "1"
    ONLINE = "2"


class FeeDue(StrEnum):
    """HinhThucThu: when a fee is collected."""

    ON_RECEIPT = "1"
    ON_SUPPLEMENT = "2"
    ON_RETURN = "4"


class HandedInAt(StrEnum):
    """NoiNopHoSo."""

    PORTAL = "1"
    DESK = "2"


class BuiltMessage(NamedTuple):
    """A message ready for the outbox: what it does, and the JSON bytes of its one dossier or step."""

    kind: MessageKind
    payload: bytes


@dataclass(frozen=True)
class Identity:
    """One number by which the applicant is known (DinhDanhCHS)."""

    kind: IdentityKind
    number: str


@dataclass(frozen=True)
class NamedDocument:
    """A complete upload named in a dossier (TaiLieuNop): address, digest, name and component."""

    url: str
    sha256: str
    file_name: str
    component_code: str
    digitised: bool = True
    reused: bool = False
    from_national_store: bool = False
    replaced_by_result: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class PaperWithoutFile:
    """Papers that came without a file (DanhSachTepDinhKemKhac); ``kind`` is the portal's LoaiGiayTo."""

    name: str
    count: int
    kind: str = ""


@dataclass(frozen=True)
class Fee:
    """A fee in whole đồng (DanhSachLePhi); ``kind`` is the portal's LoaiPhiLePhi."""

    code: str
    name: str
    amount: int
    due: FeeDue = FeeDue.ON_RECEIPT
    kind: str = ""


@dataclass(frozen=True)
class Supplement:
    """A supplement request and, once it came in, its answer (DanhSachHoSoBoSung)."""

    id: str
    requested_by: str
    content: str
    requested_at: datetime
    received_by: str = ""
    received_note: str = ""
    received_at: datetime | None = None
    status: str = "1"
    papers: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    due_before: datetime | None = None
    due_after: datetime | None = None


@dataclass(frozen=True)
class ResultPaper:
    """A result of the dossier (DanhSachGiayToKetQua); ``url`` is an upload's address."""

    name: str
    component_code: str
    paper_id: str
    url: str
    result_code: str


@dataclass(frozen=True)
class DossierMessage:
    """All that the portal is told of a dossier; ``status`` is TrangThaiHoSo, 1 to 10.

    ``held`` is what the portal itself told of the dossier, in its vocabulary: given back where it says more.
    """

    code: str
    procedure_code: str
    procedure_name: str
    field_code: str
    field_name: str
    channel: Channel
    applicant_name: str
    applicant_kind: ApplicantKind
    received_at: datetime
    status: int
    return_by: ReturnBy
    handling_unit: str
    applicant_code: str = ""
    applicant_paper: str = ""
    identities: tuple[Identity, ...] = ()
    email: str = ""
    fax: str = ""
    phone: str = ""
    summary: str = ""
    handed_in_at: datetime | None = None
    due: datetime | None = None
    returned_at: datetime | None = None
    return_note: str = ""
    finished_at: datetime | None = None
    refused_at: datetime | None = None
    handed_in: HandedInAt = HandedInAt.DESK
    digitised: bool = False
    verified_account: bool = False
    online_payment: bool = False
    note: str = ""
    documents: tuple[NamedDocument, ...] = ()
    papers: tuple[PaperWithoutFile, ...] = ()
    fees: tuple[Fee, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    results: tuple[ResultPaper, ...] = ()
    held: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StepMessage:
    """One step of a dossier (CapNhatTienDoHoSoMC); ``status`` is TrangThai, 1 to 10."""

    code: str
    handler: str
    at: datetime
    status: int
    title: str = ""
    unit: str = ""
    content: str = ""
    started_at: datetime | None = None
    due: datetime | None = None


def wire_time(at: datetime | None) -> str:
    """Return ``at`` (aware) as ``yyyyMMddHHmmss`` in Vietnam, "" for None."""
    if at is None:
        return ""
    if at.tzinfo is None:
        raise ValueError("a time for the portal needs its zone")
    return at.astimezone(VIETNAM).strftime(TIME_FORMAT)


def parse_wire_time(text: str) -> datetime | None:
    """Read a time of the portal as an aware datetime in Vietnam; None for "".

    Raises ValueError when it is not fourteen digits of a real moment.
    """
    if not text:
        return None
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        raise ValueError("a time of the portal has fourteen digits")
    return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=VIETNAM)


def encode(value: object) -> bytes:
    """Return canonical JSON bytes: UTF-8, NFC, no blanks, keys in the order given."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text).encode("utf-8")


def create_message(dossier: DossierMessage) -> BuiltMessage:
    """Build the record that makes a dossier known; documents follow later, so it names none."""
    if dossier.documents:
        raise ValueError("a new dossier's record goes without documents")
    return BuiltMessage(MessageKind.CREATE, encode(_dossier(dossier)))


def update_message(dossier: DossierMessage) -> BuiltMessage:
    """Build an update of a dossier that the portal knows."""
    return BuiltMessage(MessageKind.UPDATE, encode(with_held(_dossier(dossier), dossier.held)))


def step_message(step: StepMessage) -> BuiltMessage:
    """Build one step."""
    return BuiltMessage(
        MessageKind.STEP,
        encode(
            {
                "MaHoSo": step.code,
                "NguoiXuLy": step.handler,
                "ChucDanh": step.title,
                "ThoiDiemXuLy": wire_time(step.at),
                "PhongBanXuLy": step.unit,
                "NoiDungXuLy": step.content,
                "TrangThai": _status(step.status),
                "NgayBatDau": wire_time(step.started_at),
                "NgayKetThucTheoQuyDinh": wire_time(step.due),
            }
        ),
    )


def named_document(document: NamedDocument) -> dict[str, str]:
    """Return the TaiLieuNop entry of a complete upload."""
    return {
        "TepDinhKemId": document.sha256,
        "TenTepDinhKem": document.file_name,
        "IsDeleted": _flag(document.deleted),
        "MaThanhPhanHoSo": document.component_code,
        "DuongDanTaiTepTin": document.url,
        "DuocSoHoa": _flag(document.digitised),
        "DuocTaiSuDung": _flag(document.reused),
        "DuocLayTuKhoDMQG": _flag(document.from_national_store),
        "MaKetQuaThayThe": document.replaced_by_result,
    }


def result_paper(result: ResultPaper) -> dict[str, str]:
    """Return the DanhSachGiayToKetQua entry of a result."""
    return {
        "TenGiayTo": result.name,
        "MaThanhPhanHoSo": result.component_code,
        "GiayToId": result.paper_id,
        "DuongDanTepTinKetQua": result.url,
        "MaGiayToKetQua": result.result_code,
    }


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _status(number: int) -> str:
    if not 1 <= number <= 10:
        raise ValueError(f"the portal knows the statuses 1 to 10, not {number}")
    return str(number)


def _fee(fee: Fee) -> dict[str, str]:
    return {
        "TenPhiLePhi": fee.name,
        "MaPhiLePhi": fee.code,
        "HinhThucThu": fee.due,
        "Gia": str(fee.amount),
        "LoaiPhiLePhi": fee.kind,
    }


def _supplement(supplement: Supplement) -> dict[str, Any]:
    return {
        "HoSoBoSungId": supplement.id,
        "NguoiYeuCauBoSung": supplement.requested_by,
        "NoiDungBoSung": supplement.content,
        "NgayBoSung": wire_time(supplement.requested_at),
        "NguoiTiepNhanBoSung": supplement.received_by,
        "ThongTinTiepNhan": supplement.received_note,
        "NgayTiepNhanBoSung": wire_time(supplement.received_at),
        "TrangThaiBoSung": supplement.status,
        "DanhSachGiayToBoSung": [{"TenGiayTo": name} for name in supplement.papers],
        "DanhSachLePhiBoSung": [_fee(fee) for fee in supplement.fees],
        "NgayHenTraTruoc": wire_time(supplement.due_before),
        "NgayHenTraMoi": wire_time(supplement.due_after),
    }


def _dossier(dossier: DossierMessage) -> dict[str, Any]:
    return {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.procedure_code,
        "TenTTHC": dossier.procedure_name,
        "MaLinhVuc": dossier.field_code,
        "TenLinhVuc": dossier.field_name,
        "KenhThucHien": dossier.channel,
        "ChuHoSo": dossier.applicant_name,
        "LoaiDoiTuong": dossier.applicant_kind,
        "MaDoiTuong": dossier.applicant_code,
        "SoGiayToChuHoSo": dossier.applicant_paper,
        "DinhDanhCHS": [{"LoaiDinhDanh": one.kind, "SoDinhDanh": one.number} for one in dossier.identities],
        "Email": dossier.email,
        "Fax": dossier.fax,
        "SoDienThoai": dossier.phone,
        "TrichYeuHoSo": dossier.summary,
        "NgayNopHoSo": wire_time(dossier.handed_in_at),
        "NgayTiepNhan": wire_time(dossier.received_at),
        "NgayHenTra": wire_time(dossier.due),
        "TrangThaiHoSo": _status(dossier.status),
        "NgayTra": wire_time(dossier.returned_at),
        "ThongTinTra": dossier.return_note,
        "HinhThuc": dossier.return_by,
        "NgayKetThucXuLy": wire_time(dossier.finished_at),
        "NgayTuChoi": wire_time(dossier.refused_at),
        "DonViXuLy": dossier.handling_unit,
        "NoiNopHoSo": dossier.handed_in,
        "HoSoCoThanhPhanSoHoa": _flag(dossier.digitised),
        "TaiKhoanDuocXacThucVoiVNeID": _flag(dossier.verified_account),
        "DuocThanhToanTrucTuyen": _flag(dossier.online_payment),
        "GhiChu": dossier.note,
        "TaiLieuNop": [named_document(one) for one in dossier.documents],
        "DanhSachTepDinhKemKhac": [
            {"TenGiayTo": one.name, "SoLuong": str(one.count), "LoaiGiayTo": one.kind} for one in dossier.papers
        ],
        "DanhSachLePhi": [_fee(one) for one in dossier.fees],
        "DanhSachHoSoBoSung": [_supplement(one) for one in dossier.supplements],
        "DanhSachGiayToKetQua": [result_paper(one) for one in dossier.results],
    }
