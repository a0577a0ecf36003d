"""What a signature looks like on the page: name and time at the top of page one, upright however the page lies.

Top left for the person who scanned (01/2023/TT-VPCP art. 7), top right for the office (Nghị định 30/2020/NĐ-CP,
annex I on signatures of copies and of digitised papers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pikepdf

_MM: Final = 72 / 25.4
_SIZE: Final = 7.0
_LEADING: Final = 3 * _MM
_EDGE: Final = 5 * _MM
_WIDEST: Final = 100 * _MM
_PERSON_COLOUR: Final = (0.1, 0.2, 0.55)
_OFFICE_COLOUR: Final = (0.75, 0.05, 0.05)


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines of a visible signature; ``right``: at the top right, in red as an office's."""

    lines: tuple[str, ...]
    right: bool = False


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark as a page of its own, and where it goes on page one, in the page's own units."""

    pdf: bytes
    box: tuple[float, float, float, float]


def place(mark: Mark, page: pikepdf.Page) -> PlacedMark:
    """Draw the mark for this page."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turn = int(page.obj.get("/Rotate", 0)) % 360
    across = top - bottom if turn in (90, 270) else right - left
    width = min(_WIDEST, across / 2)
    height = _EDGE + _LEADING * len(mark.lines)
    x = across - width if mark.right else 0.0
    # As one looks at the turned page, x from its left and height from its top.
    box = {
        0: (left + x, top - height, left + x + width, top),
        90: (left, bottom + x, left + height, bottom + x + width),
        180: (right - x - width, bottom, right - x, bottom + height),
        270: (right - height, top - x - width, right, top - x),
    }[turn]
    return PlacedMark(_drawn(mark, width, height, turn), box)


def _drawn(mark: Mark, width: float, height: float, turn: int) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    from printing import fonts

    fonts.register()
    lying = turn in (90, 270)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(height, width) if lying else (width, height), invariant=1)
    canvas.translate(height if turn == 90 else width if turn == 180 else 0, {180: height, 270: width}.get(turn, 0))
    canvas.rotate(turn)
    canvas.setFillColorRGB(*(_OFFICE_COLOUR if mark.right else _PERSON_COLOUR))
    size = _fitting(mark.lines, width - 2 * _EDGE)
    canvas.setFont(fonts.REGULAR, size)
    for number, line in enumerate(mark.lines):
        y = height - _EDGE - _SIZE * 0.5 - _LEADING * number
        if mark.right:
            canvas.drawRightString(width - _EDGE, y, line)
        else:
            canvas.drawString(_EDGE, y, line)
    canvas.save()
    return out.getvalue()


def _fitting(lines: Sequence[str], width: float) -> float:
    """The size at which the longest line fits: names of offices are long, pages may be small."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    from printing import fonts

    longest = max(stringWidth(line, fonts.REGULAR, _SIZE) for line in lines)
    return _SIZE if longest <= width else _SIZE * width / longest
