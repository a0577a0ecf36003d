"""The history of the sync by day of the office, against the same reckoning in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from counter_app.models import SyncRun
from counter_app.rules.calendar import VIETNAM
from counter_app.services import sync_history
from counter_app.services.desk import DeskContext
from counter_app.services.sync_history import DayRow, read_days, read_runs

OFFLINE = "Chưa kết nối được với cổng."
BUSY = "Cổng đang bận."


def run(started: datetime, *, seconds: int = 5, sent: int = 0, received: int = 0, failed: int = 0, error: str = ""):
    return SyncRun(
        started_at=started,
        ended_at=started + timedelta(seconds=seconds),
        sent=sent,
        received=received,
        failed=failed,
        error=error,
    )


def keep(desk: DeskContext, runs: Iterable[SyncRun]) -> None:
    with desk.database.write() as session:
        session.execute(delete(SyncRun))
        session.add_all(list(runs))


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


def test_a_day_is_the_day_of_the_office(desk: DeskContext) -> None:
    """06:59 and 23:30 in Viet Nam are on two days of UTC, and on one here."""
    keep(desk, [run(at(10, 0, 1), sent=1), run(at(10, 6, 59), sent=2), run(at(10, 23, 59), received=4)])
    (day,) = read_days(desk).days
    assert (day.day, day.passes, day.sent, day.received) == (date(2026, 3, 10), 3, 3, 4)


def test_the_longest_silence_is_the_longest_row_of_passes_that_did_not_get_through(desk: DeskContext) -> None:
    keep(
        desk,
        [
            run(at(10, 8, 0), sent=3),
            run(at(10, 8, 10), error=OFFLINE),
            run(at(10, 8, 15), error=OFFLINE, seconds=20),
            run(at(10, 9, 0), sent=1, error=OFFLINE),  # something went: the line was there
            run(at(10, 9, 1), error=BUSY),
            run(at(10, 9, 31), error=OFFLINE, seconds=0),
            run(at(10, 14, 0), failed=1),
        ],
    )
    (day,) = read_days(desk).days
    assert day.silence == timedelta(minutes=30)
    assert day.notes == ((OFFLINE, 4), (BUSY, 1))
    assert day.failed == 1


def test_a_day_without_trouble_has_no_silence(desk: DeskContext) -> None:
    keep(desk, [run(at(10, 8), sent=3), run(at(10, 16), sent=1)])
    assert read_days(desk).days[0].silence == timedelta(0)


def test_older_days_come_page_by_page(desk: DeskContext) -> None:
    keep(desk, [run(at(1, 8, month=month), sent=month) for month in (1, 2, 3)])
    first = read_days(desk)
    assert ([day.sent for day in first.days], first.older) == ([3, 2], True)
    second = read_days(desk, before=first.days[-1].day)
    assert ([day.sent for day in second.days], second.older) == ([1], False)
    assert read_days(desk, before=second.days[-1].day).days == ()


def test_a_day_opens_to_its_passes_page_by_page(desk: DeskContext, monkeypatch) -> None:
    monkeypatch.setattr(sync_history, "PASSES", 2)
    keep(desk, [run(at(9, 23, 59), sent=9), *(run(at(10, hour), sent=hour) for hour in (0, 8, 23)), run(at(11, 0))])
    first = read_runs(desk, date(2026, 3, 10))
    assert [row.sent for row in first] == [23, 8]
    assert [row.sent for row in read_runs(desk, date(2026, 3, 10), after=first[-1].id)] == [0]


def test_nothing_yet(desk: DeskContext) -> None:
    page = read_days(desk)
    assert (page.days, page.older) == ((), False)


PASSES = st.lists(
    st.tuples(
        st.integers(1, 40_000),  # seconds since the pass before
        st.integers(0, 300),
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(0, 1),
        st.sampled_from(["", OFFLINE, BUSY]),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PASSES)
def test_sums_and_silences_agree_with_plain_python(desk: DeskContext, passes: list[tuple]) -> None:
    moment, runs = datetime(2026, 3, 1, 16, 59, tzinfo=UTC), []
    for gap, seconds, sent, received, failed, error in passes:
        moment += timedelta(seconds=gap)
        runs.append(run(moment, seconds=seconds, sent=sent, received=received, failed=failed, error=error))
    expected = reckoned(runs)
    keep(desk, runs)
    days = read_days(desk).days
    assert [(day.day, day.passes, day.sent, day.received, day.failed, day.silence) for day in days] == expected
    assert all(Counter(dict(day.notes)).total() == noted(runs, day) for day in days)


def reckoned(runs: list[SyncRun]) -> list[tuple]:
    found = []
    for day, group in groupby(runs, key=office_day):
        of_day = list(group)
        silence, begun = timedelta(0), None
        for one in of_day:
            if one.error and not (one.sent or one.received or one.failed):
                begun = begun or one.started_at
                silence = max(silence, one.ended_at - begun)
            else:
                begun = None
        sums = [sum(getattr(one, name) for one in of_day) for name in ("sent", "received", "failed")]
        found.append((day, len(of_day), *sums, silence))
    return found[::-1]


def noted(runs: list[SyncRun], day: DayRow) -> int:
    return sum(1 for one in runs if one.error and office_day(one) == day.day)


def office_day(one: SyncRun) -> date:
    return one.started_at.astimezone(VIETNAM).date()
