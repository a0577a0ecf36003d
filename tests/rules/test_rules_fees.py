"""Which fees apply, when they fall due, what a reduction leaves, and the money axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.fees import (
    PORTAL_NUMBERS,
    CollectOn,
    applicable,
    check_exemption,
    falls_due,
    from_portal_number,
    least_owed,
    left_out,
    levels,
    money_state,
    reduced,
    undecided,
)
from counter_app.rules.lifecycle import Status
from counter_app.rules.violation import RuleViolation

AT = datetime(2026, 3, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Offer:
    code: str
    channel: str | None = None
    case_name: str = ""


@dataclass(frozen=True)
class Owing:
    amount: int
    paid_at: datetime | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True)
class Level:
    code: str
    name: str
    amount: int
    paid_at: datetime | None = None
    collect_on: str = "receipt"


LEVELS = st.lists(
    st.builds(
        Level,
        st.sampled_from(["P01", "P02", "P03", "P04", "P05"]),
        st.sampled_from(["Phí", "phí ", "Lệ phí"]),
        st.sampled_from([0, 1000, 2000, 200_000]),
        st.sampled_from([None, AT]),
        st.sampled_from(["receipt", "return"]),
    ),
    unique_by=lambda fee: fee.code,
)
"""Fees with codes of their own, several of them under one name."""

OWING = st.builds(Owing, st.integers(0, 10**7), st.sampled_from([None, AT]), st.none()) | st.builds(
    Owing, st.integers(0, 10**7), st.just(AT), st.just(AT)
)


def test_fees_by_channel_and_case() -> None:
    fees = [
        Offer("LP01"),
        Offer("LP01", "online"),
        Offer("LP02", "postal"),
        Offer("LP03", None, "Đất"),
        Offer("LP01", None, "Nhà ở"),
        Offer("LP01", "online", "Nhà ở"),
    ]
    assert applicable(fees, "counter", "") == (fees[0],)
    assert applicable(fees, "online", "") == (fees[1],)
    assert applicable(fees, "postal", "Đất") == (fees[0], fees[2], fees[3])
    assert applicable(fees, "counter", "Nhà ở") == (fees[4],)
    assert applicable(fees, "online", "Nhà ở") == (fees[5],)


@given(
    st.lists(st.builds(Offer, st.sampled_from("ABC"), st.sampled_from([None, "online"]), st.sampled_from(["", "x"]))),
    st.sampled_from(["counter", "online"]),
    st.sampled_from(["", "x"]),
)
def test_one_fee_a_code_and_none_of_elsewhere(fees: list[Offer], channel: str, case_name: str) -> None:
    found = applicable(fees, channel, case_name)
    codes = [fee.code for fee in found]
    assert len(codes) == len(set(codes))
    fitting = {fee.code for fee in fees if fee.channel in (None, channel) and fee.case_name in ("", case_name)}
    assert set(codes) == fitting


@pytest.mark.parametrize(
    ("when", "status", "asked", "due"),
    [
        (CollectOn.RECEIPT, Status.REGISTERED, False, True),
        (CollectOn.RECEIPT, Status.PROCESSING, False, True),
        (CollectOn.SUPPLEMENT, Status.RECEIVED, False, False),
        (CollectOn.SUPPLEMENT, Status.SUPPLEMENT_REQUESTED, True, True),
        (CollectOn.SUPPLEMENT, Status.FINISHED, False, True),
        (CollectOn.RETURN, Status.PROCESSING, True, False),
        (CollectOn.RETURN, Status.PAYMENT_REQUESTED, False, True),
        (CollectOn.RETURN, Status.FINISHED, False, True),
        (CollectOn.RETURN, Status.RETURNED, False, True),
    ],
)
def test_when_a_fee_falls_due(when: CollectOn, status: Status, asked: bool, due: bool) -> None:
    assert falls_due(when, status, supplement_asked=asked) is due


def test_the_portal_numbers_there_and_back() -> None:
    assert {when: from_portal_number(number) for when, number in PORTAL_NUMBERS.items()} == {w: w for w in CollectOn}
    assert PORTAL_NUMBERS[CollectOn.RETURN] == "4"
    assert from_portal_number("3") is CollectOn.RECEIPT


@given(st.integers(0, 10**12), st.integers(1, 100))
def test_a_reduction_leaves_whole_dong_and_never_favours_the_office(amount: int, percent: int) -> None:
    left = reduced(amount, percent)
    assert isinstance(left, int)
    assert 0 <= left * 100 <= amount * (100 - percent) < (left + 1) * 100
    check_exemption(amount, left)


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_impossible_reductions_are_refused(percent: int) -> None:
    with pytest.raises(RuleViolation, match=str(percent)):
        reduced(8000, percent)


@pytest.mark.parametrize("amount", [-1, 8001])
def test_impossible_exemptions_are_refused(amount: int) -> None:
    with pytest.raises(RuleViolation) as caught:
        check_exemption(8000, amount)
    assert caught.value.kind == "exemption_invalid"


@given(st.lists(OWING))
def test_the_money_axis(fees: list[Owing]) -> None:
    owed = [fee for fee in fees if fee.amount]
    state = money_state(fees)
    assert (state == "nothing_due") is (not owed)
    assert (state == "due") is any(fee.paid_at is None for fee in owed)
    assert (state == "refunded") is (bool(owed) and all(fee.refunded_at is not None for fee in owed))


def test_levels_of_one_fee_are_known_by_their_name() -> None:
    passport = [Level("P01", "Phí", 160_000), Level("P02", "phí  ", 200_000)]
    stamp = Level("P03", "Lệ phí", 5000)
    assert undecided([*passport, stamp]) == {"P01", "P02"}
    assert left_out([*passport, stamp], {"P02", "P03"}) == (passport[0],)
    assert left_out([*passport, stamp], {"P03"}) == ()
    assert least_owed([*passport, stamp]) == 165_000
    assert least_owed([passport[0], replace(passport[1], paid_at=AT), stamp]) == 5000


def test_the_same_name_alone_makes_no_levels() -> None:
    twice = [Level("P01", "Phí", 1000), Level("P02", "Phí", 1000)]
    later = [Level("P01", "Phí", 1000), Level("P02", "Phí", 2000, collect_on="return")]
    free = [Level("P01", "Phí", 1000), Level("P02", "Phí", 0)]
    assert levels(twice) == levels(later) == levels(free) == ()


@given(LEVELS, st.sets(st.sampled_from(["P01", "P02", "P03", "P04", "P05"])))
def test_what_is_chosen_stays_and_what_is_paid_is_never_left_out(fees: list[Level], chosen: set[str]) -> None:
    out = left_out(fees, chosen)
    assert all(fee.code not in chosen and fee.paid_at is None and fee.amount for fee in out)
    kept = [fee for fee in fees if fee not in out]
    for group in levels(fees):
        if any(fee.code in chosen for fee in group):
            assert {fee.code for fee in group if fee in kept} == {
                fee.code for fee in group if fee.code in chosen or fee.paid_at is not None
            }
        else:
            assert all(fee in kept for fee in group)
    assert least_owed(fees) <= sum(fee.amount for fee in fees if fee.paid_at is None)
