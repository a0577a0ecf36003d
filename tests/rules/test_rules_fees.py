"""Which fees apply, when they fall due, what a reduction leaves, and the money axis."""

from __future__ import annotations

from dataclasses import dataclass
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
    money_state,
    reduced,
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
