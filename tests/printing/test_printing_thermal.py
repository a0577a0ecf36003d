"""Thermal slips: the bytes go to a printer emulator, and the paper that comes out is looked at."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

import pytest
from escpos_paper import print_out
from paper_samples import CODE, LOOKUP, THERMAL, symbols
from PIL import Image, ImageChops

from counter_app.errors import UserError
from printing.fonts import raster_font
from printing.raster import Line, RuleLine, ScaleLine, picture, wrapped
from printing.thermal import render_thermal, render_thermal_test_page

SIZES: list[tuple[int]] = [(80, 576), (58, 384)]


def holds(sheet: Image.Image, part: Image.Image) -> bool:
    """Whether *part* (as wide as the sheet) stands somewhere on the sheet, dot for dot."""
    for top in range(sheet.height - part.height + 1):
        window = sheet.crop((0, top, sheet.width, top + part.height))
        if ImageChops.logical_xor(window, part).getbbox() is None:
            return True
    return False


def ink(sheet: Image.Image) -> int:
    return sheet.histogram()[0]


@pytest.mark.parametrize(("width", "dots"), SIZES)
def test_slip_shows_each_line_with_its_diacritics(width: int, dots: int) -> None:
    sheet = print_out(render_thermal(THERMAL, width), dots).text_picture()
    for line in (
        Line("Trung tâm Phục vụ hành chính công xã Ea Kao", 26, bold=True, align="center"),
        Line(CODE, 56, bold=True, align="center", fit=True),
        Line("Người nộp: H' Ngăm Niê Kdăm", 26),
        Line("Thủ tục: đăng ký giám hộ", 26),
        Line("Nhận lúc: 08:30 Thứ Năm, 05/02/2026", 26),
        Line("Hẹn trả: 17:00 Thứ Ba, 10/02/2026", 26, bold=True),
        Line("Đã nộp: 1.250.000 đồng", 26),
        Line("Điện thoại: 02623812345", 26),
        Line(THERMAL.thanks, 22, align="center"),
    ):
        assert holds(sheet, picture([line], dots)), line.text
    assert not holds(sheet, picture([Line("Người nộp: H' Ngam Nie Kdam", 26)], dots))
    assert not holds(sheet, picture([Line("Bản in lại", 26, bold=True, align="center")], dots))


def test_every_vietnamese_letter_leaves_its_own_mark() -> None:
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = [normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in tones] + ["đ", "d"]
    letters += [letter.upper() for letter in letters]
    pictures = {letter: picture([Line(letter, 26)], 48).tobytes() for letter in letters}
    assert len(set(pictures.values())) == len(letters)
    assert min(ink(picture([Line(letter, 26)], 48)) for letter in letters) > 20


@pytest.mark.parametrize(("width", "dots"), SIZES)
def test_qr_is_native_and_leads_to_the_dossier(width: int, dots: int) -> None:
    paper = print_out(render_thermal(THERMAL, width), dots)
    assert len(paper.qr_texts) == 1
    assert paper.qr_texts[0].startswith(f"{LOOKUP}#")
    assert parse_qs(urlsplit(paper.qr_texts[0]).fragment)["DinhDanh"] == ["2345"]
    assert paper.qr_modules[0] >= 3
    assert symbols(paper.picture().convert("L")) == {"QR Code": paper.qr_texts[0]}


@pytest.mark.parametrize(("width", "dots"), SIZES)
def test_pictures_go_in_strips_that_a_small_buffer_holds(width: int, dots: int) -> None:
    paper = print_out(render_thermal(THERMAL, width), dots)
    assert len(paper.strips) > 3
    assert max(strip.height for strip in paper.strips) <= 100
    assert {strip.width for strip in paper.strips} == {dots}


@pytest.mark.parametrize(("width", "dots"), SIZES)
def test_slip_starts_clean_and_ends_cut(width: int, dots: int) -> None:
    paper = print_out(render_thermal(THERMAL, width), dots)
    assert paper.started
    assert paper.cuts == 1
    assert paper.fed_lines >= 3


def test_reprint_says_so() -> None:
    sheet = print_out(render_thermal(replace(THERMAL, reprint=True), 80), 576).text_picture()
    assert holds(sheet, picture([Line("Bản in lại", 26, bold=True, align="center")], 576))


def test_unknown_due_time_keeps_a_dotted_line() -> None:
    sheet = print_out(render_thermal(replace(THERMAL, due=None), 80), 576).text_picture()
    assert holds(sheet, picture([Line("Hẹn trả: " + "." * 32, 26, bold=True)], 576))


def test_long_procedure_is_cut_at_a_word_and_a_long_name_is_not() -> None:
    name = "Hoàng Nguyễn Thị Phương Quỳnh Trâm " * 3
    long = replace(THERMAL, applicant_name=name, procedure_name="Cấp giấy phép kinh doanh " * 20)
    sheet = print_out(render_thermal(long, 58), 384).text_picture()
    assert holds(sheet, picture([Line(f"Người nộp: {name.strip()}", 26)], 384))
    short = ("Cấp giấy phép kinh doanh " * 20)[:120].rpartition(" ")[0] + "…"
    assert holds(sheet, picture([Line(f"Thủ tục: {short}", 26)], 384))


def test_decomposed_text_gives_the_same_slip() -> None:
    loose = replace(THERMAL, applicant_name=normalize("NFD", "Nguyễn Thị Hường"))
    composed = replace(THERMAL, applicant_name="Nguyễn Thị Hường")
    assert render_thermal(loose, 80) == render_thermal(composed, 80)


def test_code_page_takes_the_lines_that_it_can_show_and_a_picture_the_rest() -> None:
    paper = print_out(render_thermal(THERMAL, 80, "TCVN-3-1"), 576)
    assert paper.code_pages == [30]
    assert b"H\xd1n tr\xb6: 17:00 Th\xf8 Ba, 10/02/2026" in paper.texts
    assert any(text.startswith(b"Nh\xcbn l\xf3c: 08:30") for text in paper.texts)
    assert not holds(paper.text_picture(), picture([Line("Nhận lúc: 08:30 Thứ Năm, 05/02/2026", 26)], 576))
    # "Đ" is not in this page: the line stays a picture.
    assert holds(paper.text_picture(), picture([Line("Đã nộp: 1.250.000 đồng", 26)], 576))


def test_control_bytes_in_a_name_never_reach_the_printer() -> None:
    content = replace(THERMAL, applicant_name="A\x1bp\x00B", desk_name="X\x1dV\x00")
    for code_page in (None, "TCVN-3-1"):
        data = render_thermal(content, 80, code_page)
        assert b"\x1bp\x00" not in data
        assert print_out(data, 576).cuts == 1


def test_code_page_1258_is_never_trusted_with_vietnamese() -> None:
    paper = print_out(render_thermal(THERMAL, 80, "CP1258"), 576)
    assert paper.texts == []
    assert holds(paper.text_picture(), picture([Line("Người nộp: H' Ngăm Niê Kdăm", 26)], 576))


def test_other_widths_are_refused_with_advice() -> None:
    with pytest.raises(UserError) as refused:
        render_thermal(THERMAL, 76)
    assert refused.value.kind == "thermal_width_unknown"
    assert "80 hoặc 58" in refused.value.message


def test_unknown_code_page_is_refused_with_advice() -> None:
    with pytest.raises(UserError) as refused:
        render_thermal(THERMAL, 80, "VNI")
    assert refused.value.kind == "code_page_unknown"
    assert "VNI" in refused.value.message
    assert "in chữ bằng hình" in refused.value.message


BREVES = [("ê̆", "ê", "e"), ("ô̆", "ô", "o"), ("ơ̆", "ơ", "o"), ("ư̆", "ư", "u")]
BREVES += [tuple(letter.upper() for letter in letters) for letters in BREVES]


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [22, 26, 56])
@pytest.mark.parametrize(("whole", "base", "plain"), BREVES)
def test_breve_of_ede_stands_over_the_middle_of_its_letter(
    whole: str, base: str, plain: str, size: int, bold: bool
) -> None:
    def sheet(text: str) -> Image.Image:
        return picture([Line(text, size, bold=bold)], 4 * size)

    letter, body = (ImageChops.invert(sheet(text).convert("L")) for text in (base, plain))
    both = ImageChops.invert(sheet(whole).convert("L"))
    lowered = both.height - letter.height
    under = Image.new("L", both.size, 0)
    under.paste(letter, (0, lowered))
    mark = ImageChops.difference(both, under).getbbox()
    assert mark is not None
    # The letter itself is untouched; the mark is wholly above it, whole, and does not reach its neighbours.
    assert ImageChops.difference(ImageChops.lighter(both, under), both).getbbox() is None
    middle = (mark[0] + mark[2]) / 2
    left, _, right, _ = body.getbbox() or (0, 0, 0, 0)
    assert abs(middle - (left + right) / 2) <= 1
    top_below = under.crop((mark[0], 0, mark[2], both.height)).getbbox()
    assert top_below is None or mark[3] < top_below[1]
    assert mark[3] - mark[1] >= size * 0.12
    assert mark[2] - mark[0] >= size * 0.25


def test_breve_moves_neither_the_letters_beside_it_nor_other_lines() -> None:
    bare = picture([Line("Buôn Kưr Êban", 26)], 300)
    marked = picture([Line("Buôn Kư̆r Ê̆ban", 26)], 300)
    difference = ImageChops.logical_xor(bare, marked.crop((0, marked.height - bare.height, 300, marked.height)))
    assert difference.getbbox() is not None
    assert (difference.getbbox() or (0, 0, 0, 99))[3] < 20, "nothing moved at the foot of the letters"
    assert picture([Line("Đắk Lắk", 26)], 300).height == bare.height


def test_a_letter_is_never_broken_from_its_mark() -> None:
    lines = wrapped("ê̆" * 60, raster_font(26), 100)
    assert all(line.startswith("ê") for line in lines)
    assert "".join(lines) == "ê̆" * 60


@pytest.mark.parametrize(("width", "dots"), SIZES)
def test_test_page_fills_the_width_and_reads_back(width: int, dots: int) -> None:
    paper = print_out(render_thermal_test_page(width, "tcp://10.0.0.8:9100"), dots)
    assert paper.qr_texts == ["TRANG IN THỬ"]
    ede = Line("ŏ Ŏ ô̆ Ô̆ ơ̆ Ơ̆ ŭ Ŭ ư̆ Ư̆", 26)
    for line in (RuleLine(), ScaleLine(), Line("tcp://10.0.0.8:9100", 22, align="center"), ede):
        assert holds(paper.text_picture(), picture([line], dots)), line
    assert holds(paper.text_picture(), picture([Line("A À Ả Ã Á Ạ   Ă Ằ Ẳ Ẵ Ắ Ặ   Â Ầ Ẩ Ẫ Ấ Ậ", 26)], dots))
    assert symbols(paper.picture().convert("L")) == {"QR Code": "TRANG IN THỬ"}


def test_scale_reaches_both_edges_and_counts_centimetres() -> None:
    scale = picture([ScaleLine()], 576)
    columns = [sum(not scale.getpixel((x, y)) for y in range(scale.height)) for x in range(576)]
    assert columns[0] == columns[575] == scale.height
    assert [x for x in range(8, 570) if columns[x] == 24] == [80 * cm for cm in range(1, 8)]


def test_wrapping_keeps_every_letter_and_the_width() -> None:
    font = raster_font(26)
    text = "Buôn Akŏ Dhông " + "Ằ" * 60 + " xã Ea Kao"
    lines = wrapped(text, font, 384)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(font.getlength(line) <= 384 for line in lines)
    assert wrapped("", font, 384) == [""]


def test_nothing_is_printed_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    render_thermal(THERMAL, 80)
    assert capsys.readouterr().out == ""
