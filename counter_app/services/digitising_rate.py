"""The rate of digitising: by procedure, clerk, month or dossier, with numerator, denominator and exclusions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, delete, func, literal, not_, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import DigitisingFormula, DigitisingState, Dossier, Procedure
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.digitising import (
    Formula,
    Quality,
    check_formula,
    formula_in_force,
    formula_words,
    percent,
)
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.spreadsheets import write_csv

GROUPINGS = ("procedure", "clerk", "month", "dossier")
MOST_LINES = 1000
"""Dossiers in a report, those with most to do first; procedures, clerks and months are all there."""
MOST_MONTHS = 120
_STATUSES = ("registered", "refused", "withdrawn", "stopped")
_CHANNELS = ("online", "postal")


@dataclass(frozen=True, slots=True)
class RateLine:
    """A procedure, a clerk, a month or a dossier.

    ``dossiers`` counted; ``numerator`` and ``denominator`` as the formula has them; ``papers`` how many must be
    scanned and how far they are.
    """

    key: str
    name: str
    dossiers: int
    numerator: int
    denominator: int
    papers: Quality

    @property
    def percent(self) -> float | None:
        """The rate in percent, None where there is nothing to scan."""
        return percent(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class RateReport:
    """A period (office days of reception, both included), by which formula, and its lines.

    ``excluded``: dossiers of the period that the formula leaves out. ``cut``: there are more lines than shown.
    """

    first: date
    last: date
    formula: Formula
    total: RateLine
    lines: tuple[RateLine, ...]
    excluded: int
    cut: bool = False


def formulas(desk: DeskContext) -> tuple[Formula, ...]:
    """The formulas that the office entered, the latest first."""
    with desk.database.read() as session:
        return _formulas(session)


def set_formula(desk: DeskContext, formula: Formula) -> None:
    """Count by this formula from its day on; one of the same day is replaced. Raises UserError ``formula_invalid``."""
    with rules_apply():
        check_formula(formula)
    with desk.database.write() as session:
        session.execute(delete(DigitisingFormula).where(DigitisingFormula.valid_from == formula.valid_from))
        values = {item.name: getattr(formula, item.name) for item in fields(formula)}
        values |= {"excluded": sorted(formula.excluded), "basis": plain(formula.basis)}
        session.add(DigitisingFormula(**values, decided_at=desk.clock(), decided_by=desk.settings.clerk))


def drop_formula(desk: DeskContext, valid_from: date) -> None:
    """Take back a formula; the one before it holds again."""
    with desk.database.write() as session:
        session.execute(delete(DigitisingFormula).where(DigitisingFormula.valid_from == valid_from))


def rate(desk: DeskContext, first: date, last: date, by: str = "procedure") -> RateReport:
    """The rate of dossiers received from ``first`` to ``last``, by the formula in force on ``last``.

    By month each month has the formula of its own last day. Raises UserError ``period_invalid``.
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if last < first or months > MOST_MONTHS:
        raise UserError("period_invalid", f"Kỳ báo cáo phải từ ngày đầu đến ngày cuối, dài nhất {MOST_MONTHS} tháng.")
    with desk.database.read() as session:
        known = _formulas(session)
        formula = formula_in_force(known, last)
        period = _Period(first, last, formula)
        total = _total(session, period)
        if by == "month":
            lines = [_month(session, _Period(*days, formula_in_force(known, days[1]))) for days in _months(first, last)]
        else:
            lines = _LINES[by](session, period)
        whole = session.scalar(select(func.count()).select_from(Dossier).where(*_within(first, last))) or 0
    cut = len(lines) > MOST_LINES and by == "dossier"
    shown = tuple(lines[:MOST_LINES] if cut else lines)
    return RateReport(first, last, formula, total, shown, whole - total.dossiers, cut)


HEAD = (
    "Mã",
    "Tên",
    "Số hồ sơ",
    "Tử số",
    "Mẫu số",
    "Tỷ lệ (%)",
    "Giấy tờ phải quét",
    "Đầy đủ",
    "Chính xác",
    "Toàn vẹn",
)


def export_rate(report: RateReport, path: Path) -> int:
    """Write a report as a list for a spreadsheet, its formula in the last lines; answers the number of lines.

    Raises KnownError when the file cannot be written.
    """
    return write_csv(path, HEAD, _export_lines(report))


def _export_lines(report: RateReport) -> Iterator[Sequence[str]]:
    for line in (*report.lines, report.total):
        shown = line.percent
        numbers = (line.dossiers, line.numerator, line.denominator)
        papers = line.papers[:4]
        rate_cell = "" if shown is None else f"{shown:.1f}".replace(".", ",")
        yield (line.key, line.name, *map(str, numbers), rate_cell, *map(str, papers))
    yield ("", formula_words(report.formula))
    yield ("", f"Không tính: {report.excluded} hồ sơ trong kỳ.")


@dataclass(frozen=True, slots=True)
class _Period:
    first: date
    last: date
    formula: Formula

    def counted(self) -> list[ColumnElement[bool]]:
        """Dossiers of the period that the formula does not leave out."""
        left = self.formula.excluded
        conditions = _within(self.first, self.last)
        conditions.append(Dossier.status.not_in([one for one in _STATUSES if one in left]))
        conditions.append(Dossier.channel.not_in([one for one in _CHANNELS if one in left]))
        if "on_the_spot" in left:
            conditions.append(Dossier.limit_unit != "on_the_spot")
        return conditions

    def papers(self, name: str) -> ColumnElement[int]:
        """Number of papers of a dossier in a column of the state."""
        parts: list[ColumnElement[int]] = [
            getattr(DigitisingState, f"{kind}_{name}")
            for kind, counted in (("component", self.formula.components), ("result", self.formula.results))
            if counted
        ]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    def sums(self) -> list[ColumnElement[int]]:
        """The numbers of a ``RateLine`` behind its name."""
        wanted, done = self.papers("wanted"), self.papers(self.formula.level)
        if self.formula.unit == "dossier":
            upper = _total_of(case((and_(wanted > 0, done == wanted), 1), else_=0))
            lower = _total_of(case((wanted > 0, 1), else_=0))
        else:
            upper, lower = _total_of(done), _total_of(wanted)
        return [func.count(), upper, lower, *(_total_of(self.papers(name)) for name in Quality._fields)]


def _total_of(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), literal(0, Integer))


def _within(first: date, last: date) -> list[ColumnElement[bool]]:
    start = datetime(first.year, first.month, first.day, tzinfo=VIETNAM)
    end = datetime(last.year, last.month, last.day, tzinfo=VIETNAM) + timedelta(days=1)
    return [Dossier.received_at >= start, Dossier.received_at < end]


def _line(key: str, name: str, numbers: Sequence[int]) -> RateLine:
    dossiers, upper, lower, *papers = numbers
    return RateLine(key, name, dossiers, upper, lower, Quality(*papers))


def _total(session: Session, period: _Period, key: str = "", name: str = "Cộng") -> RateLine:
    query = select(*period.sums()).select_from(Dossier).join(DigitisingState).where(*period.counted())
    return _line(key, name, session.execute(query).one())


def _month(session: Session, period: _Period) -> RateLine:
    return _total(session, period, f"{period.first:%Y-%m}", f"Tháng {period.first.month}/{period.first.year}")


def _by_procedure(session: Session, period: _Period) -> list[RateLine]:
    """All versions of a procedure in one line, under the name of the latest."""
    query = (
        select(Dossier.procedure_id, *period.sums())
        .join(DigitisingState)
        .where(*period.counted())
        .group_by(Dossier.procedure_id)
    )
    versions = {row[0]: row[1:] for row in session.execute(query)}
    found: dict[str, tuple[str, list[int]]] = {}
    names = select(Procedure.id, Procedure.code, Procedure.name).where(Procedure.id.in_(versions))
    for procedure_id, code, name in session.execute(names.order_by(Procedure.version)):
        before = found.get(code, ("", [0] * len(versions[procedure_id])))[1]
        found[code] = (name, [one + more for one, more in zip(before, versions[procedure_id], strict=True)])
    return _worst_first([_line(code, name, numbers) for code, (name, numbers) in found.items()])


def _by_clerk(session: Session, period: _Period) -> list[RateLine]:
    query = (
        select(DigitisingState.clerk, *period.sums())
        .select_from(Dossier)
        .join(DigitisingState)
        .where(*period.counted())
        .group_by(DigitisingState.clerk)
    )
    return _worst_first([_line(clerk, clerk, numbers) for clerk, *numbers in session.execute(query)])


def _by_dossier(session: Session, period: _Period) -> list[RateLine]:
    missing = period.papers("wanted") - period.papers(period.formula.level)
    query = (
        select(Dossier.code, Procedure.name, *period.sums())
        .select_from(Dossier)
        .join(DigitisingState)
        .join(Dossier.procedure)
        .where(*period.counted(), not_(period.papers("wanted") == 0))
        .group_by(Dossier.id)
        .order_by(missing.desc(), Dossier.received_at)
        .limit(MOST_LINES + 1)
    )
    return [_line(code, name, numbers) for code, name, *numbers in session.execute(query)]


_LINES: dict[str, Callable[[Session, _Period], list[RateLine]]] = {
    "procedure": _by_procedure,
    "clerk": _by_clerk,
    "dossier": _by_dossier,
}


def _worst_first(lines: list[RateLine]) -> list[RateLine]:
    """Where most is missing; lines with nothing to scan last."""
    return sorted(lines, key=lambda line: (line.numerator - line.denominator, line.denominator == 0, line.name))


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months of a period, the first and the last as far as they belong to it; the latest first."""
    start = date(last.year, last.month, 1)
    end = last
    while end >= first:
        yield max(start, first), end
        end = start - timedelta(days=1)
        start = date(end.year, end.month, 1)


def _formulas(session: Session) -> tuple[Formula, ...]:
    rows = session.scalars(select(DigitisingFormula).order_by(DigitisingFormula.valid_from.desc()))
    return tuple(
        Formula(row.valid_from, row.unit, row.level, row.components, row.results, frozenset(row.excluded), row.basis)
        for row in rows
    )
