"""By how much the writing of a page lies askew, and which way is up, from where its ink is.

Rows of text make a profile with deep valleys only when they are looked along (Postl's measure). Latin letters reach
above the middle of a line more often than below, and Vietnamese ones with their marks much more so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDEST: Final = 7.0
"""Degrees askew that are looked for, either way."""
_ENOUGH_LINES: Final = 6
"""Fewer lines than this do not tell which way is up: the letters that they happen to hold weigh too much."""
_MOST_POINTS: Final = 120_000
_COARSE: Final = 0.5
_FINE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Tilt:
    """``angle``: degrees clockwise; ``quarter_turn``: clockwise turns that bring the page upright; ``is_sure``: whether
    there were lines to go by."""

    angle: float
    quarter_turn: int
    is_sure: bool


def measure(ink: NDArray[np.uint8]) -> Tilt:
    """Judge a picture of 255 where there is ink."""
    letters = _letters(ink)
    points = _points(ink if letters is None else letters)
    if len(points) < 200:
        return Tilt(0.0, 0, False)
    along = _best(points)
    across = _best(points[:, ::-1] * (1, -1))
    is_sideways = across.height > along.height * 1.15
    best = across if is_sideways else along
    if best.height < 1.3 * best.usual:
        return Tilt(0.0, 0, False)
    upright = points[:, ::-1] * (1, -1) if is_sideways else points
    angle = round(best.angle, 2)
    is_upside_down = None if letters is None else _is_upside_down(_rows(upright, best.angle))
    if is_upside_down is None:
        return Tilt(angle, 0, True)
    # Looked at from the side, the right edge of the page was taken for its top: three turns clockwise put it up.
    quarter = (3 if is_sideways else 0) + (2 if is_upside_down else 0)
    return Tilt(angle, quarter % 4, True)


@dataclass(frozen=True, slots=True)
class _Peak:
    angle: float
    height: float
    usual: float


def _letters(ink: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Without what is larger than any letter (photographs, frames) or a grain; None when hardly anything remains."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = (longest >= 4) & (longest <= max(ink.shape) // 12)
    kept[0] = False
    if stats[kept, cv2.CC_STAT_AREA].sum() < 0.1 * stats[1:count, cv2.CC_STAT_AREA].sum():
        return None
    letters: NDArray[np.uint8] = (kept[labels] * 255).astype(np.uint8)
    return letters


def _points(ink: NDArray[np.uint8]) -> NDArray[np.float64]:
    found = cv2.findNonZero(ink)
    if found is None:
        return np.zeros((0, 2))
    points = found.reshape(-1, 2).astype(np.float64)
    step = -(-len(points) // _MOST_POINTS)
    return points[::step]


def _best(points: NDArray[np.float64]) -> _Peak:
    """The angle at which the rows stand out most."""
    coarse = np.arange(-WIDEST, WIDEST + _COARSE / 2, _COARSE)
    heights = np.array([_contrast(points, angle) for angle in coarse])
    centre = float(coarse[heights.argmax()])
    fine = np.arange(centre - _COARSE, centre + _COARSE + _FINE / 2, _FINE)
    fine = fine[np.abs(fine) <= WIDEST + _FINE / 2]
    finer = np.array([_contrast(points, angle) for angle in fine])
    # The middle of the summit rather than its highest grain.
    summit = finer >= finer.max() - 0.1 * (finer.max() - finer.min())
    weights = (finer - finer.min())[summit]
    angle = float((fine[summit] * weights).sum() / weights.sum()) if weights.sum() else centre
    return _Peak(angle, float(finer.max()), float(np.median(heights)))


def _contrast(points: NDArray[np.float64], angle: float) -> float:
    rows = _rows(points, angle).astype(np.float64)
    return float((np.diff(rows) ** 2).sum())


def _rows(points: NDArray[np.float64], angle: float) -> NDArray[np.int64]:
    """How many points lie in each row of the page turned back by ``angle``."""
    radians = np.radians(angle)
    heights = points[:, 1] * np.cos(radians) - points[:, 0] * np.sin(radians)
    return np.bincount((heights - heights.min()).round().astype(np.int64))


def _is_upside_down(rows: NDArray[np.int64]) -> bool | None:
    """Whether more ink stands below the bodies of the lines than above; False where it is a close thing, None where
    the lines are few: such a page is better left as it is than turned wrongly."""
    profile = rows.astype(np.float64)
    body = profile > 0.5 * np.percentile(profile[profile > 0], 90)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], body.astype(np.int8), [0]))))
    above = below = 0.0
    lines = 0
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        height = int(bottom - top)
        if height < 3:
            continue
        lines += 1
        reach = max(2, round(height * 0.6))
        above += profile[max(0, top - reach) : top].sum()
        below += profile[bottom : bottom + reach].sum()
    if lines < _ENOUGH_LINES:
        return None
    return below > 1.15 * above
