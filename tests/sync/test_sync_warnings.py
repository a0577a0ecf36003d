"""Trouble is told early, and not before it is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sync_desk import SyncDesk

from counter_app.sync.warnings import DISK_STOP, DISK_WARN, Facts, early_warnings, free_bytes, read_facts

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ALL_WELL = Facts(clock_skew=None, free_bytes=None, oldest_waiting_at=None, now=NOW)


def facts(**known: object) -> Facts:
    return Facts(**{**vars(ALL_WELL), **known})  # type: ignore[arg-type]


def test_nothing_known_is_nothing_to_tell() -> None:
    assert early_warnings(ALL_WELL) == ()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_more_than_five_minutes_off(sign: int) -> None:
    assert early_warnings(facts(clock_skew=sign * timedelta(minutes=5))) == ()
    (told,) = early_warnings(facts(clock_skew=sign * timedelta(minutes=7, seconds=10)))
    assert "lệch 7 phút" in told


def test_a_disk_nearly_full_is_told_and_what_stops_with_it() -> None:
    assert early_warnings(facts(free_bytes=DISK_WARN)) == ()
    (low,) = early_warnings(facts(free_bytes=DISK_WARN - 1))
    assert "còn 2047 MB" in low
    assert "đã ngừng" not in low
    (edge,) = early_warnings(facts(free_bytes=DISK_STOP))
    assert "đã ngừng" not in edge
    (stopped,) = early_warnings(facts(free_bytes=DISK_STOP - 1))
    assert "còn 249 MB nên đã ngừng nhận thêm giấy tờ" in stopped


def test_a_queue_older_than_a_day() -> None:
    assert early_warnings(facts(oldest_waiting_at=NOW - timedelta(days=1))) == ()
    (told,) = early_warnings(facts(oldest_waiting_at=NOW - timedelta(days=1, seconds=1)))
    assert "hơn một ngày" in told


def test_each_trouble_has_its_sentence() -> None:
    everything = facts(free_bytes=0, clock_skew=timedelta(hours=3), oldest_waiting_at=NOW - timedelta(days=9))
    assert len(set(early_warnings(everything))) == 3


def test_the_facts_are_read_from_the_queue_and_the_disk(desk: SyncDesk) -> None:
    with desk.database.read() as session:
        assert read_facts(session, desk.directory, None, desk.clock()).oldest_waiting_at is None
    received = desk.clock()
    desk.receive(1)
    desk.clock.now += timedelta(days=2)
    with desk.database.read() as session:
        read = read_facts(session, desk.directory, timedelta(minutes=-9), desk.clock())
    assert (read.oldest_waiting_at, read.now) == (received, desk.clock())
    assert read.free_bytes is not None
    assert read.free_bytes > 0
    assert [one[:7] for one in early_warnings(read)][-2:] == ["Đồng hồ", "Có hồ s"]


def test_a_folder_that_is_not_there_is_no_trouble_of_the_disk(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "chưa có") is None
