"""From scanned pictures to PDF/A-2b with words: pages a second, ours against OCRmyPDF on the same pages in one run.

Documents of thirty pages, one after the other in turn. Both turn pages upright, straighten them, read them and use all
processors. Ours also parts each page into layers.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from benchmarks import scan_rivals
from benchmarks.measuring import Aim, Line, seconds
from benchmarks.scan_pages import make_page, ordinary
from benchmarks.scan_rivals import DPI

PAGES = 300
DOCUMENT = 30


def run(pages: int = PAGES) -> list[Line]:
    """Seconds a page (fewer are better), and the sizes that came out."""
    scan_rivals.check()
    ours = theirs = 0.0
    our_bytes = their_bytes = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for start in range(0, pages, DOCUMENT):
            pictures = _scanned(folder, range(start, min(start + DOCUMENT, pages)))
            wrapped = scan_rivals.img2pdf(pictures, folder / "wrapped.pdf")
            ours += seconds(partial(scan_rivals.ours, pictures, folder / "ours.pdf"))
            theirs += seconds(partial(scan_rivals.ocrmypdf, wrapped, folder / "theirs.pdf"))
            our_bytes += (folder / "ours.pdf").stat().st_size
            their_bytes += (folder / "theirs.pdf").stat().st_size
    title = f"{pages} scanned pages to PDF/A"
    return [
        Line(f"{title}, each", ours / pages, theirs / pages, "s", "OCRmyPDF", Aim(1.0)),
        Line(f"{title}, pages a second", pages / ours, pages / theirs, "/s", "OCRmyPDF"),
        Line(f"{title}, size each", our_bytes / pages / 1024, their_bytes / pages / 1024, "KB", "OCRmyPDF", Aim(1.0)),
    ]


def _scanned(folder: Path, numbers: range) -> list[Path]:
    pictures = []
    for number in numbers:
        picture = folder / f"{number:04d}.jpg"
        picture.write_bytes(make_page(number, ordinary(number), dpi=DPI).jpeg)
        pictures.append(picture)
    return pictures
