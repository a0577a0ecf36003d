"""The comparison that comes by itself: once for each office day that has closed, resumed where it was cut short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from counter_app.models import ReconciliationRun
from counter_app.rules.calendar import VIETNAM
from counter_app.services.calendars import read_calendar
from counter_app.services.portal_link import make_client
from counter_app.services.reconcile import Report
from counter_app.services.reconcile_daily import DailyReconciliation, last_closed_day
from counter_app.services.reconcile_list import last_run
from counter_app.sync.client import PortalClient, Refused, TransientTrouble
from tests.conftest import Clock
from tests.services.reconcile_world import Office, never, office_at_work

MONDAY, TUESDAY, FRIDAY = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 13)


class Watched:
    """A client that counts look-ups and may fail at one of them."""

    def __init__(self, client: PortalClient) -> None:
        self.client = client
        self.asked: list[int] = []
        self.trouble: Exception | None = None

    def look_up(self, codes: Any) -> Any:
        self.asked.append(len(codes))
        if self.trouble is not None:
            raise self.trouble
        return self.client.look_up(codes)


@pytest.fixture
def office(directory: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with office_at_work(directory, tmp_path / "portal", clock) as made:
        yield made


@pytest.fixture
def client(office: Office) -> Iterator[Watched]:
    made = make_client(office.desk)
    yield Watched(made)
    made.close()


def newest(office: Office) -> Report:
    run = last_run(office.desk, automatic=True)
    assert run is not None
    return run


def test_the_last_closed_day(office: Office) -> None:
    calendar = read_calendar(office.desk)

    def at(day: int, hour: int) -> date | None:
        return last_closed_day(calendar, datetime(2026, 3, day, hour, tzinfo=VIETNAM).astimezone(UTC))

    assert at(10, 16) == MONDAY
    assert at(10, 17) == TUESDAY
    assert at(11, 7) == TUESDAY
    assert at(15, 20) == FRIDAY, "on a Sunday"


def test_it_runs_once_after_the_close_and_covers_seven_days(office: Office, client: Watched) -> None:
    office.take_in(files=0)
    office.send()
    daily = DailyReconciliation(office.desk)
    office.clock.set(10, 18)
    daily(client, never)
    run = newest(office)
    assert (run.complete, run.compared, run.period.first, run.period.last) == (True, 1, date(2026, 3, 4), TUESDAY)
    for day, hour in ((10, 20), (11, 9)):
        office.clock.set(day, hour)
        daily(client, never)
        DailyReconciliation(office.desk)(client, never)
    assert client.asked == [1]
    office.clock.set(11, 18)
    daily(client, never)
    assert newest(office).period.last == date(2026, 3, 11)


def test_at_the_first_chance_for_the_day_before(office: Office, client: Watched) -> None:
    office.take_in(files=0)
    office.send()
    office.clock.set(11, 7)
    DailyReconciliation(office.desk)(client, never)
    assert newest(office).period.last == TUESDAY


def test_days_of_a_longer_closure_are_not_left_out(office: Office, client: Watched) -> None:
    office.clock.set(10, 18)
    DailyReconciliation(office.desk)(client, never)
    office.clock.set(27, 18)
    DailyReconciliation(office.desk)(client, never)
    assert newest(office).period.first == TUESDAY


def test_it_goes_on_where_it_was_stopped(office: Office, client: Watched) -> None:
    for _ in range(60):
        office.take_in(files=0)
    office.send()
    office.clock.set(10, 18)
    stops = iter([False, True])
    DailyReconciliation(office.desk)(client, lambda: next(stops))
    assert (newest(office).compared, newest(office).ended_at) == (50, None)
    DailyReconciliation(office.desk)(client, never)
    assert client.asked == [50, 10]
    run = newest(office)
    assert (run.compared, run.equal, run.complete) == (60, 60, True)


def test_it_steps_aside_for_a_record_that_waits(office: Office, client: Watched) -> None:
    office.take_in(files=0)
    office.clock.set(10, 18)
    DailyReconciliation(office.desk)(client, never)
    assert client.asked == []


def test_trouble_of_the_line_is_passed_on_and_the_run_stays_open(office: Office, client: Watched) -> None:
    office.take_in(files=0)
    office.send()
    office.clock.set(10, 18)
    client.trouble = TransientTrouble("portal_busy", "Cổng đang bận.", seen=False)
    with pytest.raises(TransientTrouble):
        DailyReconciliation(office.desk)(client, never)
    assert newest(office).ended_at is None
    client.trouble = None
    DailyReconciliation(office.desk)(client, never)
    assert newest(office).complete


def test_a_portal_that_refuses_look_ups_is_asked_once_a_day(office: Office, client: Watched) -> None:
    office.take_in(files=0)
    office.send()
    office.clock.set(10, 18)
    client.trouble = Refused("02", "Cơ quan chưa được phép.")
    for _ in range(3):
        DailyReconciliation(office.desk)(client, never)
    assert client.asked == [1]
    assert newest(office).error == "Cơ quan chưa được phép."


def test_a_run_cut_short_is_covered_by_the_next_days(office: Office, client: Watched) -> None:
    office.take_in(files=0)
    office.send()
    office.clock.set(10, 18)
    client.trouble = TransientTrouble("portal_busy", "Cổng đang bận.", seen=False)
    with pytest.raises(TransientTrouble):
        DailyReconciliation(office.desk)(client, never)
    cut_short = newest(office).run_id
    client.trouble = None
    office.clock.set(20, 18)
    DailyReconciliation(office.desk)(client, never)
    run = newest(office)
    assert (run.period.first, run.compared, run.complete) == (TUESDAY, 1, True)
    with office.desk.database.read() as session:
        first = session.get_one(ReconciliationRun, cut_short)
        assert (first.complete, first.ended_at is not None) == (False, True)
