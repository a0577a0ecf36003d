"""The JSON document of ``receive`` (the command line's contract), checked key by key."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from counter_app.errors import UserError
from counter_app.services.completeness import MOST_COPIES
from counter_app.services.values import ApplicantData, ComponentIn, FeeIn, ReceiveRequest


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Person(_Strict):
    kind: Literal["person", "enterprise", "organisation"] = "person"
    name: str
    personal_number: str = ""
    tax_code: str = ""
    birth_date: date | None = Field(default=None, strict=False)
    sex: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    def data(self) -> ApplicantData:
        return ApplicantData(**self.model_dump())


class _Component(_Strict):
    code: str
    originals: int = Field(default=0, ge=0, le=MOST_COPIES)
    copies: int = Field(default=0, ge=0, le=MOST_COPIES)
    files: list[str] = []


class _Fee(_Strict):
    code: str
    paid: bool = False
    method: str = ""
    reference: str | None = None
    official_receipt: str = ""
    exemption: str | None = None


class _Document(_Strict):
    procedure: str
    applicant: _Person
    submitter: _Person | None = None
    case: str = ""
    channel: Literal["counter", "online", "postal"] = "counter"
    return_by: Literal["counter", "post", "online"] = "counter"
    components: list[_Component] = []
    fees: list[_Fee] = []
    note: str = ""


def request_from_document(
    document: Any,
    folder: Path,
    *,
    at: datetime | None = None,
    due: datetime | None = None,
    reason: str = "",
    supplement_reason: str = "",
) -> ReceiveRequest:
    """The request in a ``receive`` document; file names are taken from ``folder``.

    Raises UserError ``document_invalid`` naming the key and what it should be; unknown keys are refused.
    """
    try:
        parsed = _Document.model_validate(document)
    except ValidationError as error:
        raise UserError(
            "document_invalid", _words(error), keys=[_path(item["loc"]) for item in error.errors()]
        ) from None
    return ReceiveRequest(
        procedure=parsed.procedure,
        applicant=parsed.applicant.data(),
        submitter=parsed.submitter.data() if parsed.submitter else None,
        case_name=parsed.case,
        channel=parsed.channel,
        return_by=parsed.return_by,
        components=tuple(
            ComponentIn(item.code, item.originals, item.copies, tuple(folder / name for name in item.files))
            for item in parsed.components
        ),
        fees=tuple(FeeIn(**item.model_dump()) for item in parsed.fees),
        note=parsed.note,
        at=at,
        due=due,
        reason=reason,
        supplement_reason=supplement_reason,
    )


_EXPECTED = {
    "extra_forbidden": "khóa này không có trong quy ước; hãy bỏ hoặc sửa tên khóa",
    "missing": "thiếu khóa bắt buộc này; hãy bổ sung",
    "string_type": "phải là chữ trong dấu nháy",
    "int_type": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "greater_than_equal": "phải là số không âm",
    "less_than_equal": f"phải là số không quá {MOST_COPIES}",
    "bool_type": "phải là true hoặc false",
    "list_type": "phải là danh sách [...]",
    "model_type": "phải là một đối tượng {...}",
    "model_attributes_type": "phải là một đối tượng {...}",
    "date_from_datetime_parsing": "phải là ngày có thật, ghi như 1990-03-08",
    "date_parsing": "phải là ngày có thật, ghi như 1990-03-08",
    "date_type": "phải là ngày có thật, ghi như 1990-03-08",
    "date_from_datetime_inexact": "phải là ngày, ghi như 1990-03-08",
}


def _words(error: ValidationError) -> str:
    parts = []
    for item in error.errors():
        where = _path(item["loc"]) or "hồ sơ"
        if item["type"] == "literal_error":
            expected = f"phải là một trong: {item['ctx']['expected'].replace(' or ', ', ')}"
        else:
            expected = _EXPECTED.get(item["type"], f"sai dạng ({item['type']})")
        parts.append(f"«{where}»: {expected}")
    return "Nội dung hồ sơ chưa đúng. " + "; ".join(parts) + "."


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
