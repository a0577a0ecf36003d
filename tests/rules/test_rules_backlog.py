"""Codes of older results, days in lists, and what is said of an older result."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules import dossier_code
from counter_app.rules.backlog import (
    MOST_BATCHES,
    MOST_RESULTS,
    BacklogPlace,
    backlog_code,
    read_backlog_code,
    read_day,
    warnings_of,
)
from counter_app.rules.scan_sheets import Separator, SheetKind, decode, encode
from counter_app.rules.violation import RuleViolation

TODAY = date(2026, 3, 10)


@given(st.integers(1, MOST_BATCHES), st.integers(1, MOST_RESULTS))
def test_the_code_goes_onto_a_sheet_and_is_no_dossiers(batch: int, position: int) -> None:
    code = backlog_code("H15.36", BacklogPlace(batch, position))
    assert read_backlog_code(code) == (batch, position)
    separator = Separator(SheetKind.COVER, code)
    assert decode(encode(separator)) == separator
    with suppress(RuleViolation):
        assert dossier_code.parse(code).day < date(2018, 1, 1)


@pytest.mark.parametrize("code", ["H15.36-260310-1001", "H15.36-000000-00012", "H15.36-000007-00000", "", "x"])
def test_other_codes_are_none(code: str) -> None:
    assert read_backlog_code(code) is None


@pytest.mark.parametrize("place", [(0, 1), (1, 0), (MOST_BATCHES + 1, 1), (1, MOST_RESULTS + 1)])
def test_a_full_batch_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(RuleViolation):
        backlog_code("H15.36", BacklogPlace(*place))


@pytest.mark.parametrize("text", ["5/3/2019", "05/03/2019", "05-03-2019", " 5.3.2019 ", "2019-03-05"])
def test_days_as_lists_have_them(text: str) -> None:
    assert read_day(text) == date(2019, 3, 5)


@pytest.mark.parametrize("text", ["", "2019", "31/02/2019", "43529", "tháng 3"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="05/03/2019"):
        read_day(text)


@pytest.mark.parametrize(
    ("issued_on", "until", "words"),
    [
        (date(2019, 3, 5), None, ()),
        (date(2021, 12, 31), date(2026, 3, 10), ()),
        (date(2022, 1, 1), None, ("sau năm 2021",)),
        (date(2019, 3, 5), date(2026, 3, 9), ("hết hiệu lực",)),
    ],
)
def test_what_need_not_be_digitised_is_said(issued_on: date, until: date | None, words: tuple[str, ...]) -> None:
    found = warnings_of(issued_on, until, TODAY)
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))


@pytest.mark.parametrize(("issued_on", "until"), [(date(2026, 3, 11), None), (date(2019, 1, 2), date(2019, 1, 1))])
def test_impossible_days_are_refused(issued_on: date, until: date | None) -> None:
    with pytest.raises(RuleViolation, match="Ngày cấp"):
        warnings_of(issued_on, until, TODAY)
