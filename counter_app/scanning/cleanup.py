"""What a page is like as it was scanned, and the page made straight: deskewed, cut to the sheet, turned, without dust.

The page is first turned back by its ``angle`` on a sheet that grows so that no corner is lost, then cut by ``crop``
(pixels of that grown sheet: left, top, right, bottom), then turned by quarter turns. So a clerk who turns a page
changes neither the angle nor the crop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from counter_app.rules import page_frame
from counter_app.scanning import skew
from counter_app.scanning.model import ScanTrouble

if TYPE_CHECKING:
    from PIL import Image

Picture = NDArray[np.uint8]
"""Rows of pixels; three colours in OpenCV's order (blue, green, red), or one grey."""

MM_PER_INCH: Final = 25.4
LOOKED_AT_DPI: Final = 100
"""Resolution at which a page is judged: enough for a pencil stroke, a quarter of the work."""
_SHEET_SHARE: Final = 0.15
"""A sheet smaller than this part of the picture is not taken for one."""
_SHEET_CONTRAST: Final = 50
"""Grey levels by which the scanner's background must be darker than the paper for the sheet to be cut out."""
_EVEN_STEP: Final = 4
"""Levels by which bare paper differs from one point to its neighbour at most, in half the resolution."""
_DUST_DARKNESS: Final = 40
"""Grey levels under the paper from which a grain is taken away; fainter ones do not disturb."""
_OTHER_COLOUR: Final = 60
_UNEVEN_SHARE: Final = 0.25
"""Above the share of a page that a shadow of the lid or the gutter of a book darkens."""
_STRAIGHT: Final = 0.05
"""Degrees below which turning would cost sharpness and gain nothing."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found on a page. ``angle``: degrees by which it lies askew, clockwise positive, within ±7;
    ``crop``: what is to be kept (see the module), None for all of it; ``quarter_turn``: quarter turns clockwise that
    bring it upright."""

    angle: float
    crop: tuple[int, int, int, int] | None
    is_blank: bool
    quarter_turn: int


def analyse(image_path: Path, dpi: int) -> Findings:
    """Judge a page; nothing is changed. Raises ScanTrouble ``bad_page``."""
    picture = read_picture(image_path)
    small = _reduced(picture, dpi)
    sheet = _sheet_of(small)
    inner, outer = _halves(small)
    if sheet is not None:
        # Between straight edges all counts, a dark label at the edge too; beyond them what the sheet still holds.
        inner = inner if outer.any() else sheet
        outer = cv2.bitwise_and(outer, sheet).astype(np.uint8)
    ink = _ink(small, [inner, outer])
    if not _has_content(ink) and _is_even(small, sheet):
        return Findings(0.0, _crop(picture, small, 0.0, sheet, ink), True, 0)
    tilt = skew.measure(ink)
    angle = tilt.angle if tilt.is_sure or sheet is None else _sheet_angle(sheet)
    if abs(angle) < _STRAIGHT:
        angle = 0.0
    return Findings(angle, _crop(picture, small, angle, sheet, ink), False, tilt.quarter_turn)


def cleaned(
    image_path: Path,
    dpi: int,
    *,
    turn: int,
    angle: float,
    crop: tuple[int, int, int, int] | None,
    despeckle: bool = True,
) -> Image.Image:
    """The page straight, cut, upright and without dust, in its colours. Raises ScanTrouble ``bad_page``."""
    from PIL import Image

    picture = straightened(image_path, dpi, turn=turn, angle=angle, crop=crop, despeckle=despeckle)
    return Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def straightened(
    image_path: Path,
    dpi: int,
    *,
    turn: int,
    angle: float,
    crop: tuple[int, int, int, int] | None,
    despeckle: bool = True,
) -> Picture:
    """``cleaned`` as rows of pixels."""
    picture = read_picture(image_path)
    if angle:
        picture = _turned_back(picture, angle)
    if crop is not None:
        left, top, right, bottom = crop
        height, width = picture.shape[:2]
        kept = picture[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
        picture = kept if kept.size else picture
    if despeckle:
        picture = _without_dust(picture, dpi)
    if turn % 4:
        picture = np.rot90(picture, -turn % 4)
    return np.ascontiguousarray(picture)


def read_picture(image_path: Path) -> Picture:
    """Raises ScanTrouble ``bad_page`` for what is missing, cut off or no picture."""
    try:
        data = np.frombuffer(image_path.read_bytes(), np.uint8)
        # Not imread: on Windows it takes no name with Vietnamese letters.
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error) as error:
        raise _unreadable(image_path) from error
    if picture is None:
        raise _unreadable(image_path)
    return picture.astype(np.uint8, copy=False)


def paper_colour(picture: Picture) -> tuple[int, int, int]:
    """The colour of the bare paper (blue, green, red): the middle one of the lighter half of the page."""
    sample = picture[:: max(1, picture.shape[0] // 200), :: max(1, picture.shape[1] // 200)].reshape(-1, 3)
    light = sample.sum(axis=1, dtype=np.int32)
    blue, green, red = np.median(sample[light >= np.median(light)], axis=0)
    return int(blue), int(green), int(red)


def _unreadable(image_path: Path) -> ScanTrouble:
    return ScanTrouble(
        "bad_page",
        f"Không đọc được ảnh trang «{image_path.name}»: tệp bị mất hoặc hỏng. Hãy quét lại trang này.",
    )


def _reduced(picture: Picture, dpi: int) -> Picture:
    share = LOOKED_AT_DPI / dpi
    if share >= 1:
        return picture
    height, width = picture.shape[:2]
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _turned_back(picture: Picture, angle: float) -> Picture:
    """Turned counter-clockwise by ``angle``, on a sheet that holds every corner."""
    matrix, size = _turning(picture.shape[1], picture.shape[0], angle)
    return cv2.warpAffine(
        picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper_colour(picture)
    ).astype(np.uint8, copy=False)


def _turning(width: int, height: int, angle: float) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """The matrix that turns a picture back, and the size of the sheet that holds it."""
    grown = page_frame.grown(width, height, angle)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0).astype(np.float64)
    matrix[:, 2] += ((grown[0] - width) / 2, (grown[1] - height) / 2)
    return matrix, grown


def _sheet_of(small: Picture) -> Picture | None:
    """Where the sheet lies (255) when the scanner's background is darker than the paper; None when it shows none."""
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (0, 0), 1.5)
    paper = float(np.percentile(grey, 90))
    edge = max(2, LOOKED_AT_DPI // 50)
    borders = (grey[:edge], grey[-edge:], grey[:, :edge], grey[:, -edge:])
    darkest = min(float(np.median(border)) for border in borders)
    if paper - darkest < _SHEET_CONTRAST:
        return None
    _, light = cv2.threshold(grey, (paper + darkest) / 2, 255, cv2.THRESH_BINARY)
    # Writing on the sheet is no hole in it.
    size = LOOKED_AT_DPI // 4
    padded = cv2.copyMakeBorder(light, size, size, size, size, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))[size:-size, size:-size]
    outlines, _ = cv2.findContours(closed.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea, default=None)
    if largest is None:
        return None
    (_, (width, height), _) = cv2.minAreaRect(largest)
    area = cv2.contourArea(largest)
    if area < _SHEET_SHARE * grey.size or area < 0.93 * width * height:
        return None
    sheet = np.zeros(grey.shape, np.uint8)
    cv2.drawContours(sheet, [largest], -1, 255, cv2.FILLED)
    return sheet


def _sheet_angle(sheet: Picture) -> float:
    """How far the edges of the sheet are from upright, clockwise positive; 0 beyond what deskewing mends."""
    outlines, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    angle = cv2.minAreaRect(max(outlines, key=cv2.contourArea))[2] % 90
    angle = angle - 90 if angle > 45 else angle
    return float(angle) if abs(angle) <= skew.WIDEST else 0.0


def _halves(small: Picture) -> list[Picture]:
    """A sheet that differs too little from the scanner's background to be cut out by, and what lies around it (255
    each); the whole picture where no such sheet shows.

    Its edge is a step in the colour of the paper, however faint, around an even field.
    """
    share = 2
    half = cv2.medianBlur(cv2.resize(small, None, fx=1 / share, fy=1 / share, interpolation=cv2.INTER_AREA), 5)
    size = LOOKED_AT_DPI // 4 // share | 1
    # Grown, so that a narrow strip of background along the border is not taken for writing.
    padded = cv2.copyMakeBorder(half, size, size, size, size, cv2.BORDER_REPLICATE)
    paper = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))[size:-size, size:-size]
    steps = cv2.morphologyEx(paper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    count, fields, stats, _ = cv2.connectedComponentsWithStats((steps <= _EVEN_STEP).astype(np.uint8), connectivity=4)
    sheet, fullest = np.full(half.shape[:2], 255, np.uint8), 0.0
    for number in range(1, count):
        area = float(stats[number, cv2.CC_STAT_AREA])
        if area < _SHEET_SHARE * sheet.size:
            continue
        outlines, _ = cv2.findContours((fields == number).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outline = max(outlines, key=cv2.contourArea)
        around = cv2.contourArea(cv2.convexHull(outline))
        if cv2.contourArea(outline) < 0.9 * around or area <= fullest * around:
            continue
        found = _within_straight_edges(outline, sheet.shape)
        if _is_paper(paper, found):
            sheet, fullest = found, area / around
    sheet = cv2.resize(sheet, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    return [sheet, cv2.bitwise_not(sheet).astype(np.uint8)]


def _within_straight_edges(outline: NDArray[np.int32], shape: tuple[int, ...]) -> Picture:
    """What lies between the straight edges of a field (255), run out to the border: where a crooked edge meets it the
    background is too thin to be seen, and a mark at an edge makes no bend in it."""
    corners = cv2.boxPoints(cv2.minAreaRect(outline)).astype(np.float64)
    points = outline.reshape(-1, 2).astype(np.float64)
    points = points[((points >= 2) & (points < np.array(shape[::-1]) - 2)).all(axis=1)]
    along = np.roll(corners, -1, axis=0) - corners
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1)[:, None]
    nearest = np.abs((points[:, None] - corners) @ normals.T)[:, range(4), range(4)].argmin(axis=1)
    rows, columns = np.indices(shape)
    inside = np.ones(shape, bool)
    for side in range(4):
        mine = points[nearest == side]
        if len(mine) < LOOKED_AT_DPI // 2:
            continue
        dx, dy, x, y = cv2.fitLine(mine.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        normal = np.array([dy, -dx]) * np.sign(normals[side] @ (dy, -dx))
        apart = (mine - (x, y)) @ normal
        if np.mean(np.abs(apart) < 2) < 0.7:
            continue
        # The step itself, two points wide, belongs to the field.
        inside &= (columns - x) * normal[0] + (rows - y) * normal[1] <= 2
    return (inside * 255).astype(np.uint8)


def _is_paper(paper: NDArray[Any], field: Picture) -> bool:
    """Whether a field is not much darker than what is around it: a dark one is printed or stuck on."""
    outside = paper[field == 0]
    if not len(outside):
        return True
    return bool((np.median(outside, axis=0) - np.median(paper[field != 0], axis=0)).max() < _SHEET_CONTRAST)


def _ink(small: Picture, parts: list[Picture]) -> Picture:
    """What is not paper (255): darker or of another colour than the paper around it, beyond the scanner's noise.

    Each part is looked at by itself; a band along the edges between them, and shadows along the border are left out.
    """
    soft = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.uint8, copy=False)
    margin = LOOKED_AT_DPI // 20
    # Where the edge of a crooked sheet runs out at the border, the last of it is too thin to show in the parts.
    border = 2 if parts[0].all() else margin
    difference = _darkness(soft, soft)
    calm = float(np.median(difference))
    noise = 1.4826 * float(np.median(np.abs(difference.astype(np.int16) - calm)))
    inside = np.zeros_like(difference)
    for part in parts:
        inner = cv2.erode(part, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
        inner[:border] = inner[-border:] = inner[:, :border] = inner[:, -border:] = 0
        if border == margin and inner.any():
            shown = cv2.bitwise_and(soft, soft, mask=inner).astype(np.uint8, copy=False)
            cv2.copyTo(_darkness(soft, shown), inner, difference)
        inside |= inner.astype(np.uint8)
    ink: Picture = np.where(difference > calm + max(9.0, 5.5 * noise), 255, 0).astype(np.uint8)
    ink[inside == 0] = 0
    return ink


def _darkness(soft: Picture, shown: Picture) -> Picture:
    """By how much each point is darker, in some colour, than the paper around it, as far as that is shown."""
    wide = LOOKED_AT_DPI // 4 | 1
    paper = cv2.medianBlur(cv2.dilate(shown, np.ones((wide, wide), np.uint8)), wide)
    # Light grey pencil is darker in every colour, a yellow marker in one.
    darkness: Picture = cv2.subtract(paper, soft).max(axis=2).astype(np.uint8, copy=False)
    return darkness


def _has_content(ink: Picture) -> bool:
    """Whether anything was written, stamped or drawn: some mark that is longer than a grain of dust.

    The smallest page numbers are 1.6 mm high; dust is half a millimetre.
    """
    joined = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    grain = 1.3 * LOOKED_AT_DPI / MM_PER_INCH + 2
    return any(max(width, height) >= grain and area >= 12 for _, _, width, height, area in stats[1:count])


def _is_even(small: Picture, sheet: Picture | None) -> bool:
    """Whether the sheet, and the scanner's background around it, are nearly all of one colour.

    Where a photo or a dark pattern fills much of a page there is no bare paper to compare with, and ``_ink`` finds
    nothing: such a page is not blank.
    """
    parts = [small.reshape(-1, 3)] if sheet is None else [small[sheet == 0], small[sheet != 0]]
    for part in parts:
        colours = part.astype(np.int16)
        apart = np.abs(colours - np.median(colours, axis=0)).max(axis=1) if len(colours) else np.zeros(1)
        if float(np.mean(apart > _OTHER_COLOUR)) >= _UNEVEN_SHARE:
            return False
    return True


def _crop(
    picture: Picture, small: Picture, angle: float, sheet: Picture | None, ink: Picture
) -> tuple[int, int, int, int] | None:
    """The sheet where it shows, else a page of the size that was scanned, grown where writing would be lost."""
    height, width = picture.shape[:2]
    matrix, (grown_width, grown_height) = _turning(width, height, angle)
    scale = width / small.shape[1]
    if sheet is not None:
        left, top, right, bottom = _bounds(sheet, matrix, scale)
        inner = round(0.5 * LOOKED_AT_DPI / MM_PER_INCH * scale)
        left, top, right, bottom = left + inner, top + inner, right - inner, bottom - inner
    elif angle:
        left, top = (grown_width - width) // 2, (grown_height - height) // 2
        right, bottom = left + width, top + height
        if ink.any():
            found = _bounds(ink, matrix, scale)
            left, top = min(left, found[0]), min(top, found[1])
            right, bottom = max(right, found[2]), max(bottom, found[3])
    else:
        return None
    return max(0, left), max(0, top), min(grown_width, right), min(grown_height, bottom)


def _bounds(mask: Picture, matrix: NDArray[np.float64], scale: float) -> tuple[int, int, int, int]:
    """The box around what is set in a reduced mask, in pixels of the turned picture; single grains do not count."""
    points = cv2.findNonZero(mask).reshape(-1, 2).astype(np.float64)
    turned = (points + 0.5) * scale @ matrix[:, :2].T + matrix[:, 2]
    low, high = np.percentile(turned, 0.05, axis=0) - scale, np.percentile(turned, 99.95, axis=0) + scale
    return math.floor(low[0]), math.floor(low[1]), math.ceil(high[0]), math.ceil(high[1])


def _without_dust(picture: Picture, dpi: int) -> Picture:
    """Without grains of up to half a millimetre that stand alone.

    Dots of letters stand near their letters, those of a dotted line near each other: they stay.
    """
    darkness = cv2.subtract(paper_level(picture), cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    dark = (darkness > _DUST_DARKNESS).astype(np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    grain = max(1.0, 0.5 * dpi / MM_PER_INCH)
    is_grain = (stats[:, cv2.CC_STAT_WIDTH] <= grain) & (stats[:, cv2.CC_STAT_HEIGHT] <= grain)
    is_grain[0] = False
    window = 2 * round(1.5 * dpi / MM_PER_INCH) + 1
    around = cv2.boxFilter(dark, cv2.CV_32S, (window, window), normalize=False, borderType=cv2.BORDER_CONSTANT)
    for number in np.flatnonzero(is_grain[:count]):
        x, y = (round(place) for place in centres[number])
        is_grain[number] = around[y, x] <= stats[number, cv2.CC_STAT_AREA]
    if not is_grain.any():
        return picture
    spread = cv2.dilate((is_grain[labels]).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    made = picture.copy()
    made[spread] = cv2.medianBlur(picture, 2 * math.ceil(grain) + 3)[spread]
    return made


def paper_level(picture: Picture) -> Picture:
    """The brightness of the paper at every pixel, as if nothing were written on it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    level = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 9)
    return cv2.resize(level, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
