"""QR, Code 128 and rules as flowables that fit a given room."""

from __future__ import annotations

from itertools import groupby

import qrcode  # type: ignore[import-untyped]  # ships no types
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]
from reportlab.graphics.barcode.code128 import Code128Auto
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

_QUIET_MODULES = 4
_QUIET_CODE128 = 10
_RULE_ROOM = 5.0
_RULE_THICKNESS = 0.6
_WIDEST_MODULE = 0.33 * mm


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


class QrCode(Flowable):
    """A QR code (ISO 18004, error correction M) *side* points wide, its quiet zone included.

    Drawn as bare rectangles: ReportLab's own drawing layer would name a font that is not embedded.
    """

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self._side = side
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_MODULES)
        code.add_data(text)
        code.make(fit=True)
        self._rows: list[list[bool]] = code.get_matrix()

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """Always the same square."""
        return self._side, self._side

    def draw(self) -> None:
        """Dark modules that touch are drawn as one bar, so that no hairline parts them."""
        module = self._side / len(self._rows)
        path = self.canv.beginPath()
        for index, row in enumerate(self._rows):
            y = self._side - (index + 1) * module
            column = 0
            for dark, run in groupby(row):
                length = len(list(run))
                if dark:
                    path.rect(column * module, y, length * module, module)
                column += length
        self.canv.drawPath(path, stroke=0, fill=1)
