"""Cover sheets and stickers: what stands on them, for people and for the feeder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from escpos_paper import print_out
from paper_samples import raster, text_of, tool
from PIL import Image

from counter_app.errors import UserError
from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.scanning.marks import marks_of
from printing.content.separators import SeparatorContent
from printing.forms.separators import CoverPaper, StickerPaper, render_covers, render_stickers
from printing.separator_tags import WHOLE_DOSSIER
from printing.thermal import render_thermal_stickers

CODE = "000.00.20.H15-260205-0001"
LONG = "Giấy tờ chứng minh điều kiện giám hộ đương nhiên theo quy định của pháp luật " * 12
COVER = SeparatorContent(
    payload=encode(Separator(SheetKind.COVER, CODE, component="1.004837-TP01", number=2, total=5)),
    dossier_code=CODE,
    paper_name="Văn bản cử người giám hộ",
    paper_code="TP01",
    applicant_name="H' Ngăm Niê Kdăm ê̆",
    place="2/5",
)
STICKER = replace(COVER, payload=encode(Separator(SheetKind.STICKER, CODE, component="1.004837-TP01")))
LONGEST = {"paper_name": LONG, "applicant_name": LONG}


def size_mm(pdf: bytes, page: int = 0) -> tuple[int, int]:
    document = pypdfium2.PdfDocument(pdf)
    width, height = document[page].get_size()
    document.close()
    return round(width / 72 * 25.4), round(height / 72 * 25.4)


def pages_of(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    count = len(document)
    document.close()
    return count


def codes_on(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(("paper", "size"), [("A4", (210, 297)), ("A5", (148, 210))])
def test_a_cover_says_that_it_is_no_paper_of_the_dossier(
    paper: CoverPaper, size: tuple[int, int], tmp_path: Path
) -> None:
    pdf = render_covers([COVER, replace(COVER, paper_name=None, paper_code=None, place=None)], paper)
    assert size_mm(pdf) == size_mm(pdf, 1) == size
    first, second = text_of(pdf, tmp_path, last=1), text_of(pdf, tmp_path, first=2)
    for words in ("TỜ NGĂN không phải giấy tờ hồ sơ", CODE, "TP01: Văn bản cử người giám hộ", "H' Ngăm", "Tờ 2/5"):
        assert words in first, words
    assert WHOLE_DOSSIER in second
    assert "Tờ 2/5" not in second
    assert codes_on(raster(pdf, dpi=200)) == [COVER.payload] * 5


@pytest.mark.parametrize("paper", ["A4", "A5"])
def test_no_name_is_so_long_that_it_touches_a_code(paper: CoverPaper) -> None:
    pages = [raster(render_covers([content], paper), dpi=200) for content in (COVER, replace(COVER, **LONGEST))]
    assert codes_on(pages[0]) == codes_on(pages[1]) == [COVER.payload] * 5
    heights = [page.height * 85 // 100 for page in pages]
    bands = [np.array(page)[height:] for page, height in zip(pages, heights, strict=True)]
    assert (bands[0] == bands[1]).all()  # the lower codes and tags stand there alone


@pytest.mark.parametrize("paper", ["70x42", "A4 3x7"])
@pytest.mark.parametrize("content", [STICKER, replace(STICKER, **LONGEST)], ids=["short", "long"])
def test_a_sticker_has_its_code_twice(paper: StickerPaper, content: SeparatorContent, tmp_path: Path) -> None:
    pdf = render_stickers([content], paper)
    assert codes_on(raster(pdf, dpi=300)) == [STICKER.payload] * 2
    words = text_of(pdf, tmp_path)
    assert f"{CODE} · TP01 · 2/5" in words
    assert content.paper_name is not None
    assert content.paper_name[:20] in words


def test_labels_that_are_used_up_are_skipped_and_a_full_sheet_is_followed_by_another(tmp_path: Path) -> None:
    many = [replace(STICKER, place=f"{number}/20") for number in range(1, 21)]
    pdf = render_stickers(many, "A4 3x7", skip=4)
    first, second = text_of(pdf, tmp_path, last=1), text_of(pdf, tmp_path, first=2)
    assert "17/20" in first
    assert "18/20" not in first
    assert "18/20" in second
    sheet = np.array(raster(pdf, dpi=100).convert("L"))
    row, column = sheet.shape[0] // 7, sheet.shape[1] // 3
    assert (sheet[: row - 5] == 255).all()
    assert (sheet[row : 2 * row - 5, : column - 5] == 255).all()
    assert (sheet[row : 2 * row - 5, column:] < 128).any()
    assert pages_of(pdf) == 2
    assert pages_of(render_stickers(many[:17], "A4 3x7", skip=4)) == 1


def test_the_same_sheets_give_the_same_bytes_with_their_fonts_in_them(tmp_path: Path) -> None:
    pdf = render_covers([COVER])
    assert pdf == render_covers([COVER])
    path = tmp_path / "covers.pdf"
    path.write_bytes(pdf)
    fonts = tool("pdffonts", str(path)).splitlines()[2:]
    assert fonts
    assert all(" yes yes yes " in " ".join(line.split()) + " " for line in fonts), fonts


@pytest.mark.parametrize(("width", "dots"), [(80, 576), (58, 384)])
def test_thermal_stickers_are_cut_one_by_one(width: int, dots: int) -> None:
    paper = print_out(render_thermal_stickers([STICKER, replace(STICKER, paper_name=LONG)], width), dots)
    assert paper.cuts == 2
    sheet = paper.picture().convert("L")
    assert codes_on(sheet) == [STICKER.payload] * 4
    framed = Image.new("L", (sheet.width + 200, sheet.height + 200), 255)
    framed.paste(sheet, (100, 100))
    assert marks_of(np.array(framed), 203) == (STICKER.payload, "SEEN:S")
    with pytest.raises(UserError):
        render_thermal_stickers([STICKER], 70)
