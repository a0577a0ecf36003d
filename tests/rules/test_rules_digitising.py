"""Which papers are scanned, how far they are, and how the rate is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.digitising import (
    EXCLUSIONS,
    FIRST_FORMULA,
    MOST_IMAGES,
    Flaw,
    Quality,
    ScanFile,
    Source,
    Treatment,
    add_up,
    check_formula,
    decide,
    decide_result,
    expected_images,
    files_that_count,
    flaw_of,
    formula_in_force,
    formula_words,
    guess,
    percent,
    quality,
    still_valid,
)
from counter_app.rules.violation import RuleViolation


@pytest.mark.parametrize(
    ("name", "treatment"),
    [
        ("Tờ khai đăng ký khai sinh theo mẫu", None),
        ("Bản sao Giấy chứng sinh", Treatment.PLAIN_COPY),
        ("a) Bản sao có chứng thực hợp đồng", Treatment.PLAIN_COPY),
        ("+ Bản chụp sổ tiết kiệm", Treatment.PLAIN_COPY),
        ("(2) Bản sao quyết định thành lập", Treatment.PLAIN_COPY),
        ("Bản sao điện tử có chứng thực của giấy phép", None),
        ("Bản sao kèm bản chính để đối chiếu", None),
        ("Xuất trình giấy tờ tùy thân", Treatment.SHOWN_ONLY),
        ("Nộp bản sao hoặc xuất trình bản chính", None),
        ("Thẻ căn cước của người yêu cầu", Treatment.DATABASE),
        ("Bản chính Sổ hộ khẩu", Treatment.DATABASE),
        ("Hộ chiếu/Thẻ căn cước công dân/Thẻ căn cước để chứng minh về nhân thân", Treatment.DATABASE),
        ("Thông tin cá nhân đã có trong Cơ sở dữ liệu quốc gia về dân cư thì không phải tải lên", Treatment.DATABASE),
        ("Hộ chiếu của người nước ngoài", None),
        ("Tờ khai cấp lại thẻ căn cước", None),
        ("Danh mục tài liệu mật", Treatment.SECRET),
        ("Đơn trình báo mất giấy tờ", None),
        ("Giấy chứng nhận (trường hợp bị mất)", None),
    ],
)
def test_a_name_says_what_is_not_scanned(name: str, treatment: Treatment | None) -> None:
    assert guess(name) is treatment


def test_the_nearest_word_counts() -> None:
    name = "Bản sao Giấy chứng sinh"
    assert decide(name, 1, 0, own=Treatment.SCAN, rule=Treatment.SECRET) == (Treatment.SCAN, Source.DOSSIER)
    assert decide(name, 1, 0, rule=Treatment.SECRET) == (Treatment.SECRET, Source.RULE)
    assert decide(name, 1, 0) == (Treatment.PLAIN_COPY, Source.NAME)
    assert decide("Đơn đề nghị", 0, 2) == (Treatment.PLAIN_COPY, Source.COPIES)
    assert decide("Giấy phép bản điện tử", 0, 1) == (Treatment.SCAN, Source.DEFAULT)
    assert decide("Đơn đề nghị", 1, 1) == (Treatment.SCAN, Source.DEFAULT)
    assert decide("Đơn đề nghị", 1, 0, default=Treatment.ON_REQUEST) == (Treatment.ON_REQUEST, Source.DEFAULT)


def test_final_results_are_scanned_unless_given_on_the_spot_or_secret() -> None:
    assert decide_result("Trích lục khai sinh").treatment is Treatment.SCAN
    assert decide_result("Bản sao trích lục").treatment is Treatment.SCAN
    assert decide_result("Bản sao chứng thực", on_the_spot=True).treatment is Treatment.ON_REQUEST
    assert decide_result("Văn bản mật").treatment is Treatment.SECRET
    assert decide_result("Trích lục", rule=Treatment.ON_REQUEST).source is Source.RULE


@given(st.integers(1, MOST_IMAGES), st.data())
def test_a_page_with_a_note_makes_two_images(pages: int, data: st.DataObject) -> None:
    noted = data.draw(st.integers(0, pages))
    assert expected_images(pages, noted) == pages + noted


@pytest.mark.parametrize(("pages", "noted"), [(0, 0), (3, 4), (3, -1), (MOST_IMAGES + 1, 0)])
def test_impossible_numbers_of_pages_are_refused(pages: int, noted: int) -> None:
    with pytest.raises(RuleViolation, match="Số trang"):
        expected_images(pages, noted)


@pytest.mark.parametrize(
    ("files", "expected", "found"),
    [
        ((), None, Quality(1, 0, 0, 0, 0)),
        ((2, 3), None, Quality(1, 1, 1, 1, 1)),
        ((2, 3), 5, Quality(1, 1, 1, 1, 1)),
        ((2, 3), 6, Quality(1, 1, 0, 1, 0)),
        ((5, 0), 5, Quality(1, 1, 1, 0, 0)),
        ((5, 0), None, Quality(1, 1, 0, 0, 0)),
    ],
)
def test_complete_accurate_and_whole_are_told_apart(
    files: tuple[int, ...], expected: int | None, found: Quality
) -> None:
    assert quality([ScanFile(pages) for pages in files], expected) == found


@pytest.mark.parametrize(
    ("dpi", "in_colour", "flaw"),
    [
        (200, True, None),
        (198, True, None),
        (150, True, Flaw.COARSE),
        (150, False, Flaw.COARSE),
        (300, False, Flaw.GRAY),
    ],
)
def test_scans_are_in_colour_and_fine_enough(dpi: int, in_colour: bool, flaw: Flaw | None) -> None:
    assert flaw_of(dpi, in_colour) is flaw


FINE, POOR = ScanFile(3), ScanFile(3, Flaw.GRAY)


@pytest.mark.parametrize(
    ("files", "left", "accurate"),
    [
        ([POOR], [POOR], 0),
        ([POOR, FINE], [FINE], 1),
        ([POOR, ScanFile(1)], [POOR, ScanFile(1)], 0),
        ([POOR, ScanFile(1), ScanFile(2)], [ScanFile(1), ScanFile(2)], 1),
        ([FINE, POOR], [FINE, POOR], 0),
        ([POOR, POOR, FINE], [POOR, FINE], 0),
    ],
)
def test_a_poor_scan_counts_until_it_was_scanned_again(
    files: list[ScanFile], left: list[ScanFile], accurate: int
) -> None:
    found = files_that_count(files)
    assert found == tuple(left)
    assert quality(found, None).accurate == accurate


@given(st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=4), st.none() | st.integers(1, 20))))
def test_sums_keep_their_order(papers: list[tuple[list[int], int | None]]) -> None:
    total = add_up(quality([ScanFile(pages) for pages in files], expected) for files, expected in papers)
    assert total.wanted == len(papers)
    assert total.wanted >= total.complete >= max(total.accurate, total.whole) >= total.sound


def test_the_formula_of_the_day_holds() -> None:
    older = replace(FIRST_FORMULA, valid_from=date(2025, 1, 1), unit="paper")
    newer = replace(FIRST_FORMULA, valid_from=date(2026, 7, 1), level="sound")
    assert formula_in_force([newer, older], date(2024, 12, 31)) == FIRST_FORMULA
    assert formula_in_force([newer, older], date(2026, 6, 30)) == older
    assert formula_in_force([newer, older], date(2026, 7, 1)) == newer


def test_the_sentence_names_both_numbers_and_all_that_is_left_out() -> None:
    formula = replace(FIRST_FORMULA, excluded=frozenset(EXCLUSIONS), unit="paper", results=False)
    words = formula_words(formula)
    assert "Tử số: số thành phần hồ sơ đã số hóa đầy đủ." in words
    assert "Mẫu số: số thành phần hồ sơ phải quét." in words
    assert all(one in words for one in EXCLUSIONS.values())
    assert "23/06/2022" in words


@pytest.mark.parametrize(
    "wrong", [{"unit": "page"}, {"level": "half"}, {"components": False, "results": False}, {"excluded": {"x"}}]
)
def test_a_formula_that_counts_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RuleViolation):
        check_formula(replace(FIRST_FORMULA, **wrong))  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_percent_is_full_only_when_all_is_done(part: int, whole: int) -> None:
    part = min(part, whole)
    found = percent(part, whole)
    assert (found is None) == (whole == 0)
    assert found is None or (found == 100) == (part == whole)


@pytest.mark.parametrize(
    ("months", "until", "today", "valid"),
    [
        (None, None, date(2046, 1, 1), True),
        (6, None, date(2026, 2, 28), True),
        (6, None, date(2026, 3, 1), False),
        (6, date(2027, 1, 1), date(2026, 12, 31), True),
        (None, date(2026, 1, 1), date(2026, 1, 2), False),
    ],
)
def test_a_paper_given_before_ends(months: int | None, until: date | None, today: date, valid: bool) -> None:
    assert still_valid(date(2025, 8, 31), months, until, today) is valid
