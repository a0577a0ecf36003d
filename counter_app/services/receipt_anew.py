"""A receipt in the place of the one that the applicant holds, where that says what is no longer so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from counter_app.models import Dossier, DossierEvent, Office
from counter_app.rules import lifecycle
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status
from counter_app.services.history import standing
from counter_app.services.numbering import next_in_year

RECEIPT = "receipt"

_STILL_GOOD = frozenset(lifecycle.OPEN | {Status.FINISHED})
"""Statuses in which the applicant still needs a receipt: to come back with it."""


def held_receipt(dossier: Dossier) -> DossierEvent | None:
    """The event of the receipt that the applicant holds and still needs; None where there is none."""
    if Status(dossier.status) not in _STILL_GOOD:
        return None
    return next((event for event in reversed(standing(dossier.events)) if event.form == RECEIPT), None)


def number_of_new(session: Session, office: Office, at: datetime) -> int:
    """The number of a receipt that is issued now."""
    return next_in_year(session, f"form:{RECEIPT}", office.code, at.astimezone(VIETNAM).year)
