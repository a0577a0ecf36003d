"""The shipped fonts, registered with ReportLab or opened for Pillow."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from threading import Lock

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from resources import read_bytes

REGULAR, BOLD, ITALIC, BOLD_ITALIC = "Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"

_STYLES = {
    REGULAR: "Tinos-Regular.ttf",
    BOLD: "Tinos-Bold.ttf",
    ITALIC: "Tinos-Italic.ttf",
    BOLD_ITALIC: "Tinos-BoldItalic.ttf",
}
_lock = Lock()


def register() -> None:
    """Make the four Tinos styles known to ReportLab, once in a process (safe from any thread)."""
    with _lock:
        if REGULAR in pdfmetrics.getRegisteredFontNames():
            return
        for name in (BOLD, ITALIC, BOLD_ITALIC, REGULAR):
            pdfmetrics.registerFont(TTFont(name, BytesIO(read_bytes("fonts", _STYLES[name]))))
        pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD_ITALIC)


@cache
def raster_font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Noto Sans for thermal slips, *size* in dots.

    Basic layout on purpose: the same picture on every machine, whether or not a shaping library is there.
    """
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return ImageFont.truetype(BytesIO(read_bytes("fonts", name)), size, layout_engine=ImageFont.Layout.BASIC)
