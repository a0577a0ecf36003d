"""What a dossier can be found by."""

from __future__ import annotations

from counter_app.models import Dossier
from counter_app.rules.identity import fold


def search_text(dossier: Dossier) -> str:
    """Folded words of codes, names, numbers, telephone and shelf, for the full-text index."""
    people = [dossier.applicant] + ([dossier.submitter] if dossier.submitter else [])
    parts = [dossier.code, dossier.portal_code or "", dossier.shelf or ""]
    for person in people:
        parts += [person.name, person.personal_number, person.tax_code, person.phone]
    return fold(" ".join(part for part in parts if part))
