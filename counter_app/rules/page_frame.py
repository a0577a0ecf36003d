"""How much of a scanned page is kept: margins as one sees them, and the rectangle that is cut out.

A page is first turned back by its angle on a sheet that grows so that no corner is lost, then cut by its crop (pixels
of that sheet: left, top, right, bottom), then turned by quarter turns (``scanning.cleanup``).
"""

from __future__ import annotations

import math

Size = tuple[int, int]
"""Width and height in pixels."""
Crop = tuple[int, int, int, int]
Margins = tuple[float, float, float, float]
"""What is cut off at the left, top, right and bottom, in pixels."""

NOTHING_OFF: Margins = (0.0, 0.0, 0.0, 0.0)


def grown(width: int, height: int, angle: float) -> Size:
    """The sheet that holds a page turned by ``angle`` degrees."""
    cosine, sine = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    return math.ceil(width * cosine + height * sine), math.ceil(height * cosine + width * sine)


def turned(margins: Margins, turn: int) -> Margins:
    """The same margins after quarter turns clockwise: what was at the left is at the top."""
    at = -turn % 4
    left, top, right, bottom = margins[at:] + margins[:at]
    return left, top, right, bottom


def margins_of(sheet: Size, crop: Crop | None) -> Margins:
    """What a crop cuts off the sheet."""
    if crop is None:
        return NOTHING_OFF
    left, top, right, bottom = crop
    return max(0, left), max(0, top), max(0, sheet[0] - right), max(0, sheet[1] - bottom)


def crop_of(sheet: Size, margins: Margins) -> Crop | None:
    """What is left of the sheet; None for all of it. At least one pixel is kept."""
    left, top, right, bottom = (max(0, round(margin)) for margin in margins)
    if not (left or top or right or bottom):
        return None
    left, top = min(left, sheet[0] - 1), min(top, sheet[1] - 1)
    return left, top, max(left + 1, sheet[0] - right), max(top + 1, sheet[1] - bottom)


def on_other_sheet(margins: Margins, before: Size, after: Size) -> Margins:
    """Margins that keep the same part of the page when its sheet grows or shrinks around its middle."""
    if margins == NOTHING_OFF:
        return margins
    wider, higher = (after[0] - before[0]) / 2, (after[1] - before[1]) / 2
    left, top, right, bottom = margins
    return max(0.0, left + wider), max(0.0, top + higher), max(0.0, right + wider), max(0.0, bottom + higher)
