"""Money in words, as it is read aloud and written on a payment note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.wording import money_in_words

ONES = {
    word: value for value, word in enumerate(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"])
}
ONES |= {"mốt": 1, "lăm": 5}


def read(words: str) -> int:
    """The amount that a listener would write down: an independent reading of the words."""
    *spoken, currency = words.lower().split()
    assert currency == "đồng"
    sign = -1 if spoken[0] == "âm" else 1
    total, part, group = 0, 0, 0
    for word in spoken[1:] if sign < 0 else spoken:
        match word:
            case "trăm":
                group *= 100
            case "mười":
                group += 10
            case "mươi":
                group += group % 10 * 9
            case "linh":
                pass
            case "nghìn" | "triệu":
                part += group * (1000 if word == "nghìn" else 1_000_000)
                group = 0
            case "tỷ":
                total, part, group = (total + part + group) * 10**9, 0, 0
            case _:
                group += ONES[word]
    return sign * (total + part + group)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5_000, "Năm nghìn đồng"),
        (10_000, "Mười nghìn đồng"),
        (15_000, "Mười lăm nghìn đồng"),
        (21_000, "Hai mươi mốt nghìn đồng"),
        (24_500, "Hai mươi bốn nghìn năm trăm đồng"),
        (100_000, "Một trăm nghìn đồng"),
        (105_000, "Một trăm linh năm nghìn đồng"),
        (115_055, "Một trăm mười lăm nghìn không trăm năm mươi lăm đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (1_258_000, "Một triệu hai trăm năm mươi tám nghìn đồng"),
        (2_000_000_000, "Hai tỷ đồng"),
        (1_001_000_000, "Một tỷ không trăm linh một triệu đồng"),
        (-2_000, "Âm hai nghìn đồng"),
    ],
)
def test_amounts_as_a_clerk_writes_them(amount: int, words: str) -> None:
    assert money_in_words(amount) == words


@given(st.integers(min_value=-(10**12), max_value=10**12) | st.integers(min_value=0, max_value=10**6))
def test_words_read_back_give_the_amount(amount: int) -> None:
    assert read(money_in_words(amount)) == amount
