"""Personal numbers, cards, names, phone numbers and tax codes."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.identity import (
    Sex,
    check_birth_date,
    check_personal_number,
    check_phone,
    check_tax_code,
    fold,
    looks_like_card_qr,
    mask_personal_number,
    normalise_name,
    normalise_phone,
    parse_card_qr,
    province_of,
)
from counter_app.rules.provinces import PROVINCES
from counter_app.rules.violation import RuleViolation

NUMBER = "066190012345"
CARD = f"{NUMBER}|240123456|H' Ngăm Niê Kdăm|08031990|Nữ|Buôn Akõ Dhông, xã Ea Kao, Đắk Lắk|10052021"


def with_field(n: int, value: str) -> str:
    fields = CARD.split("|")
    fields[n] = value
    return "|".join(fields)


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        f"{CARD}\r\n",
        f"\ufeff{CARD}\n",
        f"]Q1{CARD}",
        unicodedata.normalize("NFD", CARD),
        f"{CARD}||",
        f"{CARD}|Y Bhĭm Niê|H' Blŏng Kdăm|",
    ],
)
def test_card(text: str) -> None:
    card = parse_card_qr(text)

    assert looks_like_card_qr(text)
    assert (card.personal_number, card.old_number) == (NUMBER, "240123456")
    assert card.name == "H' Ngăm Niê Kdăm"
    assert (card.birth_date, card.sex, card.issued_on) == (date(1990, 3, 8), Sex.FEMALE, date(2021, 5, 10))
    assert card.address == "Buôn Akõ Dhông, xã Ea Kao, Đắk Lắk"


@pytest.mark.parametrize("born", ["", "1945", "00001945"])
def test_card_without_old_number_and_with_no_whole_date_of_birth(born: str) -> None:
    card = parse_card_qr(f"{NUMBER}||Y Thông|{born}|||")

    assert (card.old_number, card.birth_date, card.sex, card.address, card.issued_on) == (None, None, None, "", None)


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hường",
        "H Jưt Kwăn",
        "Y Bhĭm Hwing",
        "Ksor Hwem",
        "Rcom Kloong",
        "Y Moan Ênuôl",
        "LÊ VĂN ĐẠT",
        "LE THI HOAN",
        "Siu Y Ƀlĭt",
    ],
)
def test_names_of_the_highlands_are_no_damage(name: str) -> None:
    assert parse_card_qr(with_field(2, name)).name == name


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "Nguyễn Văn A",
        CARD.rsplit("|", 1)[0],
        CARD.replace("|", ""),
        with_field(0, "06619001234"),
        with_field(0, "0661900123456"),
        with_field(0, "06619001234é"),
        with_field(1, "24012345ă"),
        with_field(2, ""),
        with_field(2, "Nguyeenx Vawn A"),
        with_field(2, "Nguye64n Va8n A"),
        with_field(2, "Nguyá»…n VÄƒn A"),
        with_field(2, "Nguy?n V?n A"),
        with_field(2, "Nguy\ufffdn"),
        with_field(2, "Nguyễ\u0301n"),
        with_field(2, "Ngu\x1byễn"),
        with_field(3, "31021990"),
        with_field(3, "8031990"),
        with_field(3, "080319ô0"),
        with_field(4, "Nuwx"),
        with_field(5, "XÃ£ Ea Kao"),
        with_field(6, "10-05-2021"),
    ],
)
def test_damaged_cards_are_refused_with_advice_and_without_what_they_hold(damaged: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        parse_card_qr(damaged)

    assert refusal.value.kind == "card_unreadable"
    assert "tắt bộ gõ" in refusal.value.message
    for private in (NUMBER, "240123456", "Ngăm", "08031990", "Akõ", *filter(None, damaged.split("|"))):
        assert private not in refusal.value.message


def test_a_damaged_card_is_still_told_from_a_search() -> None:
    assert looks_like_card_qr(with_field(2, "Nguyeenx"))
    assert looks_like_card_qr(with_field(0, "06619001234é"))
    for search in ("", "Nguyễn Văn A", NUMBER, "H15.36-260514-0001", "H15.36-260514-0001|1.004837|a|b|c|d|e"):
        assert not looks_like_card_qr(search)


def test_a_card_keeps_its_holder_out_of_logs() -> None:
    assert repr(parse_card_qr(CARD)) == "CardData()"


def test_personal_number_in_order() -> None:
    assert check_personal_number(NUMBER) == ()
    assert check_personal_number(NUMBER, date(1990, 3, 8), Sex.FEMALE) == ()
    assert check_personal_number("001204000001", date(2004, 1, 1), "male") == ()
    assert province_of(NUMBER) == "Đắk Lắk"


@pytest.mark.parametrize(
    ("number", "birth_date", "sex", "word"),
    [
        ("06619001234", None, None, "12 chữ số"),
        ("0661900l2345", None, None, "12 chữ số"),
        ("٠٦٦١٩٠٠١٢٣٤٥", None, None, "12 chữ số"),
        ("003190012345", None, None, "003"),
        ("066990012345", None, None, "thứ tư là 9"),
        (NUMBER, date(1991, 3, 8), None, "1990"),
        ("066390012345", date(1990, 3, 8), None, "2090"),
        (NUMBER, None, Sex.MALE, "giới tính Nữ"),
        ("066090012345", None, Sex.FEMALE, "giới tính Nam"),
    ],
)
def test_doubtful_personal_numbers_are_told(number: str, birth_date: date | None, sex: Sex | None, word: str) -> None:
    warnings = check_personal_number(number, birth_date, sex)

    assert len(warnings) == 1
    assert word in warnings[0]


def test_there_were_sixty_three_provinces() -> None:
    assert len(PROVINCES) == len(set(PROVINCES.values())) == 63
    assert (PROVINCES["001"], PROVINCES["079"], PROVINCES["096"]) == ("Hà Nội", "Thành phố Hồ Chí Minh", "Cà Mau")
    assert province_of("099190012345") is None
    assert province_of("066") is None


@pytest.mark.parametrize(("number", "shown"), [(NUMBER, "********2345"), ("123", "***"), ("", "")])
def test_only_the_last_four_digits_are_shown(number: str, shown: str) -> None:
    assert mask_personal_number(number) == shown


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nguyễn Thị Hường", "nguyen thi huong"),
        ("  ĐẶNG   Đức\tĐạt ", "dang duc dat"),
        ("H' Ngăm Niê Kdăm", "h ngam nie kdam"),
        ("H’Ngăm", "hngam"),
        ("H´Ngăm", "hngam"),
        ("H' Ƀlŏng Êban", "h blong eban"),
        ("Y Bhĭm Ñuôl", "y bhim nuol"),
        ("Ðà Nẵng", "da nang"),
        ("", ""),
    ],
)
def test_search_form(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(st.text())
def test_search_form_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


def test_names_are_kept_in_nfc_with_their_capitals() -> None:
    assert normalise_name(unicodedata.normalize("NFD", "  Nguyễn \u00a0 Văn  ")) == "Nguyễn Văn"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0912 345 678", "0912345678"),
        ("+84 912.345.678", "0912345678"),
        ("(+84) 912-345-678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("84912345678", "0912345678"),
        ("+84 (0)912345678", "0912345678"),
        ("+84 262 3 812 345", "02623812345"),
        ("0843456789", "0843456789"),
        ("", ""),
    ],
)
def test_phone_numbers(text: str, number: str) -> None:
    assert normalise_phone(text) == number
    assert check_phone(text) == ()


@pytest.mark.parametrize("text", ["091234567", "09123456789", "0112345678", "abc", "02623812"])
def test_doubtful_phone_numbers_are_told(text: str) -> None:
    assert len(check_phone(text)) == 1


@pytest.mark.parametrize("text", ["0300588569", "0300588569-001", "0300588569 001", NUMBER])
def test_tax_codes(text: str) -> None:
    assert check_tax_code(text) == ()


@pytest.mark.parametrize("text", ["0300588568", "0300588568-001", "030058856", "03005885690", "ABC", ""])
def test_doubtful_tax_codes_are_told(text: str) -> None:
    assert len(check_tax_code(text)) == 1


@given(st.integers(0, 10**9 - 1))
def test_at_most_one_check_digit_is_right(stem: int) -> None:
    right = [digit for digit in range(10) if not check_tax_code(f"{stem:09d}{digit}")]

    assert len(right) <= 1


def test_dates_of_birth() -> None:
    today = date(2026, 3, 2)

    assert check_birth_date(today, today) == ()
    assert check_birth_date(date(1990, 3, 8), today) == ()
    assert len(check_birth_date(date(1910, 3, 8), today)) == 1
    for impossible in (date(2026, 3, 3), date(90, 3, 8)):
        with pytest.raises(RuleViolation) as refusal:
            check_birth_date(impossible, today)
        assert refusal.value.kind == "impossible_date"
