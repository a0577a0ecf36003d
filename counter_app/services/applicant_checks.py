"""Checks of who applies: what cannot be is refused, what is unlikely is a warning."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from counter_app.errors import UserError
from counter_app.rules import identity
from counter_app.services.free_text import plain
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.values import APPLICANT_KINDS, ApplicantData


def checked_applicant(
    data: ApplicantData, today: date, who: str = "chủ hồ sơ"
) -> tuple[ApplicantData, tuple[str, ...]]:
    """The data in normal form, with warnings for the clerk.

    Raises UserError ``applicant_invalid`` (kind or name), ``birth_date_invalid``.
    """
    if data.kind not in APPLICANT_KINDS:
        raise UserError(
            "applicant_invalid", f"Loại {who} «{data.kind}» không có. Hãy chọn: {', '.join(APPLICANT_KINDS)}."
        )
    texts: dict[str, Any] = {
        item.name: plain(getattr(data, item.name)) for item in fields(data) if item.name != "birth_date"
    }
    data = replace(data, **texts)
    clean = replace(
        data,
        name=identity.normalise_name(data.name),
        personal_number="".join(data.personal_number.split()),
        tax_code="".join(data.tax_code.split()),
        phone=identity.normalise_phone(data.phone),
        address=identity.normalise_name(data.address),
    )
    if not clean.name:
        raise UserError("applicant_invalid", f"Thiếu tên {who}. Hãy nhập họ và tên.")
    warnings: list[str] = []
    if clean.birth_date is not None:
        with rules_apply():
            warnings += identity.check_birth_date(clean.birth_date, today)
    if clean.personal_number:
        warnings += identity.check_personal_number(clean.personal_number, clean.birth_date, clean.sex or None)
    elif clean.kind == "person":
        warnings.append(f"Chưa có số định danh cá nhân của {who}.")
    if clean.tax_code:
        warnings += identity.check_tax_code(clean.tax_code)
    elif clean.kind == "enterprise":
        warnings.append(f"Chưa có mã số thuế của {who}.")
    if clean.phone:
        warnings += identity.check_phone(clean.phone)
    return clean, tuple(warnings)
