"""Dossiers found by the words of their documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.document_text import find_in_documents, pdf_text, read_documents
from counter_app.services.reading import show
from counter_app.services.receive import receive
from tests.catalogue_samples import DUNG, full_request, write_pdf
from tests.services.scan_samples import printed_pdf

DEED = "Giấy chứng nhận quyền sử dụng đất\nThửa số 127, tờ bản đồ số 45"
FORM = "Đơn xin cấp bản sao\nKính gửi Ủy ban nhân dân xã Ea Kao"


@pytest.fixture
def codes(desk: DeskContext, tmp_path: Path) -> tuple[str, str]:
    """Two dossiers: the first with a form of two pages, the second with a deed."""
    first = receive(desk, full_request()).code
    second = receive(desk, full_request(DUNG)).code
    attach(
        desk, first, [printed_pdf(tmp_path / "đơn.pdf", [FORM, "Người làm đơn\nH' Ngăm Niê Kdăm"])], component="TP01"
    )
    attach(desk, second, [printed_pdf(tmp_path / "sổ đỏ.pdf", [DEED])], component="TP02")
    read_documents(desk)
    return first, second


@pytest.mark.parametrize(
    "typed", ["thửa số 127", "thua so 127", "QUYỀN SỬ DỤNG ĐẤT", "to ban do so", "dat 127 chung nh"]
)
def test_found_with_and_without_accents_in_any_order(desk: DeskContext, codes: tuple[str, str], typed: str) -> None:
    (hit,) = find_in_documents(desk, typed)
    assert (hit.row.code, hit.file_name, hit.page) == (codes[1], "sổ đỏ.pdf", 1)


def test_the_page_and_the_words_are_told(desk: DeskContext, codes: tuple[str, str]) -> None:
    (hit,) = find_in_documents(desk, "nguoi lam don")
    assert hit.page == 2
    assert "Người làm đơn" in hit.words


def test_words_of_two_documents_do_not_mix(desk: DeskContext, codes: tuple[str, str]) -> None:
    assert find_in_documents(desk, "ban do kinh gui") == []
    assert [hit.row.code for hit in find_in_documents(desk, "ban sao")] == [codes[0]]


@pytest.mark.parametrize("typed", ["", "  ", "so", "đơ", "'\"*", "a b c"])
def test_what_would_find_everything_finds_nothing(desk: DeskContext, codes: tuple[str, str], typed: str) -> None:
    assert find_in_documents(desk, typed) == []


def test_a_file_in_two_dossiers_is_read_once_and_finds_both(
    desk: DeskContext, codes: tuple[str, str], tmp_path: Path
) -> None:
    attach(desk, codes[0], [printed_pdf(tmp_path / "sổ đỏ.pdf", [DEED])], component="TP02")
    read_documents(desk)
    assert {hit.row.code for hit in find_in_documents(desk, "thua so 127")} == set(codes)


def test_reading_goes_on_where_it_was_left(desk: DeskContext, codes: tuple[str, str], tmp_path: Path) -> None:
    last = read_documents(desk)
    assert read_documents(desk, last) == last
    attach(desk, codes[0], [printed_pdf(tmp_path / "thêm.pdf", ["Văn bản ủy quyền"])], component="TP03")
    assert read_documents(desk, last, stop=lambda: True) == last
    assert find_in_documents(desk, "uy quyen") == []
    assert read_documents(desk, last) > last
    assert len(find_in_documents(desk, "uy quyen")) == 1


def test_a_damaged_or_wordless_file_is_passed_over(desk: DeskContext, codes: tuple[str, str], tmp_path: Path) -> None:
    damaged = tmp_path / "hỏng.pdf"
    damaged.write_bytes(b"%PDF-1.7\n" + bytes(200))
    assert pdf_text(damaged) is None
    attach(desk, codes[0], [write_pdf(tmp_path / "trống.pdf")], component="TP03")
    read_documents(desk)
    assert len(find_in_documents(desk, "ban sao")) == 1


def test_a_file_that_cannot_be_read_for_a_moment_is_read_another_time(
    desk: DeskContext, codes: tuple[str, str], tmp_path: Path
) -> None:
    attach(desk, codes[0], [printed_pdf(tmp_path / "thêm.pdf", ["Văn bản ủy quyền"])], component="TP03")
    kept = desk.documents.path_of(show(desk, codes[0]).documents[-1].sha256)
    away = kept.rename(tmp_path / "away")
    for there in (b"", b"%PDF-1.7 half"):
        if there:
            kept.write_bytes(there)
        read_documents(desk)
        assert find_in_documents(desk, "uy quyen") == []
    away.rename(kept)
    read_documents(desk)
    assert len(find_in_documents(desk, "uy quyen")) == 1
