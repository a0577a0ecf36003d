"""People who were here before, offered while the clerk types."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from counter_app.models import Applicant, Dossier
from counter_app.services.desk import DeskContext
from counter_app.services.reading import SEARCH, applicant_data, full_text_query, search_words
from counter_app.services.values import ApplicantData

_MINIMUM = 3
"""Letters or digits from which it is worth looking."""
_LOOK_AT = 60
"""Newest dossiers looked at; the same person has several."""


def known_applicants(desk: DeskContext, typed: str, limit: int = 8) -> list[ApplicantData]:
    """People by beginning of personal number, telephone or name; each once, as last written."""
    match = full_text_query(typed)
    if len(typed.strip()) < _MINIMUM or not match:
        return []
    words = search_words(typed)
    with desk.database.read() as session:
        ids = list(session.execute(SEARCH, {"match": match, "limit": _LOOK_AT}).scalars())
        query = select(Dossier).where(Dossier.id.in_(ids)).order_by(Dossier.id.desc())
        rows = session.scalars(query.options(joinedload(Dossier.applicant), joinedload(Dossier.submitter))).all()
        found: dict[tuple[str, ...], ApplicantData] = {}
        for person in (person for row in rows for person in (row.applicant, row.submitter)):
            if person is not None and _is_meant(person, words):
                found.setdefault(_identity(person), applicant_data(person))
        return list(found.values())[:limit]


def _is_meant(person: Applicant, words: list[str]) -> bool:
    """The dossier was found by all its people; offered is only the one whose words were typed."""
    own = [*search_words(person.name), person.personal_number, person.tax_code, person.phone]
    return all(any(mine.startswith(word) for mine in own) for word in words)


def _identity(person: Applicant) -> tuple[str, ...]:
    return (person.personal_number,) if person.personal_number else (person.name, person.phone, person.tax_code)
