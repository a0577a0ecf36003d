"""Codes of dossiers: their form, their numbers, and what scanners make of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.dossier_code import (
    DossierCode,
    desk_range,
    is_valid,
    is_valid_office,
    make,
    next_number,
    normalise,
    parse,
    result_code,
)
from counter_app.rules.violation import RuleViolation

CODE = "H15.36-260514-0001"


@pytest.mark.parametrize(
    "code",
    [
        "H15.36-200514-0001",
        "000.00.20.H15-200514-0001",
        "H15-260514-9999",
        "H15.36.101-260514-0001",
        "G09.20-20260609-0092637",
    ],
)
def test_codes_in_use(code: str) -> None:
    assert is_valid(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "h15.36-200514-0001",
        "H15.36-200514-001",
        "H15.36-200514-00000001",
        "H15.36-2005140-0001",
        "H15.36_200514_0001",
        "00.00.20.H15-200514-0001",
        "H15.36-200514-0001\n",
        "H15.36-200514-٠٠٠١",
        f"{CODE}-KQ1",
    ],
)
def test_what_is_no_code(code: str) -> None:
    assert not is_valid(code)


@pytest.mark.parametrize(
    ("office", "valid"),
    [("H15.36", True), ("000.00.20.H15", True), ("H15", True), ("15.36", False), ("H15.", False), ("H15.36-1", False)],
)
def test_office_identifiers(office: str, valid: bool) -> None:
    assert is_valid_office(office) is valid


@pytest.mark.parametrize(
    "scanned",
    [
        CODE,
        f"  {CODE}\r\n",
        "h15.36-260514-0001",
        "H15.36 - 260514 - 0001",
        "H15.36–260514—0001",
        f"]C1{CODE}",
        f"\ufeff{CODE}\u200b",
        "Ｈ１５．３６－２６０５１４－０００１",
        f"https://dichvucong.example.vn/tra-cuu?ma={CODE}",
        f"https://dichvucong.example.vn/tra-cuu/{CODE}\n1.004837\n********2345",
        f"{CODE}|1.004837|********2345",
    ],
)
def test_noise_of_keyboards_and_scanners(scanned: str) -> None:
    assert normalise(scanned) == CODE


@pytest.mark.parametrize(
    "text",
    [f"{CODE}-KQ1", "H15.36-260514", f"{CODE} H15.36-260514-0002", f"X{CODE}", f"{CODE}0000"],
)
def test_normalising_never_makes_a_code_of_something_else(text: str) -> None:
    assert not is_valid(normalise(text))


@given(st.dates(date(2018, 1, 1), date(2099, 12, 31)), st.integers(1, 9999))
def test_a_code_gives_back_its_parts(day: date, number: int) -> None:
    for office in ("H15.36", "000.00.20.H15"):
        code = make(office, day, number)

        assert is_valid(code)
        assert parse(code) == DossierCode(office, day, number)
        assert normalise(code.lower()) == code


def test_eight_digits_of_date() -> None:
    assert parse("G09.20-20260609-0092637") == DossierCode("G09.20", date(2026, 6, 9), 92637)


@pytest.mark.parametrize("code", ["H15.36-261301-0001", "H15.36-260230-0001", "H15.36", ""])
def test_codes_without_parts(code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        parse(code)

    assert refusal.value.kind == "code_invalid"


@pytest.mark.parametrize(
    ("office", "number", "kind"),
    [
        ("H15.36", 0, "code_number_invalid"),
        ("H15.36", 10000, "code_number_invalid"),
        ("xã Ea Kao", 1, "office_invalid"),
    ],
)
def test_codes_that_are_not_made(office: str, number: int, kind: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        make(office, date(2026, 5, 14), number)

    assert refusal.value.kind == kind


def test_desks_never_share_a_number() -> None:
    numbers = [number for desk in range(10) for number in desk_range(desk)]

    assert len(numbers) == len(set(numbers)) == 10 * 999
    assert (desk_range(3).start, desk_range(3)[-1]) == (3001, 3999)
    assert (min(numbers), max(numbers)) == (1, 9999)


@pytest.mark.parametrize("desk", [-1, 10])
def test_there_are_ten_desks(desk: int) -> None:
    with pytest.raises(RuleViolation) as refusal:
        desk_range(desk)

    assert refusal.value.kind == "desk_invalid"


@pytest.mark.parametrize(
    ("used_max", "desk", "number"),
    [(None, 1, 1001), (1001, 1, 1002), (1998, 1, 1999), (None, 0, 1), (None, None, 1), (999, None, 1000), (7, 2, 2001)],
)
def test_next_number(used_max: int | None, desk: int | None, number: int) -> None:
    assert next_number(used_max, desk) == number


@pytest.mark.parametrize(("used_max", "desk"), [(1999, 1), (999, 0), (9999, 9), (9999, None)])
def test_a_full_range_is_told(used_max: int, desk: int | None) -> None:
    with pytest.raises(RuleViolation) as refusal:
        next_number(used_max, desk)

    assert refusal.value.kind == "code_range_full"


def test_result_codes() -> None:
    assert result_code(CODE, 2) == f"{CODE}-KQ2"
    with pytest.raises(RuleViolation):
        result_code(CODE, 0)
