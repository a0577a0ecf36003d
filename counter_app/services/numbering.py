"""Running numbers: dossier codes per desk and day, register and form numbers per office and year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from counter_app.models import NumberSeries
from counter_app.rules import dossier_code
from counter_app.services.rules_bridge import rules_apply

_SERIES = NumberSeries.__table__
_LAST = select(_SERIES.c.name, _SERIES.c.last).where(_SERIES.c.name.in_(bindparam("names", expanding=True)))
_MOVE = (
    update(NumberSeries.__table__)  # type: ignore[arg-type]
    .where(_SERIES.c.name == bindparam("series"))
    .values(last=bindparam("number"))
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a reception takes: the dossier's code, its line in the register, the number of the form given."""

    code: str
    register: int
    form: int | None


def take_numbers(session: Session, office: str, desk: int, day: date, form: str | None) -> Numbers:
    """The next code of this desk on ``day``, from the desk's own thousand (design, section 5), with the next
    numbers of the register and, where one is given, of the form.

    Raises UserError ``code_range_full``.
    """
    codes = f"code:{office}:{day:%y%m%d}:{desk}"
    yearly = [f"{what}:{office}:{day.year}" for what in ("register", *([f"form:{form}"] if form else []))]
    connection = session.connection()
    names = [codes, *yearly]
    found = connection.execute(_LAST, {"names": names})
    last: dict[str, int] = dict(found.all())
    with rules_apply():
        number = dossier_code.next_number(last.get(codes), desk)
        code = dossier_code.make(office, day, number)
    taken = {codes: number, **{name: last.get(name, 0) + 1 for name in yearly}}
    moved = [{"series": name, "number": value} for name, value in taken.items() if name in last]
    begun = [{"name": name, "last": value} for name, value in taken.items() if name not in last]
    if moved:
        connection.execute(_MOVE, moved)
    if begun:
        connection.execute(insert(NumberSeries), begun)
    return Numbers(code, taken[yearly[0]], taken[yearly[1]] if form else None)


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
