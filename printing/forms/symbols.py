"""QR, Code 128, rules and the name of a copy as flowables that fit a given room."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

from reportlab.graphics.barcode.code128 import Code128Auto
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from printing.codes import DARK, qr_rows

_QUIET_MODULES = 4
_QUIET_CODE128 = 10
_RULE_ROOM = 5.0
_RULE_THICKNESS = 0.6
_WIDEST_MODULE = 0.33 * mm
_BYTE = 8
_AS_BITS = bytes(ord("0" if module == DARK else "1") for module in range(256))


def code128(text: str, width: float, height: float) -> Code128Auto:
    """A Code 128 at most *width* points wide, quiet zones included; bars at most 0.33 mm a module."""
    modules: float = Code128Auto(text, barWidth=1, quiet=False).width + 2 * _QUIET_CODE128
    module = min(width / modules, _WIDEST_MODULE)
    quiet = _QUIET_CODE128 * module
    made = Code128Auto(text, barWidth=module, barHeight=height, quiet=True, lquiet=quiet, rquiet=quiet)
    made.hAlign = "CENTER"
    return made


class Rule(Flowable):
    """A short line in the middle of its column, as under the names of a letterhead."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self._length = width
        self._room = width

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """Takes the whole column, so that the line can stand in its middle."""
        self._room = aW
        return aW, _RULE_ROOM

    def draw(self) -> None:
        """The line, a little above the next text."""
        left = (self._room - self._length) / 2
        self.canv.setLineWidth(_RULE_THICKNESS)
        self.canv.line(left, _RULE_ROOM / 2, left + self._length, _RULE_ROOM / 2)


class CopyName(Flowable):
    """Room for the name of a copy, as large as the largest of *names*; only the finished page tells which it is.

    Drawing leaves the place on the canvas as ``copy_name``; :meth:`write` writes there.
    """

    def __init__(self, names: list[Paragraph]) -> None:
        super().__init__()
        self._names = names
        self._heights: list[float] = []

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """The whole column, and the height of the highest name."""
        self._heights = [name.wrap(aW, aH)[1] for name in self._names]
        self._height = max(self._heights)
        return aW, self._height

    def draw(self) -> None:
        """Remember where the name belongs."""
        canvas: Any = self.canv
        canvas.copy_name = (self, *canvas.absolutePosition(0, 0))

    def write(self, canvas: Canvas, which: int, x: float, y: float) -> None:
        """Write the name of copy number *which* at the remembered place."""
        self._names[which].drawOn(canvas, x, y + self._height - self._heights[which])


class QrCode(Flowable):
    """A QR code *side* points wide, its quiet zone included.

    A stencil of one bit a module: its own drawing layer in ReportLab would name a font that is not embedded, and a
    rectangle for each bar is twelve times the bytes. The copies of a paper share one.
    """

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self._side = side
        self._text = text

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """Always the same square."""
        return self._side, self._side

    def draw(self) -> None:
        """The stencil of this text, made when it is first wanted, one unit a module."""
        canvas = self.canv
        count = len(qr_rows(self._text))
        name = f"qr{sha256(self._text.encode()).hexdigest()[:16]}"
        if not canvas.hasForm(name):
            canvas.beginForm(name, 0, 0, count, count)
            canvas.addLiteral(_stencil(self._text))
            canvas.endForm()
        module = self._side / (count + 2 * _QUIET_MODULES)
        canvas.saveState()
        canvas.scale(module, module)
        canvas.translate(_QUIET_MODULES, _QUIET_MODULES)
        canvas.doForm(name)
        canvas.restoreState()


@lru_cache(maxsize=16)
def _stencil(text: str) -> str:
    """The modules as an image mask within the page's own words (ISO 32000-1, 8.9.6.2 and 8.9.7); no bit is dark."""
    rows = qr_rows(text)
    count = len(rows)
    size = -(-count // _BYTE)
    bits = (row.translate(_AS_BITS).decode().ljust(size * _BYTE, "1") for row in rows)
    data = "".join(f"{int(row, 2):0{size * 2}X}" for row in bits)
    return f"{count} 0 0 {count} 0 0 cm BI /W {count} /H {count} /IM true /BPC 1 /F /AHx ID {data}> EI"
