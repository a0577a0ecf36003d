"""A page in layers (mixed raster content): the paper coarse, the writing sharp, pictures as they are.

Writing is a picture of one bit a pixel at the resolution of the scan (CCITT group 4), one for each ink: black print,
a red seal, a blue signature, grey pencil. Behind it lies the bare paper at a third of the resolution. Where paper and
writing together do not give what was scanned (a photograph, a tinted field), that part of the page is put on top as a
JPEG of its own; a page that is mostly such is one JPEG.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from counter_app.scanning.cleanup import MM_PER_INCH, Picture

PAPER_DPI: Final = 60
INK_DPI: Final = 100
PATCH_DPI: Final = 200
PAPER_QUALITY: Final = 45
PATCH_QUALITY: Final = 60
WHOLE_QUALITY: Final = 65
_MOST_INKS: Final = 8
_PATCHED_SHARE: Final = 0.4
"""Share of a page under pictures beyond which layers save nothing."""
_CELL_MM: Final = 1.3
_LETTER_MM: Final = 8.0
_OFF: Final = 30.0
_DETAIL_OFF: Final = 9.0
"""Grey levels by which a cell may differ from what was scanned: in its tone, and in its pixels; see ``_missed``."""
_LEAST_CELLS: Final = 12

_TONES: Final = np.array(((0.25, 0.25, 0.25), (1.0, -1.0, 0.0), (0.0, -1.0, 1.0)), np.float32)
"""From blue, green, red to lightness, blueness, redness: thin black print is grey, and not another ink than thick."""
_ALIKE: Final = 40.0
_LEAST_STRANGE: Final = 6

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A colour picture and its size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of the page on top of the layers; the box in pixels of the page: left, top, right, bottom."""

    picture: Jpeg
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Ink:
    """What one ink writes: ``mask`` (CCITT group 4 of the whole page, ink is black) and its red, green and blue."""

    mask: bytes
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Layers:
    """From the bottom up: paper, writing, patches."""

    width: int
    height: int
    paper: Jpeg
    inks: tuple[Ink, ...]
    patches: tuple[Patch, ...]


def layers_of(picture: Picture, dpi: int) -> Layers:
    """Part a page (OpenCV's order of colours) into its layers."""
    height, width = picture.shape[:2]
    mask, core = _writing(picture, dpi)
    paper = _bare_paper(picture, mask, dpi)
    index, palette = _inks_of(picture, mask, core, dpi)
    boxes = _missed(picture, _together(paper, index, palette), index > 0, dpi)
    if sum((right - left) * (bottom - top) for left, top, right, bottom in boxes) > _PATCHED_SHARE * width * height:
        return Layers(width, height, _jpeg(picture, WHOLE_QUALITY), (), ())
    patches = []
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = False
        part = _scaled(picture[top:bottom, left:right], min(1.0, PATCH_DPI / dpi))
        patches.append(Patch(_jpeg(part, PATCH_QUALITY), (left, top, right, bottom)))
    if boxes:
        # Without the colours of the pictures there is room for those of the inks.
        index, palette = _inks_of(picture, mask, core, dpi)
    inks = []
    for number, (blue, green, red) in enumerate(palette.tolist(), 1):
        written = index == number
        if written.any():
            inks.append(Ink(group4(written), (red, green, blue)))
    return Layers(width, height, _jpeg(paper, PAPER_QUALITY), tuple(inks), tuple(patches))


def _writing(picture: Picture, dpi: int) -> tuple[Mask, Mask]:
    """Where there is writing, and where it is at its darkest (its own colour, not mixed with the paper's)."""
    scale = dpi / 200
    soft = cv2.GaussianBlur(picture, (0, 0), 0.6 * scale)
    # Black, red and blue ink are dark in green or red; a yellow marker in neither, it belongs to the paper.
    tone = np.minimum(soft[:, :, 1], soft[:, :, 2])
    contrast = cv2.subtract(_surroundings(tone, dpi), tone)
    noise = 1.4826 * float(np.median(np.abs(contrast[::4, ::4].astype(np.int16) - np.median(contrast[::4, ::4]))))
    least = max(18.0, 5.0 * noise)
    reach = round(1.0 * dpi / MM_PER_INCH) | 1
    strongest = cv2.GaussianBlur(cv2.dilate(contrast, np.ones((reach, reach), np.uint8)), (0, 0), reach / 3)
    mask = contrast > np.maximum(least, strongest * 0.45)
    core = mask & (contrast > strongest * 0.75)
    return _without_grains(mask, dpi), core


def _surroundings(tone: Picture, dpi: int) -> Picture:
    """The tone of the paper around each pixel."""
    step = max(1, round(dpi / 25))
    small = cv2.resize(tone, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    level = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    return cv2.resize(level, (tone.shape[1], tone.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def _without_grains(mask: Mask, dpi: int) -> Mask:
    """Without specks of a pixel or two: noise costs more room than all letters together."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    kept = stats[:count, cv2.CC_STAT_AREA] > max(2, round(3 * (dpi / 200) ** 2))
    kept[0] = False
    found: Mask = kept[labels]
    return found


def _bare_paper(picture: Picture, mask: Mask, dpi: int) -> Picture:
    """The page without its writing, coarse; what was written on is filled from around it."""
    width, height = _size_at(picture, PAPER_DPI / dpi)
    seen = np.where(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0, 255, 0).astype(np.uint8)
    total, weight = _means(picture, seen, (width, height))
    made, known = total.copy(), weight.copy()
    spread = 1.0
    while (known < 0.1).any() and spread < max(width, height):
        wide_total = cv2.GaussianBlur(total, (0, 0), spread)
        wide_weight = cv2.GaussianBlur(weight, (0, 0), spread)
        gap = (known < 0.1) & (wide_weight > 0.02)
        made[gap], known[gap] = wide_total[gap], wide_weight[gap]
        spread *= 2
    bare: Picture = np.clip(made / np.maximum(known, 1e-6)[:, :, None], 0, 255).astype(np.uint8)
    return bare


def _means(picture: Picture, seen: Picture, size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The page made smaller, of the pixels that are seen (255) alone: their sum, and which share of each cell they are.

    In bytes until it is small: whole pages of fractions would take a hundred megabytes.
    """
    total = _to(cv2.bitwise_and(picture, picture, mask=seen), size).astype(np.float32)
    return total, _to(seen, size).astype(np.float32) / np.float32(255)


def _inks_of(picture: Picture, mask: Mask, core: Mask, dpi: int) -> tuple[Picture, NDArray[np.uint8]]:
    """The ink of each pixel (0: none, n: the n-th of the palette), and the palette (blue, green, red)."""
    width, height = _size_at(picture, INK_DPI / dpi)
    seen = np.where(core & mask, 255, 0).astype(np.uint8)
    total, weight = _means(picture, seen, (width, height))
    known = weight > 0.1
    if not known.any():
        return np.zeros(mask.shape, np.uint8), np.zeros((0, 3), np.uint8)
    colours = (total[known] / weight[known][:, None]).astype(np.float32)
    palette = _few_inks(colours)
    apart = (colours @ _TONES.T)[:, None, :] - (palette.astype(np.float32) @ _TONES.T)[None, :, :]
    nearest = (apart**2).sum(axis=2).argmin(axis=1)
    # A place without dark ink of its own takes that of its neighbour: the edge of a stroke is as red as its middle.
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_label = np.zeros(labels.max() + 1, np.uint8)
    by_label[labels[known]] = nearest + 1
    places = cv2.resize(by_label[labels], (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_NEAREST)
    return _whole_letters(np.where(mask, places, 0).astype(np.uint8), len(palette), dpi), palette


def _whole_letters(index: Picture, inks: int, dpi: int) -> Picture:
    """Each mark up to the size of a letter in the one ink that most of it has; larger ones may be of several."""
    if inks == 1:
        return index
    count, labels, stats, _ = cv2.connectedComponentsWithStats((index > 0).astype(np.uint8), connectivity=8)
    at = labels > 0
    votes = np.bincount(labels[at] * (inks + 1) + index[at], minlength=count * (inks + 1))
    winner = votes.reshape(count, inks + 1).argmax(axis=1).astype(np.uint8)
    size = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    is_letter = size <= _LETTER_MM * dpi / MM_PER_INCH
    is_letter[0] = False
    return np.where(is_letter[labels], winner[labels], index).astype(np.uint8)


def _few_inks(colours: NDArray[np.float32]) -> NDArray[np.uint8]:
    """At most _MOST_INKS colours, none like another; the same page gives the same inks."""
    sample = np.ascontiguousarray(colours[:: -(-len(colours) // 6000)] @ _TONES.T)
    wanted = min(_MOST_INKS, len(sample))
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    start = _spread_out(sample, wanted)
    _, labels, centres = cv2.kmeans(sample, wanted, start, criteria, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    counts = np.bincount(labels.ravel(), minlength=wanted)
    kept: list[NDArray[np.float32]] = []
    for at in np.argsort(-counts, kind="stable"):
        if counts[at] and all(np.abs(centres[at] - other).max() > _ALIKE for other in kept):
            kept.append(centres[at])
    # A few words in pencil are too few to make a colour of their own among thousands of black ones.
    while len(kept) < _MOST_INKS:
        distance = np.min([np.abs(sample - other).max(axis=1) for other in kept], axis=0)
        strange = sample[distance > _ALIKE]
        if len(strange) < _LEAST_STRANGE:
            break
        kept.append(np.median(strange[np.abs(strange - strange[0]).max(axis=1) <= _ALIKE], axis=0))
    found = np.array(kept) @ np.linalg.inv(_TONES).T
    return np.clip(np.round(found), 0, 255).astype(np.uint8)


def _spread_out(sample: NDArray[np.float32], wanted: int) -> NDArray[np.int32]:
    """Labels to begin with: by the nearest of ``wanted`` colours that lie as far apart as the sample has them."""
    chosen = [np.median(sample, axis=0)]
    distance = ((sample - chosen[0]) ** 2).sum(axis=1)
    labels = np.zeros(len(sample), np.int32)
    for number in range(1, wanted):
        farthest = sample[int(distance.argmax())]
        closer = ((sample - farthest) ** 2).sum(axis=1)
        labels[closer < distance] = number
        distance = np.minimum(distance, closer)
    return labels


def _together(paper: Picture, index: Picture, palette: NDArray[np.uint8]) -> Picture:
    """What paper and writing look like on top of each other."""
    size = (index.shape[1], index.shape[0])
    made = cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    written = index > 0
    made[written] = palette[index[written] - 1]
    return made


def _missed(picture: Picture, made: Picture, mask: Mask, dpi: int) -> list[tuple[int, int, int, int]]:
    """Boxes of the page in which the layers do not give what was scanned."""
    cell = max(4, round(_CELL_MM * dpi / MM_PER_INCH))
    bad = (_tone_off(picture, made, cell) > _OFF) | (_detail_off(picture, made, mask, cell) > _DETAIL_OFF)
    joined = cv2.morphologyEx(bad.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for left, top, wide, high, area in stats[1:count].tolist():
        if area >= _LEAST_CELLS:
            right, bottom = (left + wide + 1) * cell, (top + high + 1) * cell
            boxes.append(
                (
                    max(0, (left - 1) * cell),
                    max(0, (top - 1) * cell),
                    min(picture.shape[1], right),
                    min(picture.shape[0], bottom),
                )
            )
    return boxes


def _tone_off(picture: Picture, made: Picture, cell: int) -> NDArray[np.float32]:
    """By how many grey levels each cell is lighter, darker or of another colour."""
    # Averaged before they are compared: noise and the softness of an edge are no picture.
    small = max(1, cell // 2)
    size = (max(1, picture.shape[1] // small), max(1, picture.shape[0] // small))
    off = cv2.absdiff(_to(picture, size), _to(made, size)).max(axis=2)
    return _to(off.astype(np.float32), _cells(picture, cell))


def _detail_off(picture: Picture, made: Picture, mask: Mask, cell: int) -> NDArray[np.float32]:
    """By how many grey levels a cell's pixels differ on average, edges of the writing apart: the lines of a face."""
    writing = mask.astype(np.uint8)
    around = cv2.dilate(writing, np.ones((7, 7), np.uint8)) - cv2.erode(writing, np.ones((5, 5), np.uint8))
    calm = (around == 0).astype(np.float32)
    off = cv2.absdiff(cv2.GaussianBlur(picture, (0, 0), 1.2), made).max(axis=2) * calm
    share = _to(calm, _cells(picture, cell))
    told: NDArray[np.float32] = np.where(share > 0.2, _to(off, _cells(picture, cell)) / np.maximum(share, 0.01), 0)
    return told.astype(np.float32)


def _cells(picture: Picture, cell: int) -> tuple[int, int]:
    return -(-picture.shape[1] // cell), -(-picture.shape[0] // cell)


def _to(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def group4(mask: Mask) -> bytes:
    """One bit a pixel as CCITT group 4 (ITU-T T.6), ink black, without any wrapping."""
    from PIL import Image, TiffImagePlugin

    out = BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[TiffImagePlugin.ROWSPERSTRIP] = mask.shape[0]
    # libtiff writes what is set as the code's black.
    Image.fromarray(mask).save(out, "TIFF", compression="group4", tiffinfo=tags)
    with Image.open(out) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        (start,) = image.tag_v2[TiffImagePlugin.STRIPOFFSETS]
        (size,) = image.tag_v2[TiffImagePlugin.STRIPBYTECOUNTS]
    return out.getvalue()[start : start + size]


def _jpeg(picture: Picture, quality: int) -> Jpeg:
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    _, data = cv2.imencode(".jpg", picture, options)
    return Jpeg(data.tobytes(), picture.shape[1], picture.shape[0])


def _scaled(picture: Picture, share: float) -> Picture:
    if share == 1:
        return picture
    return cv2.resize(picture, _size_at(picture, share), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _size_at(picture: Picture, share: float) -> tuple[int, int]:
    return max(1, round(picture.shape[1] * share)), max(1, round(picture.shape[0] * share))
