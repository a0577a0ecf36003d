"""People who were here before, offered while the clerk types."""

from __future__ import annotations

from sqlalchemy import select

from counter_app.models import Applicant, Dossier
from counter_app.services.desk import DeskContext
from counter_app.services.reading import SEARCH, applicant_data, full_text_query
from counter_app.services.values import ApplicantData

_MINIMUM = 3
"""Letters or digits from which it is worth looking."""
_LOOK_AT = 60
"""Newest dossiers looked at; the same person has several."""


def known_applicants(desk: DeskContext, typed: str, limit: int = 8) -> list[ApplicantData]:
    """Applicants by beginning of personal number, telephone or name; each once, as last written."""
    match = full_text_query(typed)
    if len(typed.strip()) < _MINIMUM or not match:
        return []
    with desk.database.read() as session:
        ids = list(session.execute(SEARCH, {"match": match, "limit": _LOOK_AT}).scalars())
        rows = session.execute(
            select(Dossier.id, Applicant)
            .join(Applicant, Dossier.applicant_id == Applicant.id)
            .where(Dossier.id.in_(ids))
        ).all()
        found: dict[tuple[str, ...], ApplicantData] = {}
        for _, applicant in sorted(rows, key=lambda row: -row[0]):
            identity = (
                (applicant.personal_number,)
                if applicant.personal_number
                else (applicant.name, applicant.phone, applicant.tax_code)
            )
            found.setdefault(identity, applicant_data(applicant))
        return list(found.values())[:limit]
