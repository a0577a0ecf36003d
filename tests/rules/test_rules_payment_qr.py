"""VietQR: published codes read, our own read back, a damaged one never taken for a good one."""

from __future__ import annotations

import binascii
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counter_app.rules.payment_qr import MOST, PURPOSE_LETTERS, Transfer, checksum, decode, encode, purpose_of
from counter_app.rules.violation import RuleViolation

NAPAS_SAMPLE = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
    "62340107NPS68690819thanh toan don hang63042E2E"
)
"""The transfer of NAPAS's own description of the format: 180,000 đồng, with a bill number that we do not write."""

GATEWAY_SAMPLE = (
    "00020101021238570010A000000727012700069704220113VQRQAEJCI28140208QRIBFTTA53037045408100000005802VN"
    "62080804Test6304BDC3"
)
"""As a Vietnamese payment gateway prints it in its guide: exactly what we write."""

LETTERS = string.ascii_letters + string.digits + " "
TRANSFERS = st.builds(
    Transfer,
    bank_bin=st.text("0123456789", min_size=6, max_size=6),
    account=st.text(string.ascii_letters + string.digits, min_size=1, max_size=19),
    amount=st.none() | st.integers(1, MOST),
    purpose=st.text(LETTERS, max_size=PURPOSE_LETTERS),
)


def refusal(text: str) -> str:
    with pytest.raises(RuleViolation) as caught:
        decode(text)
    return caught.value.kind


OTHER_SAMPLE = (
    "00020101021238530010A0000007270123000697041601092245284790208QRIBFTTA53037045405100005802VN"
    "62340107NPS68690819TRANSFER TO SOMEONE6304AC13"
)


@pytest.mark.parametrize(("text", "expected"), [("123456789", "29B1"), ("", "FFFF"), ("A", "B915")])
def test_checksum_is_that_of_the_standard(text: str, expected: str) -> None:
    assert checksum(text) == expected


@pytest.mark.parametrize("sample", [NAPAS_SAMPLE, GATEWAY_SAMPLE, OTHER_SAMPLE])
def test_checksum_of_published_codes(sample: str) -> None:
    assert checksum(sample[:-4]) == sample[-4:]


@given(TRANSFERS)
def test_checksum_is_what_another_implementation_reckons(transfer: Transfer) -> None:
    text = encode(transfer)
    assert f"{binascii.crc_hqx(text[:-4].encode('ascii'), 0xFFFF):04X}" == text[-4:]
    assert text[-8:-4] == "6304"


def test_published_codes_are_read() -> None:
    assert decode(NAPAS_SAMPLE) == Transfer("970403", "0011012345678", 180_000, "thanh toan don hang")
    assert decode(GATEWAY_SAMPLE) == Transfer("970422", "VQRQAEJCI2814", 10_000_000, "Test")


def test_ours_is_the_published_one_letter_by_letter() -> None:
    assert encode(Transfer("970422", "VQRQAEJCI2814", 10_000_000, "Test")) == GATEWAY_SAMPLE


def test_without_an_amount_the_code_is_for_many_payments() -> None:
    assert encode(Transfer("970415", "113366668888")).startswith("000201010211")
    assert encode(Transfer("970415", "113366668888", 1)).startswith("000201010212")


@given(TRANSFERS)
def test_what_was_written_is_read_back(transfer: Transfer) -> None:
    assert decode(encode(transfer)) == transfer


@given(TRANSFERS, st.data())
def test_one_changed_letter_is_found(transfer: Transfer, data: st.DataObject) -> None:
    text = encode(transfer)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    assume(letter != text[place])
    assert refusal(text[:place] + letter + text[place + 1 :]) == "payment_qr_damaged"


@given(st.text(max_size=80))
def test_any_other_text_is_refused_in_words(text: str) -> None:
    assert refusal(text) in ("payment_qr_damaged", "payment_qr_foreign")


@pytest.mark.parametrize("cut", range(1, len(GATEWAY_SAMPLE)))
def test_a_code_cut_short_is_refused(cut: int) -> None:
    assert refusal(GATEWAY_SAMPLE[:cut]) == "payment_qr_damaged"


def test_lengths_that_do_not_fit_are_found_though_the_checksum_holds() -> None:
    body = "00020101021299AB6304"
    assert refusal(body + checksum(body)) == "payment_qr_damaged"


def test_a_code_of_another_kind_is_named_so() -> None:
    body = encode(Transfer("970415", "1", 5)).replace("QRIBFTTA", "QRIBFTTC")[:-4]
    assert refusal(body + checksum(body)) == "payment_qr_foreign"


@pytest.mark.parametrize(
    ("transfer", "kind"),
    [
        (Transfer("97041", "1", 5), "account_invalid"),
        (Transfer("970415", "", 5), "account_invalid"),
        (Transfer("970415", "12 34", 5), "account_invalid"),
        (Transfer("970415", "1" * 20, 5), "account_invalid"),
        (Transfer("970415", "1", 0), "amount_invalid"),
        (Transfer("970415", "1", MOST + 1), "amount_invalid"),
        (Transfer("970415", "1", 5, "a" * 26), "purpose_invalid"),
        (Transfer("970415", "1", 5, "phí"), "purpose_invalid"),
    ],
)
def test_what_no_bank_would_take_is_refused(transfer: Transfer, kind: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        encode(transfer)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("code", "purpose"),
    [
        ("H15.36-200514-0001", "H15362005140001"),
        ("000.00.20.H15-20260609-0092637", "0000020H15202606090092637"),
        ("000.00.20.H15.36.101-20260609-0092637", "20H1536101202606090092637"),
    ],
)
def test_the_purpose_is_the_code_folded(code: str, purpose: str) -> None:
    assert purpose_of(code) == purpose
    assert decode(encode(Transfer("970415", "1", 5, purpose))).purpose == purpose
