"""How long a PATCH and a block may be, who gives way to whom, and how fast it goes."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.sync import pace as pace_module
from counter_app.sync.gate import Gate
from counter_app.sync.pace import Pace
from counter_app.sync.transfers import Meter


def test_a_thin_line_gets_short_blocks_and_a_patch_of_thirty_seconds() -> None:
    pace = Pace()
    pace.took(32_000, 1.0)

    assert pace.block_bytes() == 3200
    assert pace.patch_bytes() == 960_000


@given(st.lists(st.tuples(st.integers(1, 10**8), st.floats(0, 1000)), max_size=8), st.integers(0, 10**8))
def test_whatever_was_measured_lengths_stay_within_their_limits(took: list[tuple[int, float]], lost: int) -> None:
    pace = Pace()
    for length, seconds in took:
        pace.took(length, seconds)
    pace.lost(lost)

    assert pace_module.SMALLEST_PATCH <= pace.patch_bytes() <= pace_module.LARGEST_PATCH
    assert pace_module.SMALLEST_BLOCK <= pace.block_bytes() <= pace_module.LARGEST_BLOCK


def test_where_a_cut_costs_the_whole_patch_the_next_ones_are_shorter() -> None:
    pace = Pace()
    pace.took(10_000_000, 1.0)
    pace.lost(1_000_000)

    assert pace.patch_bytes() == 500_000
    pace.took(10_000_000, 1.0)
    assert pace.patch_bytes() == 500_000


def test_a_few_bytes_tell_nothing_of_the_line() -> None:
    pace = Pace()
    pace.took(1000, 0.001)

    assert pace.block_bytes() == pace_module.SMALLEST_BLOCK
    assert pace.patch_bytes() == pace_module.FIRST_PATCH


def test_a_fixed_length_is_kept() -> None:
    pace = Pace(300)
    pace.took(1_000_000, 1.0)

    assert pace.patch_bytes() == 300
    with pytest.raises(ValueError, match="at least one"):
        Pace(-1)


def test_the_gate_holds_others_back_until_the_call_is_over() -> None:
    gate = Gate()
    passed = threading.Event()

    def document() -> None:
        gate.wait()
        passed.set()

    with gate.closed():
        thread = threading.Thread(target=document)
        thread.start()
        assert not passed.wait(0.05)
    assert passed.wait(10)
    thread.join()


def test_the_speed_is_that_of_the_last_ten_seconds() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    assert meter.bytes_per_second() is None
    for second in range(31):
        now[0] = float(second)
        meter.add(1000 if second < 20 else 4000)

    assert meter.bytes_per_second() == 4000


def test_progress_is_told_twice_a_second_at_most() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    told = []
    for tick in range(11):
        now[0] = tick / 10
        told.append(meter.add(1))

    assert told == [True, False, False, False, False, True, False, False, False, False, True]
