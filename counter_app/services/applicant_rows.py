"""People as a dossier keeps them: what was written once stays, and the same data are one row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from counter_app.models import Applicant
from counter_app.services.insertion import insert_row
from counter_app.services.values import ApplicantData

_APPLICANTS = select(Applicant.id, *(Applicant.__table__.c[name] for name in ApplicantData.__dataclass_fields__))
_BY_PERSONAL_NUMBER = _APPLICANTS.where(Applicant.personal_number == bindparam("number"))
_BY_TAX_CODE = _APPLICANTS.where(Applicant.tax_code == bindparam("number"))


def applicant_row(session: Session, data: ApplicantData, at: datetime) -> Applicant:
    """The person with exactly these data, or a new one: an earlier dossier keeps what was written then.

    In the database under its id, but outside the session.
    """
    columns = {name: getattr(data, name) for name in ApplicantData.__dataclass_fields__}
    row_id = _same_applicant(session, data, columns) if data.personal_number or data.tax_code else None
    row = Applicant(**columns, created_at=at)
    row.id = insert_row(session, row) if row_id is None else row_id
    return row


def _same_applicant(session: Session, data: ApplicantData, columns: dict[str, Any]) -> int | None:
    """Asked for by its number alone: with all columns in the question SQLite may choose the index of one that
    is empty in nearly every row."""
    query, number = (
        (_BY_PERSONAL_NUMBER, data.personal_number) if data.personal_number else (_BY_TAX_CODE, data.tax_code)
    )
    for row_id, *values in session.connection().execute(query, {"number": number}):
        if values == list(columns.values()):
            return int(row_id)
    return None
