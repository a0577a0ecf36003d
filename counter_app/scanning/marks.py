"""What stands on a page to be read by a machine: separators, and the QR of papers that the system issued.

A separator carries, beside its QR codes, fiducial tags (AprilTag 36h11) that say no more than "this is a separator".
They are coarser than a QR, differ from each other in eleven bits at least, and are found by other means: so a
separator whose QR codes are all spoilt is still known for what it is. Other QR codes (an identity card's holds
personal data) are read and forgotten at once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import zxingcpp

from counter_app.rules.scan_sheets import SheetKind, decode, dossier_of_paper, is_meant_for_us
from counter_app.rules.scan_sorting import PAPER, SEEN_COVER, SEEN_STICKER, TURN
from counter_app.scanning.model import ScanTrouble

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]

TAGS: Final = {17: SEEN_COVER, 29: SEEN_STICKER}
"""Numbers of the tags in the family; ``printing.separator_tags`` has their cells."""

_FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_TAG_DPI: Final = 100
_QR_DPI: Final = 200
_SEEN: Final = {SheetKind.COVER: SEEN_COVER, SheetKind.STICKER: SEEN_STICKER}


def read_marks(image: Path, dpi: int) -> tuple[str, ...]:
    """The marks of one page, as ``PageMarks.of`` takes them; () for a page without.

    A few milliseconds beside the decoding of the image; only where a separator was seen and not read it is tried
    again by slower ways. Raises ScanTrouble ``bad_page``.
    """
    # Not imread: it takes no path with Vietnamese letters on Windows. The page lies as its pixels do, whatever a
    # camera noted.
    data = np.frombuffer(image.read_bytes(), np.uint8)
    page = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION) if data.size else None
    if page is None:
        raise ScanTrouble("bad_page", f"Không mở được ảnh «{image.name}». Hãy quét lại trang này.")
    return marks_of(np.asarray(page, np.uint8), dpi)


def marks_of(page: Gray, dpi: int) -> tuple[str, ...]:
    """The marks of a page in shades of grey, *dpi* dots an inch."""
    found = _Found()
    found.take_tags(_reduced(page, dpi, _TAG_DPI))
    sharp = _reduced(page, dpi, _QR_DPI)
    found.take_codes(_codes(sharp))
    if found.is_unread:
        # A shade of toner, a fold or a smear: what one way of seeing loses another one finds.
        for view in _views(page, sharp):
            found.take_codes(_codes(view, is_thorough=True))
            if not found.is_unread:
                break
    return found.marks()


class _Found:
    """What has been recognised so far, and how it lies."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._read: set[str] = set()
        self._turns: Counter[int] = Counter()

    @property
    def is_unread(self) -> bool:
        """Whether a separator was seen of which no QR could be read."""
        return bool(self._seen - {_SEEN[separator.kind] for text in self._read if (separator := decode(text))})

    def take_tags(self, page: Gray) -> None:
        """Look for tags."""
        corners, numbers, _ = _tag_detector().detectMarkers(page)
        for quad, number in zip(corners, () if numbers is None else numbers.flatten(), strict=True):
            if int(number) in TAGS:
                self._seen.add(TAGS[int(number)])
                self._turns[_turn(quad[0][0], quad[0][1])] += 1

    def take_codes(self, codes: Iterable[Any]) -> None:
        """Keep the codes that are ours."""
        for code in codes:
            place = code.position
            left, right = (place.top_left.x, place.top_left.y), (place.top_right.x, place.top_right.y)
            if is_meant_for_us(code.text):
                separator = decode(code.text)
                if separator is None:
                    # Ours by its beginning and damaged: the cover of an unknown dossier, at least.
                    self._seen.add(SEEN_COVER)
                    continue
                self._read.add(code.text.strip())
                self._turns[_turn(left, right)] += 1
            elif dossier := dossier_of_paper(code.text):
                self._read.add(PAPER + dossier)
                self._turns[_turn(left, right)] += 1

    def marks(self) -> tuple[str, ...]:
        """All that was found, in a fixed order."""
        turn = self._turns.most_common(1)[0][0] if self._turns else 0
        return (*sorted(self._read), *sorted(self._seen), *([f"{TURN}{turn}"] if turn else []))


def _codes(page: Gray, *, is_thorough: bool = False) -> list[Any]:
    return list(zxingcpp.read_barcodes(page, formats=_FORMATS, try_downscale=is_thorough, try_invert=False))


def _views(page: Gray, sharp: Gray) -> Iterator[Gray]:
    """Other ways to see a page, one by one: as it is, smoothed, parted from its ground, coarser, closed."""
    yield page
    yield np.asarray(cv2.GaussianBlur(sharp, (0, 0), 1.2), np.uint8)
    yield np.asarray(cv2.medianBlur(sharp, 5), np.uint8)
    ground = cv2.medianBlur(cv2.resize(sharp, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), 31)
    even = cv2.divide(sharp, cv2.resize(ground, (sharp.shape[1], sharp.shape[0])), scale=255)
    yield np.asarray(even, np.uint8)
    yield np.asarray(cv2.threshold(even, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], np.uint8)
    yield np.asarray(cv2.morphologyEx(even, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)
    yield np.asarray(cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)
    yield np.asarray(cv2.resize(sharp, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


def _reduced(page: Gray, dpi: int, wanted: int) -> Gray:
    """The page at *wanted* dots an inch; one that is not much finer, as it is."""
    scale = wanted / dpi
    if scale > 0.8:
        return page
    return np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _turn(left: Iterable[float], right: Iterable[float]) -> int:
    """Quarter turns clockwise that bring the upper edge, from its left to its right corner, upright."""
    (x0, y0), (x1, y1) = left, right
    return -round(math.degrees(math.atan2(float(y1 - y0), float(x1 - x0))) / 90) % 4


@cache
def _tag_detector() -> cv2.aruco.ArucoDetector:
    wanted = cv2.aruco.DetectorParameters()
    # A tag on paper has the paper's white around it: windows of these sizes see it in any light of a scanner.
    wanted.adaptiveThreshWinSizeMin, wanted.adaptiveThreshWinSizeMax, wanted.adaptiveThreshWinSizeStep = 15, 35, 20
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11), wanted)
