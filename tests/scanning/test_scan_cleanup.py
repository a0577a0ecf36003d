"""Pages made straight: angles, turns, sheets, dust, and above all that no page with something on it counts as blank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.scan_pages import ORDINARY, PEN_BLUE, SEAL_RED, Damage, make_page, ordinary, spoil
from counter_app.scanning.cleanup import Findings, analyse, cleaned
from counter_app.scanning.model import ScanTrouble
from resources import read_bytes

DPI = 200
A4_PX = (1654, 2339)
MM = DPI / 25.4
SCANNED = Damage(noise=5, blur=0.5, shade=20)


def found(tmp_path: Path, data: bytes, dpi: int = DPI) -> Findings:
    path = tmp_path / "trang 1.jpg"
    path.write_bytes(data)
    return analyse(path, dpi)


def sheet(draw: Callable[[ImageDraw.ImageDraw], None] = lambda pen: None, damage: Damage = SCANNED) -> bytes:
    """An A4 page with what ``draw`` puts on it, as a scanner gives it."""
    image = Image.new("RGB", A4_PX, "white")
    draw(ImageDraw.Draw(image))
    return spoil(image, damage, Random(5), DPI)


def font(points: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(read_bytes("fonts", "Tinos-Regular.ttf")), round(points * DPI / 72))


def turned(data: bytes, quarters: int) -> bytes:
    """Turned by quarter turns clockwise."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".jpg", np.ascontiguousarray(np.rot90(image, -quarters)))[1].tobytes()


@pytest.mark.parametrize("number", range(12))
def test_pages_lie_straight_afterwards(tmp_path: Path, number: int) -> None:
    angle = (-6.9, -5, -3.3, -1.2, -0.4, -0.15, 0.1, 0.3, 0.8, 2.5, 5, 6.9)[number]
    page = make_page(number, replace(ordinary(number), angle=angle))
    seen = found(tmp_path, page.jpeg)
    assert seen.angle == pytest.approx(angle, abs=0.15)
    assert not seen.is_blank
    assert seen.quarter_turn == 0
    # What was turned back lies straight to a tenth of a degree.
    straight = cleaned(tmp_path / "trang 1.jpg", DPI, turn=0, angle=seen.angle, crop=seen.crop)
    straight.save(tmp_path / "again.png")
    assert abs(analyse(tmp_path / "again.png", DPI).angle) <= 0.15


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("number", [20, 21, 22])
def test_pages_stand_upright_afterwards(tmp_path: Path, number: int, quarters: int) -> None:
    data = turned(make_page(number, ordinary(number)).jpeg, quarters)
    seen = found(tmp_path, data)
    assert (seen.quarter_turn + quarters) % 4 == 0
    upright = cleaned(tmp_path / "trang 1.jpg", DPI, turn=seen.quarter_turn, angle=seen.angle, crop=seen.crop)
    assert upright.height > upright.width


@pytest.mark.parametrize("dpi", [150, 300])
def test_other_resolutions(tmp_path: Path, dpi: int) -> None:
    page = make_page(3, replace(ORDINARY, angle=2.0), dpi=dpi)
    assert found(tmp_path, page.jpeg, dpi).angle == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(
    "damage",
    [
        Damage(),
        SCANNED,
        Damage(noise=12, blur=0.3, shade=60, quality=50),
        Damage(noise=3, specks=60),
        Damage(noise=6, blur=0.8, specks=20, angle=2),
    ],
)
def test_empty_pages_are_blank(tmp_path: Path, damage: Damage) -> None:
    seen = found(tmp_path, sheet(damage=damage))
    assert seen.is_blank
    assert (seen.angle, seen.quarter_turn) == (0.0, 0)


def faint_pencil(pen: ImageDraw.ImageDraw) -> None:
    """A pencil note two tenths darker than the paper."""
    pen.text((600, 1200), "đã nhận 2 bản", (212, 212, 215), font=font(16))


def faint_stroke(pen: ImageDraw.ImageDraw) -> None:
    pen.line([(300, 900), (420, 930), (520, 880)], fill=(218, 218, 220), width=3)


def page_number(pen: ImageDraw.ImageDraw) -> None:
    pen.text((A4_PX[0] // 2, A4_PX[1] - 120), "7", (40, 40, 40), font=font(9))


def pale_seal(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((1000, 1700, 1280, 1980), outline=(246, 214, 216), width=6)


def yellow_marker(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((400, 1000, 700, 1030), fill=(255, 250, 170))


def signature(pen: ImageDraw.ImageDraw) -> None:
    pen.line([(800, 2000), (830, 1960), (850, 2010), (880, 1970)], fill=PEN_BLUE, width=3)


def note_at_the_edge(pen: ImageDraw.ImageDraw) -> None:
    pen.text((25, 25), "Bản 2", (90, 90, 90), font=font(10))


MARKS = [faint_pencil, faint_stroke, page_number, pale_seal, yellow_marker, signature, note_at_the_edge]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.6, 0.9, 1.0])
def test_a_page_that_a_picture_fills_is_not_blank(tmp_path: Path, share: float) -> None:
    """A photo, a printed cover: there is hardly any bare paper to compare with."""

    def pattern(pen: ImageDraw.ImageDraw) -> None:
        side = 90
        for row in range(round(share * A4_PX[1] / side)):
            for column in range(A4_PX[0] // side + 1):
                fill = "black" if (row + column) % 2 else (190, 40, 60)
                pen.rectangle((column * side, row * side, (column + 1) * side, (row + 1) * side), fill=fill)

    assert not found(tmp_path, sheet(pattern)).is_blank


@pytest.mark.parametrize("damage", [SCANNED, Damage(noise=7, blur=0.7, specks=30, shade=40, quality=60)])
@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.__name__)
def test_a_page_with_anything_on_it_is_never_blank(
    tmp_path: Path, mark: Callable[[ImageDraw.ImageDraw], None], damage: Damage
) -> None:
    assert not found(tmp_path, sheet(mark, damage)).is_blank


def laid(
    paper: tuple[int, int, int],
    ground: int,
    angle: float,
    size: tuple[float, float],
    draw: Callable[[ImageDraw.ImageDraw], None] = lambda pen: None,
) -> bytes:
    """A sheet of coloured paper (``size`` in mm) on the middle of an A4 glass, the lid above it of a grey."""
    page = Image.new("RGB", (round(size[0] * MM), round(size[1] * MM)), paper)
    draw(ImageDraw.Draw(page))
    tilted = page.convert("RGBA").rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    glass = Image.new("RGB", A4_PX, (ground, ground, ground))
    glass.paste(tilted, ((A4_PX[0] - tilted.width) // 2, (A4_PX[1] - tilted.height) // 2), tilted)
    return spoil(glass, Damage(noise=4, blur=0.4, shade=20), Random(3), DPI)


CREAM, YELLOW = (252, 250, 245), (255, 250, 218)
WHITE_LID, GREY_LID, DARK_LID = 255, 210, 60
SMALLER, A5_MM = (203.0, 290.0), (148.0, 210.0)
LAID = [
    (CREAM, GREY_LID, 0.0, SMALLER),
    (CREAM, GREY_LID, 2.5, A5_MM),
    (CREAM, GREY_LID, -5.0, SMALLER),
    (YELLOW, WHITE_LID, 0.0, A5_MM),
    (YELLOW, WHITE_LID, 2.5, SMALLER),
    (YELLOW, WHITE_LID, -5.0, SMALLER),
    (CREAM, DARK_LID, 2.5, SMALLER),
    (CREAM, 8, -2.5, SMALLER),
]


@pytest.mark.parametrize(("paper", "ground", "angle", "size"), LAID)
def test_the_edge_of_an_empty_sheet_is_no_writing(
    tmp_path: Path, paper: tuple[int, int, int], ground: int, angle: float, size: tuple[float, float]
) -> None:
    seen = found(tmp_path, laid(paper, ground, angle, size))
    assert seen.is_blank
    assert seen.quarter_turn == 0


def signature_at_the_edge(pen: ImageDraw.ImageDraw) -> None:
    """Half of it within the band along the sheet's edge that is not looked at."""
    pen.line([(4, 800), (20, 760), (9, 830), (32, 790)], fill=PEN_BLUE, width=3)


def sticker_at_the_edge(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 600, 90, 900), fill=(190, 200, 215))


def small_number(pen: ImageDraw.ImageDraw) -> None:
    pen.text((560, 1560), "7", (60, 60, 60), font=font(9))


@pytest.mark.parametrize("mark", [faint_stroke, signature_at_the_edge, sticker_at_the_edge, small_number])
@pytest.mark.parametrize(("paper", "ground", "angle", "size"), LAID[1:5:2] + LAID[2:8:2])
def test_a_sheet_on_any_ground_with_anything_on_it_is_never_blank(
    tmp_path: Path,
    mark: Callable[[ImageDraw.ImageDraw], None],
    paper: tuple[int, int, int],
    ground: int,
    angle: float,
    size: tuple[float, float],
) -> None:
    assert not found(tmp_path, laid(paper, ground, angle, size, mark)).is_blank


@pytest.mark.parametrize("lines", [1, 2, 4])
@pytest.mark.parametrize(("paper", "ground", "angle", "size"), LAID[:6:2] + LAID[3:6:2])
def test_a_page_of_few_lines_is_not_turned_by_the_edge_of_its_sheet(
    tmp_path: Path, paper: tuple[int, int, int], ground: int, angle: float, size: tuple[float, float], lines: int
) -> None:
    def write(pen: ImageDraw.ImageDraw) -> None:
        for row in range(lines):
            pen.text((150, 160 + 60 * row), "Họ và tên: H' Ngăm Niê Kdăm, sinh ngày 15/8/1990", "black", font=font(12))

    seen = found(tmp_path, laid(paper, ground, angle, size, write))
    assert not seen.is_blank
    assert seen.quarter_turn == 0
    assert seen.angle == pytest.approx(angle, abs=0.2)


@pytest.mark.parametrize("angle", [-4.0, 0.0, 3.0])
def test_a_small_sheet_on_a_dark_ground_is_cut_out(tmp_path: Path, angle: float) -> None:
    page = Image.open(BytesIO(make_page(9, Damage(quality=95)).jpeg)).resize((1165, 1654))  # A5
    glass = Image.new("RGB", A4_PX, (60, 60, 62))
    # Pillow turns counter-clockwise.
    tilted = page.rotate(-angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(60, 60, 62))
    glass.paste(tilted, (180, 250))
    path = tmp_path / "a5.jpg"
    path.write_bytes(spoil(glass, Damage(noise=4, blur=0.4), Random(1), DPI))
    seen = analyse(path, DPI)
    assert seen.angle == pytest.approx(angle, abs=0.15)
    cut = cleaned(path, DPI, turn=0, angle=seen.angle, crop=seen.crop)
    assert cut.width == pytest.approx(148 * MM, abs=2 * MM)
    assert cut.height == pytest.approx(210 * MM, abs=2 * MM)
    # No dark ground is left at any edge.
    grey = np.asarray(cut.convert("L")).astype(int)
    assert min(np.median(edge) for edge in (grey[:3], grey[-3:], grey[:, :3], grey[:, -3:])) > 150


def test_writing_in_the_corner_of_a_crooked_page_is_not_cut_off(tmp_path: Path) -> None:
    image = Image.open(BytesIO(make_page(4, Damage(quality=95)).jpeg))
    pen = ImageDraw.Draw(image)
    pen.rectangle((5, 5, 60, 45), fill=(20, 20, 20))
    path = tmp_path / "x.jpg"
    # Turned about the middle of a sheet that grows, then cut to the size of the glass through the corner's mark.
    path.write_bytes(spoil(image.rotate(-5, expand=True, fillcolor="white"), Damage(noise=3), Random(1), DPI))
    seen = analyse(path, DPI)
    dark = np.asarray(cleaned(path, DPI, turn=0, angle=seen.angle, crop=seen.crop).convert("L")) < 90
    assert dark[:200, :400].sum() > 0.9 * 55 * 40


def test_colours_of_seal_and_pen_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(make_page(5, ORDINARY).jpeg)
    seen = analyse(path, DPI)
    pixels = np.asarray(cleaned(path, DPI, turn=0, angle=seen.angle, crop=seen.crop)).astype(int)
    for wanted in (SEAL_RED, PEN_BLUE):
        near = np.abs(pixels - np.array(wanted)).max(axis=2) < 40
        assert near.sum() > 500, wanted


def test_dust_goes_and_dots_of_letters_stay(tmp_path: Path) -> None:
    def write(pen: ImageDraw.ImageDraw) -> None:
        for row in range(20):
            pen.text(
                (200, 300 + 60 * row), "Nguyễn Thị Bích Ngọc i. ạ ị ọ ụ: 1.234 đ ............", "black", font=font(10)
            )

    crisp = Damage(noise=2, blur=0.3, quality=95)
    for name, damage in (("clean", crisp), ("dusty", replace(crisp, specks=400))):
        (tmp_path / f"{name}.jpg").write_bytes(sheet(write, damage))
    kept, dusty = (
        np.asarray(cleaned(tmp_path / f"{name}.jpg", DPI, turn=0, angle=0.0, crop=None).convert("L")) < 128
        for name in ("clean", "dusty")
    )
    as_scanned = np.asarray(Image.open(tmp_path / "clean.jpg").convert("L")) < 128
    before = np.asarray(Image.open(tmp_path / "dusty.jpg").convert("L")) < 128
    assert (kept == as_scanned).all()
    bare = np.ones(A4_PX[::-1], bool)
    bare[280:1520, 180:1300] = False
    assert dusty[bare].sum() < 0.1 * before[bare].sum()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 no picture"])
def test_a_picture_that_cannot_be_read_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "0007.jpg"
    path.write_bytes(data)
    for work in (lambda: analyse(path, DPI), lambda: cleaned(path, DPI, turn=0, angle=0, crop=None)):
        with pytest.raises(ScanTrouble) as caught:
            work()
        assert caught.value.kind == "bad_page"
        assert "0007.jpg" in caught.value.message
