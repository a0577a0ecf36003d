"""What is cut off a page stays the same part of it, however it is turned or straightened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.page_frame import Margins, crop_of, grown, margins_of, on_other_sheet, turned

SHEET = (1654, 2339)
sides = st.integers(0, 700)
margins = st.tuples(sides, sides, sides, sides)


@given(margins)
def test_margins_and_crop_say_the_same(cut: Margins) -> None:
    assert margins_of(SHEET, crop_of(SHEET, cut)) == cut


@given(margins, st.integers(-5, 5))
def test_turning_there_and_back_changes_nothing(cut: Margins, turn: int) -> None:
    assert turned(turned(cut, turn), -turn) == cut


def test_what_was_at_the_left_is_at_the_top_after_a_turn_clockwise() -> None:
    assert turned((1, 2, 3, 4), 1) == (4, 1, 2, 3)


@given(margins, st.floats(-45, 45))
def test_the_same_part_is_kept_when_the_page_is_straightened_and_back(cut: Margins, angle: float) -> None:
    other = grown(*SHEET, angle)
    back = on_other_sheet(on_other_sheet(cut, SHEET, other), other, SHEET)
    assert all(abs(one - two) < 1e-6 or two > one for one, two in zip(cut, back, strict=True))
    assert on_other_sheet((0.0, 0.0, 0.0, 0.0), SHEET, other) == (0.0, 0.0, 0.0, 0.0)


@given(st.tuples(*[st.integers(-10, 5000)] * 4))
def test_something_is_always_kept(cut: Margins) -> None:
    crop = crop_of(SHEET, cut)
    assert crop is None or (0 <= crop[0] < crop[2] <= SHEET[0] and 0 <= crop[1] < crop[3] <= SHEET[1])
