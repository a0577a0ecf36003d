"""The test page of an office printer: whole on every paper, with marks that show what a printer cuts off."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from paper_samples import text_of, tool
from PIL import Image

from printing.forms import render_test_page
from printing.forms.style import Paper


@pytest.mark.parametrize("paper", ["A5", "A4", "A4 landscape", "100x150"])
def test_test_page_shows_every_vietnamese_letter_on_every_paper(paper: Paper, tmp_path: Path) -> None:
    text = text_of(render_test_page("ipp://may-in/ipp/print", paper), tmp_path)
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = [normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in tones]
    for letter in [*letters, *"bcdđghklmnpqrstvxfjwz", *"ƀčĕĭñŏŭ"]:
        assert letter in text
        assert letter.upper() in text
    assert "ipp://may-in/ipp/print" in text
    assert "cách mép giấy 10 mm" in text.replace("\n", " "), "the page is whole"
    assert "Mặt trước" not in text


def test_test_page_has_marks_at_all_four_edges_and_a_back_where_it_is_printed_on_both(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(render_test_page("cups:x", "A5", two_sided=True))
    text = tool("pdftotext", "-layout", str(tmp_path / "paper.pdf"), "-")
    front, back = text.split("\f")[:2]
    assert "Mặt trước" in front
    assert "Mặt sau" in back
    tool("pdftoppm", "-r", "254", "-gray", str(tmp_path / "paper.pdf"), str(tmp_path / "page"))
    with Image.open(next(tmp_path.glob("page-*1.pgm"))) as page:
        ink = page.point(lambda tone: 255 if tone < 160 else 0)
        # Ten dots a millimetre: in each strip of three millimetres along an edge there are the ticks of its scale.
        for box in (
            (700, 0, 780, 30),
            (700, ink.height - 30, 780, ink.height),
            (0, 1020, 30, 1080),
            (ink.width - 30, 1020, ink.width, 1080),
        ):
            assert ink.crop(box).getbbox() is not None, box
        assert ink.crop((0, 0, 90, 90)).getbbox() is None, "the corners stand ten millimetres from the edges"
        assert ink.crop((95, 95, 105, 105)).getbbox() is not None
