"""Running numbers: dossier codes per desk and day, register and form numbers per office and year."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from counter_app.models import NumberSeries
from counter_app.rules import dossier_code
from counter_app.services.rules_bridge import rules_apply


def next_dossier_code(session: Session, office: str, desk: int, day: date) -> str:
    """The next code of this desk on ``day``, from the desk's own thousand (design, section 5).

    Raises UserError ``code_range_full``.
    """
    series = _series(session, f"code:{office}:{day:%y%m%d}:{desk}")
    with rules_apply():
        number = dossier_code.next_number(series.last or None, desk)
        code = dossier_code.make(office, day, number)
    series.last = number
    return code


def next_in_year(session: Session, what: str, office: str, year: int) -> int:
    """The next number of a register or a form of the office in a year, from 1."""
    series = _series(session, f"{what}:{office}:{year}")
    series.last += 1
    return series.last


def _series(session: Session, name: str) -> NumberSeries:
    series = session.get(NumberSeries, name)
    if series is None:
        series = NumberSeries(name=name, last=0)
        session.add(series)
    return series
