"""Reads procedures into the catalogue, from a file or from the portal's answers."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import (
    Field,
    Procedure,
    ProcedureComponent,
    ProcedureFee,
    ProcedureLimit,
    ProcedureResult,
)
from counter_app.rules.calendar import LimitUnit
from counter_app.rules.fees import CollectOn
from counter_app.rules.identity import fold

_PAGE_REMAINS = re.compile(r"Mã: KQ|Từ khóa|Mô tảKhông")

CHANNEL_NUMBERS = {"1": "counter", "2": "online", "3": "postal"}
"""KENH of LayThuTuc (portal protocol, section 3)."""
LEVEL_NUMBERS = {"1": "province", "2": "district", "3": "commune"}
"""CAPTHUCHIEN of LayThuTuc."""
MOST = 10**12


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many procedures were new, changed (a new version) or the same; ``warnings`` name rough spots."""

    added: int
    changed: int
    unchanged: int
    warnings: tuple[str, ...] = ()


class CatalogueImporter:
    """Takes entries one by one inside the caller's unit of work."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._known: dict[str, tuple[int | Procedure, str]] = {
            row.code: (row.id, row.digest)
            for row in session.execute(select(Procedure.id, Procedure.code, Procedure.digest).where(Procedure.current))
        }
        self._fields = {row.code: row for row in session.scalars(select(Field))}
        self._counts = {"added": 0, "changed": 0, "unchanged": 0}
        self._unknown_limits = 0

    def take(self, entry: Any) -> None:
        """Take one procedure in the form of ``data/procedures.json``."""
        try:
            self._take(entry)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            code = entry.get("code", "?") if isinstance(entry, dict) else "?"
            raise UserError(
                "catalogue_invalid",
                f"Thủ tục «{code}» trong danh mục sai dạng ({type(error).__name__}: {error}). "
                "Chưa nhập gì; hãy sửa thủ tục này rồi nhập lại.",
                procedure=str(code),
            ) from error

    def outcome(self) -> ImportOutcome:
        warnings: tuple[str, ...] = ()
        if self._unknown_limits:
            warnings = (
                f"{self._unknown_limits} thủ tục chưa rõ thời hạn: cán bộ phải nhập ngày hẹn kèm lý do khi tiếp nhận.",
            )
        return ImportOutcome(**self._counts, warnings=warnings)

    def _take(self, entry: dict[str, Any]) -> None:
        text = unicodedata.normalize("NFC", json.dumps(entry, ensure_ascii=False, sort_keys=True))
        entry = json.loads(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        code = ".".join(entry["code"].split(".")[:2])
        if LimitUnit(entry["limit"]["unit"]) is LimitUnit.UNKNOWN:
            self._unknown_limits += 1
        known = self._known.get(code)
        if known is not None and known[1] == digest:
            self._counts["unchanged"] += 1
            return
        version = 1
        if known is not None:
            old = known[0] if isinstance(known[0], Procedure) else self._session.get_one(Procedure, known[0])
            old.current = False
            self._session.flush()
            newest = self._session.scalar(select(func.max(Procedure.version)).where(Procedure.code == code))
            version = (newest or 0) + 1
        row = _procedure(entry, code, version, digest, self._field(entry["field"]), self._now)
        self._session.add(row)
        self._known[code] = (row, digest)
        self._counts["added" if known is None else "changed"] += 1

    def _field(self, entry: dict[str, Any]) -> Field:
        row = self._fields.get(entry["code"])
        if row is None:
            row = Field(code=_text(entry["code"]), name=_text(entry["name"]))
            self._session.add(row)
            self._session.flush()
            self._fields[entry["code"]] = row
        row.name = _text(entry["name"])
        return row


def _procedure(entry: dict[str, Any], code: str, version: int, digest: str, field: Field, now: datetime) -> Procedure:
    limit = entry["limit"]
    return Procedure(
        code=code,
        version=version,
        digest=digest,
        current=True,
        name=" ".join(entry["name"].split()),
        name_folded=fold(entry["name"]),
        field_id=field.id,
        levels=list(entry.get("levels", [])),
        channels=list(entry.get("channels", [])),
        service_level=entry.get("service_level"),
        limit_amount=_number(limit["amount"]),
        limit_unit=LimitUnit(limit["unit"]).value,
        limit_cut_off=_cut_off(limit),
        limit_assumed=bool(limit.get("assumed", False)),
        limit_text=entry.get("limit_text", ""),
        agency=entry.get("agency", ""),
        decision=entry.get("decision", ""),
        in_force=bool(entry.get("in_force", True)),
        replaced_by=entry.get("replaced_by"),
        imported_at=now,
        components=[
            ProcedureComponent(
                position=position,
                case_name=item.get("case", ""),
                code=_text(item["code"]),
                name=" ".join(item["name"].split()),
                originals=_number(item["originals"]),
                copies=_number(item["copies"]),
                required=bool(item["required"]),
                result_code=item.get("result_code"),
            )
            for position, item in enumerate(entry["components"])
        ],
        fees=[
            ProcedureFee(
                code=_text(item["code"]),
                name=_text(item["name"]),
                amount=_number(item["amount"]),
                channel=item.get("channel"),
                case_name=item.get("case", ""),
                collect_on=CollectOn(item.get("collect_on", CollectOn.RECEIPT)).value,
            )
            for item in entry.get("fees", [])
        ],
        limits=[
            ProcedureLimit(
                channel=_text(item["channel"]),
                amount=_number(item["amount"]),
                unit=LimitUnit(item["unit"]).value,
                cut_off=_cut_off(item),
            )
            for item in entry.get("limits", [])
        ],
        results=[
            ProcedureResult(code=_text(item["code"]), name=_result_name(_text(item["name"])))
            for item in entry.get("results", [])
        ],
    )


def _result_name(name: str) -> str:
    """The name without what the published page has around it ("Mã: KQ…", "Từ khóa…")."""
    return _PAGE_REMAINS.split(name, maxsplit=1)[0].strip() or name


def _text(value: object) -> str:
    """A text that must be there; the database would refuse anything else only after the whole file was read."""
    if not isinstance(value, str):
        raise TypeError(f"«{value}» phải là chữ trong dấu nháy")
    return value


def _number(value: Any) -> int:
    """A count or an amount in đồng; ``MOST`` is far above any real one and far below what SQLite can hold."""
    number = int(value)
    if not 0 <= number <= MOST:
        raise ValueError(f"số {number} phải từ 0 đến {MOST}")
    return number


def _cut_off(limit: dict[str, Any]) -> time | None:
    return time.fromisoformat(limit["cut_off"]) if limit.get("cut_off") else None


def from_portal(answer: dict[str, Any]) -> dict[str, Any]:
    """A procedure as LayThuTuc gives it, in the form of ``data/procedures.json``.

    The first channel's limit stands for the procedure; the others are kept by channel (section 3:
    limits and fees may differ by channel, components by case). Raises UserError ``catalogue_invalid``.
    """
    try:
        return _from_portal(answer)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        code = str(answer.get("MATTHC", "?"))
        raise UserError(
            "catalogue_invalid",
            f"Thủ tục «{code}» do cổng gửi thiếu hoặc sai mục ({type(error).__name__}: {error}) nên chưa nhập. "
            "Hãy báo quản trị cổng.",
            procedure=code,
        ) from error


def _from_portal(answer: dict[str, Any]) -> dict[str, Any]:
    ways = answer.get("CACHTHUCTHUCHIEN") or []
    limits, fees = [], []
    for way in ways:
        channel = CHANNEL_NUMBERS[str(way["KENH"])]
        for span in (way.get("THOIGIAN") or [])[:1]:
            limits.append(
                {
                    "channel": channel,
                    "amount": int(span.get("THOIGIANGIAIQUYET") or 0),
                    "unit": span.get("DONVITINH") or "unknown",
                    "cut_off": span.get("GIOCHOT") or None,
                }
            )
            fees += [
                {
                    "code": fee["MAPHILEPHI"],
                    "name": fee["TENPHILEPHI"],
                    "amount": int(fee["SOTIEN"]),
                    "channel": channel,
                }
                for fee in span.get("PHILEPHI") or []
            ]
    first = limits[0] if limits else {"amount": 0, "unit": "unknown", "cut_off": None}
    return {
        "code": answer["MATTHC"],
        "name": answer["TENTTHC"],
        "field": {"code": answer["MALINHVUC"], "name": answer["TENLINHVUC"]},
        "levels": [LEVEL_NUMBERS[number] for number in str(answer.get("CAPTHUCHIEN", "")) if number in LEVEL_NUMBERS],
        "channels": [item["channel"] for item in limits],
        "service_level": answer.get("MUCDO") or None,
        "limit": {key: first[key] for key in ("amount", "unit", "cut_off")},
        "limits": limits,
        "components": [
            {
                "case": case.get("TRUONGHOP") or "",
                "code": paper["MAGIAYTO"],
                "name": paper["TENGIAYTO"],
                "originals": int(paper.get("SOBANCHINH") or 0),
                "copies": int(paper.get("SOBANSAO") or 0),
                "required": str(paper.get("BATBUOC")) in ("1", "True", "true"),
                "result_code": paper.get("MA_KQ_THAYTHE") or None,
            }
            for case in answer.get("THANHPHANHOSO") or []
            for paper in case.get("GIAYTO") or []
        ],
        "fees": fees,
        "results": [
            {"code": item["MAKETQUA"], "name": item["TENKETQUA"]} for item in answer.get("KETQUATHUCHIEN") or []
        ],
        "in_force": str(answer.get("TRANGTHAI", "1")) == "1",
        "replaced_by": answer.get("THAYTHE") or None,
    }
