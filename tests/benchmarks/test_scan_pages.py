"""The scanning benchmarks measure what they say; nothing here looks at how long anything took."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import scan_rivals
from benchmarks.measuring import CannotMeasureError
from benchmarks.scan_pages import CLEAN, POOR, make_page, ordinary
from benchmarks.scan_rivals import hidden_words, img2pdf, mistakes, ocrmypdf


def test_pages_are_the_same_every_time_and_all_different() -> None:
    assert make_page(3, ordinary(3), dpi=100) == make_page(3, ordinary(3), dpi=100)
    texts = {make_page(number, CLEAN, dpi=50).text for number in range(5)}
    assert len(texts) == 5
    assert make_page(1, CLEAN, dpi=50).jpeg != make_page(1, POOR, dpi=50).jpeg


def test_mistakes_are_counted_in_letters() -> None:
    assert mistakes(["Hộ  tịch\n"], ["Hộ tịch"]) == pytest.approx(100 / 7)  # one is the least
    assert mistakes(["Ho tich", ""], ["Hộ tịch", "abc"]) == pytest.approx(100 * 5 / 10)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_rivals_make_a_document_of_the_same_pages(tmp_path: Path) -> None:
    try:
        scan_rivals.check()
    except CannotMeasureError as error:
        pytest.skip(str(error))
    page = make_page(2, ordinary(2))
    (tmp_path / "1.jpg").write_bytes(page.jpeg)
    wrapped = img2pdf([tmp_path / "1.jpg"], tmp_path / "w.pdf")
    assert mistakes(hidden_words(ocrmypdf(wrapped, tmp_path / "o.pdf")), [page.text]) < 5
