"""The closing of a day's money: what was taken by whom and how, against what was counted; once and for good.

A closing counts all that no earlier one has counted: money entered late, or taken after the closing, goes into the
next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from counter_app.errors import UserError
from counter_app.models import DayClosing, Dossier, Payment
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain

CASH = "cash"
MOST_MONEY = 100_000_000_000
"""Đồng; more is a typing error."""


@dataclass(frozen=True, slots=True)
class TakenRow:
    """One payment (or refund: ``amount`` below 0), in đồng; ``number`` of the payment note or the refund note."""

    id: int
    at: datetime
    kind: str
    number: int
    dossier_code: str
    payer_name: str
    clerk: str
    method: str
    amount: int
    reference: str
    official_receipt: str


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """What one clerk took by one method: how often, and the sum in đồng, refunds taken off."""

    clerk: str
    method: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A closing as it was made: ``counted`` is cash by clerk, ``difference`` counted less recorded, in đồng."""

    closed_at: datetime
    clerk: str
    counted: Mapping[str, int]
    difference: int
    explanation: str


@dataclass(frozen=True, slots=True)
class DayTakings:
    """A day's money, open or closed. ``lines`` of a closed day are those that were signed for."""

    day: date
    rows: tuple[TakenRow, ...]
    lines: tuple[ClosingLine, ...]
    closed: Closed | None

    @property
    def total(self) -> int:
        """The sum of all lines, in đồng."""
        return sum(line.amount for line in self.lines)

    def cash(self) -> dict[str, int]:
        """Cash that each clerk must have in hand, in đồng."""
        return {line.clerk: line.amount for line in self.lines if line.method == CASH}


def day_takings(desk: DeskContext, day: date) -> DayTakings:
    """What a closing of ``day`` counts, or has counted."""
    with desk.database.read() as session:
        closing = session.scalar(select(DayClosing).where(DayClosing.day == day))
        if closing is None:
            rows = _rows(session, _open_until(day))
            return DayTakings(day, rows, _lines(rows), None)
        rows = _rows(session, select(Payment).where(Payment.closing_id == closing.id))
        lines = tuple(ClosingLine(**line) for line in closing.lines)
        return DayTakings(day, rows, lines, _closed(closing, lines))


def close_day(
    desk: DeskContext,
    day: date,
    counted: Mapping[str, int],
    explanation: str = "",
    *,
    seen: Sequence[int] | None = None,
) -> DayTakings:
    """Close ``day`` with the cash ``counted`` by each clerk. ``seen``: ids of the payments that were shown.

    Raises UserError ``impossible_day``, ``day_closed``, ``takings_changed``, ``counted_missing``,
    ``counted_invalid``, ``explanation_missing`` where the count differs from what was recorded.
    """
    explanation = plain(explanation)
    with desk.database.write() as session:
        now = desk.clock().replace(microsecond=0)
        _check_day(session, day, now.astimezone(VIETNAM).date())
        rows = _rows(session, _open_until(day))
        if seen is not None and sorted(seen) != sorted(row.id for row in rows):
            raise UserError("takings_changed", "Vừa có khoản thu hoặc hoàn mới. Hãy xem lại bảng kê, đếm lại rồi chốt.")
        takings = DayTakings(day, rows, _lines(rows), None)
        difference = _difference(takings, counted)
        if difference and not explanation:
            raise UserError(
                "explanation_missing",
                f"Tiền đếm được lệch so với sổ: {_signed(difference)}. Hãy đếm lại, hoặc ghi lý do chênh lệch.",
                difference=sum(difference.values()),
            )
        closing = DayClosing(
            day=day,
            closed_at=now,
            clerk=desk.settings.clerk,
            lines=[asdict(line) for line in takings.lines],
            counted={clerk: counted[clerk] for clerk in takings.cash()},
            explanation=explanation,
        )
        session.add(closing)
        session.flush()
        session.execute(update(Payment).where(Payment.id.in_([row.id for row in rows])).values(closing_id=closing.id))
        return DayTakings(day, rows, takings.lines, _closed(closing, takings.lines))


def _check_day(session: Session, day: date, today: date) -> None:
    if day > today:
        raise UserError("impossible_day", f"Ngày {day:%d/%m/%Y} chưa đến. Hãy chọn lại ngày.")
    later = session.scalar(select(DayClosing).where(DayClosing.day >= day).order_by(DayClosing.day).limit(1))
    if later is not None:
        raise UserError(
            "day_closed",
            f"Ngày {later.day:%d/%m/%Y} đã được {later.clerk} chốt lúc "
            f"{later.closed_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. Khoản thu chưa chốt sẽ vào lần chốt kế tiếp.",
        )


def _difference(takings: DayTakings, counted: Mapping[str, int]) -> dict[str, int]:
    """Counted less recorded for each clerk where they differ."""
    cash = takings.cash()
    for clerk in cash:
        if clerk not in counted:
            raise UserError("counted_missing", f"Chưa nhập tiền mặt đếm được của {clerk}.", clerk=clerk)
    for clerk, amount in counted.items():
        if clerk not in cash or abs(amount) > MOST_MONEY:
            raise UserError("counted_invalid", f"Số tiền đếm được của {clerk} không đúng. Hãy nhập lại.", clerk=clerk)
    return {clerk: counted[clerk] - amount for clerk, amount in cash.items() if counted[clerk] != amount}


def _signed(difference: Mapping[str, int]) -> str:
    return "; ".join(f"{clerk} {amount:+,} đ".replace(",", ".") for clerk, amount in difference.items())


def _open_until(day: date) -> Select[Payment]:
    end = datetime.combine(day + timedelta(days=1), time.min, VIETNAM)
    return select(Payment).where(Payment.closing_id.is_(None), Payment.at < end)


def _rows(session: Session, query: Select[Payment]) -> tuple[TakenRow, ...]:
    whole = query.order_by(Payment.at, Payment.id).options(joinedload(Payment.dossier).joinedload(Dossier.applicant))
    return tuple(
        TakenRow(
            id=row.id,
            at=row.at,
            kind=row.kind,
            number=row.number,
            dossier_code=row.dossier.code,
            payer_name=row.dossier.applicant.name,
            clerk=row.clerk,
            method=row.method,
            amount=row.amount,
            reference=row.reference,
            official_receipt=row.official_receipt,
        )
        for row in session.scalars(whole)
    )


def _lines(rows: Sequence[TakenRow]) -> tuple[ClosingLine, ...]:
    """By clerk and method, in the order of the alphabet."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        count, amount = sums.get((row.clerk, row.method), (0, 0))
        sums[row.clerk, row.method] = count + 1, amount + row.amount
    return tuple(ClosingLine(*key, *sums[key]) for key in sorted(sums))


def _closed(closing: DayClosing, lines: Sequence[ClosingLine]) -> Closed:
    cash = sum(line.amount for line in lines if line.method == CASH)
    counted = dict(closing.counted)
    return Closed(closing.closed_at, closing.clerk, counted, sum(counted.values()) - cash, closing.explanation)
