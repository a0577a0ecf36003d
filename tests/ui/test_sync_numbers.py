"""Sizes, spans and the estimate of the time left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.ui.sync_field_words import field_words
from counter_app.ui.sync_numbers import Pace, count_words, size_words, span_words, speed_words
from tests.ui.window_fixtures import TUESDAY_MORNING


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 KB"),
        (1, "1 KB"),
        (850 * 1024, "850 KB"),
        (1024 * 1024 - 1, "1,0 MB"),
        (13_000_000, "12,4 MB"),
        (412 * 1024**2, "412 MB"),
        (5 * 1024**3, "5,0 GB"),
    ],
)
def test_sizes_as_people_write_them(size: int, words: str) -> None:
    assert size_words(size) == words


@given(st.integers(0, 2**50))
def test_a_size_is_never_without_unit_nor_four_digits(size: int) -> None:
    amount, unit = size_words(size).split(" ")
    assert unit in ("KB", "MB", "GB", "TB")
    assert float(amount.replace(",", ".")) <= 1024


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "dưới 1 phút"),
        (timedelta(seconds=61), "2 phút"),
        (timedelta(minutes=60), "1 giờ"),
        (timedelta(hours=1, minutes=19, seconds=1), "1 giờ 20 phút"),
        (timedelta(days=2, hours=3), "2 ngày 3 giờ"),
        (timedelta(hours=23, minutes=59, seconds=30), "1 ngày"),
    ],
)
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert span_words(span) == words


def test_counts_and_speeds() -> None:
    assert count_words(25000) == "25.000"
    assert speed_words(31 * 1024) == "31 KB/giây"


def noted(*readings: tuple[float, int]) -> Pace:
    pace = Pace()
    for seconds, left in readings:
        pace.note(TUESDAY_MORNING + timedelta(seconds=seconds), left)
    return pace


def test_the_time_left_follows_the_pace() -> None:
    assert noted((0, 1000), (10, 900)).time_left() == timedelta(seconds=90)


def test_what_comes_in_meanwhile_is_not_taken_for_a_slow_line() -> None:
    assert noted((0, 1000), (10, 900), (10, 1400), (20, 1300)).time_left() == timedelta(seconds=130)


def test_before_there_is_a_pace_the_line_s_speed_is_taken() -> None:
    assert noted((0, 1000)).time_left() is None
    assert noted((0, 1000)).time_left(50.0) == timedelta(seconds=20)
    assert noted((0, 1000), (60, 1000)).time_left() is None


def test_an_old_pace_is_forgotten() -> None:
    assert noted((0, 100_000), (10, 1000), (200, 1000), (210, 990)).time_left() == timedelta(seconds=990)
    pace = noted((0, 1000), (10, 900))
    pace.forget()
    assert pace.time_left(10.0) is None


def test_a_clock_set_back_begins_anew() -> None:
    pace = noted((100, 1000), (110, 900))
    pace.note(datetime(2020, 1, 1, tzinfo=TUESDAY_MORNING.tzinfo), 800)
    assert pace.time_left() is None


def test_the_portals_field_names_are_read_as_the_form_says_them() -> None:
    assert field_words("SoDienThoai") == "số điện thoại"
    assert field_words("DinhDanhCHS[0].SoDinhDanh") == "số định danh"
    assert field_words("TaiLieuNop[2]") == "tài liệu nộp"
    assert field_words("GiDo") == "GiDo"
