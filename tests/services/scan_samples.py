"""Small scanned pages, trays and printed PDFs for the tests of what becomes of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from counter_app.scanning.model import ReadPage
from counter_app.scanning.tray import Tray
from counter_app.services.desk import DeskContext
from counter_app.services.scan_pages import JobPage, ScanGroup
from counter_app.services.scan_trays import new_tray
from resources import read_bytes

DPI = 200
SIZE = (827, 1169)
"""A6 at 200 dpi: quick to look at, and still a page of paper."""


def scanned(text: str, *, blank: bool = False) -> ReadPage:
    """A page of paper with these lines on it."""
    image = Image.new("RGB", SIZE, "white")
    if not blank:
        font = ImageFont.truetype(io.BytesIO(read_bytes("fonts", "NotoSans-Regular.ttf")), 24)
        draw = ImageDraw.Draw(image)
        for number, line in enumerate(text.split("\n")):
            draw.text((70, 90 + number * 40), line, font=font, fill=(10, 10, 60))
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=1)
    return ReadPage(target.getvalue(), DPI)


def filled_tray(desk: DeskContext, texts: Sequence[str]) -> Tray:
    """A tray of the desk with a page for each text."""
    tray = new_tray(desk)
    for text in texts:
        tray.add(scanned(text))
    return tray


def group_of(
    tray: Tray, dossier: str, component: str = "TP01", *, result: str = "", pages: slice = slice(None)
) -> ScanGroup:
    """Pages of a tray as one document of a dossier."""
    return ScanGroup(dossier, component, result, tuple(JobPage.of(page) for page in tray.pages()[pages]))


def printed_pdf(path: Path, pages: Sequence[str]) -> Path:
    """A PDF with a text layer, one text a page."""
    if "Sample" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Sample", io.BytesIO(read_bytes("fonts", "NotoSans-Regular.ttf"))))
    canvas = Canvas(str(path), invariant=True)
    for text in pages:
        canvas.setFont("Sample", 12)
        for number, line in enumerate(text.split("\n")):
            canvas.drawString(60, 780 - number * 18, line)
        canvas.showPage()
    canvas.save()
    return path
