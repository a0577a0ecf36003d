"""The closing of a day: by clerk and method, counted, explained, once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from counter_app.rules.lifecycle import Step
from counter_app.services.day_closing import ClosingLine, close_day, day_takings
from counter_app.services.desk import DeskContext
from counter_app.services.fees import MoneyIn, fees_of, refund, take
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import FeeIn
from counter_app.settings import with_changes
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.services.inspect_desk import refused

DAY = date(2026, 3, 10)
HANH, BINH = "Lê Thị Hạnh", "Trần Văn Bình"


@pytest.fixture
def other(desk: DeskContext) -> DeskContext:
    """The same desk with another clerk at it."""
    return replace(desk, settings=with_changes(desk.settings, clerk=BINH))


def fill(desk: DeskContext, other: DeskContext, clock: Clock) -> None:
    """Cash by both, a transfer, a refund, and what the portal took."""
    for place in (desk, desk, other):
        receive(place, full_request(fees=(FeeIn("LP01", True, "cash"),)))
    code = receive(desk, full_request(channel="postal")).code
    clock.move(minutes=1)
    take(desk, code, MoneyIn("transfer", reference="FT1"))
    refund(desk, code, ["LP02"], "Nhận tại quầy", method="cash")


def test_sums_by_clerk_and_method(desk: DeskContext, other: DeskContext, clock: Clock) -> None:
    fill(desk, other, clock)
    takings = day_takings(desk, DAY)
    assert takings.lines == (
        ClosingLine(HANH, "cash", 3, 2 * 8000 - 26000),
        ClosingLine(HANH, "transfer", 1, 34000),
        ClosingLine(BINH, "cash", 1, 8000),
    )
    assert takings.total == 32000 == sum(row.amount for row in takings.rows)
    assert takings.cash() == {HANH: -10000, BINH: 8000}
    assert [row.number for row in takings.rows if row.kind == "payment"] == [1, 2, 3, 4]
    assert takings.rows[-2].reference == "FT1"
    assert takings.closed is None


def test_what_the_portal_took_is_not_the_desks(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.PAY, StepInput(method="online"))
    assert [row.method for row in day_takings(desk, DAY).rows] == ["online"], "noted by a clerk: on the list"
    assert day_takings(desk, DAY).cash() == {}


def test_a_difference_needs_an_explanation(desk: DeskContext, other: DeskContext, clock: Clock) -> None:
    fill(desk, other, clock)
    with refused("counted_missing", BINH):
        close_day(desk, DAY, {HANH: -10000})
    with refused("counted_invalid"):
        close_day(desk, DAY, {HANH: -10000, BINH: 8000, "Ai đó": 0})
    with refused("explanation_missing", f"{BINH} -500 đ"):
        close_day(desk, DAY, {HANH: -10000, BINH: 7500}, "  ")
    assert day_takings(desk, DAY).closed is None
    closed = close_day(desk, DAY, {HANH: -10000, BINH: 7500}, "Thiếu tiền lẻ").closed
    assert closed is not None
    assert (closed.difference, closed.explanation, closed.clerk) == (-500, "Thiếu tiền lẻ", HANH)


def test_closed_once_and_frozen(desk: DeskContext, other: DeskContext, clock: Clock) -> None:
    fill(desk, other, clock)
    done = close_day(desk, DAY, day_takings(desk, DAY).cash())
    assert done.closed is not None
    assert done.closed.difference == 0
    with refused("day_closed", HANH):
        close_day(desk, DAY, done.cash())
    clock.move(minutes=10)
    late = receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),))).code
    assert day_takings(desk, DAY) == done
    with closing(sqlite3.connect(desk.database.path)) as connection:
        for statement in (
            "UPDATE day_closing SET explanation = 'x'",
            "DELETE FROM day_closing",
            "UPDATE payment SET closing_id = NULL",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    clock.set(11, 8)
    tomorrow = day_takings(desk, DAY.replace(day=11))
    assert [row.dossier_code for row in tomorrow.rows] == [late], "taken after the closing: counted by the next one"
    close_day(desk, DAY.replace(day=11), tomorrow.cash())
    with refused("day_closed"):
        close_day(desk, DAY.replace(day=9), {})


def test_only_what_was_shown_is_closed(desk: DeskContext) -> None:
    receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),)))
    shown = day_takings(desk, DAY)
    receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),)))
    with refused("takings_changed"):
        close_day(desk, DAY, shown.cash(), seen=[row.id for row in shown.rows])


def test_a_day_without_money_and_one_to_come(desk: DeskContext) -> None:
    with refused("impossible_day"):
        close_day(desk, DAY.replace(day=11), {})
    assert close_day(desk, DAY, {}).total == 0


def test_money_of_the_last_minute_belongs_to_its_own_day(desk: DeskContext, clock: Clock) -> None:
    clock.set(10, 23, 59)
    code = receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),))).code
    clock.set(11, 0, 0)
    receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),)))
    assert [row.dossier_code for row in day_takings(desk, DAY).rows] == [code]
    assert len(fees_of(desk, code).payments) == 1
